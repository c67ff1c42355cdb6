"""The lands that a map goes to: each within its frame, mainland first, none where all is one."""

from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import pytest
from shapely import Polygon, box

from data.maps import ground

REGIONS = {"33": "75", "971": "01", "974": "04"}


def of(*places: tuple[str, tuple[float, float, float, float]]) -> Any:
    codes = [code for code, _ in places]
    table = gpd.GeoDataFrame(
        {"departement": codes, "region": [REGIONS[code] for code in codes]},
        geometry=[box(*bounds) for _, bounds in places],
        crs=4326,
    )
    return cast("Any", SimpleNamespace(communes=table))


def test_departements_are_whole_shapes_in_metres() -> None:
    gap = 0.001  # about a hundred metres, as simplified contours leave
    codes = ["16", "16", "23"]
    bounds = [(0, 45, 0.5, 46), (0.5 + gap, 45, 1, 46), (1, 45, 2, 46)]
    communes = gpd.GeoDataFrame(
        {"departement": codes}, geometry=[box(*one) for one in bounds], crs=4326
    )
    found = ground.departements_of(communes)
    assert list(found.index) == ["16", "23"]
    assert found.crs.is_projected
    assert found.geom_type.tolist() == ["Polygon", "Polygon"]
    assert not any(len(one.interiors) for one in found)
    metres = communes.to_crs(found.crs).area.groupby(codes).sum()
    assert (found.area / metres).tolist() == pytest.approx([1, 1], rel=5e-3)


def test_communes_that_overlap_by_a_little_make_a_departement_all_the_same() -> None:
    """Two of Finistère do: the map of the regulation of calls stopped in Bretagne."""
    square = box(0, 45, 0.1, 45.1)
    over = Polygon([(0.1, 45), (0.2, 45), (0.2, 45.1), (0.1, 45.1), (0.0999, 45.05)])
    communes = gpd.GeoDataFrame({"departement": ["29", "29"]}, geometry=[square, over], crs=4326)
    found = ground.departements_of(communes)
    assert found.index.tolist() == ["29"]
    assert found.geom_type.tolist() == ["Polygon"]


MAINLAND = ("33", (-4.8, 42.3, 8.2, 51.1))
GUADELOUPE = ("971", (-61.8, 15.8, -61.0, 16.5))
REUNION = ("974", (55.2, -21.4, 55.9, -20.9))


def test_a_region_of_one_land_goes_nowhere() -> None:
    assert ground.destinations(of(MAINLAND)) == []
    assert ground.destinations(of(REUNION)) == []


def test_each_land_is_named_and_held_by_its_frame() -> None:
    first, *others = ground.destinations(of(REUNION, MAINLAND, GUADELOUPE))
    assert (first.lon, first.lat) == pytest.approx((1.7, 46.7))
    assert first.name == "Hexagone et Corse"
    assert [one.name for one in others] == ["Guadeloupe", "La Réunion"]
    for one, (_, (west, south, east, north)) in zip(others, (GUADELOUPE, REUNION), strict=True):
        degrees = 360 / (256 * 2**one.zoom)  # of longitude in a pixel
        assert (east - west) / degrees <= 700
        assert (north - south) / degrees / 0.9 <= 520
        assert (east - west) / degrees > 200  # and not a speck
        assert west < one.lon < east
        assert south < one.lat < north
