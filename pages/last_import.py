"""Taking back the last import, on each screen that imports."""

import streamlit as st

from data.region import catalogue, schemas
from pages import accounts, pressed
from pages.accounts import Role


def taken_back(region: str, *, key: str) -> bool:
    """Offer to an administrator to take back the last import; tell whether it was just done.

    It may be of other tables than those of the screen: it is an administrator's everywhere.
    """
    if accounts.role() < Role.ADMINISTRATOR or not catalogue.can_undo():
        return False
    state = catalogue.state_key(region)
    if not pressed.button("Annuler le dernier import", key=key, about=state):
        return False
    accounts.require(Role.ADMINISTRATOR)
    undone = [schemas.TITLES[table] for table in pressed.finish(catalogue.undo)]
    st.toast(f"Import annulé : {', '.join(undone)}.")
    return True
