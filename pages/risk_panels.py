"""Panels of the screen "Territoires à risque": one signal, a departure, follow-up, public view."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st

from data.access.source_notes import headed
from data.base import french
from data.base.french import MISSING
from data.region import privacy
from data.region.territory import Territory
from data.scenarios import drafts, predictions, verdicts
from geo.errors import ProxiSoinsError
from models.learning.predictors import POPULATION_YEAR
from models.region import ages, flag, flag_tables, past_rates, predict
from models.region import departure as departures
from models.region import follow_up as follow_ups
from models.region.departure import Departure
from pages import accounts, figures, grids, own_choices, risk_choices, shell
from pages.accounts import Role

SOURCES = ("communes", "gps", "gp_history", "apl")

GONE_APART = (
    "Une commune qu’un registre plus récent montre sans médecin n’y compte pas comme à risque."
)

AXIS_AND_LEGEND_PIXELS, BAR_AND_NAME_PIXELS = 130, 44

CONTRIBUTIONS = {
    "config": figures.FRENCH_CHART,
    "mark": {"type": "bar", "height": {"band": 0.4}},
    "encoding": {
        "y": {
            "field": "theme",
            "type": "nominal",
            "sort": None,
            "title": None,
            "axis": {
                "labelAlign": "left",
                "labelPadding": -4,
                "labelOffset": -17,
                "labelLimit": 400,
                "ticks": False,
                "domain": False,
                "minExtent": 0,
                "maxExtent": 0,
            },
        },
        "x": {
            "field": "times",
            "type": "quantitative",
            "title": "Multiplie le risque annuel par",
            "scale": {"type": "log", "domainMin": 0.25, "domainMax": 4},
            "axis": {
                "values": [0.1, 0.25, 0.5, 1, 2, 4, 10],
                "labelExpr": "replace(datum.label, '.', ',')",
            },
        },
        "x2": {"datum": 1},
        "color": {
            "field": "effect",
            "type": "nominal",
            "title": None,
            "scale": {"domain": ["augmente", "diminue"], "range": ["#b34000", "#1f5fa8"]},
            "legend": {"orient": "top"},
        },
    },
}
"""Bars of the contributions (Vega-Lite), from "no effect" on: names above, whole on a phone."""


@st.cache_resource(show_spinner="Calcul du départ…", max_entries=64, hash_funcs=shell.BY_VERSION)
def _departure(territory: Territory, code: str, leaving: int | None, horizon: int) -> Departure:
    return departures.departure(territory, code, leaving, horizon)


@st.cache_resource(
    show_spinner="Calcul des variantes…", max_entries=64, hash_funcs=shell.BY_VERSION
)
def _levers(territory: Territory, code: str, horizon: int) -> pd.DataFrame:
    return flag.levers(territory, code, horizon)


@st.cache_resource(show_spinner="Calcul du suivi…", max_entries=4, hash_funcs=shell.BY_VERSION)
def _followed(
    territory: Territory, kept: tuple[predictions.Kept, ...]
) -> list[follow_ups.RegionFollowUp]:
    return follow_ups.follow_ups(territory, kept)


def _sources(territory: Territory, *more: str) -> None:
    figures.sources([*more, *figures.notes(territory, *SOURCES)])


def class_counts(listed: pd.DataFrame, horizon: int, *, register: bool) -> None:
    """Say how many communes each class holds here, and what such classes became in the past."""
    where = " où le registre montrait encore un médecin," if register else ""
    when = past_rates.when_told(horizon, register=register)
    over = past_rates.counted_over(horizon, register=register)
    grids.draw(
        flag_tables.counts_told(listed, horizon, register=register),
        hide_index=True,
        placeholder=MISSING,
        key="classes_ici",
    )
    st.caption(
        f"Taux observé : part des communes de la classe{where} sans médecin "
        f"{when} ({over}) ; France métropolitaine hors "
        "Nouvelle-Aquitaine, régions tenues à l’écart de l’apprentissage (INSEE, base permanente "
        "des équipements)."
    )


def signal(territory: Territory, code: str, horizon: int) -> None:
    """Explain one commune's flag: what, how sure, and the part that is asked for."""
    row = flag.row(shell.risk(territory, horizon), code)
    st.header(flag.title(row))
    said = verdicts.reviews([code])
    if said:
        st.badge(flag_tables.reviewed_told(said[0]), icon=":material/rate_review:", color="blue")
    for sentence in [flag.register_told(row), *flag.headline(row)]:
        st.text(sentence)
    PARTS[risk_choices.part(PARTS)](territory, row, horizon)


