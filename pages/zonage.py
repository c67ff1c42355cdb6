"""Screen "Zonage": map and gauges, trials that leave a trace, contradictions, annexes."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from data.access import unknown_supply, zoning_gauges, zoning_units
from data.access.zoning_gauges import Ceilings
from data.base import french
from data.base.french import MISSING, counted, in_order, number
from data.maps import zoning as zoning_map
from data.region.rules import ROOM_PEOPLE_A_GP
from data.region.table_names import ZONES
from data.region.territory import Territory
from data.reports import zoning_annex
from pages import (
    exporting,
    fields,
    figures,
    following,
    grids,
    map_dialogue,
    map_view,
    own_choices,
    reads,
    shell,
    unread,
    zoning_view,
)
from pages.state import ViewState

MAP = "zonage_carte"
"""Key of the map: what its client asked last is in the session under it."""
TRIAL, _OPENED = "zonage_essai", "zonage_essai_ouvert"
"""Key of the trial in the session: a key of `zoning_units` to its zone tried, in their order."""

CHOSEN, ZONE_OF = "zonage_choix", "zonage_zone_"
"""Keys of the list of the trial and, before the key of a territory, of the zone tried there."""
ZIP, ZAC, SOURCE = "zonage_plafond_zip", "zonage_plafond_zac", "zonage_plafonds_source"
"""Keys of the ceilings, and of their source."""
_USUAL = "zonage_plafonds_source_connue"
"""Key of the source of the ceilings where nobody has typed one."""
_PARAMETERS = ("essai", "plafonds", "source")
"""Names of the address that are this screen's."""
TURN = "zonage_tour"
"""Key of the last question of the map that was answered."""
_HEARD = "zonage_entendu"
"""Key of the last thing that it said."""

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _ceilings(region: str) -> Ceilings:
    """Draw the two ceilings and their source; they are the reader's to change."""
    query = st.query_params.to_dict()
    default = zoning_view.ceilings_of(query, region)
    with own_choices.fold("Plafonds régionaux", "plafonds"):
        left, right, origin = st.columns([1, 1, 3])
        zip_percent, zac_percent = (
            fields.decimal(place, f"{zone} (%)", 100 * share, (0, 100), decimals=2, key=key)
            for place, zone, share, key in (
                (left, "ZIP", default.zip_share, ZIP),
                (right, "ZAC", default.zac_share, ZAC),
            )
        )
        shares = zip_percent / 100, zac_percent / 100
        usual = zoning_view.source_of(shares[0], shares[1], region)
        # Nobody has said where the ceilings come from: that they were typed is said as they are.
        if st.session_state.get(SOURCE) in (None, st.session_state.get(_USUAL)):
            fields.hold(SOURCE, zoning_view.source_told(query) or usual)
        st.session_state[_USUAL] = usual
        source = origin.text_input(
            "Source des plafonds",
            max_chars=zoning_view.SOURCE_CHARACTERS,
            placeholder=usual,
            key=SOURCE,
        )
    return Ceilings(*shares, source.strip() or usual)


def _trial(communes: pd.DataFrame, known: pd.DataFrame) -> dict[str, str]:
    """Return the trial: of the address when the session holds none; what is unknown falls."""
    if TRIAL not in st.session_state:
        asked = st.query_params.to_dict()
        st.session_state[TRIAL] = zoning_view.trial_of(asked, communes)
        unread.note(TRIAL, zoning_view.left_out(asked, communes))
        st.session_state[_OPENED] = dict(st.session_state[TRIAL])
    unread.say(TRIAL, still=st.session_state[TRIAL] == st.session_state.get(_OPENED))
    kept: dict[str, str] = st.session_state[TRIAL]
    return {key: zone for key, zone in kept.items() if key in known.index}


def _is_choice(key: str) -> bool:
    return key in {TRIAL, ZIP, ZAC, SOURCE}


def _keep(changes: dict[str, str], ceilings: Ceilings, region: str, shown: dict[str, str]) -> None:
    """Write the trial in the address, beside the view that all screens share.

    Layers are those of this map: what another screen showed stays there. The indicator of another
    screen waits in the address while this map shows its own.
    """
    st.session_state[TRIAL] = changes
    query = shell.in_address(shell.view())
    query.pop("couches", None)
    if query.get("ind") == zoning_map.INDICATOR:
        del query["ind"]  # what this map opens on
    query |= shown | zoning_view.told(changes)
    query |= zoning_view.told_ceilings(ceilings, region)
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)


