"""Every region of France, mainland and overseas, by code and name, built here or not."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

import pandas as pd

from data.base.codes import departement
from data.base.french import of
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

_DEPARTEMENTS = {
    "11": {
        "75": "Paris",
        "77": "Seine-et-Marne",
        "78": "Yvelines",
        "91": "Essonne",
        "92": "Hauts-de-Seine",
        "93": "Seine-Saint-Denis",
        "94": "Val-de-Marne",
        "95": "Val-d’Oise",
    },
    "24": {
        "18": "Cher",
        "28": "Eure-et-Loir",
        "36": "Indre",
        "37": "Indre-et-Loire",
        "41": "Loir-et-Cher",
        "45": "Loiret",
    },
    "27": {
        "21": "Côte-d’Or",
        "25": "Doubs",
        "39": "Jura",
        "58": "Nièvre",
        "70": "Haute-Saône",
        "71": "Saône-et-Loire",
        "89": "Yonne",
        "90": "Territoire de Belfort",
    },
    "28": {
        "14": "Calvados",
        "27": "Eure",
        "50": "Manche",
        "61": "Orne",
        "76": "Seine-Maritime",
    },
    "32": {
        "02": "Aisne",
        "59": "Nord",
        "60": "Oise",
        "62": "Pas-de-Calais",
        "80": "Somme",
    },
    "44": {
        "08": "Ardennes",
        "10": "Aube",
        "51": "Marne",
        "52": "Haute-Marne",
        "54": "Meurthe-et-Moselle",
        "55": "Meuse",
        "57": "Moselle",
        "67": "Bas-Rhin",
        "68": "Haut-Rhin",
        "88": "Vosges",
    },
    "52": {
        "44": "Loire-Atlantique",
        "49": "Maine-et-Loire",
        "53": "Mayenne",
        "72": "Sarthe",
        "85": "Vendée",
    },
    "53": {
        "22": "Côtes-d’Armor",
        "29": "Finistère",
        "35": "Ille-et-Vilaine",
        "56": "Morbihan",
    },
    "75": {
        "16": "Charente",
        "17": "Charente-Maritime",
        "19": "Corrèze",
        "23": "Creuse",
        "24": "Dordogne",
        "33": "Gironde",
        "40": "Landes",
        "47": "Lot-et-Garonne",
        "64": "Pyrénées-Atlantiques",
        "79": "Deux-Sèvres",
        "86": "Vienne",
        "87": "Haute-Vienne",
    },
    "76": {
        "09": "Ariège",
        "11": "Aude",
        "12": "Aveyron",
        "30": "Gard",
        "31": "Haute-Garonne",
        "32": "Gers",
        "34": "Hérault",
        "46": "Lot",
        "48": "Lozère",
        "65": "Hautes-Pyrénées",
        "66": "Pyrénées-Orientales",
        "81": "Tarn",
        "82": "Tarn-et-Garonne",
    },
    "84": {
        "01": "Ain",
        "03": "Allier",
        "07": "Ardèche",
        "15": "Cantal",
        "26": "Drôme",
        "38": "Isère",
        "42": "Loire",
        "43": "Haute-Loire",
        "63": "Puy-de-Dôme",
        "69": "Rhône",
        "73": "Savoie",
        "74": "Haute-Savoie",
    },
    "93": {
        "04": "Alpes-de-Haute-Provence",
        "05": "Hautes-Alpes",
        "06": "Alpes-Maritimes",
        "13": "Bouches-du-Rhône",
        "83": "Var",
        "84": "Vaucluse",
    },
    "94": {
        "2A": "Corse-du-Sud",
        "2B": "Haute-Corse",
    },
    "01": {"971": "Guadeloupe"},
    "02": {"972": "Martinique"},
    "03": {"973": "Guyane"},
    "04": {"974": "La Réunion"},
    "06": {"976": "Mayotte"},
}
"""Code and name of the départements of each region (official geographic code)."""

DEPARTEMENTS = MappingProxyType(
    {code: name for names in _DEPARTEMENTS.values() for code, name in names.items()}
)
"""Code to name of each département of France."""

REGION_OF = MappingProxyType(
    {code: region for region, names in _DEPARTEMENTS.items() for code in names}
)
"""Département to INSEE code of its region."""

OVERSEAS = frozenset({"01", "02", "03", "04", "06"})
"""Regions whose geodesy, roads and supply have nothing in common with the mainland's."""

