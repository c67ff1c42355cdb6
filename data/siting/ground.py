"""What the judgement of candidate sites starts from: today's access, ready for "what if"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access import inputs
from data.access.anchoring import anchored
from data.access.indicators import commune_indicators
from data.access.inputs import ACTS_PER_GP, apl_weight, coordinates
from data.access.parts import Parts, parts_of
from data.access.unknown_supply import KNOWN
from data.base.table_cache import cached_table, digest
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from data.siting.site_parts import SiteParts, by_reach, parts_within
from data.uploads.site import Site
from geo import access as ga
from geo.room import Reach, nearest_first
from geo.travel_time import RINGS_MINUTES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OTHER_STRUCTURES = ("msp", "centre_sante", "france_sante")
"""Structures that a new site overlaps with."""
LIMIT_MINUTES = max(RINGS_MINUTES)
FAR_MINUTES = 60.0
"""Times beyond an hour count as an hour: farther, people go without rather than drive."""
_KEPT = 2
_KEPT_MINUTES = 4


@dataclass(frozen=True, eq=False)
class Ground:
    """Today's access of a region.

    Attributes
    ----------
    communes
        Table of `commune_indicators`; its rows come first among the places.
    rows
        INSEE code to row among the places.
    gps
        GPs of each place (region, then fringe); 0 where not known.
    unknown
        Whether the GPs of each place are not known.
    inhabitants
        Inhabitants of each place.
    demand
        Standardised inhabitants of each place.
    origin, destination, minutes, weight
        Pairs of places up to the longest reach, the destination having GPs; weight in the APL.
    structure_minutes
        Minutes of each commune to the nearest existing structure (MSP, centre, labelled); inf
        beyond an hour.
    computed_today
        APL computed for each commune before any change: what published values are moved from.
    parts
        Parts of communes that reach the same GPs within 20 minutes; None where the people of a
        commune stand at its point.
    """

    communes: pd.DataFrame
    rows: Mapping[str, int]
    gps: Floats
    unknown: npt.NDArray[np.bool_]
    inhabitants: Floats
    demand: Floats
    origin: Ints
    destination: Ints
    minutes: Floats
    weight: Floats
    structure_minutes: Floats
    computed_today: Floats
    parts: Parts | None = None

    @property
    def count(self) -> int:
        """Number of communes of the region."""
        return len(self.communes)

    @property
    def gps_known(self) -> bool:
        """Whether the GPs of the region are known."""
        return bool((self.gps > 0).any())

    def gps_within(self, minutes: Floats, limit: float) -> Floats:
        """Return the GPs within a limit of each site; missing where some there are not known.

        Parameters
        ----------
        minutes
            Of each place to each site, shape (places, sites).
        limit
            Minutes, inclusive.
        """
        near = minutes <= limit
        sure = self.gps_known & ~(self.unknown @ near)
        return np.where(sure, self.gps @ near, np.nan)

    @property
    def people(self) -> Floats:
        """Inhabitants of each commune of the region."""
        return self.communes["population"].to_numpy(dtype=np.float64)

    @cached_property
    def without_room_today(self) -> Floats:
        """Inhabitants of each commune without room at 20 minutes today; read only."""
        nowhere = np.empty((self.gps.size, 0))
        return self.without_room(self.gps, nowhere, np.empty(0))

    def minutes_today(self) -> Floats:
        """Minutes of each commune to its nearest GP, before any site; inf where there is none.

        0 where they depend on GPs that are not known: a site is credited with no gain there.
        """
        known = self.communes["minutes_to_nearest_gp"].to_numpy(dtype=np.float64)
        unsure = (self.communes["supply"] != KNOWN).to_numpy()
        return np.where(np.isnan(known), np.where(unsure, 0.0, np.inf), known)

    def access(self, gps: Floats, sites: Floats, site_gps: Floats) -> Floats:
        """Return the APL of each commune with other GPs.

        Parameters
        ----------
        gps
            GPs of each place.
        sites
            Minutes of each place to each site, shape (places, sites).
        site_gps
            GPs of each site.
        """
        rows, columns = np.nonzero(sites <= ga.DREES_2015.reach_minutes)
        used = self.weight > 0
        found = ga.floating_catchment(
            np.concatenate([self.origin[used], rows]),
            np.concatenate([self.destination[used], gps.size + columns]),
            np.concatenate([self.weight[used], apl_weight(sites[rows, columns])]),
            self.demand,
            ACTS_PER_GP * np.concatenate([gps, site_gps]),
        )
        return found[: self.count]

    def without_room(
        self,
        gps: Floats,
        sites: Floats,
        site_gps: Floats,
        per_gp: float = float(ROOM_PEOPLE_A_GP),
        *,
        near: SiteParts | None = None,
    ) -> Floats:
        """Return the inhabitants of each commune without room at 20 minutes, with other GPs.

        Nearest first, `per_gp` inhabitants per GP; the other parameters as those of `access`, and
        the parts of communes that reach the sites (`parts_with`), where communes are parted.
        """
        if self.parts is not None and near is None and site_gps.any():
            raise ValueError("sites need the parts of communes that reach them")
        return self.seating(gps, sites, per_gp, near=near)(gps, site_gps)

    def seating(
        self,
        gps: Floats,
        sites: Floats,
        per_gp: float = float(ROOM_PEOPLE_A_GP),
        *,
        near: SiteParts | None = None,
    ) -> Callable[[Floats, Floats], Floats]:
        """Return `without_room` as a function of the GPs of places and sites that stay in place.

        The trips are put in order once: to try many choices of some sites, ask again with no GP
        at the others. `gps` tells which places may have any.
        """
        if self.parts is not None:
            parts = self.parts if near is None else near.parts

            def parted(left: Floats, site_gps: Floats) -> Floats:
                offer = left if near is None else np.concatenate([left, near.staff(site_gps)])
                seats = nearest_first(parts.reach, parts.people, offer, per_gp)
                return parts.by_commune(seats.without_room, left.size)[: self.count]

            return parted
        rows, columns = np.nonzero(sites <= HUBERT_MINUTES)
        home = np.flatnonzero(gps > 0)
        apart = self.origin != self.destination
        pairs = pd.DataFrame(
            {
                "origin": np.concatenate([home, self.origin[apart], rows]),
                "destination": np.concatenate([home, self.destination[apart], gps.size + columns]),
                "minutes": np.concatenate(
                    [np.zeros(home.size), self.minutes[apart], sites[rows, columns]]
                ),
            }
        )
        reach = Reach.of(pairs, gps.size, gps.size + sites.shape[1], HUBERT_MINUTES)

        def whole(left: Floats, site_gps: Floats) -> Floats:
            offer = np.concatenate([left, site_gps])
            return nearest_first(reach, self.inhabitants, offer, per_gp).without_room[: self.count]

        return whole

    def parts_with(self, territory: Territory, sites: Sequence[Site]) -> SiteParts | None:
        """Return the parts of communes that reach some sites; None where none is parted."""
        if self.parts is None:
            return None
        return parts_within(territory, self.parts, sites, HUBERT_MINUTES)

    def to_seat(
        self,
        gps: Floats,
        sites: Floats,
        per_gp: float = float(ROOM_PEOPLE_A_GP),
        *,
        near: SiteParts | None = None,
    ) -> tuple[Floats, Floats]:
        """Return the people of the region without room before any site, and what sites they reach.

        The parameters are those of `without_room`.

        Returns
        -------
        tuple
            Inhabitants, shape (n,), and minutes to the sites, shape (n, m): of each commune; or,
            where communes are parted, of all those who reach the same sites, 0 minutes where they
            do within 20 and inf elsewhere.
        """
        if near is None:
            nobody = np.zeros(sites.shape[1])
            return self.without_room(gps, sites, nobody, per_gp), sites[: self.count]
        inside = near.parts.owner < self.count
        without = self.parts_without_room(gps, near, per_gp)[inside]
        minutes, (people,) = by_reach(near.reached(gps.size)[inside], without)
        return people, minutes

    @staticmethod
    def parts_without_room(
        gps: Floats, near: SiteParts, per_gp: float = float(ROOM_PEOPLE_A_GP)
    ) -> Floats:
        """Return the inhabitants of each part of a commune without room before any site."""
        offer = np.concatenate([gps, np.zeros(near.sites)])
        return nearest_first(near.parts.reach, near.parts.people, offer, per_gp).without_room

    def anchored(self, computed: Floats) -> Floats:
        """Return the APL of each commune: the published one, moved by what is computed."""
        published = self.communes["apl_published"].to_numpy(dtype=np.float64)
        return anchored(published, self.computed_today, computed)

    def apl(self) -> Floats:
        """Return the APL of each commune before any site: published where it is."""
        return self.anchored(self.communes["apl"].to_numpy(dtype=np.float64))

    def apl_with(self, gps: Floats, sites: Floats, site_gps: Floats) -> Floats:
        """Return the APL of each commune with other GPs, as `access` takes them."""
        return self.anchored(self.access(gps, sites, site_gps))

    def nearest(self, gps: Floats, sites: Floats, site_gps: Floats) -> Floats:
        """Return minutes of each commune to its nearest GP, with other GPs; inf if none."""
        kept = gps[self.destination] > 0
        found = np.full(gps.size, np.inf)
        np.minimum.at(found, self.origin[kept], self.minutes[kept])
        found[gps > 0] = 0.0
        used = site_gps > 0
        to_sites = sites[:, used].min(axis=1, initial=np.inf)
        return np.minimum(found, to_sites)[: self.count]


@lru_cache(maxsize=_KEPT)
def ground_of(territory: Territory) -> Ground:
    """Return today's access of a region, kept in memory."""
    everywhere = inputs.places(territory)
    pairs = inputs.gp_pairs(territory)
    demand, _ = inputs.standardised_population(territory, everywhere)
    minutes = pairs["minutes"].to_numpy(dtype=np.float64)
    communes = commune_indicators(territory)
    return Ground(
        communes=communes,
        rows={code: row for row, code in enumerate(everywhere["code"])},
        gps=everywhere["gps"].fillna(0.0).to_numpy(dtype=np.float64),
        unknown=everywhere["gps"].isna().to_numpy(dtype=bool),
        inhabitants=everywhere["population"].fillna(0.0).to_numpy(dtype=np.float64),
        demand=demand,
        origin=pairs["origin"].to_numpy(dtype=np.int64),
        destination=pairs["destination"].to_numpy(dtype=np.int64),
        minutes=minutes,
        weight=apl_weight(minutes),
        structure_minutes=_structure_minutes(territory),
        computed_today=communes["apl"].to_numpy(dtype=np.float64),
        parts=parts_of(territory, inputs.gp_places(territory), HUBERT_MINUTES),
    )


