"""Under the map: what changed between two years, as a table and as files."""

from collections.abc import Mapping, Sequence

import streamlit as st

from data.access.source_notes import headed
from data.maps import differences
from data.region.territory import Territory
from geo.layers import Indicator
from pages import fields, figures, own_choices, shell

KEY = "entre_deux_annees"
_INDICATOR, _YEARS = "tquoi", "tannees"
"""In the address: what is compared, and the two years, with a "-" between."""
_WHAT, _FIRST, _LAST = "entre_quoi", "entre_de", "entre_a"
"""Keys of the three choices."""


def draw(territory: Territory) -> None:
    """Draw the table of what changed, made when it is asked for."""
    # Open where the address compares two years: the map then shows the same figures.
    box = own_choices.fold(
        "Entre deux années : tableau et fichiers de ce qui a changé",
        "annees",
        key=KEY,
        first="depuis" in st.query_params,
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
    indicator = _pick_indicator({one.key: one for one in known})
    years = known[indicator]
    first, last = between = _pick_years(years)
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


def _pick_indicator(known: Mapping[str, Indicator]) -> Indicator:
    """Draw the choice of an indicator, that of the map as long as none is chosen here."""
    shown = shell.view().indicator
    usual = shown if shown in known else next(iter(known))
    fields.hold(_WHAT, own_choices.among(_INDICATOR, {key: key for key in known}, usual))

    def picked() -> None:
        key = str(st.session_state[_WHAT])
        own_choices.say(**{_INDICATOR: "" if key == usual else key})

    chosen: str = st.selectbox(
        "Ce qui est comparé",
        list(known),
        format_func=lambda key: known[key].label,
        key=_WHAT,
        on_change=picked,
    )
    return known[chosen]


def _pick_years(years: Sequence[int]) -> tuple[int, int]:
    """Draw the choice of two years, those of the map as long as none are chosen here."""
    # The map takes them in either order.
    asked = sorted(st.query_params.get(name, str(years[-1])) for name in ("depuis", "annee"))
    usual = _between(years, asked) or (years[0], years[-1])
    shown = _between(years, own_choices.told().get(_YEARS, "").split("-")) or usual
    for key, year in zip((_FIRST, _LAST), shown, strict=True):
        fields.hold(key, year)

    def picked() -> None:
        first, last = (int(st.session_state[key]) for key in (_FIRST, _LAST))
        between = (first, last if last > first else years[-1])
        own_choices.say(**{_YEARS: "" if between == usual else "-".join(map(str, between))})

    left, right = st.columns(2)
    left.selectbox("De", years[:-1], key=_FIRST, on_change=picked)
    later = [year for year in years if year > shown[0]]
    right.selectbox("À", later, key=_LAST, on_change=picked)
    return shown


def _between(years: Sequence[int], asked: Sequence[str]) -> tuple[int, int] | None:
    """Return two years of a text where both are known and one comes before the other."""
    known = {str(year): year for year in years}
    found = [known[one] for one in asked if one in known]
    return (found[0], found[1]) if len(found) == len(asked) == 2 and found[0] < found[1] else None
