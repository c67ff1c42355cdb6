"""What a what-if makes of the published APL."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access.anchoring import anchored, started

LEVELS = st.floats(0.01, 20.0)


def test_the_published_value_moves_by_a_quarter_of_the_computed_change() -> None:
    published, before = np.array([4.0, 4.0, np.nan]), np.array([2.0, 2.0, 2.0])
    found = anchored(published, before, np.array([2.0, 1.0, 3.0]))
    assert found == pytest.approx([4.0, 4.0 * 0.5**0.25, 3.0])
    np.testing.assert_array_equal(started(published, before), [4.0, 4.0, 2.0])


def test_nothing_left_is_nothing_and_a_first_gp_adds_what_it_brings() -> None:
    found = anchored(np.array([3.0, 0.0]), np.array([2.0, 0.0]), np.array([0.0, 1.5]))
    assert found == pytest.approx([0.0, 1.5])


@given(LEVELS, LEVELS, LEVELS, LEVELS)
def test_more_supply_lowers_nobody(published: float, before: float, one: float, two: float) -> None:
    less, more = sorted((one, two))
    found = [
        anchored(np.array([published]), np.array([before]), np.array([after]))[0]
        for after in (less, before, more)
    ]
    assert found[0] <= found[2] + 1e-12
    assert found[1] == pytest.approx(published)