def _why(territory: Territory, row: dict[str, Any], _horizon: int) -> None:
    figures.bullets(row["reasons"])
    added = flag.contributions(row).query("times != 1")
    tall = {"height": AXIS_AND_LEGEND_PIXELS + BAR_AND_NAME_PIXELS * len(added)}
    st.vega_lite_chart(added, CONTRIBUTIONS | tall, key=f"raisons-{row['code']}")
    st.caption(
        "Effets sur le risque annuel, comparés à une commune moyenne qui a un médecin ; un thème "
        "inconnu est absent."
    )
    with own_choices.fold("Les mêmes effets en chiffres", "effets"):
        titles = ["Thème", "Effet sur le risque annuel"]
        grids.draw_wrapped(added[["theme", "told"]].set_axis(titles, axis=1))
    if said := ages.told(territory, row["departement"]):
        st.caption(said)


def _changes(territory: Territory, row: dict[str, Any], horizon: int) -> None:
    figures.bullets(flag_tables.levers_told(_levers(territory, row["code"], horizon)))
    st.caption(flag.CAUTION + (" Sans le registre." if row["register_fed"] else ""))


def _if_it_happens(territory: Territory, row: dict[str, Any], horizon: int) -> None:
    gone = _departure(territory, row["code"], None, horizon)
    figures.bullets(flag_tables.departure_told(gone))
    figures.table(flag_tables.neighbours_listed(gone).head(5), height="auto")
    _sources(territory)


def _review(territory: Territory, row: dict[str, Any], horizon: int) -> None:
    review_form(territory, row["code"], horizon)


WHY = "Pourquoi"
PARTS: dict[str, Callable[[Territory, dict[str, Any], int], None]] = {
    WHY: _why,
    "Ce qui le changerait": _changes,
    "Si cela arrive": _if_it_happens,
    "Votre avis": _review,
}
"""Parts of the panel of a commune: only the one that is read is computed."""


def _ask_review(territory: Territory, code: str, horizon: int, number: int) -> None:
    """Draw the form of a new review; `number` reviews were given before."""
    with st.form(f"avis-{code}-{number}"):
        verdict = st.segmented_control("Ce signal est", verdicts.VERDICTS, default=None, wrap=True)
        signed = accounts.author() or st.text_input(
            "Signature",
            max_chars=60,
            placeholder="Service ou initiales ; ni nom ni âge d’un médecin",
        )
        comment = st.text_area(
            "Commentaire",
            max_chars=drafts.NOTE_CHARACTERS,
            placeholder="Ce que dit le terrain. Ni nom ni âge d’un médecin.",
        )
        if st.form_submit_button("Enregistrer l’avis", type="primary"):
            if verdict is None:
                st.error("Choisissez d’abord ce que vous dites du signal.")
                return
            try:
                row = flag.row(shell.risk(territory, horizon), code)
                accounts.require(Role.PLANNER)
                verdicts.save_review(
                    code, verdict, comment, owner=signed.strip(), seen=flag.seen(row)
                )
            except ProxiSoinsError as error:
                st.error(str(error))
            else:
                st.toast("Avis enregistré.")
                st.rerun()


