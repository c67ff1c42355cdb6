"""Uploaded tables (CSV, XLSX, ODS) as rows of texts, whatever their separator or encoding."""

import codecs
import csv
import datetime as dt
import io
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from data.base import french
from data.base.french import fold
from data.uploads.columns import locates, recognise
from geo.errors import InvalidInputError

MAX_SITES = 2_000
_SEPARATORS = (";", ",", "\t", "|")
_HEADER_ROWS = 30
"""A heading further down than this is no heading."""
MAX_CELL_CHARACTERS = 2_000
MAX_POINT_CHARACTERS = 32_767
"""A shape may be long; a spreadsheet's cell holds no more."""
_MAX_COLUMNS = 200
_MAX_ROWS = 20_000
"""Rows looked at, blank ones included."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLDER = ("cp1252", "mac_roman", "cp850")
"""Windows, former Macs, and "CSV (MS-DOS)" of spreadsheets; the first where nothing tells."""
_FRENCH_LETTERS = frozenset("àâçèéêëîïôùûüœÉ")
_ODS = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


_BROKEN_WORKBOOK = (
    ValueError,
    TypeError,
    AttributeError,
    LookupError,  # a part or an encoding that does not exist
    OSError,
    SyntaxError,
    DefusedXmlException,
)


@dataclass(frozen=True)
class Line:
    """One line of a file, its cells by field, as text.

    Attributes
    ----------
    number
        Line of the file (or rank of the feature), from 1.
    cells
        Field (see `data.uploads.columns`) to text; fields that are blank are absent.
    fault
        What is wrong with the line as a whole, in French, "" for nothing.
    """

    number: int
    cells: dict[str, str]
    fault: str = ""


Row = tuple[int, list[str]]


def decode(content: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 (with its mark) or an older encoding.

    Files pasted together hold UTF-8 and older lines: each line is read by itself.

    Raises
    ------
    InvalidInputError
        The file is no text.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                break
    if b"\0" in content[:4096]:
        raise InvalidInputError(
            f"« {name} » n'est pas un fichier texte : envoyez un CSV, un XLSX, un ODS, un GeoJSON, "
            "un shapefile zippé, un GeoPackage ou un KML."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        older = max(_OLDER, key=lambda encoding: _french_letters(content, encoding))
        return "\n".join(_decode_line(line, older) for line in content.split(b"\n"))


def _french_letters(content: bytes, encoding: str) -> int:
    """Count the accented letters of French that a text holds under an encoding."""
    return sum(letter in _FRENCH_LETTERS for letter in content.decode(encoding, errors="replace"))


def _decode_line(line: bytes, older: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode(older, errors="replace")


def read_csv(content: bytes, name: str) -> list[Line]:
    """Read a delimited text: the separator is the one under which most headings are known."""
    text = decode(content, name).replace("\0", "")
    best: tuple[int, list[Row]] | None = None
    for separator in _SEPARATORS:
        rows = _csv_rows(text, separator)
        known = max((len(recognise(cells)) for _, cells in rows[:_HEADER_ROWS]), default=0)
        if best is None or known > best[0]:
            best = (known, rows)
    return to_lines(best[1] if best else [], name)


def _csv_rows(text: str, separator: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            if len(rows) >= _MAX_ROWS:
                break
            rows.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error:
        return rows  # a cell longer than 131,072 characters: what precedes is kept
    return rows


def read_xlsx(content: bytes, name: str) -> list[Line]:
    """Read the sheet of a workbook, unpacked within limits before, that has most known headings."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):  # of styles and names that we do not use
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheets = [
                _numbered(
                    [_text(value) for value in row[:_MAX_COLUMNS]]
                    for row in sheet.iter_rows(values_only=True, max_row=_MAX_ROWS)
                )
                for sheet in book.worksheets
            ]
    except _BROKEN_WORKBOOK as error:
        raise InvalidInputError(
            f"« {name} » n'est pas un classeur XLSX lisible : enregistrez-le de nouveau en XLSX ou "
            "en CSV."
        ) from error
    return to_lines(_best_sheet(sheets), name)


def read_ods(files: dict[str, bytes], name: str) -> list[Line]:
    """Read the sheet of an OpenDocument spreadsheet that has most known headings."""
    try:
        root = ElementTree.fromstring(files["content.xml"])
    except _BROKEN_WORKBOOK as error:
        raise InvalidInputError(
            f"« {name} » n'est pas un classeur ODS lisible : enregistrez-le de nouveau en XLSX ou "
            "en CSV."
        ) from error
    sheets = []
    for sheet in root.iter(f"{{{_ODS['table']}}}table"):
        rows: list[list[str]] = []
        for row in sheet.iter(f"{{{_ODS['table']}}}table-row"):
            cells = _ods_cells(row)
            # A repeated blank row runs to the last line of the sheet: only its presence counts.
            times = _repeated(row, "rows") if any(cells) else min(_repeated(row, "rows"), 1_000)
            rows.extend([cells] * min(times, _MAX_ROWS - len(rows)))
        sheets.append(_numbered(rows))
    return to_lines(_best_sheet(sheets), name)


