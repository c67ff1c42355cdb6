"""The risk that is kept: the one that is computed, to the last digit, made again when needed."""

import pytest
from pandas.testing import assert_frame_equal

from data.base import table_cache
from data.region import catalogue
from models.region import kept_risk, predict

pytestmark = pytest.mark.usefixtures("warm_home")


@pytest.mark.parametrize("horizon", [3, 5])
def test_what_is_read_back_is_what_is_computed(horizon, monkeypatch):
    territory = catalogue.load_territory()
    computed = predict.risk_table(territory, horizon)
    for _ in range(2):
        assert_frame_equal(kept_risk.risk_table(territory, horizon), computed, check_exact=True)
    monkeypatch.setattr(predict, "risk_table", lambda *_: pytest.fail("computed again"))
    again = kept_risk.risk_table(territory, horizon)
    assert_frame_equal(again, computed, check_exact=True)
    assert again["reasons"].tolist() == computed["reasons"].tolist()
    assert again["contributions"].tolist() == computed["contributions"].tolist()


def test_other_code_computes_it_again(monkeypatch):
    territory = catalogue.load_territory()
    kept_risk.risk_table(territory)
    names = []
    former = table_cache.cached_table
    monkeypatch.setattr(
        kept_risk,
        "cached_table",
        lambda name, key, table: names.append(key) or former(name, key, table),
    )
    kept_risk.risk_table(territory)
    monkeypatch.setattr(kept_risk, "made_by", lambda _: "other code")
    kept_risk.risk_table(territory)
    assert len(set(names)) == 2
