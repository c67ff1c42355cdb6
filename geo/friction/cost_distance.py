# ruff: noqa: PLR0917 (compiled kernels take their arrays one by one)
"""Shortest times through a friction raster: the compiled kernels behind `geo.friction.engine`.

A cell is joined to 16 neighbours (king's and knight's moves), which keeps the excess length of a
path over the straight line below 2.8 % in every direction. Points are joined to the 16 centres
around them, so that times vary smoothly inside a cell. Everything is undirected: times are
symmetric and keep the triangle inequality.

The search is Dijkstra's with buckets (Dial, 1969): as no move is shorter than a bucket is wide,
the cells of a bucket can be settled in any order and no heap is needed.

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

LINKS = 16
"""Centres to which a point is joined: the 4 × 4 around it."""

DIRECT_CELLS = 2.0
"""Two points closer than this are also joined by the straight line."""

MAX_MINUTES = 24 * 60.0
"""No trip in a region takes a day: what is not reached by then never is."""

UNQUEUED = -2

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


class Work(NamedTuple):
    """Arrays of one search, made once per thread and left clean by it; shape (ny * nx,)."""

    time: npt.NDArray[np.float64]
    owner: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    before: npt.NDArray[np.int32]
    touched: npt.NDArray[np.int32]


def work(raster: Raster) -> Work:
    """Return clean arrays for `spread`."""
    size = raster.friction.size
    return Work(
        np.full(size, np.inf),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.full(size, UNQUEUED, np.int32),
        np.empty(size, np.int32),
    )


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
def _direct(raster: Raster, a: Floats, a_local: float, b: Floats, b_local: float) -> float:
    """Minutes along the straight line between two close points; inf when far or barred."""
    cells = np.hypot(a[0] - b[0], a[1] - b[1])
    if not cells <= DIRECT_CELLS or max(a_local, b_local) == np.inf:
        return np.inf
    guarded = raster.guarded[int(np.floor(a[0])), int(np.floor(a[1]))]
    if not _is_open(raster, guarded, a[0], a[1], b[0], b[1]):
        return np.inf
    # Both ends count in full where the straight line stops counting, so that no time jumps there.
    return cells * ((a_local + b_local) / 2 + (a[2] + b[2]) / DIRECT_CELLS)


@kernel
def _enter(cell: int, minutes: float, ahead: float, width: float, heads: Ints, work: Work) -> int:
    """Set a cell's time and put it in its bucket; return 1 when it was not waiting yet.

    `ahead` is the least time still to go, 0 in a search without a goal.
    """
    new = 1
    if work.before[cell] != UNQUEUED:
        _leave(cell, int((work.time[cell] + ahead) / width) % len(heads), heads, work)
        new = 0
    work.time[cell] = minutes
    slot = int((minutes + ahead) / width) % len(heads)
    work.after[cell] = heads[slot]
    work.before[cell] = -1
    if heads[slot] >= 0:
        work.before[heads[slot]] = cell
    heads[slot] = cell
    return new


@kernel
def _leave(cell: int, slot: int, heads: Ints, work: Work) -> None:
    if work.before[cell] >= 0:
        work.after[work.before[cell]] = work.after[cell]
    else:
        heads[slot] = work.after[cell]
    if work.after[cell] >= 0:
        work.before[work.after[cell]] = work.before[cell]
    work.before[cell] = UNQUEUED


@kernel
def _ahead(cell: int, nx: int, target: Floats, pull: float) -> float:
    """Least minutes from a cell to the target; 0 without a target (pull 0)."""
    if pull == 0:
        return 0.0
    return np.hypot(cell // nx - target[0], cell % nx - target[1]) * pull


@kernel
def _offer(
    cell: int,
    minutes: float,
    ahead: float,
    owner: int,
    width: float,
    heads: Ints,
    work: Work,
    reached: int,
) -> tuple[int, int]:
    """Offer a better time to a cell; return 1 when it was not waiting, and cells reached."""
    if work.time[cell] == np.inf:
        work.touched[reached] = cell
        reached += 1
    work.owner[cell] = owner
    return _enter(cell, minutes, ahead, width, heads, work), reached


@kernel
def _empty_bucket(
    raster: Raster,
    slot: int,
    limit: float,
    target: Floats,
    pull: float,
    heads: Ints,
    work: Work,
    reached: int,
) -> tuple[int, int]:
    """Settle the cells of a bucket; return how many more wait, and cells reached."""
    nx = raster.friction.shape[1]
    more = 0
    while heads[slot] >= 0:
        cell = heads[slot]
        _leave(cell, slot, heads, work)
        more -= 1
        here, owner = work.time[cell], work.owner[cell]
        for k in range(16):
            minutes = here + raster.moves[cell, k]
            if minutes > limit:
                continue
            other = cell + MOVES_Y[k] * nx + MOVES_X[k]
            if minutes < work.time[other]:
                ahead = _ahead(other, nx, target, pull)
                new, reached = _offer(
                    other, minutes, ahead, owner, raster.shortest, heads, work, reached
                )
                more += new
        if raster.guarded[cell // nx, cell % nx]:
            first = np.searchsorted(raster.crossing_ends[:, 0], cell)
            for c in range(first, len(raster.crossing_minutes)):
                other = raster.crossing_ends[c, 1]
                minutes = here + raster.crossing_minutes[c]
                if raster.crossing_ends[c, 0] != cell:
                    break
                if minutes < work.time[other] and minutes <= limit:
                    ahead = _ahead(other, nx, target, pull)
                    new, reached = _offer(
                        other, minutes, ahead, owner, raster.shortest, heads, work, reached
                    )
                    more += new
    return more, reached


@kernel
def spread(
    raster: Raster,
    seed_cells: Ints,
    seed_minutes: Floats,
    seed_owners: Ints32,
    limit: float,
    work: Work,
) -> int:
    """Fill `work.time` with the minutes from the nearest seed, `work.owner` with its owner.

    Parameters
    ----------
    raster
        See `Raster`.
    seed_cells, seed_minutes, seed_owners
        Cells, minutes already spent and owners of the seeds, shape (s,); cell -1 is skipped.
    limit
        Cells beyond these minutes are left alone; finite.
    work
        Clean arrays.

    Returns
    -------
    int
        Number of cells reached: the first of `work.touched`. Clean with `tidy`.
    """
    width = raster.shortest
    heads = np.full(int(raster.longest / width) + 3, -1, np.int64)
    nowhere = np.zeros(2)
    order = np.argsort(seed_minutes)
    last = 0  # seeds without a cell come last: their time is inf
    while last < len(order) and seed_minutes[order[last]] <= limit:
        last += 1
    reached = waiting = level = next_seed = 0
    while waiting or next_seed < last:
        if not waiting:
            level = max(level, int(seed_minutes[order[next_seed]] / width))
        # A seed enters as its bucket comes up, so that the ring of buckets stays short.
        while next_seed < last and int(seed_minutes[order[next_seed]] / width) <= level:
            s = order[next_seed]
            next_seed += 1
            if seed_minutes[s] < work.time[seed_cells[s]]:
                new, reached = _offer(
                    seed_cells[s],
                    seed_minutes[s],
                    0.0,
                    seed_owners[s],
                    width,
                    heads,
                    work,
                    reached,
                )
                waiting += new
        more, reached = _empty_bucket(
            raster, level % len(heads), limit, nowhere, 0.0, heads, work, reached
        )
        waiting += more
        level += 1
    return reached


@kernel
def tidy(work: Work, reached: int) -> None:
    """Make the arrays of a search clean again."""
    for n in range(reached):
        work.time[work.touched[n]] = np.inf
        work.before[work.touched[n]] = UNQUEUED


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
            ahead = _ahead(cells[k], nx, target, width)
            key = int((minutes[k] + ahead) / width)
            if level < 0 or key < level:
                level = key
            new, reached = _offer(cells[k], minutes[k], ahead, 0, width, heads, work, reached)
            waiting += new
    best = np.inf
    while waiting and level * width <= best:
        more, reached = _empty_bucket(
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
        direct = _direct(raster, origins[i], local[i], destinations[i], to_local[i])
        result[i] = min(over, direct)
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
            t = min(t, _direct(raster, origins[i], local[i], destinations[j], to_local[j]))
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
            t = _direct(raster, sites[i], local[i], points[j], to_local[j])
            if t < best[j]:
                best[j], whose[j] = t, i
        if not best[j] <= limit:
            best[j], whose[j] = np.inf, -1
    tidy(work, reached)
    return best, whose
