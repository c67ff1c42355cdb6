"""Cross-check of times and areas with Valhalla on the same extracts.

    python -m benchmarks.roads_crosscheck FILE.osm.pbf... [--report FILE.json] [--pictures FOLDER]

Valhalla has its own speeds, turn costs and access rules. Comparisons are made twice: after one
factor, the median ratio of times, and with our speeds aligned on its own, class by class, so that
what is left is not speeds (`benchmarks/roads_calibration.py`). Needs the extra `peers`.
"""

import argparse
import functools
import itertools
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
import valhalla

from benchmarks.roads_areas import POINTS, road_points
from benchmarks.roads_calibration import align, common_roads
from benchmarks.roads_valhalla import area, minutes, tiles
from geo.roads.build import build_from_osm
from geo.roads.engine import RoadTravelTime
from geo.roads.places import ACCESS_MS
from geo.roads.projection import to_lonlat, to_metres

ORIGINS = 8
TARGETS = 200
LIMITS_MIN = (10.0, 20.0)
BESIDE_MIN = 0.6
"""A walk of 50 m: of such points both engines say the same, ours counting hardly any walk."""
MARGINS_M = (0.0, 100.0, 200.0)
"""Valhalla's areas hug the roads; ours add a walk: both margins are compared."""


@dataclass(eq=False)
class Case:
    """An extract read by both engines."""

    name: str
    ours: RoadTravelTime
    theirs: valhalla.Actor
    rng: np.random.Generator

    def metres(self, degrees: np.ndarray) -> np.ndarray:
        """Project points."""
        return to_metres(degrees, self.ours.network.crs)

    def degrees(self, metres: np.ndarray) -> np.ndarray:
        """Return points to degrees."""
        return to_lonlat(metres, self.ours.network.crs)


def our_area(case: Case, origin: np.ndarray, limit: float) -> shapely.Geometry:
    """Return our area, metres."""
    ring = case.ours.isochrones(origin[None], [limit]).geometry.iloc[0]
    return shapely.transform(ring, case.metres)


def stops(case: Case) -> np.ndarray:
    """Return the junctions of common roads, metres: Valhalla would also start on a motorway."""
    network = case.ours.network
    return network.node_xy[np.setdiff1d(network.link_nodes[common_roads(network)], [-1])]


def compare_times(case: Case, origins: np.ndarray) -> tuple[dict[str, Any], float]:
    """Compare times between junctions; return figures and Valhalla's factor."""
    xy = stops(case)
    rows = []
    for origin in origins:
        targets = case.degrees(xy[case.rng.integers(0, len(xy), TARGETS)])
        ours = case.ours.one_to_many(origin, targets, 45)
        theirs = minutes(case.theirs, origin, targets)
        rows.append(
            np.column_stack([np.broadcast_to(origin, targets.shape), targets, ours, theirs])
        )
    table = np.concatenate(rows)
    # Below 3 minutes, the side of the road on which a stop is made decides.
    table = table[np.isfinite(table).all(axis=1) & (table[:, 4] > 3)]
    ours, theirs = table[:, 4], table[:, 5]
    factor = float(np.median(theirs / ours))
    residual = theirs / factor - ours
    band = (ours >= 15) & (ours <= 25)
    worst = np.argsort(-np.abs(residual) / ours)[:5]
    said = {
        "pairs": len(table),
        "factor": factor,
        "correlation": float(np.corrcoef(ours, theirs)[0, 1]),
        "mean_absolute_min": float(np.abs(residual).mean()),
        "p90_absolute_min": float(np.percentile(np.abs(residual), 90)),
        "p95_relative": float(np.percentile(np.abs(residual) / ours, 95)),
        "band_15_25_pairs": int(band.sum()),
        "band_15_25_same_side_of_20": float(
            ((ours <= 20) == (theirs / factor <= 20))[band].mean() if band.any() else np.nan
        ),
        "worst": [
            {
                "from": table[i, :2].round(5).tolist(),
                "to": table[i, 2:4].round(5).tolist(),
                "ours_min": round(float(ours[i]), 1),
                "theirs_min": round(float(theirs[i]), 1),
            }
            for i in worst
        ],
    }
    return said, factor


