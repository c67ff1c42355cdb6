"""Minutes on a grid around places, from the roads that a search reached."""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.contours import OFF_ROAD_MAX_M
from geo.roads.locate import CELL_M, PLACE_UNITS, course_length
from geo.roads.places import OFF_ROAD_MS_PER_M, Places
from geo.roads.queries import Router
from geo.roads.search import NEVER_MS, Ints

_CM = 100.0
_DM = 10.0
_HALF_MS = 0.5
"""Times are whole milliseconds: less than this over the limit is rounding."""
_MS_PER_MIN = 60_000.0
_STEP_M = CELL_M / 2
"""An origin's road is stamped on the grid at least this often."""

SLACK_M = 35.0
"""Walk that is free to a cell's centre, chosen to balance precision and recall (docs/roads.md)."""


@dataclass(frozen=True, eq=False)
class TimeGrid:
    """Minutes at cell centres.

    Attributes
    ----------
    x, y
        Cell centres, metres of the network's CRS, shapes (nx,) and (ny,).
    minutes
        Shape (ny, nx); inf where nothing is reached.
    """

    x: npt.NDArray[np.float64]
    y: npt.NDArray[np.float64]
    minutes: npt.NDArray[np.float32]


def time_grid(router: Router, origins: Places, limit_ms: int) -> TimeGrid:
    """Return minutes from the nearest of snapped origins, around all that is reached.

    A cell takes the time of its nearest joinable road plus the walk from it, as a point does: a
    motorway or a tunnel serves nobody beside it. The walk of SLACK_M that is not counted makes
    up for a cell's width: without it, roads reached just in time fall outside their area.
    """
    network = router.network
    times = network.link_nodes, network.link_ms(router.profile)
    shapes = network.shape_ptr, network.shape_cm
    roads = *times, *shapes
    cells = (network.cell_link, network.cell_place, network.cell_access_dm)
    with router.workspace() as space:
        inside = router.reach(origins, limit_ms, space)
        reached = (inside, network.ptr, network.arc_link, space.state)
        box = np.array([np.inf, np.inf, -np.inf, -np.inf])
        _extend_by_roads(*reached, limit_ms, *roads, box)
        _extend_by_origins(origins.table, origins.xy, *shapes, box)
        margin = OFF_ROAD_MAX_M + CELL_M
        corner = np.tile(network.origin, 2)
        frame = ((box + np.array([-margin, -margin, margin, margin]) - corner) // CELL_M).astype(
            int
        )
        column, row, last_column, last_row = frame.tolist()
        minutes = np.full((last_row - row + 1, last_column - column + 1), np.inf, np.float32)
        _gather(*cells, *times, space.state, space.tag, row, column, minutes)
        x0, y0 = corner[0] + column * CELL_M, corner[1] + row * CELL_M
    _stamp_origins(
        origins.table,
        origins.xy,
        limit_ms,
        *cells,
        *times,
        network.shape_ptr,
        network.shape_cm,
        row,
        column,
        x0,
        y0,
        minutes,
    )
    return TimeGrid(
        x0 + (np.arange(minutes.shape[1]) + 0.5) * CELL_M,
        y0 + (np.arange(minutes.shape[0]) + 0.5) * CELL_M,
        minutes,
    )


@kernel
def _extend(shape: Ints, first: int, end: int, box: npt.NDArray[np.float64]) -> None:
    """Widen a box (west, south, east, north) to hold a course."""
    for i in range(first, end):
        x, y = shape[i, 0] / _CM, shape[i, 1] / _CM
        box[0], box[1] = min(box[0], x), min(box[1], y)
        box[2], box[3] = max(box[2], x), max(box[3], y)


