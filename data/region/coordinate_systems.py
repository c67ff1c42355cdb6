"""Systems of coordinates in metres that French files use, told apart by where their points fall.

One pair of numbers may be a place of France in two systems: Web Mercator of Laon is Lambert-93 of
the Gironde. Values alone tell only where a single system puts the whole file in France.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from data.base.french import fold
from geo.errors import InvalidInputError

LAMBERT_93 = 2154
WGS84 = 4326
SYSTEMS: Mapping[int, str] = {
    LAMBERT_93: "Lambert-93",
    27572: "Lambert II étendu",
    **{3942 + k: f"Lambert CC{42 + k}" for k in range(9)},
    32630: "UTM 30 nord",
    32631: "UTM 31 nord",
    32632: "UTM 32 nord",
    3857: "Mercator (Web)",
    5490: "UTM 20 nord (Antilles)",
    2972: "UTM 22 nord (Guyane)",
    2975: "UTM 40 sud (La Réunion)",
    4471: "UTM 38 sud (Mayotte)",
}
"""EPSG code to French name, likeliest first (IGN; EPSG)."""
METRES_ABOVE = 1_000
"""Numbers above this are metres, not degrees."""
SAMPLE = 2_000
"""Points of a file that are tried in every system."""
_ZONES = frozenset({32630, 32631, 32632, 5490, 2972, 2975, 4471})
_ZONE_M = (0.0, 1_000_000.0)
"""Eastings of a UTM zone, 6° wide, and of what regions astride it keep of the next."""
_AS_MANY = 0.9
"""Share of the most points in France that a system must put there to be another reading."""
_LEAST = 0.5
_MAINLAND = (
    (2.5, 51.2), (3.2, 50.85), (4.2, 50.1), (4.9, 50.25), (5.1, 49.85), (6.4, 49.6), (8.35, 49.05),
    (7.75, 47.5), (7.1, 47.25), (6.15, 46.5), (7.0, 46.5), (7.25, 45.3), (7.15, 44.7), (7.85, 44.2),
    (7.6, 43.6), (6.7, 42.9), (5.0, 43.05), (3.4, 43.0), (3.4, 42.25), (1.4, 42.25), (-1.6, 42.85),
    (-1.9, 43.4), (-1.3, 44.4), (-1.4, 45.8), (-2.4, 46.6), (-2.9, 47.0), (-5.0, 47.6),
    (-5.3, 48.6), (-2.1, 49.0), (-2.1, 49.9), (0.1, 49.9), (1.4, 50.3), (1.4, 51.0),
)  # fmt: skip
"""Outline of mainland France, degrees, drawn by hand a few kilometres outside it."""
_BOXES = (
    (8.4, 41.3, 9.7, 43.1),  # Corse
    (-63.2, 14.3, -60.7, 18.2),  # Antilles
    (-54.7, 2.0, -51.5, 5.9),  # Guyane
    (55.1, -21.5, 55.95, -20.8),  # La Réunion
    (44.9, -13.1, 45.4, -12.5),  # Mayotte
)
"""West, south, east, north, degrees."""
_NAMED: Mapping[str, int] = {
    "l93": LAMBERT_93, "lamb93": LAMBERT_93, "lambert93": LAMBERT_93, "rgf93": LAMBERT_93,
    "l2e": 27572, "lambert2e": 27572, "mercator": 3857, "webmercator": 3857,
    **{str(code): code for code in SYSTEMS}, **{f"cc{42 + k}": 3942 + k for k in range(9)},
}  # fmt: skip
"""What a heading may say of its system; letters and figures alone."""
NAMING_WORDS = frozenset(
    {"l", "lamb", "lambert", "rgf", "epsg", "web", "mercator", "wgs", "cc", "e"}
    | {word for word in _NAMED if word.isdigit()}
    | {"2", "93", "84", *(str(42 + k) for k in range(9))}
)
"""Words of headings that tell a system, not an end of a pair."""

Points = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_Any = TypeVar("_Any", bound=np.generic)


def to_degrees(metres: Points, epsg: int) -> Points:
    """Return longitudes and latitudes, shape (n, 2); Lambert-93 pairs the right way round.

    In mainland France northings (6.0 to 7.2 million metres) exceed eastings (0.1 to 1.3).
    """
    x, y = metres.T
    swapped = (x > y) & (epsg == LAMBERT_93)
    x, y = np.where(swapped, y, x), np.where(swapped, x, y)
    points = np.column_stack(_transformer(epsg).transform(x, y))
    if epsg in _ZONES:
        west, east = _ZONE_M
        points[(x < west) | (x > east)] = np.nan
    return points


def in_france(points: Points) -> Mask:
    """Tell which points (degrees, shape (n, 2)) lie in France, mainland or overseas, or near it."""
    finite = np.isfinite(points).all(axis=1)
    found = np.zeros(len(points), dtype=bool)
    found[finite] = shapely.contains_xy(_france(), points[finite])
    return found


def readings(metres: Points) -> list[int]:
    """Return the systems that may be those of some metres, likeliest first.

    Parameters
    ----------
    metres
        Shape (n, 2); the whole file, of which a sample is tried.

    Returns
    -------
    list of int
        EPSG codes of those that put the most points in France, or nearly; none where all of them
        leave half of the points elsewhere.
    """
    tried = sampled(metres)
    if not len(tried):
        return []
    shares = {epsg: in_france(to_degrees(tried, epsg)).mean() for epsg in SYSTEMS}
    most = max(shares.values())
    return [epsg for epsg, share in shares.items() if share >= max(_AS_MANY * most, _LEAST)]


def sampled(rows: npt.NDArray[_Any]) -> npt.NDArray[_Any]:
    """Return at most `SAMPLE` rows, spread over the file."""
    return rows[:: max(1, -(-len(rows) // SAMPLE))]


def named_by(headings: Iterable[str]) -> int | None:
    """Return the system that headings name ("x1_l93", "X (EPSG:3857)"), None when they do not."""
    found = set()
    for heading in headings:
        words = re.findall(r"[a-z]+|\d+", fold(heading))
        joined = {"".join(words[k : k + size]) for k in range(len(words)) for size in (1, 2, 3)}
        found |= {_NAMED[word] for word in joined if word in _NAMED}
    return found.pop() if len(found) == 1 else None


def told_by(
    metres: Points,
    titles: Iterable[str],
    fits: Callable[[Mapping[int, Points]], Mapping[int, int]],
    otherwise: Sequence[int],
) -> int:
    """Return the system (EPSG code) that titles name among those that may be, else that fits best.

    Parameters
    ----------
    metres
        Shape (n, 2), `sampled`.
    titles
        Of the columns of the coordinates.
    fits
        From the points of each system, degrees, to how many are where they should be.
    otherwise
        Systems that may be where none puts half of the points in France.

    Raises
    ------
    InvalidInputError
        Two systems fit as well, and nothing tells which.
    """
    possible = readings(metres) or [*otherwise]
    named = named_by(titles)
    if named in possible:
        return int(named)
    if len(possible) == 1:
        return possible[0]
    return best_fit(fits({epsg: to_degrees(metres, epsg) for epsg in possible}))


def best_fit(fits: Mapping[int, int]) -> int:
    """Return the system of which most points are where they should be, the first when none is.

    Parameters
    ----------
    fits
        EPSG code to how many points are.

    Raises
    ------
    InvalidInputError
        Two systems fit as well, and nothing tells which: how to say it.
    """
    best = max(fits.values())
    likely = [epsg for epsg, count in fits.items() if count == best]
    if len(likely) == 1 or not best:
        return likely[0]
    names = " ou ".join(SYSTEMS[epsg] for epsg in likely)
    raise InvalidInputError(
        f"Les coordonnées en mètres peuvent être en {names}, et rien ne dit lequel : ajoutez le "
        f"système aux titres des colonnes, comme « x_{likely[0]} » et « y_{likely[0]} » pour "
        f"{SYSTEMS[likely[0]]}."
    )


@cache
def _france() -> shapely.Geometry:
    shapes = [shapely.Polygon(_MAINLAND), *(shapely.box(*box) for box in _BOXES)]
    whole = shapely.union_all(shapes)
    shapely.prepare(whole)
    return whole


@cache
def _transformer(epsg: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(epsg, WGS84, always_xy=True)
