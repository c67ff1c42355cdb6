"""What the process gives back to the system: glibc and Arrow keep, by default, what was freed."""

import ctypes
import sys

import pyarrow as pa

_M_ARENA_MAX = -8
"""Parameter of mallopt(3) in glibc's malloc.h: heaps that threads may open."""
_ARENAS = 2
"""One heap by thread kept 0.1 GB of freed pieces once a few sessions had run."""


def keep_little() -> None:
    """Open few heaps, and let Arrow use them: to be called before threads start."""
    pa.set_memory_pool(pa.system_memory_pool())
    tune = getattr(_libc(), "mallopt", None)
    if tune is not None:
        tune(_M_ARENA_MAX, _ARENAS)


def give_back() -> None:
    """Return to the system what loading took for a moment; nothing where the C library cannot."""
    trim = getattr(_libc(), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _libc() -> ctypes.CDLL | None:
    """Return the C library of Linux; other systems give memory back by themselves."""
    return ctypes.CDLL(None) if sys.platform == "linux" else None
