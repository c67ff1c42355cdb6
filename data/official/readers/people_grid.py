"""People by square: INSEE's 200 m grid (Filosofi), or any grid of points with people.

A square's commune is the one that its file names; where it names several, or none, the one whose
contour holds the square's centre, else (beyond the region) the nearest commune's point.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import cKDTree

from data.base import french
from data.files import headings
from data.files.cells import MASKED, masked, numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.feature_stream import FeatureStream
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from data.region import embedded_set
from data.region.coordinate_systems import (
    LAMBERT_93,
    METRES_ABOVE,
    SYSTEMS,
    sampled,
    to_degrees,
    told_by,
)
from geo.errors import InvalidInputError

_IDENTITY = re.compile(r"CRS(\d{4})RES(\d+)mN(-?\d+)E(-?\d+)")
"""Identity of a square (INSPIRE): system, side in metres, north and east of its corner."""
_IDENTITIES = ("idcar 200m", "idinspire", "idcar", "idcar 1km", "grd id", "geo id")
_PEOPLE = (
    "ind", "ind c", "population", "pop", "habitants", "people", "nb habitants",
    "nombre d habitants", "population totale", "pop totale", "nb hab", "nbre habitants",
    "individus", "inhabitants",
)  # fmt: skip
_LON, _LAT = headings.LONGITUDE, headings.LATITUDE
_CODES = ("lcog geo", *headings.CODE)
_NAMES = ("nom", "name", "libelle", *headings.COMMUNE)
_NO_GRID = frozenset({"adresse", "medecin", "medecins", "finess", "siret", "generalistes", "gps"})
"""Words of tables of doctors or establishments, which may have places and people too."""
_APART_DEGREES = 1e-4
"""Positions as near as that, about 10 m, are one."""
_NAMED_PER_PLACE = 0.8
"""Of a list of communes nine names in ten differ (France, 2026: 0.93); of a grid, few."""
_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
_FAR_DEGREES = 0.2


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    header = _find(candidate)
    if header is None:
        return None
    layer = bool(candidate.text) and "carreau" in french.fold(candidate.file.name)
    identified = header.first(*_IDENTITIES) is not None
    return "grid_200m" if identified or layer else "grid_of_people"


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `people_squares`: the squares of the region and of its fringe.

    Raises
    ------
    InvalidInputError
        No square of the region holds anyone.
    """
    header = _find(candidate)
    if header is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas une grille de population.")
    tally, away, kept, system = Tally(), 0, [], LAMBERT_93
    named = set(index.near["code"])
    frame = _frame(index)
    columns = {
        "identity": header.first(*_IDENTITIES),
        "text": header.first(*_PEOPLE),
        "codes": header.first(*_CODES),
    }
    if columns["identity"] is None:
        columns |= {"lon": header.first(*_LON), "lat": header.first(*_LAT)}
        system = _system(header, frame)
        if system != LAMBERT_93:
            tally.remarks.append(f"coordonnées lues en {SYSTEMS[system]}")
    for batch in header.batches(**columns):
        tally.read += len(batch)
        placed = _placed(batch, tally, system)
        near = (placed[["lon", "lat"]] >= frame[0]).all(axis=1)
        near &= (placed[["lon", "lat"]] <= frame[1]).all(axis=1)
        away += int((~near).sum())
        kept.append(placed[near])
    tally.refuse_malformed(header.table)
    squares = pd.concat(kept) if kept else pd.DataFrame(columns=["lon", "lat", "people", "codes"])
    require_rows(len(squares), candidate.file.name, "carreaux de la région", tally)
    squares["code"] = _communes(squares, index, named)
    nowhere = squares["code"] == ""
    away += int(nowhere.sum())
    squares = squares[~nowhere]
    require_rows(len(squares), candidate.file.name, "carreaux de la région", tally)
    tally.kept = len(squares)
    if away:
        squares_away = french.counted(away, "carreau", "carreaux")
        tally.remarks.append(f"{squares_away} loin de la région, hors de cette lecture")
    here = squares.loc[squares["code"].isin(index.codes), "people"].sum()
    tally.remarks.append(
        f"{french.counted(here, 'habitant compté', 'habitants comptés')} dans les carreaux de la "
        "région ; le nombre est ramené, commune par commune, à sa population"
    )
    table = squares[["code", "lon", "lat", "people"]].reset_index(drop=True)
    return ReadResult({"people_squares": table}, {"people_squares": _vintage(candidate)}, tally)


