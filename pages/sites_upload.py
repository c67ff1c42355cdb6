"""Bringing candidate sites in: template, file, match report line by line, mending on the spot."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from data.base.french import at, counted, in_order, number
from data.files.opening import EXTENSIONS
from data.region.gazetteer import gazetteer
from data.region.territory import Territory
from data.reports.site_columns import line_by_line
from data.uploads import (
    MAX_SITES,
    MAX_UPLOAD_BYTES,
    UNDERSTOOD,
    Lines,
    MatchReport,
    Outcome,
    Site,
    match_lines,
    open_lines,
    template,
)
from data.uploads import corrections as site_upload
from data.uploads.doubt import LEFT_OUT
from geo.errors import ProxiSoinsError
from pages import edited, figures, grids, shell

WORK = "sites_travail"
"""What is being worked on, in the session: kept when one goes to another page and back."""

_FILE = "sites_fichier"
"""Key of the file."""
TYPES = list(EXTENSIONS)
_REFUSED = "sites_fichier_refuse"
"""Key of the file that was refused, and why: the work in hand stays what it was."""
_SAID_WHOLE = 8
"""Lines to mend of which it is said whole, above their table, what is wrong."""
_USUAL = "placé à la mairie"
"""What is said of most lines, and calls for nothing."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Work:
    """A file of sites, and what its reader mended in it; or the sites of a scenario reopened.

    Attributes
    ----------
    name, content, digest
        The file; "" when the sites come from a scenario.
    corrections
        Line number to fields changed.
    base
        The corrections from which the table on screen started.
    reopened
        Sites chosen by hand, or of the scenario reopened.
    scenario
        Identity of the scenario in use, "" when it is not saved.
    revision
        Its revision when it was opened or last saved here: it goes with the next save, which is
        refused when someone else has saved meanwhile.
    gone
        Whether the scenario in use was deleted meanwhile, and nothing has been saved since.
    departures
        INSEE code to number of GPs supposed to leave before the sites open.
    """

    name: str = ""
    content: bytes = b""
    digest: str = ""
    corrections: dict[int, dict[str, str]] = field(default_factory=dict)
    base: dict[int, dict[str, str]] = field(default_factory=dict)
    reopened: tuple[Site, ...] = ()
    scenario: str = ""
    revision: int = 0
    gone: bool = False
    departures: dict[str, int] = field(default_factory=dict)


def work() -> Work:
    """Return what is being worked on."""
    kept: Work = st.session_state.setdefault(WORK, Work())
    return kept


_BY_CONTENT: shell.CacheKeys = {**shell.BY_VERSION, Work: attrgetter("name", "digest")}


@st.cache_data(show_spinner="Lecture du fichier…", max_entries=8, hash_funcs=_BY_CONTENT)
def _lines(current: Work) -> Lines:
    return open_lines(current.content, current.name)


@st.cache_resource(show_spinner="Rapprochement des lieux…", max_entries=8, hash_funcs=_BY_CONTENT)
def _matched(
    territory: Territory, current: Work, corrections: dict[int, dict[str, str]]
) -> MatchReport:
    names = gazetteer(territory.region)
    return match_lines(_lines(current), names, territory.communes, corrections)


@st.cache_data(show_spinner=False, max_entries=4, hash_funcs=shell.BY_VERSION)
def commune_labels(territory: Territory) -> dict[str, str]:
    """Return code to name and département of the communes, in the order of names."""
    rows = territory.communes.sort_values("departement")
    rows = rows.sort_values("name", key=in_order, kind="stable")
    return {
        str(code): f"{name} ({departement})"
        for code, name, departement in zip(
            *(rows[column].tolist() for column in ("code", "name", "departement")), strict=True
        )
    }


def _templates() -> None:
    with st.container(horizontal=True):
        for label, content, name, mime in (
            ("Modèle CSV", template.csv_template, "modele-sites.csv", "text/csv"),
            ("Modèle XLSX expliqué", template.xlsx_template, "modele-sites.xlsx", _XLSX),
        ):
            st.download_button(label, content, file_name=name, mime=mime, on_click="ignore")


