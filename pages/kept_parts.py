"""What a scenario holds besides sites: a pole, projects, a plan of help; reopened and shared."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from data.base import french
from data.base.french import counted
from data.region.territory import Territory
from data.reports import effect_tables, letter, pole_tables, public_scenario
from data.reports.help_figures import help_figures
from data.scenarios import drafts
from data.scenarios.drafts import Draft
from data.siting import departures, project_rules, projects
from data.siting import effects as siting_effects
from data.siting.effects import Effects
from data.siting.pole_plan import TYPED, PoleComparison
from data.siting.poles import FEWEST
from data.solidarity import tables
from data.solidarity.help import Help
from data.solidarity.plans import help_plan
from geo.errors import ProxiSoinsError
from pages import exporting, figures, help_terms, own_choices, shell
from pages.help_choices import HelpChoices
from pages.pole_choices import PoleChoices
from pages.project_choices import ProjectChoices
from pages.sites_pole import comparison, draw_comparison, pole_sites
from pages.sites_table import draw_compared

_MINE = "ma_commune"
"""In the address of a link: the commune that its reader has picked."""


def of_view() -> dict[str, Any]:
    """Return the pole and the projects of the view, as a scenario keeps them."""
    view = shell.view()
    kept = {drafts.POLE: view.pole.to_parameters(), drafts.PROJECTS: view.projects.to_parameters()}
    return {name: part for name, part in kept.items() if part}


def to_view(draft: Draft) -> None:
    """Put the pole and the projects of a scenario in the view."""
    view = shell.view()
    pole = PoleChoices.from_query(held(draft, drafts.POLE))
    asked = ProjectChoices.from_query(held(draft, drafts.PROJECTS))
    if (pole, asked) != (view.pole, view.projects):
        shell.remember(replace(view, pole=pole, projects=asked))


def held(draft: Draft, name: str) -> Mapping[str, str]:
    """Return the parameters of a part of a scenario, none where it does not hold it."""
    part = draft.parameters.get(name)
    return {str(k): str(v) for k, v in part.items()} if isinstance(part, Mapping) else {}


def words(draft: Draft) -> str:
    """Return what a scenario holds ("2 sites, pôle de 3 antennes")."""
    told = [counted(len(draft.sites), "site", "sites")] if draft.sites else []
    pole = PoleChoices.from_query(held(draft, drafts.POLE))
    if pole.antennas:
        told.append(f"pôle de {counted(len(pole.antennas), 'antenne', 'antennes')}")
    if drafts.PLAN in draft.parameters:
        told.append("plan de solidarité")
    return ", ".join(told) or "sans site"


def pole_of(territory: Territory, draft: Draft, *, public: bool = False) -> PoleComparison | None:
    """Return the pole of a scenario, compared; None where it holds none that stands."""
    chosen = PoleChoices.from_query(held(draft, drafts.POLE))
    if len(chosen.antennas) < FEWEST:
        return None
    try:
        plan = chosen.plan(territory, draft.sites)
        if public:
            told = departures.public(territory, draft.departures)
            plan = replace(plan, public=True, leaving_for_good=float(sum(told.values())))
        return comparison(territory, plan)
    except ProxiSoinsError:
        return None


def help_of(draft: Draft) -> HelpChoices | None:
    """Return the choices of the plan of help that a scenario holds, None where it holds none."""
    if drafts.PLAN not in draft.parameters:
        return None
    return HelpChoices.from_query(held(draft, drafts.PLAN))


def plan_of(territory: Territory, draft: Draft) -> Help | None:
    """Return the plan of help of a scenario, searched again on the data of today."""
    chosen = help_of(draft)
    return None if chosen is None else help_plan(territory, chosen.question(), chosen.terms())


def effects_of(territory: Territory, draft: Draft, *, public: bool = False) -> Effects | None:
    """Return what a scenario changes: its plan of help, else its pole, else its sites.

    In public, neither departures nor moves point at a doctor.
    """
    draft = public_scenario.public_draft(territory, draft) if public else draft
    found = plan_of(territory, draft)
    if found is not None:
        return siting_effects.of_help(territory, tables.moved(territory, found))
    pole = pole_of(territory, draft, public=public)
    if pole is not None:
        return siting_effects.of_pole(pole)
    if draft.sites:
        return siting_effects.of_sites(territory, draft.sites, draft.departures)
    return None


def draw_poles_compared(territory: Territory, first: Draft, second: Draft) -> None:
    """Draw the poles of two scenarios side by side, where both hold one."""
    found = [pole_of(territory, one) for one in (first, second)]
    columns = {}
    for rank, (draft, pole) in enumerate(zip((first, second), found, strict=True), start=1):
        if pole is None:
            return
        table = pole_tables.measures_table(pole)
        columns[pole_tables.MEASURE] = table[pole_tables.MEASURE]
        columns[f"{rank}. {draft.name}"] = table[pole_tables.title(pole, TYPED)]
    draw_compared(pd.DataFrame(columns), "Les deux pôles, une mesure par ligne")


_READ_BY_POLE = ("communes", *pole_tables.READ, "zoning")
"""Tables that a pole's figures, and what is asked of it, are read from."""


