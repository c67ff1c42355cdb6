"""In which system the metres of a file are: by its titles, its values and the communes it names."""

from collections.abc import Callable, Iterable

import numpy as np

from data.region.coordinate_systems import (
    LAMBERT_93,
    METRES_ABOVE,
    SYSTEMS,
    best_fit,
    named_by,
    readings,
    sampled,
    to_degrees,
)
from data.region.gazetteer import Gazetteer
from data.uploads import evidence
from data.uploads.coordinates import written
from data.uploads.lines import Line, Lines
from geo.plane import great_circle_km

FAR_KM = 15.0
"""A point farther than this from the town hall of the commune named beside it is doubted."""
_PLACING = ("lon", "lat", "point")


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
    pairs = np.array([_pair(line) for line in given], dtype=float).reshape(-1, 2)
    rows = np.flatnonzero((np.abs(pairs) > METRES_ABOVE).any(axis=1))
    if not len(rows):
        return LAMBERT_93
    rows = sampled(rows)
    metres = pairs[rows]
    possible = readings(metres) or [*SYSTEMS]
    named = named_by(titles.get(field, "") for field in _PLACING)
    if named in possible:
        return named
    if len(possible) == 1:
        return possible[0]
    points = {epsg: to_degrees(metres, epsg) for epsg in possible}
    towns = np.array([_town(given[row], gazetteer, postcodes=postcodes) for row in rows])
    fits = {epsg: _beside(towns, found) for epsg, found in points.items()}
    if not max(fits.values()):
        fits = {epsg: int(near(found).sum()) for epsg, found in points.items()}
    return best_fit(fits)


def _pair(line: Line) -> tuple[float, float]:
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