def _dropped(territory: Territory) -> None:
    """Draw what takes a file of sites."""
    st.file_uploader(
        "Fichier de sites (CSV, classeur, GeoJSON, shapefile zippé, GeoPackage, KML… ; "
        f"{number(MAX_UPLOAD_BYTES // 1_000_000)} Mo et {number(MAX_SITES)} sites au plus)",
        type=TYPES,
        max_upload_size=MAX_UPLOAD_BYTES // 1_000_000,
        key=_FILE,
    )
    take(territory)


def take(territory: Territory) -> None:
    """Take a file that has just come as the work in hand, unless it is refused.

    It is known before its field is drawn.
    """
    file: UploadedFile | None = st.session_state.get(_FILE)
    if file is None or st.session_state.get("sites_dernier") == file.file_id:
        return
    content = file.getvalue()
    digest = hashlib.sha256(content).hexdigest()[:16]
    # Sites chosen by hand stay beside those of the file; those of a scenario do not.
    picked = () if work().scenario else work().reopened
    taken = Work(file.name, content, digest, reopened=picked, departures=work().departures)
    st.session_state["sites_dernier"] = file.file_id
    try:
        _matched(territory, taken, {})
    except ProxiSoinsError as error:
        st.session_state[_REFUSED] = file.file_id, str(error)
        return
    st.session_state[WORK] = taken


def _say_refused() -> None:
    """Say why the file of the field was refused, as long as it is there."""
    file: UploadedFile | None = st.session_state.get(_FILE)
    refused, why = st.session_state.get(_REFUSED, ("", ""))
    if file is not None and file.file_id == refused:
        st.error("Le fichier est refusé : rien n’a changé.")
        st.text(why)


def _take_out() -> None:
    """Take the file out of the work in hand; sites chosen by hand stay."""
    st.session_state[WORK] = replace(
        work(), name="", content=b"", digest="", corrections={}, base={}
    )


def _title(first: MatchReport, line: int) -> str:
    """Return the name of a line to mend: its number, the name of its site."""
    cells = next(one.cells for one in first.outcomes if one.line == line)
    return " · ".join(filter(None, (f"Ligne {line}", cells.get("name", ""))))


def _editor(first: MatchReport, current: Work, names: Mapping[str, str], *, every: bool) -> None:
    """Draw the table of lines to mend; what is changed in it is kept in the work in hand."""
    key = f"sites_editeur_{current.digest}_{every}_{grids.are_plain()}"
    if not edited.started(key):
        current.base = {line: dict(change) for line, change in current.corrections.items()}
    before = site_upload.editable(first, current.base, every=every)
    fixed = st.column_config.TextColumn(disabled=True)
    asked = edited.Asked(
        title=lambda line: _title(first, line),
        first=[site_upload.CHOICE, site_upload.FIELDS["name"], site_upload.DROP],
        labels={
            site_upload.CHOICE: "Commune à retenir",
            site_upload.DROP: "Écarter cette ligne",
        },
        choices=lambda line, column: (
            site_upload.places(first, line, names) if column == site_upload.CHOICE else ()
        ),
    )
    after = edited.edit(
        before,
        asked,
        key=key,
        disabled=[site_upload.LINE, site_upload.STATUS, site_upload.REASON],
        hide_index=True,
        num_rows="fixed",
        placeholder="",
        height=min(420, 38 + 35 * max(len(before), 1)),
        column_config={
            site_upload.LINE: st.column_config.NumberColumn(disabled=True, width="small"),
            site_upload.STATUS: fixed,
            site_upload.REASON: st.column_config.TextColumn(disabled=True, width="medium"),
            site_upload.CHOICE: st.column_config.SelectboxColumn(
                options=site_upload.choices(first),
                help="Commune à retenir parmi les candidates.",
                width="medium",
            ),
            site_upload.DROP: st.column_config.CheckboxColumn(width="small"),
        },
    )
    shown = {line: change for line, change in current.base.items() if line in before.index}
    kept = {line: change for line, change in current.corrections.items() if line not in shown}
    kept = {line: change for line, change in kept.items() if line not in before.index}
    current.corrections = kept | site_upload.corrections(before, after, shown)


