"""Arrondissements where one writes them: searched, in files of sites, in addresses."""

import pandas as pd
import pytest

from data.region.gazetteer import Gazetteer
from data.region.search import search
from pages.state import ViewState

COMMUNES = pd.DataFrame(
    {
        "code": ["75056", "69123", "77349", "82137"],
        "name": ["Paris", "Lyon", "Nanteuil", "Parisot"],
        "departement": ["75", "69", "77", "82"],
        "epci": ["", "", "", ""],
        "epci_name": ["", "", "", ""],
        "postcodes": ["75001 75015 75116", "69001 69003", "77730", "82160"],
        "population": [2_100_000.0, 520_000.0, 400.0, 500.0],
        "lon": [2.35, 4.83, 3.2, 1.85],
        "lat": [48.85, 45.76, 48.97, 44.26],
    }
)


@pytest.mark.parametrize(
    ("asked", "name", "code"),
    [
        ("Paris 15e", "Paris 15e arrondissement", "75056"),
        ("paris 15ème arrondissement", "Paris 15e arrondissement", "75056"),
        ("75115", "Paris 15e arrondissement", "75056"),
        ("Lyon 3e arrdt", "Lyon 3e arrondissement", "69123"),
        ("69383", "Lyon 3e arrondissement", "69123"),
        ("Paris", "Paris", "75056"),
        ("75015", "Paris", "75056"),
    ],
)
def test_an_arrondissement_leads_to_its_city_and_says_so(asked, name, code):
    found = search(COMMUNES, {}, asked)[0]
    assert (found.name, found.level, found.code) == (name, "commune", code)
    assert name == "Paris" or found.detail == "chiffres de la ville entière"


def test_other_communes_come_before_arrondissements_of_the_same_beginning():
    assert [one.name for one in search(COMMUNES, {}, "paris")][:2] == ["Paris", "Parisot"]
    assert search(COMMUNES[2:], {}, "75115") == []


@pytest.mark.parametrize("written", ["Paris 15e", "PARIS 15EME ARRONDISSEMENT", "15e arr. Paris"])
def test_a_file_of_sites_may_name_an_arrondissement(written):
    names = Gazetteer(COMMUNES, COMMUNES.iloc[:0], {}, {})
    found = names.by_name(written)
    assert (found.sure, [place.code for place in found.places]) == (True, ["75056"])
    assert "arrondissement 75115" in found.note
    assert names.by_code("75115").places[0].code == "75056"
    assert names.by_name(written, "75015").sure
    assert not names.by_name(written, "69003").sure  # another city's postcode


def test_an_address_of_the_sheet_of_an_arrondissement_is_that_of_its_city():
    assert ViewState.from_query({"territoire": "commune:75115"}).territory == "commune:75056"
    assert ViewState.from_query({"territoire": "departement:75"}).territory == "departement:75"
