"""A pole of antennas against one house with the same doctors: whom each seats, who gains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.own_tables import ID_TITLES, read_demand, read_times
from data.files.own_columns import (
    as_known,
    columns_of,
    once,
    positive_numbers,
    refuse_duplicates,
)
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.siting.evaluation import SiteEvaluation, evaluate_sites
from data.siting.ground import LIMIT_MINUTES, ground_of, site_minutes
from data.uploads.site import Site
from geo.errors import InvalidInputError, UnavailableError
from geo.siting.pole import (
    HALF_DAY_MINUTES,
    HALF_DAYS_PER_GP,
    Pole,
    PoleProblem,
    best_pole,
    seated_by,
)

Floats = npt.NDArray[np.float64]

FEWEST, MOST = 2, 6
"""Antennas of a pole."""
_ANTENNAS = {
    "id": ID_TITLES,
    "base_minutes": ("base minutes", "minutes depuis la base", "minutes base", "trajet"),
}


@dataclass(frozen=True)
class Team:
    """What is shared among antennas.

    Attributes
    ----------
    half_days
        Half-days of consultation a week, in all; a GP is ten.
    least
        Least half-days a week where an antenna is open.
    base
        Position, among the sites, of the base of the team.
    per_gp
        Inhabitants that a full-time GP takes.
    fewest, most
        Antennas, the base counted where it consults.
    """

    half_days: int
    least: int = 2
    base: int = 0
    per_gp: float = 1000.0
    fewest: int = FEWEST
    most: int = MOST


@dataclass(frozen=True, eq=False)
class PoleAnswer:
    """The best pole beside the house.

    Attributes
    ----------
    pole, house
        Half-days and inhabitants seated; the house holds all half-days at the base.
    problem
        What was solved.
    sides
        The evaluation of the house, then of the pole, each as sites open together.
    """

    pole: Pole
    house: Pole
    problem: PoleProblem
    sides: tuple[SiteEvaluation, SiteEvaluation]


def pole_of(
    territory: Territory, sites: Sequence[Site], team: Team, time_limit: float = 20.0
) -> PoleAnswer:
    """Return the best pole over some sites, and the house at the base with the same doctors.

    People to seat are the inhabitants of the region who have no room at 20 minutes today, nearest
    first.

    Raises
    ------
    InvalidInputError
        Fewer than two sites, an unknown base, or half-days too few.
    UnavailableError
        The GPs of the region are not known.
    """
    if len(sites) < FEWEST:
        raise InvalidInputError("Un pôle demande au moins deux antennes : ajoutez des sites.")
    if not 0 <= team.base < len(sites):
        raise InvalidInputError("La base du pôle n’est pas parmi les sites : choisissez-la.")
    ground = ground_of(territory)
    if not ground.gps_known:
        raise UnavailableError(
            "Les médecins de la région ne sont pas connus : importez leurs effectifs par commune."
        )
    minutes, _ = site_minutes(territory, sites, LIMIT_MINUTES)
    near = ground.parts_with(territory, sites)
    people, trips = ground.to_seat(ground.gps, minutes, team.per_gp, near=near)
    problem = PoleProblem(
        people=people,
        minutes=trips,
        base_minutes=from_base(territory, sites, team.base),
        threshold=HUBERT_MINUTES,
        per_gp=team.per_gp,
        half_days=team.half_days,
        least=team.least,
        fewest=min(team.fewest, len(sites)),
        most=team.most,
    )
    pole = best_pole(problem, time_limit)
    alone = np.zeros(len(sites), dtype=np.int64)
    alone[team.base] = team.half_days
    return PoleAnswer(
        pole,
        seated_by(problem, alone),
        problem,
        (
            evaluate_sites(territory, staffed(sites, alone)),
            evaluate_sites(territory, staffed(sites, pole.half_days)),
        ),
    )


def from_base(territory: Territory, sites: Sequence[Site], base: int) -> Floats:
    """Return minutes one way from the base to each site; a half-day's length where none leads.

    Parameters
    ----------
    territory, sites
        The region; the antennas.
    base
        Rank of the base among them.
    """
    points = np.array([[site.lon, site.lat] for site in sites], dtype=np.float64)
    found = territory.travel_time.matrix(points[[base]], points, HALF_DAY_MINUTES)
    minutes = np.full(len(sites), HALF_DAY_MINUTES)
    minutes[found["destination"]] = found["minutes"]
    minutes[base] = 0.0
    return minutes


def staffed(sites: Sequence[Site], half_days: np.ndarray) -> list[Site]:
    """Return the sites that are open, with the fraction of GPs that their half-days make."""
    return [
        replace(site, gps=float(count) / HALF_DAYS_PER_GP)
        for site, count in zip(sites, half_days.tolist(), strict=True)
        if count
    ]


def read_pole(
    demand: Path, antennas: Path, times: Path, team: Team, minutes: float
) -> tuple[PoleProblem, tuple[str, ...], tuple[str, ...]]:
    """Read a pole on tables of the user's own.

    Parameters
    ----------
    demand
        id and population: inhabitants without room.
    antennas
        id and base_minutes: minutes one way from the base, 0 at the base.
    times
        from (place), to (antenna), minutes.
    team, minutes
        Half-days and limits; longest trip of an inhabitant.

    Returns
    -------
    tuple
        The problem, the names of the antennas, French notes on what was left out.

    Raises
    ------
    InvalidInputError
        With the file, the line and what to mend.
    """
    people = read_demand(demand)
    table = once(antennas, columns_of(antennas, _ANTENNAS, required=("id", "base_minutes")))
    table = table.assign(id=as_known(antennas, table["id"], people["id"]))
    refuse_duplicates(antennas, table["id"], "l’identifiant")
    base = positive_numbers(antennas, table["base_minutes"]).to_numpy(dtype=np.float64)
    pairs, notes = read_times(times, people["id"], table["id"], triangular=False)
    matrix = np.full((len(people), len(table)), np.inf)
    np.minimum.at(
        matrix,
        (pairs["origin"].to_numpy(), pairs["destination"].to_numpy()),
        pairs["minutes"].to_numpy(dtype=np.float64),
    )
    problem = PoleProblem(
        people=people["population"].to_numpy(dtype=np.float64),
        minutes=matrix,
        base_minutes=base,
        threshold=minutes,
        per_gp=team.per_gp,
        half_days=team.half_days,
        least=team.least,
        fewest=team.fewest,
        most=team.most,
    )
    return problem, tuple(table["id"]), notes


def pole_table(names: Sequence[str], problem: PoleProblem, pole: Pole) -> pd.DataFrame:
    """Return the antennas: id, half_days (a week), gps, base_minutes, road_hours (a week)."""
    return pd.DataFrame(
        {
            "id": list(names),
            "half_days": pole.half_days,
            "gps": pole.half_days / HALF_DAYS_PER_GP,
            "base_minutes": problem.base_minutes,
            "road_hours": pole.half_days * problem.base_minutes / 60,
        }
    )
