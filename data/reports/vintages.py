"""The year of each figure of a sheet or a comparison, or that it is simulated."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

import pandas as pd

from data.access.indicators import published_years
from data.base.codes import departement
from data.base.french import joined
from data.region.embedded_set import census_years
from data.region.newest_counts import years_of, years_told
from data.region.territory import Territory, minutes_unverified
from data.reports.figure import Figure

_TABLES = {
    "minutes_to_labelled_structure": "structures",
    "population_labelled_within_30": "structures",
    "share_over_75": "reference",
}
"""Table that a column is read from, where it is not that of the GPs."""
_NOT_OF_AGES = re.compile(r"BV\d{4}|grille de densité\b.*|millésime non indiqué\b.*")
"""Parts of the vintage of `reference` that tell nothing of the share of 75 and over."""
_OWN_YEARS = {
    "apl_published": "apl_published_year",
    "share_near_retirement": "share_near_retirement_year",
}
"""Columns that say their year in another one."""


def people_years(territory: Territory, departements: Collection[str]) -> str:
    """Return the years of the inhabitants of départements, "" where none is known.

    Of the file imported, and of the embedded set where that leaves communes to it: "2022 et 2023".
    """
    known = territory.provenance
    years = census_years(known["communes"].vintage, departements) if "communes" in known else set()
    if "populations" in known and (imported := known["populations"].year):
        years = years | {imported}
    return joined([str(year) for year in sorted(years)])


def vintages(territory: Territory, members: pd.DataFrame, keys: Iterable[str]) -> dict[str, str]:
    """Return the year of each figure, as the notes of the sources tell it.

    Parameters
    ----------
    territory
        The region.
    members
        Indicators of the communes that the figures are about: not every region was counted, nor
        every APL published, in the same year.
    keys
        Columns of indicators.

    Returns
    -------
    dict
        "2017", "2017 en Corse, 2020 ailleurs", "2016 et 2018", "simulation"; "" where it is not
        known.
    """
    told = {}
    counted = ""  # worked out once: it reads the code of each commune
    for key in keys:
        if key == "population":
            told[key] = people_years(territory, set(members["code"].map(departement)))
        elif own := _OWN_YEARS.get(key):
            told[key] = published_years(members, own)
        elif table := _TABLES.get(key):
            source = territory.provenance.get(table)
            told[key] = source.vintage if source else ""
            if key == "share_over_75":
                told[key] = _of_ages(told[key])
        elif key == "minutes_to_nearest_gp" and {"nearest_gp_commune"} <= set(members):
            # The GPs met may be of a region that was counted in another year.
            met = members["nearest_gp_commune"].fillna(members["code"])
            told[key] = years_told(territory.provenance.get("gps"), met)
        else:
            counted = counted or years_told(territory.provenance.get("gps"), members["code"])
            told[key] = counted
    return told


def _of_ages(vintage: str) -> str:
    """Return the year of the share of 75 and over: files that hold it beside others tell none."""
    parts = [one for one in vintage.split(" ; ") if one and not _NOT_OF_AGES.fullmatch(one)]
    return " ; ".join(parts) or ("année non indiquée dans le fichier" if vintage else "")


def dated(
    territory: Territory, members: pd.DataFrame, figures: Iterable[Figure]
) -> tuple[Figure, ...]:
    """Return figures with their years, said beside a rank too where GPs were counted in several.

    Parameters
    ----------
    territory
        The region.
    members
        Indicators of the communes that the figures are about.
    figures
        As they were built, without a year.
    """
    built = tuple(figures)
    told = vintages(territory, members, [one.key for one in built])
    apart = territory.once("years of the counts apart", lambda: _years_apart(territory))
    return tuple(
        replace(
            one,
            vintage=told[one.key],
            comparison=one.comparison + apart
            if one.comparison and one.key not in {*_TABLES, *_OWN_YEARS}
            else one.comparison,
        )
        for one in built
    )


def _years_apart(territory: Territory) -> str:
    """Return what stands beside a rank among territories counted in several years, else ""."""
    known, everywhere = territory.provenance.get("gps"), territory.communes["code"]
    several = known and not known.simulated and len(set(years_of(known, everywhere).dropna())) > 1
    return f" (effectifs de {years_told(known, everywhere)})" if several else ""


def unverified(territory: Territory, departements: Collection[str]) -> str:
    """Return what must be known of all minutes of a place before they are read, "" for nothing."""
    if not minutes_unverified(territory.travel_time.label, departements):
        return ""
    return ". Temps de trajet estimés, jamais vérifiés outre-mer : à tenir pour inconnus"
