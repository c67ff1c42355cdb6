"""Back-up and restoration: round trip, live databases, hostile or damaged archives."""

import contextlib
import errno
import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from data.cli import app
from data.files import sandbox
from data.upkeep import backup
from data.upkeep.backup import back_up, restore
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError
from tests.data.files import sandboxed
from tests.data.uploads.bent_archives import BENT


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / "tables").mkdir(parents=True)
    (folder / "tables" / "gp_counts.parquet").write_bytes(b"PAR1 rows")
    (folder / "note d’été.txt").write_text("Périgueux")
    return folder


@pytest.fixture
def archive(home: Path, tmp_path: Path) -> Path:
    target = tmp_path / "sauvegarde.zip"
    back_up(target, home)
    return target


def forged(path: Path, members: dict[str, bytes], **manifest: object) -> Path:
    digests = {name: hashlib.sha256(body).hexdigest() for name, body in members.items()}
    with zipfile.ZipFile(path, "w") as target:
        for name, body in members.items():
            target.writestr(zipfile.ZipInfo(name), body)
        target.writestr("manifest.json", json.dumps({"format": 1, "files": digests} | manifest))
    return path


def test_restored_folder_is_the_one_saved(home: Path, archive: Path) -> None:
    saved = content(home)
    (home / "tables" / "gp_counts.parquet").write_bytes(b"other")
    (home / "later.txt").write_text("later")
    changed = content(home)
    former = restore(archive, home)
    assert content(home) == saved
    assert former is not None
    assert content(former) == changed


def test_restoring_into_nothing_leaves_nothing_behind(archive: Path, tmp_path: Path) -> None:
    target = tmp_path / "new machine" / "home"
    target.mkdir(parents=True)
    assert restore(archive, target) is None
    assert [p.name for p in target.parent.iterdir()] == ["home"]


def test_database_is_saved_whole_while_it_is_written(home: Path, tmp_path: Path) -> None:
    database = home / "scenarios.sqlite"
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE scenario (name TEXT)")
        writer.execute("INSERT INTO scenario VALUES ('retenu')")
        writer.commit()
        writer.execute("INSERT INTO scenario VALUES ('en cours')")
        back_up(tmp_path / "live.zip", home)
    target = tmp_path / "restored"
    restore(tmp_path / "live.zip", target)
    assert not list(target.glob("*-wal"))
    with closing(sqlite3.connect(target / "scenarios.sqlite")) as reader:
        assert reader.execute("SELECT name FROM scenario").fetchall() == [("retenu",)]


def test_caches_and_downloads_are_left_out(home: Path, tmp_path: Path) -> None:
    for name in ("cache", "downloads"):
        (home / name).mkdir()
        (home / name / "big.bin").write_bytes(b"0" * 100)
    assert back_up(tmp_path / "light.zip", home) == 2


def test_an_archive_is_never_overwritten(home: Path, archive: Path) -> None:
    with pytest.raises(InvalidInputError, match="existe déjà"):
        back_up(archive, home)


def test_an_archive_never_holds_itself(home: Path) -> None:
    with pytest.raises(InvalidInputError, match="ne peut pas être écrite dans"):
        back_up(home / "self.zip", home)


def test_full_disk_leaves_no_archive(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "write", refuse)
    with pytest.raises(UnavailableError, match="le disque est plein"):
        back_up(tmp_path / "full.zip", home)
    assert [p.name for p in tmp_path.iterdir()] == ["home"]


