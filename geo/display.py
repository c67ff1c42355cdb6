"""What the map is given to draw: contours light enough for a phone, rings, values by commune.

Display only: nothing is ever counted on them.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.plane import plane_km

DISPLAY_TOLERANCE_M2 = 120_000.0
"""Triangles below this area vanish (Visvalingam-Whyatt); seen at zoom 10 as under two pixels."""

DISPLAY_DECIMALS = 4
"""Decimals of displayed degrees: about 10 m."""

TOWN_HALL_DECIMALS = 5
"""Decimals of the degrees of town halls, from which isochrones are asked: about 1 m."""

RINGS_TOLERANCE_M = 80.0
"""How far a drawn isochrone may be from the computed one (Douglas-Peucker), metres."""

METRES_CRS = "EPSG:2154"
"""Lambert-93, metropolitan France."""

METRES_WITHIN = (-6.0, 41.0, 10.5, 51.5)
"""West, south, east, north, degrees: where pictures are drawn in it."""


def display_contours(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the contours simplified together, so that neighbours still share their border.

    Display only: nothing is ever counted on them.

    Parameters
    ----------
    communes
        Column geometry, polygons of a coverage, EPSG:4326; a missing contour stays missing.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows and columns, EPSG:4326.
    """
    metres = communes.geometry.to_crs(METRES_CRS)
    known = metres.notna().to_numpy()
    tolerance = float(np.sqrt(DISPLAY_TOLERANCE_M2))
    simple = metres.copy()
    simple[known] = shapely.coverage_simplify(
        metres[known].to_numpy(), tolerance, simplify_boundary=True
    )
    result = communes.copy()
    result["geometry"] = gpd.GeoSeries(simple, crs=METRES_CRS).to_crs(4326).to_numpy()
    return result


def _coordinates(geometry: Any) -> Any:
    """Return a GeoJSON geometry with rounded coordinates."""
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, DISPLAY_DECIMALS))
    return shapely.geometry.mapping(rounded)


def _encoded(geometry: Any) -> list[list[list[int]]]:
    """Return polygons as rings of whole steps: x0, y0, then the move to each next vertex.

    A third of the size of GeoJSON once compressed, and a few lines to read in the browser.
    """
    polygons = []
    for part in shapely.get_parts(geometry):
        rings = []
        for ring in [part.exterior, *part.interiors]:
            steps = np.round(shapely.get_coordinates(ring) * 10**DISPLAY_DECIMALS).astype(int)
            moves = np.diff(steps, axis=0)
            kept = moves[(moves != 0).any(axis=1)]
            if len(kept) >= 3:
                rings.append(np.vstack([steps[:1], kept]).ravel().tolist())
        if rings:
            polygons.append(rings)
    return polygons


CONTOURS_COLUMNS = {
    "code": "c",
    "name": "n",
    "departement": "d",
    "epci": "e",
    "postcodes": "p",
    "population": "h",
}
"""Columns of the communes that go with their contours, and the letter that stands for each."""


def contours_document(
    communes: gpd.GeoDataFrame,
    land: gpd.GeoDataFrame,
    departements: Mapping[str, str],
    epcis: Mapping[str, str],
) -> bytes:
    """Return the gzipped JSON that the map loads once: contours, borders, land, names.

    Parameters
    ----------
    communes
        Columns code, name, departement, epci, postcodes, population, lon and lat of the town
        hall, geometry, EPSG:4326; the order of rows is that of all values sent to the map.
    land
        Land around the region, EPSG:4326.
    departements, epcis
        Code to name.

    Returns
    -------
    bytes
        The same bytes for the same input.
    """
    simple = display_contours(communes)
    outlines = simple.dissolve("departement").geometry.boundary
    document: dict[str, Any] = {
        "columns": {
            key: simple[name].astype(int if name == "population" else object).tolist()
            for name, key in CONTOURS_COLUMNS.items()
        }
        | {axis: simple[axis].round(TOWN_HALL_DECIMALS).tolist() for axis in ("lon", "lat")},
        "contours": [None if shape is None else _encoded(shape) for shape in simple.geometry],
        "decimals": DISPLAY_DECIMALS,
        "borders": _coordinates(shapely.union_all(outlines.to_numpy())),
        "land": _coordinates(shapely.union_all(land.geometry.to_numpy())),
        "departements": dict(departements),
        "epcis": dict(epcis),
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def drawn_values(
    column: pd.Series, decimals: int, breaks: Sequence[float] = ()
) -> list[float | str | None]:
    """Return an indicator's values as the map takes them: rounded, None where unknown.

    A value that rounding would move to another class (20.04 minutes are more than 20) keeps its
    decimals: legends then count what they draw.
    """
    if not pd.api.types.is_numeric_dtype(column):
        return [value if isinstance(value, str) and value else None for value in column.tolist()]
    exact = column.astype(float)
    rounded = exact.round(decimals + 1)
    moved = np.searchsorted(breaks, exact, side="left") != np.searchsorted(
        breaks, rounded, side="left"
    )
    rounded = rounded.mask(moved, exact)
    values: list[float | str | None] = [*rounded.tolist()]
    for row in np.flatnonzero(~np.isfinite(rounded.to_numpy())):
        values[row] = None
    return values


def display_rings(rings: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return isochrones as light GeoJSON (property minutes), outermost first; display only."""
    outermost = rings.sort_values("minutes", ascending=False)
    # No projection of PROJ: its objects are made anew in each thread, that is for each answer
    # (10 to 20 ms), and Lambert-93 shears what lies overseas.
    _, south, _, north = outermost.total_bounds
    parallel = (south + north) / 2
    across, along = 1000 * plane_km(1.0, 1.0, parallel)[0]
    plane = shapely.transform(outermost.geometry.to_numpy(), lambda xy: xy * (across, along))
    simple = shapely.transform(
        shapely.simplify(plane, RINGS_TOLERANCE_M), lambda xy: xy / (across, along)
    )
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"minutes": float(minutes)},
                "geometry": _coordinates(geometry),
            }
            for minutes, geometry in zip(outermost["minutes"], simple, strict=True)
        ],
    }
