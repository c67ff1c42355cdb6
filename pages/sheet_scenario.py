"""What a chosen scenario changes for the territory of a sheet."""

import streamlit as st

from data.region.territory import Territory
from data.reports import effect_tables, public_scenario
from data.reports.sheet import Sheet
from data.scenarios import store
from data.scenarios.drafts import Draft
from data.scenarios.listing import Kind
from data.siting.effects import Effects
from geo.errors import MomentarilyUnavailableError, ProxiSoinsError, UnavailableError
from pages import accounts, exporting, kept_parts, scenario_list, sheet_paper, shell
from pages.accounts import Role
from pages.sites_table import draw_compared

PARAMETER = "scenario"
_KEY = "fiche_scenario"
_HOW = (
    "Recalculé sur les données chargées. Moyennes pondérées par les habitants ; places : le "
    "plus proche d’abord. Un plan de solidarité ne change pas le médecin le plus proche."
)


def asked() -> str:
    """Return the scenario chosen, or that of the address; "" for none."""
    if _KEY in st.session_state:
        return st.session_state[_KEY] or ""
    return st.query_params.get(PARAMETER, "")


def draw_change(territory: Territory, chosen: Sheet) -> None:
    """Draw the choice of a scenario and, for planners, what it changes here."""
    if not accounts.allowed(Role.PLANNER):
        return
    try:
        _follow(st.query_params.get(PARAMETER, ""))
        first, place = asked(), st.container()
        found = scenario_list.draw(territory.region, Kind.EFFECT, "fiche_scenarios", also=first)
        kept = found.scenarios
        if found.total:
            place.subheader("Ce que change un scénario")
        if not kept:
            return
        ids = list(kept)
        picked = st.selectbox(
            "Scénario enregistré",
            ids,
            index=ids.index(first) if first in ids else None,
            format_func=lambda one: f"{kept[one].draft.name} · {kept_parts.words(kept[one].draft)}",
            placeholder="aucun",
            key=_KEY,
        )
        if picked is None:
            return
        effects = kept_parts.effects_of(territory, kept[picked].draft)
    except ProxiSoinsError as error:
        st.error("Le scénario n’a pas pu être calculé.")
        st.text(str(error))
        return
    if effects is None:
        st.text("Ce scénario ne contient ni site, ni pôle, ni plan de solidarité.")
        return
    st.text(_sentence(effects, chosen))
    draw_compared(effect_tables.effect_table(effects, chosen.communes), "Avant et après")
    st.caption(_HOW)
    draft = kept[picked].draft
    exporting.button(
        "Télécharger la fiche avec ce scénario (PDF, une page A4)",
        lambda: _paper(territory, chosen, draft),
        file_name=f"proxisoins-{sheet_paper.called(chosen)}-scenario.pdf",
        mime="application/pdf",
        key=f"pdf-scenario-{chosen.level}-{chosen.code}",
    )


def _follow(named: str) -> None:
    """Go to the region of the scenario that the address names, if it is there."""
    if not named:
        return
    try:
        scenario = store.load(named, owner=accounts.author())
    except MomentarilyUnavailableError:
        raise
    except UnavailableError:
        return
    shell.follow_region(scenario.draft.region)


def _paper(territory: Territory, chosen: Sheet, draft: Draft) -> bytes:
    """Return the sheet with what a scenario changes, as anyone may know it."""
    effects = kept_parts.effects_of(territory, draft, public=True)
    told = "" if effects is None else _sentence(effects, chosen)
    how = " ".join([_HOW, *public_scenario.public_words(territory, draft)])
    change = (f"Scénario « {draft.name} » ({kept_parts.words(draft)}).", told, how)
    return sheet_paper.pdf(territory, chosen.level, chosen.code, change)


def _sentence(effects: Effects, chosen: Sheet) -> str:
    return effect_tables.effect_sentence(effects, chosen.communes, chosen.name)
