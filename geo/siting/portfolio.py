"""A portfolio of projects under a budget: those that together give most people a place.

Variables: x_a = 1 if project a is funded, s_ia inhabitants of place i seated at a; c_a its price, B
the budget, S_a the inhabitants that its doctors take.

    max Σ s_ia
    Σ_a s_ia ≤ people_i,  s_ia only where t_ia ≤ T
    Σ_i s_ia ≤ S_a · x_a
    Σ_a c_a · x_a ≤ B
    x_a + x_b ≤ 1 for projects that may not both be funded

The budgeted capacitated covering of Current and Storbeck, "Capacitated covering models",
Environment and Planning B 15, 1988; solved by HiGHS.
"""

from dataclasses import dataclass

import numpy as np

from geo.errors import InvalidInputError
from geo.siting.problem import Floats, Ints
from geo.siting.seating import Block, most_seated, rows


@dataclass(frozen=True, kw_only=True, eq=False)
class PortfolioProblem:
    """People to seat, projects, prices and the budget.

    Attributes
    ----------
    people
        Inhabitants without room at each place, shape (n,).
    minutes
        Minutes from each place to each project, shape (n, m); inf out of reach.
    threshold
        Longest trip of an inhabitant, inclusive, minutes.
    seats
        Inhabitants that each project takes, shape (m,).
    prices
        Price of each project, shape (m,), in the unit of the budget.
    budget
        Sum allowed.
    apart
        Pairs of projects that may not both be funded, shape (p, 2).
    """

    people: Floats
    minutes: Floats
    threshold: float
    seats: Floats
    prices: Floats
    budget: float
    apart: Ints

    def __post_init__(self) -> None:
        """Refuse what no portfolio answers.

        Raises
        ------
        InvalidInputError
            Shapes that differ, or a price, a number of seats or a budget that is negative.
        """
        places, projects = self.minutes.shape
        if self.people.shape != (places,) or not (
            self.seats.shape == self.prices.shape == (projects,)
        ):
            raise InvalidInputError(
                "Les habitants, les projets et les trajets ne vont pas ensemble."
            )
        sums = np.concatenate([self.seats, self.prices, [self.budget]])
        if not (np.isfinite(sums).all() and (sums >= 0).all()):
            raise InvalidInputError(
                "Les coûts et le budget doivent être des nombres positifs : complétez-les."
            )


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Projects funded.

    Attributes
    ----------
    chosen
        Whether each project is funded, shape (m,).
    seated
        Inhabitants of each place who find room, at best, shape (n,).
    bound
        The most that any portfolio within the budget seats.
    proven
        Whether this one reaches it.
    """

    chosen: np.ndarray
    seated: Floats
    bound: float
    proven: bool

    @property
    def people(self) -> float:
        """Inhabitants who find room."""
        return float(self.seated.sum())


def best_portfolio(problem: PortfolioProblem, time_limit: float = 20.0) -> Portfolio:
    """Choose the projects that seat most people within the budget.

    Raises
    ------
    UnsolvedError
        HiGHS found no portfolio in time.
    """
    return _solved(problem, np.zeros(problem.seats.size), np.ones(problem.seats.size), time_limit)


def seated_by(problem: PortfolioProblem, chosen: np.ndarray) -> Portfolio:
    """Return whom some projects seat, at best, whatever they cost."""
    fixed = np.asarray(chosen, dtype=np.float64)
    free = PortfolioProblem(
        people=problem.people,
        minutes=problem.minutes,
        threshold=problem.threshold,
        seats=problem.seats,
        prices=np.zeros_like(problem.prices),
        budget=0.0,
        apart=np.zeros((0, 2), dtype=np.int64),
    )
    return _solved(free, fixed, fixed, np.inf)


def first_come(problem: PortfolioProblem) -> np.ndarray:
    """Return the projects funded in their order, each one that the money left still pays."""
    chosen, left = np.zeros(problem.seats.size, dtype=np.bool_), problem.budget
    refused = {frozenset(pair) for pair in problem.apart.tolist()}
    for rank, price in enumerate(problem.prices.tolist()):
        near = any(frozenset((rank, int(other))) in refused for other in np.flatnonzero(chosen))
        if price <= left and not near:
            chosen[rank], left = True, left - price
    return chosen


def _solved(problem: PortfolioProblem, low: Floats, high: Floats, time_limit: float) -> Portfolio:
    """Solve over columns x (projects), s (pairs within the threshold)."""
    projects = problem.seats.size
    place, project = np.nonzero(
        (problem.minutes <= problem.threshold) & (problem.people > 0)[:, None]
    )
    size = projects + place.size
    pairs, each = projects + np.arange(place.size), np.arange(projects)
    many = len(problem.apart)
    offered = rows(each, each, (projects, size), problem.seats)
    spent = rows(np.zeros_like(each), each, (1, size), problem.prices)
    blocks: list[Block] = [
        (rows(place, pairs, (problem.people.size, size)), -np.inf, problem.people),
        (rows(project, pairs, (projects, size)) - offered, -np.inf, 0.0),
        (spent, -np.inf, problem.budget),
        (
            rows(np.repeat(np.arange(many), 2), problem.apart.reshape(-1), (many, size)),
            -np.inf,
            1.0,
        ),
    ]
    found = most_seated(
        place,
        blocks,
        places=problem.people.size,
        whole=projects,
        columns=(
            np.concatenate([low, np.zeros(place.size)]),
            np.concatenate([high, np.full(place.size, np.inf)]),
        ),
        time_limit=time_limit,
        sought="aucun portefeuille",
    )
    return Portfolio(found.values[:projects] > 0.5, found.seated, found.bound, found.proven)
