"""Precision and recall of areas on points near roads whose own time is known.

    python -m benchmarks.roads_areas FILE... [--minutes 10 20] [--report FILE.json]

Points lie within 150 m of the roads where one can stop. Two truths: their time along the road,
interpolated between its ends, and the same with the walk to the road. Origins are junctions drawn
everywhere; points of all origins are counted together, the worst origin beside. A file is an
extract, or a network of MATSim in Lambert-93 (the Corsican one of the reference data).
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.roads.build import assemble, build_from_osm
from geo.roads.engine import RoadTravelTime
from geo.roads.matsim import read_matsim
from geo.roads.network import RoadNetwork
from geo.roads.places import ACCESS_MS
from geo.roads.projection import to_lonlat, to_metres

ORIGINS = 20
POINTS = 8000
NEAR_ROAD_M = 150.0
AROUND = 1.3
"""Points are drawn among those up to this many times the threshold away."""


def road_points(
    network: RoadNetwork, count: int, rng: np.random.Generator, roads: np.ndarray | None = None
) -> np.ndarray:
    """Return points drawn evenly along roads, up to NEAR_ROAD_M off them, metres.

    `roads` is a mask of links, shape (k,); by default those where one can stop.
    """
    course = network.shape_cm / 100
    first = np.setdiff1d(np.arange(len(course) - 1), network.shape_ptr[1:] - 1)
    link = np.searchsorted(network.shape_ptr, first, side="right") - 1
    first = first[(network.link_joinable if roads is None else roads)[link]]
    step = course[first + 1] - course[first]
    length = np.hypot(*step.T)
    some = rng.choice(len(first), count, p=length / length.sum())
    radius = NEAR_ROAD_M * np.sqrt(rng.random(count))
    angle = rng.uniform(0, 2 * np.pi, count)
    beside = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return course[first[some]] + step[some] * rng.random((count, 1)) + beside


def network_of(file: Path) -> RoadNetwork:
    """Read a network."""
    if file.name.endswith(".xml.gz"):
        said = {"source": "OpenStreetMap (ODbL)", "date": None}
        return assemble(read_matsim(file, "EPSG:2154"), said)
    return build_from_osm([file], lambda _: None)


def check(file: Path, minutes: list[float]) -> dict[str, Any]:
    """Count points inside areas and points within their threshold."""
    engine = RoadTravelTime(network_of(file))
    network, rng = engine.network, np.random.default_rng(0)
    ends = np.setdiff1d(network.link_nodes[network.link_joinable], [-1])
    points = road_points(network, 20 * POINTS, rng)
    degrees = to_lonlat(points, network.crs)
    walk = engine._places(degrees).table[:, ACCESS_MS] / 60_000  # noqa: SLF001
    said = {}
    for limit in minutes:
        counts: dict[str, list[tuple[int, int, int]]] = {"on_the_road": [], "walk_counted": []}
        for origin in to_lonlat(network.node_xy[rng.choice(ends, ORIGINS)], network.crs):
            times = engine.one_to_many(origin, degrees, 3 * limit)
            near = np.flatnonzero(times <= AROUND * limit + walk)
            near = rng.choice(near, min(POINTS, len(near)), replace=False)
            ring = engine.isochrones(origin[None], [limit]).geometry.iloc[0]
            ring = shapely.transform(ring, lambda p: to_metres(p, network.crs))
            shapely.prepare(ring)
            inside = shapely.intersects_xy(ring, *points[near].T)
            for name, time in (
                ("on_the_road", times[near] - walk[near]),
                ("walk_counted", times[near]),
            ):
                truth = time <= limit
                both = int((inside & truth).sum())
                counts[name].append((both, int(inside.sum()), int(truth.sum())))
        said[f"{limit:g} min"] = {name: _shares(np.array(c)) for name, c in counts.items()}
    return said


def _shares(counts: np.ndarray) -> dict[str, float]:
    both, inside, truth = counts.T
    return {
        "precision": round(both.sum() / inside.sum(), 3),
        "recall": round(both.sum() / truth.sum(), 3),
        "worst_precision": round((both / inside).min(), 3),
        "worst_recall": round((both / truth).min(), 3),
    }


def main() -> None:
    """Check every network and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, nargs="+", default=[10.0, 20.0])
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    report = {file.name: check(file, options.minutes) for file in options.files}
    print(json.dumps(report, indent=2))
    if options.report:
        options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
