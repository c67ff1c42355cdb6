"""What every screen shares: the territory in use, the view, the ribbon."""

import time
from collections.abc import Callable, Sequence
from html import escape
from operator import attrgetter
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.access import indicators
from data.base.french import listed, unbroken
from data.base.paths import STATIC
from data.maps import risk as risk_map
from data.region import catalogue, embedded_set, france, privacy
from data.region.territory import Provenance, Territory, passed_over_told, warning_of
from data.uploads.site import Site
from geo.errors import ProxiSoinsError
from models.learning.signals import DEFAULT_HORIZON
from models.region import kept_risk, predict
from pages import accounts, following, own_choices
from pages.state import ViewState

_VIEW = "view"
_REPLACED = "adresses_remplacees"
_MOST_REPLACED = 8
_PLACE = {"lon", "lat", "z"}
"""What the browser writes in the address by itself, when the map is moved."""
_SHOWN = ("ind", "couches")
"""What it writes there when the map opens."""
HEARD_AFTER_S = 60.0
"""What a run may take to reach the server with the address before, at most."""

CARTE, CARTE_TURN, _CARTE_LEFT = "carte_payload", "carte_tour", "carte_quittee"
"""Keys of what the main map was sent, the same while one stays there; of the last thing that its
client said and that has been followed; and of what that was when one went to another screen.
"""

STYLES = tuple(STATIC / "proxisoins" / f"{name}.css" for name in ("theme", "screens", "paper"))
"""The one file of colours, which the map's frame reads too; how screens look; what is printed."""

CacheKeys = dict[str | type[Any], Callable[[Any], Any]]

BY_VERSION: CacheKeys = {
    Territory: attrgetter("version"),
    Site: repr,
}
"""How Streamlit's caches tell territories apart (`hash_funcs`): it would read all their tables."""


_AFTER_A_LINK = ".,;:!?>)]}»”’\"' "
"""What a sentence or a mail leaves at the end of a link; no value ends so, but those of `_FREE`."""
_FREE = frozenset({"source", own_choices.WORD})
"""What someone has typed, which ends as they have ended it."""


def tidy_address() -> None:
    """Drop from the address what followed the link when it was copied."""
    for name, value in st.query_params.to_dict().items():
        if name not in _FREE and (clean := value.rstrip(_AFTER_A_LINK)) != value:
            st.query_params[name] = clean


def view() -> ViewState:
    """Return the view: of the address when it holds one, else the last of this session.

    Back to an address that holds none is back to the default.

    A run that was asked before the browser had heard of an address brings the one before: the view
    of the session is the newer one then, unless Back or Forward asked for it.
    """
    query = st.query_params.to_dict()
    former = _replaced(query)
    if former is not None and not following.stepped():
        told = _with_map(in_address(st.session_state[_VIEW]), query, former)
        st.session_state[_VIEW] = ViewState.from_query(told)
        st.query_params.from_dict(told)
    elif query or following.stepped() or _VIEW not in st.session_state:
        st.session_state[_VIEW] = ViewState.from_query(query)
    kept: ViewState = st.session_state[_VIEW]
    return kept


def _untouched(newer: dict[str, str], former: dict[str, str]) -> set[str]:
    """Return what the map writes and the server has left alone since the former address."""
    place = _PLACE if all(newer.get(name) == former.get(name) for name in _PLACE) else set()
    return place | {name for name in _SHOWN if newer.get(name) == former.get(name)}


def _with_map(
    newer: dict[str, str], late: dict[str, str], former: dict[str, str]
) -> dict[str, str]:
    """Return the newer address with what the map has written in the late one meanwhile."""
    names = _untouched(newer, former)
    kept = {name: text for name, text in newer.items() if name not in names}
    return kept | {name: text for name, text in late.items() if name in names}


def _same(one: dict[str, str], other: dict[str, str], but: set[str] = _PLACE) -> bool:
    """Tell whether two addresses differ at most in these names."""
    return all(one.get(name) == other.get(name) for name in {*one, *other} - but)


def _replaced(query: dict[str, str]) -> dict[str, str] | None:
    """Return the address replaced so lately that the browser may still bring it, if this is it."""
    replaced: list[tuple[dict[str, str], float]] = st.session_state.get(_REPLACED, [])
    since = time.monotonic() - HEARD_AFTER_S
    if not replaced:
        return None
    newer = in_address(st.session_state[_VIEW])
    late = (
        former
        for former, moment in replaced
        if moment > since and _same(query, former, _PLACE | _untouched(newer, former))
    )
    return next(late, None)


def heard() -> None:
    """Take note that the browser shows the view: what it brings next was chosen there."""
    st.session_state.pop(_REPLACED, None)


