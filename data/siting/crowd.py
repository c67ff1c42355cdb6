"""The people that sites may reach, where they live, with what is known of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.inputs import coordinates, places
from data.access.people import people_of
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.siting.ground import FAR_MINUTES, OTHER_STRUCTURES, Ground
from data.uploads.site import Site
from geo.travel_time import RINGS_MINUTES

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Crowd:
    """The people of a region as n points: communes, or squares or streets within them.

    Attributes
    ----------
    people
        Inhabitants of each point.
    commune
        Row in `Ground.communes` of each point.
    minutes_today
        To the nearest GP before any site; inf where none is known.
    structure_minutes
        To the nearest existing structure; inf beyond an hour.
    lonlat
        Shape (n, 2); None when the points are the communes, in their order.
    """

    people: Floats
    commune: npt.NDArray[np.int64]
    minutes_today: Floats
    structure_minutes: Floats
    lonlat: Floats | None

    def minutes(
        self, territory: Territory, sites: Sequence[Site], of_communes: Floats, limit: float
    ) -> Floats:
        """Return minutes of each point to the nearest of some sites, shape (n,).

        Parameters
        ----------
        territory, sites
            The region; the sites.
        of_communes
            Minutes of each commune to the nearest of them: the answer when points are communes.
        limit
            Farther is inf.
        """
        if self.lonlat is None:
            return of_communes
        ends = np.array([(site.lon, site.lat) for site in sites], dtype=np.float64)
        found, _ = territory.travel_time.nearest(ends, self.lonlat, limit)
        return found


def crowd_of(territory: Territory, ground: Ground) -> Crowd:
    """Return the people of a region with today's minutes, those of `ground`."""
    found = people_of(territory)
    if found.basis == "communes":
        rows = np.arange(ground.count)
        return Crowd(ground.people, rows, ground.minutes_today(), ground.structure_minutes, None)
    row_of = pd.Series(np.arange(ground.count), index=ground.communes["code"])
    inside = found.points["code"].isin(row_of.index).to_numpy()
    points = found.points[inside]
    lonlat = found.lonlat[inside]
    engine, nowhere = territory.travel_time, np.full(len(points), np.inf)
    staffed = coordinates(places(territory))[ground.gps > 0]
    existing = coordinates(
        territory.structures[territory.structures["kind"].isin(OTHER_STRUCTURES)]
    )
    return Crowd(
        points["people"].to_numpy(dtype=np.float64),
        points["code"].map(row_of).to_numpy(dtype=np.int64),
        engine.nearest(staffed, lonlat)[0] if len(staffed) else nowhere,
        engine.nearest(existing, lonlat, FAR_MINUTES)[0] if len(existing) else nowhere,
        lonlat,
    )


def reached(ground: Ground, crowd: Crowd, minutes: Floats, risk: Bools | None) -> dict[str, float]:
    """Count the people within reach.

    Parameters
    ----------
    ground, crowd
        The communes, and their people where they live.
    minutes
        From each point of the crowd to the site, or to the nearest of several.
    risk
        Communes at risk; None when not known.
    """
    people, row = crowd.people, crowd.commune
    near = minutes <= HUBERT_MINUTES
    over_75 = people * ground.communes["share_over_75"].to_numpy(dtype=np.float64)[row]
    beyond_today = crowd.minutes_today > HUBERT_MINUTES
    zone = ground.communes["zone"].to_numpy(dtype=object)[row]
    zoned = bool((zone != "").any())
    found = {
        f"population_within_{ring:.0f}": float(people[minutes <= ring].sum())
        for ring in RINGS_MINUTES
    }
    found |= {
        "over_75_within_20": float(np.nansum(over_75[near]))
        if np.isfinite(over_75).any()
        else np.nan,
        "newly_within_20": float(people[near & beyond_today].sum()) if ground.gps_known else np.nan,
        "zip_within_20": float(people[near & (zone == "ZIP")].sum()) if zoned else np.nan,
        "zac_within_20": float(people[near & (zone == "ZAC")].sum()) if zoned else np.nan,
        "risk_communes_within_20": np.nan,
        "risk_population_within_20": np.nan,
        "share_already_served": share(
            people, near & (crowd.structure_minutes <= HUBERT_MINUTES), near
        ),
    }
    if risk is not None:
        at_risk = near & risk[row]
        found["risk_communes_within_20"] = float(len(np.unique(row[at_risk])))
        found["risk_population_within_20"] = float(people[at_risk].sum())
    return found


def share(people: Floats, part: Bools, whole: Bools) -> float:
    """Return the share of some people among others, 0 to 1; missing without any; shapes (n,)."""
    total = people[whole].sum()
    return float(people[part].sum() / total) if total > 0 else np.nan
