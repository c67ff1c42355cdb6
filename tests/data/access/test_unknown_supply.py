"""Communes whose GPs are not known: what depends on them is missing, and said to be."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.access import indicators, unknown_supply
from data.access.around import around
from data.cli import app
from data.maps import room as room_map
from data.maps.sentences import sentence
from data.region import catalogue
from data.reports.signals import UNKNOWN, Facts, Room, gps_in_words, signals
from geo.layers import INDICATORS
from pages import figures
from tests.data.access.small_region import CODES, GPS, made

ALL = {**GPS, "17003": 0.0}


def without(*codes):
    known = {code: gps for code, gps in ALL.items() if code not in codes}
    return replace(made(known), version=f"without {codes}")


def table(territory):
    return indicators.commune_indicators(territory).set_index("code")


def test_a_whole_table_loses_nothing():
    found = table(made(ALL))
    assert set(found["supply"]) == {"connue"}
    assert found.loc["17003", "minutes_to_nearest_gp"] == 164
    assert found["apl"].drop("17002").notna().all()


def test_minutes_are_missing_where_an_unknown_commune_is_nearer():
    # Every 12 minutes: 16001 (2 GPs), 16002, 16003, 17001 (1 GP), 17002; 17002 is not known.
    found = table(without("17002"))
    assert found.loc["16003", "minutes_to_nearest_gp"] == 12  # 17002 is 24 minutes away
    assert np.isnan(found.loc["17002", "minutes_to_nearest_gp"])
    assert found.loc["17002", "nearest_gp_commune_name"] == ""
    # 16003 not known: both its neighbours are as near to a GP that is.
    found = table(without("16003"))
    assert found.loc["16002", "minutes_to_nearest_gp"] == 12
    assert np.isnan(found.loc["16003", "minutes_to_nearest_gp"])
    # 17001 not known: 16003 may have a GP at 12 minutes, nobody knows.
    found = table(without("17001"))
    assert found.loc[["16001", "16002"], "minutes_to_nearest_gp"].tolist() == [0, 12]
    assert found.loc[["16003", "17001", "17002"], "minutes_to_nearest_gp"].isna().all()


def test_people_beyond_are_known_only_where_no_unknown_commune_could_serve_them():
    found = table(without("17001"))
    assert found["population_within_20"].fillna(-1).tolist() == [1000, 2000, -1, -1, 0, 0]
    assert np.isnan(found.loc["16003", "share_beyond_20"])
    assert found.loc["17003", "population_beyond_20"] == 800


def test_the_apl_and_room_are_missing_in_reach_of_an_unknown_commune():
    found = table(without("17001"))
    assert found["apl"].isna().tolist() == [False, True, True, True, True, False]
    assert found["supply"].tolist() == [
        "connue", "partielle", "partielle", "inconnue", "partielle", "connue",
    ]  # fmt: skip
    assert found["share_without_room"].isna().tolist() == [False, False, True, True, True, False]
    assert indicators.three_steps(without("17001")).isna().sum() == 5
    assert indicators.three_steps(made(ALL)).isna().sum() == 1  # nobody lives in 17002


def test_the_card_of_a_commune_says_of_room_what_is_true_there():
    territory = without("17001")
    told = [unknown_supply.commune_room_note(territory, code) for code in CODES]
    own = [unknown_supply.room_note(pd.Series([one])) for one in table(territory)["supply"]]
    assert told == own
    assert {"", unknown_supply.UPPER_BOUND} == set(told)
    assert unknown_supply.region_room_note(territory) == unknown_supply.UPPER_BOUND
    assert unknown_supply.commune_room_note(territory, "75056") == ""


def test_a_neighbour_beyond_the_border_that_is_not_known_counts_too():
    found = table(without("24001"))
    assert found["apl"].isna().tolist()[:3] == [True, True, False]
    assert found.loc["16001", "minutes_to_nearest_gp"] == 0


def test_aggregates_say_how_many_people_they_leave_out():
    rows = indicators.aggregated_indicators(without("17001"), "epci").set_index("code")
    assert rows.loc["e2", "population_supply_unknown"] == 800
    whole = indicators.aggregated_indicators(made(ALL), "epci")
    assert whole["population_supply_unknown"].tolist() == [0, 0]


@pytest.mark.parametrize("key", ["apl", "minutes_to_nearest_gp", "share_without_room"])
def test_sentences_say_what_they_leave_out(key):
    one = next(each for each in INDICATORS if each.key == key)
    partial = indicators.commune_indicators(without("17001"))
    assert "les médecins de 1 commune ne sont pas connus" in sentence(one, partial, "Essai")
    assert "Partiel" not in sentence(one, indicators.commune_indicators(made(ALL)), "Essai")


def test_the_sentence_counts_the_people_it_can_speak_of():
    one = next(each for each in INDICATORS if each.key == "share_without_room")
    told = sentence(one, indicators.commune_indicators(without("17001")), "Essai")
    assert "des 3\u202f800 habitants sont sans place" in told


def test_the_map_draws_no_room_where_it_is_not_known():
    document = room_map.document(without("17001"), 20)
    assert [value is None for value in document["nearest"][0]] == [
        False, False, True, True, True, False,
    ]  # fmt: skip
    whole = room_map.document(made(ALL), 20)
    assert not any(value is None for step in whole["nearest"] for value in step)
    assert document["served"][0] == sum(v for v in document["nearest"][0] if v is not None)


def test_an_isochrone_says_how_many_communes_are_not_known():
    territory = without("16002")
    rows = around(territory, indicators.commune_indicators(territory), 0.0, 45.0)
    assert rows["communes_gps_unknown"].tolist() == [0, 1, 1]


def test_a_sheet_is_never_calm_about_what_is_not_known():
    own = indicators.commune_indicators(without("17001"))
    members = own[own["code"].isin(["16003", "17001"])]
    facts = Facts(
        indicators.aggregate(members, "departement").iloc[0],
        members,
        pd.DataFrame(),
        pd.Series(dtype=float),
        {},
        Room(0.0, 0.0, 1000, 800.0),
    )
    found = {signal.key: signal for signal in signals(facts)}
    assert found["room"].state == UNKNOWN
    assert "800 habitants" in found["room"].sentence
    assert found["single"].state == UNKNOWN
    assert "1 commune non connue" in found["single"].sentence
    assert "non connu" in gps_in_words(float("nan"))


def test_no_gain_is_credited_where_today_is_not_known():
    from data.siting.ground import ground_of

    territory = without("17001")
    today = dict(zip(CODES, ground_of(territory).minutes_today(), strict=True))
    assert today["16003"] == 0
    assert today["17003"] == np.inf  # beyond 20 minutes in any case
    assert unknown_supply.unknown_minutes(territory)[0] == pytest.approx(36)


def test_room_beside_unknown_gps_is_said_to_be_an_upper_bound_everywhere_it_is_printed():
    whole, partial = made(ALL), without("17001")
    note = unknown_supply.UPPER_BOUND
    assert unknown_supply.region_room_note(whole) == room_map.document(whole, 20)["note"] == ""
    assert (
        unknown_supply.region_room_note(partial) == room_map.document(partial, 20)["note"] == note
    )
    one = next(each for each in INDICATORS if each.key == "share_without_room")
    assert sentence(one, indicators.commune_indicators(partial), "Essai").endswith(note)
    assert note not in sentence(one, indicators.commune_indicators(whole), "Essai")
    assert any(note in line for line in figures.notes(partial))
    assert not any(note in line for line in figures.notes(whole))


def test_one_more_gp_takes_room_from_nobody():
    """What the note rests on: had the unknown commune GPs, no commune would have more without."""
    few, more = (indicators.commune_indicators(made({**ALL, "17001": gps})) for gps in (0.0, 2.0))
    for column in ("without_room_nearest", "without_room_bound"):
        assert (more[column] <= few[column] + 1e-9).all()


def test_the_command_leaves_blank_what_the_map_calls_unknown(monkeypatch, tmp_path):
    territory = without("17001")
    monkeypatch.setattr(catalogue, "load_territory", lambda *_: territory)
    out = tmp_path / "room.csv"
    done = CliRunner().invoke(app, ["room", f"--out={out}"])
    assert done.exit_code == 0, done.output
    told = pd.read_csv(out, dtype={"code": str}).set_index("code")["without_room_nearest"]
    shown = table(territory)["without_room_nearest"]
    np.testing.assert_allclose(told, shown.reindex(told.index))
    assert told.isna().sum() == 3
    assert "3 communes sans valeur" in done.output
    assert unknown_supply.UPPER_BOUND in done.output
    assert "sur 3\u202f800 habitants" in done.output


def test_a_commune_where_nobody_lives_lacks_nothing():
    table = pd.DataFrame(
        {"population": [100, 0], "apl": np.nan, "supply": unknown_supply.UNKNOWN, "gps": np.nan}
    )
    assert unknown_supply.concerned(table, "apl").tolist() == [True, False]
    assert "1 commune (100 habitants)" in unknown_supply.partial_note(table, "apl")
