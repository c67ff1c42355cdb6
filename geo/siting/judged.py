"""The k sites worth most by a measure that is no sum over sites: choices tried, with a proof."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import ClassVar

import numpy as np

from geo.siting.capacity import check_seats
from geo.siting.problem import (
    Deadline,
    Floats,
    Ints,
    SitingModel,
    SitingProblem,
    Solution,
    step_by_step,
)

MOST_TRIED = 2000
"""Choices judged at most: all of them where there are no more, a proof; else exchanges."""


def most_candidates(chosen: int) -> int:
    """Return how many candidates there may be for all choices of some of them to be tried."""
    count = chosen
    while math.comb(count + 1, chosen) <= MOST_TRIED:
        count += 1
    return count


@dataclass(frozen=True, kw_only=True)
class Judged(SitingModel):
    """The choice of k sites worth most, what a choice is worth being computed for it as a whole.

    Room, nearest first, is such a measure: who moves to a new site leaves a seat to another, so
    that what a site gives depends on all the others, and may even grow with them. All choices are
    tried where they are few, those that may still win alone: a choice gives at most the sum of its
    `most`. Else the better of two starts is improved by exchanges of one site for another, and the
    largest such sum is the bound.

    Attributes
    ----------
    gained
        What a set of open sites is worth (columns, ascending, fixed ones included).
    most
        What each candidate can add at most, whatever the others, shape (m,).
    k
        Sites open in all, fixed ones included.
    ceiling
        What no choice is worth more than.
    start
        A good choice to begin with, columns; none for the one built step by step.

    Raises
    ------
    InvalidInputError
        The limits are not those of the candidates, or k is out of range.
    """

    gained: Callable[[tuple[int, ...]], float]
    most: Floats
    k: int
    ceiling: float = np.inf
    start: tuple[int, ...] = ()
    key: ClassVar[str] = "room"
    criteria: ClassVar[tuple[str, ...]] = ("habitants qui trouvent une place",)
    maximised: ClassVar[tuple[bool, ...]] = (True,)
    _known: dict[tuple[int, ...], float] = field(default_factory=dict, repr=False, compare=False)

    def measure(
        self, problem: SitingProblem, chosen: Sequence[int] | Ints, nearest: Floats
    ) -> tuple[float, ...]:
        """Return what a set of sites is worth."""
        del problem, nearest
        return (self._worth(chosen),)

    def _worth(self, chosen: Sequence[int] | Ints) -> float:
        sites = tuple(sorted(int(site) for site in chosen))
        if sites not in self._known:
            self._known[sites] = float(self.gained(sites))
        return self._known[sites]

    def solve(self, problem: SitingProblem, time_limit: float | None = None) -> Solution:
        """Best sites with their proof; past `time_limit` seconds, best found and its bound."""
        check_seats(problem, self.most, self.k)
        clock = Deadline(time_limit)
        new = self.k - problem.fixed.size
        chosen: Sequence[int] = self.greedy(problem).chosen
        if self.start and self._worth(self.start) > self._worth(chosen):
            chosen = self.start
        seats = np.sort(self.most[problem.free])[::-1][:new].sum()
        limit = min(float(seats + self.most[problem.fixed].sum()), self.ceiling)
        whole = math.comb(problem.free.size, new) <= MOST_TRIED
        search = self._all if whole else self._exchanged
        chosen = search(problem, chosen, limit, clock)
        worth = self._worth(chosen)
        proven = whole and clock.left > 0
        return self._solution(
            problem, chosen, (worth if proven else max(limit, worth),), clock.spent
        )

    def _all(
        self, problem: SitingProblem, chosen: Sequence[int], limit: float, clock: Deadline
    ) -> Sequence[int]:
        """Return the best of all choices, the most promising first."""
        fixed = [int(site) for site in problem.fixed]
        alone = {int(site): self._worth([*fixed, site]) for site in problem.free}
        tried = sorted(
            combinations((int(site) for site in problem.free), self.k - len(fixed)),
            key=lambda one: -sum(alone[site] for site in one),
        )
        best = self._worth(chosen)
        for one in tried:
            if best >= limit or clock.left <= 0:
                break
            sites = [*fixed, *one]
            if self.most[sites].sum() > best and (worth := self._worth(sites)) > best:
                chosen, best = sites, worth
        return chosen

    def _exchanged(
        self, problem: SitingProblem, chosen: Sequence[int], limit: float, clock: Deadline
    ) -> Sequence[int]:
        """Replace one site by another as long as the choice gains by it."""
        best, left, better = self._worth(chosen), MOST_TRIED, True
        while better and best < limit:
            better = False
            for gone in [site for site in chosen if site not in problem.fixed]:
                kept = [site for site in chosen if site != gone]
                for new in np.setdiff1d(problem.free, chosen):
                    left -= 1
                    if left < 0 or clock.left <= 0:
                        return chosen
                    if (worth := self._worth([*kept, new])) > best:
                        chosen, best, better = [*kept, int(new)], worth, True
                        break
        return chosen

    def greedy(self, problem: SitingProblem) -> Solution:
        """Sites added one by one, each time the one that seems to add most; no proof."""
        check_seats(problem, self.most, self.k)
        clock = Deadline(None)
        fixed = [int(site) for site in problem.fixed]
        unknown = ((np.inf, int(site)) for site in problem.free)
        chosen = step_by_step(self._worth, fixed, unknown, self.k)
        return self._solution(problem, chosen, (None,), clock.spent)
