"""Sheets of a workbook (XLSX, XLSM, XLSB, XLS) as tables of texts, within limits.

The visible sheets only; merged cells carry down; the stored value of a formula is read, and one
that was saved without its value is marked.
"""

import datetime as dt
import io
import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import python_calamine as calamine
from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from data.base import french
from data.files import kinds
from data.files.archives import BROKEN_ZIP
from data.files.binary_sheets import scan_xls, scan_xlsb
from data.files.document import NO_VALUE, Row, Table
from data.files.remarks import formulas_told, hidden_told
from data.files.sheet_scan import Cells, TooLargeError, looks_plain, scan_sheet, string_lengths
from geo.errors import InvalidInputError

MAX_SHEET_XML_BYTES = 600_000_000
MAX_PACKED_BYTES = 150_000_000
MOST_SHARED_BYTES = 300_000_000
"""All texts of the cells together: a long text that every cell points at would fill the memory."""
_ERRORS_NAMED = 4
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

_Position = tuple[int, int]
_BROKEN_XML = (SyntaxError, ValueError, LookupError, DefusedXmlException)


@dataclass
class _Inside:
    """What a workbook says beside its values, by sheet: formulas, errors, hidden rows."""

    formulas: dict[str, int] = field(default_factory=dict)
    blank: dict[str, frozenset[_Position]] = field(default_factory=dict)
    errors: dict[str, Mapping[_Position, str]] = field(default_factory=dict)
    hidden: dict[str, int] = field(default_factory=dict)


def read_workbook(content: bytes, name: str) -> tuple[list[Table], list[str]]:
    """Return the visible sheets of a workbook, and what was left out, in French.

    Raises
    ------
    InvalidInputError
        The workbook is broken, protected or too large.
    """
    if len(content) > MAX_PACKED_BYTES:
        raise too_large(name)
    inside = _inside(content, name) if content.startswith(b"PK") else _Inside()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        tables, left = [], []
        if not _binary_inside(inside, content, book):
            left.append("cellules en erreur (non cherchées : enregistrez ce classeur en XLSX)")
        for sheet in book.sheets_metadata:
            if sheet.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            if sheet.visible != calamine.SheetVisibleEnum.Visible:
                left.append(f"« {sheet.name} » (feuille masquée)")
                continue
            tables.append(_table(book.get_sheet_by_name(sheet.name), inside))
    except calamine.PasswordError as error:
        raise InvalidInputError(
            f"« {name} » est protégé par un mot de passe : enlevez-le, puis réessayez."
        ) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise _broken(name) from error
    return tables, left


def _broken(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » est un classeur abîmé : ouvrez-le dans un tableur, "
        "enregistrez-le de nouveau en XLSX, puis réessayez."
    )


def too_large(name: str) -> InvalidInputError:
    """Return the refusal of a workbook that would fill the memory."""
    return InvalidInputError(
        f"« {name} » contient une feuille démesurée : gardez seulement le tableau utile, "
        "ou enregistrez-le en CSV."
    )


def _table(sheet: calamine.CalamineSheet, inside: _Inside) -> Table:
    values = _texts(sheet)
    errors = inside.errors.get(sheet.name, {})
    without = {**dict.fromkeys(inside.blank.get(sheet.name, ()), NO_VALUE), **errors}
    for (row, column), said in without.items():
        values.extend([] for _ in range(row + 1 - len(values)))
        values[row].extend([""] * (column + 1 - len(values[row])))
        values[row][column] = values[row][column] or said
    carried = _carry_down(values, sheet.merged_cell_ranges or ())
    remarks = []
    if errors:
        words = ", ".join(f"« {one} »" for one in sorted(set(errors.values()))[:_ERRORS_NAMED])
        remarks.append(
            f"{french.counted(len(errors), 'cellule', 'cellules')} de la feuille « {sheet.name} » "
            f"en erreur ({words})"
        )
    if count := inside.hidden.get(sheet.name, 0):
        remarks.append(hidden_told(count, sheet.name))
    if count := inside.formulas.get(sheet.name, 0):
        remarks.append(formulas_told(count, sheet.name, len(inside.blank.get(sheet.name, ()))))
    if carried:
        cells = french.counted(len(carried), "cellule fusionnée", "cellules fusionnées")
        copied = "recopiées" if len(carried) > 1 else "recopiée"
        remarks.append(f"{cells} de la feuille « {sheet.name} » {copied} vers le bas")
    rows: list[Row] = list(enumerate(values, start=1))
    return Table(rows, sheet=sheet.name, remarks=tuple(remarks), carried=frozenset(carried))


