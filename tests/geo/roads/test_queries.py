"""Queries against scipy and against plain definitions, on generated networks."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roads.nearest import NearestField
from geo.roads.network import RoadNetwork
from geo.roads.places import OFF_ROAD_MS_PER_M, Places, locate_metres
from geo.roads.queries import Router
from geo.roads.search import BUCKET_MS, BUCKETS, NEVER_MS
from geo.roads.spread import NOWHERE, ms_of, site_of

SEEDS = [0, 1, 2]
LIMIT_MS = 10 * 60_000


def oracle_nodes(network: RoadNetwork, profile: str = "offpeak") -> np.ndarray:
    """Milliseconds between all nodes by scipy; parallel arcs: the fastest, zero kept apart."""
    n = network.node_count
    tail = np.repeat(np.arange(n), np.diff(network.ptr))
    head, ms = network.arcs(profile).T.astype(np.int64)
    order = np.lexsort([ms, head, tail])
    tail, head, ms = tail[order], head[order], ms[order]
    first = np.append(True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1]))
    # scipy takes an explicit 0 for an absent arc: a passage counts a hair.
    weight = np.where(ms == 0, 1e-3, ms)[first]
    graph = csr_matrix((weight, (tail[first], head[first])), shape=(n, n))
    return np.floor(dijkstra(graph))


def oracle(nodes: np.ndarray, origin: Places, destination: Places) -> int:
    """Plain definition: by the best pair of junctions, along the shared road, or on foot."""
    best = float(NEVER_MS)
    o, d = origin.table[0], destination.table[0]
    for entry in (3, 5):
        for exit_ in (7, 9):
            if o[entry] >= 0 and d[exit_] >= 0:
                best = min(best, o[entry + 1] + nodes[o[entry], d[exit_]] + d[exit_ + 1])
    if o[0] == d[0]:
        best = min(best, np.hypot(*(origin.xy[0] - destination.xy[0])) * OFF_ROAD_MS_PER_M)
        if d[1] >= o[1] and o[3] >= 0:
            best = min(best, d[1] - o[1] + o[2] + d[2])
        if d[1] <= o[1] and o[5] >= 0:
            best = min(best, o[1] - d[1] + o[2] + d[2])
    return round(best)


def some_places(network: RoadNetwork, count: int, seed: int) -> Places:
    rng = np.random.default_rng(seed)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    points = rng.uniform(low - 300, high + 300, (count, 2))
    points[1::5] = points[0::5][: len(points[1::5])] + 30  # neighbours on one road
    return locate_metres(network, "offpeak", points)


@pytest.mark.parametrize("seed", SEEDS)
def test_all_queries_agree_with_scipy(seed: int, make_random, make_network) -> None:
    network = make_network(make_random(seed))
    router = Router(network, "offpeak")
    places = some_places(network, 40, seed)
    nodes = oracle_nodes(network)
    expected = np.array(
        [
            [oracle(nodes, places.take(slice(i, i + 1)), places.take(slice(j, j + 1)))
             for j in range(len(places))]
            for i in range(len(places))
        ]
    )  # fmt: skip
    assert places.snapped.all()

    for i in range(0, len(places), 7):
        origin = places.take(slice(i, i + 1))
        found = router.one_to_many(origin, places, LIMIT_MS)
        within = expected[i] <= LIMIT_MS
        np.testing.assert_array_equal(found[within], expected[i][within])
        assert (found[~within] == NEVER_MS).all()

    row, column, ms = router.matrix(places, places, LIMIT_MS)
    full = np.full(expected.shape, NEVER_MS)
    full[row, column] = ms
    np.testing.assert_array_equal(full, np.where(expected <= LIMIT_MS, expected, NEVER_MS))

    every = np.indices(expected.shape).reshape(2, -1)
    pairs = router.pairs(places.take(every[0]), places.take(every[1]))
    np.testing.assert_array_equal(pairs.reshape(expected.shape), np.minimum(expected, NEVER_MS))

    sites = np.arange(0, 40, 9)
    ms, site = NearestField.of(router, places.take(sites)).at(places)
    np.testing.assert_array_equal(ms, expected[:, sites].min(axis=1))
    np.testing.assert_array_equal(site, expected[:, sites].argmin(axis=1))


@pytest.mark.parametrize("limit", [10, 15, 20])
def test_thresholds_are_inclusive(limit: int, make_links, make_network) -> None:
    xy = np.array([[0.0, 0.0], [5000.0, 0.0]]) + 6e5
    ms = np.array([limit * 60_000])
    router = Router(make_network(make_links(xy, [[0, 1]], ms=ms)), "offpeak")
    ends = locate_metres(router.network, "offpeak", xy)
    start, end = ends.take(slice(0, 1)), ends.take(slice(1, 2))
    assert router.one_to_many(start, end, limit * 60_000)[0] == limit * 60_000
    assert router.one_to_many(start, end, limit * 60_000 - 1)[0] == NEVER_MS
    assert len(router.matrix(start, end, limit * 60_000)[0]) == 1
    assert len(router.matrix(start, end, limit * 60_000 - 1)[0]) == 0


def test_journeys_of_days(make_links, make_network) -> None:
    """Beyond the last bucket of a search too, the order of arrival does not matter."""
    rng = np.random.default_rng(0)
    xy = 6e5 + rng.uniform(0, 9000, (40, 2))
    ends = np.array([(i, j) for i in range(40) for j in rng.choice(40, 3) if i != j])
    hours = rng.uniform(20, 100, len(ends))
    network = make_network(make_links(xy, ends, ms=hours * 3_600_000))
    router = Router(network, "offpeak")
    nodes = oracle_nodes(network)
    places = locate_metres(network, "offpeak", network.node_xy)
    first = places.take(slice(0, 1))
    expected = [oracle(nodes, first, places.take(slice(j, j + 1))) for j in range(len(places))]
    assert max(expected) > BUCKETS * BUCKET_MS
    np.testing.assert_array_equal(router.one_to_many(first, places, NEVER_MS - 1), expected)
    np.testing.assert_array_equal(
        router.pairs(places.take(np.zeros(len(places), int)), places), expected
    )
    back = NearestField.of(router, places.take(slice(1, 2))).at(first)[0]
    assert back[0] == expected[1]


def test_sites_that_come_and_go_equal_a_fresh_start(make_random, make_network) -> None:
    network = make_network(make_random(4))
    router = Router(network, "offpeak")
    points = some_places(network, 60, 1)
    sites = some_places(network, 12, 2)
    field = NearestField.of(router, sites.take(slice(0, 10)))
    field = field.with_site(sites.take(slice(10, 11))).with_site(sites.take(slice(11, 12)))
    for gone in (3, 11, 0):
        field = field.without_site(gone)
    stay = np.array([1, 2, 4, 5, 6, 7, 8, 9, 10, -1])  # the last: no site reaches there
    fresh = NearestField.of(router, sites.take(stay[:-1]))
    ms, site = field.at(points)
    fresh_ms, fresh_site = fresh.at(points)
    np.testing.assert_array_equal(ms, fresh_ms)
    np.testing.assert_array_equal(site, stay[fresh_site])
    served = fresh.keys != NOWHERE
    np.testing.assert_array_equal(ms_of(field.keys), ms_of(fresh.keys))
    np.testing.assert_array_equal(site_of(field.keys)[served], stay[site_of(fresh.keys)[served]])


def test_last_site_removed_leaves_nobody_served(town) -> None:
    router = Router(town, "offpeak")
    points = some_places(town, 30, 3)
    field = NearestField.of(router, points.take(slice(0, 1))).without_site(0)
    ms, site = field.at(points)
    assert (ms == NEVER_MS).all()
    assert (site == -1).all()


def test_more_pairs_than_a_block_holds(town, monkeypatch) -> None:
    router = Router(town, "offpeak")
    places = some_places(town, 50, 5)
    whole = router.matrix(places, places, LIMIT_MS)
    monkeypatch.setattr("geo.roads.queries._BLOCK_PAIRS", 1)
    for one, other in zip(whole, router.matrix(places, places, LIMIT_MS), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.campaign
def test_kernels_run_without_a_compiler() -> None:
    """The same tests on a small part, interpreted."""
    root = Path(__file__).resolve().parents[3]
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import pytest\n"
        f"sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', {str(Path(__file__))!r},"
        " '-k', 'inclusive or come_and_go']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
