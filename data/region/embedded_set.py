"""Reader of the embedded sets: the one of the repository, and those built for other regions."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.base import paths
from geo.errors import UnavailableError

DEFAULT_REGION = "75"
"""Nouvelle-Aquitaine, carried by the repository."""
CODES = frozenset(
    {
        *("01", "02", "03", "04", "06", "11", "24", "27", "28", "32"),
        *("44", "52", "53", "75", "76", "84", "93", "94", "FR"),
    }
)
"""INSEE codes of the regions that can be, and that of France held as one."""
CODES_VINTAGE = "code officiel géographique 2026"
_CENSUS = 2023
"""Year of the populations that come with the codes of 2026: "populations de référence" in force on
1 January 2026 (INSEE). The package does not tell it; Paris, Marseille, Lyon, Bordeaux are those
that INSEE published for 2023."""
_CENSUS_OF_MAYOTTE = 2017
_MAYOTTE, _FRANCE, _DEPARTEMENT_OF_MAYOTTE = "06", "FR", "976"
EVERYWHERE = "france.parquet"
"""All communes of France, carried by the repository (`data.upkeep.build_everywhere`)."""


@dataclass(frozen=True)
class Attribution:
    """What the screen must say of a source of the embedded set, in French."""

    name: str
    version: str
    sha256: str
    title: str
    producer: str
    licence: str


_POPULATIONS = "populations de "


def vintage(region: str) -> str:
    """Return in French the years of the codes and of the populations of a region's set.

    Examples
    --------
    >>> vintage("75")
    'code officiel géographique 2026, populations de 2023'
    >>> vintage("06")
    'code officiel géographique 2026, populations de 2017'
    """
    years = str(_CENSUS_OF_MAYOTTE if region == _MAYOTTE else _CENSUS)
    if region == _FRANCE:
        years += f" (Mayotte : {_CENSUS_OF_MAYOTTE})"
    return f"{CODES_VINTAGE}, {_POPULATIONS}{years}"


def census_years(told: str, departements: Collection[str]) -> set[int]:
    """Return the years of the populations of départements, none where a vintage names none.

    Parameters
    ----------
    told
        Vintage of the communes, as `vintage` tells it or `CODES_VINTAGE` alone, where all
        populations come from elsewhere.
    departements
        Their codes.

    Examples
    --------
    >>> census_years(vintage("75"), {"23"}), census_years(CODES_VINTAGE, {"23"})
    ({2023}, set())
    """
    if _POPULATIONS not in told:
        return set()
    return {
        _CENSUS_OF_MAYOTTE if one == _DEPARTEMENT_OF_MAYOTTE else _CENSUS for one in departements
    }


def folder(region: str = DEFAULT_REGION) -> Path:
    """Return the folder of a region's set: built by the user, else carried by the repository.

    Raises
    ------
    UnavailableError
        The region was not built, or there is none of this code.
    """
    for candidate in (paths.home() / "regions" / region, paths.EMBEDDED / region):
        if (candidate / "set.json").is_file():
            return candidate
    if region not in CODES:
        raise UnavailableError(
            f"Aucune région de France n’a le code {region} : choisissez-en une par son nom."
        )
    raise UnavailableError(
        f"Le jeu de la région {region} n’est pas construit : construisez-la par le nom de la "
        "région, en haut de l’écran, ou lancez « python -m data.upkeep.build_embedded "
        f"--region {region} »."
    )


def regions() -> list[tuple[str, str]]:
    """Return code and name of the regions whose set is there, sorted by code."""
    found = {
        path.parent.name
        for parent in (paths.EMBEDDED, paths.home() / "regions")
        for path in parent.glob("*/set.json")
        if not path.parent.name.startswith(".")  # being written
    }
    return [(code, name(code)) for code in sorted(found)]


@cache
def _read_description(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _description(region: str) -> dict[str, Any]:
    return _read_description(folder(region) / "set.json")


def name(region: str = DEFAULT_REGION) -> str:
    """Return the region's name."""
    return str(_description(region)["name"])


