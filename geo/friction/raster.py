"""The friction raster that the kernels read: its cells, its moves, its barriers.

A cell is joined to 16 neighbours (king's and knight's moves), which keeps the excess length of a
path over the straight line below 2.8 % in every direction. Moves are undirected: times are
symmetric.

Cells are numbered row by row. The outer two cells on each side are impassable, so that a move
from a passable cell never leaves the raster.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel

MOVES_Y = np.array([0, 0, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 2, -2, 2, -2])
MOVES_X = np.array([1, -1, 0, 0, 1, -1, -1, 1, 2, -2, -2, 2, 1, -1, -1, 1])
"""Moves in rows and columns; move k ^ 1 is the way back of move k."""

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Ints32 = npt.NDArray[np.int32]


class Raster(NamedTuple):
    """What the kernels read. Coordinates of points are (row, column), in cells."""

    friction: Floats32
    """Minutes to cross one cell, shape (ny, nx); inf on water."""

    moves: Floats32
    """Minutes of each of the 16 moves from each cell, shape (ny * nx, 16); inf when barred."""

    guarded: npt.NDArray[np.bool_]
    """Cells from which a point may see a barrier, shape (ny, nx)."""

    barriers: npt.NDArray[np.float64]
    """Segments that cannot be crossed, shape (n, 4): row, column, row, column."""

    crossing_ends: npt.NDArray[np.int64]
    """Cells at both ends of each bridge, ferry or piece of motorway, both ways, sorted by the
    first, shape (m, 2)."""

    crossing_minutes: npt.NDArray[np.float64]
    """Minutes of each of them, shape (m,)."""

    shortest: float
    """Nothing goes faster than one cell in these minutes; no move takes less."""

    longest: float
    """No move or crossing takes more than these minutes."""


@kernel
def move_minutes(friction: Floats32) -> Floats32:
    """Minutes of each move over cells of given friction, shape (ny * nx, 16).

    The cost of a move is the line integral of friction, constant in each cell; a diagonal
    between two wet cells is barred.
    """
    ny, nx = friction.shape
    moves = np.full((ny * nx, 16), np.float32(np.inf), np.float32)
    for y in range(2, ny - 2):
        for x in range(2, nx - 2):
            if friction[y, x] == np.inf:
                continue
            for k in range(0, 16, 2):
                dy, dx = MOVES_Y[k], MOVES_X[k]
                v, u = y + dy, x + dx
                total = friction[y, x] + friction[v, u]
                if k < 4:
                    total /= 2
                elif k < 8:
                    if friction[v, x] == np.inf and friction[y, u] == np.inf:
                        continue
                    total *= np.sqrt(2.0) / 2
                elif k < 12:
                    half = dx // 2
                    total += friction[y, x + half] + friction[v, x + half]
                    total *= np.sqrt(5.0) / 4
                else:
                    half = dy // 2
                    total += friction[y + half, x] + friction[y + half, u]
                    total *= np.sqrt(5.0) / 4
                moves[y * nx + x, k] = total
                moves[v * nx + u, k + 1] = total
    return moves
