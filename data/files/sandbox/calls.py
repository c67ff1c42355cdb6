"""The side of the sandbox that asks: starts the server, sends calls, says what became of them."""

import atexit
import contextlib
import logging
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from data.base.paths import ROOT
from data.files.sandbox import wire
from data.files.sandbox.child import LENGTH, STOPPED_BY_CLOCK, VERDICT
from data.files.sandbox.limits import Limits
from geo import errors
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

LOG = logging.getLogger("proxisoins")
T = TypeVar("T")

AT_ONCE = 2
"""Children at work at the same time; the next ones wait their turn."""
MAX_RESULT_BYTES = 1_000_000_000
_START = "from data.files.sandbox.child import main; main()"
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
_PASSED = ("PROXISOINS_HOME", "PROXISOINS_REFERENCE_DATA")
"""Variables that a call takes along: they may change between two calls, in tests at least."""


@dataclass(frozen=True)
class Answer:
    """What became of a call.

    Attributes
    ----------
    kind
        `ok`, `refused`, `memory`, `time`, `crash` or `unforeseen`.
    value
        The result; or class and sentence of a refusal; or where an unforeseen error arose.
    cpu_s, wall_s, peak_bytes
        What the child used; NaN and 0 where the system does not tell.
    """

    kind: str
    value: Any = None
    cpu_s: float = float("nan")
    wall_s: float = float("nan")
    peak_bytes: int = 0


class _Server:
    """The forking server, started at the first call, and again when it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def send(self, message: bytes, channels: list[socket.socket]) -> None:
        """Send a request with its channels, starting the server when it is not there."""
        with self._lock:
            for attempt in (1, 2):
                control = self._started()
                try:
                    if channels:
                        socket.send_fds(control, [message], [one.fileno() for one in channels])
                    else:
                        control.sendall(message)
                except OSError:
                    self._forget()
                    if attempt == 2:
                        raise
                else:
                    return

    def _started(self) -> socket.socket:
        # A forked copy of us may use it too: each request brings its own channels.
        if self._control is not None:
            return self._control
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own module)
                [sys.executable, "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=_environment(),
                cwd=ROOT,
                start_new_session=True,
            )
        self._control, self._owner = ours, os.getpid()
        return ours

    def _forget(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._process = self._control = None

    def close(self) -> None:
        """End the server, if it is ours."""
        if self._owner == os.getpid():
            self._forget()


def _environment() -> dict[str, str]:
    """Return what the child needs; no secret and no address of a database goes there."""
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    return kept | {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        # The memory is then what the limits count, and given back.
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "MALLOC_ARENA_MAX": "1",
    }


def _here() -> str:
    """Return the working folder, from which relative paths of a call start; "" when it is gone."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


_SERVER = _Server()
atexit.register(_SERVER.close)
_TURNS = threading.BoundedSemaphore(AT_ONCE)


def warm(*functions: Callable[..., Any]) -> None:
    """Start the server and let it import these functions, so that the first file does not wait."""
    if hasattr(os, "fork"):
        try:
            for function in functions:
                _SERVER.send(pickle.dumps((wire.named(function), Limits())), [])
        except OSError as error:  # the first file will say it
            LOG.warning("the process that opens files does not start: %s", error.strerror)


def ask(function: Callable[..., Any], *arguments: object, limits: Limits | None = None) -> Answer:
    """Call a function of a module in a child process, and tell what became of it.

    Parameters
    ----------
    function
        Found by its name in its module: not a method nor a closure.
    arguments
        Anything that a pickle carries.
    limits
        Of the child; those of a small file when not given.

    Returns
    -------
    Answer
        The result when there is one: plain values, tables, data classes of `data`.

    Raises
    ------
    UnavailableError
        The child cannot start.
    """
    limits = limits or Limits()
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    call = wire.named(function), arguments, passed, _here()
    request = pickle.dumps(call, protocol=5)
    with _TURNS:
        if not hasattr(os, "fork"):
            return _ask_fresh_process(request, limits)
        try:
            return _ask_server(wire.named(function), request, limits)
        except OSError as error:
            raise UnavailableError(
                "Le processus qui ouvre les fichiers ne peut pas démarrer (mémoire ou droits du "
                "serveur) : réessayez, puis prévenez l’administrateur."
            ) from error


