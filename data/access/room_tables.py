"""Room with a GP as tables: measures by place, and the sets that prove the bound."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.own_tables import read_demand, read_gp_counts, read_times
from geo.room import Bound, Reach, fairest, nearest_first


@dataclass(frozen=True, eq=False)
class RoomTables:
    """Places, sites and the pairs between them.

    Attributes
    ----------
    places
        Columns id, population and others that say what they are, in the order of `reach`.
    sites
        Columns id and gps.
    reach
        Pairs within the threshold.
    notes
        French sentences on what was completed or left out.
    """

    places: pd.DataFrame
    sites: pd.DataFrame
    reach: Reach
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> npt.NDArray[np.float64]:
        """Inhabitants of each place; missing counts nobody."""
        return self.places["population"].fillna(0.0).to_numpy(dtype=np.float64)

    @property
    def gps(self) -> npt.NDArray[np.float64]:
        """GPs of each site; missing counts none."""
        return self.sites["gps"].fillna(0.0).to_numpy(dtype=np.float64)


def read_room_tables(places: Path, supply: Path, times: Path, minutes: float) -> RoomTables:
    """Read and check places, GPs and minutes of the user's own.

    Raises
    ------
    InvalidInputError
        With the file, the line and what to mend.
    """
    demand, offer = read_demand(places), read_gp_counts(supply)
    pairs, notes = read_times(times, demand["id"], offer["id"], triangular=False)
    kept = [note for note in notes if "mesures sont incomplètes" not in note]
    longest = pairs["minutes"].replace(np.inf, np.nan).max()
    if longest < minutes:
        kept.append(
            f"Le plus long trajet donné dure {longest:g} minutes : si des trajets de {minutes:g} "
            "minutes ou moins manquent, il manquera des médecins à portée."
        )
    reach = Reach.of(pairs, len(demand), len(offer), minutes)
    return RoomTables(demand[["id", "population"]], offer, reach, tuple(kept))


def measures(tables: RoomTables, bound: Bound, per_gp: float) -> pd.DataFrame:
    """Return who finds room: the columns of the places, then what is found, one row per place.

    Parameters
    ----------
    tables, bound
        Places and sites, and the fairest sharing between them.
    per_gp
        Inhabitants that a GP takes.

    Returns
    -------
    pandas.DataFrame
        gps_within (GPs within the threshold); inhabitants_per_gp (that the place cannot escape,
        missing where no GP is in reach); block (from 1, the worst off; missing without GP);
        without_room_bound, without_room_nearest (inhabitants of the place without room: their
        share of the least possible, and if the nearer goes first).
    """
    reach, people, gps = tables.reach, tables.people, tables.gps
    within = np.bincount(reach.origin, weights=gps[reach.destination], minlength=reach.places)
    block = pd.Series(bound.block + 1, dtype="Int64")
    found = pd.DataFrame(
        {
            "gps_within": within.astype(np.float64),
            "inhabitants_per_gp": np.where(np.isinf(bound.per_gp), np.nan, bound.per_gp),
            "block": block.mask(block == 0),
            "without_room_bound": bound.without_room(people, per_gp),
            "without_room_nearest": nearest_first(reach, people, gps, per_gp).without_room,
        }
    )
    return pd.concat([tables.places.reset_index(drop=True), found], axis=1)


def proofs(tables: RoomTables, bound: Bound) -> pd.DataFrame:
    """Return the sets that prove each number of the bound, one row per member.

    Returns
    -------
    pandas.DataFrame
        block; inhabitants_per_gp (its number); set: "bloc" for the block itself (people over GPs
        is the number), "hall" for what is added to it to make its Hall set (people over GPs of
        all rows of the block is no less, and its places reach no GP outside it); side ("lieu"
        or "médecins"); id; population (places), gps (sites).
    """
    places = _members(tables.places["id"], bound.block, population=tables.people)
    sites = _members(tables.sites["id"], bound.site_block, gps=tables.gps)
    members = pd.concat([places.assign(side="lieu"), sites.assign(side="médecins")])
    by_block = dict(iter(members.groupby("member_of")))
    rows = []
    for block, level in enumerate(bound.level):
        for other in bound.hall_blocks(block):
            which = "bloc" if other == block else "hall"
            rows.append(
                by_block[int(other)].assign(block=block + 1, inhabitants_per_gp=level, set=which)
            )
    columns = ["block", "inhabitants_per_gp", "set", "side", "id", "population", "gps"]
    if not rows:
        return pd.DataFrame(columns=columns)
    return pd.concat(rows, ignore_index=True)[columns].sort_values(
        ["block", "set", "side", "id"], ignore_index=True
    )


def _members(ids: pd.Series, block: npt.NDArray[np.int64], **column: npt.ArrayLike) -> pd.DataFrame:
    found = pd.DataFrame({"id": ids.to_numpy(), "member_of": block, **column})
    return found[found["member_of"] >= 0].reindex(columns=["id", "member_of", "population", "gps"])


def shared(tables: RoomTables) -> Bound:
    """Return the fairest sharing of the GPs of some tables."""
    return fairest(tables.reach, tables.people, tables.gps)
