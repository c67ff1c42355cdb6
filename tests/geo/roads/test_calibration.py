"""Speeds fitted on known times: exact accounts, recovery of hidden speeds, honest proof."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.roads import calibration
from geo.roads.calibration import (
    GROUPS,
    Pairs,
    calibrate,
    comparable,
    groups,
    minutes_by_group,
    network_minutes,
    paced,
)
from geo.roads.engine import RoadTravelTime
from geo.roads.links import Links
from geo.roads.network import RoadNetwork
from geo.roads.profile import CODES
from geo.roads.projection import to_lonlat

Make = Callable[..., Links]
Assemble = Callable[[Links], RoadNetwork]


@pytest.fixture(scope="module")
def region(town: RoadNetwork) -> RoadNetwork:
    return town


def journeys(network: RoadNetwork, count: int, seed: int = 0) -> Pairs:
    """Journeys between places near the roads, with the minutes of the network itself."""
    rng = np.random.default_rng(seed)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    origins = rng.uniform(low, high, (max(count // 20, 1), 2))
    origin = origins[rng.integers(0, len(origins), count)]
    destination = rng.uniform(low, high, (count, 2))
    engine = RoadTravelTime(network)
    ends = (to_lonlat(xy, network.crs) for xy in (origin, destination))
    return Pairs(origin, destination, engine.pairs(*ends))


def mixed(make_random: Make, seed: int, side: int = 24) -> Links:
    """Streets of three classes, town-like."""
    links = make_random(seed, side=side, cell_m=1500.0)
    rng = np.random.default_rng(seed)
    names = ("primary", "tertiary", "residential")
    links.code = np.array([CODES[n] for n in names], np.uint8)[rng.integers(0, 3, len(links.code))]
    links.ms_offpeak = np.rint(links.length_m / 50 * 3600).astype(np.int32)
    links.ms_peak = 2 * links.ms_offpeak
    return links


@pytest.mark.campaign
@settings(max_examples=10)
@example(seed=789)
@given(seed=st.integers(0, 1000))
def test_minutes_of_all_groups_and_the_walk_add_up_to_the_time(
    make_random: Make, make_network: Assemble, seed: int
) -> None:
    network = make_network(mixed(make_random, seed, side=10))
    pairs = journeys(network, 60, seed)
    spent, walk = minutes_by_group(network, groups(network), pairs)
    told = np.isfinite(walk)
    assume(told.sum() > 10)  # where few ways join the ends, little is said
    np.testing.assert_allclose(
        spent[told].sum(axis=1) + walk[told], pairs.minutes[told], rtol=0, atol=1e-9
    )
    # What is not told has no way, is too long, or keeps to one road.
    untold = ~told & np.isfinite(pairs.minutes) & (pairs.minutes < calibration.LONGEST_MIN)
    assert untold.sum() <= 0.1 * len(told)


@pytest.mark.campaign
def test_hidden_speeds_are_found_again(make_random: Make, make_network: Assemble) -> None:
    network = make_network(mixed(make_random, 3))
    group = groups(network)
    hidden = np.ones(GROUPS)
    for code, factor in ((CODES["primary"], 0.7), (CODES["residential"], 1.6)):
        hidden[group[network.link_class == code]] = factor
    truth = paced(network, group, hidden)
    pairs = journeys(truth, 1500)
    found = calibrate(network, pairs)
    assert found.after.mean_absolute_min < found.before.mean_absolute_min / 5
    assert found.after.mean_absolute_min < 0.4
    assert found.after.same_side > found.before.same_side
    unseen = journeys(truth, 400, seed=9)
    ours = network_minutes(found.network, group, unseen)
    both = comparable(ours, unseen.minutes)
    assert np.abs(ours - unseen.minutes)[both].mean() < 0.4


@pytest.mark.campaign
def test_a_few_odd_journeys_do_not_bend_the_rest(make_random: Make, make_network: Assemble) -> None:
    network = make_network(mixed(make_random, 3))
    pairs = journeys(network, 1500)
    odd = np.arange(len(pairs.minutes)) % 12 == 0
    pairs.minutes[odd] += 20  # a road that one of the two believes closed
    found = calibrate(network, pairs)
    ours = network_minutes(found.network, groups(network), pairs)
    good = comparable(ours, pairs.minutes) & ~odd
    assert np.abs(ours - pairs.minutes)[good].mean() < 0.4


def test_both_directions_profiles_and_the_version_follow(region: RoadNetwork) -> None:
    group = groups(region)
    slower = paced(region, group, np.full(GROUPS, 1.5))
    found = calibrate(region, journeys(slower, 800)).network
    ratio = found.link_ms_offpeak.sum() / region.link_ms_offpeak.sum()
    assert ratio == pytest.approx(1.5, abs=0.05)
    assert found.link_ms_peak.sum() / region.link_ms_peak.sum() == pytest.approx(ratio, abs=0.01)
    for profile in ("offpeak", "peak"):
        arcs, back = found.arcs(profile), found.reversed_arcs(profile)
        assert arcs[:, 1].sum() == back[:, 1].sum()
        on_link = found.arc_link >= 0
        np.testing.assert_array_equal(
            arcs[on_link, 1], found.link_ms(profile)[found.arc_link[on_link]]
        )
    assert found.provenance["version"] != region.provenance["version"]
    assert found.provenance["calibration"]["pairs"] > 100
    assert "calibration" not in region.provenance
    assert "vitesses calées sur" in RoadTravelTime(found).label.detail
    assert group.max() < GROUPS


def test_too_few_journeys_are_refused(region: RoadNetwork) -> None:
    with pytest.raises(InvalidInputError, match="paires seulement ont leurs deux bouts"):
        calibrate(region, journeys(region, 40))
    far = journeys(region, 400)
    with pytest.raises(InvalidInputError, match="0 paires seulement"):
        calibrate(region, Pairs(far.origin + 500_000, far.destination, far.minutes))
