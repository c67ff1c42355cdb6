"""«Règles et argent», on screen: what each project must be, what it may get, a portfolio."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.access.source_notes import headed
from data.base import french
from data.files import exports
from data.region.territory import Territory
from data.reports import project_tables, site_tables
from data.siting import project_rules, projects
from data.siting.evaluation import SiteEvaluation
from data.siting.pole_plan import PoleComparison
from data.siting.project_rules import KINDS
from data.siting.projects import Funded
from data.uploads.site import Site
from geo.errors import ProxiSoinsError
from pages import edited, exporting, fields, figures, own_choices, shell
from pages.project_choices import MOST_EUROS, ProjectChoices
from pages.sites_table import draw_compared

_BASE, _KEYS = "projets_base", "projets_w_"
_PROJECT, _FORM, _PRICE = "Projet", "Forme", "Coût demandé (€)"
_CODES = {name: code for code, name in KINDS.items()}
_IN_WORDS = ["Chiffre", "Unité"]
"""Columns of rules for a file: the screen says the same in words."""
Sheets = dict[str, pd.DataFrame]


def draw_projects(
    territory: Territory,
    sites: tuple[Site, ...],
    evaluation: SiteEvaluation,
    departures: Mapping[str, int],
    notes: list[str],
) -> None:
    """Draw rules, money, neighbours and the portfolio of the sites in hand."""
    view = shell.view()
    if fields.follow(_KEYS, view.projects):
        st.session_state.pop(_BASE, None)
    names = site_tables.labels([s.name for s in sites], [s.line for s in sites])
    kinds, prices, chosen = _forms(names, view.projects)
    found = project_rules.checks(evaluation, sites, kinds)
    sheets: Sheets = {
        "Projets": project_tables.summary_table(names, kinds, found, evaluation),
        "Règles": project_tables.checks_table(names, kinds, found),
        "Argent": project_tables.money_table(names, kinds, evaluation),
    }
    draw_compared(sheets["Projets"], "Règles remplies ou non, par projet")
    near = project_tables.neighbours_words(projects.neighbours(territory, sites), names)
    st.text(near)
    with own_choices.fold("Règle par règle", "regles"):
        _table(sheets["Règles"].drop(columns=_IN_WORDS))
    with own_choices.fold("Argent : sommes, années, sources", "argent"):
        _table(sheets["Argent"])
    st.caption(project_tables.NOT_A_DECISION)
    chosen = _budget(chosen)
    if chosen != view.projects:
        shell.remember(replace(view, projects=chosen))
    fields.typed(_KEYS, chosen)
    lines = [near, project_tables.NOT_A_DECISION]
    if chosen.budget:
        new = projects.new_gps(kinds, sites, evaluation.sites["gps_new"].tolist())
        portfolio = _portfolio(territory, sites, (new, prices), chosen, departures)
        if portfolio is not None:
            words = project_tables.portfolio_words(portfolio, names)
            st.text(words)
            sheets["Portefeuille"] = project_tables.portfolio_table(portfolio, names)
            _table(sheets["Portefeuille"])
            st.caption(project_tables.PORTFOLIO_SAID)
            lines = [words, project_tables.PORTFOLIO_SAID, *lines]
    _download(sheets, headed(territory, "Projets : règles et argent", [*lines, *notes]))


def draw_pole_rules(territory: Territory, found: PoleComparison) -> None:
    """Draw what rules ask of a pole, and what it may get."""
    with own_choices.fold("Règles et argent de ce pôle", "regles_pole"):
        asked = project_rules.pole_checks(territory, found.plan)
        table = project_tables.checks_table(["Pôle"], ["pole"], [asked])
        _table(table.drop(columns=["Projet", "Forme", *_IN_WORDS]))
        _table(project_tables.sums_table("pole"))
        st.caption(project_tables.NOT_A_DECISION)


def _forms(names: list[str], kept: ProjectChoices) -> tuple[list[str], list[float], ProjectChoices]:
    """Draw the form and the price of each project."""
    forms, prices = dict(kept.forms), dict(kept.prices)
    kinds = [forms.get(rank, "msp") for rank in range(1, len(names) + 1)]
    # What the editor starts from stays the same while one types in it.
    if st.session_state.get(_BASE, ([], None))[0] != names:
        asked = [
            prices.get(rank, int(projects.start_price(kind)))
            for rank, kind in enumerate(kinds, start=1)
        ]
        frame = pd.DataFrame(
            {_PROJECT: names, _FORM: [KINDS[kind] for kind in kinds], _PRICE: asked}
        )
        st.session_state[_BASE] = (list(names), frame)
    table = edited.edit(
        st.session_state[_BASE][1],
        edited.Asked(names.__getitem__),
        hide_index=True,
        disabled=[_PROJECT],
        column_config={
            _FORM: st.column_config.SelectboxColumn(options=list(_CODES), required=True),
            _PRICE: st.column_config.NumberColumn(
                min_value=0, max_value=MOST_EUROS, step=1, required=True, format="localized"
            ),
        },
        key=f"{_KEYS}table",
    )
    kinds = [_CODES[name] for name in table[_FORM]]
    asked = [int(price) for price in table[_PRICE]]
    chosen = replace(
        kept,
        forms=tuple((rank, one) for rank, one in enumerate(kinds, start=1) if one != "msp"),
        prices=tuple(
            (rank, price)
            for rank, (price, kind) in enumerate(zip(asked, kinds, strict=True), start=1)
            if price != projects.start_price(kind)
        ),
    )
    return kinds, [float(price) for price in asked], chosen


def _budget(kept: ProjectChoices) -> ProjectChoices:
    st.subheader("Un portefeuille sous un budget")
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    budget = left.number_input(
        "Budget (€ ; 0 : pas de recherche)",
        0,
        MOST_EUROS,
        step=10_000,
        key=fields.first(f"{_KEYS}budget", kept.budget),
    )
    apart = right.checkbox(
        "Ne pas retenir deux projets à 20 minutes ou moins l’un de l’autre",
        key=fields.first(f"{_KEYS}ecarter", kept.apart),
    )
    return replace(kept, budget=int(budget), apart=bool(apart))


def _portfolio(
    territory: Territory,
    sites: tuple[Site, ...],
    asked: tuple[list[float], list[float]],
    chosen: ProjectChoices,
    departures: Mapping[str, int],
) -> Funded | None:
    try:
        with st.spinner("Recherche du meilleur portefeuille…"):
            return projects.funded(
                territory,
                sites,
                *asked,
                chosen.budget,
                apart=chosen.apart,
                departures=departures,
            )
    except ProxiSoinsError as error:
        st.error("Aucun portefeuille n’a pu être trouvé.")
        st.text(str(error))
        return None


def _table(table: pd.DataFrame) -> None:
    figures.french_table(table, height=420, wraps=True)


def _download(sheets: Sheets, lines: list[str]) -> None:
    today = french.today().isoformat()
    exporting.button(
        "Télécharger les projets (XLSX)",
        lambda: exports.to_xlsx(sheets, lines),
        file_name=f"proxisoins-projets-{today}.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        key="projets-xlsx",
    )
