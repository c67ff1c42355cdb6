"""Pages are run on the data folder of the session: its indicators are computed once."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def isolated_home(prepared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the application to the prepared folder; tests of pages change nothing in it."""
    monkeypatch.setenv("PROXISOINS_HOME", str(prepared_home))
    return prepared_home
