"""What is chosen on the map of a shared view, in the address of its page.

The map opens on the view that the link keeps. The address says what its reader has chosen otherwise
since, and what the link says and the reader has put out; so Back, reload and sending it on show it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from data.maps.document import Chosen
from pages import following, map_choices, map_dialogue, own_choices
from pages.state import LAYERS, ViewState

_FIRST, _CHOSEN, _HEARD = (f"vue_partagee_{one}" for one in ("premiere", "choisie", "entendue"))
"""Keys of what the map opened on, of what is chosen, each with the link; of the last question."""
_INDICATOR = "ind"
_NONE = "aucun"
"""What an address says of layers, where the link shows some and its reader none."""
_Said = dict[str, str]
"""Parameters of the address, "" for what says nothing."""


@dataclass(frozen=True)
class LinkedMap:
    """The map of a shared view.

    Attributes
    ----------
    view
        What its link keeps.
    layers
        Its layers, as an address tells those of a map that it opens on.
    offered
        Keys of the indicators that it offers, none where it has its own.
    """

    view: ViewState
    layers: str
    offered: Collection[str] = ()

    def first(self) -> ViewState:
        """Return the view that it opened on, the same as long as one stays there."""
        link = self._link()
        before, kept = st.session_state.get(_FIRST, (None, {}))
        if before != link:
            kept = self._chosen()
            st.session_state[_FIRST] = link, kept
        return self._shown(kept)

    def follow(self, key: str) -> tuple[Chosen, ViewState]:
        """Return what is chosen on the map of a key and the view to answer, and write the address.

        A page that has just come, or Back, has the address decide; then the map does.
        """
        message = map_dialogue.asked(key)
        turn, state = message.get("turn"), message.get("state")
        kept = self._chosen()
        if turn not in (None, st.session_state.get(_HEARD)) and not following.stepped():
            told = {str(k): str(v) for k, v in state.items()} if isinstance(state, dict) else {}
            kept = self._told(ViewState.from_query(told), told.get(own_choices.LAYERS, ""))
        st.session_state[_HEARD] = turn
        st.session_state[_CHOSEN] = self._link(), kept
        opens = self._told(self.view, self.layers)
        for name, text in kept.items():
            own_choices.write(name, "") if text == opens[name] else _write(name, text)
        view = {name: text for name, text in kept.items() if text}
        layers, commune = view.pop(own_choices.LAYERS, ""), view.pop("commune", "")
        answered = map_dialogue.told(message) or self._shown(kept)
        return {"commune": commune, "layers": layers, "view": view}, answered

    def _link(self) -> tuple[int, _Said]:
        """Return what tells this link, on this visit of its page."""
        return own_choices.visit(), self._told(self.view, self.layers)

    def _told(self, view: ViewState, layers: str) -> _Said:
        """Return what an address says of a view of this map."""
        names = (*map_choices.PLACE, *(map_choices.DRAWN if self.offered else ()))
        told = {name: map_choices.of_view(view).get(name, "") for name in names}
        if self.offered:
            known = view.indicator in self.offered
            told[_INDICATOR] = view.indicator if known else self.view.indicator
        return told | {own_choices.LAYERS: layers}

    def _chosen(self) -> _Said:
        link = self._link()
        before, kept = st.session_state.get(_CHOSEN, (None, {}))
        if before != link or following.stepped():
            return link[1] | self._said(st.query_params.to_dict())
        return dict(kept)

    def _said(self, query: Mapping[str, str]) -> _Said:
        """Return what an address says was chosen; what is foreign is left to the link."""
        found: _Said = {}
        for name in self._link()[1].keys() & query.keys():
            text = query[name]
            if name == own_choices.LAYERS:
                layers = map_choices.of_query(query)["layers"]
                found |= {name: "" if text == _NONE else layers} if layers else {}
            elif name == _INDICATOR:
                found |= {name: text} if text in self.offered else {}
            elif text in ("", map_choices.OPENING.get(name)):
                found[name] = ""
            elif told := map_choices.of_view(ViewState.from_query({name: text})).get(name):
                found[name] = told
        return found

    def _shown(self, kept: _Said) -> ViewState:
        """Return the view of the link, with what is chosen."""
        told = {name: text for name, text in self.view.to_query().items() if name not in kept}
        said = {name: text for name, text in kept.items() if text}
        layers = kept[own_choices.LAYERS].split(",")
        return replace(
            ViewState.from_query(told | said),
            layers=tuple(one for one in LAYERS if one in layers),
        )


def _write(name: str, text: str) -> None:
    """Write what is chosen otherwise than the link says, be it nothing."""
    none = _NONE if name == own_choices.LAYERS else map_choices.OPENING.get(name, "")
    if st.query_params.get(name) != (text or none):
        st.query_params[name] = text or none
