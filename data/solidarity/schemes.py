"""The three ways doctors help a territory that is not theirs, with their ceilings and money."""

from dataclasses import dataclass

from data.region.rules import (
    DOCTOR_WEEKS_A_PLACE,
    HALF_DAY_EUROS,
    MOST_HALF_DAYS_A_MONTH,
    MOST_SOLIDARITY_DAYS_A_MONTH,
    SOLIDARITY_DAY_EUROS,
)
from geo.errors import InvalidInputError

HALF_DAYS_A_DAY = 2
HALF_DAYS_A_WEEK = 10
"""Half-days of consultation of a full-time doctor: choix de ProxiSoins, five full days."""
MONTHS = 12
HALF_DAYS_A_MONTH = HALF_DAYS_A_WEEK * DOCTOR_WEEKS_A_PLACE / MONTHS
"""Half-days a month of a full place: 52 doctor-weeks a year make one."""


@dataclass(frozen=True)
class Scheme:
    """One way to help.

    Attributes
    ----------
    key, name
        Key, and French name.
    half_days
        Half-days a month that a volunteer gives at most.
    euros
        Euros paid for a half-day on top of the acts; None where no text says it.
    outside_zip
        Whether only doctors settled outside ZIP may.
    lodged
        Whether the team lodges there for the week: the road does not limit it.
    rule
        The ceiling and the money in French, with their source.
    """

    key: str
    name: str
    half_days: float
    euros: float | None
    outside_zip: bool
    lodged: bool
    rule: str


ADVANCED = Scheme(
    "avancees",
    "consultations avancées",
    float(MOST_HALF_DAYS_A_MONTH),
    float(HALF_DAY_EUROS),
    outside_zip=True,
    lodged=False,
    rule=f"médecins installés hors ZIP, {MOST_HALF_DAYS_A_MONTH} demi-journées par mois au plus, "
    f"{HALF_DAY_EUROS} € par demi-journée, sans remplacement au cabinet, depuis le "
    "1er janvier 2026",
)
SOLIDARITY = Scheme(
    "solidaires",
    "consultations solidaires",
    float(MOST_SOLIDARITY_DAYS_A_MONTH * HALF_DAYS_A_DAY),
    SOLIDARITY_DAY_EUROS / HALF_DAYS_A_DAY,
    outside_zip=False,
    lodged=False,
    rule=f"tout généraliste, {MOST_SOLIDARITY_DAYS_A_MONTH} jours par mois au plus, "
    f"{SOLIDARITY_DAY_EUROS} € par jour (relevé en Nouvelle-Aquitaine au printemps 2026) ; "
    "certaines agences permettent le remplacement",
)
ROTATING = Scheme(
    "rotation",
    "centre à équipe tournante",
    HALF_DAYS_A_WEEK / MONTHS,
    None,
    outside_zip=False,
    lodged=True,
    rule=f"une équipe de volontaires différente chaque semaine, une semaine par an et par "
    f"médecin : {DOCTOR_WEEKS_A_PLACE} semaines de médecin par an font un plein temps ; coût "
    "non fixé par un texte",
)
SCHEMES = {scheme.key: scheme for scheme in (ADVANCED, SOLIDARITY, ROTATING)}


def scheme_named(key: str) -> Scheme:
    """Return the scheme of that key.

    Raises
    ------
    InvalidInputError
        There is none.
    """
    if key not in SCHEMES:
        raise InvalidInputError(
            f"Le dispositif « {key} » n’existe pas : choisissez parmi {', '.join(SCHEMES)}."
        )
    return SCHEMES[key]
