"""From OSM tags to a class, a direction, an access and a speed.

The base is the table of INSEE's METRIC (motorway 120/100/60 km/h by density of the surroundings,
single carriageway 65/40/20, ramp 60, track 20, ferry 13), spread over the OSM classes; where a
limit is posted, a share of it holds instead. In towns the table gives way to what METRIC's own
minutes say: beside those of OSRM in Gironde they are no longer there than in open country
(docs/roads.md), so speeds in towns are set on OSRM's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

OPEN, TOWN, DENSE = 0, 1, 2
"""Surroundings: under 500, 500 to 4,000, over 4,000 inhabitants per km² in METRIC."""


@dataclass(frozen=True)
class RoadClass:
    """A class of road.

    Attributes
    ----------
    name
        Value of the tag `highway` (links of a class share a row), or "ferry".
    kmh
        Off-peak speed in open country, town, dense town.
    """

    name: str
    kmh: tuple[float, float, float]


CLASSES = (
    RoadClass("motorway", (120, 100, 80)),
    RoadClass("motorway_link", (60, 60, 50)),
    RoadClass("trunk", (95, 70, 50)),
    RoadClass("trunk_link", (60, 50, 30)),
    RoadClass("primary", (68, 56, 42)),
    RoadClass("secondary", (65, 50, 38)),
    RoadClass("tertiary", (50, 37, 28)),
    RoadClass("unclassified", (36, 28, 20)),
    RoadClass("residential", (26, 25, 22)),
    RoadClass("living_street", (15, 13, 12)),
    RoadClass("service", (18, 15, 12)),
    RoadClass("track", (20, 20, 15)),
    RoadClass("ferry", (13, 13, 13)),
)
CODES = {c.name: code for code, c in enumerate(CLASSES)} | {
    "primary_link": 4,
    "secondary_link": 5,
    "tertiary_link": 6,
    "road": 7,
}
FERRY = CODES["ferry"]
TRACK = CODES["track"]
MOTORWAYS = (CODES["motorway"], CODES["motorway_link"])
FAST = (*MOTORWAYS, CODES["trunk"], CODES["trunk_link"])
"""Classes driven nearer their posted limit."""
STREETS = (CODES["residential"], CODES["living_street"])
WINDING = tuple(CODES[name] for name in ("trunk", "primary", "secondary", "tertiary", "road"))
"""Classes whose speed falls with sinuosity (METRIC's single carriageways)."""

PEAK_FACTOR = (1.0, 0.8, 0.6)
"""At peak, speeds in open country, town, dense town (METRIC)."""

TOWN_STREETS_KM_PER_KM2 = 2.5
DENSE_STREETS_KM_PER_KM2 = 9.0
"""Length of residential streets per km² that stands for 500 and 4,000 inhabitants per km²:
about 5 m a head in a small town, 2 m in a large one."""

POSTED_SHARE = (0.8, 0.77, 0.65)
"""Share of a posted limit that is driven in open country, town, dense town: METRIC's 65 of 80 and
40 of 50; in dense towns, where METRIC's 20 of 50 is not borne out by its minutes, OSRM's."""

POSTED_SHARE_MOTORWAY = 0.92
"""METRIC's 120 of 130 and 100 of 110: motorways, their ramps and trunk roads."""

POSTED_GAIN = 1.35
"""A narrow road posted at 80 is not driven at 64: no more than this over its class."""

STRAIGHTNESS_FLOOR = 0.7
"""A winding road keeps at least this share of its speed."""

_PAVED_FACTOR = 1.0
SURFACE_FACTORS = {
    "unpaved": 0.6,
    "compacted": 0.75,
    "fine_gravel": 0.75,
    "gravel": 0.6,
    "pebblestone": 0.5,
    "dirt": 0.5,
    "earth": 0.5,
    "ground": 0.5,
    "grass": 0.4,
    "sand": 0.4,
    "mud": 0.3,
    "cobblestone": 0.7,
    "unhewn_cobblestone": 0.6,
    "sett": 0.8,
}

_OPEN_VALUES = {"yes", "permissive", "designated", "official", "destination", "customers"}
_RESIDENTS_VALUES = {"destination", "customers"}
_RESIDENTS_OR_NOTHING = {*_RESIDENTS_VALUES, ""}
"""A track that no tag opens serves its fields and farms."""
_CLOSED_VALUES = {
    "no", "private", "agricultural", "forestry", "agricultural;forestry", "delivery", "emergency",
    "military", "use_sidepath", "discouraged", "psv", "permit", "residents",
}  # fmt: skip
_IDLE_SERVICES = {"bus", "parking_aisle", "drive-through", "emergency_access", "slipway"}
_BLOCKING_BARRIERS = {
    "block", "bollard", "bus_trap", "cycle_barrier", "debris", "full-height_turnstile",
    "jersey_barrier", "kissing_gate", "log", "motorcycle_barrier", "planter", "stile",
    "sump_buster", "turnstile",
}  # fmt: skip
_KMH_PER_MPH = 1.609344
_LIMIT_KINDS = ("maxspeed:type", "source:maxspeed", "zone:maxspeed")
_NAMED_LIMITS = {
    "walk": 6.0, "living_street": 20.0, "zone20": 20.0, "zone30": 30.0, "urban": 50.0,
    "rural": 80.0, "trunk": 110.0, "motorway": 130.0, "none": 130.0,
}  # fmt: skip

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Way:
    """What a way's tags say to a driver.

    Attributes
    ----------
    code
        Row of `CLASSES`.
    forward, backward
        Directions open to cars.
    joinable
        True when one can join or leave the road along it.
    residents
        True when it serves what lies along it only: no through traffic.
    limit_kmh
        Posted limit; 0 unknown.
    surface_factor
        Share of the speed that the surface leaves.
    duration_s
        Crossing time of a ferry; 0 unknown.
    """

    code: int
    forward: bool
    backward: bool
    joinable: bool
    residents: bool
    limit_kmh: float
    surface_factor: float
    duration_s: float


def read_way(tags: Tags) -> Way | None:
    """Return what the tags say, or None when cars may not use the way."""
    code = _class(tags)
    if code is None or tags.get("area") == "yes":
        return None
    if not _open_to_cars(tags, default=code != TRACK or _good_track(tags)):
        return None
    forward, backward = _directions(tags, code)
    if not (forward or backward):
        return None
    hidden = tags.get("tunnel", "no") != "no" or tags.get("motorroad") == "yes"
    return Way(
        code=code,
        forward=forward,
        backward=backward,
        joinable=code not in MOTORWAYS and code != FERRY and not hidden,
        residents=_access(tags) in (_RESIDENTS_VALUES if code != TRACK else _RESIDENTS_OR_NOTHING),
        limit_kmh=posted_limit(tags),
        surface_factor=SURFACE_FACTORS.get(tags.get("surface", ""), _PAVED_FACTOR),
        duration_s=_duration_s(tags.get("duration", "")) if code == FERRY else 0.0,
    )


def is_closed_barrier(tags: Tags) -> bool:
    """Return whether a node's barrier stops cars; a gate stops them only when it says so."""
    barrier = tags.get("barrier")
    return barrier is not None and not _open_to_cars(
        tags, default=barrier not in _BLOCKING_BARRIERS
    )


def posted_limit(tags: Tags) -> float:
    """Return the limit of a way, km/h: both directions, else their mean, else its kind; 0 none."""
    both = read_limit(tags.get("maxspeed", ""))
    sides = [read_limit(tags.get(f"maxspeed:{side}", "")) for side in ("forward", "backward")]
    posted = [side for side in sides if side]
    if both or posted:
        return both or sum(posted) / len(posted)
    kinds = (read_limit(tags.get(key, "")) for key in _LIMIT_KINDS)
    return next((kind for kind in kinds if kind), 0.0)


_LIMIT_UNITS = ("mph", "km/h", "kmh", "kph")


def read_limit(text: str) -> float:
    """Return a limit in km/h ("80", "50 mph", "50kmh", "FR:urban"); 0 when it says no figure."""
    first = text.split(";", maxsplit=1)[0].strip().lower().rpartition(":")[2]
    number, unit = first, ""
    for told in _LIMIT_UNITS:
        if first.endswith(told):
            number, unit = first.removesuffix(told).rstrip(), told
            break
    if number.replace(".", "", 1).isdecimal():
        value = float(number) * (_KMH_PER_MPH if unit == "mph" else 1.0)
        return value if 3 <= value <= 200 else 0.0
    return _NAMED_LIMITS.get(first, 0.0)


def speeds_kmh(
    code: npt.NDArray[np.integer],
    surroundings: npt.NDArray[np.integer],
    limit_kmh: npt.NDArray[np.floating],
    surface_factor: npt.NDArray[np.floating],
    straightness: npt.NDArray[np.floating],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return off-peak and peak speeds of roads, km/h, all of shape (k,).

    Parameters
    ----------
    code, surroundings
        Row of `CLASSES`; OPEN, TOWN or DENSE.
    limit_kmh, surface_factor
        As in `Way`.
    straightness
        Distance between the ends over length, 0 to 1.
    """
    base = np.array([c.kmh for c in CLASSES])[code, surroundings]
    share = np.where(
        np.isin(code, FAST), POSTED_SHARE_MOTORWAY, np.array(POSTED_SHARE)[surroundings]
    )
    posted = np.minimum(limit_kmh * share, base * POSTED_GAIN)
    winding = np.isin(code, WINDING) & (surroundings == OPEN)
    bends = np.where(winding, np.clip(straightness, STRAIGHTNESS_FLOOR, 1.0), 1.0)
    offpeak = np.where(limit_kmh > 0, posted, base) * bends * surface_factor
    # The crossing of a ferry does not depend on the town.
    peak = offpeak * np.where(code == FERRY, 1.0, np.array(PEAK_FACTOR)[surroundings])
    return offpeak, peak


def _class(tags: Tags) -> int | None:
    highway = tags.get("highway")
    if highway is None:
        return FERRY if tags.get("route") == "ferry" and _takes_cars(tags) else None
    if highway == "service" and tags.get("service") in _IDLE_SERVICES:
        return None
    return CODES.get(highway) if highway != "ferry" else None


def _takes_cars(tags: Tags) -> bool:
    said = [tags[key] for key in ("motorcar", "motor_vehicle", "vehicle") if key in tags]
    # A line that only speaks of walkers is a boat for walkers.
    return said[0] in _OPEN_VALUES if said else "foot" not in tags and "bicycle" not in tags


def _good_track(tags: Tags) -> bool:
    return tags.get("tracktype") == "grade1"


def _open_to_cars(tags: Tags, *, default: bool) -> bool:
    value = _access(tags)
    return value in _OPEN_VALUES if value else default


def _access(tags: Tags) -> str:
    """Return the nearest access value to cars that is known; "" when none is."""
    values = (tags.get(key, "") for key in ("motorcar", "motor_vehicle", "vehicle", "access"))
    return next((v for v in values if v in _CLOSED_VALUES or v in _OPEN_VALUES), "")


_ONEWAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
"""What is said of cars goes before what is said of all."""


def _directions(tags: Tags, code: int) -> tuple[bool, bool]:
    oneway = next((tags[key] for key in _ONEWAY_KEYS if key in tags), "")
    if oneway in {"-1", "reverse"}:
        return False, True
    if oneway in {"yes", "true", "1"}:
        return True, False
    if oneway in {"reversible", "alternating"}:
        return False, False
    circles = tags.get("junction") in {"roundabout", "circular"}
    if oneway != "no" and (circles or code == CODES["motorway"]):
        return True, False
    return True, True


_ISO_DURATION = re.compile(
    r"P(?:(\d{1,3})D)?T?(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,6})S)?", re.ASCII | re.IGNORECASE
)


def _duration_s(text: str) -> float:
    """Read "MM", "HH:MM", "HH:MM:SS" or "PT20M" (ISO 8601); 0 when it is none of them."""
    if iso := _ISO_DURATION.fullmatch(text.strip()):
        days, hours, minutes, seconds = (int(part or 0) for part in iso.groups())
        return 86400.0 * days + 3600.0 * hours + 60.0 * minutes + seconds
    parts = text.strip().split(":")
    if not all(p.isdecimal() for p in parts) or len(parts) > 3:
        return 0.0
    numbers = [int(p) for p in parts]
    if len(numbers) == 1:
        return 60.0 * numbers[0]
    hours, minutes, seconds = (*numbers, 0)[:3]
    return 3600.0 * hours + 60.0 * minutes + seconds
