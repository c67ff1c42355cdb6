"""Screen "Permanence des soins": on-call lines, their reach, what lacks, what if one falls."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitPageNotFoundError

from data.access.source_notes import headed
from data.base import french
from data.base.french import MISSING
from data.files import exports
from data.pdses import coverage
from data.pdses import files as permanence_files
from data.pdses import tables as permanence_tables
from data.pdses.coverage import FARTHEST_MINUTES, Cover
from data.region import schemas
from data.region.territory import Territory
from pages import (
    exporting,
    figures,
    following,
    grids,
    on_call_view,
    own_choices,
    reads,
    shell,
    unread,
)
from pages.permanence_import import draw_import

MAP = "permanence_map"
"""Key of the map: what its client asked last is in the session under it."""

ALL, MINE = on_call_view.ALL, "specialite"
_WHOSE = {MINE: "cette spécialité", ALL: "toutes les spécialités"}
_KEYS = "pdses_choix_"
SPECIALTY, REACH, WHOSE = f"{_KEYS}specialite", f"{_KEYS}portee", f"{_KEYS}lignes"
TAB, HOSPITAL = f"{_KEYS}vue", f"{_KEYS}hopital"
"""Keys of the widgets."""
_PARAMETERS = ("specialite", "portee", "ligne", "vue", "lignes", "types", "statuts", "hopital")
"""Names of the address that are this screen's."""
TABS = ("Carte et portée", "Manques", "Si cette ligne tombe", "Établissements", "Importer")
_FILTERS = "pdses_filtres"
_ON_A_PHONE = (
    f"<style>@media(max-width:640px){{.st-key-{_FILTERS} [data-testid=stColumn]:not(:first-child)"
    "{min-width:calc(50% - .5rem);flex:1 1 calc(50% - .5rem)}}</style>"
)
"""On a telephone the two lists stand side by side: the map was below the first screen."""
_FALLEN = "permanence_ligne"
"""Key of what is said of a line that an address asks for in vain."""
_FEW_ROWS = 16
"""Rows of a table that wraps: a longer one is a grid, which scrolls and sorts."""
_IN_SIGHT = 12
"""Columns that a wide screen has in sight, or nearly."""
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


def _is_choice(key: str) -> bool:
    return key.startswith(_KEYS)


def _keep(told: Mapping[str, str]) -> None:
    """Write the choices in the address, beside the view that all screens share."""
    query = shell.in_address(shell.view()) | {key: text for key, text in told.items() if text}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _several(
    place: DeltaGenerator, label: str, parameter: str, options: Sequence[str]
) -> list[str]:
    """Draw a choice of several that the address holds; return it, all when nothing is chosen."""
    key, by_slug = f"{_KEYS}{parameter}", {french.slug(one): one for one in options}
    asked = st.query_params.get(parameter, "").split(",")
    st.session_state.setdefault(key, [by_slug[one] for one in asked if one in by_slug])
    none = f"tous les {label.lower()}"
    return place.multiselect(
        label,
        options,
        key=key,
        placeholder=none,
        select_all=False,
    )


def _slugs(chosen: Sequence[str]) -> str:
    return ",".join(french.slug(one) for one in chosen)


def _frame(table: pd.DataFrame, height: int = 420) -> None:
    """Draw a table; numbers in French form, the names that head a row stay in sight.

    A table of a few rows wraps instead: all of its columns are in sight.
    """
    if len(table) <= _FEW_ROWS:
        grids.draw_wrapped(table)
        return
    wide = len(table.columns) > _IN_SIGHT
    config = {
        name: st.column_config.NumberColumn(format="localized")
        if pd.api.types.is_numeric_dtype(table[name])
        # Streamlit writes in grey what it pins: only the widest table needs it.
        else st.column_config.TextColumn(pinned=name == "Établissement" and wide)
        for name in table.columns
    }
    grids.draw(table, hide_index=True, placeholder=MISSING, height=height, column_config=config)


