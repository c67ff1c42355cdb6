"""What a file holds once opened: tables of texts and layers of places, as plain values.

Nothing here keeps a file open or a library's object alive: a document can be sent from one process
to another.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from data.base.french import counted, fold
from data.files.headings import year_of
from geo.errors import InvalidInputError

NO_VALUE = "(formule sans valeur)"
"""Stands in a cell whose formula was saved without its result: a doubt, never a blank."""
ERRORS = frozenset(
    {"#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"}
    | {"#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#N/D", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""What a spreadsheet writes where a formula fails; the French words too."""
_NUMBERED = re.compile(r"#?Err:\d{3}")
"""Errors of LibreOffice that have no word."""
MERGED = "(cellule fusionnée)"
"""Follows a figure that is read on a line where a merged cell only spreads it."""
HEADING_ROWS = 40
"""A heading further down than this is no heading."""


class UnexpectedKindError(InvalidInputError):
    """A file holds nothing to read; the message names every kind of file, maps among them."""


def has_no_value(text: str) -> bool:
    """Tell a formula saved without its result, or one that failed: a doubt, never a blank."""
    plain = "".join(text.split())  # "#DIV/0 !" in French
    return text == NO_VALUE or plain in ERRORS or _NUMBERED.fullmatch(plain) is not None


Row = tuple[int, list[str]]
"""Line of the file (from 1) and its cells, blanks around taken away."""


@dataclass(frozen=True)
class Table:
    """A table of texts, one sheet or one text file.

    Attributes
    ----------
    rows
        In the order of the file, blank ones included.
    member
        File of the archive that holds it, "" when the file is no archive.
    sheet
        Sheet of the workbook, "" for a text.
    remarks
        What to know of its reading, in French.
    carried
        Line and place (from 0) of the cells that a merged cell above fills.
    """

    rows: Sequence[Row]
    member: str = ""
    sheet: str = ""
    remarks: tuple[str, ...] = ()
    carried: frozenset[tuple[int, int]] = frozenset()

    @property
    def label(self) -> str:
        """Member and sheet, in French, "" when the file holds this table alone."""
        return " › ".join(part for part in (self.member, self.sheet) if part)

    @property
    def filled(self) -> int:
        """Number of rows that are not blank."""
        return sum(1 for _, cells in self.rows if any(cells))


