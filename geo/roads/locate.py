"""Which road is nearest: to every cell of a raster once, and to any point on demand.

Both answer the same question, so that the area drawn around a place is the set of points whose
own travel time is within the threshold. A point belongs to its nearest road even when that road
is slow to reach: this is what keeps the far bank of a river out of an area.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import math

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.contours import OFF_ROAD_MAX_M
from geo.errors import InvalidInputError

CELL_M = 100.0
"""Side of a raster cell; areas are cut between centres."""

BUCKET_M = 250.0
"""Side of a square of the snapping grid."""

SNAP_LIMIT_M = 1000.0
"""A point further than this from any joinable road is refused."""

PLACE_UNITS = 65_535
"""A place along a link is stored in parts of its length."""

MAX_CELLS = 250_000_000
"""About twice metropolitan France; beyond, the extracts are not neighbours."""

_CM = 100.0
_DM = 10.0

Raster = tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]


def frame(shape_xy: npt.NDArray[np.float64]) -> tuple[tuple[float, float], tuple[int, int]]:
    """Return the south-west corner and the numbers of rows and columns of the raster.

    Raises
    ------
    InvalidInputError
        If the roads are spread too wide for one raster.
    """
    margin = OFF_ROAD_MAX_M + CELL_M
    west, south = np.floor((shape_xy.min(axis=0) - margin) / CELL_M) * CELL_M
    east, north = shape_xy.max(axis=0) + margin
    columns, rows = math.ceil((east - west) / CELL_M), math.ceil((north - south) / CELL_M)
    if rows * columns > MAX_CELLS:
        message = (
            f"Les routes s’étendent sur {columns / 10:.0f} × {rows / 10:.0f} km : trop pour un "
            "seul réseau. Construisez-le avec des extraits de régions voisines."
        )
        raise InvalidInputError(message)
    return (float(west), float(south)), (rows, columns)


def nearest_links(
    shape_ptr: npt.NDArray[np.int64],
    shape_cm: npt.NDArray[np.int32],
    joinable: npt.NDArray[np.bool_],
    origin: tuple[float, float],
    size: tuple[int, int],
) -> Raster:
    """Return for each cell centre its nearest joinable link, the place on it, its distance.

    Parameters
    ----------
    shape_ptr, shape_cm, joinable
        As in `RoadNetwork`.
    origin, size
        As `frame` gives them.
    """
    link = np.full(size, -1, np.int32)
    place = np.zeros(size, np.uint16)
    distance_dm = np.full(size, np.iinfo(np.uint16).max, np.uint16)
    _paint(shape_ptr, shape_cm, joinable, *origin, link, place, distance_dm)
    return link, place, distance_dm


def buckets(
    shape_ptr: npt.NDArray[np.int64],
    shape_cm: npt.NDArray[np.int32],
    joinable: npt.NDArray[np.bool_],
    origin: tuple[float, float],
    size: tuple[int, int],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Return the joinable segments that cross each square of the snapping grid.

    Returns
    -------
    tuple
        Where each square begins, shape (squares + 1,), row by row; rows of `shape_cm`.
    """
    rows, columns = bucket_size(size)
    counts = np.zeros(rows * columns + 1, np.int64)
    empty = np.empty(0, np.int32)
    _fill(shape_ptr, shape_cm, joinable, *origin, columns, counts, empty)
    ptr = np.concatenate([[0], np.cumsum(counts[:-1])])
    segments = np.empty(ptr[-1], np.int32)
    _fill(shape_ptr, shape_cm, joinable, *origin, columns, ptr[:-1].copy(), segments)
    return ptr, segments


