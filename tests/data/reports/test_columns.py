"""What files hold of a number: as many decimals as mean something, under French headings."""

import pandas as pd

from data.reports.columns import exported, rounded


def test_decimals_mean_something() -> None:
    table = pd.DataFrame(
        {
            "code": ["23096"],
            "minutes_to_nearest_gp": [12.345678],
            "share_without_room": [0.123456789],
            "apl": [2.4999999],
            "population_within_20": [1234.56789],
            "population": [10],
        }
    )
    row = rounded(table).iloc[0]
    assert row["minutes_to_nearest_gp"] == 12.3
    assert row["share_without_room"] == 0.1235
    assert row["apl"] == 2.5
    assert row["population_within_20"] == 1234.57
    assert row["population"] == 10
    assert exported(table).columns[0] == "Code"
    assert table["apl"].iloc[0] == 2.4999999
