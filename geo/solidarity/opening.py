"""Which host sites to open: donors are left out until they are found to be short.

Master programme, in what is received y_ht and in sites z_h alone:

    max Σ y_ht,   Σ_h y_ht ≤ need_t,   y_ht ≤ need_t · z_h,   Σ_h z_h ≤ k,   Σ y_ht ≤ total

An upper bound for the whole, ten times smaller: donors are many and near, so that it is most often
the answer. Where the donors cannot give what it asks at the hosts, g_h = Σ_t y_ht, the dual of the
flow from donors to hosts says why, and a cut goes into the master. With prices μ_j of the ceiling
of donor j and ν_r of the margin of protected place r, a half-day of j is worth
p_j = μ_j + Σ_r l_rj ν_r and one received at h at least w_h = min(1, min_{j → h} p_j):

    Σ_h w_h g_h ≤ Σ_j μ_j c d_j + Σ_r ν_r margin_r

holds for whatever can be given, at closed sites too. Sites are fractions of sites first: rounded,
they often reach the bound, and no branching is needed.

Reference: Benders, "Partitioning procedures for solving mixed-variables programming problems",
Numerische Mathematik 4, 1962; Geoffrion and Graves, "Multicommodity distribution system design by
Benders decomposition", Management Science 20, 1974, for sites.
"""

import time
from dataclasses import dataclass, field

import numpy as np
import scipy
from scipy import sparse

from geo.solidarity.flow import Bools, Flow, best_flow, sums
from geo.solidarity.problem import Floats, HelpProblem

PROVEN = 1e-6
"""Relative gap under which the cover counts as proven."""
_MOST_CUTS = 60
"""Cuts of a search: past them the bound is one, but the sites may not be the best."""
_LEAST_SECONDS = 0.1


def short_of(bound: float, flow: Flow) -> bool:
    """Tell whether a flow covers less than a bound."""
    return bound - float(flow[1].sum()) > PROVEN * max(bound, 1.0)


def best_sites(
    problem: HelpProblem, caps: Floats, total: float, sites: int, time_limit: float
) -> tuple[float, Flow]:
    """Choose the host sites: return the most that any plan covers, and the best flow found."""
    until = time.monotonic() + time_limit
    master = _Master(problem, caps, min(total, float(caps.sum())), sites)
    bound, best = np.inf, (np.zeros(problem.donor.size), np.zeros(problem.target.size))
    for whole in (False, True):
        while True:
            most, received, opened = master.solve(whole, until - time.monotonic())
            bound = min(bound, most)
            if received is None:  # out of time without any answer
                return bound, best
            late = time.monotonic() > until
            if late or len(master.cuts) >= _MOST_CUTS or not master.cut(received):
                break
        flow = best_flow(problem, caps, total, opened)
        best = max(best, flow, key=lambda one: float(one[1].sum()))
        if late or not short_of(bound, best):
            break
    return bound, best


