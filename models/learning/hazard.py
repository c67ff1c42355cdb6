"""The estimator: a yearly hazard of losing the last GP, so that any horizon comes from one fit."""

from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

CLIP_DEVIATIONS = 4.0
"""Standardised predictors are held within ±4, so that an odd file cannot run away."""

CALENDAR_ORIGIN = 2016.0
"""Date (decimal year) at which the calendar term is 0: the middle of 2013→2017."""

CALENDAR_REACH_YEARS = 3.5
"""How far past the middle of the last period the calendar goes on: as far as the forward back-test
checks it (from the middle of 2013→2017 to that of 2017→2020). Flat beyond."""

NEWTON_STEPS = 100

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


class LastGpHazard(BaseEstimator):
    """Yearly hazard λ(s | x) = exp(x·β + c·(s − 2016) + a) that a commune loses its last GP.

    The counts tell only whether the loss came between two vintages: the likelihood is that of
    interval-censored data, P = 1 − exp(−∫λ ds), a complementary log-log regression with the
    length of the period as exposure (Prentice and Gloeckler, Biometrics 34, 1978), penalised by
    the squared weights and solved by Fisher scoring. Predictors are standardised on their known
    values and held within ±4 deviations; a blank stands at the mean of the known, so that it adds
    nothing. The hazard is positive at all times: the risk cannot fall as the horizon grows.

    Parameters
    ----------
    inverse_penalty
        1 / weight of half the sum of squared weights, as `C` of scikit-learn.

    Attributes
    ----------
    feature_names_in_, means_, scales_, coefficients_ : arrays of shape (n_features,)
    intercept_, calendar_ : float
        a, and c per year.
    calendar_end_ : float
        Date after which the calendar term no longer moves.
    """

    def __init__(self, inverse_penalty: float = 0.03) -> None:
        self.inverse_penalty = inverse_penalty

    def fit(
        self,
        x: pd.DataFrame,
        loss: npt.ArrayLike,
        start: npt.ArrayLike,
        years: npt.ArrayLike,
        sample_weight: Array | None = None,
    ) -> Self:
        """Learn from predictors at `start` (decimal year), and whether the GP was lost in `years`.

        All of length n; `start` and `years` may differ by row.
        """
        outcome, length = np.asarray(loss, np.float64), np.asarray(years, np.float64)
        middle = np.asarray(start, np.float64) + length / 2
        self.feature_names_in_ = np.array(x.columns, dtype=object)
        self.means_ = x.mean().fillna(0.0).to_numpy()
        spread = x.std(ddof=0).fillna(0.0).to_numpy()
        self.scales_ = np.where(spread > 1e-9, spread, 1.0)
        design = np.column_stack(
            [self.standardised(x), middle - CALENDAR_ORIGIN, np.ones(len(outcome))]
        )
        times = np.ones(len(outcome)) if sample_weight is None else sample_weight
        penalty = np.append(np.full(x.shape[1], 1 / self.inverse_penalty), [0.0, 0.0])
        if len(np.unique(middle)) == 1:
            penalty[-2] = 1.0  # one period tells no trend: hold it at 0
        weights = _scoring(design, outcome, np.log(length), times, penalty)
        self.coefficients_ = weights[:-2]
        self.calendar_, self.intercept_ = float(weights[-2]), float(weights[-1])
        self.calendar_end_ = float(middle.max()) + CALENDAR_REACH_YEARS
        return self

    def standardised(self, x: pd.DataFrame) -> Array:
        """Return the predictors as the regression sees them, shape (n, n_features)."""
        values = x[list(self.feature_names_in_)].to_numpy(float)
        deviations = (values - self.means_) / self.scales_
        return np.nan_to_num(np.clip(deviations, -CLIP_DEVIATIONS, CLIP_DEVIATIONS))

    def log_hazard(self, x: pd.DataFrame) -> Array:
        """Return the logarithm of the yearly hazard at the calendar's origin, shape (n,)."""
        check_is_fitted(self, "coefficients_")
        scores: Array = self.standardised(x) @ self.coefficients_ + self.intercept_
        return scores

    def exposure(self, start: float, years: float) -> float:
        """Return ∫ exp(c·(s − 2016)) ds over `years` from `start`: years at the origin's hazard."""
        return exposure(self.calendar_, self.calendar_end_, start, years)

    def cumulative(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return the cumulative hazard of `years` from `start`, shape (n,)."""
        return np.exp(self.log_hazard(x)) * self.exposure(start, years)

    def probability(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return the probability of having lost the last GP `years` after `start`, shape (n,)."""
        return probability_of(self.cumulative(x, start, years))

    def contributions(self, x: pd.DataFrame) -> pd.DataFrame:
        """Return what each predictor adds to the log hazard of an average commune; blanks add 0.

        Their sum and `intercept_` make the log hazard exactly (these are its Shapley values); the
        exponential of each is what it multiplies the yearly hazard by.
        """
        added = self.standardised(x) * self.coefficients_
        return pd.DataFrame(added, index=x.index, columns=list(self.feature_names_in_))


def exposure(calendar: float, calendar_end: float, start: float, years: float) -> float:
    """Return ∫ exp(c·(min(s, end) − origin)) ds over `years` from `start`."""
    moving = min(max(calendar_end - start, 0.0), years)
    level = np.exp(calendar * (min(start, calendar_end) - CALENDAR_ORIGIN))
    growing = moving if abs(calendar) < 1e-12 else np.expm1(calendar * moving) / calendar
    return float(level * (growing + np.exp(calendar * moving) * (years - moving)))


def _scoring(design: Array, loss: Array, offset: Array, times: Array, penalty: Array) -> Array:
    """Maximise the penalised likelihood of P = 1 − exp(−exp(design·w + offset)).

    Fisher scoring, each step halved until the likelihood rises.
    """
    weights = np.zeros(design.shape[1])
    rate = (times * loss).sum() / (times * np.exp(offset)).sum()
    weights[-1] = np.log(max(rate, 1e-9))

    def cumulative(given: Array) -> Array:
        return np.exp(np.clip(design @ given + offset, -30.0, 4.0))

    def likelihood(given: Array) -> float:
        total = cumulative(given)
        told = loss * np.log(-np.expm1(-total)) - (1 - loss) * total
        return float((times * told).sum() - (penalty * given**2).sum() / 2)

    best = likelihood(weights)
    for _ in range(NEWTON_STEPS):
        total = cumulative(weights)
        # d log P / dη where the loss came; where it did not, log(1 − P) = −Λ.
        odds = total / np.expm1(total)
        gradient = design.T @ (times * (loss * odds - (1 - loss) * total))
        information = times * total * odds  # expected, hence never negative
        hessian = design.T @ (design * information[:, None]) + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient - penalty * weights)
        moved = likelihood(weights + step)
        while moved < best - 1e-9 and np.abs(step).max() > 1e-9:
            step = step / 2
            moved = likelihood(weights + step)
        weights, best = weights + step, moved
        if np.abs(step).max() < 1e-9:
            break
    return weights
