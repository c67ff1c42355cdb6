"""The friction raster: from communes and coast to minutes per kilometre in each cell."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS, Transformer
from scipy import ndimage
from scipy.spatial import KDTree

from geo.friction.crossings import Place, joined
from geo.friction.features import density_features, relief_features, stepped
from geo.friction.local_ratio import log_ratio
from geo.friction.raster import Raster

PARAMETERS_FILE = Path(__file__).with_name("parameters.json")

LAMBERT_93 = CRS.from_epsg(2154)
METROPOLE_LON_LAT = (-6.0, 41.0, 10.5, 51.5)
"""Frame in which Lambert-93 is used; elsewhere the local UTM zone."""

MARGIN_M = 10_000
"""Width of the raster around the outermost commune."""

MISSING_CONTOUR_M = 1500
"""Land supposed around a town hall that no contour holds."""

KNOWN_WITHIN_M = 12_000
"""Further from any town hall nothing is known: abroad, or the open sea."""

END_SCALE_MINUTES = 4.0
"""How soon the time lost at both ends (slow first and last roads) is complete. Concave and 0 at
0 km, it keeps times symmetric and the triangle inequality."""

HALL_RADIUS_KM = 0.5
"""How far the middle of a village or a town reaches (standard deviation of a Gaussian)."""


@dataclass(frozen=True)
class Curve:
    """A quantity of each cell and what it does to the logarithm of minutes per km."""

    feature: str
    knots: tuple[float, ...]
    slowing: tuple[float, ...]


@dataclass(frozen=True)
class Parameters:
    """What the fit learned; see docs/travel-time.md.

    Attributes
    ----------
    constant
        Logarithm of minutes per km where every curve is 0.
    curves
        Piecewise linear, constant beyond their outer knots; features of `geo.friction.features`.
    motorway_minutes_per_km
        Between two exits of a motorway, in the country and in town.
    end_minutes
        Time lost at both ends: e·(1 − exp(−t / END_SCALE_MINUTES)) for t minutes in the field.
    hall_minutes
        Minutes more at each end that is the middle of a commune: out of the village or the town.
    cell_m
        Side of a cell.
    local
        Whether the ratios learned around known trips are used (`geo.friction.local_ratio`).
    """

    constant: float
    curves: tuple[Curve, ...]
    motorway_minutes_per_km: tuple[float, float]
    end_minutes: float
    hall_minutes: float
    cell_m: float
    local: bool = True

    @classmethod
    def read(cls, path: Path = PARAMETERS_FILE) -> "Parameters":
        """Read the committed parameters."""
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        return cls(
            constant=raw["constant"],
            curves=tuple(
                Curve(c["feature"], tuple(c["knots"]), tuple(c["slowing"])) for c in raw["curves"]
            ),
            motorway_minutes_per_km=tuple(raw["motorway_minutes_per_km"]),
            end_minutes=raw["end_minutes"],
            hall_minutes=raw["hall_minutes"],
            cell_m=raw["cell_m"],
        )

    def total(self, field_minutes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the minutes of trips that take `field_minutes` in the field."""
        return field_minutes - self.end_minutes * np.expm1(-field_minutes / END_SCALE_MINUTES)

    def field(self, minutes: float) -> float:
        """Return the field minutes whose total is `minutes`, rounded up, by bisection."""
        if not np.isfinite(minutes):
            return minutes
        low, high = 0.0, max(minutes, 0.0)
        for _ in range(60):
            middle = (low + high) / 2
            if self.total(np.array(middle)) <= minutes:
                low = middle
            else:
                high = middle
        return high


