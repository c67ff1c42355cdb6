"""What the map of the risk is sent: made in the background as a process starts, then kept."""

import streamlit as st

from data.maps import payload, risk
from data.maps.document import ContoursAddress
from data.region.territory import Territory
from pages import shell


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=8, hash_funcs=shell.BY_VERSION
)
def configuration(
    territory: Territory, horizon: int, codes: tuple[str, ...] | None
) -> tuple[ContoursAddress, str]:
    """Return where the contours are, and what is sent of the configuration; for planners.

    Parameters
    ----------
    territory
        The region.
    horizon
        Years.
    codes
        Communes that the filters keep; None for all.
    """
    table = risk.with_risk(shell.commune_indicators(territory), shell.risk(territory, horizon))
    document = risk.configuration(territory, table, horizon, codes)
    return payload.contours_address(document), payload.encode(document)
