"""Positions whose axes and system nobody wrote down: judged by their values and their commune.

Files give longitude and latitude in either order, or metres of Lambert-93 or of the overseas
projections, in either order, in columns that say otherwise. The reading that falls near the
commune's point is the right one: two readings of one pair never both do in France.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from data.base.codes import departement
from data.official.readers.communes import CommuneIndex
from data.official.readers.structures import FAR_DEGREES

LAMBERT_93 = 2154
OVERSEAS = {
    "971": 5490, "972": 5490, "977": 5490, "978": 5490,
    "973": 2972, "974": 2975, "975": 4467, "976": 4471,
}  # fmt: skip
"""EPSG code of the projection by département (IGN): RGAF09, RGFG95, RGR92, RGSPM06, RGM04."""
MAINLAND = (-5.5, 41.0, 10.0, 51.5)
"""Longitudes and latitudes of mainland France and Corsica: west, south, east, north, degrees."""

Pair = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]


def judged(
    codes: pd.Series, pairs: list[tuple[pd.Series, pd.Series]], index: CommuneIndex
) -> pd.DataFrame:
    """Return positions in WGS84 degrees.

    Parameters
    ----------
    codes
        Commune of each row, settled.
    pairs
        Pairs of columns of numbers, in the order of trust; NaN or 0 where a row has none.
    index
        Its communes tell where a row must be; elsewhere the frame of the country does.

    Returns
    -------
    pandas.DataFrame
        Columns `lon`, `lat`, indexed as `codes`: of all readings of all pairs the first that is
        near the commune; else the first that is in France; else NaN.
    """
    points = index.communes.drop_duplicates("code").set_index("code")[["lon", "lat"]]
    centre = points.reindex(codes).to_numpy(dtype=np.float64)
    projections = codes.map(lambda code: OVERSEAS.get(departement(code), LAMBERT_93)).to_numpy()
    near_found = np.full((len(codes), 2), np.nan)
    other_found = np.full((len(codes), 2), np.nan)
    for lon, lat in _readings(pairs, projections):
        both = np.column_stack([lon, lat])
        close = (np.abs(both - centre) <= FAR_DEGREES).all(axis=1) & np.isnan(near_found[:, 0])
        near_found[close] = both[close]
        west, south, east, north = MAINLAND
        inside = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        inside |= (projections != LAMBERT_93) & (np.abs(lon) <= 180) & (np.abs(lat) <= 50)
        inside &= np.isnan(other_found[:, 0])
        other_found[inside] = both[inside]
    found = np.where(np.isnan(near_found), other_found, near_found)
    return pd.DataFrame(found, columns=["lon", "lat"], index=codes.index)


def _readings(
    pairs: list[tuple[pd.Series, pd.Series]], projections: npt.NDArray[np.int64]
) -> Iterator[Pair]:
    """Give each pair as degrees, then as metres, each in both orders."""
    for first, second in pairs:
        one, two = first.to_numpy(np.float64), second.to_numpy(np.float64)
        none = ((one == 0) & (two == 0)) | np.isnan(one) | np.isnan(two)
        for x, y in ((one, two), (two, one)):
            degrees = ~none & (np.abs(x) <= 180) & (np.abs(y) <= 90)
            yield np.where(degrees, x, np.nan), np.where(degrees, y, np.nan)
            yield _from_metres(x, y, ~none & ~degrees, projections)


def _from_metres(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    metres: npt.NDArray[np.bool_],
    projections: npt.NDArray[np.int64],
) -> Pair:
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    for code in np.unique(projections[metres]):
        rows = metres & (projections == code)
        to_degrees = pyproj.Transformer.from_crs(int(code), 4326, always_xy=True)
        lon[rows], lat[rows] = to_degrees.transform(x[rows], y[rows])
    wrong = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(wrong, np.nan, lon), np.where(wrong, np.nan, lat)
