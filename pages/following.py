"""Back and Forward: when the address has moved and no widget has, the address decides.

Streamlit runs the script again at Back and Forward, but a widget keeps what its reader chose. A
screen notes, at the end of a run, what it wrote in the address and what its widgets held.
"""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_NOTED = "suivi_"


def _held(keys: Callable[[str], bool]) -> dict[str, Any]:
    return {str(key): st.session_state[key] for key in st.session_state if keys(str(key))}


def _told(parameters: Iterable[str]) -> dict[str, str]:
    query = st.query_params.to_dict()
    return {name: query[name] for name in parameters if name in query}


def follow(name: str, parameters: Iterable[str], keys: Callable[[str], bool]) -> None:
    """Forget what the widgets of a screen hold when Back or Forward has moved the address.

    A click that came before the browser had written the address of the click before also finds
    another address than was written; but then a widget has changed.

    Parameters
    ----------
    name
        The screen.
    parameters
        Names of the address that are the screen's own.
    keys
        Tells which keys of the session hold the choices of the screen.
    """
    told, held = _told(parameters), _held(keys)
    before, shown = st.session_state.get(_NOTED + name, (told, {}))
    untouched = all(held.get(key) == value for key, value in shown.items())
    # Two steps in a row: the second ends the run of the first before it has noted anything.
    if stepped() or (before != told and untouched):
        for key in held:
            del st.session_state[key]


def note(name: str, parameters: Iterable[str], keys: Callable[[str], bool]) -> None:
    """Note what the address says and what the widgets hold, at the end of a run."""
    st.session_state[_NOTED + name] = (_told(parameters), _held(keys))


def stepped() -> bool:
    """Tell whether Back or Forward asked for this run."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation
