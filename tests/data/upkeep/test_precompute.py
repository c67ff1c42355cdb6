"""Many processes give what one gives, bit for bit."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.upkeep import precompute
from geo.errors import InvalidInputError, UnavailableError


def _kept(home: Path) -> dict[str, bytes]:
    files = [*(home / "cache").glob("pairs-*"), *(home / "cache").glob("communes-*")]
    return {path.name: path.read_bytes() for path in files}


@pytest.mark.campaign
def test_dask_gives_what_one_process_gives(prepared_home: Path, warm_home: Path) -> None:
    pytest.importorskip("distributed", reason="the extra `precompute` is not installed")
    # What is compared is made again; contours and roads, the same function makes alone.
    for name in _kept(warm_home):
        (warm_home / "cache" / name).unlink()
    result = CliRunner().invoke(app, ["precompute", "75", "--workers", "2"])
    assert result.exception is None, result.exception
    assert "Région 75 prête (" in result.output
    made, alone = _kept(warm_home), _kept(prepared_home)
    assert len(made) == 2
    # Other tests may have kept more in the shared folder.
    assert {name: alone.get(name) for name in made} == made


@pytest.mark.usefixtures("warm_home")
def test_one_process_needs_no_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precompute, "_dask", lambda *_: pytest.fail("Dask was asked for"))
    result = CliRunner().invoke(app, ["precompute"])
    assert result.output == "Région 75 prête.\n"


def test_refusals_are_said_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match="au moins 1"):
        precompute.precompute(["75"], print, workers=0)
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(UnavailableError, match="precompute"):
        precompute.precompute(["75"], print, workers=2)
