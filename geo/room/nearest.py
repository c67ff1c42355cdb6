"""Nearest first: who finds a seat when the nearer goes first and each GP takes so many people.

Pairs are seated by ascending minutes: the assignment that no inhabitant and no GP would both
leave for each other (Gale and Shapley, American Mathematical Monthly 69, 1962, where both sides
rank by the same times). It depends on order through equal minutes only, which share: a place
spreads its people over the equally near sites in proportion to their room, and a site that is
asked too much serves those who ask in proportion to what they ask.
"""

# ruff: noqa: PLR0917  (kernels: numba knows no keyword-only arguments)

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.errors import InvalidInputError
from geo.room.reach import Floats, Reach, Rows, counted

_NOBODY = 1e-9
"""Inhabitants under which a place is seated: what rounding leaves of a share."""


@dataclass(frozen=True, eq=False)
class Seats:
    """Where people are seated.

    Attributes
    ----------
    without_room
        Inhabitants of each place without room, shape (n,).
    seated
        Inhabitants seated at each site, shape (m,).
    by_pair
        Inhabitants of each pair of the reach that are seated there, shape (p,).
    """

    without_room: Floats
    seated: Floats
    by_pair: Floats


def nearest_first(reach: Reach, people: npt.ArrayLike, gps: npt.ArrayLike, per_gp: float) -> Seats:
    """Seat people by ascending minutes, at most `per_gp` inhabitants per GP.

    Parameters
    ----------
    reach
        Pairs within the threshold.
    people, gps
        Inhabitants of each place, shape (n,), and GPs of each site, fractions allowed, shape
        (m,); missing counts nobody.
    per_gp
        Inhabitants that a GP takes, above 0.

    Raises
    ------
    InvalidInputError
        If a number is negative, or the capacity is not above 0.
    """
    if not (per_gp > 0 and np.isfinite(per_gp)):
        raise InvalidInputError("Le nombre d’habitants par médecin doit être supérieur à 0.")
    left = counted(people, reach.places).copy()
    room = counted(gps, reach.sites) * per_gp
    seated = np.zeros(len(reach.minutes))
    _seat(reach.origin, reach.destination, reach.minutes, left, room, seated)
    taken = np.bincount(reach.destination, weights=seated, minlength=reach.sites)
    return Seats(left, taken.astype(np.float64), seated)


def nearest_load(reach: Reach, people: npt.ArrayLike, gps: npt.ArrayLike) -> Floats:
    """Return the inhabitants per GP of each site if all went to the nearest GP, full or not.

    Equally near sites share in proportion to their GPs. NaN where a site has no GP.

    Returns
    -------
    numpy.ndarray
        Shape (m,).
    """
    there, offer = counted(people, reach.places), counted(gps, reach.sites)
    staffed = offer[reach.destination] > 0
    origin, destination = reach.origin[staffed], reach.destination[staffed]
    minutes = reach.minutes[staffed]
    shortest = np.full(reach.places, np.inf)
    np.minimum.at(shortest, origin, minutes)
    nearest = minutes == shortest[origin]
    origin, destination = origin[nearest], destination[nearest]
    around = np.bincount(origin, weights=offer[destination], minlength=reach.places)
    going = there[origin] * offer[destination] / around[origin]
    load = np.bincount(destination, weights=going, minlength=reach.sites)
    return np.divide(load, offer, out=np.full(reach.sites, np.nan), where=offer > 0)


@kernel
def _seat(
    origin: Rows, destination: Rows, minutes: Floats, left: Floats, room: Floats, seated: Floats
) -> None:
    count = len(minutes)
    active = np.empty(count, np.int64)
    asked = np.empty(count, np.float64)
    by_place = np.zeros(len(left), np.float64)
    by_site = np.zeros(len(room), np.float64)
    start = 0
    while start < count:
        stop = start + 1
        while stop < count and minutes[stop] == minutes[start]:
            stop += 1
        if stop == start + 1:
            place, site = origin[start], destination[start]
            moved = min(left[place], room[site])
            left[place] -= moved
            room[site] -= moved
            seated[start] = moved
        else:
            waiting = 0
            for pair in range(start, stop):
                active[waiting] = pair
                waiting += 1
            while waiting > 0:
                waiting = _share(
                    origin, destination, active, waiting, left, room, seated, asked,
                    by_place, by_site,
                )  # fmt: skip
        start = stop


@kernel
def _share(
    origin: Rows,
    destination: Rows,
    active: npt.NDArray[np.int64],
    waiting: int,
    left: Floats,
    room: Floats,
    seated: Floats,
    asked: Floats,
    by_place: Floats,
    by_site: Floats,
) -> int:
    """Share once between equally near pairs; return how many could still go on.

    Each round seats all that ask a site, or fills one: there are no more rounds than sites.
    """
    kept = 0
    for at in range(waiting):
        pair = active[at]
        place, site = origin[pair], destination[pair]
        if left[place] > 0.0 and room[site] > 0.0:
            active[kept] = pair
            kept += 1
            by_place[place] += room[site]
    for at in range(kept):
        pair = active[at]
        place, site = origin[pair], destination[pair]
        asked[at] = left[place] * (room[site] / by_place[place])
        by_site[site] += asked[at]
    for at in range(kept):
        by_place[origin[active[at]]] = 0.0
    for at in range(kept):
        pair = active[at]
        place, site = origin[pair], destination[pair]
        moved = asked[at]
        if by_site[site] > room[site]:
            moved *= room[site] / by_site[site]
        seated[pair] += moved
        by_place[place] += moved
    for at in range(kept):
        place, site = origin[active[at]], destination[active[at]]
        left[place] -= by_place[place]
        by_place[place] = 0.0
        if left[place] < _NOBODY:
            left[place] = 0.0
        if by_site[site] > 0.0:
            room[site] = max(room[site] - by_site[site], 0.0)
            by_site[site] = 0.0
    return kept