@dataclass(frozen=True, eq=False)
class Field:
    """A friction raster and where it lies.

    Attributes
    ----------
    raster
        What the kernels read.
    crs
        Projected system of the raster, metres.
    west, south
        Centre of the first column and of the first row, metres.
    cell_m
        Side of a cell, metres.
    halls
        Rows and columns of the middles of communes, in cells.
    hall_minutes
        Minutes that a trip takes more at an end which is one of them.
    """

    raster: Raster
    crs: CRS
    west: float
    south: float
    cell_m: float
    halls: KDTree
    hall_minutes: float

    @cached_property
    def _to_metres(self) -> Transformer:
        return Transformer.from_crs(4326, self.crs, always_xy=True)

    @property
    def place(self) -> Place:
        """Where the raster lies."""
        return Place(self._to_metres, self.west, self.south, self.cell_m)

    def cells(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return rows, columns and minutes of the end of longitudes and latitudes, shape (n, 3)."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        x, y = self._to_metres.transform(points[:, 0], points[:, 1])
        return self.cells_of_metres(np.asarray(x), np.asarray(y))

    def cells_of_metres(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return rows and columns, in cells, and minutes of the end, shape (n, 3)."""
        at = np.column_stack([(y - self.south) / self.cell_m, (x - self.west) / self.cell_m])
        return np.column_stack([at, self.end_minutes(at)])

    def end_minutes(self, at: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the minutes lost at an end, by rows and columns in cells, shape (n,)."""
        lost = np.zeros(len(at))
        known = np.flatnonzero(np.isfinite(at).all(axis=1))
        radius = HALL_RADIUS_KM * 1000 / self.cell_m
        cells, _ = self.halls.query(at[known], distance_upper_bound=6 * radius)
        lost[known] = self.hall_minutes * np.exp(-((cells / radius) ** 2) / 2)
        return lost


def build(
    communes: gpd.GeoDataFrame,
    fringe: pd.DataFrame,
    land: gpd.GeoDataFrame,
    parameters: Parameters,
) -> Field:
    """Build the raster of a region and its surroundings.

    Parameters
    ----------
    communes, fringe
        Communes of the region and near its border: lon, lat (degrees), population.
    land
        Dry land, EPSG:4326; what it leaves out is water.
    parameters
        What the fit learned.
    """
    lon = np.concatenate([communes["lon"], fringe["lon"]]).astype(float)
    lat = np.concatenate([communes["lat"], fringe["lat"]]).astype(float)
    population = np.concatenate([communes["population"], fringe["population"]]).astype(float)
    crs = _projection(lon, lat)
    to_metres = Transformer.from_crs(4326, crs, always_xy=True)
    x, y = (np.asarray(v) for v in to_metres.transform(lon, lat))
    cell = parameters.cell_m
    # Whole cells from the origin of the projection: the same place falls in the same cell
    # whatever the region.
    west = np.floor((x.min() - MARGIN_M) / cell) * cell + cell / 2
    south = np.floor((y.min() - MARGIN_M) / cell) * cell + cell / 2
    shape = (
        int((y.max() + MARGIN_M - south) / cell) + 1,
        int((x.max() + MARGIN_M - west) / cell) + 1,
    )
    rows, columns = (y - south) / cell, (x - west) / cell

    place = Place(to_metres, west, south, cell)
    features = density_features(rows, columns, population, shape, cell)
    features |= relief_features(crs, place, shape)
    log_friction = np.full(shape, parameters.constant)
    for curve in parameters.curves:
        log_friction += stepped(features[curve.feature], curve.knots, curve.slowing)
    if parameters.local and crs == LAMBERT_93:
        log_friction += log_ratio(place, shape)
    passable = _covered(land.to_crs(crs), west, south, cell, shape)
    # Water shut in on all sides is a commune whose contour is missing: lakes belong to communes.
    passable = np.asarray(ndimage.binary_fill_holes(passable))
    # On the shore the same shows as a town hall at sea.
    at_sea = ~passable[np.rint(rows).astype(int), np.rint(columns).astype(int)]
    passable |= _near(rows[at_sea], columns[at_sea], shape, MISSING_CONTOUR_M / cell)
    passable &= _near(rows, columns, shape, KNOWN_WITHIN_M / cell)
    passable[:2] = passable[-2:] = passable[:, :2] = passable[:, -2:] = False
    friction = np.where(passable, np.exp(log_friction) * cell / 1000, np.inf).astype(np.float32)
    raster = joined(
        friction,
        place,
        density_per_km2=100 * 10 ** features["density_1km"],
        motorway_minutes_per_km=parameters.motorway_minutes_per_km,
    )
    halls = KDTree(np.column_stack([rows, columns]))
    return Field(raster, crs, west, south, cell, halls, parameters.hall_minutes)


def _projection(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> CRS:
    west, south, east, north = METROPOLE_LON_LAT
    if west <= lon.min() and lon.max() <= east and south <= lat.min() and lat.max() <= north:
        return LAMBERT_93
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).estimate_utm_crs()


def _near(
    rows: npt.NDArray[np.float64],
    columns: npt.NDArray[np.float64],
    shape: tuple[int, int],
    cells: float,
) -> npt.NDArray[np.bool_]:
    """Tell which cells lie within a number of cells of a point."""
    if not len(rows):
        return np.zeros(shape, dtype=bool)
    there = np.ones(shape, dtype=bool)
    there[np.rint(rows).astype(int), np.rint(columns).astype(int)] = False
    return np.asarray(ndimage.distance_transform_edt(there) <= cells)


def _covered(
    land: gpd.GeoDataFrame, west: float, south: float, cell: float, shape: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Tell which cell centres lie on land (even-odd rule along each row)."""
    covered = np.zeros(shape, dtype=bool)
    for geometry in land.geometry:
        rings = shapely.get_rings(shapely.get_parts(geometry))
        points, ring = shapely.get_coordinates(rings, return_index=True)
        points = (points - [west, south]) / cell
        a, b = points[:-1], points[1:]
        same = ring[1:] == ring[:-1]
        a, b = a[same], b[same]
        low = np.ceil(np.minimum(a[:, 1], b[:, 1])).astype(int).clip(0, shape[0])
        high = np.ceil(np.maximum(a[:, 1], b[:, 1])).astype(int).clip(0, shape[0])
        edge = np.repeat(np.arange(len(a)), high - low)
        start = np.cumsum(high - low) - (high - low)
        row = low[edge] + np.arange(len(edge)) - start[edge]
        rise = b[edge, 1] - a[edge, 1]
        at = a[edge, 0] + (row - a[edge, 1]) / rise * (b[edge, 0] - a[edge, 0])
        turns = np.zeros((shape[0], shape[1] + 1), dtype=int)
        np.add.at(turns, (row, np.ceil(at).astype(int).clip(0, shape[1])), 1)
        covered |= np.cumsum(turns, axis=1)[:, :-1] % 2 == 1
    return covered
