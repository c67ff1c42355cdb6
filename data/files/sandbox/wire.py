"""What goes between the two processes: calls one way, results the other.

A call comes from our own process and is pickled as it is. A result comes from a process that has
opened a hostile file: only plain values, dates, tables (as Arrow) and our own data classes are
made from it, never anything else that a pickle could name.
"""

import dataclasses
import importlib
import io
import pickle
from collections.abc import Callable
from typing import Any

import pandas as pd

_PLAIN = {
    ("builtins", "set"),
    ("builtins", "frozenset"),
    ("builtins", "complex"),
    ("builtins", "slice"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("data.files.sandbox.wire", "frame_from_arrow"),
}


def frame_from_arrow(content: bytes, titles: list[str] | None = None) -> pd.DataFrame:
    """Return the table that `_Writer` wrote; `titles` are its own where some are repeated."""
    import pyarrow as pa

    table = pa.ipc.open_stream(pa.py_buffer(content)).read_all()
    frame = pd.DataFrame(table.to_pandas())
    return frame if titles is None else frame.set_axis(pd.Index(titles), axis=1)


class _Writer(pickle.Pickler):
    """Write results: tables as Arrow, the rest as pickles do."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, pd.DataFrame):
            if value.columns.is_unique:
                return frame_from_arrow, (_as_arrow(value),)
            # Arrow knows a column by its title; a table of a user may repeat one.
            ranked = value.set_axis(pd.Index(list(map(str, range(value.shape[1])))), axis=1)
            return frame_from_arrow, (_as_arrow(ranked), list(value.columns))
        return NotImplemented


def _as_arrow(frame: pd.DataFrame) -> bytes:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame)
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, table.schema) as writer:
        writer.write_table(table)
    return stream.getvalue().to_pybytes()


class _Reader(pickle.Unpickler):
    """Read results, naming nothing but what results are made of."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return getattr(importlib.import_module(module), name)
        if module.startswith("data.") and "." not in name:
            found = getattr(importlib.import_module(module), name, None)
            if isinstance(found, type) and dataclasses.is_dataclass(found):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a result")


def written(value: object) -> bytes:
    """Return a result as bytes."""
    stream = io.BytesIO()
    _Writer(stream, protocol=5).dump(value)
    return stream.getvalue()


def read(content: bytes) -> Any:
    """Return a result from its bytes.

    Raises
    ------
    pickle.UnpicklingError
        The bytes name something else than data, or are cut.
    """
    return _Reader(io.BytesIO(content)).load()


def named(function: Callable[..., Any]) -> str:
    """Return the name by which the other process finds a function of a module."""
    return f"{function.__module__}:{function.__qualname__}"


def found(name: str) -> Callable[..., Any]:
    """Return the function that `named` named."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
