"""GPs and APL of communes over the years."""

from collections.abc import Sequence

import pandas as pd

from data.access.indicators import commune_indicators
from data.access.inputs import KNOWN_SHARE
from data.region.privacy import ages_of_many
from data.region.territory import Territory

DATED = {"gps_per_1000": "gp_history", "apl_published": "apl"}
"""Indicators that have earlier years, and the table that these are read in."""
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


def values_by_year(territory: Territory, key: str, communes: pd.DataFrame) -> pd.DataFrame:
    """Return an indicator's values at each year known, one column a year; empty when not dated.

    GPs of each year are divided by the inhabitants of today, the only ones known.

    Parameters
    ----------
    territory
        The region.
    key
        Key of the indicator, one of `DATED`.
    communes
        Columns code, population.

    Returns
    -------
    pandas.DataFrame
        Index code, in the order of `communes`; columns are years.
    """
    if key not in DATED:
        return pd.DataFrame()
    gps, apl, _ = _tables(territory)
    values = (gps if key == "gps_per_1000" else apl).reindex(communes["code"])
    values = values.loc[:, values.notna().mean() >= KNOWN_SHARE]
    if key == "gps_per_1000":
        people = communes["population"].where(communes["population"] > 0).to_numpy(dtype=float)
        values = 1000 * values.div(people, axis=0)
    return values


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
