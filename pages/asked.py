"""The place that an address asks for by hand: a commune by its name, one of another region."""

import streamlit as st

from data.base.codes import departement
from data.region import asked_places, france
from pages import unread
from pages.state import ViewState

_COMMUNE, _REGION, _TERRITORY = "commune", "region", "territoire"
_LEVELS = ("commune", "departement")
"""Levels of a sheet whose codes tell their region."""


def read(screen: str) -> None:
    """Write in the address the region and the commune that it means; note what it means not."""
    _read_region(screen)
    named = st.query_params.get(_REGION, "")
    _read_territory(named)
    if not (asked := st.query_params.get(_COMMUNE, "")):
        return
    view = ViewState.from_query(st.query_params.to_dict())
    found = asked_places.commune(asked, view.region, anywhere=not named)
    if found.told:
        unread.note(f"{_COMMUNE}-{screen}", found.told)
        # Said empty, or the map would open on the commune that its tab remembers.
        st.query_params[_COMMUNE] = ""
        return
    if found.region != view.region:
        st.query_params[_REGION] = found.region
    if found.code != view.commune:
        st.query_params[_COMMUNE] = found.code


def _read_region(screen: str) -> None:
    asked = st.query_params.get(_REGION, "")
    if not asked or ViewState.from_query({_REGION: asked}).region == asked:
        return
    if code := asked_places.region_named(asked):
        st.query_params[_REGION] = code
        return
    unread.note(
        f"{_REGION}-{screen}",
        f"Aucune région ne s’appelle « {asked[: asked_places.LONGEST]} » : voici "
        f"{france.named(france.name(ViewState.region))}. Choisissez la vôtre en haut de l’écran.",
    )
    del st.query_params[_REGION]


def _read_territory(named: str) -> None:
    """Name the region of a sheet where the address does not, and its code tells it."""
    level, _, code = st.query_params.get(_TERRITORY, "").partition(":")
    if named or level not in _LEVELS:
        return
    region = france.REGION_OF.get(departement(code), "")
    if region not in ("", ViewState.region):
        st.query_params[_REGION] = region


def say(screen: str, view: ViewState) -> None:
    """Say on the screen that was asked for what was not understood, until a place is chosen."""
    unread.say(f"{_REGION}-{screen}", still=view.region == ViewState.region)
    unread.say(f"{_COMMUNE}-{screen}", still=not view.commune)
