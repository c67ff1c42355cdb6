"""Bringing on-call lines in, on screen: template, line-by-line checks, mending, storing."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from operator import attrgetter

import pandas as pd
import streamlit as st

from data.base.french import capitalised, counted, number
from data.pdses import files, storing
from data.pdses.checks import ACCEPT, DECISION, DROP, Outcome, report
from data.pdses.reader import LinesFile, open_lines
from data.pdses.words import FIELDS
from data.region import catalogue, schemas
from data.region.territory import Territory
from data.uploads import DOUBTFUL, REFUSED, UNDERSTOOD
from data.uploads.doubt import lines_in_words
from geo.errors import ProxiSoinsError
from pages import accounts, edited, grids, last_import, pressed, shell
from pages.accounts import Role

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NUMBER, _REASON, _CHOICE = "Ligne du fichier", "Pourquoi", "Décision"
_UNDECIDED = "à corriger"
_KEPT = "Garder celles des autres départements"
_REPLACED = "Les remplacer toutes"
_REPORTED = {
    "numéro": "Ligne",
    "contrôle": "État",
    "etablissement": "Établissement",
    "specialite": "Spécialité",
    "raison": "Explication",
    "type_ligne": "Type de ligne",
    "statut": "Statut",
    "commune": "Commune",
    "departement": "Département",
    "nofinesset": "FINESS",
    "code_insee": "Code INSEE",
    "code_postal": "Code postal",
    "zone": "Zone",
    "lon": "Longitude",
    "lat": "Latitude",
    "etablissements_partenaires": "Partenaires",
    "debut": "Début",
    "fin": "Fin",
    "commentaire": "Commentaire",
}
"""Columns of the report as they are shown, the first ones where a telephone shows them."""
_ASKED = {
    "etablissement": "Établissement",
    "specialite": "Spécialité",
    "type_ligne": "Type de ligne",
    "statut": "Statut",
}
"""Cells most often wrong, and how their fields are named."""


@dataclass(frozen=True)
class _Dropped:
    """The file that was dropped."""

    name: str
    content: bytes
    digest: str


def _of_lines(count: int) -> str:
    return "de la ligne" if count == 1 else f"des {number(count)} lignes"


_BY_CONTENT: shell.CacheKeys = {**shell.BY_VERSION, _Dropped: attrgetter("name", "digest")}


# FINESS, which places the establishments, may have been imported since: the state says it.
@st.cache_data(show_spinner="Lecture et vérification…", max_entries=16, hash_funcs=_BY_CONTENT)
def _checked(
    region_and_state: tuple[str, str],
    dropped: _Dropped,
    asked: tuple[str, str],
    corrections: tuple[tuple[int, tuple[tuple[str, str], ...]], ...],
) -> tuple[LinesFile, list[Outcome]]:
    file = open_lines(dropped.content, dropped.name, *asked)
    mended = {key: dict(change) for key, change in corrections}
    return file, storing.checked(file, region_and_state[0], mended)


def _templates() -> None:
    st.markdown(
        "Prenez le modèle (CSV ou XLSX), ou déposez une annexe large : une ligne par "
        "établissement, une colonne par spécialité. Le format est publié comme schéma de table "
        "(Table Schema), pour que d’autres agences publient leurs lignes sous la même forme."
    )
    with st.container(horizontal=True):
        for label, content, name, mime in (
            ("Modèle CSV", files.csv_template, "modele-pdses.csv", "text/csv"),
            ("Modèle XLSX", files.xlsx_template, "modele-pdses.xlsx", _XLSX),
            (
                "Schéma (JSON)",
                files.schema_json,
                files.SCHEMA_FILE.name,
                "application/json",
            ),
        ):
            st.download_button(label, content, file_name=name, mime=mime, on_click="ignore")


def _editable(outcomes: list[Outcome]) -> pd.DataFrame:
    """Return the lines to mend as they are written, one row each, indexed by key."""
    rows = [
        {_NUMBER: one.written.number, _REASON: one.reason, _CHOICE: _UNDECIDED}
        | {field: one.written.cells.get(field, "") for field in FIELDS}
        for one in outcomes
    ]
    return pd.DataFrame(rows, index=[one.written.key for one in outcomes], dtype=object)


def _mend(outcomes: list[Outcome], key: str) -> tuple[tuple[int, tuple[tuple[str, str], ...]], ...]:
    """Draw the table of lines to mend and return what was changed in it."""
    before = _editable(outcomes)
    types = [*schemas.LINE_TYPES, *before["type_ligne"].unique()]
    statuses = [*schemas.LINE_STATUSES, *before["statut"].unique()]
    choose = st.column_config.SelectboxColumn
    reasons = {one.written.key: f"Ligne {one.written.number} : {one.reason}" for one in outcomes}
    after = edited.edit(
        before,
        edited.Asked(reasons.__getitem__, first=[_CHOICE, *_ASKED], labels=_ASKED),
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=[_NUMBER, _REASON],
        column_config={
            _REASON: st.column_config.TextColumn(width="large"),
            _CHOICE: choose(
                options=[_UNDECIDED, ACCEPT, DROP],
                help="Accepter la proposition d’une ligne douteuse, ou écarter la ligne.",
            ),
            "type_ligne": choose(options=list(dict.fromkeys(types))),
            "statut": choose(options=list(dict.fromkeys(statuses))),
        },
    )
    changes = []
    for row in before.index:
        change = {
            field: str(after.loc[row, field] or "")
            for field in FIELDS
            if (after.loc[row, field] or "") != before.loc[row, field]
        }
        if (decision := after.loc[row, _CHOICE]) in {ACCEPT, DROP}:
            change[DECISION] = str(decision)
        if change:
            changes.append((int(row), tuple(sorted(change.items()))))
    return tuple(changes)


def _summary(file: LinesFile, outcomes: list[Outcome]) -> None:
    form = "une colonne par spécialité" if file.wide else "une ligne par garde ou astreinte"
    st.text(
        f"{counted(len(outcomes), 'ligne lue', 'lignes lues')} ({form}) : "
        f"{lines_in_words(Counter(one.status for one in outcomes))}."
    )
    for sentence in file.told:
        st.text(f"{capitalised(sentence)}.")
    if file.ignored:
        st.text(f"Colonnes non lues : {', '.join(file.ignored)}.")


def _review(territory: Territory, dropped: _Dropped) -> None:
    state = (territory.region, catalogue.state_key(territory.region))
    crosses = st.session_state.get(f"pdses_crosses_{dropped.digest}") or ""
    status = st.session_state.get(f"pdses_status_{dropped.digest}") or ""

    def look(
        corrections: tuple[tuple[int, tuple[tuple[str, str], ...]], ...],
    ) -> tuple[LinesFile, list[Outcome]]:
        return _checked(state, dropped, (crosses, status), corrections)

    try:
        file, first = look(())
    except ProxiSoinsError as error:
        st.error("Le fichier est refusé ; les lignes en usage n’ont pas changé.")
        st.text(str(error))
        return
    if file.crosses:
        st.selectbox(
            f"Type {_of_lines(file.crosses)} dont l’annexe ne dit pas le type",
            schemas.LINE_TYPES,
            index=None,
            placeholder="à corriger ligne par ligne",
            key=f"pdses_crosses_{dropped.digest}",
        )
    if file.silent:
        st.selectbox(
            f"Statut {_of_lines(file.silent)} (le fichier n’en dit aucun)",
            schemas.LINE_STATUSES,
            index=None,
            placeholder="à corriger ligne par ligne",
            key=f"pdses_status_{dropped.digest}",
        )
    outcomes = first
    if to_mend := [one for one in first if one.status != UNDERSTOOD]:
        st.markdown(
            "**À corriger sur place.** Changez une cellule, acceptez une proposition ou écartez "
            "la ligne ; rien n’est perdu, les lignes non corrigées restent listées ici."
        )
        file, outcomes = look(_mend(to_mend, f"pdses_editor_{dropped.digest}_{crosses}_{status}"))
    _summary(file, outcomes)
    table = report(outcomes)
    shown = table[list(_REPORTED)].rename(columns=_REPORTED)
    grids.draw(shown.loc[:, (shown != "").any()], hide_index=True, height=280)
    _store(territory, dropped, outcomes)


def _asked(gone: storing.Gone, dropped: _Dropped) -> str | None:
    """Say which lines in use the file would take away; return what one answers, None as yet."""
    if not gone.told:
        return _REPLACED
    st.warning(gone.told)
    answers = [_KEPT, _REPLACED] if gone.elsewhere else [_REPLACED]
    return st.radio("Ces lignes", answers, index=None, key=f"pdses_gone_{dropped.digest}")


def _store(territory: Territory, dropped: _Dropped, outcomes: list[Outcome]) -> None:
    understood = sum(one.status == UNDERSTOOD for one in outcomes)
    rest = sum(one.status in {DOUBTFUL, REFUSED} for one in outcomes)
    answer = _asked(storing.gone(outcomes), dropped)
    keep = answer == _KEPT
    in_use = territory.provenance["pdses_lines"]
    if in_use.sha256 == hashlib.sha256(dropped.content).hexdigest():
        lines = counted(len(territory.pdses_lines), "ligne", "lignes")
        st.text(f"Ce fichier est en usage : {lines} dans la région.")
    with st.container(horizontal=True):
        if rest:
            st.download_button(
                f"Télécharger {counted(rest, 'ligne', 'lignes')} à corriger (CSV)",
                lambda: storing.left_over(outcomes),
                file_name="pdses-a-corriger.csv",
                mime="text/csv",
                on_click="ignore",
            )
        if pressed.button(
            f"Mettre en usage {counted(understood, 'ligne comprise', 'lignes comprises')}",
            key=f"pdses_store_{dropped.digest}",
            kind="primary",
            disabled=not understood or answer is None,
            about=f"{understood} {rest} {answer}",
        ):

            def put() -> None:
                accounts.require(Role.PLANNER)
                storing.store(
                    outcomes,
                    name=dropped.name,
                    content=dropped.content,
                    region=territory.region,
                    keep_other_departements=keep,
                )

            try:
                pressed.finish(put)
            except ProxiSoinsError as error:
                st.error("Les lignes n’ont pas été mises en usage.")
                st.text(str(error))
                return
            st.toast(f"{counted(understood, 'ligne mise', 'lignes mises')} en usage.")
            st.rerun()


@st.fragment
def draw_import(territory: Territory) -> None:
    """Draw the tab "Importer", for who may import lines."""
    if not accounts.allowed(Role.PLANNER):
        return
    _templates()
    grids.offer_choice()
    file = st.file_uploader("Fichier de lignes (CSV ou classeur)", key="pdses_file")
    if file is not None:
        content = file.getvalue()
        _review(territory, _Dropped(file.name, content, hashlib.sha256(content).hexdigest()[:16]))
    if last_import.taken_back(territory.region, key="pdses_undo"):
        st.rerun()
