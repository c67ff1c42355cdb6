"""Screen "Territoires à risque": where the last GP may not be replaced, why, and the proof."""

import contextlib
from dataclasses import replace

import pandas as pd
import streamlit as st

from data.access.source_notes import headed
from data.base import french
from data.base.codes import among, departement
from data.region import france, privacy
from data.region.territory import Territory
from data.scenarios import database, verdicts
from geo.errors import ProxiSoinsError, UnavailableError
from models.backtests import proof
from models.learning.predictors import early_told
from models.learning.register import GONE
from models.region import flag, flag_tables, past_rates, predict
from models.region import follow_up as follow_ups
from pages import (
    accounts,
    exporting,
    fields,
    figures,
    following,
    grids,
    pressed,
    risk_choices,
    risk_map,
    risk_panels,
    risk_proof,
    sheet_paper,
    shell,
)

LIST, COMMUNE = "risques_liste", "risques_commune"
SHEETS = "risques_fiches_pdf"
"""Keys of the widgets, and of the document of sheets once made."""

STEPS = "risques_pas"
"""Key of the steps along the list that are asked for, until a run takes them."""
RANKING, DEPARTURE = "Carte et signaux", "Et si ce médecin partait ?"
LISTED = (
    "name",
    "people_at_stake",
    "risk_class",
    "share_lost",
    "share_lost_low",
    "share_lost_high",
    "population",
    "departement_name",
    "review",
)
"""Columns of the list; the exports hold all."""

SHORT = {
    "people_at_stake": "Hab. × prob.",
    "risk_class": "Classe",
    "share_lost": "Prob.",
    "share_lost_low": "De",
    "share_lost_high": "À",
}
"""Headings of the list, whole in exports: its first columns, the probability too, hold in sight."""

WIDTHS = {
    "people_at_stake": 78,
    "risk_class": 74,
    "share_lost": 64,
    "share_lost_low": 58,
    "share_lost_high": 58,
}
"""Of its first columns, in pixels: class and probability are in sight beside the map, at 1,024."""
NAME_PX, NAME_MOST_PX, NAME_LETTER_PX, CELL_PX = 180, 260, 6.2, 16
"""Of that of names: wider where a longer one is listed, as far as the probability stays in sight at
1,024. Of a letter of a name, of a cell beside its text: measured, since each pixel counts.
"""

FIRST_LIST = 100
"""Rows sent before more are asked for, half a kilobyte each."""
ALONE_PX, BESIDE_PX = 490, 390
"""Height of the list: near that of the map, or ten communes above the one chosen."""
FIRST_SHEETS = 10
"""Sheets that one document holds."""

_MASTER_AND_DETAIL = (
    # The map stays in sight beside what is read of a commune, which is longer than it.
    "<style>@media screen and (min-width:641px){[data-testid=stLayoutWrapper]:has("
    ">.st-key-risques_reste){position:sticky;top:4rem}}</style>"
)

WORKING_PAPER = (
    f"{privacy.WORKING_PAPER} Pour diffuser, prendre la vue publique (territoires d’au moins "
    f"{predict.MINIMUM_GPS} médecins)."
)
READING = (
    "**Aide à la lecture.** La probabilité est celle de n’avoir **plus aucun médecin généraliste** "
    "à l’échéance, pour les communes où l’on en a compté un. Elle dit qu’une relève "
    "n’est pas assurée ; elle ne dit rien d’un médecin en particulier. Le modèle éclaire, il ne "
    "décide pas : chaque signal se vérifie auprès du terrain."
)


