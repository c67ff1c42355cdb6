"""Classes of risk and conformal sets, set and checked at each horizon on regions held out.

Fates are known 3, 4 and 7 years after a count: a horizon of 1 to 6 years is judged by the nearest
of these lengths, its limits carried over as yearly hazards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.learning import metrics
from models.learning.features import RURALITY
from models.learning.hazard import cumulative_of, probability_of

HORIZONS = (1, 2, 3, 4, 5, 6)
"""Years ahead that are shipped."""

DEFAULT_HORIZON = 3
"""Years ahead shown first: the latest length whose outcome was checked (2017→2020)."""

SPANS = ((2017, 2020), (2013, 2017), (2013, 2020))
"""Counts whose fate is known 3, 4 and 7 years later: what classes and sets are measured on."""

CLASS_MULTIPLES = (0.5, 1.5, 3.0)
"""Limits of the classes, in multiples of the country's mean risk at the same horizon (protocol)."""

CLASSES = ("faible", "modéré", "élevé", "très élevé")
CANNOT_TELL = "ne peut pas dire"
STAYS, LOSES = "maintien", "relève non assurée"
"""Labels of the conformal sets {stays} and {loses}; both or none is `CANNOT_TELL`."""

SETS = (LOSES, CANNOT_TELL, STAYS)
CONFORMAL_ERROR = 0.10
FEW_LOSSES = 30
"""A rurality with fewer losses borrows the thresholds of the whole country."""

SHOWN = " shown"
"""Ends the kind of a past count that is of communes where the register still shows a GP."""

Array = npt.NDArray[np.float64]


def span_of(horizon: float) -> tuple[int, int]:
    """Return the counts that judge a horizon: those whose length is nearest, the latest first."""
    return min(SPANS, key=lambda span: abs(span[1] - span[0] - horizon))


@dataclass(frozen=True)
class Outcome:
    """Probabilities out of region, and what came; shape (n,) each."""

    probability: Array
    loss: Array
    rurality: npt.NDArray[np.str_]
    departement: npt.NDArray[np.str_]

    @classmethod
    def of(cls, rows: pd.DataFrame, probability: Array) -> Self:
        """Take outcomes and groups from training rows."""
        return cls(
            probability,
            rows["loss"].to_numpy(float),
            rows["rurality"].to_numpy(str),
            rows["departement"].to_numpy(str),
        )


@dataclass(frozen=True)
class Signals:
    """Classes and sets by horizon.

    Attributes
    ----------
    base_rates
        Horizon → mean risk of the country's communes with a GP counted in 2017.
    bounds
        Horizon → (label, lowest probability) of each class, ascending.
    thresholds
        Horizon → rurality → (largest probability kept as "stays", smallest kept as "loses").
    observed
        Horizon → rows of the past: kind ("class" or "set"; with a register also both of the
        communes where it still shows a GP, ending in `SHOWN`), label, communes, losses, expected
        (sum of probabilities) over the span that judges it.
    """

    base_rates: Mapping[int, float]
    bounds: Mapping[int, list[tuple[str, float]]]
    thresholds: Mapping[int, Mapping[str, tuple[float, float]]]
    observed: Mapping[int, list[dict[str, Any]]]

    def classed(self, probability: Array, horizon: int) -> npt.NDArray[np.str_]:
        """Return the class of each probability."""
        return classed(probability, self.bounds[horizon])

    def sets(
        self, probability: Array, rurality: npt.NDArray[np.str_], horizon: int
    ) -> npt.NDArray[np.str_]:
        """Return the conformal set of each commune."""
        return told(probability, rurality, self.thresholds[horizon])


def classed(probability: Array, bounds: list[tuple[str, float]]) -> npt.NDArray[np.str_]:
    """Return the label of the last bound that a probability reaches."""
    rank = np.searchsorted([low for _, low in bounds[1:]], probability, side="right")
    return np.array([label for label, _ in bounds])[rank]


def told(
    probability: Array,
    rurality: npt.NDArray[np.str_],
    thresholds: Mapping[str, tuple[float, float]],
) -> npt.NDArray[np.str_]:
    """Return the set of each commune: one outcome, or both or none, which tells nothing."""
    limits = np.array([thresholds[name] for name in rurality]).reshape(-1, 2)
    stays, loses = probability <= limits[:, 0], probability >= limits[:, 1]
    return np.where(stays & ~loses, STAYS, np.where(loses & ~stays, LOSES, CANNOT_TELL))


