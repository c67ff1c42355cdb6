"""The lands that a map goes to: each within its frame, mainland first, none where all is one."""

from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import pytest
from shapely import box

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


MAINLAND = ("33", (-4.8, 42.3, 8.2, 51.1))
GUADELOUPE = ("971", (-61.8, 15.8, -61.0, 16.5))
REUNION = ("974", (55.2, -21.4, 55.9, -20.9))


def test_a_region_of_one_land_goes_nowhere() -> None:
    assert ground.destinations(of(MAINLAND)) == []
    assert ground.destinations(of(REUNION)) == []


def test_each_land_is_named_and_held_by_its_frame() -> None:
    first, *others = ground.destinations(of(REUNION, MAINLAND, GUADELOUPE))
    assert (first.lon, first.lat) == pytest.approx((1.7, 46.7))
    assert first.name == "Hexagone"
    assert [one.name for one in others] == ["Guadeloupe", "La Réunion"]
    for one, (_, (west, south, east, north)) in zip(others, (GUADELOUPE, REUNION), strict=True):
        degrees = 360 / (256 * 2**one.zoom)  # of longitude in a pixel
        assert (east - west) / degrees <= 700
        assert (north - south) / degrees / 0.9 <= 520
        assert (east - west) / degrees > 200  # and not a speck
        assert west < one.lon < east
        assert south < one.lat < north
