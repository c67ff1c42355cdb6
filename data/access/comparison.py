"""A territory beside the larger ones that hold it, its rank among its peers, and its past."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from data.access.indicators import BEST, LEVELS, aggregate, commune_indicators
from data.region.territory import Territory
from geo import aggregation as ag
from geo.errors import InvalidInputError

COVERED_SHARE = 0.95
"""A year is drawn for a territory when it is known for this share of its population."""


def members(communes: pd.DataFrame, level: str, code: str) -> pd.DataFrame:
    """Return the rows of the communes of one territory.

    Raises
    ------
    InvalidInputError
        If the level or the territory does not exist.
    """
    if level not in LEVELS:
        raise InvalidInputError(f"Le niveau « {level} » n’existe pas.")
    found = communes[communes[LEVELS[level][0]] == code]
    if found.empty or not code:
        raise InvalidInputError(f"Aucun territoire « {code} » à ce niveau : vérifiez son code.")
    return found


def comparison(territory: Territory, level: str, code: str) -> pd.DataFrame:
    """Return the key indicators of one territory beside those that hold it.

    A larger territory is given when all the communes of the smaller one lie in the same one.

    Returns
    -------
    pandas.DataFrame
        One row per indicator of `data.access.indicators.BEST`, index `indicator`; columns value,
        epci, departement, region (missing when not comparable), median (of the territories of the
        level in the region), rank (1 is the better end) and ranked (territories that have a value).
    """
    communes = commune_indicators(territory)
    inside = members(communes, level, code)
    peers = communes if level == "commune" else aggregate(communes, level)
    own = peers.set_index("code").loc[code]
    table = pd.DataFrame({"value": own[list(BEST)].astype(float)})
    for larger in ("epci", "departement", "region"):
        holders = inside[LEVELS[larger][0]].unique()
        table[larger] = np.nan
        if larger != level and len(holders) == 1 and holders[0]:
            around = members(communes, larger, holders[0])
            table[larger] = aggregate(around, larger).iloc[0][list(BEST)].astype(float)
    table["median"] = peers[list(BEST)].median()
    table["rank"] = {
        i: ag.ranks(peers[i], best)[peers["code"] == code].iloc[0] for i, best in BEST.items()
    }
    table["ranked"] = peers[list(BEST)].notna().sum()
    return table.rename_axis("indicator")


def history(territory: Territory, codes: Sequence[str]) -> pd.DataFrame:
    """Return GPs and published APL of some communes together by year, for a curve.

    Codes follow the mergers of communes: readers bring every vintage to today's codes. A year
    known for less than `COVERED_SHARE` of the population is missing rather than wrong.

    Returns
    -------
    pandas.DataFrame
        Index year; columns gps (sum), apl and apl65 (means weighted by today's population).
    """
    communes = territory.communes
    people = pd.Series(communes["population"].to_numpy(float), communes["code"]).loc[[*codes]]
    gps, apl, apl65 = (_covered(table, people) for table in _by_year(territory))
    return pd.DataFrame(
        {"gps": gps.sum(), "apl": _mean(apl, people), "apl65": _mean(apl65, people)}
    ).sort_index()


_tables: WeakKeyDictionary[Territory, tuple[pd.DataFrame, ...]] = WeakKeyDictionary()


def _by_year(territory: Territory) -> tuple[pd.DataFrame, ...]:
    """Return GPs, APL and APL 65, a row per commune and a column per year; made once."""
    if territory not in _tables:
        series = ((territory.gp_history, "gps"), (territory.apl, "apl"), (territory.apl, "apl65"))
        _tables[territory] = tuple(
            table.pivot_table(column, index="code", columns="year") for table, column in series
        )
    return _tables[territory]


def _covered(by_year: pd.DataFrame, people: pd.Series) -> pd.DataFrame:
    """Return the communes whose inhabitants are given, in the years known for most of these."""
    values = by_year.reindex(people.index).dropna(axis=1, how="all")
    known = values.notna().mul(people, axis=0).sum()
    return values.loc[:, known >= COVERED_SHARE * people.sum()]


def _mean(values: pd.DataFrame, people: pd.Series) -> pd.Series:
    """Return the mean of each year weighted by population, missing where nobody lives."""
    known = values.notna().mul(people, axis=0).sum()
    return values.mul(people, axis=0).sum().div(known).where(known > 0)
