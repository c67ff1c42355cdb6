"""Zeros of counts of GPs that someone knows to be true, kept beside the tables in one file.

They outlive imports and their undoing: what they say is of a commune and a year, whatever file
tells it. `tables/confirmed.json` is replaced by a rename, under the lock of the tables.
"""

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

from data.region import table_store
from data.region.falls import Confirmation, Fall
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
    raw = _raw()
    if not raw:
        return {}
    try:
        rows = json.loads(raw)
        told = [
            Confirmation(
                Fall(**row["fall"]), dt.datetime.fromisoformat(row["at"]), str(row["author"])
            )
            for row in rows
        ]
        return {(one.fall.code, one.fall.year): one for one in told}
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


def take_back(pairs: Iterable[Pair]) -> None:
    """Forget that zeros are true: they are to check again.

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
        _keep({pair: one for pair, one in known.items() if pair not in gone})


def _keep(known: dict[Pair, Confirmation]) -> None:
    rows = [
        {"fall": vars(one.fall), "at": one.at.isoformat(), "author": one.author}
        for _, one in sorted(known.items())
    ]
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
