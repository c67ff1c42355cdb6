"""Search of a territory by its name, its code or its postcode; typing errors are forgiven."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from data.base.french import fold

MOST_FOUND = 6
LIKENESS = 0.78
"""Least likeness (difflib ratio) of a name that is not written as asked."""
LEAST_LETTERS = 2


@dataclass(frozen=True)
class Found:
    """A territory: its level and code, its name, and what tells it from its homonyms."""

    level: str
    code: str
    name: str
    detail: str


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
    wanted = fold(asked)
    if len(wanted) < LEAST_LETTERS:
        return []
    places = _places(communes, departements)
    key = places["key"]
    if wanted.isdigit():
        rank = places["codes"].map(lambda codes: 0 if wanted in codes.split() else 9)
    else:
        rank = pd.Series(9, index=places.index)
        rank = rank.mask(key.str.contains(wanted, regex=False), 3)
        rank = rank.mask((" " + key).str.contains(" " + wanted, regex=False), 2)
        rank = rank.mask(key.str.startswith(wanted), 1).mask(key == wanted, 0)
    found = places.assign(rank=rank)[rank < 9]
    if found.empty and not wanted.isdigit():
        close = difflib.get_close_matches(wanted, key.unique().tolist(), MOST_FOUND, LIKENESS)
        found = places[key.isin(close)]
        found = found.assign(rank=found["key"].map(close.index))
    best = found.sort_values(["rank", "population"], ascending=[True, False]).head(MOST_FOUND)
    return [
        Found(str(one["level"]), str(one["code"]), str(one["name"]), str(one["detail"]))
        for one in best.to_dict("records")
    ]


def _places(communes: pd.DataFrame, departements: Mapping[str, str]) -> pd.DataFrame:
    """Return communes, EPCI and départements: level, code, name, detail, key, codes, population."""
    named = communes["departement"].map(dict(departements)).fillna(communes["departement"])
    single = pd.DataFrame(
        {
            "level": "commune",
            "code": communes["code"],
            "name": communes["name"],
            "detail": named,
            "codes": communes["code"] + " " + communes["postcodes"],
            "population": communes["population"],
        }
    )
    groups = []
    for level, code, names, detail in (
        ("epci", communes["epci"], communes["epci_name"], "EPCI"),
        ("departement", communes["departement"], named, "département"),
    ):
        table = pd.DataFrame({"code": code, "name": names, "population": communes["population"]})
        table = table[table["code"] != ""].groupby(["code", "name"], as_index=False).sum()
        groups.append(table.assign(level=level, detail=detail, codes=table["code"]))
    places = pd.concat([single, *groups], ignore_index=True)
    return places.assign(key=places["name"].map(fold))
