"""Room after drawn departures: nothing drawn changes nothing, all drawn leaves nobody a place."""

import numpy as np
import pandas as pd
import pytest

from models.region import soon as module
from models.region.soon import soon
from tests.data.access.test_indicators import GPS, made


@pytest.fixture
def drawn(monkeypatch):
    """Return a run on the made region with given probabilities."""

    def run(chance, **options):
        known = pd.Series(chance, dtype=float)
        monkeypatch.setattr(module, "probabilities", lambda *_: known)
        return soon(made(GPS), 5, **options)

    return run


def test_no_risk_changes_nothing(drawn):
    found = drawn(dict.fromkeys(GPS, 0.0), draws=5)
    assert found.expected == found.low == found.high == pytest.approx(found.now)
    assert found.carriers.empty


def test_a_sure_loss_of_all_leaves_everybody_out(drawn):
    found = drawn(dict.fromkeys(GPS, 1.0), draws=5)
    assert found.expected == pytest.approx(found.communes["population"].sum())


def test_one_commune_at_risk_is_counted_as_often_as_it_goes(drawn):
    code = next(code for code, gps in GPS.items() if gps > 0)
    found = drawn({code: 0.3}, draws=400)
    [carrier] = found.carriers.to_dict("records")
    assert carrier["code"] == code
    assert carrier["expected"] == pytest.approx(0.3 * carrier["without_room_more"])
    # 400 draws of 0.3: within four standard errors.
    spread = 4 * np.sqrt(0.3 * 0.7 / 400) * carrier["without_room_more"]
    assert found.expected - found.now == pytest.approx(carrier["expected"], abs=spread)
    assert found.communes["without_room_expected"].sum() == pytest.approx(found.expected)


def test_futures_are_common_to_all_horizons(drawn):
    low = drawn(dict.fromkeys(GPS, 0.2), draws=50)
    high = drawn(dict.fromkeys(GPS, 0.6), draws=50)
    assert low.expected <= high.expected
    assert low.low <= high.low
    assert low.high <= high.high
    again = drawn(dict.fromkeys(GPS, 0.2), draws=50)
    assert again.expected == low.expected
