"""Counts rounded at random, as statistical offices do: two states of the data give no third.

A share rounded by a fixed rule gives a commune away when it crosses a bound: where one commune
joins a set, or leaves it, and the figure moves, who compares both knows why. Rounded up or down by
chance, to a multiple of three, it moves without a reason as well. The chance hangs on a key that
never leaves the data folder and on what is rounded: the same count of the same communes is always
told the same way, so that nothing is learned by asking again.

Method: random rounding to base three (Stats NZ, census confidentiality rules).
"""

import hmac
import os
import secrets
import tempfile
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from data.base import paths
from data.base.ownership import like_folder
from data.region.rules import PUBLIC_ROUNDING_BASE

KEY_FILE = "arrondi.cle"
_KEY_BYTES = 32


def key() -> bytes:
    """Return the key of this data folder, made when it is first asked for.

    Where the folder cannot be written, the process has one of its own.
    """
    return _kept(paths.home() / KEY_FILE)


@lru_cache(maxsize=4)
def _kept(path: Path) -> bytes:
    if kept := _read(path):
        return kept
    made = secrets.token_bytes(_KEY_BYTES)
    with suppress(OSError):
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(made.hex())
        like_folder(Path(draft))
        if path.is_file():  # damaged
            Path(draft).replace(path)
        else:
            # Of two processes that make one at once, the first decides.
            with suppress(FileExistsError):
                os.link(draft, path)
            Path(draft).unlink()
    return _read(path) or made


def _read(path: Path) -> bytes:
    """Return the key that a file holds, b"" where there is none or it is damaged."""
    with suppress(OSError, ValueError):
        if len(kept := bytes.fromhex(path.read_text(encoding="ascii"))) == _KEY_BYTES:
            return kept
    return b""


def beside(secret: bytes, apart: Collection[str]) -> bytes:
    """Return the key of communes of which some are counted apart; the same where none is.

    Who knows from an open register which commune is counted apart since an import would else read
    in a share that moves that it was flagged before: chance is drawn anew, it moves as well where
    it was not.
    """
    if not apart:
        return secret
    return hmac.digest(secret, ",".join(sorted(apart)).encode(), "sha256")


def rounded(flagged: Collection[str], members: Collection[str], secret: bytes) -> int:
    """Return how many of some communes are flagged, rounded at random to a multiple of the base.

    Right on average, but for the part above the largest multiple, which is told as that one: six
    of seven communes and seven of seven read the same.

    Parameters
    ----------
    flagged, members
        INSEE codes of the communes flagged, and of all.
    secret
        `key`.
    """
    inside, base = sorted(set(flagged) & set(members)), PUBLIC_ROUNDING_BASE
    below, over = divmod(len(inside), base)
    told = ",".join(sorted(members)) + ";" + ",".join(inside)
    chance = int.from_bytes(hmac.digest(secret, told.encode(), "sha256")[:8], "big") / 2**64
    up = chance < over / base
    return min(base * (below + up), base * (len(members) // base))
