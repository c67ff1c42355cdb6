"""Lines of an upload placed on the map: understood, doubtful with candidates, or refused."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.region.gazetteer import Gazetteer, Match, Place
from data.uploads import extras
from data.uploads.coordinates import coordinates
from data.uploads.doubt import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD, Doubt
from data.uploads.site import Site
from data.uploads.tables import Line

FAR_KM = 15.0
"""A point farther than this from the town hall of the commune named beside it is doubted."""
BORDER_KM = 40.0
"""Sites are accepted as far as the fringe of the region goes."""
_KM_PER_DEGREE = 111.2
_LOST_ZERO = re.compile(r"[1-9]\d{3}")
_POSTCODE_FIRST = re.compile(r"^(\d{5})[\s,-]++(.+)$")
_POSTCODE_LAST = re.compile(r"[\s,-](\d{5})$")
_COUNTRY_LAST = re.compile(r",\s*+france$", re.IGNORECASE)
_IN_ADDRESS = re.compile(r"\b(\d{5})\b[\s,]++([^\n]+)$")


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
    """All lines of an upload, none lost."""

    outcomes: tuple[Outcome, ...]

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
    """
    mended = corrections or {}
    contours = _Contours(communes, gazetteer)
    outcomes = []
    for line in lines:
        change = mended.get(line.number, {})
        cells = {k: v for k, v in {**line.cells, **change}.items() if v and k != "drop"}
        if change.get("drop"):
            outcomes.append(Outcome(line.number, cells, LEFT_OUT, "écarté à votre demande"))
            continue
        try:
            if line.fault and not change:
                raise Doubt(REFUSED, line.fault)
            site, note = _site(line.number, cells, change, gazetteer, contours)
        except Doubt as doubt:
            outcomes.append(
                Outcome(line.number, cells, doubt.status, doubt.reason, None, doubt.candidates)
            )
        else:
            outcomes.append(Outcome(line.number, cells, UNDERSTOOD, note, site))
    return MatchReport(_numbered_twins(outcomes))


def _numbered_twins(outcomes: list[Outcome]) -> tuple[Outcome, ...]:
    """Say which lines repeat an earlier one; they are kept."""
    seen: dict[tuple[str, float, float], int] = {}
    told = []
    for outcome in outcomes:
        site = outcome.site
        key = (site.name, round(site.lon, 4), round(site.lat, 4)) if site else None
        if key is not None and key in seen:
            twin = f"même nom et même lieu que la ligne {seen[key]}"
            reason = f"{outcome.reason} ; {twin}" if outcome.reason else twin
            told.append(Outcome(outcome.line, outcome.cells, outcome.status, reason, site))
            continue
        if key is not None:
            seen[key] = outcome.line
        told.append(outcome)
    return tuple(told)


class _Contours:
    """Which commune a point lies in."""

    def __init__(self, communes: gpd.GeoDataFrame, gazetteer: Gazetteer) -> None:
        self._codes = communes["code"].to_numpy()
        self._tree = shapely.STRtree(communes.geometry.to_numpy())
        self._outside = [place for place in gazetteer.communes.values() if not place.inside]
        self._gazetteer = gazetteer

    def at(self, lon: float, lat: float) -> Place | None:
        """Return the commune of a point; in the fringe, the one whose town hall is nearest."""
        point = shapely.Point(lon, lat)
        inside = self._tree.query(point, predicate="intersects")
        if inside.size:
            return self._gazetteer.communes[str(self._codes[inside[0]])]
        near = int(self._tree.nearest(point))
        gap = _km_to(self._tree.geometries[near], point)
        if self._outside:
            place = min(self._outside, key=lambda p: _km(p.lon, p.lat, lon, lat))
            if _km(place.lon, place.lat, lon, lat) <= FAR_KM and gap <= BORDER_KM:
                return place
        # A pier or a beach: the contour stops at the water's edge.
        return self._gazetteer.communes[str(self._codes[near])] if gap <= 1 else None


def _km(lon: float, lat: float, lon2: float, lat2: float) -> float:
    east = (lon2 - lon) * math.cos(math.radians((lat + lat2) / 2))
    return _KM_PER_DEGREE * math.hypot(east, lat2 - lat)


def _km_to(shape: shapely.Geometry, point: shapely.Point) -> float:
    near = shapely.ops.nearest_points(shape, point)[0]
    return _km(near.x, near.y, point.x, point.y)


