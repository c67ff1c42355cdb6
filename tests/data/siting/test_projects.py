"""Rules, money, neighbours and portfolio of projects, on a made region."""

from dataclasses import replace

import numpy as np
import pytest

from data.base.french import number
from data.region import rules
from data.reports import project_tables
from data.siting import projects
from data.siting.evaluation import evaluate_sites
from data.siting.pole_plan import Antenna, PolePlan
from data.siting.project_rules import KINDS, MET, UNKNOWN, UNMET, checks, pole_checks
from tests.data.access.small_region import Straight
from tests.data.siting.small_sites import made, site, structures, zoning

GPS = {"16001": 2.0, "16002": 0.0, "16003": 0.0, "17001": 1.0, "17002": 0.0, "17003": 0.0}
TERRITORY = made(GPS, structures=structures(("msp", 0.0)), zoning=zoning())
FULL = site("Complet", "16001", 0.0, gps=2.5, others=1, floor_m2=300.0, opening_year=2999)
THIN = site("Mince", "17001", 0.36, gps=1, others=0, opening_year=2001)
BARE = site("Nu", "17003", 2.0)
NEAR = site("Près", "16002", 0.12)
SITES = [FULL, THIN, BARE]


def states(found):
    return {check.rule.split(" (")[0]: check.state for check in found}


def test_rules_of_an_msp_are_met_or_not_or_unknown():
    full, thin, bare = checks(evaluate_sites(TERRITORY, SITES), SITES, ["msp"] * 3)
    assert states(full) == {
        "deux généralistes au moins": MET,
        "un professionnel paramédical au moins": MET,
        "zone fragile": MET,
        "des généralistes exercent encore à 10 minutes": MET,
        "aucune MSP existante à 20 minutes": UNMET,
        "surface annoncée": MET,
        "ouverture annoncée, à venir": MET,
    }
    assert states(thin) == {
        "deux généralistes au moins": UNMET,
        "un professionnel paramédical au moins": UNMET,
        "zone fragile": UNMET,
        "des généralistes exercent encore à 10 minutes": MET,
        "aucune MSP existante à 20 minutes": MET,
        "surface annoncée": UNKNOWN,
        "ouverture annoncée, à venir": UNMET,
    }
    assert states(bare)["deux généralistes au moins"] == UNKNOWN
    assert states(bare)["des généralistes exercent encore à 10 minutes"] == UNMET
    assert "2,5 généralistes" in [check.detail for check in full]


def test_where_no_structure_is_known_none_is_said_to_be_absent():
    """An empty table of structures made « aucune MSP existante » met."""
    [found] = checks(evaluate_sites(made(GPS, zoning=zoning()), [FULL]), [FULL], ["msp"])
    assert states(found)["aucune MSP existante à 20 minutes"] == UNKNOWN


def test_what_the_file_does_not_count_is_unknown():
    found = checks(evaluate_sites(TERRITORY, SITES), SITES, ["esp", "ess", "cpts"])
    assert states(found[0])["un généraliste de premier recours au moins"] == MET
    assert {check.state for check in found[1][:2]} == {UNKNOWN}
    assert found[2][0].state == UNKNOWN


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_sum_has_its_year_and_source(kind):
    found = projects.money(kind, zone="ZIP", new_gps=1.5)
    assert found
    assert all(one.year.isdigit() and one.source and one.low <= one.high for one in found)
    aids = [one.high for one in found if "première installation" in one.what]
    assert aids == ([rules.ZIP_AID_EUROS] if kind in {"msp", "pole"} else [])


@pytest.mark.parametrize(
    ("zone", "new_gps", "aids"),
    [
        ("ZIP", 1.0, [rules.ZIP_AID_EUROS]),
        ("ZAC", 1.0, [rules.ZAC_AID_EUROS]),
        ("HZ", 1.0, []),
        ("", 1.0, []),
        ("ZIP", 0.0, []),
    ],
)
def test_aid_to_settle_is_that_of_the_zone_for_doctors_who_are_new(zone, new_gps, aids):
    found = projects.money("msp", zone=zone, new_gps=new_gps)
    assert [one.high for one in found if "première installation" in one.what] == aids


def test_sums_of_a_workbook_are_numbers_one_or_the_ends_of_a_range():
    judged = evaluate_sites(TERRITORY, SITES)
    table = project_tables.money_table(["a", "b", "c"], ["msp", "esp", "cpts"], judged)
    assert table["Somme (€)"].dtype != object
    ends = table.set_index("Forme")[["Somme (€)", "Au moins (€)", "Au plus (€)"]]
    assert ends.loc["ESP"].tolist() == pytest.approx([np.nan, np.nan, rules.ESP_EUROS], nan_ok=True)
    assert ends.loc["CPTS"].tolist() == pytest.approx(
        [np.nan, *rules.CPTS_EUROS_A_YEAR], nan_ok=True
    )
    assert rules.MSP_ACI_EUROS_A_YEAR in ends.loc["MSP", "Somme (€)"].tolist()
    # A form with one sum each has no empty column of ranges.
    assert not {"Au moins (€)", "Au plus (€)"} & set(project_tables.sums_table("msp"))