def _choose(known: pd.DataFrame, changes: dict[str, str], *, by_territory: bool) -> None:
    """Draw the trial as an editable list."""
    if not by_territory:
        st.info(
            "Les données chargées ne disent pas la composition des territoires de vie-santé : "
            "l’essai porte ici sur des communes, ou sur toutes les communes d’un bassin de vie de "
            "l’INSEE. Un arrêté classe, lui, des territoires de vie-santé et des quartiers "
            "prioritaires : pour essayer par territoire, importez la table « Territoires de "
            "vie-santé (composition communale) » dans « Données et méthode »."
        )
    names, told = known["name"].to_dict(), known["zone_told"].to_dict()
    legal = known["zone"].astype(str).to_dict()
    # Their keys stay the same until something else changes the trial, which is written into them:
    # what is chosen while the screen is drawn again is not lost.
    listed = fields.written(CHOSEN, list(changes))
    what = "un territoire" if by_territory else "une commune"
    here = "choisissez-le ici" if by_territory else "choisissez ici communes et bassins de vie"
    order = known.sort_values("name", key=in_order).index if by_territory else known.index
    st.multiselect(
        f"Essayer un changement de zone : cliquez {what} sur la carte, ou {here}",
        list(order),
        max_selections=zoning_view.MOST_CHANGES,
        format_func=lambda key: (
            f"{names[key]} ({told[key]})" if by_territory else f"{names[key]} : {told[key]}"
        ),
        placeholder="Choisir un ou plusieurs territoires" if by_territory else "Choisir",
        help="Un essai seulement : le zonage en vigueur est celui de l’arrêté.",
        key=listed,
        on_change=_chosen,
        args=(legal, listed),
        select_all=False,
    )
    for key, zone in changes.items():
        now = told[key]
        tried = fields.written(ZONE_OF + key, zone)
        st.segmented_control(
            f"{names[key]} : zone essayée (en vigueur : {zoning_view.ZONE_TITLES.get(now, now)})",
            ZONES,
            required=True,
            format_func=zoning_view.ZONE_TITLES.__getitem__,
            key=tried,
            on_change=_zone_chosen,
            args=(key, tried),
            wrap=True,
        )
    if changes:
        st.button(
            f"Annuler mes changements ({len(changes)})", key="zonage_annuler", on_click=_give_up
        )


def _chosen(legal: dict[str, str], listed: str) -> None:
    """Take what the list of this key says into the trial: what is new in it tries the next zone."""
    if (told := fields.change(listed)) is None:
        return
    kept: dict[str, str] = st.session_state.get(TRIAL, {})
    gone = set(told.before) - set(told.after)
    st.session_state[TRIAL] = {code: zone for code, zone in kept.items() if code not in gone} | {
        code: zoning_map.next_zone(legal[code], ZONES)
        for code in told.after
        if code not in told.before
    }


def _zone_chosen(code: str, key: str) -> None:
    if (told := fields.change(key)) and code in st.session_state[TRIAL]:
        st.session_state[TRIAL] = st.session_state[TRIAL] | {code: told.after}


def _give_up() -> None:
    st.session_state[TRIAL] = {}


@st.fragment
def _map(territory: Territory, known: pd.DataFrame, changes: dict[str, str]) -> None:
    """Draw the map; the card of a commune asks for the next zone of its territory, or its own."""
    communes = shell.commune_indicators(territory)
    message = map_dialogue.asked(MAP)
    view = map_dialogue.told(message) or ViewState()
    turn = message.get("turn")
    if turn != st.session_state.get(_HEARD):
        st.session_state[_HEARD] = turn
        if turn is not None:  # an address without layers does not say that there are none
            shell.remember(replace(shell.view(), layers=view.layers), address=False)
            reads.follow(territory, "zonage", view)
    if message.get("action") == "zone" and turn != st.session_state.get(TURN):
        st.session_state[TURN] = turn
        key = zoning_units.key_at(communes, view.commune)
        if key in known.index:
            rest = {one: zone for one, zone in changes.items() if one != key}
            # A commune may be tried with its bassin de vie: its own trial starts from there.
            also = zoning_units.tried(communes, rest)[communes["code"] == view.commune].iloc[0]
            legal = str(known.loc[key, "zone"]) if pd.isna(also) else str(also)
            zone = zoning_map.next_zone(changes.get(key, legal), ZONES)
            st.session_state[TRIAL] = rest if zone == legal else rest | {key: zone}
            st.rerun(scope="app")
    tried = zoning_gauges.with_changes(communes, changes)
    answer = map_dialogue.answer(territory, view) | zoning_map.tried(territory, tried, changes)
    # The client reads the address itself: what it opens on without one never changes.
    opened = zoning_view.opened(territory, {})
    sent = f"{zoning_view.map_payload(territory)}.{zoning_view.encoded(opened)}"
    map_view.draw_map(sent, answer, MAP)


