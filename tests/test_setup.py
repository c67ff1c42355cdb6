"""The set-up: locks, assets, targets, configuration."""

import itertools
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from setuptools import find_packages
from streamlit import config

from data.upkeep.assets import LEAFLET_FILES, copy_leaflet

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def locked(name: str) -> list[Requirement]:
    return [Requirement(line) for line in (ROOT / name).read_text().splitlines()]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_exact_versions_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert "--" not in text
    for requirement in locked(name):
        assert requirement.url is None
        assert [clause.operator for clause in requirement.specifier] == ["=="]


def test_development_adds_to_the_application_and_changes_nothing() -> None:
    assert set(map(str, locked("requirements.lock"))) <= set(
        map(str, locked("requirements-dev.lock"))
    )


def test_hashes_are_those_of_the_application_and_hold_no_address() -> None:
    text = (ROOT / "requirements-hashed.lock").read_text()
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=\S)", text.replace(" \\\n", "\n").strip())
    pins = {block.splitlines()[0].strip() for block in blocks}
    assert pins == set((ROOT / "requirements.lock").read_text().splitlines()), "run make lock"
    for block in blocks:
        hashes = [line.strip() for line in block.splitlines()[1:]]
        assert hashes
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", one) for one in hashes)


@pytest.mark.parametrize("name", ["Makefile", "deploy/Containerfile"])
def test_installs_of_the_application_ask_for_the_hashes(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.search(r"install --require-hashes -r requirements-hashed\.lock", text)
    assert not re.search(r"install -r requirements\.lock", text)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ("login", "postgres")), ("requirements-dev.lock", ("dev",))],
)
def test_lock_answers_what_the_project_asks(lock: str, extras: tuple[str, ...]) -> None:
    asked = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        asked += PROJECT["project"]["optional-dependencies"][extra]
    versions: dict[str, list[str]] = {}
    for pin in locked(lock):
        version = next(iter(pin.specifier)).version
        versions.setdefault(canonicalize_name(pin.name), []).append(version)
    for wanted in map(Requirement, asked):
        found = versions[canonicalize_name(wanted.name)]
        assert all(version in wanted.specifier for version in found), f"run make lock: {wanted}"


def test_every_dependency_of_the_application_is_justified() -> None:
    chapter = (ROOT / "docs" / "dependencies.md").read_text().split("## ")[1]
    explained = set(re.findall(r"^\| ([\w-]+) \| ", chapter, re.MULTILINE)) - {"package"}
    assert explained == {Requirement(d).name for d in PROJECT["project"]["dependencies"]}


def option_keys(text: str) -> set[str]:
    """Return the Streamlit options that a deployment file sets, by flag or by variable."""
    named = {option.env_var: key for key, option in config._config_options_template.items()}
    return set(re.findall(r"--(\w+\.\w+)", text)) | {
        named.get(variable, variable) for variable in re.findall(r"STREAMLIT_[A-Z_]+", text)
    }


@pytest.mark.parametrize(
    "name",
    [
        "deploy/Containerfile",
        "deploy/compose.yaml",
        "deploy/proxisoins.service",
        "docs/deployment.md",
    ],
)
def test_deployment_sets_options_that_exist(name: str) -> None:
    keys = option_keys((ROOT / name).read_text())
    assert keys
    assert keys <= set(config._config_options_template)


def test_only_the_proxy_has_open_ports() -> None:
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_image_holds_the_application_and_no_secret() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert rules[0] == "*"
    kept = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    assert {"app.py", "server.py", "geo", "data", "models", "pages", "static"} <= kept
    steps = (ROOT / "deploy" / "Containerfile").read_text()
    copied = {
        name
        for line in re.findall(r"^COPY (.+) \./$", steps, re.MULTILINE)
        for name in line.split()
    }
    assert "requirements-hashed.lock" in copied
    assert copied - {"."} <= kept
    secrets = (".streamlit/secrets.toml", "deploy/.env", ".git/config")
    assert not any(
        f"{secret}/".startswith(f"{rule.rstrip('/')}/") for secret in secrets for rule in kept
    )


def test_every_package_is_installed() -> None:
    include = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    found = set(find_packages(str(ROOT), include=include))
    rooms = [ROOT / room for room in ("geo", "data", "models", "pages")]
    written = {
        ".".join(script.parent.relative_to(ROOT).parts)
        for room in rooms
        for script in room.rglob("*.py")
    }
    assert written <= found


def test_every_data_file_of_the_rooms_is_installed() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    installed = {
        path for room, some in patterns.items() for one in some for path in (ROOT / room).glob(one)
    }
    kept = {
        path
        for room in ("geo", "data", "models", "pages")
        for path in (ROOT / room).rglob("*.*")
        if path.is_file() and path.suffix != ".py" and path.parent.name != "__pycache__"
    }
    assert len(kept) > 10
    assert kept <= installed


