"""Compile kernels with numba where it is there; run them interpreted where it is not.

numba is imported when a first kernel is called: it takes a second of the start of a process, which
draws its first map without any.
"""

import threading
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

_Function = TypeVar("_Function", bound=Callable)

_compiling = threading.RLock()


class _Kernel:
    """A function of arrays, compiled when it is first called, here or by another kernel."""

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self.function = function
        self.made: Callable[..., Any] | None = None

    def compiled(self) -> Callable[..., Any]:
        """Return what numba makes of the function; itself where there is no compiler."""
        with _compiling:
            if self.made is None:
                try:
                    from geo import kept_kernels
                except ImportError:  # a machine without a compiler: slower, same results
                    self.made = self.function
                else:
                    self.made = kept_kernels.compiled(self.function)
        return self.made

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Run it."""
        return (self.made or self.compiled())(*arguments, **named)

    @property
    def _numba_type_(self) -> Any:
        """What numba takes it for where another kernel calls it."""
        return self.compiled()._numba_type_  # type: ignore[attr-defined]


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays that frees the interpreter's lock.

    Threads of our own run kernels in parallel: numba's work queue is not safe when two
    sessions of the application ask at the same moment.
    """
    return cast("_Function", _Kernel(function))
