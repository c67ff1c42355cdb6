"""What the map of help tells: no volunteer that one could find, flows that add up."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.access.indicators import commune_indicators
from data.maps import solidarity as solidarity_map
from data.region.rules import LEAST_PUBLIC_GPS
from data.solidarity.donors import OTHERS, donor_groups
from data.solidarity.flows import ELSEWHERE, flows
from data.solidarity.plans import help_plan
from pages.help_choices import HelpChoices

pytestmark = pytest.mark.usefixtures("prepared")


@pytest.fixture(scope="module", params=[8, 39])
def found(request, territory):
    chosen = HelpChoices(volunteers=request.param)
    return help_plan(territory, chosen.question(), chosen.terms())


def test_no_group_has_fewer_volunteers_than_may_be_told(territory, found) -> None:
    groups = donor_groups(territory, found).of
    sums = pd.Series(found.volunteers[: len(groups)]).groupby(groups).sum()
    told = sums.drop("", errors="ignore")
    assert ((told >= LEAST_PUBLIC_GPS) | (told == 0)).all()
    assert told.sum() == found.volunteers.sum()


def test_flows_are_half_days_of_the_plan(territory, found) -> None:
    drawn = flows(territory, found)
    groups = donor_groups(territory, found).of.to_numpy()
    names = commune_indicators(territory)["epci_name"].to_numpy()
    expected: dict[tuple[str, str], float] = {}
    for trip in found.trips.itertuples():
        if trip.origin >= len(groups) or groups[trip.origin] in {"", OTHERS}:
            continue
        pair = (groups[trip.origin], names[trip.host])
        expected[pair] = expected.get(pair, 0.0) + trip.half_days
    got = {(row.donor, row.helped): row.half_days for row in drawn.lines.itertuples()}
    alone = {pair: value for pair, value in got.items() if pair[1] != ELSEWHERE}
    assert alone == pytest.approx({pair: expected[pair] for pair in alone})
    assert sum(got.values()) <= sum(expected.values()) + 1e-6
    assert np.isfinite(drawn.lines[["lon", "lat", "to_lon", "to_lat"]].to_numpy(float)).all()
    assert 0 <= drawn.told <= 1


def test_map_says_one_state_a_commune_and_no_volunteer(territory, found) -> None:
    document = solidarity_map.configuration(territory, found, "source")
    [indicator] = document["indicators"]
    assert len(indicator["values"]) == len(territory.communes)
    assert {one["value"] for one in indicator["classes"]} >= set(indicator["values"])
    values = np.array(indicator["values"])
    targets = found.targets
    rows = targets["row"].to_numpy()
    assert (values[rows] != "donor").all()
    whole = targets["covered"] >= 0.995 * targets["half_days"]
    assert ((values[rows] == "whole") == whole.to_numpy()).all()
    assert "volunteers" not in json.dumps(document["flows"])


@pytest.mark.parametrize(
    ("shares", "told", "said"),
    [
        (
            [1.0],
            0.0,
            "La commune aidée a son besoin couvert ; 100 % des demi-journées. Aucun trait",
        ),
        ([0.5], 1.0, "La commune aidée n’a pas son besoin couvert ; 50 % des demi-journées."),
        ([0.5, 0.5], 1.0, "Aucune des 2 communes aidées n’a son besoin couvert ; 50 %"),
        ([1.0, 0.5], 1.0, "Une des 2 communes aidées a son besoin couvert ; 75 %"),
        ([1.0, 1.0, 0.0], 0.4, "2 des 3 communes aidées ont leur besoin couvert ; 67 %"),
    ],
)
def test_the_sentence_of_the_map_agrees_in_number(found, shares, told, said) -> None:
    targets = pd.DataFrame({"half_days": 2.0, "covered": [2.0 * share for share in shares]})
    some = replace(found, targets=targets, covered=2.0 * sum(shares))
    assert solidarity_map.sentence(some, told).replace("\xa0", " ").startswith(said)
