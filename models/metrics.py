"""Measures of the protocol, with intervals by bootstrap over départements."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from models.model import calibration, logit

DRAWS = 500
SEED = 20201231
TOP = (50, 100)

Array = npt.NDArray[np.float64]
Measure = Callable[[Array, Array], float]


def brier_skill(loss: Array, probability: Array) -> float:
    """Return 1 − Brier / Brier of the base rate."""
    base = float(np.mean((loss - loss.mean()) ** 2))
    return 1 - float(np.mean((loss - probability) ** 2)) / base


def top_yield(count: int) -> Measure:
    """Return the measure "losses among the `count` riskiest"."""

    def measure(loss: Array, probability: Array) -> float:
        return float(loss[np.argsort(-probability, kind="stable")[:count]].sum())

    return measure


def slope(loss: Array, probability: Array) -> float:
    """Return the calibration slope (1 is right, below 1 over-confident)."""
    return calibration(logit(probability), loss)[0]


def intercept(loss: Array, probability: Array) -> float:
    """Return calibration in the large: logit of the observed less that of the mean predicted."""
    return float(logit(np.array([loss.mean()]))[0] - logit(np.array([probability.mean()]))[0])


RANKING: dict[str, Measure] = {
    "average_precision": lambda loss, p: float(average_precision_score(loss, p)),
    "auc": lambda loss, p: float(roc_auc_score(loss, p)),
    **{f"top_{count}": top_yield(count) for count in TOP},
}
PROBABILISTIC: dict[str, Measure] = {
    "brier": lambda loss, p: float(np.mean((loss - p) ** 2)),
    "brier_skill": brier_skill,
    "calibration_slope": slope,
    "calibration_intercept": intercept,
}


@dataclass(frozen=True)
class Draws:
    """Bootstrap draws over départements: the same for every model, so that they pair.

    Attributes
    ----------
    rows
        For each draw, row numbers with repetition.
    """

    rows: list[npt.NDArray[np.int64]]

    def interval(self, measure: Measure, loss: Array, probability: Array) -> tuple[float, float]:
        """Return the 95 % interval of a measure."""
        values = [measure(loss[r], probability[r]) for r in self.rows]
        low, high = np.quantile(values, (0.025, 0.975))
        return float(low), float(high)

    def difference(
        self, measure: Measure, loss: Array, better: Array, worse: Array
    ) -> dict[str, float]:
        """Return the paired difference of a measure, its standard error and 95 % interval."""
        values = [measure(loss[r], better[r]) - measure(loss[r], worse[r]) for r in self.rows]
        low, high = np.quantile(values, (0.025, 0.975))
        return {
            "difference": measure(loss, better) - measure(loss, worse),
            "standard_error": float(np.std(values)),
            "low": float(low),
            "high": float(high),
        }


def draws(departements: npt.NDArray[np.str_], count: int = DRAWS) -> Draws:
    """Draw départements with replacement."""
    rng = np.random.default_rng(SEED)
    names = np.unique(departements)
    members = {name: np.flatnonzero(departements == name) for name in names}
    return Draws(
        [
            np.concatenate([members[name] for name in rng.choice(names, len(names))])
            for _ in range(count)
        ]
    )


def summary(
    loss: Array, probability: Array, drawn: Draws, *, probabilistic: bool
) -> dict[str, dict[str, float]]:
    """Return each measure with its value and interval."""
    measures = {**RANKING, **(PROBABILISTIC if probabilistic else {})}
    result = {}
    for name, measure in measures.items():
        low, high = drawn.interval(measure, loss, probability)
        result[name] = {"value": measure(loss, probability), "low": low, "high": high}
    return result
