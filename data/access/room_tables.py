"""Room with a GP as tables: measures by place, and the sets that prove the bound."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.own_tables import longest_minutes, read_demand, read_gp_counts, read_times
from data.access.parts import Parts
from data.base.french import as_set, number, tenths_if_any
from geo.room import Bound, Reach, fairest, nearest_first

_LEAST_WEIGHT = 1e-9
"""Weight of a part where nobody lives."""


@dataclass(frozen=True, eq=False)
class RoomTables:
    """Places, sites and the pairs between them.

    Attributes
    ----------
    places
        Columns id, population and others that say what they are, in the order of `reach`: one row
        per place, or per part of a commune.
    sites
        Columns id and gps.
    reach
        Pairs within the threshold.
    notes
        French sentences on what was completed or left out.
    parts
        How communes are parted, None where places are whole.
    wholes
        The communes, in the order of the sites, where places are their parts.
    """

    places: pd.DataFrame
    sites: pd.DataFrame
    reach: Reach
    notes: tuple[str, ...] = ()
    parts: Parts | None = None
    wholes: pd.DataFrame | None = None

    @property
    def communes(self) -> pd.DataFrame:
        """What figures are told of: whole communes, or the places as they are."""
        return self.places if self.wholes is None else self.wholes

    def by_commune(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return inhabitants of each place summed by commune, in the order of `communes`."""
        return values if self.parts is None else self.parts.by_commune(values, len(self.communes))

    def mean(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the mean of values of places over the inhabitants of each commune.

        Where nobody lives, over its parts.
        """
        if self.parts is None:
            return values
        weight = np.maximum(self.people, _LEAST_WEIGHT)
        mean: npt.NDArray[np.float64] = self.by_commune(weight * values) / self.by_commune(weight)
        return mean

    def leading(self, block: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the place that speaks for each commune: one in the block of most inhabitants.

        Parameters
        ----------
        block
            Block of each place, -1 where no GP is in reach, counted as the worst of all. Of blocks
            that hold as many, the worst off is taken.
        """
        rows = np.arange(len(self.places))
        if self.parts is None:
            return rows
        owner = self.parts.owner
        held = self.held(block).sort_values(
            ["row", "people", "block"], ascending=[True, False, True]
        )
        most = held.drop_duplicates("row")["block"].to_numpy(dtype=np.int64)
        rows = rows[block == most[owner]]
        return rows[np.unique(owner[rows], return_index=True)[1]]

    def held(self, block: npt.NDArray[np.int64]) -> pd.DataFrame:
        """Return the inhabitants of each commune by block: row (in `communes`), block, people."""
        row = np.arange(len(self.places)) if self.parts is None else self.parts.owner
        table = pd.DataFrame({"row": row, "block": block, "people": self.people})
        return table.groupby(["row", "block"])["people"].sum().reset_index()

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
    demand = read_demand(places)
    offer = read_gp_counts(supply, demand["id"])
    pairs, notes = read_times(times, demand["id"], offer["id"], triangular=False)
    longest = longest_minutes(pairs)
    if longest < minutes:
        short = (
            f"Le plus long trajet donné dure {number(longest, tenths_if_any(longest))} minutes : "
            f"si des trajets de {as_set(minutes)} minutes ou moins manquent, il manquera des "
            "médecins à portée."
        )
        notes = (*notes, short)
    reach = Reach.of(pairs, len(demand), len(offer), minutes)
    return RoomTables(demand[["id", "population"]], offer, reach, notes)


def measures(tables: RoomTables, bound: Bound, per_gp: float) -> pd.DataFrame:
    """Return who finds room: what the places are, then what is found, one row per place.

    Communes that are parted have one row each: the sums of their parts.

    Parameters
    ----------
    tables, bound
        Places and sites, and the fairest sharing between them.
    per_gp
        Inhabitants that a GP takes.

    Returns
    -------
    pandas.DataFrame
        gps_within (GPs within the threshold; of parts, the mean over their inhabitants);
        inhabitants_per_gp (that the place cannot escape, missing where no GP is in reach); block
        (from 1, the worst off; missing without GP): of parts, those of most inhabitants;
        without_room_bound, without_room_nearest (inhabitants of the place without room: their
        share of the least possible, and if the nearer goes first).
    """
    reach, people, gps = tables.reach, tables.people, tables.gps
    seats = nearest_first(reach, people, gps, per_gp)
    leading = tables.leading(bound.block)
    level = bound.per_gp[leading]
    block = pd.Series(bound.block[leading] + 1, dtype="Int64")
    found = pd.DataFrame(
        {
            "gps_within": tables.mean(gps_within(tables)),
            "inhabitants_per_gp": np.where(np.isinf(level), np.nan, level),
            "block": block.mask(block == 0),
            "without_room_bound": tables.by_commune(bound.without_room(people, per_gp)),
            "without_room_nearest": tables.by_commune(seats.without_room),
        }
    )
    return pd.concat([tables.communes.reset_index(drop=True), found], axis=1)


def gps_within(tables: RoomTables) -> npt.NDArray[np.float64]:
    """Return the GPs within the threshold of each place, shape (n,)."""
    reach = tables.reach
    within = np.bincount(
        reach.origin, weights=tables.gps[reach.destination], minlength=reach.places
    )
    return within.astype(np.float64)


def proofs(tables: RoomTables, bound: Bound) -> pd.DataFrame:
    """Return the sets that prove each number of the bound, one row per member.

    Returns
    -------
    pandas.DataFrame
        block; inhabitants_per_gp (its number); set: "bloc" for the block itself (people over GPs
        is the number), "hall" for what is added to it to make its Hall set (people over GPs of
        all rows of the block is no less, and its places reach no GP outside it); side ("lieu"
        or "médecins"); id; population (places), gps (sites). A commune that is parted has one
        row in each block that holds some of its inhabitants, with those.
    """
    held = tables.held(bound.block)
    places = _members(
        tables.communes["id"].iloc[held["row"]], held["block"], population=held["people"]
    )
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


def _members(ids: pd.Series, block: npt.ArrayLike, **column: npt.ArrayLike) -> pd.DataFrame:
    arrays = {name: np.asarray(values) for name, values in column.items()}
    found = pd.DataFrame({"id": ids.to_numpy(), "member_of": np.asarray(block), **arrays})
    return found[found["member_of"] >= 0].reindex(columns=["id", "member_of", "population", "gps"])


def shared(tables: RoomTables) -> Bound:
    """Return the fairest sharing of the GPs of some tables."""
    return fairest(tables.reach, tables.people, tables.gps)