def review_form(territory: Territory, code: str, horizon: int) -> None:
    """Keep what the planner says of the flag as it is shown; show what was said before."""
    before = verdicts.reviews([code])
    if accounts.allowed(Role.PLANNER):
        _ask_review(territory, code, horizon, len(before))
    said = flag_tables.reviews_listed(before, territory.communes)
    if said.empty:
        st.caption("Aucun avis sur cette commune.")
    else:
        figures.table(said, height="auto")


def reviews(territory: Territory) -> None:
    """List every review of the region, dated, and offer it as a file."""
    codes = territory.communes["code"].tolist()
    said = flag_tables.reviews_listed(verdicts.reviews(codes), territory.communes)
    st.header("Avis des planificateurs")
    if said.empty:
        st.caption("Aucun avis n’a été donné dans cette région.")
        return
    figures.table(said)
    lines = [privacy.WORKING_PAPER, *figures.notes(territory, *SOURCES)]
    filed = headed(territory, "Avis des planificateurs sur les communes à risque", lines)
    figures.downloads("avis-signaux", said, filed)


def departure(territory: Territory, code: str, horizon: int) -> None:
    """Show what happens when one GP of a commune, or all of them, leave."""
    here = float(flag.row(shell.risk(territory, horizon), code)["gps"])
    several = here >= 2
    leaving = own_choices.pick(
        st.radio,
        "Qui part ?",
        "qui_part",
        {"un": "un", "tous": "tous"},
        key="risques_qui_part",
        horizontal=True,
        format_func=lambda one: "un médecin" if one == "un" else f"tous ({french.number(here)})",
        disabled=not several,
    )
    try:
        count = 1 if several and leaving == "un" else None
        gone = _departure(territory, code, count, horizon)
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    # As wide as what they say, on a second line where it takes one: no label is cut.
    with st.container(horizontal=True):
        for label, value, change in flag_tables.departure_cards(gone):
            st.metric(
                label,
                value,
                change,
                delta_color="off",
                delta_arrow="off",
                border=True,
                width="content",
            )
    figures.bullets(flag_tables.departure_told(gone))
    left, right = st.columns(2)
    with left:
        st.header("Chez les médecins voisins")
        figures.table(flag_tables.neighbours_listed(gone), height=320)
    with right:
        st.header("Dans les communes alentour")
        figures.table(gone.communes, height=320)
    st.header("Boule de neige")
    st.text(flag_tables.snowball_told(gone))
    if gone.rounds:
        grids.draw(
            flag_tables.rounds_listed(gone), hide_index=True, placeholder=MISSING, width="content"
        )
    with own_choices.fold("Hypothèses", "hypotheses"):
        figures.bullets(gone.assumptions)
    _sources(territory)


def _judged_how(latest: follow_ups.RegionFollowUp) -> None:
    """Say what predictions are judged, against which counts, and what that leaves untold."""
    st.header(f"Annonces de {latest.start}, effectifs de {latest.end}")
    if latest.made_at is None:
        st.info(
            "Aucune annonce n’avait été gardée pour un millésime antérieur : celle-ci est refaite "
            f"aujourd’hui, sans effectif, APL ni registre postérieurs à {latest.start} ; les "
            f"populations sont celles de {POPULATION_YEAR}. Le modèle d’aujourd’hui a appris des "
            "effectifs de 2009 à 2020 de l’Hexagone, hors Nouvelle-Aquitaine : là où il a appris, "
            "il juge ce qu’il connaît."
        )
    if latest.simulated:
        st.warning(
            "Données de démonstration : ces effectifs sont simulés. L’écart montre l’écran, il ne "
            "dit rien du modèle."
        )
    years = latest.end - latest.start
    if latest.horizon != years:
        st.text(
            f"Le modèle connaît l’horizon de {french.counted(latest.horizon, 'an', 'ans')}, "
            f"l’écart est de {french.counted(years, 'an', 'ans')} : l’écart attendu n’est pas nul."
        )


