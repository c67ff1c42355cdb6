"""Refreshing declared sources: find each, fetch what changed, commit each group on its own."""

import datetime as dt
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from data.base import french, paths
from data.base.locks import locked
from data.files.downloads import UNFINISHED, Download, download
from data.official import import_reports, imports, source_state, web
from data.official.features import fetch_features
from data.official.received import refuse_stub
from data.official.refresh_history import Refreshed, history, remember
from data.official.resolution import Found, resolve
from data.official.source_state import Known
from data.official.sources import Source, sources
from data.region import table_store
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

logger = logging.getLogger(__name__)

__all__ = [
    "ROADS",
    "Looked",
    "Refreshed",
    "history",
    "look",
    "looked_words",
    "refresh",
    "refreshable",
]

ROADS = "roads"
"""Reader of the road extracts, which `proxisoins roads` fetches."""

Progress = Callable[[str, int, int | None], None]
"""Told the source's key, the bytes received and the bytes expected when known."""


@dataclass(frozen=True)
class Looked:
    """What a look at one source gives, nothing being fetched: where it is, or why it is not."""

    key: str
    source: Source
    found: Found | None
    failure: str
    state: Known


@dataclass(frozen=True)
class _Became:
    """What became of one source: why it failed, why it was kept, its file, its report."""

    failure: str = ""
    kept: str = ""
    file: Download | None = None
    report: import_reports.ImportReport | None = None


def refreshable() -> dict[str, Source]:
    """Return the sources that can be fetched without anyone's hand, by key."""
    return {key: s for key, s in sources().items() if s.found_alone and s.reader != ROADS}


def look(keys: Sequence[str] = (), region: str = "75") -> list[Looked]:
    """Find sources where they are today, fetching nothing; what is found is remembered.

    Parameters
    ----------
    keys
        Keys of sources; none for all that tell of the region, road extracts included.
    region
        INSEE code.

    Returns
    -------
    list of Looked
        One per source, in the order of their declaration; those found by hand only included.

    Raises
    ------
    InvalidInputError
        A key is not one of a source.
    """
    unknown = [key for key in keys if key not in sources()]
    if unknown:
        raise _unknown(unknown[0])
    chosen = {
        key: source
        for key, source in sources().items()
        if key in keys or (not keys and source.tells_of(region))
    }
    today = french.today()
    states = source_state.known()
    looks = [_look(key, source, states.get(key, Known()), today) for key, source in chosen.items()]
    _remember_states({one.key: one.state for one in looks if one.source.found_alone})
    return looks


def looked_words(looks: Sequence[Looked]) -> str:
    """Return in one French sentence what a look at all sources found."""
    found = sum(one.found is not None for one in looks)
    lost = [one.source.title for one in looks if one.failure]
    by_hand = len(looks) - found - len(lost)
    files = french.counted(found, "fichier trouvé", "fichiers trouvés")
    parts = [f"{files}, {by_hand} à télécharger à la main"]
    if lost:
        parts.append(f"introuvables : {', '.join(lost)} (raisons dans l’onglet Données)")
    return " ; ".join(parts) + "."


def _look(key: str, source: Source, state: Known, today: dt.date) -> Looked:
    if not source.found_alone:
        return Looked(key, source, None, "", state)
    try:
        found = resolve(source, web.ask, today)
    except ProxiSoinsError as error:
        failed = replace(state, failure=str(error), checked_at=today.isoformat())
        return Looked(key, source, None, str(error), failed)
    return Looked(key, source, found, "", state.seen(found, today))


