"""From ways to links: cut at junctions, measured, timed; still without a graph."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from geo.errors import InvalidInputError
from geo.roads.osm import OsmRoads
from geo.roads.profile import (
    CLASSES,
    DENSE,
    DENSE_STREETS_KM_PER_KM2,
    FERRY,
    OPEN,
    STREETS,
    TOWN,
    TOWN_STREETS_KM_PER_KM2,
    speeds_kmh,
)
from geo.roads.projection import choose_crs, segment_lengths_m, to_metres
from geo.roads.turns import with_turns

SURROUNDINGS_CELL_M = 500.0
"""Streets are counted in squares of this side, then over three by three of them (1.5 km)."""

_MS_PER_HOUR = 3_600_000

_NO_COURSE = (
    "Les routes de l’extrait n’ont pas de tracé : il lui manque la position de ses nœuds. "
    "Reprenez un extrait complet."
)


@dataclass(eq=False)
class Links:
    """Roads between junctions: n junctions, k links.

    Attributes
    ----------
    xy
        Junctions, shape (n, 2), metres of `crs`.
    start, end
        Junctions of each link, shape (k,).
    shape_ptr, shape_xy
        Course of link i, ends included: rows shape_ptr[i] to shape_ptr[i + 1].
    length_m
        True length, shape (k,).
    ms_offpeak, ms_peak
        Milliseconds along the link, shape (k,).
    forward, backward
        Directions open to cars, shape (k,).
    code, joinable, residents
        See `geo.roads.profile.Way`, shape (k,).
    banned
        Turns that are forbidden, shape (b, 2): from and to, as 2 × link + (1 when backward).
    crs
        CRS of the metres.
    turns_applied, turns_passed
        Restrictions that `banned` holds, and those passed over: ambiguous, or cut by a border.
    """

    xy: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    shape_ptr: npt.NDArray[np.int64]
    shape_xy: npt.NDArray[np.float64]
    length_m: npt.NDArray[np.float64]
    ms_offpeak: npt.NDArray[np.int32]
    ms_peak: npt.NDArray[np.int32]
    forward: npt.NDArray[np.bool_]
    backward: npt.NDArray[np.bool_]
    code: npt.NDArray[np.uint8]
    joinable: npt.NDArray[np.bool_]
    residents: npt.NDArray[np.bool_]
    banned: npt.NDArray[np.int64]
    crs: str
    turns_applied: int = 0
    turns_passed: int = 0


def links_from_osm(roads: OsmRoads) -> Links:
    """Cut the ways of extracts at junctions and barriers, and give each piece its times.

    Raises
    ------
    InvalidInputError
        If no road has two known positions, or if the extract lies on the antimeridian.
    """
    ref, lonlat, way, last = _runs(roads)
    if not len(ref):
        raise InvalidInputError(_NO_COURSE)
    crs = choose_crs(lonlat)
    # Ways are cut where several meet, at barriers, and where a turn is banned.
    ids, node = np.unique(ref, return_inverse=True)
    closed = np.isin(ids, np.fromiter(roads.closed_nodes, np.int64, len(roads.closed_nodes)))
    vias = np.isin(ids, np.array([via for _, via, _ in roads.restrictions], np.int64))
    first = np.roll(last, 1)
    junction = (np.bincount(node) > 1) | closed | vias
    cut = first | last | junction[node]
    # A link goes from a cut to the next one, within a run.
    begin = np.flatnonzero(cut & ~last)
    finish = np.flatnonzero(cut & ~first)
    segment_m = np.append(segment_lengths_m(lonlat), 0.0)
    along = np.concatenate([[0.0], np.cumsum(segment_m)])
    length = along[finish] - along[begin]
    real = (length > 0) | (node[begin] != node[finish])
    begin, finish, length = begin[real], finish[real], length[real]
    if not len(begin):
        raise InvalidInputError(_NO_COURSE)
    # Each link has its ends, its course, and the times of its way.
    start, end, junction_ref = _junctions(node, closed, begin, finish)
    xy = to_metres(lonlat, crs)
    shape_ptr = np.concatenate([[0], np.cumsum(finish - begin + 1)])
    rows = np.arange(shape_ptr[-1]) - np.repeat(shape_ptr[:-1] - begin, finish - begin + 1)
    link_way = way[begin]
    offpeak, peak = _times(roads, link_way, xy[begin], xy[finish], length)
    directions = np.array([(w.forward, w.backward) for w in roads.ways], bool)[link_way]
    links = Links(
        xy=xy[junction_ref],
        start=start,
        end=end,
        shape_ptr=shape_ptr,
        shape_xy=xy[rows],
        length_m=length,
        ms_offpeak=offpeak,
        ms_peak=peak,
        forward=directions[:, 0],
        backward=directions[:, 1],
        code=np.array([w.code for w in roads.ways], np.uint8)[link_way],
        joinable=np.array([w.joinable for w in roads.ways], bool)[link_way],
        residents=np.array([w.residents for w in roads.ways], bool)[link_way],
        banned=np.empty((0, 2), np.int64),
        crs=crs,
    )
    links, links.turns_applied, links.turns_passed = with_turns(
        roads, links, ref[junction_ref], link_way
    )
    return links


def _runs(
    roads: OsmRoads,
) -> tuple[
    npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.bool_]
]:
    """Return node number, position, way and end-of-run mark of each node of each usable piece.

    A way is broken where the extract has no position; a piece of one node is dropped.
    """
    lonlat = roads.lonlat()
    way = np.repeat(np.arange(len(roads.ways)), np.frombuffer(roads.ref_counts, np.int64))
    known = ~np.isnan(lonlat[:, 0])
    piece = np.cumsum(~known)  # grows at each hole
    ref, lonlat = np.frombuffer(roads.refs, np.int64)[known], lonlat[known]
    way, piece = way[known], piece[known]
    differs = (way[1:] != way[:-1]) | (piece[1:] != piece[:-1])
    last = np.append(differs, True)[: len(ref)]
    first = np.roll(last, 1)
    kept = ~(first & last)
    return ref[kept], lonlat[kept], way[kept], last[kept]


def _junctions(
    node: npt.NDArray[np.int64],
    closed: npt.NDArray[np.bool_],
    begin: npt.NDArray[np.int64],
    finish: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Give numbers to the ends of links; a closed barrier is one dead end for each of its links."""
    rows = np.concatenate([begin, finish])
    key = node[rows]
    shut = np.flatnonzero(closed[key])
    key[shut] = len(closed) + np.arange(len(shut))
    _, first_row, number = np.unique(key, return_index=True, return_inverse=True)
    return number[: len(begin)], number[len(begin) :], rows[first_row]


