"""Kernels of the fairest sharing: maximum flow in whole numbers, and the splitting it leads to.

People of a part and its GPs are compared at the part's own ratio, by a maximum flow from places
to sites (Dinic, 1970: levels, then a blocking flow, again and again). Those who are left without
room, and all they could take seats from, become a part of their own, and so does the rest, until
every part is even. All is in 64-bit integers: no tolerance decides where a part is cut.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel

Longs = npt.NDArray[np.int64]

_UNSEEN = -1


class Graph(NamedTuple):
    """Places, then sites, as nodes of one graph, and what a maximum flow knows of them.

    Attributes
    ----------
    places
        Nodes below this are places, the others sites.
    weight
        People of places, GPs of sites: whole numbers above 0, shape (nodes,).
    first, last
        Each node's edges stand from first to last, excluded, in `edge` and `across`.
    edge, across
        Number of an edge, and the node at its other end; each edge stands twice.
    flow
        What each edge carries from its place to its site.
    excess
        People of a place still without room; room left in a site.
    level
        Steps from people without room, below 0 where they cannot come.
    after
        Edges of a node before this one lead nowhere any more.
    queue, path
        Room to work, one slot a node.
    """

    places: int
    weight: Longs
    first: Longs
    last: Longs
    edge: Longs
    across: Longs
    flow: Longs
    excess: Longs
    level: Longs
    after: Longs
    queue: Longs
    path: Longs


def graph_of(origin: Longs, destination: Longs, people: Longs, gps: Longs) -> Graph:
    """Return the graph of pairs of row numbers, shape (p,); every row has a pair.

    Σ people × Σ gps must fit 62 bits.
    """
    nodes, count = len(people) + len(gps), len(origin)
    tail = np.concatenate([origin, destination + len(people)])
    head = np.concatenate([destination + len(people), origin])
    order = np.argsort(tail, kind="stable")
    ends = np.cumsum(np.bincount(tail, minlength=nodes))
    return Graph(
        places=len(people),
        weight=np.concatenate([people, gps]),
        first=np.concatenate([[0], ends[:-1]]),
        last=ends.copy(),
        edge=np.concatenate([np.arange(count)] * 2)[order],
        across=head[order],
        flow=np.zeros(count, np.int64),
        **{
            name: np.zeros(nodes, np.int64)
            for name in ("excess", "level", "after", "queue", "path")
        },
    )


@kernel
def even_parts(graph: Graph, part: Longs) -> int:
    """Cut a graph into even parts, written to `part`, shape (nodes,); return how many."""
    nodes = len(graph.weight)
    order, aside = np.arange(nodes), np.zeros(nodes, np.int64)
    # A part that waits: its ends in `order`, and whether it is known to be connected.
    stack = np.zeros((nodes + 2, 3), np.int64)
    stack[0, 1] = nodes
    waiting, parts = 1, 0
    while waiting > 0:
        waiting -= 1
        start, stop, connected = stack[waiting]
        if connected == 0:
            waiting = _components(graph, order, start, stop, stack, waiting)
            continue
        _fill(graph, order, start, stop)
        middle = _halve(graph, order, start, stop, aside)
        if middle == start:
            for at in range(start, stop):
                part[order[at]] = parts
            parts += 1
            continue
        # The better-off part no longer needs the GPs of the worse-off one.
        for at in range(start, stop):
            _cut(graph, order[at])
        stack[waiting, 0], stack[waiting, 1], stack[waiting, 2] = start, middle, 0
        stack[waiting + 1, 0], stack[waiting + 1, 1], stack[waiting + 1, 2] = middle, stop, 0
        waiting += 2
    return parts


@kernel
def _components(
    graph: Graph, order: Longs, start: int, stop: int, stack: Longs, waiting: int
) -> int:
    """Let each connected part of a part wait by itself; return how many parts wait."""
    for at in range(start, stop):
        graph.level[order[at]] = _UNSEEN
    head, tail = 0, 0
    for at in range(start, stop):
        if graph.level[order[at]] >= 0:
            continue
        graph.level[order[at]] = 0
        graph.queue[tail] = order[at]
        stack[waiting, 0] = start + tail
        tail += 1
        while head < tail:
            node = graph.queue[head]
            head += 1
            for edge in range(graph.first[node], graph.last[node]):
                other = graph.across[edge]
                if graph.level[other] < 0:
                    graph.level[other] = 0
                    graph.queue[tail] = other
                    tail += 1
        stack[waiting, 1], stack[waiting, 2] = start + tail, 1
        waiting += 1
    order[start:stop] = graph.queue[:tail]
    return waiting


@kernel
def _halve(graph: Graph, order: Longs, start: int, stop: int, aside: Longs) -> int:
    """Put first the nodes that have a level, keeping their order; return where they stop."""
    kept, others = start, 0
    for at in range(start, stop):
        node = order[at]
        if graph.level[node] >= 0:
            order[kept] = node
            kept += 1
        else:
            aside[others] = node
            others += 1
    order[kept:stop] = aside[:others]
    return kept


@kernel
def _cut(graph: Graph, node: int) -> None:
    """Forget the edges of a node to the other half."""
    seen = graph.level[node] >= 0
    kept = graph.first[node]
    for at in range(graph.first[node], graph.last[node]):
        if (graph.level[graph.across[at]] >= 0) == seen:
            edge, other = graph.edge[at], graph.across[at]
            graph.edge[at], graph.across[at] = graph.edge[kept], graph.across[kept]
            graph.edge[kept], graph.across[kept] = edge, other
            kept += 1
    graph.last[node] = kept


@kernel
def _fill(graph: Graph, order: Longs, start: int, stop: int) -> None:
    """Seat all who can be at the part's own ratio; levels then say who lacks room.

    A node keeps a level, at the end, when people without room could come to it.
    """
    _first_seats(graph, order, start, stop)
    while True:
        sink = _levels(graph, order, start, stop)
        if sink < 0:
            return
        for at in range(start, stop):
            graph.after[order[at]] = graph.first[order[at]]
        for at in range(start, stop):
            if order[at] < graph.places:
                _push(graph, order[at], sink)


@kernel
def _first_seats(graph: Graph, order: Longs, start: int, stop: int) -> None:
    """Give people and room their amounts at the part's ratio, and seat the first that can be."""
    people, gps = 0, 0
    for at in range(start, stop):
        if order[at] < graph.places:
            people += graph.weight[order[at]]
        else:
            gps += graph.weight[order[at]]
    for at in range(start, stop):
        node = order[at]
        graph.excess[node] = graph.weight[node] * (gps if node < graph.places else people)
    for at in range(start, stop):
        node = order[at]
        if node < graph.places:
            for edge in range(graph.first[node], graph.last[node]):
                site = graph.across[edge]
                moved = min(graph.excess[node], graph.excess[site])
                graph.flow[graph.edge[edge]] = moved
                graph.excess[node] -= moved
                graph.excess[site] -= moved


