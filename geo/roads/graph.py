"""From links to a graph: forbidden turns, connected parts, residents' roads, order in memory."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.roads.links import Links
from geo.roads.residents import layers

MIN_ISLAND_NODES = 1000
"""A strongly connected part of this size is a true island or another territory, and stays;
a smaller one is a mapping fault or a car park, unless it is all there is."""

_MORTON_BITS = 16


@dataclass(eq=False)
class Graph:
    """Nodes, arcs and links that remain, in Morton order.

    Attributes
    ----------
    node_xy
        Shape (n, 2), metres.
    tail, head, link, ms_offpeak, ms_peak
        Arcs, shape (m,), sorted by tail; link -1 for a passage inside a junction.
    link_nodes
        Shape (k, 4): where one arrives from and goes on to, forward, then backward; -1 when
        forbidden. On a road for residents these are not the ends of one arc (`_layered`).
    link_order
        Row in `Links` of each link kept, shape (k,).
    dropped_parts, dropped_km
        Disconnected parts left out, and the length of their roads.
    kept_parts
        Strongly connected parts that remain.
    """

    node_xy: npt.NDArray[np.float64]
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    link: npt.NDArray[np.int32]
    ms_offpeak: npt.NDArray[np.int32]
    ms_peak: npt.NDArray[np.int32]
    link_nodes: npt.NDArray[np.int32]
    link_order: npt.NDArray[np.int64]
    dropped_parts: int
    dropped_km: float
    kept_parts: int


def build_graph(links: Links) -> Graph:
    """Build the graph of links: split junctions with forbidden turns, keep the connected parts."""
    tail, head, passages, place = _split_junctions(links)
    open_ = np.column_stack([links.forward, links.backward])
    part, kept_parts, parts = _connected(
        np.concatenate([tail[open_], passages[:, 0]]),
        np.concatenate([head[open_], passages[:, 1]]),
        len(place),
    )
    usable = open_ & (part[tail] >= 0) & (part[head] >= 0)
    passages = passages[(part[passages] >= 0).all(axis=1)]
    ends = np.stack([tail, head], axis=2)  # link, direction, (tail, head)
    layered = layers(links.residents, usable, ends, passages=passages, place=place, part=part)
    used = np.zeros(len(layered.place), bool)
    used[layered.tail] = used[layered.head] = True
    rank = _morton_ranks(links.xy[layered.place], used)
    link_nodes = np.where(usable[:, :, None], rank[layered.ends], -1).reshape(-1, 4)
    alive = np.flatnonzero(usable.any(axis=1))
    order = alive[np.argsort(link_nodes[alive].max(axis=1), kind="stable")]
    number = np.full(len(usable) + 1, -1)  # the last is a passage's
    number[order] = np.arange(len(order))

    arc_tail, arc_head, arc_link = rank[layered.tail], rank[layered.head], layered.link
    passage = arc_link < 0
    arc_offpeak = np.where(passage, 0, links.ms_offpeak[arc_link])
    arc_peak = np.where(passage, 0, links.ms_peak[arc_link])
    by_tail = np.lexsort([arc_offpeak, arc_head, arc_tail])
    node_xy = np.empty((int(used.sum()), 2))
    node_xy[rank[used]] = links.xy[layered.place[used]]
    return Graph(
        node_xy=node_xy,
        tail=arc_tail[by_tail].astype(np.int32),
        head=arc_head[by_tail].astype(np.int32),
        link=number[arc_link[by_tail]].astype(np.int32),
        ms_offpeak=arc_offpeak[by_tail].astype(np.int32),
        ms_peak=arc_peak[by_tail].astype(np.int32),
        link_nodes=link_nodes[order].astype(np.int32),
        link_order=order,
        kept_parts=kept_parts,
        dropped_parts=parts - kept_parts,
        dropped_km=float((links.length_m.sum() - links.length_m[order].sum()) / 1000),
    )


def compressed(
    row: npt.NDArray[np.int32], other: npt.NDArray[np.int32], count: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """Return where each of `count` rows begins, shape (count + 1,), and the order of the arcs."""
    order = np.lexsort([other, row])
    ptr = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=count), out=ptr[1:])
    return ptr, order


def _split_junctions(
    links: Links,
) -> tuple[
    npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]
]:
    """Give each arc its own ends where a turn is forbidden.

    At such a junction, arrivals that may turn anywhere share a node, each arrival that may not
    has its own; exits that someone may not take have their own node, the others share one; and
    passages of no length join what is allowed. Every directed link keeps one tail and one head.

    Returns
    -------
    tuple
        Tails and heads of directed links, shape (k, 2) each; passages (p, 2); the junction of
        each node.
    """
    tail = np.column_stack([links.start, links.end])
    head = np.column_stack([links.end, links.start])
    place = list(range(len(links.xy)))
    passages: list[tuple[int, int]] = []

    def new_node(junction: int) -> int:
        place.append(junction)
        return len(place) - 1

    forbidden: dict[int, dict[int, set[int]]] = {}  # junction: arrival: exits
    for arrival, exit_ in links.banned.tolist():
        via = int(head.flat[arrival])
        forbidden.setdefault(via, {}).setdefault(arrival, set()).add(exit_)
    exits_of = _exits(links, np.array(sorted(forbidden), np.int64))
    for via, bans in forbidden.items():
        special = sorted(set().union(*bans.values()))
        own = {exit_: new_node(via) for exit_ in special}
        common = new_node(via)
        passages.append((via, common))
        passages.extend((via, node) for node in own.values())
        for exit_ in exits_of[via]:
            tail.flat[exit_] = own.get(exit_, common)
        for arrival, exits in bans.items():
            gate = new_node(via)
            head.flat[arrival] = gate
            passages.append((gate, common))
            passages.extend((gate, node) for exit_, node in own.items() if exit_ not in exits)
    return tail, head, np.array(passages, np.int64).reshape(-1, 2), np.array(place, np.int64)


def _exits(links: Links, junctions: npt.NDArray[np.int64]) -> dict[int, list[int]]:
    """Return the directed links that leave each of these junctions."""
    exits: dict[int, list[int]] = {int(j): [] for j in junctions}
    for backward, ends in enumerate((links.start, links.end)):
        for i in np.flatnonzero(np.isin(ends, junctions)):
            exits[int(ends[i])].append(2 * int(i) + backward)
    return exits


def _connected(
    tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], count: int
) -> tuple[npt.NDArray[np.int64], int, int]:
    """Return the large strongly connected part of each node (-1: none), how many, of how many."""
    graph = coo_matrix((np.ones(len(tail), np.int32), (tail, head)), shape=(count, count)).tocsr()
    _, strong = connected_components(graph, connection="strong")
    _, weak = connected_components(graph, connection="weak")
    sizes = np.bincount(strong)
    large = sizes >= min(MIN_ISLAND_NODES, sizes.max())
    kept = large[strong]
    kept_parts = int(large.sum())
    # Parts left out are told as a mapper sees them: what hangs to a kept part is not an island.
    islands = np.setdiff1d(weak, weak[kept])
    return np.where(kept, strong, -1), kept_parts, kept_parts + len(islands)


def _morton_ranks(
    xy: npt.NDArray[np.float64], kept: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Return the place of each kept node along a Morton curve; -1 for the others."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    side = max(float((high - low).max()), 1.0)
    column, row = ((xy - low) / side * (2**_MORTON_BITS - 1)).astype(np.uint64).T
    curve = _spread_bits(column) | (_spread_bits(row) << np.uint64(1))
    rank = np.full(len(xy), -1, np.int64)
    nodes = np.flatnonzero(kept)
    rank[nodes[np.argsort(curve[nodes], kind="stable")]] = np.arange(len(nodes))
    return rank


def _spread_bits(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Put a zero bit before each of the bits."""
    spread = np.zeros_like(value)
    for bit in range(_MORTON_BITS):
        one = np.uint64(bit)
        spread |= ((value >> one) & np.uint64(1)) << np.uint64(2 * bit)
    return spread
