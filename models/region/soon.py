"""Room with a GP after departures drawn from the calibrated risk of losing the last one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.room import room_tables
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from geo.room import nearest_first
from models.region.predict import probabilities

DRAWS = 400
"""Futures drawn; the mean of the total is then known within a twentieth of its spread."""

SEED = 20
"""The same numbers for all horizons: a commune that loses its GPs in two years has lost them in
five, and two horizons differ by the risk, not by chance."""

INTERVAL = (0.05, 0.95)
"""Quantiles of the total over the futures."""

ASSUMPTIONS = (
    (
        "Seules sont tirées les communes qui perdraient leur dernier médecin, avec la probabilité "
        "du modèle ; les départs ailleurs, les arrivées et les remplacements ne sont pas comptés."
    ),
    (
        "Les communes sont tirées indépendamment les unes des autres : si les départs vont "
        "ensemble, l’intervalle est plus large."
    ),
    "La population est celle que l’on connaît ; le plus proche passe le premier.",
)


@dataclass(frozen=True, eq=False)
class Soon:
    """People without room at a horizon, nearest first, in the region.

    Attributes
    ----------
    horizon
        Years after the counts.
    now
        Inhabitants without room today.
    expected, low, high
        Mean over the futures drawn, and the ends of nine futures in ten.
    communes
        One row per commune of the region, in its order: code, name, population, without_room_now,
        without_room_expected (inhabitants).
    carriers
        Communes of the region and its border whose GPs may go, those that carry most of the
        expected loss first: code, name, gps, without_room_more (inhabitants if it alone loses
        them), expected (times its probability). For planners only: a commune with one GP points
        at a person.
    """

    horizon: int
    now: float
    expected: float
    low: float
    high: float
    communes: pd.DataFrame
    carriers: pd.DataFrame


def soon(
    territory: Territory,
    horizon: int,
    *,
    minutes: float = HUBERT_MINUTES,
    per_gp: float = float(ROOM_PEOPLE_A_GP),
    draws: int = DRAWS,
) -> Soon:
    """Draw futures and count who finds room in each; some seconds.

    Parameters
    ----------
    territory
        The region; GPs of its border may go too.
    horizon
        Years, one of those of the model.
    minutes, per_gp
        Threshold, and inhabitants that a GP takes.
    draws
        Number of futures.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    InvalidInputError
        If the model does not know the horizon, or the year of the counts is unknown.
    """
    tables = room_tables(territory, minutes)
    risk = probabilities(territory, horizon)
    ids = tables.places["id"]
    chance = ids.map(risk).fillna(0.0).to_numpy(dtype=np.float64)
    inside = tables.places["inside"].to_numpy()
    people, gps, reach = tables.people, tables.gps, tables.reach

    def without(staff: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return nearest_first(reach, people, staff, per_gp).without_room[inside]

    now = without(gps)
    numbers = np.random.default_rng(SEED).random((draws, len(chance)))
    total, mean = np.empty(draws), np.zeros_like(now)
    for draw in range(draws):
        after = without(np.where(numbers[draw] < chance, 0.0, gps))
        total[draw] = after.sum()
        mean += after / draws
    at_risk = np.flatnonzero((chance > 0) & (gps > 0))
    more = np.array([without(_left(gps, int(row))).sum() - now.sum() for row in at_risk])
    carriers = pd.DataFrame(
        {
            "code": ids.to_numpy()[at_risk],
            "name": tables.places["name"].to_numpy()[at_risk],
            "gps": gps[at_risk],
            "without_room_more": more,
            "expected": chance[at_risk] * more,
        }
    ).sort_values(["expected", "code"], ascending=[False, True], ignore_index=True)
    told = pd.DataFrame(tables.places.loc[inside, ["id", "name", "population"]])
    communes = told.rename(columns={"id": "code"}).reset_index(drop=True)
    communes = communes.assign(without_room_now=now, without_room_expected=mean)
    low, high = (float(end) for end in np.quantile(total, INTERVAL))
    return Soon(horizon, float(now.sum()), float(total.mean()), low, high, communes, carriers)


def _left(gps: npt.NDArray[np.float64], row: int) -> npt.NDArray[np.float64]:
    left = gps.copy()
    left[row] = 0.0
    return left
