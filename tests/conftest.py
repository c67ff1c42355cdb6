"""Fixtures shared by all tests: an isolated home, the reference data where it is."""

from pathlib import Path

import pytest

from data import paths


@pytest.fixture(autouse=True)
def isolated_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give every test an empty data folder of its own."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PROXISOINS_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the folder of real reference data, or skip saying that it is absent."""
    folder = paths.reference_data()
    if not folder.is_dir():
        pytest.skip("reference data absent (set PROXISOINS_REFERENCE_DATA)")
    return folder
