"""Communes in parts: the people of a commune who reach exactly the same doctors are one part.

Where people stand on squares or along streets, those of one commune need not reach the same GPs.
Points of a commune with the same sites within the threshold are interchangeable for the bound, so
that merging them leaves it exact; a part is at the mean minutes of its people from each site, so
that nearest first is exact but for the order of people of one part.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs
from data.access.people import people_of
from data.base.table_cache import cached_table, digest
from data.region.territory import Territory
from geo.room import Reach

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_BLOCK_POINTS = 20_000
"""Points whose minutes are held at once: some 250,000 pairs at 20 minutes."""

_SEED = 20261128
_LEAST_WEIGHT = 1e-9
"""Weight of a point where nobody lives: its minutes still have a mean."""


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts of communes and what they reach.

    Attributes
    ----------
    owner
        Row in `data.access.inputs.places` of the commune of each part, shape (n,), ascending.
    people
        Inhabitants of each part, shape (n,).
    reach
        Pairs of parts and sites within the threshold.
    of_point
        Part of each point of `data.access.people.people_of`, shape (points,).
    """

    owner: Ints
    people: Floats
    reach: Reach
    of_point: Ints

    def by_commune(self, values: Floats, communes: int) -> Floats:
        """Return the sums of some values of parts over each of the first communes, or all."""
        return np.bincount(self.owner, values, communes)[:communes].astype(np.float64)


def parts_of(territory: Territory, rows: npt.NDArray[np.int_], minutes: float) -> Parts | None:
    """Return the parts of communes that reach the same of some sites; None at communes' points.

    Parameters
    ----------
    territory
        The region.
    rows
        Rows in `data.access.inputs.places` of those where doctors are.
    minutes
        Threshold, inclusive.

    Returns
    -------
    Parts or None
        Sites are numbered as the places. Kept on disk: the minutes of all points are what costs.
        None when people stand on the points of their communes.
    """
    found = people_of(territory)
    if found.basis == "communes":
        return None
    everywhere = inputs.places(territory)
    ends, lonlat = inputs.coordinates(everywhere)[rows], found.lonlat
    people = found.points["people"].fillna(0.0).to_numpy(dtype=np.float64)
    owner = _owners(everywhere, found.points["code"])
    arrays = (lonlat, people, owner, ends, np.asarray(rows, dtype=np.int64))
    key = digest(
        territory.travel_time.version,
        f"{minutes:g}",
        *(each.tobytes() for each in arrays),
        Path(__file__).read_bytes(),
    )
    made: list[tuple[Ints, pd.DataFrame, pd.DataFrame]] = []

    def build() -> tuple[Ints, pd.DataFrame, pd.DataFrame]:
        if not made:
            made.append(_build(territory, (lonlat, people, owner), (ends, rows), minutes))
        return made[0]

    # The pairs are written last: where they are, the rest is.
    of_point = cached_table("room-points", key, lambda: pd.DataFrame({"part": build()[0]}))
    told = cached_table("room-parts", key, lambda: build()[1])
    pairs = cached_table("room-pairs", key, lambda: build()[2])
    return Parts(
        told["owner"].to_numpy(dtype=np.int64),
        told["people"].to_numpy(dtype=np.float64),
        Reach.of(pairs, len(told), len(everywhere), minutes),
        of_point["part"].to_numpy(dtype=np.int64),
    )


def _owners(everywhere: pd.DataFrame, codes: pd.Series) -> Ints:
    row_of = pd.Series(np.arange(len(everywhere)), index=everywhere["code"])
    return codes.map(row_of).to_numpy(dtype=np.int64)


def _build(
    territory: Territory,
    points: tuple[Floats, Floats, Ints],
    sites: tuple[Floats, npt.NDArray[np.int_]],
    minutes: float,
) -> tuple[Ints, pd.DataFrame, pd.DataFrame]:
    """Return the part of each point, the parts, and their pairs."""
    (lonlat, people, owner), (ends, rows) = points, sites
    order = np.argsort(owner, kind="stable")
    of_point = np.empty(len(owner), dtype=np.int64)
    told, pairs, first = [], [], 0
    for block in _blocks(owner[order]):
        mine = order[block]
        near = territory.travel_time.matrix(lonlat[mine], ends, minutes)
        near = near.assign(destination=np.asarray(rows)[near["destination"].to_numpy()])
        part, lead = _same(owner[mine], near, len(mine))
        of_point[mine] = first + part
        weight = people[mine]
        told.append(pd.DataFrame({"owner": owner[mine][lead], "people": np.bincount(part, weight)}))
        block_pairs = _means(part, weight, near)
        pairs.append(block_pairs.assign(origin=block_pairs["origin"] + first))
        first += len(lead)
    return of_point, pd.concat(told, ignore_index=True), pd.concat(pairs, ignore_index=True)


def _blocks(owner: Ints) -> Iterator[slice]:
    """Cut points in order of commune into blocks that part no commune."""
    start = 0
    while start < len(owner):
        last = owner[min(start + _BLOCK_POINTS, len(owner)) - 1]
        stop = int(np.searchsorted(owner, last, side="right"))
        yield slice(start, stop)
        start = stop


