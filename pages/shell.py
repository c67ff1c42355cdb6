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

THEME = STATIC / "proxisoins" / "theme.css"
"""The one file of colours, which the map's frame reads too."""

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


_REGION = (
    # Streamlit draws its bar itself: the region's name is laid over the end that is kept free.
    "[data-testid=stTopNav]{margin-right:12.5rem}"
    "*:has(>.st-key-region_en_tete){position:absolute}"
    ".st-key-region_en_tete{position:fixed;top:.55rem;right:1rem;z-index:999990;"
    "width:auto;max-width:11.5rem}"
    ".st-key-region_en_tete [data-testid=stPopover]>div>button{max-width:11.5rem;padding:0 .5rem;"
    "border-color:transparent}"
    ".st-key-region_en_tete p{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    # A long name is cut where the button ends; each of Streamlit's boxes in it would be as wide.
    ".st-key-region_en_tete button>div{max-width:100%;margin-right:0}"
    ".st-key-region_en_tete button :not(svg){min-width:0}"
    "[data-testid=stPopoverBody]:has(.st-key-regions_pretes){width:19rem}"
    ".st-key-regions_pretes button,.st-key-regions_a_construire button"
    "{min-height:1.9rem;padding:0 .3rem}"
    ".st-key-regions_pretes button>*,.st-key-regions_a_construire button>*"
    "{justify-content:flex-start;width:100%}"
    "@media(max-width:640px){.st-key-region_en_tete{right:.5rem;max-width:9.6rem}"
    ".st-key-region_en_tete [data-testid=stPopover]>div>button{max-width:9.6rem}}"
)
"""The region's name at the end of the bar, at every width."""

_MENU = (
    # Closed, it stands beside the window: the keyboard went through its links there, out of sight.
    "[data-testid=stSidebar][data-collapsed=true]{visibility:hidden}"
    # In a narrow window it stands behind two chevrons, which say nothing: the word instead.
    "@media(max-width:640px){[data-testid=stHeaderLogo]{height:1.5rem}}"
    "[data-testid=stExpandSidebarButton]{width:auto;padding:0 .1rem}"
    "[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial]{display:none}"
    "[data-testid=stExpandSidebarButton]::after{content:'Menu';font-size:.9rem;font-weight:600;"
    "color:var(--blue);text-decoration:underline;text-underline-offset:3px}"
)

_BAR = (
    ".st-key-barre{row-gap:.4rem!important}"
    # A page without a menu has nothing else between the line of the header and what warns.
    ".block-container:not(:has(.st-key-region_en_tete)) .st-key-barre{margin-top:.5rem}"
    ".st-key-barre>*:has(>.st-key-barre_cherche){flex:1 1 15rem;width:auto;min-width:15rem}"
    ".st-key-barre>*:has(>.st-key-barre_avertit){flex:1 1 20rem;width:auto;min-width:0;"
    "max-width:max-content;margin-right:auto}"
    # Where it stands alone, as on a shared page, it is as wide as its words.
    "details.ps-desk:not(.st-key-barre *){width:fit-content;box-sizing:border-box}"
    # On one line whatever it says: unfolded, it says all.
    ".st-key-barre details:not([open]) summary"
    "{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}"
    # What warns is as high as what it stands beside, and wide when it is unfolded.
    ".st-key-barre summary{padding:.1rem 0}"
    ".st-key-barre details{min-height:2.5rem;display:flex;flex-direction:column;"
    "justify-content:center;padding-top:.2rem;padding-bottom:.2rem;box-sizing:border-box}"
    ".st-key-barre>*:has(details[open]){min-width:min(100%,36rem)}"
    # Beside the search, a small window has room for the name of the warning.
    "@media(max-width:1180px){.st-key-barre:has(.st-key-barre_cherche) details:not([open]) .ps-more"
    "{display:none}}"
    ".st-key-barre h1.ps-named{font-size:1.15rem;line-height:2.5rem;padding:0;margin:0;"
    "white-space:nowrap;overflow:hidden;text-overflow:ellipsis}"
    "@media(max-width:640px){.st-key-barre>*:has(>.st-key-barre_cherche){min-width:100%}"
    # A telephone keeps its height for the map, whose name is heard there.
    ".st-key-barre>*:has(.ps-named){position:absolute;width:1px;min-width:0!important;height:1px;"
    "overflow:hidden;clip-path:inset(50%)}"
    ".st-key-barre>*:has(>.st-key-barre_avertit){flex:1 1 8rem;max-width:none}"
    ".st-key-barre>*:has(>.st-key-barre_avertit:not(:has(summary))){flex-basis:0}"
    ".st-key-barre details:not([open]) summary{white-space:normal}"
    ".st-key-barre details:not([open]) .ps-more{display:none}}"
)
"""Search, what is simulated, share and export: one row where the window has the width for it."""