def _select(key: str) -> None:
    """Make the commune chosen in the field of this key that of the view, for every page."""
    if told := fields.change(key):
        shell.remember(replace(shell.view(), commune=told.after or ""))


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=shell.BY_VERSION)
def _listed(territory: Territory, horizon: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranking and the indicators of its communes; read only."""
    indicators = shell.commune_indicators(territory)
    table = flag.listed(shell.risk(territory, horizon), indicators)
    return table, indicators[among(indicators["code"], table["code"])]


def _row_chosen(territory: Territory, codes: list[str]) -> None:
    for row in fields.ticked(LIST):
        risk_map.centre(territory, codes[row])


def _ranking(
    territory: Territory, table: pd.DataFrame, chosen: pd.DataFrame, cut: str, horizon: int
) -> None:
    """Draw the map and the list, and beside them what is known of the commune chosen."""
    shell.working_paper()
    everything = len(chosen) == (table["state"] != GONE).sum()
    _step(territory, chosen["code"].tolist())
    st.html(_MASTER_AND_DETAIL)
    left, right = st.columns([8, 7], gap="small")
    with left, st.container(key="risques_reste"):
        risk_map.draw(territory, chosen, horizon, everything=everything)
    with right:
        opened = shell.view().commune in set(table["code"])
        _list(territory, chosen, BESIDE_PX if opened else ALONE_PX)
        _detail(territory, table, chosen["code"].tolist(), horizon)
    risk_known = shell.risk(territory, horizon)
    fed = bool(risk_known["register_fed"].any())
    risk_panels.class_counts(chosen, horizon, register=fed)
    lines = [
        WORKING_PAPER,
        *figures.notes(territory, "communes", "gps", "gp_history", "apl", "zoning"),
    ]
    told = [flag_tables.file_told(risk_known), flag.gone_told(table, risk_known)]
    figures.downloads(
        "territoires-a-risque",
        chosen,
        headed(
            territory,
            "Communes qui ont un médecin généraliste, et leur risque de n’en avoir plus",
            [*([cut] if cut else []), lines[0], *told, *lines[1:]],
        ),
        contours=territory.communes,
    )
    _sheets(territory, chosen.head(FIRST_SHEETS), [WORKING_PAPER, *figures.notes(territory)])
    figures.sources(lines)


def _sheets(territory: Territory, first: pd.DataFrame, lines: list[str]) -> None:
    """Offer the sheets of the first communes of the list as one document, made when asked for."""
    codes = tuple(first["code"])
    if not codes:
        return
    count = french.counted(len(codes), "commune", "communes")
    kept = st.session_state.get(SHEETS)
    if kept is not None and kept[0] == (territory.version, codes):
        exporting.button(
            f"Télécharger les fiches des premières de la liste (PDF, {count})",
            kept[1],
            file_name=f"proxisoins-fiches-a-risque-{french.today().isoformat()}.pdf",
            mime="application/pdf",
            key="risques_fiches",
        )
        return
    if not st.button(f"Préparer les fiches des premières de la liste (PDF, {count})"):
        return
    bar = st.progress(0.0, "Préparation des fiches…")
    document = sheet_paper.batch(
        territory,
        codes,
        f"Document de travail, {count} à regarder d’abord",
        lines,
        lambda done: bar.progress(done / len(codes), f"Fiche {done} sur {len(codes)}"),
    )
    st.session_state[SHEETS] = ((territory.version, codes), document)
    st.rerun()


def _list(territory: Territory, chosen: pd.DataFrame, height: int) -> None:
    """Draw the communes, the most inhabitants at stake first."""
    codes = chosen["code"].tolist()
    every = len(chosen) <= FIRST_LIST or risk_choices.whole(len(chosen))
    listed = chosen if every else chosen.head(FIRST_LIST)
    # Homonyms are told apart where the name is read; all are where it may take two lines.
    known = territory.communes
    twice = known.loc[known["name"].duplicated(keep=False), "name"]
    told = listed["name"].isin(twice) | grids.are_plain()
    names = listed["name"].where(
        ~told, listed["name"] + " (" + listed["code"].map(departement) + ")"
    )
    needed = round(CELL_PX + NAME_LETTER_PX * max(map(len, names), default=0))
    # Whatever chose it, and in whatever list: a row that was ticked before would stay so.
    commune = shell.view().commune
    rows = [row for row, code in enumerate(listed["code"]) if code == commune]
    if not grids.are_plain():
        fields.tick(LIST, rows)
    figures.table(
        listed.assign(name=names),
        order=LISTED,
        titles=SHORT,
        widths={"name": min(max(NAME_PX, needed), NAME_MOST_PX), **WIDTHS},
        height=height,
        key=LIST,
        on_select=lambda: _row_chosen(territory, codes),
        marked=rows,
    )
    st.caption(
        "Dans l’ordre des habitants concernés : habitants × probabilité. Prob. : probabilité de "
        "n’avoir plus de médecin, et son intervalle à 90 %. L’export a toutes les colonnes."
    )


def _ask_step(step: int) -> None:
    """Take note of a step along the list, which the next run takes in the list as it is then."""
    st.session_state[STEPS] = st.session_state.get(STEPS, 0) + step


def _step(territory: Territory, codes: list[str]) -> None:
    """Go along the list by the steps asked for, from the commune chosen or into the list.

    A gesture that comes meanwhile stops the run: the step is taken whole, or left to the next run.
    """

    def take() -> None:
        steps = st.session_state.pop(STEPS)
        commune = shell.view().commune
        at = codes.index(commune) + steps if commune in codes else max(steps - 1, 0)
        if codes:
            risk_map.centre(territory, codes[min(max(at, 0), len(codes) - 1)])

    if st.session_state.get(STEPS, 0):
        pressed.finish(take)


def _detail(territory: Territory, table: pd.DataFrame, codes: list[str], horizon: int) -> None:
    """Draw the commune chosen: why, what would change it, what if; arrows go along the list."""
    code = _commune(table)
    at = codes.index(code) if code in codes else -1
    with st.container(horizontal=True):
        for label, key, step in (("Précédente", "Left", -1), ("Suivante", "Right", 1)):
            target = at + step if at >= 0 else 0
            st.button(
                label,
                shortcut=key,
                disabled=not 0 <= target < len(codes),
                on_click=_ask_step,
                args=(step,),
            )
        if code is not None and st.button("Ouvrir la fiche"):
            shell.remember(replace(shell.view(), territory=f"commune:{code}"), address=False)
            st.switch_page("pages/territoire.py")
    if code is None:
        _say_absent(territory)
        way = "choisissez-la ci-dessus" if grids.are_plain() else "cochez une ligne de la liste"
        with st.container(key=f"{shell.DESK}invite"):
            st.info(f"Cliquez sur une commune de la carte, ou {way}.")
        return
    risk_panels.signal(territory, code, horizon)


def _say_absent(territory: Territory) -> None:
    """Say of the commune of the view why it is not in the list, which one would look for."""
    code = shell.view().commune
    if not code:
        return
    found = territory.communes.loc[territory.communes["code"] == code, "name"]
    if found.empty:
        st.warning(f"La commune de cette adresse ({code}) n’existe pas dans cette région.")
    else:
        st.info(f"{found.iloc[0]} n’est pas dans la liste : on n’y a pas compté de médecin.")


def _commune(table: pd.DataFrame) -> str | None:
    """Draw the choice of a commune that has a GP; the map and the list set it too."""
    names = table["name"] + " (" + table["departement_name"] + ")"
    known = dict(zip(table["code"], names, strict=True))
    current = shell.view().commune
    key = fields.written(COMMUNE, current if current in known else None)
    return st.selectbox(
        "Commune",
        list(known),
        index=None,
        format_func=known.__getitem__,
        key=key,
        placeholder="Choisir une commune où l’on a compté un médecin",
        on_change=_select,
        args=(key,),
    )


def _departure(territory: Territory, table: pd.DataFrame, horizon: int) -> None:
    shell.working_paper()
    code = _commune(table)
    if code is None:
        st.info("Choisissez la commune dont un médecin partirait.")
        return
    risk_panels.departure(territory, code, horizon)


def _follow_up(territory: Territory) -> None:
    shell.working_paper()
    risk_panels.follow_up(territory)
    risk_panels.reviews(territory)


def _level(as_of: int, horizon: int) -> None:
    """Say how far the total of losses may lie from the one announced, where the report tells."""
    with contextlib.suppress(UnavailableError):
        if told := proof.read().level(as_of, horizon):
            st.caption(told)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=shell.BY_VERSION)
def _remembered(territory: Territory, horizon: int, url: str) -> str:
    """Keep the predictions shown in the database at this address; return the address."""
    follow_ups.remember(territory, shell.risk(territory, horizon))
    return url


def _remember(territory: Territory, horizon: int) -> None:
    """Keep what is predicted as it is shown, once per process, for the follow-up."""
    try:
        _remembered(territory, horizon, str(database.url()))
    except ProxiSoinsError as error:
        st.warning(str(error))


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    heading, left, right = st.columns([4, 6, 4], vertical_alignment="bottom")
    heading.title("Territoires à risque")
    following.follow("risques", risk_choices.PARAMETERS, risk_choices.is_choice)
    if territory.region in france.OVERSEAS:
        st.warning(
            "Le modèle a été appris et éprouvé dans l’Hexagone seulement : ce qu’il vaut outre-mer "
            "n’est pas connu."
        )
    with left:
        horizon = risk_choices.horizon()
    if not accounts.may_see_risk():
        risk_choices.verified(horizon)
        st.caption("Le risque par commune est réservé aux comptes « planificateur ».")
        risk_panels.public_view(territory, horizon)
        return
    reading = right.expander("Ce que dit la probabilité")
    with reading:
        st.markdown(READING)
        st.caption(french.unbroken(past_rates.classes_told(horizon)))
        risk_choices.verified(horizon)
    try:
        table, communes = _listed(territory, horizon)
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    _remember(territory, horizon)
    years = french.each_year(set(table["as_of_year"]))
    late = flag.overdue(years, horizon, french.today())
    warnings = [one for one in (late, *map(early_told, years)) if one]
    # Side by side: what stands above the map leaves it less of the window.
    *beside, said = st.columns(1 + bool(warnings))
    for warning in warnings:
        beside[0].warning(warning)
    with said, st.container(key=f"{shell.DESK}registre"):
        st.text(flag.gone_told(table, shell.risk(territory, horizon)))
    with reading:
        for year in years:
            _level(year, horizon)
    table = flag.reviewed(table, verdicts.reviews(table["code"].tolist()))
    risk_choices.tabs(
        {
            RANKING: lambda: _ranking(
                territory, table, *risk_choices.filters(table, communes), horizon
            ),
            DEPARTURE: lambda: _departure(territory, table, horizon),
            "La preuve": lambda: risk_proof.draw(horizon),
            "Suivi et avis": lambda: _follow_up(territory),
            "Vue publique": lambda: risk_panels.public_view(territory, horizon),
        }
    )
    following.note("risques", risk_choices.PARAMETERS, risk_choices.is_choice)


draw()
