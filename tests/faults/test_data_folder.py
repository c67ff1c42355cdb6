"""The data folder as others leave it: lost pointers, other owners, odd paths, two at once."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from data.base import ownership, running
from data.base.paths import ROOT, home
from data.cli import app
from data.region import catalogue, schemas, table_store
from data.region.territory import Provenance
from data.upkeep import backup
from geo.errors import ProxiSoinsError, UnavailableError


def imported(count: float = 1.0) -> str:
    table = pd.DataFrame({"code": ["75056", "19275"], "gps": count})
    told = Provenance(
        table="gps",
        title=schemas.TITLES["gps"],
        source="INSEE, BPE",
        vintage="2018",
        licence="Licence Ouverte",
        simulated=False,
        rows=2,
        matched=2,
    )
    return table_store.commit({"gps": table}, {"gps": told}).key


def test_a_lost_pointer_is_said_and_never_taken_for_an_empty_folder(isolated_home: Path) -> None:
    key = imported()
    pointer = isolated_home / "tables" / "current"
    pointer.unlink()
    for act in (table_store.current_key, catalogue.load_territory, table_store.undo, imported):
        with pytest.raises(UnavailableError, match=f"« current » manque.*{key}"):
            act()
    pointer.write_text(key, encoding="ascii")
    assert table_store.current_key() == key


def test_no_message_proposes_to_erase(isolated_home: Path) -> None:
    imported()
    (isolated_home / "tables" / "current").write_bytes(b"\xff")
    with pytest.raises(UnavailableError, match="restaurez une sauvegarde") as told:
        table_store.current_key()
    assert "effacez" not in str(told.value)


def test_drafts_of_killed_imports_are_removed(isolated_home: Path) -> None:
    imported()
    drafts = [isolated_home / "tables" / part / "x.draft" for part in (".", "objects", "versions")]
    for draft in drafts:
        draft.write_bytes(b"half")
    imported(2.0)
    assert not any(draft.exists() for draft in drafts)


def test_files_have_the_mode_of_the_folder(isolated_home: Path) -> None:
    isolated_home.chmod(0o750)
    imported()
    files = [one for one in (isolated_home / "tables").rglob("*") if one.suffix != ""]
    assert files
    assert {one.stat().st_mode & 0o777 for one in files if one.is_file()} == {0o640}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_imports_belongs_to_the_owner_of_the_folder(isolated_home: Path) -> None:
    os.chown(isolated_home, 12_345, 12_345)
    imported()
    (isolated_home / "scenarios.sqlite").touch()
    ownership.settle()
    assert {one.stat().st_uid for one in isolated_home.rglob("*")} == {12_345}


@pytest.mark.parametrize(
    "taken", ["", "tables", "tables/lock", "tables/current", "tables/versions"]
)
def test_a_file_or_a_folder_in_the_place_of_another_ends_in_a_sentence(
    taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "dossier"
    monkeypatch.setenv("PROXISOINS_HOME", str(folder))
    place = folder / taken if taken else folder
    place.parent.mkdir(parents=True, exist_ok=True)
    if taken in {"tables/lock", "tables/current"}:
        place.mkdir()
    else:
        place.write_text("un fichier", encoding="utf-8")
    outcome = CliRunner().invoke(app, ["undo"])
    assert outcome.exception is None or isinstance(
        outcome.exception, (ProxiSoinsError, SystemExit)
    ), outcome.exception
    with pytest.raises(ProxiSoinsError):
        imported()


def test_an_application_that_runs_refuses_a_restoration(
    isolated_home: Path, tmp_path: Path
) -> None:
    imported()
    archive = tmp_path / "sauvegarde.zip"
    backup.back_up(archive)
    code = (
        "import sys; from data.base import running\n"
        "with running.serving():\n    print('prête', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "prête\n"
    before = table_store.current_key()
    with pytest.raises(UnavailableError, match="arrêtez-la"):
        backup.restore(archive)
    assert table_store.current_key() == before
    other.kill()
    other.communicate()
    assert backup.restore(archive) is not None
    assert table_store.current_key() == before
    assert not list((home() / running.FOLDER).glob("*")) or not running.is_served(home())


def test_an_emptied_folder_is_not_the_one_served(isolated_home: Path) -> None:
    with running.serving():
        assert running.folder_is_there()
        for path in (isolated_home / running.FOLDER).iterdir():
            path.unlink()
        assert not running.folder_is_there()
    assert running.folder_is_there()


def test_a_container_that_stops_takes_nothing_from_another(
    isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several that share the folder, each process has the number 1."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    with running.serving():
        with running.serving():
            assert len(list((isolated_home / running.FOLDER).iterdir())) == 2
        assert running.folder_is_there()
        assert running.is_served(isolated_home)
    assert not running.is_served(isolated_home)
