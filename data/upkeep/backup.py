"""Back-up and restoration of the user's data folder, as one zip file.

An archive to restore comes from elsewhere: it is opened in a process apart, within limits.

The archive holds a manifest (format, version, date, SHA-256 of each file) and the files. SQLite
databases are copied through SQLite's own back-up, so the application may go on running. Caches
and downloads are left out: they can be made again.
"""

import ctypes
import errno
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import zipfile
import zlib
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

from data.base import running
from data.base.paths import home
from data.files import sandbox
from data.files.downloads import digest
from geo.errors import InvalidInputError, UnavailableError

MANIFEST = "manifest.json"
FORMAT = 1
LEFT_OUT = ("cache", "downloads", running.FOLDER)
SQLITE_MAGIC = b"SQLite format 3\x00"
LEFT_OUT_ENDINGS = ("-wal", "-shm", "-journal", ".draft")
"""Companions of SQLite databases, and files being written."""
# Larger than any data folder seen (all of France with its road network: about 4 GB).
LARGEST_RESTORED_BYTES = 20 * 1024**3
LARGEST_MANIFEST_BYTES = 10 * 1024**2
CHUNK_BYTES = 1024**2
ATTEMPTS = 5
"""Times a back-up starts again because the data changed meanwhile."""
_IS_LINUX = sys.platform == "linux"
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux's renameat2."""
DISK_REASONS = {
    errno.ENOSPC: "le disque est plein",
    errno.EDQUOT: "le quota du disque est atteint",
    errno.EROFS: "le disque est en lecture seule",
    errno.EACCES: "les droits sont insuffisants",
    errno.EPERM: "les droits sont insuffisants",
}


