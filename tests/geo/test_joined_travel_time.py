"""Engines of lands apart as one: what each gives of its own points, and no way between them."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import InvalidInputError
from geo.joined_travel_time import JoinedTravelTime
from geo.plane import great_circle_km
from geo.travel_time import EngineLabel

LABEL = EngineLabel("Temps estimés", "2025", "de la métropole.", estimated=True)


@dataclass(frozen=True)
class Straight:
    """One kilometre a minute in a straight line; whatever crosses the sea is an error."""

    version: str
    frame: tuple[float, float, float, float]
    label: EngineLabel = LABEL

    def _own(self, *points) -> None:
        west, south, east, north = self.frame
        for lon, lat in np.concatenate([np.reshape(one, (-1, 2)) for one in points]):
            assert west - 3 <= lon <= east + 3
            assert south - 3 <= lat <= north + 3

    def pairs(self, origins, destinations):
        self._own(origins, destinations)
        return great_circle_km(*origins.T, *destinations.T)

    def one_to_many(self, origin, destinations, limit):
        self._own(origin, destinations)
        found = great_circle_km(*origin, *destinations.T)
        return np.where(found <= limit, found, np.inf)

    def matrix(self, origins, destinations, limit):
        self._own(origins, destinations)
        a, b = (x.ravel() for x in np.indices((len(origins), len(destinations))))
        found = great_circle_km(*origins[a].T, *destinations[b].T)
        kept = found <= limit
        return pd.DataFrame({"origin": a[kept], "destination": b[kept], "minutes": found[kept]})

    def nearest(self, sites, points, limit=np.inf):
        self._own(sites, points)
        found = great_circle_km(*points.T[:, :, None], *sites.T[:, None, :])
        minutes, rows = found.min(axis=1), found.argmin(axis=1)
        return np.where(minutes <= limit, minutes, np.inf), np.where(minutes <= limit, rows, -1)

    def isochrones(self, origins, minutes=(10.0,)):
        self._own(origins)
        areas = [shapely.MultiPoint(origins).buffer(m / 100) for m in sorted(minutes)]
        return gpd.GeoDataFrame({"minutes": sorted(minutes)}, geometry=areas, crs=4326)


HERE, THERE, FURTHER = (
    (-5.0, 42.0, 9.0, 51.0),
    (55.2, -21.4, 55.8, -20.9),
    (45.0, -13.0, 45.3, -12.6),
)
PARTS = {frame: Straight(f"v{n}", frame) for n, frame in enumerate((HERE, THERE, FURTHER))}
ENGINE = JoinedTravelTime(PARTS, "La Réunion, Mayotte : à tenir pour inconnus.")
POINTS = np.array(
    [[55.45, -20.9], [2.35, 48.85], [45.2, -12.8], [55.5, -21.3], [2.4, 48.9], [2.3, 48.8]]
)
LANDS = [1, 0, 2, 1, 0, 0]


def test_a_point_belongs_to_the_land_whose_frame_is_nearest() -> None:
    assert ENGINE.part_of(POINTS).tolist() == LANDS
    assert ENGINE.part_of(np.array([[-5.8, 48.4], [54.0, -20.0], [9.4, 42.0]])).tolist() == [
        0,
        1,
        0,
    ]


def test_there_is_no_way_between_lands_and_each_gives_its_own_minutes() -> None:
    a, b = (x.ravel() for x in np.indices((6, 6)))
    minutes = ENGINE.pairs(POINTS[a], POINTS[b])
    apart = np.array(LANDS)[a] != np.array(LANDS)[b]
    assert np.isinf(minutes[apart]).all()
    straight = great_circle_km(*POINTS[a].T, *POINTS[b].T)
    np.testing.assert_allclose(minutes[~apart], straight[~apart])
    with pytest.raises(InvalidInputError, match="2 origines pour 1"):
        ENGINE.pairs(POINTS[:2], POINTS[:1])


def test_the_matrix_is_that_of_the_pairs_in_its_order() -> None:
    a, b = (x.ravel() for x in np.indices((6, 6)))
    minutes = ENGINE.pairs(POINTS[a], POINTS[b])
    table = ENGINE.matrix(POINTS, POINTS, 20.0)
    kept = minutes <= 20
    assert table["origin"].tolist() == a[kept].tolist()
    assert table["destination"].tolist() == b[kept].tolist()
    np.testing.assert_allclose(table["minutes"], minutes[kept])
    assert ENGINE.matrix(POINTS[:1], POINTS[1:2], 20.0).empty


def test_from_one_point_and_to_the_nearest() -> None:
    found = ENGINE.one_to_many(POINTS[1], POINTS, 30.0)
    assert np.isfinite(found).tolist() == [land == 0 for land in LANDS]
    minutes, rows = ENGINE.nearest(POINTS[[2, 4, 5]], POINTS)
    assert rows.tolist() == [-1, 1, 0, -1, 1, 2]  # no site on La Réunion; the nearest elsewhere
    assert np.isinf(minutes[[0, 3]]).all()
    np.testing.assert_allclose(minutes[1], great_circle_km(*POINTS[1], *POINTS[4]))


def test_areas_of_several_lands_are_one_area_for_each_threshold() -> None:
    alone = ENGINE.isochrones(POINTS[:1], (20.0, 10.0))
    assert alone["minutes"].tolist() == [10.0, 20.0]
    both = ENGINE.isochrones(POINTS[:2], (20.0, 10.0))
    assert both["minutes"].tolist() == [10.0, 20.0]
    for row in range(2):
        assert both.geometry[row].contains(alone.geometry[row].buffer(-1e-9))
        assert both.geometry[row].covers(shapely.Point(POINTS[1]))
    assert both.crs == 4326


def test_the_label_and_the_key_tell_of_every_land() -> None:
    assert ENGINE.label.detail == "de la métropole. La Réunion, Mayotte : à tenir pour inconnus."
    other = {**PARTS, FURTHER: Straight("another", FURTHER)}
    assert JoinedTravelTime(other).version != JoinedTravelTime(PARTS).version
    assert JoinedTravelTime(PARTS).version == ENGINE.version
