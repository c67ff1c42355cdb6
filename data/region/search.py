"""Search of a place by its name, its code or its postcode; typing errors are forgiven.

One set of rules for the bar of the screens and for the map: `RULES` goes to the map's client, whose
`search.js` applies them as `ranked` does. The same questions are asked of both in the tests.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import pandas as pd
from rapidfuzz.distance import OSA

from data.base.french import fold
from data.region.arrondissements import ALL, CITIES, WHOLE, Arrondissement


class SearchRules(TypedDict):
    """What is found, and in which order.

    Attributes
    ----------
    shown
        Most places that are shown.
    least
        Fewest letters that are searched.
    spelled
        Words as they are written short, and in full.
    forgiven
        From how many letters on, how many typing errors are forgiven; the longest first.
    """

    shown: int
    least: int
    spelled: list[tuple[str, str]]
    forgiven: list[tuple[int, int]]


RULES: SearchRules = {
    "shown": 8,
    "least": 2,
    "spelled": [
        ("st", "saint"),
        ("ste", "sainte"),
        *((f"{rank}eme", f"{rank}e") for rank in range(2, 21)),
        *((short, "arrondissement") for short in ("arr", "arrt", "arrdt")),
    ],
    "forgiven": [(7, 2), (4, 1)],
}
_CODE = re.compile(r"\d[\dab]?\d*")
"""What is searched among codes only: "33", "2a", "2a004", "23300"."""
_NOT_FOUND = 9


@dataclass(frozen=True)
class Found:
    """A territory: its level and code, its name, and what tells it from its homonyms."""

    level: str
    code: str
    name: str
    detail: str


@dataclass(frozen=True)
class Entry:
    """A place that can be found.

    Attributes
    ----------
    place
        What is shown of it.
    key
        Its name, as `spelled`.
    codes
        Its codes and postcodes, in small letters.
    weight
        Its inhabitants: the larger comes first.
    """

    place: Found
    key: str
    codes: tuple[str, ...]
    weight: float


def spelled(text: str) -> str:
    """Return a name as it is searched: folded, its words in full ("St-Junien": "saint junien")."""
    full = dict(RULES["spelled"])
    return " ".join(full.get(word, word) for word in fold(text).split(" "))


def ranked(asked: str, entries: Sequence[Entry]) -> list[Entry]:
    """Return the places that a text may mean, the likeliest first, `RULES` says how many.

    A code finds what has it, then what begins with it. A name finds, in this order, what is called
    so, what begins so, what has a word that begins so, what holds it; names that differ by a
    typing error or two only when nothing is written so. Among equals, the larger comes first.
    """
    wanted = spelled(asked)
    if len(wanted) < RULES["least"]:
        return []
    is_code = _CODE.fullmatch(wanted) is not None
    rank = _rank_of_codes if is_code else _rank_of_name
    found = [(order, one) for one in entries if (order := rank(wanted, one)) < _NOT_FOUND]
    if not found and not is_code:
        most = next((most for letters, most in RULES["forgiven"] if len(wanted) >= letters), 0)
        errors = ((OSA.distance(wanted, one.key, score_cutoff=most), one) for one in entries)
        found = [(count, one) for count, one in errors if 0 < count <= most]
    found.sort(key=lambda one: (one[0], -one[1].weight, one[1].key))
    return [one for _, one in found[: RULES["shown"]]]


def _rank_of_codes(wanted: str, entry: Entry) -> int:
    if wanted in entry.codes:
        return 0
    return 1 if any(code.startswith(wanted) for code in entry.codes) else _NOT_FOUND


def _rank_of_name(wanted: str, entry: Entry) -> int:
    if entry.key == wanted:
        return 0
    if entry.key.startswith(wanted):
        return 1
    if f" {wanted}" in f" {entry.key}":
        return 2
    return 3 if wanted in entry.key else _NOT_FOUND


def search(communes: pd.DataFrame, departements: Mapping[str, str], asked: str) -> list[Found]:
    """Return the territories that a text may mean, the likeliest first.

    Parameters
    ----------
    communes
        Columns code, name, departement, epci, epci_name, postcodes, population.
    departements
        Code to name.
    asked
        As written: a name, an INSEE code, a postcode, in any case, with typing errors or not.
    """
    return [one.place for one in ranked(asked, territories(communes, departements))]


def territories(communes: pd.DataFrame, departements: Mapping[str, str]) -> list[Entry]:
    """Return the communes, EPCI and départements of a region; see `search`.

    An arrondissement leads to its city, which is said.
    """
    entries = []
    columns = ("code", "name", "departement", "postcodes", "population")
    for code, name, departement, posts, people in zip(
        *(communes[column] for column in columns), strict=True
    ):
        named = departements.get(departement, departement)
        first = posts.split(" ")[0]
        place = Found("commune", code, name, f"{first}, {named}" if first else named)
        entries.append(_entry(place, f"{code} {posts}", people))
    entries += [
        _entry(Found("commune", one.city, one.name, WHOLE), f"{one.code} {one.postcode}", 0.0)
        for one in parts_of(communes)
    ]
    groups = (
        ("epci", "EPCI", dict(zip(communes["epci"], communes["epci_name"], strict=True))),
        ("departement", "Département", departements),
    )
    for level, detail, names in groups:
        people_of = communes.groupby(level)["population"].sum()
        for code, people in people_of[people_of.index != ""].items():
            place = Found(level, str(code), names.get(str(code), str(code)), detail)
            entries.append(_entry(place, place.code, people))
    return entries


def parts_of(communes: pd.DataFrame) -> list[Arrondissement]:
    """Return the arrondissements of the cities among communes (column code)."""
    here = set(communes["code"]) & CITIES.keys()
    return [one for one in ALL if one.city in here]


def _entry(place: Found, codes: str, people: float) -> Entry:
    return Entry(place, spelled(place.name), tuple(codes.lower().split()), float(people))
