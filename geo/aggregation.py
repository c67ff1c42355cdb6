"""From communes to larger territories: sums, weighted means and medians, ratios, ranks.

A missing value is left out with its weight; a group in which nothing is known stays missing.
"""

from typing import Literal

import numpy as np
import pandas as pd


def sums(values: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the sum of known values by group; missing where none is known."""
    return values.groupby(groups, sort=True).sum(min_count=1)


def ratios(numerator: pd.Series, denominator: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the ratio of sums by group, over the rows where both are known."""
    known = numerator.notna() & denominator.notna()
    top = sums(numerator.where(known), groups)
    bottom = sums(denominator.where(known), groups)
    return (top / bottom).where(bottom > 0)


def weighted_means(values: pd.Series, weights: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the weighted mean by group: the value of a TVS is that of its communes so weighted.

    References
    ----------
    Arrêté du 13 novembre 2017 (zoning): APL of a TVS, mean of its communes by population.
    """
    known = values.notna() & weights.notna()
    return ratios((values * weights).where(known), weights.where(known), groups)


def column_sums(values: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Return `sums` of every column: names are grouped once, which is most of the work."""
    return values.groupby(groups, sort=True).sum(min_count=1)


def column_means(values: pd.DataFrame, weights: pd.Series, groups: pd.Series) -> pd.DataFrame:
    """Return `weighted_means` of every column, by the same weights."""
    weighed = values.mul(weights, axis=0)
    known = weighed.notna()
    bottom = column_sums(known.mul(weights, axis=0).where(known), groups)
    return (column_sums(weighed, groups) / bottom).where(bottom > 0)


def weighted_medians(values: pd.Series, weights: pd.Series, groups: pd.Series) -> pd.Series:
    """Return the lower weighted median by group: half of the weight lies at or below it."""
    table = pd.DataFrame({"value": values, "weight": weights, "group": groups})
    every = table["group"].dropna().sort_values().unique()
    table = table[table["value"].notna() & (table["weight"] > 0)].sort_values(["group", "value"])
    weight = table.groupby("group")["weight"]
    reached = weight.cumsum() >= weight.transform("sum") / 2 * (1 - 1e-12)
    return table[reached].groupby("group")["value"].first().reindex(every)


def ranks(values: pd.Series, best: Literal["high", "low"]) -> pd.Series:
    """Return ranks, 1 for the best; equal values share the better rank, missing have none."""
    return values.rank(method="min", ascending=best == "low")


def shares_by_category(
    categories: pd.Series, weights: pd.Series, groups: pd.Series, known: tuple[str, ...]
) -> pd.DataFrame:
    """Return the weight in each known category, one row by group, one column by category.

    Missing in a group where no row has a known category.
    """
    valid = categories.isin(known)
    table = pd.DataFrame({"category": categories, "weight": weights, "group": groups})[valid]
    wide = table.pivot_table(
        index="group", columns="category", values="weight", aggfunc="sum", fill_value=0.0
    )
    every = np.sort(groups.dropna().unique())
    return wide.reindex(columns=list(known), fill_value=0.0).reindex(index=every).astype(float)
