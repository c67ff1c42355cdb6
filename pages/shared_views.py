"""What a link to a view shows: the same map, trial, line or sheet, read-only, for anyone."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from data.access import zoning_gauges, zoning_units
from data.access.indicators import LEVELS
from data.base import french
from data.base.french import counted
from data.maps import payload
from data.maps import zoning as zoning_map
from data.pdses import coverage
from data.pdses import tables as on_call_tables
from data.region.territory import Territory
from data.reports import zoning_annex
from data.reports.sheet import LEVEL_TITLES
from models.learning.signals import DEFAULT_HORIZON, HORIZONS
from pages import (
    carte_view,
    figures,
    map_dialogue,
    map_view,
    on_call_view,
    reads,
    regulation,
    risk_panels,
    sheet_body,
    sheet_paper,
    shell,
    specialists,
    view_sharing,
    zoning_view,
)
from pages.link_choices import LinkedMap
from pages.state import ViewState

MAP = "vue_partagee"
"""Key of the map."""
Query = Mapping[str, str]


def draw(territory: Territory, query: Query) -> None:
    """Draw a view as a link keeps it.

    Parameters
    ----------
    territory
        The region.
    query
        The screen, then the parameters of its address; foreign ones are left at default.
    """
    _DRAWN[query.get(view_sharing.SCREEN, "")](territory, query)


def knows(query: Query) -> bool:
    """Tell whether a view is of a screen that can be drawn here."""
    return bool(view_sharing.title(query))


def heading(territory: Territory, query: Query) -> str:
    """Return the names of the territories of a sheet, "" for the other views."""
    if query.get(view_sharing.SCREEN) != "territoire":
        return ""
    level, code = _asked(query)
    names = sheet_paper.names(territory, level) if level in LEVELS else {}
    return " et ".join(names[one] for one in (code, query.get("avec", "")) if one in names)


def _asked(query: Query) -> tuple[str, str]:
    """Return level and code of the territory of a sheet; links of before name a commune alone."""
    alone = query.get("commune", "")
    level, _, code = query.get("territoire", f"commune:{alone}" if alone else "").partition(":")
    return level, code


def _draw_carte(territory: Territory, query: Query) -> None:
    view = replace(ViewState.from_query(query), region=territory.region)
    drawn = carte_view.configuration(territory, with_risk=False, with_soon=False)
    offered = [one["key"] for one in drawn.document["indicators"]]
    if view.indicator not in offered:
        st.text("L’indicateur de cette vue n’est pas diffusé : la carte montre le premier.")
        view = replace(view, indicator=offered[0])
    linked = LinkedMap(view, ",".join(view.layers), offered)
    first = {**drawn.contours, **map_dialogue.opening(linked.first())}
    parts = [payload.encode(first), drawn.sent, payload.encode({"read_only": True})]
    _map(territory, ".".join(parts), linked)


@st.fragment
def _map(territory: Territory, sent: str, linked: LinkedMap) -> None:
    """Draw the map, which answers clicks; the address alone keeps them."""
    chosen, view = linked.follow(MAP)
    map_view.draw_map(sent, map_dialogue.answer(territory, view) | {"chosen": chosen}, MAP)


def _draw_zonage(territory: Territory, query: Query) -> None:
    communes = shell.commune_indicators(territory)
    ceilings = zoning_view.ceilings_of(query, territory.region)
    changes = zoning_view.trial_of(query, communes)
    zoning_view.draw_gauges(communes, ceilings, changes)
    _zoning_map(territory, changes, query)
    table = zoning_units.moved(communes, changes)
    if changes:
        st.header(f"Ce qui est essayé : {counted(len(changes), 'changement', 'changements')}")
    titles, told = zoning_view.ZONE_TITLES, []
    for key, zone in changes.items():
        now = str(table.loc[key, "zone_told"])
        people = counted(float(table["population"][key]), "habitant", "habitants")
        name = str(table.loc[key, "name"])
        told.append(f"{name} : {titles[zone]} au lieu de {titles.get(now, now)}, {people}.")
    figures.bullets(told)
    if changes and not zoning_units.tells_territories(communes):
        st.text(f"{zoning_annex.NO_TVS} {zoning_annex.BY_COMMUNE}")
    st.caption("Un essai ne change rien : le zonage en vigueur est celui de l’arrêté.")
    figures.sources(zoning_annex.notes(territory, ceilings, measured=True))


@st.fragment
def _zoning_map(territory: Territory, changes: dict[str, str], query: Query) -> None:
    communes = shell.commune_indicators(territory)
    opened = zoning_view.opened(territory, query)
    offered = (zoning_map.INDICATOR, *zoning_map.BESIDE)
    linked = LinkedMap(opened, ",".join(opened.layers), offered)
    first = zoning_view.encoded(linked.first())
    chosen, view = linked.follow(MAP)
    tried = zoning_gauges.with_changes(communes, changes)
    answer = map_dialogue.answer(territory, view) | zoning_map.tried(territory, tried, changes)
    sent = f"{zoning_view.map_payload(territory, shared=True)}.{first}"
    map_view.draw_map(sent, answer | {"chosen": chosen}, MAP)


def _draw_permanence(territory: Territory, query: Query) -> None:
    if territory.pdses_lines.empty:
        st.text("Aucune ligne n’est connue dans cette région.")
        return
    day = french.today()
    covered = on_call_view.cover(territory, day)
    specialty, threshold, line = on_call_view.asked(covered, query)
    shown = on_call_view.shown(covered, specialty, query)
    fallen = query.get("vue") == on_call_view.FALL and line in set(covered.lines["line"])
    fall = coverage.if_line_falls(covered, line, threshold) if fallen else None
    if fall is not None:
        st.header(on_call_tables.line_label(covered, line))
        figures.answer(on_call_tables.fall_sentence(fall), "chute")
    gaps = query.get("vue") == on_call_view.GAPS
    if gaps:
        figures.answer(on_call_tables.gaps_sentence(covered, threshold, specialty), "manques")
    marked = () if fall is None else on_call_view.rows_of(covered, fall.communes["code"])
    if gaps:
        shown = on_call_view.shown(covered, specialty, {})  # as that tab does, whatever the filters
        marked = on_call_view.beyond(covered, specialty, threshold)
    on_call_view.draw_map(
        territory,
        day,
        specialty,
        threshold,
        shown["line"],
        key=MAP,
        marked=marked,
        around=fall is not None,
        query=query,
    )
    if gaps:
        st.caption(on_call_view.beyond_told(specialty, threshold))
    if fall is None:
        figures.french_table(
            on_call_tables.gaps_table(covered, threshold, territory.region, specialty)
        )
    else:
        st.caption("Sur la carte, cerclées : les communes qui changent de côté du seuil.")
        tables = on_call_tables.fall_tables(covered, fall, territory.region)
        st.header("Qui pourrait aider")
        figures.french_table(tables.helpers, wraps=True)
        st.header("Communes qui basculent au-delà du seuil")
        figures.french_table(tables.communes, wraps=True)
    figures.sources(figures.notes(territory, *reads.ON_CALL))


def _draw_territoire(territory: Territory, query: Query) -> None:
    communes = shell.commune_indicators(territory)
    level, code = _asked(query)
    known = level in LEVEL_TITLES and level in LEVELS
    if not known or code not in sheet_paper.names(territory, level):
        st.text("Le territoire de ce lien n’existe pas, ou plus.")
        return
    first = sheet_paper.sheet_of(territory, communes, level, code, printed=True)
    other = query.get("avec", "")
    if other in sheet_paper.names(territory, level):
        second = sheet_paper.sheet_of(territory, communes, level, other, printed=True)
        shown = sheet_paper.pair_indicator(ViewState.from_query(query).indicator)
        sheet_body.draw_two(territory, level, first, second, lambda: shown)
    else:
        sheet_body.draw_context(territory, first)
        sheet_body.draw_one(territory, first)
    figures.sources(figures.notes(territory))


def _draw_risques(territory: Territory, query: Query) -> None:
    asked = ViewState.from_query(query).risk.horizon
    risk_panels.public_view(territory, asked if asked in HORIZONS else DEFAULT_HORIZON)


def _draw_solidarite(territory: Territory, query: Query) -> None:
    view = ViewState.from_query(query)
    if view.regulation.shown:
        regulation.draw_shared(territory, view.regulation)
    else:
        specialists.draw_shared(territory, view.specialists)


_DRAWN = {
    "carte": _draw_carte,
    "zonage": _draw_zonage,
    "permanence": _draw_permanence,
    "territoire": _draw_territoire,
    "risques": _draw_risques,
    view_sharing.HELP: _draw_solidarite,
}
