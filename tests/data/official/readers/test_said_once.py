"""One row by commune: repeats are counted once, contradictions refused."""

import pandas as pd

from data.official.readers.rows import said_once
from data.official.readers.tally import Tally


def test_a_blank_row_never_hides_a_value_that_another_gives():
    rows = pd.DataFrame(
        {
            "code": ["19275", "19275", "23096", "23096", "87085", "87085", "24322"],
            "population": [None, 9000.0, 13000.0, 13000.0, 1.0, 2.0, None],
        },
        index=[2, 3, 4, 5, 6, 7, 8],
    )
    tally = Tally()
    kept = said_once(rows, ["code"], "population", tally)
    assert kept["population"].dropna().to_dict() == {3: 9000.0, 4: 13000.0}
    assert list(kept.index) == [3, 4, 8]
    assert tally.refusals == {
        "valeurs différentes pour la même commune": (2, [6, 7]),
        "ligne répétée, comptée une fois": (2, [2, 5]),
    }


def test_lines_that_tell_several_years_keep_their_number():
    rows = pd.DataFrame(
        {"code": "19275", "year": [2020, 2022, 2020], "gps": [None, 3.0, 2.0]}, index=[2, 2, 3]
    )
    kept = said_once(rows, ["code", "year"], "gps", Tally())
    assert kept[["year", "gps"]].to_numpy().tolist() == [[2022, 3.0], [2020, 2.0]]
