"""A portfolio under a budget equals the best of all portfolios, counted one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.siting.portfolio import PortfolioProblem, best_portfolio, first_come, seated_by


def problem(seed: int, *, apart: bool = False, projects: int = 5) -> PortfolioProblem:
    draw = np.random.default_rng(seed)
    return PortfolioProblem(
        people=draw.integers(0, 900, 7).astype(float),
        minutes=draw.integers(0, 40, (7, projects)).astype(float),
        threshold=20.0,
        seats=draw.integers(0, 3, projects) * 500.0,
        prices=draw.integers(1, 9, projects).astype(float),
        budget=float(draw.integers(0, 20)),
        apart=np.array([[0, 1], [2, 4]]) if apart else np.zeros((0, 2), dtype=np.int64),
    )


def most_seated(given: PortfolioProblem, chosen: np.ndarray) -> float:
    """Most people that some projects seat: the least cut, over the sets of projects."""
    reach = given.minutes <= given.threshold
    rows = np.flatnonzero(chosen)
    least = np.inf
    for full in itertools.product([False, True], repeat=rows.size):
        kept = np.array(full, dtype=bool)
        others = given.people[reach[:, rows[~kept]].any(axis=1)].sum()
        least = min(least, given.seats[rows[kept]].sum() + others)
    return float(least)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_the_best_portfolio_equals_enumeration(seed: int, apart: bool) -> None:
    given_one = problem(seed, apart=apart)
    best = 0.0
    for one in itertools.product([False, True], repeat=5):
        chosen = np.array(one)
        if given_one.prices[chosen].sum() > given_one.budget:
            continue
        if any(chosen[a] and chosen[b] for a, b in given_one.apart):
            continue
        best = max(best, most_seated(given_one, chosen))
    found = best_portfolio(given_one)
    assert found.proven
    assert found.people == pytest.approx(best, abs=1e-6)
    assert found.bound >= found.people
    assert given_one.prices[found.chosen].sum() <= given_one.budget + 1e-9
    first = first_come(given_one)
    assert given_one.prices[first].sum() <= given_one.budget
    assert seated_by(given_one, first).people == pytest.approx(most_seated(given_one, first))
    assert seated_by(given_one, first).people <= found.people + 1e-6


def test_first_come_takes_each_that_the_money_left_pays() -> None:
    told = problem(1)
    told = PortfolioProblem(
        people=told.people,
        minutes=told.minutes,
        threshold=20.0,
        seats=told.seats,
        prices=np.array([4.0, 5.0, 3.0, 1.0, 1.0]),
        budget=8.0,
        apart=np.array([[0, 3]]),
    )
    assert first_come(told).tolist() == [True, False, True, False, True]


def test_a_missing_price_is_refused() -> None:
    told = problem(1)
    with pytest.raises(InvalidInputError, match="coûts"):
        PortfolioProblem(
            people=told.people,
            minutes=told.minutes,
            threshold=20.0,
            seats=told.seats,
            prices=np.full(5, np.nan),
            budget=1.0,
            apart=told.apart,
        )