@kernel
def _extend_by_roads(
    inside: Ints,
    ptr: Ints,
    arc_link: Ints,
    state: Ints,
    limit: int,
    link_nodes: Ints,
    link_ms: Ints,
    shape_ptr: npt.NDArray[np.int64],
    shape: Ints,
    box: npt.NDArray[np.float64],
) -> None:
    for node in inside:
        for arc in range(ptr[node], ptr[node + 1]):
            k = arc_link[arc]
            if k < 0:
                continue
            first, end = shape_ptr[k], shape_ptr[k + 1]
            if state[node, 0] + link_ms[k] <= limit:
                _extend(shape, first, end, box)
                continue
            # Only the first part of a long road is reached: hold the point after its limit.
            share = (limit - state[node, 0]) / link_ms[k]
            reach = share * course_length(shape, first, end - 1)
            if link_nodes[k, 0] == node:
                _extend(shape, first, _point_after(shape, first, end - 1, 1, reach) + 1, box)
            if link_nodes[k, 2] == node:
                _extend(shape, _point_after(shape, end - 1, first, -1, reach), end, box)


@kernel
def _point_after(shape: Ints, begin: int, finish: int, step: int, reach: float) -> int:
    """Return the first point of a course at `reach` metres or more from its beginning."""
    done = 0.0
    i = begin
    while i != finish and done < reach:
        done += course_length(shape, min(i, i + step), max(i, i + step))
        i += step
    return i


@kernel
def _extend_by_origins(
    origins: Ints,
    xy: npt.NDArray[np.float64],
    shape_ptr: npt.NDArray[np.int64],
    shape: Ints,
    box: npt.NDArray[np.float64],
) -> None:
    for row in range(len(origins)):
        k = origins[row, 0]
        _extend(shape, shape_ptr[k], shape_ptr[k + 1], box)
        box[0], box[1] = min(box[0], xy[row, 0]), min(box[1], xy[row, 1])
        box[2], box[3] = max(box[2], xy[row, 0]), max(box[3], xy[row, 1])


@kernel
def _gather(
    cell_link: Ints,
    cell_place: npt.NDArray[np.uint16],
    cell_access_dm: npt.NDArray[np.uint16],
    link_nodes: Ints,
    link_ms: Ints,
    state: Ints,
    tag: int,
    row: int,
    column: int,
    minutes: npt.NDArray[np.float32],
) -> None:
    """Give each cell the time of its nearest road, plus the walk."""
    rows, columns = cell_link.shape
    for i in range(max(0, -row), min(minutes.shape[0], rows - row)):
        for j in range(max(0, -column), min(minutes.shape[1], columns - column)):
            k = cell_link[row + i, column + j]
            if k < 0:
                continue
            best = np.inf
            along = cell_place[row + i, column + j] / PLACE_UNITS * link_ms[k]
            ahead = link_nodes[k, 0]
            if ahead >= 0 and state[ahead, 1] == tag:
                best = state[ahead, 0] + along
            behind = link_nodes[k, 2]
            if behind >= 0 and state[behind, 1] == tag:
                best = min(best, state[behind, 0] + link_ms[k] - along)
            if best < np.inf:
                walk = max(0.0, cell_access_dm[row + i, column + j] / _DM - SLACK_M)
                minutes[i, j] = (best + walk * OFF_ROAD_MS_PER_M) / _MS_PER_MIN


@kernel
def _stamp(
    x: float, y: float, time: float, x0: float, y0: float, minutes: npt.NDArray[np.float32]
) -> None:
    """Lower the four centres around a point to a time, ms."""
    row, column = math.floor((y - y0) / CELL_M - 0.5), math.floor((x - x0) / CELL_M - 0.5)
    value = np.float32(time / _MS_PER_MIN)
    for i in range(max(0, row), min(minutes.shape[0], row + 2)):
        for j in range(max(0, column), min(minutes.shape[1], column + 2)):
            minutes[i, j] = min(minutes[i, j], value)


