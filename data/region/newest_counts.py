"""The year of the counts of each region: the newest that the tables in place hold of it.

The table `gps` is of one year, that of the region which its file was imported for. A file of all
of France may tell a later year of another region, or an earlier one only: both are in the history.
A region has one year, whether it is opened alone, beside its neighbour or with all of France.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from data.base.codes import among
from data.base.french import joined
from data.region import france, table_names
from data.region.moments import Moment
from data.region.territory import Provenance

WHOLE_SHARE = 0.9
"""Least share of the communes of a region that a year of the history tells, to stand for it."""

_NAMED = 3
"""Regions that are named; more are counted."""


def newest_counts(
    tables: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    inside: pd.Series,
    around: pd.Series,
) -> tuple[pd.DataFrame, Provenance] | None:
    """Return the counts of a region and around it, where a history has newer ones than `gps`.

    Parameters
    ----------
    tables, provenance
        The imported `gps` and `gp_history`, of all regions.
    inside, around
        Codes of the communes of the region, and of those around it.

    Returns
    -------
    counts : pandas.DataFrame
        Columns code, gps: of all regions, each of its newest year.
    provenance : Provenance
        Of the counts; `measured` holds the year of each region by its code.

    None where those of `gps` are the newest everywhere here, or the history tells too little.
    """
    history, known = tables.get("gp_history"), provenance.get("gps")
    if history is None or known is None:
        return None
    gps = tables.get("gps", history.iloc[:0][["code", "gps"]])
    here, past = france.regions_of(gps["code"]), france.regions_of(history["code"])
    newest = _newest_whole(history.assign(region=past))
    # What `gps` tells of a region stands, unless the history is newer for sure.
    kept = newest.index.isin(here) & (True if known.year is None else newest <= known.year)
    newest = newest[~kept]
    own, beyond = (set(france.regions_of(codes).dropna()) for codes in (inside, around))
    if not newest.index.isin(own | beyond).any():
        return None
    counts = pd.concat(
        [
            gps[~here.isin(newest.index)],
            history.loc[past.map(newest) == history["year"], ["code", "gps"]],
        ],
        ignore_index=True,
    )
    # Only what is counted here has a year.
    inside, around = (codes[among(codes, counts["code"])] for codes in (inside, around))
    regions, later = set(france.regions_of(pd.concat([inside, around])).dropna()), set(newest.index)
    years = {one: Moment(int(newest[one])) for one in regions & later}
    if known.year is not None:
        years |= {one: Moment(known.year) for one in regions - later}
    if latest := max((years[one] for one in own & years.keys()), default=None):
        years[""] = latest
    made = provenance["gp_history"] if own <= later else known
    made = replace(made, table="gps", title=table_names.TITLES["gps"], measured=years)
    told = years_told(made, inside)
    if len(around) and (there := years_told(made, around)) != told:
        told = f"{told}, et {there} autour"
    return counts, replace(made, vintage=told)


def _newest_whole(history: pd.DataFrame) -> pd.Series:
    """Return the newest year that a history tells of nearly all communes of a region.

    Returns
    -------
    pandas.Series
        Index region; those without such a year are left out.
    """
    years = history[["region", "year"]].value_counts().rename("communes").reset_index()
    whole = years[years["communes"] >= WHOLE_SHARE * years["region"].map(france.commune_counts())]
    return whole.groupby("region")["year"].max()


def years_of(known: Provenance, codes: pd.Series) -> pd.Series:
    """Return the year of the counts of communes.

    Parameters
    ----------
    known
        Of the counts of a region.
    codes
        Communes of the region, or around it.

    Returns
    -------
    pandas.Series
        Int64, index of `codes`; missing where it is not known.
    """
    whole = known.moment()
    years = pd.Series(whole.year if whole else pd.NA, index=codes.index, dtype="Int64")
    apart = {part: moment.year for part, moment in known.measured.items() if part}
    return france.regions_of(codes).map(apart).astype("Int64").fillna(years) if apart else years


def _mixed_years(known: Provenance) -> list[int]:
    """Return the years that files have mixed in the counts, where nothing tells them apart."""
    if any(known.measured):
        return []
    moments = (Moment.told(one) for one in known.vintage.split(" ; "))
    return sorted({one.year for one in moments if one is not None})


def years_told(known: Provenance | None, codes: pd.Series) -> str:
    """Return of which year the counts of some communes are, or that they are simulated.

    Parameters
    ----------
    known
        Of the counts of a region; None where it has none.
    codes
        Communes of the region, or around it.

    Examples
    --------
    "2020"; "2017 en Nouvelle-Aquitaine, 2020 ailleurs"; "2017 et 2024", of counts that a file of
    part of the communes has completed, "2017 ou 2024" of one of these; "simulation".
    """
    if known is None:
        return ""
    if len(mixed := _mixed_years(known)) > 1:
        return joined([str(year) for year in mixed], "ou" if len(codes) == 1 else "et")
    years = years_of(known, codes).groupby(france.regions_of(codes)).first().dropna()
    if known.simulated or years.empty:
        return known.vintage
    most = years.mode().max()
    parts = []
    for year, regions in years[years != most].groupby(years):
        names = [france.within(france.NAMES[str(one)]) for one in regions.index]
        where = joined(sorted(names)) if len(names) <= _NAMED else f"dans {len(names)} régions"
        parts.append(f"{year} {where}")
    return ", ".join([*parts, f"{most} ailleurs" if parts else str(most)])
