"""Buttons whose click is kept until the screen has answered it, and answered to the end.

Streamlit stops a run of the script when something else is clicked, and forgets then the click that
had started it, unless the run had come to its button. Buttons that change what is kept, and those
that follow them, stand here: what was clicked is answered by the first run that comes to it.
Those that delete or replace say what they are about: a click is forgotten when that has changed
before it is answered. Who clicks twice on the same button means it once: the second click, made
before its reader can have seen the answer to the first, is forgotten.

A run can be stopped wherever it draws, reads or writes `st.session_state`: between a click that is
told and what it asks, nothing may do so, and what it asks is done by `finish`. A run that comes
meanwhile on the same screen waits for its end and starts again, and so does one that had started
before that end: it would draw the screen without the answer, or half of it, which nobody would see.
"""

import contextvars
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Literal, Required, TypedDict, TypeVar, Unpack

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

_CLICKS = "clics"
_ANSWERED = "clics_repondus"
"""Key of when the last click of each button was answered, and of what it was about."""
_SCREEN = "ecran_des_clics"
_RUNNING = "clics_en_cours"
"""Key of the threads that have told a click, or do what one asks, each with its screen."""
_ENDED = "clics_finis"
"""Key of how many acts have ended on each screen."""
LOOK_S = 0.1
"""Between two looks at an act that one waits for: the next gesture then stops the run."""
AGAIN_S = 0.5
"""What a reader takes at least to see what became of a click, and to ask for the same again."""
_TOLD: ContextVar[str] = ContextVar("told", default="")
"""Key of the click that this run has told and that `finish` is to answer, "" for none.

Not in the session: other runs write there, and a run may be stopped where it does.
"""

_UNDER_WAY: ContextVar[dict[threading.Thread, object] | None] = ContextVar("way", default=None)
"""The acts under way, where this run has told a click: it may not ask the session for them."""
_SEEN: ContextVar[int | None] = ContextVar("seen", default=None)
"""Acts of its screen that had ended when this run started, or that it did; None: not known."""

_Result = TypeVar("_Result")


def _clicks() -> dict[str, object]:
    """Return the clicks that wait: a dict, which no stop of the run comes between."""
    kept: dict[str, object] = st.session_state.setdefault(_CLICKS, {})
    return kept


def _wait_for_answer() -> None:
    """Wait for what is being done of a click on this screen, and draw the screen again then."""
    waited, here = False, st.session_state.get(_SCREEN)
    while any(
        screen == here and thread != threading.current_thread() and thread.is_alive()
        for thread, screen in list(_running().items())
    ):
        waited = True
        time.sleep(LOOK_S)
    seen = _SEEN.get()
    if waited or (seen is not None and seen != _ended().get(here, 0)):
        st.rerun(scope="app")


def _running() -> dict[threading.Thread, object]:
    kept: dict[threading.Thread, object] = st.session_state.setdefault(_RUNNING, {})
    return kept


def _ended() -> dict[object, int]:
    kept: dict[object, int] = st.session_state.setdefault(_ENDED, {})
    return kept


def _answered() -> dict[str, tuple[float, str]]:
    kept: dict[str, tuple[float, str]] = st.session_state.setdefault(_ANSWERED, {})
    return kept


def _is_again(key: str, about: str) -> bool:
    """Tell whether the same click was answered so lately that its reader meant that one."""
    since, before = _answered().get(key, (-AGAIN_S, ""))
    return before == about and time.monotonic() - since < AGAIN_S


def _click(key: str, about: str) -> None:
    if not _is_again(key, about):
        _clicks()[key] = about


class Look(TypedDict, total=False):
    """What a button is beside its label; see `offer`."""

    key: Required[str]
    place: DeltaGenerator | None
    kind: Literal["primary", "secondary"]
    disabled: bool
    about: str


