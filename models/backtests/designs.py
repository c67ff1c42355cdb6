"""Back-tests of all models: forward in time, or groups held out, and which model is chosen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from models.learning import metrics, training
from models.learning.hazard import Hazard, probability_of
from models.learning.hazard_fit import LastGpHazard
from models.learning.predictors import FOUR, NAMES
from models.learning.training import Rows, fit_hazard, groups, out_of_fold

Array = npt.NDArray[np.float64]

SHIPPED = "hazard"
CANDIDATES = ("hazard", "boosting", "average")
"""In order of simplicity."""


class Boosting:
    """Shallow boosted trees on the yearly rate, behind the same method as `LastGpHazard`."""

    def fit(self, learn: pd.DataFrame) -> "Boosting":
        """Learn; settings are small on purpose (1,261 losses)."""
        self.columns = [name for name in NAMES if learn[name].notna().any()]
        self.trees = HistGradientBoostingRegressor(
            loss="poisson", learning_rate=0.06, max_iter=120, max_bins=64, max_leaf_nodes=5,
            min_samples_leaf=60, l2_regularization=5.0, max_features=0.3, random_state=0,
            early_stopping=False,
        )  # fmt: skip
        x = self._dated(learn, learn["start"] + 1 + learn["years"] / 2)
        self.trees.fit(x, learn["loss"] / learn["years"], sample_weight=learn["years"])
        return self

    def cumulative(self, x: pd.DataFrame, start: float, years: float) -> Array:
        """Return cumulative hazards, shape (n,)."""
        rate: Array = self.trees.predict(self._dated(x, pd.Series(start + years / 2, x.index)))
        return rate * years

    def _dated(self, x: pd.DataFrame, middle: pd.Series) -> pd.DataFrame:
        return x[self.columns].assign(middle=middle.to_numpy())


def _fit_few(names: list[str]) -> training.Fit:
    def fit(learn: pd.DataFrame) -> Hazard:
        start = learn["start"].to_numpy(float) + 1.0
        return LastGpHazard(1.0).fit(learn[names], learn["loss"], start, learn["years"]).hazard_

    return fit


def _fit_boosting(learn: pd.DataFrame) -> Boosting:
    return Boosting().fit(learn)


@dataclass(frozen=True)
class Design:
    """One back-test: cumulative hazards (or a score) of every model on the tested rows.

    Attributes
    ----------
    test
        Outcome rows.
    by
        "region" or "departement".
    scores
        Model → shape (n,), out of group.
    """

    test: pd.DataFrame
    by: str
    scores: dict[str, Array]

    @property
    def loss(self) -> Array:
        """Outcomes, shape (n,)."""
        return self.test["loss"].to_numpy(float)

    def probability(self, name: str) -> Array:
        """Return the probabilities of a learned model, as they come: nothing is refitted."""
        return probability_of(self.scores[name])


def run(data: Rows, learn: pd.DataFrame, span: tuple[int, int], by: str) -> Design:
    """Score a span out of group with all models."""
    test = data.span(*span)
    over = test["apl_over_65"]
    hazard = out_of_fold(learn, test, by, fit_hazard)
    boosting = out_of_fold(learn, test, by, _fit_boosting)
    scores = {
        "one_gp": test["one_gp"].to_numpy(),
        "over_65": over.fillna(over.median()).fillna(0).to_numpy(),
        "count_population": out_of_fold(learn, test, by, _fit_few(["gps_log", "population_log"])),
        "four": out_of_fold(learn, test, by, _fit_few(FOUR)),
        "hazard": hazard,
        "boosting": boosting,
        "average": np.sqrt(hazard * boosting),
    }
    return Design(test, by, scores)


def comparison(design: Design) -> dict[str, Any]:
    """Return measures of all models, and paired differences with the four-feature hazard."""
    drawn = metrics.draws(design.test["departement"].to_numpy(str))
    loss = design.loss
    models: dict[str, Any] = {
        "base_rate": {"average_precision": {"value": float(loss.mean())}, "auc": {"value": 0.5}}
    }
    for name, scores in design.scores.items():
        learned = name not in {"one_gp", "over_65"}
        values = design.probability(name) if learned else scores
        models[name] = metrics.summary(loss, values, drawn, probabilistic=learned)
    against = {
        name: {
            key: drawn.difference(
                metrics.RANKING[key], loss, design.scores[name], design.scores["four"]
            )
            for key in ("average_precision", "auc")
        }
        for name in CANDIDATES
    }
    return {
        "communes": len(loss),
        "losses": int(loss.sum()),
        "base_rate": float(loss.mean()),
        "models": models,
        "against_four": against,
        "chosen": chosen(design, drawn),
        "by_region": _by_region(design),
        "one_gp_auc": _auc_of_single(design),
    }


def _auc_of_single(design: Design) -> float:
    single = (design.test["gps"] == 1).to_numpy()
    return metrics.once(metrics.RANKING["auc"], design.loss[single], design.scores[SHIPPED][single])


def chosen(design: Design, drawn: metrics.Draws) -> str:
    """Apply the rule: the simplest candidate within one standard error of the best."""
    measure = metrics.RANKING["average_precision"]
    best = max(CANDIDATES, key=lambda name: metrics.once(measure, design.loss, design.scores[name]))
    for name in CANDIDATES:
        gap = drawn.difference(measure, design.loss, design.scores[best], design.scores[name])
        if gap["difference"] <= gap["standard_error"]:
            return name
    return best


def _by_region(design: Design) -> dict[str, dict[str, float]]:
    """Measures of the shipped model inside each held-out region with 10 losses or more."""
    result = {}
    for region, held in groups(design.test, "region"):
        loss, scores = design.loss[held], design.scores[SHIPPED][held]
        if loss.sum() >= 10:
            result[region] = {
                "communes": float(held.sum()),
                "losses": float(loss.sum()),
                **{
                    name: metrics.once(measure, loss, scores)
                    for name, measure in metrics.RANKING.items()
                },
            }
    return result
