"""Screen "Territoires à risque": where the last GP may not be replaced, why, and the proof."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from data.base import french
from data.maps import payload, risk
from data.region.schemas import ZONES
from data.region.territory import Territory
from data.scenarios import database
from geo.errors import ProxiSoinsError
from models.learning.signals import CLASSES, DEFAULT_HORIZON, HORIZONS
from models.region import flag
from models.region import follow_up as follow_ups
from pages import figures, map_dialogue, map_view, risk_panels, risk_proof, shell

MAP, LIST, TABS, COMMUNE = "risques_carte", "risques_liste", "risques_onglet", "risques_commune"
HORIZON, MOST, WHOLE = "risques_horizon", "risques_habitants", "risques_liste_entiere"
"""Keys of the widgets."""

RANKING, SIGNAL, DEPARTURE = "Carte et classement", "Un signal", "Et si ce médecin partait ?"
INHABITANTS = (500, 1000, 2000, 5000, 10000)
TOWN_ZOOM = 10.5
SHORT_LIST, FIRST_LIST = 10, 100
"""Rows that are drawn whole; rows sent before more are asked for, half a kilobyte each."""

WORKING_PAPER = (
    "Document de travail du planificateur : une commune à un seul médecin désigne une personne. "
    "Pour diffuser, prendre la vue publique (territoires d’au moins 5 médecins)."
)
READING = (
    "**Aide à la lecture.** La probabilité est celle de n’avoir **plus aucun médecin généraliste** "
    "à l’échéance, pour les communes où l’on en a compté un. Elle dit qu’une relève "
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


def _choose(**changed: Any) -> None:
    """Keep choices of this screen in the view, hence in the address."""
    view = shell.view()
    shell.remember(replace(view, risk=replace(view.risk, **changed)))


def _slugs(labels: Iterable[str]) -> dict[str, str]:
    """Return what the address says of each label, then the label."""
    return {french.fold(label).replace(" ", "-").strip("-"): label for label in labels}


def _several(place: Any, label: str, name: str, options: Mapping[str, str]) -> list[str]:
    """Draw the choice of a field of `RiskChoices`, as the view holds it; return its labels."""
    key = f"risques_{name}"
    asked = st.session_state.get(key, getattr(shell.view().risk, name))
    st.session_state[key] = [one for one in asked if one in options]
    chosen = place.multiselect(
        label, list(options), format_func=options.__getitem__, key=key, placeholder="Tous"
    )
    _choose(**{name: tuple(chosen)})
    return [options[one] for one in chosen]


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=shell.BY_VERSION)
def _listed(territory: Territory, horizon: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranking and the indicators of its communes; read only."""
    indicators = shell.commune_indicators(territory)
    table = flag.listed(shell.risk(territory, horizon), indicators)
    return table, indicators[indicators["code"].isin(table["code"])]


