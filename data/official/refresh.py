"""Refreshing declared sources from their official addresses: fetch all, check all, swap once."""

import contextlib
import datetime as dt
import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from data.base import paths
from data.base.locks import locked
from data.files.downloads import UNFINISHED, Download, download
from data.official import imports
from data.official.sources import Source, sources
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

logger = logging.getLogger(__name__)

ROADS = "roads"
"""Reader of the road extracts, which `proxisoins roads` fetches."""

Progress = Callable[[str, int, int | None], None]
"""Told the source's key, the bytes received and the bytes expected when known."""


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
        Where the file came from in the end, redirections followed; the declared one on failure.
    status
        As in `ImportReport`.
    message
        One French sentence when it failed, "" otherwise.
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


def refreshable() -> dict[str, Source]:
    """Return the sources that have an address of their own, by key."""
    return {key: s for key, s in sources().items() if s.download and s.reader != ROADS}


def refresh(
    keys: Sequence[str], progress: Progress, region: str = "75"
) -> tuple[list[Refreshed], list[imports.ImportReport]]:
    """Fetch sources, check them with their readers, swap all tables in one step.

    The failure of one leaves all tables as they were; `data.region.catalogue.undo` rolls back.

    Parameters
    ----------
    keys
        Keys of sources; none for all.
    progress
        Called while bytes come.
    region
        INSEE code of the region whose coverage must not fall.

    Returns
    -------
    list of Refreshed, list of ImportReport
        One of each per source; no report when a download failed.

    Raises
    ------
    InvalidInputError
        A key is not one of a source with an address.
    UnavailableError
        Another refresh is under way, or the disk refuses.
    """
    chosen = {key: _declared(key) for key in keys or refreshable()}
    try:
        with locked(_folder("lock"), wait=False):
            _forget_whole_files()
            return _refresh(chosen, progress, region)
    except BlockingIOError as error:
        raise UnavailableError(
            "Une autre actualisation est en cours : attendez qu'elle finisse, puis réessayez."
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"L'actualisation ne peut pas écrire dans {paths.home()} (disque plein, ou en lecture "
            "seule) : libérez de la place ou vérifiez les droits, puis réessayez."
        ) from error


def _refresh(
    chosen: dict[str, Source], progress: Progress, region: str
) -> tuple[list[Refreshed], list[imports.ImportReport]]:
    received: dict[str, Download] = {}
    failed: dict[str, str] = {}
    for key, source in chosen.items():
        try:
            received[key] = download(
                source.download,
                _folder(key),
                partial(progress, key),
                checksum_address=source.checksum,
            )
        except ProxiSoinsError as error:
            failed[key] = str(error)
    reports = []
    try:
        if not failed:
            reports = imports.swap_sources({k: d.path for k, d in received.items()}, region)
    finally:
        for key in received:  # some are nominative: nothing whole stays behind
            shutil.rmtree(_folder(key), ignore_errors=True)
    outcomes = dict(zip(chosen, reports, strict=False))
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    lines = [
        _line(now, key, received.get(key), outcomes.get(key), failed.get(key)) for key in chosen
    ]
    _remember(lines)
    return lines, reports


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


def _declared(key: str) -> Source:
    known = refreshable()
    if key in known:
        return known[key]
    named = sources().get(key)
    if named is not None and named.reader == ROADS:
        raise InvalidInputError(
            f"« {key} » est un réseau routier : mettez-le à jour par « proxisoins roads »."
        )
    if named is not None:
        raise InvalidInputError(
            f"« {key} » n'a pas d'adresse stable : téléchargez le fichier sur {named.page}, "
            "puis importez-le."
        )
    raise InvalidInputError(
        f"Source inconnue : « {key} ». Sources actualisables : {', '.join(known)}."
    )


def _line(
    now: str,
    key: str,
    received: Download | None,
    report: imports.ImportReport | None,
    failure: str | None,
) -> Refreshed:
    source = sources()[key]
    message = failure or (report.message if report else "Reçu, mais une autre source a échoué.")
    return Refreshed(
        at=now,
        source=key,
        title=source.title,
        address=received.address if received else source.download,
        status=report.status if report else imports.REFUSED,
        message=message,
        file_name=received.path.name if received else "",
        size=received.size if received else 0,
        sha256=received.sha256 if received else "",
    )


def _remember(lines: Sequence[Refreshed]) -> None:
    """Add to the history; the first line feed closes what a process killed while it wrote left."""
    text = "".join(json.dumps(asdict(line), ensure_ascii=False) + "\n" for line in lines)
    try:
        with _history_path().open("a", encoding="utf-8") as stream:
            stream.write("\n" + text)
    except OSError as error:  # what was swapped stands, with its provenance
        logger.warning("the history of refreshes is not written: %s", error)


def _forget_whole_files() -> None:
    """Remove the files that a refresh killed before its end received: some are nominative."""
    for file in _folder("").glob("*/*"):
        if file.name not in UNFINISHED:
            file.unlink()


def _history_path() -> Path:
    return paths.home() / "refresh_history.jsonl"


def _folder(key: str) -> Path:
    return paths.home() / "downloads" / "sources" / key
