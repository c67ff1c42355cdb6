"""The key of an engine follows its code; kernels run wherever the application is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from geo.friction import engine
from geo.travel_time import code_version

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "search.py").write_text("LIMIT = 20\n\n# why\nx = LIMIT\n", encoding="utf-8")
    (folder / "fit.py").write_text("y = 1\n", encoding="utf-8")
    return folder


def _key(folder):
    code_version.cache_clear()
    return code_version(folder, without=frozenset({"fit.py"}))


def test_a_release_whose_code_differs_has_another_key(package):
    before = _key(package)
    (package / "search.py").write_text("LIMIT = 21\n\n# why\nx = LIMIT\n", encoding="utf-8")
    assert _key(package) != before


def test_comments_line_ends_and_the_fit_change_no_key(package):
    before = _key(package)
    (package / "search.py").write_bytes(b"LIMIT = 20\r\n# because\r\nx = LIMIT  \r\n")
    (package / "fit.py").write_text("y = 2\n", encoding="utf-8")
    assert _key(package) == before
    (package / "more.py").write_text("z = 1\n", encoding="utf-8")
    assert _key(package) != before


def test_the_default_engine_is_keyed_by_its_code(monkeypatch):
    from data.region import embedded_set

    region = embedded_set.DEFAULT_REGION
    asked = (embedded_set.communes(region), embedded_set.fringe(region), embedded_set.land(region))
    versions = []
    monkeypatch.setattr(engine, "_engine", lambda version, _: versions.append(version))
    engine.load_engine(*asked)
    monkeypatch.setattr(engine, "code_version", lambda *_, **__: "another release")
    engine.load_engine(*asked)
    assert versions[0] != versions[1]


def test_engines_import_where_no_folder_takes_what_is_compiled(tmp_path):
    """A read-only installation run by a user without a home: slower to start, same results."""
    shutil.copytree(
        ROOT / "geo", tmp_path / "geo", ignore=shutil.ignore_patterns("__pycache__", "*.nbi")
    )
    code = "from geo.friction import raster\nprint(raster.move_minutes.compiled())\n"
    # No locator of numba's accepts the folder, as when none of them can be written.
    refuse = (
        "from geo import kept_kernels as kept\n"
        "for one in (kept.ChosenFolder, kept.BesideTheCode, kept.UserFolder):\n"
        "    one.from_function = classmethod(lambda *_: None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", refuse + code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "move_minutes" in done.stdout


def test_a_kernel_is_compiled_again_when_one_that_it_calls_has_changed(tmp_path):
    """Kernels of several files: numba alone would go on with the old code of the other file."""
    package = tmp_path / "geo"
    package.mkdir()
    for name in ("compiled.py", "kept_kernels.py"):
        shutil.copy(ROOT / "geo" / name, package)
    head = "from geo.compiled import kernel\n"
    caller = "from geo.called import called\n\n@kernel\ndef caller():\n    return called()\n"
    (package / "caller.py").write_text(head + caller, encoding="utf-8")

    def answer() -> str:
        done = subprocess.run(
            [sys.executable, "-c", "from geo.caller import caller\nprint(caller())"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout.strip()

    answers = []
    for value in (1, 2):
        code = f"{head}\n@kernel\ndef called():\n    return {value}\n"
        (package / "called.py").write_text(code, encoding="utf-8")
        answers.append(answer())
    assert answers == ["1", "2"]
    assert list(package.glob("__pycache__/caller.caller*.nbi"))
