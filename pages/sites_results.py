"""What candidate sites give, on screen: map, judgements side by side, winners and losers."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from data.access import indicators, unknown_supply
from data.access.people import people_of
from data.base.french import MISSING
from data.maps import payload
from data.maps import sites as sites_map
from data.region.territory import Territory
from data.reports import public_scenario, scenario_results, site_tables
from data.reports.scenario_results import Search
from data.reports.site_columns import SITE_TITLES
from data.scenarios.drafts import Draft
from data.siting.best import OF_PLACES, ROOM, STEP_BY_STEP, BestSites
from data.siting.evaluation import SiteEvaluation, evaluate_sites
from data.uploads import Site
from geo import display
from pages import (
    figures,
    following,
    grids,
    map_choices,
    map_dialogue,
    map_view,
    own_choices,
    reads,
    sheet_view,
    shell,
)
from pages.sites_table import draw_compared
from pages.state import ViewState

SHOWN_AT_ONCE = 12
"""Above this number of sites the work is seen to progress, and the table asks which to show."""
_KEPT = "sites_jugements"
_DETAIL, _COMPARED, _NONE = "detail", "compares", "aucun"
"""Parameters of the address: the site whose rings are drawn, those compared; "none of them"."""
_MOST_KEPT = 4


def risk_of(territory: Territory) -> frozenset[str] | None:
    """Return the communes at risk, None when that is not known; for planners only."""
    known = shell.known_risk(territory)
    return None if known is None else scenario_results.at_risk(known)


def told(sites: Sequence[Site], departures: Mapping[str, int]) -> str:
    """Return the key of sites and of the GPs supposed to leave before."""
    return repr((tuple(sites), sorted(departures.items())))


def judged(
    territory: Territory,
    sites: tuple[Site, ...],
    risk: frozenset[str] | None,
    departures: Mapping[str, int],
) -> SiteEvaluation:
    """Return the judgement of sites, kept for the session; long work shows its progress.

    Short and without risk, as most shared links, it is kept for all sessions.
    """
    if risk is None and len(sites) <= SHOWN_AT_ONCE:
        with st.spinner("Évaluation des sites…"):
            return _judged_for_all(territory, sites, departures)
    kept: dict[Any, SiteEvaluation] = st.session_state.setdefault(_KEPT, {})
    key = (territory.version, told(sites, departures), risk is None)
    if key in kept:
        return kept[key]
    if len(sites) <= SHOWN_AT_ONCE:
        with st.spinner("Évaluation des sites…"):
            found = evaluate_sites(territory, sites, risk_communes=risk, departures=departures)
    else:
        bar = st.progress(0.0, f"Évaluation de {len(sites)} sites…")

        def advance(done: int, total: int) -> None:
            bar.progress(done / total, f"Évaluation : {done} sites sur {total}")

        found = evaluate_sites(
            territory, sites, risk_communes=risk, departures=departures, progress=advance
        )
        bar.empty()
    while len(kept) >= _MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[key] = found
    return found


def _content(evaluation: SiteEvaluation) -> tuple[Any, ...]:
    """Return what tells two judgements of one territory apart."""
    left = evaluation.departures
    return evaluation.sites, evaluation.changes, None if left is None else left.leaving


BY_CONTENT: shell.CacheKeys = {**shell.BY_VERSION, Draft: repr, SiteEvaluation: _content}
"""How Streamlit's caches tell scenarios and judgements apart (`hash_funcs`)."""


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=BY_CONTENT)
def _judged_for_all(
    territory: Territory, sites: tuple[Site, ...], departures: Mapping[str, int]
) -> SiteEvaluation:
    return evaluate_sites(territory, sites, departures=departures)


@st.cache_data(show_spinner=False, max_entries=16, hash_funcs=BY_CONTENT)
def _reach(territory: Territory, sites: Sequence[Site]) -> dict[str, Any]:
    return display.display_rings(sites_map.reach_of(territory, sites))


@st.cache_data(show_spinner=False, max_entries=64, hash_funcs=BY_CONTENT)
def _around(territory: Territory, site: Site) -> dict[str, Any]:
    return sites_map.rings_of(territory, site)


@st.cache_data(show_spinner="Préparation de la carte…", max_entries=8, hash_funcs=BY_CONTENT)
def _payload(
    territory: Territory, evaluation: SiteEvaluation, chosen: tuple[int, ...], *, asks: bool
) -> str:
    if evaluation.departures is None:
        table = shell.commune_indicators(territory)
        around = {level: shell.aggregated_indicators(territory, level) for level in payload.LEVELS}
    else:
        table = evaluation.departures.ground.communes
        around = {level: indicators.aggregate(table, level) for level in payload.LEVELS}
    document = sites_map.configuration(territory, table, around, evaluation, chosen)
    if asks:
        document["card_action"] = sites_map.CARD_ACTION
    return payload.encode(document)