@kernel
def _levels(graph: Graph, order: Longs, start: int, stop: int) -> int:
    """Write the steps of each node from people without room; return those to room, or -1."""
    # Named here, not read from the graph each time: three times faster once compiled.
    level, queue, flow, excess = graph.level, graph.queue, graph.flow, graph.excess
    first, last, across, edges = graph.first, graph.last, graph.across, graph.edge
    tail = 0
    for at in range(start, stop):
        node = order[at]
        level[node] = _UNSEEN
        if node < graph.places and excess[node] > 0:
            level[node] = 0
            queue[tail] = node
            tail += 1
    head, sink = 0, -1
    while head < tail:
        node = queue[head]
        head += 1
        steps = level[node] + 1
        if 0 <= sink < steps:
            break
        for at in range(first[node], last[node]):
            other = across[at]
            # From a site one goes on only by taking somebody's seat.
            if level[other] >= 0 or (node >= graph.places and flow[edges[at]] == 0):
                continue
            level[other] = steps
            if other >= graph.places and excess[other] > 0:
                sink = steps
            queue[tail] = other
            tail += 1
    return sink


@kernel
def _push(graph: Graph, source: int, sink: int) -> None:
    """Seat people of a place along shortest ways, while there are.

    A way goes to a site, takes the seats of another place there, which goes to another site…
    """
    level, path, flow, excess = graph.level, graph.path, graph.flow, graph.excess
    after, last, across, edges = graph.after, graph.last, graph.across, graph.edge
    node, length = source, 0
    while excess[source] > 0:
        if node >= graph.places and level[node] == sink and excess[node] > 0:
            _move(source, node, path[:length], edges, flow, excess)
            node, length = source, 0
            continue
        at = after[node]
        while at < last[node] and not (
            level[across[at]] == level[node] + 1 and (node < graph.places or flow[edges[at]] > 0)
        ):
            at += 1
        after[node] = at
        if at < last[node]:
            path[length] = at
            length += 1
            node = across[at]
        elif length == 0:
            return
        else:
            length -= 1
            node = source if length == 0 else across[path[length - 1]]
            after[node] += 1


@kernel
def _move(source: int, site: int, path: Longs, edges: Longs, flow: Longs, excess: Longs) -> None:
    """Move as many people along a way as it allows."""
    moved = min(excess[source], excess[site])
    for step in range(1, len(path), 2):
        moved = min(moved, flow[edges[path[step]]])
    excess[source] -= moved
    excess[site] -= moved
    for step in range(len(path)):
        flow[edges[path[step]]] += moved if step % 2 == 0 else -moved