def bucket_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return rows and columns of the snapping grid that covers a raster of this size."""
    rows, columns = (math.ceil(n * CELL_M / BUCKET_M) for n in size)
    return rows, columns


@kernel
def _project(
    ax: float, ay: float, bx: float, by: float, px: float, py: float
) -> tuple[float, float]:
    """Return the share of segment a-b nearest to p, and its squared distance."""
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    share = 0.0
    if length2 > 0:
        share = min(1.0, max(0.0, ((px - ax) * dx + (py - ay) * dy) / length2))
    ex, ey = ax + share * dx - px, ay + share * dy - py
    return share, ex * ex + ey * ey


@kernel
def course_length(shape: npt.NDArray[np.int32], first: int, last: int) -> float:
    """Return the length of a course, metres."""
    total = 0.0
    for i in range(first, last):
        total += math.hypot(
            float(shape[i + 1, 0]) - shape[i, 0], float(shape[i + 1, 1]) - shape[i, 1]
        )
    return total / _CM


@kernel
def _paint(
    ptr: npt.NDArray[np.int64],
    shape: npt.NDArray[np.int32],
    joinable: npt.NDArray[np.bool_],
    west: float,
    south: float,
    link: npt.NDArray[np.int32],
    place: npt.NDArray[np.uint16],
    distance_dm: npt.NDArray[np.uint16],
) -> None:
    rows, columns = link.shape
    for k in range(ptr.size - 1):
        if not joinable[k]:
            continue
        first, last = ptr[k], ptr[k + 1] - 1
        length = course_length(shape, first, last)
        done = 0.0
        for i in range(first, last):
            ax, ay = shape[i, 0] / _CM - west, shape[i, 1] / _CM - south
            bx, by = shape[i + 1, 0] / _CM - west, shape[i + 1, 1] / _CM - south
            piece = math.hypot(bx - ax, by - ay)
            low_column = max(0, int((min(ax, bx) - OFF_ROAD_MAX_M) / CELL_M))
            high_column = min(columns - 1, int((max(ax, bx) + OFF_ROAD_MAX_M) / CELL_M))
            low_row = max(0, int((min(ay, by) - OFF_ROAD_MAX_M) / CELL_M))
            high_row = min(rows - 1, int((max(ay, by) + OFF_ROAD_MAX_M) / CELL_M))
            for row in range(low_row, high_row + 1):
                y = (row + 0.5) * CELL_M
                for column in range(low_column, high_column + 1):
                    x = (column + 0.5) * CELL_M
                    share, square = _project(ax, ay, bx, by, x, y)
                    if square > OFF_ROAD_MAX_M * OFF_ROAD_MAX_M:
                        continue
                    near = round(math.sqrt(square) * _DM)
                    if near < distance_dm[row, column]:
                        distance_dm[row, column] = near
                        link[row, column] = k
                        along = (done + share * piece) / length if length > 0 else 0.0
                        place[row, column] = round(min(along, 1.0) * PLACE_UNITS)
            done += piece


@kernel
def _fill(
    ptr: npt.NDArray[np.int64],
    shape: npt.NDArray[np.int32],
    joinable: npt.NDArray[np.bool_],
    west: float,
    south: float,
    columns: int,
    position: npt.NDArray[np.int64],
    segments: npt.NDArray[np.int32],
) -> None:
    """Count the segments of each square, or write them when `segments` has room."""
    writing = segments.size > 0
    for k in range(ptr.size - 1):
        if not joinable[k]:
            continue
        for i in range(ptr[k], ptr[k + 1] - 1):
            ax, ay = shape[i, 0] / _CM - west, shape[i, 1] / _CM - south
            bx, by = shape[i + 1, 0] / _CM - west, shape[i + 1, 1] / _CM - south
            for row in range(int(min(ay, by) / BUCKET_M), int(max(ay, by) / BUCKET_M) + 1):
                for column in range(int(min(ax, bx) / BUCKET_M), int(max(ax, bx) / BUCKET_M) + 1):
                    square = row * columns + column
                    if writing:
                        segments[position[square]] = i
                    position[square] += 1


@kernel
def _search_square(
    x: float,
    y: float,
    west: float,
    south: float,
    segments: npt.NDArray[np.int32],
    shape: npt.NDArray[np.int32],
    best: tuple[float, int, float],
) -> tuple[float, int, float]:
    """Return the better of `best` (squared distance, segment, share) and a square's segments."""
    square, segment, at = best
    for i in segments:
        share, d2 = _project(
            shape[i, 0] / _CM - west,
            shape[i, 1] / _CM - south,
            shape[i + 1, 0] / _CM - west,
            shape[i + 1, 1] / _CM - south,
            x,
            y,
        )
        # Of two roads at the same distance the first wins, in whatever order squares come.
        if d2 < square or (d2 == square and (segment < 0 or i < segment)):
            square, segment, at = d2, int(i), share
    return square, segment, at


