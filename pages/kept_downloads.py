"""Files that a screen offers stay a moment after it is drawn again.

Streamlit names what makes a file anew at each run, and forgets the name of the run before at its
end: a click on a button that the browser has not drawn again yet then gave nothing, and said
nothing. The same file is made for it as a moment before.
"""

import time

from streamlit.runtime.media_file_manager import MediaFileManager

KEPT_S = 60.0
"""Seconds for which what made a file is kept once its screen offers it no more."""

_LEFT: dict[str, float] = {}
"""When what makes each file was first seen to be offered no more."""


def _remove_later(manager: MediaFileManager) -> None:
    """Forget what makes files that no screen has offered for a moment; the manager is locked."""
    now = time.monotonic()
    held = manager._files_by_session_and_coord.values()  # noqa: SLF001
    offered = {one for files in held for one in files.values()}
    known = manager._deferred_callables  # noqa: SLF001
    for file_id in [one for one in known if one not in offered]:
        if now - _LEFT.setdefault(file_id, now) > KEPT_S:
            manager._drop_deferred_id(file_id)  # noqa: SLF001
    for file_id in _LEFT.keys() - known.keys():
        del _LEFT[file_id]


def keep() -> None:
    """Have the files of this process kept so."""
    MediaFileManager._remove_orphaned_deferred_callables = _remove_later  # type: ignore[method-assign,assignment]  # noqa: SLF001
