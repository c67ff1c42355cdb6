"""A yearly hazard of losing the last GP, once learned: any horizon comes from one fit.

NumPy alone: `models.learning.hazard_fit` learns it, screens only read it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

CLIP_DEVIATIONS = 4.0
"""Standardised predictors are held within ±4, so that an odd file cannot run away."""

CALENDAR_ORIGIN = 2016.0
"""Date (decimal year) at which the calendar term is 0: the middle of 2013→2017."""

CALENDAR_REACH_YEARS = 3.5
"""How far past the middle of the last period the calendar goes on: as far as the forward back-test
checks it (from the middle of 2013→2017 to that of 2017→2020). Flat beyond."""

INVERSE_PENALTY = 0.03
"""1 / weight of half the sum of squared weights that the shipped hazard was learned with."""

Array = npt.NDArray[np.float64]


def end_of(year: int) -> float:
    """Return the date, in decimal years, of a count of that year: its 31 December."""
    return float(year + 1)


def probability_of(cumulative: Array) -> Array:
    """Return 1 − exp(−Λ): the probability that belongs to a cumulative hazard."""
    return -np.expm1(-cumulative)


def cumulative_of(probability: Array) -> Array:
    """Return the cumulative hazard of a probability, held under 1 − 1e-9."""
    return -np.log1p(-np.minimum(probability, 1 - 1e-9))


@dataclass(frozen=True)
class Hazard:
    """Yearly hazard λ(s | x) = exp(x·β + c·(s − 2016) + a) that a commune loses its last GP.

    Predictors are standardised and held within ±4 deviations; a blank adds nothing. The hazard is
    positive at all times: the risk cannot fall as the horizon grows.

    Attributes
    ----------
    names
        Of the predictors, length n_features.
    means, scales, coefficients
        Of each predictor; shape (n_features,) each.
    intercept, calendar
        a, and c per year.
    calendar_end
        Date (decimal year) after which the calendar term no longer moves.
    """

    names: Sequence[str]
    means: Array
    scales: Array
    coefficients: Array
    intercept: float
    calendar: float
    calendar_end: float

    def standardised(self, x: pd.DataFrame) -> Array:
        """Return the predictors as the regression sees them, shape (n, n_features)."""
        return standardised(x[list(self.names)].to_numpy(float), self.means, self.scales)

    def log_hazard(self, x: pd.DataFrame) -> Array:
        """Return the logarithm of the yearly hazard at the calendar's origin, shape (n,)."""
        scores: Array = self.standardised(x) @ self.coefficients + self.intercept
        return scores

    def exposure(self, start: float, years: float) -> float:
        """Return ∫ exp(c·(s − 2016)) ds over `years` from `start`: years at the origin's hazard."""
        return exposure(self.calendar, self.calendar_end, start, years)

    def cumulative(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return the cumulative hazard of `years` from `start`, shape (n,)."""
        return np.exp(self.log_hazard(x)) * self.exposure(start, years)

    def probability(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return the probability of having lost the last GP `years` after `start`, shape (n,)."""
        return probability_of(self.cumulative(x, start, years))

    def contributions(self, x: pd.DataFrame) -> pd.DataFrame:
        """Return what each predictor adds to the log hazard of an average commune; blanks add 0.

        Their sum and `intercept` make the log hazard exactly (these are its Shapley values); the
        exponential of each is what it multiplies the yearly hazard by.
        """
        added = self.standardised(x) * self.coefficients
        return pd.DataFrame(added, index=x.index, columns=list(self.names))


def standardised(values: Array, means: Array, scales: Array) -> Array:
    """Return predictors in deviations from their means, held within ±4, blanks at 0; same shape."""
    return np.nan_to_num(np.clip((values - means) / scales, -CLIP_DEVIATIONS, CLIP_DEVIATIONS))


def exposure(calendar: float, calendar_end: float, start: float, years: float) -> float:
    """Return ∫ exp(c·(min(s, end) − origin)) ds over `years` from `start`."""
    moving = min(max(calendar_end - start, 0.0), years)
    level = np.exp(calendar * (min(start, calendar_end) - CALENDAR_ORIGIN))
    growing = moving if abs(calendar) < 1e-12 else np.expm1(calendar * moving) / calendar
    return float(level * (growing + np.exp(calendar * moving) * (years - moving)))
