"""What is chosen on a map that keeps no view of its own, in the address: commune, layers, the rest.

The client asks the server at each gesture (`pages.map_dialogue`), which writes the address and
answers what it says; so Back, Forward and a link show it. Where such a map stands, its client
writes itself (`place.js`). The map of a shared view opens on another one: `pages.link_choices`.
"""

import re
from collections.abc import Collection, Mapping

import streamlit as st

from data.maps.document import Chosen
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from pages import following, map_dialogue, own_choices, shell
from pages.state import COMMUNE, ViewState

_HEARD, _CHOSEN = "carte_entendue_", "carte_choisie"
"""Before the key of a map, the last question that was heard; key of what is chosen of the view.

The maps of a screen share it, as long as one stays there.
"""
_LAYER = re.compile(r"-?[a-z0-9_]{1,40}")
_MOST_LAYERS = 20
PLACE = ("commune", "contour", "ici")
"""Parameters of the view that any map holds: its commune, the group outlined, the point of its
isochrones.
"""
DRAWN = ("ind", "annee", "depuis", "place", "seuil", "partage")
"""Those of a map that offers several indicators; elsewhere they wait for the maps that do."""
NAMES = (*PLACE, *DRAWN)
OPENING = {"place": str(ROOM_PEOPLE_A_GP), "seuil": f"{HUBERT_MINUTES:g}"}
"""What the client says and an address leaves out."""


def of_query(query: Mapping[str, str], parameter: str = own_choices.LAYERS) -> Chosen:
    """Return what an address says; what is foreign is left aside, what is unknown by the client."""
    commune = query.get("commune", "")
    layers = [one for one in query.get(parameter, "").split(",") if _LAYER.fullmatch(one)]
    view = of_view(ViewState.from_query(query))
    return {
        "commune": commune if COMMUNE.fullmatch(commune) else "",
        "layers": ",".join(layers[:_MOST_LAYERS]),
        "view": {name: text for name, text in view.items() if name != "commune"},
    }


def follow(key: str, parameter: str, offered: Collection[str] = ()) -> Chosen:
    """Return what is chosen on the map of a key, and write it in the address.

    Parameters
    ----------
    key
        Of the map.
    parameter
        Name, in the address, of its layers.
    offered
        Keys of the indicators that it offers, of those of the view; none where it has its own.
    """
    message = map_dialogue.asked(key)
    turn = message.get("turn")
    told = {parameter: own_choices.told().get(parameter, "")}
    heard = st.session_state.get(_HEARD + key)
    kept = _kept()
    # At Back the address decides, and until the map has said something.
    if turn is None or turn == heard or following.stepped():
        chosen = of_query(kept | told, parameter)
    else:
        state = message.get("state")
        said = {str(k): str(v) for k, v in state.items()} if isinstance(state, dict) else {}
        kept = _said(kept, said, offered)
        chosen = of_query(kept | {own_choices.LAYERS: said.get(own_choices.LAYERS, "")})
    st.session_state[_HEARD + key] = turn
    _write(kept)
    own_choices.say(**{parameter: chosen["layers"]})
    return chosen


def forget_place() -> None:
    """Have no commune chosen and no point: what the card was asked for there is done."""
    _write({name: text for name, text in _kept().items() if name not in PLACE})


def view() -> ViewState:
    """Return the view, with what was chosen last on the maps of the screen in sight."""
    return _with(shell.view(), _kept())


def _with(shown: ViewState, chosen: dict[str, str]) -> ViewState:
    if of_view(shown) == chosen:
        return shown
    others = {name: text for name, text in shown.to_query().items() if name not in NAMES}
    return ViewState.from_query(others | chosen)


def _said(kept: dict[str, str], said: dict[str, str], offered: Collection[str]) -> dict[str, str]:
    """Return what is chosen of the view once a map has said what it shows."""
    heard = of_view(ViewState.from_query(said))
    # That of another screen, which is not offered here, waits for its return.
    waits = kept.get("ind", ViewState.indicator) not in offered and "ind" not in heard
    names = {*PLACE, *(DRAWN if offered else ())} - ({"ind"} if waits else set())
    others = {name: text for name, text in kept.items() if name not in names}
    return others | {name: text for name, text in heard.items() if name in names}


def of_view(view: ViewState) -> dict[str, str]:
    """Return what the address says of what a map chooses in the view."""
    told = view.to_query()
    return {one: told[one] for one in NAMES if one in told and told[one] != OPENING.get(one)}


def _kept() -> dict[str, str]:
    """Return what is chosen on the screen in sight; what the view says as one comes to it."""
    visit, kept = st.session_state.get(_CHOSEN, (-1, {}))
    if visit != own_choices.visit() or following.stepped():
        return of_view(shell.view())
    return dict(kept)


def _write(chosen: dict[str, str]) -> None:
    """Keep in the view what is chosen, and write it: nothing else of the address moves."""
    st.session_state[_CHOSEN] = (own_choices.visit(), chosen)
    before = shell.view()
    if (after := _with(before, chosen)) != before:
        shell.remember(after, address=False)
    for name in NAMES:
        own_choices.write(name, chosen.get(name, ""))
