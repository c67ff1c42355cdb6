"""The back-tests of the protocol: forward in time, regions held out, missing inputs, sub-groups."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from models.backtests import metrics
from models.learning.features import RURALITY
from models.learning.inputs import FACILITIES
from models.learning.model import LastGpModel, calibration, logit, sigmoid
from models.learning.predictors import FOUR, NAMES, THEME_OF
from models.learning.training import (
    CLASSES,
    CONFORMAL_ERROR,
    Rows,
    conformal_thresholds,
    groups,
    limits,
    observed_rates,
    out_of_fold,
    without_facilities,
)

Array = npt.NDArray[np.float64]

SHIPPED = "logistic"
BASELINES = ("base_rate", "one_gp", "over_65", "four_logistic")
CANDIDATES = ("logistic", "boosting", "average")
"""In order of simplicity."""

FORWARD = ((2009, 2013), 2018)
HELD_OUT = ((2009, 2013, 2018), 2018)
FIVE_YEARS = ((2009,), 2013)
"""Start years learned from, start year tested."""

MISSING_INPUTS = {
    "apl": [name for name in NAMES if THEME_OF[name] == "apl"]
    + ["elderly_demand", "demand_change"],
    "facilities": list(FACILITIES.values()),
    "earlier_vintages": [n for n in NAMES if THEME_OF[n] in {"history", "snowball"}],
}
"""File that lacks → predictors that are blank without it."""


class Boosting:
    """Shallow gradient boosting behind the same two methods as `LastGpModel`."""

    def fit(self, x: pd.DataFrame, y: pd.Series, weight: Array) -> "Boosting":
        """Learn; settings are small on purpose (900 losses)."""
        self.columns = [name for name in x.columns if x[name].notna().any()]
        self.trees = HistGradientBoostingClassifier(
            learning_rate=0.1, max_iter=60, max_bins=64, max_leaf_nodes=4, min_samples_leaf=60,
            l2_regularization=5.0, max_features=0.3, random_state=0, early_stopping=False,
        )  # fmt: skip
        self.trees.fit(x[self.columns], y.astype(int), sample_weight=weight)
        return self

    def decision_function(self, x: pd.DataFrame) -> Array:
        """Return logits, shape (n,)."""
        return logit(self.trees.predict_proba(x[self.columns])[:, 1])


def _fit_all(x: pd.DataFrame, y: pd.Series, weight: Array) -> LastGpModel:
    return LastGpModel().fit(x, y, weight)


def _fit_four(x: pd.DataFrame, y: pd.Series, weight: Array) -> LastGpModel:
    return LastGpModel(inverse_penalty=1.0).fit(x[FOUR], y, weight)


def _fit_boosting(x: pd.DataFrame, y: pd.Series, weight: Array) -> Boosting:
    return Boosting().fit(x, y, weight)


@dataclass(frozen=True)
class Design:
    """One back-test: scores (logits) of every model on the tested rows.

    Attributes
    ----------
    test
        Tested rows.
    by
        "region" or "departement".
    scores
        Model → logits, shape (n,), out of group.
    """

    test: pd.DataFrame
    by: str
    scores: dict[str, Array]

    @property
    def loss(self) -> Array:
        """Outcomes, shape (n,)."""
        return self.test["loss"].to_numpy(float)

    def calibrated(self, name: str) -> Array:
        """Return probabilities calibrated on the other groups' scores, shape (n,)."""
        scores, result = self.scores[name], np.empty(len(self.test))
        for _, held in groups(self.test, self.by):
            tilt, shift = calibration(scores[~held], self.loss[~held])
            result[held] = sigmoid(tilt * scores[held] + shift)
        return result


def run(
    data: Rows,
    periods: tuple[tuple[int, ...], int],
    by: str,
    variant: str,
    *,
    challenged: bool = False,
) -> Design:
    """Score the tested period out of group; with the boosting and the average if `challenged`."""
    starts, tested = periods
    learn = data.table[data.table["start"].isin(starts)]
    test = data.of(tested, variant)
    scores = {
        "one_gp": test["one_gp"].to_numpy(),
        "over_65": test["apl_over_65"].fillna(test["apl_over_65"].median()).fillna(0).to_numpy(),
        "four_logistic": out_of_fold(learn, test, by, _fit_four),
        "logistic": out_of_fold(learn, test, by, _fit_all),
    }
    if challenged:
        scores["boosting"] = out_of_fold(learn, test, by, _fit_boosting)
        scores["average"] = (scores["logistic"] + scores["boosting"]) / 2
    return Design(test, by, scores)


