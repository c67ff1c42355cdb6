"""Where numba keeps what it compiles; imported, with numba, when a first kernel is called.

What is compiled is kept on disk. A kernel holds the code of those it calls, in other files too, and
numba looks at the kernel's own file only: after a change of another one it would run old code. So
what is kept is stamped with the code of all kernels.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching


@cache
def kernels_version(folder: Path) -> str:
    """Return a digest of all modules under a folder that have kernels."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        code = file.read_bytes()
        if b"@kernel" in code:
            digest.update(code)
    return digest.hexdigest()


class _Stamped:
    """A place for what is compiled, valid for one state of all kernels."""

    def get_source_stamp(self) -> tuple[Any, str]:
        """Return what changes with the file of the kernel, or with any other's."""
        return super().get_source_stamp(), kernels_version(Path(__file__).parent)  # type: ignore[misc]


class ChosenFolder(_Stamped, caching.UserProvidedCacheLocator):
    """The folder of NUMBA_CACHE_DIR."""


class BesideTheCode(_Stamped, caching.InTreeCacheLocator):
    """The folder of the code, where it can be written."""


class UserFolder(_Stamped, caching.UserWideCacheLocator):
    """The user's own folder."""


numba.config.CACHE_LOCATOR_CLASSES = ",".join(
    f"{__name__}.{one.__name__}" for one in (ChosenFolder, BesideTheCode, UserFolder)
)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that numba compiles when it is called, and that frees the lock."""
    made: Callable[..., Any]
    try:
        made = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the installed folder nor the user's can hold a cache
        made = numba.njit(nogil=True)(function)
    return made
