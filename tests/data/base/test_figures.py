"""Figures written as texts, read back for a file."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from data.base import figures
from data.base.french import MISSING, number, percent


@given(
    st.floats(-1e7, 1e7), st.integers(0, 3), st.sampled_from(["", "\N{NO-BREAK SPACE}min", " %"])
)
def test_what_french_writes_is_read_back(value: float, decimals: int, unit: str) -> None:
    table = pd.DataFrame({"Mesure": [number(value, decimals) + unit, MISSING]})
    found = figures.with_numbers(table)
    one, missing = found.iloc[:, 0]
    assert missing is None
    assert abs(one - value) <= 0.5 * 10.0**-decimals + 1e-6
    assert isinstance(one, int) == (decimals == 0)
    assert found.columns.tolist() == [f"Mesure ({unit.strip()})" if unit else "Mesure"]


def test_what_is_more_than_a_figure_stays_a_text() -> None:
    table = pd.DataFrame(
        {
            "Code": ["23", "01004", "2A004"],
            "Commune": ["23096", "2017", "01"],
            "Part": [percent(0.125, 1), percent(0.0001, 1), "sans objet"],
            "Divers": ["12 %", "3 min", "4"],
            "Compte": [1, 2, 3],
        }
    )
    found = figures.with_numbers(table)
    assert found["Code"].tolist() == ["23", "01004", "2A004"]
    assert found["Commune"].tolist() == ["23096", "2017", "01"]
    assert found["Part (%)"].tolist() == [12.5, percent(0.0001, 1), "sans objet"]
    assert found["Divers"].tolist() == ["12 %", "3 min", 4]
    assert found["Compte"].tolist() == [1, 2, 3]


def test_a_table_of_one_measure_a_row_has_its_units_in_its_first_column() -> None:
    table = pd.DataFrame(
        {"Mesure": ["Habitants", "Part"], "A": ["1\u202f200", "5\xa0%"], "B": ["", "7\xa0%"]}
    )
    found = figures.with_numbers_across(table)
    assert found.to_numpy().tolist() == [["Habitants", 1200, ""], ["Part (%)", 5, 7]]
    assert found.columns.tolist() == table.columns.tolist()
