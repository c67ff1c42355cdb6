"""Figures of candidate sites: what rests on simulated tables says so, what does not does not."""

from dataclasses import replace

import pytest

from data.maps import sites as sites_map
from data.region.territory import Provenance
from data.reports import site_columns, site_tables
from data.reports.scenario_results import Search
from data.siting.evaluation import evaluate_sites
from data.siting.pole_plan import Antenna, PolePlan
from data.siting.project_rules import checks, pole_checks
from tests.data.access.small_region import GPS
from tests.data.siting.small_sites import FAR, MIDDLE, made, site, structures, zoning

SITES = (MIDDLE, FAR)


def territory(*simulated: str):
    known = made(GPS, structures=structures(("msp", 0.0)), zoning=zoning())
    tables = {
        key: Provenance(key, key, "Source", "2024", "Libre", key in simulated, 6, 6)
        for key in ("gps", "zoning", "structures", "reference")
    }
    return replace(known, provenance=tables)


def measures(*simulated: str) -> dict[str, bool]:
    table = site_tables.side_by_side(evaluate_sites(territory(*simulated), SITES), [0, 1])
    return {one.split(" (sim")[0]: "(simulation)" in one for one in table["Mesure"]}


def test_measures_of_simulated_tables_say_so_and_no_other():
    assert not any(measures().values())
    by_structures = measures("structures")
    assert by_structures["Part déjà à 20 min d’une structure"]
    assert by_structures["MSP la plus proche"]
    assert not by_structures["Habitants à 20 min ou moins"]
    assert not by_structures["Habitants en ZIP à 20 min"]
    assert measures("zoning")["Habitants en ZIP à 20 min"]
    assert measures("reference")["75 ans et plus à 20 min"]
    assert measures("gps")["Habitants qui trouvent une place à 20 min"]


def test_sentences_of_simulated_counts_say_so():
    real, made_up = (evaluate_sites(territory(*one), SITES) for one in ((), ("gps",)))
    for told in (site_tables.room_sentence, sites_map.sentence):
        assert told(made_up) == told(real).removesuffix(".") + " (simulation)."
    [line] = site_columns.simulated_told(made_up.simulated)
    assert "Habitants qui trouvent une place à 20 min" in line
    assert site_columns.simulated_told(real.simulated) == []


@pytest.mark.parametrize(
    ("existing", "simulated", "said"),
    [
        ("structures", "structures", "données simulées : structures en place. L’ouvrir"),
        ("gps", "gps", "données simulées : effectifs de généralistes. L’ouvrir"),
        ("structures", "gps", "resteraient sans place (simulation)."),
        ("none", "structures", ""),
        ("structures", "zoning", ""),
    ],
)
def test_the_best_sites_say_what_is_simulated_of_what_they_read(existing, simulated, said):
    found = Search("mclp", 1, existing=existing).run(territory(simulated), SITES)
    told = site_tables.answer(found, 20, existing, [one.name for one in SITES])
    assert said in told
    assert ("simul" in told) == bool(said)
    seats = Search("room", 1, existing=existing).run(territory(simulated), SITES)
    named = site_tables.answer(seats, 20, existing, [one.name for one in SITES])
    assert ("resteraient sans place (simulation)." in named) == (simulated == "gps")
    assert named.count("simul") == (simulated == "gps")


def test_sites_told_the_same_share_a_line():
    other = site("Reste", "16001", 0.0, gps=2)
    twins = (MIDDLE, replace(MIDDLE, name="Autre", line=3), other)
    lines = site_tables.eligibility(evaluate_sites(territory("zoning"), twins), [0, 1, 2])
    [both] = [one for one in lines if one.startswith("Milieu et Autre (Milieu) : ")]
    assert both.count("(simulation)") == 1
    assert any(one.startswith("Reste : ") for one in lines)
    real = site_tables.eligibility(evaluate_sites(territory(), twins), [0, 1, 2])
    assert not any("simulation" in one for one in real)


def test_rules_read_in_simulated_tables_say_so():
    known = territory("structures")
    [first, _] = checks(evaluate_sites(known, SITES), SITES, ["msp", "msp"])
    told = {check.rule: "simulation" in check.detail for check in first}
    assert [rule for rule, marked in told.items() if marked] == [
        "aucune MSP existante à 20 minutes"
    ]


def test_what_is_simulated_among_tables_is_named():
    known = territory("structures", "zoning")
    said = known.simulated_told("zoning", "gps")
    assert said == "Simulé, sans valeur pour une décision : zoning."
    assert known.simulated_told("gps") == ""


def test_rules_of_a_pole_read_in_simulated_tables_say_so_where_only_their_state_is_told():
    plan = PolePlan((Antenna(MIDDLE, 12), Antenna(FAR, 8)))
    for tables, told in (((), 0), (("zoning",), 1), (("zoning", "gps"), 2)):
        found = pole_checks(territory(*tables), plan)
        assert sum("(simulation)" in one.told for one in found) == told
        assert all(one.told.startswith(one.state) for one in found)
