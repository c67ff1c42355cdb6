"""Choices of the screen "Territoires à risque": held in the view, hence in the address."""

import contextlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from data.base import french
from data.region.table_names import ZONES
from geo.errors import UnavailableError
from models.backtests import proof
from models.learning.register import CONFIRMED, GONE, UNKNOWN
from models.learning.signals import CLASSES, DEFAULT_HORIZON, HORIZONS
from models.region import flag
from pages import fields, shell, zoning_view

TABS, HORIZON, MOST = "risques_onglet", "risques_horizon", "risques_habitants"
PART, WHOLE = "risques_volet", "risques_liste_entiere"
MOST_CHIPS = 20
"""Départements that are chips above the map, more than any region has; France has a list."""
_FIELDS = ("departements", "epcis", "classes", "zones", "shown")
"""Keys of the widgets, and fields of `RiskChoices` that have one each."""
PARAMETERS = (
    *("dep", "epci", "classe", "zone", "montrer"),
    *("horizon", "onglet", "lire", "habitants", "lister"),
)
"""Their names in the address."""

NOT_REVIEWED = "sans avis"
SHOWN = (GONE, NOT_REVIEWED)
"""What the list may be cut to; those probably gone are no part of those that may go."""
INHABITANTS = (500, 1000, 2000, 5000, 10000)


def horizon() -> int:
    """Draw the choice of the horizon, as the view holds it."""
    asked = shell.view().risk.horizon
    st.session_state.setdefault(HORIZON, asked if asked in HORIZONS else DEFAULT_HORIZON)
    chosen = st.segmented_control(
        "Horizon, depuis le millésime des effectifs",
        HORIZONS,
        required=True,
        format_func=flag.years_told,
        key=HORIZON,
        wrap=True,
    )
    years = chosen or DEFAULT_HORIZON
    _choose(horizon=None if years == DEFAULT_HORIZON else years)
    return years


def verified(years: int) -> None:
    """Say how predictions of a horizon held where they were verified."""
    with contextlib.suppress(UnavailableError):  # « La preuve » says that the report lacks
        st.caption(french.unbroken(proof.read().verified(years)))


def tabs(contents: Mapping[str, Callable[[], None]]) -> None:
    """Draw the tab that is open, as the view holds it; the first one where it holds none."""
    first = next(iter(contents))
    titles = _slugs(contents)
    st.session_state.setdefault(TABS, titles.get(shell.view().risk.tab, first))
    drawn = st.tabs(list(contents), key=TABS, on_change="rerun")
    opened = next((title for title, tab in zip(contents, drawn, strict=True) if tab.open), first)
    _choose(tab="" if opened == first else next(s for s, t in titles.items() if t == opened))
    with drawn[list(contents).index(opened)]:
        contents[opened]()


def part(labels: Iterable[str]) -> str:
    """Draw the choice of what is read of a commune, as the view holds it; the first by default."""
    titles = _slugs(labels)
    first = next(iter(titles.values()))
    st.session_state.setdefault(PART, titles.get(shell.view().risk.part, first))
    chosen: str = (
        st.segmented_control("À lire", list(titles.values()), required=True, key=PART, wrap=True)
        or first
    )
    _choose(part="" if chosen == first else french.slug(chosen))
    return chosen


def filters(table: pd.DataFrame, communes: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Draw the chips, as the view holds them; return what they keep and say which they are."""
    names = communes.drop_duplicates("departement")
    names = names.sort_values("departement_name", key=french.in_order)
    known = dict(zip(names["departement"], names["departement_name"], strict=True))
    # One row above the map, which starts high on a small screen too: the others open from it.
    left, more = st.columns([5, 1])
    few = len(known) <= MOST_CHIPS
    departements = _several(left, "Départements", "departements", known, chips=few, titled=False)
    named = {french.slug(zone): zoning_view.ZONE_TITLES[zone] for zone in ZONES}
    with more.popover("Autres filtres", width="stretch"):
        classes = _several(st, "Classes de risque", "classes", _slugs(CLASSES[::-1]))
        zones = _several(st, "Zonage", "zones", named)
        only = _several(st, "Ne montrer que", "shown", _slugs(SHOWN))
        within = communes
        if departements:
            within = communes[communes["departement_name"].isin(departements)]
        within = within[within["epci"] != ""].drop_duplicates("epci")
        within = within.sort_values("epci_name", key=french.in_order)
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
    limited = [f"{french.number(most)} habitants au plus"] if most else []
    said = ", ".join([*told, *limited])
    if said:
        st.text(f"Filtre en cours : {said}.")
    kept = flag.kept(
        table,
        most_inhabitants=most or math.inf,
        departement_name=departements,
        epci_name=epcis,
        risk_class=classes,
        zone=[zone for zone in ZONES if zoning_view.ZONE_TITLES[zone] in zones],
        state=[GONE] if GONE in only else [CONFIRMED, UNKNOWN],
        review=[""] if NOT_REVIEWED in only else [],
    )
    count = f"{french.counted(len(kept), 'commune', 'communes')} sur {french.number(len(table))}"
    return kept, f"Communes retenues : {said} ; {count}." if said else ""


def whole(rows: int) -> bool:
    """Draw the choice between the head of the list and all of it, as the view holds it."""
    st.session_state.setdefault(WHOLE, shell.view().risk.whole)
    chosen = st.toggle(f"Lister les {french.number(rows)} communes", key=WHOLE)
    _choose(whole=chosen)
    return chosen


def is_choice(key: str) -> bool:
    """Tell whether a widget of this key is one of these choices."""
    return key in {HORIZON, MOST, TABS, PART, WHOLE, *(f"risques_{name}" for name in _FIELDS)}


def _choose(**changed: Any) -> None:
    """Keep choices of this screen in the view, hence in the address."""
    view = shell.view()
    shell.remember(replace(view, risk=replace(view.risk, **changed)))


def _slugs(labels: Iterable[str]) -> dict[str, str]:
    """Return what the address says of each label, then the label."""
    return {french.slug(label): label for label in labels}


def _several(
    place: Any,
    label: str,
    name: str,
    options: Mapping[str, str],
    *,
    chips: bool = True,
    titled: bool = True,
) -> list[str]:
    """Draw the choice of a field of `RiskChoices`, as the view holds it; return its labels.

    Not `titled`, the label is for those alone who hear the screen.
    """
    key = f"risques_{name}"
    asked = st.session_state.get(key, getattr(shell.view().risk, name)) or []
    fields.hold(key, [one for one in asked if one in options])
    named = options.__getitem__
    if chips:
        chosen = place.pills(
            label,
            list(options),
            selection_mode="multi",
            format_func=named,
            key=key,
            wrap=True,
            label_visibility="visible" if titled else "collapsed",
        )
    else:
        chosen = place.multiselect(
            label,
            list(options),
            format_func=named,
            key=key,
            placeholder="Tous" if titled else f"Tous les {label.lower()}",
            label_visibility="visible" if titled else "collapsed",
            select_all=False,
        )
    _choose(**{name: tuple(chosen)})
    return [options[one] for one in chosen]
