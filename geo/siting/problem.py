"""A siting instance, a solution with its proof, and what every model shares."""

import heapq
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from geo.errors import InvalidInputError, UnsolvedError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

PROOF_GAP = 1e-9
"""Relative gap under which an optimum counts as proven (rounding of the solver)."""


@dataclass(frozen=True, eq=False)
class SitingProblem:
    """Demand points, candidate sites and what it costs to go from one to the other.

    Attributes
    ----------
    costs
        Minutes (or metres…) from each demand point to each candidate, shape (n, m); inf where
        the candidate cannot be reached.
    weights
        People (or people weighted by need) at each demand point, shape (n,).
    fixed
        Row numbers of the candidates that exist already and stay open.
    prices
        Cost of opening each candidate, shape (m,), in the unit of the budget; fixed sites are
        counted at their price too, 0 for what is already paid.

    Raises
    ------
    InvalidInputError
        Shapes that differ, a cost or a weight missing or negative, an unknown fixed site.
    """

    costs: Floats
    weights: Floats
    fixed: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    prices: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse an instance that no model could solve.

        Raises
        ------
        InvalidInputError
            No cost at all, or arrays whose shapes or values do not go together.
        """
        faults = []
        if self.costs.ndim != 2 or 0 in self.costs.shape:
            raise InvalidInputError(
                "La matrice des coûts est vide : il faut au moins un point de demande et un site."
            )
        points, candidates = self.costs.shape
        if self.weights.shape != (points,):
            faults.append(f"{self.weights.size} poids pour {points} points de demande")
        if np.isnan(self.costs).any() or (self.costs < 0).any():
            faults.append("des coûts manquants ou négatifs")
        if not np.isfinite(self.weights).all() or (self.weights < 0).any():
            faults.append("des poids manquants ou négatifs")
        if self.fixed.size and not (self.fixed.min() >= 0 and self.fixed.max() < candidates):
            faults.append("un site imposé qui n’est pas parmi les candidats")
        if self.prices is not None and (
            self.prices.shape != (candidates,)
            or not np.isfinite(self.prices).all()
            or (self.prices < 0).any()
        ):
            faults.append("des prix de sites manquants, négatifs ou en nombre différent")
        if faults:
            raise InvalidInputError(
                f"Le problème de localisation est incohérent : {' ; '.join(faults)}. "
                "Corrigez les fichiers de demande, de candidats ou de coûts."
            )

    @property
    def free(self) -> Ints:
        """Row numbers of the candidates one may choose or not."""
        return np.setdiff1d(np.arange(self.costs.shape[1]), self.fixed)

    def nearest(self, chosen: Sequence[int] | Ints) -> Floats:
        """Cost from each demand point to its nearest chosen site, shape (n,); inf if none."""
        return self.costs[:, list(chosen)].min(axis=1, initial=np.inf)

    def price(self, chosen: Sequence[int] | Ints) -> float:
        """Price of a set of sites: sum of their prices, or their number without prices."""
        return float(len(chosen) if self.prices is None else self.prices[list(chosen)].sum())


@dataclass(frozen=True)
class Stage:
    """One criterion of a solution: its value, and the best value that any choice could reach.

    Attributes
    ----------
    criterion
        What is measured, in French.
    objective
        Value reached by the chosen sites.
    bound
        Proven bound on the optimum; None when the choice comes without proof.
    """

    criterion: str
    objective: float
    bound: float | None = None

    @property
    def gap(self) -> float:
        """Relative gap between value and bound; inf when nothing is proven."""
        if self.bound is None or not np.isfinite(self.bound):
            return np.inf
        if self.objective == self.bound:
            return 0.0
        return abs(self.objective - self.bound) / max(abs(self.objective), 1e-12)


@dataclass(frozen=True)
class Solution:
    """Sites chosen by a model, by the greedy rule or by the user.

    Attributes
    ----------
    model
        Key of the model.
    chosen
        Row numbers of the open candidates, ascending, fixed ones included.
    stages
        Criteria in the order in which the model optimises them.
    seconds
        Time spent.
    """

    model: str
    chosen: tuple[int, ...]
    stages: tuple[Stage, ...]
    seconds: float = 0.0

    @property
    def objective(self) -> float:
        """Value of the first criterion."""
        return self.stages[0].objective

    @property
    def gap(self) -> float:
        """Largest gap of the stages."""
        return max(stage.gap for stage in self.stages)

    @property
    def status(self) -> str:
        """Proof: "optimal", "time_limit" (bound known, gap left) or "heuristic" (no bound)."""
        if any(stage.bound is None for stage in self.stages):
            return "heuristic"
        return "optimal" if self.gap <= PROOF_GAP else "time_limit"


class Deadline:
    """Time left for a solution; None means no limit."""

    def __init__(self, seconds: float | None) -> None:
        if seconds is not None and seconds <= 0:
            raise InvalidInputError("La limite de temps doit être un nombre de secondes positif.")
        self.start = time.perf_counter()
        self.seconds = seconds

    @property
    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.start

    @property
    def left(self) -> float:
        """Seconds left, inf without limit."""
        return np.inf if self.seconds is None else self.seconds - self.spent


class SitingModel(ABC):
    """What the screen, the command line and the tests ask of a model."""

    key: ClassVar[str]
    criteria: ClassVar[tuple[str, ...]]
    maximised: ClassVar[tuple[bool, ...]]

    @abstractmethod
    def measure(
        self, problem: SitingProblem, chosen: Sequence[int] | Ints, nearest: Floats
    ) -> tuple[float, ...]:
        """Value of each criterion for a set of sites, `nearest` being its nearest costs (n,)."""

    def values(self, problem: SitingProblem, chosen: Sequence[int] | Ints) -> tuple[float, ...]:
        """Value of each criterion for a set of sites."""
        return self.measure(problem, chosen, problem.nearest(chosen))

    @abstractmethod
    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""

    @abstractmethod
    def greedy(self, problem: SitingProblem) -> Solution:
        """Sites added one by one, each time the one that helps most; no proof."""

    def judge(self, problem: SitingProblem, chosen: Sequence[int] | Ints) -> Solution:
        """Return sites somebody chose, columns of candidates, as a solution without proof."""
        sites = tuple(sorted({int(site) for site in chosen}))
        return self._solution(problem, sites, (None,) * len(self.criteria), 0.0)

    def _solution(
        self,
        problem: SitingProblem,
        chosen: Sequence[int] | Ints,
        bounds: Sequence[float | None],
        seconds: float,
    ) -> Solution:
        sites = tuple(sorted(int(site) for site in chosen))
        stages = tuple(
            Stage(name, value, bound)
            for name, value, bound in zip(
                self.criteria, self.values(problem, sites), bounds, strict=True
            )
        )
        return Solution(self.key, sites, stages, seconds)


def step_by_step(
    worth: Callable[[list[int]], float],
    chosen: list[int],
    hopes: Iterable[tuple[float, int]],
    k: int,
) -> list[int]:
    """Add sites one by one, each time the one that adds most, up to k; columns in that order.

    Parameters
    ----------
    worth
        What a set of columns is worth; 0 for none.
    chosen
        Columns to begin with.
    hopes
        What each other column adds at most, and the column. A site is judged again only when what
        it added last time would make it the next: exact where what a site adds never grows as
        others open.
    k
        Sites open in all.
    """
    chosen = list(chosen)
    reached = worth(chosen) if chosen else 0.0
    waiting = [(-hope, site, -1) for hope, site in hopes]
    heapq.heapify(waiting)
    while len(chosen) < k:
        hope, site, when = heapq.heappop(waiting)
        if when == len(chosen):
            chosen.append(site)
            reached -= hope
        else:
            added = worth([*chosen, site]) - reached
            heapq.heappush(waiting, (-added, site, len(chosen)))
    return chosen


@dataclass(frozen=True, kw_only=True)
class CountedModel(SitingModel):
    """A model that opens a given number of sites, or as many as a budget allows.

    Attributes
    ----------
    k
        Sites open in all, fixed ones included; None when only the budget limits them.
    budget
        Sum of prices allowed, fixed sites included; None when only `k` limits them.
    """

    k: int | None = None
    budget: float | None = None

    @abstractmethod
    def scores(self, problem: SitingProblem, nearest: Floats) -> Floats:
        """Scores, larger is better, first row first: shape (criteria, …) from nearest (n, …)."""

    def measure(
        self, problem: SitingProblem, chosen: Sequence[int] | Ints, nearest: Floats
    ) -> tuple[float, ...]:
        """Value of each criterion for a set of sites, `nearest` being its nearest costs (n,)."""
        del chosen
        scores = self.scores(problem, nearest[:, None])[:, 0]
        signs = np.where(self.maximised, 1.0, -1.0)
        return tuple(float(value) + 0.0 for value in signs * scores[: len(signs)])

    def check(self, problem: SitingProblem) -> None:
        """Refuse limits that no set of sites can meet.

        Raises
        ------
        InvalidInputError
            Neither a number nor a budget, a number out of range, or a budget without prices.
        UnsolvedError
            The fixed sites alone exceed the budget.
        """
        candidates = problem.costs.shape[1]
        least = problem.fixed.size
        if self.k is None and self.budget is None:
            raise InvalidInputError("Donnez un nombre de sites (k) ou un budget.")
        if self.k is not None and not max(1, least) <= self.k <= candidates:
            raise InvalidInputError(
                f"Le nombre de sites demandé ({self.k}) doit être compris entre {max(1, least)} "
                f"(sites imposés compris) et {candidates} (tous les candidats)."
            )
        if self.budget is None:
            return
        if problem.prices is None:
            raise InvalidInputError(
                "Un budget est demandé, mais les candidats n’ont pas de prix (colonne « cost »)."
            )
        if problem.price(problem.fixed) > self.budget:
            raise UnsolvedError("Les sites imposés dépassent à eux seuls le budget.")

    def affordable(self, problem: SitingProblem, chosen: Sequence[int]) -> Ints:
        """Columns of the candidates, shape (free,), that may still be added to the chosen ones."""
        left = np.setdiff1d(problem.free, np.asarray(chosen, dtype=np.int64))
        if self.k is not None and len(chosen) >= self.k:
            return left[:0]
        if self.budget is not None and problem.prices is not None:
            left = left[problem.prices[left] <= self.budget - problem.price(chosen) + 1e-9]
        return left

    def greedy(self, problem: SitingProblem) -> Solution:
        """Sites added one by one, each time the one that helps most; no proof."""
        self.check(problem)
        clock = Deadline(None)
        chosen = [int(site) for site in problem.fixed]
        nearest = problem.nearest(chosen)
        by_site = np.ascontiguousarray(problem.costs.T)  # sites are read one by one below
        while (left := self.affordable(problem, chosen)).size:
            scores = self.scores(problem, np.minimum(nearest, by_site[left]).T)
            if self.budget is not None and self.k is None and problem.prices is not None:
                # By gain per euro, the usual rule under a budget (Khuller, Moss, Naor, 1999).
                scores = _per_price(
                    scores, self.scores(problem, nearest[:, None]), problem.prices[left]
                )
            best = int(left[np.lexsort(-scores[::-1])[0]])  # the first of equals
            chosen.append(best)
            nearest = np.minimum(nearest, by_site[best])
        return self._solution(problem, chosen, (None,) * len(self.criteria), clock.spent)


def _per_price(scores: Floats, before: Floats, prices: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        gains = np.nan_to_num(scores - before, nan=0.0, posinf=np.finfo(float).max)
    return np.asarray(np.where(gains > 0, gains / np.maximum(prices, 1e-9), gains))
