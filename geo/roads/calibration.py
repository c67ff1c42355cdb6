"""Fit a network's speeds on known travel times: METRIC's, another engine's, measured ones.

Roads are grouped by class, surroundings and how their speed stands beside that of their class
(which is how a posted limit shows). The time along the roads of each group is multiplied by one
pace per group, fitted by least squares on the minutes that the best ways spend in each group, ways
and paces in turn. A ridge holds the pace of a group seldom driven near the common one, and Huber's
weights keep a few odd pairs from bending the rest. What the fit is worth is told on pairs that it
has not seen: origins are held out together, square by square.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import itertools
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear

from geo.compiled import kernel
from geo.errors import InvalidInputError
from geo.roads.build import version_of
from geo.roads.links import surroundings
from geo.roads.network import RoadNetwork
from geo.roads.places import locate_metres
from geo.roads.profile import CLASSES, STREETS
from geo.roads.queries import Router
from geo.roads.search import NEVER_MS, Ints

Floats = npt.NDArray[np.float64]

SHORTEST_MIN, LONGEST_MIN = 3.0, 60.0
"""Pairs that count. Below, the side of the road on which a stop is made decides; above, it is
motorways that are fitted, not who reaches a GP."""

BAND_MIN = (15.0, 25.0)
THRESHOLD_MIN = 20.0

ENOUGH_PAIRS = 100

BLOCK_M = 10_000
"""Side of the squares whose origins are held out together."""

FOLDS = 4

_SURROUNDINGS = 3
_STANDINGS = (0.8, 0.995, 1.005)
"""Bounds of speed over that of the class: far under, under, that of the class, over."""
GROUPS = len(CLASSES) * _SURROUNDINGS * (len(_STANDINGS) + 1)

_ROUNDS = 5
_STEP = 0.7
"""Share of each change kept, so that ways and paces do not chase each other."""
_RIDGE_MIN = 30.0
"""Minutes driven in a group from which its own pace weighs more than the common one."""
_HUBER_MIN = 1.0
"""Beyond this miss a 10-minute journey weighs less; it grows with the root of the time."""
_SLOWEST, _FASTEST = 3.0, 1 / 3
_MS_PER_MIN = 60_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """Journeys whose time is known: p of them.

    Attributes
    ----------
    origin, destination
        Shape (p, 2), metres of the network's CRS.
    minutes
        Shape (p,); nan where the other engine finds no way.
    """

    origin: Floats
    destination: Floats
    minutes: Floats

    def take(self, rows: npt.NDArray[Any]) -> "Pairs":
        """Return some of them."""
        return Pairs(self.origin[rows], self.destination[rows], self.minutes[rows])


@dataclass(frozen=True)
class Agreement:
    """How two sets of times agree, minutes.

    Attributes
    ----------
    pairs, correlation, mean_absolute_min, p90_absolute_min
        Over all pairs.
    band_pairs, same_side
        Pairs of 15 to 25 minutes here, and the share on the same side of 20 there.
    """

    pairs: int
    correlation: float
    mean_absolute_min: float
    p90_absolute_min: float
    band_pairs: int
    same_side: float


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A network with fitted speeds, and what the fit is worth.

    Attributes
    ----------
    network
        The network, its times multiplied; its provenance holds both agreements.
    before, after
        Agreement on the same pairs, with the former speeds, and with speeds fitted without the
        square that each pair starts from.
    """

    network: RoadNetwork
    before: Agreement
    after: Agreement


def agreement(ours: Floats, theirs: Floats) -> Agreement:
    """Compare two sets of times, minutes, shape (p,)."""
    miss = np.abs(ours - theirs)
    band = (ours >= BAND_MIN[0]) & (ours <= BAND_MIN[1])
    same = (ours <= THRESHOLD_MIN) == (theirs <= THRESHOLD_MIN)
    return Agreement(
        pairs=len(ours),
        correlation=float(np.corrcoef(ours, theirs)[0, 1]) if len(ours) > 1 else np.nan,
        mean_absolute_min=float(miss.mean()),
        p90_absolute_min=float(np.quantile(miss, 0.9)),
        band_pairs=int(band.sum()),
        same_side=float(same[band].mean()) if band.any() else np.nan,
    )


def groups(network: RoadNetwork) -> npt.NDArray[np.int64]:
    """Return the group of each link, shape (k,), from 0 to GROUPS - 1."""
    first, last = network.shape_ptr[:-1], network.shape_ptr[1:] - 1
    course_m = network.shape_cm / 100
    steps = np.append(np.hypot(*np.diff(course_m, axis=0).T), 0.0)
    steps[last] = 0.0  # the step from one link's end to the next link's start
    length_m = np.add.reduceat(steps, first)
    code = network.link_class.astype(np.int64)
    middle = (course_m[first] + course_m[last]) / 2
    around = surroundings(middle, length_m, np.isin(code, STREETS))
    kmh = 3600 * length_m / np.maximum(network.link_ms_offpeak, 1)
    usual = np.array([c.kmh for c in CLASSES])[code, around]
    standing = np.searchsorted(_STANDINGS, kmh / usual)
    return (code * _SURROUNDINGS + around) * (len(_STANDINGS) + 1) + standing


