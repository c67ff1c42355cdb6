"""The text of a plan for a letter: the figures of the screen, sources, nobody placed."""

import datetime as dt

import pytest

from data.base.french import number
from data.reports.letter import letter
from data.solidarity import tables
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan
from tests.data.solidarity.small_help import made

DAY = dt.date(2026, 11, 28)
NOTES = ["Médecins généralistes : INSEE (2017)", "Temps de trajet : estimés"]


@pytest.fixture(scope="module")
def territory():
    return made()


def test_the_figures_are_those_of_the_plan_with_sources(territory):
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=2, floor=1.5))
    told = letter(territory, "Plan\nde l’hiver", found, NOTES, DAY)
    assert told.startswith("Plan de l’hiver : chiffres pour une lettre\n")
    assert "28 novembre 2026" in told
    assert tables.sentence(found) in told
    assert f"{number(found.euros_a_month)} € par mois, {number(12 * found.euros_a_month)} €" in told
    assert "sous une APL de 1,5" in told
    assert number(tables.losses(territory, found)["people"]) in told
    assert tables.NOT_PREDICTED in told
    assert told.endswith("".join(f"- {one}\n" for one in NOTES))


def test_two_volunteers_are_placed_nowhere(territory):
    found = help_plan(territory, Question(apl=30.0), Terms(volunteers=2))
    assert tables.donor_table(territory, found).empty
    assert "viendraient de" not in letter(territory, "", found, NOTES, DAY)


def test_a_plan_without_need_or_without_road_says_so(territory):
    nothing = help_plan(territory, Question(apl=0.5, targets="epci", chosen="e1"), Terms())
    if not nothing.need:
        assert "Rien ne manque" in letter(territory, "", nothing, NOTES, DAY)
    lodged = help_plan(territory, Question(apl=30.0), Terms(scheme="rotation", volunteers=6))
    told = letter(territory, "", lodged, NOTES, DAY)
    assert "aucun texte relevé ne les fixe" in told
    assert "Route :" not in told


def test_a_ceiling_and_sites_that_were_asked_are_said(territory):
    plain, asked = Terms(volunteers=2), Terms(volunteers=2, half_days=4.0, sites=1)
    first, second = (
        letter(territory, "", help_plan(territory, Question(apl=30.0), terms), NOTES, DAY)
        for terms in (plain, asked)
    )
    limits = "; 4 demi-journées par mois et volontaire au plus ; 1 site d’accueil au plus."
    assert limits in second
    assert "volontaire au plus" not in first
