"""Shortest-path kernels: one bounded, resumable search and one field of the nearest site.

Times are whole milliseconds: sums do not depend on their order, so that both directions, all
machines and the oracle agree exactly, and a threshold is inclusive without a tolerance. An arc is
a pair (head, milliseconds) in one cache line, and so is what is known of a node. The heap has
four children a node and keys of 64 bits, milliseconds above the node's number.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import numpy as np
import numpy.typing as npt

from geo.roads.compiled import kernel

Ints = npt.NDArray[np.int32]

NEVER_MS = 2**30
"""Above any time (12 days); twice this still fits 32 bits."""

_NODE_MASK = 2**32 - 1


@kernel
def push(heap: npt.NDArray[np.int64], size: int, key: np.signedinteger) -> None:
    """Add a key to the heap of `size` keys."""
    i = size
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key


@kernel
def pop(heap: npt.NDArray[np.int64], size: int) -> None:
    """Drop the smallest key, heap[0]; `size` is the number of keys that remain."""
    key = heap[size]
    i = 0
    while True:
        child = 4 * i + 1
        if child >= size:
            break
        smallest = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[smallest]:
                smallest = other
        if heap[smallest] >= key:
            break
        heap[i] = heap[smallest]
        i = smallest
    heap[i] = key


@kernel
def start(
    seed_node: Ints,
    seed_ms: Ints,
    ceiling: int,
    state: Ints,
    tag: int,
    heap: npt.NDArray[np.int64],
) -> int:
    """Begin a search from seeds (node < 0: none); return the size of the heap."""
    size = 0
    for i in range(seed_node.size):
        node, ms = seed_node[i], seed_ms[i]
        if node >= 0 and ms <= ceiling and (state[node, 1] != tag or ms < state[node, 0]):
            state[node, 0] = ms
            state[node, 1] = tag
            push(heap, size, (np.int64(ms) << 32) | np.int64(node))
            size += 1
    return size


@kernel
def advance(
    ptr: Ints,
    arcs: Ints,
    limit: int,
    ceiling: int,
    state: Ints,
    tag: int,
    heap: npt.NDArray[np.int64],
    size: int,
    settled: Ints,
    count: int,
) -> tuple[int, int]:
    """Settle every node up to `limit`; may be called again with a larger limit.

    Parameters
    ----------
    ptr, arcs
        Arcs of node u are rows ptr[u] to ptr[u + 1] of `arcs`, shape (m, 2): head, ms.
    limit, ceiling
        Stop after `limit` ms (inclusive); never look beyond `ceiling` ms.
    state
        Shape (n, 2): ms and the tag of the search that wrote it. A new tag empties the array
        at no cost. A node is settled when its tag is ours and its ms <= limit.
    heap, size
        Keys waiting, as `start` or an earlier call left them.
    settled, count
        Nodes in the order they were settled, and how many.

    Returns
    -------
    tuple
        Size of the heap, number of settled nodes.
    """
    while size > 0:
        key = heap[0]
        ms = key >> 32
        if ms > limit:
            break
        size -= 1
        pop(heap, size)
        node = key & _NODE_MASK
        if ms > state[node, 0]:
            continue
        settled[count] = node
        count += 1
        for arc in range(ptr[node], ptr[node + 1]):
            head = arcs[arc, 0]
            reached = ms + arcs[arc, 1]
            if reached <= ceiling and (state[head, 1] != tag or reached < state[head, 0]):
                state[head, 0] = reached
                state[head, 1] = tag
                push(heap, size, (np.int64(reached) << 32) | np.int64(head))
                size += 1
    return size, count


@kernel
def spread(
    ptr: Ints,
    arcs: Ints,
    seed_node: Ints,
    seed_ms: Ints,
    seed_site: Ints,
    limit: int,
    field: Ints,
    heap: npt.NDArray[np.int64],
) -> None:
    """Lower a field of (ms, site) from seeds, to the nearest site of every node, in place.

    Of two sites at the same time the lower number wins, whatever the order of the calls: a
    field that was changed site by site equals the field computed afresh.

    Parameters
    ----------
    ptr, arcs
        As in `advance`; the reversed network gives times towards the sites.
    seed_node, seed_ms, seed_site
        Seeds; a node < 0 is none.
    limit
        Nothing is written beyond this, ms.
    field
        Shape (n, 2): ms (NEVER_MS: none yet) and site (-1).
    heap
        Scratch keys: room for the arcs plus the seeds.
    """
    size = 0
    for i in range(seed_node.size):
        node, ms, site = seed_node[i], seed_ms[i], seed_site[i]
        if node < 0 or ms > limit:
            continue
        if ms < field[node, 0] or (ms == field[node, 0] and site < field[node, 1]):
            field[node, 0] = ms
            field[node, 1] = site
            push(heap, size, (np.int64(ms) << 32) | np.int64(node))
            size += 1
    while size > 0:
        key = heap[0]
        size -= 1
        pop(heap, size)
        node = key & _NODE_MASK
        ms = key >> 32
        if ms > field[node, 0]:
            continue
        site = field[node, 1]
        for arc in range(ptr[node], ptr[node + 1]):
            head = arcs[arc, 0]
            reached = ms + arcs[arc, 1]
            if reached > limit:
                continue
            known = field[head, 0]
            if reached < known or (reached == known and site < field[head, 1]):
                field[head, 0] = reached
                field[head, 1] = site
                if size == heap.size:  # ties between sites may settle a node again
                    heap = np.concatenate((heap, np.empty_like(heap)))
                push(heap, size, (np.int64(reached) << 32) | np.int64(head))
                size += 1