def _downloads(name: str, files: dict[str, Callable[[], bytes]]) -> None:
    """Offer files by extension; they are made when asked for."""
    mimes = {"csv": "text/csv", "xlsx": _XLSX, "geojson": "application/geo+json"}
    with st.container(horizontal=True):
        for extension, content in files.items():
            shown = "GeoJSON" if extension == "geojson" else extension.upper()
            exporting.button(
                f"Télécharger ({shown})",
                content,
                file_name=f"proxisoins-pdses-{name}-{french.today().isoformat()}.{extension}",
                mime=mimes[extension],
                key=f"pdses-{name}-{extension}",
            )


def _table(
    name: str,
    table: pd.DataFrame,
    screen: "_Screen",
    what: str,
    *,
    height: int = 420,
    first: Sequence[str] = (),
) -> None:
    """Draw a table, some columns `first`, with its exports, which say what it is."""
    _frame(table[[*first, *(one for one in table if one not in first)]], height)
    notes = headed(screen.territory, f"Permanence des soins : {what}", screen.notes)
    _downloads(
        name,
        {
            "xlsx": lambda: exports.to_xlsx({"Tableau": table}, notes),
            "csv": lambda: exports.to_csv(table, notes),
        },
    )


def _draw_map_tab(screen: _Screen) -> dict[str, str]:
    """Draw the map, the reach; return what the address says of them."""
    covered, specialty = screen.covered, screen.specialty
    st.html(_ON_A_PHONE)
    left, middle, right = st.container(key=_FILTERS).columns(3)
    st.session_state.setdefault(WHOSE, ALL if st.query_params.get("lignes") == ALL else MINE)
    whose = left.segmented_control(
        "Lignes sur la carte",
        [MINE, ALL],
        format_func=_WHOSE.__getitem__,
        required=True,
        key=WHOSE,
        wrap=True,
    )
    kinds = _several(middle, "Types", "types", schemas.LINE_TYPES)
    statuses = _several(
        right, "Statuts", "statuts", [*schemas.LINE_STATUSES, coverage.OUT_OF_PERIOD]
    )
    told = {"types": _slugs(kinds), "statuts": _slugs(statuses)}
    told["lignes"] = ALL if whose == ALL else ""
    shown = on_call_view.shown(covered, specialty, told)
    on_call_view.draw_map(
        screen.territory,
        screen.day,
        specialty,
        screen.threshold,
        shown["line"],
        key=MAP,
        hospital=HOSPITAL,
    )
    told["hopital"] = on_call_view.draw_hospital(
        screen.territory,
        screen.day,
        screen.threshold,
        key=HOSPITAL,
        asked=st.query_params.get("hopital", ""),
    )
    st.header("Portée des lignes tenues, par spécialité")
    _table("portee", permanence_tables.reach_table(covered), screen, "portée par spécialité")
    cut = french.joined([*kinds, *statuses], "ou")
    of = specialty if whose == MINE else _WHOSE[ALL]
    _draw_lines(screen, shown, f"{of}, {cut}" if cut else of)
    return told


def _draw_lines(screen: _Screen, shown: pd.DataFrame, which: str) -> None:
    """Draw the lines of the map, folded, with their files; `which` they are is said there."""
    what = f"Permanence des soins : lignes de la carte, {which}"
    notes = headed(screen.territory, what, screen.notes)
    with own_choices.fold(
        f"Sur la carte : {french.counted(len(shown), 'ligne', 'lignes')}", "lignes"
    ):
        _frame(permanence_tables.lines_table(shown, screen.territory.region))
        _downloads(
            "lignes",
            {
                "xlsx": lambda: permanence_files.xlsx_export(shown, notes),
                "csv": lambda: permanence_files.csv_export(shown, notes),
                "geojson": lambda: permanence_files.geojson_export(shown, notes),
            },
        )
        exporting.button(
            "Télécharger (CSV sans notes, pour le schéma publié)",
            lambda: permanence_files.csv_export(shown),
            file_name=f"proxisoins-pdses-schema-{french.today().isoformat()}.csv",
            mime="text/csv",
            key="pdses-schema-csv",
        )


