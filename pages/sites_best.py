"""«Les meilleurs k sites», on screen: what is asked, and the proven answer."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.base.french import counted
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.reports import site_tables
from data.reports.scenario_results import EXISTING_WORDS, WEIGHT_WORDS, Search
from data.siting.best import EXISTING, OF_PLACES, WEIGHTS, BestSites
from data.uploads import Site
from geo.errors import ProxiSoinsError
from pages import edited, fields, following, own_choices, pressed, sites_results
from pages.search_choices import (
    LEAST_MINUTES,
    MOST_BUDGET,
    MOST_MINUTES,
    USUAL_SITES,
    SearchChoices,
)

_FOUND = "sites_meilleurs"
Found = tuple[Search, BestSites]

_KEYS, _BASE = "meilleurs_w_", "meilleurs_prix"
"""Beginning of the keys of what is asked; key of the table of prices that one starts from."""
_NO_BUDGET = "meilleurs_sans_budget"
_THRESHOLD_OF_ROOM = "meilleurs_seuil_places", HUBERT_MINUTES
_SITE, _PRICE = "Site", "Coût"


def _budget(names: list[str], kept: SearchChoices) -> tuple[tuple[float, ...], float | None]:
    """Draw the price of each site and the sum allowed."""
    if not st.toggle("Sous un budget", key=fields.first(f"{_KEYS}budget", kept.budget is not None)):
        return (), None
    prices = list(kept.prices) or [1.0] * len(names)
    # What the editor starts from stays the same while one types in it.
    if st.session_state.get(_BASE, ([], None))[0] != names:
        st.session_state[_BASE] = names, pd.DataFrame({_SITE: names, _PRICE: prices})
    left, right = st.columns([3, 2])
    with left:
        table = edited.edit(
            st.session_state[_BASE][1],
            edited.Asked(names.__getitem__),
            hide_index=True,
            disabled=[_SITE],
            column_config={
                _PRICE: st.column_config.NumberColumn(min_value=0.0, required=True, default=1.0)
            },
            key=f"{_KEYS}prix",
        )
    total = right.number_input(
        "Budget (même unité que les coûts)",
        min_value=0.0,
        max_value=MOST_BUDGET,
        key=fields.first(
            f"{_KEYS}somme", float(sum(prices) / 2 if kept.budget is None else kept.budget)
        ),
    )
    return tuple(float(price) for price in table[_PRICE]), float(total)


def _aim(kept: SearchChoices, count: int) -> SearchChoices:
    """Draw what is sought, how many of `count` sites are to open, and the threshold."""
    left, middle, right = st.columns([4, 2, 2], vertical_alignment="bottom")
    model = left.selectbox(
        "Ce que l’on cherche",
        list(site_tables.MODELS),
        format_func=site_tables.MODELS.__getitem__,
        key=fields.first(f"{_KEYS}modele", kept.model),
    )
    usual = min(USUAL_SITES, count)
    k = middle.number_input(
        "Sites à ouvrir (k)",
        min_value=1,
        max_value=count,
        disabled=model == "lscp",
        key=fields.first(f"{_KEYS}k_{count}", kept.k or usual),
    )
    seats = model in OF_PLACES  # a place is one at the minutes of room, as on every screen
    threshold = right.number_input(
        "Seuil (minutes)",
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        step=5.0,
        format="%.0f",
        disabled=seats,
        key=fields.first(*_THRESHOLD_OF_ROOM)
        if seats
        else fields.first(f"{_KEYS}seuil", kept.threshold),
    )
    if seats:
        threshold = kept.threshold
    return replace(kept, model=model, k=0 if k == usual else int(k), threshold=float(threshold))


def _counted(kept: SearchChoices) -> SearchChoices:
    """Draw who counts, and what is there already, for the model that is sought."""
    left, right = st.columns(2)
    # Capacity has its own people to serve: the others are no choice then.
    seats = kept.model in OF_PLACES
    weights = left.selectbox(
        "Qui compte",
        WEIGHTS,
        format_func=(lambda _: "habitants sans place") if seats else WEIGHT_WORDS.__getitem__,
        disabled=seats,
        key=fields.first(f"{_KEYS}poids_places" if seats else f"{_KEYS}poids", kept.weights),
    )
    existing = right.selectbox(
        "Ce qui existe déjà",
        EXISTING,
        format_func=(lambda _: "sans effet sur les places")
        if seats
        else EXISTING_WORDS.__getitem__,
        disabled=seats,
        key=fields.first(f"{_KEYS}existant_places" if seats else f"{_KEYS}existant", kept.existing),
    )
    return replace(kept, weights=weights, existing=existing)


def _allowed(kept: SearchChoices, against: tuple[int, ...]) -> bool:
    """Draw whether sites advised against may be chosen."""
    return bool(against) and st.toggle(
        f"Retenir aussi {counted(len(against), 'site déconseillé', 'sites déconseillés')}",
        help="Trop isolé, ou sans l’équipe qu’exige une MSP : voir l’éligibilité ci-dessus.",
        key=fields.first(f"{_KEYS}deconseilles", kept.allowed),
    )


def _asked(names: list[str], kept: SearchChoices, against: tuple[int, ...]) -> SearchChoices:
    """Draw what can be asked and return it, not answered yet."""
    count = len(names)
    asked = _counted(_aim(kept, count))
    own = st.multiselect(
        "Votre choix, pour le comparer (facultatif)",
        range(count),
        placeholder="aucun site choisi",
        format_func=names.__getitem__,
        key=fields.first(f"{_KEYS}choix_{count}", [rank - 1 for rank in kept.own]),
        select_all=False,
    )
    if asked.model in OF_PLACES:
        st.toggle(
            "Sous un budget",
            disabled=True,
            help="Des places sous un budget : « Règles et argent des projets », plus bas.",
            key=_NO_BUDGET,
        )
    prices, budget = _budget(names, kept) if asked.model not in {"lscp", *OF_PLACES} else ((), None)
    return replace(
        asked,
        own=tuple(sorted(row + 1 for row in own)),
        prices=prices,
        budget=budget,
        allowed=_allowed(kept, against),
        answered=False,
    )


def found_for(
    territory: Territory, sites: tuple[Site, ...], departures: Mapping[str, int]
) -> Found | None:
    """Return the last search, when it was for these sites, departures and data."""
    if following.stepped() and not own_choices.told().get("meilleurs"):
        st.session_state.pop(_FOUND, None)  # back to before it was searched
    kept = st.session_state.get(_FOUND)
    if kept is None or kept[0] != (territory.version, sites_results.told(sites, departures)):
        return None
    return kept[1], kept[2]


def start_from(
    search: Search | None,
    territory: Territory,
    sites: tuple[Site, ...],
    departures: Mapping[str, int],
) -> None:
    """Set what is asked to the search of a scenario, and run it."""
    st.session_state.pop(_FOUND, None)
    chosen = SearchChoices() if search is None else SearchChoices.of(search, len(sites))
    own_choices.say(**chosen.to_query())
    if search is not None:
        _run(search, territory, sites, departures)


def _run(
    search: Search,
    territory: Territory,
    sites: tuple[Site, ...],
    departures: Mapping[str, int],
) -> bool:
    """Search, and keep what is found; tell whether something is."""
    try:
        with st.spinner("Recherche des meilleurs sites…"):
            best = search.run(territory, sites, departures)
    except ProxiSoinsError as error:
        st.error("Aucun choix n’a pu être trouvé.")
        st.text(str(error))
        return False
    key = (territory.version, sites_results.told(sites, departures))
    st.session_state[_FOUND] = (key, search, best)
    return True


def draw_search(
    territory: Territory,
    sites: tuple[Site, ...],
    departures: Mapping[str, int],
    against: tuple[int, ...],
) -> None:
    """Draw the search and its answer; sites advised against are left out unless allowed."""
    names = site_tables.labels([s.name for s in sites], [s.line for s in sites])
    kept = SearchChoices.from_query(own_choices.told(), len(names))
    if fields.follow(_KEYS, replace(kept, answered=False)):
        st.session_state.pop(_BASE, None)
    chosen = _asked(names, kept, against)
    fields.typed(_KEYS, chosen)
    asked = chosen.search(len(names), against)
    found = found_for(territory, sites, departures)
    # What an address shows the answer of is searched as it is opened, and no more after that.
    opened = kept.answered and (following.stepped() or _FOUND not in st.session_state)
    clicked = pressed.button("Chercher les meilleurs sites", kind="primary", key="sites_chercher")
    if clicked or (opened and (found is None or found[0] != asked)):
        own_choices.say(**replace(chosen, answered=True).to_query())
        if _run(asked, territory, sites, departures):
            st.rerun()
        return
    shown = found is not None and found[0] == asked
    own_choices.say(**replace(chosen, answered=shown).to_query())
    if found is None:
        return
    if not shown:
        st.info("Les réglages ont changé depuis : relancez la recherche. Résultat précédent :")
    sites_results.draw_best(territory, found[1], found[0], names)
