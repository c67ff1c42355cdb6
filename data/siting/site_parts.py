"""Parts of communes that reach the same sites, where people stand on squares or along streets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from data.access.parts import Parts, with_sites
from data.region.territory import Territory
from data.uploads.site import Site

Floats = npt.NDArray[np.float64]

_KEPT = 2


@dataclass(frozen=True, eq=False)
class SiteParts:
    """Parts of communes that reach the same GPs within 20 minutes, and the same sites.

    Attributes
    ----------
    parts
        Their reach numbers the sites after the places.
    sites
        How many sites there are.
    of
        Which of them are spoken of, in order.
    """

    parts: Parts
    sites: int
    of: tuple[int, ...]

    def only(self, *rows: int) -> "SiteParts":
        """Return the same with some sites spoken of: the others have no GP."""
        return SiteParts(self.parts, self.sites, tuple(self.of[row] for row in rows))

    def staff(self, site_gps: Floats) -> Floats:
        """Return the GPs of all sites from those of the sites spoken of."""
        every = np.zeros(self.sites)
        every[list(self.of)] = site_gps
        return every

    def reached(self, places: int) -> npt.NDArray[np.bool_]:
        """Tell what sites spoken of each part reaches, shape (parts, sites spoken of).

        Parameters
        ----------
        places
            Number of places, after which sites are numbered.
        """
        reach = self.parts.reach
        told = np.zeros((reach.places, self.sites), dtype=np.bool_)
        new = reach.destination >= places
        told[reach.origin[new], reach.destination[new] - places] = True
        return told[:, list(self.of)]


def by_reach(reached: npt.NDArray[np.bool_], *people: Floats) -> tuple[Floats, list[Floats]]:
    """Add up the people who reach the same sites.

    Parameters
    ----------
    reached
        Whether each row reaches each site, shape (n, m).
    people
        Some counts of each row, each of shape (n,).

    Returns
    -------
    tuple
        Minutes of each set of sites reached, shape (k, m): 0 to those reached, inf to the others;
        and each of the counts over it, shape (k,).
    """
    shapes, group = np.unique(reached, axis=0, return_inverse=True)
    sums = [np.bincount(group.ravel(), each, len(shapes)).astype(np.float64) for each in people]
    return np.where(shapes, 0.0, np.inf), sums


def parts_within(
    territory: Territory, parts: Parts, sites: Sequence[Site], minutes: float
) -> SiteParts:
    """Return the parts of communes that reach some sites.

    The last ones are kept in memory: a search follows a judgement.

    Parameters
    ----------
    territory
        The region.
    parts
        Those that reach the same GPs, `data.siting.ground.Ground.parts`.
    sites
        The sites.
    minutes
        Longest trip to a site, inclusive.
    """
    points = tuple((float(site.lon), float(site.lat)) for site in sites)
    return SiteParts(_kept(territory, parts, points, minutes), len(sites), tuple(range(len(sites))))


@lru_cache(maxsize=_KEPT)
def _kept(
    territory: Territory, parts: Parts, points: tuple[tuple[float, float], ...], minutes: float
) -> Parts:
    numbers = parts.reach.sites + np.arange(len(points), dtype=np.int64)
    ends = np.array(points, dtype=np.float64)
    return with_sites(territory, parts, ends, numbers, minutes)