def _times(
    roads: OsmRoads,
    link_way: npt.NDArray[np.int64],
    start_xy: npt.NDArray[np.float64],
    end_xy: npt.NDArray[np.float64],
    length: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    code = np.array([w.code for w in roads.ways])
    limit = np.array([w.limit_kmh for w in roads.ways])
    surface = np.array([w.surface_factor for w in roads.ways])
    duration_h = np.array([w.duration_s for w in roads.ways]) / 3600
    # A ferry's posted duration is that of the whole way.
    way_km = np.bincount(link_way, length, len(roads.ways)) / 1000
    timed = (duration_h > 0) & (way_km > 0)
    limit[timed] = way_km[timed] / duration_h[timed]
    code_of_link = code[link_way]
    around = surroundings((start_xy + end_xy) / 2, length, np.isin(code_of_link, STREETS))
    straight = np.hypot(*(end_xy - start_xy).T) / np.maximum(length, 1.0)
    offpeak, peak = speeds_kmh(code_of_link, around, limit[link_way], surface[link_way], straight)
    ferry_kmh = np.where(timed[link_way], limit[link_way], CLASSES[FERRY].kmh[0])
    ferry = code_of_link == FERRY
    offpeak, peak = np.where(ferry, ferry_kmh, offpeak), np.where(ferry, ferry_kmh, peak)
    return milliseconds(length, offpeak), milliseconds(length, peak)


def milliseconds(
    length_m: npt.NDArray[np.float64], kmh: npt.NDArray[np.float64]
) -> npt.NDArray[np.int32]:
    """Return the time of each length at each speed, rounded to the millisecond."""
    return np.rint(length_m / 1000 / kmh * _MS_PER_HOUR).astype(np.int32)


def surroundings(
    middle_xy: npt.NDArray[np.float64],
    length_m: npt.NDArray[np.float64],
    is_street: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """Return OPEN, TOWN or DENSE for each link, from the residential streets around it.

    METRIC tells them apart by the density of the commune; an extract knows no inhabitants, but
    the length of its residential streets per km² follows them closely enough.
    """
    column, row = ((middle_xy - middle_xy.min(axis=0)) // SURROUNDINGS_CELL_M).astype(int).T
    streets = np.zeros((row.max() + 1, column.max() + 1))
    np.add.at(streets, (row[is_street], column[is_street]), length_m[is_street])
    mean_m = ndimage.uniform_filter(streets, size=3, mode="constant")
    per_km2 = mean_m / 1000 / (SURROUNDINGS_CELL_M / 1000) ** 2
    density = per_km2[row, column]
    return np.select(
        [density > DENSE_STREETS_KM_PER_KM2, density > TOWN_STREETS_KM_PER_KM2],
        [DENSE, TOWN],
        OPEN,
    )
