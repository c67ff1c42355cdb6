"""Screen "Territoires à risque": where the last GP may not be replaced, why, and the proof."""

import contextlib
import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

import pandas as pd
import streamlit as st

from data.base import french
from data.maps import payload, risk
from data.maps.document import ContoursAddress
from data.region import france
from data.region.schemas import ZONES
from data.region.territory import Territory
from data.scenarios import database, verdicts
from geo.errors import ProxiSoinsError, UnavailableError
from models.backtests import proof
from models.learning.predictors import early_told
from models.learning.register import CONFIRMED, GONE, UNKNOWN
from models.learning.signals import CLASSES, DEFAULT_HORIZON, HORIZONS
from models.region import flag, flag_tables
from models.region import follow_up as follow_ups
from pages import (
    accounts,
    exporting,
    fields,
    figures,
    following,
    map_dialogue,
    map_view,
    risk_panels,
    risk_proof,
    sheet_paper,
    shell,
    zoning_view,
)

MAP, LIST, TABS, COMMUNE = "risques_carte", "risques_liste", "risques_onglet", "risques_commune"
HORIZON, MOST, WHOLE = "risques_horizon", "risques_habitants", "risques_liste_entiere"
_FIELDS = ("departements", "epcis", "classes", "zones", "shown")
_PARAMETERS = ("dep", "epci", "classe", "zone", "montrer", "horizon", "onglet", "habitants")
"""Choices of this screen, and their names in the address."""
FRAMED = "risques_cadre"
"""Keys of the widgets."""

RANKING, DEPARTURE = "Carte et signaux", "Et si ce médecin partait ?"
NOT_REVIEWED = "sans avis"
SHOWN = (GONE, NOT_REVIEWED)
"""What the list may be cut to; those probably gone are no part of those that may go."""
LISTED = (
    "name",
    "departement_name",
    "people_at_stake",
    "population",
    "risk_class",
    "share_lost",
    "share_lost_low",
    "share_lost_high",
    "review",
)
"""Columns of the list; the exports hold all."""

INHABITANTS = (500, 1000, 2000, 5000, 10000)
TOWN_ZOOM = 10.5
MAP_PIXELS, TILE_PIXELS, WIDEST_ZOOM = 420, 256, 6.0
FIRST_SHEETS, SHEETS = 10, "risques_fiches_pdf"
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
    return {french.slug(label): label for label in labels}


def _several(
    place: Any, label: str, name: str, options: Mapping[str, str], *, chips: bool = True
) -> list[str]:
    """Draw the choice of a field of `RiskChoices`, as the view holds it; return its labels."""
    key = f"risques_{name}"
    asked = st.session_state.get(key, getattr(shell.view().risk, name)) or []
    fields.hold(key, [one for one in asked if one in options])
    named = options.__getitem__
    if chips:
        chosen = place.pills(
            label, list(options), selection_mode="multi", format_func=named, key=key
        )
    else:
        chosen = place.multiselect(
            label, list(options), format_func=named, key=key, placeholder="Tous"
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
    """Draw the chips, as the view holds them, and return what they keep."""
    names = communes.sort_values("departement_name")
    known = dict(zip(names["departement"], names["departement_name"], strict=True))
    departements = _several(st, "Départements", "departements", known)
    left, middle, right = st.columns(3)
    classes = _several(left, "Classes de risque", "classes", _slugs(CLASSES[::-1]))
    named = {french.slug(zone): zoning_view.ZONE_TITLES[zone] for zone in ZONES}
    zones = _several(middle, "Zonage", "zones", named)
    only = _several(right, "Ne montrer que", "shown", _slugs(SHOWN))
    with st.expander("EPCI, population"):
        within = communes
        if departements:
            within = communes[communes["departement_name"].isin(departements)]
        within = within[within["epci"] != ""].sort_values("epci_name")
        groups = dict(zip(within["epci"], within["epci_name"], strict=True))
        epcis = _several(st, "EPCI", "epcis", groups, chips=False)
        limit = shell.view().risk.inhabitants
        st.session_state.setdefault(MOST, limit if limit in INHABITANTS else None)
        most = st.selectbox(
            "Habitants, au plus",
            [None, *INHABITANTS],
            format_func=lambda one: french.number(one) if one else "sans limite",
            key=MOST,
        )
        _choose(inhabitants=most)
    told = [*departements, *epcis, *classes, *zones, *only]
    if told or most:
        limited = [f"{french.number(most)} habitants au plus"] if most else []
        st.text(f"Filtre en cours : {', '.join([*told, *limited])}.")
    return flag.kept(
        table,
        most_inhabitants=most or math.inf,
        departement_name=departements,
        epci_name=epcis,
        risk_class=classes,
        zone=[zone for zone in ZONES if zoning_view.ZONE_TITLES[zone] in zones],
        state=[GONE] if GONE in only else [CONFIRMED, UNKNOWN],
        review=[""] if NOT_REVIEWED in only else [],
    )


@st.cache_resource(
    show_spinner="Préparation de la carte…", max_entries=8, hash_funcs=shell.BY_VERSION
)
def _configuration(
    territory: Territory, horizon: int, codes: tuple[str, ...] | None
) -> tuple[ContoursAddress, str]:
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
        first = payload.encode({**contours, **map_dialogue.opening(view)})
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
        f"Lister les {french.number(rows)} communes",
        key=WHOLE,
    )


