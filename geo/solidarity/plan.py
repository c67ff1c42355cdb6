"""Half-days lent by donors to host sites and served to targets: a flow with opening of sites.

Variables: x_jh half-days a month that donor j gives at host h, y_ht those that target t receives
there, z_h = 1 if h is open; d_j doctors of j, c ceiling of a volunteer, V volunteers, k sites.

    max Σ y_ht                                  half-days of need that are covered
    Σ_h x_jh ≤ c · d_j                          doctors there are
    Σ_jh x_jh ≤ c · V                           volunteers in all
    Σ_j x_jh = Σ_t y_ht                         what is given at a host is received there
    Σ_h y_ht ≤ need_t
    y_ht ≤ need_t · z_h,  Σ_h z_h ≤ k           host sites
    Σ_j l_rj Σ_h x_jh ≤ margin_r                what protected place r may lose

Then, sites being held, roads are shortened. Volunteers are whole: where the flow would enlist more
than V people part-time, the V that give most are kept and the flow is solved again; the bound is
that of the first flow, so that the gap, if any, is printed.

Sites are chosen by `geo.solidarity.opening`, roads by `geo.solidarity.flow`.

Reference: the fixed-charge network flow (Hirsch and Dantzig, "The fixed charge problem", Naval
Research Logistics Quarterly 15, 1968), solved by HiGHS.
"""

import time

import numpy as np

from geo.errors import InvalidInputError
from geo.solidarity.flow import NOTHING, Flow, best_flow, most_covered
from geo.solidarity.opening import best_sites, largest_sites, short_of
from geo.solidarity.problem import Floats, HelpPlan, HelpProblem, Ints


def plan(
    problem: HelpProblem,
    *,
    volunteers: int | None = None,
    sites: int | None = None,
    time_limit: float = 60.0,
) -> HelpPlan:
    """Cover as much need as can be, then on the shortest roads.

    Parameters
    ----------
    problem
        Needs, donors and roads.
    volunteers, sites
        Most volunteers and most host sites in all; None for no limit.
    time_limit
        Seconds allowed; past them the best plan found comes with its bound.

    Raises
    ------
    InvalidInputError
        A limit is negative.
    UnsolvedError
        HiGHS stopped without any plan.
    """
    if (volunteers is not None and volunteers < 0) or (sites is not None and sites < 0):
        raise InvalidInputError("Le nombre de volontaires et de sites ne peut être négatif.")
    start = time.monotonic()
    caps = problem.ceiling * problem.doctors
    total = np.inf if volunteers is None else problem.ceiling * volunteers
    plain = min(float((problem.needs - problem.out_of_reach).sum()), total, float(caps.sum()))
    opened = None if sites is None else largest_sites(problem, sites)
    flow = best_flow(problem, caps, total, opened)
    bound = plain
    if short_of(plain, flow):  # a plain count is not reached: what is the most?
        if sites is None:
            bound = min(plain, most_covered(problem, caps, total))
        else:
            most, better = best_sites(problem, caps, total, sites, time_limit)
            bound, flow = min(plain, most), max(flow, better, key=lambda one: one[1].sum())
            opened = np.isin(np.arange(problem.hosts), problem.host[flow[0] > 0])
    enlisted = _enlisted(problem, flow)
    if volunteers is not None and enlisted.sum() > volunteers:
        whole = _whole(_by_donor(problem, flow) / problem.ceiling, problem.doctors, volunteers)
        whole = problem.ceiling * np.minimum(whole, problem.doctors)
        flow = best_flow(problem, whole, total, opened)
        enlisted = _enlisted(problem, flow)
    given, received = flow
    covered = float(received.sum())
    return HelpPlan(
        given=given,
        received=received,
        volunteers=enlisted,
        opened=np.unique(problem.host[given > 0]).astype(np.int64),
        covered=covered,
        bound=max(bound, covered),
        road_minutes=float(2 * given @ problem.minutes),
        status="bounded" if short_of(bound, flow) else "optimal",
        seconds=time.monotonic() - start,
    )


def _enlisted(problem: HelpProblem, flow: Flow) -> Ints:
    """Return the whole volunteers that each donor needs, shape (m,)."""
    share = _by_donor(problem, flow) / problem.ceiling
    return np.ceil(share - NOTHING).clip(0).astype(np.int64)


def _by_donor(problem: HelpProblem, flow: Flow) -> Floats:
    return np.bincount(problem.donor, flow[0], problem.doctors.size).astype(np.float64)


def _whole(share: Floats, doctors: Floats, volunteers: int) -> Floats:
    """Round volunteers so that they are `volunteers` in all: largest remainders first."""
    whole = np.floor(share + NOTHING)
    left = np.where(np.ceil(doctors - NOTHING) > whole, share - whole, -1.0)
    order = np.argsort(-left, kind="stable")[: max(int(volunteers - whole.sum()), 0)]
    whole[order[left[order] > 0]] += 1
    return whole
