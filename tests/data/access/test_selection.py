"""Tables of communes cut down: criteria crossed, unknown values never counted."""

import numpy as np
import pandas as pd
import pytest

from data.access.selection import CRITERIA, Selection, asked_words, filtered, words

TABLE = pd.DataFrame(
    {
        "code": list("abcde"),
        "departement": ["23", "23", "23", "16", "16"],
        "epci": ["1", "1", "2", "3", ""],
        "zone": ["ZIP", "ZAC", "ZIP", "ZIP", ""],
        "gps": [0.0, 0.5, 1.0, 3.0, np.nan],
        "minutes_to_nearest_gp": [25.0, 0.0, 0.0, 0.0, np.nan],
        "share_without_room": [0.4, 0.0, 0.1, 0.0, np.nan],
        "population": [100, 200, 300, 400, 500],
    }
)


def test_what_is_asked_is_said_with_how_much_it_keeps() -> None:
    table = TABLE.assign(
        departement_name=TABLE["departement"].map({"23": "Creuse", "16": "Charente"}),
        epci_name="CC " + TABLE["epci"],
    )
    assert asked_words(Selection(), table) == ""
    told = asked_words(
        Selection(("23", "16"), ("1", "2"), ("ZIP", "ZAC"), ("sans-generaliste",)), table
    )
    assert told == (
        "Communes retenues : Creuse ou Charente ; CC 1 ou CC 2 ; ZIP ou ZAC ; sans généraliste. "
        "1 commune sur 5, 100 habitants sur 1\u202f500."
    )


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(), "abcde"),
        (Selection(departements=("23",)), "abc"),
        (Selection(departements=("23",), zones=("ZIP",)), "ac"),
        (Selection(epcis=("1", "3")), "abd"),
        (Selection(criteria=("sans-generaliste",)), "a"),
        (Selection(criteria=("un-seul",)), "bc"),
        (Selection(criteria=("loin",)), "a"),
        (Selection(criteria=("sans-place", "un-seul")), "c"),
        (Selection(zones=("ZIP",), criteria=("sans-generaliste",), epcis=("2",)), ""),
    ],
)
def test_places_and_criteria_are_crossed(selection: Selection, expected: str) -> None:
    assert "".join(filtered(TABLE, selection)["code"]) == expected


def test_an_island_that_no_road_joins_is_far_and_one_of_unknown_doctors_is_not() -> None:
    """Hœdic was left out of « à plus de 20 min », and « aucune commune n’est au-delà » was said."""
    table = TABLE.assign(minutes_to_nearest_gp=[25.0, 0.0, np.nan, np.nan, np.nan])
    table["supply"] = ["connue", "connue", "connue", "partielle", "inconnue"]
    assert "".join(filtered(table, Selection(criteria=("loin",)))["code"]) == "ac"


def test_what_is_not_known_meets_no_criterion() -> None:
    for slug in CRITERIA:
        assert "e" not in set(filtered(TABLE, Selection(criteria=(slug,)))["code"])


def test_the_words_tell_of_how_many() -> None:
    assert words(TABLE.head(1), TABLE) == "1 commune sur 5, 100 habitants sur 1\u202f500."