@kernel
def _stamp_course(
    shape: Ints,
    first: int,
    last: int,
    total_ms: int,
    ahead_ms: float,
    behind_ms: float,
    between: tuple[float, float],
    limit: int,
    x0: float,
    y0: float,
    minutes: npt.NDArray[np.float32],
) -> None:
    """Stamp a course where its time is within the limit: its ends, and every _STEP_M.

    Parameters
    ----------
    first, last
        Rows of `shape`.
    ahead_ms, behind_ms
        Time at the first point for who goes forward, at the last for who goes backward.
    between
        Shares of the course to stamp.
    """
    length = course_length(shape, first, last)
    done, since = 0.0, _STEP_M
    for i in range(first, last + 1):
        j = min(i + 1, last)
        ax, ay = shape[i, 0] / _CM, shape[i, 1] / _CM
        dx, dy = shape[j, 0] / _CM - ax, shape[j, 1] / _CM - ay
        piece = math.hypot(dx, dy)
        at = 0.0 if i == last else _STEP_M - since
        while at < piece or i == last:
            share = min(1.0, (done + at) / length) if length > 0 else 0.0
            time = min(ahead_ms + share * total_ms, behind_ms + (1 - share) * total_ms)
            if time <= limit + _HALF_MS and between[0] <= share <= between[1]:
                part = at / piece if piece > 0 else 0.0
                _stamp(ax + dx * part, ay + dy * part, time, x0, y0, minutes)
            if i == last:
                break
            at += _STEP_M
        since = piece - at + _STEP_M
        done += piece


@kernel
def _stamp_origins(
    origins: Ints,
    xy: npt.NDArray[np.float64],
    limit: int,
    cell_link: Ints,
    cell_place: npt.NDArray[np.uint16],
    cell_access_dm: npt.NDArray[np.uint16],
    link_nodes: Ints,
    link_ms: Ints,
    shape_ptr: npt.NDArray[np.int64],
    shape: Ints,
    row: int,
    column: int,
    x0: float,
    y0: float,
    minutes: npt.NDArray[np.float32],
) -> None:
    """Stamp each origin, its own road on both sides, and the cells of that road."""
    box = np.empty(4)
    for o in range(len(origins)):
        k, along, access = origins[o, 0], origins[o, 1], origins[o, 2]
        _stamp(xy[o, 0], xy[o, 1], 0.0, x0, y0, minutes)
        first, last = shape_ptr[k], shape_ptr[k + 1] - 1
        ms = link_ms[k]
        share = along / ms if ms > 0 else 0.0
        ahead, behind = link_nodes[k, 0] >= 0, link_nodes[k, 2] >= 0
        if ahead:
            base = access - share * ms
            _stamp_course(
                shape, first, last, ms, base, NEVER_MS, (share, 1.0), limit, x0, y0, minutes
            )
        if behind:
            base = access - (1 - share) * ms
            _stamp_course(
                shape, first, last, ms, NEVER_MS, base, (0.0, share), limit, x0, y0, minutes
            )
        box[:2], box[2:] = np.inf, -np.inf
        _extend(shape, first, last + 1, box)
        box[0], box[1] = min(box[0], xy[o, 0]), min(box[1], xy[o, 1])
        box[2], box[3] = max(box[2], xy[o, 0]), max(box[3], xy[o, 1])
        low_i = max(0, -row, int((box[1] - OFF_ROAD_MAX_M - y0) / CELL_M))
        low_j = max(0, -column, int((box[0] - OFF_ROAD_MAX_M - x0) / CELL_M))
        high_i = min(minutes.shape[0], cell_link.shape[0] - row)
        high_i = min(high_i, int((box[3] + OFF_ROAD_MAX_M - y0) / CELL_M) + 1)
        high_j = min(minutes.shape[1], cell_link.shape[1] - column)
        high_j = min(high_j, int((box[2] + OFF_ROAD_MAX_M - x0) / CELL_M) + 1)
        for i in range(low_i, high_i):
            for j in range(low_j, high_j):
                if cell_link[row + i, column + j] != k:
                    continue
                dx = x0 + (j + 0.5) * CELL_M - xy[o, 0]
                dy = y0 + (i + 0.5) * CELL_M - xy[o, 1]
                time = math.hypot(dx, dy) * OFF_ROAD_MS_PER_M  # on foot, straight
                walk = cell_access_dm[row + i, column + j] / _DM * OFF_ROAD_MS_PER_M + access
                gap = cell_place[row + i, column + j] / PLACE_UNITS * ms - along
                if (gap >= 0 and ahead) or (gap <= 0 and behind):
                    time = min(time, walk + abs(gap))
                minutes[i, j] = min(minutes[i, j], np.float32(time / _MS_PER_MIN))
