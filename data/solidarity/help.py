"""What is asked of help between territories, and what a plan answers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.solidarity.needs import Question
from data.solidarity.schemes import SOLIDARITY, Scheme, scheme_named
from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]

LONGEST_TRIP_MINUTES = 60.0
"""Longest trip that screens offer."""
USUAL_TRIP_MINUTES = 45.0
"""Trip that screens open on: an hour and a half of road for a half-day of 12 consultations."""


USUAL_VOLUNTEERS = 39
"""GPs of Nouvelle-Aquitaine who took part in spring 2026: what the screen opens with."""


@dataclass(frozen=True)
class Terms:
    """On what terms help is given.

    Attributes
    ----------
    scheme
        Key of the scheme.
    volunteers, sites
        Most volunteers and host sites in all; None for no limit.
    minutes
        Longest trip one way, up to `LONGEST_TRIP_MINUTES`.
    half_days
        Half-days a month and volunteer at most; None for the ceiling of the scheme.
    floor
        APL that no donor commune may fall under; None where nothing protects them.
    replaced
        Whether a replacement sees the donors' patients meanwhile ("solidaires" only).
    hosts, listed
        Key of `data.solidarity.hosts.HOSTS`: where volunteers receive; INSEE codes of a list.
    """

    scheme: str = "avancees"
    volunteers: int | None = None
    sites: int | None = None
    minutes: float = USUAL_TRIP_MINUTES
    half_days: float | None = None
    floor: float | None = None
    replaced: bool = False
    hosts: str = "mairies"
    listed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse terms that the scheme does not allow.

        Raises
        ------
        InvalidInputError
            An unknown scheme, a ceiling above its own, a trip too long, a replacement it excludes.
        """
        scheme = scheme_named(self.scheme)
        if not 0 < self.minutes <= LONGEST_TRIP_MINUTES:
            raise InvalidInputError(
                f"Le trajet le plus long est compris entre 1 et {LONGEST_TRIP_MINUTES:.0f} minutes."
            )
        if self.half_days is not None and not 0 < self.half_days <= scheme.half_days:
            raise InvalidInputError(
                f"{scheme.name.capitalize()} : {scheme.rule}. Donnez un plafond plus bas."
            )
        if self.replaced and scheme is not SOLIDARITY:
            raise InvalidInputError(
                f"{scheme.name.capitalize()} : le remplacement au cabinet n’est pas prévu."
            )

    @property
    def ceiling(self) -> float:
        """Half-days a month that a volunteer gives at most."""
        return scheme_named(self.scheme).half_days if self.half_days is None else self.half_days


USUAL_TERMS = Terms(volunteers=USUAL_VOLUNTEERS)
"""Those that the screen opens with."""


@dataclass(frozen=True, eq=False)
class Help:
    """A plan on a region.

    Attributes
    ----------
    question, terms, scheme
        What was asked.
    targets
        Table of `needs` with covered and out_of_reach (half-days a month).
    hosts
        Sites where volunteers could receive: row, places (see `data.solidarity.hosts`), code, name,
        epci_name.
    trips
        origin, host (rows of `data.access.inputs.places`), minutes (one way; 0 where a team is
        lodged), half_days (a month).
    volunteers
        Whole volunteers of each place, shape (places,).
    covered, bound
        Half-days a month covered, and the most that any plan could cover.
    status, seconds
        "optimal", "bounded", or "hiding" where small communes gave way at some sites lest the plan
        tell who goes (`data.solidarity.hiding`); time spent.
    taken, given
        Half-days a month that each place gives, and receives as a host, shape (places,).
    able
        Doctors of each place who could give on these terms, shape (places,).
    roads
        origin, host (rows of places), minutes: who could drive where; None where teams are lodged.
    unknown
        Target communes of which nobody knows what they miss: not in `targets`.
    unzoned
        Communes that may be targets or not, as their zone is not known; they may give.
    """

    question: Question
    terms: Terms
    scheme: Scheme
    targets: pd.DataFrame
    hosts: pd.DataFrame
    trips: pd.DataFrame
    volunteers: npt.NDArray[np.int64]
    covered: float
    bound: float
    status: str
    seconds: float
    taken: Floats
    given: Floats
    able: Floats
    roads: pd.DataFrame | None
    unknown: int = 0
    unzoned: int = 0

    @property
    def need(self) -> float:
        """Half-days a month missing in all targets."""
        return float(self.targets["half_days"].sum())

    @property
    def out_of_reach(self) -> float:
        """Half-days a month that no donor reaches, whatever the volunteers."""
        return float(self.targets["out_of_reach"].sum())

    @property
    def road_hours(self) -> float:
        """Hours of road a month, there and back, one return trip by half-day."""
        return float(2 * (self.trips["minutes"] * self.trips["half_days"]).sum() / 60)

    @property
    def euros_a_month(self) -> float | None:
        """Money of the scheme, paid by whole half-days as they are told; None: no text fixes it."""
        return None if self.scheme.euros is None else self.scheme.euros * round(self.covered)
