"""Overload on a sheet: said of places, and hidden where it would point at a doctor."""

import pandas as pd
import pytest

from data.base.french import number
from data.region import privacy
from data.reports import room_figures
from data.reports.room_figures import LATER, LOAD

COLUMNS = ["departement", "gps", LOAD, LATER, "supply"]


def communes(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


ALONE = ("16", 1.0, 1450.0, 1700.0, "connue")
LARGE = ("16", 8.0, 900.0, 1100.0, "connue")
EMPTY = ("16", 0.0, float("nan"), float("nan"), "connue")
PAIR = ("16", 2.0, 1200.0, 1300.0, "connue")


def said(members, level, **options):
    found = room_figures.load(
        members,
        communes(ALONE, LARGE, EMPTY),
        pd.Series({"code": "75"}),
        level,
        **{"public": False, "later": True} | options,
    )
    return found.value, f"{found.comparison} {found.sentence}"


def test_a_planner_reads_the_load_now_and_after_departures():
    value, told = said(communes(ALONE), "commune")
    assert value == number(1450)
    assert "Surcharge : plus de 1\u202f000 habitants par médecin" in told
    assert f"{number(1700)}, surcharge" in told
    assert f"région : {number((1450 + 8 * 900) / 9)} (habitants ÷ médecins)" in told
    value, told = said(communes(LARGE), "commune", later=False)
    assert "Sans surcharge" in told
    assert room_figures.NOT_DRAWN in told


def test_a_territory_counts_its_communes_in_overload():
    value, told = said(communes(ALONE, LARGE, EMPTY), "epci")
    assert value == number((1450 + 8 * 900) / 9)
    assert "Ensemble : habitants ÷ médecins. " in told
    assert "Surcharge (plus de 1\u202f000) dans 1 des 2 communes qui ont un médecin" in told
    assert "2 communes en surcharge" in told


@pytest.mark.parametrize("public", [True, False])
@pytest.mark.parametrize("level", ["commune", "epci"])
def test_without_doctor_there_is_no_load_to_hide(level, public):
    members = communes(EMPTY) if level == "commune" else communes(EMPTY, EMPTY)
    value, told = said(members, level, public=public)
    assert value == "sans objet"
    assert "Aucun médecin ici" in told


@pytest.mark.parametrize(
    ("members", "level", "public"),
    [
        (communes(ALONE), "commune", False),
        (communes(LARGE), "commune", True),
        (communes(ALONE, LARGE), "departement", False),  # all less the large one is the other
        (communes(PAIR, PAIR, LARGE), "departement", False),
        (communes(ALONE, PAIR, PAIR, LARGE), "departement", True),
        (communes(LARGE, LARGE, EMPTY), "departement", True),
        (communes(ALONE, PAIR, PAIR, LARGE), "epci", False),  # may differ from another by one
    ],
)
def test_the_public_reads_no_load_that_gives_a_small_commune_away(members, level, public):
    value, told = said(members, level, public=True)
    assert (value != "non diffusé") is public
    assert "région" not in told  # there, one commune alone would be had by difference
    assert "Après" not in told
    assert "Attendu" not in told
    if not public:
        assert told.strip() == room_figures.NOT_TOLD


def test_tables_and_maps_of_the_public_leave_small_communes_out():
    told = privacy.public_load(communes(ALONE, LARGE, EMPTY))
    assert told[LOAD].isna().tolist() == [True, False, True]
