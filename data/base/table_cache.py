"""Tables that are long to compute, kept on disk by a key of all they depend on."""

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.base import paths

logger = logging.getLogger(__name__)

KEPT_FILES = 8
"""Files kept per name; the least recently used go first."""


def digest(*parts: str | bytes) -> str:
    """Return a short key of some texts and bytes."""
    found = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        found.update(len(content).to_bytes(8, "big") + content)
    return found.hexdigest()[:24]


def cached_table(name: str, key: str, build: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the table kept under that name and key, else build it and keep it.

    What set-up computed serves every data folder. A file that is cut or altered is built again; a
    disk that is full or read-only is no error.
    """
    path, made_at_setup = _places(name, key)
    if (table := _read(path)) is not None:
        _touch(path)
        return table
    if (table := _read(made_at_setup)) is not None:
        return table
    table = build()
    try:
        _write(table, path)
        _forget_oldest(path, name)
    except OSError as error:
        logger.warning("table %s is not kept: %s", path.name, error)
    return table


def is_kept(name: str, key: str) -> bool:
    """Tell whether a table is on disk under that name and key."""
    return any(path.is_file() for path in _places(name, key))


def _places(name: str, key: str) -> tuple[Path, Path]:
    """Return where a table is kept: in the data folder, and beside the code by set-up."""
    file = f"{name}-{key}.parquet"
    return paths.home() / "cache" / file, paths.prepared() / "cache" / file


def _read(path: Path) -> pd.DataFrame | None:
    """Return a table that is kept; None where there is none, or one that cannot be read."""
    if not path.is_file():
        return None
    try:
        return pq.read_table(path, page_checksum_verification=True).to_pandas()
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        logger.warning("cached table %s is unreadable, built again: %s", path.name, error)
        return None


def _write(table: pd.DataFrame, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".partial")
    os.close(handle)
    try:
        pq.write_table(
            pa.Table.from_pandas(table), temporary, compression="zstd", write_page_checksum=True
        )
        Path(temporary).replace(path)  # whole or not at all, even with two processes
    finally:
        Path(temporary).unlink(missing_ok=True)


def _touch(path: Path) -> None:
    try:
        path.touch()
    except OSError:
        logger.debug("cannot date %s", path)


def _forget_oldest(written: Path, name: str) -> None:
    """Remove the files used longest ago, never the one just written: the clock may go back."""
    others = [path for path in written.parent.glob(f"{name}-*.parquet") if path != written]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[KEPT_FILES - 1 :]:
        old.unlink(missing_ok=True)
