"""Capacitated covering: the sites whose GPs give a place to as many people without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy import sparse

from geo.errors import InvalidInputError
from geo.room import Reach, fairest
from geo.siting.problem import (
    Deadline,
    Floats,
    Ints,
    SitingModel,
    SitingProblem,
    Solution,
    step_by_step,
)
from geo.siting.solver import chosen_columns, limit_rows, minimise, stack


@dataclass(frozen=True, kw_only=True)
class CapacitatedCovering(SitingModel):
    """Maximal covering where each site seats so many people and no more.

    max Σ_ij x_ij  subject to  Σ_j x_ij ≤ w_i,  Σ_i x_ij ≤ s_j y_j,  x_ij ≤ min(w_i, s_j) y_j,
    x_ij = 0 beyond the threshold,  Σ_j y_j = k,  y_j = 1 if j fixed,  y binary. Current and
    Storbeck (1988), "Capacitated covering models", Environment and Planning B 15. Points with the
    same candidates within reach are merged first.

    Attributes
    ----------
    threshold
        Minutes, inclusive.
    seats
        People that each candidate can seat, shape (m,).
    k
        Sites open in all, fixed ones included.

    Raises
    ------
    InvalidInputError
        The seats are not those of the candidates, or k is out of range.
    """

    threshold: float
    seats: Floats
    k: int
    key: ClassVar[str] = "capacitated"
    criteria: ClassVar[tuple[str, ...]] = ("places à portée de ceux qui n’en ont pas",)
    maximised: ClassVar[tuple[bool, ...]] = (True,)

    def measure(
        self, problem: SitingProblem, chosen: Sequence[int] | Ints, nearest: Floats
    ) -> tuple[float, ...]:
        """Return the people that a set of sites can seat, whoever goes where."""
        del nearest
        return (self._seated(problem, list(chosen)),)

    def _seated(self, problem: SitingProblem, chosen: list[int]) -> float:
        rows, columns = np.nonzero(problem.costs[:, chosen] <= self.threshold)
        pairs = pd.DataFrame({"origin": rows, "destination": columns, "minutes": 0.0})
        reach = Reach.of(pairs, problem.weights.size, len(chosen), 0.0)
        # One seat a unit of capacity: who is left out of the fairest sharing is left out of all.
        bound = fairest(reach, problem.weights, self.seats[chosen])
        return float(problem.weights.sum() - bound.without_room(problem.weights, 1.0).sum())

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        check_seats(problem, self.seats, self.k)
        clock = Deadline(time_limit)
        fallback = self.greedy(problem)
        covers = problem.costs <= self.threshold
        useful = covers.any(axis=1) & (problem.weights > 0)
        shapes, group = np.unique(covers[useful], axis=0, return_inverse=True)
        people = np.bincount(group.ravel(), problem.weights[useful], len(shapes)).astype(np.float64)
        row, site = np.nonzero(shapes)
        most = np.minimum(people[row], self.seats[site])
        row, site, most = row[most > 0], site[most > 0], most[most > 0]
        if not most.size:
            return self._solution(problem, fallback.chosen, (0.0,), clock.spent)
        every = np.concatenate([problem.free, problem.fixed])
        column = np.argsort(every)[site]
        answer = minimise(
            np.concatenate([np.zeros(every.size), -most]),
            *stack(*self._rows(problem, (row, column, most), people, every)),
            integers=every.size,
            deadline=clock,
        )
        chosen: Sequence[int] = fallback.chosen
        if answer.x is not None:
            chosen = max(
                (chosen, chosen_columns(answer.x, every)), key=lambda one: self.values(problem, one)
            )
        best = self._seated(problem, list(chosen))
        # The objective is seats: what the solver rounds is no gap.
        bound = max(-answer.bound, best) if -answer.bound > best * (1 + 1e-7) else best
        return self._solution(problem, chosen, (bound,), clock.spent)

    def _rows(
        self,
        problem: SitingProblem,
        pairs: tuple[Ints, Ints, Floats],
        people: Floats,
        every: Ints,
    ) -> list[tuple[sparse.csr_array, Floats, Floats]]:
        """Rows of the programme: variables are open sites, then the part of `most` of each pair."""
        row, column, most = pairs
        count, sites = most.size, every.size
        pair = np.arange(count)
        opened = np.zeros(sites)
        opened[sites - problem.fixed.size :] = 1.0
        number, low, high = limit_rows(problem, self.k, None, problem.free, 0)
        number = sparse.hstack(
            [number, sparse.csr_array((1, problem.fixed.size + count))], format="csr"
        )
        stays = sparse.hstack(
            [sparse.eye_array(sites), sparse.csr_array((sites, count))], format="csr"
        )
        demand = sparse.csr_array((most, (row, sites + pair)), shape=(people.size, sites + count))
        seats = sparse.csr_array(
            (
                np.concatenate([most, -self.seats[every]]),
                (np.concatenate([column, np.arange(sites)]), np.r_[sites + pair, np.arange(sites)]),
            ),
            shape=(sites, sites + count),
        )
        only_open = sparse.csr_array(
            (
                np.r_[np.ones(count), -np.ones(count)],
                (np.r_[pair, pair], np.r_[sites + pair, column]),
            ),
            shape=(count, sites + count),
        )
        return [
            (number, low, high),
            (stays, opened, np.ones(sites)),
            (demand, np.full(people.size, -np.inf), people),
            (seats, np.full(sites, -np.inf), np.zeros(sites)),
            (only_open, np.full(count, -np.inf), np.zeros(count)),
        ]

    def greedy(self, problem: SitingProblem) -> Solution:
        """Sites added one by one, each time the one that seats most people more; no proof.

        What a site adds never grows as others open (the seated people are a submodular function
        of the open sites): only the most promising are computed again.
        """
        check_seats(problem, self.seats, self.k)
        clock = Deadline(None)
        reached = problem.weights @ (problem.costs <= self.threshold)
        chosen = step_by_step(
            lambda sites: self._seated(problem, sites),
            [int(site) for site in problem.fixed],
            ((min(reached[site], self.seats[site]), int(site)) for site in problem.free),
            self.k,
        )
        return self._solution(problem, chosen, (None,), clock.spent)


def check_seats(problem: SitingProblem, seats: Floats, k: int) -> None:
    """Refuse seats that are not those of the candidates, shape (m,), and a k out of range.

    Raises
    ------
    InvalidInputError
        One of them.
    """
    candidates = problem.costs.shape[1]
    if seats.shape != (candidates,) or not (seats >= 0).all():
        raise InvalidInputError(
            f"Il faut un nombre de places, positif ou nul, pour chacun des {candidates} sites."
        )
    if not max(1, problem.fixed.size) <= k <= candidates:
        raise InvalidInputError(
            f"Le nombre de sites demandé ({k}) doit être compris entre "
            f"{max(1, problem.fixed.size)} et {candidates} (tous les candidats)."
        )