def communes(region: str = DEFAULT_REGION) -> gpd.GeoDataFrame:
    """Return the communes with their contour (schema `communes`, EPSG:4326), sorted by code."""
    return gpd.read_parquet(folder(region) / "communes.parquet")


def codes(region: str = DEFAULT_REGION) -> list[str]:
    """Return the codes of the communes of a region, sorted."""
    table = pd.read_parquet(folder(region) / "communes.parquet", columns=["code"])
    return list(table["code"])


@cache
def _read_epcis(path: Path) -> dict[str, str]:
    table = pd.read_parquet(path, columns=["epci", "epci_name"]).drop_duplicates("epci")
    return dict(zip(table["epci"], table["epci_name"], strict=True))


def epcis(region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return code and name of the EPCI of the communes of a region; nothing else is read."""
    known = _read_epcis(folder(region) / "communes.parquet")
    return {code: name for code, name in known.items() if code}


def fringe(region: str = DEFAULT_REGION) -> pd.DataFrame:
    """Return the communes of other regions within 40 km (schema `communes`), sorted by code."""
    return pd.read_parquet(folder(region) / "fringe.parquet")


def land(region: str = DEFAULT_REGION) -> gpd.GeoDataFrame:
    """Return dry land: `kind` "région" or "voisin"; what is not covered in the frame is water."""
    everywhere = backdrop(region)
    return everywhere[everywhere["kind"] != "lointain"]


def backdrop(region: str = DEFAULT_REGION) -> gpd.GeoDataFrame:
    """Return the land of `land` and, of kind "lointain", coarse land beyond, to be drawn only."""
    return gpd.read_parquet(folder(region) / "land.parquet")


def departements(region: str = DEFAULT_REGION) -> pd.DataFrame:
    """Return code, name and region of the départements of the region and of its fringe."""
    return pd.DataFrame(_description(region)["departements"])


def departement_names(region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return code to name of the départements of the region and of its fringe."""
    table = departements(region)
    return dict(zip(table["code"].astype(str), table["name"].astype(str), strict=True))


def mergers(region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return former code to present code of merged communes, region and fringe."""
    return dict(_description(region)["mergers"])


def former_names(region: str = DEFAULT_REGION) -> dict[str, list[str]]:
    """Return present code to the names of the communes merged into it, region and fringe."""
    return dict(_description(region)["former_names"])


@cache
def everywhere() -> pd.DataFrame:
    """Return all communes of France, overseas regions included, sorted by code.

    Columns code, name, postcodes, lon, lat, population, former, former_names
    (`data.upkeep.build_everywhere`).
    """
    return pd.read_parquet(paths.EMBEDDED / EVERYWHERE)


@cache
def points_of_france() -> dict[str, tuple[str, float, float]]:
    """Return code to name, longitude and latitude (degrees, WGS84) of all communes of France."""
    told = everywhere()
    rows = zip(told["code"], told["name"], told["lon"], told["lat"], strict=True)
    return {code: (name, lon, lat) for code, name, lon, lat in rows}


def all_codes() -> pd.Series:
    """Return the codes of all communes of France, sorted; nothing else is read."""
    return pd.read_parquet(paths.EMBEDDED / EVERYWHERE, columns=["code"])["code"]


@cache
def all_mergers() -> dict[str, str]:
    """Return former code to present code of the merged communes of all of France."""
    pairs = _told("former")
    return {old: code for code, former in pairs for old in former.split()}


@cache
def all_former_names() -> dict[str, list[str]]:
    """Return present code to the names of the communes merged into it, of all of France."""
    return {code: names.split("|") for code, names in _told("former_names")}


def _told(column: str) -> list[tuple[str, str]]:
    """Return code and text of the communes of all of France that a column tells something of."""
    table = everywhere()
    pairs = zip(table["code"].tolist(), table[column].tolist(), strict=True)
    return [(code, text) for code, text in pairs if text]


def attributions(region: str = DEFAULT_REGION) -> list[Attribution]:
    """Return the sources of the set, to be quoted on screen."""
    return [Attribution(**source) for source in _description(region)["attributions"]]
