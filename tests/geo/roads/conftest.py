"""Generated road networks."""

from collections.abc import Callable

import numpy as np
import pytest

from geo.roads.build import assemble
from geo.roads.links import Links
from geo.roads.network import RoadNetwork

ORIGIN = np.array([420_000.0, 6_420_000.0])
CRS = "EPSG:2154"


def links_of(
    xy: np.ndarray,
    ends: np.ndarray,
    *,
    ms: np.ndarray | None = None,
    forward: np.ndarray | None = None,
    backward: np.ndarray | None = None,
    joinable: np.ndarray | None = None,
    residents: np.ndarray | None = None,
    banned: np.ndarray | None = None,
    kmh: float = 30.0,
) -> Links:
    """Straight links between points; by default two-way at one speed."""
    start, end = np.asarray(ends, np.int64).T
    length = np.hypot(*(xy[end] - xy[start]).T)
    times = np.rint(length / kmh * 3600).astype(np.int32) if ms is None else ms.astype(np.int32)
    yes = np.ones(len(start), bool)
    return Links(
        xy=xy,
        start=start,
        end=end,
        shape_ptr=np.arange(0, 2 * len(start) + 1, 2),
        shape_xy=np.stack([xy[start], xy[end]], axis=1).reshape(-1, 2),
        length_m=length,
        ms_offpeak=times,
        ms_peak=2 * times,
        forward=yes if forward is None else forward,
        backward=yes if backward is None else backward,
        code=np.full(len(start), 5, np.uint8),
        joinable=yes if joinable is None else joinable,
        residents=~yes if residents is None else residents,
        banned=np.empty((0, 2), np.int64) if banned is None else banned,
        crs=CRS,
    )


def random_links(
    seed: int,
    side: int = 12,
    cell_m: float = 600.0,
    *,
    oneway: float = 0.1,
    residents: float = 0.1,
) -> Links:
    """A jittered grid of streets with holes, one-way and residents' streets, and a fast axis."""
    rng = np.random.default_rng(seed)
    row, column = np.divmod(np.arange(side * side), side)
    xy = ORIGIN + np.column_stack([column, row]) * cell_m
    xy = xy + rng.uniform(-0.3, 0.3, xy.shape) * cell_m
    number = np.arange(side * side)
    across = np.column_stack([number[column < side - 1], number[column < side - 1] + 1])
    along = np.column_stack([number[row < side - 1], number[row < side - 1] + side])
    ends = np.concatenate([across, along])
    ends = ends[rng.random(len(ends)) < 0.85]
    length = np.hypot(*(xy[ends[:, 1]] - xy[ends[:, 0]]).T)
    kmh = np.where(row[ends[:, 0]] == side // 2, 90.0, rng.uniform(20, 60, len(ends)))
    single = rng.random(len(ends)) < oneway
    flip = rng.random(len(ends)) < 0.5
    return links_of(
        xy,
        ends,
        ms=np.rint(length / kmh * 3600),
        forward=~(single & flip),
        backward=~(single & ~flip),
        residents=rng.random(len(ends)) < residents,
    )


@pytest.fixture(scope="session")
def make_links() -> Callable[..., Links]:
    return links_of


@pytest.fixture
def make_random() -> Callable[..., Links]:
    return random_links


@pytest.fixture
def make_network() -> Callable[[Links], RoadNetwork]:
    return lambda links: assemble(links, {"source": "engendré", "date": "2026-01-01"})


@pytest.fixture(scope="session")
def town() -> RoadNetwork:
    """One generated network, shared by the tests that only read it."""
    return assemble(random_links(7, side=20), {"source": "engendré", "date": "2026-01-01"})