def _find(candidate: Candidate) -> Header | None:
    if '"FeatureCollection"' in candidate.text:  # what a WFS gives
        candidate = replace(candidate, tables=(FeatureStream(candidate.file),))
    for header in headers(candidate):
        if header.first(*_PEOPLE) is None:
            continue
        if header.first("idcar 200m", "idinspire", "idcar") is not None:
            return header
        points = header.first(*_LON) is not None and header.first(*_LAT) is not None
        if points and _several_places(header):
            return header
    return None


def _several_places(header: Header) -> bool:
    """Tell a grid, where a commune has people at several places, from a table of communes.

    Both have places and people; a file that names no commune is a grid.
    """
    if {word for name in header.columns for word in name.split()} & _NO_GRID:
        return False
    code, name = header.first(*_CODES), header.first(*_NAMES)
    if code is None and name is None:
        return True
    lon, lat = header.first(*_LON), header.first(*_LAT)
    named: set[str] = set()
    places: set[tuple[str, float, float]] = set()
    try:
        with _asked_for_nothing(header):
            for batch in header.batches(named=name if code is None else code, lon=lon, lat=lat):
                at = pd.DataFrame({key: numbers(batch[key]) for key in ("lon", "lat")})
                told = (batch["named"] != "") & at.notna().all(axis=1)
                steps = (at[told] / _APART_DEGREES).round()
                here = batch.loc[told, "named"]
                named.update(here)
                places.update(zip(here, steps["lon"], steps["lat"], strict=True))
                if code is not None and len(places) > len(named):
                    return True
        return bool(places) and len(named) < _NAMED_PER_PLACE * len(places)
    except InvalidInputError:  # said by who reads it
        return False


def _frame(index: CommuneIndex) -> np.ndarray:
    """Return the corners, shape (2, 2), of what the communes of the index cover, degrees."""
    points = index.near[["lon", "lat"]].to_numpy(dtype=np.float64)
    return np.array([points.min(axis=0) - _FAR_DEGREES, points.max(axis=0) + _FAR_DEGREES])


def _system(header: Header, frame: np.ndarray) -> int:
    """Return the system of a grid's metres: where most of it is in France, then in the region.

    Raises
    ------
    InvalidInputError
        Two systems fit as well, and no heading tells which.
    """
    lon, lat = header.first(*_LON), header.first(*_LAT)
    with _asked_for_nothing(header):
        samples = []
        for batch in header.batches(lon=lon, lat=lat):
            pairs = pd.DataFrame({key: numbers(batch[key]) for key in ("lon", "lat")}).dropna()
            metres = pairs[(pairs.abs() > METRES_ABOVE).any(axis=1)].to_numpy(float)
            if not len(metres):
                break
            samples.append(sampled(metres))
    metres = np.concatenate(samples) if samples else np.empty((0, 2))
    titles = (name for name, place in header.columns.items() if place in {lon, lat})

    def fits(points: Mapping[int, np.ndarray]) -> Mapping[int, int]:
        return {
            epsg: int(((found >= frame[0]) & (found <= frame[1])).all(axis=1).sum())
            for epsg, found in points.items()
        }

    return told_by(sampled(metres), titles, fits, [LAMBERT_93])


@contextmanager
def _asked_for_nothing(header: Header) -> Iterator[None]:
    """Let a file be looked through: what it is asked for meanwhile is forgotten."""
    asked = {row: set(columns) for row, columns in header.table.asked.items()}
    try:
        yield
    finally:
        header.table.asked.clear()
        header.table.asked.update(asked)


