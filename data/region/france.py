"""Every region of France, mainland and overseas, by code and name, built here or not."""

from collections.abc import Iterable
from types import MappingProxyType

from data.region import embedded_set
from geo.errors import InvalidInputError

NAMES = MappingProxyType(
    {
        "84": "Auvergne-Rhône-Alpes",
        "27": "Bourgogne-Franche-Comté",
        "53": "Bretagne",
        "24": "Centre-Val de Loire",
        "94": "Corse",
        "44": "Grand Est",
        "01": "Guadeloupe",
        "03": "Guyane",
        "32": "Hauts-de-France",
        "11": "Île-de-France",
        "04": "La Réunion",
        "02": "Martinique",
        "06": "Mayotte",
        "28": "Normandie",
        "75": "Nouvelle-Aquitaine",
        "76": "Occitanie",
        "52": "Pays de la Loire",
        "93": "Provence-Alpes-Côte d’Azur",
    }
)
"""INSEE code to name, in the order of names (official geographic code, regions since 2016)."""

WHOLE = "FR"
"""Code of all of France held as one region."""

OVERSEAS = frozenset({"01", "02", "03", "04", "06"})
"""Regions whose geodesy, roads and supply have nothing in common with the mainland's."""

MAINLAND = "hexagone"
"""Name of the land that no département alone is: the mainland, and Corsica by its ferries."""

NOT_KNOWN_THERE = MappingProxyType(
    {
        "06": "l’APL n’est pas publiée par la DREES pour Mayotte : elle reste non disponible, "
        "jamais empruntée à une autre région.",
    }
)
"""What is known to be missing in a region, in French."""


def name(code: str) -> str:
    """Return the name of a region, or of all of France.

    Raises
    ------
    InvalidInputError
        There is no such region.
    """
    if code == WHOLE:
        return "France"
    if code not in NAMES:
        raise InvalidInputError(
            f"Il n’y a pas de région « {code} » ; codes admis : {', '.join(sorted(NAMES))}."
        )
    return NAMES[code]


_WITHOUT_APL = frozenset({"976"})
"""Départements of which the DREES publishes no APL."""


def apl_to_come(departements: Iterable[str]) -> str:
    """Return, in French, what would tell a figure that rests on the published APL.

    >>> apl_to_come(["976"])
    'La DREES ne publie pas d’APL pour Mayotte.'
    """
    if all(one in _WITHOUT_APL for one in departements):
        return "La DREES ne publie pas d’APL pour Mayotte."
    return "Se remplit quand l’APL publiée par la DREES est importée."


_WITHIN = {
    "La Réunion": "à",
    "Mayotte": "à",
    "Grand Est": "dans le",
    "Hauts-de-France": "dans les",
    "Pays de la Loire": "dans les",
}
"""What French says before the name of a region where it is not "en"."""


def within(name: str) -> str:
    """Return the name of a region as a place where one is ("en Bretagne", "à Mayotte")."""
    return f"{_WITHIN.get(name, 'en')} {name}"


def land(departement: str) -> str:
    """Return the land of a département, that no road joins to another: itself overseas."""
    return departement if departement.startswith("97") else MAINLAND


def built() -> frozenset[str]:
    """Return the codes of the regions whose set is there."""
    return frozenset(code for code, _ in embedded_set.regions())
