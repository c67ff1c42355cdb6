"""Journeys asked of another engine, and what is left once our speeds are fitted on its own.

Places are the middles of roads that all engines have, drawn alike: at a junction, each engine
chooses for itself on which of the roads it stands, and one-way streets make much of it.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from geo.roads.calibration import (
    CLASSES,
    GROUPS,
    Pairs,
    agreement,
    comparable,
    fit_paces,
    groups,
    network_minutes,
    paced,
)
from geo.roads.network import RoadNetwork
from geo.roads.profile import CODES
from geo.roads.projection import to_lonlat

ORIGINS = 80
TARGETS = 90
"""A query of OSRM takes 100 places by default."""

Ask = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Another engine's minutes from one point, shape (2,), to others (t, 2), degrees; nan: no way."""


@dataclass(eq=False)
class Aligned:
    """A network whose speeds were fitted on another engine's, and on which journeys it was.

    Attributes
    ----------
    network
        With the fitted speeds.
    held
        Origins that the fit has not seen, metres, shape (o, 2).
    said
        Agreement as they are, after one factor, and on the unseen origins after the fit.
    """

    network: RoadNetwork
    held: np.ndarray
    said: dict[str, Any]


def common_roads(network: RoadNetwork) -> np.ndarray:
    """Return which links all engines have and stop on, shape (k,).

    OSRM has no farm or forest tracks, Valhalla drives them at a walk, METRIC at 20 km/h.
    """
    return network.link_joinable & (network.link_class != CODES["track"])


def middles(network: RoadNetwork) -> np.ndarray:
    """Return the middle of each road that all engines have, metres."""
    rows = np.flatnonzero(common_roads(network))
    found = np.empty((len(rows), 2))
    for i, row in enumerate(rows):
        course = network.shape_cm[network.shape_ptr[row] : network.shape_ptr[row + 1]] / 100
        along = np.append(0.0, np.cumsum(np.hypot(*np.diff(course, axis=0).T)))
        found[i] = [np.interp(along[-1] / 2, along, axis) for axis in course.T]
    return found


def align(ask: Ask, network: RoadNetwork) -> Aligned:
    """Ask another engine for journeys, fit on those of every other origin, judge on the rest."""
    rng = np.random.default_rng(0)
    places = middles(network)
    origins = places[rng.choice(len(places), ORIGINS, replace=False)]
    targets = places[rng.choice(len(places), (ORIGINS, TARGETS))]
    minutes = [
        ask(to_lonlat(o[None], network.crs)[0], to_lonlat(t, network.crs))
        for o, t in zip(origins, targets, strict=True)
    ]
    pairs = Pairs(
        np.repeat(origins, TARGETS, axis=0), np.concatenate(targets), np.concatenate(minutes)
    )
    group = groups(network)
    ours = network_minutes(network, group, pairs)
    usable = comparable(ours, pairs.minutes)
    factor = float(np.median(pairs.minutes[usable] / ours[usable]))
    learned = np.repeat(np.arange(ORIGINS) % 2 == 0, TARGETS)
    fitted = paced(network, group, fit_paces(network, group, pairs.take(learned)))
    others = pairs.take(~learned)
    after = network_minutes(fitted, group, others)
    both = comparable(after, others.minutes)
    said = {
        "nodes": network.node_count,
        "factor": round(factor, 3),
        "as_they_are": _rounded(ours[usable], pairs.minutes[usable]),
        "one_factor": _rounded(ours[usable] * factor, pairs.minutes[usable]),
        "calibrated_other_origins": _rounded(after[both], others.minutes[both]),
        "factors_of_speed": _factors(network, fitted, group),
    }
    return Aligned(fitted, origins[1::2], said)


def _rounded(ours: np.ndarray, theirs: np.ndarray) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(agreement(ours, theirs)).items()}


def _factors(network: RoadNetwork, fitted: RoadNetwork, group: np.ndarray) -> dict[str, float]:
    """Return by how much the fit multiplies the speed of each class in each surroundings."""
    each = GROUPS // len(CLASSES) // 3
    kind = group // each
    return {
        f"{CLASSES[k // 3].name} {('open', 'town', 'dense')[k % 3]}": round(
            float(
                network.link_ms_offpeak[kind == k].sum() / fitted.link_ms_offpeak[kind == k].sum()
            ),
            2,
        )
        for k in np.unique(kind)
    }
