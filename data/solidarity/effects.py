"""What lent half-days change for the patients of donors and of targets: APL and room."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from data.access import inputs
from data.access.parts import with_sites
from data.access.room import room_tables, with_home
from data.access.room_tables import RoomTables
from data.base.table_cache import cached_table, digest
from data.region.rules import HUBERT_MINUTES
from data.region.territory import Territory
from data.solidarity.schemes import HALF_DAYS_A_MONTH, MONTHS
from geo.room import Reach, nearest_first

Floats = npt.NDArray[np.float64]


def apl_of_half_days(
    territory: Territory, rows: npt.NDArray[np.int64], acts: float
) -> sparse.csr_array:
    """Return the APL that one half-day a month, given away, takes between some communes.

    Parameters
    ----------
    territory
        The region.
    rows
        Rows of `data.access.inputs.places`, shape (m,).
    acts
        Consultations of a half-day.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (m, m): what the commune of the row loses by half-day of the commune of the column.
    """
    everywhere = inputs.places(territory)
    pairs = inputs.gp_pairs(territory)
    demand, _ = inputs.standardised_population(territory, everywhere)
    origin = pairs["origin"].to_numpy(dtype=np.int64)
    destination = pairs["destination"].to_numpy(dtype=np.int64)
    weight = inputs.apl_weight(pairs["minutes"].to_numpy(dtype=np.float64))
    around = np.bincount(destination, weight * demand[origin], len(everywhere))
    rank = np.full(len(everywhere), -1)
    rank[rows] = np.arange(rows.size)
    used = (rank[origin] >= 0) & (rank[destination] >= 0) & (weight > 0)
    lost = weight[used] * MONTHS * acts / around[destination[used]]
    return sparse.csr_array(
        (lost, (rank[origin[used]], rank[destination[used]])), shape=(rows.size, rows.size)
    )


def changes(
    territory: Territory,
    taken: Floats,
    given: Floats,
    *,
    acts: float,
    per_gp: float,
    replaced: bool = False,
    hosts: npt.NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """Return APL and room of every commune of the region, before and after.

    Parameters
    ----------
    territory
        The region.
    taken, given
        Half-days a month that each place gives and receives, shape (places,).
    acts
        Consultations of a half-day.
    per_gp
        Inhabitants that a GP takes.
    replaced
        Whether those who leave for the day are replaced at home.
    hosts
        Rows of the places that might receive in other plans of the same question: the minutes to
        all of them are computed once and kept on disk, so that the next plan finds them.

    Returns
    -------
    pandas.DataFrame
        One row per commune: apl_before, apl_after, without_room_before, without_room_after.
    """
    receiving = np.flatnonzero(given > 0).astype(np.int64)
    ends = receiving if hosts is None else np.union1d(hosts, receiving).astype(np.int64)
    ground = territory.once("grounds of help", lambda: _ground(territory, ends), key=ends.tobytes())
    lost = np.zeros_like(taken) if replaced else taken
    acts_after = np.maximum(ground.acts + (given - lost) * MONTHS * acts, 0.0)
    gps_after = np.maximum(ground.gps + (given - lost) / HALF_DAYS_A_MONTH, 0.0)
    count = len(territory.communes)
    return pd.DataFrame(
        {
            "apl_before": ground.apl(ground.acts)[:count],
            "apl_after": ground.apl(acts_after)[:count],
            "without_room_before": ground.without_room(ground.gps, per_gp)[:count],
            "without_room_after": ground.without_room(gps_after, per_gp)[:count],
        }
    )


@dataclass(frozen=True, eq=False)
class _Ground:
    """Who reaches whom, the places that may receive included: without doctors they change nothing.

    Attributes
    ----------
    demand, acts, gps
        Standardised inhabitants, consultations a year and GPs of each place, shape (places,).
    pairs
        Minutes up to half an hour, as `data.access.inputs.gp_pairs`.
    tables
        Who reaches whom within 20 minutes.
    """

    demand: Floats
    acts: Floats
    gps: Floats
    pairs: pd.DataFrame
    tables: RoomTables

    def apl(self, acts: Floats) -> Floats:
        """Return the APL of each place if these consultations were given, shape (places,)."""
        return inputs.apl(self.pairs, self.demand, acts)

    def without_room(self, gps: Floats, per_gp: float) -> Floats:
        """Return the inhabitants without room of each commune if these GPs were there."""
        seats = nearest_first(self.tables.reach, self.tables.people, gps, per_gp)
        return self.tables.by_commune(seats.without_room)


def _ground(territory: Territory, ends: npt.NDArray[np.int64]) -> _Ground:
    everywhere = inputs.places(territory)
    demand, _ = inputs.standardised_population(territory, everywhere)
    pairs = _pairs(territory, ends)
    tables = room_tables(territory, HUBERT_MINUTES)
    if tables.parts is not None:
        tables = _parted(territory, tables, ends)
    else:
        tables = replace(tables, reach=_reach(territory, pairs, ends))
    gps = everywhere["gps"].fillna(0.0).to_numpy(dtype=np.float64)
    return _Ground(demand, inputs.supplied_acts(everywhere), gps, pairs, tables)


def _pairs(territory: Territory, ends: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return the pairs of the region, with those that end where doctors may come without any GP."""
    known = inputs.gp_pairs(territory)
    new = np.setdiff1d(ends, inputs.gp_places(territory)).astype(np.int64)
    if not new.size:
        return known
    points = inputs.coordinates(inputs.places(territory))
    key = digest(territory.travel_time.version, points.tobytes(), new.tobytes())
    more = cached_table("help-ends", key, lambda: inputs.pairs_to(territory, new, HUBERT_MINUTES))
    return pd.concat([known, more], ignore_index=True)


def _parted(territory: Territory, tables: RoomTables, hosts: npt.NDArray[np.int64]) -> RoomTables:
    """Return parts of communes that also reach the same places to which doctors may come."""
    assert tables.parts is not None  # noqa: S101  (asked where communes are parted)
    new = np.setdiff1d(hosts, inputs.gp_places(territory)).astype(np.int64)
    if not new.size:
        return tables
    ends = inputs.coordinates(inputs.places(territory))[new]
    parts = with_sites(territory, tables.parts, ends, new, HUBERT_MINUTES)
    places = tables.communes.iloc[parts.owner].assign(population=parts.people)
    return replace(tables, places=places.reset_index(drop=True), reach=parts.reach, parts=parts)


def _reach(territory: Territory, pairs: pd.DataFrame, hosts: npt.NDArray[np.int64]) -> Reach:
    """Return who reaches whom within 20 minutes, at 0 minutes of one's own doctors."""
    own = np.union1d(inputs.gp_places(territory), hosts)
    count = len(inputs.places(territory))
    return Reach.of(with_home(pairs, own), count, count, HUBERT_MINUTES)
