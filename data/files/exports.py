"""Files that leave the application: CSV, XLSX, GeoJSON, GeoPackage, with their provenance.

Every file carries the notes it is given (sources, vintages, "données de démonstration"). Text of
a CSV or XLSX cell that a spreadsheet would run as a formula gets a leading apostrophe.
"""

import csv
import io
import json
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.base.spreadsheet_text import CONTROLS, safe_text
from data.files.notes import BLANK_TOLD, NOTES_SHEET, SHARES_TOLD
from geo.errors import InvalidInputError

_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_CHARACTERS = 31
_XLSX_ROWS = 1_048_576
_XLSX_CELL_CHARACTERS = 32_767
_NARROWEST, _WIDEST, _AROUND, _HEADING, _FIGURE = 9, 60, 2, 22, 8
"""Characters of a column, those that bold letters and the edges of a cell take, and those that a
heading and a number with decimals may ask for."""
_LOOKED_AT = 500
"""Rows that tell how wide a column is."""
_CODE = re.compile(r"0\d+")
_SHARE = re.compile(r"^(?:Part|Probabilité)\b(?!.*\(%\))|\(probabilité\)$")
"""How the heading of a fraction of one begins, or ends; a percentage ends with "(%)"."""
_SHARE_FORMAT = "0.0%"
_NO_LINE = "(aucune ligne)"
_NULL_TOLD = "Valeur nulle (null) : non disponible ou sans objet, jamais zéro."
_ZEROS_TOLD = (
    "Codes qui commencent par 0 : un tableur qui ouvre ce CSV les prend pour des nombres et en "
    "ôte le 0. Prenez le classeur (XLSX), ou déclarez ces colonnes comme du texte en l’important."
)


def _cell(value: Any) -> str | int | float | None:
    """Return what a cell holds: a number, a safe text, or None when missing or infinite."""
    if isinstance(value, (bool, np.bool_)):
        return "oui" if value else "non"
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if np.isfinite(value) else None
    if isinstance(value, (list, tuple, set, frozenset)):
        return safe_text(", ".join(str(part) for part in value))
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    return safe_text(value if isinstance(value, str) else str(value))


def _rows(table: pd.DataFrame) -> list[list[str | int | float | None]]:
    """Return the heading and the rows of a table, geometry left out, as cells."""
    plain = _plain(table)
    columns = [[_cell(value) for value in plain.iloc[:, k]] for k in range(plain.shape[1])]
    heading = [_cell(str(name)) for name in plain.columns]
    return [heading, *map(list, zip(*columns, strict=True))]


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table without its geometry."""
    return pd.DataFrame(table).drop(columns=_geometry_columns(table))


def _geometry_columns(table: pd.DataFrame) -> list[Any]:
    return [name for name, kind in table.dtypes.items() if str(kind) == "geometry"]


def _shares(table: pd.DataFrame) -> set[int]:
    """Return the places of the columns that hold fractions of one."""
    return {
        place
        for place, name in enumerate(table.columns)
        if _SHARE.search(str(name)) and pd.api.types.is_numeric_dtype(table.iloc[:, place])
    }


def _has_blanks(table: pd.DataFrame) -> bool:
    return bool((table.isna() | table.isin(["", np.inf, -np.inf])).to_numpy().any())


def _with_reading(
    notes: Sequence[str], tables: Collection[pd.DataFrame], blank: str = BLANK_TOLD
) -> list[str]:
    """Return notes and how to read what the tables hold; a file without notes has none to add."""
    plain = [*map(_plain, tables)]
    said = list(notes)
    if notes and any(map(_shares, plain)):
        said.append(SHARES_TOLD)
    if notes and any(map(_has_blanks, plain)):
        said.append(blank)
    return said


def _has_leading_zeros(rows: Sequence[Sequence[str | int | float | None]]) -> bool:
    return any(isinstance(cell, str) and _CODE.fullmatch(cell) for row in rows for cell in row)


def to_csv(table: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """Write a table for a French spreadsheet: semicolons, decimal commas, UTF-8 with BOM.

    The notes come first, one a line after "# "; the heading follows. Codes are written bare, as
    in the files of INSEE and data.gouv.fr: a quoted "01004" is a number to a spreadsheet all the
    same, and ="01004" a formula to everything else. A note says so where one begins with a zero.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    rows = _rows(table)
    said = _with_reading(notes, [table])
    if notes and _has_leading_zeros(rows[1:]):
        said.append(_ZEROS_TOLD)
    for note in said:
        writer.writerow(["# " + " ".join(CONTROLS.sub("", note).split())])
    for row in rows:
        writer.writerow(
            "" if cell is None else _decimal_comma(cell) if isinstance(cell, float) else cell
            for cell in row
        )
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8")


def _decimal_comma(value: float) -> str:
    return format(value, ".15g").replace(".", ",")