def to_region(code: str) -> None:
    """Go to the region of what the address names, where another one is open."""
    if view().region != code:
        st.query_params["region"] = code
        st.rerun()


def follow_region(code: str) -> None:
    """Go to the region of the scenario of an address that names no region itself."""
    if "region" not in st.query_params:
        to_region(code)


def remember(changed: ViewState, *, address: bool = True) -> None:
    """Keep a view for the other pages and, unless the browser does it, write the address."""
    st.session_state[_VIEW] = changed
    former, told = st.query_params.to_dict(), in_address(changed)
    if not address or former == told:
        return
    others: list[tuple[dict[str, str], float]] = st.session_state.get(_REPLACED, [])
    others = [one for one in others if not (_same(one[0], former) or _same(one[0], told))]
    if not _same(former, told):
        others.append((former, time.monotonic()))
    st.session_state[_REPLACED] = others[-_MOST_REPLACED:]
    st.query_params.from_dict(told)


def in_address(shown: ViewState) -> dict[str, str]:
    """Return what the address says of a view, and of the screen in sight alone.

    Where there are several regions, it says which one it is.
    """
    named = {"region": shown.region} if france.built() - {ViewState.region} else {}
    return named | shown.to_query() | own_choices.told()


def leave_carte() -> None:
    """Have the main map open on the view of then when one comes back, not on that which it left."""
    st.session_state.pop(CARTE, None)
    st.session_state[_CARTE_LEFT] = st.session_state.get(CARTE_TURN)


def was_left(turn: object) -> bool:
    """Tell whether the client of the main map said this before one went to another screen.

    The browser brings it once more with the return, when the view may have moved.
    """
    return turn is not None and turn == st.session_state.get(_CARTE_LEFT)


def name_region() -> None:
    """Name the region in the address of a screen that was opened without one.

    Where there are several, a bare address is that of each of them: Back to it would keep the last
    one. What follows the menu is a step of its own, and what follows Back replaces the bare one.
    """
    if not st.query_params:
        remember(view())


@st.cache_resource(show_spinner="Chargement de la région…", max_entries=4)
def _territory(region_and_state: tuple[str, str]) -> Territory:
    return catalogue.load_territory(region_and_state[0])


def region(code: str) -> Territory:
    """Return a region, as the data stand now."""
    return _territory((code, catalogue.state_key(code)))


def territory() -> Territory:
    """Return the region of the view, as the data stand now."""
    return region(view().region)


@st.cache_resource(show_spinner=False)
def _opened() -> set[tuple[str, str]]:
    """Return the screens of all of France that this process has drawn, each in its state."""
    return set()


def say_opening(below: DeltaGenerator, screen: str) -> Callable[[], None]:
    """Say what the first opening of all of France does while it is done; return what ends it.

    A region opens in seconds: its spinners say enough.
    """
    if view().region != france.WHOLE:
        return lambda: None
    known = (screen, catalogue.state_key(france.WHOLE))
    if known in _opened():
        return lambda: None
    place = below.empty()
    place.info(
        "Première ouverture de la France entière : ses communes et leurs médecins se chargent, les "
        "indicateurs se calculent, l’écran se prépare. Une à quelques minutes cette fois, quelques "
        "secondes ensuite. En attendant, une région s’ouvre en haut de l’écran."
    )

    def end() -> None:
        _opened().add(known)
        place.empty()

    return end


@st.cache_resource(show_spinner="Calcul des indicateurs…", max_entries=4, hash_funcs=BY_VERSION)
def commune_indicators(current: Territory) -> pd.DataFrame:
    """Return one row of indicators per commune; read only."""
    return indicators.commune_indicators(current)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_VERSION)
def whole(current: Territory) -> pd.Series:
    """Return the indicators of the region, or of France, as one row; read only."""
    return indicators.whole(current, commune_indicators(current))


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_VERSION)
def aggregated_indicators(current: Territory, level: str) -> pd.DataFrame:
    """Return one row of indicators per EPCI, département…; read only."""
    return indicators.aggregated_indicators(current, level)


@st.cache_resource(show_spinner="Calcul du risque…", max_entries=8, hash_funcs=BY_VERSION)
def risk(current: Territory, horizon: int) -> pd.DataFrame:
    """Return the risk of every commune that has a GP, the riskiest first; read only.

    For planners: all others take `public_risk`. The horizon has no default: the cache would tell
    it from the same one that is given, and compute twice.
    """
    return kept_risk.risk_table(current, horizon)


