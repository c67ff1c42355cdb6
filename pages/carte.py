"""Screen "Carte": who can reach a general practitioner within 20 minutes, on real contours."""

from typing import Any

import streamlit as st

from data import map_payload
from data.territory import Territory
from pages import figures, map_dialogue, map_view, shell
from pages.state import ViewState

MAP = "carte"
"""Key of the map: what its client asked last is in the session under it."""


@st.cache_data(show_spinner="Préparation de la carte…", max_entries=4)
def _configuration(version: str, _territory: Territory) -> dict[str, Any]:  # noqa: ARG001
    around = {level: shell.aggregated_indicators(_territory, level) for level in map_payload.LEVELS}
    table = shell.communes_with_risk(_territory)
    return map_payload.configuration(_territory, table, around)


def _payload(territory: Territory, view: ViewState) -> str:
    """Return the map's payload, the same for the whole session unless the data change."""
    kept = st.session_state.get("carte_payload")
    if kept is None or kept[0] != territory.version:
        document = _configuration(territory.version, territory)
        encoded = map_payload.encode(document | map_dialogue.opening(view))
        st.session_state["carte_payload"] = kept = (territory.version, encoded)
    return str(kept[1])


@st.fragment
def _map(territory: Territory) -> None:
    message = map_dialogue.asked(MAP)
    view = map_dialogue.follow(message)
    shell.remember(view, address=False)
    map_dialogue.open_sheet(MAP, message, view)
    map_view.draw_map(_payload(territory, view), map_dialogue.answer(territory, view), MAP)


def _table(territory: Territory) -> None:
    with st.expander("Tableau et exports : les mêmes chiffres, une ligne par commune"):
        frame = shell.communes_with_risk(territory)
        lines = figures.notes(territory)
        figures.table(frame)
        figures.downloads("communes", frame, lines, contours=territory.communes)
        st.caption(" · ".join(lines))


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    _map(territory)
    _table(territory)


draw()
