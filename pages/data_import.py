"""What an administrator puts in place on the screen "Données et méthode": files, sources."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import streamlit as st

from data.base import french
from data.official import import_reports, imports, refresh, templates
from data.official.dropped_files import import_dropped
from data.official.sources import Source
from data.region import catalogue, schemas
from data.region.territory import Territory
from pages import accounts, figures, grids, last_import, pressed, zeros
from pages.accounts import Role
from pages.import_report import draw_report

REPORTS = "import_reports"
WAITING = "import_waiting"
"""Files that cover a part only, until one says what to do with them."""
LOOKED = "sources_looked"
Files = tuple[tuple[str, bytes], ...]
"""Names with contents."""
_ASKED, _DROPPED, _AS_REGISTER = "import_asked", "import_files", "import_as_register"


@dataclass(frozen=True)
class Asked:
    """Files of one click on « Importer », and how the RPPS is read."""

    files: Files
    as_register: bool


@dataclass(frozen=True)
class Waiting:
    """Files that cover a part only, and what tells them from others."""

    files: Files

    @cached_property
    def digest(self) -> str:
        """What the buttons that complete or replace are about."""
        whole = hashlib.sha256()
        for name, content in self.files:
            whole.update(f"{name} {len(content)} ".encode())
            whole.update(content)
        return whole.hexdigest()


def _refresh(territory: Territory) -> None:
    with st.expander("Actualiser depuis les adresses officielles (internet)"):
        sources = refresh.refreshable()
        chosen = st.multiselect(
            "Sources",
            list(sources),
            format_func=lambda key: sources[key].title,
            placeholder="Choisir",
        )
        if pressed.button("Chercher les sources, sans rien télécharger", key="sources_look"):
            pressed.finish(lambda: _look(territory))
            st.rerun()
        if LOOKED in st.session_state:
            st.text(st.session_state[LOOKED])
        if pressed.button(
            "Télécharger, vérifier et remplacer",
            key="sources_fetch",
            disabled=not chosen,
            about=" ".join(chosen),
        ):
            pressed.finish(lambda: _fetch(territory, sources, chosen))
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


def _look(territory: Territory) -> None:
    with st.spinner("Recherche des fichiers…"):
        st.session_state[LOOKED] = refresh.looked_words(refresh.look(region=territory.region))


def _fetch(territory: Territory, sources: Mapping[str, Source], chosen: list[str]) -> None:
    bar = st.progress(0.0, "Connexion…")

    def show(key: str, received: int, total: int | None) -> None:
        share = min(received / total, 1.0) if total else 0.0
        bar.progress(share, f"{sources[key].title} : {french.number(received / 1e6, 1)} Mo")

    accounts.require(Role.ADMINISTRATOR)
    _, st.session_state[REPORTS] = refresh.refresh(chosen, show, territory.region)
    bar.empty()


def _waiting(territory: Territory) -> None:
    """Ask what to do with the files that cover a part only."""
    waiting = st.session_state.get(WAITING)
    if not isinstance(waiting, Waiting) or not waiting.files:
        return
    files = waiting.files
    names = ", ".join(name for name, _ in files)
    if len(files) == 1:
        told = "Un fichier ne couvre qu’une partie des communes : il n’a encore rien changé."
    else:
        told = (
            f"{french.number(len(files))} fichiers ne couvrent qu’une partie des communes : ils "
            "n’ont encore rien changé."
        )
    st.warning(told)
    st.text(f"À confirmer : {names}")
    with st.container(horizontal=True):
        for label, partial in (
            ("Compléter (garder le reste)", imports.COMPLETE),
            ("Remplacer (le reste devient inconnu)", imports.REPLACE),
            ("Renoncer", ""),
        ):
            key = f"import_{partial or 'renoncer'}"
            if pressed.button(label, key=key, about=waiting.digest):
                pressed.finish(functools.partial(_settle, territory, files, partial))
                st.rerun()


def _settle(territory: Territory, files: Files, partial: str) -> None:
    """Complete or replace with the files that wait, or give them up."""
    st.session_state[WAITING] = None
    confirmed = []
    if partial:
        accounts.require(Role.ADMINISTRATOR)
        confirmed = import_dropped(files, territory.region, partial)
    told = st.session_state.get(REPORTS, [])
    st.session_state[REPORTS] = import_reports.settled(told, confirmed)


def _withdraw(state: str) -> None:
    """Offer to take one imported file out of what is in place (its key), the others staying."""
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
        asked = pressed.button(
            "Retirer ce fichier",
            key="import_withdraw",
            disabled=name is None,
            about=f"{state} {name}",
        )
    if asked and name is not None:
        accounts.require(Role.ADMINISTRATOR)
        withdrawn = pressed.finish(lambda: catalogue.withdraw(files[name]))
        gone = [schemas.TITLES.get(key, key) for key in withdrawn]
        st.session_state[REPORTS] = []
        again = [
            f"« {file} »"
            for file, keys in catalogue.imported_files().items()
            if {*keys} & {*withdrawn}
        ]
        before = f" De nouveau en place : {french.joined(again)}." if again else ""
        st.toast(
            f"Fichier retiré : {', '.join(gone)}.{before} « Annuler le dernier import » le remet."
        )
        st.rerun()


def _keep_dropped() -> None:
    """Keep the files of a click on « Importer » until they are read: the form empties itself."""
    dropped = st.session_state.get(_DROPPED) or []
    files = tuple((file.name, file.getvalue()) for file in dropped)
    as_register = bool(st.session_state.get(_AS_REGISTER))
    pressed.keep(_ASKED, Asked(files, as_register), empty=not files)


def _read(territory: Territory, asked: Asked) -> None:
    """Read the files dropped; those that cover a part only wait for an answer."""
    with st.status("Lecture et vérification…"):
        accounts.require(Role.ADMINISTRATOR)
        reports = import_dropped(
            asked.files, territory.region, imports.ASK, as_register=asked.as_register
        )
        st.session_state[REPORTS] = reports
        st.session_state[WAITING] = Waiting(
            tuple(
                file
                for file, report in zip(asked.files, reports, strict=True)
                if report.status == import_reports.PARTIAL
            )
        )


def draw(territory: Territory) -> None:
    """Draw the tab "Importer", for an administrator."""
    st.markdown(
        "Déposez un fichier officiel : effectifs de médecins (INSEE), zonage, APL (DREES), "
        "populations et carreaux, caractéristiques des communes, FINESS, RPPS, SIRENE. Il est "
        "reconnu à son contenu, vérifié, puis il remplace la table simulée. Un fichier refusé ne "
        "change rien."
    )
    with st.form("import", clear_on_submit=True, border=False):
        st.file_uploader("Fichiers à importer", accept_multiple_files=True, key=_DROPPED)
        st.checkbox(
            "Lire le RPPS comme registre : le comparer aux effectifs en place, sans les remplacer",
            key=_AS_REGISTER,
        )
        st.form_submit_button("Importer", type="primary", on_click=_keep_dropped)
        asked = pressed.taken(_ASKED)
        if isinstance(asked, Asked) and not asked.files:
            st.warning(
                "Aucun fichier n’est arrivé : déposez-en un, attendez que son envoi soit fini, "
                "puis importez."
            )
        elif isinstance(asked, Asked):
            pressed.finish(functools.partial(_read, territory, asked))
            st.rerun()
    _waiting(territory)
    _templates()
    _refresh(territory)
    reports = st.session_state.get(REPORTS, [])
    for report in reports:
        draw_report(report, territory.zeros)
    if any(report.doubts for report in reports):
        zeros.draw(territory, key="zeros_import", listed=False)
    _withdraw(catalogue.state_key(territory.region))
    if last_import.taken_back(territory.region, key="import_undo"):
        st.session_state[REPORTS] = []
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
