"""What stands above the screens: the name, the search of a place, the address to share."""

from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitPageNotFoundError

from data.base import french
from data.region import embedded_set
from data.region.search import Found, search
from data.region.territory import Territory
from pages import grids, shell, starting

LOGO = "static/proxisoins/marque.svg"
ASKED = "bar_search"
"""Key of what is written in the search."""
CHOSEN = "bar_chosen"
"""Key of the territory that was chosen among those found, until its sheet is open."""


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def _found(territory: Territory, asked: str) -> list[Found]:
    table = embedded_set.departements(territory.region)
    named = dict(zip(table["code"].astype(str), table["name"].astype(str), strict=True))
    return search(territory.communes, named, asked)


def _open(found: Found) -> None:
    """Go to the sheet of a place, at the end of the run that this click starts."""
    st.session_state[ASKED] = ""
    st.session_state[CHOSEN] = f"{found.level}:{found.code}"


def draw(screen: str, *, with_search: bool) -> DeltaGenerator | None:
    """Draw the bar, and return where « Exporter » stands; the map has a search of its own."""
    if not with_search:
        return None
    chosen = st.session_state.pop(CHOSEN, "")
    if chosen:
        shell.remember(replace(shell.view(), territory=chosen))
        st.switch_page("pages/territoire.py")
    territory = shell.territory()
    with st.container(horizontal=True, vertical_alignment="center", key="barre"):
        asked = st.text_input(
            "Chercher un territoire",
            key=ASKED,
            # Whole in the field of a telephone; the region is named beside it.
            placeholder="Chercher : commune, code, EPCI, département",
            label_visibility="collapsed",
            max_chars=80,
        )
        draw_share(screen)
        place = st.container(width="content")
    if asked:
        _draw_found(territory, asked)
    return place


def draw_share(screen: str) -> None:
    """Draw « Partager »: the address of the view, and a link to it for anyone."""
    # Its content is made when it is open: the map then has told where it stands.
    box = st.popover("Partager", key=f"partager_{screen}", on_change="rerun")
    if not box.open:
        return
    starting.wait_for_figures()
    from pages import view_sharing  # which needs the database, that no map waits for

    with box:
        st.caption("L’adresse de cette vue : qui l’ouvre la voit, s’il en a le droit.")
        st.code(_address(), language=None, wrap_lines=True)
        view_sharing.draw(screen)


def _draw_found(territory: Territory, asked: str) -> None:
    """Draw the territories found, or say that there is none."""
    found = _found(territory, asked)
    if not found:
        st.caption("Aucun territoire de la région ne correspond : vérifiez le nom ou le code.")
        return
    with st.container(horizontal=True):
        for one in found:
            st.button(
                f"{one.name} · {one.detail}",
                key=f"bar-{one.level}-{one.code}-{french.slug(one.name)}",
                on_click=_open,
                args=(one,),
            )


def draw_foot() -> None:
    """Draw what stands under every screen: plain tables, the way to the guide and its glossary."""
    grids.draw_choice()
    with suppress(StreamlitPageNotFoundError):  # a screen that is run alone knows no other
        st.page_link("pages/guide.py", label="Guide et glossaire", icon=":material/help:")


def _address() -> str:
    """Return the address of the view, as the browser shows it."""
    parts = urlsplit(st.context.url or "")
    query = urlencode(st.query_params.to_dict())
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")
