"""What most readers do without: folded until something is chosen in it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages import own_choices


def until_chosen(label: str, name: str, *, key: str, chosen: bool) -> DeltaGenerator:
    """Return a fold that opens once something was chosen in it, and stays so.

    Parameters
    ----------
    label
        What it says.
    name
        What the address calls it.
    key
        Key of the session that holds that it was opened.
    chosen
        Whether something is chosen in it now.
    """
    if chosen:
        st.session_state[key] = True
    return own_choices.fold(label, name, first=key in st.session_state)
