"""«Pôle», on screen: antennas and their half-days, beside one house and the best pole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from data.access.source_notes import headed
from data.base import french
from data.base.french import counted, number, unbroken
from data.files import exports
from data.region.privacy import WORKING_PAPER
from data.region.territory import Territory
from data.reports import pole_tables
from data.scenarios.drafts import Draft
from data.siting.pole_plan import BEST, MOST_HALF_DAYS, TYPED, PoleComparison, PolePlan, compared
from data.siting.poles import FEWEST, MOST
from data.uploads.site import Site
from geo.errors import ProxiSoinsError
from geo.siting.pole import HALF_DAYS_PER_GP
from pages import (
    exporting,
    fields,
    figures,
    own_choices,
    shell,
    sites_projects,
    sites_results,
)
from pages.pole_choices import AntennaChoice, PoleChoices, places
from pages.sites_table import draw_compared

_KEYS, _LIST = "pole_w_", "pole_antennes"
_TABLES = ("communes", "gps", "apl", "zoning", "reference")
_HEADS = {"Antenne": 3, "Demi-journées par semaine": 2, "Coût fixe par an (€)": 2, "": 2}
"""Headings of the rows of antennas, and widths of their columns."""
BY_CONTENT: shell.CacheKeys = {**shell.BY_VERSION, PolePlan: repr}


@st.cache_resource(
    show_spinner="Comparaison du pôle et de la maison…", max_entries=16, hash_funcs=BY_CONTENT
)
def comparison(territory: Territory, plan: PolePlan) -> PoleComparison:
    """Return a pole beside the house; the best pole where the half-days allow two antennas."""
    return compared(territory, plan, search=plan.team >= FEWEST * plan.least)


def draw_pole(territory: Territory, sites: Sequence[Site]) -> PoleComparison | None:
    """Draw the choice of a pole and, from two antennas on, its comparison."""
    view = shell.view()
    fields.follow(_KEYS, view.pole)
    chosen = _antennas(territory, sites, view.pole)
    if len(chosen.antennas) >= FEWEST:
        chosen = _team(chosen, places(territory, sites))
    if chosen != view.pole:
        shell.remember(replace(view, pole=chosen))
    fields.typed(_KEYS, chosen)
    if len(chosen.antennas) < FEWEST:
        st.caption(
            f"Choisissez de {FEWEST} à {MOST} antennes, parmi vos sites ou les communes : leurs "
            "demi-journées seront comparées à une seule maison tenue par les mêmes médecins."
        )
        return None
    try:
        found = comparison(territory, chosen.plan(territory, sites))
    except ProxiSoinsError as error:
        st.error("Le pôle n’a pas pu être comparé.")
        st.text(str(error))
        return None
    draw_comparison(territory, found, addressed=True)
    sites_projects.draw_pole_rules(territory, found)
    if own_choices.toggle(
        "Carte des antennes", "carte_pole", key="carte_antennes", first=not sites
    ):
        draw_map(territory, found.plan)
    notes = figures.notes(territory, *_TABLES)
    _downloads(found, headed(territory, "Un pôle comparé à une maison", notes))
    return found


def pole_sites(plan: PolePlan) -> tuple[Site, ...]:
    """Return the antennas as sites, each with the fraction of GPs of its half-days."""
    return tuple(
        replace(one.site, line=rank, gps=one.half_days / HALF_DAYS_PER_GP, moving={})
        for rank, one in enumerate(plan.antennas, start=1)
    )


def draw_map(territory: Territory, plan: PolePlan) -> None:
    """Draw where the antennas are and what is within 20 minutes of them; those open stand out."""
    sites = pole_sites(plan)
    evaluation = sites_results.judged(territory, sites, None, {})
    used = tuple(rank for rank, one in enumerate(plan.antennas) if one.half_days)
    draft = Draft("Pôle", territory.region, sites=sites)
    sites_results.draw_map(
        territory, draft, evaluation, used, "pole_carte", addressed=own_choices.POLE_LAYERS
    )


def _antennas(territory: Territory, sites: Sequence[Site], kept: PoleChoices) -> PoleChoices:
    """Draw where the antennas are, and what each holds."""
    known = places(territory, sites)
    names = {place: _label(place, site) for place, site in known.items()}
    before = {one.place: one for one in kept.antennas if one.place in known}
    picked: list[str] = st.multiselect(
        "Antennes",
        list(known),
        format_func=names.__getitem__,
        placeholder="nom d’un site ou d’une commune",
        max_selections=MOST,
        key=fields.first(f"{_KEYS}lieux_{len(sites)}", list(before)),
        select_all=False,
    )
    with st.container(key=_LIST):
        if picked:
            fields.heads(_LIST, _HEADS)
        antennas = _rows(picked, names, before)
    return replace(kept, antennas=tuple(antennas))


def _rows(
    picked: Sequence[str], names: Mapping[str, str], before: Mapping[str, AntennaChoice]
) -> list[AntennaChoice]:
    """Draw a row of fields for each antenna; return what they hold."""
    antennas = []
    for place in picked:
        one = before.get(place, AntennaChoice(place))
        name, count, euros, nurse = st.columns(list(_HEADS.values()), vertical_alignment="center")
        name.text(names[place])
        half_days = count.number_input(
            "Demi-journées par semaine",
            0,
            MOST_HALF_DAYS,
            key=fields.first(f"{_KEYS}demi_{place}", one.half_days),
        )
        cost = euros.number_input(
            "Coût fixe par an (€)",
            0,
            999_999_999,
            step=1000,
            key=fields.first(f"{_KEYS}cout_{place}", one.euros),
        )
        cared = nurse.checkbox(
            "Infirmière sur place", key=fields.first(f"{_KEYS}soins_{place}", one.nurse)
        )
        antennas.append(AntennaChoice(place, int(half_days), bool(cared), int(cost)))
    return antennas


def _label(place: str, site: Site) -> str:
    if place.startswith("s"):
        return f"Site {place[1:]} : {site.name} ({site.commune})"
    return f"{site.commune} ({site.code})"


def _team(chosen: PoleChoices, known: dict[str, Site]) -> PoleChoices:
    """Draw what is said of the whole team."""
    held = [one.place for one in chosen.antennas]
    left, middle, right = st.columns([3, 2, 3], vertical_alignment="bottom")
    base = left.selectbox(
        "Base de l’équipe, où serait la maison",
        held,
        format_func=lambda place: _label(place, known[place]),
        key=fields.first(
            f"{_KEYS}base_{'_'.join(held)}", chosen.base if chosen.base in held else held[0]
        ),
    )
    least = middle.number_input(
        "Meilleur pôle : demi-journées au moins où une antenne ouvre",
        1,
        HALF_DAYS_PER_GP,
        key=fields.first(f"{_KEYS}minimum", min(chosen.least, HALF_DAYS_PER_GP)),
    )
    settled = right.checkbox(
        "Médecins déjà installés dans ces communes",
        help="Ils se regroupent aux antennes. Sinon, tous sont nouveaux dans la région. Chaque "
        "commune donne en proportion de ses généralistes.",
        key=fields.first(f"{_KEYS}sur_place", chosen.settled),
    )
    team = sum(one.half_days for one in chosen.antennas)
    st.caption(
        f"Équipe : {counted(team, 'demi-journée', 'demi-journées')} par semaine, "
        f"{pole_tables.gps_words(team / HALF_DAYS_PER_GP)} à temps plein."
    )
    return replace(chosen, base=base if base != held[0] else "", least=int(least), settled=settled)


def draw_comparison(
    territory: Territory, found: PoleComparison, *, addressed: bool = False
) -> None:
    """Draw the answer: sentence, figures side by side, proof, antennas, winners and losers.

    The address says which antennas are in sight where it is `addressed`.
    """
    st.markdown("**En bref**")
    figures.answer(pole_tables.sentence(found), "pole")
    if made_up := territory.simulated_told(*pole_tables.READ):
        st.caption(made_up)
    st.text(pole_tables.settled_words(found))
    if found.proof is None:
        st.text(
            f"Le meilleur pôle n’est pas cherché : {number(found.plan.team)} demi-journées ne "
            f"suffisent pas pour {FEWEST} antennes d’au moins {number(found.plan.least)}."
        )
    else:
        figures.said(pole_tables.proof_words(found))
    draw_compared(pole_tables.measures_table(found), "Pôle et maison côte à côte, par mesure")
    st.subheader("Les antennes")
    shown = [TYPED, *([BEST] if BEST in found.sides else [])]
    titles = [pole_tables.title(found, key) for key in shown]
    drawn = own_choices.tabs(titles, "pole", key="pole_montre") if addressed else st.tabs(titles)
    for tab, key in zip(drawn, shown, strict=True):
        with tab:
            figures.french_table(pole_tables.antennas_table(found, key), wraps=True)
    with own_choices.fold("Qui gagne, qui perd, commune par commune", "gagnants"):
        figures.french_table(pole_tables.changes_table(found), height=360)
    st.caption(unbroken(pole_tables.ASSUMPTIONS))


def _downloads(found: PoleComparison, notes: list[str]) -> None:
    today = french.today().isoformat()
    lines = [
        notes[0],
        WORKING_PAPER if found.leaving.any() else "",
        pole_tables.sentence(found),
        pole_tables.settled_words(found),
        pole_tables.proof_words(found),
        pole_tables.ASSUMPTIONS,
        *notes[1:],
    ]
    told = [line for line in lines if line]
    sheets = pole_tables.sheets(found)
    with st.container(horizontal=True):
        exporting.button(
            "Télécharger le pôle (XLSX)",
            lambda: exports.to_xlsx(sheets, told),
            file_name=f"proxisoins-pole-{today}.xlsx",
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="pole-xlsx",
        )
        exporting.button(
            "Télécharger la comparaison (CSV)",
            lambda: exports.to_csv(sheets["Comparaison"], told),
            file_name=f"proxisoins-pole-{today}.csv",
            mime="text/csv",
            key="pole-csv",
        )
