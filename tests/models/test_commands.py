"""The commands of the model, which those of `data` register without importing them by name."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("first", ["models.cli", "data.cli"])
def test_commands_may_be_imported_in_any_order(first: str) -> None:
    code = (
        f"import {first}; from data.cli import app; "
        "print(*(group.name for group in app.registered_groups))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "risk" in done.stdout.split()
