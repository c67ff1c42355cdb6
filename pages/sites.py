"""Screen "Sites MSP candidats": choose, judge, choose the best, save, share."""

from functools import partial

import streamlit as st

from data.base import french
from data.region.territory import Territory
from data.reports import public_scenario, scenario_results, site_files, site_tables
from data.scenarios import store
from data.scenarios.drafts import Draft
from data.siting.evaluation import SiteEvaluation
from data.uploads import Site
from geo.errors import ProxiSoinsError
from pages import (
    accounts,
    exporting,
    figures,
    folding,
    following,
    kept_parts,
    map_choices,
    own_choices,
    reads,
    scenario_pair,
    shell,
    sites_best,
    sites_departures,
    sites_pick,
    sites_pole,
    sites_projects,
    sites_results,
    sites_scenarios,
    sites_upload,
    unread,
)
from pages.accounts import Role
from pages.project_choices import ProjectChoices
from pages.sites_best import Found
from pages.sites_upload import work

MAP = "sites_carte"
"""Key of the map."""

_ADDRESSED, _LEFT = "sites_adresse", "sites_adresse_avant"
"""Keys of the scenario that the address names, and of the one that it named before."""

_WHAT_COMES = (
    "Dès le premier site : ce qu’il change, pour qui ; les meilleurs de vos sites et leur preuve ; "
    "le rapport et le lien à partager."
)
_MIMES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}


def _open_from_address(territory: Territory) -> None:
    """Reopen the scenario that the address names, once."""
    asked = st.query_params.get("scenario", "")
    if not asked or asked == st.session_state.get(_ADDRESSED):
        return
    if asked == st.session_state.get(_LEFT) and not following.stepped():
        return  # a click that came before the browser had written the address of what was saved
    if asked == work().scenario:
        st.session_state[_ADDRESSED] = asked
        return
    try:
        scenario = store.load(asked, owner=accounts.author())
    except ProxiSoinsError:
        st.session_state[_ADDRESSED] = asked
        st.warning("Le scénario de cette adresse n’existe pas, ou ne vous est pas ouvert.")
        return
    shell.follow_region(scenario.draft.region)
    st.session_state[_ADDRESSED] = asked
    typed = shell.view()
    sites_scenarios.open_scenario(territory, scenario, anew=not typed.pole.antennas)


def _keep_address(sites: tuple[Site, ...]) -> None:
    """Write the sites and the scenario in use in the address, beside the view of all screens."""
    query = shell.in_address(map_choices.view())
    if work().scenario:
        query["scenario"] = work().scenario
        if work().scenario != st.session_state.get(_ADDRESSED):
            st.session_state[_LEFT] = st.session_state.get(_ADDRESSED)
            st.session_state[_ADDRESSED] = work().scenario
    query |= sites_pick.kept(sites) | scenario_pair.in_address()
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _downloads(
    territory: Territory,
    draft: Draft,
    evaluation: SiteEvaluation,
    found: Found | None,
    notes: list[str],
) -> None:
    today = french.today().isoformat()
    with st.container(horizontal=True):
        for extension, mime in _MIMES.items():
            shown = "GeoJSON" if extension == "geojson" else extension.upper()
            exporting.button(
                f"Télécharger ({shown})",
                partial(scenario_results.evaluation_file, evaluation, territory, extension),
                file_name=f"proxisoins-sites-{today}.{extension}",
                mime=mime,
                key=f"sites-{extension}",
            )
        exporting.button(
            "Rapport pour un conseil (PDF)",
            lambda: sites_results.report(territory, draft, evaluation, notes, found),
            file_name=f"proxisoins-sites-{today}.pdf",
            mime="application/pdf",
            key="sites-pdf",
        )
    st.caption("Le rapport PDF est fait pour circuler : il ne dit rien du risque par commune.")
    if spread := public_scenario.public_words(territory, draft):
        st.caption(
            "Ses chiffres, comme ceux d’un lien, ne sont pas tout à fait ceux de l’écran. "
            + " ".join(spread)
        )


