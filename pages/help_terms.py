"""On what terms volunteers come: how many, how far, where they receive; GPs and specialists."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.access.people import people_of
from data.region.territory import Territory
from data.solidarity.help import LONGEST_TRIP_MINUTES
from data.solidarity.hosts import HOSTS
from pages import fields, host_list
from pages.help_choices import MOST_VOLUNTEERS

LISTED = "liste"
"""Key of the hosts that the reader lists."""


def draw_reach(
    one: DeltaGenerator, two: DeltaGenerator, volunteers: int, minutes: int, keys: str
) -> tuple[int, int]:
    """Draw how many volunteers come, and how many minutes they drive at most; return both."""
    most = one.number_input(
        "Volontaires en tout (0 : pas de limite)",
        0,
        MOST_VOLUNTEERS,
        key=fields.first(f"{keys}volontaires", volunteers),
    )
    longest = two.number_input(
        "Trajet le plus long (minutes)",
        5,
        int(LONGEST_TRIP_MINUTES),
        step=5,
        key=fields.first(f"{keys}trajet", minutes),
    )
    return int(most), int(longest)


def draw_hosts(
    territory: Territory, hosts: str, listed: tuple[str, ...], keys: str, note: str | None = None
) -> tuple[str, tuple[str, ...]]:
    """Draw among which sites volunteers receive.

    Parameters
    ----------
    territory
        The region.
    hosts, listed
        What is chosen so far: key of `HOSTS`, and INSEE codes of a list.
    keys
        Beginning of the key of the field (`fields.follow`); those of the list begin otherwise,
        since a file stays while the view changes.
    note
        What the question mark says.

    Returns
    -------
    tuple
        Key of `HOSTS`, and the codes of the list, none unless it is chosen.
    """
    chosen = st.selectbox(
        "Sites d’accueil parmi",
        list(HOSTS),
        format_func=lambda one: HOSTS[one].capitalize(),
        help=note,
        key=fields.first(f"{keys}accueil", hosts),
    )
    return chosen, host_list.chosen(territory, listed, f"liste_{keys}") if chosen == LISTED else ()


def say_from_town(territory: Territory) -> None:
    """Say that trips to host sites start from towns, where people are counted more finely."""
    if from_town := people_of(territory).town_note:
        st.caption(f"Trajets des volontaires et des habitants vers les sites : {from_town}.")
