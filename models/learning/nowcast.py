"""The hazard corrected by a register that is newer than the counts and older than the end."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.learning.hazard import cumulative_of, exposure
from models.learning.register import Register

LEARNED_YEARS_AFTER = 11 / 6
"""From the register learned with (March 2019) to the counts that judge it (end of 2020)."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Nowcast:
    """What a register adds: a logistic regression on four predictors.

    Attributes
    ----------
    weights
        Of the log of the cumulative hazard, of "absent from the register", of the log of
        establishments per GP counted, of the log of establishments; then the intercept. Shape (5,).
    """

    weights: Array

    def log_odds(self, base: Array, gps: Array, found: Array) -> Array:
        """Return the log odds of having lost the last GP, `LEARNED_YEARS_AFTER` the register.

        Parameters
        ----------
        base
            Cumulative hazard up to then without the register, shape (n,).
        gps, found
            GPs counted, establishments in the register, shape (n,) each.
        """
        scores: Array = design(base, gps, found) @ self.weights[:-1] + self.weights[-1]
        return scores


def design(base: Array, gps: Array, found: Array) -> Array:
    """Return the four predictors, shape (n, 4)."""
    return np.column_stack(
        [np.log(base), found == 0, np.log((found + 0.5) / (gps + 0.5)), np.log1p(found)]
    ).astype(np.float64)


def feeds(register: Register | None, counted: float, years: float) -> bool:
    """Tell whether a register enters: learned, newer than the counts, older than the end."""
    return register is not None and register.learned and counted < register.date < counted + years


def whole_years_before(years_to_register: float) -> int:
    """Return the longest horizon, in whole years, whose end a register does not precede."""
    return math.floor(years_to_register)


@dataclass(frozen=True)
class Sight:
    """What a register shows of communes, and the dates of the forecast.

    Attributes
    ----------
    found, gps
        Establishments in the register (NaN: not reached), GPs counted; shape (n,) each.
    register_date, counted
        Of the register and of the counts, decimal years.
    years
        From the counts to the forecast's end.
    """

    found: Array
    gps: Array
    register_date: float
    counted: float
    years: float


def cumulative(
    nowcast: Nowcast, log_hazard: Array, calendar: tuple[float, float], sight: Sight
) -> Array:
    """Return the cumulative hazard from the counts to the end, the register known; shape (n,).

    The regression tells it `LEARNED_YEARS_AFTER` the register. What of it came before the
    register does not depend on the end; the rest grows with the hazard since: all of it where the
    register still shows a GP, what the hazard alone explains where it shows none. Where the
    register does not reach, the hazard alone is kept. A forecast that ends before the register
    does not know it: longer ones are held at that one at least, so that no risk falls as the
    horizon grows.

    Parameters
    ----------
    log_hazard
        Of `Hazard`, shape (n,).
    calendar
        Its calendar term and the date it stops at.
    """
    rate, found, seen = np.exp(log_hazard), sight.found, sight.register_date
    to_seen = seen - sight.counted
    base = rate * exposure(*calendar, sight.counted, to_seen + LEARNED_YEARS_AFTER)
    odds = nowcast.log_odds(base, np.maximum(sight.gps, 0.1), np.nan_to_num(found))
    learned = cumulative_of(1 / (1 + np.exp(-odds)))
    learned_exposure = exposure(*calendar, seen, LEARNED_YEARS_AFTER)
    since = np.where(found > 0, 1.0, np.minimum(rate * learned_exposure / learned, 1.0))
    grown = exposure(*calendar, seen, sight.years - to_seen) / learned_exposure
    unaware = rate * exposure(*calendar, sight.counted, whole_years_before(to_seen))
    told = np.maximum(learned * (1 - since + since * grown), unaware)
    return np.where(np.isnan(found), rate * exposure(*calendar, sight.counted, sight.years), told)
