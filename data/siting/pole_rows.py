"""A pole as tables: the communes that win or lose by it, and its antennas."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.siting.changes import winners_and_losers
from data.siting.pole_plan import PoleComparison, Side, days_open
from geo.siting.pole import HALF_DAYS_PER_GP


def changes(found: PoleComparison, before: Side, after: Side) -> pd.DataFrame:
    """Return the communes that win or lose from one side to another.

    Returns
    -------
    pandas.DataFrame
        code, name, population, over_75 (inhabitants, missing where not known), apl_before,
        apl_after, minutes_before, minutes_after, room (inhabitants who find room, negative when
        they lose it), effect ("gagne" or "perd").
    """
    wins, loses = winners_and_losers((before.apl, after.apl), (before.minutes, after.minutes))
    kept = wins | loses
    told = found.communes[kept]
    return told[["code", "name", "population"]].assign(
        over_75=told["population"] * told["share_over_75"],
        apl_before=before.apl[kept],
        apl_after=after.apl[kept],
        minutes_before=before.minutes[kept],
        minutes_after=after.minutes[kept],
        room=(before.without_room - after.without_room)[kept],
        effect=np.where(wins[kept], "gagne", "perd"),
    )


def antenna_rows(found: PoleComparison, half_days: Sequence[int]) -> pd.DataFrame:
    """Return the antennas of a side.

    Returns
    -------
    pandas.DataFrame
        name, commune, half_days (a week), gps, days_open (a week, at most), base_minutes (one
        way), road_hours (a week), nurse, euros (a year), leaving (GPs of the commune who join).
    """
    count = np.asarray(half_days, dtype=np.int64)
    antennas = found.plan.antennas
    return pd.DataFrame(
        {
            "name": [one.site.name for one in antennas],
            "commune": [one.site.commune for one in antennas],
            "half_days": count,
            "gps": count / HALF_DAYS_PER_GP,
            "days_open": days_open(count),
            "base_minutes": found.base_minutes,
            "road_hours": count * found.base_minutes / 60,
            "nurse": [one.nurse for one in antennas],
            "euros": [one.euros for one in antennas],
            "leaving": found.leaving,
        }
    )
