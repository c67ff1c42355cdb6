"""«Et si ce médecin partait ?», for candidate sites: who is supposed to leave before they open."""

import streamlit as st

from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.siting import departures
from data.siting.evaluation import SiteEvaluation
from pages.sites_upload import work

_CHOSEN, _COUNT = "sites_departs", "sites_departs_de_"


def forget() -> None:
    """Let the work in hand, not what was typed before, say who leaves."""
    for key in [key for key in st.session_state if str(key).startswith(_CHOSEN)]:
        del st.session_state[key]


def draw_departures(territory: Territory) -> dict[str, int]:
    """Draw who leaves; return the GPs leaving by commune, kept in the work in hand."""
    current = work()
    with st.expander("Et si des médecins partaient ?", expanded=bool(current.departures)):
        held = departures.gp_communes(territory)
        chosen = st.multiselect(
            "Communes que des généralistes quittent",
            list(held),
            default=[code for code in current.departures if code in held],
            format_func=lambda code: held[code].label,
            placeholder="aucune : les généralistes comptés restent tous",
            key=_CHOSEN,
            select_all=False,
        )
        counts = {}
        with st.container(horizontal=True):
            for code in chosen:
                name, most = held[code].name, held[code].gps
                counts[code] = int(
                    st.number_input(
                        f"{name}, départs (sur {most})",
                        min_value=1,
                        max_value=most,
                        value=min(current.departures.get(code, 1), most),
                        width=240,
                        key=f"{_COUNT}{code}",
                    )
                )
        st.caption(
            f"{departures.ASSUMPTION} Évaluation, carte et meilleurs sites en tiennent compte ; "
            "rapport et lien partagé ne comptent que les départs de communes où il resterait au "
            f"moins {LEAST_PUBLIC_GPS} généralistes. Le risque par commune n’est pas recalculé."
        )
    current.departures = counts
    return counts


def say_departures(evaluation: SiteEvaluation, *, public: bool) -> None:
    """Say who is supposed to leave and what access becomes before any site."""
    for sentence in said(evaluation, public=public):
        st.text(sentence)


def said(evaluation: SiteEvaluation, *, public: bool) -> list[str]:
    """Return what is said of departures: one text, or none when nobody leaves."""
    left = evaluation.departures
    return [] if left is None else [departures.words(left, public=public)]
