"""Logins that were ended: kept in the data folder, so that every process and every tab knows."""

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from data.base.paths import home
from geo.errors import UnavailableError

_CLAIMS = ("iss", "sub", "email", "iat")
_FOLDER = "sessions-ended"


def _key(user: Mapping[str, Any]) -> str:
    told = json.dumps([str(user.get(name, "")) for name in _CLAIMS])
    return hashlib.sha256(told.encode()).hexdigest()


def _place(user: Mapping[str, Any]) -> Path:
    return home() / _FOLDER / _key(user)


def end(user: Mapping[str, Any], kept_s: float) -> None:
    """Note that a login was ended; what was noted longer than `kept_s` seconds ago is forgotten.

    Only a digest is written: nothing about the person.
    """
    # A disk that refuses: the cookie is gone all the same.
    with suppress(OSError, UnavailableError):
        place = _place(user)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
        oldest = time.time() - kept_s
        for other in place.parent.iterdir():
            if other.stat().st_mtime < oldest:
                other.unlink(missing_ok=True)


def ended(user: Mapping[str, Any]) -> bool:
    """Tell whether a login was ended."""
    try:
        return _place(user).exists()
    except (OSError, UnavailableError):
        return True
