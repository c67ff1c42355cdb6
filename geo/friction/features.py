"""What slows or quickens a kilometre: density around it and relief, in each cell of a raster."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from scipy import ndimage

from geo.friction.crossings import Place

RELIEF_FILE = Path(__file__).with_name("relief.npz")
"""Altitude and ruggedness of mainland France, written by `data.upkeep.build_relief`."""

DENSITY_SCALES_KM = {"density_1km": 1.0, "density_8km": 8.0}
"""Radii (standard deviation of a Gaussian) over which density is smoothed."""

VILLAGES_SCALE_KM = 6.0
FEWEST_PER_100_KM2 = 0.1
"""Radius over which villages are counted, and how few are told apart."""

SPARSEST_PER_KM2 = 2.0
"""Density below which emptier makes no slower: forest and marsh roads are alike."""

Floats = npt.NDArray[np.float64]


def density_features(
    at: Floats, population: Floats, area_km2: Floats, shape: tuple[int, int], cell_m: float
) -> dict[str, Floats]:
    """Return what the communes around say of each cell, each of the raster's shape.

    Densities are log10(density / 100 per km²): smoothed at each scale, and `density_own`, that of
    the commune whose town hall is the nearest. `villages` is log10 of the town halls per 100 km²
    around; `hall_km`, kilometres to the nearest one.

    Parameters
    ----------
    at
        Rows and columns of the town halls, in cells, shape (n, 2).
    population, area_km2
        Of their communes, shape (n,); an area of 0 is not known.
    shape, cell_m
        Of the raster, and the side of its cells, metres.
    """
    rows, columns = at.T
    people = splat(rows, columns, population, shape)
    cell_km = cell_m / 1000
    cell_km2 = cell_km**2
    halls = splat(rows, columns, np.ones(len(rows)), shape)
    villages = ndimage.gaussian_filter(halls, VILLAGES_SCALE_KM / cell_km, truncate=3)
    # Of two halls in one cell the larger commune speaks, whatever the order of the table.
    owner = np.full(shape, -1)
    order = np.argsort(population, kind="stable")
    owner[np.rint(rows[order]).astype(int), np.rint(columns[order]).astype(int)] = order
    cells, (row, column) = ndimage.distance_transform_edt(owner < 0, return_indices=True)
    owner = owner[row, column]
    # A commune without contour has no area: the cells nearest to its hall stand for it.
    nearest_km2 = np.bincount(owner.ravel(), minlength=len(rows)) * cell_km2
    own = population / np.maximum(np.where(area_km2 > 0, area_km2, nearest_km2), cell_km2)
    smoothed = {
        name: ndimage.gaussian_filter(people, scale * 1000 / cell_m, truncate=3) / cell_km2
        for name, scale in DENSITY_SCALES_KM.items()
    }
    return {
        "villages": np.log10(np.maximum(100 * villages / cell_km2, FEWEST_PER_100_KM2)),
        "hall_km": np.asarray(cells) * cell_km,
        "density_own": _log_density(own)[owner],
    } | {name: _log_density(density) for name, density in smoothed.items()}


def _log_density(per_km2: Floats) -> Floats:
    return np.asarray(np.log10(np.maximum(per_km2, SPARSEST_PER_KM2) / 100))


def relief_features(crs: CRS, place: Place, shape: tuple[int, int]) -> dict[str, Floats]:
    """Return altitude and ruggedness (standard deviation of altitudes around), metres.

    Where the relief is not known (overseas, abroad) the land counts for flat.
    """
    with np.load(RELIEF_FILE) as known:
        found = {name: np.zeros(shape) for name in ("altitude", "ruggedness")}
        if crs != CRS.from_epsg(2154):
            return found
        west, south, step = (float(known[name]) for name in ("west", "south", "step_m"))
        coarse = Place(place.to_metres, west, south, step)
        for name in found:
            found[name] = sampled(known[name].astype(float), coarse, place, shape)
    return found


def sampled(grid: Floats, coarse: Place, place: Place, shape: tuple[int, int]) -> Floats:
    """Return a coarse grid in each cell of a raster of the same projection; 0 outside."""
    step = coarse.cell_m
    row = (place.south + np.arange(shape[0]) * place.cell_m - coarse.south) / step
    column = (place.west + np.arange(shape[1]) * place.cell_m - coarse.west) / step
    # Bilinear, one axis at a time.
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    wide = np.pad(grid, 1)
    top_, left_ = (top + 1).clip(0, grid.shape[0]), (left + 1).clip(0, grid.shape[1])
    down, right = (row - top)[:, None], column - left
    tall = wide[top_] * (1 - down) + wide[top_ + 1] * down
    return np.asarray(tall[:, left_] * (1 - right) + tall[:, left_ + 1] * right)


def stepped(feature: Floats, knots: Sequence[float], values: Sequence[float]) -> Floats:
    """Return a piecewise linear function of a feature, constant beyond its outer knots."""
    return np.asarray(np.interp(feature, knots, values))


def splat(rows: Floats, columns: Floats, values: Floats, shape: tuple[int, int]) -> Floats:
    """Share each value between the four centres around its point (bilinear)."""
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = rows - top, columns - left
    grid = np.zeros(shape)
    for dy in (0, 1):
        for dx in (0, 1):
            share = np.abs(1 - dy - down) * np.abs(1 - dx - right)
            np.add.at(grid, (top + dy, left + dx), values * share)
    return grid
