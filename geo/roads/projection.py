"""The plane in which a network is measured."""

import functools

import numpy as np
import numpy.typing as npt
import pyproj

from geo.errors import InvalidInputError
from geo.travel_time import LonLat

LAMBERT_93 = "EPSG:2154"
METROPOLITAN_BOX = (-5.5, 41.0, 10.0, 51.5)
"""West, south, east, north, degrees: where Lambert-93 is the national plane."""

WGS84_RADIUS_M = 6_378_137.0
WGS84_E2 = 0.00669437999014
"""First eccentricity squared of the WGS84 ellipsoid."""

_WIDEST_DEGREES = 180.0


def choose_crs(lonlat: LonLat) -> str:
    """Return Lambert-93 when all points lie in metropolitan France, else their UTM zone.

    Raises
    ------
    InvalidInputError
        If the points lie on both sides of the antimeridian.
    """
    west, south = lonlat.min(axis=0)
    east, north = lonlat.max(axis=0)
    if east - west > _WIDEST_DEGREES:
        message = (
            "L’extrait est à cheval sur l’antiméridien (longitudes de "
            f"{west:.0f}° à {east:.0f}°) : découpez-le en deux extraits, un de chaque côté."
        )
        raise InvalidInputError(message)
    box = METROPOLITAN_BOX
    if box[0] <= west and east <= box[2] and box[1] <= south and north <= box[3]:
        return LAMBERT_93
    zone = min(int(((west + east) / 2 + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if south + north >= 0 else 32700) + zone}"


@functools.cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def to_metres(lonlat: LonLat, crs: str) -> npt.NDArray[np.float64]:
    """Project points (n, 2); a point out of the plane's range becomes inf."""
    return np.column_stack(_transformer("EPSG:4326", crs).transform(lonlat[:, 0], lonlat[:, 1]))


def to_lonlat(xy: npt.NDArray[np.float64], crs: str) -> LonLat:
    """Return the degrees of projected points (n, 2)."""
    return np.column_stack(_transformer(crs, "EPSG:4326").transform(xy[:, 0], xy[:, 1]))


def segment_lengths_m(lonlat: LonLat) -> npt.NDArray[np.float64]:
    """Return true lengths from each point to the next, shape (n - 1,), metres.

    Radii of curvature at mid-latitude: exact to a millionth on the short segments of a road,
    where a length taken in Lambert-93 would be off by up to one thousandth.
    """
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    middle = (lat[1:] + lat[:-1]) / 2
    w2 = 1 - WGS84_E2 * np.sin(middle) ** 2
    across = np.diff(lon) * np.cos(middle) * WGS84_RADIUS_M / np.sqrt(w2)
    along = np.diff(lat) * WGS84_RADIUS_M * (1 - WGS84_E2) / w2**1.5
    return np.hypot(across, along)
