"""The p-median: sites that bring people closest on average, exact on regional instances."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import ClassVar

import numpy as np
from scipy import sparse

from geo.errors import UnsolvedError
from geo.siting.lagrange import ROUNDING, Bools, Dual, Limits, Ranked, ascend
from geo.siting.problem import CountedModel, Deadline, Floats, Ints, SitingProblem, Solution
from geo.siting.solver import chosen_columns, distinct_rows, limit_rows, minimise, stack

_ROOT_STEPS, _BRANCH_STEPS = 150, 60
_FIRST_STEP, _NEXT_STEP, _BRANCH_STEP = 1.0, 0.5, 0.3
_STALLED = 1e-5  # relative rise under which another round at the root is not worth its time
_WORTH_SORTING = 0.95  # share of columns still useful under which the others are taken out


@dataclass(frozen=True, kw_only=True)
class PMedian(CountedModel):
    """P-median: least sum of people times cost to the nearest open site.

    min Σ_i Σ_j w_i c_ij x_ij  subject to  Σ_j x_ij = 1,  x_ij ≤ y_j,  Σ_j y_j = k (or
    Σ_j p_j y_j ≤ B),  y_j = 1 if j fixed,  y binary, x ≥ 0. Hakimi (1964), "Optimum locations of
    switching centers", Operations Research 12(3).

    Solved by branch and bound on the sites. Each bound is Lagrangian (`geo.siting.lagrange`), each
    answer is improved by exchanging sites one by one (Teitz, Bart, 1968, Operations Research
    16(5)), and the sites that a bound excludes are dropped (Beasley, 1985, "A note on solving
    large p-median problems", EJOR 21(2)).

    Points without people do not count. Points that no candidate reaches make it unsolvable.
    """

    key: ClassVar[str] = "pmedian"
    criteria: ClassVar[tuple[str, ...]] = ("somme des coûts × population",)
    maximised: ClassVar[tuple[bool, ...]] = (False,)

    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """Minus the weighted cost, then minus the people nobody reaches: shape (2, …)."""
        reached = np.isfinite(nearest)
        sums = problem.weights @ np.where(reached, nearest, 0.0)
        left_out = problem.weights @ ~reached
        # While some people are unreached the sum is infinite: reach them first, then shorten.
        return np.stack([np.where(left_out > 0, -np.inf, -sums), -left_out, -sums])

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound.

        Raises
        ------
        UnsolvedError
            No choice found reaches all demand points.
        """
        self.check(problem)
        clock = Deadline(time_limit)
        search = _Search(self, problem, clock)
        if np.isinf(search.value):
            raise UnsolvedError(
                "Aucun choix trouvé n’atteint tous les points de demande. Augmentez k, le budget "
                "ou la limite de temps."
            )
        search.run()
        chosen = [*problem.fixed, *search.free[search.best]]
        return self._solution(problem, chosen, (search.bound,), clock.spent)


@dataclass(frozen=True, eq=False)
class _Branch:
    """A part of the choices: some columns open, some left to choose from, the others closed."""

    opened: Ints
    alive: Bools
    dual: Dual


class _Search:
    """Bounds from both sides on one instance; sites are columns of its free candidates."""

    def __init__(self, model: PMedian, problem: SitingProblem, clock: Deadline) -> None:
        self.clock = clock
        people = problem.weights > 0
        weights = problem.weights[people]
        self.free = problem.free
        # What a point pays when it stays with the fixed sites.
        self.ceiling = problem.nearest(problem.fixed)[people] * weights
        costs = problem.costs[np.ix_(people, self.free)] * weights[:, None]
        self.costs = np.minimum(costs, self.ceiling[:, None])
        least = np.minimum(self.costs.min(axis=1, initial=np.inf), self.ceiling)
        if np.isinf(least).any():
            raise UnsolvedError(
                "Un point de demande n’est atteint par aucun site : la p-médiane est impossible. "
                "Complétez les coûts ou écartez ce point."
            )
        self.bound = float(least.sum())
        self.limits = _limits(model, problem)
        greedy = np.setdiff1d(model.greedy(problem).chosen, problem.fixed)
        self.best: Ints = np.searchsorted(self.free, greedy).astype(np.int64)
        self.value = self._value(self.best)
        if np.isinf(self.value):
            self._reach_everybody(model, problem)
        # Columns that a better choice may contain; branches number them anew.
        self.columns: Ints = np.flatnonzero(self.limits.affordable(self.free.size))
        self.ranked = Ranked.of(self.costs[:, self.columns])
        self.tried: set[tuple[int, ...]] = set()

    def _value(self, chosen: Ints) -> float:
        reached = self.costs[:, chosen].min(axis=1, initial=np.inf)
        return float(np.minimum(reached, self.ceiling).sum())

    def _reach_everybody(self, model: PMedian, problem: SitingProblem) -> None:
        """Start from any choice that leaves nobody out, where the greedy one does."""
        reached = np.isfinite(self.costs[np.isinf(self.ceiling)])
        rows, _ = distinct_rows(reached, np.zeros(len(reached)))
        covering = sparse.csr_array(rows.astype(float))
        answer = minimise(
            np.zeros(self.free.size),
            *stack(
                limit_rows(problem, model.k, model.budget, self.free, 0),
                (covering, np.ones(len(rows)), np.full(len(rows), np.inf)),
            ),
            integers=self.free.size,
            deadline=self.clock,
        )
        if answer.x is not None:
            every = np.arange(self.free.size)
            self.best = np.array(chosen_columns(answer.x, every), dtype=np.int64)
            self.value = self._value(self.best)

    @property
    def enough(self) -> float:
        """Bound above which a part of the choices holds nothing better than the best known."""
        return self.value * (1 - ROUNDING)

    def run(self) -> None:
        """Narrow the gap between bound and value until they meet or the time is over."""
        if not self.columns.size or not self.limits.most:
            self.bound = self.value
            return
        self._offer(self.best)
        branches = [(self.bound, 0, self._root())]
        numbers = count(1)
        while branches and branches[0][0] < self.enough and self.clock.left > 0:
            bound, _, branch = heapq.heappop(branches)
            for part in self._split(branch):
                heapq.heappush(branches, (max(part.dual.bound, bound), next(numbers), part))
        lowest = branches[0][0] if branches else self.value
        self.bound = max(self.bound, min(lowest, self.value))

    def _root(self) -> _Branch:
        """Bound all the choices at once, and take out the columns of no better choice."""
        nobody = np.arange(0)
        multipliers, step = self._second_nearest(), _FIRST_STEP
        while True:
            alive = np.ones(self.columns.size, dtype=np.bool_)
            dual = self._ascend(nobody, alive, multipliers, _ROOT_STEPS, step)
            rise = dual.bound - self.bound
            self.bound = max(self.bound, dual.bound)
            self._offer_likeliest(nobody, alive, dual)
            alive = self._useful(alive, dual)
            if self.bound >= self.enough or rise < _STALLED * self.value or self.clock.left <= 0:
                return _Branch(nobody, alive, dual)
            if alive.mean() < _WORTH_SORTING:
                self.columns = self.columns[alive]
                self.ranked = Ranked.of(self.costs[:, self.columns])
            multipliers, step = dual.multipliers, _NEXT_STEP

    def _second_nearest(self) -> Floats:
        """Multipliers to start from: where a site closes, its people go to the second nearest."""
        near = np.sort(np.column_stack([self.costs[:, self.best], self.ceiling]), axis=1)[:, :2]
        return np.where(np.isfinite(near[:, 1]), near[:, 1], near[:, 0])

    def _split(self, branch: _Branch) -> Iterator[_Branch]:
        """Open, then close, the site whose share in the mean answer is nearest to a half."""
        alive = self._useful(branch.alive, branch.dual)
        if not alive.any():
            self._offer(self.columns[branch.opened])
            return
        column = int(np.where(alive, np.abs(branch.dual.shares - 0.5), np.inf).argmin())
        alive[column] = False
        for opened in (np.append(branch.opened, column), branch.opened):
            limits = self.limits.of(self.columns).after(opened)
            left = alive & limits.affordable(alive.size)
            if limits.least >= left.sum():
                if limits.least == left.sum():
                    self._offer(self.columns[np.append(opened, np.flatnonzero(left))])
                continue
            if limits.most == 0:
                self._offer(self.columns[opened])
                continue
            dual = self._ascend(opened, left, branch.dual.multipliers, _BRANCH_STEPS, _BRANCH_STEP)
            if dual.bound < self.enough:
                self._offer_likeliest(opened, left, dual)
                yield _Branch(opened, left, dual)

    def _ascend(
        self, opened: Ints, alive: Bools, multipliers: Floats, steps: int, step: float
    ) -> Dual:
        return ascend(
            self.ranked,
            np.minimum(self.ceiling, self.ranked.columns[opened].min(axis=0, initial=np.inf)),
            self.limits.of(self.columns).after(opened),
            alive=alive,
            start=multipliers,
            value=self.value,
            steps=steps,
            step=step,
            clock=self.clock,
        )

    def _useful(self, alive: Bools, dual: Dual) -> Bools:
        """Columns alive that, once open, leave the bound under the best value."""
        return alive & (dual.bound + dual.rises <= self.value * (1 + ROUNDING))

    def _offer_likeliest(self, opened: Ints, alive: Bools, dual: Dual) -> None:
        """Offer the sites already open and, while they are allowed, the likeliest of the others."""
        limits = self.limits.of(self.columns)
        chosen = opened
        for column in np.argsort(-dual.shares, kind="stable"):
            if alive[column] and limits.after(chosen).affordable(alive.size)[column]:
                chosen = np.append(chosen, column)
            if chosen.size == limits.most:
                break
        self._offer(self.columns[chosen])

    def _offer(self, chosen: Ints) -> None:
        """Keep a choice if it is better, once no exchange of sites improves it."""
        key = tuple(sorted(chosen.tolist()))
        if key in self.tried or not self.limits.allow(chosen):
            return
        self.tried.add(key)
        if np.isinf(self._value(chosen)):
            return
        if np.isin(chosen, self.columns).all():
            limits = self.limits.of(self.columns)
            places = np.searchsorted(self.columns, chosen)
            better = exchange(self.ranked.columns.T, self.ceiling, limits, places)
            chosen = self.columns[better]
        value = self._value(chosen)
        if value < self.value:
            self.best, self.value = np.sort(chosen), value


def _limits(model: PMedian, problem: SitingProblem) -> Limits:
    """Return what the sites that are not fixed must respect."""
    most = problem.free.size if model.k is None else model.k - problem.fixed.size
    if model.budget is None or problem.prices is None:
        return Limits(most, most)
    left = model.budget - problem.price(problem.fixed)
    return Limits(0, most, problem.prices[problem.free], left)


def exchange(costs: Floats, ceiling: Floats, limits: Limits, chosen: Ints) -> Ints:
    """Exchange a site for another, or add one, while the limits allow it and the cost falls.

    Parameters
    ----------
    costs
        Weighted cost of each point to each column, shape (n, m).
    ceiling
        Weighted cost of each point when it stays with the fixed sites, shape (n,).
    limits
        What the choice must respect.
    chosen
        Columns, which leave no point out.

    Returns
    -------
    numpy.ndarray
        Columns after the last useful exchange (Teitz and Bart, 1968).
    """
    while True:
        reach = np.column_stack([costs[:, chosen], ceiling, np.full(ceiling.size, np.inf)])
        first = reach.argmin(axis=1)
        two = np.partition(reach, 1, axis=1)[:, :2]
        nearest, second = two[:, :1], two[:, 1:]
        gains = np.maximum(nearest - costs, 0.0).sum(axis=0)
        losses = np.minimum(second, costs) - np.minimum(nearest, costs)
        owners = sparse.csr_array(
            (np.ones(first.size), (first, np.arange(first.size))),
            shape=(chosen.size + 2, first.size),
        )
        # The last row but one closes nothing: points that stay with the fixed sites lose nothing.
        net = gains[None] - (owners @ losses)[: chosen.size + 1]
        net[-1] = gains if chosen.size < limits.most else -np.inf
        net[:, chosen] = -np.inf
        if limits.prices is not None:
            paid = np.append(limits.prices[chosen], 0.0)
            spent = paid.sum() - paid[:, None] + limits.prices[None]
            net[spent > limits.budget + ROUNDING] = -np.inf
        out, best = np.unravel_index(int(net.argmax()), net.shape)
        if net[out, best] <= ROUNDING * nearest.sum():
            return chosen
        chosen = np.append(np.delete(chosen, [out] if out < chosen.size else []), best)
