"""What is in place in a territory: zones and their aids, structures, on-call lines."""

import pandas as pd

from data.access import unknown_supply
from data.base import french
from data.base.codes import among
from data.base.french import number, of, percent
from data.pdses import coverage
from data.region import decrees, rules
from data.region.territory import SIMULATED_MARK, Territory
from data.reports import care_context

_STRUCTURES = {
    "france_sante": ("structure France Santé", "structures France Santé"),
    "msp": ("maison de santé (MSP)", "maisons de santé (MSP)"),
    "centre_sante": ("centre de santé", "centres de santé"),
    "urgences": ("service d’urgences", "services d’urgences"),
}
"""One structure of a kind, several of them."""
_ZONES = {"ZV": "Zone de vigilance", "HZ": "Hors zone"}
"""Zones whose letters nobody says."""


def in_place(territory: Territory, members: pd.DataFrame) -> list[str]:
    """Return the sentences on what some communes of a territory have: rows of its indicators."""
    main = members.sort_values("population").iloc[-1]
    return [
        *filter(None, [unknown_supply.partial_note(members, "apl")]),
        *_zones(territory, members),
        *_decrees(members),
        *_old_people(members),
        *care_context.sentences(territory, members),
        _structures(territory, members),
        *_on_call(territory, main, alone=len(members) == 1),
    ]


def _zones(territory: Territory, members: pd.DataFrame) -> list[str]:
    """Say the aids of each zone, and the share of the people who live in it."""
    people = members["population"].sum()
    sentences = []
    for zone, aids in rules.ZONE_AIDS.items():
        inside = members[members["zone"] == zone]
        if inside.empty or not people:
            continue
        share = inside["population"].sum() / people
        part = percent(share) if share >= 0.005 else "moins de 1\u00a0%"
        of_zone = [] if share > 0.999 else [f"{part} des habitants"]
        of_zone += ["simulation"] if _mark(territory, "zoning") else []
        beside = f" ({', '.join(of_zone)})" if of_zone else ""
        sentences.append(f"{_ZONES.get(zone, f'Zonage {zone}')}{beside} : {aids}.")
    return sentences


def _structures(territory: Territory, members: pd.DataFrame) -> str:
    """Count the structures of each kind."""
    here = territory.structures[among(territory.structures["code"], members["code"])]
    mark = _mark(territory, "structures")
    if here.empty:
        return f"Aucune structure labellisée, MSP ni centre de santé sur place{mark}."
    counts = here["kind"].value_counts()
    told = [
        f"{number(counts[kind])} {one if counts[kind] == 1 else several}"
        for kind, (one, several) in _STRUCTURES.items()
        if kind in counts
    ]
    return f"Sur place : {', '.join(told)}{mark}."


def _mark(territory: Territory, table: str) -> str:
    """Return what tells simulated rows of a table from real ones, in the sentence on them."""
    known = territory.provenance.get(table)
    return SIMULATED_MARK if known and known.simulated else ""


def _decrees(members: pd.DataFrame) -> list[str]:
    """Say the dates of the decrees of the zones, and those that are old."""
    if not (members["zone_decree"] != "").any():
        return []
    aged = decrees.old(members["zone_decree"], french.today())
    return [
        " ; ".join([f"Zonage en vigueur : {decrees.span(members['zone_decree'])}", *aged]) + "."
    ]


def _old_people(members: pd.DataFrame) -> list[str]:
    """Say the shares of 65 and of 80 and over, with the census that they come from."""
    known = members[members["share_over_65"].notna() & (members["population"] > 0)]
    if known.empty:
        return []
    people = known["population"]
    shares = [
        french.percent(float((known[column] * people).sum() / people.sum()))
        for column in ("share_over_65", "share_over_80")
    ]
    census = f"recensement de {known['elder_year'].max():.0f}"
    old, oldest = shares
    return [f"Habitants âgés : {old} ont 65 ans ou plus, {oldest} ont 80 ans ou plus ({census})."]


def _on_call(territory: Territory, main: pd.Series, *, alone: bool) -> list[str]:
    """Return who holds the night, specialty by specialty, with the hospital; then the week-ends.

    Of a territory of several communes, they are those of the largest one: it is said so.
    """
    if territory.pdses_lines.empty:
        return ["Permanence des soins : aucune ligne n’est chargée."]
    lines = coverage.lines_covering(territory, str(main["code"]))
    near = lines[lines["minutes"] <= rules.ON_CALL_MINUTES]
    weekend = near["line_type"].isin(coverage.WEEKEND_TYPES)
    nights = near[~weekend].drop_duplicates("specialty")
    reach = f"à {number(rules.ON_CALL_MINUTES)} minutes ou moins {of(str(main['name']))}"
    reach += "" if alone else ", sa commune la plus peuplée"
    mark = _mark(territory, "pdses_lines")
    if nights.empty:
        sentences = [f"La nuit : aucune ligne de garde tenue {reach}{mark}."]
    else:
        told = [
            f"{place} ({french.minutes_told(rows['minutes'].iloc[0])}) "
            f"pour {', '.join(rows['specialty'])}"
            for (place, _), rows in nights.groupby(["establishment", "minutes"], sort=False)
        ]
        sentences = [f"La nuit, {reach} : {' ; '.join(told)}{mark}."]
    only = near[weekend & ~near["specialty"].isin(nights["specialty"])].drop_duplicates("specialty")
    if len(only):
        sentences.append(f"Le week-end seulement : {', '.join(only['specialty'])}{mark}.")
    return sentences
