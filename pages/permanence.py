"""Screen "Permanence des soins": on-call lines, their reach, what lacks, what if one falls."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from data.base import french
from data.base.french import MISSING
from data.files import exports
from data.maps import payload, pdses
from data.pdses import coverage
from data.pdses import files as permanence_files
from data.pdses import tables as permanence_tables
from data.pdses.coverage import Cover
from data.region import schemas
from data.region.rules import ON_CALL_RINGS_MINUTES
from data.region.territory import Territory
from geo import layers
from pages import exporting, figures, map_dialogue, map_view, shell
from pages.permanence_import import draw_import
from pages.state import ViewState

MAP = "permanence_map"
"""Key of the map: what its client asked last is in the session under it."""

ALL = "toutes"
TABS = ("Carte et portée", "Manques", "Si cette ligne tombe", "Établissements", "Importer")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, eq=False)
class _Screen:
    """What the tabs share."""

    territory: Territory
    covered: Cover
    specialty: str
    threshold: float
    day: dt.date
    notes: list[str]


@st.cache_resource(
    show_spinner="Calcul des temps d’accès aux lignes…",
    max_entries=4,
    hash_funcs=shell.BY_VERSION,
)
def _cover(territory: Territory, day: dt.date) -> Cover:
    return coverage.cover(territory, day)


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=shell.BY_VERSION)
def _rings(territory: Territory, day: dt.date, specialty: str) -> dict[str, Any]:
    origins = pdses.origins(_cover(territory, day), specialty)
    if not len(origins):
        return {"type": "FeatureCollection", "features": []}
    return layers.display_rings(territory.travel_time.isochrones(origins, coverage.REACH_MINUTES))


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs=shell.BY_VERSION)
def _payload(territory: Territory, day: dt.date, specialty: str, shown: tuple[str, ...]) -> str:
    covered = _cover(territory, day)
    lines = covered.lines[covered.lines["line"].isin(shown)]
    note = " · ".join(permanence_files.notes(territory))
    document = pdses.configuration(territory, covered, specialty, lines, note)
    view = ViewState(
        region=territory.region,
        indicator=pdses.INDICATOR,
        layers=(pdses.RINGS, pdses.POINTS),
    )
    return payload.encode(document | map_dialogue.opening(view, view))


@st.fragment
def _map(territory: Territory, specialty: str, lines: pd.DataFrame, day: dt.date) -> None:
    asked = map_dialogue.told(map_dialogue.asked(MAP)) or ViewState()
    answer = map_dialogue.answer(territory, asked)
    answer["rings"][pdses.RINGS] = _rings(territory, day, specialty)
    shown = tuple(lines["line"])
    map_view.draw_map(_payload(territory, day, specialty, shown), answer, MAP)


def _chosen(covered: Cover) -> tuple[str, float, str]:
    """Return specialty, threshold and line of the address, the first ones by default."""
    query = st.query_params.to_dict()
    by_slug = {_slug(name): name for name in covered.specialties}
    specialty = by_slug.get(query.get("specialite", ""), covered.specialties[0])
    # Links made before had "seuil", which is the threshold of the map of room.
    asked = query.get("portee", query.get("seuil", ""))
    thresholds = {f"{t:g}": t for t in coverage.REACH_MINUTES}
    return (
        specialty,
        thresholds.get(asked, ON_CALL_RINGS_MINUTES[0]),
        query.get("ligne", ""),
    )


def _slug(name: str) -> str:
    return french.fold(name).replace(" ", "-")


def _keep(specialty: str, threshold: float, line: str, tab: str) -> None:
    """Write the choices in the address, beside the view that all screens share."""
    told = {"specialite": _slug(specialty), "portee": f"{threshold:g}", "ligne": line}
    told |= {"vue": _slug(tab)} if tab != TABS[0] else {}
    query = shell.view().to_query() | {key: text for key, text in told.items() if text}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _frame(table: pd.DataFrame, height: int = 420) -> None:
    """Draw a table; numbers in French form, the names that head a row stay in sight."""
    config = {
        name: st.column_config.NumberColumn(format="localized")
        if pd.api.types.is_numeric_dtype(table[name])
        else st.column_config.TextColumn(pinned=name == "Établissement")
        for name in table.columns
    }
    st.dataframe(table, hide_index=True, placeholder=MISSING, height=height, column_config=config)


def _downloads(name: str, files: dict[str, Callable[[], bytes]]) -> None:
    """Offer files by extension; they are made when asked for."""
    mimes = {"csv": "text/csv", "xlsx": _XLSX, "geojson": "application/geo+json"}
    with st.container(horizontal=True):
        for extension, content in files.items():
            exporting.button(
                f"Télécharger ({extension.upper()})",
                content,
                file_name=f"proxisoins-pdses-{name}-{coverage.today().isoformat()}.{extension}",
                mime=mimes[extension],
                key=f"pdses-{name}-{extension}",
            )


def _table(name: str, table: pd.DataFrame, notes: list[str], height: int = 420) -> None:
    """Draw a table with its exports."""
    _frame(table, height)
    _downloads(
        name,
        {
            "csv": lambda: exports.to_csv(table, notes),
            "xlsx": lambda: exports.to_xlsx({"Tableau": table}, notes),
        },
    )


def _draw_map_tab(screen: _Screen) -> None:
    covered, specialty = screen.covered, screen.specialty
    left, middle, right = st.columns(3)
    whose = left.segmented_control(
        "Lignes sur la carte",
        [specialty, ALL],
        default=specialty,
        format_func=lambda one: "toutes les spécialités" if one == ALL else "cette spécialité",
        key="pdses_whose",
    )
    kinds = middle.multiselect("Types", schemas.LINE_TYPES, placeholder="tous les types")
    statuses = right.multiselect("Statuts", schemas.LINE_STATUSES, placeholder="tous les statuts")
    lines = covered.lines
    kept = lines["line_type"].isin(kinds or schemas.LINE_TYPES)
    kept &= lines["status"].isin(statuses or schemas.LINE_STATUSES)
    kept &= (lines["specialty"] == specialty) | (whose == ALL)
    shown = lines[kept]
    _map(screen.territory, specialty, shown, screen.day)
    st.text(pdses.sentence(covered, specialty))
    st.subheader("Portée des lignes tenues, par spécialité")
    _table("portee", permanence_tables.reach_table(covered), screen.notes)
    with st.expander(f"Les {len(shown)} lignes de la carte"):
        _frame(permanence_tables.lines_table(shown, screen.territory.region))
        _downloads(
            "lignes",
            {
                "csv": lambda: permanence_files.csv_export(shown),
                "xlsx": lambda: permanence_files.xlsx_export(shown, screen.notes),
                "geojson": lambda: permanence_files.geojson_export(shown, screen.notes),
            },
        )


def _draw_gaps_tab(screen: _Screen) -> None:
    covered, threshold = screen.covered, screen.threshold
    st.text(permanence_tables.gaps_sentence(covered, threshold))
    table = permanence_tables.gaps_table(covered, threshold, screen.territory.region)
    _table("manques", table, screen.notes, height=560)


def _draw_fall_tab(screen: _Screen, asked: str) -> str:
    covered, specialty, threshold = screen.covered, screen.specialty, screen.threshold
    names = covered.lines.loc[covered.lines["specialty"] == specialty, "line"].tolist()
    line: str = st.selectbox(
        "Ligne",
        names,
        index=names.index(asked) if asked in names else 0,
        format_func=lambda one: permanence_tables.line_label(covered, one),
        key=f"pdses_line_{_slug(specialty)}",
    )
    fall = coverage.if_line_falls(covered, line, threshold)
    st.text(permanence_tables.fall_sentence(fall))
    tables = permanence_tables.fall_tables(covered, fall, screen.territory.region)
    st.subheader("Qui pourrait aider")
    st.caption(
        "Lignes tenues de la même spécialité, autres départements et régions voisines compris, "
        "de la plus proche à la plus lointaine, vues des communes que la ligne fait basculer "
        "(à défaut, de celles qui n’en ont pas de plus proche). Le temps ne dit pas la capacité."
    )
    _table("aide", tables.helpers, screen.notes, height=320)
    st.subheader("Communes qui basculent au-delà du seuil")
    if tables.communes.empty:
        st.text(f"Aucune commune ne passe au-delà de {threshold:g} minutes.")
    else:
        _table("si-elle-tombe", tables.communes, screen.notes, height=320)
    return line


def _draw_matrix_tab(screen: _Screen) -> None:
    covered = screen.covered
    table = permanence_tables.matrix_table(covered, screen.territory.region)
    st.text(
        f"{len(table)} établissements × {len(covered.specialties)} spécialités : statut et type "
        "de chaque ligne ; une case vide dit qu’aucune ligne n’y est attribuée."
    )
    _table("matrice", table, screen.notes, height=560)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Permanence des soins en établissement (PDSES)")
    st.caption(
        "Nouveaux patients, la nuit, le samedi après-midi, le dimanche et les jours fériés ; ce "
        "n’est pas la continuité des soins des patients déjà hospitalisés."
    )
    if territory.pdses_lines.empty:
        st.info("Aucune ligne n’est connue dans cette région : importez celles de l’agence.")
        draw_import(territory)
        return
    day = coverage.today()
    covered = _cover(territory, day)
    specialty, threshold, line = _chosen(covered)
    left, right = st.columns([3, 2])
    names = covered.specialties
    specialty = left.selectbox("Spécialité", names, index=names.index(specialty))
    threshold = right.segmented_control(
        "Seuil (minutes)",
        coverage.REACH_MINUTES,
        default=threshold,
        required=True,
        format_func=lambda minutes: f"{minutes:g} min",
    )
    notes = figures.notes(territory, "pdses_lines", "communes", "populations")
    screen = _Screen(territory, covered, specialty, threshold, day, notes)
    asked = {_slug(title): title for title in TABS}.get(st.query_params.get("vue", ""), TABS[0])
    # The address tells the first tab only: a default that changed would reset the tabs.
    first = st.session_state.setdefault("pdses_first_tab", asked)
    tabs = st.tabs(TABS, default=first, key="pdses_tab", on_change="rerun")
    # Only the tab in sight is drawn: a map laid out in a hidden one has no size.
    for title, tab in zip(TABS, tabs, strict=True):
        if not tab.open:
            continue
        with tab:
            if title == "Carte et portée":
                _draw_map_tab(screen)
            elif title == "Manques":
                _draw_gaps_tab(screen)
            elif title == "Si cette ligne tombe":
                line = _draw_fall_tab(screen, line)
            elif title == "Établissements":
                _draw_matrix_tab(screen)
            else:
                draw_import(territory)
        _keep(specialty, threshold, line, title)
    figures.sources(notes)


draw()
