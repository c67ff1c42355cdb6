"""A link that shows a view of a screen to whoever holds it, read-only: made, listed, revoked."""

from collections.abc import Mapping

import streamlit as st

from data.access.indicators import LEVELS
from data.base import french
from data.region.territory import Territory
from data.scenarios import drafts, listing, sharing, store
from data.scenarios.drafts import Draft
from data.scenarios.listing import Kind
from data.scenarios.sharing import Share
from data.scenarios.store import Scenario
from data.solidarity.specialists import specialties
from geo.errors import ProxiSoinsError
from models.learning.signals import DEFAULT_HORIZON, HORIZONS
from pages import accounts, carte_view, links, pressed, sheet_paper, shell
from pages.accounts import Role
from pages.regulation_choices import SHOWN as REGULATION
from pages.specialist_choices import SHOWN as SPECIALISTS
from pages.state import ViewState

SCREEN = "ecran"
"""What a shared view says of its screen, beside the parameters of its address."""
HELP = "solidarite"
"""The screen of help, whose sections are views of their own."""
TITLES = {
    "carte": "Carte",
    "risques": "Territoires à risque",
    "permanence": "Permanence des soins",
    "zonage": "Zonage",
    "territoire": "Fiche territoire",
}
"""Screens whose view a link can show."""
SECTIONS = {REGULATION: "Régulation des appels", SPECIALISTS: "Aide par des spécialistes"}
"""Sections of the screen of help whose view a link can show; the other one saves plans."""
SCENARIOS = {
    "sites": "d’un scénario enregistré, au bas de cet écran",
    "solidarite": "d’un plan enregistré, au bas de « Consultations »",
}
"""Screens that share what is saved there, and of what and where a link is made."""
MOST_LISTED = 10
_NAME, _MADE = "lien_titre_", "lien_fait_"


def title(view: Mapping[str, str]) -> str:
    """Return the title of what a view shows, "" where no link can show it."""
    screen = view.get(SCREEN, "")
    return SECTIONS.get(view.get("aide", ""), "") if screen == HELP else TITLES.get(screen, "")


def lacking(territory: Territory, view: Mapping[str, str]) -> str:
    """Return why a link to a view would show nothing, in French, "" where it shows something."""
    screen, chosen = view.get(SCREEN, ""), ViewState.from_query(view)
    if screen == HELP and chosen.specialists.shown:
        if not specialties(territory):
            return "aucun effectif de spécialistes n’est importé"
        if not chosen.specialists.people:
            return "il manque combien d’habitants un spécialiste à plein temps reçoit"
    if screen == "permanence" and territory.pdses_lines.empty:
        return "aucune ligne n’est connue dans cette région"
    if screen == "territoire":
        level, _, code = chosen.territory.partition(":")
        if level not in LEVELS or code not in sheet_paper.names(territory, level):
            return "aucun territoire n’est choisi"
    if screen == "risques":
        horizon = chosen.risk.horizon
        known = horizon if horizon in HORIZONS else DEFAULT_HORIZON
        if shell.public_risk(territory, known).empty:
            return "la région compte trop peu de petites communes pour diffuser leur risque"
    return ""


def _view(screen: str) -> dict[str, str]:
    """Return the view in sight, as a link keeps it."""
    query = st.query_params.to_dict()
    return {SCREEN: screen} | {k: v for k, v in query.items() if k != links.TOKEN}


def _make(territory: Territory, screen: str) -> None:
    """Keep the view in sight and make its link; what a link shows never changes."""
    owner = accounts.author()
    name = str(st.session_state.get(_NAME + screen, "")).strip() or title(_view(screen))
    draft = Draft(
        name,
        territory.region,
        parameters={drafts.VIEW: _view(screen)},
        data_versions=drafts.data_versions(territory),
        simulated=territory.simulated,
    )
    accounts.require(Role.PLANNER)
    token, _ = sharing.share(store.save(draft, owner=owner).id, owner=owner)
    st.session_state[_MADE + screen] = links.address(token, territory.region)


def _revoke(scenario: Scenario, screen: str) -> None:
    """Close the links of a view: it is of no other use."""
    owner = accounts.author()
    for link in sharing.shares(scenario.id, owner=owner):
        accounts.require(Role.PLANNER)
        sharing.revoke(link.id, owner=owner)
    accounts.require(Role.PLANNER)
    store.delete(scenario.id, owner=owner)
    st.session_state.pop(_MADE + screen, None)


def _open_links(region: str) -> list[tuple[Scenario, Share]]:
    """Return the views shared in a region whose link still opens, newest first."""
    owner, found, page, pages = accounts.author(), list[tuple[Scenario, Share]](), 1, 1
    while page <= pages and len(found) < MOST_LISTED:
        views = listing.listed(region, Kind.VIEW, owner=owner, page=page)
        for one in views.scenarios.values():
            found += [(one, link) for link in sharing.shares(one.id, owner=owner) if link.active]
        page, pages = page + 1, views.pages
    return found[:MOST_LISTED]


def draw(screen: str) -> None:
    """Draw what makes a link to the view of a screen, and the links that are open."""
    view = _view(screen)
    told = title(view)
    if screen in SCENARIOS and not told:
        st.caption(f"Un lien en lecture seule se fait {SCENARIOS[screen]}.")
    if not told or accounts.role() < Role.PLANNER:
        return
    st.markdown("**Un lien en lecture seule**")
    st.caption(
        "Pour un élu, un confrère : cette vue seule, sur une page simple, sans compte. Le risque "
        "par commune n’y est pas."
    )
    if screen == "carte" and carte_view.OWN_POINTS in st.session_state:
        st.caption("Votre couche de points n’y est pas non plus : elle reste dans cette session.")
    try:
        territory = shell.territory()
        if why := lacking(territory, view):
            st.text(f"Ce lien ne montrerait rien : {why}.")
        else:
            _draw_making(territory, screen, told)
        if made := st.session_state.get(_MADE + screen, ""):
            st.code(made, language=None, wrap_lines=True)
            st.caption(
                "Copiez ce lien maintenant : il n’est montré qu’ici. Il s’ouvre pendant "
                f"{sharing.SHARE_DAYS} jours."
            )
        _draw_open(territory.region, screen)
    except ProxiSoinsError as error:
        st.error("Le lien n’a pas été créé.")
        st.text(str(error))


def _draw_making(territory: Territory, screen: str, placeholder: str) -> None:
    """Draw the title of a link and the button that makes it, and make what was asked for."""
    st.text_input(
        "Titre du lien",
        max_chars=drafts.NAME_CHARACTERS,
        placeholder=placeholder,
        key=_NAME + screen,
    )
    if pressed.button("Créer un lien vers cette vue", key=f"lien_{screen}"):
        pressed.finish(lambda: _make(territory, screen))


def _draw_open(region: str, screen: str) -> None:
    """List the links that are open, each with what closes it."""
    kept = _open_links(region)
    if not kept:
        return
    st.caption(f"{french.counted(len(kept), 'lien ouvert', 'liens ouverts')} :")
    for scenario, link in kept:
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.text(f"{scenario.draft.name} : {links.state(link)}")
        right.button(
            "Révoquer", key=f"lien_fermer_{link.id}", on_click=_revoke, args=(scenario, screen)
        )