def to_xlsx(sheets: Mapping[str, pd.DataFrame], notes: Sequence[str]) -> bytes:
    """Write a workbook: a first sheet of notes ("À lire"), then one sheet per table.

    Fractions of one are shown as percentages; a sheet without a line says so.

    Raises
    ------
    InvalidInputError
        A table holds more rows than a sheet can.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    page = book.create_sheet(NOTES_SHEET)
    page.column_dimensions["A"].width = 110
    for note in _with_reading(notes, sheets.values()):
        page.append([safe_text(note)[:_XLSX_CELL_CHARACTERS]])
    taken = {NOTES_SHEET.lower()}
    for name, table in sheets.items():
        if len(table) >= _XLSX_ROWS:
            raise InvalidInputError(
                f"Le tableau « {name} » a trop de lignes pour une feuille XLSX : prenez le CSV."
            )
        sheet = book.create_sheet(_sheet_name(name, taken))
        sheet.freeze_panes = "A2"
        heading, *rows = _rows(table)
        for place, width in enumerate(_widths([heading, *rows[:_LOOKED_AT]]), start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        cells = []
        for title in heading:
            cell = WriteOnlyCell(sheet, value=title)
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cells.append(cell)
        sheet.append(cells)
        if not rows and notes:
            sheet.append([_NO_LINE])
        shares = _shares(_plain(table))
        for row in rows:
            cut = [c[:_XLSX_CELL_CHARACTERS] if isinstance(c, str) else c for c in row]
            sheet.append([_percent(sheet, c) if k in shares else c for k, c in enumerate(cut)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _percent(sheet: Any, value: str | int | float | None) -> Any:
    """Return a cell that shows a fraction of one as a percentage and holds the fraction."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.number_format = _SHARE_FORMAT
    return cell


def _widths(rows: Sequence[Sequence[str | int | float | None]]) -> list[float]:
    """Return the width of each column, in characters: what it holds is read without a gesture.

    A long heading (the first row) is broken into lines rather than a narrow column widened.
    """
    heading, *body = (
        [_FIGURE if isinstance(cell, float) else len(str(cell or "")) for cell in row]
        for row in rows
    )
    first = [min(one, _HEADING) for one in heading]
    long = [max(column) for column in zip(first, *body, strict=True)]
    return [float(min(max(one + _AROUND, _NARROWEST), _WIDEST)) for one in long]


def _sheet_name(name: str, taken: set[str]) -> str:
    """Return a sheet name that Excel accepts, not yet taken."""
    clean = CONTROLS.sub("", _SHEET_FORBIDDEN.sub(" ", name)).strip() or "Feuille"
    chosen, number = clean[:_SHEET_NAME_CHARACTERS], 2
    while chosen.lower() in taken:
        suffix = f" {number}"
        chosen, number = clean[: _SHEET_NAME_CHARACTERS - len(suffix)] + suffix, number + 1
    taken.add(chosen.lower())
    return chosen


def _finite(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a copy in WGS84: infinite numbers and blank texts missing, lists texts.

    Yes and no are as in a CSV.
    """
    placed = table.to_crs(4326) if table.crs is not None else table.set_crs(4326)
    kept = placed.drop(columns=[n for n in _geometry_columns(placed) if n != placed.geometry.name])
    for name in kept.columns.drop(kept.geometry.name):
        column = kept[name]
        if pd.api.types.is_float_dtype(column):
            kept[name] = column.where(np.isfinite(column))
        elif pd.api.types.is_bool_dtype(column):
            kept[name] = column.map({True: "oui", False: "non"})
        elif column.map(lambda value: isinstance(value, (list, tuple, set, frozenset))).any():
            kept[name] = column.map(lambda value: ", ".join(map(str, value)))
        elif pd.api.types.is_string_dtype(column):
            kept[name] = column.mask(column == "")  # null is what the notes say to be missing
    kept.columns = [str(name) for name in kept.columns]
    return kept


def to_geojson(table: gpd.GeoDataFrame, notes: Sequence[str]) -> bytes:
    """Write a GeoJSON FeatureCollection (WGS84); the notes are its member `notes` (RFC 7946, 6.1).

    Missing and infinite numbers and blank texts are null; numbers of a column that are all whole
    have no decimal; outer rings turn left, holes right (3.1.6).
    """
    turned = _finite(table)
    for name, column in turned.drop(columns=turned.geometry.name).items():
        if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
            turned[name] = column.astype("Int64")
    turned = turned.set_geometry(shapely.orient_polygons(turned.geometry.to_numpy()), crs=4326)
    content = json.loads(turned.to_json(drop_id=True, na="null", show_bbox=False))
    content.pop("crs", None)  # RFC 7946: always WGS84
    said = _with_reading(notes, [turned], _NULL_TOLD)
    features = content.pop("features")
    # Notes come first: whoever opens the file, a person or a program, meets them.
    told = {**content, "notes": said, "features": features}
    return json.dumps(told, ensure_ascii=False).encode("utf-8")


def to_gpkg(table: gpd.GeoDataFrame, notes: Sequence[str], layer: str = "proxisoins") -> bytes:
    """Write a GeoPackage (WGS84): one layer of features, and a table `notes`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.gpkg"
        _finite(table).to_file(path, layer=layer, driver="GPKG", index=False)
        lines = pd.DataFrame({"note": _with_reading(notes, [table], _NULL_TOLD)}, dtype=object)
        import pyogrio

        pyogrio.write_dataframe(lines, path, layer="notes", driver="GPKG", append=True)
        return path.read_bytes()