def _ask_server(name: str, request: bytes, limits: Limits) -> Answer:
    ours, theirs = socket.socketpair()
    heard, told = socket.socketpair()
    with ours, heard:
        with theirs, told:
            _SERVER.send(pickle.dumps((name, limits)), [theirs, told])
        ours.settimeout(limits.wall_s + 30)
        heard.settimeout(limits.wall_s + 30)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            ours.sendall(LENGTH.pack(len(request)))
            ours.sendall(request)
        content = _received(ours)
        verdict = _received(heard)
    if len(verdict) != VERDICT.size:
        return Answer("crash")
    ended, cpu, wall, peak = VERDICT.unpack(verdict)
    if ended == 0 and content is not None:
        return _outcome(content, cpu, wall, peak)
    return Answer(_kind(ended), None, cpu, wall, peak)


def _received(channel: socket.socket) -> bytes:
    """Return all that comes, up to a limit, until the other side closes."""
    pieces, count = [], 0
    with contextlib.suppress(ConnectionResetError, TimeoutError):
        while piece := channel.recv(1 << 20):
            count += len(piece)
            if count > MAX_RESULT_BYTES:
                return b""
            pieces.append(piece)
    return b"".join(pieces)


def _outcome(content: bytes, cpu: float, wall: float, peak: int) -> Answer:
    try:
        kind, value = wire.read(content)
    except Exception as error:  # noqa: BLE001  (whatever the child sent, it is not our result)
        LOG.warning("a sandboxed reading sent no result: %s", type(error).__name__)
        return Answer("crash", None, cpu, wall, peak)
    return Answer(str(kind), value, cpu, wall, peak)


def _kind(ended: int) -> str:
    if ended in {STOPPED_BY_CLOCK, signal.SIGXCPU, signal.SIGPROF}:
        return "time"
    # Libraries in C++ and Rust abort when they get no memory.
    return "memory" if ended in {signal.SIGABRT, signal.SIGKILL} else "crash"


def _ask_fresh_process(request: bytes, limits: Limits) -> Answer:
    """Where there is no fork: a process of its own, bounded by the clock only."""
    try:
        done = subprocess.run(  # noqa: S603  (our own module)
            [sys.executable, "-c", _START],
            input=request,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=ROOT,
            timeout=limits.wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Answer("time")
    if done.returncode != 0:
        return Answer("crash")
    return _outcome(done.stdout, float("nan"), float("nan"), 0)


def run(
    function: Callable[..., T], *arguments: object, name: str, limits: Limits | None = None
) -> T:
    """Call a function that reads a file in a child process, and return what it returns.

    Parameters
    ----------
    function, arguments, limits
        See `ask`.
    name
        What messages call the file.

    Raises
    ------
    ProxiSoinsError
        That of the function, or the one sentence that says which limit the file broke.
    """
    answer = ask(function, *arguments, limits=limits)
    if answer.kind == "ok":
        return answer.value
    raise failure(answer, name)


def failure(answer: Answer, name: str) -> ProxiSoinsError:
    """Return the error that says in French why a file was not read."""
    name = PurePosixPath(name.replace("\\", "/")).name[:80] or "fichier"
    match answer.kind:
        case "refused":
            kind, sentence = answer.value
            found = getattr(errors, str(kind), InvalidInputError)
            return found(str(sentence))
        case "time":
            why = "est trop long à lire"
        case "memory":
            why = "demande plus de mémoire que la limite"
        case "unforeseen":
            LOG.error("a reader failed on a file: %s", answer.value)
            why = "n’a pas pu être lu (erreur imprévue, notée au journal du serveur)"
        case _:
            why = "a interrompu sa lecture : il est abîmé, ou fait pour nuire"
    return InvalidInputError(
        f"« {name} » {why}. Il est refusé et rien n’est changé : gardez le seul tableau utile, "
        "enregistrez-le en CSV, puis réessayez."
    )
