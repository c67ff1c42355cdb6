"""Opening a file that someone hands in: what it is, its encoding, its separator, its limits.

Nothing here trusts a name or an announced size: the kind is told by the first bytes, and what
comes out of an archive is counted as it comes.
"""

import codecs
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pandas as pd

from data.base import french
from data.files import kinds
from data.files.archives import BROKEN_ZIP
from data.files.document import Table, put_together
from data.files.opening import open_document
from data.files.texts import (
    cells_of,
    left_open,
    older_encoding,
    open_quote,
    separator_of,
    wide_encoding,
)
from data.files.workbook import MAX_PACKED_BYTES
from geo.errors import InvalidInputError

MAX_FILE_BYTES = 2_000_000_000
"""The largest official file we know of (RPPS, text) weighs 0.8 GB."""
MAX_UNPACKED_BYTES = 4_000_000_000
MAX_RATIO = 200
"""Unpacked over packed bytes: official text packs 5 to 40 times, a bomb 1,000 times."""
RATIO_APPLIES_ABOVE_BYTES = 20_000_000
MAX_MEMBERS = 200
HEAD_BYTES = 262_144
HEAD_LINES = 60
"""A header further down than this is no header."""
_BLOCK_BYTES = 4_194_304
_BROKEN_KEPT = 1_000
"""Lines with too many or too few cells that are kept, to know of what they told."""

_GZIP = b"\x1f\x8b"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f\x81\x8d\x8f\x90\x9d]")
_BROKEN_TEXT = ("Ã©", "Ã¨", "Ã‰", "Ã´", "\ufffd")
"""What é, è, É, ô look like once read in the wrong encoding and saved again."""


@dataclass(frozen=True)
class InputFile:
    """One readable thing: a file, or one member of an archive.

    Attributes
    ----------
    path
        The file on disk.
    name
        What messages call it: the file's name, then the member's in an archive.
    kind
        `text`, `json`, `geopackage`, or `opened` for what `data.files.opening` reads whole.
    size
        Bytes on disk, packed if it is an archive.
    opener
        Opens the unpacked bytes, bounded.
    """

    path: Path
    name: str
    kind: str
    size: int
    opener: Callable[[], BinaryIO]

    def open(self) -> BinaryIO:
        """Return the unpacked bytes from the start.

        Raises
        ------
        InvalidInputError
            While reading, when more comes out than the limits allow.
        """
        return self.opener()

    def head(self) -> bytes:
        """Return the first bytes, enough to tell what the file is."""
        with reading(self.name), self.open() as stream:
            return _read_up_to(stream, HEAD_BYTES)


