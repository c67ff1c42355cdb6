"""Candidate sites judged on a territory: reach, overlap, access gained, eligibility, losers."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region import rules
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.siting.advice import advice, may_be_msp
from data.siting.changes import winners_and_losers
from data.siting.crowd import crowd_of, reached
from data.siting.departures import AFTERWARDS, TODAY, Departures, departures_of
from data.siting.ground import LIMIT_MINUTES, Ground, ground_of, site_minutes
from data.siting.overlaps import largest_overlaps, overlaps_of
from data.siting.site_parts import SiteParts
from data.uploads.match import sites_table
from data.uploads.site import Site
from geo.errors import InvalidInputError

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]

_CHANGES = (
    "site",
    "code",
    "name",
    "population",
    "apl_before",
    "apl_after",
    "minutes_before",
    "minutes_after",
    "effect",
)


ROOM = (
    *("room_gained", "room_left", "room_gained_zip", "room_left_zip"),
    *("room_gained_near", "room_left_near"),
)


@dataclass(frozen=True, eq=False)
class SiteEvaluation:
    """What candidate sites would change, one by one and together.

    Attributes
    ----------
    sites
        One row per site, in the order given: line, name, code, commune, lon, lat;
        population_within_10, _20, _30 (inhabitants); over_75_within_20; newly_within_20 (beyond
        20 minutes of any GP today, within 20 of the site); zip_within_20, zac_within_20;
        risk_communes_within_20, risk_population_within_20 (missing without a risk table);
        share_already_served (of population_within_20, within 20 minutes of an existing
        structure); share_shared, shared_with (largest overlap with another site and its name);
        gps_planned, gps_moving, gps_new; room_gained (inhabitants of the region without room at
        20 minutes, nearest first, who find some), room_left (those who still do not), and of these
        room_gained_zip, room_left_zip (of communes in ZIP; missing without a zoning),
        room_gained_near, room_left_near (of communes within 20 minutes of the site);
        population_gaining (APL rises), apl_gain_under_served
        (mean rise of those at or under 2.5 within 20 minutes), population_above_2_5 (brought
        above 2.5); gps_within_10 (today); zone; minutes_to_msp (missing beyond 30), nearest_msp,
        msps_known (whether any is);
        enough_gps ("oui", "non", "non précisé"); void_zone (missing where not
        known); advised (False where the advice is against the plan, alone or as it is); aid,
        advice (French).
    together
        The counts of `sites` for all sites at once, indexed by name.
    reach
        site (row number), commune (row number in `territory.communes`), minutes (at most 30).
    overlaps
        Share of the 20-minute population of each site (row) that each other one (column) also
        reaches; index and columns: row numbers of the sites.
    changes
        Winners and losers, by commune, when existing GPs move in (new GPs left aside): site (row
        number), code, name, population, apl_before, apl_after, minutes_before, minutes_after,
        effect ("gagne" or "perd"); only communes that change.
    departures
        GPs supposed to leave before, None when nobody is. All "today", "any GP" and "before"
        above are then as they become once these have left.
    simulated
        Keys of the tables of the region that were simulated when it was judged.
    """

    sites: pd.DataFrame
    together: pd.Series
    reach: pd.DataFrame
    overlaps: pd.DataFrame
    changes: pd.DataFrame
    departures: Departures | None = None
    simulated: frozenset[str] = frozenset()

    @property
    def moment(self) -> str:
        """When access is looked at before the sites open, in French."""
        return TODAY if self.departures is None else AFTERWARDS


def evaluate_sites(
    territory: Territory,
    sites: Sequence[Site],
    *,
    risk_communes: Collection[str] | None = None,
    departures: Mapping[str, int] | None = None,
    progress: Progress | None = None,
) -> SiteEvaluation:
    """Judge candidate sites.

    A site whose number of GPs is not said is judged with the two that an MSP needs. GPs who move
    in leave the commune where they practise (no more than it has); the others are new.

    Parameters
    ----------
    territory, sites
        The region; the sites understood from an upload.
    risk_communes
        INSEE codes of the communes at risk of losing their last GP; None when not known.
    departures
        INSEE code to number of GPs supposed to leave before, without replacement.
    progress
        Called with the number of sites done and their total.

    Raises
    ------
    InvalidInputError
        No site is given, or GPs leave a commune that is not of the region.
    """
    if not sites:
        raise InvalidInputError(
            "Aucun site à juger : corrigez les lignes douteuses ou refusées du rapport."
        )
    # Access before the sites open: of today, or once some GPs have left.
    left = departures_of(territory, departures or {})
    ground = ground_of(territory) if left is None else left.ground
    minutes, from_structures = site_minutes(territory, sites, LIMIT_MINUTES)
    parts = ground.parts_with(territory, sites)
    risk = None
    if risk_communes is not None:
        risk = ground.communes["code"].isin(list(risk_communes)).to_numpy(dtype=np.bool_)
    crowd = crowd_of(territory, ground)

    def opened(together: Sequence[Site], trips: Floats, parted: SiteParts | None) -> _Opened:
        """Return who reaches sites that open together, who works there, what access gains."""
        nearest = trips[: ground.count].min(axis=1)
        away = crowd.minutes(territory, together, nearest, LIMIT_MINUTES)
        counts = reached(ground, crowd, away, risk) | _staff(ground, together)
        return _Opened(counts | _gains(ground, together, trips, parted), away)

    # Each site alone.
    alone = []
    for row, site in enumerate(sites):
        alone.append(opened((site,), minutes[:, [row]], parts and parts.only(row)))
        if progress is not None:
            progress(row + 1, len(sites))
    table = sites_table(sites)[["line", "name", "code", "commune", "lon", "lat"]]
    table = pd.concat([table, pd.DataFrame([one.counts for one in alone])], axis=1)
    # What sites share, what each may be, how far the nearest MSP is.
    near = [np.flatnonzero(one.minutes <= HUBERT_MINUTES) for one in alone]
    overlaps = overlaps_of(crowd.people, near)
    table = table.assign(**largest_overlaps(overlaps, table["name"]))
    table = _with_eligibility(table, ground, sites, minutes)
    table = _with_nearest_msp(table, territory, from_structures)
    return SiteEvaluation(
        sites=table,
        # All sites at once, each inhabitant going to the nearest.
        together=pd.Series(opened(sites, minutes, parts).counts),
        reach=_reach(minutes[: ground.count]),
        overlaps=overlaps,
        changes=_all_changes(ground, sites, minutes),
        departures=left,
        simulated=territory.simulated_tables,
    )


@dataclass(frozen=True, eq=False)
class _Opened:
    """What sites that open together change (see `SiteEvaluation.sites`).

    `minutes` holds those of each of the crowd to the nearest of them.
    """

    counts: dict[str, float]
    minutes: Floats


def _reach(inside: Floats) -> pd.DataFrame:
    """Return the communes within reach of each site; minutes of shape (communes, sites)."""
    rows, columns = np.nonzero(inside <= LIMIT_MINUTES)
    reach = pd.DataFrame({"site": columns, "commune": rows, "minutes": inside[rows, columns]})
    return reach.sort_values(["site", "minutes", "commune"], ignore_index=True)


def moves(ground: Ground, sites: Sequence[Site]) -> tuple[Floats, Floats]:
    """Return the GPs left at each place once some have moved, and those each site receives."""
    left = ground.gps.copy()
    received = np.zeros(len(sites))
    for number, site in enumerate(sites):
        for code, asked in site.moving.items():
            if (row := ground.rows.get(code)) is not None:
                moved = min(float(asked), left[row])
                left[row] -= moved
                received[number] += moved
    return left, received


def planned_gps(site: Site, received: float) -> float:
    """Return the GPs of a site: as said, else the two of an MSP, or those who move in if more."""
    return max(float(rules.LEAST_MSP_GPS if site.gps is None else site.gps), received)


def _staff(ground: Ground, sites: Sequence[Site]) -> dict[str, float]:
    _, received = moves(ground, sites)
    planned = np.array([planned_gps(s, r) for s, r in zip(sites, received, strict=True)])
    return {
        "gps_planned": float(planned.sum()),
        "gps_moving": float(received.sum()),
        "gps_new": float((planned - received).sum()),
    }


def room_with(
    ground: Ground, sites: Sequence[Site], minutes: Floats, parts: SiteParts | None
) -> dict[str, float]:
    """Return who finds room once some sites are open, and who still does not, by `ROOM`.

    Parameters
    ----------
    ground, sites
        What stands before; the sites, all open at once.
    minutes
        Of each place to each site, shape (places, sites).
    parts
        Parts of communes within reach of the sites; None where people stand at their commune.

    Returns
    -------
    dict
        Inhabitants, missing (nan) where the GPs, or for those of the ZIP the zoning, are not known.
    """
    if not ground.gps_known:
        return dict.fromkeys(ROOM, np.nan)
    left, staff = _plan(ground, sites)
    if parts is None:
        without = ground.without_room_today
    else:  # as finely parted as the people after, to the last bit
        nobody = np.zeros_like(staff)
        without = ground.without_room(ground.gps, minutes, nobody, near=parts)
    still = ground.without_room(left, minutes, staff, near=parts)
    zone = ground.communes["zone"].to_numpy(dtype=object)
    near = minutes[: ground.count].min(axis=1) <= HUBERT_MINUTES
    sums = [
        float(values[rows].sum())
        for rows in (slice(None), zone == "ZIP", near)
        for values in (without - still, still)
    ]
    room = dict(zip(ROOM, sums, strict=True))
    if not (zone != "").any():
        room |= dict.fromkeys(("room_gained_zip", "room_left_zip"), np.nan)
    return room


def _plan(ground: Ground, sites: Sequence[Site]) -> tuple[Floats, Floats]:
    """Return the GPs left at each place once some have moved, and those of each site."""
    left, received = moves(ground, sites)
    return left, np.array([planned_gps(s, r) for s, r in zip(sites, received, strict=True)])


def _gains(
    ground: Ground, sites: Sequence[Site], minutes: Floats, parts: SiteParts | None
) -> dict[str, float]:
    """Compare room and APL of today with those of the plan: new GPs and those who move."""
    room = room_with(ground, sites, minutes, parts)
    if not ground.gps_known:
        names = ("population_gaining", "apl_gain_under_served", "population_above_2_5")
        return room | dict.fromkeys(names, np.nan)
    left, staff = _plan(ground, sites)
    before = ground.apl()
    after = ground.apl_with(left, minutes, staff)
    people = ground.people
    rise = after - before
    poor = before <= rules.ZIP_APL
    near = poor & (minutes[: ground.count].min(axis=1) <= HUBERT_MINUTES) & np.isfinite(rise)
    helped = people[near].sum()
    return room | {
        "population_gaining": float(people[rise > rules.APL_NOISE].sum()),
        "apl_gain_under_served": float(people[near] @ rise[near] / helped) if helped else np.nan,
        "population_above_2_5": float(people[poor & (after > rules.ZIP_APL)].sum()),
    }


def _with_eligibility(
    table: pd.DataFrame, ground: Ground, sites: Sequence[Site], minutes: Floats
) -> pd.DataFrame:
    around = ground.gps_within(minutes, rules.VOID_MINUTES)
    known_around = ground.gps @ (minutes <= rules.VOID_MINUTES)
    known = ground.communes.set_index("code")
    zones = table["code"].map(known["zone"]).fillna("")
    said = [
        "non précisé" if s.gps is None else "oui" if s.gps >= rules.LEAST_MSP_GPS else "non"
        for s in sites
    ]
    # GPs that are known are enough to tell that a place is not void; unknown ones, for neither.
    void = [
        False if some > 0 else None if np.isnan(all_) else True
        for some, all_ in zip(known_around, around, strict=True)
    ]
    return table.assign(
        gps_within_10=around,
        zone=zones,
        cpts_name=table["code"].map(known["cpts_name"]).fillna(""),
        enough_gps=said,
        void_zone=[np.nan if empty is None else empty for empty in void],
        aid=[rules.ZONE_AIDS.get(zone, "") if zone in rules.HELPED_ZONES else "" for zone in zones],
        advised=[
            not empty and may_be_msp(s.gps, s.others) for s, empty in zip(sites, void, strict=True)
        ],
        advice=[
            advice(s.gps, s.others, zone, void=empty)
            for s, zone, empty in zip(sites, zones, void, strict=True)
        ],
    )


def _with_nearest_msp(table: pd.DataFrame, territory: Territory, minutes: Floats) -> pd.DataFrame:
    rows = np.flatnonzero((territory.structures["kind"] == "msp").to_numpy())
    if not rows.size:
        return table.assign(minutes_to_msp=np.nan, nearest_msp="", msps_known=False)
    nearest = minutes[rows].argmin(axis=0)
    found = minutes[rows].min(axis=0)
    known = np.isfinite(found)
    names = territory.structures["name"].to_numpy(dtype=object)[rows[nearest]]
    return table.assign(
        minutes_to_msp=np.where(known, found, np.nan),
        nearest_msp=np.where(known, names, ""),
        msps_known=True,
    )


def _all_changes(ground: Ground, sites: Sequence[Site], minutes: Floats) -> pd.DataFrame:
    """Return who wins and who loses where GPs move in, site after site."""
    changes = [
        _changes(ground, site, minutes[:, [row]], row)
        for row, site in enumerate(sites)
        if site.moving
    ]
    if not changes:
        return pd.DataFrame(columns=list(_CHANGES))
    return pd.concat(changes, ignore_index=True)


def _changes(ground: Ground, site: Site, minutes: Floats, row: int) -> pd.DataFrame:
    """Winners and losers when only the GPs who move in count."""
    left, received = moves(ground, (site,))
    nobody = np.zeros(1)
    apl = [
        ground.apl_with(gps, minutes, there)
        for gps, there in ((ground.gps, nobody), (left, received))
    ]
    trip = [
        ground.nearest(gps, minutes, there)
        for gps, there in ((ground.gps, nobody), (left, received))
    ]
    # A trip longer than the pairs known stays as it is today.
    trip = [np.where(np.isinf(time), ground.minutes_today(), time) for time in trip]
    wins, loses = winners_and_losers((apl[0], apl[1]), (trip[0], trip[1]))
    changed = wins | loses
    return ground.communes.loc[changed, ["code", "name", "population"]].assign(
        site=row,
        apl_before=apl[0][changed],
        apl_after=apl[1][changed],
        minutes_before=trip[0][changed],
        minutes_after=trip[1][changed],
        effect=np.where(wins, "gagne", "perd")[changed],
    )[list(_CHANGES)]
