"""A server of ours for the time of a measure."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTUP_S = 300.0


@dataclass(frozen=True)
class Served:
    """Where a script is served, and the number of the process that does it."""

    port: int
    process: int

    @property
    def address(self) -> str:
        """Return the address of its first page."""
        return f"http://127.0.0.1:{self.port}"


def printed(code: str, home: Path) -> str:
    """Run Python code of ours over a data folder, in a process of its own; return what it prints.

    Raises
    ------
    subprocess.CalledProcessError
        If the code fails.
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PROXISOINS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(home: Path, script: Path = ROOT / "server.py") -> Iterator[Served]:
    """Serve a script with Streamlit, on a free port of this machine, over a data folder.

    Raises
    ------
    RuntimeError
        If the server does not answer in time.
    """
    port = free_port()
    options = ["--server.port", str(port), "--server.address", "127.0.0.1"]
    options += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", script.name, *options],
        cwd=script.parent,
        env=os.environ | {"PROXISOINS_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    served = Served(port, process.pid)
    try:
        _wait_until_healthy(served, process)
        yield served
    finally:
        process.terminate()
        process.wait(60)


def _wait_until_healthy(served: Served, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"{served.address}/_stcore/health", timeout=2).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server did not start")
