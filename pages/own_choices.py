"""What a screen alone says in its address: choices that the view of all screens does not hold.

They are kept in the session, by screen, and written with the view (`shell.in_address`); a gesture
that came before the browser had written the address of the one before undoes none of them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from data.base import french
from pages import following

LAYERS, POLE_LAYERS = "calques", "calques_pole"
"""What a map shows beside what it opens on; see `pages.map_choices`."""
FOLDS = "volets"
"""Folds that are open and, after a "-", those that open by themselves and are closed."""
WORD, PAGE = "mot", "feuille"
"""What is sought in a list of scenarios, and its page in sight; see `pages.scenario_list`."""
_SITES = ("detail", "compares", "mesures", "image", LAYERS, FOLDS)
"""What is read of sites, by who works on them and by who was sent them."""
COMMON = frozenset({*_SITES, WORD, PAGE})
"""Names that mean the same on several screens."""
PARAMETERS: dict[str, tuple[str, ...]] = {
    "carte": (FOLDS, "ensuite", "tquoi", "tannees"),
    "sites": (
        *_SITES,
        *("carte_pole", POLE_LAYERS, "pole", "choisi", WORD, PAGE),
        *("modele", "k", "minutes", "qui", "existant", "choix"),
        *("prix", "somme", "deconseilles", "meilleurs"),
        *("lot_de", "lot_si", "lot_max"),
    ),
    "permanence": (LAYERS, FOLDS),
    "solidarite": (LAYERS, FOLDS, "tableau", "selon", "plans", WORD, PAGE, "semaine"),
    "risques": (FOLDS, "qui_part", "epreuve", "courbes", "par"),
    "zonage": (FOLDS,),
    "territoire": (WORD, PAGE),
    "partage": ("ma_commune", *_SITES),
}
"""Names of the address that are a screen's alone, by the screen."""
_BY_CLIENT = "carte"
"""The screen whose address its map writes, with what it is answered (`named`)."""

_KEPT, _SCREEN, _VISITS = "choix_propres", "choix_propres_de", "choix_propres_visites"
_OPENED = "volet_ouvert_"
"""Before the key of a fold: whether it opened by itself."""
_LONGEST = 4_000
_FOLD = re.compile(r"-?[a-z_]{1,20}")
_Value = TypeVar("_Value")


def arrive(named: str) -> None:
    """Take what the address says of a screen that one comes to; without a word, what it had."""
    if screen() == named:
        return
    st.session_state[_SCREEN] = named
    st.session_state[_VISITS] = visit() + 1
    if asked := _asked(named):
        _all()[named] = asked


def visit() -> int:
    """Return which visit of a screen this is, in this session."""
    count: int = st.session_state.get(_VISITS, 0)
    return count


def screen() -> str:
    """Return the screen in sight, "" for one that is run alone."""
    named: str = st.session_state.get(_SCREEN, "")
    return named


def told() -> dict[str, str]:
    """Return what the address says of the screen in sight."""
    named = screen()
    if following.stepped():
        _all()[named] = _asked(named)
    return dict(_all().setdefault(named, _asked(named)))


def say(**said: str) -> None:
    """Keep what is chosen, by parameter, "" for what an address without it means; write it."""
    kept = {name: text for name, text in (told() | said).items() if text}
    _all()[screen()] = kept
    for name, text in said.items() if screen() != _BY_CLIENT else ():
        write(name, text)


def named() -> dict[str, str]:
    """Return all that the address may say of the screen in sight, "" where it says nothing."""
    return dict.fromkeys(PARAMETERS.get(screen(), ()), "") | told()


def write(parameter: str, text: str) -> None:
    """Write one parameter of the address, none where it is ""; all else there stays."""
    if text and st.query_params.get(parameter) != text:
        st.query_params[parameter] = text
    elif not text and parameter in st.query_params:
        del st.query_params[parameter]


