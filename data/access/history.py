"""GPs and APL of communes over the years."""

from collections.abc import Sequence

import pandas as pd

from data.access.indicators import commune_indicators
from data.region.privacy import ages_of_many
from data.region.territory import Territory

COVERED_SHARE = 0.95
"""A year is drawn for a territory when it is known for this share of its population."""


def by_year(territory: Territory, codes: Sequence[str]) -> pd.DataFrame:
    """Return GPs and published APL of some communes together by year, for a curve.

    Codes follow the mergers of communes: readers bring every vintage to today's codes. A year
    known for less than `COVERED_SHARE` of the population is missing rather than wrong.

    Returns
    -------
    pandas.DataFrame
        Index year; columns gps (sum), apl and apl65 (means weighted by today's population; apl65 of
        the communes of which it may be told, so that no difference gives another).
    """
    communes = territory.communes
    people = pd.Series(communes["population"].to_numpy(float), communes["code"]).loc[[*codes]]
    all_gps, all_apl, all_apl65 = _tables(territory)
    indicators = commune_indicators(territory)
    told = indicators["code"][ages_of_many(indicators)]
    gps, apl = _covered(all_gps, people), _covered(all_apl, people)
    apl65 = _covered(all_apl65[all_apl65.index.isin(told)], people)
    return pd.DataFrame(
        {"gps": gps.sum(), "apl": _mean(apl, people), "apl65": _mean(apl65, people)}
    ).sort_index()


def _tables(territory: Territory) -> tuple[pd.DataFrame, ...]:
    """Return GPs, APL and APL 65, a row per commune and a column per year; made once."""
    series = ((territory.gp_history, "gps"), (territory.apl, "apl"), (territory.apl, "apl65"))
    return territory.once(
        "counts by year",
        lambda: tuple(
            table.pivot_table(column, index="code", columns="year") for table, column in series
        ),
    )


def _covered(by_year: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """Return the communes whose inhabitants are given, in the years known for most of these."""
    values = by_year.reindex(people.index).dropna(axis=1, how="all")
    known = values.notna().mul(people, axis=0).sum()
    return values.loc[:, known >= COVERED_SHARE * people.sum()]


def _mean(values: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Return the mean of each year weighted by population, missing where nobody lives."""
    known = values.notna().mul(people, axis=0).sum()
    return values.mul(people, axis=0).sum().div(known).where(known > 0)
