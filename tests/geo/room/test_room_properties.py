"""What the bound and nearest-first must keep, on random places."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse
from scipy.optimize import linprog

from geo.errors import InvalidInputError
from geo.room import Reach, fairest, nearest_first, nearest_load

PEOPLE = st.one_of(st.just(0.0), st.floats(1, 5e4), st.integers(1, 5000).map(float))
GPS = st.one_of(st.just(0.0), st.sampled_from([0.1, 0.5, 1.0, 1 / 3, 7.0]), st.floats(0.05, 50))
TIMES = st.one_of(st.sampled_from([0.0, 5.0, 10.0, 15.0, 20.0, 20.001]), st.floats(0, 25))

few = settings(max_examples=60)


@st.composite
def places(draw):
    """Draw pairs, people and GPs; some places reach nobody, some times are equal."""
    n, m = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    minutes = draw(hnp.arrays(float, (n, m), elements=TIMES))
    people = draw(hnp.arrays(float, n, elements=PEOPLE))
    gps = draw(hnp.arrays(float, m, elements=GPS))
    origin, destination = np.divmod(np.arange(n * m), m)
    pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": minutes.ravel()})
    return pairs, people, gps


def reach_of(place, limit=20.0):
    pairs, people, gps = place
    return Reach.of(pairs, len(people), len(gps), limit)


def least_by_highs(reach, people, gps, per_gp):
    """Return the fewest people without room, by a linear programme."""
    count = len(reach.minutes)
    if not count:
        return people.sum()
    pair = np.arange(count)
    rows = sparse.vstack(
        [
            sparse.csr_array((np.ones(count), (reach.origin, pair)), shape=(len(people), count)),
            sparse.csr_array((np.ones(count), (reach.destination, pair)), shape=(len(gps), count)),
        ]
    )
    answer = linprog(-np.ones(count), A_ub=rows, b_ub=np.concatenate([people, per_gp * gps]))
    assert answer.status == 0
    return people.sum() + answer.fun


def numbers_by_enumeration(reach, people, gps):
    """Return inhabitants per GP of each place: the worst-off set of all, set apart, and again."""
    staffed = gps > 0
    near = [set(reach.destination[(reach.origin == i)]) for i in range(len(people))]
    near = [{j for j in sites if staffed[j]} for sites in near]
    number = np.full(len(people), np.inf)
    left = {i for i in range(len(people)) if near[i] and people[i] > 0}
    gone: set[int] = set()
    while left:
        worst, found = -1.0, set()
        for size in range(1, len(left) + 1):
            for chosen in itertools.combinations(sorted(left), size):
                sites = set().union(*(near[i] for i in chosen)) - gone
                ratio = people[list(chosen)].sum() / gps[list(sites)].sum()
                if ratio > worst * (1 + 1e-12):
                    worst, found = ratio, set(chosen)
                elif ratio > worst * (1 - 1e-12):
                    found |= set(chosen)
        number[list(found)] = worst
        gone |= set().union(*(near[i] for i in found))
        left -= found
    return number


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_equals_highs_and_enumeration_on_random_instances(seed):
    random = np.random.default_rng(seed)
    for _ in range(50):
        n, m = random.integers(1, 8), random.integers(1, 6)
        there = random.random((n, m)) < 0.45
        origin, destination = np.nonzero(there)
        pairs = pd.DataFrame({"origin": origin, "destination": destination, "minutes": 1.0})
        people = random.integers(0, 3000, n).astype(float)
        gps = random.integers(0, 9, m) / 4
        reach = Reach.of(pairs, n, m, 20)
        bound = fairest(reach, people, gps)
        expected = numbers_by_enumeration(reach, people, gps)
        assert bound.per_gp[people > 0] == pytest.approx(expected[people > 0], rel=1e-9)
        for per_gp in (700.0, *(bound.level[:1] * 0.9)):
            least = least_by_highs(reach, people, gps, per_gp)
            assert bound.without_room(people, per_gp).sum() == pytest.approx(least, abs=1e-4)


@few
@given(place=places(), per_gp=st.floats(50, 5000))
def test_nearest_first_conserves_people_and_never_does_better_than_the_bound(place, per_gp):
    _, people, gps = place
    reach = reach_of(place)
    seats = nearest_first(reach, people, gps, per_gp)
    assert seats.without_room.sum() + seats.seated.sum() == pytest.approx(people.sum())
    assert (seats.seated <= per_gp * gps + 1e-6).all()
    assert (seats.without_room >= 0).all()
    assert seats.by_pair.sum() == pytest.approx(seats.seated.sum())
    least = fairest(reach, people, gps).without_room(people, per_gp).sum()
    assert least <= seats.without_room.sum() + 1e-6 * (1 + people.sum())


@few
@given(place=places(), per_gp=st.floats(50, 5000))
def test_nobody_would_leave_nearest_first(place, per_gp):
    """No place with people left out, or seated farther, sees a nearer seat free or taken from
    farther away."""
    _, people, gps = place
    reach = reach_of(place)
    seats = nearest_first(reach, people, gps, per_gp)
    for pair in range(len(reach.minutes)):
        origin, site = reach.origin[pair], reach.destination[pair]
        farther = reach.minutes > reach.minutes[pair]
        wanted = (
            seats.without_room[origin] + seats.by_pair[farther & (reach.origin == origin)].sum()
        )
        free = per_gp * gps[site] - seats.seated[site]
        given_away = free + seats.by_pair[farther & (reach.destination == site)].sum()
        assert min(wanted, given_away) <= 1e-6 * (1 + people.sum())


@few
@given(place=places())
def test_blocks_recompute_and_hall_sets_prove(place):
    _, people, gps = place
    reach = reach_of(place)
    bound = fairest(reach, people, gps)
    assert (np.diff(bound.level) <= 1e-9 * bound.level[:-1]).all()
    for block, level in enumerate(bound.level):
        places_in, sites_in = bound.block == block, bound.site_block == block
        assert people[places_in].sum() / gps[sites_in].sum() == pytest.approx(level)
        hall = bound.hall_blocks(block)
        members = np.isin(bound.block, hall) & (people > 0)
        reached = np.unique(reach.destination[members[reach.origin]])
        ratio = people[members].sum() / gps[reached].sum()
        assert ratio >= level * (1 - 1e-6)
        assert ratio == pytest.approx(bound.people[hall].sum() / bound.gps[hall].sum())


@few
@given(place=places(), site=st.integers(0, 5), more=st.sampled_from([0.1, 1.0, 4.0]))
def test_a_gp_more_hurts_nobody_in_the_bound(place, site, more):
    _, people, gps = place
    reach = reach_of(place)
    richer = gps.copy()
    richer[site % len(gps)] += more
    before, after = fairest(reach, people, gps), fairest(reach, people, richer)
    assert (after.per_gp <= before.per_gp * (1 + 1e-5)).all()


@few
@given(place=places(), low=st.floats(50, 5000), more=st.floats(1, 3))
def test_a_larger_capacity_never_hurts(place, low, more):
    _, people, gps = place
    reach = reach_of(place)
    bound = fairest(reach, people, gps)
    assert (bound.without_room(people, low * more) <= bound.without_room(people, low) + 1e-9).all()
    few_seats = nearest_first(reach, people, gps, low).without_room.sum()
    assert nearest_first(reach, people, gps, low * more).without_room.sum() <= few_seats + 1e-6


@few
@given(place=places(), seed=st.integers(0, 1000), per_gp=st.floats(50, 5000))
def test_order_of_places_sites_and_pairs_does_not_matter(place, seed, per_gp):
    pairs, people, gps = place
    random = np.random.default_rng(seed)
    places_order, sites_order = random.permutation(people.size), random.permutation(gps.size)
    new_place, new_site = np.argsort(places_order), np.argsort(sites_order)
    shuffled = pairs.assign(
        origin=new_place[pairs["origin"]], destination=new_site[pairs["destination"]]
    ).sample(frac=1, random_state=seed)
    other = (shuffled, people[places_order], gps[sites_order])
    base, again = fairest(reach_of(place), people, gps), fairest(reach_of(other), *other[1:])
    assert again.per_gp == pytest.approx(base.per_gp[places_order], rel=1e-6)
    seats = nearest_first(reach_of(place), people, gps, per_gp)
    moved = nearest_first(reach_of(other), *other[1:], per_gp)
    assert moved.without_room == pytest.approx(seats.without_room[places_order], abs=1e-6)


@few
@given(place=places())
def test_a_lower_threshold_is_a_prefix(place):
    _, people, gps = place
    whole = reach_of(place, 25)
    inside, direct = whole.within(15), reach_of(place, 15)
    assert (
        fairest(inside, people, gps).per_gp.tolist() == fairest(direct, people, gps).per_gp.tolist()
    )


def test_thresholds_are_inclusive():
    pairs = pd.DataFrame({"origin": [0, 1], "destination": [0, 0], "minutes": [20.0, 20.000001]})
    bound = fairest(Reach.of(pairs, 2, 1, 20), [500, 500], [1])
    assert bound.per_gp.tolist() == [500, np.inf]
    assert bound.without_room([500, 500], 400).tolist() == pytest.approx([100, 500])


def test_equal_minutes_share_in_proportion_to_those_who_ask():
    pairs = pd.DataFrame({"origin": [0, 1, 2], "destination": 0, "minutes": [5.0, 5.0, 4.0]})
    seats = nearest_first(Reach.of(pairs, 3, 1, 20), [300, 100, 600], [1], 800)
    assert seats.without_room.tolist() == pytest.approx([150, 50, 0])


def test_equal_minutes_spread_over_sites_and_leave_none_with_room():
    pairs = pd.DataFrame({"origin": [0, 0, 1], "destination": [0, 1, 1], "minutes": 7.0})
    seats = nearest_first(Reach.of(pairs, 2, 2, 20), [900, 600], [1, 1], 800)
    # Place 0 asks 450 of each; site 1 is asked 1,050 for 800; what it refuses place 0 goes to 0.
    assert seats.without_room.tolist() == pytest.approx([0, 600 - 800 * 600 / 1050])


def test_load_if_all_went_to_the_nearest():
    pairs = pd.DataFrame(
        {"origin": [0, 1, 1, 2], "destination": [0, 0, 1, 2], "minutes": [0.0, 3.0, 3.0, 1.0]}
    )
    load = nearest_load(Reach.of(pairs, 3, 3, 20), [1000, 900, 50], [2, 1, 0])
    assert load[:2].tolist() == pytest.approx([800, 300])
    assert np.isnan(load[2])


@pytest.mark.parametrize("wrong", [[-1.0], [np.inf], [1.0, 2.0]])
def test_impossible_numbers_are_refused(wrong):
    pairs = pd.DataFrame({"origin": [0], "destination": [0], "minutes": [1.0]})
    reach = Reach.of(pairs, 1, 1, 20)
    with pytest.raises(InvalidInputError):
        fairest(reach, wrong, [1])
    with pytest.raises(InvalidInputError):
        nearest_first(reach, [1], wrong, 1000)
    with pytest.raises(InvalidInputError):
        nearest_first(reach, [1], [1], 0)


def test_a_hall_set_holds_all_that_its_blocks_lean_on():
    """Each of three places has its own GP and reaches that of the place before: 0 ← 1 ← 2."""
    pairs = pd.DataFrame(
        {"origin": [0, 1, 1, 2, 2], "destination": [0, 1, 0, 2, 1], "minutes": 5.0}
    )
    bound = fairest(Reach.of(pairs, 3, 3, 20), [1000, 600, 300], [1, 1, 1])
    assert bound.level.tolist() == [1000, 600, 300]
    assert bound.hall_blocks(2).tolist() == [0, 1, 2]
    assert bound.hall_blocks(0).tolist() == [0]


def test_where_nobody_lives_one_inhabitant_would_have_the_best_gps_in_reach():
    pairs = pd.DataFrame({"origin": [0, 1, 1, 2], "destination": [0, 0, 1, 1], "minutes": 5.0})
    bound = fairest(Reach.of(pairs, 4, 2, 20), [500, 0, 0, 0], [1, 1])
    # A GP whom nobody needs; no GP at all in the last place.
    assert bound.per_gp.tolist() == [500, 0, 0, np.inf]


def test_nobody_and_no_pairs():
    pairs = pd.DataFrame({"origin": [], "destination": [], "minutes": []})
    reach = Reach.of(pairs, 2, 1, 20)
    bound = fairest(reach, [10, 0], [3])
    assert bound.per_gp.tolist() == [np.inf, np.inf]
    assert bound.without_room([10, 0], 1000).tolist() == [10, 0]
    assert nearest_first(reach, [10, 0], [3], 1000).without_room.tolist() == [10, 0]
