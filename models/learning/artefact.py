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
from models.learning.model import LastGpModel
from models.learning.places import ASSETS
from models.learning.predictors import NAMES
from models.learning.training import CONFORMAL_ERROR, FIT_ON, Fitted, Rows

PATH = ASSETS / "last_gp.json"
FORMAT = 2
VINTAGE = "2020-12-31"
"""Date of the artefact: that of its latest data, not of the clock."""

_DIGITS = 7


def _numbers(values: Any) -> Any:
    """Round to significant digits, so that machines agree."""
    if isinstance(values, dict):
        return {key: _numbers(value) for key, value in values.items()}
    if isinstance(values, list | tuple | np.ndarray):
        return [_numbers(value) for value in values]
    if isinstance(values, float | np.floating):
        return float(f"{float(values):.{_DIGITS}g}")
    return values


def _horizon(fitted: Fitted) -> dict[str, Any]:
    model = fitted.model
    return {
        "intercept": model.intercept_,
        "means": model.means_,
        "scales": model.scales_,
        "coefficients": model.coefficients_,
        "slope": fitted.slope,
        "offset": fitted.offset,
        "base_rate": fitted.base_rate,
        "conformal": {name: list(pair) for name, pair in fitted.conformal.items()},
        "observed": fitted.observed,
        "rows": fitted.rows,
        "losses": fitted.losses,
        "refits": np.round(fitted.refits, 5),
    }


def _variant(facilities: bool) -> str:
    return "with_facilities" if facilities else "without_facilities"


def write(data: Rows, fitted: list[Fitted], out: Path) -> None:
    """Write the artefact of all horizons."""
    content = {
        "format": FORMAT,
        "date": VINTAGE,
        "versions": {
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
        },
        "training_data": {
            "panel": "INSEE, base permanente des équipements, 2009, 2013, 2018, 2020",
            "apl": "DREES, APL aux médecins généralistes, 2016 et 2018",
            "facilities": "INSEE, base permanente des équipements, 2013",
            "places": "INSEE, COG 2019 et populations légales 2016 ; DILA, mairies",
            "left_out": "Nouvelle-Aquitaine et outre-mer",
            "periods": {
                str(horizon): [f"{a}→{b}" for a, b in periods]
                for horizon, periods in FIT_ON.items()
            },
            "counts": data.counts,
        },
        "conformal_error": CONFORMAL_ERROR,
        "predictors": NAMES,
        "horizons": {
            str(horizon): {
                _variant(one.facilities): _horizon(one) for one in fitted if one.horizon == horizon
            }
            for horizon in sorted({one.horizon for one in fitted})
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


def fitted(content: dict[str, Any], horizon: int, *, facilities: bool = False) -> Fitted:
    """Return the model of a horizon, as it was fitted with or without the base of facilities."""
    part = content["horizons"].get(str(horizon))
    if part is None:
        known = " et ".join(sorted(content["horizons"]))
        raise InvalidInputError(
            f"Horizon de {horizon} ans inconnu : le modèle connaît {known} ans."
        )
    part = part[_variant(facilities)]
    model = LastGpModel()
    model.feature_names_in_ = np.array(NAMES, dtype=object)
    model.classes_ = np.array([0, 1])
    model.means_, model.scales_, model.coefficients_ = (
        np.array(part[key], float) for key in ("means", "scales", "coefficients")
    )
    model.intercept_ = float(part["intercept"])
    refits = np.array(part["refits"], float)
    everything = [*model.means_, *model.scales_, *model.coefficients_, *refits.ravel()]
    sized = all(len(v) == len(NAMES) for v in (model.means_, model.scales_, model.coefficients_))
    if not sized or not all(map(math.isfinite, everything)):
        raise InvalidInputError("Le modèle est abîmé : le refaire avec « proxisoins risk train ».")
    return Fitted(
        horizon=horizon,
        facilities=facilities,
        model=model,
        slope=float(part["slope"]),
        offset=float(part["offset"]),
        refits=refits,
        base_rate=float(part["base_rate"]),
        conformal={name: (low, high) for name, (low, high) in part["conformal"].items()},
        observed=part["observed"],
        rows=int(part["rows"]),
        losses=int(part["losses"]),
    )
