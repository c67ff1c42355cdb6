"""Opening a file that someone hands in: what it is, its encoding, its separator, its limits.

Nothing here trusts a name or an announced size: the kind is told by the first bytes, and what
comes out of an archive is counted as it comes.
"""

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import pandas as pd

from data.base import french
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
SEPARATORS = (";", ",", "\t", "|")
_BLOCK_BYTES = 4_194_304

_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
_SQLITE = b"SQLite format 3\0"
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
        `text`, `workbook`, `json` or `geopackage`.
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
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error, NotImplementedError) as error:
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
    if start.startswith(_ZIP):
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
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return [InputFile(path, name, "workbook", size, lambda: path.open("rb"))]
    if "mimetype" in names or "word/document.xml" in names:
        raise InvalidInputError(
            f"« {name} » est un document bureautique d'un format que l'import ne lit pas : "
            "enregistrez le tableau en XLSX ou en CSV."
        )

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
    if head.startswith((_ZIP, _OLE)):
        kind = "workbook"
    elif head.startswith(_SQLITE) and file.name == file.path.name:
        kind = "geopackage"
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInputError(
            f"« {file.name} » est encodé en UTF-16 : enregistrez-le en UTF-8 (CSV UTF-8)."
        )
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
    """Return `utf-8` or `cp1252`, after reading the whole text once.

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
            encoding = "cp1252"
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
    """

    def __init__(self, file: InputFile) -> None:
        self.file, self.name, self.where = file, file.name, "ligne"
        self.sheet = ""
        self.encoding = sniff_encoding(file)
        text = file.head().decode(self.encoding, errors="ignore").removeprefix("\ufeff")
        lines = text.splitlines()[:HEAD_LINES]
        self.separator = sniff_separator(lines)
        self.head = [_cells(line, self.separator) for line in lines]
        self.malformed: list[int] = []

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
        width = len(self.head[max(header_row, 0)])
        names = [str(k) for k in range(width)]
        wanted = [str(k) for k in columns]
        self.malformed = skipped = []

        def skip(row: arrow.InvalidRow) -> str:
            skipped.append(int(row.number or 0))
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


def _line_numbers(first: int, count: int, skipped: list[int], header_row: int) -> np.ndarray:
    """Return line numbers as an editor shows them, malformed lines left out counted too."""
    kept = np.arange(first, first + count)
    # A line is left out before row k when its own rank among kept rows is at most k.
    base = header_row + 2
    ranks = np.sort(np.array(skipped, dtype=int)) - base - np.arange(len(skipped))
    return base + kept + np.searchsorted(ranks, kept, side="right")


def sniff_separator(lines: Sequence[str]) -> str:
    """Return the separator that cuts most lines into the same number of cells, at least two."""

    def score(separator: str) -> tuple[int, int]:
        counts = [len(_cells(line, separator)) for line in lines if line.strip()]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) if usual > 1 else 0, usual)

    return max(SEPARATORS, key=score)


def _cells(line: str, separator: str) -> list[str]:
    if separator == "|":  # such files hold stray quotes
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)