@st.cache_data(show_spinner="Dessin de la carte…", max_entries=8, hash_funcs=BY_CONTENT)
def picture(territory: Territory, draft: Draft) -> bytes:
    """Return the map of sites as a picture."""
    from data.reports import scenario_pdf

    return scenario_pdf.site_picture(territory, draft)


def draw_answer(territory: Territory, evaluation: SiteEvaluation) -> None:
    """Draw in words what opening the sites would change."""
    if answer_in_words := site_tables.room_sentence(evaluation):
        figures.lead(answer_in_words, "places")
        if upper_bound := unknown_supply.region_room_note(territory):
            st.caption(upper_bound)
    figures.said(sites_map.sentence(evaluation))
    counts = territory.provenance["gps"]
    measures = site_tables.before_after(
        evaluation, "simulation" if counts.simulated else counts.vintage_told
    )
    if measures:
        sheet_view.draw_pair(measures, ("Avant", "Après"), "", "Différence")


@st.fragment
def draw_map(
    territory: Territory,
    draft: Draft,
    evaluation: SiteEvaluation,
    chosen: tuple[int, ...],
    key: str,
    *,
    add: Callable[[str], None] | None = None,
    addressed: str = "",
) -> None:
    """Draw the map of the sites with the rings of one, and the map as a picture.

    `add` is told the key of the map, to see whether its card is asked for one more site. The
    address says what is chosen on the map where it is `addressed`, its layers by that name.
    """
    sites = draft.sites
    if add is not None:
        add(key)
    names = site_tables.labels([s.name for s in sites], [s.line for s in sites])
    own = addressed == own_choices.LAYERS  # of the map of the screen, not of its pole
    detailed = _detailed(names, f"{key}_site", _DETAIL if own else "")
    view = map_dialogue.told(map_dialogue.asked(key)) or ViewState()
    answer = map_dialogue.answer(territory, view)
    answer["rings"] |= {
        sites_map.REACH: _reach(territory, sites),
        sites_map.ONE: _around(territory, sites[detailed]),
    }
    if addressed:
        answer["chosen"] = map_choices.follow(key, addressed, sites_map.OFFERED)
    document = _payload(territory, evaluation, chosen, asks=add is not None)
    map_view.draw_map(document, answer, key)
    if own_choices.toggle("Carte fixe (image)", "image" if own else "", key=f"{key}_image"):
        figures.image(
            picture(territory, draft),
            "Carte des sites candidats et de ce qui en est à 20 minutes ou moins",
        )


def _detailed(names: Sequence[str], key: str, parameter: str) -> int:
    """Draw the choice of the site whose rings are drawn, which the address holds by its rank."""
    rows = {str(row + 1): row for row in range(len(names))}
    if parameter:
        own_choices.show(key, own_choices.among(parameter, rows, 0))
    # The browser sends a label: of the sites before, it is no row of these.
    if st.session_state.get(key, 0) not in rows.values():
        st.session_state[key] = 0
    chosen: int = st.selectbox(
        "Site détaillé sur la carte (10, 20 et 30 minutes)",
        range(len(names)),
        format_func=names.__getitem__,
        key=key,
    )
    if parameter:
        own_choices.say(**{parameter: str(chosen + 1) if chosen else ""})
    return chosen


def _ranks(names: Sequence[str]) -> list[int]:
    """Return the sites that the address compares, all where it says nothing of them."""
    every = list(range(len(names)))
    asked = own_choices.told().get(_COMPARED, "").split(",")
    kept = [row for row in every if str(row + 1) in asked]
    return (kept or ([] if asked == [_NONE] else every))[:SHOWN_AT_ONCE]


def _follow(key: str, names: list[str]) -> None:
    """Keep which sites are compared as sites come and go: those that stay, and those that are new.

    Sites are chosen by their rows, which change with the list.
    """
    chosen, of_names = f"{key}_compares", f"{key}_compares_de"
    known = st.session_state.get(of_names)
    if known is None or chosen not in st.session_state or following.stepped():
        st.session_state[chosen] = _ranks(names)
    elif known != names:
        # The browser sends labels: one of the sites before is no row of these.
        kept = {known[row] for row in st.session_state[chosen] if row in range(len(known))}
        rows = [row for row, name in enumerate(names) if name in kept or name not in known]
        st.session_state[chosen] = rows[:SHOWN_AT_ONCE]
    st.session_state[of_names] = names


