"""How large a friction raster would be, told before any of it is made."""

import numpy as np
import numpy.typing as npt

from geo.errors import UnavailableError
from geo.friction.surface import MARGIN_M
from geo.plane import KM_PER_DEGREE

MOST_CELLS = 8_000_000
"""Mainland France with Corsica is 5 million cells of 500 m; each cell takes some 200 bytes."""
_M_PER_DEGREE = 1000 * KM_PER_DEGREE


def cells_of(lon: npt.ArrayLike, lat: npt.ArrayLike, cell_m: float) -> int:
    """Return how many cells the raster around these points has, to a few per cent.

    Parameters
    ----------
    lon, lat
        Degrees (WGS84), shape (n,).
    cell_m
        Side of a cell, metres.

    Examples
    --------
    >>> cells_of([0.0, 0.0], [45.0, 46.0], 500.0)
    10520
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    # A degree of longitude is the longest where the frame comes nearest to the equator.
    nearest = 0.0 if y.min() < 0 < y.max() else np.abs(y).min()
    width = np.ptp(x) * _M_PER_DEGREE * np.cos(np.radians(nearest)) + 2 * MARGIN_M
    height = np.ptp(y) * _M_PER_DEGREE + 2 * MARGIN_M
    return int(np.ceil(width / cell_m) * np.ceil(height / cell_m))


def require_room(lon: npt.ArrayLike, lat: npt.ArrayLike, cell_m: float) -> None:
    """Refuse an area whose raster would fill the memory.

    Raises
    ------
    UnavailableError
        It has more than `MOST_CELLS` cells.
    """
    count = cells_of(lon, lat, cell_m)
    if count > MOST_CELLS:
        raise UnavailableError(
            f"Ce territoire est trop étendu pour estimer ses temps de trajet : {count / 1e6:.0f} "
            f"millions de mailles, {MOST_CELLS / 1e6:.0f} au plus. Choisissez une région, ou "
            "séparez l’outre-mer de la métropole."
        )
