"""Compile kernels with numba where it is there; run them interpreted where it is not.

What is compiled is kept on disk. A kernel holds the code of those it calls, in other files too, and
numba looks at the kernel's own file only: after a change of another one it would run old code. So
what is kept is stamped with the code of all kernels.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

try:
    import numba
    from numba.core import caching
except ImportError:  # a machine without a compiler: slower, same results
    numba = None

_Function = TypeVar("_Function", bound=Callable)


@cache
def kernels_version(folder: Path) -> str:
    """Return a digest of all modules under a folder that have kernels."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.py")):
        code = file.read_bytes()
        if b"@kernel" in code:
            digest.update(code)
    return digest.hexdigest()


if numba is not None:

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


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays that frees the interpreter's lock.

    Threads of our own run kernels in parallel: numba's work queue is not safe when two
    sessions of the application ask at the same moment.
    """
    if numba is None:
        return function
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # neither the installed folder nor the user's can hold a cache
        return numba.njit(nogil=True)(function)
