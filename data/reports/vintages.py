"""The year of each figure of a sheet or a comparison, or that it is simulated."""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from data.region.territory import Territory, minutes_unverified

_TABLES = {
    "population": "communes",
    "minutes_to_labelled_structure": "structures",
    "population_labelled_within_30": "structures",
    "share_over_75": "reference",
}
"""Table that a column is read from, where it is not that of the GPs."""
_OWN_YEARS = {
    "apl_published": "apl_published_year",
    "share_near_retirement": "share_near_retirement_year",
}
"""Columns that say their year in another one."""


def vintages(territory: Territory, row: pd.Series, keys: Iterable[str]) -> dict[str, str]:
    """Return the year of each figure, as the notes of the sources tell it.

    Parameters
    ----------
    territory
        The region.
    row
        Indicators of what the figures are about, which hold the years of published columns.
    keys
        Columns of indicators.

    Returns
    -------
    dict
        "2017", "simulation"; "" where it is not known.
    """
    told = {}
    for key in keys:
        if own := _OWN_YEARS.get(key):
            year = row.get(own, np.nan)
            told[key] = f"{year:.0f}" if np.isfinite(year) else ""
        else:
            source = territory.provenance.get(_TABLES.get(key, "gps"))
            told[key] = source.vintage if source else ""
    return told


def unverified(territory: Territory, departements: Collection[str]) -> str:
    """Return what must be known of all minutes of a place before they are read, "" for nothing."""
    if not minutes_unverified(territory.travel_time.label, departements):
        return ""
    return ". Temps de trajet estimés, jamais vérifiés outre-mer : à tenir pour inconnus"
