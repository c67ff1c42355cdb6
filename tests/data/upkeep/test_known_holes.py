"""Known holes of locked packages are found from a file, and a check that was not made says so."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from data.upkeep import known_holes
from geo.errors import InvalidInputError

PACKAGES = {"shapely": {"2.2.0"}, "streamlit": {"1.67.0"}}


def advisory(name: str, *events: dict[str, str], versions: tuple[str, ...] = ()) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    package = {"ecosystem": "PyPI", "name": name}
    affected = [{"package": package, "ranges": ranges, "versions": list(versions)}]
    return {"id": "PYSEC-1", "affected": affected}


@pytest.mark.parametrize(
    ("events", "found"),
    [
        (({"introduced": "0"},), True),
        (({"introduced": "0"}, {"fixed": "2.2.1"}), True),
        (({"introduced": "0"}, {"fixed": "2.2.0"}), False),
        (({"introduced": "2.2.1"},), False),
        (({"introduced": "1.0"}, {"last_affected": "2.2.0"}), True),
        (({"introduced": "1.0"}, {"last_affected": "2.1.9"}), False),
        (({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "2.1"}, {"fixed": "2.3"}), True),
    ],
)
def test_a_version_between_introduced_and_fixed_is_affected(
    events: tuple[dict[str, str], ...], found: bool
) -> None:
    records = [advisory("Shapely", *events)]
    told = known_holes.affecting(records, PACKAGES)
    assert told == ([("shapely", "2.2.0", "PYSEC-1")] if found else [])


def test_listed_versions_count_and_other_packages_do_not() -> None:
    records = [advisory("streamlit", versions=("1.67.0",)), advisory("flask", {"introduced": "0"})]
    assert known_holes.affecting(records, PACKAGES) == [("streamlit", "1.67.0", "PYSEC-1")]
    assert known_holes.affecting([records[0] | {"withdrawn": "2026-01-01"}], PACKAGES) == []


def published(name: str, version: str, fixed: str) -> dict[str, Any]:
    """Return a record with all that OSV's schema 1.6 publishes of an advisory of PyPI."""
    git = {
        "type": "GIT",
        "repo": "repository",
        "events": [{"introduced": "0"}, {"fixed": "0" * 40}],
    }
    ranges = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}
    return {
        "schema_version": "1.6.0",
        "id": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-0001"],
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-10-01T00:00:00Z",
        "summary": "A file of one kind fills the memory",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
        "affected": [
            {"package": {"ecosystem": "npm", "name": name}, "versions": [version]},
            {
                "package": {"ecosystem": "PyPI", "name": name, "purl": f"pkg:pypi/{name}"},
                "ranges": [git, ranges],
                "versions": [],
                "database_specific": {"source": "made by this test"},
            },
        ],
        "references": [{"type": "WEB", "url": "none"}],
        "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-400"]},
    }


@pytest.mark.parametrize("name", ["osmium", "python-calamine", "pyogrio", "streamlit"])
def test_the_command_reads_records_in_the_published_form_and_fails(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (version,) = known_holes.locked()[name]
    path = tmp_path / "all.zip"
    monkeypatch.setattr("sys.argv", ["known_holes", str(path)])
    for fixed, code, words in (
        (f"{version}.post1", 1, f"{name} {version} : GHSA-aaaa"),
        (version, 0, "Aucune faille connue"),
    ):
        with zipfile.ZipFile(path, "w") as archive:
            record = published(name, version, fixed)
            archive.writestr(f"{record['id']}.json", json.dumps(record))
        with pytest.raises(SystemExit) as ended:
            known_holes.main()
        assert ended.value.code == code
        assert words in capsys.readouterr().out


def test_without_a_file_the_check_says_that_it_was_not_made() -> None:
    well, said = known_holes.report(None)
    assert well
    assert "non fait" in said


def test_an_export_is_read_and_its_holes_fail_the_check(tmp_path: Path) -> None:
    path = tmp_path / "avis.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.json", json.dumps(advisory("shapely", {"introduced": "0"})))
    well, said = known_holes.report(path)
    assert not well
    assert "shapely" in said
    path.write_text("rien", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="export"):
        known_holes.report(path)
