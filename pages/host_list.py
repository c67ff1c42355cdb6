"""A list of host sites brought as a file: read by the rules of every other file, counted."""

from operator import attrgetter

import streamlit as st

from data.region.gazetteer import gazetteer
from data.region.territory import Territory
from data.reports.site_columns import line_by_line
from data.uploads import MAX_UPLOAD_BYTES, UNDERSTOOD, Lines, MatchReport, match_lines, open_lines
from geo.errors import ProxiSoinsError
from pages import figures
from pages.sites_upload import TYPES

MOST_LISTED = 300
"""Communes of a list: they all stand in the address."""


@st.cache_data(show_spinner="Lecture du fichier…", max_entries=8)
def _lines(content: bytes, name: str) -> Lines:
    return open_lines(content, name)


def chosen(territory: Territory, listed: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Draw the communes of a list, and where to bring one as a file; return their codes."""
    brought = _brought(territory, key)
    names = territory.communes.set_index("code")["name"]
    # A new file takes the place of the list; what is then changed by hand stays.
    return tuple(
        st.multiselect(
            "Communes de votre liste",
            list(names.index),
            default=[code for code in (brought or listed) if code in names.index][:MOST_LISTED],
            format_func=lambda code: f"{names[code]} ({code})",
            placeholder="choisir",
            max_selections=MOST_LISTED,
            select_all=False,
        )
    )


def _last(key: str) -> str:
    return f"{key}_fichier_lu"


def _brought(territory: Territory, key: str) -> tuple[str, ...]:
    """Draw where a file comes in and what was read of it; return its codes when it is new."""
    file = st.file_uploader(
        "Ou un fichier : une colonne de codes INSEE ou de noms de communes (CSV, classeur, "
        "GeoJSON…)",
        type=TYPES,
        max_upload_size=MAX_UPLOAD_BYTES // 1_000_000,
        key=f"{key}_fichier",
    )
    if file is None:
        return ()
    try:
        report = match_lines(
            _lines(file.getvalue(), file.name),
            gazetteer(territory.region),
            territory.communes,
            {},
        )
    except ProxiSoinsError as error:
        st.error("Le fichier est refusé.")
        st.text(str(error))
        return ()
    codes = codes_of(report)
    _told(report, codes)
    new = st.session_state.get(_last(key)) != file.file_id
    st.session_state[_last(key)] = file.file_id
    return codes if new else ()


def codes_of(report: MatchReport) -> tuple[str, ...]:
    """Return the communes of the lines understood, each once, in the order of the file."""
    return tuple(dict.fromkeys(map(attrgetter("code"), report.sites)))


def _told(report: MatchReport, codes: tuple[str, ...]) -> None:
    said = report.counts
    if len(codes) > MOST_LISTED:
        said += f" Les {MOST_LISTED} premières communes sont retenues, sur {len(codes)}."
    st.text(said)
    if any(one.status != UNDERSTOOD for one in report.outcomes):
        with st.expander("Rapport ligne par ligne"):
            figures.french_table(line_by_line(report.table()), height=260)
