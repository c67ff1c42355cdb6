"""Communes that a table is cut down to: places and criteria crossed, and how that is said."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from data.access import unknown_supply
from data.base.french import counted, joined, number, uncapitalised
from data.region.rules import HUBERT_MINUTES, VOID_MINUTES

CRITERIA: Mapping[str, tuple[str, Callable[[pd.DataFrame], pd.Series]]] = {
    "sans-generaliste": ("Sans généraliste", lambda table: table["gps"] == 0),
    "un-seul": ("Un seul généraliste", lambda table: table["gps"].between(0, 1, "right")),
    "pres": (
        f"À {number(VOID_MINUTES)} min ou moins d’un généraliste",
        lambda table: table["minutes_to_nearest_gp"] <= VOID_MINUTES,
    ),
    "loin": (
        f"À plus de {number(HUBERT_MINUTES)} min d’un généraliste",
        lambda table: unknown_supply.farther(table, "minutes_to_nearest_gp", HUBERT_MINUTES),
    ),
    "sans-place": (
        f"Des habitants sans place à {number(HUBERT_MINUTES)} min",
        lambda table: table["share_without_room"] > 0,
    ),
}
"""Slug of a criterion to its French title and to the communes that meet it.

A value that is not known meets none: the commune is left out, never counted as zero.
"""


@dataclass(frozen=True)
class Selection:
    """What a table of communes is cut down to; nothing chosen keeps all.

    Attributes
    ----------
    departements, epcis
        Codes.
    zones
        Zones of `data.region.schemas.ZONES`.
    criteria
        Slugs of `CRITERIA`: all must be met.
    """

    departements: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()


def filtered(table: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Return the communes of a selection, in their order.

    Parameters
    ----------
    table
        Indicators of communes (`data.access.indicators.commune_indicators`).
    selection
        What is asked.
    """
    asked: dict[str, Collection[str]] = {
        "departement": selection.departements,
        "epci": selection.epcis,
        "zone": selection.zones,
    }
    for column, codes in asked.items():
        if codes:
            table = table[table[column].isin(codes)]
    for slug in selection.criteria:
        table = table[CRITERIA[slug][1](table).fillna(value=False).astype(bool)]
    return table


def asked_words(selection: Selection, table: pd.DataFrame) -> str:
    """Return in French what a selection asks and how much it keeps, "" for one that keeps all."""
    if selection == Selection():
        return ""
    parts = []
    for codes, column in ((selection.departements, "departement"), (selection.epcis, "epci")):
        names = dict(zip(table[column], table[f"{column}_name"], strict=True))
        parts.append(joined([names.get(one, one) for one in codes], "ou"))
    parts.append(joined(selection.zones, "ou"))
    parts += [uncapitalised(CRITERIA[slug][0]) for slug in selection.criteria]
    told = " ; ".join(filter(None, parts))
    return f"Communes retenues : {told}. {words(filtered(table, selection), table)}"


def words(chosen: pd.DataFrame, whole: pd.DataFrame) -> str:
    """Return how many communes and inhabitants a selection keeps, of how many."""
    people, everyone = chosen["population"].sum(), whole["population"].sum()
    return (
        f"{counted(len(chosen), 'commune', 'communes')} sur {number(len(whole))}, "
        f"{counted(people, 'habitant', 'habitants')} sur {number(everyone)}."
    )
