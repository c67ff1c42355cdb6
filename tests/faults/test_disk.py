"""A disk that is full, read-only or altered: a French sentence, and data that stay whole."""

import errno
import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.base import table_cache
from data.official import imports, refresh
from data.official.dropped_files import import_dropped
from data.pdses import storing
from data.pdses.files import csv_template
from data.pdses.reader import read_lines
from data.region import catalogue, embedded_set, road_networks, table_store
from data.region.gazetteer import gazetteer
from data.scenarios import database, store
from data.scenarios.drafts import Draft
from data.upkeep import backup
from geo.errors import ProxiSoinsError, UnavailableError
from geo.roads.network import ARRAYS, RoadNetwork
from tests.faults.generated import GOLDEN
from tests.faults.harness import KILLED, content, in_child, in_french, refuse_from, unhindered

FINESS = GOLDEN / "finess_stock.csv"
DRAFT = Draft(name="Projet", region="75")


@pytest.fixture(autouse=True)
def region_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each child the reading of the contours."""
    for name in ("communes", "fringe"):
        monkeypatch.setattr(embedded_set, name, cache(getattr(embedded_set, name)))
        getattr(embedded_set, name)("75")
    gazetteer("75")


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds something of everything; change nothing."""
    folder = tmp_path_factory.mktemp("filled") / "home"

    def fill() -> None:
        imports.import_files([GOLDEN / "apl_plain.csv"])
        imports.import_files([GOLDEN / "gp_wide.csv"])
        store.save(DRAFT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(folder))
        assert in_child(fill, unhindered) is None  # no connection stays open here
    return folder


@pytest.fixture
def home(isolated_home: Path, filled_home: Path) -> Path:
    """A data folder of the test's own that holds something of everything."""
    shutil.copytree(filled_home, isolated_home, dirs_exist_ok=True)
    return isolated_home


def store_lines() -> None:
    file = csv_template()
    outcomes = storing.checked(read_lines(file, "lignes.csv"), "75")
    storing.store(outcomes, name="lignes.csv", content=file, region="75")


ACTIONS: dict[str, Callable[[], object]] = {
    "import": lambda: imports.import_files([FINESS]),
    "drop": lambda: import_dropped([("finess.csv", FINESS.read_bytes())], "75"),
    "undo": catalogue.undo,
    "lines": store_lines,
    "refresh": lambda: refresh.refresh(["insee_ages"], lambda *_: None),
    "save": lambda: bool(store.save(DRAFT)),
    "backup": lambda: backup.back_up(Path(os.environ["PROXISOINS_HOME"] + ".zip")),
}


def kept(home: Path) -> dict[str, bytes]:
    """Return what must not change when an action fails: drafts and locks do not count."""
    return {
        name: body
        for name, body in content(home).items()
        if name.startswith("tables/") and not name.endswith((".draft", "lock"))
    }


@pytest.mark.parametrize("action", ACTIONS)
def test_a_read_only_disk_is_said_and_changes_nothing(action: str, home: Path) -> None:
    before = kept(home)
    told = in_child(ACTIONS[action], refuse_from(1, errno.EROFS), largest_file=0)
    assert isinstance(told, ProxiSoinsError), told
    in_french(told)
    assert kept(home) == before


@pytest.mark.campaign
@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "refresh"])
def test_a_disk_that_fills_up_leaves_the_former_state(action: str, home: Path) -> None:
    key, refused = table_store.current_key(), 0
    for place in (2, 4, 8):
        told = in_child(ACTIONS[action], refuse_from(place, errno.ENOSPC))
        assert told != KILLED
        in_french(told)
        if not isinstance(told, Exception):
            break
        refused += 1
        assert table_store.current_key() == key
        table_store.version(key)
    assert refused or action in {"save", "backup"}  # SQLite and zip write outside Python
    assert store.scenarios()[0].draft == DRAFT


def test_whichever_write_is_refused_the_tables_are_the_former_ones(home: Path) -> None:
    key = table_store.current_key()
    provenance = {"gps": table_store.version(key).provenance["gps"]}
    table = pd.DataFrame({"code": ["33063"], "gps": [1.0]})
    for place in range(1, 50):
        told = in_child(
            lambda: table_store.commit({"gps": table}, provenance).key,
            refuse_from(place, errno.ENOSPC),
        )
        in_french(told)
        if not isinstance(told, Exception):
            break
        assert table_store.current_key() == key, place
        table_store.version(key)
    assert place > 6
    assert told == table_store.current_key() != key