def show(key: str, value: object) -> None:
    """Have a widget, before it is drawn, show what the address says, where it decides."""
    if key not in st.session_state or following.stepped():
        st.session_state[key] = value


def toggle(label: str, parameter: str, *, key: str, first: bool = False, **look: Any) -> bool:
    """Draw a toggle that the address holds under a parameter, in none where that is ""."""
    if not parameter:
        return st.toggle(label, value=first, key=key, **look)
    show(key, {"1": True, "0": False}.get(told().get(parameter, ""), first))
    on = st.toggle(label, key=key, **look)
    say(**{parameter: "" if on == first else str(int(on))})
    return on


def pick(
    draw: Callable[..., _Value],
    label: str,
    parameter: str,
    options: Mapping[_Value, str],
    *,
    key: str,
    **look: Any,
) -> _Value:
    """Draw a choice that the address holds under a parameter; the first option is told by none.

    `options` gives what the address says of each value, in the order in which `draw` offers them.
    """
    first = next(iter(options))
    show(key, among(parameter, {text: value for value, text in options.items()}, first))
    if st.session_state[key] not in options:
        st.session_state[key] = first

    def picked() -> None:
        chosen = st.session_state[key]
        if chosen not in options:  # a label of other options, which the browser has not left yet
            return
        say(**{parameter: "" if chosen == first else options[chosen]})

    # Before anything is drawn: a map above answers what the address says.
    chosen = draw(label, list(options), key=key, on_change=picked, **look)
    picked()
    return chosen


def fold(label: str, name: str, *, key: str = "", first: bool = False) -> ExpanderContainer:
    """Draw a fold; the address holds that it is open, or closed where it opens by itself.

    Parameters
    ----------
    label
        What it says.
    name
        What the address calls it, on its screen.
    key
        Its key, from its name where that is "".
    first
        Whether it opens by itself; from then on it stays as its reader has it.
    """
    key = key or f"volet_{name}"
    opens = first and not st.session_state.get(_OPENED + key)
    if key not in st.session_state or opens or following.stepped():
        st.session_state[key] = name in _folds() or (first and f"-{name}" not in _folds())
    st.session_state[_OPENED + key] = first

    def folded() -> None:
        others = [one for one in _folds() if one.removeprefix("-") != name]
        is_open = bool(st.session_state[key])
        here = [] if is_open == first else [name if is_open else f"-{name}"]
        say(**{FOLDS: ",".join([*others, *here])})

    box = st.expander(label, key=key, on_change=folded)
    folded()
    return box


def _folds() -> list[str]:
    """Return what the address says of the folds of the screen in sight."""
    return [one for one in told().get(FOLDS, "").split(",") if _FOLD.fullmatch(one)]


def tabs(titles: Sequence[str], parameter: str, *, key: str) -> Sequence[DeltaGenerator]:
    """Draw tabs; the address holds which is open, by the words of its title."""
    slugs = {title: french.slug(title) for title in titles}
    show(key, among(parameter, {slug: title for title, slug in slugs.items()}, titles[0]))
    if st.session_state[key] not in slugs:
        st.session_state[key] = titles[0]
    drawn = st.tabs(titles, key=key, on_change="rerun")
    opened = str(st.session_state[key])
    say(**{parameter: "" if opened == titles[0] else slugs[opened]})
    return drawn


def among(parameter: str, known: Mapping[str, _Value], otherwise: _Value) -> _Value:
    """Return what the address says of a parameter, where that is known."""
    return known.get(told().get(parameter, ""), otherwise)


def _all() -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = st.session_state.setdefault(_KEPT, {})
    return kept


def _asked(named: str) -> dict[str, str]:
    """Return what the address of the browser says of a screen; of any, where none was named."""
    query = st.query_params.to_dict()
    every = (name for names in PARAMETERS.values() for name in names)
    names = PARAMETERS.get(named, ()) if named else every
    return {name: query[name][:_LONGEST] for name in names if query.get(name)}
