"""Pages are run on one data folder per worker, whose indicators are there already."""

import base64
import gzip
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner

from data.scenarios import database
from pages import map_view, pressed


@pytest.fixture(scope="session", autouse=True)
def components_looked_for_once() -> Iterator[None]:
    """Keep Streamlit from reading the metadata of every installed package at each AppTest.

    A server does it once, at its start.
    """
    with pytest.MonkeyPatch.context() as patch:
        once = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def clicks_of_those_who_have_seen() -> Iterator[None]:
    """Take each click of a test for one of its own: a test waits for answers, and no longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pressed, "AGAIN_S", 0.0)
        yield


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Give what maps are answered during the test, in order."""
    found: list[dict[str, Any]] = []
    drawn = map_view.MapAnswer

    def answered(payload: str) -> map_view.MapAnswer:
        found.append(json.loads(gzip.decompress(base64.b64decode(payload))))
        return drawn(payload)

    monkeypatch.setattr(map_view, "MapAnswer", answered)
    return found


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


@pytest.fixture(scope="module", autouse=True)
def nothing_left_for_other_modules(pages_home: Path) -> Iterator[None]:
    """Empty the users' database at the end: what one module saves, the next one's lists lack."""
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(pages_home))
        with database.session() as session:
            for table in reversed(database.Base.metadata.sorted_tables):
                session.execute(table.delete())
            session.commit()
