"""Screen "Solidarité": which territories miss how much, who could help, and what it takes."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from data.access.source_notes import headed
from data.base.french import MISSING, capitalised, in_order, number
from data.maps import payload
from data.maps import solidarity as solidarity_map
from data.region.territory import Territory
from data.reports import letter
from data.solidarity import tables
from data.solidarity.help import Help, Terms
from data.solidarity.needs import AIMS, TARGETS
from data.solidarity.plans import curve, help_plan
from data.solidarity.schemes import HALF_DAYS_A_WEEK, SCHEMES, SOLIDARITY
from pages import (
    fields,
    figures,
    grids,
    help_scenarios,
    help_terms,
    map_choices,
    map_dialogue,
    map_view,
    own_choices,
    shell,
)
from pages.help_choices import MOST_SITES, HelpChoices
from pages.regulation import draw_regulation
from pages.regulation_choices import SHOWN as REGULATION
from pages.specialist_choices import SHOWN as SPECIALISTS
from pages.specialists import draw_specialists
from pages.state import ViewState

MAP = "solidarite_carte"
"""Key of the map."""

_KEYS = "aide_w_"
"""Beginning of the keys of what is chosen."""
_SECTION = "aide_s_"
"""Beginning of the key of the section."""
_SECTIONS = {
    "": "Consultations",
    SPECIALISTS: "Spécialistes",
    REGULATION: "Régulation des appels",
}
_DONORS_SAID = (
    "Jamais sous cinq volontaires : aucun médecin n’est désigné, ici ni par différence. "
    f"{tables.SHARED}"
)


def _whom(territory: Territory, chosen: HelpChoices) -> HelpChoices:
    """Draw whom to help, and up to what."""
    row = st.container(horizontal=True)  # what is asked of a choice stands beside it
    target = row.selectbox(
        "Qui aider",
        list(TARGETS),
        format_func=TARGETS.__getitem__,
        key=fields.first(f"{_KEYS}cibles", chosen.targets),
    )
    epci = chosen.epci
    if target == "epci":
        names = shell.commune_indicators(territory)[["epci", "epci_name"]].drop_duplicates()
        known = (
            names[names["epci"] != ""]
            .sort_values("epci_name", key=in_order)
            .set_index("epci")["epci_name"]
        )
        codes = list(known.index)
        epci = row.selectbox(
            "EPCI",
            codes,
            format_func=known.to_dict().__getitem__,
            key=fields.first(f"{_KEYS}epci", epci if epci in codes else codes[0]),
        )
    aim = row.selectbox(
        "Jusqu’où",
        list(AIMS),
        format_func=AIMS.__getitem__,
        key=fields.first(f"{_KEYS}but", chosen.aim),
    )
    apl, per_gp = chosen.apl, chosen.per_gp
    if aim == "apl" or target == "apl":
        apl = fields.decimal(row, "APL visée", chosen.apl, (0.5, 6), key=f"{_KEYS}apl")
    if aim == "place" or target == "place":
        per_gp = int(
            row.number_input(
                "Habitants qu’un médecin peut suivre",
                500,
                3000,
                step=50,
                key=fields.first(f"{_KEYS}habitants", chosen.per_gp),
            )
        )
    epci = epci if target == "epci" else ""
    return replace(chosen, targets=target, epci=epci, aim=aim, apl=apl, per_gp=per_gp)


def _hosts(territory: Territory, chosen: HelpChoices) -> HelpChoices:
    """Draw where volunteers receive."""
    hosts, listed = help_terms.draw_hosts(
        territory,
        chosen.hosts,
        chosen.listed,
        _KEYS,
        "Hors mairies, on est reçu à 20 minutes au plus de chez soi, et les minutes sont celles "
        "de la mairie de la commune du site. Pour les consultations avancées, le site est en ZIP "
        "ou dans une commune aidée.",
    )
    return replace(chosen, hosts=hosts, listed=listed)


def _terms(territory: Territory, chosen: HelpChoices) -> HelpChoices:
    """Draw on what terms help is given."""
    picked = st.segmented_control(
        "Dispositif",
        list(SCHEMES),
        format_func=lambda key: SCHEMES[key].name.capitalize(),
        required=True,
        key=fields.first(f"{_KEYS}dispositif", chosen.scheme),
        wrap=True,
    )
    scheme = picked or chosen.scheme
    st.caption(f"{capitalised(SCHEMES[scheme].rule)}.")
    one, two, three = st.columns(3, vertical_alignment="bottom")
    volunteers, minutes = help_terms.draw_reach(one, two, chosen.volunteers, chosen.minutes, _KEYS)
    floor = fields.decimal(
        three,
        "APL sous laquelle aucun donneur ne descend (0 : aucune)",
        chosen.floor,
        (0, 6),
        key=f"{_KEYS}plancher",
    )
    with own_choices.fold("Autres conditions", "conditions"):
        one, two, three = st.columns(3, vertical_alignment="bottom")
        sites = one.number_input(
            "Sites d’accueil en tout (0 : chaque commune aidée reçoit)",
            0,
            MOST_SITES,
            key=fields.first(f"{_KEYS}sites", chosen.sites),
        )
        half_days = two.number_input(
            "Demi-journées par mois et volontaire (0 : le plafond)",
            0,
            31,
            key=fields.first(f"{_KEYS}plafond", chosen.half_days),
        )
        acts = three.number_input(
            "Consultations par demi-journée",
            4,
            40,
            key=fields.first(f"{_KEYS}actes", chosen.acts),
        )
        chosen = _hosts(territory, chosen)
        replaced = scheme == SOLIDARITY.key and st.checkbox(
            "Médecins remplacés à leur cabinet",
            key=fields.first(f"{_KEYS}remplaces", chosen.replaced),
        )
    return replace(
        chosen,
        scheme=scheme,
        volunteers=int(volunteers),
        minutes=int(minutes),
        floor=float(floor),
        sites=int(sites),
        half_days=int(half_days),
        acts=int(acts),
        replaced=bool(replaced),
    )


def _answer(territory: Territory, found: Help) -> None:
    """Draw the sentence and the figures of the plan."""
    first, *others = tables.sentences(found)
    figures.lead(first, "plan")
    if others:
        figures.said(" ".join(others))
    lost = tables.losses(territory, found)
    one, two, three, four = st.columns(4)
    one.metric(
        "Besoin couvert", tables.share_words(found), help="Part des demi-journées qui manquent."
    )
    two.metric(
        "Forfaits par mois",
        tables.money_words(found),
        help=f"{capitalised(found.scheme.rule)}.",
    )
    three.metric(
        "Route par mois",
        f"{number(found.road_hours)} h",
        help="Aller et retour, un par demi-journée. Distance estimée : ligne droite × 1,3, "
        f"{number(tables.kilometres(territory, found))} km.",
    )
    four.metric(
        "Habitants dont l’APL baisse",
        number(lost["people"]),
        f"sur {number(lost['among'])} hors communes aidées",
        delta_color="off",
        delta_arrow="off",
        help=f"Baisse moyenne : {number(lost['mean_loss'], 2)} "
        f"consultation par an et habitant ; {tables.lowest_words(found, lost)} ; habitants sans "
        f"place en plus : {number(lost['without_room'])}.",
    )
    st.caption(f"{tables.NOT_PREDICTED} {territory.simulated_told(*letter.quoted(found))}")
    help_terms.say_from_town(territory)


@st.cache_resource(
    show_spinner="Préparation de la carte…",
    max_entries=8,
    hash_funcs=shell.BY_VERSION | {HelpChoices: repr},
)
def _payload(territory: Territory, chosen: HelpChoices) -> str:
    found = help_plan(territory, chosen.question(), chosen.terms())
    document = solidarity_map.configuration(
        territory, found, " · ".join(figures.notes(territory, *letter.quoted(found)))
    )
    view = ViewState(
        region=territory.region,
        indicator=solidarity_map.INDICATOR,
        layers=solidarity_map.LAYERS_SHOWN,
    )
    return payload.encode(document | map_dialogue.opening(view, view))


@st.fragment
def _map(territory: Territory, chosen: HelpChoices) -> None:
    """Draw who is helped, who gives and where it goes."""
    view = map_dialogue.told(map_dialogue.asked(MAP)) or ViewState()
    answer = map_dialogue.answer(territory, view)
    answer["chosen"] = map_choices.follow(MAP, own_choices.LAYERS)
    map_view.draw_map(_payload(territory, chosen), answer, MAP)


def _curve(territory: Territory, chosen: HelpChoices) -> None:
    found = curve(territory, chosen.question(), chosen.terms())
    grids.draw(
        found.assign(
            share=(100 * found["share"]).round(0),
            half_days=found["half_days"].round(0),
            minutes=found["minutes"].round(0),
        ),
        hide_index=True,
        placeholder=MISSING,
        column_config={
            "volunteers": st.column_config.NumberColumn("Volontaires"),
            "half_days": st.column_config.NumberColumn(
                "Demi-journées par mois", format="localized"
            ),
            "share": st.column_config.ProgressColumn(
                "Besoin (%)", min_value=0, max_value=100, format="%d"
            ),
            "minutes": st.column_config.NumberColumn("Trajet (min)"),
        },
    )


def _schemes(territory: Territory, chosen: HelpChoices) -> None:
    """Draw the three schemes side by side, with the same volunteers."""
    rows = []
    for key, scheme in SCHEMES.items():
        terms = Terms(
            scheme=key,
            volunteers=chosen.volunteers or None,
            sites=chosen.sites or None,
            minutes=float(chosen.minutes),
            floor=chosen.floor or None,
            hosts=chosen.terms().hosts,
            listed=chosen.listed,
        )
        found = help_plan(territory, chosen.question(), terms)
        rows.append(
            {
                "Dispositif": scheme.name.capitalize(),
                "Demi-journées couvertes": number(found.covered),
                "Part du besoin": tables.share_words(found),
                "Forfaits par mois": tables.money_words(found),
                "Route par mois": "sur place" if scheme.lodged else f"{number(found.road_hours)} h",
            }
        )
    st.table(pd.DataFrame(rows).set_index("Dispositif"))
    rules = [f"{one.name.capitalize()} : {one.rule}." for one in SCHEMES.values()]
    st.caption(f"Chacun à son plafond. {' '.join(rules)}")


def _tables(territory: Territory, found: Help) -> None:
    quoted = letter.quoted(found)
    asked = [letter.asked(territory, found), tables.sentence(found)]
    lines = [*asked, *figures.notes(territory, *quoted), tables.COMPUTED, tables.NOT_PREDICTED]
    helped, donors, hosts = own_choices.tabs(
        ["Territoires aidés", "Qui aide", "Sites d’accueil"], "tableau", key="aide_tableau"
    )
    with helped:
        st.caption(f"Les pertes vers les donneurs sont comptées. {tables.COMPUTED}")
        st.markdown("**Par EPCI**")
        figures.table(tables.by_epci(found), height=280, order=tables.EPCI_ORDER)
        st.markdown("**Par commune**")
        targets = tables.target_table(territory, found)
        figures.table(targets, height=320, order=tables.screen_order(targets))
        filed = headed(territory, "Plan de solidarité, communes aidées", lines)
        figures.downloads("solidarite", targets, filed, contours=territory.communes)
    with donors:
        lent = tables.donor_table(territory, found)
        st.caption(_DONORS_SAID)
        if lent.empty:
            st.info(tables.NOBODY_PLACED)
        else:
            figures.table(lent, height=320)
    with hosts:
        sites = tables.host_table(found)
        st.caption(
            "Demi-journées de chaque semaine d’un mois de quatre semaines ; une semaine à plein "
            f"temps en compte {HALF_DAYS_A_WEEK}."
        )
        figures.table(sites, height=320)
        filed = headed(territory, "Plan de solidarité, sites d’accueil", lines)
        figures.downloads("accueils", sites, filed)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Solidarité")
    view = shell.view()
    asked = REGULATION * view.regulation.shown or SPECIALISTS * view.specialists.shown
    # With a key, or it would be another one once the view holds what it showed.
    fields.follow(_SECTION, asked)
    st.session_state.setdefault(f"{_SECTION}onglet", asked)
    section = st.segmented_control(
        "Aide",
        list(_SECTIONS),
        format_func=_SECTIONS.__getitem__,
        required=True,
        label_visibility="collapsed",
        wrap=True,
        key=f"{_SECTION}onglet",
    )
    fields.typed(_SECTION, section)
    view = replace(
        view,
        regulation=replace(view.regulation, shown=section == REGULATION),
        specialists=replace(view.specialists, shown=section == SPECIALISTS),
    )
    if view.regulation.shown:
        shell.remember(replace(view, regulation=draw_regulation(territory, view.regulation)))
        return
    if view.specialists.shown:
        shell.remember(replace(view, specialists=draw_specialists(territory, view.specialists)))
        return
    fields.follow(_KEYS, view.help)
    chosen = _terms(territory, _whom(territory, view.help))
    fields.typed(_KEYS, chosen)
    shell.remember(replace(view, help=chosen))
    with st.spinner("Recherche du meilleur plan…"):
        found = help_plan(territory, chosen.question(), chosen.terms())
    _answer(territory, found)
    if not found.need:
        return
    _map(territory, chosen)
    compared = "Comparer selon le nombre de volontaires, et les trois dispositifs"
    if own_choices.toggle(compared, "selon", key="aide_selon"):
        left, right = st.columns([2, 3])
        with left:
            st.header("Selon le nombre de volontaires")
            _curve(territory, chosen)
        with right:
            st.header("Les trois dispositifs, avec autant de volontaires")
            _schemes(territory, chosen)
    st.header("Le plan")
    _tables(territory, found)
    with st.container(key=f"{shell.DESK}plans"):
        help_scenarios.draw_kept(territory, chosen, found)
    quoted = letter.quoted(found)
    figures.sources(figures.notes(territory, *quoted))


draw()
