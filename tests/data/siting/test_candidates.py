"""Communes taken together as candidate sites: which ones first, and what is said of the others."""

import numpy as np
import pandas as pd

from data.access.selection import Selection
from data.siting.candidates import Group, group, proof_words, words

TABLE = pd.DataFrame(
    {
        "code": list("abcdef"),
        "departement": ["23", "23", "23", "23", "16", "16"],
        "epci": ["1", "1", "2", "2", "3", "3"],
        "zone": ["ZIP", "ZAC", "ZIP", "ZIP", "ZIP", ""],
        "gps": [0.0, 0.0, 1.0, 0.0, 3.0, np.nan],
        "population": [100, 200, 300, 400, 500, 600],
        "without_room_nearest": [40.0, 200.0, 0.0, 0.0, 90.0, np.nan],
    }
)


def test_communes_with_most_people_without_room_are_taken_first_unknown_last() -> None:
    assert group(TABLE, Selection(), (), 6).taken == ("b", "e", "a", "d", "c", "f")
    found = group(TABLE, Selection(departements=("23",)), ("b", "x"), 2)
    assert found == Group(asked=4, listed=1, taken=("a", "d"), people=40.0)
    assert found.left == 1
    crossed = Selection(epcis=("1",), zones=("ZIP",), criteria=("sans-generaliste",))
    assert group(TABLE, crossed, (), 9).taken == ("a",)


def test_people_without_room_who_are_not_known_are_no_zero() -> None:
    unknown = group(TABLE[TABLE["code"] == "f"], Selection(), (), 9)
    assert unknown.people is None
    assert words(unknown) == "1 commune répond à ce choix."


def test_what_is_added_and_what_is_not_is_said() -> None:
    assert words(Group(0, 0, (), None)) == "Aucune commune ne répond à ce choix."
    assert words(Group(3, 3, (), None)) == (
        "3 communes répondent à ce choix, dont 3 déjà dans la liste."
    )
    assert words(Group(4, 1, ("a", "d"), 40.0)) == (
        "4 communes répondent à ce choix, dont 1 déjà dans la liste ; 2 communes seraient "
        "ajoutées, où le plus d’habitants sont sans place à 20 minutes. Sans place dans les "
        "communes ajoutées, au plus proche : 40 habitants."
    )
    assert words(Group(1, 0, ("a",), 1.0)) == (
        "1 commune répond à ce choix. Sans place dans les communes ajoutées, au plus proche : "
        "1 habitant."
    )
    assert "Jusqu’à 23 sites, tous les choix de 3 sont essayés" in proof_words(3)
