"""The region in use, named in the bar: it opens the list of all regions, wherever one is."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from data.region import france
from data.upkeep import region_builds
from geo.errors import ProxiSoinsError
from pages import accounts, shell
from pages.accounts import Role
from pages.state import ViewState

KEY = "region_du_bandeau"
"""Key of the list, which a session holds open or closed."""
ASKED = "region_asked"
"""Key of the region whose building this session asked for: it opens when it is there."""
REFUSED = "region_refused"
"""Key of why a build did not start, until the screen of regions says it."""

_READY = "**Régions prêtes** : leur carte s’ouvre."
_ALL = "Toutes les régions, avancement et archives"
"""Words of the list, as buttons and as links."""

DRAWN = "screens_drawn"
"""Key of the screens that this session has seen to their end, each in its region."""


def label(code: str) -> str:
    """Return the name of a region; of a code that an address made up, that there is none such."""
    return "France" if code == france.WHOLE else france.NAMES.get(code, "Région inconnue")


def open_region(code: str) -> None:
    """Go to the map of a region; nothing of the view of another is kept."""
    st.session_state.pop(ASKED, None)
    shell.remember(ViewState(region=code), address=False)
    # Said even where it is the default: the map that is left then knows that it is.
    st.switch_page("pages/carte.py", query_params={"region": code})


def ask_for(code: str) -> None:
    """Start to build a region; the screen of regions says how far it is, or what stopped it."""
    try:
        accounts.require(Role.ADMINISTRATOR)
        region_builds.start(code)
    except ProxiSoinsError as error:
        st.session_state[REFUSED] = str(error)
    else:
        st.session_state[ASKED] = code


def drawn(screen: str) -> None:
    """Take note that a screen has been drawn to its end: the list answers at once from then on."""
    seen = st.session_state.setdefault(DRAWN, set())
    seen.add((screen, shell.view().region))


@st.fragment
def draw(screen: str) -> None:
    """Draw the name of the region in the bar, and under it every region by name."""
    here = shell.view().region
    with st.container(key="region_en_tete"):
        # Its content is made when it is open: this stands on every screen.
        box = st.popover(label(here), icon=":material/public:", key=KEY, on_change="rerun")
    if box.open:
        with box:
            _draw_list(here)
    elif (screen, here) not in st.session_state.get(DRAWN, ()):
        with box:
            _draw_links(here)


def _draw_links(here: str) -> None:
    """Draw the list for who opens it while a screen is being computed.

    Until the end of that run the server answers no click of this session, and the list would be
    blank: a link opens a session of its own.
    """
    lines = [(f"./?region={code}", label(code)) for code in _ready() if code != here]
    lines.append((f"./regions?{urlencode({'region': here})}", _ALL))
    told = "".join(
        f'<p><a href="{escape(to)}" target="_self">{escape(name)}</a></p>' for to, name in lines
    )
    st.markdown(_READY)
    st.html(f'<nav aria-label="Ouvrir une autre région">{told}</nav>')


def _ready() -> list[str]:
    """Return the codes of the regions that are built, by name, France last."""
    built = france.built()
    return [code for code in (*france.NAMES, france.WHOLE) if code in built]


def _draw_list(here: str) -> None:
    ready, build = _ready(), region_builds.last()
    st.markdown(_READY)
    with st.container(key="regions_pretes", gap=None):
        for code in ready:
            if st.button(
                label(code) + (" · affichée" if code == here else ""),
                key=f"tete-{code}",
                type="tertiary",
                width="stretch",
                disabled=code == here,
            ):
                open_region(code)
    missing = [code for code in france.NAMES if code not in ready]
    if missing:
        _draw_missing(missing, build)
    st.page_link("pages/regions.py", label=_ALL)


def _draw_missing(missing: list[str], build: region_builds.Build | None) -> None:
    """Draw the regions to build, and say before one clicks what a click starts."""
    may_build = accounts.role() >= Role.ADMINISTRATOR
    busy = build is not None and build.running
    st.markdown("**À construire**")
    if not may_build:
        st.caption("Seul un administrateur construit une région qui n’est pas encore là.")
    elif busy and build is not None:
        st.caption(f"{label(build.region)} est en construction : une région à la fois.")
    else:
        st.caption(
            "Un clic la construit, en une à trois minutes, à partir de données publiques ; "
            "l’avancement s’affiche, et sa carte s’ouvre à la fin."
        )
    with st.container(key="regions_a_construire", gap=None):
        for code in missing:
            if st.button(
                france.NAMES[code],
                key=f"tete-{code}",
                type="tertiary",
                width="stretch",
                disabled=busy or not may_build,
            ):
                ask_for(code)
                st.switch_page("pages/regions.py")