def _beside(table: pd.DataFrame, hidden: str) -> None:
    """Draw APL and people without room of every territory, the worst served first."""
    if table.empty:
        return
    with own_choices.fold(
        "APL et habitants sans place, par territoire de vie-santé", "territoires"
    ):
        columns = ["tvs_name", "zone", "population", "apl65", "apl", "without_room", "share"]
        shown = table.assign(share=100 * table["share_without_room"])[columns]
        grids.draw(
            shown.sort_values("share", ascending=False).round(
                {"apl65": 1, "apl": 1, "without_room": 0, "share": 1}
            ),
            hide_index=True,
            placeholder=MISSING,
            column_config={
                "tvs_name": "Territoire de vie-santé",
                "zone": "Zone en vigueur",
                "population": st.column_config.NumberColumn("Habitants", format="localized"),
                "apl65": st.column_config.NumberColumn("APL publiée, 65 ans et moins"),
                "apl": st.column_config.NumberColumn("APL calculée"),
                "without_room": st.column_config.NumberColumn(
                    "Habitants sans place", format="localized"
                ),
                "share": st.column_config.NumberColumn("Sans place (%)"),
            },
        )
        if hidden:
            st.caption(hidden)
        note = unknown_supply.region_room_note(shell.territory())
        st.caption(
            f"Sans place à 20 minutes, à {number(ROOM_PEOPLE_A_GP)} habitants par médecin au plus "
            "(hypothèse), le plus proche passant le premier. Ce n’est pas un critère légal : le "
            "zonage se fixe sur l’APL ; les deux se lisent ensemble." + (f" {note}" if note else "")
        )


def _contradictions(territory: Territory, communes: pd.DataFrame) -> None:
    table = zoning_gauges.contradictions(communes)
    verb = "a" if len(table) < 2 else "ont"
    st.markdown(
        f"**{counted(len(table), 'commune', 'communes')}** {verb} une APL qui ne va pas dans le "
        "sens de la zone. C’est à regarder, jamais à corriger ici : la zone se fixe par "
        "territoire de vie-santé, par arrêté, avec d’autres critères que l’APL. "
        + zoning_gauges.years_told(territory, communes)
    )
    columns = ["name", "zone", "apl", "population", "without", "reason", "tvs_name", "series"]
    if not table["tvs_name"].astype(bool).any():  # no table of territories: an empty column
        columns.remove("tvs_name")
    shown = table.assign(without=100 * table["share_without_room"])
    grids.draw(
        shown[columns].round({"apl": 2, "without": 0}),
        hide_index=True,
        placeholder=MISSING,
        column_config={
            "name": "Commune",
            "population": st.column_config.NumberColumn("Habitants", format="localized"),
            "apl": st.column_config.NumberColumn("APL", format="localized"),
            "without": st.column_config.NumberColumn("Sans place à 20 min (%)"),
            "zone": "Zone",
            "reason": "Pourquoi",
            "tvs_name": "Territoire de vie-santé",
            "series": "Série de l’APL",
        },
    )


def _downloads(
    territory: Territory, communes: pd.DataFrame, ceilings: Ceilings, changes: dict[str, str]
) -> None:
    today = french.today().isoformat()
    with st.container(horizontal=True):
        exporting.button(
            "Annexe en vigueur (DOCX)",
            lambda: zoning_annex.decree_annex(territory, communes, ceilings),
            file_name=f"proxisoins-annexe-en-vigueur-{today}.docx",
            mime=_DOCX,
            key="annexe-en-vigueur",
        )
        if changes:
            exporting.button(
                f"Annexe du projet (DOCX, {counted(len(changes), 'changement', 'changements')})",
                lambda: zoning_annex.decree_annex(territory, communes, ceilings, changes),
                file_name=f"proxisoins-annexe-projet-{today}.docx",
                mime=_DOCX,
                key="annexe-projet",
            )
        exporting.button(
            "Classeur du zonage (XLSX, en vigueur et projet)"
            if changes
            else "Classeur du zonage (XLSX)",
            lambda: zoning_annex.zoning_workbook(territory, communes, ceilings, changes),
            file_name=f"proxisoins-zonage-{today}.xlsx",
            mime=_XLSX,
            key="zonage-xlsx",
        )


def draw() -> None:
    """Draw the screen."""
    shown = zoning_view.map_told(st.query_params.to_dict())
    territory = shell.territory()
    communes = shell.commune_indicators(territory)
    st.title("Zonage")
    following.follow(MAP, _PARAMETERS, _is_choice)
    above = st.container()
    ceilings = _ceilings(territory.region)
    table = zoning_gauges.tvs_table(territory, communes).set_index("tvs")
    known = zoning_view.units(territory)
    changes = _trial(communes, known)
    _choose(known, changes, by_territory=not table.empty)
    _keep(changes, ceilings, territory.region, shown)
    following.note(MAP, _PARAMETERS, _is_choice)
    with above:
        zoning_view.draw_gauges(communes, ceilings, changes)
        st.caption(
            "Pour essayer une autre zone, cliquez une commune sur la carte. Dessous : la liste des "
            "changements, et les annexes de l’arrêté."
        )
        _map(territory, known, changes)
    _beside(table, zoning_gauges.ages_note(communes))
    _downloads(territory, communes, ceilings, changes)
    st.header("Communes dont l’APL contredit la zone")
    _contradictions(territory, communes)
    figures.sources(zoning_annex.notes(territory, ceilings, measured=True))


draw()
