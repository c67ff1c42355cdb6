"""Tables of a file that someone hands in: a text in bounded pieces, or one opened whole."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pandas as pd

from data.files.document import Table, put_together
from data.files.headings import year_of
from data.files.input_files import BLOCK_BYTES, HEAD_LINES, InputFile, reading, sniff_encoding
from data.files.layouts import on_one_line
from data.files.opening import open_document
from data.files.texts import (
    are_wrapped,
    cells_of,
    head_rows,
    left_open,
    open_quote,
    separator_of,
    unwrapped,
)
from data.files.workbook import MAX_PACKED_BYTES
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BROKEN_KEPT = 1_000
"""Lines with too many or too few cells that are kept, to know of what they told."""


class TextTable:
    """A delimited text seen as rows of cells; only the columns asked for are ever read.

    Attributes
    ----------
    name, sheet, where
        What messages say: the file, the sheet (none here), the word for a row.
    head
        Cells of the first lines.
    malformed
        Line numbers left out by the last reading, for their number of cells.
    broken
        Cells of the first of these lines.
    asked
        Row of a header to the positions of the columns read below it.
    """

    def __init__(self, file: InputFile) -> None:
        self.file, self.name, self.where = file, file.name, "ligne"
        self.sheet = ""
        self.encoding = sniff_encoding(file)
        text = file.head().decode(self.encoding, errors="ignore").removeprefix("\ufeff")
        lines = text.splitlines()[:HEAD_LINES]
        self._wrapped = are_wrapped(lines)
        if self._wrapped:
            lines = [unwrapped(line) for line in lines]
        self.separator = separator_of(lines)
        rows = head_rows(lines, self.separator)
        self.head = on_one_line([cells for cells, _ in rows])
        self._ends = [end for _, end in rows]
        self.malformed: list[int] = []
        self.broken: list[list[str]] = []
        self.asked: dict[int, set[int]] = {}
        self._runs_on: bool | None = None

    def _cells_run_on(self) -> bool:
        """Tell whether cells hold line breaks; refuse a quotation mark that is left open.

        Raises
        ------
        InvalidInputError
            With the line of the quotation mark.
        """
        if self._runs_on is None:
            self._runs_on = False
            if self.separator != "|" and self._is_quoted():
                with (
                    reading(self.name),
                    self._open() as raw,
                    io.TextIOWrapper(raw, encoding=self.encoding) as text,
                ):
                    opened, self._runs_on = open_quote(text, self.separator)
                if opened:
                    raise left_open(self.name, opened)
        return self._runs_on

    def _open(self) -> BinaryIO:
        """Open the text; where each line is one quoted cell, as it was before."""
        stream = self.file.open()
        return io.BufferedReader(_Unwrapped(stream, self.encoding)) if self._wrapped else stream

    def _is_quoted(self) -> bool:
        with reading(self.name), self.file.open() as stream:
            while block := stream.read(BLOCK_BYTES):
                if b'"' in block:
                    return True
        return False

    def _width(self, header_row: int) -> int:
        """Return the cells of a row: those of the header, but for blank ones that end the lines.

        Many tools end each line of figures by a separator, and not that of the titles, or the
        other way round.
        """
        titles = self.head[max(header_row, 0)]
        below = [cells for cells in self.head[header_row + 1 :] if any(cells)]
        widths = set(map(len, below))
        if len(widths) != 1:
            return len(titles)
        (width,) = widths
        ends = [titles[width:], *(cells[len(titles) :] for cells in below)]
        return len(titles) if any(cell.strip() for end in ends for cell in end) else width

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the rows below a header, as text, by bounded pieces; blank rows are left out.

        Parameters
        ----------
        header_row
            Index of the header among the lines (0 is the first); −1 when there is none.
        columns
            Positions of the columns to read.

        Returns
        -------
        Iterator of frames
            One column per position, named by it; index: line number in the file, from 1.

        Raises
        ------
        InvalidInputError
            The text breaks off or changes encoding.
        """
        import pyarrow as pa
        from pyarrow import csv as arrow

        if not self.head:  # a byte order mark and nothing else
            return
        runs_on = self._cells_run_on()
        above = self._ends[header_row] if header_row >= 0 else 0
        width = self._width(header_row)
        names = [str(k) for k in range(width)]
        wanted = [str(k) for k in columns]
        self.malformed = skipped = []
        broken: list[list[str]] = []
        self.broken = broken

        def skip(row: arrow.InvalidRow) -> str:
            skipped.append(int(row.number or 0))
            if len(broken) < _BROKEN_KEPT:
                broken.append(cells_of(row.text, self.separator))
            return "skip"

        try:
            with reading(self.name), self._open() as raw:
                stream = arrow.open_csv(
                    pa.PythonFile(raw, mode="r"),
                    arrow.ReadOptions(
                        use_threads=False,
                        block_size=BLOCK_BYTES,
                        skip_rows=above,
                        column_names=names,
                        encoding=self.encoding,
                    ),
                    arrow.ParseOptions(
                        delimiter=self.separator,
                        quote_char=False if self.separator == "|" else '"',
                        invalid_row_handler=skip,
                        ignore_empty_lines=False,
                        newlines_in_values=runs_on,
                    ),
                    arrow.ConvertOptions(
                        include_columns=wanted,
                        column_types=dict.fromkeys(wanted, pa.string()),
                        strings_can_be_null=False,
                    ),
                )
                first = 0
                for batch in stream:
                    frame = batch.to_pandas()
                    frame.columns = pd.Index(list(columns))
                    frame.index = pd.Index(
                        _line_numbers(first, len(frame), skipped, above), name="line"
                    )
                    first += len(frame)
                    yield frame[(frame != "").any(axis=1)]
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise InvalidInputError(
                f"« {self.name} » ne se lit pas comme un tableau : le fichier est tronqué, ou ses "
                "lignes n’ont pas toutes le même nombre de colonnes."
            ) from error