def _fit(chosen: pd.DataFrame, territory: Territory, *, everything: bool) -> None:
    """Move the map to the communes that the chips keep, when they change.

    On a first visit the address decides where it stands, if it says so.
    """
    kept = hash(tuple(chosen["code"]))
    before = st.session_state.get(FRAMED)
    st.session_state[FRAMED] = kept
    places = territory.communes
    places = places[places["code"].isin(chosen["code"])]
    asked = shell.view().lon is not None or everything
    if before == kept or places.empty or (before is None and asked):
        return
    west, south, east, north = places.total_bounds
    # Web Mercator: 360° over the tile at zoom 0; latitudes here stretch by about 1.4.
    wide = max((east - west) / 2, (north - south) * 1.4, 0.1)
    zoom = math.log2(MAP_PIXELS * 360 / (TILE_PIXELS * wide))
    view = replace(
        shell.view(),
        lon=float((west + east) / 2),
        lat=float((south + north) / 2),
        zoom=round(min(max(zoom, WIDEST_ZOOM), TOWN_ZOOM), 1),
    )
    shell.remember(view)
    st.session_state["risques_centre"] = f"cadre {kept}"


def _ranking(territory: Territory, table: pd.DataFrame, chosen: pd.DataFrame, horizon: int) -> None:
    """Draw the map and the list, and beside them what is known of the commune chosen."""
    everything = len(chosen) == (table["state"] != GONE).sum()
    st.session_state["risques_drawn"] = shell.view().commune
    _fit(chosen, territory, everything=everything)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _map(territory, horizon, None if everything else tuple(chosen["code"]))
        _list(territory, chosen)
    with right:
        _detail(territory, table, chosen["code"].tolist(), horizon)
    risk_known = shell.risk(territory, horizon)
    fed = bool(risk_known["register_fed"].any())
    risk_panels.class_counts(chosen, horizon, register=fed)
    lines = [WORKING_PAPER, *figures.notes(territory, "communes", "gps", "gp_history", "apl")]
    told = [flag_tables.file_told(risk_known), flag.gone_told(table, risk_known)]
    figures.downloads(
        "territoires-a-risque",
        chosen,
        [lines[0], *told, *lines[1:]],
        contours=territory.communes,
    )
    _sheets(territory, chosen.head(FIRST_SHEETS), lines)
    figures.sources(lines)


def _sheets(territory: Territory, first: pd.DataFrame, lines: list[str]) -> None:
    """Offer the sheets of the first communes of the list as one document, made when asked for."""
    codes = tuple(first["code"])
    if not codes:
        return
    count = french.counted(len(codes), "commune", "communes")
    kept = st.session_state.get(SHEETS)
    if kept is not None and kept[0] == (territory.version, codes):
        exporting.button(
            f"Télécharger les fiches des premières de la liste (PDF, {count})",
            kept[1],
            file_name="proxisoins-a-regarder-d-abord.pdf",
            mime="application/pdf",
            key="risques_fiches",
        )
        return
    if not st.button(f"Préparer les fiches des premières de la liste (PDF, {count})"):
        return
    bar = st.progress(0.0, "Préparation des fiches…")
    document = sheet_paper.batch(
        territory,
        codes,
        f"Document de travail, {count} à regarder d’abord",
        lines,
        lambda done: bar.progress(done / len(codes), f"Fiche {done} sur {len(codes)}"),
    )
    st.session_state[SHEETS] = ((territory.version, codes), document)
    st.rerun()


