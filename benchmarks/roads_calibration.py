"""Align our speeds with those of another engine, so that what is left is not speeds.

The pace of each class of road in each surroundings, and the time lost on each journey, are fitted
on the other engine's times between junctions. Calibration on METRIC's times is the same sum, once
an extract of Aquitaine is at hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import lsq_linear
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.roads.build import assemble
from geo.roads.engine import RoadTravelTime
from geo.roads.links import Links, links_from_osm, surroundings
from geo.roads.network import RoadNetwork
from geo.roads.osm import read_extracts
from geo.roads.profile import CLASSES, STREETS
from geo.roads.projection import to_lonlat

ORIGINS = 40
TARGETS = 90
"""A query of OSRM takes 100 places by default."""
SHORTEST_MIN, LONGEST_MIN = 3.0, 60.0
"""Below 3 minutes, the side of the road on which a stop is made decides."""
ROUNDS = 4
RIDGE = 30.0
"""How strongly the pace of a road seldom driven stays near the common factor, in minutes driven."""

Ask = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Another engine's minutes from one point, shape (2,), to others (t, 2), degrees; nan: no way."""


@dataclass(eq=False)
class Roads:
    """An extract as links, with the group of each: its class and its surroundings."""

    links: Links
    group: np.ndarray

    @classmethod
    def read(cls, extract: Path) -> "Roads":
        """Read an extract."""
        links = links_from_osm(read_extracts([extract], lambda _: None))
        middle = (
            links.shape_xy[links.shape_ptr[:-1]] + links.shape_xy[links.shape_ptr[1:] - 1]
        ) / 2
        around = surroundings(middle, links.length_m, np.isin(links.code, STREETS))
        return cls(links, links.code.astype(int) * 3 + around)

    @property
    def groups(self) -> int:
        """How many groups there may be."""
        return 3 * len(CLASSES)

    def network(self, pace: np.ndarray) -> tuple[RoadNetwork, np.ndarray]:
        """Return the network with times multiplied by the pace of each group, and arcs' groups."""
        ms = np.rint(self.links.ms_offpeak * pace[self.group]).astype(np.int32)
        links = replace(self.links, ms_offpeak=ms, code=self.group.astype(np.uint8))
        network = assemble(links, {"source": "OpenStreetMap (ODbL)", "date": None})
        passage = self.groups  # a passage inside a junction belongs to no group
        group = np.append(network.link_class.astype(int), passage)[network.arc_link]
        return network, group


@dataclass(eq=False)
class Journeys:
    """Journeys between junctions and another engine's times.

    Attributes
    ----------
    origin, target
        Junctions in metres, shapes (o, 2) and (o, t, 2).
    minutes
        The other engine's, shape (o, t); nan where it finds no way.
    """

    origin: np.ndarray
    target: np.ndarray
    minutes: np.ndarray


def junctions(network: RoadNetwork) -> np.ndarray:
    """Return the junctions where one can stop, metres; those cut by forbidden turns left out."""
    ends = np.setdiff1d(network.link_nodes[network.link_joinable], [-1])
    xy, count = np.unique(network.node_xy[ends], axis=0, return_counts=True)
    _, everywhere = np.unique(network.node_xy, axis=0, return_counts=True)
    whole = np.unique(network.node_xy, axis=0)[everywhere == 1]
    place = {tuple(p) for p in whole}
    return np.array([p for p in xy[count == 1] if tuple(p) in place])


def journeys(ask: Ask, network: RoadNetwork) -> Journeys:
    """Ask another engine the times from some junctions to others."""
    rng = np.random.default_rng(0)
    xy = junctions(network)
    origin = xy[rng.choice(len(xy), ORIGINS, replace=False)]
    target = xy[rng.integers(0, len(xy), (ORIGINS, TARGETS))]
    minutes = [
        ask(to_lonlat(o[None], network.crs)[0], to_lonlat(t, network.crs))
        for o, t in zip(origin, target, strict=True)
    ]
    return Journeys(origin, target, np.array(minutes))


