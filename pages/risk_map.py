"""Map of the screen "Territoires à risque", and where it is moved by the list and the filters."""

import math
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.base.codes import among
from data.maps import payload
from data.region.territory import Territory
from pages import map_dialogue, map_view, reads, risk_view, shell
from pages.state import ViewState

MAP = "risques_carte"
"""Key of the map: what its client asked last is in the session under it."""
INDICATOR = "risk_class"
"""What it opens on."""
_CENTRE, _DRAWN, _FRAMED = "risques_centre", "risques_drawn", "risques_cadre"
"""Keys of what last moved the map, the commune drawn beside it, the communes that framed it."""

TOWN_ZOOM = 10.5
MAP_PIXELS, TILE_PIXELS, WIDEST_ZOOM = 420, 256, 6.0


def centre(territory: Territory, code: str) -> None:
    """Select a commune and move the map to it."""
    communes = territory.communes
    place = communes[communes["code"] == code].iloc[0]
    view = replace(
        shell.view(), commune=code, lon=float(place["lon"]), lat=float(place["lat"]), zoom=TOWN_ZOOM
    )
    shell.remember(view)
    st.session_state[_CENTRE] = code


def _fit(chosen: pd.DataFrame, territory: Territory, *, everything: bool) -> None:
    """Move the map to the communes that the chips keep, when they change.

    On a first visit the address decides where it stands, if it says so.
    """
    kept = hash(frozenset(chosen["code"]))  # whatever their order, which a horizon changes
    before = st.session_state.get(_FRAMED)
    st.session_state[_FRAMED] = kept
    asked = shell.view().lon is not None or everything
    if before == kept or chosen.empty or (before is None and asked):
        return
    places = territory.communes
    places = places[among(places["code"], chosen["code"])]
    west, south, east, north = places.total_bounds
    # Web Mercator: 360° over the tile at zoom 0; latitudes here stretch by about 1.4.
    wide = max((east - west) / 2, (north - south) * 1.4, 0.1)
    zoom = math.log2(MAP_PIXELS * 360 / (TILE_PIXELS * wide))
    view = replace(
        shell.view(),
        lon=float((west + east) / 2),
        lat=float((south + north) / 2),
        zoom=round(min(max(zoom, WIDEST_ZOOM), TOWN_ZOOM), 1),
    )
    shell.remember(view)
    st.session_state[_CENTRE] = f"cadre {kept}"


def _payload(territory: Territory, horizon: int, codes: tuple[str, ...] | None) -> str:
    """Return the map's payload, rebuilt when the data, the horizon or the filters change."""
    key = (territory.version, horizon, codes, st.session_state.get(_CENTRE, ""))
    kept = st.session_state.get("risques_payload")
    if kept is None or kept[0] != key:
        contours, encoded = risk_view.configuration(territory, horizon, codes)
        own = ViewState(indicator=INDICATOR)
        view = replace(shell.view(), indicator=INDICATOR)
        first = payload.encode({**contours, **map_dialogue.opening(view, own)})
        st.session_state["risques_payload"] = kept = (key, f"{first}.{encoded}")
    return str(kept[1])


@st.fragment
def _map(territory: Territory, horizon: int, codes: tuple[str, ...] | None) -> None:
    message = map_dialogue.asked(MAP)
    if message.get("turn") != st.session_state.get("risques_turn"):
        # Said once: the list and the choice of a commune may have moved the view since.
        st.session_state["risques_turn"] = message.get("turn")
        # The indicator of the other maps waits for them: here it is the address's alone.
        told = replace(map_dialogue.follow(message), indicator=shell.view().indicator)
        if told.commune == shell.view().commune:  # as a map tells when it opens
            shell.heard()
        shell.remember(told, address=False)
        map_dialogue.open_sheet(MAP, message, told)
        # The address already holds what the client shows: compare with what the page drew.
        if told.commune != st.session_state[_DRAWN]:
            st.rerun()
        reads.follow(territory, "risques", told)
    view = shell.view()
    map_view.draw_map(
        _payload(territory, horizon, codes), map_dialogue.answer(territory, view), MAP
    )


def draw(territory: Territory, chosen: pd.DataFrame, horizon: int, *, everything: bool) -> None:
    """Draw the map of the communes `chosen`; `everything` tells that no filter left one out."""
    st.session_state[_DRAWN] = shell.view().commune
    _fit(chosen, territory, everything=everything)
    _map(territory, horizon, None if everything else tuple(chosen["code"]))
