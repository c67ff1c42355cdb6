"""What a picture of a territory is drawn on: the communes and the dry land of one of its lands."""

from collections.abc import Collection

import geopandas as gpd

from data.region import embedded_set
from data.region.engines import lands_of
from data.region.territory import Territory


def land_of(territory: Territory, codes: Collection[str] = ()) -> str:
    """Return the land that a picture about some communes shows: that of most of them.

    Lands that no road joins are thousands of kilometres apart: a picture holds one. Without a
    commune it is the first, the mainland where it is there.
    """
    lands = lands_of(territory.communes)
    asked = territory.communes["code"].isin(codes).to_numpy()
    return max(lands, key=lambda name: int((lands[name] & asked).sum()))


def ground(territory: Territory, land: str) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the communes of a land (their index kept) and what is dry around, EPSG:4326."""
    dry = embedded_set.land(territory.region)
    if "land" in dry:
        dry = dry[dry["land"] == land]
    return territory.communes[lands_of(territory.communes)[land]], dry
