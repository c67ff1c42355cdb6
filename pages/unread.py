"""What an address asked for that is not there: said until a gesture puts something in its place."""

import streamlit as st

from pages.markdown import as_it_is

_KEY = "illisible_"


def note(key: str, told: str) -> None:
    """Keep what is to be said, in French, of a part of the address that was left aside."""
    st.session_state[_KEY + key] = told


def say(key: str, *, still: bool) -> None:
    """Say it while nothing has taken its place, and forget it then.

    An address is read once: the browser's next message would wipe out a warning drawn with it.
    """
    if not still:
        st.session_state.pop(_KEY + key, None)
    elif told := st.session_state.get(_KEY + key):
        st.warning(as_it_is(told))