@kernel
def _search_rings(
    x: float,
    y: float,
    west: float,
    south: float,
    rows: int,
    columns: int,
    bucket_ptr: npt.NDArray[np.int64],
    bucket_segment: npt.NDArray[np.int32],
    shape: npt.NDArray[np.int32],
) -> tuple[float, int, float]:
    """Look at squares in rings around a point until no nearer road is possible."""
    best = (SNAP_LIMIT_M * SNAP_LIMIT_M, -1, 0.0)
    here_row, here_column = math.floor(y / BUCKET_M), math.floor(x / BUCKET_M)
    for ring in range(math.ceil(SNAP_LIMIT_M / BUCKET_M) + 1):
        clear = max(0.0, (ring - 1) * BUCKET_M)  # no square of this ring is nearer
        if clear * clear > best[0]:
            break
        for row in range(max(0, here_row - ring), min(rows - 1, here_row + ring) + 1):
            step = 1 if abs(row - here_row) == ring else max(1, 2 * ring)
            for column in range(here_column - ring, here_column + ring + 1, step):
                if 0 <= column < columns:
                    square = row * columns + column
                    found = bucket_segment[bucket_ptr[square] : bucket_ptr[square + 1]]
                    best = _search_square(x, y, west, south, found, shape, best)
    return best


@kernel
def snap(
    points: npt.NDArray[np.float64],
    west: float,
    south: float,
    rows: int,
    columns: int,
    bucket_ptr: npt.NDArray[np.int64],
    bucket_segment: npt.NDArray[np.int32],
    shape_ptr: npt.NDArray[np.int64],
    shape: npt.NDArray[np.int32],
    link: npt.NDArray[np.int32],
    share: npt.NDArray[np.float64],
    distance_m: npt.NDArray[np.float64],
) -> None:
    """Find the nearest joinable link of points, the place along it and the distance.

    Parameters
    ----------
    points
        Shape (p, 2), metres; a point that is not finite is left at -1.
    west, south, rows, columns
        The snapping grid.
    bucket_ptr, bucket_segment, shape_ptr, shape
        As in `RoadNetwork`.
    link, share, distance_m
        Results, shape (p,); link -1 beyond SNAP_LIMIT_M.
    """
    for p in range(len(points)):
        link[p], share[p], distance_m[p] = -1, 0.0, np.inf
        x, y = points[p, 0] - west, points[p, 1] - south
        if not (
            -SNAP_LIMIT_M <= x <= columns * BUCKET_M + SNAP_LIMIT_M
            and -SNAP_LIMIT_M <= y <= rows * BUCKET_M + SNAP_LIMIT_M
        ):
            continue
        square, segment, at = _search_rings(
            x, y, west, south, rows, columns, bucket_ptr, bucket_segment, shape
        )
        if segment < 0:
            continue
        k = np.searchsorted(shape_ptr, segment, side="right") - 1
        first, last = shape_ptr[k], shape_ptr[k + 1] - 1
        length = course_length(shape, first, last)
        done = course_length(shape, first, segment)
        piece = course_length(shape, segment, segment + 1)
        link[p] = k
        share[p] = min(1.0, (done + at * piece) / length) if length > 0 else 0.0
        distance_m[p] = math.sqrt(square)
