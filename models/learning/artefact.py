"""The shipped parameters: plain JSON, written the same twice, read without running code."""

import hashlib
import json
import math
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from geo.errors import InvalidInputError
from models.learning.hazard import LastGpHazard
from models.learning.nowcast import Nowcast
from models.learning.places import ASSETS
from models.learning.predictors import NAMES
from models.learning.signals import CONFORMAL_ERROR, HORIZONS, Signals
from models.learning.training import PERIODS, Fitted, Rows

PATH = ASSETS / "last_gp.json"
FORMAT = 3
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
        "intercept": model.intercept_,
        "means": model.means_,
        "scales": model.scales_,
        "coefficients": model.coefficients_,
        "calendar": model.calendar_,
        "calendar_end": model.calendar_end_,
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


def read(path: Path = PATH) -> dict[str, Any]:
    """Return the artefact's content, its form checked."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            f"Le modèle {path} est absent ou illisible ; le refaire avec « proxisoins risk train »."
        ) from error
    if content.get("format") != FORMAT or content.get("predictors") != NAMES:
        raise InvalidInputError(
            f"Le modèle {path} ne va pas avec cette version ; "
            "le refaire avec « proxisoins risk train »."
        )
    return content


@cache
def version() -> str:
    """Return the version of the shipped model: date of its data, start of its file's hash."""
    date = read()["date"]
    return f"{date} {hashlib.sha256(PATH.read_bytes()).hexdigest()[:8]}"


@cache
def shipped() -> Fitted:
    """Return the shipped model."""
    return fitted(read())


def _of_signals(part: dict[str, Any]) -> Signals:
    return Signals(
        base_rates={h: float(part["base_rates"][str(h)]) for h in HORIZONS},
        bounds={h: [(str(a), float(b)) for a, b in part["bounds"][str(h)]] for h in HORIZONS},
        thresholds={
            h: {name: (float(a), float(b)) for name, (a, b) in part["thresholds"][str(h)].items()}
            for h in HORIZONS
        },
        observed={h: part["observed"][str(h)] for h in HORIZONS},
    )


def fitted(content: dict[str, Any]) -> Fitted:
    """Return the model that the parameters of an artefact make."""
    model = LastGpHazard()
    model.feature_names_in_ = np.array(NAMES, dtype=object)
    model.means_, model.scales_, model.coefficients_ = (
        np.array(content[key], float) for key in ("means", "scales", "coefficients")
    )
    model.intercept_, model.calendar_ = float(content["intercept"]), float(content["calendar"])
    model.calendar_end_ = float(content["calendar_end"])
    refits = np.array(content["refits"], float)
    everything = [*model.means_, *model.scales_, *model.coefficients_, *refits.ravel()]
    sized = all(len(v) == len(NAMES) for v in (model.means_, model.scales_, model.coefficients_))
    if not sized or not all(map(math.isfinite, everything)):
        raise InvalidInputError("Le modèle est abîmé : le refaire avec « proxisoins risk train ».")
    now = content["nowcast"]
    return Fitted(
        model=model,
        refits=refits,
        signals=_of_signals(content["signals"]),
        nowcast=None if now is None else Nowcast(np.array(now["weights"], float)),
        nowcast_refits=np.array([] if now is None else now["refits"], float),
        nowcast_signals=None if now is None else _of_signals(now["signals"]),
        flagged=(0, 0) if now is None else tuple(now["flagged"]),
        rows=int(content["training_data"]["rows"]),
        losses=int(content["training_data"]["losses"]),
    )
