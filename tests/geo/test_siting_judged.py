"""Choices judged as wholes: equal to enumeration, bounded, and honest where not all were tried."""

import math
from itertools import combinations

import numpy as np
import pytest

from geo.errors import InvalidInputError
from geo.siting import Judged, SitingProblem, judged

SITES = 9


def measure(seed: int) -> tuple[dict[tuple[int, ...], float], np.ndarray]:
    """Return what each set of sites is worth, no sum over them, and what each adds at most."""
    random = np.random.default_rng(seed)
    most = random.integers(500, 2500, SITES).astype(float)
    worth = {
        sites: float(most[list(sites)].sum() * random.uniform(0.2, 0.95))
        for size in range(SITES + 1)
        for sites in combinations(range(SITES), size)
    }
    return worth, most


def problem(fixed: tuple[int, ...] = ()) -> SitingProblem:
    return SitingProblem(np.ones((2, SITES)), np.ones(2), np.array(fixed, dtype=np.int64))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("fixed", [(), (4,)])
def test_the_best_is_that_of_enumeration(seed, fixed):
    worth, most = measure(seed)
    found = Judged(gained=worth.__getitem__, most=most, k=3).solve(problem(fixed))
    best = max(worth[one] for one in combinations(range(SITES), 3) if set(fixed) <= set(one))
    assert found.objective == best == worth[found.chosen]
    assert set(fixed) <= set(found.chosen)
    assert (found.stages[0].bound, found.status) == (best, "optimal")


def test_a_choice_that_fills_all_seats_is_proven_without_trying_the_others():
    asked = []

    def gained(sites: tuple[int, ...]) -> float:
        asked.append(sites)
        return 1000.0 * len(sites)

    found = Judged(gained=gained, most=np.full(SITES, 1000.0), k=4).solve(problem())
    assert (found.objective, found.status) == (4000, "optimal")
    assert len([one for one in asked if len(one) == 4]) < 10
    assert len(asked) == len(set(asked))  # no choice is judged twice


@pytest.mark.parametrize("seed", range(6))
def test_where_not_all_are_tried_the_bound_says_what_is_not_known(seed, monkeypatch):
    monkeypatch.setattr(judged, "MOST_TRIED", 60)  # 84 choices
    worth, most = measure(seed)
    start = (0, 1, 2)
    model = Judged(gained=worth.__getitem__, most=most, k=3, start=start)
    found = model.solve(problem())
    best = max(worth[one] for one in combinations(range(SITES), 3))
    assert found.stages[0].bound == np.sort(most)[-3:].sum() >= best >= found.objective
    assert found.objective >= max(worth[start], model.greedy(problem()).objective)
    assert found.status == "time_limit"
    # No exchange of one site for another is left that gains.
    others = [
        {*found.chosen} - {gone} | {new}
        for gone in found.chosen
        for new in set(range(SITES)) - {*found.chosen}
    ]
    assert found.objective >= max(worth[tuple(sorted(one))] for one in others)


def test_nothing_is_tried_beyond_what_no_choice_is_worth_more_than(monkeypatch):
    monkeypatch.setattr(judged, "MOST_TRIED", 1)
    model = Judged(
        gained=lambda sites: min(1500.0, 800.0 * len(sites)),
        most=np.full(SITES, 1000.0),
        k=2,
        ceiling=1500.0,
    )
    found = model.solve(problem())
    assert (found.objective, found.stages[0].bound, found.status) == (1500, 1500, "optimal")


def test_a_choice_that_takes_more_than_it_gives_is_worth_less_than_nothing():
    found = Judged(gained=lambda sites: -1.0 * len(sites), most=np.ones(SITES), k=2).solve(
        problem()
    )
    assert (found.objective, found.status) == (-2, "optimal")


@pytest.mark.parametrize(("most", "k"), [(np.ones(3), 2), (np.full(SITES, -1.0), 2), (1, 10)])
def test_impossible_limits_are_refused(most, k):
    with pytest.raises(InvalidInputError):
        Judged(gained=float, most=np.ones(SITES) * most if k == 10 else most, k=k).solve(problem())


def test_up_to_how_many_candidates_all_choices_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert math.comb(judged.most_candidates(3), 3) <= judged.MOST_TRIED
    assert math.comb(judged.most_candidates(3) + 1, 3) > judged.MOST_TRIED
    monkeypatch.setattr(judged, "MOST_TRIED", 10)
    assert [judged.most_candidates(chosen) for chosen in (1, 2, 3, 12)] == [10, 5, 5, 12]
