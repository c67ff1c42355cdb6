"""Calls and waits by département: simulated or imported, pooled or not, known or not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.region import catalogue
from data.region.territory import Provenance
from data.solidarity import pooling, regulation
from data.solidarity import regulation_tables as tables
from data.solidarity.regulation import Calls, Hours, Standard, by_departement, calls_of
from geo.errors import InvalidInputError, UnavailableError
from geo.queueing import fewest_servers, queue

NIGHT = Hours(0, 8)
USUAL = Standard(2.0, 0.8)
NAMES = {"16": "Charente", "17": "Charente-Maritime", "23": "Creuse"}


def told(**departements):
    """Calls of made départements: (calls, minutes, regulators) at each hour of every night."""
    rows = [
        (code.removeprefix("d"), day, hour, *figures)
        for code, figures in departements.items()
        for day in range(7)
        for hour in range(8)
    ]
    columns = ["code", "day", "hour", "calls", "minutes", "regulators"]
    return Calls(pd.DataFrame(rows, columns=columns), NAMES, simulated=False, note="fichier")


MADE = told(d16=(6.0, 5.0, 1.0), d17=(3.0, 10.0, 2.0), d23=(np.nan, 8.0, 1.0))


@pytest.fixture(scope="module")
def territory():
    return catalogue.load_territory("75")


def test_hours_hold_through_midnight_and_on_their_days():
    week = pd.DataFrame({"day": np.repeat(range(7), 24), "hour": list(range(24)) * 7})
    held = week[Hours(20, 8, "weekend").hold(week)]
    assert set(held["day"]) == {5, 6}
    assert sorted(set(held["hour"])) == [*range(8), 20, 21, 22, 23]
    assert Hours(0, 24).hold(week).all()
    for wrong in ((8, 8, "tous"), (-1, 8, "tous"), (0, 25, "tous"), (0, 8, "lundi")):
        with pytest.raises(InvalidInputError):
            Hours(*wrong)
    for wrong in ((-1.0, 0.8), (2.0, 1.0), (float("nan"), 0.8)):
        with pytest.raises(InvalidInputError):
            Standard(*wrong)


def test_each_departement_is_what_its_queue_is(territory):
    found = by_departement(MADE, NIGHT, USUAL).set_index("code")
    one = queue([6.0], [5.0], [1], 2.0)
    assert found.loc["16", "within"] == pytest.approx(one.within[0])
    assert found.loc["16", "mean_wait"] == pytest.approx(one.mean_wait[0])
    assert found.loc["16", ["known", "asked", "short"]].tolist() == [56, 56, 56]
    assert found.loc["16", "role"] == "à aider"
    assert found.loc["17", "role"] == "tient seul"
    assert found.loc["17", "calls"] == pytest.approx(3 * 56)
    # A blank figure: nothing is computed, and it is said.
    assert found.loc["23", "role"] == "non connu"
    assert np.isnan(found.loc["23", "within"])
    shown = tables.departement_table(MADE, NIGHT, USUAL).set_index("Code")
    assert shown.loc["23", "Attente moyenne"] == "non disponible"
    assert np.isnan(shown.loc["23", "Appels par semaine"])
    assert "2 départements connus sur 3 : la Charente ne tient pas" in tables.sentence(
        MADE, NIGHT, USUAL
    )


def test_taking_over_adds_calls_and_weighs_minutes():
    found = pooling.take_over(MADE, "17", ["16"], NIGHT, USUAL)
    after = queue([9.0], [(6 * 5 + 3 * 10) / 9], [3], 2.0)
    assert found.hours["within"].to_numpy() == pytest.approx(after.within[0])
    assert found.saved == 0
    assert found.hours["calls"].sum() == found.before["calls"].sum()
    alone = pooling.take_over(MADE, "17", ["16"], NIGHT, USUAL, staff="aidant")
    assert alone.hours["regulators"].unique().tolist() == [2.0]
    assert alone.saved == 56
    just = pooling.take_over(MADE, "17", ["16"], NIGHT, USUAL, staff="juste")
    assert (just.hours["within"] >= USUAL.share).all()
    assert just.hours["regulators"].iloc[0] == fewest_servers([9.0], [60 / 9], 2.0, 0.8)[0]


def test_what_hours_give_together_is_told_of_a_call_not_of_an_hour():
    hours = pd.DataFrame(
        {
            "calls": [1.0, 3.0, 0.0],
            "regulators": [1.0, 1.0, 2.0],
            "waiting": [0.0, 0.8, 0.0],
            "mean_wait": [0.0, 4.0, np.inf],  # nobody calls then
            "within": [1.0, 0.6, 1.0],
        }
    )
    found = regulation.totals(hours)
    assert (found["calls"], found["regulator_hours"]) == (4, 4)
    told = [found[name] for name in ("waiting", "mean_wait", "within")]
    assert told == pytest.approx([0.6, 3.0, 0.7])


def test_a_queue_that_only_grows_is_said():
    crowded = told(d16=(9.0, 10.0, 1.0), d17=(9.0, 10.0, 1.0))
    found = pooling.take_over(crowded, "17", ["16"], NIGHT, USUAL, staff="aidant")
    assert tables.wait_told(found.hours["mean_wait"].iloc[0]) == "sans fin"
    said = tables.takeover_sentence(crowded, found, NIGHT, USUAL)
    assert "56 heures où il arrive plus d’appels" in said
    assert "attente moyenne sans fin" in said


def test_hours_that_one_does_not_tell_are_counted_apart():
    table = MADE.table[~((MADE.table["code"] == "16") & (MADE.table["hour"] == 3))]
    partial = replace(MADE, table=table)
    found = pooling.take_over(partial, "17", ["16"], NIGHT, USUAL)
    assert (len(found.hours), found.unknown) == (49, 7)
    assert "7 heures de la plage" in tables.takeover_sentence(partial, found, NIGHT, USUAL)
    with pytest.raises(UnavailableError, match="Creuse"):
        pooling.take_over(MADE, "17", ["23"], NIGHT, USUAL)
    each = pooling.everyone(MADE, "17", NIGHT, USUAL, "tous").set_index("code")
    assert each.loc["23", "unknown"] == 56
    assert np.isnan(each.loc["23", "within_after"])
    assert each.loc["16", "within_after"] > each.loc["16", "within_before"]


@pytest.mark.parametrize(
    ("helper", "helped", "staff"),
    [("88", ["16"], "tous"), ("17", [], "tous"), ("17", ["17"], "tous"), ("17", ["16"], "moitié")],
)
def test_what_is_no_takeover_is_refused(helper, helped, staff):
    with pytest.raises(InvalidInputError):
        pooling.take_over(MADE, helper, helped, NIGHT, USUAL, staff=staff)


def test_neighbours_are_those_of_the_map(territory):
    found = pooling.neighbours(territory)
    assert ("16", "17") in found
    assert ("23", "33") not in found
    assert len(found) == 21


def test_the_best_grouping_meets_the_standard_and_costs_what_its_queues_cost(territory):
    calls = calls_of(territory)
    found = pooling.best(territory, calls, NIGHT, USUAL, most=3)
    assert found.grouping.status == "optimal"
    assert sorted(code for group in found.groups for code in group) == sorted(calls.names)
    assert max(map(len, found.groups)) <= 3
    table = found.table
    assert table["together"].sum() == found.grouping.cost <= table["alone"].sum()
    assert (table["within"] >= USUAL.share).all()
    group = found.groups[0]
    again = pooling.take_over(calls, group[0], group[1:], NIGHT, USUAL, staff="juste")
    assert again.hours["regulators"].sum() == table["together"].iloc[0]
    fewer = pooling.best(territory, calls, NIGHT, USUAL, most=1)
    assert fewer.grouping.cost == fewer.table["alone"].sum() == table["alone"].sum()
    with pytest.raises(InvalidInputError):
        pooling.best(territory, calls, NIGHT, USUAL, most=7)


def test_departements_that_do_not_tell_all_hours_are_left_out_and_named(territory):
    found = pooling.best(territory, MADE, NIGHT, USUAL, most=3)
    assert found.left_out == ("Creuse",)
    assert "non connues : la Creuse" in tables.groups_sentence(found, NIGHT, USUAL)


def test_simulated_calls_follow_their_rule_and_say_so(territory):
    calls = calls_of(territory)
    people = territory.communes.groupby("departement")["population"].sum()
    a_year = calls.table.groupby("code")["calls"].sum() * regulation.WEEKS_A_YEAR
    assert a_year.to_numpy() == pytest.approx((people / 10).to_numpy())
    load = calls.table["calls"] * calls.table["minutes"] / 60
    assert (calls.table["regulators"] > load).all()
    # Practices are open on week days from 8 to 20.
    assert not ((calls.table["day"] < 5) & calls.table["hour"].between(8, 19)).any()
    assert calls.simulated
    assert "simulés" in calls.note
    assert tables.notes(calls)[0].startswith("DONNÉES DE DÉMONSTRATION")


def test_imported_calls_are_never_completed_by_simulated_ones(territory):
    table = MADE.table.assign(year=2025)[["code", "year", "day", "hour", "calls", "minutes"]]
    table = table.assign(regulators=MADE.table["regulators"])
    source = Provenance("regulation_calls", "Appels", "agence", "2025", "", False, 168, 0)
    known = replace(
        territory,
        version="regulation-imported",
        context={"regulation_calls": table},
        provenance={**territory.provenance, "regulation_calls": source},
    )
    calls = calls_of(known)
    assert not calls.simulated
    assert set(calls.table["code"]) == {"16", "17", "23"}
    assert "réel, agence" in calls.note
    assert by_departement(calls, NIGHT, USUAL)["known"].gt(0).sum() == 2


def test_the_week_of_a_departement_says_what_is_not_told():
    week = tables.week_table(MADE, "16", USUAL)
    assert week.shape == (24, 8)
    assert week.loc[3, "Lundi"] == tables.percent(queue([6.0], [5.0], [1], 2.0).within[0])
    assert week.loc[12, "Lundi"] == "–"


def run(*arguments):
    result = CliRunner().invoke(app, ["solidarity", "regulation", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output.replace("\u202f", " ").replace("\xa0", " ")


def test_the_command_says_the_same_and_writes(tmp_path, territory):
    out = tmp_path / "groupes.csv"
    said = run("--groupe=2", f"--out={out}")
    calls = calls_of(territory)
    found = pooling.best(territory, calls, NIGHT, USUAL, most=2)
    assert tables.groups_sentence(found, NIGHT, USUAL).replace("\u202f", " ").replace(
        "\xa0", " "
    ) in said.replace("\n", " ")
    assert "simulés" in said
    assert said.count("Non connu :") == len(tables.UNKNOWN)
    assert len(pd.read_csv(out)) == len(found.groups)
    taken = run("--aidant=33", "--repris=19,47", "--heures=20-8")
    assert (
        "La Gironde prend les appels de : la Corrèze et le Lot-et-Garonne, de 20 h à 8 h" in taken
    )
    run(f"--modele={tmp_path / 'modele.csv'}")
    assert (tmp_path / "modele.csv").read_bytes().startswith(b"\xef\xbb\xbfdepartement;")
    with pytest.raises(InvalidInputError, match="0-8"):
        run("--heures=nuit")
    with pytest.raises(InvalidInputError, match="--aidant"):
        run("--repris=19")
