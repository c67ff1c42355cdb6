"""Titles on two lines: a heading that stands over several columns, told apart on the line below.

A table with « Médecins généralistes » over « Hommes », « Femmes », « Total » has no column of that
name: read by its first line, it would give the men for the whole. Both lines are read as one.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from data.base.codes import plain_code
from data.base.french import fold
from data.files.document import HEADING_ROWS, Document, Table

_YEAR = re.compile(r"(?:19|20)\d\d(?:\.0)?")
_COUNTED = frozenset(
    {"nombre", "nb", "nbre", "effectif", "effectifs", "total", "ensemble", "tous", "n"}
)
"""What the line below says of a count; it goes before the heading: "nombre de médecins"."""
_PART = re.compile(
    r"^(?:hommes?|femmes?|part|taux|evolution|variation|dont\b.*|(?:moins|plus) de .*|\d+ .*ans.*)$"
)
"""Other words that are no title by themselves."""


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
