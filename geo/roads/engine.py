"""Travel times on a road network, behind the interface of `geo.travel_time`."""

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.contours import OFF_ROAD_KMH, area_within
from geo.errors import InvalidInputError, UnreachableError
from geo.french import date, number
from geo.roads.area import time_grid
from geo.roads.locate import SNAP_LIMIT_M
from geo.roads.nearest import NearestField
from geo.roads.network import RoadNetwork
from geo.roads.places import Places, locate
from geo.roads.projection import to_lonlat
from geo.roads.queries import Router
from geo.roads.search import NEVER_MS, Ints
from geo.travel_time import RINGS_MINUTES, EngineLabel, LonLat, Minutes, code_version

LONGEST_RING_MIN = 600.0
"""Ten hours; further, a time grid would be a country wide."""

_MS_PER_MIN = 60_000
_ROUNDING_MS = 1e-3
_PROFILE_NAMES = {"offpeak": "hors heures de pointe", "peak": "aux heures de pointe"}


class RoadTravelTime:
    """Car travel times on a network built from OpenStreetMap.

    A point is joined to its nearest road by a walk (`geo.contours.OFF_ROAD_KMH`). Further than
    `SNAP_LIMIT_M` from any road, an origin alone is refused, and a point among others gives inf.

    Parameters
    ----------
    network
        The network.
    profile
        "offpeak" or "peak".
    """

    def __init__(self, network: RoadNetwork, profile: str = "offpeak") -> None:
        self.network = network
        self.profile = profile
        self._router = Router(network, profile)

    @property
    def label(self) -> EngineLabel:
        """What the screen says of this network."""
        said = self.network.provenance
        day = said.get("date")
        vintage = date(dt.date.fromisoformat(day)) if day else "date inconnue"
        nodes = number(said["nodes"])
        detail = (
            f"Temps de trajet en voiture {_PROFILE_NAMES[self.profile]} sur le réseau routier "
            f"({nodes} carrefours, données {said['source']}){_fitted(said)} ; accès à la route à "
            f"{OFF_ROAD_KMH:.0f} km/h."
        )
        return EngineLabel("Réseau routier OpenStreetMap", vintage, detail, estimated=False)

    @property
    def version(self) -> str:
        """Key of the roads, their speeds, the profile and the code of the searches."""
        code = code_version(Path(__file__).parent)
        return f"routes-{self.network.provenance['version']}-{self.profile}-{code}"

    def covers(self, points: LonLat) -> npt.NDArray[np.bool_]:
        """Return whether each point, shape (n, 2), is near enough to a road of this network."""
        return self._places(points).snapped

    def pairs(self, origins: LonLat, destinations: LonLat) -> Minutes:
        """Minutes of each pair, shape (n,); inf if no way or a point is too far from a road."""
        return _minutes(self._router.pairs(self._places(origins), self._places(destinations)))

    def one_to_many(self, origin: LonLat, destinations: LonLat, limit: float) -> Minutes:
        """Minutes from one point, shape (2,), to many, shape (n,); inf beyond `limit` minutes.

        Raises
        ------
        UnreachableError
            If the origin is too far from any road.
        """
        start = self._origin(origin)
        ends = self._places(destinations)
        return _minutes(self._router.one_to_many(start, ends, _milliseconds(limit)))

    def matrix(self, origins: LonLat, destinations: LonLat, limit: float) -> pd.DataFrame:
        """Pairs within `limit` minutes: columns origin, destination (row numbers), minutes."""
        origin, destination, ms = self._router.matrix(
            self._places(origins), self._places(destinations), _milliseconds(limit)
        )
        return pd.DataFrame({"origin": origin, "destination": destination, "minutes": _minutes(ms)})

    def nearest(
        self, sites: LonLat, points: LonLat, limit: float = np.inf
    ) -> tuple[Minutes, npt.NDArray[np.int64]]:
        """Minutes from each point to its nearest site, and the site's row number (-1: none)."""
        ms, site = self.nearest_field(sites, limit).at(self._places(points))
        return _minutes(ms), site

    def nearest_field(self, sites: LonLat, limit: float = np.inf) -> NearestField:
        """Return the field of the nearest site, which takes sites in and out at little cost."""
        return NearestField.of(self._router, self._places(sites), _milliseconds(limit))

    def isochrones(
        self, origins: LonLat, minutes: Sequence[float] = RINGS_MINUTES
    ) -> gpd.GeoDataFrame:
        """Areas within each threshold of the nearest of `origins` (union over origins).

        Origins too far from any road are left out; all thresholds are cut from one time grid.

        Returns
        -------
        geopandas.GeoDataFrame
            Columns minutes (ascending) and geometry (valid, nested, EPSG:4326).

        Raises
        ------
        InvalidInputError
            If there is no origin, no threshold, or one that is not positive.
        UnreachableError
            If no origin is near enough to a road.
        """
        thresholds = sorted({float(m) for m in minutes})
        if not thresholds or not 0 < thresholds[0] <= thresholds[-1] <= LONGEST_RING_MIN:
            message = (
                "Une isochrone demande des durées en minutes, positives et d’au plus "
                f"{LONGEST_RING_MIN:.0f}."
            )
            raise InvalidInputError(message)
        if not np.size(origins):
            raise InvalidInputError("Une isochrone demande au moins un point de départ.")
        places = self._places(origins)
        joined = places.take(places.snapped)
        if not len(joined):
            raise UnreachableError(_off_network(np.atleast_2d(origins)))
        grid = time_grid(self._router, joined, _milliseconds(thresholds[-1]))
        areas = [
            self._degrees(area_within(grid.x, grid.y, grid.minutes, limit)) for limit in thresholds
        ]
        return gpd.GeoDataFrame({"minutes": thresholds}, geometry=areas, crs="EPSG:4326")

    def _degrees(self, area: shapely.MultiPolygon) -> shapely.MultiPolygon:
        degrees = shapely.transform(area, lambda xy: to_lonlat(xy, self.network.crs))
        if degrees.is_valid:
            return degrees
        # Rings that touch at a point may cross by the last digit once projected.
        return shapely.make_valid(degrees, method="structure", keep_collapsed=False)

    def _places(self, points: LonLat) -> Places:
        return locate(self.network, self.profile, np.asarray(points, float).reshape(-1, 2))

    def _origin(self, point: LonLat) -> Places:
        place = self._places(point)
        if not place.snapped[0]:
            raise UnreachableError(_off_network(np.atleast_2d(point)))
        return place


