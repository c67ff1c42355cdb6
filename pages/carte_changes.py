"""Under the map: what changed between two years, as a table and as files."""

import streamlit as st

from data.access.source_notes import headed
from data.maps import differences
from data.region.territory import Territory
from geo.layers import Indicator
from pages import figures, shell

KEY = "entre_deux_annees"


def draw(territory: Territory) -> None:
    """Draw the table of what changed, made when it is asked for."""
    # Open where the address compares two years: the map then shows the same figures.
    box = st.expander(
        "Entre deux années : tableau et fichiers de ce qui a changé",
        expanded="depuis" in st.query_params,
        key=KEY,
        on_change="rerun",
    )
    if box.open:
        with box:
            _draw(territory)


def _draw(territory: Territory) -> None:
    communes = shell.commune_indicators(territory)
    known = {
        one: found
        for one in differences.DATED_INDICATORS
        if (found := differences.years(territory, one, communes))
    }
    if not known:
        st.caption(
            "Une seule année est connue : importez un autre millésime dans « Données et méthode »."
        )
        return
    indicator = _pick_indicator(tuple(known))
    years = known[indicator]
    # The map takes them in either order.
    asked = sorted(st.query_params.get(name, str(years[-1])) for name in ("depuis", "annee"))
    left, right = st.columns(2)
    first = left.selectbox("De", years[:-1], index=_place(years[:-1], asked[0], 0))
    later = [year for year in years if year > first]
    last = right.selectbox("À", later, index=_place(later, asked[1], len(later) - 1))
    between = (first, last)
    table = differences.changes(territory, indicator, communes, between)
    told = differences.sentence(indicator, table, between)
    figures.lead(told, "annees")
    st.caption(
        "Les plus fortes baisses d’abord. Sur la carte : « Comparer avec l’année », sous "
        f"« {indicator.short} »."
    )
    lines = [told, *figures.notes(territory, *indicator.tables, "gp_history")]
    figures.french_table(
        differences.titled(indicator, table, between),
        f"changements-{first}-{last}",
        headed(territory, f"{indicator.label}, de {first} à {last}, par commune", lines),
        height=420,
    )


def _pick_indicator(known: tuple[Indicator, ...]) -> Indicator:
    keys = [one.key for one in known]
    shown = shell.view().indicator
    place = keys.index(shown) if shown in keys else 0
    chosen: Indicator = st.selectbox(
        "Ce qui est comparé", known, index=place, format_func=lambda one: one.label
    )
    return chosen


def _place(years: list[int], asked: str, otherwise: int) -> int:
    return next((place for place, year in enumerate(years) if str(year) == asked), otherwise)
