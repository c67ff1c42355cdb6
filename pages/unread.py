"""What an address asked for that is not there: said until a gesture puts something in its place."""

import re

import streamlit as st

_KEY = "illisible_"
_AS_IT_IS = re.compile(r"[\\`*_\[\]<>#~$&]|:(?=\w)")
"""What a warning would read as Markdown: it may quote an address."""


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
        st.warning(_AS_IT_IS.sub(r"\\\g<0>", told))
