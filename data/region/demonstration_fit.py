"""Fit the distributions of the demonstration supply on the real panel of GP counts.

Run by `python -m data.region.demonstration_fit`. Only coefficients leave this module: no row of
the panel is kept.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import nbinom
from sklearn.linear_model import LogisticRegression

from data.base import paths
from data.region import embedded_set
from data.region.demonstration import PARAMETERS, STEP_YEARS, features

Floats = npt.NDArray[np.float64]

YEAR, YEAR_BEFORE = "gp_2018", "gp_2013"


def _truncated_counts(design: Floats, counts: Floats) -> tuple[Floats, float]:
    """Fit a zero-truncated negative binomial: coefficients of log(mean), and its size."""

    def loss(parameters: Floats) -> float:
        mean = np.exp(np.clip(design @ parameters[:-1], -6, 8))
        size = np.exp(parameters[-1])
        chance = size / (size + mean)
        zero = nbinom.logpmf(0, size, chance)
        logs = nbinom.logpmf(counts, size, chance) - np.log1p(-np.exp(zero))
        return float(-logs.mean())

    start = np.zeros(design.shape[1] + 1)
    found = minimize(loss, start, method="L-BFGS-B", options={"ftol": 1e-12})
    return found.x[:-1], float(np.exp(found.x[-1]))


def _backward(now: Floats, before: Floats, population: Floats) -> dict[str, float]:
    """Return the rates that lead from the counts of a year to those of `STEP_YEARS` before.

    A GP of today was absent with probability `absent`; one who left since was there with mean
    `left` per GP of today, and `left_per_1000` inhabitants where there is none today.
    """
    none = now == 0
    single_then_none = float((before[now == 1] == 0).mean())
    absent = single_then_none
    for _ in range(50):  # P(none before | one now) = absent · exp(−left)
        left = (before[~none].sum() - (1 - absent) * now[~none].sum()) / now[~none].sum()
        absent = min(single_then_none * float(np.exp(left)), 0.9)
    return {
        "absent": absent,
        "left": float(left),
        "left_per_1000": float(1000 * before[none].sum() / population[none].sum()),
    }


def fit(communes: pd.DataFrame, fringe: pd.DataFrame, reference: Path) -> dict[str, Any]:
    """Return the parameters fitted on the panel, on the communes of the region and its fringe.

    Parameters
    ----------
    communes, fringe
        Tables of the schema `communes`.
    reference
        Folder of reference data.
    """
    everywhere = pd.concat([communes.drop(columns="geometry"), fringe], ignore_index=True)
    everywhere = everywhere.sort_values("code", ignore_index=True)
    panel = pd.read_csv(reference / "gp_panel" / "gp_per_commune.csv", dtype={"code": str})
    panel = panel.set_index("code").reindex(everywhere["code"])
    known = panel[[YEAR, YEAR_BEFORE]].notna().all(axis=1).to_numpy()
    now = panel[YEAR].to_numpy(float)[known]
    design = features(everywhere)[known]
    presence = LogisticRegression(C=1e6, max_iter=1000).fit(design[:, 1:], now > 0)
    some = now > 0
    counts, size = _truncated_counts(design[some], now[some])
    history = _backward(
        now, panel[YEAR_BEFORE].to_numpy(float)[known], everywhere["population"].to_numpy()[known]
    )
    ages = pd.read_csv(reference / "reference" / "communes_75_reference.csv", dtype={"code": str})
    old = ages.set_index("code")["part_75_plus_pct"].reindex(communes["code"]).to_numpy() / 100
    told = np.isfinite(old) & (old > 0) & (old < 1)
    density = np.log10((communes["population"] / communes["area_km2"]).to_numpy()[told])
    logit = np.log(old[told] / (1 - old[told]))
    slope, intercept = np.polyfit(density, logit, 1)
    return {
        "presence": [float(v) for v in (presence.intercept_[0], *presence.coef_[0])],
        "counts": [float(v) for v in counts],
        "counts_size": size,
        "history": history,
        "history_step_years": STEP_YEARS,
        "over_75": {
            "intercept": float(intercept),
            "slope": float(slope),
            "deviation": float(np.std(logit - intercept - slope * density)),
        },
    }


def main() -> None:
    """Fit the parameters again on the reference data and write them."""
    fitted = fit(embedded_set.communes(), embedded_set.fringe(), paths.reference_data())
    text = json.dumps(fitted, indent=1, sort_keys=True)
    PARAMETERS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
