"""People where they live against people at their commune's point, on a generated region.

Real communes of Nouvelle-Aquitaine, GPs of the demonstration, and squares drawn with a fixed seed:
half of each commune's people within a kilometre of its point, half anywhere in its contour. What is
measured is what the basis changes, not where anyone lives.

Run: python benchmarks/people.py [SQUARES_A_COMMUNE]
"""

import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import shapely

from data.access import indicators
from data.region import catalogue
from data.region.territory import Provenance, Territory

SEED = 20261128
TOWN_SHARE = 0.5
TOWN_DEGREES = 0.009
"""About a kilometre."""


def squares(territory: Territory, each: int) -> pd.DataFrame:
    """Draw squares: half of the people around the commune's point, half in its contour."""
    draw = np.random.default_rng(SEED)
    rows = []
    for commune in territory.communes.itertuples():
        town = draw.normal((commune.lon, commune.lat), TOWN_DEGREES / 2, (each // 2, 2))
        west, south, east, north = commune.geometry.bounds
        spread = draw.uniform((west, south), (east, north), (4 * each, 2))
        inside = shapely.contains_xy(commune.geometry, spread[:, 0], spread[:, 1])
        country = spread[inside][: each - len(town)]
        for points, share in ((town, TOWN_SHARE), (country, 1 - TOWN_SHARE)):
            weight = draw.lognormal(0, 1, len(points))
            for (lon, lat), people in zip(points, share * weight / weight.sum(), strict=True):
                rows.append((commune.code, lon, lat, people))
    return pd.DataFrame(rows, columns=["code", "lon", "lat", "people"])


def main() -> None:
    """Print the counts of both bases and the time that the finer one takes."""
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    plain = catalogue.load_territory()
    table = squares(plain, each)
    said = Provenance(
        "people_squares", "Habitants par carreau", "engendrés", "2026", "AGPL-3.0-or-later",
        simulated=True, rows=len(table), matched=len(plain.communes),
    )  # fmt: skip
    finer = replace(
        plain,
        version=f"{plain.version}-squares-{each}",
        context={"people_squares": table},
        provenance={**plain.provenance, "people_squares": said},
    )
    found = {}
    for name, territory in (("bourg", plain), ("carreaux", finer)):
        start = time.perf_counter()
        found[name] = indicators.commune_indicators(territory)
        print(f"{name} : {time.perf_counter() - start:.1f} s")
    people = found["bourg"]["population"]
    print(f"{len(table)} carreaux, {people.sum():.0f} habitants")
    rooms = ("without_room_bound", "without_room_nearest", "population_single_gp")
    for column in [
        *(f"population_within_{ring}" for ring in (10, 20, 30)),
        "population_beyond_20",
        *rooms,
    ]:
        a, b = (found[name][column] for name in ("bourg", "carreaux"))
        moved = (a - b).abs() > 0.1 * people
        print(
            f"{column} : {a.sum():.0f} au bourg, {b.sum():.0f} sur les carreaux "
            f"({b.sum() - a.sum():+.0f}) ; communes qui changent de plus de 10 % : {moved.sum()}"
        )


if __name__ == "__main__":
    main()
