"""Predictions: from checked tables to probabilities, classes, sets and reasons."""

import numpy as np
import pandas as pd

from geo.errors import InvalidInputError
from models.learning import artefact, explain, features
from models.learning.inputs import Inputs
from models.learning.model import sigmoid
from models.learning.panel import overseas
from models.learning.places import successors
from models.learning.predictors import NAMES, THEMES
from models.learning.training import CLASSES, Fitted, limits

CANNOT_TELL = "ne peut pas dire"
STAYS, LOSES = "maintien", "relève non assurée"
"""Labels of the conformal sets {stays} and {loses}; both or none is `CANNOT_TELL`."""

SPREAD = (0.05, 0.95)


def predict(inputs: Inputs, as_of: int, horizon: int) -> pd.DataFrame:
    """Return the risk of every commune with a GP in `as_of`, the riskiest first.

    Returns
    -------
    pandas.DataFrame
        code, gps, rurality, horizon, probability, low, high (90 % spread over bootstrap refits),
        risk_class, set (`STAYS`, `LOSES` or `CANNOT_TELL`), reasons (list of French sentences),
        contributions (theme → logit).
    """
    facilities = not inputs.known_at(as_of).facilities.empty
    model = artefact.fitted(artefact.read(), horizon, facilities=facilities)
    table = features.compute(inputs, as_of)
    return _scored(model, table)


def _scored(fitted: Fitted, table: pd.DataFrame) -> pd.DataFrame:
    standardised = fitted.model.standardised(table[NAMES])
    score = fitted.slope * fitted.model.decision_function(table[NAMES]) + fitted.offset
    again = standardised @ fitted.refits[:, :-1].T + fitted.refits[:, -1]
    spread = fitted.slope * np.quantile(again, SPREAD, axis=1) + fitted.offset
    probability = sigmoid(score)
    added = explain.by_theme(fitted.model, table, fitted.slope)
    # The spread of refits may lie beside the point where blanks are many: it must hold it.
    result = pd.DataFrame(
        {
            "code": table.index,
            "gps": table["gps"].to_numpy(),
            "rurality": table["rurality"].to_numpy(),
            "horizon": fitted.horizon,
            "probability": probability,
            "low": np.minimum(sigmoid(spread[0]), probability),
            "high": np.maximum(sigmoid(spread[1]), probability),
            "risk_class": np.array(CLASSES)[
                np.searchsorted(limits(fitted.base_rate), probability, side="right")
            ],
            "set": _sets(fitted, table, probability),
            "reasons": [
                explain.reasons(values, parts)
                for values, parts in zip(
                    table.to_dict("records"), added.to_dict("records"), strict=True
                )
            ],
            "contributions": added[list(THEMES)].to_dict("records"),
        }
    )
    order = ["probability", "code"]
    return result.sort_values(order, ascending=[False, True], ignore_index=True)


def _sets(fitted: Fitted, table: pd.DataFrame, probability: np.ndarray) -> np.ndarray:
    """Mondrian conformal set of each commune; overseas, nothing was learned: cannot tell."""
    thresholds = np.array([fitted.conformal[name] for name in table["rurality"]])
    stays, loses = probability <= thresholds[:, 0], probability >= thresholds[:, 1]
    told = np.where(stays & ~loses, STAYS, np.where(loses & ~stays, LOSES, CANNOT_TELL))
    return np.where(overseas(table.index.to_series()), CANNOT_TELL, told)


def for_file(predictions: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Return predictions as the command writes them, for the codes given by the user's panel.

    A code that no longer exists takes the prediction of the commune that holds its ground.
    """
    heirs = pd.DataFrame({"asked": codes, "code": codes.map(successors()).fillna(codes)})
    joined = heirs.merge(predictions, on="code")
    if joined.empty:
        raise InvalidInputError("Aucune commune du fichier n’a pu être située en France.")
    joined["reasons"] = joined["reasons"].str.join(" ; ")
    joined["code"] = joined["asked"]
    columns = ["code", "probability", "low", "high", "risk_class", "reasons", "set", "horizon"]
    joined[["probability", "low", "high"]] = joined[["probability", "low", "high"]].round(5)
    return joined.sort_values("probability", ascending=False, kind="stable")[columns]