def our_minutes(network: RoadNetwork, found: Journeys) -> np.ndarray:
    """Return our minutes for the same journeys, shape (o, t)."""
    engine = RoadTravelTime(network)
    return np.array(
        [
            engine.one_to_many(to_lonlat(o[None], network.crs)[0], to_lonlat(t, network.crs), 600)
            for o, t in zip(found.origin, found.target, strict=True)
        ]
    )


def minutes_by_group(
    network: RoadNetwork, group: np.ndarray, found: Journeys, rows: np.ndarray, groups: int
) -> np.ndarray:
    """Return the minutes that our best ways spend in each group, shape (rows, t, groups)."""
    n = network.node_count
    tail = np.repeat(np.arange(n), np.diff(network.ptr))
    head, ms = network.arcs_offpeak.T.astype(np.int64)
    order = np.lexsort([ms, head, tail])
    kept = order[np.append(True, np.any(np.diff(np.column_stack([tail, head])[order], axis=0), 1))]
    # scipy takes an explicit 0 for an absent arc: a passage counts a hair.
    graph = csr_matrix((np.maximum(ms[kept], 1e-3), (tail[kept], head[kept])), (n, n))
    arc_of = csr_matrix((kept + 1, (tail[kept], head[kept])), (n, n))
    node = {tuple(p): i for i, p in enumerate(network.node_xy.tolist())}
    result = np.zeros((len(rows), TARGETS, groups + 1))
    for i, row in enumerate(rows):
        origin = node[tuple(found.origin[row].tolist())]
        _, before = dijkstra(graph, indices=origin, return_predecessors=True)
        seen = np.flatnonzero(before >= 0)
        arc_into = np.full(n, -1)
        arc_into[seen] = np.asarray(arc_of[before[seen], seen]).ravel() - 1
        for j, target in enumerate(found.target[row].tolist()):
            here = node[tuple(target)]
            while before[here] >= 0:
                arc = arc_into[here]
                result[i, j, group[arc]] += ms[arc] / 60_000
                here = before[here]
    return result[:, :, :groups]


def calibrate(roads: Roads, found: Journeys, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit the pace of each group and the minutes lost on each journey, on some origins."""
    network, _ = roads.network(np.ones(roads.groups))
    ours = our_minutes(network, found)[rows]
    theirs = found.minutes[rows]
    usable = comparable(ours, theirs)
    common = float(np.median(theirs[usable] / ours[usable]))
    pace, lost = np.full(roads.groups, common), 0.0
    weight = 1 / np.sqrt(ours[usable])  # the error of a sum of roads
    ridge = np.sqrt(RIDGE) * np.eye(roads.groups + 1)[:-1]
    wanted = np.concatenate([theirs[usable] * weight, ridge @ np.append(pace, 0.0)])
    for _ in range(ROUNDS):
        network, group = roads.network(pace)
        spent = minutes_by_group(network, group, found, rows, roads.groups)[usable] / pace
        terms = np.column_stack([spent, np.ones(len(spent))]) * weight[:, None]
        lowest = np.append(np.full(roads.groups, common / 4), 0.0)
        solved = lsq_linear(np.vstack([terms, ridge]), wanted, bounds=(lowest, np.inf)).x
        pace, lost = (pace + solved[:-1]) / 2, float(solved[-1])
    return pace, lost


def comparable(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Return which journeys both engines know, neither very short nor very long."""
    known = np.isfinite(ours) & np.isfinite(theirs)
    return known & (ours > SHORTEST_MIN) & (ours < LONGEST_MIN)


def agreement(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    """Compare two sets of times, minutes."""
    gap = np.abs(ours - theirs)
    band = (ours >= 15) & (ours <= 25)
    return {
        "pairs": len(ours),
        "correlation": round(float(np.corrcoef(ours, theirs)[0, 1]), 4),
        "mean_absolute_min": round(float(gap.mean()), 2),
        "p90_absolute_min": round(float(np.quantile(gap, 0.9)), 2),
        "band_15_25_pairs": int(band.sum()),
        "band_15_25_same_side_of_20": round(
            float(((ours <= 20) == (theirs <= 20))[band].mean() if band.any() else np.nan), 3
        ),
    }
