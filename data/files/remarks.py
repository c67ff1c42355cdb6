"""What a command says of the tables it reads: remarks of their opening, columns, doubtful lines.

Readers tell; whoever runs them (a command) listens, else nothing is said: a screen has words of
its own for each file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import pandas as pd

from data.base import french

_LISTENER: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)
_LISTED = 8
"""Columns, or lines, that a remark names."""


def formulas_told(count: int, sheet: str, blank: int) -> str:
    """Say how many cells of a sheet are formulas, and how many of them have no value kept."""
    cells = french.counted(count, "cellule", "cellules")
    if blank == count:
        what = "sont des formules, sans" if count > 1 else "est une formule, sans"
        return f"{cells} de la feuille « {sheet} » {what} valeur enregistrée"
    what = "sont des formules : leur" if count > 1 else "est une formule : sa"
    lost = f", dont {blank} sans valeur enregistrée" if blank else ""
    return f"{cells} de la feuille « {sheet} » {what} valeur enregistrée est lue{lost}"


def hidden_told(count: int, sheet: str) -> str:
    """Say how many rows of a sheet are read though nobody sees them: filtered, or hidden."""
    rows = french.counted(count, "ligne masquée", "lignes masquées")
    read = "lues comme les autres" if count > 1 else "lue comme les autres"
    return (
        f"{rows} de la feuille « {sheet} » (filtre, ou masquage à la main), {read} ; supprimez-les "
        "si elles ne comptent pas"
    )


@contextmanager
def heard_by(say: Callable[[str], None]) -> Iterator[None]:
    """Let a function hear the remarks of all tables read within."""
    token = _LISTENER.set(say)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(file: str, remarks: Iterable[str]) -> None:
    """Say remarks on a file, in French; to nobody where nobody listens."""
    say = _LISTENER.get()
    if say is not None:
        for remark in remarks:
            say(f"{file} : {remark}")


def tell_columns(file: str, table: pd.DataFrame, used: Sequence[str]) -> None:
    """Say how many lines a table has, which of its columns are read and which are not."""
    unused = [str(name) for name in table.columns if name not in used]
    lines = french.counted(len(table), "ligne lue", "lignes lues")
    told = f"{lines} ; colonnes lues : {_named([str(name) for name in used])}"
    tell(file, [told + (f" ; non lues : {_named(unused)}" if unused else "")])


def tell_lines(file: str, lines: Sequence[object], one: str, many: str) -> None:
    """Say how many lines something is true of, and the first of them; nothing when none."""
    if not len(lines):
        return
    shown = ", ".join(str(line) for line in lines[:_LISTED])
    more = "…" if len(lines) > _LISTED else ""
    where = "ligne" if len(lines) == 1 else "lignes"
    tell(file, [f"{french.counted(len(lines), one, many)} ({where} {shown}{more})"])


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(f"« {name[:60]} »" for name in names[:_LISTED])
    left = len(names) - _LISTED
    return shown + (f" et {french.counted(left, 'autre', 'autres')}" if left > 0 else "")
