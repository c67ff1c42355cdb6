"""Archives that someone hands in: unpacked in memory, within limits, no path ever followed."""

import io
import stat
import zipfile
import zlib
from pathlib import PurePosixPath

from geo.errors import InvalidInputError

MAX_UPLOAD_BYTES = 20_000_000
"""2,000 sites weigh under 1 MB in any format; 20 MB leaves room for polygons."""
MAX_UNPACKED_BYTES = 100_000_000
MAX_RATIO = 150
"""Unpacked over packed bytes: office files reach 30, bombs 1,000."""
RATIO_APPLIES_ABOVE_BYTES = 5_000_000
MAX_MEMBERS = 200
BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,
)
"""What `zipfile` raises of an archive that is cut, altered, locked or packed in a way it does not
know."""
_BLOCK_BYTES = 1_048_576
_ENCRYPTED = 0x1


def members(content: bytes, name: str) -> dict[str, bytes]:
    """Return the files of a zip archive by their name in it.

    Raises
    ------
    InvalidInputError
        The archive is broken, encrypted, too large once unpacked, or holds a link or a path that
        leaves it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpack(archive, name)
    except (*BROKEN_ZIP, ValueError) as error:  # or a directory that points nowhere
        raise InvalidInputError(
            f"« {name} » est abîmé ou tronqué : il ne se décompresse pas. Recréez l’archive."
        ) from error


def names(content: bytes, name: str) -> list[str]:
    """Return the names of the files of a zip archive, checked as `members` does, nothing unpacked.

    Raises
    ------
    InvalidInputError
        The archive is broken, encrypted, announces more than the limits, or holds a link or a path
        that leaves it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir()]
    except (*BROKEN_ZIP, ValueError) as error:
        raise InvalidInputError(
            f"« {name} » est abîmé ou tronqué : il ne se décompresse pas. Recréez l’archive."
        ) from error
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if total > max(RATIO_APPLIES_ABOVE_BYTES, MAX_RATIO * packed):
        raise _beyond(name)
    for info in infos:
        _check_member(info, name)
    return [info.filename for info in infos]


def _beyond(name: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » se décompresse au-delà des limites : l’archive est refusée. "
        "Envoyez un fichier simple, avec les seuls sites."
    )


def _unpack(archive: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MAX_MEMBERS:
        raise InvalidInputError(
            f"« {name} » contient {len(infos)} fichiers (limite : {MAX_MEMBERS}) : n’y laissez que "
            "le fichier des sites."
        )
    found: dict[str, bytes] = {}
    total = 0
    for info in infos:
        _check_member(info, name)
        room = MAX_UNPACKED_BYTES - total
        room = min(room, max(RATIO_APPLIES_ABOVE_BYTES, MAX_RATIO * max(info.compress_size, 1)))
        data = _read(archive, info, room, name)
        total += len(data)
        found[info.filename] = data
    return found


def _check_member(info: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in info.filename:
        raise InvalidInputError(
            f"« {name} » contient un chemin interdit (« {info.filename} ») : recréez l’archive à "
            "partir des seuls fichiers des sites."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InvalidInputError(
            f"« {name} » contient un lien (« {info.filename} ») : mettez-y le fichier lui-même."
        )
    if info.flag_bits & _ENCRYPTED:
        raise InvalidInputError(f"« {name} » est protégé par un mot de passe : enlevez-le.")


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, room: int, name: str) -> bytes:
    pieces, count = [], 0
    with archive.open(info) as stream:
        while block := stream.read(_BLOCK_BYTES):
            count += len(block)
            if count > room:
                raise _beyond(name)
            pieces.append(block)
    return b"".join(pieces)
