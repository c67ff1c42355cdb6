"""The contours of communes as they are now, from contours older than the codes."""

from typing import Any

import pandas as pd
import shapely

from data.upkeep.registry_packages import Archives

COVERED_SHARE = 0.5
HOLE_SEARCH_DEGREES = 0.2
HOLE_BORDER_SHARE = 0.05
HOLE_SQUARE_DEGREES = 5e-5
"""About 0.4 km²: smaller holes are left by the package's own simplification."""
PRECISION_DEGREES = 1e-5


def geometries_of(rows: pd.DataFrame, column: str) -> dict[str, Any]:
    """Return the geometries (WGS84) that a column tells in hexadecimal WKB, by commune code."""
    known = rows[["code", column]].dropna().drop_duplicates("code")
    geometries = shapely.from_wkb([bytes.fromhex(text) for text in known[column]])
    return dict(zip(known["code"], geometries, strict=True))


def contours_of(communes: pd.DataFrame, archives: Archives) -> dict[str, Any]:
    """Return contours (multipolygons, WGS84) by commune code; four communes of France have none.

    The contours are older than the codes: a commune that took others in since then also takes the
    contours of these delegated communes where its own does not cover them, or the hole that they
    left when the package lost theirs.
    """
    rows = archives.communes_csv
    own = geometries_of(rows[rows["type"] == "COM"], "geometry")
    delegated = geometries_of(rows[rows["type"] == "COMD"], "geometry")
    current = set(communes["code"])
    found: dict[str, Any] = {}
    incomplete = []
    for code, former in zip(communes["code"], communes["former"], strict=True):
        # Its own contour, then those of delegated communes that it does not cover yet.
        parts = [own[code]] if code in own else []
        merged = sorted(({*former} - current | {code}) & delegated.keys())
        for part in (delegated[c] for c in merged):
            covered = sum(part.intersection(p).area for p in parts)
            if covered < COVERED_SHARE * part.area:
                parts.append(part)
        if parts:
            found[code] = parts[0] if len(parts) == 1 else shapely.union_all(parts)
        if any(c not in delegated for c in former if c != code and c not in current):
            incomplete.append(code)
    found = fill_holes(found, incomplete)
    rounded = shapely.set_precision(list(found.values()), PRECISION_DEGREES, mode="pointwise")
    broken = ~shapely.is_valid(rounded)
    rounded[broken] = shapely.make_valid(rounded[broken], method="structure", keep_collapsed=False)
    return {
        code: shapely.MultiPolygon(shapely.get_parts(geometry).tolist())
        for code, geometry in zip(found, rounded, strict=True)
    }


def fill_holes(contours: dict[str, Any], incomplete: list[str]) -> dict[str, Any]:
    """Give the holes of the map to the merged communes whose former contours are lost.

    Parameters
    ----------
    contours
        All contours of France, by code.
    incomplete
        Codes of the communes that took in another whose contour is not known.
    """
    filled = dict(contours)
    codes, shapes = list(contours), list(contours.values())
    tree = shapely.STRtree(shapes)
    for code in incomplete:
        if code not in filled:
            continue
        around = shapely.box(*shapely.bounds(filled[code])).buffer(HOLE_SEARCH_DEGREES)
        near = [codes[i] for i in sorted(tree.query(around, predicate="intersects"))]
        candidates = [c for c in near if c in incomplete]
        polygons = shapely.get_parts(shapely.union_all([filled[c] for c in near]))
        for hole in (shapely.Polygon(ring) for p in polygons for ring in p.interiors):
            shared = {
                c: hole.boundary.intersection(filled[c]).length / hole.length for c in candidates
            }
            best = max(candidates, key=lambda c: shared[c])
            if (
                best == code
                and shared[code] > HOLE_BORDER_SHARE
                and hole.area > HOLE_SQUARE_DEGREES
            ):
                filled[code] = shapely.union(filled[code], hole)
    return filled
