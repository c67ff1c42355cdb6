"""Public page of the on-call lines: without account, and where the server allows it, embedded."""

import streamlit as st

from data.base import french
from data.pdses import coverage, tables
from data.region.territory import Territory
from pages import fields, figures, following, on_call_view, reads, shell

MAP = "gardes_carte"
"""Key of the map."""
_KEYS = "gardes_choix_"
SPECIALTY, HOSPITAL, COMMUNE = (f"{_KEYS}{name}" for name in ("specialite", "hopital", "commune"))
"""Keys of the widgets."""
_PARAMETERS = ("specialite", "hopital", "commune")
"""Names of the address that are this page's."""


def _is_choice(key: str) -> bool:
    return key.startswith(_KEYS)


def _draw_commune(territory: Territory) -> str:
    """Draw which lines cover a commune that the reader picks; return its code, "" for none."""
    communes = territory.communes.sort_values("name", key=french.in_order)
    names = dict(zip(communes["code"], communes["name"], strict=True))
    asked = st.session_state.get(COMMUNE, st.query_params.get("commune"))
    fields.hold(COMMUNE, asked if asked in names else None)
    code: str | None = st.selectbox(
        "Ma commune",
        list(names),
        format_func=lambda one: f"{names[one]} ({one[:2]})",
        placeholder="Nom de la commune",
        key=COMMUNE,
    )
    if not code:
        return ""
    found = coverage.lines_covering(territory, code)
    if found.empty:
        st.text(f"{names[code]} : aucune ligne tenue n’est connue à une heure ou moins.")
        return code
    st.text(f"Lignes tenues à une heure ou moins de {names[code]}, de la plus proche :")
    titles = ["Spécialité", "Type", "Établissement", "Statut", "Minutes"]
    figures.french_table(found.round({"minutes": 0}).set_axis(titles, axis=1))
    return code


def draw() -> None:
    """Draw the page."""
    territory = shell.territory()
    st.title(f"Permanence des soins en établissement, {territory.region_name}")
    st.caption(
        "Nouveaux patients, la nuit, le samedi après-midi, le dimanche et les jours fériés. En "
        "cas d’urgence, appelez le 15\u00a0: cette page ne remplace pas la régulation. "
        f"{on_call_view.dated(territory)}"
    )
    if territory.pdses_lines.empty:
        st.info("Aucune ligne n’est connue dans cette région.")
        return
    following.follow("gardes", _PARAMETERS, _is_choice)
    commune = _draw_commune(territory)
    day = french.today()
    covered = on_call_view.cover(territory, day)
    specialty, threshold, _ = on_call_view.asked(covered, st.query_params.to_dict())
    on_call_view.note_unknown(covered, st.query_params.to_dict())
    st.session_state.setdefault(SPECIALTY, specialty)
    specialty = st.selectbox("Spécialité", covered.specialties, key=SPECIALTY)
    on_call_view.say_unknown(covered, specialty)
    figures.on_paper(f"Spécialité : {specialty}")
    lines = on_call_view.shown(covered, specialty, {})["line"]
    on_call_view.draw_map(
        territory, day, specialty, threshold, lines, key=MAP, hospital=HOSPITAL, query={}
    )
    asked = st.query_params.get("hopital", "")
    hospital = on_call_view.draw_hospital(territory, day, threshold, key=HOSPITAL, asked=asked)
    st.header("Portée des lignes tenues, par spécialité")
    figures.french_table(tables.reach_table(covered), wraps=True)
    told = {"specialite": french.slug(specialty), "hopital": hospital, "commune": commune}
    query = {"region": territory.region} if "region" in st.query_params else {}
    query |= {name: text for name, text in told.items() if text}
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    following.note("gardes", _PARAMETERS, _is_choice)
    figures.sources(figures.notes(territory, *reads.ON_CALL))


draw()