@st.cache_resource(show_spinner="Calcul du risque…", max_entries=8, hash_funcs=BY_VERSION)
def public_risk(current: Territory, horizon: int) -> pd.DataFrame:
    """Return what may be told of the risk to anyone (see `data.region.privacy`); read only."""
    return predict.grouped_risk(current, horizon, kept_risk.risk_table(current, horizon))


def known_risk(current: Territory) -> pd.DataFrame | None:
    """Return the risk at three years, None where it is not known or not for who is looking."""
    if not accounts.may_see_risk():
        return None
    try:
        return risk(current, DEFAULT_HORIZON)
    except ProxiSoinsError:
        return None


def communes_with_risk(current: Territory) -> pd.DataFrame:
    """Return the indicators of the communes for who is looking, with the risk class when known."""
    return communes_as_seen(current, with_risk=accounts.may_see_risk())


def communes_as_seen(current: Territory, *, with_risk: bool) -> pd.DataFrame:
    """Return the same for who may see the risk or may not: asks nothing of the session."""
    table = commune_indicators(current)
    if not with_risk:
        return privacy.public_load(table)
    try:
        return risk_map.with_risk(table, risk(current, DEFAULT_HORIZON))
    except ProxiSoinsError:
        return table


_RIBBON = (
    "background:#fff3d6;border-left:5px solid #b34000;padding:.35rem .8rem;font-size:.88rem;"
    "color:#161616"
)


def ribbon(current: Territory, known: Sequence[Provenance]) -> None:
    """Say at the top of a screen what is simulated or rests on unknown minutes, if anything.

    Of what its figures read alone, `known` as `pages.reads` quotes it.
    """
    if not known:
        return
    if current.unverified_minutes:
        st.html(f'<p style="{_RIBBON};margin:0 0 .3rem">{escape(current.unverified_minutes)}</p>')
    if not (warned := warning_of(known)):
        return
    heading, told = warned.removesuffix(".").split(" : ", 1)
    tables = listed(table.title for table in known if table.simulated)
    elsewhere = passed_over_told(known, current.region_name)
    passed_over = f"{escape(elsewhere)} " if elsewhere else ""
    which = f"Simulé : {escape(tables)}."
    said = unbroken(
        f"<strong>{heading.capitalize()}</strong><span class=ps-more> : {told}. {passed_over}"
        f"Lesquelles ?</span></summary>{which} Importez les vôtres dans « Données et méthode »."
    )
    # Nothing unfolds on paper: it says all, in a sentence.
    paper = unbroken(f"<strong>{heading.capitalize()}</strong> : {told}. {passed_over}{which}")
    st.html(
        f'<details class="ps-desk" style="{_RIBBON}"><summary style="cursor:pointer">{said}'
        f'</details><p class="ps-paper" style="{_RIBBON};margin:0">{paper}</p>'
    )


DESK = "bureau_"
"""Start of the keys of containers that a print from the browser leaves out."""
ASKED = "question_"
"""Start of the keys of containers that it keeps once they hold an answer, without their numbers to
choose, which the answer says.
"""
TYPED = "saisie_"
"""Start of the keys of containers whose fields it keeps: what was typed there is to be read."""


def working_paper() -> None:
    """Have a print from the browser say at its head that it is a planner's, not to be given out."""
    st.html(f'<p class="ps-paper"><strong>{privacy.WORKING_PAPER}</strong></p>')


ANSWER = "reponse_"
"""Start of the keys of containers of the sentence that a screen answers with."""


def name_tab(title: str) -> None:
    """Name the tab of the browser, as the title of the page does."""
    st.set_page_config(page_title=f"{title} · ProxiSoins")


def open_page(*, title: str = "") -> None:
    """Draw what stands above every screen, and name the tab of the browser."""
    if title:
        name_tab(title)
    for sheet in STYLES:
        st.html(sheet)


def explain(error: ProxiSoinsError) -> None:
    """Say why a screen cannot be drawn, and lead back to the map of the default region."""
    st.error("Cet écran ne peut pas s’afficher.")
    region = view().region
    absent = region not in france.built()
    if absent and region in embedded_set.CODES:
        # The error names the command, for who works in a terminal.
        st.text(
            f"{france.name(region)} : ses données ne sont pas encore construites ici. "
            + (
                "Choisissez-la dans la liste des régions : une à trois minutes."
                if accounts.role() >= accounts.Role.ADMINISTRATOR
                else "Un administrateur les construit depuis la liste des régions."
            )
        )
    else:
        st.text(str(error))
    if absent and st.button("Choisir une région", type="primary"):
        st.switch_page("pages/regions.py")
    if st.button("Revenir à la carte"):
        st.session_state.pop(_VIEW, None)
        st.switch_page("pages/carte.py")
