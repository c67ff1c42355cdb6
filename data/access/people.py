"""People where they live: squares of a grid, streets of the road network, or the commune's point.

Every count of people within some minutes is made on these points. Whatever the basis, the people
of a commune add up to its population: a basis tells where they are, not how many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.base.codes import among
from data.base.table_cache import cached_table, digest
from data.region.territory import Territory
from geo.roads import streets
from geo.roads.engine import RoadTravelTime

Basis = Literal["squares", "streets", "communes"]

_NOTES = {
    "squares": "habitants comptés carreau par carreau, là où ils vivent ({source})",
    "streets": "habitants répartis le long des rues résidentielles de leur commune (réseau "
    "routier), faute de carreaux de population",
    "communes": "habitants comptés au bourg de leur commune",
}
_ROOM_NOTES = {
    "squares": "De la place à 20 minutes : comptée carreau par carreau, ceux d’une commune qui "
    "atteignent les mêmes médecins ensemble, à leurs minutes moyennes ; le nombre d’une commune "
    "est celui de la plupart de ses habitants ; le troisième médecin, l’APL, la recherche de sites "
    "sans limite de places et les trajets vers les sites d’accueil restent comptés depuis le bourg",
    "streets": "De la place à 20 minutes : comptée le long des rues, les habitants d’une commune "
    "qui atteignent les mêmes médecins ensemble, à leurs minutes moyennes ; le nombre d’une "
    "commune est celui de la plupart de ses habitants ; le troisième médecin, l’APL, la recherche "
    "de sites sans limite de places et les trajets vers les sites d’accueil restent comptés depuis "
    "le bourg",
    "communes": "De la place à 20 minutes : comptée depuis le bourg de chaque commune",
}
_TOWN_NOTES = {
    "squares": "comptés depuis le bourg de chaque commune, non carreau par carreau",
    "streets": "comptés depuis le bourg de chaque commune, non le long des rues",
    "communes": "",
}
"""What stands beside a figure that no part of a commune changes."""

_COLUMNS = ["lon", "lat", "people", "code"]


@dataclass(frozen=True, eq=False)
class People:
    """The people of a region and of its fringe.

    Attributes
    ----------
    points
        lon, lat (WGS84), people, code of the commune; at least one row per commune with people.
    basis
        What the points are.
    note
        What the screen says of them, in French.
    """

    points: pd.DataFrame
    basis: Basis
    note: str

    @property
    def room_note(self) -> str:
        """What the screen says of how room is counted, in French, without a full stop."""
        return _ROOM_NOTES[self.basis]

    @property
    def town_note(self) -> str:
        """What stands beside figures counted from the commune's point, as plural adjectives.

        French, without a full stop; "" where all people are counted there anyway.
        """
        return _TOWN_NOTES[self.basis]

    @property
    def lonlat(self) -> npt.NDArray[np.float64]:
        """Longitudes and latitudes, shape (n, 2)."""
        return self.points[["lon", "lat"]].to_numpy(dtype=np.float64)


def people_of(territory: Territory) -> People:
    """Return people where they live, on the finest basis that the data give.

    The squares of an imported grid; else, with a road network, the residential streets; else, and
    wherever a commune has neither, its point. The fringe, whose contours are not known, has no
    streets.
    """
    return territory.once("people", lambda: _people(territory))


def _people(territory: Territory) -> People:
    squares = territory.context.get("people_squares")
    basis: Basis = "communes"
    if squares is not None:
        basis = "squares"
    elif isinstance(territory.travel_time, RoadTravelTime):
        basis = "streets"
    source = territory.provenance["people_squares"] if squares is not None else None
    note = _NOTES[basis].format(source=f"{source.source}, {source.vintage}" if source else "")
    if basis == "communes":
        return People(_at_communes(territory), basis, note)
    key = digest(
        territory.version, Path(__file__).read_bytes(), Path(streets.__file__).read_bytes()
    )
    points = cached_table(
        "people",
        key,
        lambda: _spread(territory, squares if squares is not None else _streets(territory)),
    )
    return People(points, basis, note)


def _at_communes(territory: Territory) -> pd.DataFrame:
    both = territory.with_fringe("lon", "lat", "population", "code")
    return both.rename(columns={"population": "people"})


def _spread(territory: Territory, weights: pd.DataFrame) -> pd.DataFrame:
    """Give each commune's people to its points by their weights (`people`), else to its own."""
    communes = _at_communes(territory)
    population = communes.set_index("code")["people"]
    known = weights[weights["code"].isin(population.index) & (weights["people"] > 0)]
    total = known.groupby("code")["people"].transform("sum")
    told = known.assign(people=known["people"] / total * known["code"].map(population))
    rest = communes[~communes["code"].isin(set(told["code"]))]
    return pd.concat([told[_COLUMNS], rest[_COLUMNS]], ignore_index=True)


def _streets(territory: Territory) -> pd.DataFrame:
    """Return cells of streets with their commune; country roads where nothing else is."""
    engine = territory.travel_time
    if not isinstance(engine, RoadTravelTime):
        return pd.DataFrame(columns=_COLUMNS)
    cells = streets.street_cells(engine.network)
    points = gpd.GeoDataFrame(
        cells, geometry=gpd.points_from_xy(cells["lon"], cells["lat"]), crs=4326
    )
    inside = points.sjoin(territory.communes[["code", "geometry"]], predicate="within")
    inside = inside[~inside.index.duplicated()]
    streeted = set(inside.loc[inside["residential"], "code"])
    kept = inside[inside["residential"] | ~inside["code"].isin(streeted)]
    return pd.DataFrame(kept.drop(columns="geometry")).rename(columns={"metres": "people"})


def counted_within(
    territory: Territory, sites: npt.NDArray[np.float64], limits: Sequence[float]
) -> pd.DataFrame | None:
    """Count the people of each commune within some minutes of the nearest of some sites.

    Parameters
    ----------
    territory
        The region.
    sites
        Shape (k, 2), longitudes and latitudes.
    limits
        Minutes, inclusive.

    Returns
    -------
    pandas.DataFrame or None
        One row per commune of the region, in its order, one column per limit, inhabitants; None
        when people stand on the points of communes, whose minutes the caller has.
    """
    found = people_of(territory)
    if found.basis == "communes" or not len(sites):
        return None
    inside = among(found.points["code"], territory.communes["code"]).to_numpy()
    points = found.points[inside]
    key = digest(territory.version, found.basis, sites.tobytes(), Path(__file__).read_bytes())

    def build() -> pd.DataFrame:
        minutes, _ = territory.travel_time.nearest(sites, found.lonlat[inside])
        return pd.DataFrame({"minutes": minutes})

    minutes = cached_table("people-minutes", key, build)["minutes"].to_numpy()
    people = points["people"].to_numpy(dtype=np.float64)
    counts = {
        limit: pd.Series(np.where(minutes <= limit, people, 0.0))
        .groupby(points["code"].to_numpy())
        .sum()
        for limit in limits
    }
    codes = territory.communes["code"]
    return pd.DataFrame({limit: codes.map(count).fillna(0.0) for limit, count in counts.items()})
