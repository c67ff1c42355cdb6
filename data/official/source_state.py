"""What is known of each source since the last look: address, content, dates; and its words.

`sources.json` of the data folder, written whole. The address last found serves offline: whoever
has no internet reads there what to fetch elsewhere.
"""

import datetime as dt
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from data.base import french, paths
from data.files.downloads import Download
from data.official.resolution import Found
from data.official.sources import Source, sources

FROZEN_INTERVALS = 2
"""A content unchanged for twice its usual interval is said to be frozen."""


@dataclass(frozen=True)
class Known:
    """What is known of one source.

    Attributes
    ----------
    address, kind, size, checksum, date
        As last found, see `data.official.resolution.Found`; `date` in ISO, "" when not told.
    checked_at
        ISO day of the last look.
    failure
        Why the last look failed, "" when it did not.
    sha256, changed, tables
        Of the file last put in place: its content, the ISO day since when it is this content, and
        the identity of the tables that it made.
    file_date, file_checksum, file_size
        What its producer said of that file when it was fetched.
    """

    address: str = ""
    kind: str = ""
    size: int | None = None
    checksum: str = ""
    date: str = ""
    checked_at: str = ""
    failure: str = ""
    sha256: str = ""
    changed: str = ""
    tables: str = ""
    file_date: str = ""
    file_checksum: str = ""
    file_size: int | None = None

    def seen(self, found: Found, today: dt.date) -> "Known":
        """Return this, after the source was found."""
        return replace(
            self,
            address=found.address,
            kind=found.kind,
            size=found.size,
            checksum=found.checksum,
            date=found.date.isoformat() if found.date else "",
            checked_at=today.isoformat(),
            failure="",
        )

    def placed(self, file: Download, found: Found, tables: str, today: dt.date) -> "Known":
        """Return this, after the file was put in place."""
        same = self.sha256 == file.sha256
        since = self.changed if same else (found.date or today).isoformat()
        return replace(
            self.seen(found, today),
            sha256=file.sha256,
            changed=since,
            tables=tables,
            file_date=found.date.isoformat() if found.date else "",
            file_checksum=found.checksum,
            file_size=found.size,
        )

    def same_file(self, found: Found) -> bool:
        """Tell whether the producer's file is the one in place, by its checksum, else its date."""
        if found.checksum and self.file_checksum:
            return found.checksum == self.file_checksum
        if found.date is None or not self.file_date or found.kind == "wfs":
            return False
        return (found.date.isoformat(), found.size) == (self.file_date, self.file_size)

    def older(self, found: Found) -> bool:
        """Tell whether the producer's file is older than the one in place."""
        return bool(found.date and self.file_date and found.date.isoformat() < self.file_date)

    @property
    def last_change(self) -> dt.date | None:
        """Day of the last change of the content, as far as we know."""
        told = self.changed or self.date
        return dt.date.fromisoformat(told) if told else None


def known() -> dict[str, Known]:
    """Return what is known, by key of source; nothing where the file is absent or altered."""
    try:
        content = json.loads(_path().read_text(encoding="utf-8"))
        names = {field.name for field in fields(Known)}
        return {
            key: Known(**{name: one[name] for name in names & one.keys()})
            for key, one in content.items()
        }
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        return {}


def remember(states: Mapping[str, Known]) -> None:
    """Write what is known of some sources; the others stay.

    Raises
    ------
    OSError
        The disk refuses.
    """
    content = {key: asdict(one) for key, one in {**known(), **states}.items()}
    handle, draft = tempfile.mkstemp(dir=paths.home(), suffix=".draft")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=1)
        Path(draft).replace(_path())
    finally:
        Path(draft).unlink(missing_ok=True)


def frozen(source: Source, state: Known, today: dt.date) -> bool:
    """Tell whether a content has not changed for twice its usual interval."""
    last = state.last_change
    return bool(source.every and last and (today - last).days > FROZEN_INTERVALS * source.every)


def in_words(source: Source, state: Known, today: dt.date) -> str:
    """Return the state of a source in one French sentence."""
    if not source.found_alone:
        return source.note or "À télécharger à la main, puis à importer."
    parts = [source.note] if source.note else []
    last = state.last_change
    if state.failure:
        parts.append(f"Dernière recherche en échec : {state.failure}")
    elif not state.checked_at:
        parts.append("Jamais cherchée depuis cet ordinateur.")
    if last:
        parts.append(f"Dernier changement {_ago(last, today)} ({french.date(last)}).")
    if frozen(source, state, today):
        parts.append(
            f"Contenu figé : son rythme habituel est de {_days(source.every)}, et il n’a pas "
            f"changé depuis {_days((today - (last or today)).days)}."
        )
    return " ".join(parts) or "Trouvée, sans date de changement indiquée."


def table(region: str, today: dt.date) -> list[dict[str, str]]:
    """Return one row per source of a region, for the screen: who, what state, where, when."""
    states = known()
    rows = []
    for key, source in sources().items():
        if not source.tells_of(region):
            continue
        state = states.get(key, Known())
        rows.append(
            {
                "Source": source.title,
                "Signal": _signal(source, state, today),
                "Dernier changement": _ago(last, today) if (last := state.last_change) else "–",
                "État": in_words(source, state, today),
                "Cherchée le": french.date(dt.date.fromisoformat(state.checked_at))
                if state.checked_at
                else "–",
                "Producteur": source.producer,
                "Dernière adresse connue": state.address or source.elsewhere,
            }
        )
    return rows


def _signal(source: Source, state: Known, today: dt.date) -> str:
    """Return the state of a source in one or two words."""
    if not source.found_alone:
        return "à la main"
    if state.failure:
        return "en échec"
    if frozen(source, state, today):
        return "figée"
    return "trouvée" if state.checked_at else "jamais cherchée"


def _ago(day: dt.date, today: dt.date) -> str:
    count = (today - day).days
    if count <= 0:
        return "aujourd’hui"
    return f"il y a {_days(count)}"


def _days(count: int) -> str:
    return "1 jour" if count == 1 else f"{french.number(count)} jours"


def _path() -> Path:
    return paths.home() / "sources.json"
