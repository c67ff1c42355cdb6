"""Where each signal of a sheet turns: at its rule, which belongs to the calmer side it names."""

import numpy as np
import pandas as pd
import pytest

from data.base.french import MISSING
from data.region import rules
from data.reports.signals import (
    ALERT,
    CALM,
    UNKNOWN,
    WATCH,
    Facts,
    Room,
    Signal,
    room_state,
    signals,
)

BLANK = {
    "gps": np.nan,
    "zone": "",
    "population": 1000,
    "apl_published": np.nan,
    "apl": np.nan,
    "apl_published_year": np.nan,
    "share_near_retirement": np.nan,
    "share_near_retirement_year": np.nan,
    "minutes_to_labelled_structure": np.nan,
    "population_labelled_within_30": np.nan,
    "departement": "23",
}


def found(
    key: str,
    own: dict[str, float] | None = None,
    past: pd.DataFrame | None = None,
    **known: object,
) -> Signal:
    """The signal of a territory of two communes, of which only what is given is known."""
    members = pd.DataFrame([BLANK, BLANK]).assign(**known)
    row = pd.Series(BLANK | {"population": members["population"].sum()} | (own or {}))
    course = pd.DataFrame() if past is None else past
    facts = Facts(row, members, course, pd.Series(dtype=float), {})
    return next(one for one in signals(facts) if one.key == key)


@pytest.mark.parametrize(
    ("last", "value", "state"),
    [
        (12.0, "+2 médecins", CALM),
        (10.0, "autant de médecins", CALM),
        (9.0, "−1 médecin", WATCH),
        (8.0, "−2 médecins", WATCH),  # a fifth, the rule itself
        (7.0, "−3 médecins", ALERT),
    ],
)
def test_losses_are_signed_and_alert_beyond_a_fifth(last: float, value: str, state: str) -> None:
    past = pd.DataFrame({"gps": [10.0, last]}, index=[2013, 2020])
    signal = found("losses", past=past)
    assert (signal.value, signal.state) == (value, state)
    assert signal.sentence.startswith(f"De 10 en 2013 à {last:.0f} en 2020.")


@pytest.mark.parametrize(
    ("people", "state"), [((0, 1000), WATCH), ((100, 900), WATCH), ((101, 899), ALERT)]
)
def test_a_territory_alerts_when_more_than_a_tenth_live_beside_a_lone_gp(
    people: tuple[int, int], state: str
) -> None:
    signal = found("single", gps=[1.0, 4.0], population=list(people))
    assert (signal.value, signal.state) == ("1 commune", state)


def test_communes_without_gp_are_not_those_of_a_lone_one() -> None:
    signal = found("single", gps=[0.0, 2.0])
    assert (signal.value, signal.state) == ("0 commune", CALM)
    assert "1 commune sans médecin" in signal.sentence
    unknown = found("single", gps=[np.nan, 2.0])
    assert unknown.state == UNKNOWN
    assert "1 commune non connue" in unknown.sentence


@pytest.mark.parametrize(
    ("apl", "state"),
    [
        (rules.ZIP_APL, ALERT),
        (rules.ZIP_APL + 0.01, WATCH),
        (rules.FAIR_APL, WATCH),
        (rules.FAIR_APL + 0.01, CALM),
    ],
)
def test_the_apl_of_the_law_is_in_what_it_names(apl: float, state: str) -> None:
    assert found("apl", {"apl": apl}, apl=apl).state == state


@pytest.mark.parametrize(
    ("share", "state"), [(0.3, ALERT), (0.29, WATCH), (0.2, WATCH), (0.19, CALM)]
)
def test_ages_alert_from_their_rule_on(share: float, state: str) -> None:
    known = {"share_near_retirement": share, "share_near_retirement_year": 2018}
    signal = found("retirement", known, **known)
    assert signal.state == state
    assert "DREES 2018" in signal.sentence


@pytest.mark.parametrize(
    ("least", "nearest", "state"),
    [(300.0, 0.0, WATCH), (0.0, 300.0, WATCH), (300.0, 50.0, ALERT), (50.0, 300.0, ALERT)],
)
def test_room_alerts_only_where_both_ways_of_sharing_leave_people_without(
    least: float, nearest: float, state: str
) -> None:
    """The fairest sharing of a region may leave people out where all have room nearest first."""
    assert room_state(Room(least, nearest, 1000), 1000.0, CALM) == state


@pytest.mark.parametrize(
    ("minutes", "value"), [(0.0, "sur place"), (0.4, "moins d’une minute"), (12.4, "12 min")]
)
def test_a_label_in_the_commune_is_there_as_its_doctor_is(minutes: float, value: str) -> None:
    """It was « 0 min » where the nearest doctor was « sur place »."""
    alone = pd.DataFrame([BLANK | {"minutes_to_labelled_structure": minutes}])
    facts = Facts(alone.iloc[0], alone, pd.DataFrame(), pd.Series(dtype=float), {}, labelled=True)
    assert next(one for one in signals(facts) if one.key == "label").value == value


@pytest.mark.parametrize(
    ("reached", "state"), [(1990, CALM), (1989, WATCH), (1600, WATCH), (1599, ALERT)]
)
def test_a_label_out_of_reach_of_a_fifth_alerts(reached: int, state: str) -> None:
    own = {"population_labelled_within_30": reached}
    signal = found("label", own, minutes_to_labelled_structure=[25.0, 31.0])
    assert signal.state == state
    assert "des 2\u202f000 habitants à 30 minutes" in signal.sentence


def test_an_island_is_not_told_that_no_structure_is_known() -> None:
    """No road joins Ouessant to the structures of others: its sheet said that none was known."""
    alone = pd.DataFrame([BLANK])
    row = pd.Series(BLANK | {"population": 860.0, "population_labelled_within_30": 0.0})

    def told(members: pd.DataFrame, *, labelled: bool) -> Signal:
        facts = Facts(row, members, pd.DataFrame(), pd.Series(dtype=float), {}, labelled=labelled)
        return next(one for one in signals(facts) if one.key == "label")

    assert told(alone, labelled=True).sentence.startswith("Aucun trajet par la route")
    assert told(alone, labelled=False).sentence == "Aucune structure labellisée n’est connue."
    assert told(alone, labelled=True).value == told(alone, labelled=False).value == MISSING
    island = pd.concat([alone, alone])
    assert told(island, labelled=True).state == ALERT
    assert "0 des 860 habitants" in told(island, labelled=True).sentence
    assert told(island, labelled=False).state == UNKNOWN


@pytest.mark.parametrize(
    ("zones", "value", "state"),
    [
        (["ZIP", "HZ"], "50\u00a0% en ZIP", ALERT),
        (["ZAC", "HZ"], "50\u00a0% en ZAC", WATCH),
        (["HZ", "ZV"], "hors ZIP et ZAC", CALM),
        (["ZAC", ""], "50\u00a0% en ZAC", WATCH),
    ],
)
def test_zones_are_shares_of_all_inhabitants(zones: list[str], value: str, state: str) -> None:
    signal = found("zone", zone=zones)
    assert (signal.value, signal.state) == (value, state)
    assert ("zone inconnue dans 1 commune" in signal.sentence) == ("" in zones)