def _list(territory: Territory, chosen: pd.DataFrame) -> None:
    """Draw the communes, the most inhabitants at stake first."""
    codes = chosen["code"].tolist()
    height: Literal["auto"] | int = "auto" if len(chosen) <= SHORT_LIST else 420
    listed = chosen if len(chosen) <= FIRST_LIST or _whole(len(chosen)) else chosen.head(FIRST_LIST)
    figures.table(
        listed[[*LISTED]],
        height=height,
        key=LIST,
        on_select=lambda: _row_chosen(territory, codes),
    )
    st.caption(
        "Dans l’ordre des habitants concernés : habitants × probabilité. L’export a toutes les "
        "colonnes."
    )


def _detail(territory: Territory, table: pd.DataFrame, codes: list[str], horizon: int) -> None:
    """Draw the commune chosen: why, what would change it, what if; arrows go along the list."""
    code = _commune(table)
    at = codes.index(code) if code in codes else -1
    with st.container(horizontal=True):
        for label, key, step in (("Précédente", "Left", -1), ("Suivante", "Right", 1)):
            target = at + step if at >= 0 else 0
            st.button(
                label,
                shortcut=key,
                disabled=not 0 <= target < len(codes),
                on_click=lambda to=target: _centre(territory, codes[to]),
            )
    if code is None:
        st.info("Cliquez sur une commune de la carte, ou cochez une ligne de la liste.")
        return
    risk_panels.signal(territory, code, horizon)


def _commune(table: pd.DataFrame) -> str | None:
    """Draw the choice of a commune that has a GP; the map and the list set it too."""
    names = table["name"] + " (" + table["departement_name"] + ")"
    known = dict(zip(table["code"], names, strict=True))
    current = shell.view().commune
    fields.hold(COMMUNE, current if current in known else None)
    return st.selectbox(
        "Commune",
        list(known),
        index=None,
        format_func=known.__getitem__,
        key=COMMUNE,
        placeholder="Choisir une commune où l’on a compté un médecin",
        on_change=lambda: _select(st.session_state[COMMUNE] or ""),
    )


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
    with contextlib.suppress(UnavailableError):  # « La preuve » says that the report lacks
        st.caption(french.unbroken(proof.read().verified(horizon)))
    _choose(horizon=None if horizon == DEFAULT_HORIZON else horizon)
    return horizon


def _level(as_of: int, horizon: int) -> None:
    """Say how far the total of losses may lie from the one announced, where the report tells."""
    with contextlib.suppress(UnavailableError):
        if told := proof.read().level(as_of, horizon):
            st.caption(told)


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
        _remembered(territory, horizon, str(database.url()))
    except ProxiSoinsError as error:
        st.warning(str(error))


def _is_choice(key: str) -> bool:
    return key in {HORIZON, MOST, TABS, *(f"risques_{name}" for name in _FIELDS)}


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Territoires à risque")
    following.follow("risques", _PARAMETERS, _is_choice)
    if territory.region in france.OVERSEAS:
        st.warning(
            "Le modèle a été appris et éprouvé dans l’Hexagone seulement : ce qu’il vaut outre-mer "
            "n’est pas connu."
        )
    horizon = _horizon()
    if not accounts.may_see_risk():
        st.caption("Le risque par commune est réservé aux comptes « planificateur ».")
        risk_panels.public_view(territory, horizon)
        return
    reading = st.expander("Ce que dit la probabilité, et ce qu’elle ne dit pas")
    reading.markdown(READING)
    try:
        table, communes = _listed(territory, horizon)
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    _remember(territory, horizon)
    late = flag.overdue(
        int(table["as_of_year"].iloc[0]), horizon, dt.datetime.now(tz=dt.UTC).date()
    )
    if late:
        st.warning(late)
    if early := early_told(int(table["as_of_year"].iloc[0])):
        st.warning(early)
    st.text(flag.gone_told(table, shell.risk(territory, horizon)))
    with reading:
        _level(int(table["as_of_year"].iloc[0]), horizon)
    table = flag.reviewed(table, verdicts.reviews(table["code"].tolist()))
    _tabs(
        {
            RANKING: lambda: _ranking(territory, table, _filters(table, communes), horizon),
            DEPARTURE: lambda: _departure(territory, table, horizon),
            "La preuve": lambda: risk_proof.draw(horizon),
            "Suivi et avis": lambda: _follow_up(territory),
            "Vue publique": lambda: risk_panels.public_view(territory, horizon),
        }
    )
    following.note("risques", _PARAMETERS, _is_choice)


draw()
