"""The friction raster: from communes and coast to minutes per kilometre in each cell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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

from geo.friction.cost_distance import Raster
from geo.friction.crossings import Place, joined

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

SPARSEST_PER_KM2 = 3.0
"""Density below which emptier makes no slower: forest and marsh roads are alike."""


@dataclass(frozen=True)
class Parameters:
    """What the fit learned; see docs/travel-time.md.

    Attributes
    ----------
    scales_km
        Radii (standard deviation of a Gaussian) over which density is smoothed.
    log_friction
        Logarithm of minutes per km: constant, then one factor per scale on log10(density / 100).
    motorway_minutes_per_km
        Between two exits of a motorway, in the country and in town.
    end_minutes
        Time lost at both ends: e·(1 − exp(−t / END_SCALE_MINUTES)) for t minutes in the field.
    cell_m
        Side of a cell.
    relief
        By how much mountains multiply friction, by code of region: no altitude comes with the
        embedded data. Regions without a factor count for flat.
    """

    scales_km: tuple[float, ...]
    log_friction: tuple[float, ...]
    motorway_minutes_per_km: tuple[float, float]
    end_minutes: float
    cell_m: float
    relief: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path = PARAMETERS_FILE) -> "Parameters":
        """Read the committed parameters."""
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["parameters"]
        return cls(
            scales_km=tuple(raw["scales_km"]),
            log_friction=tuple(raw["log_friction"]),
            motorway_minutes_per_km=tuple(raw["motorway_minutes_per_km"]),
            end_minutes=raw["end_minutes"],
            cell_m=raw["cell_m"],
            relief=raw["relief"],
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
    relief
        Codes of the regions in it to which a factor of relief applies.
    """

    raster: Raster
    crs: CRS
    west: float
    south: float
    cell_m: float
    relief: tuple[str, ...] = ()

    @cached_property
    def _to_metres(self) -> Transformer:
        return Transformer.from_crs(4326, self.crs, always_xy=True)

    def cells(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return rows and columns, in cells, of longitudes and latitudes, shape (n, 2)."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
        x, y = self._to_metres.transform(points[:, 0], points[:, 1])
        return self.cells_of_metres(np.asarray(x), np.asarray(y))

    def cells_of_metres(
        self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Return rows and columns, in cells, of projected coordinates, shape (n, 2)."""
        return np.column_stack([(y - self.south) / self.cell_m, (x - self.west) / self.cell_m])


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
        Communes of the region and near its border: lon, lat (degrees), population, and region
        where a factor of relief may apply.
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

    features = density_features(rows, columns, population, shape, parameters)
    log_friction = log_friction_of(features, parameters)
    regions = pd.concat([table.get("region", pd.Series(dtype=str)) for table in (communes, fringe)])
    hilly = tuple(sorted(set(regions) & set(parameters.relief)))
    if hilly:
        factor = regions.map(parameters.relief).fillna(1.0).to_numpy(float)
        log_friction += np.log(_of_nearest(rows, columns, factor, shape))
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
        Place(to_metres, west, south, cell),
        density_per_km2=100 * 10 ** features[0],
        motorway_minutes_per_km=parameters.motorway_minutes_per_km,
    )
    return Field(raster, crs, west, south, cell, hilly)


def density_features(
    rows: npt.NDArray[np.float64],
    columns: npt.NDArray[np.float64],
    population: npt.NDArray[np.float64],
    shape: tuple[int, int],
    parameters: Parameters,
) -> list[npt.NDArray[np.float64]]:
    """Return log10(density / 100 per km²) smoothed at each scale, each of the raster's shape."""
    people = _splat(rows, columns, population, shape)
    area_km2 = (parameters.cell_m / 1000) ** 2
    return [
        np.log10(
            np.maximum(
                ndimage.gaussian_filter(people, scale * 1000 / parameters.cell_m, truncate=3)
                / area_km2,
                SPARSEST_PER_KM2,
            )
            / 100
        )
        for scale in parameters.scales_km
    ]


def log_friction_of(
    features: Sequence[npt.NDArray[np.float64]], parameters: Parameters
) -> npt.NDArray[np.float64]:
    """Return the logarithm of minutes per km in each cell."""
    constant, *factors = parameters.log_friction
    return constant + sum(
        (b * f for b, f in zip(factors, features, strict=True)), np.zeros_like(features[0])
    )


def _projection(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> CRS:
    west, south, east, north = METROPOLE_LON_LAT
    if west <= lon.min() and lon.max() <= east and south <= lat.min() and lat.max() <= north:
        return LAMBERT_93
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).estimate_utm_crs()


def _splat(
    rows: npt.NDArray[np.float64],
    columns: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    shape: tuple[int, int],
) -> npt.NDArray[np.float64]:
    """Share each value between the four centres around its point (bilinear)."""
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = rows - top, columns - left
    grid = np.zeros(shape)
    for dy in (0, 1):
        for dx in (0, 1):
            share = np.abs(1 - dy - down) * np.abs(1 - dx - right)
            np.add.at(grid, (top + dy, left + dx), values * share)
    return grid


def _of_nearest(
    rows: npt.NDArray[np.float64],
    columns: npt.NDArray[np.float64],
    values: npt.NDArray[np.float64],
    shape: tuple[int, int],
) -> npt.NDArray[np.float64]:
    """Return in each cell the value of the nearest point."""
    known = np.zeros(shape)
    at = np.rint(rows).astype(int), np.rint(columns).astype(int)
    known[at] = values
    empty = np.ones(shape, dtype=bool)
    empty[at] = False
    nearest = ndimage.distance_transform_edt(empty, return_distances=False, return_indices=True)
    return np.asarray(known[tuple(nearest)])


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
