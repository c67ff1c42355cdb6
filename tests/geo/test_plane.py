"""Distances in kilometres, against the ellipsoid and against one another."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.plane import KM_PER_DEGREE, great_circle_km, plane_km, sinusoidal_km

ELLIPSOID = Geod(ellps="WGS84")
ROOT = Path(__file__).parents[2]
LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-89, 89)


@given(LONGITUDES, LATITUDES, LONGITUDES, LATITUDES)
def test_a_great_circle_is_that_of_the_ellipsoid_to_half_a_per_cent(
    lon: float, lat: float, lon2: float, lat2: float
) -> None:
    known = ELLIPSOID.inv(lon, lat, lon2, lat2)[2] / 1000
    assert great_circle_km(lon, lat, lon2, lat2) == pytest.approx(known, rel=0.006, abs=1e-6)


@pytest.mark.parametrize("middle", [(2.0, 46.5), (-61.5, 16.2), (55.5, -21.1), (9.1, 42.0)])
def test_planes_agree_with_the_sphere_around_a_commune(middle: tuple[float, float]) -> None:
    """Within 20 km of its middle no plane is 1 % off."""
    rng = np.random.default_rng(0)
    lon, lat = np.array(middle)[:, None] + rng.uniform(-0.15, 0.15, (2, 200))
    known = great_circle_km(lon[0], lat[0], lon[1:], lat[1:])
    for plane in (plane_km(lon, lat), sinusoidal_km(lon, lat, middle[0])):
        assert np.hypot(*(plane[1:] - plane[0]).T) == pytest.approx(known, rel=0.01)


def test_a_plane_is_right_along_its_parallel() -> None:
    points = plane_km([0.0, 1.0], [60.0, 60.0], 60.0)
    assert points[1, 0] - points[0, 0] == pytest.approx(KM_PER_DEGREE / 2)


def _rulers(path: Path) -> set[float]:
    """Return the kilometres or metres per degree, and the radii of the Earth, of a module."""
    values = {
        abs(float(node.value))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) in {int, float}
    }
    ranges = ((110.5, 112), (110_500, 112_000), (6350, 6380), (6.35e6, 6.38e6))
    return {v for v in values for low, high in ranges if low < v < high and v != 111}


def test_no_other_module_has_a_ruler_of_its_own() -> None:
    rooms = ("geo", "data", "models", "pages")
    found = {
        path.relative_to(ROOT).as_posix(): rulers
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if (rulers := _rulers(path))
    }
    # The ellipsoid of the roads: lengths of segments to a millionth.
    assert found == {"geo/plane.py": {6371.0}, "geo/roads/projection.py": {6_378_137.0}}