def share(both: np.ndarray, whole: np.ndarray) -> float:
    """Return |both| / |whole|."""
    return float(both.sum() / max(1, whole.sum()))


def compare_areas(
    case: Case, origins: np.ndarray, factor: float
) -> tuple[dict[str, Any], list[tuple[np.ndarray, shapely.Geometry, shapely.Geometry]]]:
    """Compare areas with times of points, ours and theirs, and with Valhalla's areas.

    Its times are taken for `factor` times ours.
    """
    points = road_points(case.ours.network, POINTS, case.rng, common_roads(case.ours.network))
    degrees = case.degrees(points)
    walk = case.ours._places(degrees).table[:, ACCESS_MS] / 60_000  # noqa: SLF001
    said: dict[str, Any] = {}
    drawn = []
    our_area(case, origins[0], 1.0)  # compiled before it is timed
    for limit in LIMITS_MIN:
        gathered: dict[str, list[float]] = {}
        for origin in origins:
            begun = time.thread_time()
            mine = our_area(case, origin, limit)
            ours_ms = 1e3 * (time.thread_time() - begun)
            begun = time.thread_time()
            other = area(case.theirs, origin, limit * factor)
            theirs_ms = 1e3 * (time.thread_time() - begun)
            other = shapely.transform(other, case.metres)
            times = case.ours.one_to_many(origin, degrees, 3 * limit)
            inside = shapely.contains_xy(mine, *points.T)
            figures = {"area_km2": mine.area / 1e6, "ours_ms": ours_ms, "theirs_ms": theirs_ms}
            for name, truth in (
                ("own_time", times <= limit),
                ("own_time_on_road", times - walk <= limit),
            ):
                figures[f"precision_{name}"] = share(inside & truth, inside)
                figures[f"recall_{name}"] = share(inside & truth, truth)
            near = np.flatnonzero(times <= 2 * limit)
            some = case.rng.choice(near, min(len(near), 300), replace=False)
            valhalla_times = minutes(case.theirs, origin, degrees[some]) / factor
            truth = valhalla_times <= limit
            on_road = times[some] - walk[some] <= limit
            beside = walk[some] <= BESIDE_MIN
            figures["precision_their_time_beside_roads"] = share(
                inside[some] & truth & beside, inside[some] & beside
            )
            figures["recall_their_time_beside_roads"] = share(
                inside[some] & truth & beside, truth & beside
            )
            figures["precision_their_time"] = share(inside[some] & truth, inside[some])
            figures["recall_their_time"] = share(inside[some] & truth, truth)
            figures["same_side_as_their_time"] = float((on_road == truth).mean())
            hugging = shapely.contains_xy(other, *points[some].T)
            figures["precision_of_their_area"] = share(hugging & truth, hugging)
            figures["recall_of_their_area"] = share(hugging & truth, truth)
            for margin in MARGINS_M:
                wide = other.buffer(margin)
                union = shapely.union(mine, wide).area
                overlap = shapely.intersection(mine, wide).area / union
                figures[f"iou_margin_{margin:.0f}_m"] = overlap
            for name, value in figures.items():
                gathered.setdefault(name, []).append(value)
            drawn.append((origin, mine, other))
        said[f"{limit:.0f} min"] = {
            name: {"mean": float(np.mean(v)), "worst": float(np.min(v))}
            for name, v in gathered.items()
        }
    return said, drawn


