"""Merge extracts that overlap: what they share is taken once, whatever their order.

A way that crosses the border of an extract may come whole, without the positions of its far end,
or without that end at all. The latest version is kept, then the copy that knows the most, with
what only other copies know added to it.
"""

from array import array
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from geo.roads.osm import OsmRoads

Integers = npt.NDArray[np.int64]


def merge_copies(roads: "OsmRoads") -> None:
    """Keep one copy of each way, ways in the order of their numbers, positions completed."""
    _complete_positions(roads)
    starts = np.concatenate([[0], np.cumsum(np.frombuffer(roads.ref_counts, np.int64))])
    refs = np.frombuffer(roads.refs, np.int64)
    ids = np.frombuffer(roads.way_ids, np.int64)
    order = np.argsort(ids, kind="stable")
    same = ids[order][1:] == ids[order][:-1]
    copied = np.append(same, False) | np.insert(same, 0, False)
    again = order[copied]
    groups = np.split(again, np.flatnonzero(np.diff(ids[again])) + 1)
    chosen = [i for group in groups if group.size for i in _chosen(roads, group, starts, refs)]
    rows = np.concatenate([order[~copied], np.array(chosen, np.int64)])
    _take(roads, rows[np.argsort(ids[rows], kind="stable")], starts)


def _complete_positions(roads: "OsmRoads") -> None:
    """Give a node without a position the one that another file says, the smallest of several."""
    refs = np.frombuffer(roads.refs, np.int64)
    xy = np.column_stack([np.frombuffer(roads.x, np.int32), np.frombuffer(roads.y, np.int32)])
    known = ~np.isnan(roads.lonlat()[:, 0])
    lost = np.flatnonzero(~known)
    said = np.flatnonzero(known & np.isin(refs, refs[lost]))
    said = said[np.lexsort([xy[said, 1], xy[said, 0], refs[said]])]
    names, first = np.unique(refs[said], return_index=True)
    found = lost[np.isin(refs[lost], names)]
    source = said[first[np.searchsorted(names, refs[found])]]
    xy[found] = xy[source]
    roads.x, roads.y = array("i", xy[:, 0].tobytes()), array("i", xy[:, 1].tobytes())


def _chosen(roads: "OsmRoads", group: Integers, starts: Integers, refs: Integers) -> list[int]:
    """Return the copies of a way to keep: those of its latest version that add nodes."""
    latest = max(roads.versions[i] for i in group)
    copies = []
    for i in group[[roads.versions[i] == latest for i in group]].tolist():
        first, last = int(starts[i]), int(starts[i + 1])
        known = ~np.isnan(roads.lonlat(first, last)[:, 0])
        course = refs[first:last]
        xy = (tuple(roads.x[first:last]), tuple(roads.y[first:last]))
        key = -int(known.sum()), -course.size, tuple(course.tolist()), xy, repr(roads.ways[i])
        copies.append((key, i, frozenset(course[known].tolist())))
    kept: list[int] = []
    seen: set[int] = set()
    for _, i, located in sorted(copies, key=lambda copy: copy[0]):
        if not kept or not located <= seen:
            kept.append(i)
            seen |= located
    return kept


def _take(roads: "OsmRoads", kept: Integers, starts: Integers) -> None:
    """Keep these ways only, in this order."""
    counts = np.diff(starts)[kept]
    rows = np.arange(counts.sum()) + np.repeat(starts[kept] - (np.cumsum(counts) - counts), counts)
    roads.ways = [roads.ways[i] for i in kept]
    for name in ("way_ids", "ref_counts", "versions"):
        column = getattr(roads, name)
        setattr(roads, name, array(column.typecode, (column[i] for i in kept)))
    for name, kind in (("refs", np.int64), ("x", np.int32), ("y", np.int32)):
        column = getattr(roads, name)
        taken = np.frombuffer(column, kind)[rows]
        setattr(roads, name, array(column.typecode, taken.tobytes()))
