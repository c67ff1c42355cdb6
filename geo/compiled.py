"""Compile kernels with numba where it is there; run them interpreted where it is not."""

from collections.abc import Callable
from typing import TypeVar

try:
    import numba
except ImportError:  # a machine without a compiler: slower, same results
    numba = None

_Function = TypeVar("_Function", bound=Callable)


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
