"""Predictions: from checked tables to probabilities, classes, sets, states and reasons."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.french import counted
from data.base.spreadsheet_text import safe_text
from geo.errors import InvalidInputError
from models.learning import artefact, explain, features, nowcast, places
from models.learning.fitted import Fitted
from models.learning.hazard import end_of, exposure, probability_of
from models.learning.inputs import Inputs
from models.learning.nowcast import Nowcast, Sight
from models.learning.panel import overseas
from models.learning.predictors import THEMES
from models.learning.register import states
from models.learning.signals import CANNOT_TELL, HORIZONS

SPREAD = (0.05, 0.95)
FILE_COLUMNS = ["code", "probability", "low", "high", "class", "state"]
"""Columns that the command writes."""

Array = npt.NDArray[np.float64]


def predict(inputs: Inputs, as_of: int, horizon: int) -> pd.DataFrame:
    """Return the risk of every commune with a GP in `as_of`, the riskiest first.

    Returns
    -------
    pandas.DataFrame
        code, gps, rurality, horizon, probability, low, high (90 % spread over bootstrap refits
        whose trends leave that of the past as far as forward forecasts did),
        risk_class, set (`signals.SETS`), state (`register.STATES`), register_fed (whether the
        register entered the probability), reasons (list of French sentences), contributions
        (theme → what it adds to the logarithm of the yearly hazard of an average commune).

    Raises
    ------
    InvalidInputError
        The horizon is not one of `signals.HORIZONS`, or the panel lacks the year.
    """
    if horizon not in HORIZONS:
        raise InvalidInputError(
            f"Horizon de {counted(horizon, 'an', 'ans')} inconnu : de {HORIZONS[0]} à "
            f"{HORIZONS[-1]} ans."
        )
    return scored(artefact.shipped(), features.compute(inputs, as_of), inputs, as_of, horizon)


@dataclass(frozen=True)
class _Odds:
    """Probability with its spread, shape (n,) each, and where a register entered."""

    probability: Array
    low: Array
    high: Array
    fed: npt.NDArray[np.bool_]


def scored(
    fitted: Fitted, table: pd.DataFrame, inputs: Inputs, as_of: int, horizon: int
) -> pd.DataFrame:
    """Return `predict` from rows of predictors."""
    odds = _odds(fitted, table, inputs, as_of, horizon)
    added = explain.by_theme(fitted.model, table)
    state = states(inputs.register, table.index, end_of(as_of), table["gps"])
    result = pd.DataFrame(
        {
            "code": table.index,
            "gps": table["gps"].to_numpy(),
            "rurality": table["rurality"].to_numpy(),
            "horizon": horizon,
            "probability": odds.probability,
            "low": odds.low,
            "high": odds.high,
            "risk_class": fitted.signals.classed(odds.probability, horizon),
            "set": _sets(fitted, table, odds, horizon),
            "state": state,
            "register_fed": odds.fed,
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


def _odds(fitted: Fitted, table: pd.DataFrame, inputs: Inputs, as_of: int, horizon: int) -> _Odds:
    """Return probabilities and their spread over refits, the register entering where it may."""
    hazards, fed = _hazards(fitted, table, inputs, as_of, horizon)
    probability = probability_of(hazards[0])
    low, high = np.quantile(probability_of(hazards[1:]), SPREAD, axis=0)
    # The spread of refits may lie beside the point where blanks are many: it must hold it.
    return _Odds(probability, np.minimum(low, probability), np.maximum(high, probability), fed)


def _hazards(
    fitted: Fitted, table: pd.DataFrame, inputs: Inputs, as_of: int, horizon: int
) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the hazards over the horizon, and where a register entered.

    Returns
    -------
    tuple
        Shape (1 + refits, n): of the model, then of each bootstrap refit; and shape (n,).
    """
    model, start = fitted.model, end_of(as_of)
    calendars = [(model.calendar, model.calendar_end)]
    calendars += [(float(term), model.calendar_end) for term in fitted.refits[:, -1]]
    log_hazards = [model.log_hazard(table)]
    log_hazards += list(
        fitted.refits[:, :-2] @ model.standardised(table).T + fitted.refits[:, -2:-1]
    )
    fed = np.zeros(len(table), bool)
    hazards = [
        np.exp(log_hazard) * exposure(*calendar, start, horizon)
        for log_hazard, calendar in zip(log_hazards, calendars, strict=True)
    ]
    register = inputs.register
    if register is not None and nowcast.feeds(register, start, horizon) and fitted.nowcast:
        found = register.after(start).of(table.index, table["gps"])
        fed = np.isfinite(found)
        sight = Sight(found, table["gps"].to_numpy(float), register.date, start, horizon)
        corrections = [fitted.nowcast, *map(Nowcast, fitted.nowcast_refits)]
        hazards = [
            nowcast.cumulative(correction, log_hazard, calendar, sight)
            for correction, log_hazard, calendar in zip(
                corrections, log_hazards, calendars, strict=True
            )
        ]
    return np.array(hazards), fed


def draws(inputs: Inputs, as_of: int, horizon: int) -> pd.DataFrame:
    """Return the probability of every commune by the model and by each of its bootstrap refits.

    Two states of the inputs are compared refit by refit: what differs then is the state alone.

    Returns
    -------
    pandas.DataFrame
        Index code; column 0 the probability of `predict`, the others those of the refits.
    """
    table = features.compute(inputs, as_of)
    hazards, _ = _hazards(artefact.shipped(), table, inputs, as_of, horizon)
    return pd.DataFrame(probability_of(hazards).T, index=table.index)


def _sets(fitted: Fitted, table: pd.DataFrame, odds: _Odds, horizon: int) -> npt.NDArray[np.str_]:
    """Return the conformal sets; overseas, nothing was learned: cannot tell."""
    rurality = table["rurality"].to_numpy(str)
    told = fitted.signals.sets(odds.probability, rurality, horizon)
    if fitted.nowcast_signals is not None:
        corrected = fitted.nowcast_signals.sets(odds.probability, rurality, horizon)
        told = np.where(odds.fed, corrected, told)
    return np.where(overseas(table.index.to_series()), CANNOT_TELL, told)


def for_file(predictions: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Return predictions as the command writes them, for the codes given by the user's panel.

    A code that no longer exists takes the prediction of the commune that holds its ground. No
    text can run as a formula.
    """
    heirs = pd.DataFrame({"asked": codes, "code": codes.map(places.heirs()).fillna(codes)})
    joined = heirs.merge(predictions.rename(columns={"risk_class": "class"}), on="code")
    joined["code"] = joined["asked"]
    joined[["probability", "low", "high"]] = joined[["probability", "low", "high"]].round(6)
    for name in ("code", "class", "state"):
        joined[name] = joined[name].map(safe_text)
    return joined.sort_values("probability", ascending=False, kind="stable")[FILE_COLUMNS]
