"""A list of scenarios on screen: a search and pages, once there are more than one page holds."""

import re

import streamlit as st

from data.base import french
from data.scenarios import listing
from data.scenarios.listing import Kind, Listing
from pages import accounts, following, own_choices

_LONGEST = 60
"""Characters of what is sought at most."""
_PAGE = re.compile(r"[1-9]\d{0,3}")
_IN_USE = "liste_en_usage_"
"""Before the key of a list: the scenario that was in use when it was drawn last."""


def still(key: str, named: str, in_use: str) -> str:
    """Return the scenario that the address names, "" once another than it was chosen beside is.

    Who saves or reopens a scenario means that one from then on.
    """
    before = st.session_state.get(_IN_USE + key, in_use)
    st.session_state[_IN_USE + key] = in_use
    return named if before == in_use or following.stepped() else ""


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
    owner, word, sheet = accounts.author(), f"{key}_cherche", f"{key}_page"
    told = own_choices.told()
    own_choices.show(word, told.get(own_choices.WORD, "")[:_LONGEST])
    asked = told.get(own_choices.PAGE, "")
    own_choices.show(sheet, int(asked) if _PAGE.fullmatch(asked) else 1)
    searched, page = str(st.session_state[word]), int(st.session_state[sheet])
    found = listing.listed(region, kind, owner=owner, search=searched, page=page, also=also)
    if found.total <= listing.PER_PAGE:  # no field would say what is sought
        searched = ""
        found = listing.listed(region, kind, owner=owner, also=also)
    else:
        st.text_input(
            f"Chercher parmi les {french.number(found.total)} {what}",
            placeholder="un mot du nom",
            max_chars=_LONGEST,
            key=word,
        )
        if searched:
            st.text(
                f"{french.counted(found.found, 'trouvé', 'trouvés')} : « {searched} »."
                if found.found
                else f"Aucun nom ne contient « {searched} » : effacez la recherche pour revoir "
                f"les {french.number(found.total)} {what}."
            )
        if found.pages > 1:
            st.session_state[sheet] = found.page
            st.pagination(found.pages, key=sheet)
    own_choices.say(
        **{
            own_choices.WORD: searched,
            own_choices.PAGE: str(found.page) if found.page > 1 else "",
        }
    )
    if found.damaged:
        st.text(
            f"{french.counted(len(found.damaged), 'scénario illisible', 'scénarios illisibles')} "
            f"(écrits par une autre version, ou altérés) : {', '.join(found.damaged)}."
        )
    return found
