"""Small files of OpenStreetMap, and the engine that they make."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from geo.roads.build import build_from_osm
from geo.roads.engine import RoadTravelTime

LON, LAT = 0.30, 46.60
STEP = 0.005  # degrees; 560 m northwards, and eastwards:
Ways = Mapping[int, tuple[Sequence[int], dict[str, str]]]


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Ways,
    *,
    relations: Sequence[tuple[int, int, int, str]] = (),
    node_tags: Mapping[int, dict[str, str]] | None = None,
) -> Path:
    """Nodes at (column, row) of a grid of STEP; relations: from, via, to, restriction."""

    def tags(said: Mapping[str, str]) -> str:
        return "".join(f'<tag k="{k}" v="{v}"/>' for k, v in said.items())

    text = ['<osm version="0.6" timestamp="2026-03-01T00:00:00Z">']
    for i, (column, row) in nodes.items():
        said = tags((node_tags or {}).get(i, {}))
        text.append(
            f'<node id="{i}" version="1" lon="{LON + column * STEP:.7f}" '
            f'lat="{LAT + row * STEP:.7f}">{said}</node>'
        )
    for i, (refs, said) in ways.items():
        nds = "".join(f'<nd ref="{r}"/>' for r in refs)
        text.append(f'<way id="{i}" version="1">{nds}{tags(said)}</way>')
    for i, (start, via, end, kind) in enumerate(relations):
        members = (
            f'<member type="way" ref="{start}" role="from"/>'
            f'<member type="node" ref="{via}" role="via"/>'
            f'<member type="way" ref="{end}" role="to"/>'
        )
        said = tags({"type": "restriction", "restriction": kind})
        text.append(f'<relation id="{i + 1}" version="1">{members}{said}</relation>')
    path.write_text("\n".join([*text, "</osm>"]), encoding="utf-8")
    return path


def engine_of(*files: Path) -> RoadTravelTime:
    return RoadTravelTime(build_from_osm(files, lambda _: None))


def at(column: float, row: float) -> np.ndarray:
    return np.array([[LON + column * STEP, LAT + row * STEP]])


def minutes(engine: RoadTravelTime, a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(engine.pairs(at(*a), at(*b))[0])
