"""The sheet of a territory on screen, and two side by side: the same for its screen and links."""

from collections.abc import Callable

import streamlit as st

from data.access import history
from data.region.territory import Territory
from data.reports.sheet import Sheet
from geo.layers import Indicator
from pages import exporting, figures, grids, sheet_paper, sheet_view

CURVES = {
    "gps": "Médecins généralistes",
    "apl": "APL, tous âges",
    "apl65": "APL, 65 ans et moins",
}


GPS_BY_YEAR = {
    "config": figures.FRENCH_CHART,
    "mark": {"type": "bar", "color": "#000091", "width": {"band": 0.5}},
    "encoding": {
        "x": {"field": "year", "type": "ordinal", "title": "Année", "axis": {"labelAngle": 0}},
        "y": {
            "field": "gps",
            "type": "quantitative",
            "title": "Médecins",
            "axis": {"tickMinStep": 1},
        },
    },
}
"""Bars of the GPs of each year (Vega-Lite)."""


def _draw_past(territory: Territory, chosen: Sheet) -> None:
    past = history.by_year(territory, chosen.communes)
    if len(past) < 2:
        return
    st.header(f"Évolution depuis {past.index.min()}")
    dated = past.rename(columns=CURVES).set_axis(past.index.astype(str).rename("Année"))
    known = dated.dropna(axis=1, how="all").round(1)
    # Beside the curve there is room for one column: the last ones were beyond the edge.
    beside = past["gps"].any() and len(known.columns) == 1
    left, right = st.columns([3, 2]) if beside else (st.container(), st.container())
    if past["gps"].any():
        left.vega_lite_chart(past["gps"].reset_index(), GPS_BY_YEAR, height=200)
    # No grid: on paper a canvas is cut where the screen ends.
    right.html(grids.plain(known.reset_index(), {}, wraps=True))


def _draw_map(territory: Territory, one: Sheet) -> None:
    """Draw the map of a territory; its legend is below, where it can be read in a column."""
    drawn = sheet_paper.screen_picture(territory, one)
    figures.image(drawn, sheet_paper.told(one.name), widest="34rem")


def draw_context(territory: Territory, chosen: Sheet) -> None:
    """Say where a territory stands, and what the screen has not said of its minutes already."""
    st.caption(chosen.context + ("" if territory.unverified_minutes else chosen.unverified))


def draw_one(territory: Territory, chosen: Sheet) -> None:
    """Draw the sheet of one territory, and offer it on paper."""
    paper = sheet_paper.printed(territory, chosen)
    sheet_view.draw_signals(chosen, paper)
    left, right = st.columns([5, 7], gap="medium")
    with left:
        _draw_map(territory, chosen)
        sheet_view.draw_sentences("Ce qui est en place", chosen.in_place)
    with right:
        sheet_view.draw_figures(chosen, paper)
        _draw_past(territory, chosen)
    exporting.button(
        "Télécharger la fiche (PDF, une page A4)",
        lambda: sheet_paper.pdf(territory, chosen.level, chosen.code),
        file_name=f"proxisoins-{sheet_paper.called(chosen)}.pdf",
        mime="application/pdf",
        key=f"pdf-{chosen.level}-{chosen.code}",
    )


def draw_two(
    territory: Territory,
    level: str,
    first: Sheet,
    second: Sheet,
    pick: Callable[[], Indicator],
) -> None:
    """Draw two territories side by side, and offer them on paper.

    `pick` draws the choice of what both maps show, where there is one, and returns it.
    """
    names = (first.name, second.name)
    measures = sheet_paper.measures(territory, level, first.code, second.code)
    sheet_view.draw_pair(measures, names, sheet_paper.around(territory))
    chosen = pick()
    maps = sheet_paper.pair_pictures(
        territory,
        (first.name, first.communes),
        (second.name, second.communes),
        chosen.key,
        on_screen=True,
    )
    st.caption(sheet_paper.pair_words(territory, chosen))
    both = (first, second)
    for place, one, drawn in zip(st.columns(2), both, maps, strict=True):
        with place:
            st.header(one.name)
            figures.image(drawn, sheet_paper.told(one.name, chosen), widest="34rem")
    sheet_view.draw_signals_of_two([(one, sheet_paper.printed(territory, one)) for one in both])
    st.header("Ce qui est en place")
    for place, one in zip(st.columns(2), both, strict=True):
        with place:
            sheet_view.draw_sentences(one.name, one.in_place, within=True)
    exporting.button(
        "Télécharger la comparaison (PDF)",
        lambda: sheet_paper.printed_pair(territory, level, first.code, second.code, chosen.key),
        file_name=(
            f"proxisoins-comparaison-{sheet_paper.called(first)}-{sheet_paper.called(second)}.pdf"
        ),
        mime="application/pdf",
        key=f"pair-{first.code}-{second.code}-{chosen.key}",
    )
