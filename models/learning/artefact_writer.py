"""The shipped parameters, written the same twice."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from models.learning.artefact import FORMAT
from models.learning.fitted import PERIODS, Fitted
from models.learning.predictors import NAMES
from models.learning.signals import CONFORMAL_ERROR, Signals
from models.learning.training import Rows

VINTAGE = "2020-12-31"
"""Date of the artefact: that of its latest data, not of the clock."""

_DIGITS = 7


def _numbers(values: Any) -> Any:
    """Round to significant digits, so that machines agree."""
    if isinstance(values, dict):
        return {str(key): _numbers(value) for key, value in values.items()}
    if isinstance(values, list | tuple | np.ndarray):
        return [_numbers(value) for value in values]
    if isinstance(values, float | np.floating):
        return float(f"{float(values):.{_DIGITS}g}")
    return values


def _signals(signals: Signals) -> dict[str, Any]:
    return {
        "base_rates": dict(signals.base_rates),
        "bounds": dict(signals.bounds),
        "thresholds": dict(signals.thresholds),
        "observed": dict(signals.observed),
    }


def write(data: Rows, fitted: Fitted, out: Path) -> None:
    """Write the artefact."""
    model, corrected = fitted.model, fitted.nowcast_signals
    content = {
        "format": FORMAT,
        "date": VINTAGE,
        "versions": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
        "training_data": {
            "panel": "INSEE, base permanente des équipements, 2009, 2013, 2017, 2020",
            "apl": "DREES, APL aux médecins généralistes, 2016",
            "places": "INSEE, COG 2019 et populations légales 2016 ; DILA, mairies",
            "register": f"INSEE, SIRENE (86.21Z), {data.register}" if data.register else "aucun",
            "left_out": "Nouvelle-Aquitaine et outre-mer",
            "periods": [f"{a}→{b}" for a, b in PERIODS],
            "counts": data.counts,
            "rows": fitted.rows,
            "losses": fitted.losses,
        },
        "conformal_error": CONFORMAL_ERROR,
        "predictors": NAMES,
        "intercept": model.intercept,
        "means": model.means,
        "scales": model.scales,
        "coefficients": model.coefficients,
        "calendar": model.calendar,
        "calendar_end": model.calendar_end,
        "refits": np.round(fitted.refits, 5),
        "signals": _signals(fitted.signals),
        "nowcast": None
        if fitted.nowcast is None or corrected is None
        else {
            "weights": fitted.nowcast.weights,
            "refits": np.round(fitted.nowcast_refits, 5),
            "signals": _signals(corrected),
            "flagged": list(fitted.flagged),
        },
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_numbers(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    out.write_text(text + "\n", encoding="utf-8")
