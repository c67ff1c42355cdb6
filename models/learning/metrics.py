"""Measures of the protocol, with intervals by bootstrap over départements.

Outcomes (0 or 1), scores and weights have one value a row: shape (n,).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 500
SEED = 20201231
TOP = (50, 100)
NEWTON_STEPS = 50

Array = npt.NDArray[np.float64]
Measure = Callable[[Array, Array, Array], float]
"""Of outcomes, scores and weights (how often each row was drawn), each of shape (n,)."""


def logit(probability: Array) -> Array:
    """Return the logit of a probability, held within 1e-6 of 0 and 1."""
    held = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.log(held / (1 - held))


def calibration(
    scores: Array, y: npt.ArrayLike, weight: Array | None = None
) -> tuple[float, float]:
    """Return slope and intercept of the outcome's logit on scores (unpenalised, Newton)."""
    design = np.column_stack([scores, np.ones_like(scores)])
    loss = np.asarray(y, dtype=np.float64)
    times = np.ones_like(loss) if weight is None else weight
    weights = np.array([1.0, 0.0])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(design @ weights)))
        hessian = design.T @ (design * (times * p * (1 - p))[:, None])
        step = np.linalg.solve(hessian, design.T @ (times * (loss - p)))
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return float(weights[0]), float(weights[1])


def _along(loss: Array, score: Array, weight: Array) -> tuple[Array, Array]:
    """Return losses and stays found at each distinct score, the highest first."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hit = np.cumsum((weight * loss)[order])[last]
    return hit, np.cumsum((weight * (1 - loss))[order])[last]


def average_precision(loss: Array, score: Array, weight: Array) -> float:
    """Return Σ (recall step × precision), as scikit-learn defines it."""
    hit, miss = _along(loss, score, weight)
    precision = np.divide(hit, hit + miss, out=np.zeros_like(hit), where=hit + miss > 0)
    return float((np.diff(hit, prepend=0.0) * precision).sum() / hit[-1])


def auc(loss: Array, score: Array, weight: Array) -> float:
    """Return the area under the ROC curve; ties count half."""
    hit, miss = _along(loss, score, weight)
    steps = np.diff(miss, prepend=0.0)
    return float((steps * (hit - np.diff(hit, prepend=0.0) / 2)).sum() / (hit[-1] * miss[-1]))


def top_yield(count: int) -> Measure:
    """Return the measure "losses among the `count` riskiest"."""

    def measure(loss: Array, score: Array, weight: Array) -> float:
        order = np.argsort(-score, kind="stable")
        taken = np.minimum(np.cumsum(weight[order]), count)
        return float((np.diff(taken, prepend=0.0) * loss[order]).sum())

    return measure


def brier(loss: Array, probability: Array, weight: Array) -> float:
    """Return the mean squared error."""
    return float(np.average((loss - probability) ** 2, weights=weight))


def brier_skill(loss: Array, probability: Array, weight: Array) -> float:
    """Return 1 − Brier / Brier of the base rate."""
    base = np.average(loss, weights=weight)
    return 1 - brier(loss, probability, weight) / brier(loss, np.full_like(loss, base), weight)


def slope(loss: Array, probability: Array, weight: Array) -> float:
    """Return the calibration slope (1 is right, below 1 over-confident)."""
    return calibration(logit(probability), loss, weight)[0]


def intercept(loss: Array, probability: Array, weight: Array) -> float:
    """Return calibration in the large: logit of the observed less that of the mean predicted."""
    rates = [np.average(values, weights=weight) for values in (loss, probability)]
    observed, predicted = logit(np.array(rates))
    return float(observed - predicted)


RANKING: dict[str, Measure] = {
    "average_precision": average_precision,
    "auc": auc,
    **{f"top_{count}": top_yield(count) for count in TOP},
}
PROBABILISTIC: dict[str, Measure] = {
    "brier": brier,
    "brier_skill": brier_skill,
    "calibration_slope": slope,
    "calibration_intercept": intercept,
}


def once(measure: Measure, loss: Array, score: Array) -> float:
    """Return a measure with every row counted once."""
    return measure(loss, score, np.ones_like(loss))


@dataclass(frozen=True)
class Draws:
    """Bootstrap draws over départements: the same for every model, so that they pair.

    Attributes
    ----------
    weights
        How often each row was drawn, shape (draws, n).
    """

    weights: Array

    def interval(self, measure: Measure, loss: Array, score: Array) -> tuple[float, float]:
        """Return the 95 % interval of a measure."""
        low, high = np.quantile(self._values(measure, loss, score), (0.025, 0.975))
        return float(low), float(high)

    def _values(self, measure: Measure, loss: Array, score: Array) -> Array:
        """Return a measure for each draw; rows are sorted once, which spares each draw's sort."""
        order = np.argsort(-score, kind="stable")
        loss, score = loss[order], score[order]
        return np.array([measure(loss, score, weight[order]) for weight in self.weights])

    def difference(
        self, measure: Measure, loss: Array, better: Array, worse: Array
    ) -> dict[str, float]:
        """Return the paired difference of a measure, its standard error and 95 % interval."""
        values = self._values(measure, loss, better) - self._values(measure, loss, worse)
        low, high = np.quantile(values, (0.025, 0.975))
        return {
            "difference": once(measure, loss, better) - once(measure, loss, worse),
            "standard_error": float(np.std(values)),
            "low": float(low),
            "high": float(high),
        }


def draws(departements: npt.NDArray[np.str_], count: int = DRAWS) -> Draws:
    """Draw départements with replacement."""
    rng = np.random.default_rng(SEED)
    names, member = np.unique(departements, return_inverse=True)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=count)
    return Draws(times[:, member].astype(np.float64))


def summary(
    loss: Array, score: Array, drawn: Draws, *, probabilistic: bool
) -> dict[str, dict[str, float]]:
    """Return each measure with its value and interval."""
    measures = {**RANKING, **(PROBABILISTIC if probabilistic else {})}
    result = {}
    for name, measure in measures.items():
        low, high = drawn.interval(measure, loss, score)
        result[name] = {"value": once(measure, loss, score), "low": low, "high": high}
    return result
