"""Pages are run on one data folder for the whole session: its indicators are computed once."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give one folder to all tests of pages; those that change data ask for `fresh_home`."""
    return tmp_path_factory.mktemp("pages-home")


@pytest.fixture(autouse=True)
def isolated_home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the application to the folder that tests of pages share."""
    monkeypatch.setenv("PROXISOINS_HOME", str(shared_home))
    return shared_home
