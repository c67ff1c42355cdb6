"""People where they live: on squares, along streets, on the commune's point; always as many."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from data.access import indicators, people
from data.region.territory import Provenance
from tests.data.access.small_region import GPS, made


def _squares(*rows):
    return pd.DataFrame(rows, columns=["code", "lon", "lat", "people"])


def _provenance():
    return Provenance(
        "people_squares", "Habitants par carreau", "INSEE, Filosofi", "2021", "Licence Ouverte",
        simulated=False, rows=3, matched=1,
    )  # fmt: skip


@pytest.fixture
def squared():
    """Give a territory where half of a commune lives near the GP of another one."""
    plain = made(GPS)
    here = plain.communes.set_index("code")
    near, own = here.loc["16001"], here.loc["16003"]
    table = _squares(
        ("16003", near["lon"], near["lat"], 30.0), ("16003", own["lon"], own["lat"], 10.0)
    )
    return dataclasses.replace(
        plain,
        version="squares",
        context={"people_squares": table},
        provenance={"people_squares": _provenance()},
    )


def test_without_grid_nor_roads_people_stand_on_their_commune():
    territory = made(GPS)
    found = people.people_of(territory)
    assert found.basis == "communes"
    assert found.points["people"].sum() == (
        territory.communes["population"].sum() + territory.fringe["population"].sum()
    )
    assert people.counted_within(territory, found.lonlat[:1], [10.0]) is None


def test_squares_say_where_people_are_and_communes_how_many(squared):
    found = people.people_of(squared)
    assert found.basis == "squares"
    assert "carreau par carreau" in found.note
    assert "INSEE, Filosofi, 2021" in found.note
    sums = found.points.groupby("code")["people"].sum()
    population = squared.communes.set_index("code")["population"]
    assert np.allclose(sums.reindex(population.index), population)
    parts = found.points[found.points["code"] == "16003"]["people"].tolist()
    assert parts == pytest.approx([0.75 * population["16003"], 0.25 * population["16003"]])


def test_rings_are_counted_on_the_squares(squared):
    plain = indicators.commune_indicators(made(GPS)).set_index("code")
    found = indicators.commune_indicators(squared).set_index("code")
    people_there = plain.loc["16003", "population"]
    assert plain.loc["16003", "population_within_10"] == 0
    assert found.loc["16003", "population_within_10"] == pytest.approx(0.75 * people_there)
    # What is said of the commune's point stays what it was.
    assert (
        found.loc["16003", "minutes_to_nearest_gp"] == plain.loc["16003", "minutes_to_nearest_gp"]
    )
    beyond = found["population_beyond_20"] + found["population_within_20"]
    assert np.allclose(beyond, found["population"])