def paced(network: RoadNetwork, group: npt.NDArray[np.int64], pace: Floats) -> RoadNetwork:
    """Return the network with the time of each link multiplied by the pace of its group."""
    times: dict[str, Any] = {}
    back = _reversed_order(network)
    on_link = network.arc_link >= 0
    for profile in ("offpeak", "peak"):
        link_ms = np.rint(network.link_ms(profile) * pace[group]).astype(np.int32)
        arcs = network.arcs(profile).copy()
        arcs[on_link, 1] = link_ms[network.arc_link[on_link]]
        reversed_arcs = network.reversed_arcs(profile).copy()
        reversed_arcs[:, 1] = arcs[back, 1]
        times |= {
            f"link_ms_{profile}": link_ms,
            f"arcs_{profile}": arcs,
            f"reversed_arcs_{profile}": reversed_arcs,
        }
    return replace(network, **times)


def minutes_by_group(
    network: RoadNetwork, group: npt.NDArray[np.int64], pairs: Pairs
) -> tuple[Floats, Floats]:
    """Return the minutes that the best way of each pair spends in each group, and on foot.

    Returns
    -------
    tuple
        Shapes (p, GROUPS) and (p,); nan on foot where there is no way within LONGEST_MIN, or
        where both ends lie on one road.
    """
    router = Router(network, "offpeak")
    start = locate_metres(network, "offpeak", pairs.origin)
    end = locate_metres(network, "offpeak", pairs.destination)
    reversed_link = network.arc_link[_reversed_order(network)]
    spent = np.zeros((len(pairs.minutes), GROUPS))
    walk = np.full(len(pairs.minutes), np.nan)
    places, first = np.unique(pairs.origin, axis=0, return_inverse=True)
    by_origin = np.argsort(first.ravel(), kind="stable")
    bounds = np.searchsorted(first.ravel()[by_origin], np.arange(len(places) + 1))
    with router.workspace() as space:
        for begin, finish in itertools.pairwise(bounds):
            rows = by_origin[begin:finish]
            origin = start.take(rows[:1])
            router.reach(origin, int(LONGEST_MIN * _MS_PER_MIN), space)
            _trace(
                origin.table[0],
                end.table,
                rows,
                space.state,
                space.tag,
                network.reversed_ptr,
                network.reversed_arcs_offpeak,
                reversed_link,
                group,
                spent,
                walk,
            )
    return spent / _MS_PER_MIN, walk / _MS_PER_MIN


