"""Queries on a network: from one, from many, pairs, nearest. Milliseconds in and out."""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import contextlib
import os
import queue
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.roads.network import RoadNetwork
from geo.roads.places import Places, arrival_ms, direct_ms
from geo.roads.search import BUCKETS, NEVER_MS, STATE_COLUMNS, Ints, advance, start

_BLOCK_PAIRS = 1 << 20
"""Pairs that one thread gathers before it hands them over (12 MB)."""

_PAIRS_STEP_MS = 5 * 60_000
"""A search for given pairs looks this much further until all are found."""

_Pairs = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Ints]


@dataclass(eq=False)
class Workspace:
    """Scratch arrays of one search; the tag makes them empty without writing them."""

    state: Ints
    first: Ints
    reached: Ints
    tag: int = 0


@dataclass(eq=False)
class Router:
    """A network with one profile's times, and scratch arrays for searches in parallel."""

    network: RoadNetwork
    profile: str
    arcs: Ints = field(init=False)
    _idle: queue.SimpleQueue = field(init=False, default_factory=queue.SimpleQueue)

    def __post_init__(self) -> None:
        """Choose the arcs of the profile."""
        self.arcs = self.network.arcs(self.profile)

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Lend scratch arrays, made when all are in use."""
        try:
            space = self._idle.get_nowait()
        except queue.Empty:
            n = self.network.node_count
            space = Workspace(
                np.zeros((n, STATE_COLUMNS), np.int32),
                np.empty(BUCKETS, np.int32),
                np.empty(n, np.int32),
            )
        try:
            yield space
        finally:
            self._idle.put(space)

    def reach(self, origins: Places, limit_ms: int, space: Workspace) -> Ints:
        """Search from all origins at once; return the nodes within the limit, in no order."""
        node, ms = origins.entries()
        space.tag += 1
        found = space.state, space.tag, space.first, space.reached
        started = start(node, ms, limit_ms, *found)
        count, _ = advance(self.network.ptr, self.arcs, 0, limit_ms, limit_ms, *found, *started)
        return space.reached[:count]

    def one_to_many(self, origin: Places, destinations: Places, limit_ms: int) -> Ints:
        """Return ms from one place to many, shape (n,); NEVER_MS beyond the limit."""
        result = np.empty(len(destinations), np.int32)
        with self.workspace() as space:
            self.reach(origin, limit_ms, space)
            _arrivals(
                origin.table[0],
                origin.xy[0],
                destinations.table,
                destinations.xy,
                limit_ms,
                space.state,
                space.tag,
                result,
            )
        return result

    def matrix(self, origins: Places, destinations: Places, limit_ms: int) -> _Pairs:
        """Return origin rows, destination rows and ms of all pairs within the limit, sorted."""
        index = _Index.of(destinations, self.network.node_count)
        # Neighbours one after the other: their searches touch the same memory.
        order = np.argsort(origins.table[:, 3:6:2].max(axis=1), kind="stable")
        workers = os.cpu_count() or 1
        parts = [p for p in np.array_split(order, workers * 4) if len(p)]

        def search(rows: npt.NDArray[np.int64]) -> _Pairs:
            return self._matrix_rows(origins, rows, destinations, index, limit_ms)

        with ThreadPoolExecutor(workers) as pool:
            found = list(pool.map(search, parts))
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int32)
        origin, destination, ms = (np.concatenate(c) for c in zip(*found, strict=True))
        by_pair = np.lexsort([destination, origin])
        return origin[by_pair], destination[by_pair], ms[by_pair]

    def _matrix_rows(
        self,
        origins: Places,
        rows: npt.NDArray[np.int64],
        destinations: Places,
        index: "_Index",
        limit_ms: int,
    ) -> _Pairs:
        some = origins.take(rows)
        room = max(_BLOCK_PAIRS, len(destinations))
        block = np.empty((room, 3), np.int32)
        best = np.zeros((len(destinations), 2), np.int32)
        gathered = []
        done = 0
        with self.workspace() as space:
            while done < len(some):
                done, count, space.tag = _rows_within(
                    self.network.ptr,
                    self.arcs,
                    limit_ms,
                    some.table,
                    some.xy,
                    done,
                    destinations.table,
                    destinations.xy,
                    index.node_first,
                    index.by_node,
                    index.link,
                    index.by_link,
                    space.state,
                    space.tag,
                    space.first,
                    space.reached,
                    best,
                    block,
                )
                gathered.append(block[:count].copy())
        pairs = np.concatenate(gathered)
        return rows[pairs[:, 0]], pairs[:, 1].astype(np.int64), pairs[:, 2]

    def pairs(self, origins: Places, destinations: Places) -> Ints:
        """Return ms of each pair, shape (n,); NEVER_MS when there is no way."""
        result = np.full(len(origins), NEVER_MS, np.int32)
        usable = np.flatnonzero(origins.snapped & destinations.snapped)
        _, first, group = np.unique(
            origins.table[usable], axis=0, return_index=True, return_inverse=True
        )
        by_group = np.argsort(group, kind="stable")
        members = np.split(usable[by_group], np.cumsum(np.bincount(group))[:-1])

        def fill(rows: npt.NDArray[np.int64]) -> None:
            result[rows] = self._from_one(origins.take(rows), destinations.take(rows))

        if len(first):
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                list(pool.map(fill, members))
        return result

    def _from_one(self, origins: Places, destinations: Places) -> Ints:
        """Return ms from one junction-side place to several, looking just far enough.

        Origins share their link and their access, not their exact position beside the road.
        """
        result = np.empty(len(destinations), np.int32)
        node, ms = origins.take(slice(0, 1)).entries()
        with self.workspace() as space:
            space.tag += 1
            found = space.state, space.tag, space.first, space.reached
            count, waiting = start(node, ms, NEVER_MS, *found)
            done = 0
            while True:
                limit = done + _PAIRS_STEP_MS
                count, waiting = advance(
                    self.network.ptr, self.arcs, done, limit, NEVER_MS, *found, count, waiting
                )
                _pair_arrivals(
                    origins.table,
                    origins.xy,
                    destinations.table,
                    destinations.xy,
                    space.state,
                    space.tag,
                    result,
                )
                # Times beyond the limit are not final yet.
                if waiting == 0 or result.max() <= limit:
                    return result
                done = limit


@dataclass(frozen=True, eq=False)
class _Index:
    """Destinations by the nodes before them, and by link."""

    node_first: Ints
    by_node: Ints
    link: Ints
    by_link: Ints

    @staticmethod
    def of(places: Places, node_count: int) -> "_Index":
        node, _ = places.exits()
        row = np.repeat(np.arange(len(places), dtype=np.int32), 2)
        row, node = row[node >= 0], node[node >= 0]
        first = np.zeros(node_count + 1, np.int32)
        np.cumsum(np.bincount(node, minlength=node_count), out=first[1:])
        by_link = np.argsort(places.table[:, 0], kind="stable").astype(np.int32)
        return _Index(
            first, row[np.argsort(node, kind="stable")], places.table[by_link, 0], by_link
        )


@kernel
def _arrivals(
    origin: Ints,
    origin_xy: npt.NDArray[np.float64],
    places: Ints,
    xy: npt.NDArray[np.float64],
    limit: int,
    state: Ints,
    tag: int,
    result: Ints,
) -> None:
    for j in range(len(places)):
        ms = min(arrival_ms(places[j], state, tag), direct_ms(origin, origin_xy, places[j], xy[j]))
        result[j] = ms if ms <= limit else NEVER_MS


@kernel
def _pair_arrivals(
    origins: Ints,
    origin_xy: npt.NDArray[np.float64],
    places: Ints,
    xy: npt.NDArray[np.float64],
    state: Ints,
    tag: int,
    result: Ints,
) -> None:
    for j in range(len(places)):
        result[j] = min(
            arrival_ms(places[j], state, tag),
            direct_ms(origins[j], origin_xy[j], places[j], xy[j]),
        )


@kernel
def _offer(
    i: int, place: int, ms: int, limit: int, tag: int, best: Ints, block: Ints, used: int
) -> int:
    """Lower the best time of a destination; a new one takes a row of the block."""
    if ms > limit:
        return used
    if best[place, 1] != tag:
        best[place, 0], best[place, 1] = ms, tag
        block[used, 0], block[used, 1] = i, place
        return used + 1
    best[place, 0] = min(ms, best[place, 0])
    return used


@kernel
def _rows_within(
    ptr: Ints,
    arcs: Ints,
    limit: int,
    origins: Ints,
    origin_xy: npt.NDArray[np.float64],
    first: int,
    places: Ints,
    xy: npt.NDArray[np.float64],
    node_first: Ints,
    by_node: Ints,
    link: Ints,
    by_link: Ints,
    state: Ints,
    tag: int,
    first_waiting: Ints,
    reached: Ints,
    best: Ints,
    block: Ints,
) -> tuple[int, int, int]:
    """Fill a block with (origin, destination, ms) from origin `first` on, until it may overflow.

    Returns
    -------
    tuple
        The origin to go on with, rows of the block that are filled, the tag last used.
    """
    used = 0
    for i in range(first, len(origins)):
        if used + len(places) > len(block):
            return i, used, tag
        origin = origins[i]
        if origin[0] < 0:
            continue
        tag += 1
        count, waiting = start(
            origin[3:6:2], origin[4:7:2], limit, state, tag, first_waiting, reached
        )
        count, waiting = advance(
            ptr, arcs, 0, limit, limit, state, tag, first_waiting, reached, count, waiting
        )
        begin = used
        for j in range(np.searchsorted(link, origin[0]), np.searchsorted(link, origin[0] + 1)):
            place = by_link[j]
            ms = direct_ms(origin, origin_xy[i], places[place], xy[place])
            used = _offer(i, place, ms, limit, tag, best, block, used)
        for node in reached[:count]:
            for place in by_node[node_first[node] : node_first[node + 1]]:
                ms = arrival_ms(places[place], state, tag)
                used = _offer(i, place, ms, limit, tag, best, block, used)
        for row in range(begin, used):
            block[row, 2] = best[block[row, 1], 0]
    return len(origins), used, tag
