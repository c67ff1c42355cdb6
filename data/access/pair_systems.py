"""In which system the metres of a table of pairs are: said, or told by where the points fall.

Web Mercator of the Aisne is Lambert-93 of the Gironde: where two systems put a file in France, what
else the table says decides (headings, a column of its own, codes of communes), then where its
points stand among the roads and communes known here. Else metres are Lambert-93, as the command
says, and where they would fall otherwise is told; the question is asked where that cannot be.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.base import french
from data.files import remarks
from data.region.coordinate_systems import (
    LAMBERT_93,
    METRES_ABOVE,
    SYSTEMS,
    WGS84,
    Points,
    in_france,
    named_by,
    readings,
    sampled,
    to_degrees,
)
from geo.errors import InvalidInputError
from geo.plane import great_circle_km

COLUMNS = ("epsg", "srid", "crs", "scr", "systeme", "projection", "code epsg")
"""Headings of a column that says the system of each line."""
_LAMBERT_BOX = (0.0, 6_000_000.0, 1_300_000.0, 7_200_000.0)
"""West, south, east, north of metropolitan France, Lambert-93 metres."""
_NAMED_KM = 15.0
"""A point and the town hall of its own commune are nearer than this."""
_TOWN_KM = 1.0
_PEOPLE_PER_KM2 = 1_000.0
"""A town spreads as a disc of this density, of one kilometre at least: a fifth of a region."""
_MOSTLY = 0.5
_STANDING = 5
"""Points, at least, that tell by standing in towns: of fewer, most may by accident."""


@dataclass(frozen=True)
class Known:
    """What is known of where the points of a table may be.

    Attributes
    ----------
    communes
        Columns lon, lat, population of those of the region and its fringe; None when unknown.
    towns
        Town hall of the commune that each point names, degrees, shape (n, 2); None when none is.
    covered
        Which points (degrees, shape (n, 2)) the roads in use reach; None without them.
    """

    communes: pd.DataFrame | None = None
    towns: Points | None = None
    covered: Callable[[Points], np.ndarray] | None = None


def said_system(table: pd.DataFrame, headings: list[str], asked: int | None) -> int | None:
    """Return the system (EPSG code) that a command, a column or headings say, None when none does.

    Parameters
    ----------
    table
        Text, one row per pair.
    headings
        Columns of the coordinates.
    asked
        What the command was given.

    Raises
    ------
    InvalidInputError
        A system that is not known here, or several in one table.
    """
    if asked is not None:
        return _known_code(asked, "--epsg")
    for name in table.columns:
        if french.fold(str(name)) in COLUMNS:
            told = sorted({cell for cell in table[name] if cell})
            if len(told) > 1:
                raise InvalidInputError(
                    f"La colonne « {name} » dit plusieurs systèmes de coordonnées "
                    f"({', '.join(told[:4])}) : mettez-les dans des fichiers séparés."
                )
            found = re.search(r"\d{4,5}", told[0]) if told else None
            if told:
                code = int(found[0]) if found else named_by(told)
                return _known_code(code or 0, f"colonne « {name} », « {told[0][:40]} »")
    return named_by(headings)


def _known_code(code: int, where: str) -> int:
    if code in SYSTEMS or code == WGS84:
        return code
    known = ", ".join(f"{epsg} ({name})" for epsg, name in SYSTEMS.items())
    raise InvalidInputError(
        f"{where} : système de coordonnées inconnu ici. Codes admis : {WGS84} (degrés), {known}."
    )


def system_of(metres: Points, known: Known, said: int | None = None) -> int:
    """Return the system of metres, by the values of the whole table.

    Parameters
    ----------
    metres
        Shape (n, 2), NaN where a point is unknown; in the order of `known.towns`.
    known
        What the table and the region say of where its points are.
    said
        The system that is said.

    Returns
    -------
    int
        EPSG code; Lambert-93 when no system puts half of the points in France.

    Raises
    ------
    InvalidInputError
        The system said puts most points out of France, or several may be, and not Lambert-93.
    """
    rows = sampled(np.flatnonzero(np.isfinite(metres).all(axis=1)))
    here = metres[rows]
    if said is not None:
        _check_said(here, said)
        return said
    possible = readings(here)
    if len(possible) <= 1:
        found = possible[0] if possible else LAMBERT_93
    else:
        points = {epsg: to_degrees(here, epsg) for epsg in possible}
        found = _likeliest(points, known, rows)
    if found != LAMBERT_93:
        remarks.tell("paires", [f"coordonnées lues en {SYSTEMS[found]}, d’après leurs valeurs"])
    return found


def as_degrees(values: Points, system: int) -> tuple[np.ndarray, Points]:
    """Return which values are metres of a system in or near France, and all of them as degrees.

    Parameters
    ----------
    values
        Shape (n, 2).
    system
        EPSG code; of degrees, no value is metres.
    """
    if system == WGS84:
        return np.zeros(len(values), dtype=bool), values
    placed = to_degrees(values, system)
    if system != LAMBERT_93:
        return (np.abs(values) > METRES_ABOVE).any(axis=1) & in_france(placed), placed
    west, south, east, north = _LAMBERT_BOX
    x, y = values.T
    return (x >= west) & (x <= east) & (y >= south) & (y <= north), placed


def _check_said(metres: Points, said: int) -> None:
    inside, _ = as_degrees(metres, said)
    if len(metres) and 2 * inside.sum() < len(metres):
        most = " ou ".join(SYSTEMS[epsg] for epsg in readings(metres))
        instead = f" Elles y tombent en {most}." if most else ""
        raise InvalidInputError(
            f"Les coordonnées sont dites en {SYSTEMS.get(said, 'degrés')} (EPSG:{said}), mais la "
            f"plupart n’y tombent pas en France.{instead} Corrigez le titre des colonnes, ou dites "
            "le système par « --epsg »."
        )


def _likeliest(points: dict[int, Points], known: Known, rows: np.ndarray) -> int:
    """Return the one system whose points stand where they should, Lambert-93 when none does alone.

    Raises
    ------
    InvalidInputError
        None does, and Lambert-93 cannot be.
    """
    if known.towns is not None and np.isfinite(known.towns[rows]).any():
        told = np.isfinite(known.towns[rows]).all(axis=1)
        apart = {epsg: _km(known.towns[rows][told], p[told]) for epsg, p in points.items()}
        beside = [epsg for epsg, km in apart.items() if np.mean(km <= _NAMED_KM) >= _MOSTLY]
        if len(beside) == 1:
            return beside[0]
    settled = _settled(known.communes) if len(rows) >= _STANDING else None
    for stand in (known.covered, settled):
        found = None if stand is None else _alone(points, stand)
        if found is not None:
            return found
    if LAMBERT_93 not in points:
        raise _question(points)
    others = {epsg: found for epsg, found in points.items() if epsg != LAMBERT_93}
    remarks.tell("paires", [_otherwise(others)])
    return LAMBERT_93


def _alone(points: dict[int, Points], stand: Callable[[Points], np.ndarray]) -> int | None:
    """Return the only system of which most points stand where they should."""
    shares = {
        epsg: np.sum(stand(p[np.isfinite(p).all(axis=1)])) / len(p) for epsg, p in points.items()
    }
    good = [epsg for epsg, share in shares.items() if share >= _MOSTLY]
    return good[0] if len(good) == 1 else None


def _settled(communes: pd.DataFrame | None) -> Callable[[Points], np.ndarray] | None:
    """Return what tells points of towns and villages: few of those cast at random are."""
    if communes is None:
        return None
    halls = communes[["lon", "lat"]].to_numpy(float)
    people = communes["population"].to_numpy(float)
    reach = np.maximum(_TOWN_KM, np.sqrt(people / _PEOPLE_PER_KM2 / np.pi))

    def stand(points: Points) -> np.ndarray:
        return np.array([bool((_km(halls, point) <= reach).any()) for point in points])

    return stand


def _otherwise(others: dict[int, Points]) -> str:
    """Return where points read in Lambert-93 would be in other systems."""
    return (
        f"coordonnées en mètres lues en {SYSTEMS[LAMBERT_93]} ; elles tomberaient aussi en France "
        f"{_places(others)}. Si c’est là, dites-le par « --epsg »"
    )


def _places(points: dict[int, Points]) -> str:
    return ", ou ".join(
        f"en {SYSTEMS[epsg]} (--epsg {epsg}) vers {_around(found)}"
        for epsg, found in points.items()
    )


def _question(points: dict[int, Points]) -> InvalidInputError:
    return InvalidInputError(
        f"Ces coordonnées en mètres tombent en France dans plusieurs systèmes : {_places(points)}. "
        "Dites le bon par « --epsg », ou dans le titre des colonnes, comme « x1_l93 »."
    )


def _around(points: Points) -> str:
    lon, lat = np.nanmedian(points, axis=0)
    sides = ("N" if lat >= 0 else "S"), ("E" if lon >= 0 else "O")
    return f"{french.number(abs(lat), 2)}° {sides[0]} {french.number(abs(lon), 2)}° {sides[1]}"


def _km(one: Points, other: Points) -> np.ndarray:
    return np.asarray(great_circle_km(one[..., 0], one[..., 1], other[..., 0], other[..., 1]))
