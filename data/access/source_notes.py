"""What is said of the sources beside every figure, in every file: one wording, one order."""

import re
from collections.abc import Collection, Iterable, Sequence

from data.access import travel_time_errors, unknown_supply
from data.access.people import people_of
from data.base import french
from data.region.territory import (
    SIMULATED_CLAUSE,
    SIMULATED_LINE,
    Provenance,
    Territory,
    warning_of,
)

_PACKAGE = re.compile(r",? par le paquet \w+ [^);,]*")
"""How a source says which registry package it came with."""
_APART = frozenset({"specialists", "regulation_calls"})
"""Tables that screens of their own quote alone."""
_DOUBTS = 3
"""Doubted values named beside figures; `proxisoins status` names all."""


def source_notes(
    territory: Territory,
    *tables: str,
    licences: bool = False,
    departements: Collection[str] = (),
) -> list[str]:
    """Return the lines that go with figures and exports: source, vintage, simulated or not.

    Parameters
    ----------
    territory
        The region.
    tables
        Keys of the tables that the figures come from; when none is named, all but those that no
        figure on GPs reads (`_APART`).
    departements
        Those that the figures are of, where they are not of the whole region.
    licences
        Whether the licence of each source is told, in a file that is handed on.
    """
    told = tables or [key for key in territory.provenance if key not in _APART]
    used = [p for key, p in territory.provenance.items() if key in told]
    people = people_of(territory)
    lines = [
        *table_lines(used, licences=licences),
        engine_line(territory, departements),
        f"Là où vivent les habitants : {people.note}.",
    ]
    if people.basis != "communes":
        lines.append(f"{people.room_note}.")
    if upper_bound := unknown_supply.region_room_note(territory):
        lines.append(f"Habitants sans place. {upper_bound}")
    return with_warning(used, lines)


def headed(territory: Territory, what: str, lines: Iterable[str]) -> list[str]:
    """Return the lines of a file after its title: what it holds, where, and the day it was made."""
    return [dated(f"{what}, {territory.region_name}"), *lines]


def dated(what: str) -> str:
    """Return the title of a file: what it holds, and the day it was made."""
    return f"{what} ; fichier fait le {french.date(french.today())} avec ProxiSoins."


def with_warning(used: Iterable[Provenance], lines: Iterable[str]) -> list[str]:
    """Return lines after what stands above all that rests on simulated tables."""
    return [one for one in (warning_of(used), *lines) if one]


def made_by(one: Provenance) -> str:
    """Return who made a table; how a package brought it is said in "Données et méthode"."""
    return _PACKAGE.sub("", one.source)


def quoted(one: Provenance, *, whole: bool = False) -> str:
    """Return a table, who made it and its vintage in one clause, or that it is simulated.

    `whole` tells the registry package that brought it too.
    """
    if one.simulated:
        return f"{one.title}{SIMULATED_CLAUSE}"
    return f"{one.title} : {one.source if whole else made_by(one)}, {one.vintage_told}"


def table_lines(used: Iterable[Provenance], *, licences: bool = False) -> list[str]:
    """Return a line for each table that someone published, and one for those that are simulated."""
    used = list(used)
    lines = [
        f"{p.title} : {made_by(p)} ({p.vintage_told}"
        + (f", {p.licence})" if licences else ")")
        + to_check(p)
        for p in used
        if not p.simulated
    ]
    if made_up := [p.title for p in used if p.simulated]:
        lines.append(f"{SIMULATED_LINE}{french.listed(made_up)}.")
    return lines


def to_check(table: Provenance) -> str:
    """Return what follows the source of a table of which some zeros are doubted or confirmed."""
    return "".join(
        f" ; {what} : {_some(zeros)}"
        for what, zeros in (
            ("à vérifier, inconnu d’ici là", table.to_check),
            ("zéro confirmé", table.confirmed),
        )
        if zeros
    )


def _some(told: Sequence[str]) -> str:
    """Return the first of what is told, and how many more."""
    more = len(told) - _DOUBTS
    return " ; ".join(told[:_DOUBTS]) + (f" ; et {more} autres" if more > 0 else "")


def engine_line(territory: Territory, departements: Collection[str] = ()) -> str:
    """Return what the minutes are: engine, vintage, error; in some `departements` alone, if any."""
    engine = territory.travel_time.label
    detail = engine.detail
    if departements:
        whole = sorted(set(territory.communes["departement"]))
        detail = travel_time_errors.told_of(detail, whole, sorted(departements))
    return f"Temps de trajet : {engine.name} ({engine.vintage}). {detail}"
