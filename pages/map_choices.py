"""What is chosen on a map that keeps no view of its own: its commune, its layers, in the address.

The client asks the server at each gesture (`pages.map_dialogue`), which writes the address and
answers what it says; so Back, Forward and a link show it. Where such a map stands, its client
writes itself (`place.js`).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from data.maps.document import Chosen
from pages import following, map_dialogue, own_choices, shell
from pages.state import COMMUNE

_HEARD, _CHOSEN = "carte_entendue_", "carte_choisie"
"""Before the key of a map, the last question that was heard; key of the commune chosen.

The maps of a screen share it, as long as one stays there.
"""
_LAYER = re.compile(r"-?[a-z0-9_]{1,40}")
_MOST_LAYERS = 20


def of_query(query: Mapping[str, str], parameter: str = own_choices.LAYERS) -> Chosen:
    """Return what an address says; what is foreign is left aside, what is unknown by the client."""
    commune = query.get("commune", "")
    layers = [one for one in query.get(parameter, "").split(",") if _LAYER.fullmatch(one)]
    return {
        "commune": commune if COMMUNE.fullmatch(commune) else "",
        "layers": ",".join(layers[:_MOST_LAYERS]),
    }


def follow(key: str, parameter: str) -> Chosen:
    """Return what is chosen on the map of a key, and write it in the address.

    Parameters
    ----------
    key
        Of the map.
    parameter
        Name, in the address, of its layers.
    """
    message = map_dialogue.asked(key)
    turn = message.get("turn")
    told = {parameter: own_choices.told().get(parameter, "")}
    heard = st.session_state.get(_HEARD + key)
    # At Back the address decides, and until the map has said something.
    if turn is None or turn == heard or following.stepped():
        chosen = of_query({"commune": _commune(), **told}, parameter)
    else:
        state = message.get("state")
        said = state if isinstance(state, dict) else {}
        chosen = of_query({str(name): str(text) for name, text in said.items()})
    st.session_state[_HEARD + key] = turn
    _write(chosen["commune"])
    own_choices.say(**{parameter: chosen["layers"]})
    return chosen


def forget_commune() -> None:
    """Have no commune chosen: what its card was asked for is done."""
    _write("")


def _commune() -> str:
    """Return the commune chosen on the screen in sight; that of the view as one comes to it."""
    visit, commune = st.session_state.get(_CHOSEN, (-1, ""))
    if visit != own_choices.visit() or following.stepped():
        return shell.view().commune
    return str(commune)


def _write(commune: str) -> None:
    """Keep the commune in the view, and write it: nothing else of the address moves."""
    st.session_state[_CHOSEN] = (own_choices.visit(), commune)
    view = shell.view()
    if view.commune != commune:
        shell.remember(replace(view, commune=commune), address=False)
    own_choices.write("commune", commune)
