"""Imported tables on disk: content-addressed Parquet, versions that point back, one atomic swap.

`tables/objects/<hash>.parquet` holds each table once; `tables/versions/<id>.json` lists the tables
of a state with their provenance and the state before; `tables/current` names the state in use.
Only the last is ever replaced, by a rename: a process killed at any moment leaves the old state or
the new one.
"""

import contextlib
import datetime as dt
import hashlib
import io
import json
import os
import tempfile
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.base import ownership, paths
from data.base.locks import locked
from data.region.moments import Moment
from data.region.territory import Provenance
from geo.errors import UnavailableError

_EMPTY = ""
_NOTHING = "none"
"""What `current` says of the state without any import: an empty file is one that was cut."""
_HASH_CHARACTERS = 24
_changing = threading.local()


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
    sites
        Hash of the places of establishments that came with the tables, "" for none.
    """

    key: str
    before: str
    tables: Mapping[str, str]
    provenance: Mapping[str, Provenance]
    sites: str = ""


def folder() -> Path:
    """Return the folder of the imported tables and of what is kept beside them."""
    return paths.home() / "tables"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is seen whole or not at all, even after a power cut."""
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        ownership.like_folder(path.parent)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        ownership.like_folder(Path(draft))
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


@contextlib.contextmanager
def changing() -> Iterator[None]:
    """Let one thread of one process change the state at a time; may be nested.

    Who reads tables to write them back changed holds it from before the reading.

    Raises
    ------
    UnavailableError
        The disk refuses what is written inside; the state is what it was.
    """
    if getattr(_changing, "now", False):
        yield
        return
    try:
        with locked(folder() / "lock"):
            _changing.now = True
            try:
                _remove_drafts()
                yield
            finally:
                _changing.now = False
    except OSError as error:
        raise UnavailableError(
            f"Les tables ne peuvent pas être écrites dans {folder()} (disque plein, ou en "
            "lecture seule) : les données restent ce qu’elles étaient."
        ) from error


def _remove_drafts() -> None:
    """Remove what killed imports left half written; nobody else writes now."""
    for draft in folder().rglob("*.draft"):
        draft.unlink(missing_ok=True)


def current_key() -> str:
    """Return the identity of the state in use, "" when nothing was imported.

    Raises
    ------
    UnavailableError
        The file that says it is altered, or gone while states are there.
    """
    try:
        key = (folder() / "current").read_text(encoding="ascii")
    except FileNotFoundError:
        _require_no_state()
        return _EMPTY
    except (OSError, ValueError) as error:
        raise _unreadable("current") from error
    if key == _NOTHING:
        return _EMPTY
    if len(key) != _HASH_CHARACTERS or not key.isalnum():
        raise _unreadable("current")
    return key


def _require_no_state() -> None:
    """Refuse to take for an empty folder one whose pointer was lost: simulation would replace it.

    Raises
    ------
    UnavailableError
        States are there, and nothing says which is in use.
    """
    states = [(one.stat().st_mtime, one.stem) for one in (folder() / "versions").glob("*.json")]
    if states:
        raise UnavailableError(
            f"Le fichier « current » manque dans {folder()}, où des données importées existent : "
            "restaurez une sauvegarde, ou recréez-le avec le nom de l’état voulu (le dernier : "
            f"{max(states)[1]})."
        )


def version(key: str) -> Version:
    """Return a state.

    Raises
    ------
    UnavailableError
        Its file is lost or cut.
    """
    if key == _EMPTY:
        return Version(_EMPTY, _EMPTY, {}, {})
    path = folder() / "versions" / f"{key}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        provenance = {k: _provenance(v) for k, v in content["provenance"].items()}
        return Version(
            key, content["before"], content["tables"], provenance, content.get("sites", "")
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path.name) from error


def _unreadable(name: str) -> UnavailableError:
    return UnavailableError(
        f"L’état des données importées est illisible ({name}) : vérifiez que l’utilisateur du "
        f"service peut lire {folder()}, sinon restaurez une sauvegarde."
    )


def read(content_hash: str) -> pd.DataFrame:
    """Return a table by the hash of its content.

    Raises
    ------
    UnavailableError
        Its file is lost or altered.
    """
    path = folder() / "objects" / f"{content_hash}.parquet"
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UnavailableError(
            f"La table importée {path.name} manque : importez de nouveau."
        ) from error
    if _hash(raw) != content_hash:
        raise UnavailableError(f"La table importée {path.name} est altérée : importez de nouveau.")
    return pd.read_parquet(io.BytesIO(raw))


