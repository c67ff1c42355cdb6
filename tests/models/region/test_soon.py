"""Room after drawn departures: nothing drawn changes nothing, all drawn leaves nobody a place."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from data.access.indicators import commune_indicators
from data.access.room import commune_room
from data.base import french
from data.base.french import number
from data.maps.sentences import sentence
from data.region import catalogue
from geo.friction import engine as friction_engine
from geo.layers import INDICATORS
from models.region import soon as module
from models.region.soon import soon
from tests.data.access.small_region import CODES, GPS, made


@pytest.fixture
def drawn(monkeypatch):
    """Return a run on the made region with given probabilities."""

    def run(chance, gps=GPS, **options):
        known = pd.Series(chance, dtype=float)
        monkeypatch.setattr(module, "probabilities", lambda *_: known)
        return soon(made(gps), 5, **options)

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


def test_the_load_is_that_of_now_where_nobody_leaves(drawn):
    found = drawn(dict.fromkeys(GPS, 0.0), draws=3)
    now = commune_room(made(GPS))["load_per_gp"]
    np.testing.assert_allclose(found.communes["load_expected"], now)


def test_who_stays_is_loaded_more_when_others_leave(drawn):
    # Two neighbours twelve minutes apart; the second may go, its people then go to the first.
    gps = {**GPS, CODES[0]: 1.0, CODES[1]: 1.0}
    now = drawn(dict.fromkeys(gps, 0.0), gps, draws=2).communes["load_expected"]
    later = drawn({CODES[1]: 0.9}, gps, draws=60).communes["load_expected"]
    assert later[0] > now[0]
    assert (later[now.notna()] >= now[now.notna()] - 1e-9).all()


@pytest.fixture
def kept_once(monkeypatch, tmp_path):
    """A folder of its own, a made region, and a count of the computations."""
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path))
    chances = pd.Series(dict.fromkeys(GPS, 0.4))
    monkeypatch.setattr(module, "probabilities", lambda _, years: chances * years / 5)
    calls: list[int] = []

    def counted(territory, horizon):
        calls.append(horizon)
        return soon(territory, horizon, draws=20)

    monkeypatch.setattr(module, "soon", counted)
    return made(GPS), calls


def test_what_was_drawn_is_read_from_disk_afterwards(kept_once):
    territory, calls = kept_once
    assert not module.is_kept(territory)
    first = {years: module.kept(territory, years) for years in module.HORIZONS_SHOWN}
    assert module.is_kept(territory)
    again = module.kept(territory, 5)
    assert calls == [*module.HORIZONS_SHOWN]
    assert (again.now, again.expected, again.low, again.high) == (
        first[5].now,
        first[5].expected,
        first[5].low,
        first[5].high,
    )
    pd.testing.assert_frame_equal(again.communes, first[5].communes)
    pd.testing.assert_frame_equal(again.carriers, first[5].carriers)
    assert first[2].expected <= first[5].expected


def test_another_model_or_other_data_are_drawn_again(kept_once, monkeypatch, tmp_path):
    territory, calls = kept_once
    module.kept(territory, 5)
    module.kept(replace(territory, version="v2"), 5)
    other = tmp_path / "model.json"
    other.write_text("{}")
    monkeypatch.setattr(module.artefact, "PATH", other)
    module.kept(territory, 5)
    assert calls == [5, 5, 5]


def test_other_minutes_are_drawn_again(monkeypatch):
    """The same data with minutes of another engine: nothing kept before is read."""
    before = catalogue.load_territory("75")
    monkeypatch.setattr(friction_engine, "code_version", lambda *_, **__: "refitted")
    after = catalogue._load("75")
    assert after.version != before.version
    assert {module._key(after, years) for years in module.HORIZONS_SHOWN}.isdisjoint(
        module._key(before, years) for years in module.HORIZONS_SHOWN
    )


def test_map_tables_and_sentence_tell_one_total(kept_once):
    territory, _ = kept_once
    communes = commune_indicators(territory)
    shown = module.with_soon(communes, territory)
    for years in module.HORIZONS_SHOWN:
        found = module.kept(territory, years)
        key = f"share_without_room_in_{years}"
        people = (shown[key] * shown["population"]).sum()
        assert people == pytest.approx(found.expected)
        change = (shown[f"share_change_in_{years}"] * shown["population"]).sum()
        assert change == pytest.approx(found.expected - found.now)
        assert number(found.expected) in module.sentence(found, [2017])
        by_key = {one.key: one for one in INDICATORS}
        assert number(found.expected) in sentence(by_key[key], shown, "Région")
    table = module.by_territory(territory, communes, "departement")
    assert table["without_room_in_5"].sum() == pytest.approx(module.kept(territory, 5).expected)
    assert table["without_room_now"].sum() == pytest.approx(shown["without_room_nearest"].sum())
    lost = table["without_room_in_5"] - table["without_room_now"]
    assert lost.is_monotonic_decreasing


def _totals(weights, chances, *, low=0.7, high=1.3):
    """A made region: people each commune would leave, and their risks; nothing else moves."""
    people = np.array(weights, float)
    more = float(people @ np.array(chances))
    carriers = pd.DataFrame({"without_room_more": people})
    now = 10_000.0
    return module.Soon(
        5, now, now + more, now + low * more, now + high * more, pd.DataFrame(), carriers
    )


def _bounds(found, commune):
    """The least and the most that the risk of a commune may be, by a linear programme.

    The public knows the people each commune would leave, and the rounded total.
    """
    weights = found.carriers["without_room_more"].to_numpy()
    told = module.PUBLIC_ROUNDING * round(found.expected / module.PUBLIC_ROUNDING) - found.now
    half = module.PUBLIC_ROUNDING / 2
    aim = np.zeros(len(weights))
    aim[commune] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        best = linprog(
            sign * aim,
            np.vstack([weights, -weights]),
            [told + half, half - told],
            bounds=[(0, 1)] * len(weights),
            method="highs",
        )
        assert best.status == 0
        ends.append(sign * best.fun)
    return ends


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 3000), st.floats(0.01, 0.9)), min_size=1, max_size=40))
def test_a_public_total_bounds_the_risk_of_no_commune(rows):
    found = _totals([weight for weight, _ in rows], [chance for _, chance in rows])
    if not module.may_be_public(found):
        assert module.public_sentence(found, [2017]) == module.MASKED
        return
    for commune in range(len(rows)):
        assert _bounds(found, commune) == pytest.approx([0.0, 1.0], abs=1e-6)


def test_a_total_that_one_commune_makes_is_hidden_and_a_large_one_is_rounded():
    alone = _totals([4000, 10, 10], [0.2, 0.1, 0.1])
    assert not module.may_be_public(alone)
    assert _bounds(alone, 0)[1] < 0.3  # what would have been told of it
    many = _totals([500] * 60, [0.1] * 60)
    assert module.may_be_public(many)
    said = module.public_sentence(many, [2017])
    assert number(13_000) in said
    assert "à 100 habitants près" in said


def test_an_end_of_the_interval_that_would_tell_hides_all():
    even = [500] * 10, [0.3] * 10
    assert module.may_be_public(_totals(*even))
    # So low that each commune weighs more; so high that all others must go.
    assert not module.may_be_public(_totals(*even, low=0.35))
    assert not module.may_be_public(_totals(*even, high=3.0))


def test_a_forecast_whose_end_has_passed_says_so():
    found = module.Soon(2, 10.0, 12.0, 11.0, 13.0, pd.DataFrame(), pd.DataFrame())
    said = module.sentence(found, [2017])
    assert "s’arrêtait fin 2019" in said
    assert f"Importez les effectifs de {french.today().year - 1}, " in said
    assert "échue" not in module.sentence(found, [french.today().year - 2])
    assert "échue" not in module.sentence(found, [])
