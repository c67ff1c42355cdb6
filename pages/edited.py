"""Tables in which one writes: a grid or, where plain tables are asked for, fields row by row.

A grid is drawn on a canvas: a thumb opens its cells badly, and a screen reader not at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from pages import fields, grids

MOST_FIELDS = 15
"""Fields drawn at once: above, one chooses the row to write in."""
_MOST = 1e12
_NONE = "aucun choix"
_LIST_PX = 300
"""Of a list of choices: as wide as a telephone lets it be."""


@dataclass(frozen=True)
class Asked:
    """What the fields of a table ask, where it is more than its grid does.

    Attributes
    ----------
    title
        Name of a row, by its label: above its fields.
    first
        Columns whose fields stand first, the others being folded; empty: none is folded.
    labels
        Column to what its field asks, where it is not its name.
    choices
        Row and column to what a list of choices offers, where it is not what the grid offers.
    """

    title: Callable[[int], str]
    first: Sequence[str] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: Callable[[int, str], Sequence[str]] = lambda _row, _column: ()


def edit(
    before: pd.DataFrame,
    asked: Asked,
    *,
    key: str,
    column_config: Mapping[str, Any],
    disabled: Sequence[str],
    **grid: Any,
) -> pd.DataFrame:
    """Draw a table to write in, and return it as written.

    Parameters
    ----------
    before
        The table that one starts from, its rows by number: another one forgets what was written.
        Its texts may come from imported files.
    asked
        What its fields ask.
    key
        Of the session; `started` tells whether it holds something.
    column_config, disabled, grid
        As `st.data_editor` takes them.
    """
    grids.offer_choice()
    if not grids.are_plain():
        drawn: pd.DataFrame = st.data_editor(
            before, key=key, column_config=column_config, disabled=disabled, **grid
        )
        return drawn
    known: pd.DataFrame | None = st.session_state.get(_start(key))
    if known is None or not known.equals(before):
        forget(key)
        st.session_state[_start(key)] = before
    titles = [str(name) for name in before.columns]
    names = [name for name in titles if name not in disabled]
    cells: dict[int, dict[str, Any]] = {
        row: dict(zip(titles, line, strict=True)) for row, *line in before.itertuples()
    }
    cells |= st.session_state.setdefault(f"{key}_ecrit", {})
    rows = list(cells)
    if len(rows) * len(asked.first or names) > MOST_FIELDS:
        rows = [st.selectbox("Ligne à remplir", rows, format_func=asked.title, key=f"{key}_rang")]
    for row in rows:
        kinds = {name: _kind(row, name, asked, column_config) for name in names}
        first = {name: kinds[name] for name in asked.first or names}
        with st.container(border=True):
            st.text(asked.title(row))
            now = _row(cells[row], first, asked, f"{key}_{row}")
            if folded := {name: kind for name, kind in kinds.items() if name not in first}:
                with st.expander("Autres cellules de la ligne"):
                    now |= _row(cells[row], folded, asked, f"{key}_{row}")
        cells[row] = cells[row] | now
    st.session_state[f"{key}_ecrit"] = cells
    return pd.DataFrame.from_dict(cells, orient="index", columns=titles)


def started(key: str) -> bool:
    """Tell whether something is being written in the table of a key."""
    return key in st.session_state or _start(key) in st.session_state


def forget(key: str) -> None:
    """Forget what was written in the table of a key."""
    for one in [one for one in st.session_state if str(one).startswith(f"{key}_")]:
        del st.session_state[one]


def _start(key: str) -> str:
    return f"{key}_depart"


def _kind(row: int, name: str, asked: Asked, column_config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the type of a cell, as the configuration of a column says it."""
    if offered := asked.choices(row, name):
        return {"type": "selectbox", "options": list(offered)}
    kind: Mapping[str, Any] = (column_config.get(name) or {}).get("type_config") or {}
    return kind


def _row(
    cells: Mapping[str, Any], kinds: Mapping[str, Mapping[str, Any]], asked: Asked, key: str
) -> dict[str, Any]:
    """Draw fields of a row, side by side where there is room, and return what they hold."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {
            name: _field(asked.labels.get(name, name), cells[name], kind, f"{key}_{name}")
            for name, kind in kinds.items()
        }


def _field(label: str, value: Any, kind: Mapping[str, Any], key: str) -> Any:
    """Draw one field by the type of its column, and return what it holds."""
    if kind.get("type") == "number":
        low, high = kind.get("min_value"), kind.get("max_value")
        bounds = (-_MOST if low is None else low, _MOST if high is None else high)
        decimals = 0 if float(value).is_integer() else 2
        return fields.decimal(
            st.container(), label, float(value), bounds, decimals=decimals, key=key
        )
    st.session_state.setdefault(key, value)
    if kind.get("type") == "checkbox":
        return st.checkbox(label, key=key)
    if kind.get("type") == "selectbox":
        options = list(dict.fromkeys([*kind["options"], value]))
        return st.selectbox(
            label, options, format_func=lambda one: one or _NONE, key=key, width=_LIST_PX
        )
    return st.text_input(label, key=key)
