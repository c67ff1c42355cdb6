"""Who waits for what a process still imports as it starts: the map's part, then the rest.

One thread imports: two that import the same modules may each see them half done. Without
`server.py` nothing is imported ahead, and nobody waits.
"""

import threading
import time

_MAP, _REST = threading.Event(), threading.Event()
_COME, _DRAWN, _ASKED = threading.Event(), threading.Event(), threading.Event()
_MAP.set()
_REST.set()

IDLE_S, LONGEST_S, FRAME_S = 2.0, 20.0, 1.0
"""What the rest leaves to a first visitor: to come, to see a first run end, to get its map."""
PAUSE_S, WAY_S = 0.3, 5.0
"""What each next step leaves to those who come: to ask for more, and to see their run end."""
_LAST = {"begun": 0.0, "ended": 0.0}
"""When a run last began, and when one last came to its end."""


def begin() -> None:
    """Let those who come from now on wait, until `map_imported` then `all_imported`."""
    for event in (_MAP, _REST, _COME, _DRAWN, _ASKED):
        event.clear()


def map_imported() -> None:
    """Let the map be drawn."""
    _MAP.set()


def all_imported() -> None:
    """Let every screen be drawn."""
    _MAP.set()
    _REST.set()


def can_draw_map() -> bool:
    """Tell whether who opens the map now waits for no module."""
    return _MAP.is_set()


def wait_for_map() -> None:
    """Wait until the modules of the map and of what surrounds every screen are imported."""
    _LAST["begun"] = time.monotonic()
    _COME.set()
    _MAP.wait()


def wait_for_all() -> None:
    """Ask for the rest now, and wait until it is imported."""
    _ASKED.set()
    _DRAWN.set()
    _REST.wait()


def drawn() -> None:
    """Tell that a screen has been drawn to its end."""
    _LAST["ended"] = time.monotonic()
    _DRAWN.set()


def leave_room() -> None:
    """Wait until a first visitor has the map, or has asked for another screen; not for nobody."""
    if not _DRAWN.wait(IDLE_S) and _COME.is_set():
        _DRAWN.wait(LONGEST_S)
    _ASKED.wait(FRAME_S)


def give_way() -> None:
    """Wait while a screen is being drawn and a moment more; not long for one that never ends.

    What is computed ahead and what is drawn share one interpreter: together, both take twice as
    long.
    """
    until = time.monotonic() + WAY_S
    while time.monotonic() < until:
        drawing = _LAST["begun"] > _LAST["ended"]
        if not drawing and time.monotonic() - _LAST["ended"] > PAUSE_S:
            return
        time.sleep(0.05)
    _LAST["ended"] = time.monotonic()  # a run that was stopped never tells its end: wait once
