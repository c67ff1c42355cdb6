"""Which cells of a raster lie on land, or within a distance of a point."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy import ndimage


def near_points(
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


def covered_by(
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