def comparison(design: Design) -> dict[str, Any]:
    """Return measures of all models, and paired differences with the four-feature logistic."""
    drawn = metrics.draws(design.test["departement"].to_numpy(str))
    loss = design.loss
    models: dict[str, Any] = {
        "base_rate": {"average_precision": {"value": float(loss.mean())}, "auc": {"value": 0.5}}
    }
    for name, scores in design.scores.items():
        learned = name not in BASELINES or name == "four_logistic"
        probability = design.calibrated(name) if learned else scores
        models[name] = metrics.summary(loss, probability, drawn, probabilistic=learned)
    against = {
        name: {
            key: drawn.difference(
                metrics.RANKING[key], loss, design.scores[name], design.scores["four_logistic"]
            )
            for key in ("average_precision", "auc")
        }
        for name in CANDIDATES
        if name in design.scores
    }
    return {
        "communes": len(loss),
        "losses": int(loss.sum()),
        "base_rate": float(loss.mean()),
        "models": models,
        "against_four": against,
        "chosen": chosen(design, drawn),
        "by_region": _by_region(design),
    }


def chosen(design: Design, drawn: metrics.Draws) -> str:
    """Apply the rule: the simplest candidate within one standard error of the best."""
    measure = metrics.RANKING["average_precision"]
    tried = [name for name in CANDIDATES if name in design.scores]
    best = max(tried, key=lambda name: metrics.once(measure, design.loss, design.scores[name]))
    for name in tried:
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


def subgroups(design: Design) -> dict[str, list[dict[str, Any]]]:
    """Return the shipped model by rurality, number of GPs and département."""
    probability, loss = design.calibrated(SHIPPED), design.loss
    gps = np.minimum(design.test["gps"].to_numpy(), 3)
    keys = {
        "rurality": design.test["rurality"].to_numpy(str),
        "gps": np.array(["1", "2", "3 et plus"])[gps.astype(int) - 1],
        "departement": design.test["departement"].to_numpy(str),
    }
    result = {}
    for key, values in keys.items():
        names = RURALITY if key == "rurality" else sorted(set(values))
        result[key] = [
            _subgroup(name, loss[values == name], probability[values == name]) for name in names
        ]
    return result


def _subgroup(name: str, loss: Array, probability: Array) -> dict[str, Any]:
    enough = 5 <= loss.sum() < len(loss)
    return {
        "group": name,
        "communes": len(loss),
        "losses": int(loss.sum()),
        "observed": float(loss.mean()),
        "predicted": float(probability.mean()),
        "average_precision": metrics.once(metrics.RANKING["average_precision"], loss, probability)
        if enough
        else None,
        "auc": metrics.once(metrics.RANKING["auc"], loss, probability) if enough else None,
    }


def curves(design: Design) -> dict[str, Any]:
    """Return the calibration curve (ten groups), observed rates per class and yields."""
    probability, loss = design.calibrated(SHIPPED), design.loss
    order = np.argsort(probability, kind="stable")
    tenths = [
        {"predicted": float(probability[part].mean()), "observed": float(loss[part].mean())}
        for part in np.array_split(order, 10)
    ]
    found = np.cumsum(loss[order[::-1]])
    steps = [10, 25, 50, 100, 150, 200, 300, 400, 500, 750, 1000]
    classes = observed_rates(probability, loss, float(loss.mean()))
    drawn = metrics.draws(design.test["departement"].to_numpy(str))
    for row in classes:
        low, high = float(row["low"]), float(row["high"])
        inside = ((probability >= low) & (probability < high)).astype(np.float64)
        row["rate"] = metrics.once(_rate, loss, inside)
        row["rate_low"], row["rate_high"] = drawn.interval(_rate, loss, inside)
    return {
        "calibration": tenths,
        "classes": classes,
        "yield": [{"top": top, "found": int(found[top - 1])} for top in steps if top <= len(loss)],
    }


def _rate(loss: Array, inside: Array, weight: Array) -> float:
    counted = (inside * weight).sum()
    return float((loss * inside * weight).sum() / counted) if counted else 0.0


