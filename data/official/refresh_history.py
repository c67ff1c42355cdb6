"""What became of each refresh, failures included: one line of JSON each, kept for the record."""

import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data.base import paths

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Refreshed:
    """What became of one source, as shown and as kept in the history.

    Attributes
    ----------
    at
        ISO moment (UTC).
    source, title
        Key and French title.
    address
        Where the file came from in the end, redirections followed; the one found on failure.
    status
        As in `ImportReport`.
    message
        One French sentence when it failed or was left as it was, "" otherwise.
    file_name, size, sha256
        The file received; "", 0, "" when none was.
    """

    at: str
    source: str
    title: str
    address: str
    status: str
    message: str
    file_name: str
    size: int
    sha256: str


def history() -> list[Refreshed]:
    """Return what was refreshed, failures included, the latest last; a cut line is left out."""
    path = _history_path()
    if not path.is_file():
        return []
    known = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with contextlib.suppress(ValueError, TypeError):
            known.append(Refreshed(**json.loads(line)))
    return known


def remember(lines: Sequence[Refreshed]) -> None:
    """Add to the history; the first line feed closes what a process killed while it wrote left."""
    text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
    try:
        with _history_path().open("a", encoding="utf-8") as stream:
            stream.write("\n" + text)
    except OSError as error:  # what was swapped stands, with its provenance
        logger.warning("the history of refreshes is not written: %s", error)


def _history_path() -> Path:
    return paths.home() / "refresh_history.jsonl"
