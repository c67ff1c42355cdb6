"""Lines of an upload placed on the map: understood, doubtful with candidates, or refused."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.base.codes import plain_code
from data.base.french import counted, fold, tenths_if_any
from data.base.french import number as _n
from data.region.gazetteer import Gazetteer, Place
from data.uploads import evidence, extras
from data.uploads.coordinates import FAR_KM, coordinates, inside_of, system_of
from data.uploads.doubt import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD, Doubt, lines_in_words
from data.uploads.lines import Line, Lines
from data.uploads.site import Site
from geo.errors import InvalidInputError
from geo.plane import KM_PER_DEGREE, great_circle_km

BORDER_KM = 40.0
"""Sites are accepted as far as the fringe of the region goes."""
MAX_SITES = 2_000
NATIONAL_LIST_FROM = 10
"""From this many lines of other regions on, the file is a national list: they are counted."""


@dataclass(frozen=True)
class Outcome:
    """What became of one line.

    Attributes
    ----------
    line, cells
        Line of the file and its cells, corrections applied.
    status
        "compris", "douteux", "refusé" or "écarté" (by the user).
    reason
        Why, or what was understood differently from what was written, in French.
    site
        The site, None unless understood.
    candidates
        Communes to choose from when doubtful.
    """

    line: int
    cells: Mapping[str, str]
    status: str
    reason: str = ""
    site: Site | None = None
    candidates: tuple[Place, ...] = ()


@dataclass(frozen=True)
class MatchReport:
    """All lines of an upload, none lost.

    Attributes
    ----------
    outcomes
        What became of each line.
    outside
        Lines of a national list that lie in other regions: counted, not listed.
    """

    outcomes: tuple[Outcome, ...]
    outside: tuple[int, ...] = ()

    @property
    def counts(self) -> str:
        """Return how many lines became what, in French; the numbers add up to the lines read."""
        total = len(self.outcomes) + len(self.outside)
        away = f", {_n(len(self.outside))} hors de la région et de ses abords" * bool(self.outside)
        return (
            f"{counted(total, 'ligne lue', 'lignes lues')} : "
            f"{lines_in_words(Counter(one.status for one in self.outcomes))}{away}."
        )

    @property
    def sites(self) -> tuple[Site, ...]:
        """Sites understood, in the order of the file."""
        return tuple(outcome.site for outcome in self.outcomes if outcome.site is not None)

    def count(self, status: str) -> int:
        """Return the number of lines of a status."""
        return sum(outcome.status == status for outcome in self.outcomes)

    def table(self) -> pd.DataFrame:
        """Return the report as a table.

        Returns
        -------
        pandas.DataFrame
            line, status, name, commune, code, lon, lat, reason, candidates (labels in one text),
            written (what the file says of the place).
        """
        rows = []
        for outcome in self.outcomes:
            site = outcome.site
            places = (
                outcome.cells.get(key, "") for key in ("address", "postcode", "commune", "code")
            )
            rows.append(
                {
                    "line": outcome.line,
                    "status": outcome.status,
                    "name": outcome.cells.get("name", ""),
                    "commune": site.commune if site else "",
                    "code": site.code if site else "",
                    "lon": site.lon if site else np.nan,
                    "lat": site.lat if site else np.nan,
                    "reason": outcome.reason,
                    "candidates": ", ".join(f"{p.label} [{p.code}]" for p in outcome.candidates),
                    "written": " ".join(text for text in places if text),
                }
            )
        return pd.DataFrame(rows)


def match_lines(
    lines: Iterable[Line],
    gazetteer: Gazetteer,
    communes: gpd.GeoDataFrame,
    corrections: Mapping[int, Mapping[str, str]] | None = None,
    *,
    twins: bool = True,
) -> MatchReport:
    """Place each line: by coordinates, else by INSEE code, name, postcode, address.

    Parameters
    ----------
    lines
        As the readers give them.
    gazetteer, communes
        Names of the region; its contours (EPSG:4326).
    corrections
        Line number to fields to replace ("code", "commune", "postcode", "lon", "lat", "name",
        …; "" blanks one). {"drop": "oui"} leaves the line out. A code given here wins over all
        that the line says.
    twins
        Whether to say which lines stand at one place: those of one hospital all do.

    Raises
    ------
    InvalidInputError
        More sites than the screens can hold, once those of other regions are left out; or
        coordinates that two systems fit.
    """
    given = list(lines)
    mended = corrections or {}
    contours = _Contours(communes, gazetteer)
    postcodes = _holds_postcodes(given, gazetteer)
    system = system_of(
        lines if isinstance(lines, Lines) else given, gazetteer, contours.near, postcodes=postcodes
    )
    reading = _Reading(system, postcodes)
    outcomes, outside = [], []
    for line in given:
        change = mended.get(line.number, {})
        cells = {k: v for k, v in {**line.cells, **change}.items() if v and k != "drop"}
        if change.get("drop"):
            outcomes.append(Outcome(line.number, cells, LEFT_OUT, "écarté à votre demande"))
            continue
        try:
            if line.fault and not change:
                raise Doubt(REFUSED, line.fault)
            site, note = _site(Line(line.number, cells), change, gazetteer, contours, reading)
        except Doubt as doubt:
            outcomes.append(
                Outcome(
                    line=line.number,
                    cells=cells,
                    status=doubt.status,
                    reason=doubt.reason,
                    site=None,
                    candidates=doubt.candidates,
                )
            )
            if doubt.elsewhere:
                outside.append(line.number)
        else:
            outcomes.append(Outcome(line.number, cells, UNDERSTOOD, note, site))
    away: tuple[int, ...] = ()
    if len(outside) >= NATIONAL_LIST_FROM:
        away = tuple(outside)
        left = set(outside)
        outcomes = [outcome for outcome in outcomes if outcome.line not in left]
    if len(outcomes) > MAX_SITES:
        raise InvalidInputError(
            f"Le fichier contient {len(outcomes)} sites dans la région et ses abords ; la limite "
            f"est de {MAX_SITES}. Découpez-le."
        )
    return MatchReport(_numbered_twins(outcomes) if twins else tuple(outcomes), away)


@dataclass(frozen=True)
class _Reading:
    """What the whole file tells of how its lines are to be read.

    Attributes
    ----------
    system
        EPSG code of coordinates in metres.
    postcodes
        Whether the column of codes holds postcodes.
    """

    system: int
    postcodes: bool


def _holds_postcodes(lines: Sequence[Line], gazetteer: Gazetteer) -> bool:
    """Tell whether the codes of a file are postcodes: the names beside them say so, or the codes.

    Half of the communes of a region have the postcode of another for their code: codes alone tell
    only when one reading fits them all and the other does not.
    """
    insee = postal = 0
    known = [0, 0]
    for line in lines[:2_000]:
        code = line.cells.get("code", "")
        if not code:
            continue
        as_code = {p.code for p in gazetteer.by_code(code).places}
        as_postcode = {p.code for p in gazetteer.by_postcode(code).places}
        known[0] += bool(as_code)
        known[1] += bool(as_postcode)
        if name := line.cells.get("commune", ""):
            named = {p.code for p in gazetteer.by_name(name).places[:1]}
            named |= {p.code for p in gazetteer.by_name(name, code).places[:1]} & as_postcode
            insee += bool(named & as_code)
            postal += bool(named & as_postcode)
    if insee or postal:
        return postal > insee
    return known[1] > known[0] and known[0] < known[1] / 2


def _numbered_twins(outcomes: list[Outcome]) -> tuple[Outcome, ...]:
    """Say which lines stand at the place of an earlier one; they are kept."""
    seen: dict[tuple[float, float], dict[str, int]] = {}
    told = []
    for outcome in outcomes:
        site = outcome.site
        if site is None:
            told.append(outcome)
            continue
        there = seen.setdefault((round(site.lon, 4), round(site.lat, 4)), {})
        if not there:
            told.append(outcome)
        else:
            same = site.name in there
            line = there[site.name] if same else next(iter(there.values()))
            twin = f"{'même nom et ' if same else ''}même lieu que la ligne {line}"
            reason = f"{outcome.reason} ; {twin}" if outcome.reason else twin
            told.append(Outcome(outcome.line, outcome.cells, outcome.status, reason, site))
        there.setdefault(site.name, outcome.line)
    return tuple(told)


class _Contours:
    """Which commune a point lies in."""

    def __init__(self, communes: gpd.GeoDataFrame, gazetteer: Gazetteer) -> None:
        self._codes = communes["code"].to_numpy()
        self._tree = shapely.STRtree(communes.geometry.to_numpy())
        self._outside = [place for place in gazetteer.communes.values() if not place.inside]
        self._halls = np.array([(place.lon, place.lat) for place in self._outside])
        self._gazetteer = gazetteer

        self.near = inside_of(self._tree.geometries, BORDER_KM / KM_PER_DEGREE)

    def at(self, lon: float, lat: float) -> Place | None:
        """Return the commune of a point; in the fringe, the one whose town hall is nearest."""
        point = shapely.Point(lon, lat)
        inside = self._tree.query(point, predicate="intersects")
        if inside.size:
            return self._gazetteer.communes[str(self._codes[inside[0]])]
        near = int(self._tree.nearest(point))
        gap = _km_to(self._tree.geometries[near], point)
        if self._outside:
            apart = great_circle_km(self._halls[:, 0], self._halls[:, 1], lon, lat)
            if apart.min() <= FAR_KM and gap <= BORDER_KM:
                return self._outside[int(apart.argmin())]
        # A pier or a beach: the contour stops at the water's edge.
        return self._gazetteer.communes[str(self._codes[near])] if gap <= 1 else None


def commune_at(
    gazetteer: Gazetteer, communes: gpd.GeoDataFrame, lon: float, lat: float
) -> Place | None:
    """Return the commune of a point (degrees, WGS84): of the region, or near it; None elsewhere.

    `gazetteer` and `communes` are those of `match_lines`.
    """
    return _Contours(communes, gazetteer).at(lon, lat)


def _km(lon: float, lat: float, lon2: float, lat2: float) -> float:
    return float(great_circle_km(lon, lat, lon2, lat2))


def _km_to(shape: shapely.Geometry, point: shapely.Point) -> float:
    near = shapely.ops.nearest_points(shape, point)[0]
    return _km(near.x, near.y, point.x, point.y)


def _site(
    line: Line,
    change: Mapping[str, str],
    gazetteer: Gazetteer,
    contours: _Contours,
    reading: _Reading,
) -> tuple[Site, str]:
    number, cells = line.number, line.cells
    notes: list[str] = []
    chosen = _chosen(change, gazetteer)
    point = None if chosen else coordinates(cells, notes, reading.system)
    said = [] if chosen else evidence.of_line(cells, gazetteer, postcodes=reading.postcodes)
    if chosen is not None:
        place, lon, lat = chosen, chosen.lon, chosen.lat
    elif point is not None:
        lon, lat = point
        place = _at(lon, lat, contours)
        _check_point(said, place, lon, lat)
        evidence.check(said, _far)
    else:
        if not {"commune", "postcode"} & change.keys():
            _refuse_away(said)
        place = _named(cells, said, gazetteer, notes)
        evidence.check(said, _apart)
        lon, lat = place.lon, place.lat
        notes.append("placé à la mairie")
    if not place.inside:
        notes.append("hors de la région, dans sa bordure")
    own = {key: cells[key] for key in extras.COLUMNS if key in cells}
    gps, moving = extras.count(own, "gps", notes), extras.moving(own, gazetteer, notes)
    if gps is not None and (coming := sum(moving.values())) > gps:
        notes.append(
            f"médecins qui viendraient : {_n(coming, tenths_if_any(coming))}, pour "
            f"{_n(gps, tenths_if_any(gps))} prévus ; ils sont tous comptés"
        )
    site = Site(
        line=number,
        name=cells.get("name", "") or f"Site {number} ({place.name})",
        code=place.code,
        commune=place.name,
        lon=round(lon, 6),
        lat=round(lat, 6),
        gps=gps,
        others=extras.count(own, "others", notes),
        floor_m2=extras.number(own, "floor_m2", notes),
        opening_year=extras.year(own, notes),
        moving=moving,
    )
    if not change:
        extras.doubt_counts(own, place)
    return site, " ; ".join(dict.fromkeys(notes))


def _far(first: Place, second: Place) -> bool:
    return _km(first.lon, first.lat, second.lon, second.lat) > FAR_KM


def _apart(first: Place, second: Place) -> bool:
    return first.code != second.code


def _chosen(change: Mapping[str, str], gazetteer: Gazetteer) -> Place | None:
    """Return the commune picked in the table of corrections, if any."""
    if "lon" in change or "lat" in change or not change.get("code"):
        return None
    if not plain_code(change["code"]):
        raise Doubt(
            REFUSED,
            f"« {change['code']} » n’est pas un code INSEE : écrivez un nom dans « Commune »",
        )
    match = gazetteer.by_code(change["code"])
    if not match.sure:
        raise Doubt(
            REFUSED, f"code INSEE « {change['code']} » inconnu dans la région et sa bordure"
        )
    return match.places[0]


def _at(lon: float, lat: float, contours: _Contours) -> Place:
    place = contours.at(lon, lat)
    if place is None:
        raise Doubt(
            REFUSED,
            f"le point ({_n(lon, 4)} ; {_n(lat, 4)}) est hors de la région et de sa bordure : "
            "vérifiez l’ordre longitude, latitude et le système (WGS84 ou Lambert-93)",
            elsewhere=abs(lon) <= 180 and abs(lat) <= 90,
        )
    return place


def _check_point(said: Sequence[evidence.Said], place: Place, lon: float, lat: float) -> None:
    """Doubt a point that lies far from the commune the line names."""
    for one in said:
        if one.match.sure and all(p.code != place.code for p in one.match.places):
            named = one.match.places[0]
            distance = _km(named.lon, named.lat, lon, lat)
            if distance > FAR_KM:
                raise Doubt(
                    DOUBTFUL,
                    f"le point est à {place.name}, à {distance:.0f} km de la commune écrite "
                    f"({named.name}, {one.what})",
                    (place, named),
                )
        if one.away is not None and (distance := _km(*one.away[1:], lon, lat)) > FAR_KM:
            raise Doubt(
                DOUBTFUL,
                f"le point est à {place.name}, à {distance:.0f} km de la commune écrite "
                f"({one.away[0]}, {one.what})",
                (place,),
            )


def _named(
    cells: Mapping[str, str],
    said: Sequence[evidence.Said],
    gazetteer: Gazetteer,
    notes: list[str],
) -> Place:
    """Return the commune of a line without coordinates."""
    if not said:
        lost = "adresse sans code postal ni commune" if "address" in cells else "aucun lieu indiqué"
        raise Doubt(REFUSED, f"{lost} : donnez des coordonnées, un code INSEE ou une commune")
    doubts: list[evidence.Said] = []
    for one in said:
        if one.match.sure:
            notes.extend(text for text in (one.note, one.match.note) if text)
            notes.extend(former.unknown for former in doubts)
            return one.match.places[0]
        doubts.append(one)
        if one.match.places and one.match.note:
            break  # a name that is doubted is not overruled by a postcode
    candidates = list(dict.fromkeys(place for one in doubts for place in one.match.places))
    if not candidates:
        unknown = " ; ".join(one.unknown for one in doubts)
        raise Doubt(
            REFUSED,
            f"{unknown} dans la région et sa bordure",
            elsewhere=evidence.elsewhere(cells, gazetteer),
        )
    first = next(one for one in doubts if one.match.places)
    reason = first.match.note or "plusieurs communes possibles"
    raise Doubt(DOUBTFUL, f"{first.what} : {reason}", candidates)


def _refuse_away(said: Sequence[evidence.Said]) -> None:
    """Refuse a line whose code is that of a commune out of the region and its fringe.

    A name that is known here too is another commune of that name, unless it is a different one:
    both are offered then, as of all that does not go together.
    """
    coded = next((one for one in said if one.away is not None), None)
    if coded is None or coded.away is None:
        return
    name = coded.away[0]
    here = [place for one in said if one.match.sure for place in one.match.places[:1]]
    if other := [place for place in here if fold(place.name) != fold(name)]:
        raise Doubt(
            DOUBTFUL,
            f"{coded.what} ({name}, hors de la région et de sa bordure) et {other[0].label} "
            "ne vont pas ensemble",
            other,
        )
    raise Doubt(
        REFUSED,
        f"{coded.what} ({name}) : hors de la région et de sa bordure",
        elsewhere=True,
    )


def sites_table(sites: Sequence[Site]) -> pd.DataFrame:
    """Return sites as a table: one row each, columns as the attributes of `Site`."""
    columns: dict[str, list[Any]] = {
        name: [getattr(site, name) for site in sites] for name in Site.__dataclass_fields__
    }
    return pd.DataFrame(columns)