def pole_report(territory: Territory, heading: tuple[str, str], found: PoleComparison) -> bytes:
    """Return the report of a pole for a council: nobody who leaves for it is pointed at."""
    from data.reports import council_pdf, scenario_pdf

    if not found.plan.public:
        found = comparison(territory, replace(found.plan, public=True))
    sites = pole_sites(found.plan)
    draft = Draft("", territory.region, sites=sites)
    picture = scenario_pdf.site_picture(territory, draft, council_pdf.MAP_INCHES)
    asked = project_rules.pole_checks(territory, found.plan), projects.money("pole")
    notes = figures.notes(territory, *_READ_BY_POLE)
    warned = territory.warning_about(*_READ_BY_POLE)
    made_up = territory.simulated_told(*pole_tables.READ)
    return council_pdf.pole_pdf(
        heading, found, picture, asked, notes, warning=warned, made_up=made_up
    )


def plan_report(territory: Territory, heading: tuple[str, str], found: Help) -> bytes:
    """Return the report of a plan of help for a council, with the sources of its figures alone."""
    from data.reports import council_pdf

    notes = figures.notes(territory, *letter.quoted(found))
    return council_pdf.help_pdf(territory, heading, found, notes)


def plan_letter(territory: Territory, name: str, found: Help) -> str:
    """Return the figures of a plan as a text, with the sources of those figures alone."""
    notes = figures.notes(territory, *letter.quoted(found))
    return letter.letter(territory, name, found, notes, french.today())


def draw_report(name: str, content: Any, *, key: str) -> None:
    """Offer a report for a council, made when asked for."""
    today = french.today().isoformat()
    st.download_button(
        "Rapport pour un conseil (PDF, une ou deux pages A4)",
        content,
        file_name=f"proxisoins-{name}-{today}.pdf",
        mime="application/pdf",
        on_click="ignore",
        key=key,
    )


def draw_letter(content: Callable[[], str], *, key: str) -> None:
    """Offer the figures of a plan as a text, made when asked for."""
    exporting.button(
        "Chiffres pour une lettre (texte)",
        lambda: content().encode("utf-8-sig"),
        file_name=f"proxisoins-lettre-{french.today().isoformat()}.txt",
        mime="text/plain",
        key=key,
    )


def draw_shared(territory: Territory, draft: Draft) -> bool:
    """Draw the plan and the pole of a shared scenario, read-only; tell whether it holds one."""
    found, pole = plan_of(territory, draft), pole_of(territory, draft, public=True)
    holds_one = found is not None or pole is not None
    if holds_one or draft.sites:
        _draw_commune(territory, draft)
    heading = (draft.name, draft.note)
    if found is not None:
        st.header("Le plan de solidarité")
        first, *others = tables.sentences(found)
        figures.lead(first, "plan")
        if others:
            figures.said(" ".join(others))
        made_up = territory.simulated_told(*letter.quoted(found))
        st.caption(f"{tables.NOT_PREDICTED} {made_up}")
        help_terms.say_from_town(territory)
        draw_compared(help_figures(territory, found), "Le plan en chiffres")
        draw_report(
            "solidarite",
            lambda: plan_report(territory, heading, found),
            key="partage-plan-pdf",
        )
        draw_letter(
            lambda: plan_letter(territory, draft.name, found),
            key="partage-lettre",
        )
    if pole is not None:
        st.header("Le pôle")
        draw_comparison(territory, pole)
        draw_report(
            "pole",
            lambda: pole_report(territory, heading, pole),
            key="partage-pole-pdf",
        )
    return holds_one


def _draw_commune(territory: Territory, draft: Draft) -> None:
    """Draw what a scenario changes for a commune, worked out once the reader has picked it."""
    names = dict(zip(territory.communes["code"], territory.communes["name"], strict=True))
    # In the address of the page: who finds a commune may send it to its mayor.
    own_choices.show("partage_commune", own_choices.among(_MINE, {one: one for one in names}, None))
    code = st.selectbox(
        "Ce que change ce scénario pour ma commune",
        list(names),
        index=None,
        format_func=lambda one: f"{names[one]} ({one})",
        placeholder="nom de la commune",
        key="partage_commune",
    )
    own_choices.say(**{_MINE: code or ""})
    if code is None:
        return
    effects = effects_of(territory, draft, public=True)
    if effects is not None:
        st.text(effect_tables.effect_sentence(effects, [code], names[code]))
        draw_compared(effect_tables.effect_table(effects, [code]), "Avant et après")