def _draw_work(territory: Territory, sites: tuple[Site, ...], notes: list[str]) -> None:
    st.header("2. Évaluer et comparer")
    departures = sites_departures.draw_departures(territory)
    risk = sites_results.risk_of(territory)
    try:
        evaluation = sites_results.judged(territory, sites, risk, departures)
    except ProxiSoinsError as error:
        st.error("Les sites n’ont pas pu être évalués.")
        st.text(str(error))
        return
    if site_files.points_at_people(evaluation):
        shell.working_paper()
    found = sites_best.found_for(territory, sites, departures)
    chosen = () if found is None else found[1].chosen
    sites_departures.say_departures(evaluation, public=False)
    draft = sites_scenarios.draft_of(territory, sites, found, "Sites candidats")
    add = partial(sites_pick.follow, territory)
    sites_results.draw_answer(territory, evaluation)
    sites_results.draw_map(
        territory, draft, evaluation, chosen, MAP, add=add, addressed=own_choices.LAYERS
    )
    sites_results.draw_judgements(evaluation, "sites", public=False)
    st.subheader("Qui gagne, qui perd")
    sites_results.draw_changes(evaluation)
    with st.container(key=f"{shell.DESK}regrouper"):
        st.caption(
            "Pour simuler un regroupement, apportez un fichier de sites : sa colonne « Médecins "
            "venant de » dit les communes que quitteraient des généralistes, « 19275:2; Meymac:1 »."
        )
    with st.container(key=f"{shell.ASKED}meilleurs"):
        st.header("3. Les meilleurs sites")
        sites_best.draw_search(territory, sites, departures, site_tables.against(evaluation))
    with folding.until_chosen(
        "Règles et argent des projets",
        "projets",
        key="projets_ouverts",
        chosen=shell.view().projects != ProjectChoices(),
    ):
        sites_projects.draw_projects(territory, sites, evaluation, departures, notes)
    with st.container(key=f"{shell.DESK}exporter"):
        st.header("4. Exporter, enregistrer, partager")
        _downloads(territory, sites_scenarios.named(draft), evaluation, found, notes)
        if accounts.allowed(Role.PLANNER):
            sites_scenarios.draw_save(territory, sites, found)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    notes = figures.notes(territory, *reads.by_sites(territory))
    st.title("Sites MSP candidats")
    _open_from_address(territory)
    scenario_pair.follow()
    scenario_pair.draw_way()
    sites_pick.restore(territory, st.query_params.to_dict())
    unread.say(sites_pick.ADDRESS, still=not work().reopened)
    st.header("1. Choisir des sites")
    sites_upload.take(
        territory
    )  # a file that has just come leaves the choice above it no map to draw
    sites_pick.draw_choice(territory)
    sites = sites_upload.draw_upload(territory)
    if not sites:
        with st.container(key=f"{shell.DESK}ce_qui_vient"):
            st.caption(_WHAT_COMES)
    # Before what takes seconds: a reload then loses nothing.
    _keep_address(sites)
    if sites:
        _draw_work(territory, sites, notes)
    with folding.until_chosen(
        "Pôle : plusieurs antennes ou une seule maison ?",
        "pole",
        key="pole_ouvert",
        chosen=bool(shell.view().pole.antennas),
    ):
        pole = sites_pole.draw_pole(territory, sites)
    if pole is not None:
        kept_parts.draw_report(
            "pole",
            lambda: kept_parts.pole_report(territory, ("Pôle", ""), pole),
            key="pole-pdf",
        )
    if pole is not None and not sites and accounts.allowed(Role.PLANNER):
        sites_scenarios.draw_save(territory, (), None)
    with st.container(key=f"{shell.DESK}scenarios"):
        st.subheader("Scénarios")
        try:
            if accounts.allowed(Role.PLANNER):
                sites_scenarios.draw_list(territory)
        except ProxiSoinsError as error:
            st.error("Les scénarios ne sont pas accessibles.")
            st.text(str(error))
    _keep_address(sites)
    sites_pick.say_kept(sites)
    figures.sources(notes)


draw()
