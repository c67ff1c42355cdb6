"""Who serves the data folder now: a lock of one process each, that dies with its process."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from data.base.locks import locked
from data.base.paths import home

FOLDER = "running"
_held: list[Path] = []


@contextmanager
def serving() -> Iterator[None]:
    """Say, as long as it lasts, that this process serves the data folder; a full disk is no bar."""
    with ExitStack() as held:
        # Not its number alone: in containers that share the folder, every process is the first.
        path = home() / FOLDER / f"{os.getpid()}-{uuid4().hex}.lock"
        with suppress(OSError):
            held.enter_context(locked(path, wait=False))
            _held.append(path)
        try:
            yield
        finally:
            if path in _held:
                _held.remove(path)
            with suppress(OSError):
                path.unlink(missing_ok=True)


def folder_is_there() -> bool:
    """Tell whether the folder is the one that this process began to serve, not an emptied one."""
    return all(path.exists() for path in _held)


def is_served(folder: Path) -> bool:
    """Tell whether some process serves a data folder; forgets those that have ended."""
    served = False
    for path in sorted((folder / FOLDER).glob("*.lock")):
        try:
            with locked(path, wait=False):
                pass
        except OSError:
            served = True
        else:
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return served