def calibrate(
    network: RoadNetwork, pairs: Pairs, progress: Callable[[str], None] = lambda _: None
) -> Calibrated:
    """Fit the pace of each group of roads on known times, off-peak; the peak follows.

    Raises
    ------
    InvalidInputError
        If fewer than ENOUGH_PAIRS lie on this network, or fewer than FOLDS squares of origins.
    """
    group = groups(network)
    ours = network_minutes(network, group, pairs)
    usable = comparable(ours, pairs.minutes)
    squares = np.unique(pairs.origin[usable] // BLOCK_M, axis=0, return_inverse=True)[1].ravel()
    if usable.sum() < ENOUGH_PAIRS or len(set(squares)) < FOLDS:
        message = (
            f"{usable.sum()} paires seulement ont leurs deux bouts près d’une route de ce réseau "
            f"et une durée de {SHORTEST_MIN:.0f} à {LONGEST_MIN:.0f} minutes : il en faut "
            f"{ENOUGH_PAIRS}, de départs répartis. Prenez une table qui couvre le même territoire."
        )
        raise InvalidInputError(message)
    some = pairs.take(usable)
    fold = np.random.default_rng(0).permutation(squares.max() + 1)[squares] % FOLDS
    held_out = np.empty(len(some.minutes))
    for number in range(FOLDS):
        progress(f"  épreuve {number + 1} sur {FOLDS}")
        pace = fit_paces(network, group, some.take(fold != number))
        unseen = fold == number
        held_out[unseen] = network_minutes(paced(network, group, pace), group, some.take(unseen))
    progress("  vitesses de tout le réseau")
    known = comparable(held_out, some.minutes)
    theirs = some.minutes[known]
    before, after = agreement(ours[usable][known], theirs), agreement(held_out[known], theirs)
    fitted = paced(network, group, fit_paces(network, group, some))
    said = {"pairs": before.pairs, "before": asdict(before), "after": asdict(after)}
    provenance = {**network.provenance, "version": version_of(fitted), "calibration": said}
    return Calibrated(replace(fitted, provenance=provenance), before, after)


def fit_paces(network: RoadNetwork, group: npt.NDArray[np.int64], pairs: Pairs) -> Floats:
    """Return the pace of each group that brings our times nearest to the pairs', (GROUPS,)."""
    ours = network_minutes(network, group, pairs)
    usable = comparable(ours, pairs.minutes)
    common = float(np.median(pairs.minutes[usable] / ours[usable]))
    pace = np.full(GROUPS, common)
    driven = np.unique(group)
    ridge = np.sqrt(_RIDGE_MIN) * np.eye(len(driven))
    for _ in range(_ROUNDS):
        spent, walk = minutes_by_group(paced(network, group, pace), group, pairs)
        ours = spent.sum(axis=1) + walk
        usable = comparable(ours, pairs.minutes)
        # The error of a sum of roads grows with its root.
        weight = 1 / np.sqrt(ours[usable])
        miss = np.abs(ours - pairs.minutes)[usable] * weight * np.sqrt(10.0)
        weight *= np.sqrt(np.minimum(1.0, _HUBER_MIN / np.maximum(miss, 1e-9)))
        terms = spent[np.ix_(usable, driven)] / pace[driven] * weight[:, None]
        wanted = (pairs.minutes - walk)[usable] * weight
        solved = lsq_linear(
            np.vstack([terms, ridge]),
            np.concatenate([wanted, ridge @ np.full(len(driven), common)]),
            bounds=(common * _FASTEST, common * _SLOWEST),
        ).x
        pace[driven] += _STEP * (solved - pace[driven])
    return pace


def network_minutes(network: RoadNetwork, group: npt.NDArray[np.int64], pairs: Pairs) -> Floats:
    """Return our minutes for pairs, nan where there is no way or both ends lie on one road."""
    spent, walk = minutes_by_group(network, group, pairs)
    return np.asarray(spent.sum(axis=1) + walk)


def comparable(ours: Floats, theirs: Floats) -> npt.NDArray[np.bool_]:
    """Return which pairs both know and are neither very short nor very long here, shape (p,)."""
    known = np.isfinite(ours) & np.isfinite(theirs)
    return np.asarray(known & (ours > SHORTEST_MIN) & (ours < LONGEST_MIN))


def _reversed_order(network: RoadNetwork) -> npt.NDArray[np.int64]:
    """Return the forward arc of each reversed arc, shape (m,)."""
    tail = np.repeat(np.arange(network.node_count, dtype=np.int32), np.diff(network.ptr))
    return np.lexsort([tail, network.arcs_offpeak[:, 0]])


@kernel
def _arc_into(node: int, state: Ints, tag: int, reversed_ptr: Ints, reversed_arcs: Ints) -> int:
    """Return the reversed arc that the best way to a node comes by, -1 when it begins there."""
    found, earliest = -1, NEVER_MS
    for arc in range(reversed_ptr[node], reversed_ptr[node + 1]):
        u = reversed_arcs[arc, 0]
        exact = state[u, 1] == tag and state[u, 0] + reversed_arcs[arc, 1] == state[node, 0]
        if exact and state[u, 0] < earliest:
            found, earliest = arc, state[u, 0]
    return found


@kernel
def _trace(
    origin: Ints,
    ends: Ints,
    rows: npt.NDArray[np.int64],
    state: Ints,
    tag: int,
    reversed_ptr: Ints,
    reversed_arcs: Ints,
    reversed_link: Ints,
    group: npt.NDArray[np.int64],
    spent: Floats,
    walk: Floats,
) -> None:
    """Walk back along the best way to each end; times are whole, so a way adds up exactly."""
    for row in rows:
        end = ends[row]
        if end[0] < 0 or origin[0] < 0 or end[0] == origin[0]:
            continue
        best, node, tail_ms = NEVER_MS, -1, 0
        for column in (7, 9):
            u = end[column]
            if u >= 0 and state[u, 1] == tag and state[u, 0] + end[column + 1] < best:
                best = state[u, 0] + end[column + 1]
                node, tail_ms = u, end[column + 1] - end[2]
        if node < 0:
            continue
        spent[row, group[end[0]]] += tail_ms
        for _ in range(state.shape[0]):  # roads of no length could lead round for ever
            ms = state[node, 0]
            if (origin[3] == node and origin[4] == ms) or (origin[5] == node and origin[6] == ms):
                spent[row, group[origin[0]]] += ms - origin[2]
                walk[row] = origin[2] + end[2]
                break
            arc = _arc_into(node, state, tag, reversed_ptr, reversed_arcs)
            if arc < 0:
                break
            before, link = reversed_arcs[arc, 0], reversed_link[arc]
            if link >= 0:
                spent[row, group[link]] += ms - state[before, 0]
            node = before
