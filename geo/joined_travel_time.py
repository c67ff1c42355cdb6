"""Travel times over lands that no road joins: one engine for each, asked for its own points.

The mainland and each overseas département have their own projection, their own grid, their own
errors; between two of them there is no way by car.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from geo.errors import InvalidInputError
from geo.travel_time import RINGS_MINUTES, EngineLabel, LonLat, Minutes, TravelTime

Frame = tuple[float, float, float, float]
"""West, south, east, north, degrees (WGS84)."""


@dataclass(frozen=True, eq=False)
class JoinedTravelTime(TravelTime):
    """Engines of lands apart as one: shapes, units and errors are those of `TravelTime`.

    A point belongs to the land whose frame is the nearest.

    Attributes
    ----------
    parts
        The frame of the places of each land, and its engine; the main land first, whose label is
        that of the whole.
    beside
        What the label adds of the other lands, one French sentence.
    apart
        Code of the département that each of the others is: whether its times are estimates.
    """

    parts: Mapping[Frame, TravelTime]
    beside: str = ""
    apart: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Key of the engines and of their frames."""
        told = ";".join(f"{frame}={engine.version}" for frame, engine in self.parts.items())
        return f"joined-{hashlib.sha256(told.encode()).hexdigest()[:16]}"

    @cached_property
    def label(self) -> EngineLabel:
        """What the screen says: of the main land, then of the others."""
        main = self._engines[0].label
        detail = f"{main.detail} {self.beside}".strip()
        return EngineLabel(main.name, main.vintage, detail, main.estimated, self.apart)

    def part_of(self, points: LonLat) -> npt.NDArray[np.int64]:
        """Return the rank of the land of each point, shape (n,)."""
        ends = shapely.points(np.asarray(points, dtype=np.float64).reshape(-1, 2))
        away = [shapely.distance(shapely.box(*frame), ends) for frame in self.parts]
        return np.asarray(np.nan_to_num(np.stack(away), nan=np.inf).argmin(axis=0))

    def pairs(self, origins: LonLat, destinations: LonLat) -> Minutes:
        """As `TravelTime.pairs`: no way leads from one land to another."""
        if len(origins) != len(destinations):
            raise InvalidInputError(
                f"Il y a {len(origins)} origines pour {len(destinations)} destinations : il en "
                "faut autant."
            )
        here, there = self.part_of(origins), self.part_of(destinations)
        minutes = np.full(len(origins), np.inf)
        for rank, engine in enumerate(self._engines):
            rows = np.flatnonzero((here == rank) & (there == rank))
            if len(rows):
                minutes[rows] = engine.pairs(origins[rows], destinations[rows])
        return minutes

    def one_to_many(self, origin: LonLat, destinations: LonLat, limit: float) -> Minutes:
        """As `TravelTime.one_to_many`: of the points of the origin's land."""
        (rank,) = self.part_of(np.asarray(origin, dtype=np.float64).reshape(1, 2))
        rows = np.flatnonzero(self.part_of(destinations) == rank)
        minutes = np.full(len(destinations), np.inf)
        minutes[rows] = self._engines[rank].one_to_many(origin, destinations[rows], limit)
        return minutes

    def matrix(self, origins: LonLat, destinations: LonLat, limit: float) -> pd.DataFrame:
        """As `TravelTime.matrix`: the pairs of each land, by origin and destination."""
        here, there = self.part_of(origins), self.part_of(destinations)
        found = []
        for rank, engine in enumerate(self._engines):
            a, b = np.flatnonzero(here == rank), np.flatnonzero(there == rank)
            if len(a) and len(b):
                own = engine.matrix(origins[a], destinations[b], limit)
                found.append(
                    own.assign(
                        origin=a[own["origin"].to_numpy(int)],
                        destination=b[own["destination"].to_numpy(int)],
                    )
                )
        if not found:
            empty = np.empty(0, np.int64)
            return pd.DataFrame(
                {"origin": empty, "destination": empty, "minutes": np.empty(0, np.float64)}
            )
        whole = pd.concat(found, ignore_index=True)
        return whole.sort_values(["origin", "destination"], ignore_index=True)

    def nearest(
        self, sites: LonLat, points: LonLat, limit: float = np.inf
    ) -> tuple[Minutes, npt.NDArray[np.int64]]:
        """As `TravelTime.nearest`: among the sites of the point's own land."""
        here, there = self.part_of(points), self.part_of(sites)
        minutes, nearest = np.full(len(points), np.inf), np.full(len(points), -1, np.int64)
        for rank, engine in enumerate(self._engines):
            a, b = np.flatnonzero(here == rank), np.flatnonzero(there == rank)
            if len(a) and len(b):
                minutes[a], own = engine.nearest(sites[b], points[a], limit)
                nearest[a] = np.where(own >= 0, b[own], -1)
        return minutes, nearest

    def isochrones(
        self, origins: LonLat, minutes: Sequence[float] = RINGS_MINUTES
    ) -> gpd.GeoDataFrame:
        """As `TravelTime.isochrones`: those of each land, joined."""
        points = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
        lands = self.part_of(points)
        ranks = np.unique(lands) if len(points) else np.array([0])
        areas = [self._engines[rank].isochrones(points[lands == rank], minutes) for rank in ranks]
        if len(areas) == 1:
            return areas[0]
        whole = gpd.GeoDataFrame(pd.concat(areas, ignore_index=True), crs=4326)
        return whole.dissolve("minutes").reset_index()[["minutes", "geometry"]]

    @cached_property
    def _engines(self) -> tuple[TravelTime, ...]:
        return tuple(self.parts.values())
