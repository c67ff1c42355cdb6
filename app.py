"""ProxiSoins: navigation by role, theme, and the ribbon that announces simulated data."""
# ruff: noqa: E402  (a process that starts imports in one thread: this one waits first)

from pages import starting

starting.wait_for_map()

from typing import Literal
from urllib.parse import urlsplit

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geo.errors import ProxiSoinsError
from pages import (
    accounts,
    asked,
    bar,
    exporting,
    grids,
    own_choices,
    pressed,
    reads,
    region_switch,
    shell,
)
from pages.accounts import Role
from pages.settling import settle_at_times

SCREENS = (
    ("carte", "Carte", "map", Role.READER),
    ("risques", "Territoires à risque", "crisis_alert", Role.READER),
    ("sites", "Sites MSP", "add_location_alt", Role.READER),
    ("solidarite", "Solidarité", "handshake", Role.READER),
    ("permanence", "Permanence des soins", "local_hospital", Role.READER),
    ("zonage", "Zonage", "layers", Role.READER),
    ("territoire", "Fiche territoire", "description", Role.PUBLIC),
    ("methode", "Données et méthode", "menu_book", Role.READER),
    ("regions", "Régions", "public", Role.READER),
    ("guide", "Guide", "help", Role.READER),
    ("partage", "Scénario partagé", "link", Role.PUBLIC),
    ("gardes", "Permanence des soins, page publique", "local_hospital", Role.PUBLIC),
)
"""File, title, icon and least role of each screen, in the order of the menu."""

REGIONS = "Régions"
"""Needs no region, and is where one goes when that of the address is not there."""
FIGURES = frozenset({"risques", "sites", "zonage", "territoire", "guide"})
"""Open no file as they are drawn: they wait for less in a process that starts."""
LINK = "partage"
"""Says itself what is simulated, where its link opens something."""
ALONE = frozenset({LINK, "gardes"})
"""Opened by their links, by anyone, and alone: no menu."""
UNLISTED = ALONE | {"guide", "regions"}
"""Opened from the foot of every screen, and from the bar: a small screen cuts the menu."""

st.set_page_config(page_title="ProxiSoins", page_icon="static/proxisoins/icone.svg", layout="wide")

role = accounts.role()
shell.tidy_address()


def _screen(place: int, name: str, title: str, icon: str, least: Role) -> StreamlitPage:
    """Return a screen, or what stands at its address for who may not see it."""
    first = place == 0
    address = "" if first else name
    if role >= least:
        shown: Literal["visible", "hidden"] = "hidden" if name in UNLISTED else "visible"
        return st.Page(
            f"pages/{name}.py",
            title=title,
            icon=f":material/{icon}:",
            url_path=address,
            default=first,
            visibility=shown,
        )
    # Not refused as unknown: the address that a planner sends opens once its reader has logged in.
    return st.Page(
        "pages/connexion.py",
        title="Accueil",
        icon=":material/home:",
        url_path=address,
        default=first,
        visibility="visible" if first else "hidden",
    )


# Who opens such a link sees what it shows and nothing else.
alone = urlsplit(st.context.url or "").path.rstrip("/").rpartition("/")[2] in ALONE
screens = [_screen(place, *one) for place, one in enumerate(SCREENS)]
navigation = st.navigation(screens, position="hidden" if alone else "top")
try:
    name = next((name for name, title, _, _ in SCREENS if title == navigation.title), "")
    choosing = navigation.title == REGIONS
    own_choices.arrive(name)
    asked.read(name)
    if not alone and role > Role.PUBLIC:
        region_switch.draw(name)  # first: it is the way out of a region that is not there
    shell.open_page(title=navigation.title)
    row, warned = bar.row(), None
    opened = None
    if not choosing and name != LINK:
        opened = shell.say_opening(row.below, name)
        current = shell.territory()
        warned = reads.quoted(current, name, reads.in_sight(name))
        bar.warn(row, current, warned)
        reads.told(warned)
    exporting.start(shell.view().region)
    grids.start()
    pressed.arrive(name)
    st.logo(bar.LOGO, size="large", link=None)
    if name != SCREENS[0][0]:
        shell.leave_carte()
        (starting.wait_for_figures if name in FIGURES else starting.wait_for_all)()
        if name not in UNLISTED:
            shell.name_region()
        asked.say(name, shell.view())
        left_out = st.container()
    if not alone:
        # The map has a search of its own.
        if name == SCREENS[0][0]:
            bar.name_map(row, shell.territory())
        elif not choosing and role > Role.PUBLIC:
            bar.draw_search(row)
        with row.account:
            accounts.draw_account()
    navigation.run()
    if opened is not None:
        opened()
    if name != SCREENS[0][0]:
        with left_out:
            asked.say_lists(name)
    if warned is not None and (now := reads.quoted(current, name, reads.in_sight(name))) != warned:
        # The gesture that asked for this run chose to read something else.
        bar.warn(row, current, now)
        reads.told(now)
    if not alone and not choosing:
        bar.draw_share(row, name)
        exporting.draw(row.exports)
    bar.draw_foot(guided=not alone and role > Role.PUBLIC and navigation.title != "Guide")
    starting.drawn()
    region_switch.drawn(name)
    settle_at_times()
except ProxiSoinsError as error:
    shell.explain(error)
