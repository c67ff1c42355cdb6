"""Write the motorways of mainland France that the friction surface reads, exit by exit.

`python -m data.upkeep.build_motorways --france FOLDER` places them from `motorways.txt`, which
lists by hand the communes beside the exits of motorways and of dual carriageways like them. No
registry package holds a road map of France; Nouvelle-Aquitaine is in `crossings.json`, with more
care.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from data.base import paths
from data.base.french import fold
from geo.errors import InvalidInputError
from geo.friction.crossings import MOTORWAYS_FILE

LIST_FILE = Path(__file__).with_name("motorways.txt")

MOST_M = 1_800.0
MOST_SHARE = 0.6
"""An exit lies outside the town it serves, where the road passes: the town hall is moved towards
the straight line between the exits before and after, at most so far and by such a share, for
roads bend. Held out by département, town halls: 2.14 minutes of error without these roads, 2.05
with exits at the town halls, 2.02 with exits moved."""

_BESIDE = (0.05, 0.95)
"""Where along that line an exit may come, as a share of it."""


def straightened(at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return exits moved towards the line of their neighbours; metres, shape (n, 2).

    Examples
    --------
    >>> straightened(np.array([[0, 0], [5000, 1000], [10000, 0]])).tolist()
    [[0.0, 0.0], [5000.0, 400.0], [10000.0, 0.0]]
    """
    moved = np.array(at, dtype=np.float64)
    for i in range(1, len(at) - 1):
        before, way = at[i - 1], at[i + 1] - at[i - 1]
        length = float(way @ way)
        if length:
            along = np.clip((at[i] - before) @ way / length, *_BESIDE)
            shift = before + along * way - at[i]
            moved[i] += shift * min(MOST_SHARE, MOST_M / max(float(np.hypot(*shift)), 1.0))
    return moved


def motorways(text: str, communes: pd.DataFrame) -> list[dict[str, object]]:
    """Return name and exits (longitude, latitude) of each road of the list.

    Parameters
    ----------
    text
        A road a line: `name | commune département; commune département; …`.
    communes
        Columns name, departement, lon, lat (degrees).

    Raises
    ------
    InvalidInputError
        A commune is not known under that name.
    """
    names = zip(communes["name"].map(fold), communes["departement"], strict=True)
    known = dict(zip(names, communes[["lon", "lat"]].to_numpy(float), strict=True))
    to_metres = Transformer.from_crs(4326, 2154, always_xy=True)
    roads: list[dict[str, object]] = []
    for line in text.splitlines():
        title, beside = line.split("|")
        places = [place.strip().rsplit(" ", 1) for place in beside.split(";")]
        if unknown := [name for name, code in places if (fold(name), code) not in known]:
            raise InvalidInputError(f"Communes inconnues : {', '.join(unknown)}.")
        at = np.array([known[fold(name), code] for name, code in places])
        metres = straightened(np.column_stack(to_metres.transform(at[:, 0], at[:, 1])))
        lon, lat = to_metres.transform(metres[:, 0], metres[:, 1], direction="INVERSE")
        exits = np.column_stack([lon, lat]).round(4).tolist()
        roads.append({"name": title.strip(), "exits": exits})
    return roads


def main() -> None:
    """Place the exits and write them."""
    parser = argparse.ArgumentParser(description="Place les sorties d’autoroute des temps estimés.")
    parser.add_argument("--france", type=Path, default=paths.home() / "regions" / "FR")
    folder: Path = parser.parse_args().france
    communes = pd.read_parquet(
        folder / "communes.parquet", columns=["name", "departement", "lon", "lat"]
    )
    roads = motorways(LIST_FILE.read_text(encoding="utf-8"), communes)
    lines = ",\n".join(json.dumps(road, ensure_ascii=False) for road in roads)
    MOTORWAYS_FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
