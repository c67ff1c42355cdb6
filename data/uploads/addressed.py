"""Sites written in an address: what is being worked on survives a reload, and can be sent."""

import base64
import binascii
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from data.region.territory import Territory
from data.uploads.match import MAX_SITES
from data.uploads.site import Site

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees (WGS84)."""

MOST_CHARACTERS = 6_000
"""Browsers and proxies take addresses of 8,000 characters; the rest of the view needs some."""
_MOST_BYTES = 400_000
_NAME_CHARACTERS = 200
_MOST_PEOPLE, _MOST_M2 = 500.0, 100_000.0
_YEARS = (1900, 2200)
_MARGIN_DEGREES = 0.6
"""Sites are accepted around the region, as in files (about 40 km)."""


def to_text(sites: Sequence[Site]) -> str:
    """Return sites as text for an address, "" when there is none or when they are too many.

    Parameters
    ----------
    sites
        Placed sites.

    Returns
    -------
    str
        Letters, digits, "-" and "_"; `from_text` gives the sites back.
    """
    if not sites:
        return ""
    rows = [_row(one) for one in sites]
    packed = zlib.compress(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= MOST_CHARACTERS else ""


def from_text(text: str, territory: Territory) -> tuple[Site, ...]:
    """Return the sites of an address; what is not a site of this region is left out.

    Parameters
    ----------
    text
        Made by `to_text`, or by anyone: it is trusted for nothing.
    territory
        The region; communes of its fringe are known too.
    """
    if not text or len(text) > MOST_CHARACTERS:
        return ()
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        content = zlib.decompressobj().decompress(packed, _MOST_BYTES)
        rows = json.loads(content)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return ()
    if not isinstance(rows, list):
        return ()
    names, bounds = territory.once("names and bounds", lambda: _known(territory))
    placed = [_site(row, names, bounds) for row in rows[:MAX_SITES]]
    return tuple(one for one in placed if one is not None)


def _known(territory: Territory) -> tuple[dict[str, str], Bounds]:
    """Return the communes of a region and of its fringe by code, and the frame of the region."""
    names = {
        str(code): str(name)
        for table in (territory.fringe, territory.communes)
        for code, name in zip(table["code"], table["name"], strict=True)
    }
    west, south, east, north = territory.communes.total_bounds
    return names, (west, south, east, north)


def _row(one: Site) -> list[Any]:
    where = (one.line, one.name, one.code, round(one.lon, 6), round(one.lat, 6))
    return [*where, one.gps, one.others, one.floor_m2, one.opening_year, dict(one.moving)]


def _site(row: Any, names: Mapping[str, str], bounds: Bounds) -> Site | None:
    """Return a site, None where a field is not what it must be."""
    if not isinstance(row, list) or len(row) != 10:
        return None
    line, name, code, lon, lat, gps, others, floor, year, moving = row
    west, south, east, north = bounds
    x = _number(lon, west - _MARGIN_DEGREES, east + _MARGIN_DEGREES)
    y = _number(lat, south - _MARGIN_DEGREES, north + _MARGIN_DEGREES)
    rank, opening = _number(line, 0, 1e7), _number(year, *_YEARS)
    texts = isinstance(name, str) and isinstance(code, str) and isinstance(moving, dict)
    if x is None or y is None or rank is None or not texts:
        return None
    leaving = {one: _number(count, 0, _MOST_PEOPLE) for one, count in moving.items()}
    return Site(
        line=int(rank),
        name=name[:_NAME_CHARACTERS],
        code=code if code in names else "",
        commune=names.get(code, ""),
        lon=x,
        lat=y,
        gps=_number(gps, 0, _MOST_PEOPLE),
        others=_number(others, 0, _MOST_PEOPLE),
        floor_m2=_number(floor, 0, _MOST_M2),
        opening_year=None if opening is None else int(opening),
        moving={one: count for one, count in leaving.items() if count and one in names},
    )


def _number(value: Any, low: float, high: float) -> float | None:
    """Return a finite number within bounds, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) and low <= value <= high else None
