"""The map on screen: folium describes an empty shell, our client script draws in it.

No text of a user or of an imported file goes through a folium object: branca would compile it as
a template. All data travels as base64 JSON, which the client writes as text.
"""

import re
from collections.abc import Mapping
from typing import Any

import folium
import streamlit as st
from branca.element import Element, MacroElement
from folium.template import Template
from streamlit_folium import st_folium

from data.maps import payload as map_payload
from pages import map_assets, map_dialogue

HEIGHT_PX = 640
"""Height before the client fits the map to the screen."""


class _Call(MacroElement):
    """A call of our client, which streamlit-folium writes from the template alone."""

    def render(self, **_: Any) -> None:
        """Leave it out of folium's own page, never shown: branca would compile all its text."""


class MapClient(_Call):
    """Starts our client in the map, with a payload made by `data.maps.payload.encode`."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        'ProxiSoins.start({{ this._parent.get_name() }}, "{{ this.payload }}");'
        "{% endmacro %}"
    )

    def __init__(self, payload: str) -> None:
        super().__init__()
        self._name = "MapClient"
        self.payload = payload


class MapAnswer(_Call):
    """Hands the server's answer to the client, with a payload made by `encode`."""

    _template = Template(
        '{% macro script(this, kwargs) %}ProxiSoins.receive("{{ this.payload }}");{% endmacro %}'
    )

    def __init__(self, payload: str) -> None:
        super().__init__()
        self._name = "MapAnswer"
        self.payload = payload


class _Shell(folium.Map):
    """A map whose page may be enlarged with two fingers: folium's own forbids it."""

    def render(self, **options: Any) -> None:
        """Render folium's header again, without what forbids it, in the place of the first."""
        super().render(**options)
        header = self._template.module.header(self, options)
        free = re.sub(r",\s*(maximum-scale|user-scalable)=[\w.]+", "", header)
        self.get_root().header.add_child(Element(free), name=self.get_name())


def _shell(payload: str) -> folium.Map:
    shell = _Shell(
        location=(45.2, 0.2),
        zoom_start=7,
        tiles=None,
        prefer_canvas=True,
        zoom_control="topright",
        min_zoom=6,
        max_zoom=18,
        zoom_snap=0.25,
    )
    shell.default_js = list(map_assets.scripts().items())
    shell.default_css = list(map_assets.styles().items())
    MapClient(payload).add_to(shell)
    return shell


def draw_map(payload: str, answer: Mapping[str, Any] | None, key: str) -> None:
    """Draw the map; what its client asks is then in `st.session_state[key]`.

    Parameters
    ----------
    payload
        `data.maps.payload.encode` of a configuration and a state, or of parts of them joined by
        dots, the first of which tells where the contours are; the map is rebuilt when it
        changes, so that it must stay the same from one run to the next.
    answer
        What the server answers to the client's last question, if anything: the caller has read
        that question, and done what it asked.
    key
        Key of the widget.
    """
    if missing := map_assets.missing():
        st.error(
            "La carte ne peut pas être dessinée : il manque sur le serveur "
            f"{' et '.join(f'`static/{name}`' for name in missing)}, que l’installation y met. "
            "L’administrateur les remet par `.venv/bin/python -m data.upkeep.assets`, lancé dans "
            "le dossier de l’application ; rechargez ensuite la page."
        )
        return
    group = folium.FeatureGroup(name="answer")
    said = map_dialogue.heard(key, answer)
    if said is not None:
        MapAnswer(map_payload.encode(said)).add_to(group)
    st_folium(
        _shell(payload),
        key=key,
        height=HEIGHT_PX,
        use_container_width=True,
        returned_objects=[],
        feature_group_to_add=group,
    )
