"""Plans of help kept: saved, reopened, compared, shared read-only, printed for a council."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from data.base.french import date
from data.region.territory import Territory
from data.reports.help_figures import help_figures
from data.scenarios import drafts, store
from data.scenarios.drafts import Draft
from data.scenarios.listing import Kind
from data.scenarios.store import Scenario
from data.solidarity.help import Help
from geo.errors import ProxiSoinsError
from pages import (
    accounts,
    kept_parts,
    own_choices,
    pressed,
    scenario_list,
    shell,
    sites_sharing,
)
from pages.accounts import Role
from pages.help_choices import HelpChoices
from pages.sites_scenarios import draw_shares
from pages.sites_table import draw_compared

_PAIR = "plans"
"""In the address: the plan chosen, where it is not the last one, and after a comma another one that
it is compared with, by their identities."""


def draw_kept(territory: Territory, chosen: HelpChoices, found: Help) -> None:
    """Draw the report of the plan on screen and, for planners, the plans kept."""
    st.header("Enregistrer, comparer, partager")
    left, right = st.columns([2, 3])
    name = left.text_input(
        "Nom du plan", max_chars=drafts.NAME_CHARACTERS, key="aide_nom", placeholder="plan sans nom"
    )
    note = right.text_area("Note", max_chars=drafts.NOTE_CHARACTERS, height=80, key="aide_note")
    heading = (name or "Plan de solidarité", note)
    with st.container(horizontal=True):
        kept_parts.draw_report(
            "solidarite",
            lambda: kept_parts.plan_report(territory, heading, found),
            key="aide-pdf",
        )
        kept_parts.draw_letter(
            lambda: kept_parts.plan_letter(territory, name, found), key="aide-lettre"
        )
    if not accounts.allowed(Role.PLANNER):
        return
    try:
        _save(territory, chosen, name, note)
        _list(territory)
    except ProxiSoinsError as error:
        st.error("Les plans enregistrés ne sont pas accessibles.")
        st.text(str(error))


def _save(territory: Territory, chosen: HelpChoices, name: str, note: str) -> None:
    # In use whatever is typed: a field says what it holds only once it is left.
    if not pressed.button("Enregistrer ce plan", key="aide_enregistrer"):
        return
    if not name.strip():
        st.warning("Donnez un nom au plan, puis enregistrez-le.")
        return

    def save() -> None:
        accounts.require(Role.PLANNER)
        saved = store.save(
            Draft(
                name,
                territory.region,
                note,
                parameters={drafts.PLAN: chosen.to_query()},
                data_versions=drafts.data_versions(territory),
                simulated=territory.simulated,
            ),
            owner=accounts.author(),
        )
        st.session_state["aide_plan"] = saved.id

    pressed.finish(save)
    st.toast("Plan enregistré.")


def _list(territory: Territory) -> None:
    who = accounts.author()
    last = st.session_state.get("aide_plan", "")
    asked = scenario_list.still("aide_plans", own_choices.told().get(_PAIR, ""), last)
    first, _, second = asked.partition(",")
    also = first or last
    found = scenario_list.draw(territory.region, Kind.PLAN, "aide_plans", what="plans", also=also)
    known = dict(found.scenarios)
    if not known:
        if not found.total:
            st.text("Aucun plan enregistré dans cette région.")
        return
    key = f"aide_plans_{last}"
    usual = next(one for one in (last, *known) if one in known)
    own_choices.show(key, first if first in known else usual)
    if st.session_state[key] not in known:
        st.session_state[key] = usual
    picked = st.selectbox(
        "Plans enregistrés", list(known), format_func=lambda one: _label(known[one]), key=key
    )
    plan = known[picked]
    if plan.draft.note:
        st.text(plan.draft.note)
    with st.container(horizontal=True):
        kept = kept_parts.help_of(plan.draft)
        if pressed.button("Rouvrir", key="aide_rouvrir") and kept is not None:
            pressed.finish(lambda: shell.remember(replace(shell.view(), help=kept)))
            st.rerun()
        if plan.owned_by(who) and sites_sharing.draw_delete(
            plan, "Supprimer le plan", "aide_supprimer"
        ):
            st.rerun()
    if plan.changed_by(who):
        draw_shares(plan)
    sites_sharing.draw_access(plan)
    sites_sharing.draw_journal(plan)
    others = {key: one for key, one in known.items() if key != picked}
    key = f"aide_comparer_{picked}"
    own_choices.show(key, picked == first and second in others)
    if others and st.toggle("Comparer avec un autre plan", key=key):
        _compared(territory, plan, others, second)
    else:
        own_choices.say(**{_PAIR: "" if picked == usual else picked})


def _label(plan: Scenario) -> str:
    when = plan.updated_at.astimezone()
    whose = sites_sharing.belongs_to(plan, accounts.author())
    return f"{plan.draft.name} · {date(when.date())}, {when:%H:%M}{whose}"


def _compared(
    territory: Territory, first: Scenario, others: dict[str, Scenario], asked: str
) -> None:
    own_choices.show(f"aide_autre_{first.id}", asked if asked in others else next(iter(others)))
    key = st.selectbox(
        "Autre plan",
        list(others),
        format_func=lambda one: _label(others[one]),
        key=f"aide_autre_{first.id}",
    )
    own_choices.say(**{_PAIR: f"{first.id},{key}"})
    columns = {}
    for rank, one in enumerate((first, others[key]), start=1):
        found = kept_parts.plan_of(territory, one.draft)
        if found is None:
            return
        table = help_figures(territory, found)
        # The scheme names its row: both plans may not have the same.
        money = "Forfaits par mois"
        columns["Mesure"] = [
            money if title.startswith(money) else title for title in table["Mesure"]
        ]
        columns[f"{rank}. {one.draft.name}"] = table["Valeur"].tolist()
    draw_compared(pd.DataFrame(columns), "Les deux plans, une mesure par ligne")