def _structure_minutes(territory: Territory) -> Floats:
    kept = territory.structures["kind"].isin(OTHER_STRUCTURES)
    existing = coordinates(territory.structures[kept])
    points = coordinates(territory.communes)
    if not len(existing):
        return np.full(len(points), np.inf)
    engine = territory.travel_time

    def build() -> pd.DataFrame:
        minutes, _ = engine.nearest(existing, points, FAR_MINUTES)
        return pd.DataFrame({"minutes": minutes})

    key = digest(engine.version, existing.tobytes(), points.tobytes())
    return cached_table("structures", key, build)["minutes"].to_numpy(dtype=np.float64)


def site_minutes(
    territory: Territory, sites: Sequence[Site], limit: float
) -> tuple[Floats, Floats]:
    """Return minutes of each place, and of each structure, to each site; inf beyond the limit.

    The last ones are kept in memory: a search follows a judgement, and another search follows it.

    Returns
    -------
    tuple
        Shapes (places, sites) and (structures, sites), read only. A commune is 0 minutes from a
        site placed at its own point.
    """
    points = tuple((float(site.lon), float(site.lat)) for site in sites)
    return _kept_minutes(territory, points, limit)


@lru_cache(maxsize=_KEPT_MINUTES)
def _kept_minutes(
    territory: Territory, points: tuple[tuple[float, float], ...], limit: float
) -> tuple[Floats, Floats]:
    places = coordinates(inputs.places(territory))
    structures = coordinates(territory.structures)
    origins = np.vstack([places, structures])
    sites = np.array(points, dtype=np.float64)
    found = territory.travel_time.matrix(origins, sites, limit)
    minutes = np.full((len(origins), len(sites)), np.inf)
    minutes[found["origin"], found["destination"]] = found["minutes"]
    minutes.setflags(write=False)
    return minutes[: len(places)], minutes[len(places) :]