def missing_inputs(data: Rows) -> dict[str, dict[str, float]]:
    """Return what the shipped model loses when a file lacks, regions held out."""
    learn = data.table[data.table["start"].isin(HELD_OUT[0])]
    test = data.of(HELD_OUT[1])
    loss = test["loss"].to_numpy(float)
    cases: dict[str, list[str]] = {"nothing": [], **MISSING_INPUTS}
    cases["all"] = [name for names in MISSING_INPUTS.values() for name in names]
    result = {}
    for case, names in cases.items():
        given = test.assign(**dict.fromkeys(names, np.nan))
        # Without facilities, the shipped weights are those learned without them.
        learned = without_facilities(learn) if case in {"facilities", "all"} else learn
        scores = out_of_fold(learned, given, "region", _fit_all)
        result[case] = {
            key: metrics.once(metrics.RANKING[key], loss, scores)
            for key in ("average_precision", "auc")
        }
    full = data.of(HELD_OUT[1], "full")
    scores = out_of_fold(learn, full, "region", _fit_all)
    result["with_latest_apl"] = {
        key: metrics.once(metrics.RANKING[key], full["loss"].to_numpy(float), scores)
        for key in ("average_precision", "auc")
    }
    return result


def without_doubts(design: Design) -> dict[str, dict[str, float]]:
    """Return the shipped model with relocations, then doubtful losses, left out."""
    result = {}
    for name in ("relocation", "doubtful"):
        kept = ~design.test[name].to_numpy(bool)
        loss, scores = design.loss[kept], design.scores[SHIPPED][kept]
        result[name] = {
            "left_out": float((~kept).sum()),
            **{
                key: metrics.once(metrics.RANKING[key], loss, scores)
                for key in ("average_precision", "auc")
            },
        }
    return result


def conformal_coverage(data: Rows) -> list[dict[str, Any]]:
    """Check the sets forward in time: thresholds from 2013→2018, coverage on 2018→2020.

    The model is fitted on 2009→2013 and 2013→2018 in the other groups of départements; thresholds
    come from its out-of-group probabilities of 2013→2018.
    """
    learn = data.table[data.table["start"].isin(FORWARD[0])]
    earlier, later = data.of(2013), data.of(2018)
    before = out_of_fold(learn, earlier, "departement", _fit_all)
    after = out_of_fold(learn, later, "departement", _fit_all)
    tilt, shift = calibration(before, earlier["loss"].to_numpy(float))
    past, future = sigmoid(tilt * before + shift), sigmoid(tilt * after + shift)
    thresholds = conformal_thresholds(
        past, earlier["loss"].to_numpy(float), earlier["rurality"].to_numpy(str)
    )
    result = []
    for name in RURALITY:
        here = (later["rurality"] == name).to_numpy()
        probability, loss = future[here], later.loc[here, "loss"].to_numpy(bool)
        stays, loses = probability <= thresholds[name][0], probability >= thresholds[name][1]
        covered = np.where(loss, loses, stays)
        result.append(
            {
                "rurality": name,
                "communes": int(here.sum()),
                "losses": int(loss.sum()),
                "target": 1 - CONFORMAL_ERROR,
                "coverage": float(covered.mean()),
                "coverage_stays": float(covered[~loss].mean()),
                "coverage_loses": float(covered[loss].mean()) if loss.any() else None,
                "cannot_tell": float((stays == loses).mean()),
            }
        )
    return result


def everything(data: Rows) -> dict[str, Any]:
    """Run the whole protocol and return its figures, ready for JSON."""
    held_out = run(data, HELD_OUT, "region", "blanked", challenged=True)
    latest = run(data, HELD_OUT, "region", "full")
    forward = run(data, FORWARD, "departement", "blanked", challenged=True)
    five = run(data, FIVE_YEARS, "departement", "blanked")
    return {
        "counts": data.counts,
        "designs": {
            "forward": comparison(forward),
            "held_out": comparison(held_out),
            "held_out_latest_apl": comparison(latest),
            "five_years": comparison(five),
        },
        "subgroups": subgroups(held_out),
        "curves": curves(held_out),
        "curves_five_years": curves(five),
        "missing_inputs": missing_inputs(data),
        "without_doubts": without_doubts(held_out),
        "conformal": conformal_coverage(data),
        "classes": list(CLASSES),
        "class_limits": limits(float(held_out.loss.mean())),
        "shipped": SHIPPED,
    }
