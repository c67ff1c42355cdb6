"""Distances between points of the Earth given in degrees: the one sphere, the one plane.

What engines measure exactly (roads, rasters) they project with PROJ; this is for what is told in
kilometres and for what is near what: a sphere is right to half a per cent there.
"""

import numpy as np
import numpy.typing as npt

EARTH_RADIUS_KM = 6371.0
"""Mean radius of the Earth (IUGG, GRS80: 6,371.0088 km)."""

KM_PER_DEGREE = float(np.radians(1.0) * EARTH_RADIUS_KM)
"""Of a great circle: 111.19 km."""

Floats = npt.NDArray[np.float64]


def great_circle_km(
    lon: npt.ArrayLike, lat: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Return the distance over the sphere, kilometres, by the haversine formula (Sinnott, 1984).

    Parameters
    ----------
    lon, lat, lon2, lat2
        Degrees (WGS84); shapes that broadcast together.

    Examples
    --------
    Bordeaux to Guéret:

    >>> round(float(great_circle_km(-0.5792, 44.8378, 1.8716, 46.1719)), 1)
    241.8
    """
    west, south, east, north = (np.radians(np.asarray(v, float)) for v in (lon, lat, lon2, lat2))
    half = np.sin((north - south) / 2) ** 2
    half = half + np.cos(south) * np.cos(north) * np.sin((east - west) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def plane_km(lon: npt.ArrayLike, lat: npt.ArrayLike, parallel: float | None = None) -> Floats:
    """Return points in a plane, kilometres, shape (n, 2), true along one parallel.

    Plate carrée of a sphere: within 200 km north or south of the parallel, distances from east to
    west are off by up to 3 % in France, those from north to south are right.

    Parameters
    ----------
    lon, lat
        Degrees (WGS84), shape (n,).
    parallel
        Latitude along which distances are right, degrees; None for the mean of the points.
    """
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    middle = float(y.mean()) if parallel is None else parallel
    return np.column_stack([x * KM_PER_DEGREE * np.cos(np.radians(middle)), y * KM_PER_DEGREE])


def sinusoidal_km(lon: npt.ArrayLike, lat: npt.ArrayLike, meridian: float) -> Floats:
    """Return points in the sinusoidal plane, kilometres, shape (n, 2): one plane for all places.

    Areas and distances along parallels are right; far from the meridian shapes are sheared.

    Parameters
    ----------
    lon, lat
        Degrees (WGS84), shape (n,).
    meridian
        Longitude without shear, degrees.
    """
    x, y = np.asarray(lon, float), np.radians(np.asarray(lat, float))
    across = np.radians(x - meridian) * EARTH_RADIUS_KM * np.cos(y)
    return np.column_stack([across, y * EARTH_RADIUS_KM])
