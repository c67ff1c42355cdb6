"""Who answers together: the grouping of territories that takes the least regulators.

Every group that may be (its members neighbours of one another, so many at most) has a cost; each
territory is in one group:

    min Σ_g cost_g · z_g    with Σ_{g ∋ i} z_g = 1 for each territory i,  z_g ∈ {0, 1}

Reference: set partitioning (Balas and Padberg, "Set partitioning: a survey", SIAM Review 18, 1976),
solved by HiGHS.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy
from scipy import sparse

from geo.errors import InvalidInputError, UnsolvedError

Group = tuple[int, ...]

MOST_GROUPS = 60_000
"""Groups that are tried at most: 13 territories, all neighbours, by any number, are 8,191."""
_PROVEN = 1e-6


@dataclass(frozen=True)
class Grouping:
    """A grouping and its proof.

    Attributes
    ----------
    groups
        Territories of each group, ascending; every territory once.
    cost, bound
        What it takes, and the least that any grouping takes.
    status
        "optimal" when the cost reaches the bound, else "bounded".
    """

    groups: tuple[Group, ...]
    cost: float
    bound: float
    status: str


def connected_groups(count: int, neighbours: Sequence[tuple[int, int]], most: int) -> list[Group]:
    """Return every set of territories that hold together, by numbers of members, then by rank.

    Parameters
    ----------
    count
        Number of territories.
    neighbours
        Pairs of neighbours.
    most
        Members of a group at most, 1 or more.

    Raises
    ------
    InvalidInputError
        There are more than `MOST_GROUPS`, or `most` is under 1.

    Examples
    --------
    >>> connected_groups(3, [(0, 1), (1, 2)], 2)
    [(0,), (1,), (2,), (0, 1), (1, 2)]
    """
    if most < 1:
        raise InvalidInputError("Un groupe compte au moins un département.")
    beside: list[set[int]] = [set() for _ in range(count)]
    for one, other in neighbours:
        beside[one].add(other)
        beside[other].add(one)
    size: set[Group] = {(k,) for k in range(count)}
    found: list[Group] = sorted(size)
    for _ in range(1, most):
        size = {
            tuple(sorted((*group, new)))
            for group in size
            for new in set().union(*(beside[k] for k in group)).difference(group)
        }
        found += sorted(size)
        if len(found) > MOST_GROUPS:
            raise InvalidInputError(
                f"Plus de {MOST_GROUPS} groupements sont possibles : réduisez le nombre de "
                "départements par groupe."
            )
    return found


def best_groups(
    count: int, groups: Sequence[Group], costs: npt.ArrayLike, *, time_limit: float = 20.0
) -> Grouping:
    """Return the grouping of least cost; at equal cost, that of most groups.

    Parameters
    ----------
    count
        Number of territories.
    groups, costs
        Groups that may be, and what each takes (0 or more); infinite: the group may not be.
    time_limit
        Seconds allowed.

    Raises
    ------
    InvalidInputError
        Some territory is in no group that may be.
    UnsolvedError
        HiGHS stopped without any grouping.
    """
    cost = np.asarray(costs, dtype=np.float64)
    may = np.flatnonzero(np.isfinite(cost))
    members = [groups[int(k)] for k in may]
    inside = sparse.csc_array(
        (
            np.ones(sum(map(len, members))),
            np.concatenate([np.array(group, dtype=np.int64) for group in members])
            if members
            else np.empty(0, dtype=np.int64),
            np.cumsum([0, *map(len, members)]),
        ),
        shape=(count, may.size),
    )
    if count and (np.bincount(inside.indices, minlength=count) == 0).any():
        raise InvalidInputError("Un département n’entre dans aucun groupement possible.")
    if not count:
        return Grouping((), 0.0, 0.0, "optimal")
    # Less than a whole regulator-hour in all: it only chooses among equals.
    simpler = -0.4 / count
    answer = scipy.optimize.milp(
        cost[may] + simpler,
        constraints=scipy.optimize.LinearConstraint(inside, 1.0, 1.0),
        integrality=np.ones(may.size),
        bounds=scipy.optimize.Bounds(0.0, 1.0),
        options={"time_limit": time_limit, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        raise UnsolvedError(
            f"HiGHS n’a trouvé aucun groupement ({answer.message}) : réduisez le nombre de "
            "départements par groupe."
        )
    chosen = np.flatnonzero(answer.x > 0.5)
    total = float(cost[may][chosen].sum())
    weighed = total + simpler * chosen.size
    least = total if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
    proven = weighed - least <= _PROVEN * max(abs(weighed), 1.0)
    return Grouping(
        tuple(members[k] for k in chosen),
        total,
        total if proven else min(total, least),
        "optimal" if proven else "bounded",
    )
