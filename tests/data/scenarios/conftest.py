"""Both databases that scenarios may be kept in."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from data.scenarios import database


def postgres_programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgres():
    """Start a server of our own on a Unix socket, from Debian's package."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here (Debian package postgresql)")
    user = None
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            pytest.skip("root without a postgres user: PostgreSQL refuses to start")
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if user:
        shutil.chown(folder, user)
    control = [programs / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    # Of no locale: one that the machine only names, and does not have, stops it.
    settings = ["--no-locale", "-E", "UTF8", "-U", "test", "-A", "trust"]
    try:
        subprocess.run(
            [programs / "initdb", "-D", folder / "data", *settings],
            check=True,
            user=user,
            cwd=folder,
            capture_output=True,
        )
        subprocess.run(
            [*control, "-o", options, "start"],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        yield f"postgresql://test@/postgres?host={folder}"
        subprocess.run(
            [*control, "-m", "immediate", "stop"],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request, monkeypatch):
    """Run the test on both databases, each time with empty tables."""
    if request.param == "sqlite":
        monkeypatch.delenv(database.SETTING, raising=False)
        yield request.param
    else:
        monkeypatch.setenv(database.SETTING, request.getfixturevalue("postgres"))
        with database.session() as opened:
            for table in reversed(database.Base.metadata.sorted_tables):
                opened.execute(table.delete())
        yield request.param
    database.forget()