_ON_A_PHONE = (
    # Choices on two rows: each has its own edge, where a shared one is lost at the end of a row.
    "@media(max-width:640px){.stButtonGroup [role=radiogroup]{gap:.25rem}"
    "[data-variant=segmented_control]{margin:0!important;border:1px solid var(--edge)!important;"
    "border-radius:.25rem!important;padding:0 .5rem!important}"
    "[data-variant=segmented_control][data-selected]{border-color:var(--blue)!important}"
    # Files and figures two by two, as wide as each other where their names allow it.
    "[data-testid=stHorizontalBlock]>:has(>.stDownloadButton)"
    "{flex:1 1 calc(50% - .7rem)!important;min-width:fit-content;max-width:100%}"
    ".stDownloadButton button{width:100%}"
    "[data-testid=stElementContainer]:has(>.stDownloadButton){max-width:100%}"
    ".stDownloadButton button *{white-space:normal}"
    "[data-testid=stHorizontalBlock]>[data-testid=stColumn]:has([data-testid=stMetric])"
    "{flex:1 1 calc(50% - .7rem)!important;min-width:0}"
    "[data-testid=stMetricLabel] *{white-space:normal!important}"
    "[data-testid=stMetricValue]{font-size:1.6rem}"
    # So do numbers to type: their fields were as wide as the screen, each on a row of its own.
    "[data-testid=stHorizontalBlock]>[data-testid=stColumn]:has([data-testid=stNumberInput])"
    "{flex:1 1 calc(50% - .7rem)!important;min-width:0;align-self:flex-end}}"
)
"""Rows of a telephone: what Streamlit lets wrap as it comes."""

ANSWER = "reponse_"
"""Start of the keys of containers of the sentence that a screen answers with."""
_MEASURE_REM, _CAPTION_REM = 46, 52
"""Width of a text, of what is said under a figure in smaller letters: beyond a hundred letters or
so the eye loses its line on the way back.
"""
_FIELDS = ".stSelectbox,.stMultiSelect,.stTextInput,.stNumberInput,.stTextArea"
_READING = (
    "@media screen{"
    ".stMain [data-testid=stMarkdownContainer]>:is(p,ul,ol),.stMain .katex-display,"
    f".stMain .stText>*{{max-width:{_MEASURE_REM}rem}}"
    f".stMain [data-testid=stCaptionContainer]>p{{max-width:{_CAPTION_REM}rem}}}}"
    # What a screen answers stands out from what it asks, and from what explains it.
    f"[class*=st-key-{ANSWER}]{{border-left:4px solid var(--blue);background:var(--blue-ground);"
    f"padding:.6rem .9rem;max-width:{_MEASURE_REM + 2}rem;box-sizing:border-box}}"
    f"[class*=st-key-{ANSWER}] .stText>*{{font-weight:600}}"
    # A field alone on its row is no wider than a line of text, its arrow near what it says.
    f".stMain :is({_FIELDS}):not([data-testid=stColumn] *){{max-width:{_MEASURE_REM}rem}}"
    # What warns or says what to do next is as wide as its words.
    f"[data-testid=stAlert]{{width:fit-content;max-width:{_MEASURE_REM + 2}rem}}"
    # The bar, what it is about, and what goes with every screen are parted by a line.
    "header[data-testid=stHeader]{border-bottom:1px solid var(--line)}"
    ".st-key-pied{border-top:1px solid var(--line);padding-top:.7rem;margin-top:1.2rem}"
    ".st-key-pied p{white-space:normal!important}"
    "@media print{.st-key-pied{display:none!important}}"
    # What opens more choices is as wide as its name.
    "[data-testid=stColumn]:has(.stPopover){min-width:9rem}"
    # What leads to another screen looks so, all of it where no part of it stands out.
    ".stPageLink a strong,.stPageLink a p:not(:has(strong))"
    "{color:var(--blue);text-decoration:underline;text-underline-offset:3px}"
)
"""How texts and links of every screen look."""

