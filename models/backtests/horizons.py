"""Expected and observed losses at each horizon of 1 to 6 years, by rurality and département.

The panel counts 3, 4 and 7 years apart: only horizons of 3 and 4 years end on a count. For the
others the losses are spread between the two counts around at one yearly hazard per group: that
shows whether the model bends between counts, it proves nothing, and is told apart everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.learning.features import RURALITY
from models.learning.hazard import probability_of
from models.learning.training import Rows, fit_hazard, out_of_fold_at

FEW_LOSSES = 10
"""Under ten losses chance alone moves a count by a third or more (Poisson): a ratio tells nothing
of an aim of 0.8 to 1.25."""

EVERYWHERE, OUTSIDE_TOWNS = "toutes", "hors villes"
AIM = (0.8, 1.25)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ends:
    """The counts around the end of a horizon.

    Attributes
    ----------
    horizon
        Years.
    start
        Year of the counts that it starts from.
    shorter, longer
        Years from them to the count before the end (0: the start itself) and to that after it;
        both the horizon where a count falls on the end.
    """

    horizon: int
    start: int
    shorter: int
    longer: int

    @property
    def counted(self) -> bool:
        """Tell whether a count falls on the end."""
        return self.shorter == self.longer


ENDS = (
    Ends(1, 2017, 0, 3),
    Ends(2, 2017, 0, 3),
    Ends(3, 2017, 3, 3),
    Ends(4, 2013, 4, 4),
    Ends(5, 2013, 4, 7),
    Ends(6, 2013, 4, 7),
)
"""Each horizon from the latest counts that frame its end."""


def between(communes: int, losses: tuple[float, float], ends: Ends) -> float:
    """Return the losses at a horizon, spread at one yearly hazard between the counts around it.

    Examples
    --------
    >>> between(100, (0, 19), Ends(1, 2017, 0, 2))
    10.0
    """
    if ends.counted:
        return float(losses[1])
    first, last = (1 - lost / communes for lost in losses)
    share = (ends.horizon - ends.shorter) / (ends.longer - ends.shorter)
    if min(first, last) <= 0:
        return float(losses[1])
    return round(float(communes * (1 - first * (last / first) ** share)), 6)


def told(row: dict[str, Any], *, counted: bool) -> str:
    """Return what a row says of the aim: "within", "outside", "few" losses, "between" counts."""
    if row["losses"] < FEW_LOSSES:
        return "few"
    if not counted:
        return "between"
    return "within" if AIM[0] <= row["ratio"] <= AIM[1] else "outside"


def checks(data: Rows) -> dict[str, list[dict[str, Any]]]:
    """Return, regions held out and forward, each horizon: rows by rurality.

    Regions held out, by département too. Forward: learned on the periods that had ended by the
    start, départements held out.
    """
    return {
        "held_out": list(_checked(data, "region", forward=False)),
        "forward": list(_checked(data, "departement", forward=True)),
    }


def _checked(data: Rows, by: str, *, forward: bool) -> Iterator[dict[str, Any]]:
    for start in dict.fromkeys(ends.start for ends in ENDS):
        these = [ends for ends in ENDS if ends.start == start]
        test = data.span(start, start + max(ends.longer for ends in these))
        learn = data.before(start) if forward else data.table
        lengths = [ends.horizon for ends in these]
        hazards = out_of_fold_at(learn, test, by, fit_hazard, lengths)
        for ends, hazard in zip(these, hazards, strict=True):
            told_of = _horizon(ends, test, probability_of(hazard))
            if not forward:
                told_of["departements"] = _departements(ends, test, probability_of(hazard))
            yield told_of


def _departements(ends: Ends, test: pd.DataFrame, probability: Array) -> list[dict[str, Any]]:
    there = test["departement"].to_numpy(str)
    return [
        _row(name, test[there == name], probability[there == name], ends)
        for name in sorted(set(there))
    ]


def _horizon(ends: Ends, test: pd.DataFrame, probability: Array) -> dict[str, Any]:
    where = test["rurality"].to_numpy(str)
    town = where == RURALITY[0]
    groups = {EVERYWHERE: np.ones(len(test), bool), OUTSIDE_TOWNS: ~town}
    groups |= {name: where == name for name in RURALITY}
    return {
        "horizon": ends.horizon,
        "start": ends.start,
        "shorter": ends.shorter,
        "longer": ends.longer,
        "counted": ends.counted,
        "rows": [_row(name, test[here], probability[here], ends) for name, here in groups.items()],
    }


def _row(name: str, test: pd.DataFrame, probability: Array, ends: Ends) -> dict[str, Any]:
    """Return communes, losses, those expected, and their ratio."""
    first = test[f"lost_{ends.start + ends.shorter}"].sum() if ends.shorter else 0.0
    last = test[f"lost_{ends.start + ends.longer}"].sum()
    came = between(len(test), (float(first), float(last)), ends)
    expected = float(probability.sum())
    spread = float(np.sqrt((probability * (1 - probability)).sum()))
    return {
        "group": name,
        "communes": len(test),
        "losses": came,
        "expected": expected,
        "ratio": expected / came if came > 0 else None,
        "chance": abs(expected - came) <= 1.96 * spread,
    }
