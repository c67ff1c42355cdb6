"""Turns that are forbidden, through a node or through ways.

Every restriction becomes sequences of directed links that no journey may drive. Through a node a
sequence is a pair. A longer one is held by memory: the ways it goes through are doubled, the copy
is entered by those who come from its first link only, and the turn is forbidden from the copy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.roads.osm import OsmRoads

if TYPE_CHECKING:
    from geo.roads.links import Links

Integers = npt.NDArray[np.int64]
Sequence = tuple[int, ...]
"""Directed links one after the other, as 2 × link + (1 when backward)."""

_LONGEST = 12
"""Links of the longest detour through ways that is followed."""


@dataclass(frozen=True)
class _Around:
    """Directed links that reach and leave some junctions, and the OSM way of each."""

    into: dict[int, list[int]]
    out: dict[int, list[int]]
    way: Integers
    head: Integers


def with_turns(
    roads: OsmRoads, links: "Links", junction_id: Integers, link_way: Integers
) -> tuple["Links", int, int]:
    """Return links with their forbidden turns, restrictions applied and passed over.

    Parameters
    ----------
    roads
        What the extracts say.
    links
        Links without turns.
    junction_id
        OSM node of each junction, shape (n,).
    link_way
        Row in `roads.ways` of each link, shape (k,).
    """
    way_ids = np.frombuffer(roads.way_ids, np.int64)[link_way]
    vias = np.array([via for _, via, _ in roads.restrictions], np.int64)
    through = {way for _, ways, _ in roads.through_ways for way in ways}
    inside = np.isin(way_ids, np.array(sorted(through), np.int64))
    at = np.isin(junction_id, vias)
    at[links.start[inside]] = at[links.end[inside]] = True
    around = _around(links, at, way_ids)
    junctions: dict[int, list[int]] = {}
    for junction in np.flatnonzero(at).tolist():
        junctions.setdefault(int(junction_id[junction]), []).append(junction)
    forbidden: set[Sequence] = set()
    applied = passed = 0
    for (start, via, end), only in roads.restrictions.items():
        found = _through_node(around, junctions.get(via, []), start, end)
        forbidden |= _sequences(around, found, only=only)
        applied, passed = applied + bool(found), passed + (not found)
    ends = _ends_of_ways(links, inside, way_ids)
    for (start, ways, end), only in roads.through_ways.items():
        touched = {junction for way in ways for junction in ends.get(way, ())}
        found = _through_ways(around, sorted(touched), (start, ways, end))
        forbidden |= _sequences(around, found, only=only)
        applied, passed = applied + bool(found), passed + (not found)
    return forbid(links, forbidden), applied, passed


def _around(links: "Links", at: npt.NDArray[np.bool_], way_ids: Integers) -> _Around:
    ends = np.stack([links.start, links.end])
    into: dict[int, list[int]] = {}
    out: dict[int, list[int]] = {}
    for backward, open_ in enumerate((links.forward, links.backward)):
        tail, head = ends[backward], ends[1 - backward]
        for i in np.flatnonzero(open_ & (at[tail] | at[head])).tolist():
            out.setdefault(int(tail[i]), []).append(2 * i + backward)
            into.setdefault(int(head[i]), []).append(2 * i + backward)
    return _Around(into, out, np.repeat(way_ids, 2), np.stack([ends[1], ends[0]], axis=1).ravel())


def _ends_of_ways(
    links: "Links", inside: npt.NDArray[np.bool_], way_ids: Integers
) -> dict[int, set[int]]:
    ends: dict[int, set[int]] = {}
    for i in np.flatnonzero(inside).tolist():
        ends.setdefault(int(way_ids[i]), set()).update((int(links.start[i]), int(links.end[i])))
    return ends


def _through_node(around: _Around, at: list[int], start: int, end: int) -> Sequence:
    """Return the only pair of links of that turn; none when it is ambiguous."""
    arrivals = [arc for j in at for arc in around.into.get(j, []) if around.way[arc] == start]
    exits = [arc for j in at for arc in around.out.get(j, []) if around.way[arc] == end]
    return (arrivals[0], exits[0]) if len(arrivals) == len(exits) == 1 else ()


def _through_ways(
    around: _Around, at: list[int], turn: tuple[int, frozenset[int], int]
) -> Sequence:
    """Return the only sequence from a way, along others, to a last one; none when ambiguous."""
    start, ways, end = turn
    found: list[Sequence] = []
    pending: list[Sequence] = [
        (arc,) for j in at for arc in around.into.get(j, []) if around.way[arc] == start
    ]
    while pending and len(found) < 2:
        driven = pending.pop()
        exits = around.out.get(int(around.head[driven[-1]]), [])
        last = [arc for arc in exits if around.way[arc] == end] if len(driven) > 1 else []
        found.extend((*driven, arc) for arc in last)
        if not last and len(driven) < _LONGEST:
            used = {arc // 2 for arc in driven}
            pending.extend(
                (*driven, arc)
                for arc in exits
                if int(around.way[arc]) in ways and arc // 2 not in used
            )
    return found[0] if len(found) == 1 else ()


def _sequences(around: _Around, turn: Sequence, *, only: bool) -> set[Sequence]:
    """Return what may not be driven: the turn itself, or all that leaves the only way allowed.

    Nor may one turn back on a way that a turn goes through, to enter it as if from elsewhere.
    """
    back = {(*turn[:i], turn[i - 1] ^ 1) for i in range(2, len(turn))}
    if not only or not turn:
        return back | {turn} if turn else set()
    return back | {
        (*turn[:i], arc)
        for i in range(1, len(turn))
        for arc in around.out[int(around.head[turn[i - 1]])]
        if arc != turn[i]
    }


def forbid(links: "Links", forbidden: Iterable[Sequence]) -> "Links":
    """Return links on which these sequences of directed links cannot be driven.

    A state is what has been driven of a sequence, two links or more; each has its copy of its
    last link. From a state, an exit leads to the longest state that it completes (as automata
    that look for several words do: Aho and Corasick, 1975), else to the link itself.
    """
    sequences = set(forbidden)
    states = sorted({s[:n] for s in sequences for n in range(2, len(s))})
    count = len(links.start)
    copies = {s: 2 * (count + rank) + s[-1] % 2 for rank, s in enumerate(states)}
    ends = np.stack([links.start, links.end], axis=1)
    driven = [arc for s in sequences for arc in s[:-1]]
    at = np.zeros(len(links.xy), bool)
    at[[ends[arc // 2, 1 - arc % 2] for arc in driven]] = True
    around = _around(links, at, np.zeros(count, np.int64))
    variants: dict[int, list[int]] = {}
    arriving: dict[int, list[tuple[Sequence, int]]] = {}
    for state, copy in copies.items():
        variants.setdefault(state[-1], []).append(copy)
        arriving.setdefault(int(around.head[state[-1]]), []).append((state, copy))
    banned: set[tuple[int, int]] = set()
    for junction in np.flatnonzero(at).tolist():
        plain = [((arc,), arc) for arc in around.into.get(junction, [])]
        for state, arrival in (*plain, *arriving.get(junction, ())):
            for exit_ in around.out.get(junction, []):
                ways = [(*state[i:], exit_) for i in range(len(state))]
                kept = next((copies[way] for way in ways if way in copies), exit_)
                shut = any(way in sequences for way in ways)
                banned.update(
                    (arrival, other)
                    for other in (exit_, *variants.get(exit_, ()))
                    if shut or other != kept
                )
    pairs = np.array(sorted(banned), np.int64).reshape(-1, 2)
    return replace(_doubled(links, states), banned=pairs)


def _doubled(links: "Links", states: list[Sequence]) -> "Links":
    """Return links followed by a copy, open one way, of the last link of each state."""
    if not states:
        return links
    arcs = np.array([s[-1] for s in states], np.int64)
    rows = arcs // 2
    sizes = np.diff(links.shape_ptr)[rows]
    shapes = [links.shape_xy[links.shape_ptr[i] : links.shape_ptr[i + 1]] for i in rows]

    same = ("start", "end", "length_m", "ms_offpeak", "ms_peak", "code", "residents")
    repeated: dict[str, Any] = {
        name: np.concatenate([getattr(links, name), getattr(links, name)[rows]]) for name in same
    }
    return replace(
        links,
        **repeated,
        shape_ptr=np.concatenate([links.shape_ptr, links.shape_ptr[-1] + np.cumsum(sizes)]),
        shape_xy=np.concatenate([links.shape_xy, *shapes]),
        forward=np.concatenate([links.forward, arcs % 2 == 0]),
        backward=np.concatenate([links.backward, arcs % 2 == 1]),
        joinable=np.concatenate([links.joinable, np.zeros(len(arcs), bool)]),
    )
