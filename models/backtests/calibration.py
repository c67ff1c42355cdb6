"""Expected beside observed losses: by horizon, by group, by class of risk."""

from typing import Any

import numpy as np

from models.backtests.designs import SHIPPED, Array, Design
from models.learning import metrics, signals
from models.learning.features import RURALITY
from models.learning.fitted import PERIODS
from models.learning.hazard import probability_of
from models.learning.signals import SPANS, Outcome
from models.learning.training import Rows, fit_hazard, out_of_fold

LENGTHS = (*PERIODS[:1], *SPANS, (2009, 2017))
"""Counts and ends that calibration is checked on: 4, 3, 4, 7 and 8 years."""


def ratio(group: str, loss: Array, probability: Array) -> dict[str, Any]:
    """Return communes, losses, those expected, and what lies within the chance of both.

    `loss` (0 or 1) and `probability` have one value a commune, shape (n,).
    """
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
        rows = [ratio("toutes", loss, probability)]
        rows += [ratio(r, loss[where == r], probability[where == r]) for r in RURALITY]
        result.append({"start": start, "end": end, "years": end - start, "rows": rows})
    return result


def forward_ratios(design: Design) -> list[dict[str, Any]]:
    """Return expected and observed losses forward in time: all, and by rurality."""
    probability, where = design.probability(SHIPPED), design.test["rurality"].to_numpy(str)
    rows = [ratio("toutes", design.loss, probability)]
    return rows + [
        ratio(name, design.loss[where == name], probability[where == name]) for name in RURALITY
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
    return ratio(name, loss, probability) | {
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
        "classes": classes(tested),
        "yield": [{"top": top, "found": int(found[top - 1])} for top in steps if top <= len(loss)],
    }


def classes(tested: Outcome) -> list[dict[str, Any]]:
    """Return the classes that differ, each with its observed rate and interval."""
    bounds = signals.distinct(tested, float(tested.probability.mean()))
    labels = signals.classed(tested.probability, bounds)
    drawn = metrics.draws(tested.departement)
    rows = []
    for number, (label, low) in enumerate(bounds):
        inside = (labels == label).astype(np.float64)
        rate_low, rate_high = drawn.interval(rate, tested.loss, inside)
        rows.append(
            {
                "label": label,
                "low": low,
                "high": bounds[number + 1][1] if number + 1 < len(bounds) else 1.0,
                "communes": float(inside.sum()),
                "losses": float((inside * tested.loss).sum()),
                "rate": metrics.once(rate, tested.loss, inside),
                "rate_low": rate_low,
                "rate_high": rate_high,
            }
        )
    return rows


def rate(loss: Array, inside: Array, weight: Array) -> float:
    """Return the weighted share of losses among the rows inside, 0 without any; shapes (n,)."""
    counted = (inside * weight).sum()
    return float((loss * inside * weight).sum() / counted) if counted else 0.0
