"""What an address asked for that is not there: said until a gesture puts something in its place."""

import streamlit as st

from pages.markdown import as_it_is

_KEY = "illisible_"


def note(key: str, told: str) -> None:
    """Keep what is to be said, in French, of a part of the address that was left aside."""
    st.session_state[_KEY + key] = told


def forget(key: str) -> None:
    """Forget what was to be said: something has taken its place."""
    st.session_state.pop(_KEY + key, None)


def say(key: str, *, still: bool) -> bool:
    """Say it while nothing has taken its place, and forget it then; tell whether it was said.

    An address is read once: the browser's next message would wipe out a warning drawn with it.
    """
    if not still:
        forget(key)
    elif told := st.session_state.get(_KEY + key):
        st.warning(as_it_is(told))
        return True
    return False
