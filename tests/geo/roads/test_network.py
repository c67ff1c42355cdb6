"""The stored network: whatever byte is altered, it is refused, and a whole one loads at once."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from geo.errors import InvalidInputError
from geo.roads import network as stored
from geo.roads.build import assemble
from geo.roads.links import Links
from geo.roads.network import ARRAYS, RoadNetwork, load, save, verify

FILES = [*(f"{name}.npy" for name in ARRAYS), "provenance.json"]


@pytest.fixture(params=["loaded", "copied"])
def folder(request: pytest.FixtureRequest, whole: Path) -> Path:
    """A network that was read here before, or that was just brought here."""
    if request.param == "loaded":
        load(whole)
    return whole


@pytest.fixture
def whole(tmp_path: Path, make_random: Callable[..., Links]) -> Path:
    path = tmp_path / "net"
    save(assemble(make_random(3), {"source": "engendré", "date": None}), path)
    for file in path.iterdir():
        os.utime(file, (1e9, 1e9))  # long ago: what is written now has another date
    (path / "checked.json").unlink()
    return path


def flip(file: Path, place: float = 0.5) -> None:
    body = bytearray(file.read_bytes())
    body[min(int(len(body) * place), len(body) - 1)] ^= 0x40
    file.write_bytes(body)


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_byte_of_any_file_is_refused(name: str, folder: Path) -> None:
    body = (folder / name).read_bytes()
    for place in (0.0, 0.5, 1.0):
        flip(folder / name, place)
        with pytest.raises(InvalidInputError, match=r"Reconstruisez-le par « proxisoins roads"):
            load(folder)
        (folder / name).write_bytes(body)
    load(folder)


def test_the_refusal_names_the_altered_files(folder: Path) -> None:
    for name in ("arcs_peak", "ptr"):
        flip(folder / f"{name}.npy")
    with pytest.raises(InvalidInputError, match=r"a été altéré \(ptr\.npy, arcs_peak\.npy\)"):
        load(folder)


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe\x00", b"0  ptr.npy\n", None])
def test_digests_that_are_altered_or_gone_are_refused(damage: bytes | None, folder: Path) -> None:
    path = folder / "SHA256SUMS"
    path.unlink() if damage is None else path.write_bytes(damage)
    with pytest.raises(InvalidInputError, match="Reconstruisez-le"):
        load(folder)


def test_an_alteration_with_its_date_put_back_is_refused(whole: Path) -> None:
    load(whole)
    file = whole / "arc_link.npy"
    changed = file.stat().st_ctime_ns
    flip(file)
    while file.stat().st_ctime_ns == changed:  # the clock of files has coarse ticks
        os.utime(file, (1e9, 1e9))
    os.utime(file, (1e9, 1e9))
    with pytest.raises(InvalidInputError, match=r"arc_link\.npy"):
        load(whole)


def test_what_no_date_tells_is_found_by_verify(whole: Path, monkeypatch) -> None:
    """A disk that loses bytes on its own."""
    load(whole)
    former = stored._stamps(whole)
    flip(whole / "cell_link.npy")
    monkeypatch.setattr(stored, "_stamps", lambda _: former)
    load(whole)
    with pytest.raises(InvalidInputError, match=r"cell_link\.npy"):
        verify(whole)
    with pytest.raises(InvalidInputError, match=r"cell_link\.npy"):
        load(whole)


def test_digests_are_read_again_only_after_a_change(folder: Path, monkeypatch) -> None:
    load(folder)
    with monkeypatch.context() as patch:
        patch.setattr(stored, "_digests", lambda _: pytest.fail("read again"))
        load(folder)
    flip(folder / "ptr.npy")
    with pytest.raises(InvalidInputError):
        load(folder)
    monkeypatch.setattr(stored, "_digests", lambda _: pytest.fail("read again"))
    with pytest.raises(InvalidInputError, match=r"ptr\.npy"):
        load(folder)


def test_a_folder_where_nothing_can_be_noted_is_read(whole: Path) -> None:
    (whole / "checked.json").mkdir()
    assert load(whole).node_count > 0
    flip(whole / "ptr.npy")
    with pytest.raises(InvalidInputError, match=r"ptr\.npy"):
        load(whole)


def test_a_copy_loads_and_holds_the_same(folder: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    one, other = load(folder), load(copy)
    assert all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS)
    assert one.provenance == other.provenance


def test_digests_are_those_of_the_files(whole: Path) -> None:
    lines = (whole / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = dict(reversed(line.split("  ")) for line in lines)
    assert told == {n: hashlib.sha256((whole / n).read_bytes()).hexdigest() for n in FILES}
    assert verify(whole) == len(FILES)


def test_an_older_folder_is_said_to_be_of_another_version(whole: Path) -> None:
    (whole / "provenance.json").write_text('{"format": 1}', encoding="utf-8")
    (whole / "SHA256SUMS").unlink()
    with pytest.raises(InvalidInputError, match="d’une autre version"):
        load(whole)


@pytest.mark.parametrize("text", ["[]", "3", "{}", '"x"', "null", "{", ""])
def test_a_provenance_of_another_form_is_refused(text: str, folder: Path) -> None:
    (folder / "provenance.json").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="Reconstruisez-le"):
        load(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"stamps": 1}', '{"altered": [1]}'])
def test_a_note_that_is_altered_counts_for_nothing(text: str, whole: Path) -> None:
    (whole / "checked.json").write_text(text, encoding="utf-8")
    assert isinstance(load(whole), RoadNetwork)
    (whole / "checked.json").write_text(text, encoding="utf-8")
    flip(whole / "ptr.npy")
    with pytest.raises(InvalidInputError, match=r"ptr\.npy"):
        load(whole)
