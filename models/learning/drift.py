"""How far the hazard of the country may leave its trend, so that intervals hold it.

A bootstrap over départements tells how well the trend of the past is known, not whether it goes on.
That is told by forecasts made forward: each was wrong in the level of the whole country.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from models.learning.hazard import CALENDAR_ORIGIN, CALENDAR_REACH_YEARS, Hazard, exposure

INTERVAL = 0.90
"""Share of the futures between low and high."""

SEED = 2023
"""Pairs draws of the trend with refits, the same each time."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Miss:
    """A forecast made forward in time, départements held out, and what came.

    Attributes
    ----------
    start, end
        Years of the counts.
    losses, expected
        Communes of metropolitan France that lost their last GP, and those expected.
    years
        From the middle of the last period learned from to the middle of the forecast.
    """

    start: int
    end: int
    losses: float
    expected: float
    years: float

    @property
    def slope(self) -> float:
        """What the yearly growth of the log hazard lacked, per year."""
        return float(np.log(self.losses / self.expected) / self.years)


def spread_of(misses: list[Miss]) -> float:
    """Return the root mean square of what the growth lacked, per year; 0 where nothing was missed.

    Examples
    --------
    >>> round(spread_of([Miss(2013, 2017, 150, 100, 4), Miss(2017, 2020, 100, 100, 3)]), 4)
    0.0717
    """
    if not misses:
        return 0.0
    return float(np.sqrt(np.mean([miss.slope**2 for miss in misses])))


def pivot(model: Hazard) -> float:
    """Return the middle of the last period learned from: up to there the level is known."""
    return model.calendar_end - CALENDAR_REACH_YEARS


def widened(refits: Array, model: Hazard, spread: float) -> Array:
    """Return refits (coefficients, intercept, calendar term) whose trends leave that of the past.

    Each calendar term moves by a draw of a normal law of deviation `spread` (stratified, so that
    few refits draw it whole), the hazard at `pivot` does not.
    """
    count = len(refits)
    ranks = np.random.default_rng(SEED).permutation(count)
    moved = spread * ndtri((ranks + 0.5) / count)
    result = refits.copy()
    result[:, -1] += moved
    result[:, -2] -= moved * (pivot(model) - CALENDAR_ORIGIN)
    return result


def level(model: Hazard, spread: float, start: float, years: float) -> tuple[float, float]:
    """Return what may multiply the cumulative hazard of the country, low and high.

    Parameters
    ----------
    start, years
        Date of the counts (decimal year) and length of the forecast.
    """
    told = exposure(model.calendar, model.calendar_end, start, years)
    ends = []
    for side in (-1, 1):
        moved = side * spread * float(ndtri(0.5 + INTERVAL / 2))
        other = exposure(model.calendar + moved, model.calendar_end, start, years)
        ends.append(other * float(np.exp(-moved * (pivot(model) - CALENDAR_ORIGIN))) / told)
    return min(ends), max(ends)