class _Bounded(io.RawIOBase):
    """A stream that stops when more bytes come out than its packed size can honestly hold.

    It closes what was opened for it, the archive itself included.
    """

    def __init__(self, opened: ExitStack, stream: BinaryIO, packed: int, name: str) -> None:
        self._opened, self._stream, self._name, self._count = opened, stream, name, 0
        self._limit = min(MAX_UNPACKED_BYTES, max(RATIO_APPLIES_ABOVE_BYTES, MAX_RATIO * packed))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        chunk = self._stream.read(len(view))
        self._count += len(chunk)
        if self._count > self._limit:
            raise InvalidInputError(
                f"« {self._name} » se décompresse au-delà de la limite "
                f"({french.number(self._limit / 1e6)} Mo) : le fichier est refusé. "
                "Décompressez-le vous-même et importez seulement le tableau utile."
            )
        view[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._opened.close()
        super().close()


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn the many errors of broken files into one sentence (InvalidInputError)."""
    try:
        yield
    except BROKEN_ZIP as error:
        raise _broken(name) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"« {name} » mélange plusieurs encodages : enregistrez-le en UTF-8."
        ) from error
    except ValueError as error:
        if type(error) is not ValueError:  # zipfile's, of an archive whose directory points nowhere
            raise
        raise _broken(name) from error


def _broken(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » est abîmé ou tronqué : il ne se lit pas jusqu'au bout. "
        "Téléchargez-le de nouveau."
    )


def open_input(path: Path) -> list[InputFile]:
    """Tell what a file is and return what can be read in it, members of an archive included.

    Raises
    ------
    InvalidInputError
        The file is absent, empty, too large, broken, or of a kind that holds no table.
    """
    name = path.name
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInputError(
            f"« {name} » est introuvable : vérifiez le chemin du fichier."
        ) from error
    if not path.is_file():
        raise InvalidInputError(f"« {name} » n'est pas un fichier : donnez un fichier à importer.")
    if size == 0:
        raise InvalidInputError(f"« {name} » est vide (0 octet) : téléchargez-le de nouveau.")
    if size > MAX_FILE_BYTES:
        raise InvalidInputError(
            f"« {name} » pèse {french.number(size / 1e6)} Mo, plus que la limite de "
            f"{french.number(MAX_FILE_BYTES / 1e6)} Mo : importez un extrait."
        )
    with reading(name), path.open("rb") as stream:
        start = stream.read(8)
    if start.startswith(kinds.ZIP):
        with reading(name):
            return _open_archive(path, name, size)
    if start.startswith(_GZIP):

        def unpack() -> BinaryIO:
            with ExitStack() as opened:
                stream = cast("BinaryIO", opened.enter_context(gzip.open(path)))
                return _bounded(opened.pop_all(), stream, size, name)

        return [_typed(InputFile(path, name, "", size, unpack))]
    return [_typed(InputFile(path, name, "", size, lambda: path.open("rb")))]


def _open_archive(path: Path, name: str, size: int) -> list[InputFile]:
    with zipfile.ZipFile(path) as archive:
        members = [item for item in archive.infolist() if not item.is_dir()]
    names = {item.filename for item in members}
    if len(members) > MAX_MEMBERS:
        raise InvalidInputError(
            f"« {name} » contient {len(members)} fichiers (limite : {MAX_MEMBERS}) : "
            "importez seulement le tableau utile."
        )
    if any(item.flag_bits & 1 for item in members):
        raise InvalidInputError(
            f"« {name} » est protégé par un mot de passe : enlevez la protection, puis réessayez."
        )
    if names & {"xl/workbook.xml", "xl/workbook.bin", "mimetype", "word/document.xml"}:
        return [InputFile(path, name, "opened", size, lambda: path.open("rb"))]

    def opener(item: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
        def unpack() -> BinaryIO:
            with ExitStack() as opened:
                archive = opened.enter_context(zipfile.ZipFile(path))
                stream = cast("BinaryIO", opened.enter_context(archive.open(item)))
                return _bounded(opened.pop_all(), stream, max(item.compress_size, 1), name)

        return unpack

    found = []
    for item in members:
        inner = Path(item.filename).name  # a path inside an archive is never followed
        if item.file_size and not inner.startswith((".", "__MACOSX")):
            found.append(
                _typed(InputFile(path, f"{name} › {inner}", "", item.compress_size, opener(item)))
            )
    if not found:
        raise InvalidInputError(f"« {name} » est une archive vide : téléchargez-la de nouveau.")
    return found


def _bounded(opened: ExitStack, stream: BinaryIO, packed: int, name: str) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Bounded(opened, stream, packed, name), 1 << 20))


def _read_up_to(stream: BinaryIO, count: int) -> bytes:
    pieces, left = [], count
    while left and (piece := stream.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _typed(file: InputFile) -> InputFile:
    head = file.head()
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or wide_encoding(head)
    if wide or head.startswith((kinds.ZIP, kinds.OLE, kinds.PARQUET)) or kinds.is_dbf(head):
        kind = "opened"
    elif head.startswith(kinds.SQLITE) and file.name == file.path.name:
        kind = "geopackage"
    elif b"\0" in head:
        raise InvalidInputError(
            f"« {file.name} » n'est ni un tableau texte (CSV), ni un classeur XLSX, ni un JSON : "
            "importez le fichier tel que son producteur le publie."
        )
    elif head.lstrip(codecs.BOM_UTF8 + b" \r\n\t")[:1] in (b"{", b"["):
        kind = "json"
    else:
        kind = "text"
    return InputFile(file.path, file.name, kind, file.size, file.opener)


def sniff_encoding(file: InputFile) -> str:
    """Return `utf-8` or an older encoding, after reading the whole text once.

    Raises
    ------
    InvalidInputError
        The text was damaged by a wrong encoding before it came here.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    head = file.head()
    encoding = "utf-8"
    with reading(file.name), file.open() as stream:
        try:
            while block := stream.read(_BLOCK_BYTES):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = older_encoding(head)
    text = head.decode(encoding, errors="ignore")
    if any(mark in text for mark in _BROKEN_TEXT) or _CONTROL.search(text):
        raise InvalidInputError(
            f"« {file.name} » a perdu ses accents (encodage abîmé) : "
            "exportez-le de nouveau, en UTF-8, depuis sa source."
        )
    return encoding


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
        self.separator = separator_of(lines)
        self.head = [cells_of(line, self.separator) for line in lines]
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
                    io.TextIOWrapper(self.file.open(), encoding=self.encoding) as text,
                ):
                    opened, self._runs_on = open_quote(text, self.separator)
                if opened:
                    raise left_open(self.name, opened)
        return self._runs_on

    def _is_quoted(self) -> bool:
        with reading(self.name), self.file.open() as stream:
            while block := stream.read(_BLOCK_BYTES):
                if b'"' in block:
                    return True
        return False

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
        width = len(self.head[max(header_row, 0)])
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
            with reading(self.name), self.file.open() as raw:
                stream = arrow.open_csv(
                    pa.PythonFile(raw, mode="r"),
                    arrow.ReadOptions(
                        use_threads=False,
                        block_size=_BLOCK_BYTES,
                        skip_rows=header_row + 1,
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
                        _line_numbers(first, len(frame), skipped, header_row), name="line"
                    )
                    first += len(frame)
                    yield frame[(frame != "").any(axis=1)]
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return
            raise InvalidInputError(
                f"« {self.name} » ne se lit pas comme un tableau : le fichier est tronqué, ou ses "
                "lignes n'ont pas toutes le même nombre de colonnes."
            ) from error


class OpenedTable:
    """A table that was opened whole (sheet, DBF, Parquet); the same shape as `TextTable`."""

    where = "ligne"

    def __init__(self, file: InputFile, table: Table) -> None:
        self.file, self.sheet, self.remarks = file, table.sheet, table.remarks
        self.name = f"{file.name} › {table.sheet}" if table.sheet else file.name
        self._rows, self.carried = table.rows, table.carried
        self.head = [cells for _, cells in table.rows[:HEAD_LINES]]
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
    tables = tuple(OpenedTable(file, table) for table in put_together(document.tables))
    remarks = [f"non lu : {one}" for one in document.not_read]
    remarks += [f"non lu : couche « {layer.label} »" for layer in document.layers]
    remarks += [remark for table in tables for remark in table.remarks]
    return tables, tuple(remarks)


def _line_numbers(first: int, count: int, skipped: list[int], header_row: int) -> np.ndarray:
    """Return line numbers as an editor shows them, malformed lines left out counted too."""
    kept = np.arange(first, first + count)
    # A line is left out before row k when its own rank among kept rows is at most k.
    base = header_row + 2
    ranks = np.sort(np.array(skipped, dtype=int)) - base - np.arange(len(skipped))
    return base + kept + np.searchsorted(ranks, kept, side="right")
