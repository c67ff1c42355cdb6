"""Access measures against published oracles and an independent implementation of the APL."""

import numpy as np
import pandas as pd
import pytest

from geo import access as ga
from geo.errors import InvalidInputError

POPULATION = [1000.0, 2000.0, 500.0]
ACTS = [10_000.0, 0.0, 3_000.0]
TIMES = {(0, 1): 12.0, (1, 2): 18.0, (0, 2): 25.0}


def three_communes() -> pd.DataFrame:
    rows = [(i, i, 0.0) for i in range(3)]
    rows += [(i, j, t) for (i, j), t in TIMES.items()] + [(j, i, t) for (i, j), t in TIMES.items()]
    return pd.DataFrame(rows, columns=["origin", "destination", "minutes"])


def plain_apl(times, population, acts, steps):
    """The APL written from its formula with loops and dictionaries, sharing no code with ours."""

    def weight(t):
        for bound, value in steps:
            if t <= bound:
                return value
        return 0.0

    ratios = {}
    for j, offered in enumerate(acts):
        asking = sum(
            weight(times[i, j]) * people for i, people in enumerate(population) if (i, j) in times
        )
        ratios[j] = offered / asking if asking else 0.0
    result = []
    for i, people in enumerate(population):
        reached = sum(weight(times[i, j]) * ratios[j] for j in range(len(acts)) if (i, j) in times)
        result.append(reached if people else float("nan"))
    return result


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (ga.DREES_2015, [4.285714, 3.714286, 2.571429]),
        (ga.E2SFCA, [4.365891, 3.733806, 2.332996]),
        (ga.BINARY_20, [3.333333, 4.533333, 1.200000]),
    ],
    ids=lambda value: value.key if isinstance(value, ga.Weights) else "",
)
def test_three_communes(weights, expected):
    found = ga.access(three_communes(), POPULATION, ACTS, weights)
    assert found == pytest.approx(expected, abs=5e-7)
    assert np.dot(POPULATION, found) == pytest.approx(13_000)


def test_gravity_scenario_of_pysal():
    # Travel of 80 minutes lies beyond the cut of 61, but still attracts in the selection weights.
    minutes = np.array([[1, 80, 40], [80, 1, 40], [40, 40, 1]], dtype=float).ravel()
    origin, destination = np.divmod(np.arange(9), 3)
    pull = 1 / minutes
    weight = np.where(minutes < 61, pull, 0)
    two = ga.floating_catchment(origin, destination, weight, [100, 50, 10], [15, 20, 100])
    assert two == pytest.approx([0.33144412, 0.57982813, 7.28641817], abs=5e-9)
    three = ga.floating_catchment(
        origin, destination, weight, [100, 50, 10], [15, 20, 100], selection=pull
    )
    assert three == pytest.approx([0.15625659, 0.40621645, 9.90635185], abs=5e-9)