def test_rules_of_a_workbook_hold_what_is_known_as_numbers():
    judged = evaluate_sites(TERRITORY, SITES)
    names, kinds = ["a", "b", "c"], ["msp"] * 3
    found = checks(judged, SITES, kinds)
    table = project_tables.checks_table(names, kinds, found)
    told = table[table["Projet"] == "a"].set_index("Unité")["Chiffre"]
    assert told["généralistes"].tolist() == [2.5, 2.0]
    assert told[["m²", "année"]].tolist() == [300.0, 2999.0]
    assert table["Chiffre"].dtype == float
    # Whoever reads the words reads the same number.
    for one in (check for asked in found for check in asked if check.figure is not None):
        whole = float(one.figure).is_integer()
        words = one.detail.replace("\u202f", "")
        assert (str(int(one.figure)) if whole else number(one.figure, 1)) in words
    summary = project_tables.summary_table(names, kinds, found, judged)
    states = summary[["Remplies", "Non connues", "Non remplies"]]
    assert (states.sum(axis=1) == summary["Règles"]).all()
    assert summary["Habitants qui trouvent une place"].dtype == float


def test_a_pole_counts_its_doctors_together():
    plan = PolePlan((Antenna(FULL, 12, nurse=True), Antenna(THIN, 3), Antenna(BARE, 0)))
    found = pole_checks(TERRITORY, plan)
    assert [check.state for check in found[:4]] == [UNMET, MET, MET, MET]
    assert found[0].detail == "1,5 généraliste"
    # No label at the closed antenna; three days do not make five, twelve half-days may.
    assert [check.state for check in found[4:]] == [UNKNOWN, UNMET]


def test_neighbours_are_told_with_their_minutes():
    found = projects.neighbours(TERRITORY, [FULL, NEAR, BARE])
    assert found.to_numpy().tolist() == [[0, 1, 12.0]]
    words = project_tables.neighbours_words(found, ["Complet", "Près", "Nu"])
    assert "Complet et Près (12 minutes)" in words
    assert "Aucun projet" in project_tables.neighbours_words(found.head(0), [])


class Uphill(Straight):
    """Three minutes more towards the east."""

    def matrix(self, origins, destinations, limit):
        found = super().matrix(origins, destinations, limit)
        start, end = origins[found["origin"], 0], destinations[found["destination"], 0]
        return found.assign(minutes=found["minutes"] + 3.0 * (end > start))


def test_neighbours_are_as_far_as_the_shorter_way():
    hill = replace(TERRITORY, travel_time=Uphill(), version="uphill")
    for sites in ([FULL, NEAR], [NEAR, FULL]):
        assert projects.neighbours(hill, sites).to_numpy().tolist() == [[0, 1, 12.0]]


def test_neighbours_known_are_not_sought_again(monkeypatch):
    first = projects.neighbours(TERRITORY, [FULL, NEAR])
    first["minutes"] = 0.0  # the copy of who asked, and of nobody else
    monkeypatch.setattr(type(TERRITORY.travel_time), "matrix", None)
    assert projects.neighbours(TERRITORY, [FULL, NEAR]).to_numpy().tolist() == [[0, 1, 12.0]]


def test_only_doctors_who_are_new_make_places():
    sites = [FULL, BARE, BARE, FULL, FULL]
    kinds = ["msp", "msp", "esp", "esp", "cpts"]
    # A team of primary care gathers those who are there, unless it says how many it takes.
    new = projects.new_gps(kinds, sites, [1.5, 2.0, 2.0, 2.5, 2.5])
    assert new == [1.5, 2.0, 0.0, 2.5, 0.0]


def test_a_portfolio_beats_first_come_and_says_its_bound():
    cheap, dear = [10.0, 40.0, 10.0], 50.0
    found = projects.funded(TERRITORY, [NEAR, THIN, BARE], [0.0, 2.0, 2.0], cheap, dear)
    assert found.best.proven
    # In their order, two projects that seat nobody leave no money for the one that does.
    assert found.best.people > found.first.people
    assert found.best.chosen[2]
    assert found.first.chosen.tolist() == [True, True, False]
    words = project_tables.portfolio_words(found, ["Près", "Mince", "Nu"])
    assert "Optimum prouvé." in words
    assert "borne" in words
    assert np.isfinite(found.best.bound)


def test_a_portfolio_no_better_than_first_come_is_first_come():
    twin = site("Jumeau", BARE.code, BARE.lon)
    found = projects.funded(TERRITORY, [BARE, twin], [2.0, 2.0], [10.0, 10.0], 10.0)
    assert found.first.people == pytest.approx(found.best.people)
    assert found.best.people > 0
    assert found.best.chosen.tolist() == found.first.chosen.tolist() == [True, False]
    words = project_tables.portfolio_words(found, ["Nu", "Jumeau"])
    assert "celui de l’ordre d’arrivée (Nu) : une place à" in words
    assert "Jumeau" not in words


def test_whole_doctors_are_told_without_decimals():
    told = [projects.money("msp", zone="ZIP", new_gps=gps)[-1].what for gps in (3.0, 1.5)]
    assert ["3 ici" in told[0], "1,5 ici" in told[1]] == [True, True]


@pytest.mark.parametrize(
    ("kind", "article"),
    [
        ("msp", "article L. 6323-3"),
        ("pole", "article L. 6323-3"),
        ("esp", "article L. 1411-11-1"),
        ("ess", "article L. 1411-11-1"),
        ("cpts", "article L. 1434-12"),
    ],
)
def test_each_form_cites_the_article_that_defines_it(kind, article):
    found = checks(evaluate_sites(TERRITORY, [FULL]), [FULL], [kind])[0]
    assert article in found[0].source
    listed = " ".join(row["Valeur"] for row in rules.listed())
    assert article in listed
