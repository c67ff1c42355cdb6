"""No journey goes through roads for residents; all may begin and end there."""

import heapq

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.roads.engine import RoadTravelTime
from geo.roads.links import Links
from geo.roads.network import RoadNetwork
from geo.roads.profile import read_way
from geo.roads.projection import to_lonlat

STEP_M = 500.0
# A long way round by the north, a lane across, a hamlet behind the lane.
CORNERS = np.array(
    [(0, 0), (0, 6), (6, 6), (6, 0), (3, 0), (3, -1), (3, -2), (4, -2), (4, -1), (3, 6)],
    float,
)
ROADS = [(0, 1), (1, 9), (9, 2), (2, 3)]
LANES = [(0, 4), (4, 3), (4, 5)]
HAMLET = [(5, 6), (6, 7), (7, 8), (8, 5)]

Place = tuple[float, float]


def village_of(make_links, make_network, *, lanes_closed: bool) -> RoadTravelTime:
    ends = np.array([*ROADS, *LANES, *HAMLET])
    residents = np.zeros(len(ends), bool)
    residents[len(ROADS) : len(ROADS) + len(LANES)] = lanes_closed
    links = make_links(420_000 + STEP_M * CORNERS + [0, 6e6], ends, residents=residents)
    return RoadTravelTime(make_network(links))


@pytest.fixture
def village(make_links, make_network) -> RoadTravelTime:
    return village_of(make_links, make_network, lanes_closed=True)


@pytest.fixture
def through(make_links, make_network) -> RoadTravelTime:
    """The same lanes, open to all."""
    return village_of(make_links, make_network, lanes_closed=False)


def at(*places: Place) -> np.ndarray:
    return to_lonlat(420_000 + STEP_M * np.array(places, float) + [0, 6e6], "EPSG:2154")


def minutes(engine: RoadTravelTime, a: Place, b: Place) -> float:
    return float(engine.pairs(at(a), at(b))[0])


def test_through_traffic_goes_round(village: RoadTravelTime, through: RoadTravelTime) -> None:
    west, east = (0, 1), (6, 1)
    assert minutes(through, west, east) == pytest.approx(8 * STEP_M / 500, abs=0.01)
    assert minutes(village, west, east) == pytest.approx(16 * STEP_M / 500, abs=0.01)
    assert minutes(village, east, west) == minutes(village, west, east)


@pytest.mark.parametrize("home", [(1.5, 0), (4.5, 0), (3, -0.5), (3, -1.5), (4, -1.5)])
@pytest.mark.parametrize("away", [(0, 1), (6, 1), (3, 6), (1, 0), (5, 0), (3.5, -2)])
def test_those_who_live_there_come_and_go_as_if_it_were_open(
    village: RoadTravelTime, through: RoadTravelTime, home: Place, away: Place
) -> None:
    assert minutes(village, home, away) == minutes(through, home, away)
    assert minutes(village, away, home) == minutes(through, away, home)


def test_areas_and_the_nearest_site_follow(village: RoadTravelTime) -> None:
    sites, points = at((0, 1), (3, -1.5)), at((6, 1), (1, 0))
    found, site = village.nearest(sites, points)
    both = np.array([village.pairs(points, np.repeat(s[None], 2, axis=0)) for s in sites])
    np.testing.assert_array_equal(found, both.min(axis=0))
    np.testing.assert_array_equal(site, both.argmin(axis=0))
    limit = 0.9 * minutes(village, (0, 0.5), (6, 1))
    (ring,) = village.isochrones(at((0, 0.5)), [limit]).geometry
    assert shapely.intersects_xy(ring, *at((4.5, 0), (3, -1.5)).T).all()
    assert not shapely.intersects_xy(ring, *at((6, 1)).T).any()


