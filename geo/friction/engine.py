"""Travel times without a road network: shortest paths through a friction surface.

Each cell of a raster holds minutes per kilometre, learned from real times; water is not crossed
save by known bridges and ferries. The method, its fit and its error are in docs/travel-time.md.
"""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from threading import RLock, local

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.spatial import KDTree

from geo.contours import area_within
from geo.errors import InvalidInputError, UnreachableError
from geo.french import number
from geo.friction import cost_distance
from geo.friction.cost_distance import MAX_MINUTES
from geo.friction.crossings import LINKS_FILE, MOTORWAYS_FILE
from geo.friction.features import RELIEF_FILE
from geo.friction.links import link
from geo.friction.local_ratio import LOCAL_FILE
from geo.friction.said import said
from geo.friction.spread import Work, clean_work, spread, tidy
from geo.friction.surface import PARAMETERS_FILE, Field, Parameters, build
from geo.travel_time import RINGS_MINUTES, EngineLabel, LonLat, Minutes, code_version

ERRORS_FILE = Path(__file__).with_name("errors.json")

RIM_CELLS = 4
"""Cells computed beyond a threshold, so that its contour lies between known times."""

SHARED_ORIGIN = 4
"""From so many pairs of one origin on, one search all around beats one search towards each."""

USUAL_DETOUR = 1.5
LEAST_SEARCH_MINUTES = 30.0
"""How far such a search looks: more than nearly every trip needs."""

_NO_MINUTES = frozenset({"extent.py", "fit.py", "said.py"})
"""Modules whose code changes no minute that the parameters do not say."""

_MAKING = RLock()
"""Who asks while another thread makes a raster waits for it, rather than make it too."""

