"""The bound: the fairest sharing of GPs, and the proof that no organisation does better.

Everybody is given to GPs within the threshold so that the most loaded GP is loaded as little as
possible, then the next… (lexicographic; unique in loads). Each place gets one number: the
inhabitants per GP that it cannot escape. People without room at K inhabitants per GP follow, and
over all places together no organisation leaves fewer out.

References
----------
Hakimi, "On the degrees of the vertices of a directed graph", J. Franklin Institute 279, 1965
(balanced assignments); Gallo, Grigoriadis and Tarjan, "A fast parametric maximum flow algorithm",
SIAM J. Computing 18, 1989; Hall, "On representatives of subsets", J. London Math. Soc. 10, 1935.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.errors import InvalidInputError
from geo.room.flow import even_parts, graph_of
from geo.room.reach import Floats, Reach, Rows, counted

Longs = npt.NDArray[np.int64]

_BITS = 61
"""Σ people × Σ GPs, in whole numbers, stays under 2 to this."""

_FINEST_BITS = 20
"""People and GPs are counted in steps of 2 to minus this at the finest."""


@dataclass(frozen=True, eq=False)
class Bound:
    """The fairest sharing. Blocks are numbered from the worst off, 0, to the best off.

    Attributes
    ----------
    per_gp
        Inhabitants per GP that each place cannot escape, shape (n,); inf where no GP is in reach.
    block
        Block of each place, shape (n,); -1 where no GP is in reach.
    site_block
        Block of each site, shape (m,); -1 where it has no GP, or nobody in reach.
    people, gps
        Inhabitants and GPs of each block, shape (b,).
    level
        people / gps of each block, shape (b,), descending: the number of its places.
    reaches
        Blocks × blocks: the worse-off (or as badly off) blocks whose GPs a block reaches.
    """

    per_gp: Floats
    block: Longs
    site_block: Longs
    people: Floats
    gps: Floats
    level: Floats
    reaches: sparse.csr_array

    def without_room(self, people: npt.ArrayLike, per_gp: float) -> Floats:
        """Return the inhabitants of each place without room at `per_gp` inhabitants per GP.

        Shape (n,). Their sum is the least that any organisation leaves out; each place's part is
        its share in the fairest sharing.
        """
        if not (per_gp > 0 and np.isfinite(per_gp)):
            raise InvalidInputError("Le nombre d’habitants par médecin doit être supérieur à 0.")
        there = counted(people, len(self.per_gp))
        return there * (1 - per_gp / np.maximum(self.per_gp, per_gp))

    def hall_blocks(self, block: int) -> Longs:
        """Return the blocks of the Hall set of a block, itself included, ascending.

        The block with the worse-off ones whose GPs it reaches, closed: the GPs that they reach
        are exactly theirs, so that no organisation brings their mean under people over GPs.
        """
        seen = {block}
        stack = [block]
        first, reached = self.reaches.indptr, self.reaches.indices
        while stack:
            one = stack.pop()
            for other in reached[first[one] : first[one + 1]].tolist():
                if other not in seen:
                    seen.add(other)
                    stack.append(other)
        return np.array(sorted(seen), dtype=np.int64)


def fairest(reach: Reach, people: npt.ArrayLike, gps: npt.ArrayLike) -> Bound:
    """Share GPs as fairly as the threshold allows.

    Parameters
    ----------
    reach
        Pairs within the threshold.
    people, gps
        Inhabitants of each place, shape (n,), and GPs of each site, fractions allowed, shape
        (m,); missing counts nobody. Both are rounded to steps of 2⁻²⁰ (2⁻¹⁰ for all France).

    Raises
    ------
    InvalidInputError
        If a number is negative.
    """
    there, offer = counted(people, reach.places), counted(gps, reach.sites)
    staffed = offer[reach.destination] > 0
    peopled = there[reach.origin] > 0
    origin, destination = reach.origin[staffed], reach.destination[staffed]
    block, site_block = np.full(reach.places, -1), np.full(reach.sites, -1)
    used = peopled[staffed]
    if used.any():
        rows, local_origin = np.unique(origin[used], return_inverse=True)
        sites, local_destination = np.unique(destination[used], return_inverse=True)
        block[rows], site_block[sites] = _parts(
            local_origin,
            local_destination,
            *_whole(there[rows], offer[sites]),
        )
    return _bound_of(there, offer, (origin, destination), block, site_block)


def _whole(people: Floats, gps: Floats) -> tuple[Longs, Longs]:
    """Return people and GPs in whole steps, as fine as 62 bits allow; never 0."""
    spare = _BITS - np.log2(max(people.sum(), 1e-300)) - np.log2(max(gps.sum(), 1e-300))
    each = int(min(np.floor(spare / 2) - 1, _FINEST_BITS))
    step = 2.0**each

    def whole(values: Floats) -> Longs:
        return np.maximum(np.rint(values * step), 1).astype(np.int64)

    return whole(people), whole(gps)


def _parts(origin: Longs, destination: Longs, people: Longs, gps: Longs) -> tuple[Longs, Longs]:
    """Return the part of each place and of each site, worst off first."""
    part = np.zeros(len(people) + len(gps), np.int64)
    parts = even_parts(graph_of(origin, destination, people, gps), part)
    place_part, site_part = part[: len(people)], part[len(people) :]
    ratio = np.bincount(place_part, people, parts) / np.bincount(site_part, gps, parts)
    first_place = np.full(parts, len(people))
    np.minimum.at(first_place, place_part, np.arange(len(people)))
    rank = np.empty(parts, dtype=np.int64)
    rank[np.lexsort((first_place, -ratio))] = np.arange(parts)
    return rank[place_part], rank[site_part]


def _bound_of(
    people: Floats, gps: Floats, pairs: tuple[Rows, Rows], block: Longs, site_block: Longs
) -> Bound:
    """Return the bound of places and sites whose block is known, empty places included."""
    origin, destination = pairs
    blocks = int(site_block.max(initial=-1)) + 1
    settled, staffed = block >= 0, site_block >= 0
    by_block = np.bincount(block[settled], people[settled], blocks).astype(np.float64)
    offered = np.bincount(site_block[staffed], gps[staffed], blocks).astype(np.float64)
    level = by_block / offered
    # Where nobody lives, one inhabitant would choose the best-off GPs in reach.
    empty = ~settled[origin]
    best = np.full(len(people), -1)
    np.maximum.at(best, origin[empty], _or_last(site_block, blocks)[destination[empty]])
    per_gp = np.append(level, [0.0, np.inf])[np.where(settled, block, np.where(best < 0, -1, best))]
    block = np.where(settled, block, np.where(best < blocks, best, -1))
    mine, theirs = block[origin], site_block[destination]
    apart = settled[origin] & (mine != theirs)
    reaches = sparse.csr_array(
        (np.ones(apart.sum(), dtype=np.int8), (mine[apart], theirs[apart])), shape=(blocks, blocks)
    )
    reaches.sum_duplicates()
    return Bound(
        per_gp=per_gp,
        block=block,
        site_block=site_block,
        people=by_block,
        gps=offered,
        level=level,
        reaches=reaches,
    )


def _or_last(site_block: Longs, blocks: int) -> Longs:
    """Return the block of each site, a number past the last where nobody needs its GPs."""
    return np.where(site_block < 0, blocks, site_block)
