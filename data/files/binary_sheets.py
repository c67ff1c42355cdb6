"""One pass over the records of a binary workbook (XLS, XLSB): errors, formulas, hidden rows.

The reader of workbooks gives a cell in error as a blank one. Records: [MS-XLS] 2.4 (BIFF5 and
BIFF8), [MS-XLSB] 2.4 (BIFF12).
"""

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator

import olefile  # type: ignore[import-untyped]
from defusedxml import ElementTree  # type: ignore[import-untyped]
from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]

from data.files.archives import BROKEN_ZIP
from data.files.sheet_scan import Cells

ERROR_WORDS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""Code of an error ([MS-XLS] 2.5.10 BErr) to its word."""
_STREAMS = ("Workbook", "Book")
_BOUND_SHEET, _END, _BEGIN = 0x0085, 0x000A, 0x0809
_FORMULAS = frozenset({0x0006, 0x0206, 0x0406})
_ERROR = 0x0205
_ROW_8, _HIDDEN_8 = 0x0208, 0x20
"""Record of a row, and the bit that says that it is not shown ([MS-XLS] 2.4.221 Row)."""
_FLAGS_12, _HIDDEN_12 = 11, 0x10
"""Byte and bit that say the same in an XLSB ([MS-XLSB] 2.4.743 BrtRowHdr)."""
_BUNDLE_SHEET, _ROW, _CELL_ERROR, _FORMULA_ERROR = 156, 0, 3, 11
_FORMULAS_12 = frozenset({8, 9, 10, _FORMULA_ERROR})
_BROKEN = (OSError, ValueError, LookupError, struct.error, AttributeError, TypeError)


def scan_xls(content: bytes) -> list[Cells] | None:
    """Return what each sheet of an XLS holds, in the order of its tabs; None where it cannot be.

    Nothing tells a formula that was never computed from one whose result is an empty text.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as packed:
            named = next(name for name in _STREAMS if packed.exists(name))
            with packed.openstream(named) as opened:
                book = opened.read()
        parts, starts = _parts_of(book)
        return [parts[start] for start in starts]
    except (*_BROKEN, StopIteration):
        return None


def _parts_of(book: bytes) -> tuple[dict[int, Cells], list[int]]:
    """Return what each part of a book holds, by the place where it begins, and where sheets begin.

    One pass, whatever the book says of its sheets.
    """
    parts: dict[int, Cells] = {}
    starts: list[int] = []
    place = depth = 0
    now = Cells()
    while place + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, place)
        if kind == _BEGIN:
            if depth == 0:
                now = parts[place] = Cells()
            depth += 1  # charts stand within sheets
        elif kind == _END:
            depth = max(depth - 1, 0)
        elif depth == 1 and kind == _BOUND_SHEET:
            starts.append(int(struct.unpack_from("<I", book, place + 4)[0]))
        elif depth == 1:
            _note(now, kind, book[place + 4 : place + 4 + length])
        place += 4 + length
    return parts, starts


def _note(found: Cells, kind: int, body: bytes) -> None:
    """Note an error, a formula or a hidden row that a record holds."""
    if kind == _ROW_8:
        first, end, flags = struct.unpack_from("<xxHHxxxxxxH", body)
        found.hidden += bool(flags & _HIDDEN_8) and end > first
        return
    if kind == _ERROR:
        row, column, _, code, is_error = struct.unpack_from("<HHHBB", body)
        failed = bool(is_error)
    elif kind in _FORMULAS:
        row, column, _, result, code, told = struct.unpack_from("<HHHBxBxxxH", body)
        found.formulas += 1
        failed = told == 0xFFFF and result == 2  # else a number, a text or a truth
    else:
        return
    if failed:
        found.errors[row, column] = ERROR_WORDS.get(code, "#N/A")


def scan_xlsb(content: bytes, most_bytes: int) -> list[Cells] | None:
    """Return what each sheet of an XLSB holds, in the order of its tabs; None where it cannot be.

    Parameters
    ----------
    content
        The file.
    most_bytes
        Largest part that is unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if any(item.file_size > most_bytes for item in archive.infolist()):
                return None
            paths = _paths_of(archive)
            # Two tabs of one part are read once.
            read = {path: _cells_12(archive.read(path)) for path in set(paths)}
            return [read[path] for path in paths]
    except (*_BROKEN, *BROKEN_ZIP, SyntaxError, DefusedXmlException):
        return None


def _paths_of(archive: zipfile.ZipFile) -> list[str]:
    """Return where the sheets of an XLSB stand in it, in the order of their tabs."""
    told = archive.read("xl/_rels/workbook.bin.rels")
    relations = ElementTree.fromstring(told, forbid_dtd=True)
    targets = {one.get("Id"): str(one.get("Target", "")) for one in relations}
    paths = []
    for kind, body in _parts(archive.read("xl/workbook.bin")):
        if kind == _BUNDLE_SHEET:
            length = struct.unpack_from("<I", body, 8)[0]
            target = targets[body[12 : 12 + 2 * length].decode("utf-16-le")]
            paths.append(posixpath.normpath(posixpath.join("/xl", target)).lstrip("/"))
    return paths


def _parts(book: bytes) -> Iterator[tuple[int, bytes]]:
    """Give kind and body of the records of a part of an XLSB."""
    place = 0
    while place < len(book):
        kind, place = _varied(book, place, 2)
        length, place = _varied(book, place, 4)
        yield kind, book[place : place + length]
        place += length


def _varied(book: bytes, place: int, most: int) -> tuple[int, int]:
    """Return a number written on seven bits a byte, and the place after it."""
    value = 0
    for k in range(most):
        value |= (book[place] & 0x7F) << (7 * k)
        place += 1
        if not book[place - 1] & 0x80:
            break
    return value, place


def _cells_12(sheet: bytes) -> Cells:
    found, row, hidden = Cells(), -1, False
    for kind, body in _parts(sheet):
        if kind == _ROW:
            row = struct.unpack_from("<I", body)[0]
            hidden = len(body) > _FLAGS_12 and bool(body[_FLAGS_12] & _HIDDEN_12)
        elif hidden:  # a row without any cell is no row
            found.hidden, hidden = found.hidden + 1, False
        found.formulas += kind in _FORMULAS_12
        if kind in {_CELL_ERROR, _FORMULA_ERROR}:
            column, _, code = struct.unpack_from("<IIB", body)
            found.errors[row, column] = ERROR_WORDS.get(code, "#N/A")
    return found
