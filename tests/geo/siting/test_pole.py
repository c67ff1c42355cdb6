"""Poles against enumeration, and what must always hold."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.siting.pole import PoleProblem, best_pole, seated_by


def small(seed: int, **more: object) -> PoleProblem:
    rng = np.random.default_rng(seed)
    places, antennas = 6, 3
    settings_ = {
        "people": rng.integers(50, 600, places).astype(float),
        "minutes": rng.integers(0, 40, (places, antennas)).astype(float),
        "base_minutes": np.array([0.0, *rng.integers(5, 40, antennas - 1)]),
        "threshold": 20.0,
        "per_gp": 1000.0,
        "half_days": 8,
        "least": 2,
    }
    return PoleProblem(**(settings_ | more))


def allotments(problem: PoleProblem):
    for choice in product(range(problem.half_days + 1), repeat=problem.base_minutes.size):
        hours = np.array(choice)
        open_ = hours[hours > 0]
        most = hours.size if problem.most is None else problem.most
        fits = problem.fewest <= open_.size <= most and hours.sum() <= problem.half_days
        if fits and (open_ >= problem.least).all():
            yield hours


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("limits", [{}, {"fewest": 2}, {"most": 1}, {"least": 4}])
def test_the_best_pole_is_the_best_of_all_allotments(seed, limits):
    problem = small(seed, **limits)
    found = best_pole(problem)
    best = max(seated_by(problem, hours).people for hours in allotments(problem))
    assert found.proven
    assert found.people == pytest.approx(best, abs=1e-4)
    assert any((found.half_days == hours).all() for hours in allotments(problem))


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), half_days=st.integers(0, 20))
def test_all_half_days_at_the_base_are_the_house(seed, half_days):
    problem = small(seed, half_days=half_days, most=1)
    house = seated_by(problem, np.array([half_days, 0, 0]))
    within = problem.people[problem.minutes[:, 0] <= 20].sum()
    assert house.people == pytest.approx(min(within, 1000 * half_days / 10), abs=1e-5)
    assert house.road_minutes(problem) == 0


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_nobody_is_seated_twice_and_more_time_never_hurts(seed):
    problem = small(seed)
    found = best_pole(problem)
    assert (found.seated <= problem.people + 1e-6).all()
    assert found.people <= found.half_days @ problem.seats + 1e-6
    more = best_pole(small(seed, half_days=9))
    assert more.people >= found.people - 1e-4


def test_the_road_is_taken_off_consultations():
    problem = PoleProblem(
        people=np.array([900.0]),
        minutes=np.array([[5.0, 5.0]]),
        base_minutes=np.array([0.0, 60.0]),
        threshold=20.0,
        per_gp=1000.0,
        half_days=4,
    )
    near, far = (seated_by(problem, np.array(hours)).people for hours in ([4, 0], [0, 4]))
    assert (near, far) == (400, pytest.approx(300))


def test_too_few_half_days_for_the_antennas_are_said():
    with pytest.raises(InvalidInputError, match="ne suffisent pas pour 3 antennes"):
        small(0, half_days=5, fewest=3)
