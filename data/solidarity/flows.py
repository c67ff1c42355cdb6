"""Who lends to whom, as a map may tell it: never a volunteer whom one could find."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.indicators import commune_indicators
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.solidarity.plans import Help

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flows:
    """Half-days that go from a group of donors to an EPCI that is helped.

    Attributes
    ----------
    lines
        donor, helped (names), half_days (a month), lon, lat, to_lon, to_lat (degrees, WGS84),
        the largest first. Help within one place has no line.
    told
        Share of the half-days lent that the lines or help within a group tell, 0 to 1.
    """

    lines: pd.DataFrame
    told: float


def donor_groups(territory: Territory, found: Help) -> pd.Series:
    """Return the group of donors of each commune, "" where its volunteers may not be placed.

    An EPCI with `LEAST_PUBLIC_GPS` volunteers stands alone; the other EPCI of a département stand
    together where they reach that number. What is left reaches it too, or nothing does: no
    difference with the number of all volunteers places fewer.

    Returns
    -------
    pandas.Series
        Name of the group, in the order of the communes of the territory.
    """
    communes = commune_indicators(territory)
    volunteers = pd.Series(found.volunteers[: len(communes)])
    epci = communes["epci_name"].fillna("")
    of_epci = volunteers.groupby(epci).transform("sum")
    alone = (epci != "") & (of_epci >= LEAST_PUBLIC_GPS)
    together = "autres EPCI de " + communes["departement"].astype(str)
    group = epci.where(alone, together)
    sums = volunteers.groupby(group).sum()
    kept = sums[sums >= LEAST_PUBLIC_GPS].sort_values(ascending=False)
    while len(kept) and 0 < volunteers.sum() - kept.sum() < LEAST_PUBLIC_GPS:
        kept = kept.iloc[:-1]
    return group.where(group.isin(kept.index), "")


def flows(territory: Territory, found: Help) -> Flows:
    """Return the half-days lent between groups of donors and the EPCI that are helped.

    A group stands at the middle of its communes weighted by what they lend, an EPCI at that of
    its communes weighted by what they receive.
    """
    communes = commune_indicators(territory)
    count = len(communes)
    places = territory.communes[["lon", "lat"]].to_numpy(dtype=np.float64)
    group = donor_groups(territory, found).to_numpy()
    helped = communes["epci_name"].fillna("hors EPCI").to_numpy()
    trips = found.trips[(found.trips["origin"] < count) & (found.trips["host"] < count)]
    origin = trips["origin"].to_numpy(dtype=np.int64)
    host = trips["host"].to_numpy(dtype=np.int64)
    table = pd.DataFrame(
        {
            "donor": group[origin],
            "helped": helped[host],
            "own": communes["epci_name"].fillna("").to_numpy()[origin],
            "half_days": trips["half_days"].to_numpy(dtype=np.float64),
        }
    )
    told = table["donor"] != ""
    lent = float(found.trips["half_days"].sum())
    share = float(table.loc[told, "half_days"].sum()) / lent if lent else 0.0
    drawn = table[told & (table["own"] != table["helped"])]
    lines = drawn.groupby(["donor", "helped"], as_index=False).agg(half_days=("half_days", "sum"))
    lines = lines.sort_values("half_days", ascending=False, ignore_index=True)
    start = _middles(group, places, found.taken[:count])
    end = _middles(helped, places, found.given[:count])
    lines[["lon", "lat"]] = start.reindex(lines["donor"]).to_numpy()
    lines[["to_lon", "to_lat"]] = end.reindex(lines["helped"]).to_numpy()
    return Flows(lines, share)


def _middles(group: npt.NDArray[np.object_], places: Floats, weight: Floats) -> pd.DataFrame:
    """Return lon, lat of the middle of each group, weighted."""
    table = pd.DataFrame(places * weight[:, None], columns=["lon", "lat"]).assign(weight=weight)
    sums = table.groupby(group).sum()
    sums = sums[sums["weight"] > 0]
    return sums[["lon", "lat"]].div(sums["weight"], axis=0)
