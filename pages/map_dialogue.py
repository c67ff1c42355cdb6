"""What maps and server say to each other: the client's last question, the server's answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import streamlit as st

from data.access.around import around
from data.base.french import minutes_told
from data.maps import payload, room
from data.maps.document import Answer, Around, Defaults, Line, Opening, State
from data.pdses import coverage
from data.region import france
from data.region.rules import HUBERT_MINUTES, ROOM_MINUTES
from data.region.territory import Territory
from data.reports import around_file
from geo import display
from geo.errors import ProxiSoinsError
from pages import shell
from pages.state import ViewState

_CLIENT_FIELDS = (
    *("lon", "lat", "zoom", "indicator", "layers", "commune", "outline", "here"),
    *("year", "since", "per_gp", "within", "fair"),
)
"""Fields of the view that the client changes."""

RING_LAYERS = ("iso_gps", "iso_france_sante", "iso_msp")


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=shell.BY_VERSION)
def _rings(territory: Territory, layer: str) -> dict[str, Any]:
    origins = payload.ring_origins(territory, layer)
    return display.display_rings(territory.travel_time.isochrones(origins))


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def _rings_around(territory: Territory, lon: float, lat: float) -> dict[str, Any]:
    return display.display_rings(territory.travel_time.isochrones(np.array([[lon, lat]])))


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs=shell.BY_VERSION)
def _room(territory: Territory, minutes: int) -> room.RoomDocument | None:
    return room.document(territory, minutes)


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def _counts_around(territory: Territory, lon: float, lat: float) -> Around:
    counted = around(territory, shell.commune_indicators(territory), lon, lat)
    return around_file.card(territory, counted)


def opening(view: ViewState, default: ViewState | None = None) -> Opening:
    """Return the part of a payload that says the view to open on, and what is the default."""
    default = default or ViewState()
    state: State = {
        "region": view.region,
        "lon": view.lon,
        "lat": view.lat,
        "zoom": view.zoom,
        "indicator": view.indicator,
        "layers": list(view.layers),
        "commune": view.commune,
        "contour": view.outline,
        "here": view.here,
        "year": view.year,
        "since": view.since,
        "place": view.per_gp,
        "seuil": view.within,
        "partage": view.fair,
    }
    defaults: Defaults = {
        # Of an address that names none; where there are several, each address names its own, so
        # that Back from one to another finds it.
        "region": "" if france.built() - {ViewState.region} else ViewState.region,
        "indicator": default.indicator,
        "layers": list(default.layers),
    }
    return {"state": state, "defaults": defaults}


def asked(key: str) -> dict[str, Any]:
    """Return the client's last question; it comes from a browser and is trusted for nothing."""
    message = st.session_state.get(key)
    return message if isinstance(message, dict) and "action" in message else {}


def heard(key: str, answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return an answer that says which question it follows; None while nothing was asked."""
    turn = asked(key).get("turn")
    return answer if turn is None else {**(answer or {}), "heard": str(turn)}


def told(message: dict[str, Any]) -> ViewState | None:
    """Return the view that the client says it shows, if it says one."""
    state = message.get("state")
    if not isinstance(state, dict):
        return None
    return ViewState.from_query({str(k): str(v) for k, v in state.items()})


def follow(message: dict[str, Any]) -> ViewState:
    """Return the session's view, moved as the client says it has.

    What the client of another region said last is left, or of the main map before another screen:
    its session has gone elsewhere since.
    """
    shown = None if shell.was_left(message.get("turn")) else told(message)
    if shown is None or shown.region != shell.view().region:
        return shell.view()
    return replace(shell.view(), **{name: getattr(shown, name) for name in _CLIENT_FIELDS})


def open_sheet(key: str, message: dict[str, Any], view: ViewState) -> None:
    """Go to the sheet of the commune selected, when the client asks for it."""
    if message.get("action") == "fiche" and view.commune:
        del st.session_state[key]
        shell.remember(replace(view, territory=f"commune:{view.commune}"), address=False)
        st.switch_page("pages/territoire.py")


def _lines_note(territory: Territory, *, found: bool) -> str:
    """Return what is said beside the on-call lines of a commune, or in their place."""
    if found:
        return territory.simulated_told("pdses_lines")
    if len(territory.pdses_lines):
        return "Aucune ligne tenue à moins d’une heure."
    return "Aucune ligne de garde n’est chargée."


def answer(territory: Territory, view: ViewState) -> Answer:
    """Return what the server adds to a view: isochrones, lines that cover the commune."""
    rings: dict[str, dict[str, Any]] = {}
    said: Answer = {"rings": rings}
    for layer in RING_LAYERS:
        if layer in view.layers:
            rings[layer] = _rings(territory, layer)
    if view.here is not None:
        try:
            rings["ici"] = _rings_around(territory, *view.here)
            said["around"] = _counts_around(territory, *view.here)
        except ProxiSoinsError as error:
            said["message"] = str(error)
    if view.within in ROOM_MINUTES and view.within != HUBERT_MINUTES:
        said["room"] = _room(territory, view.within)
    if view.commune:
        lines = coverage.lines_covering(territory, view.commune)
        lines["minutes"] = lines["minutes"].map(minutes_told)
        said["commune"] = {
            "code": view.commune,
            "lines": cast("list[Line]", lines.to_dict("records")),
            "note": _lines_note(territory, found=len(lines) > 0),
            "room": room.commune_note(territory, view.commune),
        }
    return said
