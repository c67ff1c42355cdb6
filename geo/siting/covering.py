"""Covering models: as few sites as reach everybody, or as many people as k sites can reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from geo.errors import InvalidInputError, UnsolvedError
from geo.french import counted
from geo.siting.problem import (
    Bools,
    CountedModel,
    Deadline,
    Floats,
    Ints,
    SitingModel,
    SitingProblem,
    Solution,
)
from geo.siting.solver import chosen_columns, distinct_rows, limit_rows, minimise, stack


def _check_threshold(threshold: float) -> None:
    if not (np.isfinite(threshold) and threshold >= 0):
        raise InvalidInputError("Le seuil doit être un nombre positif (minutes ou mètres).")


@dataclass(frozen=True, kw_only=True)
class Lscp(SitingModel):
    """Location set covering: the fewest (or cheapest) sites that leave no demand point out.

    min Σ_j p_j y_j  subject to  Σ_{j : c_ij ≤ S} y_j ≥ 1 for each point i,  y_j = 1 if j fixed,
    y binary; p_j is the price of site j, 1 without prices. Every point counts, whatever its
    weight. Toregas, Swain, ReVelle, Bergman (1971), "The location of emergency service
    facilities", Operations Research 19(6).

    Attributes
    ----------
    threshold
        S, inclusive, in the unit of the costs.

    Raises
    ------
    UnsolvedError
        No candidate reaches some point.
    """

    threshold: float
    key: ClassVar[str] = "lscp"
    criteria: ClassVar[tuple[str, ...]] = ("nombre (ou prix) des sites",)
    maximised: ClassVar[tuple[bool, ...]] = (False,)

    def measure(
        self, problem: SitingProblem, chosen: Sequence[int] | Ints, nearest: Floats
    ) -> tuple[float, ...]:
        """Return number or price of the sites; inf when they leave a point out."""
        return (np.inf if (nearest > self.threshold).any() else problem.price(chosen),)

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        clock = Deadline(time_limit)
        covers, free = self._open(problem)
        fallback = self.greedy(problem)
        base = problem.price(problem.fixed)
        if not covers.shape[0]:
            return self._solution(problem, problem.fixed, (base,), clock.spent)
        rows, _ = distinct_rows(covers, np.zeros(covers.shape[0]))
        prices = np.ones(free.size) if problem.prices is None else problem.prices[free]
        answer = minimise(
            prices,
            sparse.csr_array(rows.astype(float)),
            np.ones(rows.shape[0]),
            np.full(rows.shape[0], np.inf),
            integers=free.size,
            deadline=clock,
        )
        chosen: Sequence[int] = fallback.chosen
        if answer.x is not None:
            found = [*problem.fixed, *chosen_columns(answer.x, free)]
            chosen = min((chosen, found), key=lambda sites: self.values(problem, sites))
        # A sum of whole sites is whole: the bound may be rounded up.
        bound = base + max(answer.bound, 0.0)
        bound = float(np.ceil(bound - 1e-6)) if problem.prices is None else bound
        return self._solution(problem, chosen, (bound,), clock.spent)

    def greedy(self, problem: SitingProblem) -> Solution:
        """Each time the site that covers most points not yet covered, per unit of price."""
        clock = Deadline(None)
        covers, free = self._open(problem)
        prices = np.ones(free.size) if problem.prices is None else problem.prices[free]
        chosen = [int(site) for site in problem.fixed]
        left = np.ones(covers.shape[0], dtype=bool)
        while left.any():
            best = int(np.argmax(covers[left].sum(axis=0) / np.maximum(prices, 1e-9)))
            chosen.append(int(free[best]))
            left &= ~covers[:, best]
        return self._solution(problem, chosen, (None,), clock.spent)

    def _open(self, problem: SitingProblem) -> tuple[Bools, Ints]:
        """Points that fixed sites leave out × free candidates: who covers whom."""
        _check_threshold(self.threshold)
        free = problem.free
        left = problem.nearest(problem.fixed) > self.threshold
        covers = problem.costs[np.ix_(left, free)] <= self.threshold
        alone = int((~covers.any(axis=1)).sum())
        if alone:
            raise UnsolvedError(
                "Aucun site candidat n’atteint "
                f"{counted(alone, 'point', 'points')} de demande sous le seuil : la "
                "couverture totale est impossible. Relevez le seuil, ajoutez des candidats ou "
                "choisissez la couverture maximale (mclp)."
            )
        return covers, free


@dataclass(frozen=True, kw_only=True)
class Mclp(CountedModel):
    """Maximal covering location: the sites that bring most people under the threshold.

    max Σ_i w_i z_i  subject to  z_i ≤ Σ_{j : c_ij ≤ S} y_j,  Σ_j y_j = k (or Σ_j p_j y_j ≤ B),
    y_j = 1 if j fixed, y binary, 0 ≤ z ≤ 1. Church, ReVelle (1974), "The maximal covering
    location problem", Papers of the Regional Science Association 32. Points with the same
    candidates within reach are merged first.

    Attributes
    ----------
    threshold
        S, inclusive, in the unit of the costs.
    """

    threshold: float
    key: ClassVar[str] = "mclp"
    criteria: ClassVar[tuple[str, ...]] = ("population couverte",)
    maximised: ClassVar[tuple[bool, ...]] = (True,)

    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """People within the threshold, shape (1, …)."""
        return np.asarray(problem.weights @ (nearest <= self.threshold))[None]

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        self.check(problem)
        clock = Deadline(time_limit)
        if self.budget is None and self.k == problem.fixed.size + 1:
            # One site: the greedy rule tries them all, where the linear relaxation is at its worst.
            best = self.greedy(problem)
            return self._solution(problem, best.chosen, (best.objective,), clock.spent)
        chosen, bound = cover_most(self, problem, clock)
        solution = self._solution(problem, chosen or problem.fixed, (bound,), clock.spent)
        if solution.status == "optimal":
            return solution
        fallback = self.greedy(problem)
        better = fallback if fallback.objective > solution.objective else solution
        return self._solution(problem, better.chosen, (bound,), clock.spent)


def cover_most(
    model: Mclp, problem: SitingProblem, clock: Deadline, must: Bools | None = None
) -> tuple[list[int] | None, float]:
    """Solve a maximal covering, with points that must be covered by given candidates.

    Parameters
    ----------
    model, problem, clock
        Limits and threshold, instance, time left.
    must
        Rows of free candidates, one of which has to be open, shape (rows, free).

    Returns
    -------
    tuple
        Open sites (None when none was found in time) and an upper bound on the people covered.
    """
    free = problem.free
    left = problem.nearest(problem.fixed) > model.threshold
    covered = float(problem.weights[~left].sum())
    covers = problem.costs[np.ix_(left, free)] <= model.threshold
    useful = covers.any(axis=1) & (problem.weights[left] > 0)
    rows, weights = distinct_rows(covers[useful], problem.weights[left][useful])
    points = weights.size
    blocks = [
        limit_rows(problem, model.k, model.budget, free, points),
        (
            sparse.hstack([sparse.csr_array(rows.astype(float)), -sparse.eye_array(points)], "csr"),
            np.zeros(points),
            np.full(points, np.inf),
        ),
    ]
    if must is not None and must.size:
        forced = np.hstack([must.astype(float), np.zeros((must.shape[0], points))])
        blocks.append(
            (sparse.csr_array(forced), np.ones(len(forced)), np.full(len(forced), np.inf))
        )
    answer = minimise(
        np.concatenate([np.zeros(free.size), -weights]),
        *stack(*blocks),
        integers=free.size,
        deadline=clock,
    )
    bound = covered + min(-answer.bound, float(weights.sum()))
    if answer.x is None:
        return None, bound
    return [*(int(site) for site in problem.fixed), *chosen_columns(answer.x, free)], bound