def draw_judgements(evaluation: SiteEvaluation, key: str, *, public: bool) -> None:
    """Draw the judgements side by side; the sites shown can be chosen."""
    sites = evaluation.sites
    names = site_tables.labels(sites["name"].tolist(), sites["line"].tolist())
    rows = list(range(len(names)))
    if len(rows) > (SHOWN_AT_ONCE if public else 1):  # who is sent a link reads all that it holds
        _follow(key, names)
        rows = st.multiselect(
            "Sites comparés",
            rows,
            placeholder="aucun : l’ensemble seul",
            format_func=names.__getitem__,
            max_selections=SHOWN_AT_ONCE,
            key=f"{key}_compares",
            select_all=False,
        )
        told = ",".join(str(row + 1) for row in sorted(rows)) or _NONE
        whole = sorted(rows) == list(range(len(names)))[:SHOWN_AT_ONCE]
        own_choices.say(**{_COMPARED: "" if whole else told})
    every = own_choices.toggle("Toutes les mesures", "mesures", key=f"{key}_toutes_mesures")
    kept = SITE_TITLES.keys() - site_tables.SENTENCES if every else site_tables.ESSENTIAL
    table = site_tables.side_by_side(evaluation, sorted(rows), public=public, kept=kept)
    draw_compared(table, "Sites comparés, une mesure par ligne")
    with own_choices.fold("Aides et éligibilité, site par site", "aides"):
        for line in site_tables.eligibility(evaluation, sorted(rows)):
            st.text(line)
    st.caption(
        "Sans effectif précisé, un site est évalué avec les deux généralistes qu’exige une MSP. "
        "La dernière colonne compte une seule fois les habitants que plusieurs sites atteignent."
        + (
            " Vue partagée : le risque par commune n’est pas montré ; « NS » : moins de "
            f"{site_tables.LEAST_PUBLIC} professionnels."
            if public
            else ""
        )
    )


def draw_changes(evaluation: SiteEvaluation) -> None:
    """Draw who wins and who loses, by commune, when GPs who practise already move in."""
    figures.said(site_tables.changes_sentence(evaluation))
    if not evaluation.changes.empty:
        table = site_tables.changes_table(evaluation)
        grids.draw(
            table, hide_index=True, placeholder=MISSING, height=min(420, 38 + 35 * len(table))
        )


def draw_best(territory: Territory, best: BestSites, search: Search, names: Sequence[str]) -> None:
    """Draw the best sites, their proof, the other choices and the price of each difference."""
    st.text("Retenus : " + ", ".join(names[row] for row in best.chosen))
    figures.answer(site_tables.answer(best, search.threshold, search.existing, names), "meilleurs")
    st.caption(search.words())
    if search.model not in OF_PLACES and (from_town := people_of(territory).town_note):
        st.caption(f"Habitants de cette recherche : {from_town}.")
    with own_choices.fold(
        "La preuve, les autres choix et ce que coûte chaque différence", "preuve"
    ):
        figures.said(site_tables.proof(best))
        grids.draw(site_tables.choices_table(best), hide_index=True, placeholder=MISSING)
        if any(best.differences["lost"] != 0) or any(best.differences["only_here"] != ""):
            st.markdown("**Ce que coûte chaque différence avec l’optimum**")
            grids.draw(
                site_tables.differences_table(best, names), hide_index=True, placeholder=MISSING
            )
        st.caption(
            (
                "Chaque choix est jugé entier, comme ci-dessus : chacun va au plus proche. "
                if search.model == ROOM
                else f"Poids : {best.unit}. Les valeurs comptent aussi ce que l’existant gardé "
                "couvre déjà. "
            )
            + f"« {STEP_BY_STEP} » : chaque fois le plus utile."
        )


def report(
    territory: Territory,
    draft: Draft,
    evaluation: SiteEvaluation,
    notes: list[str],
    found: tuple[Search, BestSites] | None,
) -> bytes:
    """Return the report of a scenario as a PDF, as anyone may know it."""
    from data.reports import scenario_pdf

    public = public_scenario.public_draft(territory, draft)
    if (public.sites, public.departures) != (draft.sites, draft.departures):
        evaluation = judged(territory, public.sites, None, public.departures)
        if found is not None:
            found = found[0], found[0].run(territory, public.sites, public.departures)
    read = reads.by_sites(territory)
    return scenario_pdf.scenario_pdf(
        scenario_results.about(public, territory, read),
        evaluation,
        scenario_pdf.site_picture(territory, public),
        notes,
        warning=territory.warning_about(*read),
        spread=public_scenario.public_words(territory, draft),
        best=None if found is None else found[1],
        search=None if found is None else found[0],
    )