_FRENCH_STREAMLIT = (
    "[data-testid=stFileUploaderDropzoneInstructions] span{display:none}"
    "[data-testid=stFileUploaderDropzoneInstructions]>div::after{content:'ou le déposer ici'}"
    # The screens that the width has no room for: "3 more".
    "[data-testid=stTopNavSection] p{font-size:0}"
    "[data-testid=stTopNavSection] [data-testid=stMarkdownContainer]::after"
    "{content:'Autres écrans'}"
)
"""Streamlit's own English, under which French is written."""

_TARGETS = (
    ".stTooltipIcon button{min-width:24px;min-height:24px;margin:-4px;display:inline-flex;"
    "align-items:center;justify-content:center}"
    "[data-testid=stHeaderActionElements] a{min-width:24px;min-height:24px;display:inline-flex;"
    "align-items:center;justify-content:center}"
    "[role=dialog] button[aria-label=Fermer]{min-width:24px;min-height:24px}"
    "[data-tag] button{min-width:24px;min-height:24px;margin:-2px -8px -2px -4px}"
    ".react-aria-ComboBox button{min-height:24px}"
    ".stCheckbox label,details.ps-desk summary{min-height:24px}"
)
"""Streamlit's smallest buttons (help, link of a heading, cross of a choice), wide as a finger."""

_FOCUS = (
    # What takes the focus above the window comes below the bar, which covered it.
    "[data-testid=stMain]{scroll-padding-top:4.5rem}"
    # The buttons of a table show themselves to a mouse alone, and lie half under it.
    "[data-testid=stElementToolbar]:focus-within"
    "{opacity:1!important;top:-2.4rem!important;z-index:2!important}"
)
"""What has the focus is in sight."""


_CLICKED = (
    ":is(.stDownloadButton,.stButton,.stSelectbox,.stMultiSelect,.stExpander,.stTextInput,"
    ".stPopover,.stCheckbox,.stPageLink,.stTextArea,.stFileUploader)"
)
"""What one clicks on or writes in."""

_ON_PAPER = (
    # The figures and their sources, without what one clicks on.
    f"@media print{{header,{_CLICKED},[data-testid=stElementContainer]:has(>{_CLICKED}),"
    "[data-testid=stElementToolbar],"
    "[data-testid=stElementContainer]:has([data-testid=stDataFrame]),"
    # Of choices side by side, the one that was made: the others lead to what is not printed.
    "[data-variant]:not([data-selected]),.stButtonGroup:not(:has([data-selected])),"
    "[role=tab]:not([aria-selected=true]),"
    # What is for the planner's desk alone gives way to what anyone may read.
    f".ps-desk,[class*=st-key-{DESK}],[class*=st-key-{ASKED}] .stNumberInput,"
    f"[class*=st-key-{ASKED}]:not(:has([class*=st-key-{ANSWER}])),"
    # What holds nothing else goes with it: its gaps alone filled a last page.
    f"[data-testid=stLayoutWrapper]:not([class*=st-key-{TYPED}] *)"
    f":not(:has([data-testid=stElementContainer]>:not({_CLICKED}))),"
    f"[data-testid=stLayoutWrapper]:has(>:is([class*=st-key-{DESK}],.st-key-pied)),"
    "[data-testid=stElementContainer]:is(:empty,:has(>.stEmpty,>.stHtml>style:only-child))"
    "{display:none!important}"
    # What was typed is read on paper where it is what the figures are about.
    f"[class*=st-key-{TYPED}] :is(.stTextInput,[data-testid=stElementContainer]:has(>.stTextInput))"
    "{display:block!important}"
    f"[class*=st-key-{TYPED}],[class*=st-key-{TYPED}] *{{min-height:0!important;"
    "row-gap:.1rem!important;padding-block:0!important;border-color:transparent!important;"
    "background:none!important}"
    f"[class*=st-key-{TYPED}] [data-testid=stTextInputRootElement]{{height:1.5rem!important}}"
    "[data-variant],[data-variant] *{flex-shrink:0!important;max-width:none!important;"
    "overflow:visible!important}"
    f"[class*=st-key-{ASKED}]{{break-inside:avoid}}"
    ".ps-paper{display:revert!important}.ps-small{font-size:.68rem;line-height:1.2;margin:0!important}"
    ".st-key-barre>*:has(.ps-paper){flex:1 1 100%!important;max-width:none!important}"
    # Beside its map a list would be as narrow as the telephone that prints it; and a flexible box
    # that goes on over a page covers what follows it.
    "[data-testid=stHorizontalBlock]:has(iframe){display:block!important}"
    "[data-testid=stHorizontalBlock]:has(iframe)>*{width:100%!important;margin-bottom:.6rem}"
    # A heading stays with what it names.
    ":is(h1,h2,h3),[data-testid=stElementContainer]:has(:is(h1,h2,h3)){break-after:avoid}"
    ".block-container{padding:0!important}.stMain,.block-container{min-height:0!important}"
    "@page{size:A4;margin:11mm}"
    # A screen is wider than a sheet of paper.
    ".stMain{zoom:.7}[data-testid=stVerticalBlock]{gap:.6rem!important}}"
)
"""What a print from the browser holds of a screen."""


