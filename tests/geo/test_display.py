"""What the map is given to draw: light, aligned, the same bytes twice."""

import gzip
import json
import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point, Polygon, box, shape

from geo import display, layers


def grid(side: int) -> gpd.GeoDataFrame:
    cells = [
        box(x / 10, 45 + y / 10, (x + 1) / 10, 45 + (y + 1) / 10)
        for x in range(side)
        for y in range(side)
    ]
    count = len(cells)
    return gpd.GeoDataFrame(
        {
            "code": [f"{n:05d}" for n in range(count)],
            "name": [f"Commune {n}" for n in range(count)],
            "departement": ["16"] * count,
            "epci": [""] * count,
            "postcodes": ["16000"] * count,
            "population": [100.0] * count,
            "lon": [0.123456 + row for row in range(count)],
            "lat": [45.654321] * count,
        },
        geometry=cells,
        crs=4326,
    )


def decoded(polygons: list[list[list[int]]]) -> np.ndarray:
    steps = np.array(polygons[0][0]).reshape(-1, 2)
    return steps.cumsum(axis=0) / 10**display.DISPLAY_DECIMALS


def test_contours_come_back_where_they_were() -> None:
    communes = grid(3)
    document = display.contours_document(communes, communes, {"16": "Charente"}, {})
    assert document == display.contours_document(communes, communes, {"16": "Charente"}, {})
    read = json.loads(gzip.decompress(document))
    assert read["columns"]["c"] == communes["code"].tolist()
    assert read["columns"]["lon"] == communes["lon"].round(5).tolist()
    assert read["columns"]["lat"] == [45.65432] * len(communes)
    for contour, encoded in zip(communes.geometry, read["contours"], strict=True):
        corners = decoded(encoded)
        assert np.abs(np.sort(corners.min(axis=0)) - np.sort(contour.bounds[:2])).max() < 1e-3
        assert np.abs(np.sort(corners.max(axis=0)) - np.sort(contour.bounds[2:])).max() < 1e-3


@pytest.mark.parametrize(
    ("lon", "lat", "utm"),
    [(0.2, 45.6, 32631), (55.5, -21.1, 32740), (-61.5, 16.2, 32620)],
    ids=["Charente", "La Réunion", "Guadeloupe"],
)
def test_a_drawn_ring_stays_within_its_tolerance_wherever_it_lies(
    lon: float, lat: float, utm: int
) -> None:
    turn = np.linspace(0, 2 * np.pi, 2_000, endpoint=False)
    middle = gpd.GeoSeries([Point(lon, lat)], crs=4326).to_crs(utm).iloc[0]
    radius = 15_000 + 400 * np.sin(40 * turn)
    edge = np.column_stack([middle.x + radius * np.cos(turn), middle.y + radius * np.sin(turn)])
    computed = Polygon(edge)
    rings = gpd.GeoDataFrame(
        {"minutes": [20.0]}, geometry=gpd.GeoSeries([computed], crs=utm).to_crs(4326)
    )
    [feature] = display.display_rings(rings)["features"]
    corners = np.array(feature["geometry"]["coordinates"][0])
    drawn = gpd.GeoSeries([shape(feature["geometry"])], crs=4326).to_crs(utm).iloc[0]
    assert len(corners) < 1_000
    rounding_m = 0.5 * 10**-display.DISPLAY_DECIMALS * 111_200 * np.sqrt(2)
    apart = drawn.exterior.hausdorff_distance(computed.exterior)
    assert apart <= 1.005 * display.RINGS_TOLERANCE_M + rounding_m


def test_values_are_rounded_and_missing_stays_missing() -> None:
    drawn = display.drawn_values(pd.Series([1.23456, np.nan, np.inf]), 1)
    assert drawn == [1.23, None, None]
    assert display.drawn_values(pd.Series(["ZIP", "", None]), 0) == ["ZIP", None, None]


def test_every_indicator_has_one_class_more_than_bounds() -> None:
    for one in layers.INDICATORS:
        if one.breaks:
            assert len(one.classes) == len(one.breaks) + 1, one.key
            assert list(one.breaks) == sorted(one.breaks)
        else:
            assert all(c.value for c in one.classes), one.key
        assert len({c.colour for c in one.classes}) == len(one.classes), one.key


def test_short_names_of_indicators_differ_and_break_no_thousand_over_two_lines() -> None:
    names = [one.short for one in layers.INDICATORS]
    assert len(names) == len(set(names))
    assert not [name for name in names if re.search(r"\d \d{3}", name)]
    # Counts may be years old: no name tells of the day of the reader.
    said = " ".join(f"{one.label} {one.short}" for one in layers.INDICATORS)
    assert not re.search(r"maintenant|aujourd|\bdans \d", said)