def refresh(
    keys: Sequence[str], progress: Progress, region: str = "75", *, again: bool = False
) -> tuple[list[Refreshed], list[import_reports.ImportReport]]:
    """Find sources, fetch those that changed, check them, put each group in place on its own.

    A source that fails leaves its group as it was, and the other groups go on;
    `data.region.catalogue.undo` takes back the last group.

    Parameters
    ----------
    keys
        Keys of sources; none for all.
    progress
        Called while bytes come.
    region
        INSEE code of the region whose coverage must not fall.
    again
        Fetch what did not change too.

    Returns
    -------
    list of Refreshed, list of ImportReport
        One of the first per source; one of the second per file that was read.

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
            lines: dict[str, Refreshed] = {}
            reports: list[import_reports.ImportReport] = []
            for group in _groups(chosen).values():
                group_lines, group_reports = _refresh(group, progress, region, again=again)
                lines |= {line.source: line for line in group_lines}
                reports += group_reports
            return [lines[key] for key in chosen], reports
    except BlockingIOError as error:
        raise UnavailableError(
            "Une autre actualisation est en cours : attendez qu’elle finisse, puis réessayez."
        ) from error
    except OSError as error:
        raise UnavailableError(
            f"L’actualisation ne peut pas écrire dans {paths.home()} (disque plein, ou en lecture "
            "seule) : libérez de la place ou vérifiez les droits, puis réessayez."
        ) from error


def _groups(chosen: Mapping[str, Source]) -> dict[str, dict[str, Source]]:
    groups: dict[str, dict[str, Source]] = {}
    for key, source in chosen.items():
        groups.setdefault(source.group or key, {})[key] = source
    return groups


def _refresh(
    group: Mapping[str, Source], progress: Progress, region: str, *, again: bool
) -> tuple[list[Refreshed], list[import_reports.ImportReport]]:
    """Refresh one group: all of it, or nothing."""
    today = french.today()
    states = source_state.known()
    looks = {key: _look(key, s, states.get(key, Known()), today) for key, s in group.items()}
    became = {key: _Became(failure=one.failure) for key, one in looks.items()}
    for key, one in looks.items():
        if any(other.failure for other in became.values()):
            break  # the group comes together: what is left is not fetched for nothing
        became[key] = _fetched(one, states.get(key, Known()), progress, again=again)
    received = {key: one.file for key, one in became.items() if one.file}
    reports: list[import_reports.ImportReport] = []
    try:
        if received and not any(one.failure for one in became.values()):
            reports = imports.swap_sources({k: d.path for k, d in received.items()}, region)
            for key, report in zip(received, reports, strict=True):
                became[key] = replace(became[key], report=report)
    except ProxiSoinsError as error:
        for key in received:
            became[key] = replace(became[key], failure=str(error))
    finally:
        for key in received:  # some are nominative: nothing whole stays behind
            shutil.rmtree(_folder(key), ignore_errors=True)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    lines = [_line(now, one, became[key]) for key, one in looks.items()]
    remember(lines)
    _remember_states({key: _state(one, became[key], today) for key, one in looks.items()})
    return lines, reports


def _fetched(one: Looked, before: Known, progress: Progress, *, again: bool) -> _Became:
    """Fetch a source when its file is not the one in place."""
    if one.found and not again and _in_place(one.state) and one.state.same_file(one.found):
        return _Became(kept="Inchangé chez son producteur : non téléchargé de nouveau.")
    try:
        return _Became(file=_receive(one.key, one, before, progress))
    except ProxiSoinsError as error:
        return _Became(failure=str(error))


def _receive(key: str, one: Looked, before: Known, progress: Progress) -> Download:
    """Fetch a file that was found; refuse a stub, a page, or what is older than what is there.

    Raises
    ------
    UnavailableError
        It cannot be fetched, or it is not what was announced.
    """
    found, source = one.found, one.source
    if found is None:
        raise UnavailableError(one.failure)
    if before.older(found) and found.date is not None:
        raise UnavailableError(
            f"Le fichier trouvé date du {french.date(found.date)}, il est plus ancien que celui "
            "déjà en place : rien n’est changé."
        )
    told = partial(progress, key)
    if found.kind == "wfs":
        way = next(way for way in source.latest if way.kind == "wfs")
        # Counted page by page; what the file of the first way must look like tells nothing of it.
        return fetch_features(way, web.ask, _folder(key), told)
    file = download(
        found.address,
        _folder(key),
        told,
        checksum_address=found.checksum_address,
        checksum=found.checksum,
    )
    try:
        refuse_stub(file, source)
    except UnavailableError:
        shutil.rmtree(_folder(key), ignore_errors=True)
        raise
    return file


def _in_place(state: Known) -> bool:
    """Tell whether what was made of the last file still stands: nobody took it back since."""
    seen = table_store.current_key() if state.tables else ""
    while seen:
        if seen == state.tables:
            return True
        seen = table_store.version(seen).before
    return False


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
            f"« {key} » n’a pas d’adresse stable : téléchargez le fichier sur {named.page}, "
            "puis importez-le."
        )
    raise _unknown(key)


def _unknown(key: str) -> InvalidInputError:
    return InvalidInputError(
        f"Source inconnue : « {key} ». Sources actualisables : {', '.join(refreshable())}."
    )


def _line(now: str, one: Looked, became: _Became) -> Refreshed:
    report, file = became.report, became.file
    otherwise = import_reports.UNCHANGED if became.kept else import_reports.REFUSED
    status = report.status if report else otherwise
    message = became.failure or (report.message if report else became.kept)
    found = one.found.address if one.found else one.source.download
    nothing = "Une autre source du même groupe a échoué." if report is None else ""
    return Refreshed(
        at=now,
        source=one.key,
        title=one.source.title,
        address=file.address if file else found,
        status=import_reports.REFUSED if became.failure else status,
        message=message or nothing,
        file_name=file.path.name if file else "",
        size=file.size if file else 0,
        sha256=file.sha256 if file else "",
    )


def _state(one: Looked, became: _Became, today: dt.date) -> Known:
    if became.failure:
        return replace(one.state, failure=became.failure, checked_at=today.isoformat())
    if became.report is not None and became.report.status == import_reports.REFUSED:
        return replace(one.state, failure=became.report.message)
    if became.file is None or became.report is None or one.found is None:
        return one.state
    return one.state.placed(became.file, one.found, table_store.current_key(), today)


def _remember_states(states: Mapping[str, Known]) -> None:
    try:
        source_state.remember(states)
    except OSError as error:
        logger.warning("the state of sources is not written: %s", error)


def _forget_whole_files() -> None:
    """Remove the files that a refresh killed before its end received: some are nominative."""
    for file in _folder("").glob("*/*"):
        if file.name not in UNFINISHED:
            file.unlink()


def _folder(key: str) -> Path:
    return paths.home() / "downloads" / "sources" / key
