"""Sums, distances and our own APL over the communes around, from points and straight lines."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.spatial import cKDTree

from models.learning.panel import DETOUR, SPEED_KM_PER_MINUTE, xy_km

RADII_KM = (5.0, 10.0, 20.0)
DREES_2015 = ((10.0, 1.0), (15.0, 2 / 3), (20.0, 1 / 3))
"""Weights of the DREES's APL by minutes, inclusive thresholds (recast of 2015)."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Neighbourhood:
    """Who is how far from whom, for all communes at once.

    Attributes
    ----------
    xy
        Kilometres, shape (n, 2).
    within
        Radius in km → sparse 0/1 matrix (n, n) without the diagonal.
    weights
        DREES weights of estimated minutes (straight line × 1.3 at 50 km/h), diagonal 1.
    """

    xy: Array
    within: dict[float, sparse.csr_array]
    weights: sparse.csr_array

    def total(self, values: Array, radius_km: float) -> Array:
        """Sum of the values of the other communes within the radius; blanks count as 0."""
        return self.within[radius_km] @ np.nan_to_num(values)

    def distance(self, present: npt.NDArray[np.bool_]) -> Array:
        """Kilometres to the nearest other commune where `present`; inf when there is none."""
        rows = np.flatnonzero(present)
        if len(rows) == 0:
            return np.full(len(self.xy), np.inf)
        near, place = cKDTree(self.xy[rows]).query(self.xy, k=min(2, len(rows)))
        near, place = near.reshape(len(self.xy), -1), place.reshape(len(self.xy), -1)
        own = rows[place[:, 0]] == np.arange(len(self.xy))
        second = near[:, 1] if near.shape[1] > 1 else np.full(len(self.xy), np.inf)
        return np.where(own, second, near[:, 0])

    def apl(self, gps: Array, population: Array, *, own_only: bool = False) -> Array:
        """GPs per 1,000 inhabitants by 2SFCA (weights of the DREES); `own_only`: its own GPs."""
        demand = self.weights.T @ np.nan_to_num(population)
        ratio = np.divide(np.nan_to_num(gps), demand, out=np.zeros_like(demand), where=demand > 0)
        return 1000 * (ratio if own_only else self.weights @ ratio)


def build(lon: pd.Series, lat: pd.Series) -> Neighbourhood:
    """Build the neighbourhood of points, shape (n,) each; the last few are kept in memory."""
    xy = xy_km(lon, lat)
    return _built(xy.tobytes())


@lru_cache(maxsize=4)
def _built(points: bytes) -> Neighbourhood:
    xy = np.frombuffer(points).reshape(-1, 2)
    tree = cKDTree(xy)
    pairs = tree.sparse_distance_matrix(tree, max(RADII_KM), output_type="coo_matrix")
    row, column, km = pairs.row, pairs.col, pairs.data
    apart = row != column
    shape = (len(xy), len(xy))
    within = {
        radius: sparse.csr_array(
            (np.ones((keep := apart & (km <= radius)).sum()), (row[keep], column[keep])), shape
        )
        for radius in RADII_KM
    }
    minutes = km * DETOUR / SPEED_KM_PER_MINUTE
    limits = [limit for limit, _ in DREES_2015]
    steps = np.array([weight for _, weight in DREES_2015] + [0.0])
    weight = steps[np.searchsorted(limits, minutes, side="left")]
    weight[~apart] = 1.0
    keep = weight > 0
    return Neighbourhood(
        xy, within, sparse.csr_array((weight[keep], (row[keep], column[keep])), shape)
    )
