"""The year of the counts of a region: the newest that the tables in place hold of it.

The table `gps` is of one year, that of the region which its file was imported for. A file of all
of France may tell a later year of another region, or an earlier one only: both are in the history.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from data.base.french import joined
from data.region import table_names
from data.region.moments import Moment
from data.region.territory import Provenance

WHOLE_SHARE = 0.9
"""Least share of the communes of a region that a year of the history tells, to stand for it."""

_NAMED = 3
"""Regions that are named; more are counted."""


def newest_counts(
    tables: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    codes: Collection[str],
) -> tuple[pd.DataFrame, Provenance] | None:
    """Return the counts that a history holds of a region, where they are newer than those of `gps`.

    Parameters
    ----------
    tables, provenance
        The imported `gps` and `gp_history`, of all regions.
    codes
        Communes of the region.

    Returns
    -------
    counts : pandas.DataFrame
        Columns code, gps: of all communes that the history tells of that year.
    provenance : Provenance
        Of the history, under the title and the year of the counts.

    None where the counts in place are the newest, or a history has too few communes to tell.
    """
    history, known = tables.get("gp_history"), provenance.get("gps")
    if history is None or known is None:
        return None
    year = _newest_whole(history, codes)
    told = "gps" in tables and bool(tables["gps"]["code"].isin(codes).any())
    if not year or (told and (known.year is None or year <= known.year)):
        return None
    counts = history.loc[history["year"] == year, ["code", "gps"]].reset_index(drop=True)
    return counts, replace(
        provenance["gp_history"],
        table="gps",
        title=table_names.TITLES["gps"],
        vintage=str(year),
        measured={"": Moment(year)},
    )


def newer_alone(
    history: pd.DataFrame | None, year: int | None, regions: Mapping[str, Collection[str]]
) -> str:
    """Say, in French, which regions show newer counts when they are opened by themselves.

    Parameters
    ----------
    history
        The imported `gp_history`, None where there is none.
    year
        Of the counts shown of all these regions together.
    regions
        Name of each region to its communes.

    Returns
    -------
    str
        "" where none does.
    """
    if history is None or year is None:
        return ""
    years = {name: _newest_whole(history, codes) for name, codes in regions.items()}
    newer = sorted({one for one in years.values() if one > year})
    if not newer:
        return ""
    names = [name for name, one in years.items() if one > year]
    shown = joined(names) if len(names) <= _NAMED else f"{len(names)} régions"
    verb = "montrent" if len(names) > 1 else "montre"
    alone = "ouvertes seules" if len(names) > 1 else "ouverte seule"
    return (
        f"année que neuf communes sur dix ont ; {shown}, {alone}, {verb} "
        f"{joined([str(one) for one in newer])}"
    )


def _newest_whole(history: pd.DataFrame, codes: Collection[str]) -> int:
    """Return the newest year that a history tells of nearly all communes, 0 for none."""
    here = history.loc[history["code"].isin(codes), "year"].value_counts()
    whole = here.index[here >= WHOLE_SHARE * len(codes)]
    return int(whole.max()) if len(whole) else 0
