"""What is advised of a plan, and that the best sites keep to it."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from data.reports import site_tables
from data.reports.scenario_results import Search
from data.siting import evaluation
from geo.errors import InvalidInputError
from tests.data.access.small_region import GPS
from tests.data.siting.small_sites import FAR, MIDDLE, made, site, structures, zoning


@pytest.fixture
def territory():
    return made(GPS, structures=structures(("msp", 0.0)), zoning=zoning())


def test_a_plan_without_its_team_is_not_recommended(territory):
    plans = [
        site("Seul", "16001", 0.0, gps=1),
        replace(site("Sans équipe", "16001", 0.0, gps=2), others=0),
        replace(site("Complet", "16001", 0.0, gps=2), others=1),
        site("Non précisé", "16001", 0.0, gps=2),
    ]
    found = evaluation.evaluate_sites(territory, plans).sites
    assert found["advised"].tolist() == [False, False, True, True]
    assert ["recommandée" in one for one in found["advice"]] == [False, False, True, True]
    assert "non précisé" in found["advice"].iloc[3]
    assert all("deux généralistes" in one for one in found["advice"].iloc[:1])


def test_gps_that_are_not_known_neither_empty_a_place_nor_recommend_it():
    """Unknown is not zero: the commune whose GPs a file left out was « zone vide »."""
    unsure = made(
        {code: gps for code, gps in GPS.items() if code != "16002"},
        structures=structures(("msp", 0.0)),
        zoning=zoning(),
    )
    plans = [MIDDLE, FAR, site("Sûr", "16001", 0.0), replace(MIDDLE, lon=0.06)]
    found = evaluation.evaluate_sites(unsure, plans).sites
    assert found["void_zone"].tolist()[1:] == [True, False, False]
    assert pd.isna(found["void_zone"].iloc[0])
    assert found["advised"].tolist() == [True, False, True, True]
    assert "pas tous connus" in found["advice"].iloc[0]
    assert "recommandée si au moins deux généralistes et au moins un" in found["advice"].iloc[2]
    assert found["gps_within_10"].isna().tolist() == [True, False, False, True]


def test_a_site_advised_against_is_not_kept(territory):
    candidates = [MIDDLE, FAR, site("Reste", "16001", 0.0, gps=2)]
    judged = evaluation.evaluate_sites(territory, candidates)
    against = site_tables.against(judged)
    assert against == (0, 1)
    asked = Search("mclp", 2, existing="none")
    assert set(asked.run(territory, tuple(candidates)).chosen) & set(against)
    kept = replace(asked, left_out=against).run(territory, tuple(candidates))
    assert kept.chosen == (2,)
    assert kept.gained > 0
    names = [one.name for one in candidates]
    said = site_tables.answer(kept, 20, "none", names)
    assert said.startswith("Ouvrir Reste mettrait ")
    assert " à 20 minutes ou moins d’un de ces sites ; " in said
    # What is kept of today is named: 20 minutes from a structure are not 20 minutes from a GP.
    beside = site_tables.answer(kept, 20, "structures", names)
    assert "d’un de ces sites ou d’une structure en place ; " in beside
    assert Search.from_parameters(replace(asked, left_out=against).to_parameters(), 3) == replace(
        asked, left_out=against
    )


def test_all_sites_advised_against_is_said(territory):
    with pytest.raises(InvalidInputError, match="déconseillés"):
        Search("mclp", 1, left_out=(0, 1)).run(territory, (MIDDLE, FAR))


@pytest.mark.parametrize("moving", [1, 3, 4])
def test_who_moves_is_counted_where_nobody_changes(moving):
    judged = SimpleNamespace(
        changes=pd.DataFrame(), together=pd.Series({"gps_moving": float(moving)})
    )
    assert str(moving) in site_tables.changes_sentence(judged)
