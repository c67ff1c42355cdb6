"""Properties that every floating catchment measure must keep, on random places."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo import access as ga

TWO_STEP = [w for w in ga.WEIGHTS.values() if not w.selection]


@st.composite
def places(draw):
    """Draw pairs, demand (above 0) and supply of some places; times land on thresholds too."""
    origins, sites = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    times = st.one_of(st.sampled_from([0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0]), st.floats(0, 70))
    minutes = draw(hnp.arrays(float, (origins, sites), elements=times))
    demand = draw(hnp.arrays(float, origins, elements=st.floats(1, 1e5)))
    supply = draw(hnp.arrays(float, sites, elements=st.one_of(st.just(0.0), st.floats(1, 1e5))))
    origin, destination = np.divmod(np.arange(origins * sites), sites)
    pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": minutes.ravel()})
    return pairs, demand, supply


few = settings(max_examples=25)
every_weights = pytest.mark.parametrize("weights", ga.WEIGHTS.values(), ids=ga.WEIGHTS)


@every_weights
@few
@given(place=places())
def test_supply_is_conserved(weights, place):
    pairs, demand, supply = place
    reached = pairs[weights.of(pairs["minutes"]) > 0]["destination"].unique()
    total = np.dot(demand, ga.access(pairs, demand, supply, weights))
    assert total == pytest.approx(supply[reached].sum())


@every_weights
@few
@given(place=places(), factor=st.floats(0.01, 100))
def test_scale(weights, place, factor):
    pairs, demand, supply = place
    base = ga.access(pairs, demand, supply, weights)
    assert ga.access(pairs, demand, supply * factor, weights) == pytest.approx(base * factor)
    assert ga.access(pairs, demand * factor, supply, weights) == pytest.approx(base / factor)


@every_weights
@few
@given(place=places(), seed=st.integers(0, 1000))
def test_order_of_places_and_pairs_does_not_matter(weights, place, seed):
    pairs, demand, supply = place
    random = np.random.default_rng(seed)
    origins, sites = random.permutation(demand.size), random.permutation(supply.size)
    new_origin, new_site = np.argsort(origins), np.argsort(sites)
    shuffled = pairs.assign(
        origin=new_origin[pairs["origin"]], destination=new_site[pairs["destination"]]
    ).sample(frac=1, random_state=seed)
    found = ga.access(shuffled, demand[origins], supply[sites], weights)
    assert found == pytest.approx(ga.access(pairs, demand, supply, weights)[origins])


@pytest.mark.parametrize("weights", TWO_STEP, ids=lambda w: w.key)
@few
@given(place=places(), added=st.floats(0, 1e5), data=st.data())
def test_adding_supply_lowers_nobody(weights, place, added, data):
    pairs, demand, supply = place
    site = data.draw(st.integers(0, supply.size - 1))
    more = supply.copy()
    more[site] += added
    before = ga.access(pairs, demand, supply, weights)
    assert (ga.access(pairs, demand, more, weights) >= before * (1 - 1e-12)).all()


@few
@given(place=places(), added=st.floats(0, 1e5), data=st.data())
def test_three_step_more_supply_on_an_open_site_lowers_nobody(place, added, data):
    # A site that opens draws demand to itself, so that only growth of open sites is monotone.
    pairs, demand, supply = place
    supply = supply + 1.0
    site = data.draw(st.integers(0, supply.size - 1))
    more = supply.copy()
    more[site] += added
    before = ga.access(pairs, demand, supply, ga.THREE_SFCA)
    assert (ga.access(pairs, demand, more, ga.THREE_SFCA) >= before * (1 - 1e-12)).all()


@few
@given(place=places())
def test_population_rings_are_nested(place):
    pairs, demand, supply = place
    minutes, _ = ga.nearest_site(pairs, supply, demand.size)
    rings = [ga.population_within(demand, minutes, limit) for limit in (10, 20, 30)]
    assert (rings[0] <= rings[1]).all()
    assert (rings[1] <= rings[2]).all()
    assert (rings[2] <= demand).all()