def follow_up(territory: Territory) -> None:
    """Score the predictions kept against the newest counts, and say whether the model drifts."""
    st.markdown(
        "Les probabilités affichées sont gardées, datées, avec la version du modèle. Quand un "
        "effectif plus récent est importé, elles sont comparées à ce qui est arrivé."
    )
    simulated = territory.provenance["gps"].simulated
    try:
        kept = predictions.kept(territory.region, simulated=simulated)
        followed = _followed(territory, tuple(kept))
    except ProxiSoinsError as error:
        st.error(str(error))
        return
    if kept:
        oldest = kept[-1]
        st.text(
            f"{french.counted(len(kept), 'série gardée', 'séries gardées')} "
            f"pour cette région, la première le {french.date(oldest.made_at)} (effectifs de "
            f"{oldest.as_of})."
        )
    if not followed:
        st.info("Un seul millésime est chargé : importez-en un autre pour suivre le modèle.")
        return
    latest = followed[0]
    _judged_how(latest)
    result = latest.result
    (st.error if result.drifted else st.info if result.biased else st.success)(result.sentence)
    grids.draw(
        flag_tables.follow_up_listed(result),
        hide_index=True,
        placeholder=MISSING,
        width="content",
    )
    st.header("Dérive, d’un millésime et d’une version du modèle à l’autre")
    drift = flag_tables.drift_listed(followed)
    grids.draw(drift, hide_index=True, placeholder=MISSING)
    st.caption(
        "Dérive : les pertes observées sortent de l’intervalle à 95 % que les probabilités "
        "permettent ; non jugée : ces annonces ne pouvaient pas dire le nombre des pertes. "
        "Pente de calibration : 1 est juste. Sous 5 pertes, ni précision ni AUC."
    )
    _sources(territory)


_WHY_SETS = (
    f"C’est ce qui peut être diffusé. Les communes de moins de {predict.MINIMUM_GPS} médecins sont "
    f"réunies par EPCI, puis avec leurs voisines, jusqu’à compter {predict.MINIMUM_GPS} médecins "
    f"et {privacy.LEAST_COMMUNES_OF_A_SHARE} communes au moins. La part est arrondie au hasard, à "
    "deux communes près, jamais « aucune » ni « toutes » : elle ne désigne personne, même d’un "
    "import à l’autre, et les fiches publiques ne disent rien d’autre."
)


def public_view(territory: Territory, horizon: int) -> None:
    """Show what may leave the planner's desk: sets of small communes, of five GPs at least."""
    groups = shell.public_risk(territory, horizon)
    span = "" if groups.empty else french.forecast(set(groups["as_of"]), horizon)
    figures.lead(
        f"Communes de moins de {predict.MINIMUM_GPS} médecins, par ensemble d’EPCI voisins : part "
        f"d’entre elles en risque élevé ou très élevé de n’en avoir plus. {span}",
        "publique",
    )
    st.caption(french.unbroken(GONE_APART))
    if groups.empty:
        st.info("La région compte trop peu de petites communes : rien ne peut être diffusé.")
        return
    table = flag_tables.groups_listed(groups)
    # The horizon, one for all, is told above.
    figures.table(table, order=[str(one) for one in table if one != "horizon"])
    with st.expander("Pourquoi des ensembles, et des parts arrondies"):
        st.markdown(french.unbroken(_WHY_SETS))
    said = (
        f"Part des communes de moins de {predict.MINIMUM_GPS} médecins qui sont en risque élevé ou "
        "très élevé de n’en avoir plus, arrondie au hasard, à deux communes près, jamais "
        f"« aucune » ni « toutes ». {GONE_APART} {span}"
    ).strip()
    notes = figures.notes(territory, *SOURCES)
    what = "Relève non assurée, par ensemble de communes (vue publique)"
    figures.downloads("releve-non-assuree-public", table, headed(territory, what, [said, *notes]))
    _sources(territory)
