"""Tab "Régulation" of the screen "Solidarité": calls, waits, who could answer for whom."""

from dataclasses import replace

import streamlit as st

from data.access.source_notes import headed
from data.base import typeface
from data.base.french import unbroken
from data.maps.ground import departements_of, ground, land_of
from data.official import templates
from data.region.france import are_several, named
from data.region.territory import SIMULATED_MARK, Territory
from data.solidarity import pooling
from data.solidarity import regulation_tables as tables
from data.solidarity.pooling import MOST_TOGETHER, STAFF
from data.solidarity.regulation import DAY_NAMES, DAYS, Calls, calls_of
from geo.errors import ProxiSoinsError
from pages import (
    fields,
    figures,
    grids,
    own_choices,
    shell,
)
from pages.regulation_choices import RegulationChoices

_KEYS = "regulation_w_"
"""Beginning of the keys of what is chosen."""
_MOST_NAMED = 20
"""Départements that a map names; more of them bear their codes."""


def _hours(chosen: RegulationChoices) -> RegulationChoices:
    """Draw the hours that count and what is asked of them."""
    one, two, three, four, five = st.columns(5, vertical_alignment="bottom")
    start = one.number_input("De (heure)", 0, 23, key=fields.first(f"{_KEYS}de", chosen.start))
    end = two.number_input(
        "À (heure)",
        0,
        24,
        help="20 à 8 passe minuit.",
        key=fields.first(f"{_KEYS}a", chosen.end),
    )
    days = three.selectbox(
        "Jours",
        list(DAYS),
        format_func=lambda key: DAY_NAMES[key].capitalize(),
        key=fields.first(f"{_KEYS}jours", chosen.days),
    )
    minutes = fields.decimal(
        four, "Attente visée (minutes)", float(chosen.minutes), (0, 60), key=f"{_KEYS}attente"
    )
    percent = five.number_input(
        "Part des appels qui doit y tenir (%)",
        1,
        99,
        step=5,
        key=fields.first(f"{_KEYS}part", chosen.percent),
    )
    if start == end:
        st.warning("La plage doit compter au moins une heure : la précédente est gardée.")
        start, end = chosen.start, chosen.end
    return replace(
        chosen,
        start=int(start),
        end=int(end),
        days=days,
        minutes=float(minutes),
        percent=int(percent),
    )


_ALONE = (
    "Cette région n’a qu’un département : aucun autre n’y reprendrait ses appels, et il n’y a pas "
    "de groupement à chercher."
)


@st.cache_data(show_spinner="Dessin de la carte…", max_entries=32, hash_funcs=shell.BY_VERSION)
def _picture(territory: Territory, chosen: RegulationChoices) -> bytes:
    """Return the map, its legend below: beside it, in a column, its letters would be too small."""
    from geo import static_map

    calls = calls_of(territory)
    communes, land = ground(territory, land_of(territory))
    shapes = departements_of(communes)
    names = (
        [calls.names[one] for one in shapes.index] if len(shapes) <= _MOST_NAMED else shapes.index
    )
    # On two lines, that neighbours do not write over each other.
    names = ["-\n".join(str(name).rsplit("-", 1)) for name in names]
    mark = SIMULATED_MARK if calls.simulated else ""
    return static_map.picture(
        shapes.to_frame(),
        tables.map_values(calls, chosen.hours(), chosen.standard()),
        tables.MAP,
        land,
        static_map.Page(
            f"Appels pris à temps{mark}, {chosen.hours().told}",
            typeface=typeface.files(),
            size_inches=(3.6, 5.2),
            legend_below=True,
        ),
        marks=static_map.Marks(names=shapes.representative_point().set_axis(names)),
    )


def _known(
    territory: Territory, calls: Calls, chosen: RegulationChoices, *, files: bool = True
) -> None:
    """Draw the sentence, the map and the table of the départements; with `files`, exports."""
    hours, standard = chosen.hours(), chosen.standard()
    figures.lead(tables.sentence(calls, hours, standard), "regulation")
    st.caption(unbroken(f"{calls.note}."))
    found = tables.departement_table(calls, hours, standard)
    filed = headed(territory, "Régulation des appels, par département", tables.notes(calls))
    figures.french_table(found, "regulation" if files else "", filed, wraps=True)
    left, right = st.columns(2)
    with left:
        mapped = replace(chosen, helper="", helped=(), staff="tous", together=1)
        figures.image(
            _picture(territory, mapped),
            "Carte de la part des appels pris à temps par département : mêmes chiffres que le "
            "tableau",
            widest="34rem",
        )
    with right:
        st.header("Qui tient, qui peut aider")
        for role, meaning, names in tables.roles(calls, hours, standard):
            st.markdown(f"**{role}** ({meaning}) : {names}.")
        st.caption("Les parts et les minutes sont celles d’un appel, non d’une heure.")
        _unknown()


def _who(territory: Territory, calls: Calls, chosen: RegulationChoices) -> RegulationChoices:
    """Draw who answers for whom, before and after."""
    st.header("Qui pourrait reprendre les appels de qui")
    codes = list(calls.names)
    one, two, three = st.columns(3)
    helper = one.selectbox(
        "Département aidant",
        codes,
        format_func=calls.names.__getitem__,
        key=fields.first(f"{_KEYS}aidant", chosen.helper if chosen.helper in codes else codes[0]),
    )
    staff = two.selectbox(
        "Avec quels régulateurs",
        list(STAFF),
        format_func=lambda key: STAFF[key].capitalize(),
        key=fields.first(f"{_KEYS}effectif", chosen.staff),
    )
    others = [code for code in codes if code != helper]
    before = [code for code in chosen.helped if code in others]
    helped = three.multiselect(
        "Reprend les appels de",
        others,
        format_func=calls.names.__getitem__,
        placeholder="choisir",
        key=fields.first(f"{_KEYS}aides_{helper}", before),
        select_all=False,
    )
    hours, standard = chosen.hours(), chosen.standard()
    chosen = replace(chosen, helper=helper, staff=staff, helped=tuple(helped))
    _taken_over(territory, calls, chosen)
    st.caption(
        f"Chacun des autres départements, repris seul par {named(calls.names[helper])}, "
        f"{hours.told} :"
    )
    each = pooling.everyone(calls, helper, hours, standard, staff)
    figures.french_table(tables.candidates_table(each, calls.names[helper]), wraps=True)
    return chosen


