"""Fields of numbers as French writes them: Streamlit's own show a point."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.base.french import number, read_number


def decimal(
    place: DeltaGenerator,
    label: str,
    value: float,
    bounds: tuple[float, float],
    *,
    decimals: int = 1,
    key: str | None = None,
) -> float:
    """Draw a field of a decimal number; what is not one is said, and the value before stays.

    Parameters
    ----------
    place
        Where it stands.
    label
        What it asks.
    value
        The number shown; with a key, the first one.
    bounds
        Least and largest numbers taken.
    decimals
        Decimals shown.
    key
        Key of the session that holds its text.
    """
    shown = number(value, decimals)
    if key is None:
        text = place.text_input(label, shown, max_chars=12)
    else:
        st.session_state.setdefault(key, shown)
        text = place.text_input(label, max_chars=12, key=key)
    read, (low, high) = read_number(text), bounds
    if read is None or not low <= read <= high:
        place.error(
            f"Écrivez un nombre de {number(low)} à {number(high)}, avec une virgule ; en attendant "
            f"on garde {shown}."
        )
        return value
    return read
