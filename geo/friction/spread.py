# ruff: noqa: PLR0917 (compiled kernels take their arrays one by one)
"""Dijkstra's search over the friction raster, with buckets (Dial, 1969).

As no move is shorter than a bucket is wide, the cells of a bucket can be settled in any order and
no heap is needed. The ring of buckets is as long as the longest move: `heads` holds the first
cell of each, `Work.after` and `Work.before` chain the others.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.friction.raster import MOVES_X, MOVES_Y, Floats, Ints, Ints32, Raster

UNQUEUED = -2
"""What `Work.before` holds of a cell that waits in no bucket."""


class Work(NamedTuple):
    """Arrays of one search, made once per thread and left clean by it; shape (ny * nx,)."""

    time: npt.NDArray[np.float64]
    owner: npt.NDArray[np.int32]
    after: npt.NDArray[np.int32]
    before: npt.NDArray[np.int32]
    touched: npt.NDArray[np.int32]


def clean_work(raster: Raster) -> Work:
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
def ahead_of(cell: int, nx: int, target: Floats, pull: float) -> float:
    """Least minutes from a cell to the target; 0 without a target (pull 0)."""
    if pull == 0:
        return 0.0
    return np.hypot(cell // nx - target[0], cell % nx - target[1]) * pull


@kernel
def offer(
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
def empty_bucket(
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
                ahead = ahead_of(other, nx, target, pull)
                new, reached = offer(
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
                    ahead = ahead_of(other, nx, target, pull)
                    new, reached = offer(
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
                new, reached = offer(
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
        more, reached = empty_bucket(
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
