"""Screen "Fiche territoire": one page for one territory, or for two side by side."""

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.access.indicators import LEVELS
from data.base import french
from data.region.arrondissements import city_of
from data.region.france import within
from data.region.territory import Territory
from data.reports.sheet import LEVEL_TITLES, Sheet
from data.scenarios import verdicts
from geo.layers import Indicator
from models.region import flag_tables
from pages import (
    accounts,
    asked,
    exporting,
    figures,
    following,
    sheet_body,
    sheet_paper,
    sheet_scenario,
    shell,
    unread,
)
from pages.state import ViewState

_PARAMETERS = ("territoire", "avec", "ind")
_KEYS = "fiche_choix_"
"""Start of the keys of what is chosen here: with none, a field would be another one as soon as the
address holds what it showed, and the next choice in it would be lost."""
_LEVEL, _COMPARING, _MAPS = (f"{_KEYS}{name}" for name in ("niveau", "comparer", "cartes"))
BATCH = "territoire_fiches"
"""Key of the sheets of an EPCI that were made last, in the session."""


def _asked(territory: Territory) -> tuple[str, str]:
    """Return level and code of the territory of the view, the first département by default."""
    level, _, code = shell.view().territory.partition(":")
    if level in LEVEL_TITLES and code:
        return level, code
    if shell.view().commune:
        return "commune", shell.view().commune
    return "departement", str(territory.communes["departement"].iloc[0])


def _told(level: str) -> str:
    """Return a level as it is said inside a sentence: an acronym keeps its capitals."""
    title = LEVEL_TITLES.get(level, "niveau inconnu")
    return title if title.isupper() else title.lower()


def _pick(territory: Territory, level: str, code: str) -> tuple[str, str, str]:
    """Draw the choice of a territory, and of another to compare with, "" for none.

    A territory that the address names and the region does not know is said to be unknown: no
    other one is opened in its place.
    """
    left, middle, right = st.columns([2, 3, 3], vertical_alignment="bottom")
    known = _levels(territory)
    new_level = _pick_level(left, known, level)
    names = sheet_paper.names(territory, new_level)
    # A level of which nothing is known here is drawn as another one, with nothing chosen.
    missing = level not in known and new_level == known[0]
    unknown = missing or (new_level == level and code not in names)
    first = None if unknown else code if new_level == level else next(iter(names))
    new_code = _pick_code(middle, new_level, names, first)
    said = unread.say(asked.SHEET, still=new_code is None)
    if unknown and new_code is None:
        if not said:
            st.error(
                f"Le territoire demandé ({_told(level)}) n’existe "
                f"pas {within(territory.region_name)}, ou plus : vérifiez son code, ou "
                "choisissez-en un."
            )
        return new_level, "", ""
    return new_level, new_code or "", _pick_other(right, new_level, new_code, names)


def _levels(territory: Territory) -> list[str]:
    """Return the levels of which the region has a territory."""
    communes = shell.commune_indicators(territory)
    return [one for one in LEVEL_TITLES if one in LEVELS and (communes[LEVELS[one][0]] != "").any()]


def _pick_level(column: DeltaGenerator, known: list[str], level: str) -> str:
    """Draw the choice of a level, the one asked for at first where it is known."""
    st.session_state.setdefault(_LEVEL, level if level in known else known[0])
    return str(column.selectbox("Niveau", known, format_func=LEVEL_TITLES.__getitem__, key=_LEVEL))


def _pick_code(
    column: DeltaGenerator, level: str, names: dict[str, str], first: str | None
) -> str | None:
    """Draw the choice of a territory of a level, `first` at first; return its code."""
    key = f"{_KEYS}territoire_{level}"
    st.session_state.setdefault(key, first)
    # Empty while the address names none that is known; one that is chosen gives way to another
    # only: a field that can be emptied left the address on the one before.
    return column.selectbox(
        "Territoire",
        list(names),
        index=None if st.session_state[key] is None else 0,
        format_func=names.__getitem__,
        placeholder="Choisir un territoire",
        key=key,
    )


def _pick_other(column: DeltaGenerator, level: str, code: str | None, names: dict[str, str]) -> str:
    """Draw the choice of a territory to compare with; return its code, "" for none.

    Where there is no other, as of a region, nothing is asked.
    """
    if set(names) <= {code}:
        return ""
    # The names of all communes are sent a second time to who compares, not to everyone.
    beside = city_of(st.query_params.get("avec", ""))
    if beside and beside not in names:
        unread.note(
            f"avec-{code}",
            "Le territoire à comparer de cette adresse n’existe pas ici : choisissez-en un.",
        )
    # Said empty while no other one is chosen yet.
    st.session_state.setdefault(_COMPARING, "avec" in st.query_params)
    if not column.toggle("Comparer avec un autre territoire", key=_COMPARING):
        unread.say(f"avec-{code}", still=True)
        return ""
    others = [one for one in names if one != code]
    # The territory itself is not among them.
    key = f"{_KEYS}avec_{level}_{code}"
    st.session_state.setdefault(key, beside if beside in others else None)
    other = column.selectbox(
        "Comparer avec",
        others,
        index=None,
        format_func=names.__getitem__,
        placeholder="Choisir un autre territoire",
        key=key,
    )
    unread.say(f"avec-{code}", still=not other)
    return other or ""


