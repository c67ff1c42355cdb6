"""Areas of CPTS: a table commune by commune (template of ours), or outlines as GeoJSON.

FINESS knows the seat of a CPTS (category 604), never its area: its number tells areas apart.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import shapely
from shapely.geometry import shape

from data.base import french
from data.files.cells import numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.finess import as_published, as_text, json_items
from data.official.readers.rows import settled
from data.official.readers.tables import Candidate, Header, code_columns, headers, with_code
from data.official.readers.tally import ReadResult, Tally, require_rows

COLUMNS = ("code_insee", "cpts", "finess", "annee")
"""Headings of the template, in its order."""
_NAME = ("cpts", "nom cpts", "cpts nom", "nom de la cpts", "libelle cpts")
_NUMBER = ("finess", "numero finess", "nofinesset", "finess cpts", "id finess")
_YEAR = ("annee", "an")
_LONGEST_NAME, _LONGEST_CODE = 80, 40
_POLYGONS = ("Polygon", "MultiPolygon")
NO_YEAR = 0
"""Year of a file that tells none."""


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if '"FeatureCollection"' in candidate.text:
        named = french.fold(f"{candidate.file.name} {candidate.text}").split()
        return "cpts" if "cpts" in named and "Polygon" in candidate.text else None
    return "cpts" if _find(candidate) else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `cpts`: each commune in one area; a commune whose CPTS is not told is in none.

    Raises
    ------
    InvalidInputError
        No line, or no outline, is usable.
    """
    tally = Tally()
    if candidate.text:
        with as_published(candidate.file.name):
            rows = _outlined(candidate, index, tally)
    else:
        rows = _listed(candidate, index, tally)
    require_rows(len(rows), candidate.file.name, "communes d’une CPTS", tally)
    table = rows[["code", "cpts", "cpts_name", "year"]].reset_index(drop=True)
    year = int(table["year"].max())
    vintage = str(year) if year != NO_YEAR else "date non indiquée dans le fichier"
    return ReadResult({"cpts": table}, {"cpts": vintage}, tally)


def _find(candidate: Candidate) -> tuple[Header, dict[str, int]] | None:
    for header in headers(candidate):
        code, name = code_columns(header), header.first(*_NAME)
        if code is not None and name is not None:
            return header, {**code, "cpts_name": name}
    return None


def _listed(candidate: Candidate, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return the lines of a table, one commune each."""
    header, places = _find(candidate) or (next(headers(candidate)), {})
    found = header.rows(**places, finess=header.first(*_NUMBER), year=header.first(*_YEAR))
    rows = with_code(found.reindex(columns=[*places, "finess", "year"], fill_value=""))
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    blank = rows["year"] == ""
    year = numbers(rows["year"]).where(~blank, NO_YEAR)
    rows = rows.assign(code=index.settle(rows["code"]), year=year)
    unnamed = rows["cpts_name"] == ""
    tally.refuse(rows[unnamed], "CPTS non nommée")
    wrong = ~unnamed & ~blank & (~year.between(1990, 2100) | (year % 1 != 0))
    tally.refuse(rows[wrong], "année illisible")
    rows = settled(_with_codes(rows[~unnamed & ~wrong]), index, tally)
    clash = rows.groupby("code")["cpts"].transform("nunique") > 1
    tally.refuse(rows[clash], "commune dans deux CPTS : aucune n’est choisie")
    again = ~clash & rows.duplicated("code")
    tally.refuse(rows[again], "ligne répétée, comptée une fois")
    rows = rows[~clash & ~again]
    tally.kept = len(rows)
    return rows


def _outlined(candidate: Candidate, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return the communes whose town hall lies in an outline (GeoJSON, WGS84: RFC 7946)."""
    inside = index.communes[index.communes["code"].isin(index.codes)]
    points = shapely.points(inside["lon"], inside["lat"])
    pieces = []
    for line, feature in enumerate(json_items(candidate.file, "features.item"), 1):
        tally.read += 1
        properties = {french.fold(str(k)): v for k, v in (feature.get("properties") or {}).items()}
        name, outline = _first(properties, _NAME), _outline(feature.get("geometry") or {})
        held = inside["code"][shapely.covers(outline, points)] if outline is not None else []
        reason = "CPTS non nommée" * (not name) or "contour illisible" * (outline is None)
        if reason := reason or "aucune commune de la région dans le contour" * (not len(held)):
            tally.refuse(pd.Series(0, index=[line]), reason)
            continue
        tally.kept += 1
        year = numbers(pd.Series([_first(properties, _YEAR)])).fillna(NO_YEAR).iloc[0]
        told_area = {"finess": _first(properties, _NUMBER), "year": year, "cpts_name": name}
        pieces.append(pd.DataFrame({"code": held}).assign(**told_area))
    if not pieces:
        return pd.DataFrame(columns=["code"])
    rows = _with_codes(pd.concat(pieces, ignore_index=True))
    clash = rows.groupby("code")["cpts"].transform("nunique") > 1
    if clash.any():
        count = french.counted(rows.loc[clash, "code"].nunique(), "commune", "communes")
        tally.remarks.append(f"{count} dans deux contours : aucune CPTS n’est choisie")
    return rows[~clash].drop_duplicates("code")


def _outline(geometry: Mapping[str, Any]) -> Any:
    """Return an outline, None for what is none."""
    if geometry.get("type") not in _POLYGONS:
        return None
    try:
        found = shapely.make_valid(shape({**geometry, "coordinates": _floats(geometry)}))
    except (ValueError, TypeError, shapely.errors.ShapelyError):
        return None
    west, south, east, north = found.bounds if not found.is_empty else (999.0, 0.0, 0.0, 0.0)
    degrees = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
    return found if degrees else None


def _floats(geometry: Mapping[str, Any]) -> Any:
    """Return coordinates as floats: what streams JSON gives exact decimals."""

    def plain(value: Any) -> Any:
        return [plain(one) for one in value] if isinstance(value, list) else float(value)

    return plain(geometry["coordinates"])


def _first(properties: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := as_text(properties.get(name)))), "")


def _with_codes(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with a name on one line, and a code: the FINESS number, else the name folded."""
    names = rows["cpts_name"].map(lambda text: " ".join(text.split())[:_LONGEST_NAME])
    folded = names.map(lambda name: french.slug(name)[:_LONGEST_CODE])
    finess = rows["finess"].where(rows["finess"].str.fullmatch(r"[0-9AB]{9}"), "")
    codes = finess.where(finess != "", folded)
    return rows.assign(cpts_name=names, cpts=codes, year=rows["year"].astype(int))
