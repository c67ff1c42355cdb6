"""The table under the map, tied to it: it shows a row chosen, and marks a commune clicked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from data.access.selection import Selection, asked_words, filtered
from data.access.source_notes import headed
from data.maps.document import Pointed
from data.region import privacy
from data.region.territory import Territory
from data.reports import columns
from pages import (
    accounts,
    exporting,
    fields,
    figures,
    grids,
    map_dialogue,
    own_choices,
    shell,
    table_filters,
)
from pages.state import ViewState

TABLE = "carte_lignes"
"""Key of the table: its row chosen is in the session under it."""
PLAIN_CHOICE = "carte_ligne_montree"
"""Key of the choice of a commune where tables are plain and have no row to click."""
ESSENTIAL = (
    *("name", "departement_name", "share_without_room", "population", "gps"),
    *("minutes_to_nearest_gp", "zone"),
)
"""Columns shown at first: the key figure third, no more than a screen holds."""
_POINTED, _COUNT = "carte_pointee", "carte_pointages"
_MARKED, _HEAD = "carte_marquee", "carte_en_tete"


def _point(code: str, key: str) -> None:
    """Have the map of a key go to a commune, once."""
    count = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = count
    after = map_dialogue.asked(key).get("turn")
    st.session_state[_POINTED] = {"commune": code, "turn": f"{code}-{count}", "after": after}
    # The row clicked stays where it is: only a commune that comes from the map is put at the head.
    st.session_state[_MARKED] = code


def pointed(message: Mapping[str, Any]) -> Pointed | None:
    """Return the commune that a row has chosen and that the map does not show yet.

    Parameters
    ----------
    message
        What the client of the map said last: newer than the row, it has the last word.

    Returns
    -------
    Pointed or None
    """
    asked = st.session_state.get(_POINTED)
    if asked is None or asked["after"] != message.get("turn"):
        return None
    return {"commune": asked["commune"], "turn": asked["turn"]}


def follow(message: Mapping[str, Any], view: ViewState) -> ViewState:
    """Return the view with the commune that a row has chosen, if one has."""
    asked = pointed(message)
    return view if asked is None else replace(view, commune=asked["commune"])


def behind(commune: str) -> bool:
    """Tell whether the table in sight marks another commune than the one of the map."""
    return st.session_state.get(_MARKED, commune) != commune


def _at_head(frame: pd.DataFrame, commune: str) -> pd.DataFrame:
    """Return the rows, a commune chosen on the map first: further down none would see it."""
    if commune != st.session_state.get(_MARKED):
        st.session_state[_HEAD] = commune
    st.session_state[_MARKED] = commune
    first = frame["code"] == st.session_state[_HEAD]
    return pd.concat([frame[first], frame[~first]], ignore_index=True)


def _columns() -> tuple[str, ...]:
    """Return the columns to show, none for all."""
    return () if st.session_state.get(table_filters.EVERY) else ESSENTIAL


def _draw_rows(frame: pd.DataFrame, rows: list[int], key: str) -> None:
    """Draw the table, in which a click chooses a row."""
    codes = frame["code"].tolist()
    fields.tick(TABLE, rows)

    def chosen() -> None:
        for row in fields.ticked(TABLE):
            _point(codes[row], key)

    figures.table(frame, key=TABLE, on_select=chosen, order=_columns())


def _draw_plain(frame: pd.DataFrame, rows: list[int], key: str) -> None:
    """Draw the plain table, and above it the choice that its rows do not offer."""
    labels = frame["name"] + " (" + frame["departement"] + ")"
    names = dict(zip(frame["code"], labels, strict=True))
    shown = fields.written(PLAIN_CHOICE, frame["code"][rows[0]] if rows else None)

    def chosen() -> None:
        if (told := fields.change(shown)) and told.after:
            _point(told.after, key)

    st.selectbox(
        "Montrer une commune du tableau sur la carte",
        list(names),
        format_func=names.__getitem__,
        placeholder="Nom de la commune",
        key=shown,
        on_change=chosen,
    )
    # On a telephone the key figure stands beside the name, which says its département.
    order = [one for one in _columns() if one != "departement_name"]
    figures.table(frame.assign(name=labels), marked=rows, order=order)


def _words(territory: Territory, frame: pd.DataFrame, commune: str) -> str:
    """Return which row is that of the map, or how to choose one."""
    if frame.empty:
        return "Aucune commune ne répond à tous ces filtres : retirez-en un."
    places = territory.communes
    name = "".join(places.loc[places["code"] == commune, "name"].head(1))
    if not name and grids.are_plain():
        return "Choisissez une commune ci-dessous : la carte y va et en ouvre la fiche."
    if not name:
        return (
            "Cochez une ligne (Maj + Espace au clavier) : la carte va à sa commune et en ouvre "
            "la fiche."
        )
    if commune not in set(frame["code"]):
        return f"{name}, choisie sur la carte, n’est pas dans cette sélection."
    shown = "En gras" if grids.are_plain() else "Ligne cochée"
    return f"{shown} : {name}, la commune choisie sur la carte."


def draw(territory: Territory, key: str) -> None:
    """Draw the table, its filters and its exports; folded, offer the exports only.

    Parameters
    ----------
    territory
        The region.
    key
        Key of the map.
    """
    # Sent when asked for: the table and what draws it weigh ten times the map.
    box = own_choices.fold(
        "Tableau et exports : les mêmes chiffres, une ligne par commune",
        "tableau",
        key="table",
        first=table_filters.asked(),
    )
    lines, with_risk = figures.notes(territory), accounts.may_see_risk()
    if with_risk:
        lines = [privacy.WORKING_PAPER, *lines]
    made_up = columns.simulated_told(territory.simulated_tables)

    def filed() -> list[str]:
        # Nothing is computed where no filter cuts the table: a map that is kept is drawn as it is.
        selected = table_filters.selected()
        whole = selected == Selection()
        cut = "" if whole else asked_words(selected, shell.commune_indicators(territory))
        what = "Accès aux médecins généralistes, par commune"
        return headed(territory, what, [*([cut] if cut else []), *lines, *made_up])

    if not box.open:
        st.session_state.pop(_MARKED, None)
        # A file is made when it is asked for, where no session is.
        selected = table_filters.selected()

        def table() -> pd.DataFrame:
            return filtered(shell.communes_as_seen(territory, with_risk=with_risk), selected)

        for one in figures.offers("communes", table, filed(), contours=territory.communes):
            exporting.offer(one)
        return
    with box:
        frame = table_filters.draw(shell.communes_with_risk(territory))
        said = map_dialogue.asked(key)
        commune = follow(said, map_dialogue.follow(said)).commune
        st.caption(_words(territory, frame, commune))
        if frame.empty:
            return
        shown = _at_head(frame, commune)
        rows = [int(row) for row in shown.index[shown["code"] == commune]]
        table_filters.draw_columns()
        (_draw_plain if grids.are_plain() else _draw_rows)(shown, rows, key)
        figures.downloads("communes", frame, filed(), contours=territory.communes)
        figures.sources(lines)
