"""Zeros of counts of GPs that someone knows to be true, kept beside the tables in one file.

They outlive imports and their undoing: what they say is of a commune and a year, whatever file
tells it. `tables/confirmed.json` is replaced by a rename, under the lock of the tables.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from data.region import table_store
from data.region.falls import Confirmation, Ending, Fall
from geo.errors import InvalidInputError, UnavailableError

Pair = tuple[str, int]
"""INSEE code of a commune, year of its zero."""


def confirmed() -> dict[Pair, Confirmation]:
    """Return the zeros confirmed, of all regions, by code and year.

    Raises
    ------
    UnavailableError
        The file is cut or altered.
    """
    live = (one for one in _every() if one.ended is None)
    return {(one.fall.code, one.fall.year): one for one in live}


def taken_back() -> list[Confirmation]:
    """Return the confirmations that were taken back, of all regions, the latest first.

    Raises
    ------
    UnavailableError
        The file is cut or altered.
    """
    over = [(one.ended.at, one) for one in _every() if one.ended is not None]
    return [one for _, one in sorted(over, key=lambda pair: pair[0], reverse=True)]


def _every() -> list[Confirmation]:
    raw = _raw()
    if not raw:
        return []
    try:
        return [_read(row) for row in json.loads(raw)]
    except (ValueError, KeyError, TypeError) as error:
        raise UnavailableError(
            f"Les zéros confirmés sont illisibles ({_path()}) : restaurez une sauvegarde, ou "
            "supprimez ce fichier et confirmez de nouveau."
        ) from error


def key() -> str:
    """Return what changes as soon as one is confirmed or taken back, "" when none ever was."""
    return _raw()


def confirm(found: Iterable[Fall], author: str = "") -> None:
    """Keep that zeros are true; those that are already confirmed stay as they were.

    Parameters
    ----------
    found
        Falls as they stand in the data in place.
    author
        Who says so, "" where nobody logs in.

    Raises
    ------
    UnavailableError
        The disk refuses; nothing changes.
    """
    now = dt.datetime.now(dt.UTC)
    with table_store.changing():
        known = confirmed()
        fresh = {(one.code, one.year): Confirmation(one, now, author) for one in found}
        _keep(fresh | known)


def take_back(pairs: Iterable[Pair], author: str = "") -> None:
    """Tell that zeros are no longer held true: they are to check again; the trace of both stays.

    Parameters
    ----------
    pairs
        Codes and years of zeros that are confirmed.
    author
        Who says so, "" where nobody logs in.

    Raises
    ------
    InvalidInputError
        One of them was not confirmed; nothing changes.
    UnavailableError
        The disk refuses; nothing changes.
    """
    gone = set(pairs)
    with table_store.changing():
        known = confirmed()
        if strange := sorted(gone - known.keys()):
            code, year = strange[0]
            raise InvalidInputError(f"Le zéro de {year} de la commune {code} n’est pas confirmé.")
        ended = Ending(dt.datetime.now(dt.UTC), author)
        over = [replace(known[pair], ended=ended) for pair in sorted(gone)]
        _keep({pair: one for pair, one in known.items() if pair not in gone}, over)


def _read(row: dict[str, Any]) -> Confirmation:
    said = row.get("taken_back")
    ended = Ending(dt.datetime.fromisoformat(said["at"]), str(said["author"])) if said else None
    at = dt.datetime.fromisoformat(row["at"])
    return Confirmation(Fall(**row["fall"]), at, str(row["author"]), ended)


def _row(one: Confirmation) -> dict[str, Any]:
    row = {"fall": vars(one.fall), "at": one.at.isoformat(), "author": one.author}
    if one.ended is not None:
        row["taken_back"] = {"at": one.ended.at.isoformat(), "author": one.ended.author}
    return row


def _keep(known: dict[Pair, Confirmation], over: Iterable[Confirmation] = ()) -> None:
    live = [one for _, one in sorted(known.items())]
    rows = [_row(one) for one in (*live, *over, *taken_back())]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    table_store.write_whole(_path(), text.encode())


def _path() -> Path:
    return table_store.folder() / "confirmed.json"


def _raw() -> str:
    try:
        return _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise UnavailableError(
            f"Les zéros confirmés ne peuvent pas être lus ({_path()}) : vérifiez les droits du "
            "dossier de données."
        ) from error
