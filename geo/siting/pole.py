"""A pole: the half-days of one team shared among antennas, so that most people find room.

Variables: h_a half-days a week at antenna a (whole), o_a = 1 if it is open, s_ia inhabitants of
place i seated at a; H half-days of the team, m the least where open, K inhabitants per GP, f_a the
part of a half-day that is left once the road from the base is driven.

    max Σ s_ia
    Σ_a s_ia ≤ people_i,  s_ia only where t_ia ≤ T
    Σ_i s_ia ≤ K · f_a · h_a / 10               a GP is ten half-days a week
    m · o_a ≤ h_a ≤ H · o_a,  Σ_a h_a ≤ H
    p ≤ Σ_a o_a ≤ q                             antennas

A capacitated maximal covering: Current and Storbeck, "Capacitated covering models", Environment and
Planning B 15, 1988; solved by HiGHS. One antenna at the base with all half-days is the house.
"""

from dataclasses import dataclass

import numpy as np

from geo.errors import InvalidInputError
from geo.siting.problem import Floats, Ints
from geo.siting.seating import Block, most_seated, rows

HALF_DAYS_PER_GP = 10
"""Half-days of consultation a week that make one GP."""
HALF_DAY_MINUTES = 240.0
"""Length of a half-day: our own choice, said so where it is used."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PoleProblem:
    """People to seat, antennas there could be, and the team.

    Attributes
    ----------
    people
        Inhabitants without room at each place, shape (n,).
    minutes
        Minutes from each place to each antenna, shape (n, m); inf out of reach.
    base_minutes
        Minutes one way from the base of the team to each antenna, shape (m,).
    threshold
        Longest trip of an inhabitant, inclusive, minutes.
    per_gp
        Inhabitants that a full-time GP takes.
    half_days
        Half-days a week of the whole team.
    least
        Least half-days a week where an antenna is open.
    fewest, most
        Antennas that may be open.
    """

    people: Floats
    minutes: Floats
    base_minutes: Floats
    threshold: float
    per_gp: float
    half_days: int
    least: int = 1
    fewest: int = 0
    most: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no pole answers.

        Raises
        ------
        InvalidInputError
            Shapes that differ, a negative number, or half-days too few for the antennas asked.
        """
        places, antennas = self.minutes.shape
        if self.people.shape != (places,) or self.base_minutes.shape != (antennas,):
            raise InvalidInputError(
                "Les habitants, les antennes et les trajets ne vont pas ensemble."
            )
        if not (np.isfinite(self.people).all() and (self.people >= 0).all()):
            raise InvalidInputError("Des nombres d’habitants manquent ou sont négatifs.")
        if np.isnan(self.minutes).any() or not (self.base_minutes >= 0).all():
            raise InvalidInputError("Des minutes de trajet manquent ou sont négatives.")
        if not (self.per_gp > 0 and self.least >= 1 and self.half_days >= 0):
            raise InvalidInputError(
                "Le nombre d’habitants par médecin et le minimum de demi-journées doivent être "
                "supérieurs à 0."
            )
        if self.fewest > antennas or self.fewest * self.least > self.half_days:
            raise InvalidInputError(
                f"{self.half_days} demi-journées par semaine ne suffisent pas pour {self.fewest} "
                f"antennes d’au moins {self.least} : ouvrez-en moins, ou ajoutez des demi-journées."
            )

    @property
    def seats(self) -> Floats:
        """Inhabitants that one half-day a week seats at each antenna, the road taken off."""
        return np.asarray(self.per_gp * kept_share(self.base_minutes) / HALF_DAYS_PER_GP)


def kept_share(base_minutes: Floats) -> Floats:
    """Return the part of a half-day that is left once the road is driven.

    Parameters
    ----------
    base_minutes
        Minutes one way from the base, any shape; a return trip serves two half-days.

    Examples
    --------
    >>> kept_share(np.array([0.0, 24.0, 240.0]))
    array([1. , 0.9, 0. ])
    """
    return np.asarray(np.clip(1 - base_minutes / HALF_DAY_MINUTES, 0.0, 1.0))


@dataclass(frozen=True, eq=False)
class Pole:
    """Half-days allotted to antennas.

    Attributes
    ----------
    half_days
        Half-days a week of each antenna, whole, shape (m,); 0 where closed.
    seated
        Inhabitants of each place that find room, shape (n,).
    bound
        The most that any allotment seats.
    proven
        Whether the allotment reaches the bound.
    """

    half_days: Ints
    seated: Floats
    bound: float
    proven: bool

    @property
    def people(self) -> float:
        """Inhabitants who find room."""
        return float(self.seated.sum())

    def road_minutes(self, problem: PoleProblem) -> float:
        """Minutes of road a week: one return trip for two half-days at an antenna."""
        return float(self.half_days @ problem.base_minutes)


def best_pole(problem: PoleProblem, time_limit: float = 60.0) -> Pole:
    """Allot the half-days of the team so that most people find room.

    Raises
    ------
    UnsolvedError
        HiGHS found no allotment in time.
    """
    antennas = problem.base_minutes.size
    most = antennas if problem.most is None else problem.most
    return _solved(problem, np.full(antennas, problem.half_days), most, time_limit, fixed=False)


def seated_by(problem: PoleProblem, half_days: Ints) -> Pole:
    """Return whom a given allotment seats, at best.

    Parameters
    ----------
    problem
        The pole.
    half_days
        Half-days a week of each antenna, shape (m,).

    Raises
    ------
    InvalidInputError
        Not one number for each antenna.
    """
    if half_days.shape != problem.base_minutes.shape or (half_days < 0).any():
        raise InvalidInputError("Les demi-journées et les antennes ne vont pas ensemble.")
    return _solved(problem, half_days, half_days.size, np.inf, fixed=True)


def _solved(
    problem: PoleProblem, upper: Ints, most: int, time_limit: float, *, fixed: bool
) -> Pole:
    """Solve over columns h (antennas), o (antennas), s (pairs within the threshold)."""
    antennas = problem.base_minutes.size
    place, antenna = np.nonzero(problem.minutes <= problem.threshold)
    whole = 2 * antennas
    size = whole + place.size
    each, first = np.arange(antennas), np.zeros(antennas, dtype=np.int64)
    pairs = whole + np.arange(place.size)
    allotted = rows(each, each, (antennas, size))
    opened = rows(each, antennas + each, (antennas, size))
    offered = rows(each, each, (antennas, size), problem.seats)
    blocks: list[Block] = [
        (rows(place, pairs, (problem.people.size, size)), 0.0, problem.people),
        (rows(antenna, pairs, (antennas, size)) - offered, -np.inf, 0.0),
    ]
    if not fixed:
        blocks += [
            (allotted - problem.least * opened, 0.0, np.inf),
            (allotted - problem.half_days * opened, -np.inf, 0.0),
            (rows(first, each, (1, size)), 0.0, float(problem.half_days)),
            (rows(first, antennas + each, (1, size)), float(problem.fewest), float(most)),
        ]
    floors = np.concatenate([upper if fixed else np.zeros(antennas), np.zeros(size - antennas)])
    ceilings = np.concatenate([upper, np.ones(antennas), np.full(place.size, np.inf)])
    found = most_seated(
        place,
        blocks,
        places=problem.people.size,
        whole=whole,
        columns=(floors, ceilings),
        time_limit=time_limit,
        sought="aucune répartition",
    )
    half_days = np.rint(found.values[:antennas]).astype(np.int64)
    return Pole(half_days, found.seated, found.bound, found.proven)
