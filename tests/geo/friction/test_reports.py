"""Reports that carry measured minutes name the engine they were made with."""

import re
from pathlib import Path

import pytest

from data.base import paths
from data.region import embedded_set
from geo.friction.engine import load_engine

_NAMED = re.compile(r"friction-[0-9a-f]{16}")
REPORTS = sorted(
    path.relative_to(paths.ROOT)
    for path in (paths.ROOT / "docs").glob("*.md")
    if _NAMED.search(path.read_text(encoding="utf-8"))
)


def test_both_reports_on_minutes_name_an_engine():
    assert {str(path) for path in REPORTS} >= {
        str(Path("docs/travel-time.md")),
        str(Path("docs/apl-reality.md")),
    }


@pytest.mark.parametrize("report", REPORTS, ids=str)
def test_a_report_names_the_engine_in_use(report):
    engine = load_engine(embedded_set.communes(), embedded_set.fringe(), embedded_set.land())
    named = set(_NAMED.findall((paths.ROOT / report).read_text(encoding="utf-8")))
    assert named == {engine.version}, "make the report again: its figures are of another engine"
