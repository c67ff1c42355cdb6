"""Which columns of a table of pairs hold the two ends: the headings people really write."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from data.region.coordinate_systems import NAMING_WORDS

END_COLUMNS = (("x", "y"), ("lon", "lat"), ("code",))
"""What may say where an end is, in order of preference."""

_WHAT = {
    "x": "x", "y": "y", "easting": "x", "northing": "y",
    "lon": "lon", "lng": "lon", "long": "lon", "longitude": "lon",
    "lat": "lat", "latitude": "lat",
    "code": "code", "codes": "code", "insee": "code", "commune": "code", "com": "code",
    "depcom": "code", "codgeo": "code",
}  # fmt: skip
_SIDE = {
    "1": 0, "o": 0, "orig": 0, "origin": 0, "origine": 0, "from": 0, "depart": 0, "dep": 0,
    "start": 0, "source": 0, "src": 0, "a": 0,
    "2": 1, "d": 1, "dest": 1, "destination": 1, "to": 1, "arrivee": 1, "arr": 1, "end": 1,
    "target": 1, "dst": 1, "b": 1,
}  # fmt: skip
_WHOLE_WORDS = {word for word in _SIDE if len(word) > 1}
"""A heading that only names a side ("origine") holds a code."""
_FILLERS = {"m", "deg", "id", "de", "du", "d"} | NAMING_WORDS


def end_columns(headings: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Return the headings of both ends, in the same order; None when they are not recognised.

    One, two or four columns in all: x, y in metres, lon, lat in degrees, or a code of commune,
    each marked 1 or 2, origine or destination, from or to, o or d, before or after. A heading with
    any other word ("nom_commune_1") is none of them.
    """
    known = _known(headings)
    for names in END_COLUMNS:
        if found := _both(known, names):
            return found
    return None


def code_columns(headings: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Return the headings of the codes of both ends, whatever stands beside them; None if none."""
    return _both(_known(headings), ("code",))


def _known(headings: Sequence[str]) -> dict[tuple[str, int], str]:
    known: dict[tuple[str, int], str] = {}
    for heading in headings:
        meaning = _meaning(heading)
        if meaning is not None:
            known.setdefault(meaning, heading)
    return known


def _both(
    known: Mapping[tuple[str, int], str], names: Sequence[str]
) -> tuple[list[str], list[str]] | None:
    if not all((name, side) in known for name in names for side in (0, 1)):
        return None
    first, second = ([known[name, side] for name in names] for side in (0, 1))
    return first, second


def _meaning(heading: str) -> tuple[str, int] | None:
    """Return what a heading holds and of which end, None when it says something else."""
    parted = re.sub(r"([a-z])([A-Z])", r"\1 \2", heading)
    plain = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z]+|\d+", plain)
    what = {_WHAT[w] for w in words if w in _WHAT}
    # "code_d_origine": a letter beside a word of its kind is a filler.
    sides = {_SIDE[w] for w in words if w in _WHOLE_WORDS} or {
        _SIDE[w] for w in words if w in _SIDE
    }
    if not what and _WHOLE_WORDS.intersection(words):
        what = {"code"}
    strange = [w for w in words if w not in _WHAT and w not in _SIDE and w not in _FILLERS]
    if len(what) != 1 or len(sides) != 1 or strange:
        return None
    return what.pop(), sides.pop()
