"""Models that look at the worst-off first: the p-center and the equity variant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from geo.errors import UnsolvedError
from geo.siting.covering import Mclp, cover_most
from geo.siting.problem import (
    Bools,
    CountedModel,
    Deadline,
    Floats,
    SitingProblem,
    Solution,
)
from geo.siting.solver import chosen_columns, distinct_rows, limit_rows, minimise, stack

_NEW_POINTS = 5  # worst-served points added to the reduced problem at each round


@dataclass(frozen=True, kw_only=True)
class PCenter(CountedModel):
    """P-center: least cost for the worst-served demand point, whatever its weight.

    min R  subject to  Σ_{j : c_ij ≤ R} y_j ≥ 1 for each point i,  Σ_j y_j = k (or
    Σ_j p_j y_j ≤ B),  y_j = 1 if j fixed,  y binary. Hakimi (1964), "Optimum locations of
    switching centers", Operations Research 12(3). Solved by bisection over the distinct costs,
    each step a set covering (Minieka, 1970, SIAM Review 12(1)) on the few points that matter
    (Chen, Handler, 1987, Naval Research Logistics 34(6)).
    """

    key: ClassVar[str] = "pcenter"
    criteria: ClassVar[tuple[str, ...]] = ("coût du point le plus mal desservi",)
    maximised: ClassVar[tuple[bool, ...]] = (False,)

    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """Minus the cost of the worst-served point, then minus the points nobody reaches."""
        del problem
        left_out = np.isinf(nearest)
        worst = np.where(left_out, 0.0, nearest).max(axis=0)
        unreached = left_out.sum(axis=0)
        return np.stack([np.where(unreached > 0, -np.inf, -worst), -unreached, -worst])

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        self.check(problem)
        clock = Deadline(time_limit)
        search = CenterSearch(self, problem, clock)
        search.run()
        return self._solution(problem, search.chosen, (search.bound,), clock.spent)


@dataclass(frozen=True, kw_only=True)
class Equity(CountedModel):
    """Worst-off first: the least cost for the worst-served point, then most people covered.

    The first stage is a p-center over the points that a new site can help (a point whose nearest
    site is fixed whatever is chosen limits nothing); the second a maximal covering among the
    choices that reach the optimum of the first: a lexicographic order, as in Ogryczak (1997),
    "On the lexicographic minimax approach to location problems", EJOR 100(3), cut after its
    first criterion.

    Attributes
    ----------
    threshold
        Threshold of the second stage, inclusive, in the unit of the costs.
    """

    threshold: float
    key: ClassVar[str] = "equity"
    criteria: ClassVar[tuple[str, ...]] = (
        "coût du point le plus mal desservi parmi ceux qu’un nouveau site rapproche",
        "population couverte",
    )
    maximised: ClassVar[tuple[bool, ...]] = (False, True)

    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """Minus the worst cost among points that can be helped, then people covered."""
        helped = can_be_helped(problem)
        worst = nearest[helped].max(axis=0, initial=0.0)
        return np.stack([-worst, problem.weights @ (nearest <= self.threshold)])

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bounds."""
        self.check(problem)
        clock = Deadline(time_limit)
        search = CenterSearch(self, problem, clock, can_be_helped(problem))
        search.run()
        covering = Mclp(k=self.k, budget=self.budget, threshold=self.threshold)
        found, bound = cover_most(covering, problem, clock, search.rows_within(search.value))
        chosen = search.chosen if found is None else found
        return self._solution(problem, chosen, (search.bound, bound), clock.spent)


def can_be_helped(problem: SitingProblem) -> Bools:
    """Points that some free candidate would bring closer than the fixed sites do, shape (n,)."""
    free = problem.costs[:, problem.free].min(axis=1, initial=np.inf)
    return np.asarray(free < problem.nearest(problem.fixed))


