"""Screen "Carte": who can reach a general practitioner within 20 minutes, on real contours."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st

from data import map_payload, permanence
from data.territory import Territory
from geo import layers
from geo.errors import ProxiSoinsError
from pages import figures, map_view, shell
from pages.state import DEFAULT_LAYERS, ViewState

MAP = "carte"
"""Key of the map: what its client asked last is in the session under it."""

_CLIENT_FIELDS = ("lon", "lat", "zoom", "indicator", "layers", "commune", "here")
"""Fields of the view that the client changes."""

RING_LAYERS = ("iso_gps", "iso_france_sante", "iso_msp")


@st.cache_data(show_spinner="Préparation de la carte…", max_entries=4)
def _configuration(version: str, _territory: Territory) -> dict[str, Any]:  # noqa: ARG001
    around = {level: shell.aggregated_indicators(_territory, level) for level in map_payload.LEVELS}
    table = shell.commune_indicators(_territory)
    return map_payload.configuration(_territory, table, around)


@st.cache_data(show_spinner=False, max_entries=64)
def _rings(version: str, layer: str, _territory: Territory) -> dict[str, Any]:  # noqa: ARG001
    origins = map_payload.ring_origins(_territory, layer)
    return layers.display_rings(_territory.travel_time.isochrones(origins))


@st.cache_data(show_spinner=False, max_entries=256)
def _rings_around(version: str, lon: float, lat: float, _territory: Territory) -> dict[str, Any]:  # noqa: ARG001
    return layers.display_rings(_territory.travel_time.isochrones(np.array([[lon, lat]])))


def _payload(territory: Territory, view: ViewState) -> str:
    """Return the map's payload, the same for the whole session unless the data change."""
    kept = st.session_state.get("carte_payload")
    if kept is None or kept[0] != territory.version:
        state = {
            "region": view.region,
            "lon": view.lon,
            "lat": view.lat,
            "zoom": view.zoom,
            "indicator": view.indicator,
            "layers": list(view.layers),
            "commune": view.commune,
            "here": view.here,
        }
        defaults = {"indicator": ViewState.indicator, "layers": list(DEFAULT_LAYERS)}
        document = _configuration(territory.version, territory)
        encoded = map_payload.encode(document | {"state": state, "defaults": defaults})
        st.session_state["carte_payload"] = kept = (territory.version, encoded)
    return str(kept[1])


def _asked() -> dict[str, Any]:
    """Return the client's last question; it comes from a browser and is trusted for nothing."""
    message = st.session_state.get(MAP)
    return message if isinstance(message, dict) and "action" in message else {}


def _follow(message: dict[str, Any]) -> ViewState:
    """Return the view that the client says it shows, else that of the session."""
    state = message.get("state")
    if not isinstance(state, dict):
        return shell.view()
    told = ViewState.from_query({str(k): str(v) for k, v in state.items()})
    return replace(shell.view(), **{name: getattr(told, name) for name in _CLIENT_FIELDS})


def _answer(territory: Territory, view: ViewState) -> dict[str, Any]:
    """Return what the server adds to a view: isochrones, lines that cover the commune."""
    answer: dict[str, Any] = {"rings": {}}
    for layer in RING_LAYERS:
        if layer in view.layers:
            answer["rings"][layer] = _rings(territory.version, layer, territory)
    if view.here is not None:
        try:
            answer["rings"]["ici"] = _rings_around(territory.version, *view.here, territory)
        except ProxiSoinsError as error:
            answer["message"] = str(error)
    if view.commune:
        lines = permanence.lines_covering(territory, view.commune)
        answer["commune"] = {
            "code": view.commune,
            "lines": lines.round({"minutes": 0}).to_dict("records"),
            "note": "Aucune ligne tenue à moins d’une heure."
            if len(territory.pdses_lines)
            else "Aucune ligne de garde n’est chargée.",
        }
    return answer


@st.fragment
def _map(territory: Territory) -> None:
    message = _asked()
    view = _follow(message)
    shell.remember(view, address=False)
    if message.get("action") == "fiche" and view.commune:
        del st.session_state[MAP]
        shell.remember(replace(view, territory=f"commune:{view.commune}"), address=False)
        st.switch_page("pages/territoire.py")
    map_view.draw_map(_payload(territory, view), _answer(territory, view), MAP)


def _table(territory: Territory) -> None:
    with st.expander("Tableau et exports : les mêmes chiffres, une ligne par commune"):
        frame = shell.commune_indicators(territory)
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
