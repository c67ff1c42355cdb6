"""Two scenarios side by side: differences of the figures written, one ground, nothing of risk."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from data.region.catalogue import load_territory
from data.reports.scenario_pair import (
    differences,
    names_of,
    pictures,
    scenario_measures,
    scenario_pair_pdf,
)
from data.scenarios.drafts import Draft
from data.siting.evaluation import evaluate_sites
from tests.data.access.small_region import GPS
from tests.data.siting.small_sites import FAR, MIDDLE, made, structures, zoning

FIRST = Draft("Plan <b>\x00 A", "75", sites=(MIDDLE,))
SECOND = Draft("Plan B", "75", sites=(replace(FAR, moving={"16001": 1}),))


@pytest.fixture
def territory():
    return made(GPS, structures=structures(("msp", 0.0)), zoning=zoning())


@pytest.fixture
def region(prepared):
    return load_territory("75")


@pytest.fixture
def plans(region):
    """Two plans of real places, eighty kilometres apart."""
    places = region.communes.set_index("code")
    sites = [
        replace(
            MIDDLE,
            name=str(places.loc[code, "name"]),
            code=code,
            commune=str(places.loc[code, "name"]),
            lon=float(places.loc[code, "lon"]),
            lat=float(places.loc[code, "lat"]),
        )
        for code in ("23096", "23008")
    ]
    return Draft("Plan <b>\x00 A", "75", sites=(sites[0],)), Draft(
        "Plan B", "75", sites=(sites[1],)
    )


def test_differences_are_those_of_the_figures_written(territory) -> None:
    one, two = (evaluate_sites(territory, draft.sites) for draft in (FIRST, SECOND))
    measures = {measure.title: measure for measure in scenario_measures(one, two)}
    reached = measures["Habitants à 20 min ou moins"]
    whole = [float(found.together["population_within_20"]) for found in (one, two)]
    assert whole[0] != whole[1]
    written = reached.difference.replace("\N{NARROW NO-BREAK SPACE}", "").replace("−", "-")
    assert float(written) == round(whole[1]) - round(whole[0])
    assert max(reached.lengths) == 1.0
    assert min(reached.lengths) == pytest.approx(min(whole) / max(whole))
    assert not [title for title in measures if "ommune" in title and measures[title].first == ""]


def test_a_part_stands_under_what_it_is_a_part_of(territory) -> None:
    """« dont en ZIP », of inhabitants, stood under « dont nouveaux », of GPs."""
    judged = [evaluate_sites(territory, draft.sites) for draft in (FIRST, SECOND)]
    titles = [measure.title for measure in scenario_measures(judged[0], judged[1])]
    parts = [title for title in titles if title.startswith("dont ")]
    assert parts == ["dont déjà installés ailleurs", "dont nouveaux"]
    at = titles.index("Généralistes prévus")
    assert titles[at + 1 : at + 3] == parts


def test_both_maps_show_the_ground_of_both(region, plans) -> None:
    together = [np.asarray(Image.open(io.BytesIO(one))) for one in pictures(region, *plans)]
    alone = np.asarray(Image.open(io.BytesIO(pictures(region, plans[0], plans[0])[0])))
    assert together[0].shape == together[1].shape
    assert not np.array_equal(together[0], alone)


def test_the_page_names_both_and_tells_no_risk(region, plans) -> None:
    risky = frozenset(region.communes["code"])
    judged = [evaluate_sites(region, draft.sites, risk_communes=risky) for draft in plans]
    content = scenario_pair_pdf(
        region, plans, (judged[0], judged[1]), ["Source : x"], warning="Simulé"
    )
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split()
    )
    for told in ("1. Plan <b> A", "2. Plan B", "Différence", "Guéret", "Ce qui diffère", "Source"):
        assert told in text
    assert "à risque" not in text
    on_screen = [measure.title for measure in scenario_measures(*judged)]
    assert any("à risque" in title for title in on_screen)


def test_two_scenarios_alike_differ_in_nothing(territory) -> None:
    assert differences(territory, FIRST, replace(FIRST, name="autre")).empty
    assert names_of(FIRST, FIRST) == ("1. Plan <b> A", "2. Plan <b> A")
    found = differences(territory, FIRST, replace(SECOND, departures={"16001": 1}))
    assert list(found.columns) == ["Ce qui diffère", "Premier", "Second"]
    assert set(found["Ce qui diffère"]) == {
        "Site : Milieu",
        f"Site : {FAR.name}",
        "Départ de médecins : Un (16001)",
    }
