"""The shipped parameters: plain JSON, read without running code nor scikit-learn."""

import hashlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from geo.errors import InvalidInputError
from models.learning.fitted import Fitted
from models.learning.hazard import Hazard
from models.learning.nowcast import Nowcast
from models.learning.places import ASSETS
from models.learning.predictors import NAMES
from models.learning.signals import HORIZONS, Signals

PATH = ASSETS / "last_gp.json"
FORMAT = 3


def read(path: Path = PATH) -> dict[str, Any]:
    """Return the artefact's content, its form checked.

    Raises
    ------
    InvalidInputError
        The file lacks, cannot be read, or is of another version.
    """
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
    """Return the model that the parameters of an artefact make.

    Raises
    ------
    InvalidInputError
        A parameter lacks or does not fit the others.
    """
    means, scales, coefficients = (
        np.array(content[key], float) for key in ("means", "scales", "coefficients")
    )
    model = Hazard(
        names=NAMES,
        means=means,
        scales=scales,
        coefficients=coefficients,
        intercept=float(content["intercept"]),
        calendar=float(content["calendar"]),
        calendar_end=float(content["calendar_end"]),
    )
    refits = np.array(content["refits"], float)
    everything = [*means, *scales, *coefficients, *refits.ravel()]
    sized = all(len(values) == len(NAMES) for values in (means, scales, coefficients))
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
