"""What one does with an « Isochrone d’ici » of the map: its files, a site to judge there."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from data.access.room import CAPACITIES
from data.maps.document import Written
from data.region.rules import HUBERT_MINUTES, ROOM_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from data.reports import around_file
from data.reports.around_file import Question
from geo.errors import ProxiSoinsError
from pages import exporting, figures, shell
from pages.exporting import Offer
from pages.state import ViewState

_OFFERED = "carte_ici_offert"
"""Key of the point whose files « Exporter » offers."""
_EXPORT, _JUDGE = "fichier", "msp"
"""What the card of a map asks for."""
_NAME = "isochrone"


def _question(view: ViewState) -> Question | None:
    """Return the point of a view and what is called room there; None where none is asked for."""
    if view.here is None:
        return None
    return Question(
        *view.here,
        per_gp=view.per_gp if view.per_gp in CAPACITIES else ROOM_PEOPLE_A_GP,
        minutes=view.within if view.within in ROOM_MINUTES else HUBERT_MINUTES,
        fair=view.fair,
    )


def _areas(territory: Territory, asked: Question) -> tuple[Callable[[], bytes], Offer]:
    """Return what makes the areas around a point, and the file to offer; no session is asked."""
    made = partial(around_file.geojson, territory, shell.commune_indicators(territory), asked)
    return made, figures.offered(_NAME, "GeoJSON", figures.GEOJSON, made)


def offer(territory: Territory, view: ViewState) -> None:
    """Offer the areas around the point of the view under « Exporter »."""
    asked = _question(view)
    st.session_state[_OFFERED] = view.here
    if asked is None:
        return
    communes = shell.commune_indicators(territory)

    def table() -> pd.DataFrame:
        found = around_file.areas(territory, communes, asked)
        return pd.DataFrame(found.drop(columns="geometry"))

    tables = figures.tables_offered(_NAME, table, around_file.notes(territory, asked))
    for one in (*tables, _areas(territory, asked)[1]):
        exporting.offer(replace(one, label=f"Isochrone d’ici : {one.label}"))


def follow(territory: Territory, key: str, message: Mapping[str, Any], view: ViewState) -> str:
    """Follow what the card of the map of a key asks of a point, and return what to say of it.

    A site to judge there opens the screen of sites. « Exporter », which stands outside of what the
    map runs, is drawn again with the files of a new point.
    """
    if message.get("action") == _JUDGE and view.here is not None:
        # Not before it is needed: the first screen is drawn without it.
        from pages import sites_pick

        if refused := sites_pick.add_point(territory, *view.here):
            return refused
        del st.session_state[key]
        # The site says where: its own rings are drawn there.
        shell.remember(replace(view, here=None), address=False)
        st.switch_page("pages/sites.py")
    if st.session_state.get(_OFFERED) != view.here:
        st.rerun(scope="app")
    return ""


def written(territory: Territory, message: Mapping[str, Any], view: ViewState) -> Written | None:
    """Return the file of the areas around the point, when the card has just asked for it."""
    asked = _question(view)
    if message.get("action") != _EXPORT or asked is None:
        return None
    made, file = _areas(territory, asked)
    try:
        content = made()
    except ProxiSoinsError:  # the answer says why nothing is drawn around this point
        return None
    return {"name": file.file_name, "text": content.decode(), "turn": str(message.get("turn"))}
