"""The grouping of least cost, against all partitions there are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.queueing import best_groups, connected_groups, grouping


def partitions(members):
    """Every partition of a list."""
    if not members:
        yield []
        return
    first, *rest = members
    for smaller in partitions(rest):
        yield [[first], *smaller]
        for k, group in enumerate(smaller):
            yield [*smaller[:k], [first, *group], *smaller[k + 1 :]]


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 6), st.integers(1, 4))
def test_the_grouping_is_the_cheapest_of_all_partitions(seed, count, most):
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count) if rng.random() < 0.6]
    groups = connected_groups(count, pairs, most)
    costs = rng.integers(1, 30, len(groups)).astype(float)
    price = dict(zip(groups, costs, strict=True))
    found = best_groups(count, groups, costs)
    every = [[tuple(sorted(g)) for g in groups] for groups in partitions(list(range(count)))]
    possible = [
        (sum(price[group] for group in one), -len(one))
        for one in every
        if all(group in price for group in one)
    ]
    assert (found.cost, -len(found.groups)) == min(possible)
    assert (found.status, found.bound) == ("optimal", found.cost)
    assert sorted(k for group in found.groups for k in group) == list(range(count))


def test_only_neighbours_go_together():
    found = connected_groups(4, [(0, 1), (1, 2)], 3)
    assert (0, 2) not in found
    assert (0, 1, 2) in found
    assert [group for group in found if 3 in group] == [(3,)]


def test_what_cannot_be_grouped_is_refused(monkeypatch):
    monkeypatch.setattr(grouping, "MOST_GROUPS", 50)
    with pytest.raises(InvalidInputError, match="au moins un"):
        connected_groups(3, [], 0)
    with pytest.raises(InvalidInputError, match="réduisez"):
        connected_groups(9, [(a, b) for a in range(9) for b in range(a)], 6)
    with pytest.raises(InvalidInputError, match="aucun groupement"):
        best_groups(2, [(0,), (1,)], [1.0, np.inf])
