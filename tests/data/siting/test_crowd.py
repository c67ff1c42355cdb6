"""What a site reaches is counted where people live."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from data.region.territory import Provenance
from data.siting import crowd, evaluation
from data.siting.ground import ground_of
from data.uploads.site import Site
from tests.data.access.small_region import GPS, made

STRUCTURES = pd.DataFrame(
    [("1", "msp", "MSP", "17001", 0.36, 45.0, False)],
    columns=["id", "kind", "name", "code", "lon", "lat", "labelled"],
)
SITE = Site(2, "Maison", "16003", "Trois", 0.30, 45.0)


def _with_squares(version, *rows):
    squares = pd.DataFrame(rows, columns=["code", "lon", "lat", "people"])
    said = Provenance(
        "people_squares", "Habitants par carreau", "INSEE", "2021", "Licence Ouverte",
        simulated=False, rows=len(rows), matched=1,
    )  # fmt: skip
    return dataclasses.replace(
        made(GPS, structures=STRUCTURES),
        version=version,
        context={"people_squares": squares},
        provenance={"people_squares": said},
    )


def _reached(territory):
    ground = ground_of(territory)
    found = crowd.crowd_of(territory, ground)
    of_communes = np.abs(territory.communes["lon"].to_numpy() - SITE.lon) * 100
    minutes = found.minutes(territory, (SITE,), of_communes, 60.0)
    risk = (territory.communes["code"] == "16003").to_numpy()
    return crowd.reached(ground, found, minutes, risk)


def test_squares_at_the_commune_s_point_change_nothing():
    plain = _reached(dataclasses.replace(made(GPS, structures=STRUCTURES), version="plain"))
    rows = made(GPS).communes[["code", "lon", "lat", "population"]].to_numpy().tolist()
    assert _reached(_with_squares("same", *rows)) == pytest.approx(plain, nan_ok=True)


def test_people_who_live_away_from_the_town_are_counted_where_they_are():
    there = made(GPS).communes.set_index("code").loc["16003"]
    found = _reached(
        _with_squares(
            "away", ("16003", 0.24, 45.0, 1.0), ("16003", 0.9, 45.0, 3.0)  # an hour away
        )
    )  # fmt: skip
    quarter = there["population"] / 4
    others = _reached(_with_squares("none", ("16003", 0.9, 45.0, 1.0)))
    gained = found["population_within_20"] - others["population_within_20"]
    assert gained == pytest.approx(quarter)
    assert found["risk_population_within_20"] == pytest.approx(quarter)
    assert (found["risk_communes_within_20"], others["risk_communes_within_20"]) == (1, 0)


def test_overlaps_are_counted_where_people_live():
    other = Site(3, "Antenne", "17001", "Un", 0.42, 45.0)
    squares = [("16003", 0.24, 45.0, 1.0), ("16003", 0.48, 45.0, 3.0), ("16002", 0.30, 45.0, 1.0)]
    territory = _with_squares("overlaps", *squares)
    points = crowd.crowd_of(territory, ground_of(territory))
    near = [np.abs(points.lonlat[:, 0] - site.lon) * 100 <= 20 for site in (SITE, other)]
    both = points.people[near[0] & near[1]].sum()
    found = evaluation.evaluate_sites(territory, [SITE, other]).overlaps
    assert found.loc[0, 1] == pytest.approx(both / points.people[near[0]].sum())
    assert found.loc[1, 0] == pytest.approx(both / points.people[near[1]].sum())
    at_towns = evaluation.evaluate_sites(made(GPS, structures=STRUCTURES), [SITE, other]).overlaps
    assert found.loc[0, 1] != pytest.approx(at_towns.loc[0, 1])
