"""Screen of a shared link: a scenario, read-only, for whoever holds its address."""

from dataclasses import replace
from html import escape

import streamlit as st

from data.access.source_notes import headed
from data.base import french
from data.base.figures import with_numbers_across
from data.files import exports
from data.region.territory import Territory
from data.reports import public_scenario, scenario_results, site_tables
from data.reports.scenario_results import Search
from data.scenarios import drafts, sharing
from data.scenarios.drafts import Draft
from data.scenarios.sharing import Shared
from data.siting.best import BestSites
from geo.errors import MomentarilyUnavailableError, ProxiSoinsError
from pages import (
    exporting,
    figures,
    kept_parts,
    links,
    own_choices,
    reads,
    shared_views,
    shell,
    sites_departures,
    sites_results,
    view_sharing,
)
from pages.markdown import as_it_is
from pages.state import ViewState

MAP = "partage_carte"
"""Key of the map."""

CLOSED = (
    "Ce lien n’ouvre rien ou n’ouvre plus rien : demandez-en un nouveau à la personne qui vous l’a "
    "envoyé."
)
"""Said of every link that does not open, whatever the reason: it tells nothing to who guesses."""

AWAY = (
    "Ce lien est momentanément indisponible : le serveur ne peut pas lire les scénarios en ce "
    "moment. Le lien reste valable ; réessayez dans quelques minutes."
)
"""Said when the database is locked or away: nobody knows then whether the link opens."""

_NAME_CHARACTERS = 60
"""Of a scenario in the name of its files."""
SECONDS = 20.0
"""Time given to the search of the best sites: a visitor waits for it."""


def _opened() -> Shared | None:
    """Return what the link of the address opens, None whatever the reason why it does not.

    Raises
    ------
    MomentarilyUnavailableError
        The database cannot be read just now: the link may well be valid.
    """
    try:
        return sharing.open_share(st.query_params.get(links.TOKEN, ""))
    except MomentarilyUnavailableError:
        raise
    except ProxiSoinsError:
        return None


@st.cache_resource(
    show_spinner="Recherche des meilleurs sites…",
    max_entries=16,
    hash_funcs=sites_results.BY_CONTENT,
)
def _best(territory: Territory, draft: Draft, search: Search) -> BestSites:
    return search.run(territory, draft.sites, draft.departures, seconds=SECONDS)


def _found(territory: Territory, shared: Shared) -> tuple[Search, BestSites] | None:
    """Search again the best sites as the scenario did, None when it did not or cannot."""
    sites = shared.draft.sites
    search = Search.from_parameters(shared.draft.parameters, len(sites))
    if search is None:
        return None
    try:
        return search, _best(territory, shared.draft, search)
    except ProxiSoinsError as error:
        st.text(f"Les meilleurs sites n’ont pas pu être recherchés : {error}")
        return None


def _title(territory: Territory, draft: Draft) -> str:
    """Return the title of the page: the territory of a sheet, the screen of a view, or its name."""
    view = kept_parts.held(draft, drafts.VIEW)
    screen = view_sharing.title(view)
    if not screen:
        return " ".join(draft.name.split()) or "Scénario partagé"
    return shared_views.heading(territory, view) or f"{screen}, {territory.region_name}"


def _asked(draft: Draft) -> tuple[str, ViewState]:
    """Return the screen and the view that a link opens, of those whose figures it holds."""
    query = kept_parts.held(draft, drafts.VIEW)
    if shared_views.knows(query):
        return query[view_sharing.SCREEN], ViewState.from_query(query)
    plan = kept_parts.help_of(draft)
    screen = "sites" if plan is None or draft.sites else view_sharing.HELP
    return screen, ViewState(help=plan or ViewState().help)


