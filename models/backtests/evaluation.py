"""The back-tests of the protocol: forward in time, regions held out, register, calibration."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

from models.backtests import horizons
from models.learning import metrics, signals, training
from models.learning.features import RURALITY
from models.learning.hazard import LastGpHazard, probability_of
from models.learning.predictors import FOUR, NAMES, THEME_OF
from models.learning.signals import SPANS, Outcome
from models.learning.training import LATEST, PERIODS, Rows, fit_hazard, groups, out_of_fold

Array = npt.NDArray[np.float64]

SHIPPED = "hazard"
CANDIDATES = ("hazard", "boosting", "average")
"""In order of simplicity."""

LENGTHS = (*PERIODS[:1], *SPANS, (2009, 2017))
"""Counts and ends that calibration is checked on: 4, 3, 4, 7 and 8 years."""

LOOKS = 70
"""Times that held-out regions of 2017→2020 were scored while choices were made: the 37 of the
first version, 33 of this one (`docs/risk-protocol.md` lists them)."""

MISSING_INPUTS = {
    "apl": [name for name in NAMES if THEME_OF[name] == "apl"] + ["elderly_demand"],
    "earlier_vintages": [n for n in NAMES if THEME_OF[n] in {"history", "snowball"}],
}
"""File that lacks → predictors that are blank without it."""


class Boosting:
    """Shallow boosted trees on the yearly rate, behind the same method as `LastGpHazard`."""

    def fit(self, learn: pd.DataFrame) -> "Boosting":
        """Learn; settings are small on purpose (1,264 losses)."""
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
    def fit(learn: pd.DataFrame) -> LastGpHazard:
        return LastGpHazard(1.0).fit(
            learn[names], learn["loss"], learn["start"].to_numpy(float) + 1.0, learn["years"]
        )

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


def _ratio(group: str, loss: Array, probability: Array) -> dict[str, Any]:
    """Return communes, losses, those expected, and what lies within the chance of both."""
    spread = float(np.sqrt((probability * (1 - probability)).sum()))
    expected, came = float(probability.sum()), float(loss.sum())
    return {
        "group": group,
        "communes": len(loss),
        "losses": int(came),
        "expected": expected,
        "ratio": expected / came if came else None,
        "chance": abs(expected - came) <= 1.96 * spread,
    }


def calibration_by_horizon(data: Rows) -> list[dict[str, Any]]:
    """Return expected and observed losses, regions held out, at each length: all, and by rurality.

    Lengths of 7 and 8 years are no period that was learned from: they check that the hazard
    carries over to horizons.
    """
    result = []
    for start, end in LENGTHS:
        test = data.span(start, end)
        probability = probability_of(out_of_fold(data.table, test, "region", fit_hazard))
        loss, where = test["loss"].to_numpy(float), test["rurality"].to_numpy(str)
        rows = [_ratio("toutes", loss, probability)]
        rows += [_ratio(r, loss[where == r], probability[where == r]) for r in RURALITY]
        result.append({"start": start, "end": end, "years": end - start, "rows": rows})
    return result


def forward_ratios(design: Design) -> list[dict[str, Any]]:
    """Return expected and observed losses forward in time: all, and by rurality."""
    probability, where = design.probability(SHIPPED), design.test["rurality"].to_numpy(str)
    rows = [_ratio("toutes", design.loss, probability)]
    return rows + [
        _ratio(name, design.loss[where == name], probability[where == name]) for name in RURALITY
    ]


def subgroups(design: Design) -> dict[str, list[dict[str, Any]]]:
    """Return the shipped model by rurality, number of GPs and département."""
    probability, loss = design.probability(SHIPPED), design.loss
    gps = np.clip(design.test["gps"].to_numpy(), 1, 3)
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
    ranked = {
        key: metrics.once(metrics.RANKING[key], loss, probability) if enough else None
        for key in ("average_precision", "auc")
    }
    return _ratio(name, loss, probability) | {
        "observed": float(loss.mean()), "predicted": float(probability.mean()), **ranked,
    }  # fmt: skip


def curves(design: Design) -> dict[str, Any]:
    """Return the calibration curve (ten groups), observed rates per class and yields."""
    probability, loss = design.probability(SHIPPED), design.loss
    order = np.argsort(probability, kind="stable")
    tenths = [
        {"predicted": float(probability[part].mean()), "observed": float(loss[part].mean())}
        for part in np.array_split(order, 10)
    ]
    found = np.cumsum(loss[order[::-1]])
    steps = [10, 25, 50, 100, 150, 200, 300, 400, 500, 750, 1000]
    tested = Outcome.of(design.test, probability)
    return {
        "calibration": tenths,
        "classes": _classes(tested),
        "yield": [{"top": top, "found": int(found[top - 1])} for top in steps if top <= len(loss)],
    }


def _classes(tested: Outcome) -> list[dict[str, Any]]:
    """Return the classes that differ, each with its observed rate and interval."""
    bounds = signals.distinct(tested, float(tested.probability.mean()))
    labels = signals.classed(tested.probability, bounds)
    drawn = metrics.draws(tested.departement)
    rows = []
    for number, (label, low) in enumerate(bounds):
        inside = (labels == label).astype(np.float64)
        rate_low, rate_high = drawn.interval(_rate, tested.loss, inside)
        rows.append(
            {
                "label": label,
                "low": low,
                "high": bounds[number + 1][1] if number + 1 < len(bounds) else 1.0,
                "communes": float(inside.sum()),
                "losses": float((inside * tested.loss).sum()),
                "rate": metrics.once(_rate, tested.loss, inside),
                "rate_low": rate_low,
                "rate_high": rate_high,
            }
        )
    return rows


def _rate(loss: Array, inside: Array, weight: Array) -> float:
    counted = (inside * weight).sum()
    return float((loss * inside * weight).sum() / counted) if counted else 0.0


def missing_inputs(data: Rows) -> dict[str, dict[str, float]]:
    """Return what the shipped model loses when a file lacks, regions held out."""
    test = data.span(*LATEST)
    loss = test["loss"].to_numpy(float)
    cases: dict[str, list[str]] = {"nothing": [], **MISSING_INPUTS}
    cases["all"] = [name for names in MISSING_INPUTS.values() for name in names]
    result = {}
    for case, names in cases.items():
        given = test.assign(**dict.fromkeys(names, np.nan))
        scores = out_of_fold(data.table, given, "region", fit_hazard)
        result[case] = {
            key: metrics.once(metrics.RANKING[key], loss, scores)
            for key in ("average_precision", "auc")
        }
    return result


def noise(data: Rows) -> list[dict[str, Any]]:
    """Return, for each period followed by a later count, the losses undone at that count."""
    result = []
    for (start, end), (_, later) in pairwise(PERIODS):
        lost = data.span(start, end).query("loss == 1")
        back = lost[f"lost_{later}"]
        result.append(
            {
                "period": f"{start}→{end}",
                "later": later,
                "losses": int(back.notna().sum()),
                "undone": int((back == 0).sum()),
            }
        )
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
    """Check the sets at 3, 4 and 7 years on regions held out, and at 3 years forward in time.

    Held out: thresholds from the other regions. Forward: the model is fitted on the periods that
    had ended by 2017 in the other groups of départements, thresholds come from 2013→2017 and are
    carried over to three years as yearly hazards.
    """
    result = []
    for span in SPANS:
        test = data.span(*span)
        probability = probability_of(out_of_fold(data.table, test, "region", fit_hazard))
        sets = np.empty(len(test), dtype=object)
        for _, held in groups(test, "region"):
            here = Outcome.of(test[~held], probability[~held])
            rurality = test.loc[held, "rurality"].to_numpy(str)
            sets[held] = signals.told(probability[held], rurality, signals.thresholds_of(here))
        title = f"{span[0]}→{span[1]}, regions held out"
        result += _covered(title, span[1] - span[0], test, sets)
    return result + _forward_coverage(data)


def _forward_coverage(data: Rows) -> list[dict[str, Any]]:
    learn = data.before(LATEST[0])
    earlier, later = data.span(*PERIODS[1]), data.span(*LATEST)
    before = probability_of(out_of_fold(learn, earlier, "departement", fit_hazard))
    after = probability_of(out_of_fold(learn, later, "departement", fit_hazard))
    thresholds = signals.carried(signals.thresholds_of(Outcome.of(earlier, before)), 4, 3)
    sets = signals.told(after, later["rurality"].to_numpy(str), thresholds)
    return _covered("2013→2017, carried to 2017→2020 (forward)", 3, later, sets)


def _covered(
    title: str, years: int, test: pd.DataFrame, sets: npt.NDArray[Any]
) -> list[dict[str, Any]]:
    rows = []
    for name in ("toutes", *RURALITY):
        here = np.ones(len(test), bool) if name == "toutes" else (test["rurality"] == name)
        loss, told = test.loc[here, "loss"].to_numpy(bool), sets[np.asarray(here)]
        flagged = told == signals.LOSES
        rows.append(
            {
                "test": title,
                "years": years,
                "rurality": name,
                "communes": len(loss),
                "losses": int(loss.sum()),
                "wrong_stays": float((told[~loss] == signals.LOSES).mean()),
                "wrong_loses": float((told[loss] == signals.STAYS).mean()) if loss.any() else None,
                "flagged": int(flagged.sum()),
                "predictive_value": float(loss[flagged].mean()) if flagged.any() else None,
                "cannot_tell": float((told == signals.CANNOT_TELL).mean()),
            }
        )
    return rows


def with_register(data: Rows) -> dict[str, Any]:
    """Return the nowcast, regions held out: measures, flags that were right, by rurality."""
    known = data.span(*LATEST)
    known = known[known["found"].notna()]
    if known.empty:
        return {}
    base = out_of_fold(data.table, known, "region", fit_hazard)
    least = training.unaware(data, known)
    probability = training.nowcast_out_of_fold(known, base, least)
    loss, drawn = known["loss"].to_numpy(float), metrics.draws(known["departement"].to_numpy(str))
    absent: Array = np.where(known["found"] == 0, 1.0, 0.0)
    low, high = drawn.interval(_rate, loss, absent)
    where = known["rurality"].to_numpy(str)
    return {
        "month": data.register,
        "communes": len(known),
        "losses": int(loss.sum()),
        "measures": metrics.summary(loss, probability, drawn, probabilistic=True),
        "base": {
            key: metrics.once(metrics.RANKING[key], loss, base)
            for key in ("average_precision", "auc")
        },
        "flags": {
            "communes": int(absent.sum()),
            "right": int(loss[absent == 1].sum()),
            "rate": metrics.once(_rate, loss, absent),
            "low": low,
            "high": high,
        },
        "still_there_auc": {
            "with": metrics.once(
                metrics.RANKING["auc"], loss[absent == 0], probability[absent == 0]
            ),
            "without": metrics.once(metrics.RANKING["auc"], loss[absent == 0], base[absent == 0]),
        },
        "ratios": [_ratio("toutes", loss, probability)]
        + [_ratio(r, loss[where == r], probability[where == r]) for r in RURALITY],
        "classes": _classes(Outcome.of(known, probability)),
    }


def everything(data: Rows) -> dict[str, Any]:
    """Run the whole protocol and return its figures, ready for JSON."""
    held_out = run(data, data.table, LATEST, "region")
    forward = run(data, data.before(LATEST[0]), LATEST, "departement")
    seven = run(data, data.table, SPANS[-1], "region")
    return {
        "counts": data.counts,
        "designs": {
            "forward": comparison(forward),
            "held_out": comparison(held_out),
            "seven_years": comparison(seven),
        },
        "register": with_register(data),
        "horizons": calibration_by_horizon(data),
        "forward_ratios": forward_ratios(forward),
        "by_horizon": horizons.checks(data),
        "subgroups": subgroups(held_out),
        "curves": {"3": curves(held_out), "7": curves(seven)},
        "missing_inputs": missing_inputs(data),
        "without_doubts": without_doubts(held_out),
        "noise": noise(data),
        "conformal": conformal_coverage(data),
        "looks": LOOKS,
        "shipped": SHIPPED,
    }
