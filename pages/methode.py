"""Screen "Données et méthode": what is known, from whom, how it is computed, how to replace it."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data.access import travel_time_errors
from data.base import french
from data.official import import_reports, imports, refresh, source_state, templates
from data.official.dropped_files import import_dropped
from data.region import catalogue, embedded_set, rules, schemas
from data.region.territory import Provenance, Territory
from pages import accounts, figures, following, grids, method_texts, shell
from pages.accounts import Role
from pages.import_report import draw_report

REPORTS = "import_reports"
WAITING = "import_waiting"
"""Files that cover part of the region, until one says what to do with them."""
LOOKED = "sources_looked"
TABS = ("Données", "Importer", "Méthodes", "Limites", "Accessibilité et confidentialité")
TAB, _PARAMETER = "methode_volet", "volet"
"""Key of the tab, and its name in the address."""


def _provenance_table(rows: list[Provenance], communes: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Table": [p.title for p in rows],
            "État": [
                f"simulée : « {p.passed_over} » ne couvre pas la région"
                if p.passed_over
                else "simulée (démonstration)"
                if p.simulated
                else "réelle"
                for p in rows
            ],
            "Millésime": [p.vintage for p in rows],
            "Source": [p.source for p in rows],
            "Lignes": [p.rows for p in rows],
            "Communes couvertes": [
                f"{french.number(p.matched)} sur {french.number(communes)}" for p in rows
            ],
            "Licence": [p.licence for p in rows],
            "Importée le": [french.date(p.imported_at) if p.imported_at else "–" for p in rows],
            "Fichier": [p.file_name or "–" for p in rows],
        }
    )


def _known(territory: Territory) -> None:
    rows = list(territory.provenance.values())
    grids.draw(
        _provenance_table(rows, len(territory.communes)),
        hide_index=True,
        column_config={"État": st.column_config.TextColumn(width=190)},
    )
    engine = territory.travel_time.label
    st.markdown(f"**Temps de trajet : {engine.name}** ({engine.vintage}). {engine.detail}")
    with st.expander("Sources du jeu embarqué (communes, contours, côtes)"):
        for source in embedded_set.attributions(territory.region):
            st.markdown(f"- **{source.title}** : {source.producer}. {source.licence}.")


def _sources() -> None:
    """Draw what is known of each official source: its state, its age, its last address."""
    st.subheader("Sources officielles")
    st.caption(
        "Ce que l’on sait de chaque source depuis la dernière recherche. Sans internet, la "
        "dernière adresse connue dit quel fichier télécharger sur un autre poste, puis importer."
    )
    grids.draw(pd.DataFrame(source_state.table(french.today())), hide_index=True)


def _errors(territory: Territory) -> None:
    """Draw the error of estimated times by distance band and département, beside simpler ways."""
    table = travel_time_errors.table()
    grids.draw(table, hide_index=True)
    st.caption(travel_time_errors.note())
    st.markdown("**Écart dans les départements de la région, chacun tenu hors du calage**")
    shown = sorted(set(territory.communes["departement"]))
    grids.draw(travel_time_errors.by_departement(shown), hide_index=True)


def _refresh(territory: Territory) -> None:
    with st.expander("Actualiser depuis les adresses officielles (internet)"):
        sources = refresh.refreshable()
        chosen = st.multiselect(
            "Sources",
            list(sources),
            format_func=lambda key: sources[key].title,
            placeholder="Choisir",
        )
        if st.button("Chercher les sources, sans rien télécharger"):
            with st.spinner("Recherche des fichiers…"):
                looks = refresh.look()
            st.session_state[LOOKED] = refresh.looked_words(looks)
            st.rerun()
        if LOOKED in st.session_state:
            st.text(st.session_state[LOOKED])
        if st.button("Télécharger, vérifier et remplacer", disabled=not chosen):
            bar = st.progress(0.0, "Connexion…")

            def show(key: str, received: int, total: int | None) -> None:
                share = min(received / total, 1.0) if total else 0.0
                bar.progress(share, f"{sources[key].title} : {french.number(received / 1e6, 1)} Mo")

            accounts.require(Role.ADMINISTRATOR)
            _, reports = refresh.refresh(chosen, show, territory.region)
            st.session_state[REPORTS] = reports
            bar.empty()
        past = refresh.history()[::-1]
        if past:
            grids.draw(
                pd.DataFrame(
                    {
                        "Date": [french.moment(one.at) for one in past],
                        "Source": [one.title for one in past],
                        "Résultat": [one.status for one in past],
                        "Détail": [one.message for one in past],
                    }
                ),
                hide_index=True,
            )


def _waiting(territory: Territory) -> None:
    """Ask what to do with the files that cover part of the region only."""
    files = st.session_state.get(WAITING)
    if not files:
        return
    names = ", ".join(name for name, _ in files)
    st.warning("Des fichiers ne couvrent qu’une partie de la région : rien n’est encore changé.")
    st.text(f"À confirmer : {names}")
    with st.container(horizontal=True):
        for label, partial in (
            ("Compléter (garder les autres communes)", imports.COMPLETE),
            ("Remplacer (les autres deviennent inconnues)", imports.REPLACE),
            ("Renoncer", ""),
        ):
            if st.button(label, key=f"import_{partial or 'renoncer'}"):
                st.session_state[WAITING] = []
                confirmed = []
                if partial:
                    accounts.require(Role.ADMINISTRATOR)
                    confirmed = import_dropped(files, territory.region, partial)
                told = st.session_state.get(REPORTS, [])
                st.session_state[REPORTS] = import_reports.settled(told, confirmed)
                st.rerun()


def _withdraw() -> None:
    """Offer to take one imported file out, the others staying."""
    files = catalogue.imported_files()
    if not files:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox(
            "Fichier importé à retirer",
            list(files),
            index=None,
            format_func=lambda one: (
                f"{one} : {', '.join(schemas.TITLES.get(key, key) for key in files[one])}"
            ),
            placeholder="Choisir un fichier",
        )
        asked = st.button("Retirer ce fichier", disabled=name is None)
    if asked and name is not None:
        accounts.require(Role.ADMINISTRATOR)
        gone = [schemas.TITLES.get(key, key) for key in catalogue.withdraw(files[name])]
        st.session_state[REPORTS] = []
        st.toast(f"Fichier retiré : {', '.join(gone)}. « Annuler le dernier import » le remet.")
        st.rerun()


def _import(territory: Territory) -> None:
    st.markdown(
        "Déposez un fichier officiel : effectifs de médecins (INSEE), zonage, APL (DREES), "
        "populations et carreaux, caractéristiques des communes, FINESS, RPPS, SIRENE. Il est "
        "reconnu à son contenu, vérifié, puis il remplace la table simulée. Un fichier refusé ne "
        "change rien."
    )
    with st.form("import", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Fichiers à importer", accept_multiple_files=True, key="import_files"
        )
        as_register = st.checkbox(
            "Lire le RPPS comme registre : le comparer aux effectifs en place, sans les remplacer"
        )
        asked = st.form_submit_button("Importer", type="primary")
        if asked and not files:
            st.warning(
                "Aucun fichier n’est arrivé : déposez-en un, attendez que son envoi soit fini, "
                "puis importez."
            )
        if asked and files:
            with st.status("Lecture et vérification…"):
                dropped = [(file.name, file.getvalue()) for file in files]
                accounts.require(Role.ADMINISTRATOR)
                reports = import_dropped(
                    dropped, territory.region, imports.ASK, as_register=as_register
                )
                st.session_state[REPORTS] = reports
                st.session_state[WAITING] = [
                    file
                    for file, report in zip(dropped, reports, strict=True)
                    if report.status == import_reports.PARTIAL
                ]
            st.rerun()
    _waiting(territory)
    _templates()
    _refresh(territory)
    for report in st.session_state.get(REPORTS, []):
        draw_report(report)
    _withdraw()
    if catalogue.can_undo() and st.button("Annuler le dernier import"):
        accounts.require(Role.ADMINISTRATOR)
        undone = [schemas.TITLES[key] for key in catalogue.undo()]
        st.session_state[REPORTS] = []
        st.toast(f"Import annulé : {', '.join(undone)}.")
        st.rerun()


def _templates() -> None:
    """Offer the templates of what no public file holds."""
    with st.expander("Modèles à remplir : appels à la régulation, spécialistes, CPTS"):
        for title, template in (
            ("Appels à la régulation", templates.REGULATION),
            ("Spécialistes par commune", templates.SPECIALISTS),
            ("Périmètres des CPTS", templates.CPTS),
        ):
            st.markdown(f"**{title}.** " + " ".join(template.notes))
            figures.template_buttons(template)


def _is_choice(key: str) -> bool:
    return key == TAB


def _keep_tab(by_slug: Mapping[str, str]) -> None:
    """Write the tab in the address, beside the view that all screens share."""
    opened = str(st.session_state[TAB])
    slug = next((one for one, title in by_slug.items() if title == opened), "")
    query = shell.in_address(shell.view()) | ({} if opened == TABS[0] else {_PARAMETER: slug})
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    following.note(TAB, (_PARAMETER,), _is_choice)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Données et méthode")
    following.follow(TAB, (_PARAMETER,), _is_choice)
    by_slug = {french.slug(title): title for title in TABS}
    st.session_state.setdefault(TAB, by_slug.get(st.query_params.get(_PARAMETER, ""), TABS[0]))
    known, bring, method, limits, rights = st.tabs(TABS, key=TAB, on_change="rerun")
    _keep_tab(by_slug)
    with known:
        _known(territory)
        _sources()
    with bring:
        if accounts.allowed(Role.ADMINISTRATOR):
            _import(territory)
    with method:
        st.header("Temps de trajet")
        st.markdown(method_texts.TRAVEL_TIME)
        _errors(territory)
        st.header("Accessibilité (APL)")
        st.markdown(method_texts.ROOM)
        st.markdown(method_texts.APL)
        st.markdown(method_texts.APL_HERE)
        st.markdown(method_texts.WHICH_DOCTORS)
        st.header("Zonage")
        st.markdown(method_texts.ZONING)
        st.header("Risque")
        st.markdown(method_texts.RISK)
        st.header("Sites")
        st.markdown(method_texts.SITING)
        st.header("Régulation des appels")
        st.markdown(method_texts.REGULATION)
        st.header("Règles, seuils et montants appliqués")
        grids.draw(rules.listed(), hide_index=True)
    with limits:
        st.markdown(method_texts.LIMITS)
    with rights:
        st.header("Accessibilité")
        st.markdown(method_texts.ACCESSIBILITY)
        st.header("Confidentialité")
        st.markdown(method_texts.PRIVACY)


draw()
