"""Screen "Carte": who can reach a general practitioner within 20 minutes, on real contours."""

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from data.base.french import counted
from data.maps import ground, payload
from data.maps.document import OwnPoints
from data.region.territory import Territory
from data.uploads import MatchReport
from data.uploads.own_points import own_points
from geo.errors import ProxiSoinsError
from models.region import flag, soon
from pages import (
    accounts,
    asked,
    carte_around,
    carte_changes,
    carte_soon,
    carte_table,
    carte_view,
    grids,
    map_dialogue,
    map_view,
    own_choices,
    reads,
    shell,
    table_filters,
)
from pages.state import ViewState

MAP = "carte"
"""Key of the map: what its client asked last is in the session under it."""

OWN_REPORT = "own_report"
"""Key of what became of the lines of the user's own layer, for this session only."""

UNPLACED_TITLES = {
    "line": "Ligne",
    "status": "État",
    "name": "Nom",
    "reason": "Pourquoi",
    "candidates": "Communes possibles",
}


def _payload(territory: Territory, view: ViewState) -> str:
    """Return the map's payload, the same for the whole session unless its content changes."""
    points: pd.DataFrame | None = st.session_state.get(carte_view.OWN_POINTS)
    with_risk = accounts.may_see_risk()
    with_soon = with_risk and soon.is_kept(territory)
    content = (territory.version, id(points), with_risk, with_soon)
    kept = st.session_state.get(shell.CARTE)
    if kept is None or kept[0] != content:
        drawn = carte_view.configuration(territory, with_risk=with_risk, with_soon=with_soon)
        own: OwnPoints | None = None
        if points is not None:
            own = payload.with_own_points(drawn.document, points)
            view = replace(view, layers=(*view.layers, "points"))
        # What the client needs first comes first: it fetches the contours while it reads the rest.
        first = {**drawn.contours, **map_dialogue.opening(view)}
        parts = [payload.encode(first), drawn.sent, payload.encode(own or {})]
        st.session_state[shell.CARTE] = kept = (content, ".".join(parts))
    return str(kept[1])


@st.fragment
def _map(territory: Territory) -> None:
    message = map_dialogue.asked(MAP)
    view = carte_table.follow(message, map_dialogue.follow(message))
    shell.remember(view, address=False)
    map_dialogue.open_sheet(MAP, message, view)
    refused = carte_around.follow(territory, MAP, message, view)
    with st.container():  # which stays, empty: the map keeps its place below it
        asked.say("carte", view)
        asked.say_lists("carte")
    if message.get("turn") != st.session_state.get(shell.CARTE_TURN):
        st.session_state[shell.CARTE_TURN] = message.get("turn")
        if carte_table.behind(view.commune):
            st.rerun()
        reads.follow(territory, "carte", view)
    answer = map_dialogue.answer(territory, view)
    if "commune" in answer and (known := shell.known_risk(territory)) is not None:
        answer["commune"]["state"] = flag.state_told(known, view.commune)
    if refused:
        answer["message"] = refused
    file = carte_around.written(territory, message, view)
    if file is not None and "around" in answer:
        answer["around"] = {**answer["around"], "file": file}
    answer["address"] = table_filters.told() | own_choices.named()
    if (chosen := carte_table.pointed(message)) is not None:
        answer["select"] = chosen
    map_view.draw_map(_payload(territory, view), answer, MAP)


def _own_layer(territory: Territory) -> None:
    box = st.expander(
        "Ma couche : ajouter mes points à la carte (CSV, XLSX, GeoJSON, KML…)",
        key="own_layer",
        on_change="rerun",
    )
    if not box.open:
        return
    with box:
        st.markdown(
            "Une ligne par lieu, situé par ses coordonnées, son code INSEE, sa commune ou son "
            "adresse. La couche reste dans cette session : elle n’est ni gardée, ni partagée."
        )
        file = st.file_uploader("Fichier de points", key="own_file")
        if file is not None and st.button("Ajouter à la carte", type="primary"):
            try:
                points, report = own_points(file.getvalue(), file.name, territory)
            except ProxiSoinsError as error:
                st.text(str(error))
                return
            st.session_state[carte_view.OWN_POINTS], st.session_state[OWN_REPORT] = points, report
            st.rerun()
        placed: MatchReport | None = st.session_state.get(OWN_REPORT)
        if placed is None:
            return
        points_told = counted(len(placed.sites), "point", "points")
        lines_told = counted(len(placed.outcomes), "ligne lue", "lignes lues")
        st.text(f"{points_told} sur la carte, {lines_told}.")
        unplaced = placed.table().query("status != 'compris'")
        if len(unplaced):
            grids.draw(
                unplaced[["line", "status", "name", "reason", "candidates"]],
                hide_index=True,
                column_config=UNPLACED_TITLES,
            )
        if st.button("Retirer ma couche"):
            del st.session_state[carte_view.OWN_POINTS], st.session_state[OWN_REPORT]
            st.rerun()


def _lands(territory: Territory) -> None:
    """Link to each land that the map does not open on; nothing where one map holds all."""
    lands = ground.destinations(territory)
    if not lands:
        return
    first, *others = lands
    start = replace(shell.view(), lon=None, lat=None, zoom=None, here=None, commune="")
    links = [(first.name, start)]
    links += [(one.name, replace(start, lon=one.lon, lat=one.lat, zoom=one.zoom)) for one in others]
    told = " · ".join(
        f'<a href="?{escape(urlencode(view.to_query()))}" target="_self">{escape(name)}</a>'
        for name, view in links
    )
    st.html(f'<nav aria-label="Aller à une autre terre de France">Aller à : {told}</nav>')


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    # The map goes to the edges of the window; its name stands in the bar.
    st.html(
        "<style>.stMain .block-container{padding:3.75rem 0 1rem}.block-container "
        "[data-testid=stVerticalBlock]{gap:.35rem}"
        # What stands below it keeps a margin on both sides.
        ".block-container>[data-testid=stVerticalBlock]>*:not(:has(iframe))"
        "{padding-left:1rem;padding-right:1rem;box-sizing:border-box}</style>"
    )
    table_filters.follow()
    moved = map_dialogue.follow(map_dialogue.asked(MAP))
    carte_around.offer(territory, moved)
    _map(territory)
    if accounts.may_see_risk():
        shell.working_paper()
    _lands(territory)
    carte_soon.draw(territory)
    _own_layer(territory)
    carte_table.draw(territory, MAP)
    carte_changes.draw(territory)


draw()