class CenterSearch:
    """Bisection over the radius, on a growing set of demand points."""

    def __init__(
        self,
        model: CountedModel,
        problem: SitingProblem,
        clock: Deadline,
        points: Bools | None = None,
    ) -> None:
        self.model, self.problem, self.clock = model, problem, clock
        rows = slice(None) if points is None else points
        self.free = problem.free
        self.costs = problem.costs[rows][:, self.free]
        self.fixed = problem.nearest(problem.fixed)[rows]
        self.chosen: Sequence[int] = model.greedy(problem).chosen
        # Nobody can be nearer than his nearest candidate, all candidates open.
        best = np.minimum(self.costs.min(axis=1, initial=np.inf), self.fixed)
        self.bound = float(best.max(initial=0.0))
        if np.isinf(self.bound):
            raise UnsolvedError(
                "Un point de demande n’est atteint par aucun site : complétez les coûts ou écartez "
                "ce point."
            )
        self.value = self._worst(self.chosen)

    def _reach(self, sites: Sequence[int]) -> Floats:
        columns = np.searchsorted(self.free, np.setdiff1d(sites, self.problem.fixed))
        return np.minimum(self.costs[:, columns].min(axis=1, initial=np.inf), self.fixed)

    def _worst(self, sites: Sequence[int]) -> float:
        return float(self._reach(sites).max(initial=0.0))

    def run(self) -> None:
        """Narrow the radius until value and bound meet or the time is over.

        Raises
        ------
        UnsolvedError
            No choice of that many sites reaches all demand points.
        """
        radii = np.unique(np.concatenate([self.costs.ravel(), self.fixed]))
        radii = radii[(radii >= self.bound) & np.isfinite(radii)]
        low, high = 0, int(np.searchsorted(radii, self.value))
        points: list[int] = []
        while low < high:
            middle = (low + high) // 2
            answer = self._within(float(radii[middle]), points)
            if answer is None:  # out of time
                break
            if answer:
                high = int(np.searchsorted(radii, self.value))
            else:
                low = middle + 1
        if low == radii.size and np.isinf(self.value):
            raise UnsolvedError(
                "Aucun choix de ce nombre de sites n’atteint tous les points de demande. "
                "Augmentez k ou le budget."
            )
        self.bound = float(radii[low]) if low < radii.size else self.value

    def rows_within(self, radius: float) -> Bools:
        """Free candidates within a radius of each point that the fixed sites leave beyond it.

        A point whose candidates include all those of another one asks for nothing more: dropped.
        """
        left = self.fixed > radius
        rows, _ = distinct_rows(self.costs[left] <= radius, np.zeros(int(left.sum())))
        sizes = rows.sum(axis=1)
        numbers = rows.astype(np.float32)
        shared = numbers @ numbers.T
        includes = (shared == sizes[None, :]) & (sizes[:, None] > sizes[None, :])
        return rows[~includes.any(axis=1)]

    def _within(self, radius: float, points: list[int]) -> bool | None:
        """Whether some choice serves every point within the radius; None: out of time."""
        left = self.fixed > radius
        covers = self.costs <= radius
        limits = limit_rows(self.problem, self.model.k, self.model.budget, self.free, 0)
        while True:
            rows = covers[[point for point in points if left[point]]].astype(float)
            answer = minimise(
                np.zeros(self.free.size),
                *stack(
                    limits,
                    (
                        sparse.csr_array(rows.reshape(-1, self.free.size)),
                        np.ones(len(rows)),
                        np.full(len(rows), np.inf),
                    ),
                ),
                integers=self.free.size,
                deadline=self.clock,
            )
            if answer.infeasible:
                return False
            if answer.x is None:
                return None
            found = chosen_columns(answer.x, self.free)
            reach = self._reach(found)
            worst = float(reach.max(initial=0.0))
            if worst < self.value:
                self.value, self.chosen = worst, [*self.problem.fixed, *found]
            if worst <= radius:
                return True
            order = np.argsort(-reach, kind="stable")[:_NEW_POINTS]
            points.extend(int(point) for point in order if reach[point] > radius)
