"""Minutes to the nearest of many sites, everywhere, and the same when a site comes or goes."""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.roads.places import Places, direct_ms
from geo.roads.queries import Router
from geo.roads.search import NEVER_MS, Ints
from geo.roads.spread import NOWHERE, Keys, keys_of, later, ms_of, site_of, spread


@dataclass(frozen=True, eq=False)
class NearestField:
    """The nearest site of every node of a network, never changed once made.

    Attributes
    ----------
    router
        Network and profile.
    sites
        The sites, those that left included: numbers never change.
    present
        Whether each site is there, shape (s,).
    limit_ms
        Nothing is known beyond.
    keys
        Shape (n,): ms to the nearest site of each node and its number, in one (`geo.roads.spread`).
    """

    router: Router
    sites: Places
    present: npt.NDArray[np.bool_]
    limit_ms: int
    keys: Keys

    @classmethod
    def of(cls, router: Router, sites: Places, limit_ms: int = NEVER_MS) -> "NearestField":
        """Compute the field of some sites in one pass over the reversed network."""
        keys = np.full(router.network.node_count, NOWHERE, np.int64)
        every = np.arange(len(sites), dtype=np.int32)
        _spread_from(router, sites, every, limit_ms, keys)
        return cls(router, sites, np.ones(len(sites), bool), limit_ms, keys)

    def with_site(self, site: Places) -> "NearestField":
        """Return the field with one more site, numbered after the others.

        Only the nodes that the new site improves are visited.
        """
        sites = Places(
            np.concatenate([self.sites.xy, site.xy]),
            np.concatenate([self.sites.table, site.table]),
        )
        keys = self.keys.copy()
        new = np.array([len(self.sites)], np.int32)
        _spread_from(self.router, sites, new, self.limit_ms, keys)
        return NearestField(self.router, sites, np.append(self.present, True), self.limit_ms, keys)

    def without_site(self, number: int) -> "NearestField":
        """Return the field without a site.

        Only the nodes that it served are visited: they are emptied, then filled again from
        their neighbours and from the sites that stand among them.
        """
        present = self.present.copy()
        present[number] = False
        keys = self.keys.copy()
        network = self.router.network
        orphans = _served_by(number, keys)
        keys[orphans] = NOWHERE
        border = _border(network.ptr, self.router.arcs, orphans, keys)
        own_node, own_ms = self.sites.exits()
        own_site = np.repeat(np.arange(len(present), dtype=np.int32), 2)
        among = np.repeat(present, 2) & (own_node >= 0)
        among[among] = keys[own_node[among]] == NOWHERE
        _spread(
            self.router,
            np.concatenate([border[0], own_node[among]]),
            np.concatenate([border[1], keys_of(own_ms[among], own_site[among])]),
            self.limit_ms,
            keys,
        )
        return NearestField(self.router, self.sites, present, self.limit_ms, keys)

    def at(self, points: Places) -> tuple[Ints, npt.NDArray[np.int64]]:
        """Return ms from each point to its nearest site, and the site's number (-1: none)."""
        ms = np.empty(len(points), np.int32)
        site = np.empty(len(points), np.int64)
        there = np.flatnonzero(self.present).astype(np.int32)
        by_link = there[np.argsort(self.sites.table[there, 0], kind="stable")]
        _read_field(
            points.table,
            points.xy,
            self.keys,
            self.sites.table,
            self.sites.xy,
            self.sites.table[by_link, 0],
            by_link,
            self.limit_ms,
            ms,
            site,
        )
        return ms, site


def _spread_from(router: Router, sites: Places, numbers: Ints, limit_ms: int, keys: Keys) -> None:
    node, ms = sites.take(numbers).exits()
    _spread(router, node, keys_of(ms, np.repeat(numbers, 2)), limit_ms, keys)


def _spread(router: Router, node: Ints, key: Keys, limit_ms: int, keys: Keys) -> None:
    network = router.network
    arcs = network.reversed_arcs(router.profile)
    spread(network.reversed_ptr, arcs, node, key, limit_ms, keys)


@kernel
def _served_by(number: int, keys: Keys) -> Ints:
    """Return the nodes that a site serves."""
    nodes = np.empty(keys.size, np.int32)
    count = 0
    for node in range(keys.size):
        if site_of(keys[node]) == number:
            nodes[count] = node
            count += 1
    return nodes[:count]


@kernel
def _border(ptr: Ints, arcs: Ints, orphans: Ints, keys: Keys) -> tuple[Ints, Keys]:
    """Return seeds (node, key) of emptied nodes that lead to a node still served."""
    room = 0
    for node in orphans:
        room += ptr[node + 1] - ptr[node]
    seed_node, seed_key = np.empty(room, np.int32), np.empty(room, np.int64)
    used = 0
    for node in orphans:
        for arc in range(ptr[node], ptr[node + 1]):
            key = keys[arcs[arc, 0]]
            if key < NOWHERE:
                seed_node[used] = node
                seed_key[used] = later(key, arcs[arc, 1])
                used += 1
    return seed_node[:used], seed_key[:used]


@kernel
def _read_field(
    points: Ints,
    xy: npt.NDArray[np.float64],
    keys: Keys,
    sites: Ints,
    site_xy: npt.NDArray[np.float64],
    link: Ints,
    by_link: Ints,
    limit: int,
    ms: Ints,
    site: npt.NDArray[np.int64],
) -> None:
    for p in range(len(points)):
        best, which = NEVER_MS, -1
        if points[p, 0] < 0:
            ms[p], site[p] = best, which
            continue
        for column in (3, 5):
            node = points[p, column]
            if node >= 0 and keys[node] < NOWHERE:
                total = ms_of(keys[node]) + points[p, column + 1]
                owner = site_of(keys[node])
                if total < best or (total == best and owner < which):
                    best, which = total, owner
        here = points[p, 0]
        for j in range(np.searchsorted(link, here), np.searchsorted(link, here + 1)):
            number = by_link[j]
            total = direct_ms(points[p], xy[p], sites[number], site_xy[number])
            if total < best or (total == best and number < which):
                best, which = total, number
        if best > limit:
            best, which = NEVER_MS, -1
        ms[p], site[p] = best, which
