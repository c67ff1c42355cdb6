"""Opening a file that someone hands in: what it is, its encoding, its separator, its limits.

Nothing here trusts a name or an announced size: the kind is told by the first bytes, and what
comes out of an archive is counted as it comes.
"""

import codecs
import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from data.base import french
from data.files import kinds
from data.files.archives import BROKEN_ZIP
from data.files.opening import is_dbf, what_no_table_is
from data.files.texts import (
    older_encoding,
    wide_encoding,
)
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
BLOCK_BYTES = 4_194_304

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
        f"« {name} » est abîmé ou tronqué : il ne se lit pas jusqu’au bout. "
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
        raise InvalidInputError(f"« {name} » n’est pas un fichier : donnez un fichier à importer.")
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
    if wide or head.startswith((kinds.ZIP, kinds.OLE, kinds.PARQUET)) or is_dbf(head):
        kind = "opened"
    elif head.startswith(kinds.SQLITE) and file.name == file.path.name:
        kind = "geopackage"
    elif told := what_no_table_is(head):
        raise InvalidInputError(f"« {file.name} » {told}")
    elif b"\0" in head:
        raise InvalidInputError(
            f"« {file.name} » n’est ni un tableau texte (CSV), ni un classeur XLSX, ni un JSON : "
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
            while block := stream.read(BLOCK_BYTES):
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
