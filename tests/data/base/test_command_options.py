"""Options that commands share."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.base.command_options import together
from data.cli import app
from geo.errors import InvalidInputError

FILE = Path("table.csv")


def test_tables_come_together_or_not_at_all() -> None:
    assert together(places=FILE, supply=FILE, times=FILE)
    assert not together(places=None, supply=None, times=None)
    with pytest.raises(InvalidInputError, match="les 3 fichiers --places, --supply et --times"):
        together(places=FILE, supply=None, times=FILE)


@pytest.mark.parametrize(
    "command",
    [
        ["room", "--places", "a.csv"],
        ["access", "--demand", "a.csv"],
        ["solidarity", "plan", "--needs", "a.csv"],
    ],
    ids=lambda command: command[0],
)
def test_each_command_says_which_tables_are_missing(command: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out.csv")])
    assert isinstance(done.exception, InvalidInputError)
    assert "Donnez ensemble les 3 fichiers" in str(done.exception)
    assert not (tmp_path / "out.csv").exists()
