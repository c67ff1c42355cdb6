"""Killed before any of its writes, an action leaves the old state or the new one."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from data.files import sandbox
from data.files.downloads import digest
from data.official import imports
from data.pdses import storing
from data.pdses.files import csv_template
from data.pdses.reader import read_lines
from data.region import catalogue, embedded_set, road_networks, table_store
from data.upkeep import backup
from geo.roads.network import RoadNetwork
from tests.data.files import sandboxed
from tests.faults.generated import GOLDEN
from tests.faults.harness import KILLED, content, each_kill, in_child, unhindered, written

FILES = [GOLDEN / "finess_stock.csv"]
"""Feeds a table, and the places of establishments beside the tables."""


@pytest.fixture(autouse=True)
def region_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each child the reading of the contours."""
    for name in ("communes", "fringe"):
        monkeypatch.setattr(embedded_set, name, cache(getattr(embedded_set, name)))
        getattr(embedded_set, name)("75")


def tables() -> dict[str, pd.DataFrame]:
    """Return all that is imported; every table is read, so that none may be missing."""
    state = table_store.version(table_store.current_key())
    found = {key: table_store.read(kept) for key, kept in state.tables.items()}
    return found | ({"sites": table_store.read(state.sites)} if state.sites else {})


def same(first: dict[str, pd.DataFrame], second: dict[str, pd.DataFrame]) -> bool:
    return first.keys() == second.keys() and all(first[key].equals(second[key]) for key in first)


def killed_everywhere(home: Path, action: Callable[[], object], least: int) -> None:
    """Kill an action at each write: the tables are those of before or of after."""
    before, here = tables(), content(home)
    assert in_child(action, unhindered) != KILLED
    after = tables()
    assert not same(before, after)

    def put_back() -> None:
        written(home, here)

    def check(place: int) -> None:
        now = tables()
        assert same(now, before) or same(now, after), f"write {place}"
        put_back()

    put_back()
    assert each_kill(action, check) >= least
    assert same(tables(), after)


@pytest.mark.campaign
def test_killed_during_an_import(isolated_home: Path) -> None:
    imports.import_files([GOLDEN / "apl_plain.csv"])
    killed_everywhere(isolated_home, lambda: bool(imports.import_files(FILES)), least=10)


@pytest.mark.campaign
def test_killed_while_going_back(isolated_home: Path) -> None:
    imports.import_files(FILES)
    killed_everywhere(isolated_home, catalogue.undo, least=2)


@pytest.mark.campaign
def test_killed_while_storing_on_call_lines(isolated_home: Path) -> None:
    file = csv_template()
    outcomes = storing.checked(read_lines(file, "lignes.csv"), "75")

    def store() -> int:
        return len(storing.store(outcomes, name="lignes.csv", content=file, region="75"))

    killed_everywhere(isolated_home, store, least=4)


@pytest.mark.campaign
def test_killed_while_a_network_is_put_in_use(isolated_home: Path, network: RoadNetwork) -> None:
    former = road_networks.put_in_use(network)

    def check(_place: int) -> None:
        used = road_networks.current_folder()
        assert used is not None
        road_networks.open_network(used)
        if used != former:  # put in use, but the former not removed yet
            assert road_networks.put_in_use(network).is_dir()

    assert each_kill(lambda: bool(road_networks.put_in_use(network)), check) >= 10


@pytest.mark.campaign
def test_killed_during_a_backup(
    isolated_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(path: Path, algorithm: str) -> str:
        """Let the process be killed between two files, which go into the archive unseen."""
        (isolated_home.parent / "between").write_text("")
        return digest(path, algorithm)

    monkeypatch.setattr(backup, "digest", seen)
    imports.import_files(FILES)
    saved, archive = tables(), isolated_home.parent / "sauvegarde.zip"
    here = content(isolated_home)

    def check(_place: int) -> None:
        assert content(isolated_home) == here
        if archive.exists():
            backup.restore(archive, tmp_path / "essai")
            shutil.rmtree(tmp_path / "essai")
            archive.unlink()

    assert each_kill(lambda: backup.back_up(archive), check) >= 8
    backup.restore(archive)
    assert same(tables(), saved)


@pytest.mark.campaign
def test_killed_during_a_restoration(
    isolated_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "ask", sandboxed.ask_here)  # its writes are watched too
    imports.import_files(FILES)
    archive, saved = tmp_path / "sauvegarde.zip", tables()
    backup.back_up(archive)
    catalogue.undo()
    imports.import_files([GOLDEN / "ages.csv"])
    changed, here = tables(), content(isolated_home)

    def check(place: int) -> None:
        now = tables()
        assert same(now, saved) or same(now, changed), f"write {place}"
        if same(now, saved):  # nothing is lost: the former content is beside
            assert here in [content(path) for path in isolated_home.parent.glob("home*/**/")]
        written(isolated_home, here)

    assert each_kill(lambda: bool(backup.restore(archive)), check) >= 10
    assert same(tables(), saved)