def _same(group: Ints, near: pd.DataFrame, count: int) -> tuple[Ints, Ints]:
    """Return numbers of points: the same for those of one group that reach the same sites.

    A set of sites is told by two sums of 64 random bits per site (Zobrist, 1970): two sets that
    differ have the same sums once in 2¹²⁸.

    Parameters
    ----------
    group
        Group of each point, shape (count,).
    near
        origin (point), destination (site) of the pairs within the threshold.
    count
        Number of points.

    Returns
    -------
    tuple
        The number of each point, ascending with its group, shape (count,); one point of each.
    """
    origin = near["origin"].to_numpy(dtype=np.int64)
    destination = near["destination"].to_numpy(dtype=np.int64)
    size = int(destination.max(initial=0)) + 1
    random = np.random.default_rng(_SEED)
    order = np.argsort(origin, kind="stable")
    held, start = np.unique(origin[order], return_index=True)
    marks = np.zeros((2, count), dtype=np.uint64)
    for mark, seed in zip(marks, random.integers(0, 2**63, 2), strict=True):
        # Each site keeps its bits whatever the other sites are.
        bits = np.random.default_rng(int(seed)).integers(0, 2**64, size, dtype=np.uint64)
        if held.size:
            mark[held] = np.add.reduceat(bits[destination[order]], start)
    sort = np.lexsort((marks[1], marks[0], group))
    keys = (group[sort], marks[0][sort], marks[1][sort])
    new = np.ones(count, dtype=bool)
    new[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    number = np.empty(count, dtype=np.int64)
    number[sort] = np.cumsum(new) - 1
    return number, sort[new]


def _means(part: Ints, people: Floats, near: pd.DataFrame) -> pd.DataFrame:
    """Return the minutes of each part to each site, the mean over its people who reach it."""
    origin = near["origin"].to_numpy(dtype=np.int64)
    table = pd.DataFrame(
        {"origin": part[origin], "destination": near["destination"].to_numpy(dtype=np.int64)}
    )
    minutes = near["minutes"].to_numpy(dtype=np.float64)
    grouped = table.groupby(["origin", "destination"], sort=True)
    number = grouped.ngroup().to_numpy()
    pairs = table.loc[~pd.Series(number).duplicated()].reset_index(drop=True)
    pairs = pairs.sort_values(["origin", "destination"], ignore_index=True)
    least = np.full(len(pairs), np.inf)
    np.minimum.at(least, number, minutes)
    weight = np.maximum(people[origin], _LEAST_WEIGHT)
    # From the least on, so that one point alone keeps its own minutes to the last bit.
    more = np.bincount(number, weight * (minutes - least[number]), len(pairs))
    mean = least + more / np.bincount(number, weight, len(pairs))
    return pairs.assign(minutes=mean)


def with_sites(
    territory: Territory, parts: Parts, ends: Floats, numbers: Ints, minutes: float
) -> Parts:
    """Return parts cut again by who reaches some further sites.

    The minutes of a new part to the sites known are those of the part it was cut from, so that
    figures without the further sites stay the same; to a further site, the mean over the people of
    the former part who reach it, so that a site is judged the same alone or beside others.

    Parameters
    ----------
    territory, parts
        The region; its parts.
    ends
        Longitudes and latitudes of the further sites, shape (k, 2).
    numbers
        Their numbers among the sites, shape (k,): none that a part reaches already.
    minutes
        Threshold, inclusive.
    """
    found = people_of(territory)
    people = found.points["people"].fillna(0.0).to_numpy(dtype=np.float64)
    near = territory.travel_time.matrix(found.lonlat, ends, minutes)
    part, lead = _same(parts.of_point, near, len(people))
    parent = parts.of_point[lead]
    cuts = np.bincount(parent, minlength=len(parts.people))
    reach, first = parts.reach, np.cumsum(cuts) - cuts
    sites = max(reach.sites, int(numbers.max(initial=-1)) + 1)
    repeat = cuts[reach.origin]
    which = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    mean = _means(parts.of_point, people, near)
    near = near.assign(part=part[near["origin"].to_numpy()])
    new = near[["part", "destination"]].drop_duplicates()
    new = new.assign(origin=parent[new["part"].to_numpy()]).merge(mean)
    pairs = pd.DataFrame(
        {
            "origin": np.concatenate(
                [np.repeat(first[reach.origin], repeat) + which, new["part"].to_numpy()]
            ),
            "destination": np.concatenate(
                [np.repeat(reach.destination, repeat), numbers[new["destination"].to_numpy()]]
            ),
            "minutes": np.concatenate(
                [np.repeat(reach.minutes, repeat), new["minutes"].to_numpy()]
            ),
        }
    )
    return Parts(
        parts.owner[parent],
        np.bincount(part, people, len(lead)).astype(np.float64),
        Reach.of(pairs, len(lead), sites, max(minutes, float(reach.minutes.max(initial=0.0)))),
        part,
    )
