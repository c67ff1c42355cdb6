"""What files hold of a number: as many decimals as mean something, under French headings."""

import pandas as pd

from data.access.indicators import commune_indicators
from data.cli.access import COLUMNS
from data.region.schemas import TITLES
from data.reports.columns import described, exported, rounded, simulated_told, titled
from tests.data.access.small_region import GPS, made

PEOPLE = {
    *("code", "name", "departement", "departement_name", "region", "region_name"),
    *("epci", "epci_name", "population", "share_over_65", "share_over_80", "elder_year"),
    *("cpts", "cpts_name"),
}
"""Columns read from what is never simulated: the embedded set, what a file alone tells."""


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


def test_what_is_told_of_a_public_set_follows_its_name() -> None:
    """A narrow window shows the first columns alone."""
    asked = ["name", "communes_few_gps", "gps", "tenths_flagged", "horizon"]
    told = titled(pd.DataFrame([["CC d’essai", 3, 4.0, "environ 2 sur 10", 3]], columns=asked))
    assert list(told.columns[:2]) == ["Nom", "Communes en risque élevé ou très élevé (arrondi)"]


def test_every_column_that_may_be_simulated_is_named_where_its_table_is() -> None:
    """Inhabitants near a labelled structure stood unnamed beside the minutes to it, which were."""
    table = commune_indicators(made(GPS))
    titles = COLUMNS | described(table)
    told = {name: f"<{name}>" for name in titles}
    (line,) = simulated_told(TITLES, told)
    silent = {name for name in table.columns if f"<{name}>" not in line}
    assert silent == PEOPLE & set(table.columns)
    (line,) = simulated_told({"structures"}, titles)
    assert titles["population_labelled_within_30"] in line
    assert titles["apl"] not in line
