"""Each horizon of 1 to 6 years checked: regions held out, and forward in time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.backtests.horizons import ENDS, EVERYWHERE, OUTSIDE_TOWNS, Ends, between
from models.learning.features import RURALITY
from models.learning.hazard import probability_of
from models.learning.training import Rows, fit_hazard, out_of_fold_at

Array = npt.NDArray[np.float64]


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
