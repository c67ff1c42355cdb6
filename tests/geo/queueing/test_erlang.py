"""Erlang B and C: closed forms, a published table, a simulation, and what must always hold."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.queueing import erlang_b, erlang_c, fewest_servers, queue


def by_sums(load: float, servers: int) -> float:
    """Erlang C from its definition, factorials and all."""
    top = load**servers / math.factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / math.factorial(k) for k in range(servers)) + top)


@pytest.mark.parametrize("load", [0.05, 0.4, 0.9])
def test_one_server_waits_as_often_as_it_is_busy(load):
    assert erlang_c(load, 1) == pytest.approx(load)
    found = queue([6.0], [10 * load], [1], 3.0)
    # M/M/1: W = ρ·h / (1 − ρ), and 1 − ρ·exp(−(1 − ρ)·T/h) within T.
    held = 10 * load
    assert found.mean_wait[0] == pytest.approx(load * held / (1 - load))
    assert found.within[0] == pytest.approx(1 - load * math.exp(-(1 - load) * 3 / held))


@pytest.mark.parametrize("load", [0.1, 1.0, 1.9])
def test_two_servers_have_a_closed_form(load):
    assert erlang_c(load, 2) == pytest.approx(load**2 / (2 + load))


@pytest.mark.parametrize(
    ("servers", "load"), [(1, 0.0101), (5, 1.36), (10, 4.46), (20, 12.03), (50, 37.9), (100, 84.1)]
)
def test_one_call_in_a_hundred_is_lost_at_the_loads_of_the_published_table(servers, load):
    assert erlang_b(load, servers) == pytest.approx(0.01, rel=0.02)


@settings(max_examples=40)
@given(st.integers(1, 25), st.floats(0.01, 0.99))
def test_the_recursion_equals_the_sums(servers, share):
    load = share * servers
    assert erlang_c(load, servers) == pytest.approx(by_sums(load, servers), rel=1e-9)


def test_large_queues_do_not_overflow():
    assert 0 < float(erlang_c(1_900.0, 2_000)) < 1


@settings(max_examples=40)
@given(st.floats(0.1, 60), st.floats(0.5, 30), st.integers(1, 30), st.floats(0, 20))
def test_more_regulators_or_fewer_calls_never_hurt(calls, minutes, servers, target):
    rates, staff = [calls, calls, calls * 0.9], [servers, servers + 1, servers]
    both = queue(rates, [minutes] * 3, staff, target)
    for better in (1, 2):
        assert both.waiting[better] <= both.waiting[0] + 1e-12
        assert both.mean_wait[better] <= both.mean_wait[0]
        assert both.within[better] >= both.within[0] - 1e-12
    assert (both.within >= 0).all()
    assert (both.within <= 1).all()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0.1, 40), st.integers(0, 4)), min_size=2, max_size=5))
def test_one_queue_waits_no_longer_than_several(parts):
    """Same mean duration, all regulators together: pooling loses nothing."""
    calls = np.array([one for one, _ in parts])
    servers = np.floor(calls * 8 / 60) + np.array([more for _, more in parts])
    apart = queue(calls, np.full(len(parts), 8.0), servers, 2.0)
    together = queue([calls.sum()], [8.0], [servers.sum()], 2.0)
    assert together.mean_wait[0] <= (apart.mean_wait * calls).sum() / calls.sum() + 1e-9


def test_as_many_calls_as_time_never_ends():
    found = queue([12.0, 13.0], [10.0, 10.0], [2, 2], 60.0)
    assert found.waiting.tolist() == [1, 1]
    assert np.isinf(found.mean_wait).all()
    assert found.within.tolist() == [0, 0]


def test_what_is_not_known_stays_unknown_and_no_call_waits_for_nobody():
    found = queue([np.nan, 0.0, 3.0], [8.0, 8.0, np.nan], [1, 0, 1], 2.0)
    for values in (found.load, found.waiting, found.mean_wait, found.within):
        assert np.isnan(values[[0, 2]]).all()
    assert (found.waiting[1], found.mean_wait[1], found.within[1]) == (0, 0, 1)


@settings(max_examples=40)
@given(st.floats(0.01, 200), st.floats(0.5, 30), st.floats(0, 10), st.floats(0.05, 0.99))
def test_the_fewest_regulators_hold_and_one_less_does_not(calls, minutes, target, share):
    found = fewest_servers([calls], [minutes], target, share)
    assert queue([calls], [minutes], found, target).within[0] >= share
    assert queue([calls], [minutes], found - 1, target).within[0] < share


def test_a_simulated_room_of_regulators_says_the_same():
    """Calls one by one: a check that owes nothing to the formulas."""
    rng = np.random.default_rng(7)
    count, calls, minutes, servers, target = 60_000, 20.0, 8.0, 4, 2.0
    came = np.cumsum(rng.exponential(60 / calls, count))
    lasted = rng.exponential(minutes, count)
    free, waited = np.zeros(servers), np.empty(count)
    for k in range(count):
        first = int(np.argmin(free))
        start = max(came[k], free[first])
        waited[k] = start - came[k]
        free[first] = start + lasted[k]
    waited = waited[2_000:]
    found = queue([calls], [minutes], [servers], target)
    assert (waited > 0).mean() == pytest.approx(found.waiting[0], abs=0.02)
    assert waited.mean() == pytest.approx(found.mean_wait[0], rel=0.1)
    assert (waited <= target).mean() == pytest.approx(found.within[0], abs=0.02)


@pytest.mark.parametrize("servers", [1.5, -1, 3_000, np.nan])
def test_regulators_that_are_none_are_refused(servers):
    with pytest.raises(InvalidInputError, match="nombre entier"):
        erlang_c(0.5, servers)


def test_calls_that_are_none_are_refused():
    with pytest.raises(InvalidInputError, match="négatifs"):
        queue([-1.0], [8.0], [1], 2.0)
    with pytest.raises(InvalidInputError, match="durée nulle"):
        queue([1.0], [0.0], [1], 2.0)
    with pytest.raises(InvalidInputError, match="délai"):
        queue([1.0], [8.0], [1], -2.0)
    with pytest.raises(InvalidInputError, match="par heure"):
        fewest_servers([1e6], [8.0], 2.0, 0.8)
    with pytest.raises(InvalidInputError, match="100 %"):
        fewest_servers([1.0], [8.0], 2.0, 1.0)
