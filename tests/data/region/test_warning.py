"""What stands above figures tells data that are simulated whole from those that are in part."""

import datetime as dt

import pytest

from data.region.territory import PARTLY_SIMULATED, WHOLLY_SIMULATED, Provenance, warning_of


def table(*, simulated: bool, brought: bool = False) -> Provenance:
    moment = dt.datetime(2026, 1, 2, tzinfo=dt.UTC) if brought else None
    return Provenance("gps", "Médecins", "INSEE", "2017", "", simulated, 1, 1, moment)


EMBEDDED, MADE_UP, OURS, MADE_UP_AGAIN = (
    table(simulated=False),
    table(simulated=True),
    table(simulated=False, brought=True),
    table(simulated=True, brought=True),  # a file of the demonstration, read again
)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([], ""),
        ([EMBEDDED, OURS], ""),
        ([EMBEDDED, MADE_UP], WHOLLY_SIMULATED),
        ([EMBEDDED, MADE_UP, OURS], PARTLY_SIMULATED),
        ([EMBEDDED, MADE_UP_AGAIN], WHOLLY_SIMULATED),
    ],
)
def test_a_warning_says_no_more_than_is_so(tables: list[Provenance], said: str) -> None:
    assert warning_of(tables) == said