def _draw_head(territory: Territory, shared: Shared, read: tuple[str, ...]) -> None:
    """Say what this is, of when, and what changed since."""
    draft = shared.draft
    title = _title(territory, draft)
    st.title(as_it_is(title))
    shell.name_tab(title)
    screen = view_sharing.title(kept_parts.held(draft, drafts.VIEW))
    if french.fold(draft.name) not in {french.fold(title), french.fold(screen)}:
        st.html(f'<h2 style="margin:0;overflow-wrap:break-word">{escape(draft.name)}</h2>')
    if draft.note:
        st.text(draft.note)
    shared_on = french.date(shared.shared_at.astimezone().date())
    until = french.date(shared.expires_at.astimezone().date())
    # The ribbon warns of what is simulated still: of what, alone, is left to say.
    warned = set(draft.simulated) <= set(territory.simulated)
    of_what = f" Simulé : {french.listed(draft.simulated)}." if draft.simulated and warned else ""
    what = "Lecture seule." if screen else "Scénario en lecture seule."
    st.caption(f"{what} Partagé le {shared_on}, ouvert jusqu’au {until}.{of_what}")
    if draft.simulated and not warned:
        st.warning(
            "Des données étaient simulées quand cette page a été faite : ce qui repose sur elles "
            "est sans valeur pour une décision."
        )
        st.text(f"Simulé alors : {french.listed(draft.simulated)}.")
    if changed := scenario_results.changes_since(draft, territory, read):
        st.warning("Les données ont changé depuis ce scénario : les résultats sont recalculés.")
        with st.expander("Ce qui a changé"):
            st.text("\n".join(changed))


def _draw_scenario(territory: Territory, shared: Shared) -> None:
    view = kept_parts.held(shared.draft, drafts.VIEW)
    if shared_views.knows(view):
        shared_views.draw(territory, view)
        return
    for said in public_scenario.public_words(territory, shared.draft):
        st.text(said)
    shared = replace(shared, draft=public_scenario.public_draft(territory, shared.draft))
    sites = shared.draft.sites
    notes = figures.notes(territory, *reads.read(territory, *_asked(shared.draft)))
    if kept_parts.draw_shared(territory, shared.draft) and not sites:
        return
    if not sites:
        st.text("Ce scénario ne contient pas de site.")
        return
    evaluation = sites_results.judged(territory, sites, None, shared.draft.departures)
    found = _found(territory, shared)
    chosen = () if found is None else found[1].chosen
    sites_departures.say_departures(evaluation, public=True)
    sites_results.draw_answer(territory, evaluation)
    sites_results.draw_map(
        territory, shared.draft, evaluation, chosen, MAP, addressed=own_choices.LAYERS
    )
    if found is not None:
        st.subheader("Les meilleurs sites")
        names = site_tables.labels([s.name for s in sites], [s.line for s in sites])
        sites_results.draw_best(territory, found[1], found[0], names)
    st.subheader("Site par site" if len(sites) > 1 else "Ce site")
    sites_results.draw_judgements(evaluation, "partage", public=True)
    st.subheader("Qui gagne, qui perd")
    sites_results.draw_changes(evaluation)
    rows = list(range(len(sites)))
    table = site_tables.side_by_side(evaluation, rows, public=True)
    supposed = sites_departures.said(evaluation, public=True)
    named = french.slug(shared.draft.name)[:_NAME_CHARACTERS] or "scenario"
    filed = headed(territory, f"Sites candidats, « {shared.draft.name} »", [*supposed, *notes])
    with st.container(horizontal=True):
        exporting.button(
            "Télécharger (CSV)",
            lambda: exports.to_csv(with_numbers_across(table), filed),
            file_name=f"proxisoins-{named}.csv",
            mime="text/csv",
            key="partage-csv",
        )
        exporting.button(
            "Rapport (PDF)",
            lambda: sites_results.report(territory, shared.draft, evaluation, notes, found),
            file_name=f"proxisoins-{named}.pdf",
            mime="application/pdf",
            key="partage-pdf",
        )
    with st.expander("Données avec lesquelles le scénario a été fait"):
        st.text("\n".join(scenario_results.versions_words(shared.draft)))
    figures.sources(notes)


def _draw_closed(why: str) -> None:
    title = "Lien fermé" if why == CLOSED else "Lien indisponible"
    st.title(title)
    shell.name_tab(title)
    st.text(why)


def draw() -> None:
    """Draw the screen."""
    try:
        shared = _opened()
    except MomentarilyUnavailableError:
        _draw_closed(AWAY)
        if st.button("Réessayer"):
            st.rerun()
        return
    if shared is None:
        _draw_closed(CLOSED)
        return
    territory = shell.territory()
    shell.to_region(shared.draft.region)
    asked = _asked(shared.draft)
    read = reads.read(territory, *asked)
    shell.ribbon(territory, reads.quoted(territory, *asked))
    shared = replace(shared, draft=scenario_results.about(shared.draft, territory, read))
    _draw_head(territory, shared, read)
    try:
        _draw_scenario(territory, shared)
    except ProxiSoinsError as error:
        st.error("Le scénario n’a pas pu être recalculé.")
        st.text(str(error))


draw()