def _texts(sheet: calamine.CalamineSheet) -> list[list[str]]:
    """Return the cells as text, row by row; equal texts are held once (a sheet repeats itself)."""
    top, left = sheet.start or (0, 0)
    known: dict[str, str] = {}
    before = [""] * left
    values: list[list[str]] = [[] for _ in range(top)]
    for row in sheet.iter_rows():
        cells = before + [known.setdefault(text, text) for text in map(cell_text, row)]
        while cells and not cells[-1]:
            cells.pop()
        values.append(cells)
    return values


def _carry_down(
    values: list[list[str]], merged: Sequence[tuple[_Position, _Position]]
) -> list[_Position]:
    """Fill what merged cells cover; return its lines (from 1) and places (from 0)."""
    carried = []
    for (top, left), (bottom, _) in merged:
        if top >= len(values) or left >= len(values[top]) or not values[top][left]:
            continue
        for number, row in enumerate(values[top + 1 : bottom + 1], start=top + 2):
            row.extend([""] * (left + 1 - len(row)))
            if not row[left]:
                row[left] = values[top][left]
                carried.append((number, left))
    return carried


def cell_text(cell: object) -> str:
    """Return the text of a cell: whole numbers without ".0", dates in ISO form, oui or non."""
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "oui" if cell else "non"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # 1001.0 is a commune code, not a number
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell).strip()


def _inside(content: bytes, name: str) -> _Inside:
    """Refuse what would fill the memory, and find the formulas.

    Raises
    ------
    InvalidInputError
        A sheet is too large, or its XML breaks off.
    """
    found = _Inside()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {item.filename: item for item in archive.infolist()}
            unpacked = sum(item.file_size for item in names.values())
            if unpacked > 2 * MAX_SHEET_XML_BYTES:
                raise too_large(name)
            shared = names.get("xl/sharedStrings.xml")
            lengths: Mapping[int, int] = {}
            if shared is not None:
                with archive.open(shared) as stream:
                    lengths = string_lengths(stream, MAX_SHEET_XML_BYTES)
            total = 0
            titles = _titles(archive, names)
            for path in names:
                if not path.startswith("xl/worksheets/") or not path.endswith(".xml"):
                    continue
                with archive.open(path) as stream:
                    plain = not lengths and looks_plain(stream, MAX_SHEET_XML_BYTES)
                if plain:
                    continue
                with archive.open(path) as stream:
                    cells = scan_sheet(stream, lengths, MAX_SHEET_XML_BYTES)
                total += cells.shared_characters
                if total > MOST_SHARED_BYTES:
                    raise too_large(name)
                _note(found, titles.get(path, ""), cells)
    except TooLargeError as error:
        raise too_large(name) from error
    except (*BROKEN_ZIP, *_BROKEN_XML) as error:
        raise _broken(name) from error
    return found


def _binary_inside(found: _Inside, content: bytes, book: calamine.CalamineWorkbook) -> bool:
    """Find the formulas and the errors of an XLS or XLSB; False where they cannot be looked for."""
    if content.startswith(kinds.OLE):
        sheets = scan_xls(content)
    elif _is_xlsb(content):
        sheets = scan_xlsb(content, MAX_SHEET_XML_BYTES)
    else:
        return True
    if sheets is None or len(sheets) != len(book.sheets_metadata):
        return False
    for about, cells in zip(book.sheets_metadata, sheets, strict=True):
        _note(found, about.name, cells)
    return True


def _note(found: _Inside, title: str, cells: Cells) -> None:
    if title:
        found.errors[title] = cells.errors
        found.hidden[title] = cells.hidden
    if title and cells.formulas:
        found.formulas[title] = cells.formulas
        found.blank[title] = frozenset(cells.blank)


def _is_xlsb(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "xl/workbook.bin" in archive.namelist()


def _titles(archive: zipfile.ZipFile, names: Mapping[str, object]) -> dict[str, str]:
    """Return the path of each sheet in the archive to the name that its tab bears."""
    if "xl/workbook.xml" not in names or "xl/_rels/workbook.xml.rels" not in names:
        return {}
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
        relations = ElementTree.fromstring(
            archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True
        )
    except _BROKEN_XML:
        return {}  # calamine will say what it thinks of it
    targets = {one.get("Id"): str(one.get("Target", "")) for one in relations}
    titles = {}
    for sheet in book.iter():
        if str(sheet.tag).rpartition("}")[2] != "sheet":
            continue
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        titles[posixpath.normpath(path)] = str(sheet.get("name", ""))
    return titles