@pytest.mark.parametrize("key", ["drees_2015", "drees_2012", "e2sfca", "binary_20"])
def test_independent_implementation(key):
    random = np.random.default_rng(7)
    weights = ga.weights_named(key)
    population = random.integers(0, 5000, 40).astype(float)
    population[3] = 0.0
    acts = random.choice([0.0, 4000.0, 9000.0], 40)
    minutes = random.integers(0, 45, (40, 40)).astype(float)  # integers: thresholds are met exactly
    np.fill_diagonal(minutes, 0)
    origin, destination = np.divmod(np.arange(1600), 40)
    pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": minutes.ravel()})
    plain = plain_apl(
        {(i, j): minutes[i, j] for i in range(40) for j in range(40)},
        population,
        acts,
        list(zip(weights.minutes, weights.factors, strict=True)),
    )
    np.testing.assert_allclose(ga.access(pairs, population, acts, weights), plain, rtol=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize("key", ["drees_2015", "e2sfca", "three_sfca"])
def test_same_as_pysal_access(key):
    from access import fca
    from access import weights as pysal_weights

    weights = ga.weights_named(key)
    random = np.random.default_rng(11)
    population = random.integers(1, 5000, 30).astype(float)
    acts = random.integers(1000, 30_000, 30).astype(float)
    minutes = random.uniform(0, 90, (30, 30))
    np.fill_diagonal(minutes, 0)
    origin, destination = np.divmod(np.arange(900), 30)
    pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": minutes.ravel()})
    places = pd.DataFrame({"demand": population, "supply": acts})
    step = pysal_weights.step_fn(dict(zip(weights.minutes, weights.factors, strict=True)))
    method = fca.three_stage_fca if weights.selection else fca.two_stage_fca
    costs = pairs.rename(columns={"destination": "dest", "minutes": "cost"})
    peer = method(
        places[["demand"]],
        places[["supply"]],
        costs,
        max_cost=weights.reach_minutes,
        demand_index=True,
        weight_fn=step,
    )
    ours = ga.access(pairs, population, acts, weights)
    np.testing.assert_allclose(ours, peer.sort_index().to_numpy(), rtol=1e-9)


@pytest.mark.parametrize("weights", ga.WEIGHTS.values(), ids=ga.WEIGHTS)
def test_thresholds_are_inclusive(weights):
    for bound, value in zip(weights.minutes, weights.factors, strict=True):
        assert weights.of(bound) == value
        assert weights.of(np.nextafter(bound, np.inf)) < value
    assert weights.of([0.0])[0] == weights.factors[0]
    assert weights.of([np.inf, np.nan]).tolist() == [0.0, 0.0]


def test_expected_weights_tend_to_the_steps_as_the_error_vanishes():
    minutes = np.array([0.0, 4, 9.9, 10.1, 14.9, 15.1, 19.9, 20.1, np.inf])
    sharp = ga.DREES_2015.expected(minutes, 1e-6)
    assert sharp == pytest.approx(ga.DREES_2015.of(minutes))


def test_expected_weight_is_the_mean_over_the_error():
    draws = np.random.default_rng(3).normal(1.2 * 11, 2, 200_000)
    mean = ga.DREES_2015.of(np.maximum(draws, 0)).mean()
    assert ga.DREES_2015.expected([1.2 * 11.0], 2)[0] == pytest.approx(mean, abs=3e-3)


def test_expected_weights_keep_home_and_reach():
    found = ga.DREES_2015.expected([0.0, 20.0, 20.000001, np.inf, np.nan], 5.0)
    assert found[0] == 1
    assert found[1] > 0.1
    assert found[2:].tolist() == [0, 0, 0]


def test_unknown_weights_are_refused_in_french():
    with pytest.raises(InvalidInputError, match="drees_2015"):
        ga.weights_named("drees_2030")


def test_nobody_within_reach_gives_zero_and_no_demand_gives_missing():
    pairs = pd.DataFrame(
        {"origin": [0, 1, 2], "destination": [0, 0, 0], "minutes": [0.0, 20.000001, 5.0]}
    )
    found = ga.access(pairs, [100.0, 100.0, 0.0], [5000.0], ga.DREES_2015)
    assert found[:2] == pytest.approx([50.0, 0.0])
    assert np.isnan(found[2])


def test_acts_are_bounded_per_gp():
    assert ga.countable_acts([1000, 4500, 9000]).tolist() == [3600, 4500, 6000]
    assert ga.countable_acts([9000, 9000, 0], gps=[1, 2, 0]).tolist() == [6000, 9000, 0]


def test_age_limit_is_inclusive():
    counted = ga.countable_acts([4000, 4000, 4000], ages=[64, 65, 66], age_limit_years=65)
    assert counted.tolist() == [4000, 4000, 0]


def test_an_empty_site_draws_nobody_away_in_the_third_stage():
    """Who could go to a site without doctors asks the others as if it did not stand there."""
    table = pd.DataFrame(
        [(0, 0, 5.0), (1, 0, 15.0), (0, 1, 5.0)], columns=["origin", "destination", "minutes"]
    )
    without = ga.access(table[:2], POPULATION[:2], [9_000.0], ga.THREE_SFCA)
    found = ga.access(table, POPULATION[:2], [9_000.0, 0.0], ga.THREE_SFCA)
    assert found == pytest.approx(without)


def test_of_equally_near_sites_the_first_is_the_nearest():
    table = pd.DataFrame([(0, 2, 5.0), (0, 1, 5.0)], columns=["origin", "destination", "minutes"])
    minutes, site = ga.nearest_site(table, [1.0, 1.0, 1.0], 1)
    assert (minutes.tolist(), site.tolist()) == ([5.0], [1])


def test_nearest_site_ignores_places_without_supply():
    minutes, site = ga.nearest_site(three_communes(), ACTS, 3)
    assert minutes.tolist() == [0.0, 12.0, 0.0]
    assert site.tolist() == [0, 0, 2]
    alone, none = ga.nearest_site(three_communes(), [0.0, 0.0, 0.0], 3)
    assert np.isinf(alone).all()
    assert none.tolist() == [-1, -1, -1]


@pytest.mark.parametrize(("limit", "expected"), [(10, [5, 0, 0, 0]), (20, [5, 6, 0, 0])])
def test_population_within_is_inclusive(limit, expected):
    minutes = [10.0, 20.0, 20.001, np.inf]
    assert ga.population_within([5, 6, 7, 8], minutes, limit).tolist() == expected


def test_population_within_is_missing_when_minutes_are():
    assert np.isnan(ga.population_within([5.0], [np.nan], 20)).all()