def _summary(lines: Lines, report: MatchReport) -> None:
    st.text(report.counts)
    for sentence in lines.words():
        st.text(sentence)


def _say_why(place: DeltaGenerator, first: MatchReport, mended: MatchReport) -> None:
    """Say whole what is wrong with the first lines to mend, or what became of them since."""
    unclear = [one for one in first.outcomes if one.status != UNDERSTOOD]
    now = {one.line: one for one in mended.outcomes}
    with place.container():
        _say_lines({one.line: _became(now.get(one.line, one)) for one in unclear})


def _say_lines(told: Mapping[int, str]) -> None:
    """Say whole what is told of the first lines, and how many others the report tells of."""
    figures.bullets(f"Ligne {line} : {text}." for line, text in list(told.items())[:_SAID_WHOLE])
    if (more := len(told) - _SAID_WHOLE) > 0:
        st.text(f"… et {counted(more, 'autre ligne', 'autres lignes')}, dans le rapport.")


def _say_remarks(report: MatchReport) -> None:
    """Say whole what is to be known of the lines understood, which the report holds too."""
    told = {}
    for one in report.outcomes:
        if one.status == UNDERSTOOD:
            parts = [part for part in one.reason.split(" ; ") if part not in ("", _USUAL)]
            if parts:
                told[one.line] = " ; ".join(parts)
    if not told:
        return
    st.text("À savoir des lignes comprises :")
    _say_lines(told)


def _became(outcome: Outcome) -> str:
    if outcome.status == LEFT_OUT:
        return "écartée"
    if outcome.site is None:
        return outcome.reason.removesuffix(".")
    where = outcome.site.commune
    return f"comprise, {at(where)}" if where else "comprise"


def _review(territory: Territory, current: Work) -> tuple[Site, ...]:
    try:
        first = _matched(territory, current, {})
    except ProxiSoinsError as error:
        st.error("Le fichier est refusé.")
        st.text(str(error))
        return ()

    unclear = any(one.status != UNDERSTOOD for one in first.outcomes)
    if unclear:
        st.markdown(
            "**À corriger sur place.** Choisissez une commune candidate, donnez un code INSEE, une "
            "commune ou des coordonnées, ou écartez la ligne. Les autres lignes ne sont pas "
            "touchées ; rien n’est perdu."
        )

    def matched() -> MatchReport:
        return _matched(territory, current, dict(sorted(current.corrections.items())))

    # Above the table, and before it: nothing that comes later moves a cell where one writes.
    reasons, report = st.empty(), matched()
    if unclear:
        _say_why(reasons, first, report)
    every = st.toggle("Corriger aussi les lignes comprises", key="sites_toutes")
    if unclear or every:
        _editor(first, current, commune_labels(territory), every=every)
    before, report = report, matched()
    if unclear and report is not before:
        _say_why(reasons, first, report)
    _summary(_lines(current), report)
    _say_remarks(report)
    with st.expander("Rapport ligne par ligne", expanded=unclear):
        table = line_by_line(report.table())
        if len(table) <= grids.MOST_WRAPPED:
            grids.draw_wrapped(table)
        else:
            grids.draw(table, hide_index=True, height=260, placeholder="")
    if left := site_upload.left_over(report):
        st.download_button(
            "Télécharger les lignes à corriger (CSV)",
            left,
            file_name="sites-a-corriger.csv",
            mime="text/csv",
            on_click="ignore",
        )
    return report.sites


def draw_upload(territory: Territory) -> tuple[Site, ...]:
    """Draw the file and its report; return the sites understood, those chosen by hand last."""
    with st.expander("Apporter un fichier de sites"):
        _templates()
        _dropped(territory)
    _say_refused()
    current = work()
    if not current.digest:
        return current.reopened
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"Fichier en cours : {current.name}")
        st.button("Retirer ce fichier", key="sites_retirer_fichier", on_click=_take_out)
    placed = _review(territory, current)
    first = max((one.line for one in placed), default=0)
    return placed + tuple(replace(one, line=first + one.line) for one in current.reopened)
