"""Search of a territory: names, codes, typing errors."""

import pandas as pd
import pytest

from data.region.search import search

COMMUNES = pd.DataFrame(
    {
        "code": ["23096", "23008", "16015", "24322"],
        "name": ["Guéret", "Aubusson", "Angoulême", "Périgueux"],
        "departement": ["23", "23", "16", "24"],
        "epci": ["200034825", "", "200071827", "200040392"],
        "epci_name": ["CA du Grand Guéret", "", "CA du Grand Angoulême", "CA Le Grand Périgueux"],
        "postcodes": ["23000", "23200", "16000", "24000 24750"],
        "population": [12955.0, 3200.0, 41000.0, 29000.0],
    }
)
DEPARTEMENTS = {"23": "Creuse", "16": "Charente", "24": "Dordogne"}


@pytest.mark.parametrize(
    ("asked", "level", "code"),
    [
        ("gueret", "commune", "23096"),
        ("GUÉRET", "commune", "23096"),
        ("guerret", "commune", "23096"),
        ("perigeux", "commune", "24322"),
        ("24750", "commune", "24322"),
        ("23008", "commune", "23008"),
        ("creuse", "departement", "23"),
        ("crueuse", "departement", "23"),
        ("grand angouleme", "epci", "200071827"),
    ],
)
def test_the_first_found_is_what_was_meant(asked: str, level: str, code: str) -> None:
    first = search(COMMUNES, DEPARTEMENTS, asked)[0]
    assert (first.level, first.code) == (level, code)


@pytest.mark.parametrize("asked", ["", "g", "zzzzzz", "99999", "<b>", "(.*"])
def test_what_means_nothing_finds_nothing(asked: str) -> None:
    assert search(COMMUNES, DEPARTEMENTS, asked) == []
