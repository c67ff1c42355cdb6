"""The file of an « Isochrone d’ici »: the counts of the card, with what they rest on."""

import json
from pathlib import Path

import pytest
import shapely

from data.access.around import around, without_room
from data.access.indicators import commune_indicators
from data.region.catalogue import load_territory
from data.region.territory import Territory
from data.reports import around_file
from data.reports.around_file import Question
from geo.errors import ProxiSoinsError


@pytest.fixture
def demonstration(prepared: Path) -> Territory:
    return load_territory("75")


@pytest.fixture
def asked(demonstration: Territory) -> Question:
    place = demonstration.communes.set_index("code").loc["23096"]  # Guéret
    return Question(float(place["lon"]), float(place["lat"]), per_gp=800, minutes=15, fair=True)


def test_the_file_has_the_counts_of_the_card(demonstration: Territory, asked: Question) -> None:
    communes = commune_indicators(demonstration)
    content = json.loads(around_file.geojson(demonstration, communes, asked))
    rows = [one["properties"] for one in content["features"]]
    card = around(demonstration, communes, asked.lon, asked.lat)
    for key, title in around_file.TITLES.items():
        assert [one[title] for one in rows] == pytest.approx(card[key].tolist(), abs=0.01), key
    told = [one[asked.room_title] for one in rows]
    without = without_room(demonstration, card["rows"].tolist(), 800, 15, fair=True)
    assert told == pytest.approx(without, abs=0.5)
    assert asked.room_title == (
        "Habitants sans place à 15 min (800 habitants par médecin au plus, partage le plus "
        "équitable)"
    )
    # Each area holds the one before, and its point.
    areas = [shapely.from_geojson(json.dumps(one["geometry"])) for one in content["features"]]
    assert [one.covers(shapely.Point(asked.lon, asked.lat)) for one in areas] == [True] * 3
    assert areas[0].area < areas[1].area < areas[2].area


def test_the_file_says_where_when_and_what_is_simulated(
    demonstration: Territory, asked: Question
) -> None:
    lines = around_file.notes(demonstration, asked)
    told = "\n".join(lines)
    for one in (
        "46,",
        "1,8",
        "Nouvelle-Aquitaine",
        "Temps de trajet",
        "Communes de la région, entières",
    ):
        assert one in told
    assert any(one.startswith("Simulé") and "médecins" in one for one in lines)
    assert "simul" in around_file.short_note(demonstration)


def test_the_card_has_the_headings_of_the_file_and_those_of_nothing_are_left_out(
    demonstration: Territory, asked: Question
) -> None:
    counted = around(demonstration, commune_indicators(demonstration), asked.lon, asked.lat)
    for neighbours in (0, 3):
        card = around_file.card(demonstration, counted.assign(outside_communes=neighbours))
        assert card["titles"].items() <= around_file.TITLES.items()
        assert all(key in ring for key in card["titles"] for ring in card["rings"])
        assert ("outside_communes" in card["titles"]) == (neighbours > 0)
        assert {"population", "communes_without_gp"} <= card["titles"].keys()
        assert card["counting"] in around_file.notes(demonstration, asked)


def test_a_point_at_sea_has_no_file(demonstration: Territory) -> None:
    with pytest.raises(ProxiSoinsError):
        around_file.geojson(demonstration, commune_indicators(demonstration), Question(-30.0, 45.0))
