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