def button(label: str, **look: Unpack[Look]) -> bool:
    """Draw a button, and tell once whether it was clicked since that was last told; see `offer`."""
    return offer(label, **look)()


def offer(
    label: str,
    *,
    key: str,
    place: DeltaGenerator | None = None,
    kind: Literal["primary", "secondary"] = "secondary",
    disabled: bool = False,
    about: str = "",
) -> Callable[[], bool]:
    """Draw a button, and return what tells its click once: other things may be drawn before.

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
    _wait_for_answer()
    clicks, answered, running = _clicks(), _answered(), _running()
    screen = st.session_state.get(_SCREEN)
    draw = st.button if place is None else place.button
    draw(
        label,
        key=key,
        type=kind,
        disabled=disabled,
        on_click=_click,
        args=(key, about),
    )
    if disabled:
        clicks.pop(key, None)

    def told() -> bool:
        # Under way before it is taken: another run would find neither the click nor its answer.
        _tell(running, screen)
        what = clicks.pop(key, None)
        if what != about:
            _forget(running)
            return False
        answered[key] = (time.monotonic(), about)
        _TOLD.set(key)
        return True

    return told


def keep(key: str, value: object, *, empty: bool = False) -> None:
    """Keep what was clicked with a form, until `taken` gives it to the run that answers it.

    A form empties itself when it is sent: sent twice in a row, it is `empty` the second time, which
    takes the place of nothing that waits.
    """
    clicks = _clicks()
    if not _is_again(key, "") and not (empty and key in clicks):
        clicks[key] = value


def taken(key: str) -> object:
    """Return once what `keep` kept on this screen, None when there is nothing."""
    _wait_for_answer()
    clicks, answered, running = _clicks(), _answered(), _running()
    _tell(running, st.session_state.get(_SCREEN))
    value = clicks.pop(key, None)
    if value is None:
        _forget(running)
    else:
        answered[key] = (time.monotonic(), "")
        _TOLD.set(key)
    return value


def _tell(running: dict[threading.Thread, object], screen: object) -> None:
    running[threading.current_thread()] = screen
    _UNDER_WAY.set(running)


def _forget(running: dict[threading.Thread, object]) -> None:
    """Take a run for none that has told a click, unless it has told another one before."""
    if not _TOLD.get():
        running.pop(threading.current_thread(), None)


def finish(act: Callable[[], _Result]) -> _Result:
    """Do what a click asks to its end, whatever is clicked meanwhile, and return its result.

    Streamlit stops a run in the run's own thread only: the act has a thread of its own, in which
    it may draw, and keep in the session what it did.
    """
    context, key = get_script_run_ctx(), _TOLD.get()
    _TOLD.set("")
    ended: list[int] = []

    def done() -> _Result:
        answered, running, me = _answered(), _running(), threading.current_thread()
        screen = st.session_state.get(_SCREEN)
        running[me] = screen
        about = answered[key][1] if key else ""
        if key:
            answered[key] = (math.inf, about)
        try:
            return act()
        finally:
            if key:
                answered[key] = (time.monotonic(), about)  # its reader sees it from now on
            counts = _ended()
            counts[screen] = counts.get(screen, 0) + 1
            ended.append(counts[screen])
            del running[me]

    with ThreadPoolExecutor(
        1, initializer=lambda: add_script_run_ctx(threading.current_thread(), context)
    ) as pool:
        doing = pool.submit(contextvars.copy_context().run, done)
        try:
            return doing.result()
        finally:
            _SEEN.set(ended[0] if ended and _SEEN.get() is not None else None)
            _forget(_UNDER_WAY.get() or {})


def arrive(screen: str) -> None:
    """Forget the clicks of the screen that was left, and what another run has told."""
    _TOLD.set("")
    _forget(_running())
    if st.session_state.get(_SCREEN) != screen:
        st.session_state[_SCREEN] = screen
        _clicks().clear()
    _SEEN.set(_ended().get(screen, 0))
