"""Known trips: METRIC's minutes between town halls of France and between road points of Gironde."""

import numpy as np
import pandas as pd
from pyproj import Transformer

from data.base import paths

FASTEST_KM_PER_MINUTE = 1.9
"""Faster in a straight line than this is a wrong end, not a trip."""


def read_trips(communes: pd.DataFrame) -> pd.DataFrame:
    """Return the trips whose ends are known.

    Parameters
    ----------
    communes
        Columns code, lon, lat (degrees): today's communes.

    Returns
    -------
    pandas.DataFrame
        x1, y1, x2, y2 (Lambert-93, metres), km (straight), minutes, kind ("towns", "roads"),
        departement (of the start), osrm_minutes (roads only).
    """
    both = pd.concat([_between_town_halls(communes), _between_roads()], ignore_index=True)
    both["km"] = np.hypot(both.x1 - both.x2, both.y1 - both.y2) / 1000
    return both[both.km < FASTEST_KM_PER_MINUTE * both.minutes].reset_index(drop=True)


def _between_town_halls(communes: pd.DataFrame) -> pd.DataFrame:
    """Return trips to the nearest emergency service with a SMUR (off-peak minutes)."""
    file = paths.reference_data() / "travel_minutes" / "metric_town_halls_2019.csv"
    trips = pd.read_csv(file, dtype={"code": str, "nearest_equipped_commune": str})
    known = communes.set_index("code")
    there = trips["nearest_equipped_commune"]
    trips = trips[
        (trips["equipped_has_smur"] == 1)
        & (trips["minutes"] > 0)
        & (trips["code"] != there)
        & trips["code"].isin(known.index)
        & there.isin(known.index)
    ]
    table = pd.DataFrame({"minutes": trips["minutes"].to_numpy(float), "kind": "towns"})
    table["departement"] = trips["code"].str[:2].to_numpy()
    to_metres = Transformer.from_crs(4326, 2154, always_xy=True)
    for end, codes in (("1", trips["code"]), ("2", trips["nearest_equipped_commune"])):
        at = known.loc[codes, ["lon", "lat"]].to_numpy(float)
        table[f"x{end}"], table[f"y{end}"] = to_metres.transform(at[:, 0], at[:, 1])
    return table


def _between_roads() -> pd.DataFrame:
    """Return the pairs of road points of Gironde for which METRIC gives a time."""
    pairs = pd.read_csv(paths.reference_data() / "roads" / "gironde_od_minutes.csv")
    pairs = pairs.dropna(subset="metric_offpeak_minutes")
    names = {f"{axis}{end}_l93": f"{axis}{end}" for axis in "xy" for end in "12"}
    table = pairs.rename(columns=names | {"metric_offpeak_minutes": "minutes"})
    return table[[*names.values(), "minutes", "osrm_minutes"]].assign(
        kind="roads", departement="33"
    )
