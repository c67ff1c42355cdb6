"""Screen "Fiche territoire": one page for one territory, for an elected official."""

from dataclasses import replace
from html import escape

import geopandas as gpd
import pandas as pd
import streamlit as st

from data.access import comparison
from data.access.indicators import LEVELS
from data.base.french import MISSING
from data.region import embedded_set, privacy
from data.region.territory import Territory
from data.reports import sheet, sheet_pdf
from data.reports.sheet import LEVEL_TITLES, Figure, Sheet
from geo import layers, static_map
from geo.errors import ProxiSoinsError
from models.region import flag
from pages import accounts, figures, shell

MAP_INDICATOR = layers.INDICATORS[0]
"""The small map shows minutes to the nearest GP."""

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


def _chosen(territory: Territory) -> tuple[str, str]:
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
    """Draw the choice of a territory, and of another to compare with, "" for none."""
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
    new_code = middle.selectbox(
        "Territoire",
        codes,
        index=codes.index(code) if new_level == level and code in names else 0,
        format_func=names.__getitem__,
    )
    # The names of all communes are sent a second time to who compares, not to everyone.
    if not right.toggle("Comparer avec un autre territoire"):
        return new_level, new_code, ""
    other = right.selectbox(
        "Comparer avec",
        [one for one in codes if one != new_code],
        index=None,
        format_func=names.__getitem__,
        placeholder="Choisir un autre territoire",
    )
    return new_level, new_code, other or ""


def _sheet(
    territory: Territory, communes: pd.DataFrame, level: str, code: str, *, printed: bool = False
) -> Sheet:
    """Return the sheet; printed or public, it tells of the risk what anyone may know."""
    peers = communes if level == "commune" else shell.aggregated_indicators(territory, level)
    region = shell.aggregated_indicators(territory, "region").iloc[0]
    risk, public = None, ""
    if accounts.may_see_risk() and not printed:
        risk = shell.known_risk(territory)
    else:
        public = _public_sentence(territory, communes, level, code)
    return sheet.sheet(
        territory, communes, peers, region, level=level, code=code, risk=risk, public=public
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


def _card(figure: Figure) -> None:
    """Draw a figure in large type; its texts hold imported names and are written as text."""
    with st.container(border=True, height="stretch"):
        st.html(
            f'<div style="font-size:.9rem;font-weight:600">{escape(figure.label)}</div>'
            f'<div style="font-size:2rem;font-weight:700;line-height:1.15">'
            f"{escape(figure.value)}</div>"
            f'<div style="font-size:.85rem;color:#000091">{escape(figure.comparison)}</div>'
            f'<div style="font-size:.9rem;margin-top:.3rem">{escape(figure.sentence)}</div>'
        )


def _sentences(title: str, sentences: tuple[str, ...]) -> None:
    st.subheader(title)
    st.html("<ul>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>")


def _draw_sheet(territory: Territory, chosen: Sheet, *, narrow: bool) -> None:
    st.html(
        f'<h2 style="margin:0">{escape(chosen.name)}</h2>'
        f'<p style="margin:0;color:#45494f">{escape(chosen.context)}</p>'
    )
    places = [st.container()] * 5 if narrow else st.columns(len(chosen.figures))
    for place, figure in zip(places, chosen.figures, strict=True):
        with place:
            _card(figure)
    left, right = (st.container(), st.container()) if narrow else st.columns([4, 5])
    with left:
        figures.image(
            _picture(territory, chosen.communes, chosen.name),
            f"Carte du temps d’accès au généraliste autour de {chosen.name}",
        )
    with right:
        _sentences("Ce qui est en place", chosen.in_place)
        _sentences("Ce qui menace", chosen.threats)
        past = comparison.history(territory, chosen.communes)
        if len(past) > 1:
            st.subheader("Depuis quand")
            dated = past.rename(columns=CURVES).set_axis(past.index.astype(str).rename("Année"))
            st.vega_lite_chart(past["gps"].reset_index(), GPS_BY_YEAR, height=200)
            st.dataframe(dated.dropna(axis=1, how="all").round(1), placeholder=MISSING)
    st.download_button(
        "Télécharger la fiche (PDF, une page A4)",
        lambda: _pdf(territory, chosen.level, chosen.code),
        file_name=f"proxisoins-{chosen.level}-{chosen.code}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key=f"pdf-{chosen.level}-{chosen.code}",
    )


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    communes = shell.commune_indicators(territory)
    level, code, other = _pick(territory, *_chosen(territory))
    shell.remember(replace(shell.view(), territory=f"{level}:{code}"))
    if other:
        left, right = st.columns(2)
        with left:
            _draw_sheet(territory, _sheet(territory, communes, level, code), narrow=True)
        with right:
            _draw_sheet(territory, _sheet(territory, communes, level, other), narrow=True)
    else:
        _draw_sheet(territory, _sheet(territory, communes, level, code), narrow=False)
    st.caption(" · ".join(figures.notes(territory)))


draw()
