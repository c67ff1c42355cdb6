"""Every model against the enumeration of all choices on small random instances."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from geo.errors import InvalidInputError, UnsolvedError
from geo.siting import (
    Equity,
    Lscp,
    Mclp,
    PCenter,
    PMedian,
    SitingProblem,
    price_of_differences,
)
from geo.siting.center import can_be_helped
from geo.siting.lagrange import Limits

THRESHOLD = 20.0


@st.composite
def problems(draw, *, prices=False, holes=False):
    points, candidates = draw(st.integers(2, 14)), draw(st.integers(2, 7))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, 40, (points, candidates)).astype(float)
    if holes:
        costs[rng.random(costs.shape) < 0.3] = np.inf
    weights = rng.integers(0, 50, points).astype(float)
    fixed = rng.choice(candidates, draw(st.integers(0, candidates)), replace=False)
    money = rng.integers(1, 9, candidates).astype(float) if prices else None
    return SitingProblem(costs, weights, np.sort(fixed), money)


def choices(problem, sizes, budget=np.inf):
    fixed = set(problem.fixed.tolist())
    for size in sizes:
        for added in combinations(problem.free.tolist(), size - len(fixed)):
            chosen = sorted(fixed | set(added))
            if problem.price(chosen) <= budget + 1e-9:
                yield chosen


@st.composite
def counted(draw, **options):
    problem = draw(problems(**options))
    return problem, draw(st.integers(max(1, problem.fixed.size), problem.costs.shape[1]))


@given(counted())
@settings(max_examples=30)
def test_counted_models_find_the_best_of_all_choices(instance):
    problem, k = instance
    every = list(choices(problem, [k]))
    for model, best in (
        (Mclp(threshold=THRESHOLD, k=k), max),
        (PMedian(k=k), min),
        (PCenter(k=k), min),
    ):
        solution = model.solve(problem)
        expected = best(model.values(problem, chosen)[0] for chosen in every)
        assert solution.objective == pytest.approx(expected), model.key
        assert solution.status == "optimal"
        assert solution.gap <= 1e-9
        assert len(solution.chosen) == k
        assert set(problem.fixed.tolist()) <= set(solution.chosen)


@given(counted())
@settings(max_examples=25)
def test_equity_is_lexicographic(instance):
    problem, k = instance
    model = Equity(k=k, threshold=THRESHOLD)
    helped = can_be_helped(problem)

    def key(chosen):
        nearest = problem.nearest(chosen)
        covered = problem.weights[nearest <= THRESHOLD].sum()
        return nearest[helped].max(initial=0.0), -covered

    worst, covered = min(key(chosen) for chosen in choices(problem, [k]))
    solution = model.solve(problem)
    assert [stage.objective for stage in solution.stages] == pytest.approx([worst, -covered])
    assert solution.status == "optimal"


@given(problems(prices=True))
@settings(max_examples=25)
def test_set_covering_finds_the_cheapest(problem):
    assume((problem.costs.min(axis=1) <= THRESHOLD).all())
    sizes = range(problem.fixed.size, problem.costs.shape[1] + 1)
    for instance in (problem, SitingProblem(problem.costs, problem.weights, problem.fixed)):
        solution = Lscp(threshold=THRESHOLD).solve(instance)
        covering = (
            chosen
            for chosen in choices(instance, sizes)
            if (instance.nearest(chosen) <= THRESHOLD).all()
        )
        assert solution.objective == pytest.approx(min(instance.price(c) for c in covering))
        assert solution.status == "optimal"


@given(problems(prices=True), st.integers(1, 30), st.sampled_from([None, 2, 3]))
@settings(max_examples=25)
def test_budget_is_respected_and_well_spent(problem, extra, k):
    budget = problem.price(problem.fixed) + extra
    most = problem.costs.shape[1] if k is None else k
    assume(max(1, problem.fixed.size) <= most <= problem.costs.shape[1])
    least = max(1, problem.fixed.size)
    every = list(choices(problem, range(least, most + 1), budget))
    assume(every)
    for model, best in (
        (Mclp(threshold=THRESHOLD, k=k, budget=budget), max),
        (PMedian(k=k, budget=budget), min),
        (PCenter(k=k, budget=budget), min),
    ):
        solution = model.solve(problem)
        expected = best(model.values(problem, chosen)[0] for chosen in every)
        assert solution.objective == pytest.approx(expected), model.key
        assert problem.price(solution.chosen) <= budget + 1e-9
        assert len(solution.chosen) <= most
        assert solution.status == "optimal"
        assert problem.price(model.greedy(problem).chosen) <= budget + 1e-9


@given(counted(holes=True))
@settings(max_examples=30)
def test_unreachable_points_are_served_or_said(instance):
    problem, k = instance
    every = list(choices(problem, [k]))
    for model in (PMedian(k=k), PCenter(k=k)):
        expected = min(model.values(problem, chosen)[0] for chosen in every)
        if np.isinf(expected):
            with pytest.raises(UnsolvedError, match="atteint"):
                model.solve(problem)
        else:
            assert model.solve(problem).objective == pytest.approx(expected), model.key


@given(counted())
@settings(max_examples=30)
def test_greedy_and_own_choice_never_beat_the_optimum(instance):
    problem, k = instance
    for model in (Mclp(threshold=THRESHOLD, k=k), PMedian(k=k), PCenter(k=k)):
        best = model.solve(problem)
        others = {"glouton": model.greedy(problem)}
        table = price_of_differences(model, problem, best, others)
        assert (table["lost"] >= -1e-9).all()
        assert len(others["glouton"].chosen) == k


def test_what_is_open_is_paid_before_the_rest():
    left = Limits(2, 3, np.array([2.0, 3.0, 4.0]), 5.0).after(np.array([0]))
    assert left.allow(np.array([1]))
    assert not left.allow(np.array([2]))
    assert left.affordable(3).tolist() == [True, True, False]


@pytest.mark.parametrize(("k", "budget"), [(2, None), (6, None), (12, None), (8, 30.0), (None, 25)])
def test_p_median_agrees_with_the_textbook_formulation(k, budget):
    rng = np.random.default_rng(11)
    people, sites = rng.uniform(0, 90, (120, 2)), rng.uniform(0, 90, (30, 2))
    costs = np.hypot(*(people[:, None] - sites[None]).transpose(2, 0, 1))
    weights = rng.integers(1, 900, 120).astype(float)
    prices = rng.integers(2, 9, 30).astype(float)
    fixed = np.array([4])
    problem = SitingProblem(costs, weights, fixed, prices)
    solution = PMedian(k=k, budget=budget).solve(problem)
    expected = textbook_p_median(problem, k, budget)
    assert solution.objective == pytest.approx(expected, rel=1e-8)
    assert solution.status == "optimal"


def textbook_p_median(problem, k, budget):
    """Least cost by one variable a point and a site, solved by HiGHS as it stands."""
    n, m = problem.costs.shape
    cost = np.concatenate([np.zeros(m), (problem.costs * problem.weights[:, None]).ravel()])
    one_each = sparse.hstack([sparse.csr_array((n, m)), sparse.kron(np.eye(n), np.ones((1, m)))])
    only_open = sparse.hstack([sparse.kron(np.ones((n, 1)), -np.eye(m)), sparse.eye_array(n * m)])
    rows = [
        optimize.LinearConstraint(one_each, 1, 1),
        optimize.LinearConstraint(only_open, -np.inf, 0),
    ]
    for coefficients, most in ((np.ones(m), k), (problem.prices, budget)):
        if most is not None:
            line = np.concatenate([coefficients, np.zeros(n * m)])[None]
            rows.append(optimize.LinearConstraint(line, -np.inf, most))
    low = np.zeros(cost.size)
    low[problem.fixed] = 1.0
    whole = (np.arange(cost.size) < m).astype(int)
    found = optimize.milp(
        cost,
        constraints=rows,
        integrality=whole,
        bounds=optimize.Bounds(low, 1),
        options={"mip_rel_gap": 1e-10},
    )
    return found.fun


def test_price_of_a_difference_names_the_sites():
    problem = SitingProblem(
        np.array([[0.0, 50, 50], [50, 0, 50], [50, 50, 0]]), np.array([9.0, 5, 2])
    )
    model = Mclp(threshold=THRESHOLD, k=2)
    best = model.solve(problem)
    table = price_of_differences(model, problem, best, {"le vôtre": model.judge(problem, [0, 2])})
    assert best.chosen == (0, 1)
    assert table["lost"].tolist() == [3, 0]
    assert table["only_here"].tolist() == [(2,), ()]
    assert table["only_best"].tolist() == [(1,), ()]
    assert table["lost_share"].iloc[0] == pytest.approx(3 / 14)


def test_threshold_is_inclusive():
    problem = SitingProblem(np.array([[20.0], [np.nextafter(20.0, 21)]]), np.array([7.0, 11.0]))
    assert Mclp(threshold=20, k=1).solve(problem).objective == 7


def test_coverage_counts_people_not_points():
    problem = SitingProblem(np.array([[1.0, 99], [1, 99], [99, 1]]), np.array([1.0, 1, 100]))
    assert Mclp(threshold=20, k=1).solve(problem).chosen == (1,)


def test_time_limit_gives_best_found_and_a_valid_bound():
    rng = np.random.default_rng(5)
    sites, people = rng.uniform(0, 200, (120, 2)), rng.uniform(0, 200, (600, 2))
    costs = np.hypot(*(people[:, None] - sites[None]).transpose(2, 0, 1))
    problem = SitingProblem(costs, rng.integers(1, 900, 600).astype(float))
    for model in (Mclp(threshold=25, k=9), PMedian(k=9), PCenter(k=9), Equity(k=9, threshold=25)):
        hurried = model.solve(problem, time_limit=1e-6)
        assert len(hurried.chosen) == 9
        assert hurried.status in {"time_limit", "optimal"}
        for stage, maximised in zip(hurried.stages, model.maximised, strict=True):
            assert stage.bound is not None
            better = stage.bound - stage.objective if maximised else stage.objective - stage.bound
            assert better >= -1e-6 or len(hurried.stages) > 1


@pytest.mark.parametrize(
    ("costs", "weights", "options", "message"),
    [
        (np.empty((0, 3)), np.empty(0), {}, "vide"),
        (np.ones((2, 2)), np.ones(3), {}, "3 poids pour 2 points"),
        (np.array([[np.nan, 1]]), np.ones(1), {}, "manquants ou négatifs"),
        (np.array([[-1.0, 1]]), np.ones(1), {}, "négatifs"),
        (np.ones((1, 2)), np.array([-1.0]), {}, "poids"),
        (np.ones((1, 2)), np.ones(1), {"fixed": np.array([2])}, "imposé"),
        (np.ones((1, 2)), np.ones(1), {"prices": np.array([1.0])}, "prix"),
    ],
)
def test_inconsistent_instances_are_refused(costs, weights, options, message):
    with pytest.raises(InvalidInputError, match=message):
        SitingProblem(costs, weights, **options)


def test_impossible_requests_are_refused_in_french():
    problem = SitingProblem(np.array([[1.0, 30], [30, 40]]), np.ones(2), np.array([0]))
    with pytest.raises(InvalidInputError, match="compris entre 1"):
        Mclp(threshold=20, k=3).solve(problem)
    with pytest.raises(InvalidInputError, match="nombre de sites"):
        PMedian().solve(problem)
    with pytest.raises(InvalidInputError, match="pas de prix"):
        PMedian(budget=3).solve(problem)
    with pytest.raises(UnsolvedError, match="1 point de demande"):
        Lscp(threshold=20).solve(problem)
    with pytest.raises(InvalidInputError, match="seuil"):
        Lscp(threshold=float("nan")).solve(problem)
    with pytest.raises(InvalidInputError, match="limite de temps"):
        PMedian(k=1).solve(problem, time_limit=0)
    priced = SitingProblem(problem.costs, problem.weights, problem.fixed, np.array([9.0, 1]))
    with pytest.raises(UnsolvedError, match="budget"):
        PMedian(budget=5).solve(priced)
