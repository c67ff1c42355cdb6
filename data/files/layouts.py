"""How people lay tables out on a sheet: titles on two lines, tables side by side, others below.

A table with « Médecins généralistes » over « Hommes », « Femmes », « Total » has no column of that
name: read by its first line, it would give the men for the whole. Both lines are read as one.
Tables that stand beside one another, or under one another's titles, are told apart: codes of one
with the counts of another would make a third.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from data.base.codes import plain_code
from data.base.french import fold, joined
from data.files.document import HEADING_ROWS, Chosen, Document, Table
from geo.errors import InvalidInputError

_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_COUNTED = frozenset(
    {"nombre", "nb", "nbre", "effectif", "effectifs", "total", "ensemble", "tous", "n"}
)
"""What the line below says of a count; it goes before the heading: "nombre de médecins"."""
_PART = re.compile(
    r"^(?:hommes?|femmes?|part|taux|evolution|variation|dont\b.*|(?:moins|plus) de .*|\d+ .*ans.*)$"
)
"""Other words that are no title by themselves."""
LOOKED_AT = 12
"""Rows below titles that are looked at to tell what these mean."""


def on_one_line(head: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the first lines of a table where titles on two lines are joined on the second.

    Parameters
    ----------
    head
        Cells of the first lines.

    Returns
    -------
    list of list of str
        The same lines, of the same widths; of two lines of titles, the first is left blank.

    Examples
    --------
    >>> top, low = ["Code", "Médecins généralistes", ""], ["", "2022", "2024"]
    >>> on_one_line([top, low])[1]
    ['Code', 'Médecins généralistes 2022', 'Médecins généralistes 2024']
    """
    lines = [list(cells) for cells in head]
    for row in range(len(lines) - 1):
        joined = _joined(lines[row], lines[row + 1])
        if joined is not None:
            lines[row], lines[row + 1] = [""] * len(lines[row]), joined
    return lines


def titles_joined(document: Document, rows: int = HEADING_ROWS) -> Document:
    """Return a document whose tables have their titles on one line; see `on_one_line`."""
    return replace(document, tables=tuple(_titled(table, rows) for table in document.tables))


def _titled(table: Table, rows: int) -> Table:
    head = on_one_line([cells for _, cells in table.rows[:rows]])
    numbered = [(number, cells) for (number, _), cells in zip(table.rows, head, strict=False)]
    return replace(table, rows=[*numbered, *table.rows[rows:]])


def _joined(top: Sequence[str], low: Sequence[str]) -> list[str] | None:
    """Return the titles that two lines make, None where they are not titles on two lines."""
    width = max(len(top), len(low))
    over, under = (
        [cell.strip() for cell in cells] + [""] * (width - len(cells)) for cells in (top, low)
    )
    if any(_is_value(cell) for cell in under if cell):
        return None
    spans = _spans(over, under)
    first = next((k for k in range(width) if over[k] or under[k]), 0)
    if not any(start > first for start in spans):
        return None  # a line of title stands over the first column
    inside = {k for start, end in spans.items() for k in range(start, end + 1)}
    labelled = (
        bool(over[first])
        and all(
            k in inside or not over[k] or under[k] in {"", over[k]} or _is_incomplete(under[k])
            for k in range(width)
        )
        and under[first] in {"", over[first]}
    )
    titles, joined = list(under), False
    for k, cell in enumerate(under):
        start = next((s for s, end in spans.items() if s <= k <= end), k)
        group = over[start]
        if not cell:
            titles[k] = group
        elif not group or cell == group or start == first < spans.get(start, start):
            continue
        elif labelled or _is_incomplete(cell) or "%" in group:
            titles[k], joined = _together(group, cell), True
    return titles if joined else None


def _spans(over: Sequence[str], under: Sequence[str]) -> dict[int, int]:
    """Return first to last place of the headings over several columns that are all told apart."""
    spans = {}
    for start, heading in enumerate(over):
        end = start
        while heading and end + 1 < len(over) and not over[end + 1] and under[end + 1]:
            end += 1
        if end > start and under[start] not in {"", heading}:
            spans[start] = end
    return spans


def _together(group: str, cell: str) -> str:
    if fold(cell) in _COUNTED or _YEAR.fullmatch(group):
        return f"{cell} {group}"
    return f"{group} {cell}"


def _is_incomplete(cell: str) -> bool:
    """Tell a heading that says nothing without the one above it."""
    folded = fold(cell)
    return bool("%" in cell or _YEAR.fullmatch(cell) or folded in _COUNTED or _PART.match(folded))


def _is_value(cell: str) -> bool:
    """Tell a number that is no year, or a code: it stands under titles, never among them."""
    if _YEAR.fullmatch(cell):
        return False
    try:
        float(cell.replace(",", ".").replace(" ", "").removesuffix("%"))
    except ValueError:
        return bool(plain_code(cell))
    return True


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
    found = blocks(titles, places, [cells for _, cells in chosen.rows[:LOOKED_AT]])
    read = [one for one in found if known([chosen.heading[k] for k in one])]
    if len(found) == 1 or not read:
        return chosen
    if len(read) > 1:
        raise refusal(name, read)
    (own,) = read
    rows = [(number, cells[own.start : own.stop]) for number, cells in chosen.rows]
    others = [beside(one) for one in found if one is not own]
    carried = {(line, k - own.start) for line, k in chosen.carried if k in own}
    return replace(
        chosen,
        heading=chosen.heading[own.start : own.stop],
        rows=[(number, cells) for number, cells in rows if any(cells)],
        not_read=(*chosen.not_read, *others),
        carried=frozenset(carried),
    )


def beside(one: range) -> str:
    """Return what is said of a table beside the one that is read."""
    return f"{_columns(one)} (autre tableau, à côté)"


def _columns(one: range) -> str:
    return f"colonnes {one.start + 1} à {one.stop}"


def refusal(name: str, found: Sequence[range]) -> InvalidInputError:
    """Return the refusal of tables side by side that can all be read, by their columns."""
    columns = joined([_columns(one) for one in found])
    return InvalidInputError(
        f"« {name} » a {len(found)} tableaux côte à côte qui se lisent aussi bien "
        f"({columns}) : mettez-les l’un sous l’autre, sous les mêmes titres, ou n’en gardez "
        "qu’un."
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
