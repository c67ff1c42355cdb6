"""Fitting the friction surface to real times: which cells the best path of each trip crosses.

At the best path the time of a trip changes, to first order, as the integral of the change of
friction along that path (envelope theorem). A fit therefore alternates: trace the paths, solve a
robust regression with the paths held, trace again.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from geo.compiled import kernel
from geo.friction.cost_distance import trip
from geo.friction.links import LINKS, link
from geo.friction.raster import MOVES_X, MOVES_Y, Raster
from geo.friction.spread import Work, clean_work, tidy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PARTS = 16
MOST_CELLS = 6000
"""Pieces of a path kept: more than any trip of three hours has."""


class Traced(NamedTuple):
    """The best path of each trip.

    Attributes
    ----------
    cells
        Minutes spent in each cell of the raster, shape (n, ny * nx), sparse; no entry where there
        is no way.
    motorway_minutes
        Minutes on motorways, bridges and ferries, shape (n,).
    """

    cells: sparse.csr_matrix
    motorway_minutes: Floats


def trace_pairs(raster: Raster, origins: Floats, destinations: Floats) -> Traced:
    """Trace the best path of each pair; ends are those of `Field.cells`, shape (n, 3)."""
    rows = [part for part in np.array_split(np.arange(len(origins)), PARTS) if len(part)]

    def part(some: Ints) -> tuple[Ints, Ints, Floats, Floats]:
        return trace(raster, origins[some], destinations[some], clean_work(raster))

    with ThreadPoolExecutor() as pool:
        found = list(pool.map(part, rows))
    pieces = [
        sparse.csr_matrix((minutes, cells, starts), shape=(len(motorway), raster.friction.size))
        for starts, cells, minutes, motorway in found
    ]
    matrix = sparse.vstack(pieces).tocsr()
    matrix.sum_duplicates()
    return Traced(matrix, np.concatenate([motorway for *_, motorway in found]))


@kernel
def trace(
    raster: Raster, origins: Floats, destinations: Floats, arrays: Work
) -> tuple[Ints, Ints, Floats, Floats]:
    """Return starts (n + 1,), cells and minutes spent in them, and motorway minutes (n,)."""
    count = len(origins)
    links, minutes, local = link(raster, origins)
    to_links, to_minutes, _ = link(raster, destinations)
    starts = np.zeros(count + 1, np.int64)
    cells = np.empty(count * 500 + MOST_CELLS, np.int64)
    spent = np.empty(count * 500 + MOST_CELLS)
    motorway = np.zeros(count)
    filled = 0
    for i in range(count):
        starts[i] = filled
        if local[i] == np.inf or filled + MOST_CELLS > len(cells):
            continue
        _, reached = trip(
            raster, links[i], minutes[i], to_links[i], to_minutes[i], destinations[i], arrays
        )
        best, last = np.inf, -1
        for k in range(LINKS):
            if to_links[i, k] >= 0:
                t = arrays.time[to_links[i, k]] + to_minutes[i, k]
                if t < best:
                    best, last = t, k
        if best < np.inf:
            cell = to_links[i, last]
            cells[filled], spent[filled] = cell, to_minutes[i, last] - destinations[i, 2]
            filled += 1
            previous, taken, linked = _step_back(raster, arrays, cell)
            while previous >= 0:
                if linked:
                    motorway[i] += taken
                else:
                    cells[filled], spent[filled] = cell, taken / 2
                    cells[filled + 1], spent[filled + 1] = previous, taken / 2
                    filled += 2
                cell = previous
                previous, taken, linked = _step_back(raster, arrays, cell)
            cells[filled], spent[filled] = cell, arrays.time[cell] - origins[i, 2]
            filled += 1
        tidy(arrays, reached)
    starts[count] = filled
    return starts, cells[:filled].copy(), spent[:filled].copy(), motorway


@kernel
def _step_back(raster: Raster, work: Work, cell: int) -> tuple[int, float, bool]:
    """Return the cell before on the best path (-1 at its start), minutes, and whether by a link."""
    nx = raster.friction.shape[1]
    for k in range(16):
        minutes = float(raster.moves[cell, k])
        if minutes < np.inf:
            other = cell + MOVES_Y[k] * nx + MOVES_X[k]
            if abs(work.time[other] + minutes - work.time[cell]) < 1e-6:
                return other, minutes, False
    for c in range(len(raster.crossing_minutes)):
        other, minutes = raster.crossing_ends[c, 1], raster.crossing_minutes[c]
        if raster.crossing_ends[c, 0] == cell and (
            abs(work.time[other] + minutes - work.time[cell]) < 1e-6
        ):
            return other, minutes, True
    return -1, 0.0, False
