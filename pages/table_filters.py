"""Filters of the table of communes: places, zones and criteria crossed, kept in the address."""

import re
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from data.access import selection
from data.access.selection import CRITERIA, Selection
from data.base.french import in_order
from data.region.table_names import ZONES
from pages import following
from pages.address_lists import LONGEST_LIST

_PARAMETERS = {"departements": "tdep", "epcis": "tepci", "zones": "tzone", "criteria": "tcrit"}
"""Fields of `Selection` and their parameters in the address."""
_LABELS = {
    "departements": ("Départements", "Tous les départements"),
    "epcis": ("EPCI", "Tous les EPCI"),
    "zones": ("Zones", "Toutes les zones"),
    "criteria": ("Critères", "Aucun critère"),
}
EVERY, _COLUMNS = "carte_colonnes", "tcol"
"""Key of the choice of all columns, and its parameter in the address."""
_NAMES = (*_PARAMETERS.values(), _COLUMNS)
_KEPT = "table_filtres"
"""Key of the filters in the session: they outlive a visit to another screen."""
_CODE = re.compile(r"[\w-]{1,24}")


def asked() -> bool:
    """Tell whether the address or the session asks for part of the communes."""
    return bool(st.session_state.get(_KEPT)) or any(name in st.query_params for name in _NAMES)


def _options(frame: pd.DataFrame) -> dict[str, dict[str, str]]:
    """Return code to name of what each filter offers."""
    places = frame.drop_duplicates("departement").sort_values("departement_name", key=in_order)
    epcis = frame[frame["epci"] != ""].drop_duplicates("epci")
    epcis = epcis.sort_values("epci_name", key=in_order)
    return {
        "departements": dict(zip(places["departement"], places["departement_name"], strict=True)),
        "epcis": dict(zip(epcis["epci"], epcis["epci_name"], strict=True)),
        "zones": {one: one for one in ZONES},
        "criteria": {slug: title for slug, (title, _) in CRITERIA.items()},
    }


def _several(field: str, options: Mapping[str, str]) -> tuple[str, ...]:
    """Draw the choice of one filter, as the session or the address holds it."""
    key = f"table_{field}"
    if key not in st.session_state:
        told = _CODE.findall(st.query_params.get(_PARAMETERS[field], "")[:LONGEST_LIST])
        before = st.session_state.get(_KEPT, {}).get(field, told)
        st.session_state[key] = [one for one in before if one in options]
    label, none = _LABELS[field]
    chosen: list[str] = st.multiselect(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        placeholder=none,
        select_all=False,
    )
    return tuple(chosen)


def told() -> dict[str, str]:
    """Return what the address says of the filters in use, "" for none.

    The map's client writes it: once Streamlit has written an address, it hides from the server
    what the browser changes in it.
    """
    held = {
        field: st.session_state[f"table_{field}"]
        for field in _PARAMETERS
        if f"table_{field}" in st.session_state
    }
    kept: dict[str, tuple[str, ...]] | None = st.session_state.get(_KEPT)
    if not held and kept is None:
        return {name: st.query_params.get(name, "") for name in _NAMES}
    chosen = (kept or {}) | held
    said = {name: ",".join(chosen.get(field, ())) for field, name in _PARAMETERS.items()}
    return said | {_COLUMNS: "toutes" if st.session_state.get(EVERY) else ""}


def follow() -> None:
    """Take the filters of the address that Back or Forward gives, before anything is drawn."""
    following.follow(_KEPT, _NAMES, _is_choice)


def _is_choice(key: str) -> bool:
    return key in {_KEPT, EVERY} or key.removeprefix("table_") in _PARAMETERS


def draw_columns() -> None:
    """Draw the choice of all columns, as the address holds it."""
    st.session_state.setdefault(EVERY, st.query_params.get(_COLUMNS) == "toutes")
    st.toggle("Toutes les colonnes", key=EVERY, help="Les fichiers les ont toutes.")
    following.note(_KEPT, _NAMES, _is_choice)


def selected() -> Selection:
    """Return what the filters in use select, without drawing them."""
    return Selection(**st.session_state.get(_KEPT, {}))


def draw(frame: pd.DataFrame) -> pd.DataFrame:
    """Draw the filters; return the communes that they keep, and say how many they are."""
    options = _options(frame)
    chosen: dict[str, tuple[str, ...]] = {}
    for place, field in zip(st.columns(len(_LABELS)), _LABELS, strict=True):
        with place:
            chosen[field] = _several(field, options[field])
    st.session_state[_KEPT] = {field: codes for field, codes in chosen.items() if codes}
    following.note(_KEPT, _NAMES, _is_choice)
    left = selection.filtered(frame, Selection(**chosen))
    st.text(selection.words(left, frame))
    return left