def commit(
    tables: Mapping[str, pd.DataFrame],
    provenance: Mapping[str, Provenance],
    sites: pd.DataFrame | None = None,
) -> Version:
    """Replace some tables in one step; the others stay; return the new state.

    Parameters
    ----------
    tables, provenance
        What is replaced. With no table, `sites` completes the state in use: `undo` does not stop
        there.
    sites
        Places of establishments, None to keep those known.

    Raises
    ------
    UnavailableError
        The disk refuses; the state is what it was.
    """
    with changing():
        hashes = {key: _kept(table) for key, table in tables.items()}
        now = version(current_key())
        known = now.sites if sites is None else _kept(sites)
        if not tables and known == now.sites:
            return now
        content = {
            "before": now.key if tables else now.before,
            "tables": {**now.tables, **hashes},
            "provenance": {key: _plain(p) for key, p in {**now.provenance, **provenance}.items()},
            "sites": known,
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        key = _hash(text.encode())
        if now.key == _EMPTY:  # from here on, a pointer that is not there was lost
            write_whole(folder() / "current", _NOTHING.encode())
        write_whole(folder() / "versions" / f"{key}.json", text.encode())
        write_whole(folder() / "current", key.encode())
    return version(key)


def withdraw(keys: Collection[str]) -> list[str]:
    """Take some imported tables out of the state, the others staying; `undo` puts them back.

    What stood there before the file of a table came, and was not taken out itself, stands again.

    Returns
    -------
    list of str
        Keys of the tables taken out; those that were not imported are passed over.

    Raises
    ------
    UnavailableError
        The state is altered, or the disk refuses; the state is what it was.
    """
    with changing():
        now = version(current_key())
        gone = sorted(set(keys) & set(now.tables))
        if not gone:
            return []
        again = {key: below for key in gone if (below := _below(now, key))}
        tables = {key: one for key, one in now.tables.items() if key not in gone}
        kept = {key: one for key, one in now.provenance.items() if key not in gone}
        content = {
            "before": now.key,
            "tables": tables | {key: one.tables[key] for key, one in again.items()},
            "provenance": {
                key: _plain(one)
                for key, one in (kept | {k: v.provenance[k] for k, v in again.items()}).items()
            },
            "sites": now.sites,
        }
        text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
        key = _hash(text.encode())
        write_whole(folder() / "versions" / f"{key}.json", text.encode())
        write_whole(folder() / "current", key.encode())
    return gone


def _below(now: Version, key: str) -> Version | None:
    """Return the state whose table stood before the file of this one came, None where none did.

    States between may hold a file that came later still and was taken out: they are passed over.
    """
    mine, state = now.provenance.get(key), now
    while mine is not None and mine.imported_at is not None and state.before:
        state = version(state.before)
        known = state.provenance.get(key)
        if key not in state.tables or known is None or known.imported_at is None:
            return None
        if known.imported_at < mine.imported_at:
            if known.sha256 != mine.sha256:
                return state
            mine = known  # the same file, imported before
    return None


def _kept(table: pd.DataFrame) -> str:
    """Write a table under the hash of its content, and return it."""
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, compression="zstd")
    found = _hash(buffer.getvalue())
    write_whole(folder() / "objects" / f"{found}.parquet", buffer.getvalue())
    return found


def undo() -> list[str]:
    """Go back to the state before the last import; return the keys of the tables that changed.

    Raises
    ------
    UnavailableError
        The state is altered, or the disk refuses.
    """
    with changing():
        now = version(current_key())
        if now.key == _EMPTY:
            return []
        before = version(now.before)
        write_whole(folder() / "current", (before.key or _NOTHING).encode())
    every = now.tables.keys() | before.tables.keys()
    return sorted(k for k in every if before.tables.get(k) != now.tables.get(k))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH_CHARACTERS]


def _plain(provenance: Provenance) -> dict[str, Any]:
    moment = provenance.imported_at
    told = asdict(provenance) | {"imported_at": moment.isoformat() if moment else None}
    del told["to_check"], told["confirmed"]  # told anew when the tables are read
    return told


def _provenance(content: dict[str, Any]) -> Provenance:
    moment = content["imported_at"]
    measured = {part: Moment(**known) for part, known in content.get("measured", {}).items()}
    imported_at = dt.datetime.fromisoformat(moment) if moment else None
    return Provenance(**{**content, "imported_at": imported_at, "measured": measured})
