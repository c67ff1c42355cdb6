"""The nearest site of every node at once: labels corrected block after block of the network.

What is known of a node is one number, its key: the time to its nearest site, then the site, so
that the smaller key is the nearer site and, of two at the same time, the lower number. Labels are
corrected until none can be (Moore, 1959: a node that gets better waits at the end of a queue), one
block of nodes at a time: neighbours on the ground are neighbours in memory, so that a block and its
arcs stay in the processor's cache while its own queue empties (Park, Penner and Prasanna, 2004,
"Optimizing graph algorithms for improved cache performance"). A node is visited two to eight times,
each time at a fraction of what a visit in the order of times costs, which jumps from one end of the
network to the other: five times faster for thousands of sites, slower for a single one.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.roads.search import NEVER_MS, Ints

Keys = npt.NDArray[np.int64]

BLOCK_BITS = 13
"""Nodes of a block, in bits: 8,192 of them and their arcs take a quarter of a MB."""
_IN_BLOCK = (1 << BLOCK_BITS) - 1

NOWHERE = (NEVER_MS << 32) | (2**31 - 1)
"""The key of a node that no site serves: above any other."""

_NONE = -1


def keys_of(ms: Ints, site: Ints) -> Keys:
    """Return the keys of times in ms and sites, shape (n,)."""
    return (ms.astype(np.int64) << 32) | site


@kernel
def ms_of(key: int) -> int:
    """Return the time of a key, ms; NEVER_MS where there is no site."""
    return key >> 32


@kernel
def site_of(key: int) -> int:
    """Return the site of a key; 2**31 - 1 where there is none."""
    return key & 0xFFFFFFFF


@kernel
def later(key: int | np.int64, ms: int) -> np.int64:
    """Return the key of the same site some ms further."""
    return key + (np.int64(ms) << 32)


@kernel
def spread(ptr: Ints, arcs: Ints, seed_node: Ints, seed_key: Keys, limit: int, field: Keys) -> None:
    """Lower a field of keys from seeds, to the nearest site of every node, in place.

    Whatever the order of the calls, the field is the same: one that was changed site by site
    equals the field computed afresh.

    Parameters
    ----------
    ptr, arcs
        Arcs of node u are rows ptr[u] to ptr[u + 1] of `arcs`, shape (m, 2): head, ms. The
        reversed network gives times towards the sites.
    seed_node, seed_key
        Seeds; a node < 0 is none.
    limit
        Nothing is written beyond this, ms.
    field
        Shape (n,): keys (NOWHERE: no site yet).
    """
    nodes = ptr.size - 1
    blocks = (nodes >> BLOCK_BITS) + 1
    too_late = later(0, limit + 1)
    waits = np.zeros(nodes, np.bool_)
    # Who waits in each block, a chain through its nodes; the blocks where somebody does, a ring.
    chain, follower = np.full(blocks, _NONE, np.int32), np.empty(nodes, np.int32)
    due = np.empty(blocks, np.int32)
    start, count = 0, 0
    queue = np.empty(1 << BLOCK_BITS, np.int32)

    for i in range(seed_node.size):
        node, key = seed_node[i], seed_key[i]
        if node < 0 or key >= too_late or key >= field[node]:
            continue
        field[node] = key
        if not waits[node]:
            waits[node] = True
            count += _wait(node, chain, follower, due, start + count)

    while count > 0:
        block = due[start]
        start = (start + 1) % blocks
        count -= 1
        count += _correct(
            block, ptr, arcs, too_late, field, waits, chain, follower, due, start + count, queue
        )


@kernel
def _correct(
    block: int,
    ptr: Ints,
    arcs: Ints,
    too_late: np.int64,
    field: Keys,
    waits: npt.NDArray[np.bool_],
    chain: Ints,
    follower: Ints,
    due: Ints,
    end: int,
    queue: Ints,
) -> int:
    """Correct a block until nobody waits in it; return how many more blocks are due."""
    begin, count, more = 0, 0, 0
    node = chain[block]
    chain[block] = _NONE
    while node >= 0:
        queue[count] = node
        count += 1
        node = follower[node]
    while count > 0:
        node = queue[begin & _IN_BLOCK]
        begin += 1
        count -= 1
        waits[node] = False
        key = field[node]
        for arc in range(ptr[node], ptr[node + 1]):
            head, then = arcs[arc, 0], later(key, arcs[arc, 1])
            if then >= field[head] or then >= too_late:
                continue
            field[head] = then
            if waits[head]:
                continue
            waits[head] = True
            if head >> BLOCK_BITS == block:
                queue[(begin + count) & _IN_BLOCK] = head
                count += 1
            else:
                more += _wait(head, chain, follower, due, end + more)
    return more


@kernel
def _wait(node: int, chain: Ints, follower: Ints, due: Ints, end: int) -> int:
    """Let a node wait in the chain of its block; return 1 if the block is due only now, else 0."""
    block = node >> BLOCK_BITS
    follower[node] = chain[block]
    chain[block] = node
    if follower[node] >= 0:
        return 0
    due[end % due.size] = block
    return 1
