"""Capacitated covering: equal to enumeration, bounded by seats, uncapacitated when they abound."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import linprog

from geo.errors import InvalidInputError
from geo.siting import CapacitatedCovering, Mclp, SitingProblem


def instance(seed: int, points: int = 14, candidates: int = 7) -> tuple[SitingProblem, np.ndarray]:
    random = np.random.default_rng(seed)
    costs = random.integers(0, 40, (points, candidates)).astype(float)
    people = random.integers(0, 900, points).astype(float)
    return SitingProblem(costs, people), random.integers(0, 2500, candidates).astype(float)


def seated_by_highs(problem: SitingProblem, seats: np.ndarray, chosen: tuple[int, ...]) -> float:
    rows, columns = np.nonzero(problem.costs[:, list(chosen)] <= 20)
    pair = np.arange(rows.size)
    if not pair.size:
        return 0.0
    limits = sparse.vstack(
        [
            sparse.csr_array((np.ones(pair.size), (rows, pair)), (problem.weights.size, pair.size)),
            sparse.csr_array((np.ones(pair.size), (columns, pair)), (len(chosen), pair.size)),
        ]
    )
    ends = np.concatenate([problem.weights, seats[list(chosen)]])
    return -linprog(-np.ones(pair.size), A_ub=limits, b_ub=ends).fun


@pytest.mark.parametrize("seed", range(8))
def test_the_best_is_that_of_enumeration(seed):
    problem, seats = instance(seed)
    model = CapacitatedCovering(threshold=20, seats=seats, k=2)
    found = model.solve(problem)
    values = {one: seated_by_highs(problem, seats, one) for one in combinations(range(7), 2)}
    assert found.objective == pytest.approx(max(values.values()), abs=1e-3)
    assert found.status == "optimal"
    greedy = model.greedy(problem)
    assert greedy.objective == pytest.approx(values[greedy.chosen], abs=1e-3)
    assert greedy.objective <= found.objective + 1e-6


def test_seats_that_abound_give_the_uncapacitated_covering():
    problem, _ = instance(3)
    seats = np.full(7, 1e6)
    free = CapacitatedCovering(threshold=20, seats=seats, k=3).solve(problem)
    assert free.objective == pytest.approx(Mclp(threshold=20, k=3).solve(problem).objective)


def test_fixed_sites_stay_and_their_seats_count():
    problem, seats = instance(5)
    fixed = SitingProblem(problem.costs, problem.weights, np.array([4]))
    found = CapacitatedCovering(threshold=20, seats=seats, k=2).solve(fixed)
    assert 4 in found.chosen
    values = [seated_by_highs(problem, seats, (4, one)) for one in range(7) if one != 4]
    assert found.objective == pytest.approx(max(values), abs=1e-3)


def test_no_more_than_the_seats():
    problem, seats = instance(1)
    small = np.minimum(seats, 50.0)
    found = CapacitatedCovering(threshold=40, seats=small, k=3).solve(problem)
    assert found.objective <= small[list(found.chosen)].sum() + 1e-6


@pytest.mark.parametrize(("seats", "k"), [(np.ones(3), 2), (np.full(7, -1.0), 2), (np.ones(7), 8)])
def test_impossible_limits_are_refused(seats, k):
    problem, _ = instance(0)
    with pytest.raises(InvalidInputError):
        CapacitatedCovering(threshold=20, seats=seats, k=k).solve(problem)


@pytest.mark.parametrize("seed", range(8))
def test_each_step_of_the_greedy_takes_the_site_that_seats_most(seed):
    problem, seats = instance(seed)
    expected: list[int] = []
    for k in range(1, 5):
        worth = {
            one: round(seated_by_highs(problem, seats, (*expected, one)), 3)
            for one in range(7)
            if one not in expected
        }
        expected.append(max(worth, key=lambda one: (worth[one], -one)))
        greedy = CapacitatedCovering(threshold=20, seats=seats, k=k).greedy(problem)
        assert set(greedy.chosen) == set(expected)