def _placed(batch: pd.DataFrame, tally: Tally, system: int) -> pd.DataFrame:
    """Return lon, lat, people, codes of the rows that hold them; metres are those of a system."""
    rows = batch.assign(people=numbers(batch["text"]))
    rows["codes"] = batch.get("codes", "")
    if "identity" in batch:
        rows[["lon", "lat"]] = _centres(batch["identity"])
    else:
        rows["lon"] = numbers(batch["lon"]).astype(float)  # metres are often whole
        rows["lat"] = numbers(batch["lat"]).astype(float)
        metres = rows["lon"].abs() > 180
        if metres.any():
            places = rows.loc[metres, ["lon", "lat"]].to_numpy(float)
            rows.loc[metres, ["lon", "lat"]] = to_degrees(places, system)
    nobody = rows["people"].isna() | (rows["people"] < 0)
    lost = rows["lon"].isna() | rows["lat"].isna() | (rows["lat"].abs() > 90)
    hidden = masked(batch["text"])
    tally.refuse(rows[hidden], MASKED)
    tally.refuse(rows[nobody & ~hidden], "nombre d’habitants illisible")
    tally.refuse(rows[lost & ~nobody], "carreau sans position lisible")
    return rows.loc[~nobody & ~lost, ["lon", "lat", "people", "codes"]]


def _centres(identities: pd.Series) -> pd.DataFrame:
    """Return the centres of squares, WGS84 degrees; NaN where the identity says nothing."""
    told = identities.str.extract(_IDENTITY)
    crs, side, north, east = (pd.to_numeric(told[k], errors="coerce") for k in range(4))
    found = pd.DataFrame(np.nan, index=identities.index, columns=["lon", "lat"])
    for code in crs.dropna().unique():
        rows = crs == code
        turn = pyproj.Transformer.from_crs(int(code), 4326, always_xy=True)
        half = side[rows] / 2
        lon, lat = turn.transform(east[rows] + half, north[rows] + half)
        found.loc[rows, "lon"], found.loc[rows, "lat"] = lon, lat
    return found


def _communes(squares: pd.DataFrame, index: CommuneIndex, named: set[str]) -> pd.Series:
    """Return the commune of each square, "" beyond the fringe."""
    listed = squares["codes"].map(_CODE.findall)
    alone = listed.map(lambda found: found[0] if len(found) == 1 else "")
    codes = index.settle(alone).where(alone != "", "")
    codes = codes.where(codes.isin(named), "")
    open_ = codes == ""
    if not open_.any():
        return codes
    points = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(squares.loc[open_, "lon"], squares.loc[open_, "lat"]), crs=4326
    )
    contours = embedded_set.communes(index.region)[["code", "geometry"]]
    contours = contours[contours["code"].isin(named)]
    inside = points.sjoin(contours, predicate="within")
    inside = inside[~inside.index.duplicated()].reindex(points.index)
    known = index.near.drop_duplicates("code")
    outside = known[~known["code"].isin(index.codes)]
    found = inside["code"].fillna("").to_numpy(dtype=object)
    away = found == ""
    if len(outside) and away.any():
        tree = cKDTree(outside[["lon", "lat"]].to_numpy(dtype=np.float64))
        where = np.column_stack([points.geometry.x, points.geometry.y])[away]
        distance, row = tree.query(where, distance_upper_bound=_FAR_DEGREES / 2)
        nearest = np.append(outside["code"].to_numpy(dtype=object), "")
        found[away] = np.where(np.isfinite(distance), nearest[row], "")
    codes.loc[open_] = found
    return codes.astype(str)


def _vintage(candidate: Candidate) -> str:
    year = re.search(r"(20[0-3]\d)", candidate.file.name)
    return f"grille {year[1]}" if year else "grille, année non indiquée dans le fichier"
