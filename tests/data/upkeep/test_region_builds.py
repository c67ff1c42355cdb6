"""Building a region from the application: one at a time, seen by all, cut and taken up again."""

import hashlib
import json
from pathlib import Path

import pytest

from data.base import paths
from data.base.locks import locked
from data.region import embedded_set, france
from data.upkeep import build_embedded, region_builds, registry_packages
from geo.errors import InvalidInputError, UnavailableError

LOCK = Path("regions") / "construction.lock"


def made(region: str) -> None:
    folder = paths.home() / "regions" / region
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "set.json").write_text(json.dumps({"name": france.NAMES[region]}), encoding="utf-8")


def test_every_region_of_the_official_code_is_named() -> None:
    assert len(france.NAMES) == 18
    assert france.NAMES["75"] == embedded_set.name("75")
    assert set(france.NAMES) >= france.OVERSEAS
    with pytest.raises(InvalidInputError, match="« 99 »"):
        france.name("99")


def test_a_build_says_each_step_then_that_it_is_done(monkeypatch) -> None:
    seen = []

    def build(region, out, _downloads, progress) -> None:
        for step in range(len(region_builds.STEPS)):
            progress(step)
            seen.append(region_builds.last())
        assert out.name == region
        made(region)

    monkeypatch.setattr(build_embedded, "build", build)
    region_builds.run("53")
    assert [one.step for one in seen] == list(range(len(region_builds.STEPS)))
    assert all(one.running for one in seen)
    done = region_builds.last()
    assert (done.step, done.error, done.running) == (len(region_builds.STEPS), "", False)
    assert "53" in france.built()


def test_a_build_that_fails_says_why(monkeypatch) -> None:
    def build(*_) -> None:
        raise UnavailableError("npm est introuvable.")

    monkeypatch.setattr(build_embedded, "build", build)
    region_builds.run("53")
    assert region_builds.last().error == "npm est introuvable."
    assert "53" not in france.built()


def test_one_build_at_a_time() -> None:
    with (
        locked(paths.home() / LOCK),
        pytest.raises(UnavailableError, match="Une autre région"),
    ):
        region_builds.start("53")


def test_a_build_whose_process_is_gone_is_said_to_be_cut() -> None:
    region_builds._write(region_builds.Build("53", 2, running=True))
    assert "interrompue" in region_builds.last().error
    made("53")  # it had written all but its last word
    assert region_builds.last().error == ""


def test_a_build_starts_in_a_process_of_its_own(monkeypatch) -> None:
    started = []
    monkeypatch.setattr(region_builds.subprocess, "Popen", lambda c, **k: started.append((c, k)))
    region_builds.start("53")
    command, options = started[0]
    assert command[1:] == ["-m", "data.upkeep.region_builds", "53"]
    assert options["start_new_session"]
    assert region_builds.last().running  # before it holds the lock
    with pytest.raises(UnavailableError, match="Une autre région"):
        region_builds.start("94")
    later = region_builds.time.time() + region_builds.STARTING_SECONDS + 1
    monkeypatch.setattr(region_builds.time, "time", lambda: later)
    assert "interrompue" in region_builds.last().error
    with pytest.raises(InvalidInputError):
        region_builds.start("../75")


def test_an_unknown_code_given_to_the_process_builds_nothing() -> None:
    with pytest.raises(InvalidInputError):
        region_builds.run("../75")


def test_archives_handed_in_are_known_by_their_content(monkeypatch) -> None:
    content = b"an archive"
    package = registry_packages.Package(
        "essai", "1.0.0", hashlib.sha256(content).hexdigest(), "", "", ""
    )
    for module in (region_builds, registry_packages):
        monkeypatch.setattr(module, "PACKAGES", (package,))
    assert region_builds.missing_archives() == ["essai-1.0.0.tgz"]
    with pytest.raises(InvalidInputError, match=r"essai-1\.0\.0\.tgz"):
        region_builds.receive_archive(b"another")
    assert region_builds.receive_archive(content) == "essai-1.0.0.tgz"
    assert region_builds.missing_archives() == []
    assert (region_builds.downloads() / "essai-1.0.0.tgz").read_bytes() == content


def test_a_set_being_written_is_no_region() -> None:
    draft = paths.home() / "regions" / ".53.draft"
    draft.mkdir(parents=True)
    (draft / "set.json").write_text("{}", encoding="utf-8")
    assert [code for code, _ in embedded_set.regions()] == ["75"]
