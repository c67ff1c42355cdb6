"""Two scenarios of sites compared: what differs, one table, two maps of one ground, on paper."""

from collections.abc import Sequence
from functools import partial
from html import escape

import streamlit as st

from data.base import french
from data.region.territory import Territory
from data.reports import public_scenario, scenario_pair, site_files
from data.scenarios import store
from data.scenarios.drafts import Draft
from data.scenarios.store import Scenario
from geo.errors import ProxiSoinsError
from pages import (
    accounts,
    exporting,
    figures,
    following,
    grids,
    kept_parts,
    reads,
    sheet_view,
    shell,
    sites_results,
    unread,
)

PARAMETER = "comparer"
"""In the address: the two scenarios compared, by their identities, with a comma between."""
_PAIR = "sites_comparaison"
_OTHER = "sites_autre_"
"""Before the identity of a scenario, in the key of the choice of another."""
_ANCHOR = "deux-scenarios"


def follow() -> None:
    """Take what the address compares, when it is opened and at Back and Forward."""
    if _PAIR not in st.session_state or following.stepped():
        asked = st.query_params.get(PARAMETER, "")
        st.session_state[_PAIR] = _understood(*asked.split(",", 1)) if asked else ("", "")


def _understood(first: str, second: str = "") -> tuple[str, str]:
    """Return what can be compared of the two scenarios of an address; note what cannot."""
    told = ""
    if not second:
        told = "Cette adresse ne nomme qu’un scénario : choisissez-en un autre à lui comparer."
    elif first == second:
        told = "Cette adresse compare un scénario à lui-même : choisissez-en un autre."
    first_known, second_known = (_is_known(one) for one in (first, second))
    if not first_known or (second and not second_known):
        told = "Le scénario à comparer de cette adresse n’existe pas, ou ne vous est pas ouvert."
    if not told:
        return first, second
    unread.note(PARAMETER, told)
    return (first if first_known else ""), ""


def _is_known(scenario: str) -> bool:
    """Tell whether a scenario is there, for who reads."""
    try:
        store.load(scenario, owner=accounts.author())
    except ProxiSoinsError:
        return False
    return True


def forget() -> None:
    """Compare nothing: the list holds no two scenarios."""
    st.session_state[_PAIR] = ("", "")


def pair() -> tuple[str, str]:
    """Return the identities of the two scenarios compared, "" where none are."""
    first, second = st.session_state.get(_PAIR, ("", ""))
    return first, second


def in_address() -> dict[str, str]:
    """Return what the address says of the comparison, nothing where there is none."""
    return {PARAMETER: ",".join(pair())} if all(pair()) else {}


def draw_way() -> None:
    """Lead to the comparison that the address asks for, below the work in hand, or say why not."""
    chosen = any(one for key, one in st.session_state.items() if str(key).startswith(_OTHER))
    unread.say(PARAMETER, still=not chosen and not all(pair()))
    if all(pair()):
        st.markdown(f"[Aller à la comparaison de deux scénarios](#{_ANCHOR})")


def draw(territory: Territory, chosen: Scenario, others: Sequence[Scenario]) -> None:
    """Draw the choice of another scenario and, once there is one, the comparison."""
    by_id = {one.id: one for one in others}
    if not by_id:
        forget()
        return
    first, second = pair()
    wanted = second if first == chosen.id else ""
    if wanted and wanted not in by_id:
        # Of another page of the list, or gone since.
        try:
            by_id[wanted] = store.load(wanted, owner=accounts.author())
        except ProxiSoinsError:
            wanted = ""
    key = _OTHER + chosen.id
    if following.stepped() or (wanted and key not in st.session_state):
        st.session_state[key] = wanted or None
    with st.expander("Comparer avec un autre scénario", expanded=bool(wanted)):
        other_id = st.selectbox(
            "Autre scénario",
            [None, *by_id],
            format_func=lambda one: by_id[one].draft.name if one else "aucun",
            key=key,
        )
        st.session_state[_PAIR] = (chosen.id, other_id) if other_id else ("", "")
        if other_id:
            st.subheader("Deux scénarios comparés", anchor=_ANCHOR)
            _draw_pair(territory, chosen.draft, by_id[other_id].draft)


def _draw_pair(territory: Territory, first: Draft, second: Draft) -> None:
    names = scenario_pair.names_of(first, second)
    if first.sites and second.sites:
        risk = sites_results.risk_of(territory)
        one, two = (
            sites_results.judged(territory, draft.sites, risk, draft.departures)
            for draft in (first, second)
        )
        if any(map(site_files.points_at_people, (one, two))):
            shell.working_paper()
        sheet_view.draw_paper()
        sheet_view.draw_pair(
            scenario_pair.scenario_measures(one, two), names, "", scenario_pair.DIFFERENCE
        )
        maps = scenario_pair.pictures(territory, first, second)
        for place, name, drawn in zip(st.columns(2), names, maps, strict=True):
            with place:
                st.html(f"<strong>{escape(name)}</strong>")
                figures.image(drawn, f"Carte des sites du scénario « {name} »")
        st.caption(
            "Même terrain, même échelle : habitants sans place avant les projets, et ce qui est à "
            "20 minutes des sites."
        )
        exporting.button(
            "Télécharger la comparaison (PDF)",
            partial(_report, territory, first, second),
            file_name=f"proxisoins-scenarios-compares-{french.today().isoformat()}.pdf",
            mime="application/pdf",
            key="scenarios-compares",
        )
    differences = scenario_pair.differences(territory, first, second)
    if len(differences):
        grids.draw(differences, hide_index=True)
    else:
        st.text("Sites, départs et données sont les mêmes.")
    kept_parts.draw_poles_compared(territory, first, second)


def _report(territory: Territory, first: Draft, second: Draft) -> bytes:
    """Return the comparison as a PDF, of both scenarios as anyone may know them."""
    read = reads.by_sites(territory)
    one, two = (public_scenario.public_draft(territory, draft) for draft in (first, second))
    return scenario_pair.scenario_pair_pdf(
        territory,
        (one, two),
        (
            sites_results.judged(territory, one.sites, None, one.departures),
            sites_results.judged(territory, two.sites, None, two.departures),
        ),
        figures.notes(territory, *read),
        warning=territory.warning_about(*read),
        spread=scenario_pair.spread_words(territory, first, second),
    )
