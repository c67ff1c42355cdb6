"""Pages are run on one data folder per worker, whose indicators are there already."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def pages_home(prepared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder to all tests of pages of this worker; what one imports, it undoes."""
    folder = tmp_path_factory.mktemp("pages-home")
    shutil.copytree(prepared_home / "cache", folder / "cache")
    return folder


@pytest.fixture(autouse=True)
def isolated_home(pages_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the application to the folder of this worker."""
    monkeypatch.setenv("PROXISOINS_HOME", str(pages_home))
    return pages_home