def _fitted(said: dict[str, Any]) -> str:
    """Return what to say of speeds fitted on known times."""
    fitted = said.get("calibration")
    if fitted is None:
        return ""
    trips = number(fitted["pairs"])
    miss = number(fitted["after"]["mean_absolute_min"], 1)
    return (
        f", vitesses calées sur {trips} trajets connus (écart moyen de {miss} min sur des trajets "
        "tenus à l’écart)"
    )


def _off_network(points: LonLat) -> str:
    lon, lat = points[0]
    who = (
        f"Le point (longitude {number(lon, 5)}, latitude {number(lat, 5)}) est"
        if len(points) == 1
        else f"Les {len(points)} points demandés sont"
    )
    return (
        f"{who} à plus de {SNAP_LIMIT_M:.0f} m de toute route du réseau : choisissez un point "
        "plus proche d’une route, ou construisez un réseau qui couvre ce territoire."
    )


def _milliseconds(minutes: float) -> int:
    """Return a limit in whole milliseconds; thresholds are inclusive."""
    if math.isnan(minutes) or minutes < 0:
        return -1
    return int(min(minutes * _MS_PER_MIN + _ROUNDING_MS, NEVER_MS - 1))


def _minutes(ms: Ints) -> Minutes:
    return np.where(ms >= NEVER_MS, np.inf, ms / _MS_PER_MIN)