@dataclass(eq=False)
class _Master:
    """The programme without donors, and what is known of them: weights of hosts and their most."""

    problem: HelpProblem
    caps: Floats
    total: float
    sites: int
    cuts: list[tuple[Floats, float]] = field(default_factory=list)

    def solve(self, whole: bool, seconds: float) -> tuple[float, Floats | None, Bools]:
        """Return a bound, what each host receives (None where no time was left), and who opens."""
        problem = self.problem
        pairs, size = problem.target.size, problem.target.size + problem.hosts
        received, opened = slice(0, pairs), slice(pairs, size)
        reached = np.zeros(problem.hosts)
        reached[problem.host[self.caps[problem.donor] > 0]] = 1.0
        cost = np.zeros(size)
        cost[received] = -1.0
        integrality = np.zeros(size)
        integrality[opened] = float(whole)
        answer = scipy.optimize.milp(
            cost,
            integrality=integrality,
            bounds=scipy.optimize.Bounds(0, np.append(np.full(pairs, np.inf), reached)),
            constraints=self._rows(received, opened, size),
            options={"mip_rel_gap": PROVEN, "time_limit": max(seconds, _LEAST_SECONDS)},
        )
        none = np.zeros(problem.hosts, dtype=bool)
        bound = answer.mip_dual_bound if whole else answer.fun
        most = np.inf if bound is None or not np.isfinite(bound) else -float(bound)
        if answer.x is None:
            return most, None, none
        # Of fractions, the largest; none that is closed.
        order = np.argsort(-answer.x[opened], kind="stable")[: self.sites]
        none[order] = answer.x[opened][order] > PROVEN
        at_host = np.bincount(problem.served_at, answer.x[received], problem.hosts)
        return most, at_host.astype(np.float64), none

    def _rows(self, received: slice, opened: slice, size: int) -> "scipy.optimize.LinearConstraint":
        problem = self.problem
        pairs, hosts, targets = problem.target.size, problem.hosts, problem.needs.size
        one = sums(received, np.arange(pairs), pairs, size)
        open_at = sums(opened, np.arange(hosts), hosts, size)[problem.served_at]
        rows = [
            sums(received, problem.target, targets, size),
            one - sparse.diags_array(problem.needs[problem.target]) @ open_at,
            sums(opened, np.zeros(hosts, dtype=np.int64), 1, size),
            sums(received, np.zeros(pairs, dtype=np.int64), 1, size),
        ]
        most = [problem.needs, np.zeros(pairs), np.array([float(self.sites)])]
        most.append(np.array([self.total]))
        for weights, limit in self.cuts:
            of_pairs = sparse.csr_array(weights[problem.served_at][None, :])
            rows.append(of_pairs @ one)
            most.append(np.array([limit]))
        matrix = sparse.vstack(rows, format="csr")
        return scipy.optimize.LinearConstraint(matrix, -np.inf, np.concatenate(most))

    def cut(self, asked: Floats) -> bool:
        """Add what forbids the half-days asked at hosts; False where donors can give them."""
        problem, caps = self.problem, self.caps
        able = caps[problem.donor] > 0
        used = np.flatnonzero(able & (asked > 0)[problem.host])
        if not used.size:
            return False
        trips, donors = slice(0, used.size), problem.doctors.size
        by_donor = sums(trips, problem.donor[used], donors, used.size)
        rows = [by_donor, sums(trips, problem.host[used], problem.hosts, used.size)]
        limits = [caps, asked]
        if problem.losses is not None:
            rows.append(sparse.csr_array(problem.losses @ by_donor))
            limits.append(problem.margins)
        matrix, most = sparse.vstack(rows, format="csr"), np.concatenate(limits)
        answer = scipy.optimize.linprog(-np.ones(used.size), A_ub=matrix, b_ub=most, method="highs")
        if answer.x is None or asked.sum() + answer.fun <= PROVEN * max(asked.sum(), 1.0):
            return False
        worth = np.maximum(-answer.ineqlin.marginals, 0.0)
        price, left = worth[:donors].copy(), worth[donors + problem.hosts :]
        limit = float(price @ caps + left @ problem.margins)
        if problem.losses is not None:
            price += problem.losses.T @ left
        weights = np.ones(problem.hosts)
        np.minimum.at(weights, problem.host[able], price[problem.donor[able]])
        self.cuts.append((weights, limit))
        return True


def largest_sites(problem: HelpProblem, sites: int) -> Bools:
    """Open the sites one by one, each time the one whose targets still miss most: shape (h,)."""
    reached = np.zeros(problem.hosts, dtype=bool)
    reached[problem.host[problem.doctors[problem.donor] > 0]] = True
    left, opened = problem.needs.copy(), np.zeros(problem.hosts, dtype=bool)
    for _ in range(min(sites, problem.hosts)):
        missing = np.bincount(problem.served_at, left[problem.target], problem.hosts)
        best = int(np.argmax(np.where(reached & ~opened, missing, -1.0)))
        opened[best] = reached[best]
        left[problem.target[problem.served_at == best]] = 0.0
    return opened