class _Unwrapped(io.RawIOBase):
    """The bytes of a text each line of which loses the quotation marks around it whole."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        # The mark of its first line stands before the quotation mark.
        signed = "utf-8-sig" if encoding == "utf-8" else encoding
        self._text = io.TextIOWrapper(stream, encoding=signed, newline="")
        self._encoding, self._left = encoding, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill a buffer; see `io.RawIOBase.readinto`."""
        view = memoryview(buffer)
        while not self._left and (line := self._text.readline()):
            plain = unwrapped(line.rstrip("\r\n"))
            self._left = f"{plain}\n".encode(self._encoding)
        given, self._left = self._left[: len(view)], self._left[len(view) :]
        view[: len(given)] = given
        return len(given)

    def close(self) -> None:
        self._text.close()
        super().close()


class OpenedTable:
    """A table that was opened whole (sheet, DBF, Parquet); the same shape as `TextTable`."""

    where = "ligne"

    def __init__(self, file: InputFile, table: Table) -> None:
        self.file, self.sheet, self.remarks = file, table.sheet, table.remarks
        self.name = f"{file.name} › {table.sheet}" if table.sheet else file.name
        self._rows, self.carried = table.rows, table.carried
        self.head = on_one_line([cells for _, cells in table.rows[:HEAD_LINES]])
        self.malformed: list[int] = []
        self.broken: list[list[str]] = []
        self.asked: dict[int, set[int]] = {}

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the rows below a header, as text; see `TextTable.batches`."""
        rows = [(number, cells) for number, cells in self._rows[header_row + 1 :] if any(cells)]
        frame = pd.DataFrame(
            {k: [cells[k] if k < len(cells) else "" for _, cells in rows] for k in columns},
            index=pd.Index([number for number, _ in rows], name="line", dtype=int),
            dtype=str,
        )
        yield frame[(frame != "").any(axis=1)]


def tables_of(file: InputFile) -> tuple[tuple[TextTable | OpenedTable, ...], tuple[str, ...]]:
    """Return the tables of a file that is no JSON, and what to know of its opening, in French.

    Sheets whose titles are the same are put together.
    """
    if file.kind != "opened":
        return (TextTable(file),), ()
    with reading(file.name), file.open() as stream:
        content = stream.read(MAX_PACKED_BYTES + 1)
    document = open_document(content, file.name, MAX_PACKED_BYTES)
    # Of sheets that bear years, readers that take one take the newest.
    sheets = sorted(put_together(document.tables), key=lambda table: -year_of(table.sheet))
    tables = tuple(OpenedTable(file, table) for table in sheets)
    remarks = [f"non lu : {one}" for one in document.not_read]
    remarks += [f"non lu : couche « {layer.label} »" for layer in document.layers]
    remarks += [remark for table in tables for remark in table.remarks]
    return tables, tuple(remarks)


def _line_numbers(first: int, count: int, skipped: list[int], above: int) -> np.ndarray:
    """Return line numbers as an editor shows them, malformed lines left out counted too.

    Rows follow the lines that are `above`.
    """
    kept = np.arange(first, first + count)
    # A line is left out before row k when its own rank among kept rows is at most k.
    base = above + 1
    ranks = np.sort(np.array(skipped, dtype=int)) - base - np.arange(len(skipped))
    return base + kept + np.searchsorted(ranks, kept, side="right")
