"""Room with a GP in a region: who finds a place within some minutes, both sides of the border.

The counts are those of the map, the sheet, the exports and `proxisoins room`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from data.access import inputs
from data.access import parts as parting
from data.access import people as residents
from data.access import room_tables as rooms
from data.access.inputs import NEAR_MINUTES, coordinates, gp_pairs, places
from data.access.room_tables import RoomTables
from data.base.table_cache import cached_table, digest
from data.region.rules import HUBERT_MINUTES, ROOM_PEOPLE_A_GP, ROOM_RANGE_PEOPLE_A_GP
from data.region.territory import Territory
from geo import access as ga
from geo import room as engine
from geo.errors import UnavailableError
from geo.room import Bound, Reach, nearest_first, nearest_load

Floats = npt.NDArray[np.float64]

STEP_PEOPLE_A_GP = 50
CAPACITIES = tuple(
    range(ROOM_RANGE_PEOPLE_A_GP[0], ROOM_RANGE_PEOPLE_A_GP[1] + 1, STEP_PEOPLE_A_GP)
)
"""Inhabitants per GP that screens offer."""

THIRD_MINUTES = 120.0
"""Beyond this the third GP is not looked for: nowhere on the mainland is it farther."""

COLUMNS = (
    "inhabitants_per_gp",
    "room_block",
    "without_room_bound",
    "without_room_nearest",
    "share_without_room",
    "gps_within_20",
    "gps_within_20_per_1000",
    "population_single_gp",
    "minutes_to_third_gp",
    "load_per_gp",
)
"""What `commune_room` adds to the indicators of communes."""


def room_tables(territory: Territory, minutes: float) -> RoomTables:
    """Return the communes of a region and of its fringe, their GPs, and who reaches whom.

    Rows follow `data.access.inputs.places`: the region in its order, then the fringe; sites are
    the same rows. Where people stand at the commune's point, a commune is at 0 minutes of its own
    GPs; where they stand on squares or along streets, places are parts of communes, at their own
    minutes from all GPs, those of their commune too.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    """
    everywhere = places(territory).rename(columns={"code": "id"})
    if not (everywhere["gps"] > 0).any():
        raise UnavailableError(
            "Les médecins de la région ne sont pas connus : importez leurs effectifs par commune."
        )
    told, sites = everywhere[["id", "name", "inside", "population"]], everywhere[["id", "gps"]]
    parts = parting.parts_of(territory, inputs.gp_places(territory), minutes)
    if parts is not None:
        places_of_parts = told.iloc[parts.owner].assign(population=parts.people)
        return RoomTables(
            places_of_parts.reset_index(drop=True), sites, parts.reach, parts=parts, wholes=told
        )
    near = gp_pairs(territory, max(minutes, NEAR_MINUTES))
    pairs = with_home(near, np.flatnonzero(everywhere["gps"] > 0))
    count = len(everywhere)
    return RoomTables(told, sites, Reach.of(pairs, count, count, float(minutes)))


def with_home(pairs: pd.DataFrame, own: npt.NDArray[np.int64]) -> pd.DataFrame:
    """Return pairs of places where those with doctors, by their rows, are at 0 minutes of them."""
    home = pd.DataFrame({"origin": own, "destination": own, "minutes": np.zeros(len(own))})
    apart = pairs.loc[pairs["origin"] != pairs["destination"], ["origin", "destination", "minutes"]]
    return pd.concat([home, apart], ignore_index=True)


def commune_room(territory: Territory) -> pd.DataFrame:
    """Return the indicators of room of every commune of the region, in its order.

    At 20 minutes, 1,000 inhabitants per GP (an assumption). All are missing where GPs are not
    known.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`: inhabitants_per_gp (that the commune cannot escape, missing where no GP
        is in reach) and room_block (the block that proves it, 1 the worst off);
        without_room_bound, without_room_nearest (inhabitants); share_without_room (0 to 1, if
        the nearer goes first); gps_within_20; gps_within_20_per_1000 (GPs within 20 minutes per
        1,000 inhabitants who have them within 20 minutes: 2SFCA with one step);
        population_single_gp (inhabitants who have a single GP, or less, within 20 minutes);
        minutes_to_third_gp (0 where the commune has three); load_per_gp (inhabitants per GP of
        the commune if all went to the nearest GP, missing where it has none). Where communes are
        parted, people are summed over parts, inhabitants_per_gp and room_block are those of most
        of their inhabitants, gps_within_20 and gps_within_20_per_1000 the mean over them;
        minutes_to_third_gp stays that of the commune's point, as all minutes are.
    """
    if not (territory.gps["gps"] > 0).any():
        return pd.DataFrame(np.nan, index=territory.communes.index, columns=list(COLUMNS))
    return cached_table("room", _key(territory), lambda: _compute(territory)).copy()


def _key(territory: Territory) -> str:
    modules = (inputs, rooms, parting, residents, ga, engine)
    sources = (__file__, *(str(module.__file__) for module in modules))
    folder = Path(engine.__file__).parent
    codes = [*sources, *(str(one) for one in sorted(folder.glob("*.py")))]
    return digest(territory.version, *(Path(source).read_bytes() for source in codes))


def _compute(territory: Territory) -> pd.DataFrame:
    tables = room_tables(territory, HUBERT_MINUTES)
    inside = tables.communes["inside"].to_numpy()
    measured = rooms.measures(tables, rooms.shared(tables), float(ROOM_PEOPLE_A_GP))
    people = measured["population"].to_numpy(dtype=np.float64)
    reach, there, gps = tables.reach, tables.people, tables.gps
    pairs = pd.DataFrame(
        {"origin": reach.origin, "destination": reach.destination, "minutes": reach.minutes}
    )
    found = measured.rename(columns={"block": "room_block", "gps_within": "gps_within_20"})
    found["room_block"] = found["room_block"].astype(float)
    found["share_without_room"] = np.divide(
        found["without_room_nearest"], people, out=np.full(len(people), np.nan), where=people > 0
    )
    density = ga.access(pairs, there, gps, ga.BINARY_20)
    found["gps_within_20_per_1000"] = 1000 * tables.mean(density)
    single = rooms.gps_within(tables) <= 1
    found["population_single_gp"] = tables.by_commune(np.where(single, there, 0.0))
    found["minutes_to_third_gp"] = minutes_to_third(territory)
    found["load_per_gp"] = nearest_load(reach, there, gps)
    return found.loc[inside, list(COLUMNS)].reset_index(drop=True)


def minutes_to_third(territory: Territory) -> Floats:
    """Return minutes within which each place, region then fringe, has three GPs.

    Missing where they are beyond two hours or without a way.
    """
    everywhere = places(territory)
    gps = everywhere["gps"].fillna(0.0).to_numpy(dtype=np.float64)
    minutes = _to_third(gp_pairs(territory), gps)
    far = np.flatnonzero(np.isinf(minutes) & everywhere["inside"].to_numpy())
    if far.size:
        points, rows = coordinates(everywhere), inputs.gp_places(territory)
        longer = territory.travel_time.matrix(points[far], points[rows], THIRD_MINUTES)
        found = pd.DataFrame(
            {
                "origin": far[longer["origin"].to_numpy()],
                "destination": rows[longer["destination"].to_numpy()],
                "minutes": longer["minutes"].to_numpy(),
            }
        )
        minutes[far] = _to_third(found, gps)[far]
    return np.where(np.isinf(minutes), np.nan, minutes)


def _to_third(pairs: pd.DataFrame, gps: Floats) -> Floats:
    pairs = with_home(pairs, np.flatnonzero(gps > 0)).sort_values("minutes", kind="stable")
    pairs["met"] = pairs.assign(gps=gps[pairs["destination"]]).groupby("origin")["gps"].cumsum()
    first = pairs[pairs["met"] >= 3].groupby("origin")["minutes"].min()
    minutes = np.full(len(gps), np.inf)
    minutes[first.index] = first
    return minutes


@dataclass(frozen=True, eq=False)
class Ladder:
    """Room of the communes of a region at one threshold, for every capacity offered.

    Attributes
    ----------
    minutes
        The threshold.
    nearest
        Inhabitants of each commune without room if the nearer goes first, shape (capacities, n).
    block
        Block of each commune, from 0, the worst off; -1 where no GP is in reach.
    level
        Inhabitants per GP of each block, descending.
    least
        Inhabitants of each commune without room in the fairest sharing, shape (capacities, n).
    blocks
        One row per block: communes (with an inhabitant in it, where they are parted), outside
        (those of other regions), people, gps, of the block itself; hall (blocks of its Hall set),
        hall_communes, hall_people, hall_gps.
    held
        Where communes are parted, the inhabitants of each by block: row, block, people; else None.
    """

    minutes: float
    nearest: Floats
    least: Floats
    block: npt.NDArray[np.int64]
    level: Floats
    blocks: pd.DataFrame
    held: pd.DataFrame | None


def ladder(territory: Territory, minutes: float) -> Ladder:
    """Return what the map shows at one threshold; some tenths of a second.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    """
    tables = room_tables(territory, minutes)
    inside = tables.communes["inside"].to_numpy()
    bound = rooms.shared(tables)
    people, gps = tables.people, tables.gps
    nearest, least = [], []
    for k in CAPACITIES:
        seats = nearest_first(tables.reach, people, gps, float(k))
        nearest.append(tables.by_commune(seats.without_room)[inside])
        least.append(tables.by_commune(bound.without_room(people, float(k)))[inside])
    held = tables.held(bound.block)
    return Ladder(
        minutes=float(minutes),
        nearest=np.array(nearest),
        least=np.array(least),
        block=bound.block[tables.leading(bound.block)][inside],
        level=bound.level,
        blocks=_blocks(bound, held, inside),
        held=None if tables.parts is None else held[inside[held["row"]]].reset_index(drop=True),
    )


def _blocks(bound: Bound, held: pd.DataFrame, inside: npt.NDArray[np.bool_]) -> pd.DataFrame:
    count = len(bound.level)
    row, block = held["row"].to_numpy(), held["block"].to_numpy()
    settled = block >= 0
    members = sparse.csr_array(
        (np.ones(settled.sum()), (block[settled], row[settled])), shape=(count, len(inside))
    )
    halls = [bound.hall_blocks(one) for one in range(count)]
    return pd.DataFrame(
        {
            "communes": np.diff(members.indptr),
            "outside": (members @ ~inside).astype(np.int64),
            "people": bound.people,
            "gps": bound.gps,
            "hall": [hall.tolist() for hall in halls],
            "hall_communes": [len(np.unique(members[hall].indices)) for hall in halls],
            "hall_people": [float(bound.people[hall].sum()) for hall in halls],
            "hall_gps": [float(bound.gps[hall].sum()) for hall in halls],
        }
    )
