"""The proof of the risk model on screen: back-tests, calibration, yield, groups, the card."""

import re

import pandas as pd
import streamlit as st

from data.base import french
from data.base.french import MISSING, uncapitalised
from geo.errors import ProxiSoinsError
from models.backtests import card, proof
from models.learning.fitted import LATEST
from models.region import flag_tables, past_rates
from pages import figures, grids, own_choices

LINES = ("#b34000", "#8a8f98")
"""The model, then what it is compared with."""
RATIO = "Attendues / observées"
"""Heading of what tables of losses say."""


def draw(horizon: int) -> None:
    """Draw the proof, or say plainly that it is not there, then the card."""
    st.caption(f"Pour tout cet onglet : {uncapitalised(proof.DENOMINATOR)}")
    _past_rates(horizon)
    try:
        known = proof.read()
    except ProxiSoinsError as error:
        st.warning(str(error))
    else:
        _aims(known)
        _back_tests(known)
        _register(known)
        _horizon(known, horizon)
        _horizons(known)
        _curves(known)
        _groups(known)
    _card()


def _register(known: proof.Proof) -> None:
    st.header("Ce que vaut un registre plus récent")
    figures.bullets(known.register())


def _first(table: pd.DataFrame, *titles: str) -> pd.DataFrame:
    """Return a table with these columns first: a telephone has three of them in sight."""
    return table[[*titles, *table.columns.difference(list(titles), sort=False)]]


def _horizon(known: proof.Proof, horizon: int) -> None:
    st.header("L’échéance choisie a-t-elle été vérifiée ?")
    st.text(known.verified(horizon))
    told = _first(known.each_horizon(horizon), "Essai", "Type de commune", RATIO, "Vérifiée")
    grids.draw(told, hide_index=True, placeholder=MISSING)
    st.caption(
        "≈ : pertes réparties au même rythme entre les deux effectifs qui encadrent l’échéance, "
        "non observées. Trop peu : moins de dix pertes. Vers l’avant depuis 2013, une seule "
        "période apprise (2009 → 2013) ne dit aucune tendance : un tiers des pertes n’était pas "
        "attendu."
    )
    st.text(known.level(LATEST[1], horizon))
    with own_choices.fold("Par département, à l’échéance choisie", "departements"):
        grids.draw(known.departements(horizon), hide_index=True, placeholder=MISSING)


def _horizons(known: proof.Proof) -> None:
    st.header("Pertes attendues et observées, à chaque durée")
    told = _first(known.horizons(), "Effectifs", "Type de commune", RATIO, "Écart dû au hasard")
    grids.draw(told, hide_index=True, placeholder=MISSING)
    st.caption(
        "Régions jamais vues, puis vers l’avant. Les durées de 7 et 8 ans ne sont celles d’aucune "
        f"observation apprise. {known.noise()}"
    )


def _past_rates(horizon: int) -> None:
    st.header("Ce que sont devenues les communes de chaque classe")
    grids.draw(
        flag_tables.class_rates_told(horizon),
        hide_index=True,
        placeholder=MISSING,
        width="content",
        key="taux_par_classe",
    )
    st.caption(
        f"Pour l’horizon choisi, jugé sur {past_rates.counted_over(horizon)} : régions tenues à "
        "l’écart de l’apprentissage."
    )


def _aims(known: proof.Proof) -> None:
    st.header("Ce qui était demandé, ce qui est atteint")
    grids.draw(known.aims(), hide_index=True, placeholder=MISSING)
    st.caption(
        "Attendues / observées : la plus basse et la plus haute des communes périurbaines, rurales "
        "et rurales isolées. Aucun effectif ne tombe à 1, 2, 5 ou 6 ans : rien n’y est vérifié ; "
        "dans les villes, trop peu de pertes."
    )