def test_leaflet_is_copied_once_and_mended(tmp_path: Path) -> None:
    folder = copy_leaflet(tmp_path)
    assert {str(p.relative_to(folder)) for p in folder.rglob("*.*")} == set(LEAFLET_FILES)
    script = folder / "leaflet.js"
    assert "Leaflet 1.9" in script.read_text()[:200]
    dates = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    copy_leaflet(tmp_path)
    assert dates == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    whole = script.read_bytes()
    script.write_bytes(whole[:1000])
    copy_leaflet(tmp_path)
    assert script.read_bytes() == whole


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_lists_every_target() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    for target in phony[1].split():
        assert re.search(rf"^  {target} +\S", listed, re.MULTILINE), target


def test_what_was_prepared_is_made_again_when_the_code_has_changed(tmp_path: Path) -> None:
    """A visitor of the next version would wait for it: `make run` and `make install` do."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    code = [tmp_path / room / "code.py" for room in ("geo", "data", "models")]
    stamps = [
        tmp_path / ".venv" / name for name in ("bin/python", "ready", "ready-dev", "prepared")
    ]
    asked = [tmp_path / name for name in ("requirements-hashed.lock", "requirements-dev.lock")]
    asked += [tmp_path / "pyproject.toml", tmp_path / "data/upkeep/assets.py"]
    for age, file in enumerate([*asked, *code, *stamps]):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (age, age))

    def done(target: str) -> str:
        command = ["make", "-n", "-C", tmp_path, target]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "models.region.prepare" not in done("run") + done("install") + done("setup")
    for one in code:
        os.utime(one, (1000, 1000))
        assert "models.region.prepare" in done("run")
        assert "models.region.prepare" in done("install")
        assert "models.region.prepare" not in done("quick")
        os.utime(one, (0, 0))
    assert "models.region.prepare" not in done("run")


def test_missing_browser_is_told_in_one_line(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash is not None
    search = subprocess.run(
        [bash, ".ci/browser"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    if search.returncode == 0:
        pytest.skip("a browser lies outside PATH")
    assert search.stdout == ""
    assert search.stderr.count("\n") == 1
    assert "apt-get install chromium" in search.stderr


def test_browser_of_ones_choice_comes_first(tmp_path: Path) -> None:
    chosen = tmp_path / "my browser"
    chosen.write_text("#!/bin/sh\n")
    chosen.chmod(0o755)
    search = subprocess.run(
        [".ci/browser"],
        cwd=ROOT,
        env=os.environ | {"PROXISOINS_BROWSER": str(chosen)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert search.stdout.strip() == str(chosen)


def test_application_is_quiet_and_private_by_default() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["server"]["enableAgentApi"] is False
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["logger"]["hideWelcomeMessage"] is True


def luminance(colour: str) -> float:
    """Return the relative luminance of a `#rrggbb` colour (WCAG 2.2, section 1.4.3)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_colours_of_the_theme_are_legible() -> None:
    theme = CONFIG["theme"]
    backgrounds = (theme["backgroundColor"], theme["secondaryBackgroundColor"])
    inks = (theme["textColor"], theme["primaryColor"], theme["linkColor"])
    for ink, background in itertools.product(inks, backgrounds):
        assert contrast(ink, background) >= 4.5, (ink, background)
    assert contrast(theme["borderColor"], theme["backgroundColor"]) >= 3


def test_every_promise_of_security_names_a_test_that_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    file = ""
    named = re.findall(r"`([\w/]*\.py)?::(\w+)`", text)
    assert len(named) > 10
    for path, test in named:
        file = path or file
        assert f"def {test}(" in (ROOT / "tests" / file).read_text(), (file, test)


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    version = PROJECT["project"]["version"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == version
    latest = re.search(r"^## \[(\d[^\]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert latest is not None
    assert latest[1] == version


def test_the_proxy_of_the_guide_passes_the_host_with_its_port() -> None:
    text = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert "proxy_set_header Host $http_host;" in text
    assert "$host;" not in text


@pytest.mark.parametrize("broken", ["none", "test", "campaigns", "lint"])
def test_a_change_passes_where_tests_campaigns_and_lint_do(broken: str, tmp_path: Path) -> None:
    """With a `make` that fails at one target, and says as pytest does that a test failed."""
    make = tmp_path / "make"
    make.write_text(
        f'#!/bin/sh\necho "$*" >> {tmp_path}/asked\n[ "$1" != {broken} ] && exit 0\n'
        "echo FAILED tests/geo/test_access.py::test_one\nexit 1\n"
    )
    make.chmod(0o755)
    ran = subprocess.run(
        [ROOT / ".ci" / "run"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode == 0) == (broken == "none"), ran.stderr
    assert (tmp_path / "asked").read_text().split() == ["test", "campaigns", "lint"]


def test_every_test_is_run_by_one_of_the_two() -> None:
    recipes = re.findall(r"-m pytest \$\(PYTEST_FLAGS\) -m (.+)", (ROOT / "Makefile").read_text())
    assert recipes == ['"not campaign"', "campaign"]
