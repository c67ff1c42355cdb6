"""A raster that would fill the memory is refused before it is made."""

import numpy as np
import pytest

from geo.errors import UnavailableError
from geo.friction import extent
from geo.friction.surface import MARGIN_M


def test_mainland_france_fits_and_france_with_overseas_does_not() -> None:
    west, east, south, north = -5.2, 9.6, 41.3, 51.1
    extent.require_room([west, east], [south, north], 500.0)
    with pytest.raises(UnavailableError, match="trop étendu"):
        extent.require_room([west, east, 55.8, -61.8], [south, north, -21.4, 18.1], 500.0)


def test_cells_are_those_of_the_frame_and_its_margin() -> None:
    side = 2 * MARGIN_M / 500
    assert extent.cells_of([2.0], [45.0], 500.0) == side**2
    wide = extent.cells_of([0.0, 1.0], [60.0, 60.0], 500.0)
    assert wide == pytest.approx((55_660 / 500 + side) * side, rel=0.01)


def test_a_frame_across_the_equator_counts_its_longest_parallel() -> None:
    across = extent.cells_of([0.0, 10.0], [-50.0, 50.0], 500.0)
    assert across >= 10 * 111_190 / 500 * np.ceil(100 * 111_190 / 500)