def name_tab(title: str) -> None:
    """Name the tab of the browser, as the title of the page does."""
    st.set_page_config(page_title=f"{title} · ProxiSoins")


def open_page(*, title: str = "") -> None:
    """Draw what stands above every screen, and name the tab of the browser."""
    if title:
        name_tab(title)
    st.html(THEME)
    st.html(
        "<style>.block-container{padding:3.9rem 1.2rem 1rem}"
        # One rhythm: close rows, titles near what they announce, one blue for what counts.
        ".block-container [data-testid=stVerticalBlock]{gap:.7rem}"
        ".block-container h1{padding:.2rem 0 .9rem}"
        ".block-container h2{padding:.9rem 0 .7rem}.block-container h3{padding:.5rem 0 .55rem}"
        "[data-testid=stTopNavLink][aria-current=page]{box-shadow:inset 0 -3px 0 var(--blue);"
        "border-radius:0;background:none}"
        "[data-testid=stMetricValue]{font-weight:700;color:var(--blue)}"
        # What warns is read before what it is about: no higher than its words, and in ink.
        "[data-testid=stAlertContainer]{padding:.45rem .8rem;color:var(--ink)}"
        # Names alone in the menu: with icons it is cut on a small screen, by an entry in English.
        "@media(max-width:1400px){"
        "[data-testid=stTopNavLink]>span:has([data-testid=stIconMaterial]){display:none}"
        "[data-testid=stTopNavLink]{padding:.2rem .4rem}}"
        f"{_REGION}{_MENU}"
        f"{_BAR}{_READING}{_ON_A_PHONE}"
        # As high with the focus as without: what lay below moved under the finger that pressed it.
        "[data-testid=stMultiSelectTagsContainer] input{min-width:3rem!important}"
        # A table that goes on at its right fades there: it would be cut in a word or a number.
        # Its buttons stand above it, and its ring is whole.
        ".ps-plain[data-more]:not(:focus-visible),[data-testid=stDataFrame][data-more]"
        ">:not([data-testid=stElementToolbar]):not(:has(:focus-visible))"
        "{mask-image:linear-gradient(to left,transparent,#000 1rem)}"
        # What Streamlit greys out stays readable.
        "[data-testid=stCaptionContainer],[data-testid=stCaptionContainer] *"
        "{color:var(--soft)!important;opacity:1!important}"
        # Whatever the layout of a telephone says of rows.
        "@media screen{.ps-paper,[data-testid=stElementContainer]:has(>[data-testid=stHtml]>"
        ".ps-paper:only-child){display:none!important}}"
        f"{_ON_PAPER}{_FRENCH_STREAMLIT}{_TARGETS}{_FOCUS}</style>"
    )


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