def thresholds_of(tested: Outcome) -> dict[str, tuple[float, float]]:
    """Return Mondrian (rurality × outcome) thresholds at 90 % from probabilities out of region.

    Vovk et al. (2005): the ⌈(n + 1)(1 − α)⌉-th smallest nonconformity.
    """
    result = {}
    for name in RURALITY:
        here = tested.rurality == name
        if tested.loss[here].sum() < FEW_LOSSES:
            here = np.ones(len(tested.loss), bool)
        kept = np.sort(tested.probability[here & (tested.loss == 0)])
        lost = np.sort(tested.probability[here & (tested.loss == 1)])[::-1]
        top, bottom = (
            min(int(np.ceil((len(v) + 1) * (1 - CONFORMAL_ERROR))), len(v)) - 1
            for v in (kept, lost)
        )
        result[name] = (float(kept[top]), float(lost[bottom]))
    return result


def distinct(tested: Outcome, base_rate: float) -> list[tuple[str, float]]:
    """Return the classes that differ on held-out data, with the lowest probability of each.

    Neighbours whose observed rates do not differ beyond the 95 % interval of their difference
    (bootstrap of départements) are one, under the lower label.
    """
    bounds = [(CLASSES[0], 0.0)]
    bounds += [
        (label, multiple * base_rate)
        for label, multiple in zip(CLASSES[1:], CLASS_MULTIPLES, strict=True)
    ]
    drawn = metrics.draws(tested.departement).weights
    kept = bounds[:1]
    for number, (label, low) in enumerate(bounds[1:], start=1):
        ends = bounds[number + 1][1] if number + 1 < len(bounds) else 2.0
        under = (tested.probability >= kept[-1][1]) & (tested.probability < low)
        over = (tested.probability >= low) & (tested.probability < ends)
        if _differ(tested.loss, under, over, drawn):
            kept.append((label, low))
    return kept


def _differ(
    loss: Array, under: npt.NDArray[np.bool_], over: npt.NDArray[np.bool_], drawn: Array
) -> bool:
    """Tell whether the rate of `over` is above that of `under` in 97.5 % of the draws."""
    if not under.any() or not over.any():
        return False
    rates = [
        (drawn[:, here] @ loss[here]) / np.maximum(drawn[:, here].sum(axis=1), 1)
        for here in (under, over)
    ]
    return bool(np.quantile(rates[1] - rates[0], 0.025) > 0)


def carried(
    thresholds: Mapping[str, tuple[float, float]], years: float, horizon: float
) -> dict[str, tuple[float, float]]:
    """Carry limits from the length that they were measured on to a horizon, as yearly hazards."""

    def moved(probability: float) -> float:
        yearly = cumulative_of(np.array([probability])) / years
        return float(probability_of(yearly * horizon)[0])

    return {name: (moved(stays), moved(loses)) for name, (stays, loses) in thresholds.items()}


def measure(
    tested: Mapping[tuple[int, int], Outcome],
    base_rates: Mapping[int, float],
    shown: npt.NDArray[np.bool_] | None = None,
) -> Signals:
    """Set classes and sets for each horizon from the span nearest to it, and count the past.

    Parameters
    ----------
    tested
        Span → probabilities out of region and what came.
    base_rates
        Horizon → mean risk of the country.
    shown
        Where the register still shows a GP, of the one span tested, shape (n,).
    """
    bounds: dict[int, list[tuple[str, float]]] = {}
    thresholds: dict[int, dict[str, tuple[float, float]]] = {}
    observed: dict[int, list[dict[str, Any]]] = {}
    for horizon in HORIZONS:
        span = min(tested, key=lambda one: abs(one[1] - one[0] - horizon))
        years, here = span[1] - span[0], tested[span]
        mean = float(here.probability.mean())
        classes, limits = distinct(here, mean), thresholds_of(here)
        scale = base_rates[horizon] / mean
        bounds[horizon] = [(label, low * scale) for label, low in classes]
        thresholds[horizon] = carried(limits, years, horizon)
        labels = {
            "class": (classed(here.probability, classes), [label for label, _ in classes]),
            "set": (told(here.probability, here.rurality, limits), list(SETS)),
        }
        observed[horizon] = [
            _counted(kind, label, here, given == label)
            for kind, (given, names) in labels.items()
            for label in names
        ]
        if shown is not None:
            observed[horizon] += [
                _counted(kind + SHOWN, label, here, (given == label) & shown)
                for kind, (given, names) in labels.items()
                for label in names
            ]
    return Signals(dict(base_rates), bounds, thresholds, observed)


def _counted(kind: str, label: str, here: Outcome, inside: npt.NDArray[np.bool_]) -> dict[str, Any]:
    return {
        "kind": kind,
        "label": label,
        "communes": int(inside.sum()),
        "losses": int(here.loss[inside].sum()),
        "expected": float(here.probability[inside].sum()),
    }
