"""On-call lines on screen: their cover, their map, what an address asks; for screen and links."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from data.base import french
from data.maps import frames, payload, pdses, reach
from data.pdses import coverage, hospitals
from data.pdses import files as permanence_files
from data.pdses.coverage import Cover
from data.region.rules import ON_CALL_RINGS_MINUTES
from data.region.territory import Territory
from pages import (
    fields,
    figures,
    map_choices,
    map_dialogue,
    map_view,
    own_choices,
    shell,
    unread,
)
from pages.link_choices import LinkedMap
from pages.state import ViewState

ALL = "toutes"
_SPECIALTY = "permanence_specialite"
"""Under which is kept that the specialty of an address is not known."""
FALL, GAPS = "si-cette-ligne-tombe", "manques"
"""What an address says of all specialties, and of two tabs: a line that falls, who is too far."""


@st.cache_resource(
    show_spinner="Calcul des temps d’accès aux lignes…",
    max_entries=4,
    hash_funcs=shell.BY_VERSION,
)
def cover(territory: Territory, day: dt.date) -> Cover:
    """Return the minutes to all lines on a day; read only."""
    return coverage.cover(territory, day)


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=shell.BY_VERSION)
def _rings(territory: Territory, day: dt.date, specialty: str) -> dict[str, Any]:
    return reach.reach_rings(territory, cover(territory, day), specialty)


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs=shell.BY_VERSION)
def _payload(
    territory: Territory, day: dt.date, specialty: str, threshold: float, shown: tuple[str, ...]
) -> str:
    covered = cover(territory, day)
    lines = covered.lines[covered.lines["line"].isin(shown)]
    note = " · ".join(permanence_files.notes(territory))
    document = pdses.configuration(territory, covered, specialty, lines, note, threshold=threshold)
    view = ViewState(
        region=territory.region,
        indicator=pdses.INDICATOR,
        layers=(pdses.RINGS, pdses.POINTS),
    )
    return payload.encode(document | map_dialogue.opening(view, view))


def asked(covered: Cover, query: Mapping[str, str]) -> tuple[str, float, str]:
    """Return specialty, threshold and line of an address, the first ones by default."""
    by_slug = {french.slug(name): name for name in covered.specialties}
    specialty = by_slug.get(french.slug(query.get("specialite", "")), covered.specialties[0])
    # Links made before had "seuil", which is the threshold of the map of room.
    told = query.get("portee", query.get("seuil", ""))
    thresholds = {f"{t:g}": t for t in coverage.REACH_MINUTES}
    return (
        specialty,
        thresholds.get(told, ON_CALL_RINGS_MINUTES[0]),
        query.get("ligne", ""),
    )


def note_unknown(covered: Cover, query: Mapping[str, str]) -> None:
    """Take note of a specialty that an address names and that has no line here."""
    told = query.get("specialite", "")
    if told and french.slug(told) not in {french.slug(name) for name in covered.specialties}:
        unread.note(
            _SPECIALTY,
            "La spécialité de cette adresse n’a pas de ligne ici : en voici une autre.",
        )


def say_unknown(covered: Cover, specialty: str) -> None:
    """Say it until another specialty than the first is chosen."""
    unread.say(_SPECIALTY, still=specialty == covered.specialties[0])


def shown(covered: Cover, specialty: str, query: Mapping[str, str]) -> pd.DataFrame:
    """Return the lines that an address draws: of the specialty or of all, some types, statuses."""
    lines = covered.lines
    kept = (lines["specialty"] == specialty) | (query.get("lignes") == ALL)
    for parameter, column in (("types", "line_type"), ("statuts", "standing")):
        if asked := set(query.get(parameter, "").split(",")) - {""}:
            kept &= lines[column].map(french.slug).isin(asked)
    return lines[kept]


def rows_of(covered: Cover, codes: pd.Series) -> list[int]:
    """Return the positions of some communes."""
    return [int(row) for row in np.flatnonzero(covered.communes["code"].isin(codes))]


def beyond(covered: Cover, specialty: str, threshold: float) -> list[int]:
    """Return the positions of the communes farther than some minutes from a line that is held."""
    minutes, _ = covered.nearest(covered.rows(specialty))
    return [int(row) for row in np.flatnonzero(minutes > threshold)]


def beyond_told(specialty: str, threshold: float) -> str:
    """Return what is said below a map where these are outlined."""
    return (
        f"Cerclées : les communes à plus de {threshold:g} minutes d’une ligne tenue ({specialty})."
    )


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=shell.BY_VERSION)
def _grid(territory: Territory, day: dt.date, hospital: str, threshold: float) -> pd.DataFrame:
    return hospitals.grid(cover(territory, day), hospital, threshold)


def draw_hospital(
    territory: Territory, day: dt.date, threshold: float, *, key: str, asked: str
) -> str:
    """Draw the choice of a hospital and its lines; the map makes the same choice.

    Parameters
    ----------
    territory, day, threshold
        What is shown, and the minutes beyond which people are counted.
    key
        Key of the choice in the session.
    asked
        The hospital of the address.

    Returns
    -------
    str
        The hospital chosen, "" for none.
    """
    names = hospitals.hospitals(cover(territory, day))
    if asked and asked not in names and key not in st.session_state:
        unread.note(key, "L’hôpital de cette adresse n’a pas de ligne ici : choisissez-en un.")
    held = st.session_state.get(key, asked)
    shown = fields.written(key, held if held in names else None)

    def choose() -> None:
        if told := fields.change(shown):
            st.session_state[key] = told.after

    chosen: str | None = st.selectbox(
        "Hôpital : cliquez-le sur la carte, ou écrivez son nom",
        list(names),
        format_func=names.__getitem__,
        placeholder="Choisir un hôpital",
        key=shown,
        on_change=choose,
    )
    unread.say(key, still=not chosen)
    if not chosen:
        return ""
    st.header(names[chosen])
    figures.french_table(_grid(territory, day, chosen, threshold))
    return chosen


def dated(territory: Territory) -> str:
    """Return, beside the figures, of when the on-call lines are, or that they are simulated."""
    known = territory.provenance.get("pdses_lines")
    if known is None or territory.pdses_lines.empty:
        return ""
    if known.simulated:
        return "Lignes de garde simulées : sans valeur pour une décision ni pour se soigner."
    return f"Lignes de garde : {known.source}, {known.vintage}."


@st.fragment
def draw_map(
    territory: Territory,
    day: dt.date,
    specialty: str,
    threshold: float,
    lines: Iterable[str],
    *,
    key: str,
    marked: Iterable[int] = (),
    around: bool = False,
    hospital: str = "",
    query: Mapping[str, str] | None = None,
) -> None:
    """Draw the minutes to a specialty, some lines as marks, some communes outlined.

    Parameters
    ----------
    territory, day, specialty
        What is drawn.
    threshold
        Minutes beyond which people are counted, whose ring stands out.
    lines
        Identifiers of the lines drawn.
    key
        Key of the map.
    marked
        Positions of the communes outlined.
    around
        Whether the map opens on the communes outlined, where there are some.
    hospital
        Key of the session that takes the hospital clicked, "" for none.
    query
        What a link opens the map on; None: what is chosen on it is that of the screen.
    """
    message = map_dialogue.asked(key)
    if hospital and message.get("action") == "lieu":
        turn = message.get("turn")
        if turn != st.session_state.get(f"{key}_tour"):
            st.session_state[f"{key}_tour"] = turn
            st.session_state[hospital] = str(message.get("place", ""))
            st.rerun(scope="app")
    if query is None:
        chosen = map_choices.follow(key, own_choices.LAYERS)
        view = map_dialogue.told(message) or ViewState(commune=chosen["commune"])
    else:
        layers = map_choices.of_query(query)["layers"]
        chosen, view = LinkedMap(ViewState.from_query(query), layers).follow(key)
    answer = map_dialogue.answer(territory, view)
    answer["rings"][pdses.RINGS] = _rings(territory, day, specialty)
    answer["chosen"] = chosen
    answer["marked"] = [int(row) for row in marked]
    sent = _payload(territory, day, specialty, threshold, tuple(lines))
    if around and answer["marked"]:
        frame = frames.corners(territory.communes.iloc[answer["marked"]])
        sent = f"{sent}.{payload.encode({'frame': frame})}"
    map_view.draw_map(sent, answer, key)