def _site(
    number: int,
    cells: Mapping[str, str],
    change: Mapping[str, str],
    gazetteer: Gazetteer,
    contours: _Contours,
) -> tuple[Site, str]:
    notes: list[str] = []
    chosen = _chosen(change, gazetteer)
    point = None if chosen else coordinates(cells, notes)
    if chosen is not None:
        place, lon, lat = chosen, chosen.lon, chosen.lat
    elif point is not None:
        lon, lat = point
        place = _at(lon, lat, contours)
        _check_name(cells, place, lon, lat, gazetteer)
    else:
        place = _named(cells, gazetteer, notes)
        lon, lat = place.lon, place.lat
        notes.append("placé à la mairie")
    if not place.inside:
        notes.append("hors de la région, dans sa bordure")
    site = Site(
        number,
        cells.get("name", "") or f"Site {number} ({place.name})",
        place.code,
        place.name,
        round(lon, 6),
        round(lat, 6),
        extras.count(cells, "gps", notes),
        extras.count(cells, "others", notes),
        extras.number(cells, "floor_m2", notes),
        extras.year(cells, notes),
        extras.moving(cells, gazetteer, notes),
    )
    return site, " ; ".join(dict.fromkeys(notes))


def _chosen(change: Mapping[str, str], gazetteer: Gazetteer) -> Place | None:
    """Return the commune picked in the table of corrections, if any."""
    if "lon" in change or "lat" in change or not change.get("code"):
        return None
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
            f"le point ({lon:.4f} ; {lat:.4f}) est hors de la région et de sa bordure : vérifiez "
            "l'ordre longitude, latitude et le système (WGS84 ou Lambert-93)",
        )
    return place


def _check_name(
    cells: Mapping[str, str], place: Place, lon: float, lat: float, gazetteer: Gazetteer
) -> None:
    """Doubt a point that lies far from the commune the line names."""
    if code := cells.get("code"):
        match = gazetteer.by_code(code)
    elif name := cells.get("commune"):
        match = gazetteer.by_name(name, cells.get("postcode", ""))
    else:
        return
    named = [p for p in match.places if p.code == place.code]
    if not match.sure or named:
        return
    distance = _km(match.places[0].lon, match.places[0].lat, lon, lat)
    if distance > FAR_KM:
        raise Doubt(
            DOUBTFUL,
            f"le point est à {place.name}, à {distance:.0f} km de la commune écrite "
            f"({match.places[0].name})",
            (place, match.places[0]),
        )


def _five_digits(code: str) -> str:
    """Return a postcode with the leading zero that spreadsheets take away."""
    return f"0{code}" if _LOST_ZERO.fullmatch(code) else code


def _asked(cells: Mapping[str, str], gazetteer: Gazetteer) -> list[tuple[str, Callable[[], Match]]]:
    """Return what a line says of its commune, surest first: in words, and how to look it up."""
    postcode, commune = _five_digits(cells.get("postcode", "")), cells.get("commune", "")
    if found := _POSTCODE_FIRST.match(commune):
        postcode, commune = postcode or found[1], found[2]
    elif (found := _POSTCODE_LAST.search(commune)) and (name := commune[: found.start()]).strip():
        postcode, commune = postcode or found[1], name.rstrip(" ,-\t")
    address = _COUNTRY_LAST.sub("", cells.get("address", "").rstrip()).rstrip()
    if found := _IN_ADDRESS.search(address):
        postcode = postcode or found[1]
        commune = commune or found[2].split(",")[0]
    tries: list[tuple[str, Callable[[], Match]]] = []
    if code := cells.get("code", ""):
        tries.append((f"code INSEE « {code} »", lambda: gazetteer.by_code(code)))
    if commune:
        tries.append((f"commune « {commune} »", lambda: gazetteer.by_name(commune, postcode)))
    if postcode:
        tries.append((f"code postal « {postcode} »", lambda: gazetteer.by_postcode(postcode)))
    return tries


def _named(cells: Mapping[str, str], gazetteer: Gazetteer, notes: list[str]) -> Place:
    """Return the commune of a line without coordinates."""
    tries = _asked(cells, gazetteer)
    if not tries:
        said = "adresse sans code postal ni commune" if "address" in cells else "aucun lieu indiqué"
        raise Doubt(REFUSED, f"{said} : donnez des coordonnées, un code INSEE ou une commune")
    doubts: list[tuple[str, Match]] = []
    for what, ask in tries:
        match = ask()
        if match.sure:
            notes.extend(text for text in (match.note,) if text)
            notes.extend(f"{former} non reconnu" for former, _ in doubts)
            return match.places[0]
        doubts.append((what, match))
        if match.places and match.note:
            break  # a name that is doubted is not overruled by a postcode
    candidates = list(dict.fromkeys(place for _, match in doubts for place in match.places))
    if not candidates:
        unknown = " ; ".join(f"{what} inconnu" for what, _ in doubts)
        raise Doubt(REFUSED, f"{unknown} dans la région et sa bordure")
    what, match = next((what, match) for what, match in doubts if match.places)
    raise Doubt(DOUBTFUL, f"{what} : {match.note or 'plusieurs communes possibles'}", candidates)


def sites_table(sites: Sequence[Site]) -> pd.DataFrame:
    """Return sites as a table: one row each, columns as the attributes of `Site`."""
    columns: dict[str, list[Any]] = {
        name: [getattr(site, name) for site in sites] for name in Site.__dataclass_fields__
    }
    return pd.DataFrame(columns)
