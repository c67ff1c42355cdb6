"""Screen "Territoires à risque": where the last GP may not be replaced, why, and the proof."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from data import french, map_payload, risk_map
from data.schemas import ZONES
from data.territory import Territory
from geo.errors import ProxiSoinsError
from models import flag
from models.training import CLASSES
from pages import figures, map_dialogue, map_view, risk_panels, risk_proof, shell

MAP, LIST, TABS, COMMUNE = "risques_carte", "risques_liste", "risques_onglet", "risques_commune"
"""Keys of the widgets."""

RANKING, SIGNAL, DEPARTURE = "Carte et classement", "Un signal", "Et si ce médecin partait ?"
INHABITANTS = (500, 1000, 2000, 5000, 10000)
TOWN_ZOOM = 10.5

WORKING_PAPER = (
    "Document de travail du planificateur : une commune à un seul médecin désigne une personne. "
    "Pour diffuser, prendre la vue publique (territoires d’au moins 5 médecins)."
)
READING = (
    "**Aide à la lecture.** La probabilité est celle de n’avoir **plus aucun médecin généraliste** "
    "à l’échéance, pour les communes qui en ont au moins un aujourd’hui. Elle dit qu’une relève "
    "n’est pas assurée ; elle ne dit rien d’un médecin en particulier. Le modèle éclaire, il ne "
    "décide pas : chaque signal se vérifie auprès du terrain."
)


def _select(code: str) -> None:
    """Make a commune the one of the view, whatever page comes next."""
    shell.remember(replace(shell.view(), commune=code))


def _centre(territory: Territory, code: str) -> None:
    """Select a commune and move the map to it."""
    communes = territory.communes
    place = communes[communes["code"] == code].iloc[0]
    view = replace(
        shell.view(), commune=code, lon=float(place["lon"]), lat=float(place["lat"]), zoom=TOWN_ZOOM
    )
    shell.remember(view)
    st.session_state["risques_centre"] = code


def _filters(table: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters and return what they keep."""
    with st.expander("Filtrer (département, EPCI, classe, population, zone)"):
        left, middle, right = st.columns(3)
        departements = left.multiselect(
            "Départements", sorted(table["departement_name"].unique()), placeholder="Tous"
        )
        within = flag.kept(table, departement_name=departements)
        epcis = middle.multiselect(
            "EPCI", sorted(set(within["epci_name"]) - {""}), placeholder="Tous"
        )
        classes = right.multiselect("Classes de risque", CLASSES[::-1], placeholder="Toutes")
        zones = left.multiselect("Zonage", ZONES, placeholder="Tous")
        most = middle.selectbox(
            "Habitants, au plus",
            [math.inf, *INHABITANTS],
            format_func=lambda one: french.number(one) if math.isfinite(one) else "sans limite",
        )
        right.caption("Le classement et la carte suivent ces choix.")
    return flag.kept(
        table,
        most_inhabitants=most,
        departement_name=departements,
        epci_name=epcis,
        risk_class=classes,
        zone=zones,
    )


def _payload(territory: Territory, horizon: int, codes: tuple[str, ...] | None) -> str:
    """Return the map's payload, rebuilt when the data, the horizon or the filters change."""
    key = (territory.version, horizon, codes, st.session_state.get("risques_centre", ""))
    kept = st.session_state.get("risques_payload")
    if kept is None or kept[0] != key:
        table = risk_map.with_risk(
            shell.commune_indicators(territory), shell.risk(territory, horizon)
        )
        document = risk_map.configuration(territory, table, horizon, codes)
        view = replace(shell.view(), indicator="risk_class")
        encoded = map_payload.encode(document | map_dialogue.opening(view))
        st.session_state["risques_payload"] = kept = (key, encoded)
    return str(kept[1])


