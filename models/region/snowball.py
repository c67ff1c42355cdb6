"""The snowball: how a departure moves the risk around, and that risk the GPs expected there."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region.territory import Territory
from models.learning import artefact, features, neighbourhood
from models.learning.hazard import Hazard, end_of
from models.learning.panel import xy_km
from models.region.predict import Course, course_of, inputs_at

SNOWBALL_KM = 20.0
"""Communes whose risk is followed; the surroundings that count for them reach twice as far."""

SURROUNDINGS_KM = 46.0
SETTLED = 1e-4
MOST_ROUNDS = 10

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Risk:
    """Predictors of all communes with a GP, and what their surroundings are made of."""

    model: Hazard
    counted: float
    table: pd.DataFrame
    place: pd.DataFrame
    counts: list[Array]
    vintages: list[int]
    xy: Array


@lru_cache(maxsize=2)
def _risk(territory: Territory, course: Course) -> _Risk:
    inputs, year = inputs_at(territory, course), course[0]
    known = inputs.known_at(year)
    place = features.grid(known)
    counts, vintages = features.counts_of(known.panel.loc[place.index])
    return _Risk(
        model=artefact.shipped().model,
        counted=end_of(year),
        table=features.compute(inputs, year),
        place=place,
        counts=counts,
        vintages=vintages,
        xy=xy_km(place["lon"], place["lat"]),
    )


def snowball(
    territory: Territory, code: str, gone: float, horizon: int
) -> tuple[tuple[float, ...], pd.DataFrame]:
    """Follow the risk around, round after round, until it settles.

    Parameters
    ----------
    territory
        The region.
    code
        Commune that loses GPs.
    gone
        How many.
    horizon
        Years, of the probabilities.

    Returns
    -------
    tuple of float
        Expected further GPs lost around after each round.
    pandas.DataFrame
        Columns code, probability_before, probability_after of the communes followed.
    """
    risk = _risk(territory, course_of(territory, code))
    if code not in risk.place.index:
        return (), pd.DataFrame(columns=["code", "probability_before", "probability_after"])
    # The communes that are followed, and what lies around them.
    centre = int(risk.place.index.get_indexer(pd.Index([code]))[0])
    km = np.hypot(*(risk.xy - risk.xy[centre]).T)
    near = np.flatnonzero(km <= SURROUNDINGS_KM)
    place = risk.place.iloc[near]
    around = neighbourhood.build(place["lon"], place["lat"])
    counts = [vintage[near] for vintage in risk.counts]
    standing = pd.DataFrame(
        features.surroundings(place, around, counts, risk.vintages), index=place.index
    )
    # The departure itself: fewer GPs here, and the predictors of that count. What is not known
    # stays so: a zero in its place would be a loss that nobody counted.
    expected = counts[0].copy()
    here = int(place.index.get_indexer(pd.Index([code]))[0])
    expected[here] = max(expected[here] - gone, 0.0)
    followed = place.index[(km[near] <= SNOWBALL_KM) & (expected > 0)]
    followed = followed.intersection(risk.table.index)
    before = risk.table.loc[followed]
    base = before.copy()
    if code in base.index:
        base = _with_own_count(base, code, place, ([expected, *counts[1:]], risk.vintages))
    first = risk.model.probability(before, risk.counted, horizon)
    # Round after round: risk of the GPs expected, GPs expected under that risk.
    at = place.index.get_indexer(followed)
    held, rounds, last = expected[at].copy(), [], first
    for _ in range(MOST_ROUNDS):
        moved = pd.DataFrame(
            features.surroundings(place, around, [expected, *counts[1:]], risk.vintages),
            index=place.index,
        )
        now = base.copy()
        columns = list(moved.columns)
        now[columns] = base[columns] + (moved - standing).loc[followed].fillna(0.0)
        probability = risk.model.probability(now, risk.counted, horizon)
        rise = np.maximum(probability - first, 0.0)
        expected = expected.copy()
        expected[at] = held * (1 - rise)
        rounds.append(float((held * rise).sum()))
        if np.abs(probability - last).max(initial=0.0) < SETTLED:
            break
        last = probability
    table = pd.DataFrame({"code": followed, "probability_before": first, "probability_after": last})
    return tuple(rounds), table


def _with_own_count(
    table: pd.DataFrame, code: str, place: pd.DataFrame, history: tuple[list[Array], list[int]]
) -> pd.DataFrame:
    """Give the commune that loses some of its GPs the predictors of its new count."""
    row = int(place.index.get_indexer(pd.Index([code]))[0])
    here = place.iloc[[row]]
    counts, vintages = history
    own = features.gp_history([vintage[[row]] for vintage in counts], vintages)
    own |= features.population_and_role(here, counts[0][[row]])
    changed = table.copy()
    for name, value in own.items():
        changed.loc[code, name] = value[0]
    return changed
