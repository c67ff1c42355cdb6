"""The bar above the screens: the search of a place, what is simulated, share and export."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from html import escape
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitPageNotFoundError

from data.base import french
from data.region import embedded_set
from data.region.search import Found, search
from data.region.territory import Provenance, Territory
from pages import grids, shell, starting

LOGO = "static/proxisoins/marque.svg"
ASKED = "bar_search"
"""Key of what is written in the search."""
CHOSEN = "bar_chosen"
"""Key of the territory that was chosen among those found, until its sheet is open."""


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def _found(territory: Territory, asked: str) -> list[Found]:
    named = embedded_set.departement_names(territory.region)
    return search(territory.communes, named, asked)


def _open(found: Found) -> None:
    """Go to the sheet of a place, at the end of the run that this click starts."""
    st.session_state[ASKED] = ""
    st.session_state[CHOSEN] = f"{found.level}:{found.code}"


@dataclass(frozen=True)
class Row:
    """Places of the bar, in the order in which they are read.

    Attributes
    ----------
    search, warning, account, share, exports
        Where each stands: what fills a place may come after the screen.
    below
        Under the bar: what the search found.
    """

    search: DeltaGenerator
    warning: DeltaGenerator
    account: DeltaGenerator
    share: DeltaGenerator
    exports: DeltaGenerator
    below: DeltaGenerator


def row() -> Row:
    """Draw the bar, empty."""
    bar = st.container(horizontal=True, horizontal_alignment="right", key="barre")
    return Row(
        search=bar.container(key="barre_cherche"),
        warning=bar.container(key="barre_avertit").empty(),
        # As wide as their buttons.
        account=bar.container(width="content"),
        share=bar.container(width="content"),
        exports=bar.container(width="content"),
        below=st.container(),
    )


def warn(place: Row, territory: Territory, known: Sequence[Provenance]) -> None:
    """Draw in the bar what is simulated of what a screen reads, in the place of what it said."""
    with place.warning.container():
        shell.ribbon(territory, known)


def name_map(place: Row, territory: Territory) -> None:
    """Draw the name of the map in the bar, where the other screens have the search."""
    told = f"Carte de l’accès aux médecins, {territory.region_name}"
    place.search.html(f'<h1 class="ps-named">{escape(told)}</h1>')


def draw_search(place: Row) -> None:
    """Draw the search in the bar, and under it what it finds."""
    chosen = st.session_state.pop(CHOSEN, "")
    if chosen:
        shell.remember(replace(shell.view(), territory=chosen))
        st.switch_page("pages/territoire.py")
    territory = shell.territory()
    asked = place.search.text_input(
        "Chercher un territoire",
        key=ASKED,
        # Whole in the field of a telephone; a map has a search of its own, which moves it.
        placeholder="Ouvrir une fiche : commune, code, EPCI…",
        label_visibility="collapsed",
        max_chars=80,
    )
    if asked:
        with place.below:
            _draw_found(territory, asked)


def draw_share(place: Row, screen: str) -> None:
    """Draw « Partager »: the address of the view, and a link to it for anyone.

    After the screen: the address is then that of what it shows.
    """
    # Its content is made when it is open: the map then has told where it stands.
    box = place.share.popover("Partager", key=f"partager_{screen}", on_change="rerun")
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


def draw_foot(*, guided: bool = True) -> None:
    """Draw what stands under every screen: plain tables, the way to the guide and its glossary."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="pied"):
        grids.draw_choice()
        if not guided:
            return
        with suppress(StreamlitPageNotFoundError):  # a screen that is run alone knows no other
            st.page_link("pages/guide.py", label="Guide et glossaire", icon=":material/help:")


def _address() -> str:
    """Return the address of the view, as the browser shows it."""
    parts = urlsplit(st.context.url or "")
    query = urlencode(st.query_params.to_dict())
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{query}" if query else "")