@st.fragment
def _map(territory: Territory, horizon: int, codes: tuple[str, ...] | None) -> None:
    message = map_dialogue.asked(MAP)
    if message.get("turn") != st.session_state.get("risques_turn"):
        # Said once: the list and the choice of a commune may have moved the view since.
        st.session_state["risques_turn"] = message.get("turn")
        told = map_dialogue.follow(message)
        shell.remember(told, address=False)
        map_dialogue.open_sheet(MAP, message, told)
        # The address already holds what the client shows: compare with what the page drew.
        if told.commune != st.session_state["risques_drawn"]:
            st.rerun()
    view = shell.view()
    map_view.draw_map(
        _payload(territory, horizon, codes), map_dialogue.answer(territory, view), MAP
    )


def _row_chosen(territory: Territory, codes: list[str]) -> None:
    rows = st.session_state[LIST]["selection"]["rows"]
    if rows:
        _centre(territory, codes[rows[0]])


def _ranking(territory: Territory, table: pd.DataFrame, chosen: pd.DataFrame, horizon: int) -> None:
    """Draw the map, the list and the exports."""
    everything = len(chosen) == len(table)
    st.session_state["risques_drawn"] = shell.view().commune
    _map(territory, horizon, None if everything else tuple(chosen["code"]))
    risk_panels.class_counts(chosen, horizon)
    codes = chosen["code"].tolist()
    selected = table[table["code"] == shell.view().commune]
    if len(selected):
        row = selected.iloc[0]
        st.button(
            f"Expliquer le signal : {row['name']} (risque {row['risk_class']})",
            type="primary",
            on_click=lambda: st.session_state.update({TABS: SIGNAL}),
        )
    else:
        st.caption("Cliquez sur une commune de la carte, ou cochez une ligne, pour l’expliquer.")
    figures.table(chosen, key=LIST, on_select=lambda: _row_chosen(territory, codes))
    lines = [WORKING_PAPER, *figures.notes(territory, "communes", "gps", "gp_history", "apl")]
    figures.downloads("territoires-a-risque", chosen, lines, contours=territory.communes)
    st.caption(" · ".join(lines))


def _commune(table: pd.DataFrame) -> str | None:
    """Draw the choice of a commune that has a GP; the map and the list set it too."""
    names = table["name"] + " (" + table["departement_name"] + ")"
    known = dict(zip(table["code"], names, strict=True))
    current = shell.view().commune
    st.session_state[COMMUNE] = current if current in known else None
    return st.selectbox(
        "Commune",
        list(known),
        index=None,
        format_func=known.__getitem__,
        key=COMMUNE,
        placeholder="Choisir une commune qui a au moins un médecin",
        on_change=lambda: _select(st.session_state[COMMUNE] or ""),
    )


def _signal(territory: Territory, table: pd.DataFrame, horizon: int) -> None:
    code = _commune(table)
    if code is None:
        st.info("Choisissez une commune dans la liste, ou cliquez-la sur la carte.")
        return
    risk_panels.signal(territory, code, horizon)
    risk_panels.review_form(territory, code)


def _departure(territory: Territory, table: pd.DataFrame, horizon: int) -> None:
    code = _commune(table)
    if code is None:
        st.info("Choisissez la commune dont un médecin partirait.")
        return
    risk_panels.departure(territory, code, horizon)


def _follow_up(territory: Territory) -> None:
    risk_panels.follow_up(territory)
    risk_panels.reviews(territory)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Territoires à risque")
    horizon = st.segmented_control(
        "Horizon",
        flag.HORIZONS,
        default=flag.HORIZONS[0],
        required=True,
        format_func=lambda years: f"{years} ans",
    )
    st.markdown(READING)
    try:
        table = flag.listed(shell.risk(territory, horizon), shell.commune_indicators(territory))
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    contents: Mapping[str, Callable[[], None]] = {
        RANKING: lambda: _ranking(territory, table, _filters(table), horizon),
        SIGNAL: lambda: _signal(territory, table, horizon),
        DEPARTURE: lambda: _departure(territory, table, horizon),
        "La preuve": lambda: risk_proof.draw(horizon),
        "Suivi et avis": lambda: _follow_up(territory),
        "Vue publique": lambda: risk_panels.public_view(territory, horizon),
    }
    tabs = st.tabs(list(contents), key=TABS, on_change="rerun")
    for tab, content in zip(tabs, contents.values(), strict=True):
        if tab.open:
            with tab:
                content()


draw()
