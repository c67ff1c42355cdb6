"""What the main map is sent, for its screen and for the links to it."""

import streamlit as st

from data.maps import kept_map, payload
from data.maps.document import MapDocument
from data.maps.kept_map import KeptMap
from data.region.territory import Territory
from geo.errors import ProxiSoinsError
from models.learning.signals import DEFAULT_HORIZON
from models.region import main_map
from pages import shell

OWN_POINTS = "own_points"
"""Key of the user's own layer, which is in this session only: no link holds it."""


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=4, hash_funcs=shell.BY_VERSION
)
def configuration(territory: Territory, *, with_risk: bool, with_soon: bool) -> KeptMap:
    """Return the configuration of the map, read only, and what is sent of it.

    It is kept for all sessions, and on disk: whether it holds the risk by commune is part of what
    it is. What is kept depends on what was asked, never on who asks first.
    """

    def build(*, risk_known: bool = True) -> MapDocument:
        around = {level: shell.aggregated_indicators(territory, level) for level in payload.LEVELS}
        return main_map.document(
            territory,
            shell.commune_indicators(territory),
            around,
            shell.risk(territory, DEFAULT_HORIZON) if with_risk and risk_known else None,
            with_risk=with_risk,
            with_soon=with_soon,
        )

    try:
        return main_map.kept(territory, build, with_risk=with_risk, with_soon=with_soon)
    except ProxiSoinsError:  # no risk is known: not kept, for that may be mended
        return kept_map.sent(build(risk_known=False))