@pytest.mark.campaign
@pytest.mark.parametrize("action", ["import", "save", "backup", "lines"])
@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_file_that_cannot_grow_leaves_the_former_state(
    action: str, size: int, home: Path
) -> None:
    key = table_store.current_key()
    told = in_child(ACTIONS[action], unhindered, largest_file=size)
    in_french(told)
    assert not isinstance(told, Exception) or table_store.current_key() == key
    assert not Path(f"{home}.zip").exists() or not isinstance(told, Exception)
    assert [one.draft for one in store.scenarios()][:1] == [DRAFT]


def test_a_disk_that_fills_up_under_an_open_database_is_said(home: Path) -> None:
    def save_until_full() -> None:
        store.scenarios()  # opens it while there is room
        largest = max(file.stat().st_size for file in home.glob(f"{database.FILE_NAME}*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
        for _ in range(100):
            store.save(replace(DRAFT, note="x" * 10_000))

    told = in_child(save_until_full, unhindered)
    assert isinstance(told, UnavailableError), told
    in_french(told)
    assert store.scenarios()[-1].draft == DRAFT


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda body: body[: len(body) // 2],
    "random": lambda body: np.random.default_rng(7).bytes(max(len(body), 64)),
    "bent": lambda body: body[: len(body) // 2] + b"\xff\x00" + body[len(body) // 2 + 2 :],
}

READINGS: dict[str, Callable[[], object]] = {
    "open": catalogue.load_territory,
    "status": catalogue.status,
    "state": catalogue.state_key,
    "tables": lambda: catalogue.imported_tables(["apl", "gps"]),
    "history": refresh.history,
    "roads": road_networks.current_network,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_file_is_altered_nothing_ends_in_a_traceback(damage: str, home: Path) -> None:
    (home / "refresh_history.jsonl").write_text('{"at": "2026-11-22"}\n')
    (home / "roads" / "a").mkdir(parents=True)
    (home / "roads" / "a" / "provenance.json").write_text('{"format": 1}')
    (home / "roads" / "current").write_text("a")
    files = [path for path in home.rglob("*") if path.is_file() and ".sqlite" not in path.suffix]
    assert len(files) >= 10
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(DAMAGES[damage](whole))
        for reading in READINGS.values():
            try:
                reading()
            except ProxiSoinsError as refusal:
                in_french(refusal)
        path.write_bytes(whole)


@pytest.mark.campaign
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_altered_road_network_is_not_used(
    damage: str, isolated_home: Path, network: RoadNetwork
) -> None:
    folder = road_networks.put_in_use(network)
    files = [path for path in folder.iterdir() if path.name != "checked.json"]
    assert len(files) == len(ARRAYS) + 2
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(DAMAGES[damage](whole))
        assert road_networks.current_network() is None, path.name
        path.write_bytes(whole)
    assert road_networks.current_network() is not None


@pytest.mark.campaign
@pytest.mark.parametrize("action", ["scenarios", "save", "backup"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_an_altered_database_is_said(damage: str, action: str, home: Path) -> None:
    def use() -> object:
        return ACTIONS[action]() if action in ACTIONS else len(store.scenarios())

    path = home / database.FILE_NAME
    for companion in home.glob(f"{database.FILE_NAME}-*"):
        companion.unlink()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    in_french(in_child(use, unhindered))


TABLE = pd.DataFrame({"code": [f"{n:05}" for n in range(3000)], "minutes": np.arange(3000) / 7})


def kept_table(build: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    return table_cache.cached_table("t", "key", build)


@pytest.mark.parametrize("damage", DAMAGES)
def test_altered_caches_are_made_again(damage: str, isolated_home: Path) -> None:
    kept_table(TABLE.copy)
    (path,) = (isolated_home / "cache").iterdir()
    kept_table(lambda: pytest.fail("the cache is whole"))
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert kept_table(TABLE.copy).equals(TABLE)
    assert kept_table(lambda: pytest.fail("kept again")).equals(TABLE)


def test_a_cache_with_one_bit_flipped_never_gives_another_table(isolated_home: Path) -> None:
    kept_table(TABLE.copy)
    (path,) = (isolated_home / "cache").iterdir()
    whole = path.read_bytes()
    for place in range(0, len(whole), len(whole) // 60):
        bent = bytearray(whole)
        bent[place] ^= 1
        path.write_bytes(bent)
        assert kept_table(TABLE.copy).equals(TABLE), place


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_cache_that_cannot_be_written_is_no_error(place: int, isolated_home: Path) -> None:
    told = in_child(lambda: len(kept_table(TABLE.copy)), refuse_from(place, errno.ENOSPC))
    assert told == len(TABLE)
