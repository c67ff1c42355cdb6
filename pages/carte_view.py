"""What the main map is sent, for its screen and for the links to it."""

import streamlit as st

from data.base import french
from data.maps import payload, risk
from data.maps.document import MapDocument
from data.region import privacy
from data.region.territory import Territory
from models.region import flag, soon
from pages import shell


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=4, hash_funcs=shell.BY_VERSION
)
def configuration(
    territory: Territory, *, with_risk: bool, with_soon: bool
) -> tuple[MapDocument, str]:
    """Return the configuration of the map, read only, and what is sent of it.

    It is kept for all sessions: whether it holds the risk by commune is part of what it is.
    """
    around = {level: shell.aggregated_indicators(territory, level) for level in payload.LEVELS}
    # What is kept depends on what was asked, never on who asks first.
    table = (
        shell.communes_with_risk(territory)
        if with_risk
        else privacy.public_load(shell.commune_indicators(territory))
    )
    if with_soon:
        table = soon.with_soon(table, territory)
    document = payload.configuration(territory, table, around, with_room=True)
    document["whole"] = True
    known = shell.known_risk(territory) if with_risk else None
    if known is not None:
        document = risk.with_overdue(document, flag.overdue_of(known, french.today()))
    return document, payload.encode(document)
