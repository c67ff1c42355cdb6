"""A list of scenarios on screen: a search and pages, once there are more than one page holds."""

import streamlit as st

from data.base import french
from data.scenarios import listing
from data.scenarios.listing import Kind, Listing
from pages import accounts


def draw(region: str, kind: Kind, key: str, *, what: str = "scénarios", also: str = "") -> Listing:
    """Draw the search and the pages of a list where it is long, and return the page in sight.

    Parameters
    ----------
    region, kind, also
        As `data.scenarios.listing.listed`.
    key
        Start of the keys of its widgets.
    what
        What it lists, in French, plural.
    """
    owner = accounts.author()
    searched = str(st.session_state.get(f"{key}_cherche", ""))
    page = int(st.session_state.get(f"{key}_page", 1))
    found = listing.listed(region, kind, owner=owner, search=searched, page=page, also=also)
    if found.total > listing.PER_PAGE:
        st.text_input(
            f"Chercher parmi les {french.number(found.total)} {what}",
            placeholder="un mot du nom",
            key=f"{key}_cherche",
        )
        if searched:
            st.text(
                f"{french.counted(found.found, 'trouvé', 'trouvés')} : « {searched} »."
                if found.found
                else f"Aucun nom ne contient « {searched} » : effacez la recherche pour revoir "
                f"les {french.number(found.total)} {what}."
            )
        if found.pages > 1:
            st.pagination(found.pages, key=f"{key}_page")
    if found.damaged:
        st.text(
            f"{french.counted(len(found.damaged), 'scénario illisible', 'scénarios illisibles')} "
            f"(écrits par une autre version, ou altérés) : {', '.join(found.damaged)}."
        )
    return found
