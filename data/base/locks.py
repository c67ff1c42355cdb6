"""Locks between processes, held on a file: they die with the process that holds them."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock; threads of one process exclude each other too.

    Raises
    ------
    BlockingIOError
        Without `wait`, when someone else holds it.
    OSError
        The file cannot be made.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # A lock of its own each time: two threads are strangers to one another.
        with filelock.FileLock(path, timeout=-1 if wait else 0):
            yield
    except filelock.Timeout as error:
        raise BlockingIOError(f"{path.name} is held by another process") from error