@dataclass(frozen=True)
class Feature:
    """One feature of a layer.

    Attributes
    ----------
    number
        Its rank in the layer, from 1.
    cells
        Attribute to text, in the order of the file; blank ones included.
    point
        A point of its shape, in the units of the layer: the point itself, else one inside; None
        when it has none.
    """

    number: int
    cells: Mapping[str, str]
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Layer:
    """Features with a place.

    Attributes
    ----------
    features
        In the order of the file.
    crs
        Coordinate system, as pyproj understands it; "" when the file does not say.
    points
        Whether its features are points (outlines give a point inside).
    member, name
        File of the archive and name of the layer, "" when there is only one.
    remarks
        What to know of its reading, in French.
    """

    features: Sequence[Feature]
    crs: str = ""
    points: bool = True
    member: str = ""
    name: str = ""
    remarks: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Member and layer, in French, "" when the file holds this layer alone."""
        return " › ".join(part for part in (self.member, self.name) if part)


@dataclass(frozen=True)
class Document:
    """All that could be read of a file.

    Attributes
    ----------
    name
        The file, as messages call it.
    tables, layers
        What it holds; hidden sheets are not there.
    not_read
        Members, sheets and layers that are left out, with why, in French.
    """

    name: str
    tables: tuple[Table, ...] = ()
    layers: tuple[Layer, ...] = ()
    not_read: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """The table that a door reads of a document.

    Attributes
    ----------
    heading
        Its titles.
    rows
        Rows below, blank ones left out; those of other sheets with the same titles follow.
    above
        Rows above the titles.
    labels
        Sheets and members read.
    not_read
        Sheets and members left out, with why, in French.
    remarks
        What to know of the reading, in French.
    carried
        Line and place (from 0) of the cells that a merged cell above fills.
    """

    heading: list[str]
    rows: list[Row]
    above: list[Row] = field(default_factory=list)
    labels: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    carried: frozenset[tuple[int, int]] = frozenset()


def heading_place(table: Table) -> int | None:
    """Return the place of the row that looks like the titles of a table, None when none does.

    The first row that fills at least half of the usual width, and holds no number.
    """
    head = [cells for _, cells in table.rows[:HEADING_ROWS]]
    width = max((sum(map(bool, cells)) for cells in head), default=0)
    for place, cells in enumerate(head):
        filled = [cell for cell in cells if cell]
        if filled and 2 * len(filled) >= width and not any(map(_is_number, filled)):
            return place
    return None


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return False
    return True


def choose(
    document: Document, known: Callable[[Sequence[str]], int], rows: int = HEADING_ROWS
) -> Chosen | None:
    """Return the table of a document whose titles a door knows best, its twins put together.

    Parameters
    ----------
    document
        The file, opened.
    known
        Number of titles of a row that the door knows; 0 when it cannot be used.
    rows
        Rows in which titles are looked for.

    Returns
    -------
    Chosen or None
        Among equals, the table of the newest year, then that with most rows; tables whose titles
        are the same follow it, unless they are of an older year or in other members of an archive.
        None when no row of titles is known.
    """
    found = []
    for table in document.tables:
        best = max(
            ((known(cells), -place) for place, (_, cells) in enumerate(table.rows[:rows])),
            default=(0, 0),
        )
        if best[0] > 0:
            found.append((best[0], -best[1], table))
    if not found:
        return None
    score, place, first = max(found, key=lambda one: (one[0], year_of(one[2].sheet), one[2].filled))
    titles = [fold(cell) for cell in first.rows[place][1]]
    kept: list[Row] = []
    carried: set[tuple[int, int]] = set()
    left, read = list(document.not_read), list[Table]()
    shift = 0
    for table in document.tables:
        mark = next((p for s, p, t in found if t is table and s == score), None)
        same = mark is not None and [fold(c) for c in table.rows[mark][1]] == titles
        older = year_of(table.sheet) < year_of(first.sheet)
        if table is first or (same and table.member == first.member and not older):
            below = table.rows[(mark or 0) + 1 :]
            kept += [(number + shift, cells) for number, cells in below if any(cells)]
            carried |= {(number + shift, place) for number, place in table.carried}
            shift += table.rows[-1][0]
            read.append(table)
        elif table.filled:
            why = "même forme, moins de lignes" if same else "autre tableau"
            why = "même forme, année plus ancienne" if same and older else why
            left.append(f"« {table.label} » ({why}, {counted(table.filled, 'ligne', 'lignes')})")
    labels = tuple(table.label for table in read if table.label)
    remarks = tuple(dict.fromkeys(r for table in read for r in table.remarks))
    if len(read) > 1:
        remarks += (f"{len(read)} feuilles de même forme, lignes numérotées à la suite",)
    heading, above = list(first.rows[place][1]), list(first.rows[:place])
    return Chosen(
        heading=heading,
        rows=kept,
        above=above,
        labels=labels,
        not_read=tuple(left),
        remarks=remarks,
        carried=frozenset(carried),
    )


def put_together(tables: Sequence[Table]) -> list[Table]:
    """Return the tables, sheets of one workbook whose titles are the same put together.

    Sheets that bear different years stay apart. Lines are numbered on.
    """
    groups: dict[tuple[object, ...], list[tuple[int, Table]]] = {}
    for rank, table in enumerate(tables):
        place = heading_place(table)
        titles = tuple(map(fold, table.rows[place][1])) if place is not None else ()
        alone = rank if not table.sheet or place is None else ""
        key = (table.member, titles, year_of(table.sheet), alone)
        groups.setdefault(key, []).append((place or 0, table))
    return [_sheets_in_one(group) for group in groups.values()]


def _sheets_in_one(group: Sequence[tuple[int, Table]]) -> Table:
    _, first = group[0]
    if len(group) == 1:
        return first
    rows, shift = list(first.rows), first.rows[-1][0] if first.rows else 0
    carried = set(first.carried)
    for place, table in group[1:]:
        below = table.rows[place + 1 :]
        rows += [(number + shift, cells) for number, cells in below]
        carried |= {(number + shift, column) for number, column in table.carried}
        shift += table.rows[-1][0] if table.rows else 0
    names = ", ".join(f"« {table.sheet} »" for _, table in group)
    told = (
        f"{len(group)} feuilles de même forme lues ensemble ({names}), lignes numérotées à la suite"
    )
    remarks = dict.fromkeys((told, *(r for _, table in group for r in table.remarks)))
    return replace(first, rows=rows, remarks=tuple(remarks), carried=frozenset(carried))
