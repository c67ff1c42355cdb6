"""Who can reach whom: pairs of a place and a site, nearest first, ready for any threshold."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Reach:
    """Pairs within a threshold, by ascending minutes, then place, then site.

    Attributes
    ----------
    origin, destination
        Row numbers of places and of sites, shape (p,); each pair once.
    minutes
        Minutes of each pair, shape (p,), ascending.
    places, sites
        How many places (where people live) and sites (where GPs are) the row numbers count.
    """

    origin: Rows
    destination: Rows
    minutes: Floats
    places: int
    sites: int

    @classmethod
    def of(cls, pairs: pd.DataFrame, places: int, sites: int, limit: float) -> "Reach":
        """Sort the pairs of a table up to a threshold.

        Parameters
        ----------
        pairs
            Columns origin, destination (row numbers) and minutes; each pair once. It must hold
            all pairs up to `limit`, 0 minutes inside a place included.
        places, sites
            Number of places, n, and of sites, m.
        limit
            Threshold in minutes, inclusive.

        Raises
        ------
        InvalidInputError
            If the threshold is not a positive number.
        """
        if not limit >= 0:
            raise InvalidInputError("Le seuil doit être un nombre de minutes positif ou nul.")
        minutes = pairs["minutes"].to_numpy(dtype=np.float64)
        kept = minutes <= limit
        origin = pairs["origin"].to_numpy(dtype=np.int32)[kept]
        destination = pairs["destination"].to_numpy(dtype=np.int32)[kept]
        minutes = minutes[kept]
        order = np.lexsort((destination, origin, minutes))
        return cls(origin[order], destination[order], minutes[order], places, sites)

    def within(self, limit: float) -> "Reach":
        """Return the pairs up to a lower threshold, in minutes, inclusive: no copy is made."""
        end = int(np.searchsorted(self.minutes, limit, side="right"))
        return Reach(
            self.origin[:end], self.destination[:end], self.minutes[:end], self.places, self.sites
        )


def counted(values: npt.ArrayLike, size: int) -> Floats:
    """Return people or GPs as numbers, shape (size,); missing counts nobody.

    Raises
    ------
    InvalidInputError
        If a number is negative or infinite, or there are not `size` of them.
    """
    numbers = np.nan_to_num(np.asarray(values, dtype=np.float64), nan=0.0, posinf=-1.0)
    if numbers.shape != (size,) or (numbers < 0).any():
        raise InvalidInputError(
            "Les habitants et les médecins doivent être des nombres positifs ou nuls, un par lieu."
        )
    return numbers
