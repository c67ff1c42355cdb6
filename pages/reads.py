"""Which tables the figures of a screen rest on as it stands: its ribbon speaks of no other."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from data.maps import overlays
from data.region.territory import Provenance, Territory
from pages import following, shell
from pages.state import ViewState

ON_CALL = ("pdses_lines", "communes", "populations")
"""Of on-call lines, and who lives within reach of them."""
_PLACES = frozenset({"structures", "pdses_lines"})
_LEFT = {
    "carte": _PLACES,
    "risques": _PLACES,
    "zonage": _PLACES | {"gp_history"},
    "sites": frozenset({"pdses_lines"}),
    "territoire": frozenset[str](),
    "methode": frozenset[str](),
}
"""Screens that read nearly all that is known, and what each leaves; a map reads its layers too."""
_WITH_LAYERS = frozenset({"carte", "risques", "zonage"})
"""Screens whose layers the view holds."""
_SAID = "ruban_dit"
"""Key of what the ribbon in sight speaks of."""
_LAYERS = "ruban_couches"
"""Key of the layers that a map said last: its screen, the address that came with them, they."""


def read(territory: Territory, screen: str, view: ViewState) -> tuple[str, ...]:
    """Return the keys of the tables that a screen reads; none of one without figures."""
    if screen in {"permanence", "gardes"}:
        return ON_CALL
    if screen == "solidarite":
        return _read_by_help(view)
    if screen not in _LEFT:
        return ()
    drawn = overlays.read_by(view.layers) if screen in _WITH_LAYERS else frozenset[str]()
    left = _LEFT[screen] - drawn
    return tuple(key for key in territory.provenance if key not in left)


def quoted(territory: Territory, screen: str, view: ViewState) -> list[Provenance]:
    """Return where all that a screen reads comes from; simulated calls are of no table."""
    keys = read(territory, screen, view)
    known = [one for key, one in territory.provenance.items() if key in keys]
    if screen == "solidarite" and view.regulation.shown:
        from data.solidarity import regulation

        return [*known, *filter(None, [regulation.made_up(territory)])]
    return known


def told(known: Sequence[Provenance]) -> None:
    """Keep what the ribbon has been drawn for."""
    st.session_state[_SAID] = _titles(known)


def follow(territory: Territory, screen: str, view: ViewState) -> None:
    """Draw the screen again where a map has just been asked for a layer that its ribbon tells not.

    The map draws its layers by itself, and the ribbon stands outside of what its gestures run.
    """
    st.session_state[_LAYERS] = (screen, st.query_params.to_dict(), view.layers)
    said = st.session_state.get(_SAID)
    if said is not None and said != _titles(quoted(territory, screen, view)):
        st.rerun(scope="app")


def in_sight(screen: str) -> ViewState:
    """Return the view with the layers that the map of a screen has said it shows.

    It writes them in the address; of one that was opened, the browser goes on bringing the text of
    then.
    """
    view = shell.view()
    known: tuple[str, dict[str, str], tuple[str, ...]] = st.session_state.get(_LAYERS, ("", {}, ()))
    where, query, layers = known
    late = where == screen and query == st.query_params.to_dict() and not following.stepped()
    return replace(view, layers=layers) if late else view


def _titles(known: Sequence[Provenance]) -> list[str]:
    return [one.title for one in known if one.simulated]


def by_sites(territory: Territory) -> tuple[str, ...]:
    """Return the keys of the tables that candidate sites, or a pole, are judged with."""
    return read(territory, "sites", ViewState())


def _read_by_help(view: ViewState) -> tuple[str, ...]:
    # Not before they are needed: the first screen is drawn without them.
    from data.solidarity import hosts, regulation, specialists

    if view.regulation.shown:
        return ("communes", regulation.TABLE)
    if view.specialists.shown:
        return (*specialists.READ, *hosts.tables_of(view.specialists.hosts))
    return hosts.read_by(view.help.hosts)
