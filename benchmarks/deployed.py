"""What `deploy/compose.yaml` runs, on the loopback: PostgreSQL, processes, Caddy by its own file.

Each process has an address of its own, as a container has (127.x.y.n, port 8501), and the proxy
finds them under the name "app", in a file of hosts that it alone sees. What differs from the
compose file: Debian's PostgreSQL and Caddy, one disk, and no certificate or one of Caddy's own
authority (no name of the Internet leads to the loopback).
"""

import os
import pwd
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving import ROOT, STARTUP_S, free_port

PORT = 8501
_COOKIE_SECRET = "for-the-time-of-a-measure"  # noqa: S105
_CADDY = 'mount --bind "$1" /etc/hosts && exec caddy run --config "$2" --adapter caddyfile'
_OWN_AUTHORITY = """{
	skip_install_trust
	auto_https disable_redirects
	admin off
}
import deploy/Caddyfile
"""
"""Of a certificate on the loopback: Caddy signs it, and leaves the machine's store and ports be."""


def lacking() -> str:
    """Return what of Debian's packages is not on this machine; "" when nothing is."""
    missing = [] if _database_programs() else ["postgresql"]
    missing += [name for name in ("caddy",) if shutil.which(name) is None]
    probe = ["unshare", "--mount", "true"]
    if not missing and subprocess.run(probe, capture_output=True, check=False).returncode:
        return "leave to make a file of hosts of one's own (unshare --mount)"
    return ", ".join(missing)


def _database_programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@dataclass
class Database:
    """A PostgreSQL of our own, that can be restarted."""

    folder: Path
    user: str | None

    @property
    def url(self) -> str:
        """Return the setting of the application."""
        return f"postgresql://proxisoins@/postgres?host={self.folder}"

    def control(self, *words: str) -> None:
        """Run pg_ctl."""
        programs = _database_programs()
        assert programs is not None
        subprocess.run(
            [
                programs / "pg_ctl",
                "-D",
                self.folder / "data",
                "-w",
                "-l",
                self.folder / "log",
                *words,
            ],
            check=True,
            user=self.user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start it, durable as it comes."""
        self.control(
            "-o", f"-c listen_addresses='' -c unix_socket_directories={self.folder}", "start"
        )

    def stop(self) -> None:
        """Stop it at once, as a crash would: what was committed is in its log."""
        self.control("-m", "immediate", "stop")


@dataclass
class Deployed:
    """Processes behind the proxy, that can each be killed and started again."""

    home: Path
    database: Database
    count: int
    port: int = field(default_factory=free_port)
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    proxy: subprocess.Popen[bytes] | None = None
    secure: bool = False

    @property
    def address(self) -> str:
        """Return the address of the proxy."""
        return f"{'https' if self.secure else 'http'}://localhost:{self.port}"

    @property
    def authority(self) -> Path:
        """Return the file of the authority that signs the certificate of a secure proxy."""
        return self.home.parent / "caddy" / "pki" / "authorities" / "local" / "root.crt"

    def host(self, number: int) -> str:
        """Return the host of one process: no other measure on this machine has the same."""
        high, low = divmod(os.getpid() % 25_600, 256)
        return f"127.{100 + high}.{low}.{number}"

    def one(self, number: int) -> str:
        """Return the address of one process."""
        return f"http://{self.host(number)}:{PORT}"

    @property
    def servers(self) -> list[int]:
        """Return the numbers of the processes, as the system counts them."""
        return [process.pid for process in self.processes.values()]

    def start_process(self, number: int) -> None:
        """Start one process of the application, and wait until it answers."""
        options = ["--server.port", str(PORT), "--server.address", self.host(number)]
        options += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
        with (self.home.parent / f"app-{number}.log").open("ab") as log:
            self.processes[number] = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "server.py", *options],
                cwd=ROOT,
                env=os.environ
                | {
                    "PROXISOINS_HOME": str(self.home),
                    "PROXISOINS_DATABASE_URL": self.database.url,
                    "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost",
                    "STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost",
                    "STREAMLIT_SERVER_COOKIE_SECRET": _COOKIE_SECRET,
                },
                stdout=log,
                stderr=log,
            )
        _wait(f"{self.one(number)}/_stcore/health", self.processes[number])

    def kill_process(self, number: int) -> None:
        """Kill one process, as a machine that fails would."""
        self.processes[number].kill()
        self.processes[number].wait()

    def start_proxy(self) -> None:
        """Start Caddy on the Caddyfile of the repository."""
        hosts = self.home.parent / "hosts"
        lines = ["127.0.0.1 localhost", *(f"{self.host(n)} app" for n in self.processes)]
        hosts.write_text("\n".join(lines) + "\n", encoding="utf-8")
        config = ROOT / "deploy" / "Caddyfile"
        if self.secure:
            text = _OWN_AUTHORITY.replace("deploy/Caddyfile", str(config))
            config = self.home.parent / "Caddyfile"
            config.write_text(text, encoding="utf-8")
        with (self.home.parent / "caddy.log").open("ab") as log:
            self.proxy = subprocess.Popen(
                ["unshare", "--mount", "sh", "-c", _CADDY, "caddy", str(hosts), str(config)],
                cwd=ROOT,
                env=os.environ
                | {
                    "PROXISOINS_DOMAIN": self.address,
                    "PROXISOINS_COOKIE_SECRET": _COOKIE_SECRET,
                    "XDG_DATA_HOME": str(self.home.parent),
                    "XDG_CONFIG_HOME": str(self.home.parent),
                },
                stdout=log,
                stderr=log,
            )
        _wait(f"{self.address}/_stcore/health", self.proxy, self.authority)

    def stop_proxy(self) -> None:
        """Stop Caddy at once: open connections are cut."""
        assert self.proxy is not None
        self.proxy.kill()
        self.proxy.wait()


@contextmanager
def deployed(folder: Path, home: Path, count: int, *, secure: bool = False) -> Iterator[Deployed]:
    """Run a database, some processes over a data folder and the proxy; stop them all at the end.

    Parameters
    ----------
    folder
        Empty, where the database may be kept.
    home
        The data folder, alone in its parent: logs are written beside it.
    count
        Of processes.
    secure
        Whether the proxy holds a certificate, of Caddy's own authority.
    """
    programs = _database_programs()
    assert programs is not None, "PostgreSQL is not on this machine"
    user = pwd.getpwnam("postgres").pw_name if os.geteuid() == 0 else None
    if user:  # PostgreSQL refuses to run as root
        shutil.chown(folder, user)
    database = Database(folder, user)
    settings = ["--no-locale", "-E", "UTF8", "-U", "proxisoins", "-A", "trust"]
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", *settings],
        check=True,
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    database.start()
    running = Deployed(home, database, count, secure=secure)
    try:
        for number in range(1, count + 1):
            running.start_process(number)
        running.start_proxy()
        yield running
    finally:
        everything = [*running.processes.values()]
        everything += [running.proxy] if running.proxy is not None else []
        for process in everything:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in everything:
            process.wait(60)
        if (folder / "data" / "postmaster.pid").exists():
            database.stop()


def _wait(address: str, process: subprocess.Popen[bytes], authority: Path | None = None) -> None:
    """Return once an address answers 200, its certificate signed by an authority if it has one.

    Raises
    ------
    RuntimeError
        It does not in time, or the process ends.
    """
    deadline = time.monotonic() + STARTUP_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            trusted = ssl.create_default_context()
            if address.startswith("https") and authority is not None:
                trusted.load_verify_locations(authority)
            urllib.request.urlopen(address, timeout=20, context=trusted).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"{address} did not answer")