THREADS = max(1, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class FrictionTravelTime:
    """The travel-time engine of the embedded default; implements `geo.travel_time.TravelTime`.

    Attributes
    ----------
    make_field
        Makes the raster; called once, when a time is first asked for.
    parameters
        What the fit learned.
    version
        Key of the field: same key, same times.
    departements
        Codes of those shown, whose errors the label says.
    """

    make_field: Callable[[], Field]
    parameters: Parameters
    version: str
    departements: tuple[str, ...] = ()

    @property
    def field(self) -> Field:
        """The raster. It takes seconds to make: what is kept on disk is shown without it."""
        with _MAKING:
            return self._field

    @cached_property
    def _field(self) -> Field:
        return self.make_field()

    @cached_property
    def label(self) -> EngineLabel:
        """What the screen says: estimates, with their cross-validated error."""
        errors = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
        return EngineLabel(
            name="Temps estimés",
            vintage=errors["vintage"],
            detail=said(errors, self.departements),
            estimated=True,
        )

    def pairs(self, origins: LonLat, destinations: LonLat) -> Minutes:
        """Minutes of each pair (origins[i], destinations[i]), shape (n,); inf if no way."""
        a, b = self.field.cells(origins), self.field.cells(destinations)
        if len(a) != len(b):
            raise InvalidInputError(
                f"Il y a {len(a)} origines pour {len(b)} destinations : il en faut autant."
            )
        if len(np.unique(b, axis=0)) < len(np.unique(a, axis=0)):
            a, b = b, a  # the field is the same both ways
        minutes = self._from_shared(a, b)
        alone = np.flatnonzero(np.isinf(minutes))

        def part(first: int, last: int) -> npt.NDArray[np.float64]:
            rows = alone[first:last]
            return cost_distance.pairs(self.field.raster, a[rows], b[rows], self._work())

        minutes[alone] = _over_cores(part, len(alone))
        return self.parameters.total(minutes)

    def _from_shared(
        self, origins: npt.NDArray[np.float64], destinations: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return field minutes of the pairs whose origin is that of several, shape (n,).

        One search serves all the pairs of an origin; inf for the others, and for what lies
        beyond the usual detour.
        """
        ends, group, counts = np.unique(origins, axis=0, return_inverse=True, return_counts=True)
        group = group.ravel()
        shared = counts >= SHARED_ORIGIN
        rows = np.flatnonzero(shared[group])
        rows = rows[np.argsort(group[rows], kind="stable")]
        minutes = np.full(len(origins), np.inf)
        if len(rows):
            starts = np.concatenate([[0], np.cumsum(counts[shared])])
            straight = np.hypot(*(origins[rows, :2] - destinations[rows, :2]).T)
            farthest = np.maximum.reduceat(
                np.where(np.isfinite(straight), straight, 0.0), starts[:-1]
            )
            limits = USUAL_DETOUR * self._typical * farthest + LEAST_SEARCH_MINUTES
            minutes[rows] = self._table(ends[shared], destinations, starts, rows, limits)
        return minutes

    def one_to_many(self, origin: LonLat, destinations: LonLat, limit: float) -> Minutes:
        """Minutes from one point, shape (2,), to many, shape (n,); inf beyond `limit` minutes.

        Raises
        ------
        UnreachableError
            The origin lies outside the field or at sea.
        """
        start = self._started(np.asarray(origin, dtype=np.float64).reshape(1, 2))
        to = self.field.cells(destinations)
        bound = min(self.parameters.field(limit), MAX_MINUTES)
        found = self._table(
            start, to, np.array([0, len(to)]), np.arange(len(to)), np.array([bound])
        )
        return self._cut(found, limit)

    def matrix(self, origins: LonLat, destinations: LonLat, limit: float) -> pd.DataFrame:
        """Pairs within `limit` minutes: columns origin, destination (row numbers), minutes."""
        if len(destinations) < len(origins):
            # The field is the same both ways: search from the side that has fewer points.
            back = self.matrix(destinations, origins, limit)
            there = back.rename(columns={"origin": "destination", "destination": "origin"})
            ordered = there.sort_values(["origin", "destination"], ignore_index=True)
            return ordered[["origin", "destination", "minutes"]]
        a, b = self.field.cells(origins), self.field.cells(destinations)
        bound = min(self.parameters.field(limit), MAX_MINUTES)
        usable = np.flatnonzero(self._covers(a))
        candidates = _within(a[usable], b, bound / self.field.raster.shortest)
        counts = np.array([len(c) for c in candidates], dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)])
        order = np.concatenate([np.empty(0, np.int64), *candidates])
        found = self._table(a[usable], b, starts, order, np.full(len(usable), bound))
        minutes = self._cut(found, limit)
        kept = np.isfinite(minutes)
        return pd.DataFrame(
            {
                "origin": np.repeat(usable, counts)[kept],
                "destination": order[kept],
                "minutes": minutes[kept],
            }
        )

    def nearest(
        self, sites: LonLat, points: LonLat, limit: float = np.inf
    ) -> tuple[Minutes, npt.NDArray[np.int64]]:
        """Minutes from each point to its nearest site, and the site's row number (-1: none)."""
        bound = min(self.parameters.field(limit), MAX_MINUTES)
        found, rows = cost_distance.nearest(
            self.field.raster,
            self.field.cells(sites),
            self.field.cells(points),
            bound,
            self._work(),
        )
        minutes = self._cut(found, limit)
        return minutes, np.where(np.isfinite(minutes), rows, -1)

    def isochrones(
        self, origins: LonLat, minutes: Sequence[float] = RINGS_MINUTES
    ) -> gpd.GeoDataFrame:
        """Areas within each threshold of the nearest of `origins` (union over origins).

        Returns
        -------
        geopandas.GeoDataFrame
            Columns minutes (ascending) and geometry (valid, nested, EPSG:4326).

        Raises
        ------
        UnreachableError
            An only origin lies outside the field or at sea.
        InvalidInputError
            No origin, no threshold, or a threshold that is not positive.
        """
        limits = sorted({float(m) for m in minutes})
        if not limits or limits[0] <= 0 or not np.isfinite(limits[-1]):
            raise InvalidInputError("Une isochrone demande des durées positives, en minutes.")
        points = np.asarray(origins, dtype=np.float64).reshape(-1, 2)
        if not len(points):
            raise InvalidInputError("Une isochrone demande au moins un point de départ.")
        starts = self._started(points) if len(points) == 1 else self.field.cells(points)
        x, y, grid = self._time_grid(starts, limits[-1])
        areas = [area_within(x, y, grid, limit) for limit in limits]
        rings = gpd.GeoSeries(areas, crs=self.field.crs).to_crs(4326)
        if not rings.is_valid.all():
            rings = gpd.GeoSeries(shapely.make_valid(rings.to_numpy()), crs=4326)
        return gpd.GeoDataFrame({"minutes": limits}, geometry=rings, crs=4326)

    def _time_grid(
        self, starts: npt.NDArray[np.float64], limit: float
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return abscissas, ordinates and total minutes of the cells around what is reached."""
        raster, cell = self.field.raster, self.field.cell_m
        work = self._work()
        bound = self.parameters.field(limit) + RIM_CELLS * self._typical
        cells, minutes, _ = link(raster, starts)
        owners = np.zeros(cells.size, np.int32)
        reached = spread(raster, cells.ravel(), minutes.ravel(), owners, bound, work)
        nx = raster.friction.shape[1]
        rows, columns = np.divmod(work.touched[:reached], nx)
        if not reached:
            tidy(work, reached)
            return np.arange(2.0), np.arange(2.0), np.full((2, 2), np.inf)
        top, left = rows.min() - 1, columns.min() - 1
        grid = np.full((rows.max() + 2 - top, columns.max() + 2 - left), np.inf)
        grid[rows - top, columns - left] = work.time[work.touched[:reached]]
        tidy(work, reached)
        known = np.isfinite(grid)
        grid[known] += self.field.end_minutes(np.argwhere(known) + np.array([top, left]))
        x = self.field.west + (left + np.arange(grid.shape[1])) * cell
        y = self.field.south + (top + np.arange(grid.shape[0])) * cell
        return x, y, self.parameters.total(grid)

    def _started(self, origin: LonLat) -> npt.NDArray[np.float64]:
        """Return the only origin in cells, or refuse it."""
        start = self.field.cells(origin)
        if not self._covers(start).all():
            lon, lat = origin[0]
            raise UnreachableError(
                f"Le point ({number(lat, 4)} N, {number(lon, 4)} E) est en mer ou hors du "
                "territoire couvert : choisissez un point à terre, dans la région ou à moins de "
                "40 km d’elle."
            )
        return start

    def _covers(self, cells: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Tell which points can be joined to the field."""
        joined, _, _ = link(self.field.raster, cells)
        return np.asarray((joined >= 0).any(axis=1))

    def _table(
        self,
        origins: npt.NDArray[np.float64],
        destinations: npt.NDArray[np.float64],
        starts: npt.NDArray[np.int64],
        order: npt.NDArray[np.int64],
        limits: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        """Run `cost_distance.table` over the cores."""

        def part(first: int, last: int) -> npt.NDArray[np.float64]:
            return cost_distance.table(
                self.field.raster,
                origins[first:last],
                destinations,
                starts[first : last + 1] - starts[first],
                order[starts[first] : starts[last]],
                limits[first:last],
                self._work(),
            )

        return _over_cores(part, len(origins))

    def _cut(self, field_minutes: npt.NDArray[np.float64], limit: float) -> Minutes:
        """Return total minutes, inf beyond the limit (inclusive)."""
        minutes = self.parameters.total(field_minutes)
        return np.where(minutes <= limit, minutes, np.inf)

    def _work(self) -> Work:
        """Return this thread's arrays, made on first use."""
        if not hasattr(self._threads, "work"):
            self._threads.work = clean_work(self.field.raster)
        return self._threads.work

    @cached_property
    def _threads(self) -> local:
        return local()

    @cached_property
    def _typical(self) -> float:
        """Median minutes to cross a cell."""
        friction = self.field.raster.friction
        return float(np.median(friction[np.isfinite(friction)]))


def load_engine(
    communes: gpd.GeoDataFrame, fringe: pd.DataFrame, land: gpd.GeoDataFrame
) -> FrictionTravelTime:
    """Return the engine of a region, built once per process for the same inputs.

    Parameters
    ----------
    communes, fringe
        Communes of the region and near its border: lon, lat (degrees), population, area_km2.
    land
        Dry land, EPSG:4326; what it leaves out is water.
    """
    digest = hashlib.sha256()
    for table in (communes, fringe):
        told = table[["lon", "lat", "population", "area_km2"]]
        digest.update(told.to_numpy(dtype=np.float64).tobytes())
    for wkb in shapely.to_wkb(land.geometry.to_numpy()):
        digest.update(wkb)
    for file in (PARAMETERS_FILE, LINKS_FILE, MOTORWAYS_FILE, RELIEF_FILE, LOCAL_FILE):
        digest.update(file.read_bytes())
    digest.update(code_version(Path(__file__).parent, without=_NO_MINUTES).encode())
    return _engine(digest.hexdigest()[:16], _Inputs(communes, fringe, land))


@dataclass(frozen=True)
class _Inputs:
    """Inputs of a build; all equal, so that the cache looks at the digest only."""

    communes: gpd.GeoDataFrame
    fringe: pd.DataFrame
    land: gpd.GeoDataFrame

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Inputs)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=4)
def _engine(version: str, inputs: _Inputs) -> FrictionTravelTime:
    parameters = Parameters.read()
    make_field = partial(build, inputs.communes, inputs.fringe, inputs.land, parameters)
    shown = tuple(sorted(set(inputs.communes.get("departement", ()))))
    return FrictionTravelTime(make_field, parameters, f"friction-{version}", shown)


def _within(
    origins: npt.NDArray[np.float64], destinations: npt.NDArray[np.float64], reach: float
) -> list[npt.NDArray[np.int64]]:
    """Return, for each origin, the rows of destinations within a straight distance."""
    everyone = np.arange(len(destinations))
    if not np.isfinite(reach) or not len(destinations) or not len(origins):
        return [everyone] * len(origins)
    usable = np.flatnonzero(np.isfinite(destinations).all(axis=1))
    tree = KDTree(destinations[usable, :2])
    found = tree.query_ball_point(origins[:, :2], reach, return_sorted=True, workers=-1)
    return [usable[np.asarray(rows, dtype=np.int64)] for rows in found]


def _over_cores(
    part: Callable[[int, int], npt.NDArray[np.float64]], count: int
) -> npt.NDArray[np.float64]:
    """Concatenate part(first, last) over slices of range(count), run by several threads."""
    if count < 8:
        return part(0, count)
    edges = np.unique(np.linspace(0, count, 8 * THREADS + 1).astype(int))
    with ThreadPoolExecutor(THREADS) as pool:
        return np.concatenate(list(pool.map(part, edges[:-1], edges[1:])))