@pytest.mark.parametrize(
    ("tags", "residents"),
    [
        ({"highway": "residential"}, False),
        ({"highway": "residential", "access": "destination"}, True),
        ({"highway": "service", "access": "customers"}, True),
        ({"highway": "residential", "access": "destination", "motor_vehicle": "yes"}, False),
        ({"highway": "residential", "access": "permissive"}, False),
        ({"highway": "track", "tracktype": "grade1"}, True),
        ({"highway": "track", "motor_vehicle": "destination"}, True),
        ({"highway": "track", "motor_vehicle": "yes"}, False),
    ],
)
def test_who_may_go_through(tags: dict[str, str], residents: bool) -> None:
    way = read_way(tags)
    assert way is not None
    assert way.residents == residents


Arc = tuple[int, int, int, bool]
"""From, to, milliseconds, for residents."""


def plain_arcs(links: Links) -> list[Arc]:
    """Return the arcs of the largest strong part, those behind roads for residents closed too."""
    rows = [
        (int(a), int(b), int(ms), bool(home), way)
        for a, b, ms, home, f, w in zip(
            links.start, links.end, links.ms_offpeak, links.residents, links.forward,
            links.backward, strict=True,
        )
        for way in ((f, w),)
    ]  # fmt: skip
    graph = nx.DiGraph()
    both = [
        (u, v, ms, home)
        for a, b, ms, home, (f, w) in rows
        for u, v, is_open in ((a, b, f), (b, a, w))
        if is_open
    ]
    graph.add_edges_from((u, v) for u, v, *_ in both)
    kept = max(nx.strongly_connected_components(graph), key=len)
    both = [arc for arc in both if arc[0] in kept and arc[1] in kept]
    free = nx.DiGraph()
    free.add_nodes_from(kept)
    free.add_edges_from((u, v) for u, v, _, home in both if not home)
    pieces = sorted(nx.strongly_connected_components(free), key=len)
    if len(pieces) > 1 and len(pieces[-1]) == len(pieces[-2]):
        return []  # no largest piece: either may be the open one
    core = pieces[-1]
    return [(u, v, ms, home or u not in core or v not in core) for u, v, ms, home in both]


def plain_ms(arcs: list[Arc], start: Arc, end: Arc) -> float:
    """Dijkstra over (junction, phase): leaving home, on open roads, nearly there."""
    out: dict[int, list[Arc]] = {}
    for arc in arcs:
        out.setdefault(arc[0], []).append(arc)
    best = {(start[1], 0 if start[3] else 1): start[2] / 2}
    queue = [(start[2] / 2, start[1], 0 if start[3] else 1)]
    while queue:
        ms, node, phase = heapq.heappop(queue)
        if ms > best[node, phase]:
            continue
        for _, to, more, home in out.get(node, []):
            if phase == 2 and not home:
                continue
            then = (phase if phase == 0 else 2) if home else 1
            if ms + more < best.get((to, then), np.inf):
                best[to, then] = ms + more
                heapq.heappush(queue, (ms + more, to, then))
    last = (0, 1, 2) if end[3] else (0, 1)
    return min(best.get((end[0], phase), np.inf) for phase in last) + end[2] / 2


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 0.6))
def test_times_are_those_of_a_plain_search_in_three_phases(
    seed: int, share: float, make_random, make_network
) -> None:
    links: Links = make_random(seed, side=6, residents=share)
    network: RoadNetwork = make_network(links)
    arcs = plain_arcs(links)
    engine, rng = RoadTravelTime(network), np.random.default_rng(seed)
    two_way = {frozenset(a[:2]): [b for b in arcs if set(b[:2]) == set(a[:2])] for a in arcs}
    streets = list(two_way.values())
    for _ in range(12 if streets else 0):
        a, b = (streets[i] for i in rng.integers(0, len(streets), 2))
        if a is b:
            continue
        middle = [
            to_lonlat(links.xy[list(s[0][:2])].mean(axis=0)[None], network.crs) for s in (a, b)
        ]
        expected = min(plain_ms(arcs, x, y) for x in a for y in b)
        assert engine.pairs(*middle)[0] * 60_000 == pytest.approx(
            expected, abs=20
        )  # a centimetre on foot is 7 ms
