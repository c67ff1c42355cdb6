"""Sheets of an OpenDocument spreadsheet (ODS) as tables of texts, whoever wrote it.

calamine refuses spreadsheets without a manifest and fills the memory with repeated cells: these are
read here, within the same limits.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from data.files.document import NO_VALUE, Row, Table
from data.files.remarks import formulas_told, hidden_told
from geo.errors import InvalidInputError

_MOST_COLUMNS = 2_000
_MOST_CELLS = 3_000_000
"""Repeated cells included, blank ends of rows and of sheets left out."""
_MOST_CHARACTERS = 50_000_000
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_BROKEN = (SyntaxError, ValueError, LookupError, DefusedXmlException)


def read_ods(files: Mapping[str, bytes], name: str) -> tuple[list[Table], list[str]]:
    """Return the visible sheets of an ODS, unpacked within limits before, and what was left out.

    Raises
    ------
    InvalidInputError
        It is broken, or larger than any table of ours.
    """
    try:
        root = ElementTree.fromstring(files["content.xml"], forbid_dtd=True)
    except _BROKEN as error:
        raise InvalidInputError(
            f"« {name} » n’est pas un classeur ODS lisible : enregistrez-le de nouveau en XLSX ou "
            "en CSV."
        ) from error
    hidden = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        for part in style
        if part.get(f"{_TABLE}display") == "false"
    }
    tables, left = [], []
    for sheet in root.iter(f"{_TABLE}table"):
        title = sheet.get(f"{_TABLE}name", "")
        if sheet.get(f"{_TABLE}style-name") in hidden - {None}:
            left.append(f"« {title} » (feuille masquée)")
        else:
            tables.append(_sheet(sheet, title, name))
    return tables, left


def _sheet(sheet: Element, title: str, name: str) -> Table:
    rows: list[Row] = []
    line, total, letters, blank, formulas, unseen = 0, 0, 0, 0, 0, 0
    below: dict[int, tuple[int, str]] = {}
    carried: set[tuple[int, int]] = set()
    for row in sheet.iter(f"{_TABLE}table-row"):
        times = _repeated(row, "rows")
        cells, lost, spans = _cells(row)
        for column, (left, text) in list(below.items()):
            cells.extend([""] * (column + 1 - len(cells)))
            if not cells[column]:
                cells[column] = text
                carried |= {(line + k, column) for k in range(1, times + 1)}
            below[column] = (left - 1, text)
            if left <= 1:
                del below[column]
        below |= spans
        if not any(cells):
            line += times
            continue
        blank, formulas = blank + lost[0], formulas + lost[1]
        if row.get(f"{_TABLE}visibility", "visible") != "visible":  # collapsed, or filtered
            unseen += times
        total += times * len(cells)
        letters += times * sum(map(len, cells))
        if total > _MOST_CELLS or letters > _MOST_CHARACTERS:
            raise InvalidInputError(
                f"« {name} » contient une feuille démesurée : gardez seulement le tableau utile, "
                "ou enregistrez-le en CSV."
            )
        rows += [(line + k, list(cells)) for k in range(1, times + 1)]
        line += times
    remarks = []
    if unseen:
        remarks.append(hidden_told(unseen, title))
    if formulas:
        remarks.append(formulas_told(formulas, title, blank))
    return Table(rows, sheet=title, remarks=tuple(remarks), carried=frozenset(carried))


def _cells(row: Element) -> tuple[list[str], tuple[int, int], dict[int, tuple[int, str]]]:
    """Return the cells of a row, its formulas (without value, in all), and what goes down."""
    cells: list[str] = []
    blank = formulas = 0
    spans: dict[int, tuple[int, str]] = {}
    gap = 0
    for cell in row:
        if not cell.tag.endswith(("}table-cell", "}covered-table-cell")):
            continue
        text = _cell(cell)
        if cell.get(f"{_TABLE}formula") is not None:
            formulas += 1
            if not text and cell.get(f"{_OFFICE}value-type") != "string":
                blank, text = blank + 1, NO_VALUE
        times = _repeated(cell, "columns")
        if not text:
            gap += times
            continue
        cells.extend([""] * min(gap, _MOST_COLUMNS - len(cells)))
        gap = 0
        deep = _number(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        if deep > 1:
            spans[len(cells)] = (deep - 1, text)
        cells.extend([text] * min(times, _MOST_COLUMNS - len(cells)))
    return cells, (blank, formulas), spans


def _cell(cell: Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind == "boolean":
        return "oui" if cell.get(f"{_OFFICE}boolean-value") == "true" else "non"
    if kind == "date":
        return str(cell.get(f"{_OFFICE}date-value", ""))[:10]
    if value := cell.get(f"{_OFFICE}value"):
        return value.removesuffix(".0")
    if kind == "string" and (value := cell.get(f"{_OFFICE}string-value")):
        return value.strip()
    # A comment on a cell holds paragraphs too: only those of the cell itself count.
    texts = ("".join(part.itertext()) for part in cell if part.tag == f"{_TEXT}p")
    return "\n".join(texts).strip()


def _repeated(element: Element, axis: str) -> int:
    return _number(element.get(f"{_TABLE}number-{axis}-repeated", "1"))


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1