MAINLAND = "hexagone"
"""Name of the land that no département alone is: the mainland, and Corsica by its ferries."""

NOT_KNOWN_THERE = MappingProxyType(
    {
        "06": "l’APL n’y est pas publiée par la DREES ; elle reste non disponible, "
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


def apl_to_come(departements: Iterable[str], *, imported: bool = False) -> str:
    """Return, in French, what would tell a figure that rests on the published APL.

    `imported`: one is, which does not tell it there.

    >>> apl_to_come(["976"])
    'La DREES ne publie pas d’APL pour Mayotte.'
    """
    if all(one in _WITHOUT_APL for one in departements):
        return "La DREES ne publie pas d’APL pour Mayotte."
    if imported:
        return "L’APL importée de la DREES ne la donne pas ici."
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


_ARTICLES = {
    **dict.fromkeys(("La Réunion", "Mayotte", "Paris"), ""),
    **dict.fromkeys(
        (
            *("Alpes-Maritimes", "Alpes-de-Haute-Provence", "Ardennes", "Bouches-du-Rhône"),
            *("Côtes-d’Armor", "Deux-Sèvres", "Hautes-Alpes", "Hautes-Pyrénées", "Hauts-de-Seine"),
            *("Landes", "Pyrénées-Atlantiques", "Pyrénées-Orientales", "Vosges", "Yvelines"),
            *("Hauts-de-France", "Pays de la Loire"),
        ),
        "les ",
    ),
    **dict.fromkeys(
        (
            *("Bas-Rhin", "Calvados", "Cantal", "Cher", "Doubs", "Finistère", "Gard", "Gers"),
            *("Haut-Rhin", "Jura", "Loir-et-Cher", "Loiret", "Lot", "Lot-et-Garonne"),
            *("Maine-et-Loire", "Morbihan", "Nord", "Pas-de-Calais", "Puy-de-Dôme", "Rhône"),
            *("Tarn", "Tarn-et-Garonne", "Territoire de Belfort", "Val-d’Oise", "Val-de-Marne"),
            *("Var", "Vaucluse", "Centre-Val de Loire", "Grand Est"),
        ),
        "le ",
    ),
    "Hérault": "l’",
}
"""The article of a region or département where it is not "la", or "l’" before a vowel."""


def named(name: str) -> str:
    """Return the name of a region or département within a sentence, with its article.

    >>> named("Occitanie"), named("Ain"), named("Landes"), named("Haute-Vienne"), named("Mayotte")
    ('l’Occitanie', 'l’Ain', 'les Landes', 'la Haute-Vienne', 'Mayotte')
    """
    straight = name.replace("'", "’")
    if (article := _ARTICLES.get(straight)) is None:
        article = "l’" if of(straight).startswith("d’") else "la "
    return f"{article}{straight}"


def are_several(name: str) -> bool:
    """Tell whether a verb after the name of a département is plural ("les Landes tiennent")."""
    return named(name).startswith("les ")


def regions_of(codes: pd.Series) -> pd.Series:
    """Return the region of each commune by its code, missing where it is of none.

    >>> regions_of(pd.Series(["29019", "97411", "2A004", "98799"])).dropna().tolist()
    ['53', '04', '94']
    """
    starts = codes.str[:3]  # a thousand at most, of 35,000 communes
    return starts.map({start: REGION_OF.get(departement(start)) for start in starts.unique()})


@cache
def commune_counts() -> Mapping[str, int]:
    """Return the number of communes of each region by its code (`embedded_set.everywhere`)."""
    return MappingProxyType(Counter(regions_of(embedded_set.all_codes()).tolist()))


def land(departement: str) -> str:
    """Return the land of a département, that no road joins to another: itself overseas."""
    return departement if departement.startswith("97") else MAINLAND


def built() -> frozenset[str]:
    """Return the codes of the regions whose set is there."""
    return frozenset(code for code, _ in embedded_set.regions())
