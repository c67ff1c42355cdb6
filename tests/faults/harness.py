"""Faults brought about on purpose: a process killed at each of its writes, a disk that refuses.

Actions run in a forked child, whose audit hook sees every change that Python makes to the data
folder before it happens: there it kills the process, or refuses as a full disk would.
"""

import os
import pickle
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.base import paths
from geo.errors import ProxiSoinsError

Action = Callable[[], Any]
OnWrite = Callable[[int, str], None]
"""Told, before the nth change to the data folder, n from 1, and the audit event."""

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}
SENTENCE_ENDS = (".", "!", "?", "…")
KILLED = "killed"


def in_child(action: Action, on_write: OnWrite, *, largest_file: int | None = None) -> Any:
    """Run an action in a child; return its result, its error, or KILLED.

    Parameters
    ----------
    action
        What to do.
    on_write
        What happens before each write in the folder of the data folder.
    largest_file
        Bytes that no file may exceed, whoever writes it: SQLite and Arrow write outside Python.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _run(action, on_write, largest_file, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    os.waitpid(child, 0)
    return pickle.loads(content) if content else KILLED  # noqa: S301  (our own child)


def _run(action: Action, on_write: OnWrite, largest_file: int | None, writing: int) -> None:
    """Do the action and say what it gave; never returns."""
    try:
        around, count = str(paths.home().parent), 0

        def watch(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal count
            writes = event in _CHANGES or (
                event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITING
            )
            if writes and any(around in _text(one) for one in arguments[:2]):
                count += 1
                on_write(count, event)

        sys.addaudithook(watch)
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, resource.RLIM_INFINITY))
        try:
            told: Any = action()
        except Exception as error:  # noqa: BLE001  (the test judges it)
            told = error
        try:
            content = pickle.dumps(told)
        except Exception:  # noqa: BLE001  (an error that does not travel: its words do)
            content = pickle.dumps(RuntimeError(f"{type(told).__name__}: {told}"))
        os.write(writing, content)
    finally:
        os._exit(0)


def _text(value: object) -> str:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else ""


def kill_at(place: int) -> OnWrite:
    """Kill the process before its nth write."""

    def on_write(count: int, _event: str) -> None:
        if count == place:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_write


def refuse_from(place: int, number: int) -> OnWrite:
    """Refuse the nth write and all that follow, with an error number of the system."""

    def on_write(count: int, event: str) -> None:
        # A full disk lets one remove; on a read-only one, what failed to be made is not there.
        if count >= place and event != "os.remove":
            raise OSError(number, os.strerror(number))

    return on_write


def unhindered(_count: int, _event: str) -> None:
    """Let everything happen."""


def each_kill(action: Action, between: Callable[[int], None], most: int = 200) -> int:
    """Kill an action before each of its writes in turn; return how many there are.

    Parameters
    ----------
    action
        What to do, from the state that `between` leaves.
    between
        Told which write was killed: checks what is left, then puts all back.
    most
        Writes beyond which the action is taken for endless.
    """
    for place in range(1, most):
        told = in_child(action, kill_at(place))
        if told != KILLED:
            assert not isinstance(told, Exception), told
            return place - 1
        between(place)
    raise AssertionError(f"more than {most} writes")


def in_french(told: object) -> None:
    """Fail unless an outcome is a result, or an error of ours with a sentence."""
    if isinstance(told, Exception):
        assert isinstance(told, ProxiSoinsError), repr(told)
        assert str(told).endswith(SENTENCE_ENDS), told
        assert "Errno" not in str(told)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, by its path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def written(folder: Path, files: dict[str, bytes]) -> None:
    """Put a folder back as `content` told it."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
