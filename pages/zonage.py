"""Screen "Zonage": population of each zone against its ceiling, trials, contradictions, annex."""

import streamlit as st

from data.access import zoning_gauges
from data.access.zoning_gauges import Ceilings
from data.base.french import MISSING, number, percent
from data.region.schemas import ZONES
from data.region.territory import Territory
from data.reports import zoning_annex
from pages import shell

ZONE_TITLES = {"ZIP": "ZIP", "ZAC": "ZAC", "ZV": "Vigilance", "HZ": "Hors zone"}
TRIAL_ROWS = 12
"""Territories that one trial may move at most, to keep it readable."""


def _ceilings() -> Ceilings:
    """Draw the two ceilings and their source; they are the reader's to change."""
    default = Ceilings()
    with st.expander("Plafonds régionaux"):
        left, right, origin = st.columns([1, 1, 3])
        zip_percent = left.number_input("ZIP (%)", 0.0, 100.0, 100 * default.zip_share, 0.1)
        zac_percent = right.number_input("ZAC (%)", 0.0, 100.0, 100 * default.zac_share, 0.1)
        source = origin.text_input("Source des plafonds", default.source, max_chars=200)
    return Ceilings(zip_percent / 100, zac_percent / 100, source)


def _gauges(territory: Territory, ceilings: Ceilings, changes: dict[str, str]) -> None:
    communes = shell.commune_indicators(territory)
    table = zoning_gauges.effect(communes, changes, ceilings)
    shown = table[table["zone"].isin(ZONES)]
    for place, row in zip(st.columns(len(shown)), shown.to_dict("records"), strict=True):
        with place, st.container(border=True, height="stretch"):
            limit = f" ; plafond {percent(row['ceiling'], 1)}" if row["ceiling"] > 0 else ""
            st.metric(
                ZONE_TITLES[row["zone"]],
                percent(row["share"], 1),
                f"{number(row['moved'])} hab." if changes and row["moved"] else None,
                delta_color="off",
            )
            st.caption(
                f"{number(row['population'])} habitants, {number(row['communes'])} communes{limit}"
            )
            if limit and row["over"]:
                st.warning("Plafond dépassé.")


def _trial(territory: Territory) -> dict[str, str]:
    """Draw the choice of territories to try in another zone; nothing of it is kept."""
    communes = shell.commune_indicators(territory)
    table = zoning_gauges.tvs_table(territory, communes).set_index("tvs")
    if table.empty:
        st.info(
            "Le zonage chargé ne dit pas les territoires de vie-santé : importez leur composition "
            "dans « Données et méthode » pour essayer un changement."
        )
        return {}
    chosen = st.multiselect(
        "Essayer un changement de zone : territoires de vie-santé",
        list(table.index),
        max_selections=TRIAL_ROWS,
        format_func=lambda code: f"{table.loc[code, 'tvs_name']} ({table.loc[code, 'zone']})",
        placeholder="Choisir un ou plusieurs territoires",
        help="Un essai seulement : le zonage en vigueur est celui de l’arrêté.",
    )
    return {
        code: st.selectbox(
            f"Zone essayée pour {table.loc[code, 'tvs_name']}",
            ZONES,
            format_func=ZONE_TITLES.__getitem__,
            key=f"zone-{code}",
        )
        for code in chosen
    }


def _contradictions(territory: Territory) -> None:
    table = zoning_gauges.contradictions(shell.commune_indicators(territory))
    st.markdown(
        f"**{number(len(table))} communes** ont une APL qui ne va pas dans le sens de leur zone. "
        "C’est à regarder, jamais à corriger ici : la zone se fixe par territoire de vie-santé, "
        "par arrêté, avec d’autres critères que l’APL."
    )
    st.dataframe(
        table[["code", "name", "tvs_name", "zone", "population", "apl", "series", "reason"]].round(
            {"apl": 1}
        ),
        hide_index=True,
        placeholder=MISSING,
        column_config={
            "code": "Code",
            "name": "Commune",
            "tvs_name": "Territoire de vie-santé",
            "zone": "Zone",
            "population": st.column_config.NumberColumn("Habitants", format="localized"),
            "apl": st.column_config.NumberColumn("APL", format="localized"),
            "series": "Série de l’APL",
            "reason": "Pourquoi",
        },
    )


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    communes = shell.commune_indicators(territory)
    st.title("Zonage")
    ceilings = _ceilings()
    changes = _trial(territory)
    _gauges(territory, ceilings, changes)
    st.header("Communes dont l’APL contredit la zone")
    _contradictions(territory)
    with st.container(horizontal=True):
        st.download_button(
            "Classeur du zonage (XLSX)",
            lambda: zoning_annex.zoning_workbook(territory, communes, ceilings),
            file_name="proxisoins-zonage.xlsx",
            on_click="ignore",
        )
        st.download_button(
            "Annexe d’arrêté (DOCX)",
            lambda: zoning_annex.decree_annex(territory, communes, ceilings),
            file_name="proxisoins-annexe-zonage.docx",
            on_click="ignore",
        )
    st.caption(" · ".join(zoning_annex.notes(territory, ceilings)))


draw()
