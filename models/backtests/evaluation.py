"""The whole protocol: back-tests, register, calibration, what a missing file costs."""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.backtests import horizon_checks, trend_figures
from models.backtests.calibration import (
    calibration_by_horizon,
    classes,
    curves,
    forward_ratios,
    rate,
    ratio,
    subgroups,
)
from models.backtests.designs import SHIPPED, Array, Design, comparison, run
from models.learning import metrics, signals, training
from models.learning.features import RURALITY
from models.learning.fitted import LATEST, PERIODS
from models.learning.hazard import probability_of
from models.learning.predictors import NAMES, THEME_OF
from models.learning.signals import SPANS, Outcome
from models.learning.training import Rows, fit_hazard, groups, out_of_fold

LOOKS = 76
"""Times that held-out regions of 2017→2020 were scored while choices were made: the 37 of the
first version, 38 of this one (`docs/risk-protocol.md` lists them)."""

MISSING_INPUTS = {
    "apl": [name for name in NAMES if THEME_OF[name] == "apl"] + ["elderly_demand"],
    "earlier_vintages": [n for n in NAMES if THEME_OF[n] in {"history", "snowball"}],
}
"""File that lacks → predictors that are blank without it."""


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
    low, high = drawn.interval(rate, loss, absent)
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
            "rate": metrics.once(rate, loss, absent),
            "low": low,
            "high": high,
        },
        "still_there_auc": {
            "with": metrics.once(
                metrics.RANKING["auc"], loss[absent == 0], probability[absent == 0]
            ),
            "without": metrics.once(metrics.RANKING["auc"], loss[absent == 0], base[absent == 0]),
        },
        "ratios": [ratio("toutes", loss, probability)]
        + [ratio(r, loss[where == r], probability[where == r]) for r in RURALITY],
        "classes": classes(Outcome.of(known, probability)),
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
        "by_horizon": horizon_checks.checks(data),
        "trend": trend_figures.figures(data),
        "subgroups": subgroups(held_out),
        "curves": {"3": curves(held_out), "7": curves(seven)},
        "missing_inputs": missing_inputs(data),
        "without_doubts": without_doubts(held_out),
        "noise": noise(data),
        "conformal": conformal_coverage(data),
        "looks": LOOKS,
        "shipped": SHIPPED,
    }
