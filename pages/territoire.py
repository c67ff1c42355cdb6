"""Screen "Fiche territoire": one page for one territory, or for two side by side."""

from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.access import comparison
from data.access.indicators import LEVELS
from data.base import french
from data.region import embedded_set, privacy
from data.region.territory import Territory
from data.reports import sheet, sheet_pdf
from data.reports.pair import Measure, pair, pair_pdf
from data.reports.sheet import LEVEL_TITLES, Sheet
from data.scenarios import store
from geo import layers, static_map
from geo.errors import ProxiSoinsError
from models.region import flag, flag_tables
from pages import accounts, exporting, figures, sheet_scenario, sheet_view, shell

MAP_INDICATOR = layers.INDICATORS[0]
"""The small map shows minutes to the nearest GP."""

BATCH = "territoire_fiches"
"""Key of the sheets of an EPCI that were made last, in the session."""

CURVES = {
    "gps": "Médecins généralistes",
    "apl": "APL, tous âges",
    "apl65": "APL, 65 ans et moins",
}


GPS_BY_YEAR = {
    "mark": "bar",
    "encoding": {
        "x": {"field": "year", "type": "ordinal", "title": "Année", "axis": {"labelAngle": 0}},
        "y": {"field": "gps", "type": "quantitative", "title": "Médecins"},
    },
}
"""Bars of the GPs of each year (Vega-Lite)."""


def _asked(territory: Territory) -> tuple[str, str]:
    """Return level and code of the territory of the view, the first département by default."""
    level, _, code = shell.view().territory.partition(":")
    if level in LEVEL_TITLES and code:
        return level, code
    if shell.view().commune:
        return "commune", shell.view().commune
    return "departement", str(territory.communes["departement"].iloc[0])


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs=shell.BY_VERSION)
def _names(territory: Territory, level: str) -> dict[str, str]:
    """Return the names of the territories of a level by their codes; read only."""
    return sheet.choices(shell.commune_indicators(territory), level)


def _pick(territory: Territory, level: str, code: str) -> tuple[str, str, str]:
    """Draw the choice of a territory, and of another to compare with, "" for none.

    A territory that the address names and the region does not know is said to be unknown: no
    other one is opened in its place.
    """
    communes = shell.commune_indicators(territory)
    known = [
        one for one in LEVEL_TITLES if one in LEVELS and (communes[LEVELS[one][0]] != "").any()
    ]
    left, middle, right = st.columns([2, 3, 3], vertical_alignment="bottom")
    new_level = left.selectbox(
        "Niveau",
        known,
        index=known.index(level) if level in known else 0,
        format_func=LEVEL_TITLES.__getitem__,
    )
    names = _names(territory, new_level)
    codes = list(names)
    unknown = new_level == level and code not in names
    new_code = middle.selectbox(
        "Territoire",
        codes,
        index=None if unknown else codes.index(code) if new_level == level else 0,
        format_func=names.__getitem__,
        placeholder="Choisir un territoire",
    )
    if unknown and new_code is None:
        st.error(
            f"Le territoire demandé ({LEVEL_TITLES.get(level, 'niveau inconnu').lower()}) n’existe "
            f"pas en {territory.region_name}, ou plus : vérifiez son code, ou choisissez-en un."
        )
        return new_level, "", ""
    # The names of all communes are sent a second time to who compares, not to everyone.
    asked = st.query_params.get("avec", "")
    if not right.toggle("Comparer avec un autre territoire", value=bool(asked)):
        return new_level, new_code or "", ""
    others = [one for one in codes if one != new_code]
    other = right.selectbox(
        "Comparer avec",
        others,
        index=others.index(asked) if asked in others else None,
        format_func=names.__getitem__,
        placeholder="Choisir un autre territoire",
    )
    return new_level, new_code or "", other or ""


