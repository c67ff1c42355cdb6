"""What a map opens on, when that is neither the region nor a view that somebody left."""

import pandas as pd

_AROUND_DEGREES = (0.22, 0.3)
"""Of latitude and longitude, shown around places: 20 minutes by car are some 20 km."""


def corners(places: pd.DataFrame) -> list[list[float]]:
    """Return the corners that hold some places and what is around them, whatever the map's width.

    Parameters
    ----------
    places
        Columns lon and lat, in degrees (EPSG:4326); one row at least.

    Returns
    -------
    list
        South-west, then north-east: latitude and longitude.
    """
    lat, lon = places["lat"].astype(float), places["lon"].astype(float)
    high, wide = _AROUND_DEGREES
    return [
        [float(lat.min()) - high, float(lon.min()) - wide],
        [float(lat.max()) + high, float(lon.max()) + wide],
    ]
