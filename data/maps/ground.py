"""What a picture of a territory is drawn on: the communes and the dry land of one of its lands."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from data.base.codes import among
from data.region import embedded_set, france
from data.region.engines import lands_of
from data.region.territory import Territory

_FRAME_PIXELS = (700, 480)
"""Width and height that the map of a screen has at least for a land, panels left out."""
_TILE_PIXELS = 256
_GAP_M = 200.0
"""Half the width of the gaps that simplified contours leave between communes, at most."""


@dataclass(frozen=True)
class Destination:
    """A land that a map can go to: its name, its centre (degrees, WGS84), a zoom that holds it."""

    name: str
    lon: float
    lat: float
    zoom: float


def _lands(territory: Territory) -> Mapping[str, npt.NDArray[np.bool_]]:
    return territory.once("lands", lambda: lands_of(territory.communes))


def destinations(territory: Territory) -> list[Destination]:
    """Return the lands of a territory that one map cannot show together; none where it has one.

    The first is the mainland where it is there: a map opens on it.
    """
    lands = lands_of(territory.communes)
    if len(lands) < 2:
        return []
    found = []
    for name, inside in lands.items():
        here = territory.communes[inside]
        west, south, east, north = here.total_bounds
        lon, lat = (west + east) / 2, (south + north) / 2
        # Web Mercator: one tile holds 360 degrees of longitude at zoom 0.
        high = (north - south) / math.cos(math.radians(lat))
        fits = [
            pixels * 360 / (_TILE_PIXELS * degrees)
            for pixels, degrees in zip(_FRAME_PIXELS, (east - west, high), strict=True)
        ]
        # A land overseas is a region by itself.
        region = france.NAMES[str(here["region"].iloc[0])]
        told = "Hexagone et Corse" if name == france.MAINLAND else region
        found.append(Destination(told, lon, lat, math.floor(4 * math.log2(min(fits))) / 4))
    return found


def land_of(territory: Territory, codes: Collection[str] = ()) -> str:
    """Return the land that a picture about some communes shows: that of most of them.

    Lands that no road joins are thousands of kilometres apart: a picture holds one. Without a
    commune it is the first, the mainland where it is there.
    """
    lands = _lands(territory)
    asked = among(territory.communes["code"], codes).to_numpy()
    return max(lands, key=lambda name: int((lands[name] & asked).sum()))


def departements_of(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the départements of communes as shapes, by code, without the gaps between communes.

    Parameters
    ----------
    communes
        Columns departement (code) and geometry (polygons), in any CRS.

    Returns
    -------
    geopandas.GeoSeries
        In the CRS of pictures (metres, `geo.static_map.in_metres`).
    """
    # Not imported above: Carte frames its lands here, and draws no picture.
    from geo.static_map import in_metres, together

    metres = in_metres(communes[["departement", "geometry"]])
    each = {code: together(one.geometry) for code, one in metres.groupby("departement")}
    whole = gpd.GeoSeries(each, crs=metres.crs)
    return whole.buffer(_GAP_M).buffer(-_GAP_M)


def ground(territory: Territory, land: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the communes of a land (their index kept) and what is dry around, EPSG:4326."""
    dry = embedded_set.land(territory.region)
    if "land" in dry:
        dry = dry[dry["land"] == land]
    return territory.communes[_lands(territory)[land]], dry
