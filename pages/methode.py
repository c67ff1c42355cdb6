"""Screen "Données et méthode": what is known, from whom, how it is computed, how to replace it."""

from collections.abc import Mapping
from contextlib import suppress

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from data.access import travel_time_errors
from data.access.source_notes import made_by
from data.base import french
from data.base.codes import among
from data.official import source_state
from data.region import embedded_set, rules
from data.region.territory import Provenance, Territory
from pages import accounts, data_import, following, grids, method_texts, shell, zeros
from pages.accounts import Role

TABS = ("Données", "Importer", "Méthodes", "Limites", "Accessibilité et confidentialité")
TAB, _PARAMETER = "methode_volet", "volet"
"""Key of the tab, and its name in the address."""


_FORMULAS = (
    # What stands above a fraction was cut at the edge of its box.
    "<style>.katex-display{padding:.4em 0}"
    "@media(max-width:640px){.katex-display>.katex{white-space:normal;"
    "font-size:1.05em}.katex-display .base{margin:.2em 0}}</style>"
)
"""On a telephone a formula goes to the next line after a relation, where it was cut."""


def _provenance_table(rows: list[Provenance], communes: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Table": [p.title for p in rows],
            "État": [
                f"simulée : « {p.passed_over} » ne couvre pas la région"
                if p.passed_over
                else "simulée (démonstration)"
                if p.simulated
                else _real(p)
                for p in rows
            ],
            "Millésime": [p.vintage_told for p in rows],
            "Source": [made_by(p) for p in rows],
            "Licence": [p.licence for p in rows],
            "Contenu": [
                f"{french.counted(p.rows, 'ligne', 'lignes')} ; {french.number(p.matched)} des "
                f"{french.number(communes)} communes"
                for p in rows
            ],
            "Importée": [_imported(p) for p in rows],
        }
    )


def _imported(table: Provenance) -> str:
    """Return when a table was imported and from which file, "–" for the embedded set."""
    if table.imported_at is None:
        return "–"
    return f"le {french.date(table.imported_at)}" + f", {table.file_name}" * bool(table.file_name)


def _real(table: Provenance) -> str:
    """Return the state of a real table; its zeros are named one by one under the tables."""
    zeros = (("à vérifier", table.to_check), ("confirmé", table.confirmed))
    told = [f"zéro {what} : {french.number(len(some))}" for what, some in zeros if some]
    return " ; ".join(["réelle", *told])


def _known(territory: Territory) -> None:
    rows = list(territory.provenance.values())
    grids.draw_wrapped(_provenance_table(rows, len(territory.communes)))
    engine = territory.travel_time.label
    st.markdown(f"**Temps de trajet : {engine.name}** ({engine.vintage}). {engine.detail}")
    with st.expander("Sources du jeu embarqué (communes, contours, côtes)"):
        for source in embedded_set.attributions(territory.region):
            st.markdown(f"- **{source.title}** : {source.producer}. {source.licence}.")


def _sources(territory: Territory) -> None:
    """Draw what is known of each official source: its state, its age, its last address."""
    st.header("Sources officielles")
    st.caption(
        "Ce que l’on sait de chaque source depuis la dernière recherche. Sans internet, la "
        "dernière adresse connue dit quel fichier télécharger sur un autre poste, puis importer."
    )
    grids.draw_wrapped(pd.DataFrame(source_state.table(territory.region, french.today())))


def _errors(territory: Territory) -> None:
    """Draw the error of estimated times by distance band and département, beside simpler ways."""
    table = travel_time_errors.table()
    grids.draw_wrapped(table)
    st.caption(travel_time_errors.note())
    st.markdown("**Écart dans les départements de la région, chacun tenu hors du calage**")
    names = embedded_set.departements(territory.region).sort_values("code")
    shown = names[among(names["code"], territory.communes["departement"])]
    by_code = dict(zip(shown["code"], shown["name"], strict=True))
    grids.draw_wrapped(travel_time_errors.by_departement(by_code))


def _limits(territory: Territory) -> None:
    """Draw what the application does not know, two by two, each with the screen that shows it."""
    st.header("Ce que l’application ne sait pas")
    made_up = [
        french.uncapitalised(known.title)
        for known in territory.provenance.values()
        if known.simulated
    ]
    here = (
        f"Simulé ici : {french.joined(made_up)} ; ces tables ne disent rien d’un lieu réel."
        if made_up
        else "Aucune table n’est simulée ici."
    )
    words = f"{method_texts.YEARS_DIFFER} {here} L’onglet « Données » dit l’état de chacune."
    last: method_texts.Limit = ("De quelle année, réel ou simulé", words, "", "", {})
    blocks = [*method_texts.LIMITS, last]
    for first in range(0, len(blocks), 2):
        pair = blocks[first : first + 2]
        for place, (title, words, screen, file, query) in zip(st.columns(2), pair, strict=False):
            place.subheader(title)
            place.markdown(words)
            if screen:
                with suppress(StreamlitPageNotFoundError):  # not for this reader, or run alone
                    place.page_link(
                        f"pages/{file}.py",
                        label=f"**{screen}**",
                        icon=":material/arrow_forward:",
                        query_params=query or None,
                    )


def _is_choice(key: str) -> bool:
    return key == TAB


def _keep_tab(by_slug: Mapping[str, str]) -> None:
    """Write the tab in the address, beside the view that all screens share."""
    opened = str(st.session_state[TAB])
    slug = next((one for one, title in by_slug.items() if title == opened), "")
    query = shell.in_address(shell.view()) | ({} if opened == TABS[0] else {_PARAMETER: slug})
    if st.query_params.to_dict() != query:
        st.query_params.from_dict(query)
    following.note(TAB, (_PARAMETER,), _is_choice)


def draw() -> None:
    """Draw the screen."""
    territory = shell.territory()
    st.title("Données et méthode")
    following.follow(TAB, (_PARAMETER,), _is_choice)
    by_slug = {french.slug(title): title for title in TABS}
    st.session_state.setdefault(TAB, by_slug.get(st.query_params.get(_PARAMETER, ""), TABS[0]))
    known, bring, method, limits, rights = st.tabs(TABS, key=TAB, on_change="rerun")
    _keep_tab(by_slug)
    with known:
        _known(territory)
        zeros.draw(territory, key="zeros_donnees")
        _sources(territory)
    with bring:
        if accounts.allowed(Role.ADMINISTRATOR):
            data_import.draw(territory)
    with method:
        st.html(_FORMULAS)
        st.header("Temps de trajet")
        st.markdown(method_texts.TRAVEL_TIME)
        _errors(territory)
        st.header("Accessibilité (APL)")
        st.markdown(method_texts.ROOM)
        st.markdown(method_texts.APL)
        st.markdown(method_texts.APL_HERE)
        st.markdown(method_texts.WHICH_DOCTORS)
        st.header("Zonage")
        st.markdown(method_texts.ZONING)
        st.header("Risque")
        st.markdown(method_texts.RISK)
        st.header("Sites")
        st.markdown(method_texts.SITING)
        st.header("Régulation des appels")
        st.markdown(method_texts.REGULATION)
        st.header("Règles, seuils et montants appliqués")
        grids.draw_wrapped(pd.DataFrame(rules.listed()))
    with limits:
        _limits(territory)
    with rights:
        st.header("Accessibilité")
        st.markdown(method_texts.ACCESSIBILITY)
        st.header("Confidentialité")
        st.markdown(method_texts.PRIVACY)


draw()