def _filters(table: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters, as the view holds them, and return what they keep."""
    with st.expander("Filtrer (département, EPCI, classe, population, zone)"):
        left, middle, right = st.columns(3)
        names = communes.sort_values("departement_name")
        departements = _several(
            left,
            "Départements",
            "departements",
            dict(zip(names["departement"], names["departement_name"], strict=True)),
        )
        within = communes
        if departements:
            within = communes[communes["departement_name"].isin(departements)]
        within = within[within["epci"] != ""].sort_values("epci_name")
        epcis = _several(
            middle, "EPCI", "epcis", dict(zip(within["epci"], within["epci_name"], strict=True))
        )
        classes = _several(right, "Classes de risque", "classes", _slugs(CLASSES[::-1]))
        zones = _several(left, "Zonage", "zones", _slugs(ZONES))
        limit = shell.view().risk.inhabitants
        st.session_state.setdefault(MOST, limit if limit in INHABITANTS else None)
        most = middle.selectbox(
            "Habitants, au plus",
            [None, *INHABITANTS],
            format_func=lambda one: french.number(one) if one else "sans limite",
            key=MOST,
        )
        _choose(inhabitants=most)
        right.caption("Le classement et la carte suivent ces choix.")
    told = [*departements, *epcis, *classes, *zones]
    if told or most:
        limited = [f"{french.number(most)} habitants au plus"] if most else []
        st.text(f"Filtre en cours : {', '.join([*told, *limited])}.")
    return flag.kept(
        table,
        most_inhabitants=most or math.inf,
        departement_name=departements,
        epci_name=epcis,
        risk_class=classes,
        zone=zones,
    )


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=8, hash_funcs=shell.BY_VERSION
)
def _configuration(
    territory: Territory, horizon: int, codes: tuple[str, ...] | None
) -> tuple[dict[str, Any], str]:
    """Return where the contours are, and what is sent of the map's configuration."""
    table = risk.with_risk(shell.commune_indicators(territory), shell.risk(territory, horizon))
    document = risk.configuration(territory, table, horizon, codes)
    return payload.contours_address(document), payload.encode(document)


def _payload(territory: Territory, horizon: int, codes: tuple[str, ...] | None) -> str:
    """Return the map's payload, rebuilt when the data, the horizon or the filters change."""
    key = (territory.version, horizon, codes, st.session_state.get("risques_centre", ""))
    kept = st.session_state.get("risques_payload")
    if kept is None or kept[0] != key:
        contours, encoded = _configuration(territory, horizon, codes)
        view = replace(shell.view(), indicator="risk_class")
        first = payload.encode(contours | map_dialogue.opening(view))
        st.session_state["risques_payload"] = kept = (key, f"{first}.{encoded}")
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


def _whole(rows: int) -> bool:
    """Draw the choice between the head of the list and all of it."""
    return st.toggle(
        f"Lister les {french.number(rows)} communes, pas seulement les {FIRST_LIST} plus à risque",
        key=WHOLE,
    )


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
    height: Literal["auto"] | int = "auto" if len(chosen) <= SHORT_LIST else 420
    listed = chosen if len(chosen) <= FIRST_LIST or _whole(len(chosen)) else chosen.head(FIRST_LIST)
    figures.table(listed, height=height, key=LIST, on_select=lambda: _row_chosen(territory, codes))
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
    risk_panels.review_form(territory, code, horizon)


def _departure(territory: Territory, table: pd.DataFrame, horizon: int) -> None:
    code = _commune(table)
    if code is None:
        st.info("Choisissez la commune dont un médecin partirait.")
        return
    risk_panels.departure(territory, code, horizon)


def _follow_up(territory: Territory) -> None:
    risk_panels.follow_up(territory)
    risk_panels.reviews(territory)


def _horizon() -> int:
    """Draw the choice of the horizon, as the view holds it."""
    asked = shell.view().risk.horizon
    st.session_state.setdefault(HORIZON, asked if asked in HORIZONS else DEFAULT_HORIZON)
    chosen = st.segmented_control(
        "Horizon, depuis le millésime des effectifs",
        HORIZONS,
        required=True,
        format_func=flag.years_told,
        key=HORIZON,
    )
    horizon = chosen or DEFAULT_HORIZON
    _choose(horizon=None if horizon == DEFAULT_HORIZON else horizon)
    return horizon


def _tabs(contents: Mapping[str, Callable[[], None]]) -> None:
    """Draw the tab that is open, as the view holds it."""
    titles = _slugs(contents)
    st.session_state.setdefault(TABS, titles.get(shell.view().risk.tab, RANKING))
    tabs = st.tabs(list(contents), key=TABS, on_change="rerun")
    opened = next((title for title, tab in zip(contents, tabs, strict=True) if tab.open), RANKING)
    _choose(tab="" if opened == RANKING else next(s for s, t in titles.items() if t == opened))
    with tabs[list(contents).index(opened)]:
        contents[opened]()


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=shell.BY_VERSION)
def _remembered(territory: Territory, horizon: int, url: str) -> str:
    """Keep the predictions shown in the database at this address; return the address."""
    follow_ups.remember(territory, shell.risk(territory, horizon))
    return url


def _remember(territory: Territory, horizon: int) -> None:
    """Keep what is predicted as it is shown, once per process, for the follow-up."""
    try:
        _remembered(territory, horizon, database.url())
    except ProxiSoinsError as error:
        st.warning(str(error))


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Territoires à risque")
    horizon = _horizon()
    st.markdown(READING)
    try:
        table, communes = _listed(territory, horizon)
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    _remember(territory, horizon)
    _tabs(
        {
            RANKING: lambda: _ranking(territory, table, _filters(table, communes), horizon),
            SIGNAL: lambda: _signal(territory, table, horizon),
            DEPARTURE: lambda: _departure(territory, table, horizon),
            "La preuve": lambda: risk_proof.draw(horizon),
            "Suivi et avis": lambda: _follow_up(territory),
            "Vue publique": lambda: risk_panels.public_view(territory, horizon),
        }
    )


draw()