def back_up(archive: Path, folder: Path | None = None) -> int:
    """Write the data folder into a new archive and return the number of files in it.

    The archive appears under its name only once it is whole.

    Raises
    ------
    InvalidInputError
        If the archive exists already, or would lie inside the folder that it holds.
    UnavailableError
        If the archive cannot be written.
    """
    folder = home() if folder is None else folder
    if archive.exists():
        raise InvalidInputError(f"« {archive} » existe déjà : choisissez un autre nom.")
    if archive.resolve().is_relative_to(folder.resolve()):
        raise InvalidInputError(
            f"La sauvegarde ne peut pas être écrite dans le dossier qu’elle contient ({folder})."
        )
    partial = archive.with_name(archive.name + ".partiel")
    try:
        files = _write_steady_archive(partial, folder)
        partial.replace(archive)
    except OSError as error:
        raise UnavailableError(
            f"La sauvegarde n’a pas pu être écrite : {_disk_reason(error)}."
        ) from error
    except sqlite3.Error as error:
        raise UnavailableError(
            "La sauvegarde n’a pas pu être écrite : la base des scénarios ne peut pas être copiée "
            "(disque plein, ou base abîmée)."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return files


def _write_steady_archive(target: Path, folder: Path) -> int:
    """Write the archive of one moment: start again when a table or a network is swapped meanwhile.

    Raises
    ------
    UnavailableError
        The data never rest.
    """
    for _ in range(ATTEMPTS):
        before = _pointers(folder)
        try:
            files = _write_archive(target, folder)
        except FileNotFoundError:  # a former network, removed since it was listed
            if not target.parent.is_dir():
                raise
            continue
        if _pointers(folder) == before:
            return files
    raise UnavailableError(
        "Les données changent sans cesse pendant la sauvegarde : réessayez une fois l’import ou "
        "l’actualisation terminés."
    )


def _pointers(folder: Path) -> dict[Path, bytes]:
    """Return what says which tables and which network are in use."""
    return {path: path.read_bytes() for path in folder.glob("*/current")}


def _write_archive(target: Path, folder: Path) -> int:
    digests: dict[str, str] = {}
    with (
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive,
        tempfile.TemporaryDirectory() as scratch,
    ):
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if relative.parts[0] in LEFT_OUT or path.is_symlink() or not path.is_file():
                continue
            if path.name.endswith(LEFT_OUT_ENDINGS):
                continue
            source = path
            if _is_sqlite(path):
                source = Path(scratch) / "database"
                _copy_database(path, source)
            digests[relative.as_posix()] = digest(source, "sha256")
            archive.write(source, relative.as_posix())
        manifest = {
            "format": FORMAT,
            "version": version("proxisoins"),
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": digests,
        }
        archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return len(digests)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC


def _copy_database(path: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(target)) as copy:
        database.backup(copy)


def restore(archive: Path, folder: Path | None = None) -> Path | None:
    """Put an archive in the place of the data folder; return where the former content now is.

    Everything is unpacked and checked beside the folder before the swap, which is one exchange
    (two renames where the system knows none): a refused archive, or a process killed meanwhile,
    changes nothing. The application must be stopped meanwhile.

    Raises
    ------
    InvalidInputError
        If the archive is not one of ours, is damaged, or holds an unsafe name.
    UnavailableError
        If the application runs on the folder, or the disk refuses the content.
    """
    folder = home() if folder is None else folder
    if not archive.is_file():
        raise InvalidInputError(f"« {archive} » est introuvable.")
    if running.is_served(folder):
        raise UnavailableError(
            "L’application est ouverte sur ce dossier de données : arrêtez-la, puis relancez la "
            "restauration. Les données sont inchangées."
        )
    try:
        staging = Path(tempfile.mkdtemp(prefix=f"{folder.name}-restauration-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(error) from error
    try:
        _unpack_apart(archive.absolute(), staging.absolute())
        former = _swap(staging, folder)
    except OSError as error:
        raise _unwritable(error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return former


def _disk_reason(error: OSError) -> str:
    return DISK_REASONS.get(error.errno or 0, "le dossier ou le disque ne répond pas")


def _unwritable(error: OSError) -> UnavailableError:
    return UnavailableError(
        f"La restauration n’a pas pu être écrite : {_disk_reason(error)}. "
        "Les données sont inchangées."
    )


def _swap(staging: Path, folder: Path) -> Path | None:
    if not folder.exists() or not any(folder.iterdir()):
        if folder.exists():
            folder.rmdir()
        staging.rename(folder)
        return None
    shutil.copymode(folder, staging)
    former = Path(tempfile.mkdtemp(prefix=f"{folder.name}-avant-", dir=folder.parent)) / folder.name
    if _exchange(staging, folder):
        staging.rename(former)
    else:
        folder.rename(former)
        staging.rename(folder)
    return former


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system or the disk cannot (not Linux)."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if _IS_LINUX else None
    if rename is None:
        return False
    done = rename(_HERE, os.fsencode(first), _HERE, os.fsencode(second), _EXCHANGE)
    return bool(done == 0)


def _unpack_apart(archive: Path, staging: Path) -> None:
    """Unpack in a process apart; whatever becomes of it, the folder in use is untouched."""
    limits = replace(sandbox.for_size(archive.stat().st_size), written_bytes=LARGEST_RESTORED_BYTES)
    answer = sandbox.ask(unpack_here, archive, staging, limits=limits)
    match answer.kind:
        case "ok":
            return
        case "refused":
            raise sandbox.failure(answer, archive.name)
        case "time" | "memory":
            reason = "la déballer dépasse les limites de temps ou de mémoire"
        case _:
            reason = "sa lecture s’est interrompue : elle est abîmée, ou faite pour nuire"
    raise _refusal(archive, reason)


def unpack_here(archive: Path, staging: Path) -> None:
    """Unpack an archive into an empty folder and check all of it: the work of the process apart.

    Raises
    ------
    InvalidInputError
        It is not one of ours, is damaged, or holds an unsafe name.
    UnavailableError
        The disk refuses its content.
    """
    try:
        _unpack(archive, staging)
    except OSError as error:
        raise _unwritable(error) from error


def _unpack(archive: Path, staging: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as content:
            expected = _manifest(content)
            entries = {entry.filename: entry for entry in content.infolist()}
            entries.pop(MANIFEST)
            if set(entries) != set(expected):
                raise _refusal(archive, "son contenu ne correspond pas à son manifeste")
            if sum(entry.file_size for entry in entries.values()) > LARGEST_RESTORED_BYTES:
                raise _refusal(archive, "son contenu dépasse 20 Go")
            for name, entry in entries.items():
                if not _is_safe(name):
                    raise _refusal(archive, "elle contient un nom de fichier interdit")
                _unpack_file(content, entry, staging.joinpath(*PurePosixPath(name).parts))
                if digest(staging / name, "sha256") != expected[name]:
                    raise _refusal(archive, f"« {name} » est abîmé")
    except (EOFError, zlib.error) as error:
        raise _refusal(archive, "elle est abîmée") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # A directory that places its files before the start of the archive.
        raise _refusal(archive, "elle est abîmée") from error
    except (zipfile.BadZipFile, KeyError, ValueError, RuntimeError) as error:
        raise _refusal(
            archive, "ce n’est pas une sauvegarde de ProxiSoins, ou elle est abîmée"
        ) from error


def _manifest(content: zipfile.ZipFile) -> dict[str, str]:
    if content.getinfo(MANIFEST).file_size > LARGEST_MANIFEST_BYTES:
        raise ValueError(MANIFEST)
    manifest: Any = json.loads(content.read(MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError(MANIFEST)
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise ValueError(MANIFEST)
    return files


def _is_safe(name: str) -> bool:
    """Tell whether a name stays inside the folder on every platform."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and not any(part == ".." or part.endswith((".", " ")) for part in parts)
        and not any(character in name for character in '\\:\0<>"|?*')
    )


def _unpack_file(content: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    """Write one member, never more than the size it declares (`zipfile` stops there)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with content.open(entry) as source, target.open("xb") as output:
        shutil.copyfileobj(source, output, CHUNK_BYTES)


def _refusal(archive: Path, reason: str) -> InvalidInputError:
    return InvalidInputError(
        f"« {archive.name} » n’est pas restaurée : {reason}. Les données sont inchangées."
    )
