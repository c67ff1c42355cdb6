"""The estimator that learns the yearly hazard from counts some years apart."""

from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

from models.learning.hazard import (
    CALENDAR_ORIGIN,
    CALENDAR_REACH_YEARS,
    INVERSE_PENALTY,
    Hazard,
    standardised,
)

NEWTON_STEPS = 100

Array = npt.NDArray[np.float64]


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
    feature_names_in_ : array of shape (n_features,)
    hazard_ : Hazard
        What was learned, which predicts without scikit-learn.
    """

    def __init__(self, inverse_penalty: float = INVERSE_PENALTY) -> None:
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
        means = x.mean().fillna(0.0).to_numpy()
        spread = x.std(ddof=0).fillna(0.0).to_numpy()
        scales = np.where(spread > 1e-9, spread, 1.0)
        seen = standardised(x.to_numpy(float), means, scales)
        design = np.column_stack([seen, middle - CALENDAR_ORIGIN, np.ones(len(outcome))])
        times = np.ones(len(outcome)) if sample_weight is None else sample_weight
        penalty = np.append(np.full(x.shape[1], 1 / self.inverse_penalty), [0.0, 0.0])
        if len(np.unique(middle)) == 1:
            penalty[-2] = 1.0  # one period tells no trend: hold it at 0
        weights = _scoring(design, outcome, np.log(length), times, penalty)
        self.hazard_ = Hazard(
            names=[str(name) for name in x.columns],
            means=means,
            scales=scales,
            coefficients=weights[:-2],
            intercept=float(weights[-1]),
            calendar=float(weights[-2]),
            calendar_end=float(middle.max()) + CALENDAR_REACH_YEARS,
        )
        return self


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