def _pick_indicator(level: str, code: str, other: str) -> Indicator:
    """Draw the choice of what the maps of two territories show, that of the other maps at first."""
    titles = {one.key: one.label for one in sheet_paper.PAIR_INDICATORS}
    shown = sheet_paper.pair_indicator(shell.view().indicator)
    st.session_state.setdefault(_MAPS, shown.key)
    key = st.selectbox(
        "Sur les deux cartes", list(titles), format_func=titles.__getitem__, key=_MAPS
    )
    if key != shown.key:
        _keep_address(replace(shell.view(), indicator=key), level, code, other)
    return sheet_paper.pair_indicator(key)


def _draw_review(level: str, code: str) -> None:
    """Draw the pill of the last review of a commune's flag, for who may see the risk."""
    if level != "commune" or not accounts.may_see_risk():
        return
    said = verdicts.reviews([code])
    if said:
        told = f"Avis sur la relève : {flag_tables.reviewed_told(said[0])}"
        with st.container(key=f"{shell.DESK}avis"):
            st.badge(told, icon=":material/rate_review:", color="blue")


def _draw_batch(territory: Territory, chosen: Sheet) -> None:
    """Offer the sheets of all the communes of an EPCI as one document, made when asked for."""
    if chosen.level != "epci":
        return
    count = french.counted(len(chosen.communes), "commune", "communes")
    kept = st.session_state.get(BATCH)
    if kept is not None and kept[0] == (territory.version, chosen.code):
        exporting.button(
            f"Télécharger les fiches (PDF, {count})",
            kept[1],
            file_name=f"proxisoins-communes-de-{sheet_paper.called(chosen)}.pdf",
            mime="application/pdf",
            key=f"fiches-{chosen.code}",
        )
        return
    if not st.button(f"Préparer les fiches des communes de l’EPCI (PDF, {count})"):
        return
    bar, many = st.progress(0.0, "Préparation des fiches…"), len(chosen.communes)
    document = sheet_paper.batch(
        territory,
        chosen.communes,
        chosen.name,
        sheet_paper.notes_of(territory, chosen.communes),
        lambda done: bar.progress(done / many, f"Fiche {done} sur {many}"),
    )
    st.session_state[BATCH] = ((territory.version, chosen.code), document)
    st.rerun()


def _keep_address(seen: ViewState, level: str, code: str, other: str) -> None:
    """Write what is chosen in the address, beside the view that all screens share."""
    # Not read again from the address, which does not hold it yet.
    view = replace(seen, territory=f"{level}:{code}")
    shell.remember(view, address=False)
    query = shell.in_address(view)
    if other or st.session_state.get(_COMPARING):
        query["avec"] = other
    if scenario := sheet_scenario.asked():
        query[sheet_scenario.PARAMETER] = scenario
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _is_choice(key: str) -> bool:
    return key.startswith(_KEYS)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    following.follow("territoire", _PARAMETERS, _is_choice)
    _draw(territory)
    following.note("territoire", _PARAMETERS, _is_choice)


def _head(heading: DeltaGenerator, name: str) -> None:
    """Title the screen by what it shows, and name the tab of the browser: several stand open."""
    heading.title(name)
    shell.name_tab(f"{name}, fiche territoire")


def _draw(territory: Territory) -> None:
    communes = shell.commune_indicators(territory)
    heading = st.container()
    level, code, other = _pick(territory, *_asked(territory))
    if not code:
        heading.title("Fiche territoire")
        return
    _keep_address(shell.view(), level, code, other)
    first = sheet_paper.sheet_of(territory, communes, level, code)
    shown = [*first.communes]
    if other:
        second = sheet_paper.sheet_of(territory, communes, level, other)
        shown += second.communes
        _head(heading, f"{first.name} et {second.name}")
        sheet_body.draw_two(
            territory, level, first, second, partial(_pick_indicator, level, code, other)
        )
    else:
        _head(heading, first.name)
        sheet_body.draw_context(territory, first)
        _draw_review(level, code)
        sheet_body.draw_one(territory, first)
        with st.container(key=f"{shell.DESK}scenario"):
            sheet_scenario.draw_change(territory, first)
        _draw_batch(territory, first)
    figures.sources(sheet_paper.notes_of(territory, shown))


draw()
