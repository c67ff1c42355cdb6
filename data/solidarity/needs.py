"""Which territories are to be helped, and how many half-days a month they miss."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs
from data.access.indicators import commune_indicators
from data.access.room import room_tables
from data.region.rules import ACTS_A_HALF_DAY, HUBERT_MINUTES, ROOM_PEOPLE_A_GP, ZIP_APL
from data.region.territory import Territory
from data.solidarity.schemes import HALF_DAYS_A_MONTH, MONTHS
from geo.errors import InvalidInputError, UnavailableError
from geo.room import nearest_first

Floats = npt.NDArray[np.float64]

TARGETS = {
    "zip": "communes en ZIP",
    "epci": "communes d’un EPCI",
    "apl": "communes sous une APL",
    "place": "communes où des habitants sont sans place",
}
AIMS = {"apl": "atteindre une APL", "place": "que personne ne soit sans place"}


@dataclass(frozen=True)
class Question:
    """Whom to help, and up to what.

    Attributes
    ----------
    targets, chosen
        A key of `TARGETS`; the code of the EPCI, where it is one.
    aim
        A key of `AIMS`.
    apl
        APL to reach (and under which communes are targets, for "apl").
    per_gp
        Inhabitants that one GP takes, for the aim "place".
    acts
        Consultations of a half-day.
    """

    targets: str = "zip"
    chosen: str = ""
    aim: str = "apl"
    apl: float = ZIP_APL
    per_gp: float = float(ROOM_PEOPLE_A_GP)
    acts: float = float(ACTS_A_HALF_DAY)

    def __post_init__(self) -> None:
        """Refuse what is not a question.

        Raises
        ------
        InvalidInputError
            An unknown key, or a number that is not above 0.
        """
        if self.targets not in TARGETS:
            raise InvalidInputError(
                f"Cibles « {self.targets} » inconnues : choisissez parmi {', '.join(TARGETS)}."
            )
        if self.aim not in AIMS:
            raise InvalidInputError(
                f"But « {self.aim} » inconnu : choisissez parmi {', '.join(AIMS)}."
            )
        for name, value in (
            ("L’APL visée", self.apl),
            ("Le nombre d’habitants par médecin", self.per_gp),
            ("Le nombre de consultations par demi-journée", self.acts),
        ):
            if not (np.isfinite(value) and value > 0):
                raise InvalidInputError(f"{name} doit être un nombre supérieur à 0.")


def needs(territory: Territory, question: Question) -> pd.DataFrame:
    """Return the half-days that each target commune misses.

    APL: (aim − APL) × standardised inhabitants consultations a year are missing, shared over
    twelve months and half-days of so many consultations. Room: inhabitants without room, nearest
    first, over the inhabitants a GP takes; a GP is ten half-days a week.

    Returns
    -------
    pandas.DataFrame
        One row per target commune that misses something, in the order of the region: row (in
        `data.access.inputs.places`), code, name, departement, epci, epci_name, zone, population,
        apl, without_room, consultations (a year, missing), half_days (a month, missing).

    Raises
    ------
    UnavailableError
        Nobody can be a target: zones or counts of GPs are not known.
    """
    communes = commune_indicators(territory)
    without = without_room(territory, question.per_gp)[: len(communes)]
    everywhere = inputs.places(territory)
    demand, _ = inputs.standardised_population(territory, everywhere)
    table = communes[
        ["code", "name", "departement", "epci", "epci_name", "zone", "population", "apl"]
    ].assign(row=np.arange(len(communes)), without_room=without)
    if question.aim == "apl":
        gap = (question.apl - table["apl"]).clip(lower=0).fillna(0.0)
        consultations = gap.to_numpy(dtype=np.float64) * demand[: len(communes)]
        half_days = consultations / (MONTHS * question.acts)
    else:
        half_days = without / question.per_gp * HALF_DAYS_A_MONTH
        consultations = half_days * MONTHS * question.acts
    table = table.assign(consultations=consultations, half_days=half_days)
    kept = _targets(table, question) & (table["half_days"] > 0)
    return table[kept].reset_index(drop=True)


def unknown_needs(territory: Territory, question: Question) -> int:
    """Count the inhabited target communes of which nobody knows what they miss: no APL is known.

    Inhabitants without room are counted as if doctors who are not known were none (see
    `data.access.unknown_supply`): with that aim, nothing is unknown.
    """
    if question.aim != "apl":
        return 0
    communes = commune_indicators(territory)
    unknown = communes["apl"].isna() & (communes["population"] > 0)
    if question.targets != "apl":  # under which APL a commune is that has none known, nobody knows
        if question.targets == "place":
            without = without_room(territory, question.per_gp)[: len(communes)]
            communes = communes.assign(without_room=without)
        unknown &= _targets(communes, question)
    return int(unknown.sum())


def unknown_zones(territory: Territory, question: Question) -> int:
    """Count the inhabited communes that may be targets or not: their zone is not known."""
    if question.targets != "zip":
        return 0
    communes = commune_indicators(territory)
    return int(((communes["zone"] == "") & (communes["population"] > 0)).sum())


def without_room(territory: Territory, per_gp: float, gps: Floats | None = None) -> Floats:
    """Return the inhabitants without room at 20 minutes, nearest first, shape (places,).

    Parameters
    ----------
    territory, per_gp
        The region, and the inhabitants that a GP takes.
    gps
        GPs of each place; None for those counted.
    """
    tables = room_tables(territory, HUBERT_MINUTES)
    counted = tables.gps if gps is None else gps
    seats = nearest_first(tables.reach, tables.people, counted, per_gp)
    return tables.by_commune(seats.without_room)


def _targets(table: pd.DataFrame, question: Question) -> pd.Series:
    match question.targets:
        case "zip":
            if not (table["zone"] == "ZIP").any():
                raise UnavailableError(
                    "Aucune commune n’est connue en ZIP : importez le zonage, ou choisissez "
                    "d’autres cibles."
                )
            return table["zone"] == "ZIP"
        case "epci":
            found = table["epci"] == question.chosen
            if not found.any():
                raise InvalidInputError(
                    f"L’EPCI « {question.chosen} » n’est pas dans la région : choisissez-en un "
                    "autre."
                )
            return found
        case "apl":
            return table["apl"] <= question.apl
        case _:
            return table["without_room"] > 0
