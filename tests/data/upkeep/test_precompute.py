"""Many processes give what one gives, bit for bit."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.upkeep import precompute
from geo.errors import InvalidInputError, UnavailableError


def _kept(home: Path) -> dict[str, bytes]:
    files = [*(home / "cache").glob("pairs-*"), *(home / "cache").glob("communes-*")]
    return {path.name: path.read_bytes() for path in files}


def test_dask_gives_what_one_process_gives(prepared_home: Path, isolated_home: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `precompute` is not installed")
    (isolated_home / "cache").mkdir()
    for simulated in (prepared_home / "cache").glob("demonstration-*"):
        shutil.copy(simulated, isolated_home / "cache")
    result = CliRunner().invoke(app, ["precompute", "75", "--workers", "2"])
    assert result.exception is None, result.exception
    assert "Région 75 prête (" in result.output
    made, alone = _kept(isolated_home), _kept(prepared_home)
    assert len(made) == 2
    # Other tests may have kept more in the shared folder.
    assert {name: alone.get(name) for name in made} == made


def test_one_process_needs_no_dask(
    prepared_home: Path, isolated_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(prepared_home / "cache", isolated_home / "cache")
    monkeypatch.setattr(precompute, "_dask", lambda *_: pytest.fail("Dask was asked for"))
    result = CliRunner().invoke(app, ["precompute"])
    assert result.output == "Région 75 prête.\n"


def test_refusals_are_said_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="au moins 1"):
        precompute.precompute(["75"], print, workers=0)
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UnavailableError, match="precompute"):
        precompute.precompute(["75"], print, workers=2)
