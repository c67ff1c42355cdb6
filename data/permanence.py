"""On-call lines in hospitals (PDSES): which ones cover a place."""

import numpy as np
import pandas as pd

from data.territory import Territory

COVER_LIMIT_MINUTES = 60.0
"""Lines farther than this are not said to cover a commune."""

UNCOVERED_STATUSES = ("carence",)
"""A line in one of these statuses is attributed, but nobody holds it."""


def lines_covering(territory: Territory, commune: str) -> pd.DataFrame:
    """Return the held lines within an hour of a commune, nearest first.

    Parameters
    ----------
    territory
        The region.
    commune
        INSEE code of a commune of the region.

    Returns
    -------
    pandas.DataFrame
        Columns specialty, line_type, establishment, status, minutes; one row per line.
    """
    columns = ["specialty", "line_type", "establishment", "status"]
    lines = territory.pdses_lines
    held = lines[~lines["status"].isin(UNCOVERED_STATUSES)]
    place = territory.communes.loc[territory.communes["code"] == commune, ["lon", "lat"]]
    if held.empty or place.empty:
        return pd.DataFrame(columns=[*columns, "minutes"])
    minutes = territory.travel_time.one_to_many(
        place.to_numpy(float)[0], held[["lon", "lat"]].to_numpy(float), COVER_LIMIT_MINUTES
    )
    found = held[columns].assign(minutes=minutes)
    return found[np.isfinite(found["minutes"])].sort_values("minutes").reset_index(drop=True)
