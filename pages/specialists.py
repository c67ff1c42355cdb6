"""Tab "Spécialistes" of the screen "Solidarité": who misses them, who could come, where."""

from dataclasses import replace

import streamlit as st

from data.access.source_notes import headed
from data.official import templates
from data.region.territory import Territory
from data.solidarity import hosts as host_sites
from data.solidarity import tables as help_tables
from data.solidarity.help import LONGEST_TRIP_MINUTES
from data.solidarity.specialists import (
    NEEDS,
    READ,
    UNKNOWN,
    SpecialistHelp,
    SpecialistQuestion,
    said,
    specialist_help,
    specialties,
)
from geo.errors import ProxiSoinsError
from pages import fields, figures, help_terms, own_choices, shell
from pages.specialist_choices import (
    MOST_LEAST,
    MOST_PEOPLE,
    MOST_SITES,
    SpecialistChoices,
)

_KEYS = "specialistes_w_"
"""Beginning of the keys of what is chosen."""
_WHAT = "Aide entre territoires par des spécialistes"


@st.cache_resource(
    show_spinner="Recherche du meilleur plan…",
    max_entries=16,
    hash_funcs=shell.BY_VERSION | {SpecialistQuestion: repr},
)
def _found(territory: Territory, question: SpecialistQuestion) -> SpecialistHelp:
    return specialist_help(territory, question)


def _specialty(known: list[str], chosen: SpecialistChoices) -> str:
    """Return the specialty chosen as it is imported, the first one by default."""
    asked = chosen.specialty.lower()
    return next((name for name in known if name.lower() == asked), known[0])


def _whom(known: list[str], chosen: SpecialistChoices) -> SpecialistChoices:
    """Draw which specialists, and what is missing of them."""
    left, right = st.columns(2)
    key = fields.first(f"{_KEYS}specialite", _specialty(known, chosen))
    specialty = left.selectbox("Spécialité", known, key=key)
    people = right.number_input(
        "Habitants qu’un spécialiste à plein temps reçoit (votre hypothèse)",
        1,
        MOST_PEOPLE,
        None,
        500,
        placeholder="à donner : aucun texte relevé ne le fixe",
        key=fields.first(f"{_KEYS}habitants", chosen.people or None),
    )
    need = left.selectbox(
        "Besoin",
        list(NEEDS),
        format_func=NEEDS.__getitem__,
        key=fields.first(f"{_KEYS}besoin", chosen.need),
    )
    within = right.number_input(
        "Minutes jusqu’à un spécialiste ou un site d’accueil",
        5,
        int(LONGEST_TRIP_MINUTES),
        step=5,
        key=fields.first(f"{_KEYS}minutes", chosen.within),
    )
    least = chosen.least
    if need == "minimum":
        least = right.number_input(
            "Spécialistes voulus à portée",
            1,
            MOST_LEAST,
            key=fields.first(f"{_KEYS}voulus", chosen.least),
        )
    return replace(
        chosen,
        specialty=specialty,
        people=int(people or 0),
        need=need,
        within=int(within),
        least=int(least),
    )


def _terms(territory: Territory, chosen: SpecialistChoices) -> SpecialistChoices:
    """Draw on what terms they come."""
    one, two, three = st.columns(3, vertical_alignment="bottom")
    volunteers, minutes = help_terms.draw_reach(one, two, chosen.volunteers, chosen.minutes, _KEYS)
    sites = three.number_input(
        "Sites d’accueil en tout (0 : pas de limite)",
        0,
        MOST_SITES,
        key=fields.first(f"{_KEYS}sites", chosen.sites),
    )
    hosts, listed = help_terms.draw_hosts(territory, chosen.hosts, chosen.listed, _KEYS)
    return replace(
        chosen,
        volunteers=volunteers,
        minutes=minutes,
        sites=int(sites),
        hosts=hosts,
        listed=listed,
    )


def _plan(territory: Territory, chosen: SpecialistChoices, *, files: bool = True) -> None:
    found = _found(territory, chosen.question())
    told = first, *others = said(found)
    figures.lead(first, "specialistes")
    for line in others:
        st.text(line)
    if made_up := territory.simulated_told(*READ):
        st.caption(made_up)
    help_terms.say_from_town(territory)
    asked = found.question.hosts
    if warned := host_sites.simulated(territory, asked):
        st.caption(warned)
    if found.targets.empty:
        return
    lines = [*figures.notes(territory, *READ, *host_sites.tables_of(asked)), UNKNOWN]
    targets, hosts = own_choices.tabs(
        ["Territoires aidés", "Sites d’accueil"], "tableau", key="specialistes_tableau"
    )
    with targets:
        table = found.targets.drop(columns="row").sort_values(
            "half_days", ascending=False, ignore_index=True
        )
        figures.table(table, height=320, order=help_tables.screen_order(table))
        if files:
            filed = headed(territory, f"{_WHAT}, communes aidées", [*told, *lines])
            figures.downloads("specialistes", table, filed, contours=territory.communes)
    with hosts:
        figures.table(found.hosts, height=320)
        if files:
            filed = headed(territory, f"{_WHAT}, sites d’accueil", [*told, *lines])
            figures.downloads("specialistes-accueils", found.hosts, filed)


def draw_specialists(territory: Territory, chosen: SpecialistChoices) -> SpecialistChoices:
    """Draw the tab and return what is chosen on it."""
    known = specialties(territory)
    if not known:
        st.info(
            "Aucun effectif de spécialistes n’est importé : remplissez le modèle, puis importez-le "
            "dans « Données et méthode ». Cet écran dira alors, pour une spécialité, quelles "
            "communes en manquent, qui pourrait y venir consulter, où, et combien de demi-journées."
        )
    else:
        fields.follow(_KEYS, chosen)
        chosen = _terms(territory, _whom(known, chosen))
        fields.typed(_KEYS, chosen)
        if chosen.people:
            try:
                _plan(territory, chosen)
            except ProxiSoinsError as error:
                st.text(str(error))
        else:
            st.info("Donnez combien d’habitants un spécialiste à plein temps reçoit.")
    with st.expander("Vos effectifs : le modèle à remplir", expanded=not known):
        st.markdown(" ".join(templates.SPECIALISTS.notes))
        figures.template_buttons(templates.SPECIALISTS)
    figures.sources(figures.notes(territory, *READ))
    return chosen


def draw_shared(territory: Territory, chosen: SpecialistChoices) -> None:
    """Draw the plan chosen, for whoever holds a link to it: nothing to change, no file.

    Raises
    ------
    geo.errors.InvalidInputError
        What is asked is no question, or the counts of specialists are gone.
    """
    known = specialties(territory)
    if not known or not chosen.people:
        st.text(
            "Ce lien ne dit aucun plan : il manque les effectifs ou la charge d’un spécialiste."
        )
        return
    _plan(territory, replace(chosen, specialty=_specialty(known, chosen)), files=False)
    figures.sources(figures.notes(territory, *READ))
