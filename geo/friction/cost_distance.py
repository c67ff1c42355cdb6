# ruff: noqa: PLR0917 (compiled kernels take their arrays one by one)
"""Shortest times through a friction raster: the compiled kernels behind `geo.friction.engine`.

Between points, from points to their own destinations, to the nearest site. Everything is
undirected: times are symmetric and keep the triangle inequality.
"""

import numpy as np

from geo.compiled import kernel
from geo.friction.links import DIRECT_CELLS, LINKS, direct, link
from geo.friction.raster import Floats, Ints, Raster
from geo.friction.spread import Work, ahead_of, empty_bucket, offer, spread, tidy

MAX_MINUTES = 24 * 60.0
"""No trip in a region takes a day: what is not reached by then never is."""


@kernel
def trip(
    raster: Raster,
    cells: Ints,
    minutes: Floats,
    to_cells: Ints,
    to_minutes: Floats,
    target: Floats,
    work: Work,
) -> tuple[float, int]:
    """Search from one point towards another (A*): the bound is the pace of the fastest cell.

    Parameters
    ----------
    raster
        See `Raster`.
    cells, minutes
        Links of the origin, shape (LINKS,).
    to_cells, to_minutes
        Links of the destination, shape (LINKS,).
    target
        Row and column of the destination.
    work
        Clean arrays.

    Returns
    -------
    float
        Minutes over the cells; inf when there is no way.
    int
        Number of cells reached. Clean with `tidy`.
    """
    nx = raster.friction.shape[1]
    width = raster.shortest
    # A move away from the target costs its time and the same distance back.
    heads = np.full(int(2 * raster.longest / width) + 8, -1, np.int64)
    reached = waiting = 0
    level = -1
    for k in range(LINKS):
        if cells[k] >= 0 and minutes[k] < work.time[cells[k]]:
            ahead = ahead_of(cells[k], nx, target, width)
            key = int((minutes[k] + ahead) / width)
            if level < 0 or key < level:
                level = key
            new, reached = offer(cells[k], minutes[k], ahead, 0, width, heads, work, reached)
            waiting += new
    best = np.inf
    while waiting and level * width <= best:
        more, reached = empty_bucket(
            raster, level % len(heads), MAX_MINUTES, target, width, heads, work, reached
        )
        waiting += more
        best = _arrival(work.time, to_cells, to_minutes)
        level += 1
    return best, reached


@kernel
def pairs(raster: Raster, origins: Floats, destinations: Floats, work: Work) -> Floats:
    """Minutes of each pair of points.

    Parameters
    ----------
    raster
        See `Raster`.
    origins, destinations
        Rows, columns and minutes lost at the end, shape (n, 3).
    work
        Clean arrays; left clean.

    Returns
    -------
    numpy.ndarray
        Field minutes, shape (n,); inf when there is no way.
    """
    cells, minutes, local = link(raster, origins)
    to_cells, to_minutes, to_local = link(raster, destinations)
    result = np.full(len(origins), np.inf)
    for i in range(len(origins)):
        if local[i] == np.inf or to_local[i] == np.inf:
            continue
        over, reached = trip(
            raster, cells[i], minutes[i], to_cells[i], to_minutes[i], destinations[i], work
        )
        tidy(work, reached)
        straight = direct(raster, origins[i], local[i], destinations[i], to_local[i])
        result[i] = min(over, straight)
    return result


@kernel
def _arrival(time: Floats, cells: Ints, minutes: Floats) -> float:
    """Least minutes at a point over its links."""
    best = np.inf
    for k in range(LINKS):
        if cells[k] >= 0:
            best = min(best, time[cells[k]] + minutes[k])
    return best


@kernel
def table(
    raster: Raster,
    origins: Floats,
    destinations: Floats,
    starts: Ints,
    order: Ints,
    limits: Floats,
    work: Work,
) -> Floats:
    """Minutes from each origin to destinations of its own.

    Parameters
    ----------
    raster
        See `Raster`.
    origins, destinations
        As in `pairs`, shapes (g, 3) and (n, 3).
    starts
        The destinations of origin i are order[starts[i]:starts[i + 1]], shape (g + 1,).
    order
        Row numbers of destinations, shape (p,).
    limits
        Field minutes beyond which the result is inf, per origin, shape (g,).
    work
        Clean arrays; left clean.

    Returns
    -------
    numpy.ndarray
        Field minutes, shape (p,), in the order of `order`.
    """
    cells, minutes, local = link(raster, origins)
    to_cells, to_minutes, to_local = link(raster, destinations)
    result = np.full(len(order), np.inf)
    nobody = np.zeros(LINKS, np.int32)
    for i in range(len(origins)):
        if local[i] == np.inf:
            continue
        reached = spread(raster, cells[i], minutes[i], nobody, limits[i], work)
        for p in range(starts[i], starts[i + 1]):
            j = order[p]
            t = _arrival(work.time, to_cells[j], to_minutes[j])
            t = min(t, direct(raster, origins[i], local[i], destinations[j], to_local[j]))
            if t <= limits[i]:
                result[p] = t
        tidy(work, reached)
    return result


@kernel
def nearest(
    raster: Raster, sites: Floats, points: Floats, limit: float, work: Work
) -> tuple[Floats, Ints]:
    """Minutes from each point to its nearest site, and that site's row number.

    Parameters
    ----------
    raster
        See `Raster`.
    sites, points
        As in `pairs`, shapes (m, 3) and (n, 3).
    limit
        Field minutes beyond which a point has no site.
    work
        Clean arrays; left clean.

    Returns
    -------
    minutes, rows
        Shapes (n,); inf and -1 where there is none.
    """
    cells, minutes, local = link(raster, sites)
    owners = np.repeat(np.arange(len(sites)).astype(np.int32), LINKS)
    reached = spread(raster, cells.ravel(), minutes.ravel(), owners, limit, work)
    by_row = np.argsort(sites[:, 0])
    rows = sites[by_row, 0]
    to_cells, to_minutes, to_local = link(raster, points)
    best = np.full(len(points), np.inf)
    whose = np.full(len(points), -1, np.int64)
    for j in range(len(points)):
        for k in range(LINKS):
            if to_cells[j, k] >= 0:
                t = work.time[to_cells[j, k]] + to_minutes[j, k]
                if t < best[j]:
                    best[j], whose[j] = t, work.owner[to_cells[j, k]]
        first = np.searchsorted(rows, points[j, 0] - DIRECT_CELLS)
        for p in range(first, len(rows)):
            if rows[p] > points[j, 0] + DIRECT_CELLS:
                break
            i = by_row[p]
            t = direct(raster, sites[i], local[i], points[j], to_local[j])
            if t < best[j]:
                best[j], whose[j] = t, i
        if not best[j] <= limit:
            best[j], whose[j] = np.inf, -1
    tidy(work, reached)
    return best, whose
