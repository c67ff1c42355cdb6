"""Generated files through every door: understood, or refused in a French sentence.

`PROXISOINS_GENERATED` says how many files go through each door: `docs/security.md` gives the result
of 10,000.
"""

import os
from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.maps import payload
from data.official import import_reports, imports
from data.official.dropped_files import import_dropped
from data.pdses import storing
from data.pdses.checks import check_lines
from data.pdses.reader import read_lines as read_on_call_lines
from data.region import catalogue
from data.region.gazetteer import gazetteer
from data.region.territory import Territory
from data.uploads import corrections, match_lines, read_lines
from data.uploads.own_points import own_points
from geo.errors import ProxiSoinsError
from tests.faults.generated import NAMES, mutated, seeds
from tests.faults.harness import in_french

Door = Callable[[bytes, str], object]
EXAMPLES = int(os.environ.get("PROXISOINS_GENERATED", "40"))


@cache
def region() -> Territory:
    return catalogue.load_territory()


def sites(content: bytes, name: str) -> None:
    """As the screen of candidate sites does."""
    report = match_lines(read_lines(content, name), gazetteer("75"), region().communes)
    report.table()
    corrections.editable(report, {}, every=True)
    corrections.left_over(report)


def own_layer(content: bytes, name: str) -> None:
    """As the map does with the user's own points."""
    points, _ = own_points(content, name, region())
    payload.encode(payload.with_own_points({"layers": [{}], "points": {}}, points))


def on_call_lines(content: bytes, name: str) -> None:
    """As the screen of on-call lines does."""
    file = read_on_call_lines(content, name, "garde")
    storing.left_over(check_lines(file.lines, gazetteer("75"), region().communes, None, None))


def official_files(content: bytes, name: str) -> None:
    """As the screen of data does; a refusal is told in the report."""
    (report,) = import_dropped([(name, content)], "75")
    if report.status == import_reports.REFUSED:
        raise ProxiSoinsError(report.message)


DOORS: dict[Door, str] = {
    sites: "sites",
    own_layer: "sites",
    on_call_lines: "lines",
    official_files: "official",
}
"""Each door, and the files made for it; one file in eight was made for another."""


@pytest.fixture(autouse=True)
def region_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare each import the reading of the contours."""
    index = imports.commune_index("75")
    monkeypatch.setattr(imports, "commune_index", lambda _: index)


@pytest.mark.timeout(0 if EXAMPLES > 1000 else 300)
@pytest.mark.parametrize(
    "door",
    [
        pytest.param(
            door,
            id=door.__name__,
            marks=pytest.mark.campaign if door is official_files else (),
        )
        for door in DOORS
    ],
)
@settings(max_examples=EXAMPLES)
@given(random=st.randoms(use_true_random=True), name=st.sampled_from(NAMES) | st.text(max_size=20))
def test_no_generated_file_ends_in_a_traceback(door: Door, random: Random, name: str) -> None:
    kind = random.choice(list(DOORS.values())) if random.randint(0, 7) == 0 else DOORS[door]
    content = mutated(random.choice(seeds(kind)), random)
    try:
        door(content, name)
    except ProxiSoinsError as refusal:
        in_french(refusal)
