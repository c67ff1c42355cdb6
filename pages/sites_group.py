"""Communes of a territory added together to the candidate sites: which ones, and how many."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from data.access.selection import CRITERIA, Selection
from data.base.french import counted, in_order
from data.region.territory import Territory
from data.siting import candidates
from geo.siting.judged import most_candidates
from pages import own_choices, pressed, shell
from pages.search_choices import USUAL_SITES

FOLD = "lot"
"""What the address calls the fold of this choice."""
_WHERE, _ONLY, _MOST = "lot_de", "lot_si", "lot_max"
"""Parameters of the address: the territory, what its communes must be, how many are added."""
_ZIP = "zip"
_ONLY_WORDS = {_ZIP: "En ZIP", **{slug: title for slug, (title, _) in CRITERIA.items()}}
USUAL_MOST = min(most_candidates(USUAL_SITES), candidates.MOST_ADDED)


@st.cache_data(show_spinner=False, max_entries=4, hash_funcs=shell.BY_VERSION)
def _places(territory: Territory) -> dict[str, str]:
    """Return code to name of the départements and of the EPCI, "" being the whole region."""
    table = shell.commune_indicators(territory)
    told = {"": f"{territory.region_name} (toutes les communes)"}
    for level, word in (("departement", "département"), ("epci", "EPCI")):
        known = table[table[level] != ""].drop_duplicates(level)
        known = known.sort_values(f"{level}_name", key=in_order)
        told |= {
            str(code): f"{name} ({word})"
            for code, name in zip(known[level], known[f"{level}_name"], strict=True)
        }
    return told


def _selection(table: pd.DataFrame, where: str, only: Collection[str]) -> Selection:
    level = "departements" if where in set(table["departement"]) else "epcis"
    return Selection(
        **({level: (where,)} if where else {}),
        zones=("ZIP",) if _ZIP in only else (),
        criteria=tuple(slug for slug in only if slug != _ZIP),
    )


def _most() -> int:
    asked = own_choices.told().get(_MOST, "")
    is_count = asked.isascii() and asked.isdigit() and 1 <= int(asked) <= candidates.MOST_ADDED
    return int(asked) if is_count else USUAL_MOST


def draw(territory: Territory, listed: Collection[str]) -> tuple[str, ...]:
    """Draw the choice of communes to add; return their codes once they are asked for.

    Parameters
    ----------
    territory
        The region.
    listed
        INSEE codes of the communes that have a site.
    """
    with own_choices.fold("Ajouter les communes d’un EPCI, d’un département…", FOLD):
        places = _places(territory)
        left, middle, right = st.columns([3, 3, 1], vertical_alignment="bottom")
        where = own_choices.pick(
            left.selectbox,
            "Territoire",
            _WHERE,
            {code: code for code in places},
            key="sites_lot_de",
            format_func=places.__getitem__,
        )
        asked = own_choices.told().get(_ONLY, "").split(",")
        own_choices.show("sites_lot_si", [one for one in _ONLY_WORDS if one in asked])
        only = middle.multiselect(
            "Critères",
            list(_ONLY_WORDS),
            format_func=_ONLY_WORDS.__getitem__,
            placeholder="Aucun : toutes les communes",
            select_all=False,
            key="sites_lot_si",
        )
        own_choices.show("sites_lot_max", _most())
        most = right.number_input(
            "Au plus", min_value=1, max_value=candidates.MOST_ADDED, key="sites_lot_max"
        )
        own_choices.say(
            **{
                _ONLY: ",".join(one for one in _ONLY_WORDS if one in only),
                _MOST: "" if most == USUAL_MOST else str(most),
            }
        )
        table = shell.commune_indicators(territory)
        found = candidates.group(table, _selection(table, where, only), listed, int(most))
        st.text(candidates.words(found))
        count = len(found.taken)
        clicked = pressed.button(
            f"Ajouter {counted(count, 'commune', 'communes')}" if count else "Ajouter",
            key="sites_lot_ajouter",
            disabled=not count,
        )
        st.caption(candidates.proof_words(USUAL_SITES))
    return found.taken if clicked else ()
