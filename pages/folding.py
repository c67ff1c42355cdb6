"""What most readers do without: folded until something is chosen in it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def until_chosen(label: str, *, key: str, chosen: bool) -> DeltaGenerator:
    """Return an expander that opens once something was chosen in it, and stays so.

    Parameters
    ----------
    label
        What it says.
    key
        Key of the session that holds that it was opened.
    chosen
        Whether something is chosen in it now.
    """
    if chosen:
        st.session_state[key] = True
    return st.expander(label, expanded=key in st.session_state)
