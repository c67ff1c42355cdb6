"""Tables of one sheet that stand beside one another, or under one another's titles."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from data.base.french import fold, joined
from data.files.document import Chosen
from geo.errors import InvalidInputError

_LOOKED_AT = 12
"""Rows that are looked at."""


def blocks(
    titles: Sequence[str], marks: Sequence[int], rows: Iterable[Sequence[str]]
) -> list[range]:
    """Return the places of the columns of each table that a row of titles stands over.

    A table begins where what tells the place of a line is told again: under the same title, or
    beyond a blank column. Two columns that say the same on each line are of one table.

    Parameters
    ----------
    titles
        Folded.
    marks
        Places of the titles that tell where a line is, in order.
    rows
        Some rows below.

    Returns
    -------
    list of range
        From left to right; the whole for a single table.
    """
    starts = [0]
    rows = list(rows)
    for place in marks[1:]:
        apart = "" in titles[marks[0] : place] and "" in titles[starts[-1] + 1 : place]
        if titles[place] != titles[marks[0]] and not apart:
            continue
        told = [(row[marks[0]], row[place]) for row in rows if place < len(row)]
        if told and all(mine == theirs for mine, theirs in told):
            continue
        gaps = [k for k in range(max(marks[0], starts[-1]), place) if not titles[k]]
        starts.append(gaps[-1] + 1 if gaps else place)
    if len(starts) == 1:
        return [range(len(titles))]
    ends = [*starts[1:], len(titles)]
    return [_filled(titles, start, end) for start, end in zip(starts, ends, strict=True)]


def _filled(titles: Sequence[str], start: int, end: int) -> range:
    """Return places without the blank columns at their end."""
    while end > start + 1 and not titles[end - 1]:
        end -= 1
    return range(start, end)


def alone(
    chosen: Chosen, name: str, marks: Callable[[str], bool], known: Callable[[Sequence[str]], bool]
) -> Chosen:
    """Return a table without those that stand beside it, which are named.

    Parameters
    ----------
    chosen
        Its titles, and rows of all.
    name
        The file, for the refusal.
    marks
        Whether a title tells where a line is.
    known
        Whether some titles make a table that can be read.

    Raises
    ------
    InvalidInputError
        Several can be read.
    """
    titles = [fold(cell) for cell in chosen.heading]
    places = [k for k, cell in enumerate(chosen.heading) if marks(cell)]
    found = blocks(titles, places, [cells for _, cells in chosen.rows[:_LOOKED_AT]])
    read = [one for one in found if known([chosen.heading[k] for k in one])]
    if len(found) == 1 or not read:
        return chosen
    if len(read) > 1:
        raise refusal(name, read)
    (own,) = read
    rows = [(number, cells[own.start : own.stop]) for number, cells in chosen.rows]
    beside = [f"{_columns(one)} (autre tableau, à côté)" for one in found if one is not own]
    carried = {(line, k - own.start) for line, k in chosen.carried if k in own}
    return replace(
        chosen,
        heading=chosen.heading[own.start : own.stop],
        rows=[(number, cells) for number, cells in rows if any(cells)],
        not_read=(*chosen.not_read, *beside),
        carried=frozenset(carried),
    )


def _columns(one: range) -> str:
    return f"colonnes {one.start + 1} à {one.stop}"


def refusal(name: str, found: Sequence[range]) -> InvalidInputError:
    """Return the refusal of tables side by side that can all be read, by their columns."""
    columns = joined([_columns(one) for one in found])
    return InvalidInputError(
        f"« {name} » a {len(found)} tableaux côte à côte qui se lisent aussi bien "
        f"({columns}) : mettez-les l'un sous l'autre, sous les mêmes titres, ou n'en gardez "
        "qu'un."
    )


def within(marks: Iterable[bool | None]) -> list[bool]:
    """Tell the rows that belong to a table, among those of a sheet that holds several.

    Parameters
    ----------
    marks
        For each row: None for a line, True for the titles of the table printed again, False for
        those of another table.

    Returns
    -------
    list of bool
        False for titles and for the lines under those of others.
    """
    here, kept = True, []
    for mark in marks:
        here = here if mark is None else mark
        kept.append(here and mark is None)
    return kept
