"""Coordinates as people write them: commas, degrees and minutes, Lambert-93, swapped axes."""

import math
import re
from collections.abc import Mapping

from pyproj import Transformer

from data.uploads.doubt import REFUSED, Doubt

_POINT = re.compile(r"(?<![\d.])(-?\d++(?:\.\d++)?)(?:\s*+[,;]\s*+|\s++)(-?\d++(?:\.\d++)?)")
_DMS = re.compile(
    r"""^\s*+(-?\d{1,3}(?:[.,]\d++)?)\s*+[°ºd]\s*+(\d{1,2})?\s*+['’′m]?\s*+"""
    r"""(\d{1,2}(?:[.,]\d++)?)?\s*+["”″s]*+\s*+([NSEWO])?\s*+$""",
    re.IGNORECASE,
)
_GAPS = (r"(?<=[NSEWOnsewo])[\s,;/]+", r"[;/]", r",\s+", r"\s+", r"(?<=,\d{4}),|(?<=,\d{5}),")
"""What stands between two coordinates in one cell, surest first; numbers may have commas."""
_AXES = 2
_LAMBERT = Transformer.from_crs(2154, 4326, always_xy=True)
_METRES_ABOVE = 1_000
"""Numbers above this are metres of Lambert-93, not degrees."""


def coordinates(cells: Mapping[str, str], notes: list[str]) -> tuple[float, float] | None:
    """Return longitude and latitude of a line, None when it has none."""
    if "lon" in cells and "lat" in cells:
        x, y = _degrees(cells["lon"]), _degrees(cells["lat"])
    elif "point" in cells:
        pair = _pair(cells["point"])
        if pair is None:
            return None
        x, y = pair
    else:
        return None
    if x is None or y is None:
        if any(cells.get(key) for key in ("code", "commune", "postcode", "address")):
            notes.append("coordonnées illisibles, placé par la commune")
            return None
        raise Doubt(
            REFUSED,
            f"coordonnées illisibles (« {cells.get('lon', '')} », « {cells.get('lat', '')} »)",
        )
    if x == 0 and y == 0:
        notes.append("coordonnées nulles ignorées")
        return None
    return _to_wgs84(x, y, notes)


def _pair(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude written in one cell, None when they cannot be read."""
    # WKT writes longitude first; "geo_point_2d" of the open data portals latitude first.
    wkt = text.lstrip().upper().startswith(("POINT", "SRID"))
    for gap in () if wkt else _GAPS:
        parts = [part for piece in re.split(gap, text.strip()) if (part := piece.strip())]
        numbers = [_degrees(part) for part in parts]
        if len(parts) == _AXES and None not in numbers:
            first, second = (number for number in numbers if number is not None)
            east_first = parts[0][-1].upper() in "EWO"
            return (first, second) if east_first else (second, first)
    found = _POINT.search(text)
    if found is None:
        return None
    first, second = float(found[1]), float(found[2])
    return (first, second) if wkt else (second, first)


def _to_wgs84(x: float, y: float, notes: list[str]) -> tuple[float, float]:
    """Return degrees, from degrees or Lambert-93 metres; swapped axes are put right."""
    if abs(x) > _METRES_ABOVE or abs(y) > _METRES_ABOVE:
        if x > y:  # in mainland France, northings (6.0–7.2 million) exceed eastings (0.1–1.3)
            x, y = y, x
            notes.append("X et Y inversés, remis en ordre")
        lon, lat = _LAMBERT.transform(x, y)
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise Doubt(REFUSED, "coordonnées ni en degrés, ni en Lambert-93")
        notes.append("Lambert-93")
        return float(lon), float(lat)
    if 41 <= x <= 52 and -6 <= y <= 10:  # mainland France: latitude 41–52, longitude −6–10
        notes.append("longitude et latitude inversées, remises en ordre")
        return y, x
    return x, y


def _degrees(text: str) -> float | None:
    """Return a coordinate written with a comma or a point, or in degrees, minutes, seconds."""
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace("−", "-")
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        found = _DMS.match(text)
        if found is None:
            return None
        degrees, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in found.groups()[:3]
        )
        value = math.copysign(abs(degrees) + minutes / 60 + seconds / 3600, degrees)
        return -value if (found[4] or "").upper() in {"S", "W", "O"} else value
    return value if math.isfinite(value) else None
