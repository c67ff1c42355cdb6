"""Buttons whose click is kept until the screen has answered it.

Streamlit stops a run of the script when something else is clicked, and forgets then the click that
had started it, unless the run had come to its button. Buttons that change what is kept, and those
that follow them, stand here: what was clicked is answered by the first run that comes to it.
Those that delete or replace say what they are about: a click is forgotten when that has changed
before it is answered.
"""

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_CLICKED = "clic_"
_SCREEN = "ecran_des_clics"


def _note(key: str, about: str) -> None:
    st.session_state[_CLICKED + key] = about


def button(
    label: str,
    *,
    key: str,
    place: DeltaGenerator | None = None,
    kind: Literal["primary", "secondary"] = "secondary",
    disabled: bool = False,
    about: str = "",
) -> bool:
    """Draw a button, and tell once whether it was clicked since that was last told.

    Parameters
    ----------
    label
        What it says.
    key
        Its key: the same whatever the screen shows, or a click on the button drawn before is lost.
    place
        Where it stands; None: here.
    kind
        How it looks.
    disabled
        Whether it cannot be clicked; a click that came before is then forgotten.
    about
        What it deletes or replaces (a digest, a version): a click on the same button while it was
        about something else is forgotten.
    """
    draw = st.button if place is None else place.button
    draw(label, key=key, type=kind, disabled=disabled, on_click=_note, args=(key, about))
    return st.session_state.pop(_CLICKED + key, None) == about and not disabled


def keep(key: str, value: object) -> None:
    """Keep what was clicked with a form, until `taken` gives it to the run that answers it."""
    st.session_state[_CLICKED + key] = value


def taken(key: str) -> object:
    """Return once what `keep` kept on this screen, None when there is nothing."""
    return st.session_state.pop(_CLICKED + key, None)


def arrive(screen: str) -> None:
    """Forget the clicks of the screen that was left."""
    if st.session_state.get(_SCREEN) != screen:
        st.session_state[_SCREEN] = screen
        for key in [key for key in st.session_state if str(key).startswith(_CLICKED)]:
            del st.session_state[key]
