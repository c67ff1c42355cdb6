# ruff: noqa: PLR0917 (compiled kernels take their arrays one by one)
"""Join points to the friction raster: the cells around, or straight to a point close by.

Points are joined to the 16 centres around them, so that times vary smoothly inside a cell. No
link crosses a barrier or passes over water.
"""

import numpy as np

from geo.compiled import kernel
from geo.friction.raster import Floats, Floats32, Ints, Raster

LINKS = 16
"""Centres to which a point is joined: the 4 × 4 around it."""

DIRECT_CELLS = 2.0
"""Two points closer than this are also joined by the straight line."""


@kernel
def _side(ay: float, ax: float, by: float, bx: float, cy: float, cx: float) -> float:
    return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)


@kernel
def is_barred(barriers: Floats, ay: float, ax: float, by: float, bx: float) -> bool:
    """Tell whether the segment from a to b crosses a barrier."""
    for n in range(barriers.shape[0]):
        cy, cx, dy, dx = barriers[n, 0], barriers[n, 1], barriers[n, 2], barriers[n, 3]
        if max(cy, dy) < min(ay, by) or min(cy, dy) > max(ay, by):
            continue
        if max(cx, dx) < min(ax, bx) or min(cx, dx) > max(ax, bx):
            continue
        if (
            _side(ay, ax, by, bx, cy, cx) * _side(ay, ax, by, bx, dy, dx) <= 0
            and _side(cy, cx, dy, dx, ay, ax) * _side(cy, cx, dy, dx, by, bx) <= 0
        ):
            return True
    return False


@kernel
def _friction_at(friction: Floats32, y: float, x: float) -> float:
    """Friction where a point stands: of its cell, else the least of the 16 around it."""
    row, column = int(np.floor(y + 0.5)), int(np.floor(x + 0.5))
    if friction[row, column] < np.inf:
        return float(friction[row, column])
    best = np.inf
    top, left = int(np.floor(y)) - 1, int(np.floor(x)) - 1
    for k in range(LINKS):
        best = min(best, float(friction[top + k // 4, left + k % 4]))
    return best


@kernel
def _over_water(friction: Floats32, y: float, x: float, to_y: float, to_x: float) -> bool:
    """Whether the line between two close points passes over a wet cell that holds neither.

    The cells of the points themselves do not count: a town on the shore may stand in a cell
    whose centre is at sea.
    """
    row, column = int(np.floor(y + 0.5)), int(np.floor(x + 0.5))
    to_row, to_column = int(np.floor(to_y + 0.5)), int(np.floor(to_x + 0.5))
    steps = int(np.ceil(8 * np.hypot(to_y - y, to_x - x)))
    for k in range(1, steps):
        at_y = int(np.floor(y + (to_y - y) * k / steps + 0.5))
        at_x = int(np.floor(x + (to_x - x) * k / steps + 0.5))
        ends = (at_y == row and at_x == column) or (at_y == to_row and at_x == to_column)
        if not ends and friction[at_y, at_x] == np.inf:
            return True
    return False


@kernel
def _is_open(raster: Raster, guarded: bool, y: float, x: float, to_y: float, to_x: float) -> bool:
    """Whether the straight line between two close points meets neither barrier nor water."""
    if guarded and is_barred(raster.barriers, y, x, to_y, to_x):
        return False
    return not _over_water(raster.friction, y, x, to_y, to_x)


@kernel
def link(raster: Raster, points: Floats) -> tuple[Ints, Floats, Floats]:
    """Join points to the cell centres around them.

    Parameters
    ----------
    raster
        See `Raster`.
    points
        Rows, columns and minutes lost at the end, shape (n, 3).

    Returns
    -------
    cells
        Cell numbers, shape (n, LINKS); -1 when a link is barred or wet or the point outside.
    minutes
        Minutes of each link, shape (n, LINKS).
    local
        Minutes per cell where each point stands, shape (n,); inf outside.
    """
    ny, nx = raster.friction.shape
    n = points.shape[0]
    cells = np.full((n, LINKS), -1, np.int64)
    minutes = np.full((n, LINKS), np.inf)
    local = np.full(n, np.inf)
    for i in range(n):
        y, x = points[i, 0], points[i, 1]
        if not (y >= 2 and x >= 2 and y < ny - 3 and x < nx - 3):  # also refuses nan
            continue
        local[i] = _friction_at(raster.friction, y, x)
        if local[i] == np.inf:
            continue
        top, left = int(np.floor(y)) - 1, int(np.floor(x)) - 1
        guarded = raster.guarded[top + 1, left + 1]
        for k in range(LINKS):
            row, column = top + k // 4, left + k % 4
            there = raster.friction[row, column]
            if there == np.inf:
                continue
            if not _is_open(raster, guarded, y, x, float(row), float(column)):
                continue
            cells[i, k] = row * nx + column
            minutes[i, k] = np.hypot(y - row, x - column) * (local[i] + there) / 2 + points[i, 2]
        if cells[i].max() < 0:
            # A point in a river, with water or a barrier all around: the nearest bank.
            nearest_bank = np.inf
            for k in range(LINKS):
                row, column = top + k // 4, left + k % 4
                gap = np.hypot(y - row, x - column)
                if raster.friction[row, column] < np.inf and gap < nearest_bank:
                    nearest_bank = gap
                    cells[i, 0] = row * nx + column
                    minutes[i, 0] = gap * (local[i] + raster.friction[row, column]) / 2
                    minutes[i, 0] += points[i, 2]
    return cells, minutes, local


@kernel
def direct(raster: Raster, a: Floats, a_local: float, b: Floats, b_local: float) -> float:
    """Minutes along the straight line between two close points; inf when far or barred."""
    cells = np.hypot(a[0] - b[0], a[1] - b[1])
    if not cells <= DIRECT_CELLS or max(a_local, b_local) == np.inf:
        return np.inf
    guarded = raster.guarded[int(np.floor(a[0])), int(np.floor(a[1]))]
    if not _is_open(raster, guarded, a[0], a[1], b[0], b[1]):
        return np.inf
    # Both ends count in full where the straight line stops counting, so that no time jumps there.
    return cells * ((a_local + b_local) / 2 + (a[2] + b[2]) / DIRECT_CELLS)
