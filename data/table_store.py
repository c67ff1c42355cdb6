"""Imported tables on disk: content-addressed Parquet, versions that point back, one atomic swap.

`tables/objects/<hash>.parquet` holds each table once; `tables/versions/<id>.json` lists the tables
of a state with their provenance and the state before; `tables/current` names the state in use.
Only the last is ever replaced, by a rename: a process killed at any moment leaves the old state or
the new one.
"""

import contextlib
import datetime as dt
import fcntl
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data import paths
from data.territory import Provenance
from geo.errors import UnavailableError

_EMPTY = ""


@dataclass(frozen=True)
class Version:
    """A state of the imported tables.

    Attributes
    ----------
    key
        Identity of the state, "" when nothing was ever imported.
    before
        Identity of the state that it replaced.
    tables
        Table key to the hash of its content.
    provenance
        Table key to provenance.
    """

    key: str
    before: str
    tables: Mapping[str, str]
    provenance: Mapping[str, Provenance]


def _folder() -> Path:
    return paths.home() / "tables"


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file that is seen whole or not at all, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Let one process change the state at a time; the lock dies with its process."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def current_key() -> str:
    """Return the identity of the state in use, "" when nothing was imported."""
    try:
        return (_folder() / "current").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _EMPTY


def version(key: str) -> Version:
    """Return a state.

    Raises
    ------
    UnavailableError
        Its file is lost or cut.
    """
    if key == _EMPTY:
        return Version(_EMPTY, _EMPTY, {}, {})
    path = _folder() / "versions" / f"{key}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        provenance = {k: _provenance(v) for k, v in content["provenance"].items()}
        return Version(key, content["before"], content["tables"], provenance)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            f"L’état des données importées est illisible ({path.name}) : restaurez une "
            "sauvegarde, ou effacez le dossier « tables » puis importez de nouveau."
        ) from error


def read(content_hash: str) -> pd.DataFrame:
    """Return a table by the hash of its content.

    Raises
    ------
    UnavailableError
        Its file is lost or altered.
    """
    path = _folder() / "objects" / f"{content_hash}.parquet"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnavailableError(
            f"La table importée {path.name} manque : importez de nouveau."
        ) from error
    if _hash(raw) != content_hash:
        raise UnavailableError(f"La table importée {path.name} est altérée : importez de nouveau.")
    return pd.read_parquet(io.BytesIO(raw))


def commit(tables: Mapping[str, pd.DataFrame], provenance: Mapping[str, Provenance]) -> Version:
    """Replace some tables in one step; the others stay; return the new state."""
    hashes = {}
    for key, table in tables.items():
        buffer = io.BytesIO()
        table.to_parquet(buffer, index=False, compression="zstd")
        hashes[key] = _hash(buffer.getvalue())
        _write_whole(_folder() / "objects" / f"{hashes[key]}.parquet", buffer.getvalue())
    with _locked():
        now = version(current_key())
        content = {
            "before": now.key,
            "tables": {**now.tables, **hashes},
            "provenance": {key: _plain(p) for key, p in {**now.provenance, **provenance}.items()},
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        key = _hash(text.encode())
        _write_whole(_folder() / "versions" / f"{key}.json", text.encode())
        _write_whole(_folder() / "current", key.encode())
    return version(key)


def undo() -> list[str]:
    """Go back to the state before the last import; return the keys of the tables that changed."""
    with _locked():
        now = version(current_key())
        if now.key == _EMPTY:
            return []
        before = version(now.before)
        _write_whole(_folder() / "current", before.key.encode())
    return sorted(k for k in now.tables if before.tables.get(k) != now.tables[k])


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:24]


def _plain(provenance: Provenance) -> dict[str, Any]:
    moment = provenance.imported_at
    return asdict(provenance) | {"imported_at": moment.isoformat() if moment else None}


def _provenance(content: dict[str, Any]) -> Provenance:
    moment = content["imported_at"]
    return Provenance(
        **{**content, "imported_at": dt.datetime.fromisoformat(moment) if moment else None}
    )
