"""Under the map: who will be without room in two and in five years, and which communes carry it."""

import streamlit as st

from data.access import unknown_supply
from data.base import french
from data.region import privacy
from data.region.newest_counts import years_of
from data.region.territory import Territory
from geo.errors import ProxiSoinsError
from models.region import soon
from models.region.soon import Soon
from pages import accounts, figures, own_choices, shell

SOURCES = ("communes", "gps", "gp_history", "apl")
MASKED = (
    "Par commune et par EPCI : non diffusé en vue publique, car le chiffre d’une petite commune y "
    "désignerait une personne."
)
FIRST_CARRIERS = 20
LEVELS = {"epci": "par EPCI", "departement": "par département", "commune": "ce qui le porte"}


def title(territory: Territory) -> str:
    """Return what the fold is about, dated: counts of the past tell of no coming year."""
    since = " plus tard"
    if not territory.provenance["gps"].simulated and (years := _years(territory)):
        since = f" après {french.joined([str(year) for year in years], 'ou')}"
    return f"2 et 5 ans{since} : qui serait sans place"


def _years(territory: Territory) -> list[int]:
    """Return the years in which the region was counted, none where they are not known."""
    codes = territory.communes["code"]
    return french.each_year(set(years_of(territory.provenance["gps"], codes).dropna()))


def draw(territory: Territory) -> None:
    """Draw what is known of the coming years, computed when it is asked for, then kept."""
    box = own_choices.fold(title(territory), "ensuite", key="soon")
    if not box.open:
        return
    with box:
        try:
            _draw(territory)
        except ProxiSoinsError as error:
            st.text(str(error))


def _draw(territory: Territory) -> None:
    known = soon.is_kept(territory)
    if not known and not accounts.may_see_risk():
        st.caption("Ce calcul n’a pas encore été fait sur ces données.")
        return
    if not known and not st.button("Calculer (une minute environ, une seule fois)"):
        st.caption("Ce calcul n’a pas encore été fait sur ces données ; il sera gardé.")
        return
    with st.spinner("Tirage des départs…"):
        found = {horizon: soon.kept(territory, horizon) for horizon in soon.HORIZONS_SHOWN}
    if not known:
        # The map draws them from now on.
        st.rerun()
    years = _years(territory)
    words = soon.sentence if accounts.may_see_risk() else soon.public_sentence
    for one in found.values():
        st.markdown(f"**{words(one, years)}**")
    if accounts.may_see_risk():
        st.caption(
            "Sur la carte : indicateurs « Sans place 2 ans après », « Sans place 5 ans après », "
            "« Différence en 5 ans » et « Habitants par médecin, 5 ans après »."
        )
        _tables(territory, found[soon.HORIZONS_SHOWN[-1]])
    else:
        st.caption(MASKED)
    upper_bound = unknown_supply.region_room_note(territory)
    figures.bullets(filter(None, [*soon.ASSUMPTIONS, upper_bound]))
    figures.sources(figures.notes(territory, *SOURCES))


def _tables(territory: Territory, last: Soon) -> None:
    level = own_choices.pick(
        st.segmented_control,
        "Tableau",
        "ensuite",
        {one: one for one in LEVELS},
        key="soon_level",
        required=True,
        format_func=LEVELS.__getitem__,
        wrap=True,
    )
    if level == "commune":
        st.caption(
            f"Les {FIRST_CARRIERS} communes qui portent le plus de la perte attendue à "
            f"{last.horizon} ans, voisines des autres régions comprises."
        )
        table = last.carriers.head(FIRST_CARRIERS)
    else:
        table = soon.by_territory(territory, shell.commune_indicators(territory), level)
    figures.table(table, height=320)
    st.caption(privacy.WORKING_PAPER)
