"""What the map's client receives to show who finds room: counts by capacity, blocks and proofs."""

from typing import NotRequired, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.indicators import commune_indicators, published_years
from data.access.room import CAPACITIES, Floats, ladder
from data.access.unknown_supply import commune_room_note, region_room_note, unsure_room
from data.region.newest_counts import years_told
from data.region.rules import HUBERT_MINUTES, ROOM_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from geo import layers
from geo.errors import UnavailableError

_SHARE = layers.indicator("share_without_room")


class Block(TypedDict):
    """A block and its Hall set: communes (those of other regions apart), inhabitants, GPs.

    Where people are counted within communes, a commune counts in each block that holds some of its
    inhabitants.
    """

    level: float
    communes: int
    outside: int
    people: int
    gps: float
    hall: list[int]
    hall_communes: int
    hall_people: int
    hall_gps: float


class RoomDocument(TypedDict):
    """Room at one threshold; lists follow the order of the communes or of the capacities.

    `nearest` holds inhabitants without room if the nearer goes first, capacity by capacity, whole
    but where the class of the map would be another, None for communes in reach of places whose GPs
    are not known;
    `block` the block of each commune, -1 where no GP is in reach; `least` and `served` the
    inhabitants of the communes known without room, at best and nearest first, by capacity; `note`
    what is said where GPs in reach are not known, "" where they are. `parts`, where people are
    counted within communes: of those whose inhabitants are in several blocks, by row, [block,
    inhabitants], most of them first; `block` is then that of most inhabitants.
    """

    minutes: int
    nearest: list[list[float | None]]
    block: list[int]
    blocks: list[Block]
    least: list[int]
    served: list[int]
    note: str
    parts: NotRequired[dict[str, list[list[int]]]]


class RoomControls(TypedDict):
    """What one may ask for: capacities, thresholds, and the one the map opens on."""

    capacities: list[int]
    capacity: int
    thresholds: list[int]
    threshold: int


def controls() -> RoomControls:
    """Return the capacities and thresholds that the map offers."""
    return {
        "capacities": list(CAPACITIES),
        "capacity": ROOM_PEOPLE_A_GP,
        "thresholds": [int(minutes) for minutes in ROOM_MINUTES],
        "threshold": int(HUBERT_MINUTES),
    }


DATED = {"gps": "Médecins comptés en {}.", "apl": "APL de {}.", "zoning": "Zonage de {}."}
"""What a map says of the year of its tables."""
UNDATED = {
    "gps": "Médecins comptés à une date inconnue.",
    "apl": "APL de date inconnue.",
    "zoning": "Zonage de date inconnue.",
}
"""What it says of one whose file does not tell when it was made."""
SIMULATED = {"gps": "Médecins simulés.", "apl": "APL simulée.", "zoning": "Zonage simulé."}
"""What it says of simulated ones: a picture of the map leaves the screen without its ribbon."""


def dated(territory: Territory, table: str = "gps", commune: str = "") -> str:
    """Return of what year a table of `DATED` is, or that it has none or is simulated.

    "" where there is no such table.

    The counts of GPs may be asked for of one commune: regions are of different years.
    """
    known = territory.provenance.get(table)
    if known and known.simulated:
        return SIMULATED[table]
    if known is None:
        return ""
    if (moment := known.moment()) is None:
        return UNDATED[table]
    years = str(moment.year)
    if table == "gps" and commune:
        years = years_told(known, pd.Series([commune]))
    elif table == "gps":
        years = territory.once(
            "years of the counts", lambda: years_told(known, territory.communes["code"])
        )
    elif table == "apl":
        years = published_years(commune_indicators(territory)) or years
    return DATED[table].format(years)


def commune_note(territory: Territory, code: str) -> str:
    """Return what is said beside the room of one commune: less than of all of its region."""
    said = (commune_room_note(territory, code), dated(territory, commune=code))
    return " ".join(filter(None, said))


def document(territory: Territory, minutes: float) -> RoomDocument | None:
    """Return the room of a region at a threshold, None where its GPs are not known."""
    try:
        steps = ladder(territory, minutes)
    except UnavailableError:
        return None
    known = ~unsure_room(territory, minutes)
    shown = np.full(steps.nearest.shape, None, dtype=object)
    people = territory.communes["population"].to_numpy(dtype=np.float64)[known]
    shown[:, known] = _whole_people(steps.nearest[:, known], people)
    blocks: list[Block] = [
        {
            "level": float(ratio),
            "communes": int(row["communes"]),
            "outside": int(row["outside"]),
            "people": round(row["people"]),
            "gps": round(float(row["gps"]), 2),
            "hall": row["hall"],
            "hall_communes": int(row["hall_communes"]),
            "hall_people": round(row["hall_people"]),
            "hall_gps": round(float(row["hall_gps"]), 2),
        }
        for ratio, row in zip(steps.level, steps.blocks.to_dict("records"), strict=True)
    ]
    told: RoomDocument = {
        "minutes": round(minutes),
        "nearest": shown.tolist(),
        "block": steps.block.tolist(),
        "blocks": blocks,
        "least": [round(one) for one in steps.least[:, known].sum(axis=1)],
        "note": " ".join(filter(None, (region_room_note(territory), dated(territory)))),
        "served": [round(one) for one in steps.nearest[:, known].sum(axis=1)],
    }
    if steps.held is not None:
        told["parts"] = _parted(steps.held)
    return told


def _whole_people(without: Floats, people: Floats) -> npt.NDArray[np.object_]:
    """Return people without room as whole numbers, capacity by capacity, one column per commune.

    Where that would move the share of a commune to another class of the map, they keep their
    decimals: legends then count what they draw.
    """
    whole = np.rint(without)
    with np.errstate(invalid="ignore", divide="ignore"):
        exact, rounded = (
            np.searchsorted(_SHARE.breaks, 100 * one / people, side="left")
            for one in (without, whole)
        )
    sent = whole.astype(int).astype(object)
    sent[exact != rounded] = without[exact != rounded]
    return sent


def _parted(held: pd.DataFrame) -> dict[str, list[list[int]]]:
    """Return the communes in several blocks, by row: block and inhabitants, most of them first."""
    several = held[held["row"].duplicated(keep=False)]
    several = several.sort_values(["row", "people"], ascending=[True, False])
    return {
        str(row): [[int(block), round(people)] for block, people in zip(*columns, strict=True)]
        for row, columns in (
            (row, (one["block"], one["people"])) for row, one in several.groupby("row")
        )
    }
