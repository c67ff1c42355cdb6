"""Fields of numbers as French writes them, and fields that something else writes."""

import time
from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data.base.french import number, read_number

_HELD = "montre_"
"""Start of the keys under which is kept what the last widgets of `written` showed."""
_MOST_HELD = 4
LATE_S = 10.0
"""What a gesture may take to reach the server, after which a row is ticked again by its reader."""


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


def heads(rows: str, titles: Mapping[str, int]) -> None:
    """Draw the headings of rows of fields once, above those of the container of key `rows`.

    `titles` gives the width of the column of each. A telephone, which stacks what is in a row, has
    the label of each field above it; so has who hears the screen, at every width.
    """
    whole = sum(titles.values())
    # As Streamlit lays its columns out: headings in a grid stood beside their fields.
    cells = "".join(
        f'<span style="flex:1 1 calc(100% * {width} / {whole} - 1rem);min-width:0">'
        f"{escape(title)}</span>"
        for title, width in titles.items()
    )
    fields = ":is([data-testid=stTextInput],[data-testid=stNumberInput])"
    st.html(
        f"<style>.ps-heads{{display:flex;gap:1rem;font-size:.875rem}}"
        f"@media(max-width:640px){{.ps-heads{{display:none}}}}"
        f"@media(min-width:641px){{.st-key-{rows} {fields} [data-testid=stWidgetLabel]"
        "{position:absolute;width:1px;height:1px;min-height:0;overflow:hidden;"
        "clip-path:inset(50%)}}</style>"
        f'<div class="ps-heads" aria-hidden="true">{cells}</div>'
    )


def hold(key: str, value: object) -> None:
    """Write a value in a widget, before it is drawn, where it holds another.

    A widget that is written to forgets what is being typed in it, even if it held that value.
    """
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def written(key: str, value: object) -> str:
    """Have a widget, before it is drawn, show what something else than itself has chosen.

    The browser sends what all its widgets hold with each gesture. One that came before it has heard
    of the value would bring the former one back, as if its reader had chosen it: so the widget that
    shows another value is another one, of which the browser holds nothing.

    Parameters
    ----------
    key
        What the widget shows.
    value
        The value to show.

    Returns
    -------
    str
        Key of the session to draw the widget with.
    """
    turns = f"tour_{key}"
    turn: int = st.session_state.get(turns, 0)
    shown = f"{key}#{turn}"
    if shown not in st.session_state or st.session_state[shown] != value:
        st.session_state[turns] = turn + 1
        shown = f"{key}#{turn + 1}"
        st.session_state[shown] = value
    held: dict[str, Any] = {**st.session_state.get(_HELD + key, {}), shown: value}
    st.session_state[_HELD + key] = dict(list(held.items())[-_MOST_HELD:])
    return shown


class Change(NamedTuple):
    """What a widget showed, and what its reader made of it."""

    before: Any
    after: Any


def change(key: str) -> Change | None:
    """Return what its reader made of a widget that `written` gave this key; for its `on_change`.

    Streamlit also takes for changed a widget that is no longer drawn, when the browser sends once
    more what it held: there its reader has changed nothing, and None is returned.
    """
    held: dict[str, Any] = st.session_state.get(_HELD + key.rpartition("#")[0], {})
    told = Change(held.get(key), st.session_state.get(key, held.get(key)))
    return None if told.before == told.after else told


def tick(key: str, rows: list[int]) -> None:
    """Tick rows of a table, before it is drawn, that something else than its reader has chosen.

    A table cannot be another one, as a field can (`written`): it would lose its place. What its
    browser may still bring, not having heard of these rows, is kept for `ticked` to tell it.

    Parameters
    ----------
    key
        Key of the table.
    rows
        Positions of the rows to tick.
    """
    held = st.session_state.get(key)
    shown = held["selection"]["rows"] if held else []
    now = time.monotonic()
    before, told, since = st.session_state.get(_ticks(key), ([], None, 0.0))
    # What it held before other rows were told, it may show no more by the time it hears of them.
    unheard = told not in (None, rows) and now - since < LATE_S
    if shown == rows and not unheard:  # the browser has heard
        st.session_state[_ticks(key)] = ([], rows, 0.0)
        return
    if told != rows or shown not in [late for late, _ in before]:
        # Two steps of Back in a row: it may hear of the first after the second was told.
        recent = [one for one in before if now - one[1] < LATE_S]
        passed = [shown, *([told] if unheard else [])]
        st.session_state[_ticks(key)] = ([*recent, *((one, now) for one in passed)], rows, now)
    st.session_state[key] = {"selection": {"rows": rows}}


def ticked(key: str) -> list[int]:
    """Return the rows that the reader of a table has just ticked.

    None where the browser says what it was told by `tick`, or brings what the table held before.
    """
    rows: list[int] = st.session_state[key]["selection"]["rows"]
    before, told, _ = st.session_state.get(_ticks(key), ([], None, 0.0))
    now = time.monotonic()
    late = any(rows == one and now - since < LATE_S for one, since in before)
    return [] if late or rows == told else rows


def _ticks(key: str) -> str:
    return f"coche_{key}"


def first(key: str, value: object) -> str:
    """Have a field of this key show a value as long as nothing is chosen in it; return the key.

    A first value that is given to the field itself is not shown again once it was forgotten
    (`follow`): the browser goes on showing what was chosen.
    """
    st.session_state.setdefault(key, value)
    return key


def follow(keys: str, chosen: object) -> bool:
    """Forget what was typed in the fields of these keys where the view says otherwise; tell it.

    A field without a key is another one as soon as its first value is: what is typed in the one
    that stands is then lost. So fields have keys, and are drawn anew when an address, Back or a
    scenario changes the view, not when they do.

    Parameters
    ----------
    keys
        Beginning of the keys of the fields.
    chosen
        What the view holds of them.
    """
    if st.session_state.get(_last(keys)) == chosen:
        return False
    for key in [key for key in st.session_state if str(key).startswith(keys)]:
        del st.session_state[key]
    return True


def typed(keys: str, chosen: object) -> None:
    """Keep what the fields of these keys said last, for `follow`."""
    st.session_state[_last(keys)] = chosen


def _last(keys: str) -> str:
    return f"dernier_{keys}"