def test_full_disk_while_restoring_changes_nothing(
    home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(home)

    def refuse(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sandbox, "ask", sandboxed.ask_here)
    monkeypatch.setattr(backup.shutil, "copyfileobj", refuse)
    with pytest.raises(UnavailableError, match="Les données sont inchangées"):
        restore(archive, home)
    assert content(home) == before
    assert sorted(p.name for p in home.parent.iterdir()) == ["home", "sauvegarde.zip"]


@pytest.mark.parametrize(
    "name",
    ["../escape.txt", "/absolute.txt", "a/../../b", "C:\\windows.txt", "a\\..\\b", "trailing. /x"],
)
def test_names_that_leave_the_folder_are_refused(home: Path, tmp_path: Path, name: str) -> None:
    hostile = forged(tmp_path / "hostile.zip", {name: b"x"})
    before = content(tmp_path)
    with pytest.raises(InvalidInputError, match="interdit"):
        restore(hostile, home)
    assert content(tmp_path) == before


def test_a_file_changed_since_the_backup_is_refused(home: Path, tmp_path: Path) -> None:
    altered = forged(tmp_path / "altered.zip", {"a": b"x"}, files={"a": "0" * 64})
    with pytest.raises(InvalidInputError, match="abîmé"):
        restore(altered, home)


def test_an_extra_file_is_refused(home: Path, tmp_path: Path) -> None:
    extra = forged(tmp_path / "extra.zip", {"a": b"x", "b": b"y"}, files={"a": "0" * 64})
    with pytest.raises(InvalidInputError, match="manifeste"):
        restore(extra, home)


def test_a_bomb_is_refused_before_it_is_unpacked(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "ask", sandboxed.ask_here)
    monkeypatch.setattr(backup, "LARGEST_RESTORED_BYTES", 1000)
    monkeypatch.setattr(backup, "_unpack_file", lambda *_: pytest.fail("unpacked"))
    bomb = forged(tmp_path / "bomb.zip", {"a": b"0" * 600, "b": b"0" * 600})
    with pytest.raises(InvalidInputError, match="20 Go"):
        restore(bomb, home)


@pytest.mark.parametrize(
    ("kind", "words"), [("memory", "limites"), ("time", "limites"), ("crash", "interrompue")]
)
def test_an_archive_is_opened_apart_and_what_stops_it_is_said(
    kind: str, words: str, home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(home)
    monkeypatch.setattr(backup, "_unpack", lambda *_: pytest.fail("unpacked in this process"))
    assert restore(archive, home) is not None
    assert content(home) == before
    monkeypatch.setattr(sandbox, "ask", lambda *_, **__: sandbox.Answer(kind))
    with pytest.raises(InvalidInputError, match=words):
        restore(archive, home)
    assert content(home) == before


def test_a_later_format_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="n’est pas une sauvegarde"):
        restore(forged(tmp_path / "later.zip", {"a": b"x"}, format=2), home)


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_a_bent_archive_is_refused(
    home: Path, archive: Path, bend: Callable[[bytes], bytes]
) -> None:
    saved = content(home)
    archive.write_bytes(bend(archive.read_bytes()))
    with pytest.raises(InvalidInputError, match="abîmé"):
        restore(archive, home)
    assert content(home) == saved


@pytest.mark.parametrize("manifest", [None, b"{", b"[]", b"\xff", b'{"format": 1, "files": 3}'])
def test_an_archive_that_is_not_ours_is_refused(
    home: Path, tmp_path: Path, manifest: bytes | None
) -> None:
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as target:
        target.writestr("a", b"x")
        if manifest is not None:
            target.writestr("manifest.json", manifest)
    with pytest.raises(InvalidInputError, match="n’est pas une sauvegarde"):
        restore(foreign, home)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_archive_is_refused_or_harmless(
    home: Path, archive: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = archive.read_bytes()
    start = data.draw(st.integers(0, len(whole) - 1))
    junk = data.draw(st.binary(max_size=30))
    altered = whole[:start] + junk + whole[start + len(junk) :]
    kept = data.draw(st.integers(0, len(altered)) | st.just(len(altered)))
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(altered[:kept])
    saved = content(home)
    with contextlib.suppress(ProxiSoinsError):
        restore(damaged, home)
    # Either nothing was done, or the very files of the back-up came back.
    assert content(home) == saved


def test_a_table_swapped_during_the_backup_is_saved_with_what_it_names(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer, wrote = home / "tables" / "current", backup._write_archive
    pointer.write_text("old")

    def swap_meanwhile(target: Path, folder: Path) -> int:
        files = wrote(target, folder)
        if pointer.read_text() == "old":
            (home / "tables" / "new.parquet").write_bytes(b"rows")
            pointer.write_text("new")
        return files

    monkeypatch.setattr(backup, "_write_archive", swap_meanwhile)
    back_up(tmp_path / "steady.zip", home)
    restore(tmp_path / "steady.zip", tmp_path / "again")
    assert content(tmp_path / "again") == content(home)


def test_data_that_never_rest_are_not_saved_by_halves(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter(range(100))
    monkeypatch.setattr(backup, "_pointers", lambda _: {home: bytes(next(moments))})
    with pytest.raises(UnavailableError, match="changent sans cesse"):
        back_up(tmp_path / "never.zip", home)
    assert not list(tmp_path.glob("never*"))


def test_restoring_works_where_folders_cannot_be_exchanged(
    home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = content(home)
    (home / "later.txt").write_text("later")
    monkeypatch.setattr(backup, "_IS_LINUX", False)
    former = restore(archive, home)
    assert content(home) == saved
    assert former is not None
    assert (former / "later.txt").is_file()


def test_commands_speak_french(archive: Path, isolated_home: Path, tmp_path: Path) -> None:
    runner = CliRunner()
    (isolated_home / "old.txt").write_text("old")
    refused = runner.invoke(app, ["restore", str(archive)], input="n\n")
    assert refused.exit_code == 1
    assert content(isolated_home) == {"old.txt": b"old"}
    restored = runner.invoke(app, ["restore", "--yes", str(archive)])
    assert "Données restaurées" in restored.output
    assert "Les données précédentes sont gardées" in restored.output
    saved = runner.invoke(app, ["backup", str(tmp_path / "again.zip")])
    assert "2 fichiers" in saved.output
