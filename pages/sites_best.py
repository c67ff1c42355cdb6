"""«Les meilleurs k sites», on screen: what is asked, and the proven answer."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.base.french import counted
from data.region.territory import Territory
from data.reports import site_tables
from data.reports.scenario_results import EXISTING_WORDS, WEIGHT_WORDS, Search
from data.siting.best import CAPACITATED, EXISTING, WEIGHTS, BestSites
from data.uploads import Site
from geo.errors import ProxiSoinsError
from pages import edited, pressed, sites_results

_FOUND = "sites_meilleurs"
Found = tuple[Search, BestSites]

_SITE, _PRICE = "Site", "Coût"


def _budget(names: list[str], kept: Search) -> tuple[tuple[float, ...], float | None]:
    """Draw the price of each site and the sum allowed."""
    if not st.toggle("Sous un budget", value=kept.budget is not None, key="sites_budget"):
        return (), None
    prices = list(kept.prices) or [1.0] * len(names)
    left, right = st.columns([3, 2])
    with left:
        table = edited.edit(
            pd.DataFrame({_SITE: names, _PRICE: prices}),
            edited.Asked(names.__getitem__),
            hide_index=True,
            disabled=[_SITE],
            column_config={
                _PRICE: st.column_config.NumberColumn(min_value=0.0, required=True, default=1.0)
            },
            key="sites_prix",
        )
    total = right.number_input(
        "Budget (même unité que les coûts)",
        min_value=0.0,
        value=float(kept.budget if kept.budget is not None else sum(prices) / 2),
        key="sites_somme",
    )
    return tuple(float(price) for price in table[_PRICE]), float(total)


def _aim(kept: Search, count: int) -> Search:
    """Draw what is sought, how many of `count` sites are to open, and the threshold."""
    left, middle, right = st.columns([4, 2, 2], vertical_alignment="bottom")
    model = left.selectbox(
        "Ce que l’on cherche",
        list(site_tables.MODELS),
        index=list(site_tables.MODELS).index(kept.model),
        format_func=site_tables.MODELS.__getitem__,
        key="sites_modele",
    )
    k = middle.number_input(
        "Sites à ouvrir (k)",
        min_value=1,
        max_value=count,
        value=min(kept.k or 3, count),
        disabled=model == "lscp",
        key=f"sites_k_{count}",
    )
    threshold = right.number_input(
        "Seuil (minutes)",
        min_value=5.0,
        max_value=60.0,
        value=kept.threshold,
        step=5.0,
        format="%.0f",
        key="sites_seuil",
    )
    return replace(
        kept, model=model, k=None if model == "lscp" else int(k), threshold=float(threshold)
    )


def _counted(kept: Search) -> Search:
    """Draw who counts, and what is there already, for the model that is sought."""
    left, right = st.columns(2)
    # Capacity has its own people to serve: the others are no choice then.
    seats = kept.model == CAPACITATED
    weights = left.selectbox(
        "Qui compte",
        WEIGHTS,
        index=WEIGHTS.index(kept.weights),
        format_func=(lambda _: "habitants sans place") if seats else WEIGHT_WORDS.__getitem__,
        disabled=seats,
        key="sites_poids_places" if seats else "sites_poids",
    )
    existing = right.selectbox(
        "Ce qui existe déjà",
        EXISTING,
        index=EXISTING.index(kept.existing),
        format_func=EXISTING_WORDS.__getitem__,
        key="sites_existant",
    )
    return replace(kept, weights=weights, existing=existing)


def _left_out(against: tuple[int, ...]) -> tuple[int, ...]:
    """Draw whether sites advised against may be chosen; return those that may not."""
    allowed = against and st.toggle(
        f"Retenir aussi {counted(len(against), 'site déconseillé', 'sites déconseillés')}",
        help="Trop isolé, ou sans l’équipe qu’exige une MSP : voir l’éligibilité ci-dessus.",
        key="sites_deconseilles",
    )
    return () if allowed else against


def _asked(names: list[str], kept: Search, against: tuple[int, ...]) -> Search:
    """Draw what can be asked and return it."""
    count = len(names)
    asked = _counted(_aim(kept, count))
    own = st.multiselect(
        "Votre choix, pour le comparer (facultatif)",
        range(count),
        default=list(kept.own),
        placeholder="aucun site choisi",
        format_func=names.__getitem__,
        key=f"sites_choix_{count}",
        select_all=False,
    )
    prices, budget = (
        _budget(names, kept) if asked.model not in {"lscp", CAPACITATED} else ((), None)
    )
    return replace(
        asked, own=tuple(sorted(own)), prices=prices, budget=budget, left_out=_left_out(against)
    )


def found_for(
    territory: Territory, sites: tuple[Site, ...], departures: Mapping[str, int]
) -> Found | None:
    """Return the last search, when it was for these sites, departures and data."""
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
    for key in [k for k in st.session_state if str(k).startswith(_WIDGETS)]:
        del st.session_state[key]
    st.session_state["sites_recherche"] = search
    if search is not None:
        _run(search, territory, sites, departures)


_WIDGETS = (
    "sites_modele",
    "sites_k_",
    "sites_seuil",
    "sites_poids",
    "sites_existant",
    "sites_choix_",
    "sites_budget",
    "sites_prix",
    "sites_somme",
    "sites_deconseilles",
)


def _run(
    search: Search,
    territory: Territory,
    sites: tuple[Site, ...],
    departures: Mapping[str, int],
) -> None:
    try:
        with st.spinner("Recherche des meilleurs sites…"):
            best = search.run(territory, sites, departures)
    except ProxiSoinsError as error:
        st.error("Aucun choix n’a pu être trouvé.")
        st.text(str(error))
        return
    key = (territory.version, sites_results.told(sites, departures))
    st.session_state[_FOUND] = (key, search, best)


def draw_search(
    territory: Territory,
    sites: tuple[Site, ...],
    departures: Mapping[str, int],
    against: tuple[int, ...],
) -> None:
    """Draw the search and its answer; sites advised against are left out unless allowed."""
    names = site_tables.labels([s.name for s in sites], [s.line for s in sites])
    kept: Search = st.session_state.get("sites_recherche") or Search(k=min(3, len(sites)))
    if max([*kept.own, 0]) >= len(sites) or len(kept.prices) not in {0, len(sites)}:
        kept = Search(k=min(3, len(sites)))
    asked = _asked(names, kept, against)
    if pressed.button("Chercher les meilleurs sites", kind="primary", key="sites_chercher"):
        st.session_state["sites_recherche"] = asked
        _run(asked, territory, sites, departures)
        st.rerun()
    found = found_for(territory, sites, departures)
    if found is None:
        return
    if found[0] != asked:
        st.info("Les réglages ont changé depuis : relancez la recherche. Résultat précédent :")
    sites_results.draw_best(territory, found[1], found[0], names)
