"""Follow-up: last predictions scored against a newer panel, and the drift shown."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.base.french import number
from geo.errors import InvalidInputError
from models.learning import metrics
from models.learning.panel import follow_mergers, overseas
from models.learning.signals import CLASSES

ENOUGH_LOSSES = 5
"""Fewer losses than this say nothing of a ranking."""


@dataclass(frozen=True)
class FollowUp:
    """How predictions fared.

    Attributes
    ----------
    communes, losses
        Scored communes (had a GP, count known in the newer panel), and those that lost it.
    expected
        Losses that the probabilities announced.
    measures
        auc, average_precision, top_50, top_100, brier, brier_skill, calibration_slope,
        calibration_intercept; empty under `ENOUGH_LOSSES` losses.
    by_class
        risk_class, communes, losses, predicted and observed rate.
    drifted
        True when the observed losses lie outside the 95 % range that the probabilities allow, and
        nothing else than the model explains it.
    biased
        Why these predictions could not tell the number of losses, "" where they could.
    sentence
        The same in French.
    """

    communes: int
    losses: int
    expected: float
    measures: dict[str, float]
    by_class: pd.DataFrame
    drifted: bool
    biased: str
    sentence: str


def score(
    predictions: pd.DataFrame, newer_panel: pd.DataFrame, year: int, *, biased: str = ""
) -> FollowUp:
    """Score predictions (columns code, probability, risk_class) against GPs counted in `year`.

    Parameters
    ----------
    predictions
        As `proxisoins risk predict` or `risk_table` gave them.
    newer_panel
        Columns code and gp_YYYY of `year`; mergers are followed.
    biased
        Why these predictions could not tell the number of losses, in French, "" where they could:
        a difference then says nothing of the model.

    Raises
    ------
    InvalidInputError
        When the panel lacks the year or has none of the communes.
    """
    column = f"gp_{year}"
    if column not in newer_panel.columns:
        raise InvalidInputError(f"Le nouveau fichier n’a pas de colonne « {column} ».")
    counts = follow_mergers(newer_panel[["code", column]])[column]
    joined = predictions[~overseas(predictions["code"])].merge(
        counts.rename("now"), left_on="code", right_index=True
    )
    joined = joined.dropna(subset="now")
    if joined.empty:
        raise InvalidInputError("Aucune commune prédite ne figure dans le nouveau fichier.")
    # What happened beside what was told: further apart than chance allows, the model drifts.
    loss = (joined["now"] == 0).to_numpy().astype(np.float64)
    probability = joined["probability"].to_numpy(float)
    expected, spread = probability.sum(), np.sqrt((probability * (1 - probability)).sum())
    apart = bool(abs(loss.sum() - expected) > 1.96 * spread)
    # Ranks and calibration need some losses; classes are told in any case.
    enough = ENOUGH_LOSSES <= loss.sum() < len(loss)
    measures = {**metrics.RANKING, **metrics.PROBABILISTIC} if enough else {}
    by_class = (
        pd.DataFrame({"risk_class": joined["risk_class"], "probability": probability, "loss": loss})
        .groupby("risk_class")
        .agg(
            communes=("loss", "size"),
            losses=("loss", "sum"),
            predicted=("probability", "mean"),
            observed=("loss", "mean"),
        )
        .reindex([name for name in CLASSES if (joined["risk_class"] == name).any()])
        .reset_index()
    )
    if not apart:
        verdict = "écart dû au hasard"
    elif biased:
        verdict = f"l’écart dépasse le hasard et ne juge pas le modèle ({biased})"
    else:
        verdict = "l’écart dépasse le hasard : le modèle est à revoir"
    return FollowUp(
        communes=len(joined),
        losses=int(loss.sum()),
        expected=float(expected),
        measures={
            name: metrics.once(measure, loss, probability) for name, measure in measures.items()
        },
        by_class=by_class,
        drifted=apart and not biased,
        biased=biased,
        sentence=(
            f"{number(loss.sum())} pertes observées pour {number(expected)} attendues sur "
            f"{number(len(joined))} communes : {verdict}."
        ),
    )
