import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.contours import area_within

CELL_M = 100.0


def axes(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    return 5e5 + CELL_M * np.arange(shape[1]), 6.5e6 + CELL_M * np.arange(shape[0])


def cone(minutes_per_km: float = 2.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, y = axes((301, 301))
    distance = np.hypot(*np.meshgrid(x - x[150], y - y[150]))
    return x, y, distance / 1000 * minutes_per_km


@pytest.mark.parametrize("limit", [10.0, 15.0, 20.0])
def test_cone_gives_the_disc(limit: float) -> None:
    x, y, minutes = cone()
    area = area_within(x, y, minutes, limit)
    radius = limit / 2 * 1000
    assert area.area == pytest.approx(np.pi * radius**2, rel=2e-3)
    assert area.is_valid


@pytest.mark.parametrize("limit", [10.0, 15.0, 20.0])
def test_threshold_is_inclusive(limit: float) -> None:
    x, y = axes((12, 12))
    minutes = np.full((12, 12), 60.0)
    minutes[3:9, 3:9] = limit
    within = area_within(x, y, minutes, limit)
    assert within.area == pytest.approx((5 * CELL_M) ** 2)
    assert area_within(x, y, minutes, np.nextafter(limit, 0)).is_empty


def test_islands_and_holes_are_kept() -> None:
    x, y = axes((40, 60))
    minutes = np.full((40, 60), np.inf)
    minutes[5:35, 5:35] = 8.0
    minutes[15:25, 15:25] = np.nan
    minutes[17:23, 17:23] = 9.0  # an island in the hole
    minutes[10:20, 45:55] = 10.0
    area = area_within(x, y, minutes, 10.0)
    assert len(area.geoms) == 3
    assert sum(len(p.interiors) for p in area.geoms) == 1


def test_nothing_reached_is_an_empty_multipolygon() -> None:
    x, y = axes((5, 5))
    area = area_within(x, y, np.full((5, 5), np.inf), 20.0)
    assert isinstance(area, shapely.MultiPolygon)
    assert area.is_empty


def test_an_area_that_fills_the_grid_is_closed() -> None:
    x, y = axes((5, 5))
    area = area_within(x, y, np.zeros((5, 5)), 20.0)
    assert area.covers(shapely.box(x[0], y[0], x[-1], y[-1]))


grids = arrays(
    np.float64,
    st.tuples(st.integers(2, 9), st.integers(2, 9)),
    # Whole and half minutes make ties with the thresholds, the hard case of contouring.
    elements=st.sampled_from([0.0, 5.0, 9.5, 10.0, 10.5, 15.0, 19.5, 20.0, 20.5, 25.0, np.inf]),
)


@given(grids)
def test_rings_are_valid_nested_and_hold_their_cells(minutes: np.ndarray) -> None:
    x, y = axes(minutes.shape)
    rings = [area_within(x, y, minutes, limit) for limit in (10.0, 15.0, 20.0)]
    for ring in rings:
        assert ring.is_valid
        assert isinstance(ring, shapely.MultiPolygon)
    for inner, outer in itertools.pairwise(rings):
        assert inner.difference(outer).area < 1e-3
    gx, gy = np.meshgrid(x, y)
    for limit, ring in zip((10.0, 15.0, 20.0), rings, strict=True):
        shapely.prepare(ring)
        within = shapely.intersects_xy(ring, gx, gy)
        assert not within[minutes > limit].any()
        assert within[minutes < limit].all()


near_ties = arrays(
    np.float32,
    st.tuples(st.integers(2, 9), st.integers(2, 9)),
    # The nearest numbers to a threshold of 20 that are not it, and any others.
    elements=st.one_of(
        st.sampled_from([np.nextafter(np.float32(20), np.float32(end)) for end in (0, 40)]),
        st.floats(0, 40, width=32),
        st.just(np.inf),
    ),
)


@given(near_ties)
def test_rings_that_hardly_touch_are_valid(minutes: np.ndarray) -> None:
    x, y = axes(minutes.shape)
    assert area_within(x + 6e5, y + 6.5e6, minutes, 20.0).is_valid


@given(grids, st.floats(0.1, 1.0))
def test_a_faster_grid_never_shrinks_the_area(minutes: np.ndarray, factor: float) -> None:
    x, y = axes(minutes.shape)
    slow = area_within(x, y, minutes, 15.0)
    fast = area_within(x, y, minutes * factor, 15.0)
    assert slow.difference(fast).area < 1e-3
