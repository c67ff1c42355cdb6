"""Sheets of an Excel workbook seen as rows of text cells, with guards against hostile ones."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Sequence

import pandas as pd
import python_calamine as calamine

from data.files.text_files import HEAD_LINES, InputFile, reading
from geo.errors import InvalidInputError

MAX_SHEET_XML_BYTES = 600_000_000
MAX_PACKED_BYTES = 150_000_000
MAX_CELLS = 30_000_000
"""Area of a sheet, last row by last column: a single far cell would fill the memory."""
_ROW = re.compile(rb'<row[^<>]*? r="(\d+)"')
_WIDE_COLUMN = re.compile(rb'<c[^<>]*? r="([A-Z]{2,3})\d')
_FORMULA = re.compile(rb"<f[ >/]")
_CHUNK_BYTES = 4_194_304
_OVERLAP_BYTES = 256


class SheetTable:
    """One sheet, read whole; the same shape as `TextTable`."""

    where = "ligne"

    def __init__(self, file: InputFile, sheet: str, rows: Sequence[Sequence[object]]) -> None:
        self.file, self.sheet, self._rows = file, sheet, rows
        self.name = f"{file.name} › {sheet}"
        self.head = [[_text(cell) for cell in row] for row in rows[:HEAD_LINES]]
        self.malformed: list[int] = []

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the rows below a header, as text; see `TextTable.batches`."""
        rows = self._rows[header_row + 1 :]
        frame = pd.DataFrame(
            {k: [_text(row[k]) if k < len(row) else "" for row in rows] for k in columns},
            dtype=str,
        )
        frame.index = pd.RangeIndex(header_row + 2, header_row + 2 + len(rows), name="line")
        yield frame[(frame != "").any(axis=1)]


def open_workbook(file: InputFile) -> list[SheetTable]:
    """Return the sheets of a workbook (XLSX, XLSM, XLS).

    Raises
    ------
    InvalidInputError
        The workbook is broken, protected, too large, or holds formulas.
    """
    with reading(file.name), file.open() as stream:
        content = stream.read(MAX_PACKED_BYTES + 1)
    if len(content) > MAX_PACKED_BYTES:
        raise _too_large(file)
    if content.startswith(b"PK"):
        with reading(file.name):
            _check_sheets(file, content)
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            SheetTable(file, name, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in book.sheet_names
        ]
    except calamine.PasswordError as error:
        raise InvalidInputError(
            f"« {file.name} » est protégé par un mot de passe : enlevez-le, puis réessayez."
        ) from error
    except calamine.CalamineError as error:
        raise InvalidInputError(
            f"« {file.name} » est un classeur abîmé : ouvrez-le dans un tableur, "
            "enregistrez-le de nouveau en XLSX, puis réessayez."
        ) from error


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))  # 1001.0 is a commune code, not a number
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell)


def _check_sheets(file: InputFile, content: bytes) -> None:
    """Refuse what would fill the memory, and formulas, whose stored values may be stale."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for item in archive.infolist():
            if not item.filename.startswith("xl/"):
                continue
            is_sheet = item.filename.startswith("xl/worksheets/")
            seen, last_row, last_column, tail = 0, 0, 26, b""
            with archive.open(item) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    seen += len(chunk)
                    if seen > MAX_SHEET_XML_BYTES:
                        raise _too_large(file)
                    if not is_sheet:
                        continue
                    text = tail + chunk
                    if _FORMULA.search(text):
                        raise InvalidInputError(
                            f"« {file.name} » contient des formules : copiez le tableau et collez "
                            "ses valeurs (collage spécial) dans un nouveau classeur, "
                            "puis réessayez."
                        )
                    last_row = max([last_row, *map(int, set(_ROW.findall(text)))])
                    wide = map(_column_number, set(_WIDE_COLUMN.findall(text)))
                    last_column = max([last_column, *wide])
                    if last_row * last_column > MAX_CELLS:
                        raise _too_large(file)
                    tail = text[-_OVERLAP_BYTES:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _too_large(file: InputFile) -> InvalidInputError:
    return InvalidInputError(
        f"« {file.name} » contient une feuille démesurée : gardez seulement le tableau utile, "
        "ou enregistrez-le en CSV."
    )
