"""The side of the sandbox that opens files: a server that forks, the limits, the work itself.

Started by `calls`; it ends when the process that started it does.
"""

import os
import pickle
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

from data.files.sandbox import wire
from data.files.sandbox.limits import Limits
from geo.errors import ProxiSoinsError

LENGTH = struct.Struct("!Q")
VERDICT = struct.Struct("!iddq")
"""Signal that ended the child (0 for none, −1 for the clock), seconds, wall seconds, peak bytes."""
STOPPED_BY_CLOCK = -1
_PAGE_BYTES = 4_096
_SLACK_BYTES = 1_000_000_000
"""Address space that allocators reserve and never use."""
_NICE = 10
"""Those who look at a map come first."""
_MAX_OPEN_FILES = 256

Outcome = tuple[str, Any]
"""What a child sends: "ok" and the result, or "refused", class and sentence, or another kind."""


def work(request: bytes) -> bytes:
    """Carry out a call (`name, arguments, environment, folder`), return its outcome as bytes."""
    outcome: Outcome
    try:
        name, arguments, environment, folder = pickle.loads(request)  # noqa: S301  (our own)
        os.environ.update(environment)
        function = wire.found(name)
        if folder:  # relative paths are those of who asks
            os.chdir(folder)
        outcome = "ok", function(*arguments)
        return wire.written(outcome)
    except ProxiSoinsError as error:
        outcome = "refused", (type(error).__name__, str(error))
    except MemoryError:
        outcome = "memory", None
    except Exception as error:  # noqa: BLE001  (whatever it is, the caller says it in a sentence)
        # Where, never what: the message of an error may quote the file.
        trace, place = error.__traceback__, ""
        while trace is not None:
            place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119
            trace = trace.tb_next
        outcome = "unforeseen", f"{type(error).__name__} at {place}"
    return wire.written(outcome)


def confine(limits: Limits) -> None:
    """Lower the limits of this process, for good."""
    import resource

    def lower(kind: int, soft: int) -> None:
        with suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (soft, soft))

    with suppress(OSError):
        os.nice(_NICE)
    total, data = _held_bytes()
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_DATA, data + limits.memory_bytes)
    lower(resource.RLIMIT_AS, total + limits.memory_bytes + _SLACK_BYTES)
    lower(resource.RLIMIT_FSIZE, limits.written_bytes)
    lower(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    seconds = int(limits.cpu_s) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    # To the tenth of a second, where the limit above counts whole ones.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_s)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _held_bytes() -> tuple[int, int]:
    """Return the address space and the private writable memory of this process."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123
            fields = stream.read().split()
    except OSError:
        return 1 << 40, 1 << 40
    return int(fields[0]) * _PAGE_BYTES, int(fields[5]) * _PAGE_BYTES


def _send_all(channel: socket.socket, content: bytes) -> None:
    with suppress(OSError):  # who asked has gone
        channel.sendall(content)


def _receive(channel: socket.socket) -> bytes:
    """Return what was announced by its length; less when the other side has gone."""
    pieces: list[bytes] = []
    left = LENGTH.size
    size = None
    while left:
        piece = channel.recv(min(left, 1 << 20))
        if not piece:
            raise EOFError
        pieces.append(piece)
        left -= len(piece)
        if not left and size is None:
            (size,) = LENGTH.unpack(b"".join(pieces))
            pieces, left = [], size
    return b"".join(pieces)


def _supervise(channel: socket.socket, verdicts: socket.socket, limits: Limits) -> None:
    """Fork the child that works, wait for it, stop it by the clock, and say how it ended."""
    import time

    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        verdicts.close()
        confine(limits)
        request = _receive(channel)
        _send_all(channel, work(request))
        os._exit(0)
    channel.close()
    late = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal late
        late = True
        os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_s)
    _, status, usage = os.wait4(pid, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    ended = STOPPED_BY_CLOCK if late else os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    cpu = usage.ru_utime + usage.ru_stime
    wall = time.monotonic() - start
    _send_all(verdicts, VERDICT.pack(ended, cpu, wall, usage.ru_maxrss * 1024))


def serve(control: socket.socket) -> None:
    """Fork for each request that comes with its two channels, until the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for who started us
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombie of the supervisors
    null = os.open(os.devnull, os.O_RDWR)
    while True:
        message, fds, _, _ = socket.recv_fds(control, 65_536, 2)
        if not message:
            return
        name, limits = pickle.loads(message)  # noqa: S301  (from our own process)
        with suppress(ImportError, AttributeError):
            wire.found(name)  # imported here, once: the next children find it there
        if len(fds) != 2:  # only to warm up
            continue
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            for stream in (1, 2):  # libraries print what they read when they fail
                os.dup2(null, stream)
            _supervise(socket.socket(fileno=fds[0]), socket.socket(fileno=fds[1]), limits)
            os._exit(0)
        for fd in fds:
            os.close(fd)


def serve_once() -> None:
    """Where there is no fork: read one request on the standard input, answer, and end."""
    request = sys.stdin.buffer.read()
    answer = sys.stdout.buffer
    sys.stdout = sys.stderr
    answer.write(work(request))
    answer.flush()


def main() -> None:
    """Serve on the socket whose number is the first argument; without one, answer once."""
    if len(sys.argv) > 1:
        serve(socket.socket(fileno=int(sys.argv[1])))
    else:
        serve_once()