def _sheet(
    territory: Territory, communes: pd.DataFrame, level: str, code: str, *, printed: bool = False
) -> Sheet:
    """Return the sheet; printed or public, it tells of the risk what anyone may know."""
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    region = shell.aggregated_indicators(territory, "region").iloc[0]
    masked = printed or not accounts.may_see_risk()
    return sheet.sheet(
        territory,
        communes,
        peers,
        region,
        level=level,
        code=code,
        risk=None if masked else shell.known_risk(territory),
        masked=masked,
        public=_public_sentence(territory, communes, level, code) if masked else "",
    )


def _public_sentence(territory: Territory, communes: pd.DataFrame, level: str, code: str) -> str:
    """Return what anyone may be told of the risk, "" where it is not known."""
    members = communes.loc[communes[LEVELS[level][0]] == code, "code"]
    try:
        table = shell.public_risk(territory)
        if level == "commune" and flag.may_be_public(communes, code):
            known = shell.risk(territory).set_index("code")["risk_class"]
            return f"Relève non assurée : risque {known[code]}." if code in known else ""
    except ProxiSoinsError:
        return ""
    return privacy.sentence(table, members)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=shell.BY_VERSION)
def _ground(territory: Territory) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return communes and land as pictures need them; read only."""
    land = embedded_set.land(territory.region)
    return static_map.in_metres(territory.communes), static_map.in_metres(land)


@st.cache_data(show_spinner=False, max_entries=256, hash_funcs=shell.BY_VERSION)
def _picture(territory: Territory, codes: tuple[str, ...], name: str) -> bytes:
    contours, land = _ground(territory)
    return static_map.picture(
        contours,
        shell.commune_indicators(territory)[MAP_INDICATOR.key],
        MAP_INDICATOR,
        land,
        title=name,
        outline=contours.loc[contours["code"].isin(codes), "geometry"],
        size_inches=(5.2, 4.4),
    )


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=shell.BY_VERSION)
def _pdf(territory: Territory, level: str, code: str) -> bytes:
    communes = shell.commune_indicators(territory)
    chosen = _sheet(territory, communes, level, code, printed=True)
    picture = _picture(territory, chosen.communes, chosen.name)
    return sheet_pdf.sheet_pdf(
        chosen, picture, figures.notes(territory), simulated=bool(territory.simulated)
    )


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=shell.BY_VERSION)
def _pair_pdf(territory: Territory, level: str, first: str, second: str) -> bytes:
    communes = shell.commune_indicators(territory)
    names = (_names(territory, level)[first], _names(territory, level)[second])
    column = communes[LEVELS[level][0]]
    pictures = [
        _picture(territory, tuple(communes.loc[column == code, "code"]), name)
        for code, name in zip((first, second), names, strict=True)
    ]
    return pair_pdf(
        _measures(territory, level, first, second),
        names,
        (pictures[0], pictures[1]),
        figures.notes(territory),
        simulated=bool(territory.simulated),
    )


def _measures(territory: Territory, level: str, first: str, second: str) -> list[Measure]:
    communes = shell.commune_indicators(territory)
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    one, two = (peers[peers["code"] == code].iloc[0] for code in (first, second))
    return pair(one, two, shell.aggregated_indicators(territory, "region").iloc[0])


def _draw_review(level: str, code: str) -> None:
    """Draw the pill of the last review of a commune's flag, for who may see the risk."""
    if level != "commune" or not accounts.may_see_risk():
        return
    said = store.reviews([code])
    if said:
        told = f"Avis sur la relève : {flag_tables.reviewed_told(said[0])}"
        st.badge(told, icon=":material/rate_review:", color="blue")


def _draw_past(territory: Territory, chosen: Sheet) -> None:
    past = comparison.history(territory, chosen.communes)
    if len(past) < 2:
        return
    st.subheader("Depuis quand")
    dated = past.rename(columns=CURVES).set_axis(past.index.astype(str).rename("Année"))
    st.vega_lite_chart(past["gps"].reset_index(), GPS_BY_YEAR, height=200)
    figures.french_table(dated.dropna(axis=1, how="all").round(1).reset_index())


