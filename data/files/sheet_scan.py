"""One pass over the XML of a sheet, before anything is held in memory: extent, formulas, texts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

MOST_CELLS = 12_000_000
"""Area of a sheet, last row by last column: a single far cell would fill the memory."""
SPARSE_FROM = 1_000_000
SPARSE_RATIO = 60
"""Above a million places, at most this many places for one cell that is written."""
_LONG_TEXT = 1_000
_CHUNK_BYTES = 1_048_576
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


class TooLargeError(Exception):
    """The sheet would fill the memory."""


@dataclass
class Cells:
    """What a sheet holds.

    Attributes
    ----------
    count
        Cells written.
    formulas
        Cells that are formulas.
    blank
        Row and column (from 0) of formulas that were saved without their value.
    errors
        Row and column of the cells that hold an error, and its word.
    shared_characters
        Length of the long shared texts, each as often as a cell points at it.
    hidden
        Rows that hold cells and are not shown: filtered, or hidden by hand.
    """

    count: int = 0
    formulas: int = 0
    blank: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    shared_characters: int = 0
    hidden: int = 0


def _feed(parser: "expat.XMLParserType", stream: IO[bytes], limit: int) -> None:
    seen = 0
    while chunk := stream.read(_CHUNK_BYTES):
        seen += len(chunk)
        if seen > limit:
            raise TooLargeError
        parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _parser() -> "expat.XMLParserType":
    parser = expat.ParserCreate(namespace_separator="}")

    def refuse(*_: object) -> None:
        raise ValueError("a document type in a workbook")

    parser.StartDoctypeDeclHandler = refuse  # no entities: nothing to expand, nothing to fetch
    parser.buffer_text = True
    return parser


def string_lengths(stream: IO[bytes], limit: int) -> dict[int, int]:
    """Return the rank of each long shared text to its length in characters."""
    found: dict[int, int] = {}
    rank, length = 0, 0
    parser = _parser()

    def text(data: str) -> None:
        nonlocal length
        length += len(data)

    def end(tag: str) -> None:
        nonlocal rank, length
        if tag.endswith("}si") or tag == "si":
            if length > _LONG_TEXT:
                found[rank] = length
            rank, length = rank + 1, 0

    parser.CharacterDataHandler = text
    parser.EndElementHandler = end
    _guarded(parser, stream, limit)
    return found


def _guarded(parser: "expat.XMLParserType", stream: IO[bytes], limit: int) -> None:
    try:
        _feed(parser, stream, limit)
    except expat.ExpatError as error:
        raise ValueError(str(error)) from error


_ROW = re.compile(rb"<(?:\w{1,9}:)?row\s[^<>]*?\br\s*+=\s*+[\"'](\d{1,7})")
_WIDE = re.compile(rb"\br\s?=\s?[\"']([A-Z]{2,3})\d")
_FORMULA = re.compile(rb"<(?:\w{1,9}:)?f[\s>/]")
_ERROR = re.compile(rb"\bt\s?=\s?[\"']e[\"']")
_HIDDEN = re.compile(rb"\bhidden\s?=\s?[\"'](?:1|true)[\"']")
"""On a row, or on a column: the XML tells."""
_LONGEST_ERROR = 20
_OVERLAP_BYTES = 512


def looks_plain(stream: IO[bytes], limit: int) -> bool:
    """Tell whether a sheet holds no formula, error or hidden row: ten times as fast as its XML.

    Raises
    ------
    TooLargeError
        The sheet is too long, or its cells too far apart.
    """
    seen, row, width, count, tail = 0, 0, 26, 0, b""
    while chunk := stream.read(_CHUNK_BYTES):
        seen += len(chunk)
        if seen > limit:
            raise TooLargeError
        text = tail + chunk
        if any(mark.search(text) for mark in (_FORMULA, _ERROR, _HIDDEN)):
            return False
        row = max([row, *map(int, _ROW.findall(text))])
        width = max([width, *(_column(one.decode()) + 1 for one in set(_WIDE.findall(text)))])
        count += chunk.count(b"<")
        _check_area(row * width, count)
        tail = text[-_OVERLAP_BYTES:]
    return True


def _check_area(area: int, written: int) -> None:
    if area > MOST_CELLS or (area > SPARSE_FROM and area > SPARSE_RATIO * max(written, 1)):
        raise TooLargeError


def scan_sheet(stream: IO[bytes], lengths: Mapping[int, int], limit: int) -> Cells:
    """Go once through the XML of a sheet.

    Parameters
    ----------
    stream
        The XML.
    lengths
        Lengths of the long shared texts, by rank.
    limit
        Most bytes read.

    Raises
    ------
    TooLargeError
        The sheet is too long, or its cells too far apart.
    ValueError
        The XML breaks off.
    """
    scan = _Scan(lengths)
    parser = _parser()
    parser.StartElementHandler = lambda tag, given: scan.start(parser, tag, given)
    _guarded(parser, stream, limit)
    scan.close()
    return scan.cells


class _Scan:
    def __init__(self, lengths: Mapping[int, int]) -> None:
        self.cells, self._lengths = Cells(), lengths
        self._row, self._column, self._most = -1, -1, 0
        self._kind, self._formula, self._text = "", False, ""
        self._hidden = False

    def start(self, parser: "expat.XMLParserType", tag: str, given: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "c":
            self.close()
            self._cell(given)
            parser.CharacterDataHandler = None
        elif name == "row":
            self.close()
            self._row = int(given.get("r", self._row + 2)) - 1
            self._column = -1
            self._hidden = given.get("hidden") in {"1", "true"}
            self._check()
        elif name == "f":
            self._formula = True
            parser.CharacterDataHandler = None
        elif name == "v" and (
            self._formula or self._kind == "e" or (self._kind == "s" and self._lengths)
        ):
            parser.CharacterDataHandler = self._note

    def _note(self, data: str) -> None:
        self._text += data

    def _cell(self, given: Mapping[str, str]) -> None:
        self.cells.hidden += self._hidden
        self._hidden = False  # a row without any cell is no row
        self.cells.count += 1
        self._column += 1
        if place := _PLACE.fullmatch(given.get("r", "")):
            self._column, self._row = _column(place[1]), int(place[2]) - 1
        self._kind = given.get("t", "n")
        self._check()

    def _check(self) -> None:
        self._most = max(self._most, self._column + 1)
        _check_area((self._row + 1) * max(self._most, 1), self.cells.count)

    def close(self) -> None:
        """Take account of the cell that ends."""
        text = self._text.strip()
        if self._kind == "e" and text:
            self.cells.errors[self._row, self._column] = text[:_LONGEST_ERROR]
        if self._formula:
            self.cells.formulas += 1
            if not text and self._kind not in {"str", "s", "inlineStr"}:
                self.cells.blank.append((self._row, self._column))
        elif self._kind == "s" and text.isascii() and text.isdigit():
            self.cells.shared_characters += self._lengths.get(int(text), 0)
        self._kind, self._formula, self._text = "", False, ""


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - 64
    return number - 1
