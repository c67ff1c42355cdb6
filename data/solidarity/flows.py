"""Who lends to whom, as a map may tell it: never a volunteer whom one could find."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.indicators import commune_indicators
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.solidarity.donors import NO_EPCI, OTHERS, donor_groups
from data.solidarity.help import Help

Floats = npt.NDArray[np.float64]

ELSEWHERE = "les autres territoires aidés"
"""Where the half-days of a group go, but those told EPCI by EPCI."""


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


def flows(territory: Territory, found: Help) -> Flows:
    """Return the half-days lent between groups of donors and the EPCI that are helped.

    Groups are those of `donor_groups`, `OTHERS` left out: it stands nowhere. An EPCI is told alone
    where at least five volunteers of the group go there;
    the rest goes to `ELSEWHERE`, which holds as many or takes in the smallest of the others. Ends
    stand where all that is public puts them: a group at the middle of its doctors who could give,
    an EPCI at that of what it receives, `ELSEWHERE` at that of what its group can reach. A middle
    weighted by what this group gives would tell it.
    """
    communes = commune_indicators(territory)
    count = len(communes)
    groups = donor_groups(territory, found)
    group = groups.of.to_numpy(dtype=object)
    helped = communes["epci_name"].replace("", NO_EPCI).fillna(NO_EPCI).to_numpy(dtype=object)
    trips = found.trips[(found.trips["origin"] < count) & (found.trips["host"] < count)]
    cells = pd.DataFrame(
        {
            "donor": group[trips["origin"].to_numpy(dtype=np.int64)],
            "helped": helped[trips["host"].to_numpy(dtype=np.int64)],
            "half_days": trips["half_days"].to_numpy(dtype=np.float64),
        }
    )
    cells = cells[~cells["donor"].isin(["", OTHERS])]
    cells = cells.groupby(["donor", "helped"]).agg({"half_days": "sum"}).reset_index()
    lent = float(found.trips["half_days"].sum())
    share = float(cells["half_days"].sum()) / lent if lent else 0.0
    reach = _reached(found, group, helped)
    least = LEAST_PUBLIC_GPS * found.terms.ceiling
    rows = [row for name, own in cells.groupby("donor") for row in _of_group(str(name), own, least)]
    lines = pd.DataFrame(rows, columns=["donor", "helped", "half_days"])
    lines = lines.astype({"half_days": np.float64})
    lines = lines[lines["donor"] != lines["helped"]]
    lines = lines.sort_values("half_days", ascending=False, ignore_index=True)
    places = territory.communes[["lon", "lat"]].to_numpy(dtype=np.float64)
    return Flows(_placed(lines, found, (group, helped), reach, places), share)


def _reached(
    found: Help, group: npt.NDArray[np.object_], helped: npt.NDArray[np.object_]
) -> dict[str, list[str]]:
    """Return the EPCI that receive and that doctors of each group could reach."""
    count = len(group)
    used = found.given[:count] > 0
    if found.roads is None:  # lodged: everyone can go everywhere
        hosts = sorted(set(helped[used]))
        return dict.fromkeys(set(group), hosts)
    origin, host = (found.roads[name].to_numpy(dtype=np.int64) for name in ("origin", "host"))
    kept = used[host]
    pairs = pd.DataFrame({"donor": group[origin[kept]], "helped": helped[host[kept]]})
    return {str(name): sorted(set(own)) for name, own in pairs.groupby("donor")["helped"]}


def _of_group(donor: str, own: pd.DataFrame, least: float) -> list[tuple[str, str, float]]:
    """Return the cells of one group that hold `least` half-days, `ELSEWHERE` for the rest."""
    alone = own[own["half_days"] >= least]
    alone = alone.sort_values(["half_days", "helped"], ascending=[False, True])
    rest = float(own["half_days"].sum() - alone["half_days"].sum())
    while len(alone) and 0 < round(rest, 6) < least:
        rest += float(alone["half_days"].iloc[-1])
        alone = alone.iloc[:-1]
    pairs = zip(alone["helped"].astype(str), alone["half_days"].tolist(), strict=True)
    told = [(donor, helped, half_days) for helped, half_days in pairs]
    return [*told, (donor, ELSEWHERE, rest)] if round(rest, 6) > 0 else told


def _placed(
    lines: pd.DataFrame,
    found: Help,
    parts: tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]],
    reach: dict[str, list[str]],
    places: Floats,
) -> pd.DataFrame:
    group, helped = parts
    count = len(group)
    start = _middles(group, places, found.able[:count])
    end = _middles(helped, places, found.given[:count])
    received = pd.Series(found.given[:count]).groupby(helped).sum()
    ends = []
    for donor, target in zip(lines["donor"], lines["helped"], strict=True):
        if target != ELSEWHERE:
            ends.append(end.loc[target].to_numpy(dtype=np.float64))
            continue
        alone = set(lines.loc[lines["donor"] == donor, "helped"])
        others = [name for name in reach[donor] if name not in alone]
        weights = received[others].to_numpy(dtype=np.float64)
        ends.append(np.average(end.loc[others].to_numpy(dtype=np.float64), axis=0, weights=weights))
    lines[["lon", "lat"]] = start.reindex(lines["donor"]).to_numpy()
    lines[["to_lon", "to_lat"]] = np.array(ends, dtype=np.float64).reshape(-1, 2)
    return lines


def _middles(group: npt.NDArray[np.object_], places: Floats, weight: Floats) -> pd.DataFrame:
    """Return lon, lat of the middle of each group, weighted."""
    table = pd.DataFrame(places * weight[:, None], columns=["lon", "lat"]).assign(weight=weight)
    sums = table.groupby(group).sum()
    sums = sums[sums["weight"] > 0]
    return sums[["lon", "lat"]].div(sums["weight"], axis=0)
