"""Legend of a difference: classes about a middle, bounds that part them."""

import pytest

from data.maps.differences import legend
from geo.layers import INDICATORS


@pytest.mark.parametrize("key", ["gps_per_1000", "apl_published"])
def test_losses_and_gains_stand_about_the_middle(key: str) -> None:
    indicator = next(one for one in INDICATORS if one.key == key)
    told = legend(indicator)
    assert told is not None
    assert told["breaks"] == sorted(told["breaks"])
    assert told["breaks"] == [-one for one in reversed(told["breaks"])]
    assert len(told["classes"]) == len(told["breaks"]) + 1
    assert len({one["colour"] for one in told["classes"]}) == 7
    # Two values that are told apart differ by one of the last digit: it is a change.
    assert told["unchanged"][1] < 10**-indicator.decimals


def test_an_indicator_of_one_year_has_none() -> None:
    assert legend(next(one for one in INDICATORS if one.key == "zone")) is None
