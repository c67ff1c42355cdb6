"""Who lives around a point, and which doctors practise there: the counts of an isochrone."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.access import unknown_supply
from data.access.room import CAPACITIES, ladder
from data.region import rules
from data.region.territory import Territory
from geo.travel_time import RINGS_MINUTES


def around(territory: Territory, communes: pd.DataFrame, lon: float, lat: float) -> pd.DataFrame:
    """Count who is within some minutes of a point, communes being counted whole at their centre.

    Parameters
    ----------
    territory, communes
        The region and its indicators, in the same order.
    lon, lat
        The point, degrees, WGS84.

    Returns
    -------
    pandas.DataFrame
        minutes (10, 20, 30), communes, population, over_75 (missing where ages are unknown), gps,
        communes_without_gp, communes_gps_unknown, already (inhabitants who have a GP within 20
        minutes today, where that is known): all of the region; outside_communes and
        outside_population, of the regions around; rows (positions in `communes` of those within).
    """
    places = territory.with_fringe("lon", "lat", "population")
    all_minutes, _ = territory.travel_time.nearest(
        np.array([[lon, lat]]), places[["lon", "lat"]].to_numpy(float), float(max(RINGS_MINUTES))
    )
    inside = len(territory.communes)
    minutes, beyond = all_minutes[:inside], all_minutes[inside:]
    neighbours = places["population"].to_numpy(float)[inside:]
    people = communes["population"]
    older = people * communes["share_over_75"]
    served = communes["minutes_to_nearest_gp"] <= rules.HUBERT_MINUTES
    rows = []
    for ring in RINGS_MINUTES:
        near = minutes <= ring
        rows.append(
            {
                "minutes": float(ring),
                "communes": int(near.sum()),
                "population": float(people[near].sum()),
                "over_75": float(older[near].sum(min_count=1)),
                "gps": float(communes.loc[near, "gps"].sum()),
                "communes_without_gp": int((communes.loc[near, "gps"] == 0).sum()),
                "communes_gps_unknown": int(communes.loc[near, "gps"].isna().sum()),
                "already": float(people[near & served].sum()),
                "outside_communes": int((beyond <= ring).sum()),
                "outside_population": float(neighbours[beyond <= ring].sum()),
                "rows": np.flatnonzero(near).tolist(),
            }
        )
    return pd.DataFrame(rows)


def without_room(
    territory: Territory, rows: Sequence[Sequence[int]], per_gp: int, minutes: float, *, fair: bool
) -> list[float]:
    """Return the inhabitants without room of some sets of communes, as the map tells them.

    Parameters
    ----------
    rows
        Positions of the communes of each set, as `around` gives them.
    per_gp
        Most inhabitants per GP, one of `data.access.room.CAPACITIES`.
    minutes
        Longest trip to a GP, inclusive.
    fair
        In the fairest sharing, else if the nearer goes first.

    Returns
    -------
    list of float
        Communes in reach of GPs that are not known are not counted; nan where none is.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    """
    steps = ladder(territory, minutes)
    people = (steps.least if fair else np.rint(steps.nearest))[CAPACITIES.index(per_gp)]
    counted = pd.Series(people).mask(unknown_supply.unsure_room(territory, minutes))
    return [float(counted.iloc[list(one)].sum(min_count=1)) for one in rows]
