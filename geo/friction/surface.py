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
from pyproj import CRS, Transformer
from scipy import ndimage
from scipy.spatial import KDTree

from geo.friction.crossings import Place, joined
from geo.friction.dry_land import covered_by, near_points
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

END_SCALE_MINUTES = 12.0
"""How soon the time lost at both ends (slow first and last roads; longer trips use faster ones)
is complete. Concave and 0 at 0 km, it keeps times symmetric and the triangle inequality. 4, 12
and 20 minutes give 2.03, 2.00 and 2.00 held out: 12."""

HALL_RADIUS_KM = 0.5
"""How far the middle of a village or a town reaches (standard deviation of a Gaussian)."""

HALLS_NEAR = 4
"""Middles of communes that may count at one point."""


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
    hall_knots, hall_minutes
        Minutes more at each end that is the middle of a commune (out of the village or the town),
        by log10 of its inhabitants: piecewise linear, constant beyond the outer knots.
    cell_m
        Side of a cell.
    local
        Whether the ratios learned around known trips are used (`geo.friction.local_ratio`).
    """

    constant: float
    curves: tuple[Curve, ...]
    motorway_minutes_per_km: tuple[float, float]
    end_minutes: float
    hall_knots: tuple[float, ...]
    hall_minutes: tuple[float, ...]
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
            hall_knots=tuple(raw["hall_knots"]),
            hall_minutes=tuple(raw["hall_minutes"]),
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
        Minutes that a trip takes more at an end which is one of them, shape (number of halls,).
    """

    raster: Raster
    crs: CRS
    west: float
    south: float
    cell_m: float
    halls: KDTree
    hall_minutes: npt.NDArray[np.float64]

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
        share, hall = self.hall_shares(at)
        return np.asarray((share * self.hall_minutes[hall]).sum(axis=1))

    def hall_shares(
        self, at: npt.NDArray[np.float64]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Return how much each middle of a commune close by counts, and which it is.

        A middle counts in full where it stands; between several the nearer counts the more, so
        that nothing jumps from one to the next.

        Returns
        -------
        tuple
            Shares (0 to 1) and numbers of the halls, both of shape (n, HALLS_NEAR).
        """
        share = np.zeros((len(at), HALLS_NEAR))
        hall = np.zeros((len(at), HALLS_NEAR), dtype=np.int64)
        known = np.flatnonzero(np.isfinite(at).all(axis=1))
        radius = HALL_RADIUS_KM * 1000 / self.cell_m
        cells, found = self.halls.query(
            at[known], k=range(1, HALLS_NEAR + 1), distance_upper_bound=6 * radius
        )
        near = np.exp(-((cells / radius) ** 2) / 2)
        share[known] = near**2 / np.maximum(near.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        hall[known] = np.where(np.isfinite(cells), found, 0)
        return share, hall


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
        Communes of the region and near its border: lon, lat (degrees), population, area_km2.
    land
        Dry land, EPSG:4326; what it leaves out is water.
    parameters
        What the fit learned.
    """
    lon = np.concatenate([communes["lon"], fringe["lon"]]).astype(float)
    lat = np.concatenate([communes["lat"], fringe["lat"]]).astype(float)
    population = np.concatenate([communes["population"], fringe["population"]]).astype(float)
    area_km2 = np.concatenate([communes["area_km2"], fringe["area_km2"]]).astype(float)
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
    features = density_features(np.column_stack([rows, columns]), population, area_km2, shape, cell)
    features |= relief_features(crs, place, shape)
    log_friction = np.full(shape, parameters.constant)
    for curve in parameters.curves:
        log_friction += stepped(features[curve.feature], curve.knots, curve.slowing)
    if parameters.local and crs == LAMBERT_93:
        log_friction += log_ratio(place, shape)
    passable = covered_by(land.to_crs(crs), west, south, cell, shape)
    # Water shut in on all sides is a commune whose contour is missing: lakes belong to communes.
    passable = np.asarray(ndimage.binary_fill_holes(passable))
    # On the shore the same shows as a town hall at sea.
    at_sea = ~passable[np.rint(rows).astype(int), np.rint(columns).astype(int)]
    passable |= near_points(rows[at_sea], columns[at_sea], shape, MISSING_CONTOUR_M / cell)
    passable &= near_points(rows, columns, shape, KNOWN_WITHIN_M / cell)
    passable[:2] = passable[-2:] = passable[:, :2] = passable[:, -2:] = False
    friction = np.where(passable, np.exp(log_friction) * cell / 1000, np.inf).astype(np.float32)
    raster = joined(
        friction,
        place,
        density_per_km2=100 * 10 ** features["density_1km"],
        motorway_minutes_per_km=parameters.motorway_minutes_per_km,
    )
    halls = KDTree(np.column_stack([rows, columns]))
    size = np.log10(np.maximum(population, 1.0))
    lost = stepped(size, parameters.hall_knots, parameters.hall_minutes)
    return Field(raster, crs, west, south, cell, halls, lost)


def _projection(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> CRS:
    west, south, east, north = METROPOLE_LON_LAT
    if west <= lon.min() and lon.max() <= east and south <= lat.min() and lat.max() <= north:
        return LAMBERT_93
    return gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).estimate_utm_crs()
