"""Search of a territory: names, codes, typing errors."""

import pytest

from data.region.search import RULES, Entry, Found, ranked, search
from tests.data.region.search_questions import ANSWERS, COMMUNES, DEPARTEMENTS


@pytest.mark.parametrize("asked", ANSWERS)
def test_what_is_found_and_in_which_order(asked: str) -> None:
    """The map's client is asked the same (`tests/browser/test_client.py`)."""
    assert [one.name for one in search(COMMUNES, DEPARTEMENTS, asked)] == ANSWERS[asked]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("gueret", Found("commune", "23096", "Guéret", "23000, Creuse")),
        ("boeuf", Found("commune", "33055", "Bœuf-la-Réole", "Gironde")),
        ("creuse", Found("departement", "23", "Creuse", "Département")),
        ("grand angouleme", Found("epci", "200071827", "CA du Grand Angoulême", "EPCI")),
    ],
)
def test_what_is_found_is_told_from_its_homonyms(asked: str, found: Found) -> None:
    assert search(COMMUNES, DEPARTEMENTS, asked)[0] == found


def test_no_more_are_shown_than_the_rules_say() -> None:
    places = [
        Entry(Found("commune", str(n), f"Ville {n}", ""), f"ville {n}", (), n) for n in range(30)
    ]
    found = ranked("ville", places)
    assert [one.weight for one in found] == list(range(29, 29 - RULES["shown"], -1))
