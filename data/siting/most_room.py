"""What each choice among candidate sites gives those without room, as the map counts them."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from data.region import rules
from data.region.territory import Territory
from data.siting.evaluation import moves, planned_gps
from data.siting.ground import LIMIT_MINUTES, Ground, site_minutes
from data.uploads.site import Site

Floats = npt.NDArray[np.float64]


def room_of_choices(
    territory: Territory, ground: Ground, sites: Sequence[Site]
) -> tuple[Callable[[Sequence[int]], float], float]:
    """Return how many people find room when some sites open, by their rows, and how many lack it.

    The figure is that of `data.siting.evaluation.evaluate_sites` for these sites together:
    inhabitants of the region without room at 20 minutes, nearest first, who find some; less where
    GPs who move in leave others without.

    Parameters
    ----------
    territory, ground
        The region, and what stands before the sites open.
    sites
        The candidates.
    """
    minutes = site_minutes(territory, sites, LIMIT_MINUTES)[0]
    without = ground.seating(ground.gps, minutes, near=ground.parts_with(territory, sites))
    today = without(ground.gps, np.zeros(len(sites)))

    def gained(rows: Sequence[int]) -> float:
        chosen = [sites[row] for row in rows]
        left, received = moves(ground, chosen)
        staff = np.zeros(len(sites))
        staff[list(rows)] = [planned_gps(s, r) for s, r in zip(chosen, received, strict=True)]
        # Rounded: choices that give as many are equal, whatever the order of the sums.
        return round(float((today - without(left, staff)).sum()), 6)

    return gained, round(float(today.sum()), 6)


def most_seats(sites: Sequence[Site]) -> Floats:
    """Return the people that the GPs of each site can take, shape (sites,).

    A site gives no more people a place than that: each one it takes leaves one seat elsewhere.
    """
    planned = [planned_gps(site, sum(site.moving.values())) for site in sites]
    return rules.ROOM_PEOPLE_A_GP * np.array(planned, dtype=np.float64)