def _draw_marked(screen: _Screen, key: str, rows: Iterable[int], *, around: bool = False) -> None:
    """Draw the lines of the specialty, some communes outlined, on which it opens or not."""
    on_call_view.draw_map(
        screen.territory,
        screen.day,
        screen.specialty,
        screen.threshold,
        on_call_view.shown(screen.covered, screen.specialty, {})["line"],
        key=f"{MAP}_{key}",
        marked=rows,
        around=around,
    )


def _draw_gaps_tab(screen: _Screen) -> None:
    covered, threshold, specialty = screen.covered, screen.threshold, screen.specialty
    figures.answer(permanence_tables.gaps_sentence(covered, threshold, specialty), "manques")
    _draw_marked(screen, "manques", on_call_view.beyond(covered, specialty, threshold))
    st.caption(on_call_view.beyond_told(specialty, threshold))
    table = permanence_tables.gaps_table(covered, threshold, screen.territory.region, specialty)
    what = f"communes à plus de {threshold:g} minutes, par spécialité et département"
    _table("manques", table, screen, what, height=560)


def _draw_fall_tab(screen: _Screen, asked: str) -> str:
    covered, specialty, threshold = screen.covered, screen.specialty, screen.threshold
    names = permanence_tables.lines_to_choose(covered, specialty)
    first = coverage.most_needed(covered, specialty, threshold) or names[0]
    key = f"{_KEYS}ligne_{french.slug(specialty)}"
    if asked and asked not in names and key not in st.session_state:
        unread.note(_FALLEN, "La ligne de cette adresse n’existe pas ou plus : en voici une autre.")
    st.session_state.setdefault(key, asked if asked in names else first)
    line: str = st.selectbox(
        "Ligne",
        names,
        format_func=lambda one: permanence_tables.line_label(covered, one),
        key=key,
        help="D’abord celle, tenue, dont la chute laisserait le plus d’habitants au-delà du seuil.",
    )
    unread.say(_FALLEN, still=line == first)
    fall = coverage.if_line_falls(covered, line, threshold)
    figures.answer(permanence_tables.fall_sentence(fall), "chute")
    changed = on_call_view.rows_of(covered, fall.communes["code"])
    _draw_marked(screen, "chute", changed, around=True)
    st.caption(f"Cerclées : les communes qui changent de côté des {threshold:g} minutes.")
    tables = permanence_tables.fall_tables(covered, fall, screen.territory.region)
    st.header("Qui pourrait aider")
    st.caption(
        "Lignes tenues de la même spécialité, autres départements et régions voisines compris, "
        "de la plus proche à la plus lointaine, vues des communes que la ligne fait basculer "
        "(à défaut, de celles qui n’en ont pas de plus proche). Le temps ne dit pas la capacité ; "
        f"au-delà de {FARTHEST_MINUTES:g} minutes, il n’est pas disponible."
    )
    falls = f"ligne « {permanence_tables.line_label(covered, line)} », si elle tombe"
    # Whom each would serve is in sight before what it is.
    known = [str(one) for one in tables.helpers]
    before = [one for one in known if one not in {"Statut", "Type", "Département"}]
    what = f"{falls}, qui pourrait aider"
    _table("aide", tables.helpers, screen, what, height=320, first=before)
    st.header("Communes qui basculent au-delà du seuil")
    if tables.communes.empty:
        st.text(f"Aucune commune ne passe au-delà de {threshold:g} minutes.")
    else:
        what = f"{falls}, communes qui passent au-delà de {threshold:g} minutes"
        _table("si-elle-tombe", tables.communes, screen, what, height=320)
    return line


