"""Fixtures shared by all tests: data folders of their own, the reference data where it is."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from typer.testing import CliRunner

from data.base import paths
from data.cli import app
from data.upkeep.prepare import prepare

SESSION = "PROXISOINS_TEST_SESSION"

# No test may fail because the machine is busy: an example takes the time that it takes. Examples
# share the folders and networks of their test, none of which they leave changed.
settings.register_profile(
    "untimed",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the whole session, workers included, out of the user's data folder."""
    if not os.environ.get(SESSION):
        folder = tempfile.mkdtemp(prefix="proxisoins-tests-")
        os.environ[SESSION] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    Path(os.environ[SESSION]).mkdir(parents=True, exist_ok=True)  # one that is named may be new
    os.environ["PROXISOINS_HOME"] = os.environ[SESSION]
    # An empty data folder is empty: what set-up computed is none of its own.
    os.environ["PROXISOINS_PREPARED"] = str(Path(os.environ[SESSION], "nothing"))


@pytest.fixture(scope="session")
def prepared_home() -> Path:
    """Give a data folder that all workers share, its indicators computed once; change nothing.

    Set-up has computed them from the same code, which the names of the files tell.
    """
    folder, at_setup = Path(os.environ[SESSION]), paths.ROOT / "prepared" / "cache"
    with (folder / "preparing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = os.environ["PROXISOINS_HOME"]
        os.environ["PROXISOINS_HOME"] = str(folder)
        if at_setup.is_dir() and not (folder / "from-setup").exists():
            shutil.copytree(at_setup, folder / "cache", dirs_exist_ok=True)
            (folder / "from-setup").touch()
        prepare("75")
        os.environ["PROXISOINS_HOME"] = before
    return folder


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of all data folders: pytest lists its own at each one that it numbers."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def isolated_home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test an empty data folder of its own, alone in its parent."""
    folder = Path(tempfile.mkdtemp(dir=homes)) / "home"
    folder.mkdir()
    monkeypatch.setenv("PROXISOINS_HOME", str(folder))
    return folder


@pytest.fixture
def warm_home(prepared_home: Path, isolated_home: Path) -> Path:
    """Give the test's own data folder, with what the session computed once already kept in it."""
    shutil.copytree(prepared_home / "cache", isolated_home / "cache")
    return isolated_home


@pytest.fixture
def prepared(prepared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Read what the session computed once: for tests that import nothing."""
    monkeypatch.setenv("PROXISOINS_HOME", str(prepared_home))
    return prepared_home


@pytest.fixture(scope="session")
def reference() -> Path:
    """Return the folder of real reference data, or skip saying that it is absent."""
    folder = paths.reference_data()
    if not folder.is_dir():
        pytest.skip("reference data absent (set PROXISOINS_REFERENCE_DATA)")
    return folder


@pytest.fixture(scope="session")
def real_counts_home(reference: Path) -> Path:
    """Give a data folder that all workers share, the real counts of GPs imported by the command."""
    folder = Path(os.environ[SESSION]) / "real-counts"
    with Path(os.environ[SESSION], "importing.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            counts = reference / "gp_panel" / "gp_per_commune_dated.csv"
            done = CliRunner().invoke(
                app, ["import", str(counts)], env={"PROXISOINS_HOME": str(folder)}
            )
            assert done.exit_code == 0, done.output
    return folder
