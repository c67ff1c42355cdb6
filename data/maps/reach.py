"""How far the lines of a specialty reach, kept on disk: a region's raster takes seconds to make."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data.base.table_cache import cached_table, digest
from data.maps.pdses import origins
from data.pdses.coverage import REACH_MINUTES, Cover
from data.region.territory import Territory
from geo import contours, display


def reach_rings(territory: Territory, covered: Cover, specialty: str) -> dict[str, Any]:
    """Return the areas within reach of the lines held for a specialty.

    Parameters
    ----------
    territory, covered
        The region and the minutes to its lines.
    specialty
        Whose lines are held.

    Returns
    -------
    dict
        GeoJSON in degrees (WGS84), property minutes, outermost first; without features when no
        line is held.
    """
    starts = origins(covered, specialty)
    if not len(starts):
        return {"type": "FeatureCollection", "features": []}

    def build() -> pd.DataFrame:
        rings = territory.travel_time.isochrones(starts, REACH_MINUTES)
        return pd.DataFrame({"minutes": rings["minutes"], "area": rings.geometry.to_wkb()})

    drawn_by = Path(contours.__file__).read_bytes()
    key = digest(territory.version, starts.tobytes(), str(REACH_MINUTES), drawn_by)
    table = cached_table(f"portee-{territory.region}", key, build)
    areas = gpd.GeoSeries.from_wkb(table["area"], crs=4326)
    return display.display_rings(gpd.GeoDataFrame(table[["minutes"]], geometry=areas))