def _draw_sheet(territory: Territory, chosen: Sheet) -> None:
    sheet_view.draw_signals(chosen.signals, chosen.succession)
    left, right = st.columns([4, 5])
    with left:
        figures.image(
            _picture(territory, chosen.communes, chosen.name),
            f"Carte du temps d’accès au généraliste autour de {chosen.name}",
        )
    with right:
        sheet_view.draw_sentences("Ce qui est en place", chosen.in_place)
    st.subheader("À côté des autres")
    sheet_view.draw_figures(chosen.figures)
    _draw_past(territory, chosen)
    exporting.button(
        "Télécharger la fiche (PDF, une page A4)",
        lambda: _pdf(territory, chosen.level, chosen.code),
        file_name=f"proxisoins-{chosen.level}-{chosen.code}.pdf",
        mime="application/pdf",
        key=f"pdf-{chosen.level}-{chosen.code}",
    )


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
            file_name=f"proxisoins-communes-{chosen.code}.pdf",
            mime="application/pdf",
            key=f"fiches-{chosen.code}",
        )
        return
    if not st.button(f"Préparer les fiches des communes de l’EPCI (PDF, {count})"):
        return
    communes = shell.commune_indicators(territory)
    bar = st.progress(0.0, "Préparation des fiches…")

    def each() -> Iterator[tuple[Sheet, bytes]]:
        for done, code in enumerate(chosen.communes, 1):
            one = _sheet(territory, communes, "commune", code, printed=True)
            yield one, _picture(territory, one.communes, one.name)
            bar.progress(done / len(chosen.communes), f"Fiche {done} sur {len(chosen.communes)}")

    document = sheet_pdf.sheets_pdf(
        each(), chosen.name, figures.notes(territory), simulated=bool(territory.simulated)
    )
    st.session_state[BATCH] = ((territory.version, chosen.code), document)
    st.rerun()


def _draw_pair(territory: Territory, level: str, first: Sheet, second: Sheet) -> None:
    names = (first.name, second.name)
    sheet_view.draw_pair(_measures(territory, level, first.code, second.code), names)
    for place, one in zip(st.columns(2), (first, second), strict=True):
        with place:
            st.subheader(one.name)
            figures.image(
                _picture(territory, one.communes, one.name),
                f"Carte du temps d’accès au généraliste autour de {one.name}",
            )
            sheet_view.draw_signals(one.signals, one.succession)
            sheet_view.draw_sentences("Ce qui est en place", one.in_place)
    exporting.button(
        "Télécharger la comparaison (PDF)",
        lambda: _pair_pdf(territory, level, first.code, second.code),
        file_name=f"proxisoins-comparaison-{first.code}-{second.code}.pdf",
        mime="application/pdf",
        key=f"pair-{first.code}-{second.code}",
    )


def _keep_address(level: str, code: str, other: str) -> None:
    """Write what is chosen in the address, beside the view that all screens share."""
    shell.remember(replace(shell.view(), territory=f"{level}:{code}"), address=False)
    query = shell.view().to_query() | ({"avec": other} if other else {})
    if scenario := sheet_scenario.asked():
        query[sheet_scenario.PARAMETER] = scenario
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    communes = shell.commune_indicators(territory)
    heading = st.container()
    level, code, other = _pick(territory, *_asked(territory))
    if not code:
        heading.title("Fiche territoire")
        return
    _keep_address(level, code, other)
    first = _sheet(territory, communes, level, code)
    if other:
        second = _sheet(territory, communes, level, other)
        heading.title(f"{first.name} et {second.name}")
        _draw_pair(territory, level, first, second)
    else:
        heading.title(first.name)
        st.caption(first.context)
        _draw_review(level, code)
        _draw_sheet(territory, first)
        sheet_scenario.draw_change(territory, first)
        _draw_batch(territory, first)
    figures.sources(figures.notes(territory))


draw()