def _back_tests(known: proof.Proof) -> None:
    st.header("Le modèle face aux règles simples")
    designs = known.designs()
    chosen = own_choices.pick(
        st.selectbox,
        "Essai",
        "epreuve",
        {one: one for one in designs},
        key="risques_essai",
        format_func=designs.__getitem__,
    )
    st.markdown(f"{known.sample(chosen)} **{known.verdict(chosen)}**")
    grids.draw(known.models(chosen), hide_index=True, placeholder=MISSING)
    if alike := known.alike(chosen):
        st.caption(alike)
    st.caption(
        "Précision moyenne : part de vraies pertes parmi les communes signalées, sur tous les "
        "seuils ; elle vaut le taux de base pour un classement au hasard. AUC : 0,5 au hasard, 1 "
        "parfait. Gain de Brier : 0 pour le taux de base. Pente de calibration : 1 est juste."
    )


def _chart(curve: pd.DataFrame, y_label: str) -> None:
    """Draw the model's line, then what it is compared with, over the first column."""
    along, *lines = curve.columns
    told = curve.melt(along, lines, "line", "value").rename(columns={along: "along"})
    encoding = {
        "x": {"field": "along", "type": "quantitative", "title": along},
        "y": {"field": "value", "type": "quantitative", "title": y_label},
        "color": {
            "field": "line",
            "type": "nominal",
            "title": None,
            "scale": {"domain": lines, "range": list(LINES)},
            "legend": {"orient": "top", "padding": 0, "offset": 6},
        },
    }
    st.vega_lite_chart(
        told, {"mark": "line", "encoding": encoding, "config": figures.FRENCH_CHART}, height=300
    )


def _curves(known: proof.Proof) -> None:
    length = own_choices.pick(
        st.segmented_control,
        "Courbes",
        "courbes",
        {one: one for one in proof.LENGTHS},
        key="risques_courbes",
        required=True,
        format_func=proof.LENGTHS.__getitem__,
        wrap=True,
    )
    curve, yields = known.calibration(length), known.yields(length)
    left, right = st.columns(2)
    with left:
        st.header("Probabilité annoncée, taux observé")
        _chart(curve, "Taux (%)")
        st.caption("Dix groupes de communes, de la moins à la plus risquée.")
    with right:
        st.header("Pertes des premières communes")
        _chart(yields, "Pertes")
        st.caption("En regardant d’abord les communes que le modèle classe en tête.")
    with own_choices.fold("Les mêmes courbes en chiffres", "courbes"):
        grids.draw(known.classes(length), hide_index=True, placeholder=MISSING)
        grids.draw(curve.round(1), hide_index=True, placeholder=MISSING)
        grids.draw(yields.round(0), hide_index=True, placeholder=MISSING)


def _groups(known: proof.Proof) -> None:
    st.header("Qui est bien, qui est mal servi")
    by = own_choices.pick(
        st.segmented_control,
        "Par",
        "par",
        {one: french.slug(title) for one, title in proof.GROUPS.items()},
        key="risques_par",
        required=True,
        format_func=proof.GROUPS.__getitem__,
        wrap=True,
    )
    grids.draw(known.groups(by), hide_index=True, placeholder=MISSING)
    st.caption(
        "Trois ans, régions jamais vues. Sous 5 pertes, précision et AUC ne sont pas données."
    )
    with own_choices.fold(
        "Ce que vaut un signal, à chaque durée ; ce que coûte un fichier absent", "signal"
    ):
        grids.draw(known.certainty(), hide_index=True, placeholder=MISSING)
        st.caption("Cible : 10 % au plus dans chacune des deux colonnes d’erreurs.")
        grids.draw(known.missing(), hide_index=True, placeholder=MISSING)


def _card() -> None:
    st.header("Fiche du modèle")
    st.markdown("\n".join(f"- {one}" for one in proof.summary()))
    with own_choices.fold(
        "Ce que lit le modèle : chaque variable, sa source, et si elle manque", "variables"
    ):
        grids.draw(proof.predictors(), hide_index=True, placeholder=MISSING)
    whole = card.read()
    if whole is None:
        st.caption("La fiche complète s’écrit avec « proxisoins risk report ».")
        return
    with own_choices.fold("Fiche complète, dans l’ordre TRIPOD+AI", "fiche"):
        # Below the heading of this part: a screen has one title.
        st.markdown(re.sub(r"^#", "###", whole, flags=re.MULTILINE))
    st.download_button(
        "Télécharger la fiche complète (Markdown)",
        whole,
        file_name="proxisoins-fiche-modele.md",
        mime="text/markdown",
        on_click="ignore",
    )
