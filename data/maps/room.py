"""What the map's client receives to show who finds room: counts by capacity, blocks and proofs."""

from typing import TypedDict

import numpy as np

from data.access.room import CAPACITIES, ladder
from data.access.unknown_supply import region_room_note, unknown_minutes
from data.region.rules import HUBERT_MINUTES, ROOM_MINUTES, ROOM_PEOPLE_A_GP
from data.region.territory import Territory
from geo.errors import UnavailableError


class Block(TypedDict):
    """A block and its Hall set: communes (those of other regions apart), inhabitants, GPs."""

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

    `nearest` holds inhabitants without room if the nearer goes first, capacity by capacity, None
    for communes in reach of places whose GPs are not known;
    `block` the block of each commune, -1 where no GP is in reach; `least` and `served` the
    inhabitants of the communes known without room, at best and nearest first, by capacity; `note`
    what is said where GPs in reach are not known, "" where they are.
    """

    minutes: int
    nearest: list[list[int | None]]
    block: list[int]
    blocks: list[Block]
    least: list[int]
    served: list[int]
    note: str


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


def dated(territory: Territory, table: str = "gps") -> str:
    """Return of what year a table of `DATED` is, "" where it is simulated or of no known year."""
    known = territory.provenance.get(table)
    moment = known.moment() if known and not known.simulated else None
    return DATED[table].format(moment.year) if moment else ""


def document(territory: Territory, minutes: float) -> RoomDocument | None:
    """Return the room of a region at a threshold, None where its GPs are not known."""
    try:
        steps = ladder(territory, minutes)
    except UnavailableError:
        return None
    known = unknown_minutes(territory) > minutes
    people = np.where(known, territory.communes["population"].to_numpy(dtype=np.float64), 0.0)
    nearest = np.rint(steps.nearest[:, known]).astype(int)
    shown = np.full(steps.nearest.shape, None, dtype=object)
    shown[:, known] = nearest
    level = np.append(steps.level, np.inf)[steps.block]
    least = [(people * (1 - k / np.maximum(level, k))).sum() for k in CAPACITIES]
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
    return {
        "minutes": round(minutes),
        "nearest": shown.tolist(),
        "block": steps.block.tolist(),
        "blocks": blocks,
        "least": [round(one) for one in least],
        "note": " ".join(filter(None, (region_room_note(territory), dated(territory)))),
        "served": [round(one) for one in steps.nearest[:, known].sum(axis=1)],
    }
