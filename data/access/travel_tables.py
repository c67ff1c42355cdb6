"""Travel times and areas for tables and points that a user hands in."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data.access.pair_columns import code_columns, end_columns
from data.access.pair_systems import Known, as_degrees, said_system, system_of
from data.base.codes import ARRONDISSEMENTS, plain_code
from data.files import remarks
from data.files.table_files import read_text_table, write_table
from data.region.arrondissements import city_of
from data.region.coordinate_systems import METRES_ABOVE
from geo.errors import InvalidInputError, UnavailableError
from geo.plane import great_circle_km
from geo.travel_time import LonLat, Minutes, TravelTime

_FRANCE_TURNED = (41.0, -5.5, 51.5, 10.0)
"""West, south, east, north of mainland France whose two degrees changed places: at sea and in East
Africa, where no French commune is."""
_KNOWN_KM = 30.0
"""Population reached is counted when a known commune stands within this of the origin."""


def read_pairs(file: Path) -> pd.DataFrame:
    """Read a table of pairs as text, one row per pair.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or holds a column `minutes` already.
    """
    table = read_text_table(file)
    if "minutes" in table.columns:
        message = f"{file.name} a déjà une colonne « minutes » : renommez-la, elle serait écrasée."
        raise InvalidInputError(message)
    return table


def pair_ends(
    table: pd.DataFrame,
    communes: pd.DataFrame | None,
    epsg: int | None = None,
    covered: Callable[[LonLat], npt.NDArray[np.bool_]] | None = None,
    elsewhere: Callable[[], Sequence[pd.DataFrame]] = tuple,
) -> tuple[LonLat, LonLat]:
    """Return both ends of pairs, degrees, shape (n, 2) each; nan where a cell is blank or unknown.

    Parameters
    ----------
    table
        Text columns: x1, y1, x2, y2 (metres); lon1, lat1, lon2, lat2 (degrees); or commune codes
        code1, code2; and what `data.access.pair_columns` takes for them.
    communes
        Columns code, lon, lat, population; needed for codes.
    epsg
        System of the coordinates; None lets headings, a column and values tell.
    covered
        Which points the roads in use reach; None without roads.
    elsewhere
        Gives the communes of other regions, as `communes`: codes are sought among them too.

    Raises
    ------
    UnavailableError
        If the table has codes, and the communes of the region are not known.
    InvalidInputError
        If the table has none of these columns, a cell that is not a number or out of range, or
        metres that may be in two systems.
    """
    headings = [str(name) for name in table.columns]
    columns = end_columns(headings)
    if columns is not None:
        remarks.tell_columns("paires", table, [*columns[0], *columns[1]])
    if columns is not None and len(columns[0]) == 2:
        values = [_numbers(table, names) for names in columns]
        known = Known(communes, _towns(table, headings, communes), covered)
        said = said_system(table, [*columns[0], *columns[1]], epsg)
        metres = np.concatenate(values)
        metres[(np.abs(metres) <= METRES_ABOVE).all(axis=1)] = np.nan
        system = system_of(metres, known, said)
        first, second = (
            _degrees(table, names, ends, system)
            for names, ends in zip(columns, values, strict=True)
        )
        return first, second
    if columns is not None:
        (first_code,), (second_code,) = columns
        if communes is None:
            raise UnavailableError(
                f"Colonnes « {first_code} » et « {second_code} » : les communes de la région "
                "demandée ne sont pas connues ici. Construisez-la par son nom, en haut de l’écran, "
                "ou par « python -m data.upkeep.build_embedded --region CODE »."
            )
        places = pd.concat([communes, *elsewhere()])
        return _places(table, first_code, places), _places(table, second_code, places)
    message = (
        "Colonnes attendues : x1, y1, x2, y2 (Lambert-93, en mètres), ou lon1, lat1, lon2, lat2 "
        "(degrés), ou les codes de communes code1, code2 ; « _origine » et « _destination » valent "
        f"1 et 2. Colonnes trouvées : {', '.join(map(str, table.columns))}."
    )
    raise InvalidInputError(message)


def _towns(
    table: pd.DataFrame, headings: list[str], communes: pd.DataFrame | None
) -> LonLat | None:
    """Return the town halls of the communes that stand beside coordinates, both ends, one table."""
    columns = code_columns(headings)
    if columns is None or communes is None:
        return None
    place = communes.drop_duplicates("code").set_index("code")[["lon", "lat"]]
    ends = [place.reindex(table[names[0]].map(plain_code)) for names in columns]
    return np.concatenate([end.to_numpy(float) for end in ends])


def _places(table: pd.DataFrame, name: str, communes: pd.DataFrame) -> LonLat:
    """Return where the communes of a column of INSEE codes stand; nan for a code not known here."""
    # A spreadsheet may have eaten the first zero, or added decimals, quotes, an apostrophe.
    codes = table[name].map(lambda text: plain_code(text) or text)
    parts = codes.isin(ARRONDISSEMENTS)
    codes = codes.map(city_of)
    remarks.tell_lines(
        f"colonne « {name} »",
        list(table.index[parts]),
        "code est celui d’un arrondissement, placé à la mairie de sa ville",
        "codes sont ceux d’arrondissements, placés à la mairie de leur ville",
    )
    place = communes.drop_duplicates("code").set_index("code")[["lon", "lat"]]
    if len(codes) and not codes.isin(place.index).any():
        line, cell = next(table[name].items())
        message = (
            f"Colonne « {name} » : aucun code n’est celui d’une commune connue ici (ligne {line} : "
            f"« {cell} »). Il faut le code INSEE, comme 33063, non le nom ni le code postal ; si "
            "c’est celui d’une autre région, construisez-la d’abord."
        )
        raise InvalidInputError(message)
    strange = table.index[~codes.isin(place.index) & table[name].ne("")]
    remarks.tell_lines(
        f"colonne « {name} »",
        list(strange),
        "code n’est celui d’aucune commune connue ici : sans temps",
        "codes ne sont ceux d’aucune commune connue ici : sans temps",
    )
    return place.reindex(codes).to_numpy(float)


def _degrees(table: pd.DataFrame, names: list[str], values: LonLat, system: int) -> LonLat:
    """Return the points of two columns: in the unit that most of them fit, whatever the headings.

    The few that do not fit are unknown: nan.

    Parameters
    ----------
    names, values
        The columns and their numbers, shape (n, 2).
    system
        That of metres.
    """
    in_metres, placed = as_degrees(values, system)
    in_degrees = (np.abs(values[:, 0]) <= 180) & (np.abs(values[:, 1]) <= 90)
    known = int(np.isfinite(values).all(axis=1).sum())
    points = np.full(values.shape, np.nan)
    if 2 * in_metres.sum() > known:
        points[in_metres] = placed[in_metres]
    elif 2 * in_degrees.sum() >= known:
        points[in_degrees] = _the_right_way(values[in_degrees], names)
    else:
        row = int(np.flatnonzero(np.isfinite(values).all(axis=1) & ~in_metres & ~in_degrees)[0])
        line, cells = table.index[row], table[names].iloc[row]
        message = (
            f"Ligne {line}, colonnes « {names[0]} » et « {names[1]} » : le point "
            f"({cells.iloc[0]} ; {cells.iloc[1]}) n’est ni en degrés, ni en Lambert-93 "
            "en France métropolitaine : vérifiez l’ordre des colonnes et le système de "
            "coordonnées, ou dites-le par « --epsg »."
        )
        raise InvalidInputError(message)
    odd = np.isfinite(values).all(axis=1) & np.isnan(points).any(axis=1)
    remarks.tell_lines(
        f"colonnes « {names[0]} » et « {names[1]} »",
        list(table.index[odd]),
        "point douteux, d’une autre unité que les autres : sans temps",
        "points douteux, d’une autre unité que les autres : sans temps",
    )
    return points


def _the_right_way(points: LonLat, names: list[str]) -> LonLat:
    """Return points, shape (n, 2), latitudes first put right where most are so, which is told."""
    west, south, east, north = _FRANCE_TURNED
    lon, lat = points.T
    turned = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if 2 * turned.sum() <= len(points):
        return points
    told = "la latitude est dans la première, la longitude dans la seconde : remises en ordre"
    remarks.tell(f"colonnes « {names[0]} » et « {names[1]} »", [told])
    return points[:, ::-1]


def _numbers(table: pd.DataFrame, names: list[str]) -> npt.NDArray[np.float64]:
    columns = []
    for name in names:
        text = table[name].str.replace(",", ".", regex=False)
        value = pd.to_numeric(text.where(text.ne("")), errors="coerce")
        wrong = value.isna() & text.ne("")
        if wrong.any():
            line, cell = next(table.loc[wrong, name].items())
            message = (
                f"Ligne {line}, colonne « {name} » : « {cell} » n’est pas un nombre. Corrigez la "
                "cellule ou laissez-la vide."
            )
            raise InvalidInputError(message)
        columns.append(value.to_numpy(float))
    return np.column_stack(columns)


def known_minutes(table: pd.DataFrame, column: str | None) -> Minutes:
    """Return the known minutes of pairs, shape (n,); nan where the cell is blank.

    Raises
    ------
    InvalidInputError
        If the column is absent, or not named while several could be meant.
    """
    candidates = [str(name) for name in table.columns if "minute" in str(name).lower()]
    if column is None and len(candidates) == 1:
        (column,) = candidates
    if column is None or column not in table.columns:
        asked = "" if column is None else f"La colonne « {column} » n’existe pas. "
        message = (
            f"{asked}Dites quelle colonne contient les durées connues, en minutes : "
            f"--minutes NOM. Colonnes trouvées : {', '.join(map(str, table.columns))}."
        )
        raise InvalidInputError(message)
    return _numbers(table, [column])[:, 0]


def pair_minutes(engine: TravelTime, origins: LonLat, destinations: LonLat) -> Minutes:
    """Return minutes of each pair, shape (n,); nan where an end is unknown or out of reach."""
    minutes = np.full(len(origins), np.nan)
    known = np.isfinite(origins).all(axis=1) & np.isfinite(destinations).all(axis=1)
    if known.any():
        minutes[known] = engine.pairs(origins[known], destinations[known])
    minutes[~np.isfinite(minutes)] = np.nan
    return minutes


def write_pairs(table: pd.DataFrame, minutes: Minutes, out: Path, notes: Sequence[str]) -> None:
    """Write a table of pairs as it was read, with its minutes in a last column.

    `notes` say in French what it is, and which engine the minutes come from.

    Raises
    ------
    InvalidInputError
        If the file cannot be written.
    """
    # A negative number is no formula: a column of numbers is written as numbers.
    signed = {
        name: numbers
        for name in table.columns
        if table[name].str.startswith(("-", "+")).any()
        and not (numbers := _as_numbers(table[name])).isna().all()
        and numbers.notna().eq(table[name].ne("")).all()
    }
    found = table.assign(**signed, minutes=np.round(minutes, 2))
    write_table(found, out, notes, {"minutes": "Minutes en voiture (vide : pas de trajet connu)"})


def _as_numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column.str.replace(",", ".", regex=False), errors="coerce")


def isochrone_table(
    engine: TravelTime,
    origin: LonLat,
    minutes: Sequence[float],
    communes: pd.DataFrame | None,
) -> gpd.GeoDataFrame:
    """Return the areas within each threshold of a point.

    Parameters
    ----------
    origin
        Shape (2,), degrees.
    communes
        Columns lon, lat, population: counts who is reached, by the time of each commune's point.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns minutes (ascending), area_km2, population_reached (when communes are known
        around), origin_lon, origin_lat, engine, vintage, geometry (EPSG:4326).
    """
    rings = engine.isochrones(np.atleast_2d(origin), minutes)
    lon, lat = (float(v) for v in origin)
    rings["area_km2"] = np.round(rings.geometry.to_crs("EPSG:6933").area / 1e6, 2)  # equal area
    if communes is not None and _near_known(communes, lon, lat):
        points = communes[["lon", "lat"]].to_numpy(float)
        times = engine.one_to_many(np.asarray(origin), points, float(max(minutes)))
        people = communes["population"].to_numpy(float)
        rings["population_reached"] = [
            int(people[times <= limit].sum()) for limit in rings["minutes"]
        ]
    return rings.assign(
        origin_lon=lon, origin_lat=lat, engine=engine.label.name, vintage=engine.label.vintage
    )


def _near_known(communes: pd.DataFrame, lon: float, lat: float) -> bool:
    return bool(great_circle_km(communes["lon"], communes["lat"], lon, lat).min() <= _KNOWN_KM)


AREA_TITLES = {
    "minutes": "Minutes",
    "area_km2": "Surface (km²)",
    "population_reached": "Habitants atteints",
    "origin_lon": "Longitude du point",
    "origin_lat": "Latitude du point",
    "engine": "Temps de trajet",
    "vintage": "Millésime",
}
"""Column of an area to its heading in the file."""


def write_geojson(table: gpd.GeoDataFrame, out: Path, notes: Sequence[str] = ()) -> None:
    """Write areas as GeoJSON, under `AREA_TITLES`, after what is said of their sources.

    With all their digits: rounded rings would no longer be nested.

    Raises
    ------
    InvalidInputError
        If the file cannot be written.
    """
    properties = table.drop(columns="geometry").rename(columns=AREA_TITLES).to_dict("records")
    areas = shapely.orient_polygons(table.geometry.to_numpy())  # RFC 7946, 3.1.6
    features: list[dict[str, Any]] = [
        {"type": "Feature", "properties": said, "geometry": shapely.geometry.mapping(area)}
        for said, area in zip(properties, areas, strict=True)
    ]
    held = {"type": "FeatureCollection", "notes": list(notes), "features": features}
    text = json.dumps(held, ensure_ascii=False)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"Impossible d’écrire {out} ({error.strerror}) : choisissez un autre dossier."
        raise InvalidInputError(message) from error