def picture(
    case: Case,
    drawn: tuple[np.ndarray, shapely.Geometry, shapely.Geometry],
    title: str,
    file: Path,
) -> None:
    """Draw both areas over the roads."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.collections import LineCollection, PolyCollection

    origin, mine, other = drawn
    network = case.ours.network
    figure, axes = plt.subplots(figsize=(7, 6.4), dpi=90)
    for outline, colour, label in ((mine, "#2b6cb0", "ProxiSoins"), (other, "#dd6b20", "Valhalla")):
        parts = [p for p in shapely.get_parts(outline) if p.geom_type == "Polygon"]
        axes.add_collection(
            PolyCollection(
                [np.asarray(p.exterior.coords) for p in parts],
                facecolor="none",
                edgecolor=colour,
                linewidth=1.2,
            )
        )
        for part in parts:
            holes = [np.asarray(ring.coords) for ring in part.interiors]
            axes.add_collection(
                PolyCollection(holes, facecolor="none", edgecolor=colour, linewidth=0.5)
            )
        axes.plot([], [], color=colour, label=label)
    west, south, east, north = mine.union(other).bounds
    course = network.shape_cm / 100
    lines = [course[a:b] for a, b in itertools.pairwise(network.shape_ptr)]
    shown = [
        line
        for line in lines
        if west < line[0, 0] < east and south < line[0, 1] < north and len(line) > 1
    ]
    axes.add_collection(LineCollection(shown, colors="#b0b0b0", linewidths=0.25, zorder=0))
    axes.plot(*case.metres(origin[None])[0], "k+", markersize=10)
    axes.set_xlim(west - 500, east + 500)
    axes.set_ylim(south - 500, north + 500)
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.legend(loc="lower left", frameon=False)
    axes.set_title(title, fontsize=10)
    figure.tight_layout()
    figure.savefig(file, pil_kwargs={"optimize": True})
    plt.close(figure)
    from PIL import Image

    with Image.open(file) as image:
        image.convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(file, optimize=True)


def compare_aligned(
    case: Case,
) -> tuple[dict[str, Any], list[tuple[np.ndarray, shapely.Geometry, shapely.Geometry]]]:
    """Fit our speeds on Valhalla's times from some origins, compare times and areas from others."""
    aligned = align(functools.partial(minutes, case.theirs), case.ours.network)
    fitted = Case(case.name, RoadTravelTime(aligned.network), case.theirs, case.rng)
    areas, drawn = compare_areas(fitted, fitted.degrees(aligned.held[:ORIGINS]), 1.0)
    return {"times": aligned.said, "areas": areas}, drawn


def check(extract: Path, pictures: Path | None, count: int) -> dict[str, Any]:
    """Run all comparisons on one extract."""
    name = extract.name.split(".")[0]
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        theirs = tiles(extract, Path(folder))
        built = time.perf_counter()
        ours = RoadTravelTime(build_from_osm([extract], lambda _: None))
        ready = time.perf_counter()
        case = Case(name, ours, theirs, np.random.default_rng(0))
        xy = stops(case)
        low, high = np.percentile(xy, [20, 80], axis=0)
        middle = xy[((xy >= low) & (xy <= high)).all(axis=1)]
        origins = case.degrees(middle[case.rng.choice(len(middle), count, replace=False)])
        times, factor = compare_times(case, origins)
        areas, drawn = compare_areas(case, origins, factor)
        aligned, fitted = compare_aligned(case)
        if pictures is not None:
            for limit, row in zip(LIMITS_MIN, (0, count), strict=True):
                title = f"{name}, {limit:.0f} minutes (Valhalla's times / {factor:.2f})"
                picture(case, drawn[row], title, pictures / f"roads-{name}-{limit:.0f}.png")
                title = f"{name}, {limit:.0f} minutes (speeds aligned)"
                file = pictures / f"roads-{name}-{limit:.0f}-aligned.png"
                picture(case, fitted[row * ORIGINS // count], title, file)
    return {
        "nodes": ours.network.node_count,
        "build_s": {"ours": ready - built, "valhalla": built - begun},
        "times": times,
        "areas": areas,
        "speeds_aligned": aligned,
    }


def main() -> None:
    """Check every extract and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", type=Path, nargs="+")
    parser.add_argument("--origins", type=int, default=ORIGINS)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--pictures", type=Path)
    options = parser.parse_args()
    report = {}
    for extract in options.extracts:
        report[extract.name] = check(extract, options.pictures, options.origins)
        print(json.dumps({extract.name: report[extract.name]}, indent=2), flush=True)
        if options.report:
            options.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
