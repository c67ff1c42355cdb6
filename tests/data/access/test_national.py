"""Several regions held as one: each under its own name, compared with the whole, not the first."""

from dataclasses import replace

import numpy as np
import pytest

from data.access import indicators
from data.base import paths
from data.maps import payload, sites
from data.region import embedded_set, france
from data.region.territory import Territory
from data.reports.sheet import choices, sheet
from tests.data.access import small_region


@pytest.fixture(autouse=True)
def carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of départements and the land of France be those of the set we carry."""
    monkeypatch.setattr(embedded_set, "folder", lambda _region="75": paths.EMBEDDED / "75")


@pytest.fixture
def national() -> Territory:
    """Return the made region cut in two, as France: Charente in 75, Charente-Maritime in 11."""
    made = small_region.made(small_region.GPS)
    codes = made.communes["code"]
    regions = np.where(codes.str.startswith("17"), "11", "75")
    return replace(
        made,
        region=france.WHOLE,
        region_name="France",
        version="two-regions",
        communes=made.communes.assign(region=regions),
    )


def test_regions_bear_their_own_names(national: Territory) -> None:
    communes = indicators.commune_indicators(national)
    assert choices(communes, "region") == {"11": "Île-de-France", "75": "Nouvelle-Aquitaine"}
    found = indicators.aggregate(communes, "region").set_index("code")
    assert found["name"].to_dict() == {"11": "Île-de-France", "75": "Nouvelle-Aquitaine"}
    assert sorted(found["rank_gps_per_1000"]) == [1, 2]


def test_the_whole_is_no_region(national: Territory) -> None:
    communes = indicators.commune_indicators(national)
    regions = indicators.aggregate(communes, "region")
    whole = indicators.whole(national, communes)
    assert (whole["code"], whole["name"]) == (france.WHOLE, "France")
    assert whole["population"] == communes["population"].sum() == regions["population"].sum()
    assert whole["gps_per_1000"] != regions["gps_per_1000"].iloc[0]


def test_the_whole_of_a_region_is_its_row() -> None:
    made = small_region.made(small_region.GPS)
    communes = indicators.commune_indicators(made)
    row = indicators.aggregate(communes, "region").iloc[0]
    assert indicators.whole(made, communes).equals(row)


@pytest.mark.parametrize(("level", "code"), [("region", "75"), ("departement", "17")])
def test_a_sheet_compares_with_france_by_its_name(
    national: Territory, level: str, code: str
) -> None:
    communes = indicators.commune_indicators(national)
    peers = indicators.aggregate(communes, level)
    whole = indicators.whole(national, communes)
    drawn = sheet(national, communes, peers, whole, level=level, code=code)
    assert drawn.name == peers.set_index("code").loc[code, "name"]
    doctors = next(one for one in drawn.figures if one.key == "gps_per_1000")
    told = f"France : {whole['gps_per_1000']:.2f}".replace(".", ",")
    assert told in doctors.comparison
    assert "région :" not in " ".join(one.comparison for one in drawn.figures)


def test_the_card_compares_with_all_of_france(national: Territory) -> None:
    communes = indicators.commune_indicators(national)
    around = {level: indicators.aggregate(communes, level) for level in payload.LEVELS}
    document = payload.configuration(national, communes, around)
    whole = indicators.whole(national, communes)
    compared = document["comparisons"]["gps_per_1000"]["region"]
    assert compared == pytest.approx(whole["gps_per_1000"], abs=0.01)
    assert document["region_name"] == "France"


def test_the_map_of_sites_opens_on_all_of_france(national: Territory) -> None:
    communes = indicators.commune_indicators(national)
    around = {level: indicators.aggregate(communes, level) for level in payload.LEVELS}
    document = sites.opening(national, communes, around)
    whole = indicators.whole(national, communes)
    compared = document["comparisons"]["minutes_to_nearest_gp"]["region"]
    assert compared == pytest.approx(whole["minutes_to_nearest_gp"], abs=0.1)
