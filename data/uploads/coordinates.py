"""Coordinates as people write them: commas, degrees and minutes, any usual system, swapped axes.

The system of the metres of a file is told by its titles, values and the communes it names.
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import shapely

from data.region.coordinate_systems import (
    LAMBERT_93,
    METRES_ABOVE,
    SYSTEMS,
    sampled,
    to_degrees,
    told_by,
)
from data.region.gazetteer import Gazetteer
from data.uploads import evidence
from data.uploads.doubt import REFUSED, Doubt
from data.uploads.lines import Line, Lines
from geo.plane import great_circle_km

Point = tuple[float, float]

FAR_KM = 15.0
"""A point farther than this from the town hall of the commune named beside it is doubted."""
_PLACING = ("lon", "lat", "point")
"""Fields whose titles may name the system."""

_LONGEST = 80
"""Characters of one coordinate, however it is written."""
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_MARKS = re.compile(r"[°ºd˚'’′`\"”″m\s:]*")
_HEMISPHERE = re.compile(r"^([NSEWO])\b\.?|([NSEWO])\.?$", re.IGNORECASE)
_GAPS = (
    r"(?<=[NSEWOnsewo])[\s,;/]++(?=[\d+-])",
    r"(?<![\s,;/])[\s,;/]++(?=[NSEWOnsewo]\s?\d)",
    r"[;/|]",
    r",\s",
    r"(?<=[\"”″'’′])\s++(?=-?\d)",
    r"\s++",
    r"(?<=\.\d{2}),|(?<=\.\d{3}),|(?<=\.\d{4}),|(?<=\.\d{5}),|(?<=\.\d{6}),",
    r"(?<=,\d{4}),|(?<=,\d{5}),",
    r",",
)
"""What stands between two coordinates in one cell, surest first; numbers may have commas."""
_AXES = 2
_WKT = re.compile(
    r"^(?:SRID=\d++;)?(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)", re.IGNORECASE
)
_HEXADECIMAL = re.compile(r"^0[01][0-9A-Fa-f]{40,}$")


def looks_like_a_place(text: str) -> bool:
    """Tell whether a cell holds a pair of coordinates or a shape, not a name."""
    return _shape(text) is not None or _pair(text) is not None


def written(cells: Mapping[str, str]) -> tuple[float | None, float | None] | None:
    """Return x and y of a line as they are written, None when it says none."""
    if "lon" in cells and "lat" in cells:
        return degrees(cells["lon"]), degrees(cells["lat"])
    if "point" in cells:
        return _shape(cells["point"]) or _pair(cells["point"])
    return None


def system_of(
    lines: Iterable[Line],
    gazetteer: Gazetteer,
    near: Callable[[np.ndarray], np.ndarray],
    *,
    postcodes: bool,
) -> int:
    """Return the system (EPSG code) of coordinates in metres.

    Of the systems that put most points of the whole file in France, the one that the titles name;
    else the one whose points lie near the communes named beside them; else in the region.

    Parameters
    ----------
    lines
        As the readers give them; `Lines` have titles.
    gazetteer
        Names and codes of the region and its fringe.
    near
        Which points (shape (n, 2), degrees) lie in the region or its fringe.
    postcodes
        Whether the column of codes holds postcodes.

    Returns
    -------
    int
        Lambert-93 when no point is in metres, or none is where it should be in any system.

    Raises
    ------
    InvalidInputError
        Two systems fit as well, and nothing tells which: how to say it.
    """
    titles = lines.columns if isinstance(lines, Lines) else {}
    given = list(lines)
    pairs = np.array([_numbers_of(line) for line in given], dtype=float).reshape(-1, 2)
    rows = np.flatnonzero((np.abs(pairs) > METRES_ABOVE).any(axis=1))
    if not len(rows):
        return LAMBERT_93
    rows = sampled(rows)

    def fits(points: Mapping[int, np.ndarray]) -> Mapping[int, int]:
        towns = np.array([_town(given[row], gazetteer, postcodes=postcodes) for row in rows])
        named = {epsg: _beside(towns, found) for epsg, found in points.items()}
        if max(named.values()):
            return named
        return {epsg: int(near(found).sum()) for epsg, found in points.items()}

    return told_by(pairs[rows], (titles.get(field, "") for field in _PLACING), fits, [*SYSTEMS])


def _numbers_of(line: Line) -> tuple[float, float]:
    x, y = written(line.cells) or (None, None)
    return (np.nan, np.nan) if x is None or y is None else (x, y)


def _town(line: Line, gazetteer: Gazetteer, *, postcodes: bool) -> tuple[float, float]:
    """Return the town hall of the commune that a line surely names, NaN when it names none."""
    for said in evidence.of_line(line.cells, gazetteer, postcodes=postcodes):
        if said.match.sure:
            return said.match.places[0].lon, said.match.places[0].lat
    return np.nan, np.nan


def _beside(towns: np.ndarray, points: np.ndarray) -> int:
    """Return how many points lie near the town named beside them."""
    apart = great_circle_km(towns[:, 0], towns[:, 1], points[:, 0], points[:, 1])
    return int((apart <= FAR_KM).sum())


def coordinates(cells: Mapping[str, str], notes: list[str], system: int) -> Point | None:
    """Return longitude and latitude of a line, None when it has none.

    Parameters
    ----------
    cells
        Field to text.
    notes
        What was put right is added, in French.
    system
        EPSG code of coordinates in metres: see `system_of`.

    Raises
    ------
    Doubt
        The line has coordinates that cannot be read, and nothing else.
    """
    pair = written(cells)
    if pair is None:
        return None
    x, y = pair
    if x is None or y is None:
        if any(cells.get(key) for key in ("code", "commune", "postcode", "address")):
            notes.append("coordonnées illisibles, placé par la commune")
            return None
        raise Doubt(
            REFUSED,
            f"coordonnées illisibles (« {cells.get('lon', '')[:40]} », "
            f"« {cells.get('lat', '')[:40]} »)",
        )
    if x == 0 and y == 0:
        notes.append("coordonnées nulles ignorées")
        return None
    return _to_wgs84(x, y, notes, system)


def _shape(text: str) -> Point | None:
    """Return a point of a shape written in a cell (GeoJSON, WKT, WKB), None when it is none."""
    start = text.lstrip()
    try:
        if start.startswith("{"):
            data = json.loads(text)
            geometry = shapely.geometry.shape(data.get("geometry") or data)
        elif _WKT.match(start):
            geometry = shapely.from_wkt(start.rpartition(";")[2])
        elif _HEXADECIMAL.match(start):
            geometry = shapely.from_wkb(start)
        else:
            return None
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, RecursionError):
        return None
    except shapely.errors.ShapelyError:
        return None
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        return None
    point = geometry if geometry.geom_type == "Point" else geometry.representative_point()
    return float(point.x), float(point.y)


def _pair(text: str) -> Point | None:
    """Return longitude and latitude written in one cell, None when they cannot be read."""
    plain = text.strip().strip("[](){}").strip()
    if len(plain) > 2 * _LONGEST or not any(map(str.isdigit, plain)):
        return None
    for gap in _GAPS:
        parts = [part for piece in re.split(gap, plain) if (part := piece.strip())]
        if len(parts) != _AXES:
            continue
        numbers = [degrees(part) for part in parts]
        if None not in numbers:
            first, second = (number for number in numbers if number is not None)
            return (first, second) if _is_east(parts[0]) else (second, first)
    return None


def _is_east(part: str) -> bool:
    found = _HEMISPHERE.search(part.strip())
    return bool(found) and (found[1] or found[2]).upper() in "EWO" if found else False


def _to_wgs84(x: float, y: float, notes: list[str], system: int) -> Point:
    """Return degrees, from degrees or metres; swapped axes are put right."""
    if abs(x) > METRES_ABOVE or abs(y) > METRES_ABOVE:
        if system == LAMBERT_93 and x > y:
            # In mainland France, northings (6.0–7.2 million) exceed eastings (0.1–1.3).
            notes.append("X et Y inversés, remis en ordre")
        lon, lat = to_degrees(np.array([[x, y]]), system)[0]
        if not (math.isfinite(lon) and math.isfinite(lat)):
            raise Doubt(REFUSED, "coordonnées ni en degrés, ni dans un système connu")
        notes.append(SYSTEMS[system])
        return float(lon), float(lat)
    if 41 <= x <= 52 and -6 <= y <= 10:  # mainland France: latitude 41–52, longitude −6–10
        notes.append("longitude et latitude inversées, remises en ordre")
        return y, x
    return x, y


def degrees(text: str) -> float | None:
    """Return a coordinate written with a comma or a point, or in degrees, minutes, seconds.

    Examples
    --------
    >>> degrees("2,309"), degrees("N 45° 30' 36''"), degrees("0 30 0 O")
    (2.309, 45.51, -0.5)
    """
    if len(text) > _LONGEST:
        return None
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
    try:
        value = float(plain.replace(",", "."))
    except ValueError:
        return _sexagesimal(text.replace("−", "-"))
    return value if math.isfinite(value) else None


def _sexagesimal(text: str) -> float | None:
    text = text.strip()
    found = _HEMISPHERE.search(text)
    letter = (found[1] or found[2]).upper() if found else ""
    rest = text[: found.start()] + text[found.end() :] if found else text
    marked = bool(letter) or any(mark in text for mark in "°º˚d'’′")
    negative = rest.lstrip().startswith("-")
    numbers = _NUMBER.findall(rest)
    between = _NUMBER.sub("", rest.replace("-", "", 1) if negative else rest)
    if not marked or not 1 <= len(numbers) <= 3 or not _MARKS.fullmatch(between):
        return None
    parts = [float(number.replace(",", ".")) for number in numbers]
    if any(part >= 60 for part in parts[1:]):
        return None
    value = sum(part / 60**k for k, part in enumerate(parts))
    return -value if negative or letter in {"S", "W", "O"} else value


def inside_of(
    shapes: Sequence[shapely.Geometry], margin_degrees: float
) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function that tells which points lie in these outlines or near them."""
    tree = shapely.STRtree(list(shapes))

    def inside(points: np.ndarray) -> np.ndarray:
        found = np.zeros(len(points), dtype=bool)
        finite = np.isfinite(points).all(axis=1)
        made = shapely.points(points[finite])
        near = tree.query(made, predicate="dwithin", distance=margin_degrees)[0]
        found[np.flatnonzero(finite)[np.unique(near)]] = True
        return found

    return inside