def _taken_over(
    territory: Territory, calls: Calls, chosen: RegulationChoices, *, files: bool = True
) -> None:
    """Draw what it gives when a département answers for those chosen, if any are."""
    if not chosen.helped:
        return
    hours, standard = chosen.hours(), chosen.standard()
    found = pooling.take_over(
        calls, chosen.helper, chosen.helped, hours, standard, staff=chosen.staff
    )
    figures.lead(tables.takeover_sentence(calls, found, hours, standard), "reprise")
    hourly = tables.hourly_table(found)
    name = "regulation-reprise" if files else ""
    who = f"Régulation des appels, heure par heure, reprise par {calls.names[chosen.helper]}"
    figures.french_table(hourly, name, headed(territory, who, tables.notes(calls)), wraps=True)


def _best(territory: Territory, calls: Calls, chosen: RegulationChoices) -> RegulationChoices:
    """Draw the best grouping."""
    st.header("Le meilleur groupement")
    together = int(
        st.number_input(
            "Départements par groupe, au plus",
            1,
            MOST_TOGETHER,
            width=260,
            key=fields.first(f"{_KEYS}groupe", chosen.together),
        )
    )
    chosen = replace(chosen, together=together)
    _groups(territory, calls, chosen)
    return chosen


def _groups(
    territory: Territory, calls: Calls, chosen: RegulationChoices, *, files: bool = True
) -> None:
    """Draw the best groups of départements."""
    hours, standard = chosen.hours(), chosen.standard()
    found = pooling.best(territory, calls, hours, standard, chosen.together)
    figures.lead(tables.groups_sentence(found, hours, standard), "groupes")
    shown = tables.groups_table(found)
    name = "regulation-groupes" if files else ""
    filed = headed(territory, "Régulation des appels, le meilleur groupement", tables.notes(calls))
    figures.french_table(shown, name, filed, wraps=True)
    st.caption(
        "Départements voisins seulement, une file par groupe, à chaque heure le moins de "
        "régulateurs qui tienne l’objectif ; à nombre égal, le plus de groupes. Une grande file "
        "attend toujours moins qu’une petite à effectif égal : c’est la taille permise qui borne."
    )


def _week(calls: Calls, chosen: RegulationChoices) -> None:
    with own_choices.fold("Heure par heure, toute la semaine", "semaine"):
        code = own_choices.pick(
            st.selectbox,
            "Département",
            "semaine",
            {one: one for one in calls.names},
            key="week_of",
            format_func=calls.names.__getitem__,
        )
        grids.draw(tables.week_table(calls, code, chosen.standard()), hide_index=True, height=420)
        st.caption("Part des appels pris à temps ; « – » : heure que rien ne renseigne.")


def _template() -> None:
    with st.expander("Vos chiffres : le modèle à remplir"):
        st.markdown(
            "Aucun fichier national ne dit les appels par heure. Remplissez le modèle (CSV ou "
            "classeur), puis importez-le dans « Données et méthode » ou par `proxisoins import`. "
            + " ".join(templates.REGULATION.notes)
        )
        figures.template_buttons(templates.REGULATION)


def draw_regulation(territory: Territory, chosen: RegulationChoices) -> RegulationChoices:
    """Draw the tab and return what is chosen on it."""
    calls = calls_of(territory)
    fields.follow(_KEYS, chosen)
    chosen = _hours(chosen)
    _known(territory, calls, chosen)
    try:
        if len(calls.names) > 1:
            chosen = _who(territory, calls, chosen)
            chosen = _best(territory, calls, chosen)
        else:
            st.markdown(_ALONE)
    except ProxiSoinsError as error:  # hours that nobody tells: the rest of the tab stands
        st.text(str(error))
    fields.typed(_KEYS, chosen)
    _week(calls, chosen)
    _template()
    return chosen


def _unknown() -> None:
    st.subheader("Ce que l’on ne sait pas")
    for one in tables.UNKNOWN:
        st.markdown(f"- {one}")


def draw_shared(territory: Territory, chosen: RegulationChoices) -> None:
    """Draw what is chosen, for whoever holds a link to it: nothing to change, no file.

    Raises
    ------
    geo.errors.InvalidInputError
        Hours that nobody tells, or départements that are not of the region.
    """
    calls = calls_of(territory)
    _known(territory, calls, chosen, files=False)
    known = set(calls.names)
    helped = tuple(one for one in chosen.helped if one in known)
    helper = chosen.helper if chosen.helper in known else next(iter(calls.names))
    chosen = replace(chosen, helper=helper, helped=tuple(one for one in helped if one != helper))
    if chosen.helped:
        name = calls.names[helper]
        takes = "prenaient" if are_several(name) else "prenait"
        st.subheader(f"Si {named(name)} {takes} les appels")
        _taken_over(territory, calls, chosen, files=False)
    if len(calls.names) > 1:
        st.subheader("Le meilleur groupement")
        _groups(territory, calls, chosen, files=False)
    else:
        st.markdown(_ALONE)
    figures.sources(tables.notes(calls))
