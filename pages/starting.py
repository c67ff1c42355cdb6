"""Who waits for what a process still imports as it starts: the map's part, figures', the rest.

One thread imports: two that import the same modules may each see them half done. Without
`server.py` nothing is imported ahead, and nobody waits.
"""

import threading
import time

_MAP, _FIGURES, _REST = threading.Event(), threading.Event(), threading.Event()
_COME, _DRAWN, _SENT, _ALL_ASKED = (threading.Event() for _ in range(4))
for _there in (_MAP, _FIGURES, _REST):
    _there.set()

IDLE_S, LONGEST_S, FRAME_S = 2.0, 20.0, 1.0
"""What the rest leaves to a first visitor: to come, to see a first run end, to get its map."""
PAUSE_S, WAY_S = 0.3, 5.0
"""What each next step leaves to those who come: to ask for more, and to see their run end."""
_LAST = {"begun": 0.0, "ended": 0.0}
"""When a run last began, and when one last came to its end."""


def begin() -> None:
    """Let those who come from now on wait, until what they need is said to be imported."""
    for event in (_MAP, _FIGURES, _REST, _COME, _DRAWN, _SENT, _ALL_ASKED):
        event.clear()


def map_imported() -> None:
    """Let the map be drawn."""
    _MAP.set()


def figures_imported() -> None:
    """Let the screens of figures be drawn, which open no file."""
    _FIGURES.set()


def all_imported() -> None:
    """Let every screen be drawn."""
    for event in (_MAP, _FIGURES, _REST):
        event.set()


def can_draw_map() -> bool:
    """Tell whether who opens the map now waits for no module."""
    return _MAP.is_set()


def wait_for_map() -> None:
    """Wait until the modules of the map and of what surrounds every screen are imported."""
    _LAST["begun"] = time.monotonic()
    _COME.set()
    _MAP.wait()


def wait_for_figures() -> None:
    """Ask for what screens of figures need now, and wait until it is imported."""
    map_sent()
    _DRAWN.set()
    _FIGURES.wait()


def wait_for_all() -> None:
    """Ask for the rest now, and wait until it is imported."""
    _ALL_ASKED.set()
    wait_for_figures()
    _REST.wait()


def drawn() -> None:
    """Tell that a screen has been drawn to its end."""
    _LAST["ended"] = time.monotonic()
    _DRAWN.set()


def map_sent() -> None:
    """Tell that a browser has been sent the last that its map waits for, or asks for no map."""
    _SENT.set()


def leave_room() -> None:
    """Wait until a first visitor has the map, or has asked for another screen; not for nobody."""
    if not _DRAWN.wait(IDLE_S) and _COME.is_set():
        _DRAWN.wait(LONGEST_S)
    _SENT.wait(FRAME_S)


def give_way() -> None:
    """Wait while a screen is being drawn and a moment more; not long for one that never ends.

    Not while somebody waits for what is still to be imported. What is computed ahead and what is
    drawn share one interpreter: together, both take twice as long.
    """
    until = time.monotonic() + WAY_S
    while time.monotonic() < until:
        if _ALL_ASKED.is_set() and not _REST.is_set():
            return
        drawing = _LAST["begun"] > _LAST["ended"]
        if not drawing and time.monotonic() - _LAST["ended"] > PAUSE_S:
            return
        time.sleep(0.05)
    _LAST["ended"] = time.monotonic()  # a run that was stopped never tells its end: wait once
