"""Sets of communes cut from one tree, so that those of two states of the data are nested.

Who hides in a set today, and in another one after an import, is in what both have in common. Sets
made anew from counts may have one commune in common; those cut from a tree that counts have no part
in are nested or apart, and the smaller one holds all that it was asked to hold in its own state.

The leaves are EPCI, never parted; the tree joins them by how many communes they have and how near
they are, and by nothing else.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.plane import plane_km


@dataclass(frozen=True)
class Wanted:
    """What each set must hold at least: GPs, and communes that count."""

    gps: float
    communes: int


def cut(
    communes: pd.DataFrame, counting: npt.NDArray[np.bool_], wanted: Wanted
) -> list[npt.NDArray[np.int64]]:
    """Return the smallest sets of a tree that all hold what is wanted.

    A branch is parted where each of its two parts, alone, holds what is wanted or nothing at all.
    More that is wanted gives sets made of whole smaller ones.

    Parameters
    ----------
    communes
        All communes of a region: code, epci ("" where there is none), lon, lat (degrees, WGS84),
        gps; n rows.
    counting
        Those that are grouped, shape (n,): only they are in the sets.
    wanted
        What each set holds at least.

    Returns
    -------
    list of array
        Positions in `communes` of those that count, one array a set; together they are all that
        count. Empty where all together do not hold what is wanted.
    """
    leaf, joins = _tree(communes)
    gps = np.where(counting, communes["gps"].to_numpy(dtype=np.float64), 0.0)
    held = np.bincount(leaf, gps).tolist()
    many = np.bincount(leaf, counting).tolist()
    leaves = [[one] for one in range(len(held))]
    for left, right in joins:
        held.append(held[left] + held[right])
        many.append(many[left] + many[right])
        leaves.append(leaves[left] + leaves[right])

    def stands(node: int) -> bool:
        enough: bool = held[node] >= wanted.gps and many[node] >= wanted.communes
        return enough or many[node] == 0

    found: list[npt.NDArray[np.int64]] = []
    waiting = [len(held) - 1] if stands(len(held) - 1) else []
    first_join = len(held) - len(joins)
    while waiting:
        node = waiting.pop()
        parts = joins[node - first_join] if node >= first_join else ()
        if parts and all(map(stands, parts)):
            waiting += parts
        elif many[node]:
            found.append(np.flatnonzero(counting & np.isin(leaf, leaves[node])))
    return sorted(found, key=lambda one: int(one[0]))


def _tree(communes: pd.DataFrame) -> tuple[npt.NDArray[np.int64], list[tuple[int, int]]]:
    """Return the leaf of each commune, and which two nodes each further node joins.

    The node of the fewest communes joins the nearest one, until one is left: a small EPCI has a
    small neighbour for sister, so that few are joined for its sake.
    """
    own = communes["epci"].where(communes["epci"] != "", communes["code"])
    names, leaf = np.unique(own.to_numpy(object).astype(str), return_inverse=True)
    many = np.bincount(leaf).astype(np.float64)
    plane = plane_km(communes["lon"], communes["lat"])
    sums = np.column_stack([np.bincount(leaf, axis) for axis in plane.T])
    node = np.arange(names.size)
    joins = []
    for new in range(names.size, 2 * names.size - 1):
        first = int(np.argmin(many))
        apart = ((sums / many[:, None] - sums[first] / many[first]) ** 2).sum(axis=1)
        apart[first] = np.inf
        nearest = int(np.argmin(apart))
        joins.append((int(node[first]), int(node[nearest])))
        many[nearest] += many[first]
        sums[nearest] += sums[first]
        node[nearest] = new
        left = np.arange(many.size) != first
        many, sums, node = many[left], sums[left], node[left]
    return leaf, joins
