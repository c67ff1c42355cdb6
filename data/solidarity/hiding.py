"""Whether what host sites receive tells who goes there.

Of a commune of ten doctors or more, five stay: nobody learns that all of them go. A smaller one
that gives is hidden where others could have given in its place: every half-day that it gives to a
host site could come from communes that reach the same site, by doctors who stay at home in this
plan. Where they could give what five volunteers give, all that is told of sites, of groups and of
flows stays true with nobody from that commune, or from any few of them together: each of its sites,
and so any set of them, finds as much (Hall's condition).
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.french import number
from data.region.rules import LEAST_PUBLIC_GPS
from geo.solidarity import HelpPlan, HelpProblem, plan

Floats = npt.NDArray[np.float64]

LEAST_ABLE = 2 * LEAST_PUBLIC_GPS
"""Doctors who could reach a host site, at least: five who go there and as many who do not."""

STATUS = {
    "optimal": "optimum prouvé",
    "bounded": "optimum non prouvé",
}
"""What a plan is, in French, beside its bound, where no small commune gave way."""


def proof_words(status: str, covered: float, bound: float) -> str:
    """Return what a plan is, in French; a gap that figures do not show is said to be small.

    Examples
    --------
    >>> proof_words("hiding", 100.2, 143.4)
    'les 43 de plus diraient qui se déplace, faute d’assez de médecins à portée'
    """
    more = round(bound) - round(covered)
    if status != "optimal" and not more:
        return "à moins d’une demi-journée près"
    if status == "hiding":
        told = (
            "la demi-journée de plus dirait"
            if more == 1
            else f"les {number(more)} de plus diraient"
        )
        return f"{told} qui se déplace, faute d’assez de médecins à portée"
    return STATUS[status]


def too_few(profession: str) -> str:
    """Return why nobody may be sent somewhere, in French: nobody is near, or too few to hide."""
    return (
        f"aucun {profession} ne peut s’y rendre, ou trop peu (moins de {LEAST_ABLE}) pour que l’on "
        "ne sache pas lesquels"
    )


def may_leave(doctors: Floats) -> Floats:
    """Return how many doctors of each commune a plan may enlist: of ten or more, all but five."""
    return np.where(doctors >= LEAST_ABLE, doctors - LEAST_PUBLIC_GPS, doctors)


def reached_by_enough(roads: pd.DataFrame, doctors: Floats) -> npt.NDArray[np.bool_]:
    """Tell for each road whether enough doctors could reach the host site where it leads.

    Parameters
    ----------
    roads
        origin (position in `doctors`), host.
    doctors
        Doctors of each origin.
    """
    able = pd.Series(doctors[roads["origin"].to_numpy(dtype=np.int64)])
    total = able.groupby(roads["host"].to_numpy()).transform("sum")
    return (total >= LEAST_ABLE).to_numpy(dtype=bool)


def exposed(
    trips: pd.DataFrame,
    roads: pd.DataFrame,
    able: Floats,
    ceiling: float,
    group: npt.NDArray[np.object_] | None = None,
) -> list[tuple[str, int]]:
    """Return the groups and host sites where a small commune that gives is not hidden.

    Parameters
    ----------
    trips
        origin, host, half_days (a month) of a plan; none of 0.
    roads
        origin, host: all that could be.
    able
        Doctors of each origin who could give.
    ceiling
        Half-days a month that one gives at most.
    group
        Group of each origin that is told apart; None where no donor is told of.

    Returns
    -------
    list of tuple
        Group ("" for all) and host.
    """
    start, road = (one["origin"].to_numpy(dtype=np.int64) for one in (trips, roads))
    there, at = (one["host"].to_numpy(dtype=np.int64) for one in (trips, roads))
    taken = np.bincount(start, trips["half_days"].to_numpy(dtype=np.float64), able.size)
    spare = np.maximum(ceiling * may_leave(able) - taken, 0.0)
    small = able[start] < LEAST_ABLE
    if not small.any():
        return []
    # Pairs of group and host site as whole numbers, those where a small commune gives alone.
    of, names = pd.factorize(np.full(able.size, "", dtype=object) if group is None else group)
    hosts = int(there.max()) + 1
    pairs, pair = np.unique(of[start[small]] * hosts + there[small], return_inverse=True)
    given = np.zeros(pairs.size)
    np.maximum.at(given, pair, spare[start[small]])
    # What all around have to spare there.
    told = np.zeros(max(hosts, int(at.max(initial=0)) + 1), dtype=bool)
    told[there[small]] = True
    near = road[told[at]]
    key = of[near] * hosts + at[told[at]]
    place = np.minimum(np.searchsorted(pairs, key), pairs.size - 1)
    known = pairs[place] == key
    around = np.bincount(place[known], spare[near[known]], pairs.size)
    short = pairs[around - given < LEAST_PUBLIC_GPS * ceiling]
    return sorted((str(names[one // hosts]), int(one % hosts)) for one in short)


def hidden_plan(
    problem: HelpProblem,
    doctors: Floats,
    *,
    volunteers: int | None,
    sites: int | None,
    time_limit: float,
) -> tuple[HelpProblem, HelpPlan]:
    """Return the best plan that does not tell who goes, and the trips that were left to it.

    Where what a site receives would tell that a small commune gives, the plan is made again without
    the small communes at that site.

    Parameters
    ----------
    problem
        Needs, roads (those of `reached_by_enough`) and `may_leave` doctors.
    doctors
        Doctors of each donor, shape (m,).
    volunteers, sites, time_limit
        See `geo.solidarity.plan`; the limit is that of each plan.

    Returns
    -------
    tuple
        The problem with the trips that are left, and its plan: status "hiding" where some gave way,
        its bound being that of a plan that would have told.
    """
    first: HelpPlan | None = None
    while True:
        found = plan(problem, volunteers=volunteers, sites=sites, time_limit=time_limit)
        roads = pd.DataFrame({"origin": problem.donor, "host": problem.host})
        given = roads.assign(half_days=found.given)[found.given > 0]
        told = exposed(given, roads, doctors, problem.ceiling)
        if not told:
            break
        first = first or found
        small = (doctors < LEAST_ABLE)[problem.donor]
        left = ~(small & np.isin(problem.host, [host for _, host in told]))
        problem = replace(
            problem,
            donor=problem.donor[left],
            host=problem.host[left],
            minutes=problem.minutes[left],
        )
    if first is None:
        return problem, found
    return problem, replace(found, bound=first.bound, status="hiding")