def _ods_cells(row: Element) -> list[str]:
    cells: list[str] = []
    for cell in row:
        if not cell.tag.endswith(("}table-cell", "}covered-table-cell")):
            continue
        value = cell.get(f"{{{_ODS['office']}}}value")
        date = cell.get(f"{{{_ODS['office']}}}date-value")
        texts = ("".join(part.itertext()) for part in cell.iter(f"{{{_ODS['text']}}}p"))
        text = value or date or "\n".join(texts)
        cells.extend([text.strip()] * min(_repeated(cell, "columns"), _MAX_COLUMNS - len(cells)))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _repeated(element: Element, axis: str) -> int:
    text = element.get(f"{{{_ODS['table']}}}number-{axis}-repeated", "1")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _text(value: object) -> str:
    """Return the text of a spreadsheet cell; whole numbers lose their ".0", dates are ISO."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value).strip()


def _numbered(rows: Iterable[list[str]]) -> list[Row]:
    return list(enumerate(rows, start=1))


def _best_sheet(sheets: Sequence[list[Row]]) -> list[Row]:
    def known(rows: list[Row]) -> int:
        return max((len(recognise(cells)) for _, cells in rows[:_HEADER_ROWS]), default=0)

    return max(sheets, key=known, default=[])


def to_lines(rows: list[Row], name: str) -> list[Line]:
    """Find the heading of a table and return the lines below it, blank ones left out.

    Raises
    ------
    InvalidInputError
        No heading says where the sites are, or there are more than 2,000 sites.
    """
    heads = [(recognise(cells), place) for place, (_, cells) in enumerate(rows[:_HEADER_ROWS])]
    heads = [(found, place) for found, place in heads if locates(found)]
    if not heads:
        seen = next((cells for _, cells in rows if any(cells)), [])
        shown = ", ".join(cell[:40] for cell in seen[:8] if cell) or "rien"
        raise InvalidInputError(
            f"« {name} » n'a pas de ligne de titres reconnue : il faut des colonnes longitude et "
            "latitude, ou code_insee, ou commune, ou code_postal, ou adresse. "
            f"Trouvé : {shown}. Prenez le modèle proposé."
        )
    columns, place = max(heads, key=lambda head: (len(head[0]), -head[1]))
    width = len(rows[place][1])
    titles = [fold(cell) for cell in rows[place][1]]
    lines = []
    for number, cells in rows[place + 1 :]:
        if not any(cells):
            continue
        values = {
            field: text
            for field, column in columns.items()
            if (text := _first_of(cells, titles[column], titles))
        }
        extra = [cell for cell in cells[width:] if cell]
        fault = (
            f"la ligne a {len(cells)} cellules pour {width} titres : une virgule ou un "
            "point-virgule de trop ?"
            if extra
            else ""
        )
        lines.append(bounded(Line(number, values, fault)))
    return limited(lines, name)


def bounded(line: Line) -> Line:
    """Return a line whose cells are of a length that one reads; a longer one is its fault."""
    long = {
        field: text
        for field, text in line.cells.items()
        if len(text) > (MAX_POINT_CHARACTERS if field == "point" else MAX_CELL_CHARACTERS)
    }
    if not long:
        return line
    lengths = ", ".join(french.number(len(text)) for text in long.values())
    cut = {field: text[:MAX_CELL_CHARACTERS] for field, text in long.items()}
    fault = (
        f"une cellule est démesurée ({lengths} caractères, pour "
        f"{french.number(MAX_CELL_CHARACTERS)} au plus) : raccourcissez-la"
    )
    return Line(line.number, line.cells | cut, line.fault or fault)


def _first_of(cells: list[str], title: str, titles: list[str]) -> str:
    """Return the first cell that is filled under the columns of a title: some tables have two."""
    under = (cell for cell, one in zip(cells, titles, strict=False) if one == title and cell)
    return next(under, "")


def limited(lines: list[Line], name: str) -> list[Line]:
    """Refuse a file with no site or with too many."""
    if not lines:
        raise InvalidInputError(f"« {name} » ne contient aucun site sous sa ligne de titres.")
    if len(lines) > MAX_SITES:
        raise InvalidInputError(
            f"« {name} » contient {len(lines)} sites ; la limite est de {MAX_SITES}. Découpez-le."
        )
    return lines
