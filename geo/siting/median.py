"""The p-median: sites that bring people closest on average, exact on regional instances."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from geo.errors import UnsolvedError
from geo.siting.problem import CountedModel, Deadline, Floats, Ints, SitingProblem, Solution
from geo.siting.solver import chosen_columns, limit_rows, minimise, stack

_STEPS = 500  # subgradient steps; the bound moves little beyond
_PATIENCE_STEPS = 15  # steps without progress before the step is halved
_SMALLEST_STEP = 2e-3
_IMPROVE_EVERY_STEPS = 40
_ROUNDING = 1e-9  # relative slack that keeps rounding from discarding an optimum


@dataclass(frozen=True, kw_only=True)
class PMedian(CountedModel):
    """P-median: least sum of people times cost to the nearest open site.

    min Σ_i Σ_j w_i c_ij x_ij  subject to  Σ_j x_ij = 1,  x_ij ≤ y_j,  Σ_j y_j = k (or
    Σ_j p_j y_j ≤ B),  y_j = 1 if j fixed,  y binary, x ≥ 0. Hakimi (1964), "Optimum locations of
    switching centers", Operations Research 12(3).

    Solved in three steps, the usual way to keep large instances exact: a Lagrangian bound with
    sites exchanged one by one (Cornuéjols, Fisher, Nemhauser, 1977, Management Science 23(8);
    Teitz, Bart, 1968); candidates that the bound excludes are dropped; HiGHS closes the gap on
    those left, in the radius formulation (Elloumi, 2010, Computers & Operations Research 37(4)),
    where points that rank the candidates alike share their variables.

    Points without people do not count. Points that no candidate reaches make it unsolvable.
    """

    key: ClassVar[str] = "pmedian"
    criteria: ClassVar[tuple[str, ...]] = ("somme des coûts × population",)
    maximised: ClassVar[tuple[bool, ...]] = (False,)

    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """Minus the weighted cost, then minus the people nobody reaches: shape (2, …)."""
        people = problem.weights > 0
        reached = np.isfinite(nearest[people])
        weights = problem.weights[people]
        sums = weights @ np.where(reached, nearest[people], 0.0)
        left_out = weights @ ~reached
        # While some people are unreached the sum is infinite: reach them first, then shorten.
        return np.stack([np.where(left_out > 0, -np.inf, -sums), -left_out, -sums])

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        self.check(problem)
        clock = Deadline(time_limit)
        search = _Search(self, problem, clock)
        search.tighten()
        search.close()
        if not np.isfinite(search.value):
            raise UnsolvedError(
                "Aucun choix trouvé n'atteint tous les points de demande. Augmentez k, le budget "
                "ou la limite de temps."
            )
        chosen = [*problem.fixed, *search.free[search.best]]
        return self._solution(problem, chosen, (search.bound,), clock.spent)


class _Search:
    """Bounds from both sides on one instance; columns are its free candidates."""

    def __init__(self, model: PMedian, problem: SitingProblem, clock: Deadline) -> None:
        self.model, self.problem, self.clock = model, problem, clock
        people = problem.weights > 0
        weights = problem.weights[people]
        self.free = problem.free
        self.costs = problem.costs[np.ix_(people, self.free)] * weights[:, None]
        # What a point pays when it stays with the fixed sites.
        self.ceiling = problem.nearest(problem.fixed)[people] * weights
        self.costs = np.minimum(self.costs, self.ceiling[:, None])
        if np.isinf(self.costs.min(axis=1, initial=np.inf)).any():
            raise UnsolvedError(
                "Un point de demande n'est atteint par aucun site : la p-médiane est impossible. "
                "Complétez les coûts ou écartez ce point."
            )
        greedy = np.array([s for s in model.greedy(problem).chosen if s not in set(problem.fixed)])
        self.best: Ints = np.searchsorted(self.free, greedy).astype(np.int64)
        self.value = self._value(self.best)
        self.bound = float(self.costs.min(axis=1, initial=np.inf).sum()) if self.free.size else 0.0
        self.alive: Ints = np.arange(self.free.size)
        if not self.free.size or not self.best.size:
            self.bound = self.value

    def _value(self, columns: Ints) -> float:
        reached = self.costs[:, columns].min(axis=1, initial=np.inf)
        return float(np.minimum(reached, self.ceiling).sum())

    @property
    def proven(self) -> bool:
        """Whether bound and value meet."""
        return self.bound >= self.value * (1 - _ROUNDING)

    def offer(self, columns: Ints) -> None:
        """Keep a set of sites if it is better, once no exchange of two sites improves it."""
        columns = exchange(self.costs[:, self.alive], self.ceiling, self.alive, columns)
        value = self._value(columns)
        if value < self.value:
            self.best, self.value = columns, value

    def tighten(self) -> None:
        """Lagrangian bound; drops the candidates that no better solution can contain."""
        if self.model.k is None or self.model.budget is not None:
            return  # the exchange and the bound below count sites
        if self.proven or not np.isfinite(self.costs).all():
            return
        new = self.model.k - self.problem.fixed.size
        self.offer(self.best)
        multipliers = np.minimum(
            np.sort(self.costs[:, self.best], axis=1)[:, min(1, new - 1)], self.ceiling
        )
        best_multipliers, step, waited = multipliers, 2.0, 0
        costs = self.costs
        room = np.empty_like(costs)
        tried: set[tuple[int, ...]] = set()
        for turn in range(_STEPS):
            savings = np.minimum(np.subtract(costs, multipliers[:, None], out=room), 0.0, out=room)
            reduced = savings.sum(axis=0)
            order = np.argsort(reduced, kind="stable")
            picked = order[:new]
            bound = float(multipliers.sum() + reduced[picked].sum())
            waited += 1
            if bound > self.bound:
                waited = 0
                self.bound, best_multipliers = bound, multipliers
                kept = bound + reduced - reduced[picked[-1]] <= self.value * (1 + _ROUNDING)
                kept[picked] = True
                if kept.sum() < 0.9 * kept.size:
                    self.alive, costs = self.alive[kept], np.ascontiguousarray(costs[:, kept])
                    room = np.empty_like(costs)
                    continue
            sites = self.alive[picked]
            if turn % _IMPROVE_EVERY_STEPS == 0 and (key := tuple(sorted(sites))) not in tried:
                tried.add(key)
                self.offer(sites)
            slope = 1.0 - (savings[:, picked] < 0).sum(axis=1)
            slope[(slope > 0) & (multipliers >= self.ceiling)] = 0.0
            if self.proven or self.clock.left <= 0 or step < _SMALLEST_STEP or not slope.any():
                break
            if waited > _PATIENCE_STEPS:
                multipliers, step, waited = best_multipliers, step / 2, 0
                continue
            length = step * (self.value - bound) / float(slope @ slope)
            multipliers = np.minimum(multipliers + length * slope, self.ceiling)
        reduced = np.minimum(costs - best_multipliers[:, None], 0.0).sum(axis=0)
        threshold = np.sort(reduced)[new - 1]
        kept = self.bound + reduced - threshold <= self.value * (1 + _ROUNDING)
        self.alive = self.alive[kept]

    def close(self) -> None:
        """Close the gap with HiGHS on the candidates still alive."""
        if self.proven or self.clock.left <= 0:
            return
        columns = self.alive
        constant, weights, parents, lasts, extra = prefix_sets(
            self.costs[:, columns], self.ceiling, columns.size - self._fewest() + 1
        )
        sets = weights.size
        size = columns.size
        # z_S ≥ z_parent − y_last, with z of the empty set 1: z_S tells that no site of S is open.
        row = np.arange(sets)
        inner = parents >= 0
        matrix = sparse.csr_array(
            (
                np.concatenate([np.ones(sets), np.ones(sets), -np.ones(inner.sum())]),
                (
                    np.concatenate([row, row, row[inner]]),
                    np.concatenate([size + row, lasts, size + parents[inner]]),
                ),
            ),
            shape=(sets, size + sets),
        )
        blocks = [
            limit_rows(self.problem, self.model.k, self.model.budget, self.free[columns], sets),
            (matrix, np.where(inner, 0.0, 1.0), np.full(sets, np.inf)),
        ]
        if extra:
            rows = np.zeros((len(extra), size + sets))
            for line, members in enumerate(extra):
                rows[line, members] = 1.0
            blocks.append(
                (sparse.csr_array(rows), np.ones(len(extra)), np.full(len(extra), np.inf))
            )
        answer = minimise(
            np.concatenate([np.zeros(size), weights]),
            *stack(*blocks),
            integers=size,
            deadline=self.clock,
        )
        if answer.x is not None:
            found = np.array(chosen_columns(answer.x, columns), dtype=np.int64)
            value = self._value(found)
            if value < self.value:
                self.best, self.value = found, value
        # Sets with a dropped candidate are worse than the best known: the optimum is the lesser.
        self.bound = max(self.bound, min(constant + answer.bound, self.value))

    def _fewest(self) -> int:
        """Fewest new sites that a solution opens."""
        if self.model.budget is not None or self.model.k is None:
            return 0
        return self.model.k - self.problem.fixed.size


def exchange(costs: Floats, ceiling: Floats, columns: Ints, chosen: Ints) -> Ints:
    """Exchange one chosen site for another while the sum of costs falls (Teitz and Bart, 1968).

    Parameters
    ----------
    costs
        Weighted cost of each point to each column, shape (n, m).
    ceiling
        Weighted cost of each point when it stays with the fixed sites, shape (n,).
    columns
        Numbers that the columns bear, ascending, shape (m,).
    chosen
        Numbers of the chosen columns.

    Returns
    -------
    numpy.ndarray
        Numbers of the columns after the last useful exchange.
    """
    inside = np.isin(chosen, columns)
    if not inside.all():
        return chosen
    picked = np.searchsorted(columns, chosen)
    while True:
        reach = np.column_stack([costs[:, picked], ceiling])
        first = reach.argmin(axis=1)
        two = np.partition(reach, 1, axis=1)[:, :2]
        nearest, second = two[:, :1], two[:, 1:]
        with np.errstate(invalid="ignore"):
            gains = np.nan_to_num(np.maximum(nearest - costs, 0.0), nan=0.0)
            losses = np.nan_to_num(np.minimum(second, costs) - np.minimum(nearest, costs), nan=0.0)
        owners = sparse.csr_array(
            (np.ones(first.size), (first, np.arange(first.size))),
            shape=(picked.size + 1, first.size),
        )
        net = gains.sum(axis=0)[None] - (owners @ losses)[: picked.size]
        net[:, picked] = -np.inf
        out, best = np.unravel_index(int(net.argmax()), net.shape)
        if not np.isfinite(net[out, best]) or net[out, best] <= _ROUNDING * nearest.sum():
            return np.sort(columns[picked])
        picked = picked.copy()
        picked[out] = best


def prefix_sets(
    costs: Floats, ceiling: Floats, longest: int
) -> tuple[float, Floats, Ints, Ints, list[list[int]]]:
    """Write the sum of costs as a constant plus weights of sets with no open site.

    A point whose candidates are sorted by cost pays the first one, plus each further step as long
    as none of the sites before it is open. Points that meet the same sites in the same order
    share their sets, and equal sets reached in another order are merged.

    Parameters
    ----------
    costs
        Weighted costs, shape (n, m), at most the ceiling.
    ceiling
        What a point pays when it stays with the fixed sites, shape (n,); inf without one.
    longest
        A set with this many sites always holds an open one.

    Returns
    -------
    tuple
        Constant; weight of each set; its parent set (-1: empty); the site it adds to the parent;
        sets of which one site must be open, for points that some candidate does not reach.
    """
    order = np.argsort(costs, axis=1, kind="stable")
    ranked = np.take_along_axis(costs, order, axis=1)
    with np.errstate(invalid="ignore"):  # inf − inf, beyond the step that must not be taken
        steps = np.diff(np.column_stack([ranked, ceiling]), axis=1)
    numbers: dict[int, int] = {}
    weights: list[float] = []
    parents: list[int] = []
    lasts: list[int] = []
    must: set[tuple[int, ...]] = set()
    for rank, step in zip(order.tolist(), steps.tolist(), strict=True):
        members, parent = 0, -1
        useful = max((r for r, rise in enumerate(step) if rise > 0), default=-1)
        for depth, (site, rise) in enumerate(zip(rank, step, strict=True)):
            if depth > useful or depth + 1 >= longest:
                break
            if np.isinf(rise):
                must.add(tuple(sorted(rank[: depth + 1])))
                break
            members |= 1 << site
            number = numbers.get(members)
            if number is None:
                number = len(weights)
                numbers[members] = number
                weights.append(0.0)
                parents.append(parent)
                lasts.append(site)
            weights[number] += rise
            parent = number
    return (
        float(ranked[:, 0].sum()),
        np.array(weights),
        np.array(parents, dtype=np.int64),
        np.array(lasts, dtype=np.int64),
        [list(members) for members in must],
    )
