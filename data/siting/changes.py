"""Who wins and who loses between two states of access: one rule for sites, poles and sheets."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region import rules

_DECIMALS = {"apl": 2, "minutes": 1}
"""Decimals of what changes for a commune."""
BEFORE_AFTER = tuple(f"{what}_{when}" for what in _DECIMALS for when in ("before", "after"))
"""Columns of a table of changes that come in pairs."""
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def winners_and_losers(
    apl: tuple[Floats, Floats], minutes: tuple[Floats, Floats]
) -> tuple[Bools, Bools]:
    """Tell which communes win and which lose; what is under the noise changes nobody.

    Where supply falls and a trip shortens, or the reverse, supply decides.

    Parameters
    ----------
    apl
        APL before and after, consultations a year and inhabitant, shape (n,) each.
    minutes
        Minutes to the nearest GP before and after, shape (n,) each; inf where none is known.

    Returns
    -------
    tuple
        Who wins, who loses; nobody is in both.
    """
    rise = apl[1] - apl[0]
    with np.errstate(invalid="ignore"):
        shorter = np.nan_to_num(minutes[0] - minutes[1], nan=0.0)
    by_supply = np.abs(rise) > rules.APL_NOISE
    wins = np.where(by_supply, rise > 0, shorter > rules.MINUTES_NOISE)
    loses = np.where(by_supply, rise < 0, shorter < -rules.MINUTES_NOISE)
    return wins, loses


def decimals_apart(pairs: Floats, decimals: int) -> list[int]:
    """Return the decimals with which two figures of a commune are told, one more where needed.

    A change beyond the noise, half of the last decimal, may round to the same figure ("perd, 3,99 →
    3,99"); with one decimal more it cannot.

    Parameters
    ----------
    pairs
        Figures before and after of the same communes, shape (n, 2).
    decimals
        Decimals of a figure.
    """
    before, after = pairs.T
    with np.errstate(invalid="ignore"):
        far = np.abs(after - before) > 0.5 * 10.0**-decimals
    same = np.round(before, decimals) == np.round(after, decimals)
    return [decimals + int(more) for more in far & same]


def decimals_of(changes: pd.DataFrame, key: str) -> list[int]:
    """Return the decimals of the figures of a column of changes, row by row.

    Parameters
    ----------
    changes
        With the columns `BEFORE_AFTER`, as computed: what was rounded may no longer be told apart.
    key
        Name of the column; one that is no pair has no decimals.
    """
    what = key.partition("_")[0]
    if what not in _DECIMALS:
        return [0] * len(changes)
    pairs = changes[[f"{what}_before", f"{what}_after"]].to_numpy(dtype=float)
    return decimals_apart(pairs, _DECIMALS[what])
