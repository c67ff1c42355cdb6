"""Turns forbidden through ways: on small maps, and against a search that remembers its way."""

import heapq
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.roads.links import Links
from geo.roads.turns import forbid
from tests.geo.roads.osm_files import engine_of, minutes, write_osm

ROAD = {"highway": "secondary"}
ONE_WAY = {"highway": "secondary", "oneway": "yes"}
# A dual carriageway with a crossover from 2 to 5, and a loop at its western end.
NODES = {1: (0, 0), 2: (4, 0), 3: (8, 0), 4: (8, 1), 5: (4, 1), 6: (0, 1), 7: (4, 5), 8: (20, 0)}
WAYS = {
    10: ((1, 2), ONE_WAY),
    11: ((2, 3), ONE_WAY),
    12: ((2, 5), ROAD),
    13: ((4, 5), ONE_WAY),
    14: ((5, 6), ONE_WAY),
    15: ((5, 7), ROAD),
    16: ((6, 1), ROAD),
    17: ((3, 8, 4), ONE_WAY),
}


def _map(path: Path, kind: str = "", *, end: int = 14) -> Path:
    write_osm(path, NODES, WAYS)
    if kind:
        relation = (
            '<relation id="1" version="1"><member type="way" ref="10" role="from"/>'
            '<member type="way" ref="12" role="via"/>'
            f'<member type="way" ref="{end}" role="to"/>'
            f'<tag k="type" v="restriction"/><tag k="restriction" v="{kind}"/></relation></osm>'
        )
        path.write_text(path.read_text(encoding="utf-8").replace("</osm>", relation))
    return path


def test_a_turn_forbidden_through_a_way_sends_round(tmp_path: Path) -> None:
    free = engine_of(_map(tmp_path / "free.osm"))
    bound = engine_of(_map(tmp_path / "bound.osm", "no_u_turn"))
    assert bound.network.provenance["restrictions_applied"] == 1
    back = (2, 0), (2, 1)
    assert minutes(bound, *back) > minutes(free, *back) + 3
    for a, b in [((2, 0), (4, 4)), ((2, 0), (7, 0)), ((4, 4), (2, 1)), ((7, 1), (2, 1))]:
        assert minutes(bound, a, b) == minutes(free, a, b)


def test_the_only_way_allowed_through_a_way(tmp_path: Path) -> None:
    free = engine_of(_map(tmp_path / "free.osm"))
    bound = engine_of(_map(tmp_path / "bound.osm", "only_straight_on", end=15))
    assert minutes(bound, (2, 0), (4, 4)) == minutes(free, (2, 0), (4, 4))
    assert minutes(bound, (2, 0), (2, 1)) > minutes(free, (2, 0), (2, 1)) + 1


def test_turning_at_a_red_light_is_not_turning(tmp_path: Path) -> None:
    told = engine_of(_map(tmp_path / "a.osm", "no_right_turn_on_red"))
    assert told.network.provenance["restrictions_applied"] == 0
    free = engine_of(_map(tmp_path / "b.osm"))
    assert minutes(told, (2, 0), (2, 1)) == minutes(free, (2, 0), (2, 1))


def _cheapest(
    start: int, ends: set[int], costs: np.ndarray, exits: Callable[[tuple[int, ...]], list[int]]
) -> float:
    """Return the least time from a directed link to any of others, each driven whole."""
    queue = [(0.0, (start,))]
    done: set[tuple[int, ...]] = set()
    while queue:
        time, state = heapq.heappop(queue)
        if state[-1] in ends:
            return time
        if state in done:
            continue
        done.add(state)
        for arc in exits(state):
            heapq.heappush(queue, (time + float(costs[arc // 2]), (*state, arc)[-4:]))
    return np.inf


@settings(max_examples=60)
@given(data=st.data(), seed=st.integers(0, 10_000))
def test_forbidden_sequences_are_those_never_driven(
    data: st.DataObject, seed: int, make_links: Callable[..., Links]
) -> None:
    rng = np.random.default_rng(seed)
    count = 6
    xy = rng.uniform(0, 1000, (count, 2))
    ring = np.column_stack([np.arange(count), np.roll(np.arange(count), -1)])
    ends = np.vstack([ring, [[0, 2], [1, 4], [3, 5]]])
    links = make_links(xy, ends)
    tail = np.column_stack([links.start, links.end]).ravel()
    head = np.column_stack([links.end, links.start]).ravel()

    def onward(arc: int) -> list[int]:
        return np.flatnonzero(tail == head[arc]).tolist()

    forbidden = set()
    for _ in range(data.draw(st.integers(1, 4))):
        walk = [data.draw(st.integers(0, len(tail) - 1))]
        for _ in range(data.draw(st.integers(1, 3))):
            walk.append(data.draw(st.sampled_from(onward(walk[-1]))))
        forbidden.add(tuple(walk))
    bound = forbid(links, forbidden)
    banned = set(map(tuple, bound.banned.tolist()))
    bound_tail = np.column_stack([bound.start, bound.end]).ravel()
    bound_head = np.column_stack([bound.end, bound.start]).ravel()
    is_open = np.column_stack([bound.forward, bound.backward]).ravel()
    copied_from = {  # copies keep the course of what they copy
        arc: next(
            i
            for i in range(2 * len(links.start))
            if (tail[i], head[i]) == (bound_tail[arc], bound_head[arc]) and i % 2 == arc % 2
        )
        for arc in range(2 * len(bound.start))
    }

    def plain(state: tuple[int, ...]) -> list[int]:
        return [
            arc
            for arc in onward(state[-1])
            if not any((*state[i:], arc) in forbidden for i in range(len(state)))
        ]

    def doubled(state: tuple[int, ...]) -> list[int]:
        arc = state[-1]
        exits = np.flatnonzero(is_open & (bound_tail == bound_head[arc])).tolist()
        return [exit_ for exit_ in exits if (arc, exit_) not in banned]

    start, end = data.draw(st.integers(0, 17)), data.draw(st.integers(0, 17))
    variants = {arc for arc, original in copied_from.items() if original == end and is_open[arc]}
    expected = _cheapest(start, {end}, links.ms_offpeak, plain)
    assert (
        _cheapest(start, variants, bound.ms_offpeak, lambda state: doubled(state[-1:])) == expected
    )
