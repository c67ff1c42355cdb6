"""What a raster cannot tell: wide rivers, bridges, ferries, motorways and their exits."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer
from scipy import ndimage

from geo.friction.raster import MOVES_X, MOVES_Y, Raster, move_minutes

LINKS_FILE = Path(__file__).with_name("crossings.json")
MOTORWAYS_FILE = Path(__file__).with_name("motorways.json")
"""Motorways of the rest of mainland France, written by `data.upkeep.build_motorways`."""

CROSSING_MINUTES_PER_KM = 1.09125
"""Pace on a bridge: the median of the cells of mainland France, on which the surface was fitted.

Not that of the raster at hand, or a bridge would take other minutes in each set that holds it.
"""

URBAN_PER_KM2 = 500.0
"""Density from which a motorway is urban (INSEE's METRIC: 120 km/h below, 100 or 60 above)."""


class Place(NamedTuple):
    """Where a raster lies: projection, centre of its first cell and side of a cell, metres."""

    to_metres: Transformer
    west: float
    south: float
    cell_m: float

    def cells(self, points: list[list[float]]) -> npt.NDArray[np.float64]:
        """Return rows and columns, in cells, of longitudes and latitudes, shape (n, 2)."""
        x, y = self.to_metres.transform(*np.array(points).T)
        return np.column_stack([(y - self.south) / self.cell_m, (x - self.west) / self.cell_m])


def joined(
    friction: npt.NDArray[np.float32],
    place: Place,
    density_per_km2: npt.NDArray[np.float64],
    motorway_minutes_per_km: tuple[float, float],
) -> Raster:
    """Join the cells of a raster: moves save across barriers, crossings, motorways.

    Parameters
    ----------
    friction
        Minutes to cross each cell, shape (ny, nx); inf on water.
    place
        Where the raster lies.
    density_per_km2
        Inhabitants per km² around each cell, shape (ny, nx).
    motorway_minutes_per_km
        Between two exits, in the country and in town.
    """
    known: dict[str, list[dict[str, Any]]] = json.loads(LINKS_FILE.read_text(encoding="utf-8"))
    ny, nx = friction.shape
    cell_km = place.cell_m / 1000

    def inside(at: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        return np.asarray(((at >= 3) & (at < [ny - 4, nx - 4])).all(axis=1))

    # Rivers bar the moves between cells of both banks.
    pieces = [np.empty((0, 4))]
    for barrier in known["barriers"]:
        at = place.cells(barrier["line"])
        pieces.append(np.column_stack([at[:-1], at[1:]])[inside(at)[:-1] & inside(at)[1:]])
    barriers = np.concatenate(pieces)
    moves = move_minutes(friction)
    guarded = _bar(moves, friction.shape, barriers)

    ends: list[tuple[int, int]] = []
    minutes: list[float] = []

    def add(at: npt.NDArray[np.float64], taken: float) -> None:
        banks = [_nearest_dry(friction, barriers, y, x) for y, x in at]
        if min(banks) >= 0 and banks[0] != banks[1]:
            ends.extend([(banks[0], banks[1]), (banks[1], banks[0])])
            minutes.extend([taken, taken])
            guarded.ravel()[banks] = True

    # Bridges and ferries join the banks, motorways their exits one after the other.
    for crossing in known["crossings"]:
        at = place.cells([crossing["from"], crossing["to"]])
        if inside(at).all():
            bridge_km = float(np.hypot(*(at[0] - at[1]))) * cell_km
            add(at, crossing.get("minutes", bridge_km * CROSSING_MINUTES_PER_KM))
    elsewhere = json.loads(MOTORWAYS_FILE.read_text(encoding="utf-8"))
    for motorway in known["motorways"] + elsewhere:
        exits = place.cells(motorway["exits"])
        for at in np.stack([exits[:-1], exits[1:]], axis=1)[inside(exits)[:-1] & inside(exits)[1:]]:
            around = density_per_km2[tuple(np.rint(at).astype(int).T)]
            urban = around.max() >= URBAN_PER_KM2
            km = float(np.hypot(*(at[0] - at[1]))) * cell_km
            add(at, km * motorway_minutes_per_km[int(urban)])

    # The least pace bounds searches: a crossing may be quicker than any cell.
    links = np.array(ends, dtype=np.int64).reshape(-1, 2)
    taken = np.array(minutes, dtype=np.float64)
    rows, columns = np.divmod(links, nx)
    cells = np.hypot(rows[:, 0] - rows[:, 1], columns[:, 0] - columns[:, 1])
    # float32 moves may fall a hair short of the least friction.
    shortest = min(float(friction.min()), *(taken / cells), np.inf) * 0.999
    order = np.argsort(links[:, 0], kind="stable")
    return Raster(
        friction=friction,
        moves=moves,
        guarded=guarded,
        barriers=barriers,
        crossing_ends=links[order],
        crossing_minutes=taken[order],
        shortest=shortest,
        longest=max([float(friction[np.isfinite(friction)].max()) * 5**0.5, *minutes]),
    )


def _nearest_dry(
    friction: npt.NDArray[np.float32],
    barriers: npt.NDArray[np.float64],
    y: float,
    x: float,
) -> int:
    """Return the flat number of the nearest passable cell on the same bank, -1 when none."""
    top, left = round(y) - 3, round(x) - 3
    rows, columns = np.mgrid[top : top + 7, left : left + 7]
    order = np.argsort(np.hypot(rows - y, columns - x), axis=None)
    near = shapely.linestrings(barriers.reshape(-1, 2, 2)) if len(barriers) else np.array([])
    for row, column in zip(rows.ravel()[order], columns.ravel()[order], strict=True):
        if (
            np.isfinite(friction[row, column])
            and not shapely.intersects(near, shapely.LineString([(y, x), (row, column)])).any()
        ):
            return int(row * friction.shape[1] + column)
    return -1


def _bar(
    moves: npt.NDArray[np.float32], shape: tuple[int, int], barriers: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Set to inf the moves that cross a barrier; return the cells from which one may be seen."""
    if not len(barriers):
        return np.zeros(shape, dtype=bool)
    lines = shapely.linestrings(barriers.reshape(-1, 2, 2))
    close = np.zeros(shape, dtype=bool)
    close[tuple(np.rint(shapely.get_coordinates(shapely.segmentize(lines, 0.5))).astype(int).T)] = 1
    guarded = ndimage.binary_dilation(close, structure=np.ones((11, 11)))
    y, x = np.nonzero(guarded)
    tree = shapely.STRtree(lines)
    for k, (dy, dx) in enumerate(zip(MOVES_Y, MOVES_X, strict=True)):
        ways = shapely.linestrings(np.stack([np.c_[y, x], np.c_[y + dy, x + dx]], axis=1))
        barred = np.unique(tree.query(ways, predicate="intersects")[0])
        moves[y[barred] * shape[1] + x[barred], k] = np.inf
    return np.asarray(guarded)
