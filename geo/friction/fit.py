"""Fitting the friction surface to real times: paths, and how their time moves with parameters.

At the best path the time of a trip changes, to first order, as the integral of the change of
friction along that path (envelope theorem). A fit therefore alternates: trace the paths, solve a
small robust regression with the paths held, trace again.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.friction.cost_distance import (
    DIRECT_CELLS,
    LINKS,
    MOVES_X,
    MOVES_Y,
    Raster,
    Work,
    link,
    tidy,
    trip,
    work,
)


class Traced(NamedTuple):
    """The best path of each pair, shape (n,) or (n, k); inf where there is no way.

    Attributes
    ----------
    minutes
        Field minutes.
    motorway_minutes
        Those spent on motorways, bridges and ferries.
    integrals
        Each feature summed over the minutes spent in cells.
    """

    minutes: npt.NDArray[np.float64]
    motorway_minutes: npt.NDArray[np.float64]
    integrals: npt.NDArray[np.float64]


def trace_pairs(
    raster: Raster,
    features: npt.NDArray[np.float64],
    origins: npt.NDArray[np.float64],
    destinations: npt.NDArray[np.float64],
) -> Traced:
    """Trace the best path of each pair; arguments as in `trace`."""

    def part(rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return trace(raster, features, origins[rows], destinations[rows], work(raster))

    with ThreadPoolExecutor() as pool:
        parts = pool.map(part, np.array_split(np.arange(len(origins)), 16))
        found = np.concatenate(list(parts))
    return Traced(found[:, 0], found[:, 1], found[:, 2:])


@kernel
def trace(
    raster: Raster,
    features: npt.NDArray[np.float64],
    origins: npt.NDArray[np.float64],
    destinations: npt.NDArray[np.float64],
    arrays: Work,
) -> npt.NDArray[np.float64]:
    """Integrate features along the best path of each pair, weighted by the time spent.

    Parameters
    ----------
    raster
        The field.
    features
        Shape (k, ny, nx).
    origins, destinations
        Rows and columns, shape (n, 2).
    arrays
        Clean arrays; left clean.

    Returns
    -------
    numpy.ndarray
        Shape (n, 2 + k): the columns of `Traced`; inf without a way.
    """
    nx = raster.friction.shape[1]
    count = features.shape[0]
    cells, minutes, local = link(raster, origins)
    to_cells, to_minutes, _ = link(raster, destinations)
    result = np.full((len(origins), 2 + count), np.inf)
    for i in range(len(origins)):
        if local[i] == np.inf:
            continue
        _, reached = trip(
            raster, cells[i], minutes[i], to_cells[i], to_minutes[i], destinations[i], arrays
        )
        best, last = np.inf, -1
        for k in range(LINKS):
            if to_cells[i, k] >= 0:
                t = arrays.time[to_cells[i, k]] + to_minutes[i, k]
                if t < best:
                    best, last = t, k
        if best < np.inf:
            result[i] = 0.0
            result[i, 0] = best
            cell = to_cells[i, last]
            _add(result[i], features, cell, nx, to_minutes[i, last])
            previous, spent, linked = _step_back(raster, arrays, cell)
            while previous >= 0:
                if linked:
                    result[i, 1] += spent
                else:
                    _add(result[i], features, cell, nx, spent / 2)
                    _add(result[i], features, previous, nx, spent / 2)
                cell = previous
                previous, spent, linked = _step_back(raster, arrays, cell)
            _add(result[i], features, cell, nx, arrays.time[cell])
        tidy(arrays, reached)
        straight = np.hypot(origins[i, 0] - destinations[i, 0], origins[i, 1] - destinations[i, 1])
        if straight <= DIRECT_CELLS:
            row, column = int(origins[i, 0] + 0.5), int(origins[i, 1] + 0.5)
            result[i] = 0.0
            result[i, 0] = straight * local[i]
            _add(result[i], features, row * nx + column, nx, straight * local[i])
    return result


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


@kernel
def _add(
    row: npt.NDArray[np.float64],
    features: npt.NDArray[np.float64],
    cell: int,
    nx: int,
    minutes: float,
) -> None:
    for k in range(features.shape[0]):
        row[2 + k] += minutes * features[k, cell // nx, cell % nx]