def _draw_matrix_tab(screen: _Screen) -> None:
    covered = screen.covered
    table = permanence_tables.matrix_table(covered, screen.territory.region)
    st.text(
        f"{len(table)} établissements × {len(covered.specialties)} spécialités : statut et type "
        "de chaque ligne ; une case vide dit qu’aucune ligne n’y est attribuée."
    )
    what = "lignes par établissement et spécialité"
    # A narrow screen shows three columns: the specialty chosen above is one of them.
    first = ("Établissement", screen.specialty, "Commune")
    _table("matrice", table, screen, what, height=560, first=first)


def _choose(territory: Territory) -> tuple[_Screen, str]:
    """Draw what the whole screen is about; return it, and the line that the address names."""
    day = french.today()
    covered = on_call_view.cover(territory, day)
    first, threshold, line = on_call_view.asked(covered, st.query_params.to_dict())
    left, right = st.columns([3, 2])
    on_call_view.note_unknown(covered, st.query_params.to_dict())
    st.session_state.setdefault(SPECIALTY, first)
    specialty = left.selectbox("Spécialité", covered.specialties, key=SPECIALTY)
    on_call_view.say_unknown(covered, specialty)
    st.session_state.setdefault(REACH, threshold)
    chosen = right.segmented_control(
        "Seuil (minutes)",
        coverage.REACH_MINUTES,
        required=True,
        format_func=lambda minutes: f"{minutes:g} min",
        key=REACH,
        wrap=True,
    )
    screen = _Screen(
        territory=territory,
        covered=covered,
        specialty=specialty,
        threshold=chosen or threshold,
        day=day,
        notes=figures.notes(territory, *reads.ON_CALL),
    )
    # The line of the address is of the specialty that it names.
    return screen, line if specialty == first else ""


def _draw_tabs(screen: _Screen, line: str) -> dict[str, str]:
    """Draw the tab in sight; return what the address says of the screen."""
    by_slug = {french.slug(title): title for title in TABS}
    st.session_state.setdefault(TAB, by_slug.get(st.query_params.get("vue", ""), TABS[0]))
    tabs = st.tabs(TABS, key=TAB, on_change="rerun")
    # What the other tabs chose stays in the address while they are not drawn.
    told = {name: st.query_params.get(name, "") for name in _PARAMETERS if name != "vue"}
    told |= {
        "specialite": french.slug(screen.specialty),
        "portee": f"{screen.threshold:g}",
        "ligne": line,
    }
    # Only the tab in sight is drawn: a map laid out in a hidden one has no size.
    for title, tab in zip(TABS, tabs, strict=True):
        if not tab.open:
            continue
        told |= {"vue": french.slug(title)} if title != TABS[0] else {}
        with tab:
            if title == "Carte et portée":
                told |= _draw_map_tab(screen)
            elif title == "Manques":
                _draw_gaps_tab(screen)
            elif title == "Si cette ligne tombe":
                told["ligne"] = _draw_fall_tab(screen, line)
            elif title == "Établissements":
                _draw_matrix_tab(screen)
            else:
                draw_import(screen.territory)
    return told


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Permanence des soins en établissement (PDSES)")
    st.caption(
        "Nouveaux patients, la nuit, le samedi après-midi, le dimanche et les jours fériés ; ce "
        "n’est pas la continuité des soins des patients déjà hospitalisés. "
        f"{on_call_view.dated(territory)}"
    )
    if territory.pdses_lines.empty:
        st.info("Aucune ligne n’est connue dans cette région : importez celles de l’agence.")
        draw_import(territory)
        return
    # What is chosen: the address says it, the choices of the screen then hold it.
    following.follow("pdses", _PARAMETERS, _is_choice)
    screen, line = _choose(territory)
    _keep(_draw_tabs(screen, line))
    following.note("pdses", _PARAMETERS, _is_choice)
    with suppress(StreamlitPageNotFoundError):  # a screen that is run alone knows no other
        st.page_link(
            "pages/gardes.py", label="Page publique, sans compte", icon=":material/public:"
        )
    figures.sources(screen.notes)


draw()
