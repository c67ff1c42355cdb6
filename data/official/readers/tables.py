"""What all readers open: a file's tables of cells, and headers found by what they say."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from data.base import french
from data.base.codes import joined_code
from data.files import headings, layouts
from data.files.input_files import InputFile
from geo.errors import InvalidInputError


class RawTable(Protocol):
    """A text or a sheet: see `data.files.text_tables.TextTable`."""

    file: InputFile
    name: str
    sheet: str
    head: list[list[str]]
    malformed: list[int]
    broken: list[list[str]]
    asked: dict[int, set[int]]

    def batches(self, header_row: int, columns: Sequence[int]) -> Iterator[pd.DataFrame]:
        """Give the rows below a header, as text, by bounded pieces."""
        ...


@dataclass(frozen=True)
class Candidate:
    """A file and what it holds; `tables` is empty for JSON, `text` for the others.

    `remarks` say in French how it was opened: sheets left out, formulas, merged cells.
    """

    file: InputFile
    tables: tuple[RawTable, ...] = ()
    text: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """Where a header stands and the folded names of its columns, with their positions.

    Of tables side by side, `block` holds the places of its own columns, `beside` those of others.
    """

    table: RawTable
    row: int
    columns: Mapping[str, int]
    block: range = range(0)
    beside: tuple[range, ...] = ()

    def first(self, *names: str) -> int | None:
        """Return the position of the first of these names (folded) that is there."""
        return next((self.columns[name] for name in names if name in self.columns), None)

    def having(self, *words: str, without: Sequence[str] = ()) -> int | None:
        """Return the position of the first column whose name holds all these words."""
        for name, position in self.columns.items():
            present = set(name.split())
            if present.issuperset(words) and not present.intersection(without):
                return position
        return None

    def batches(self, **columns: int | None) -> Iterator[pd.DataFrame]:
        """Give the rows as stripped text; a column whose position is None is left out."""
        wanted = {name: position for name, position in columns.items() if position is not None}
        self._refuse_another(wanted.values())
        self.table.asked.setdefault(self.row, set()).update(wanted.values())
        for batch in self.table.batches(self.row, sorted(set(wanted.values()))):
            yield pd.DataFrame({name: batch[k].str.strip() for name, k in wanted.items()})

    def _refuse_another(self, places: Iterable[int]) -> None:
        """Refuse tables side by side of which another has all the titles that are read."""
        titles = [_YEARS.sub("", headings.folded(cell)) for cell in self.table.head[self.row]]
        read = {titles[place] for place in places}
        if twins := [one for one in self.beside if read <= {titles[place] for place in one}]:
            both = sorted([self.block, *twins], key=lambda one: one.start)
            raise layouts.refusal(self.table.name, both)

    def rows(self, **columns: int | None) -> pd.DataFrame:
        """Return all the rows as stripped text, indexed by line number.

        Raises
        ------
        InvalidInputError
            No row stands under the titles.
        """
        pieces = list(self.batches(**columns))
        if not pieces or not sum(map(len, pieces)):
            if found := len(self.table.malformed):
                lines = french.counted(found, "ligne n’a", "lignes n’ont")
                raise InvalidInputError(
                    f"« {self.table.name} » : aucune ligne à lire ; {lines} pas autant de cellules "
                    f"que l’en-tête (ligne {self.table.malformed[0]} pour la première). Vérifiez "
                    "que le séparateur est partout le même, et les colonnes à leur place."
                )
            raise InvalidInputError(
                f"« {self.table.name} » s’arrête après son en-tête : aucune ligne à lire. "
                "Téléchargez-le de nouveau."
            )
        return pd.concat(pieces)


def headers(candidate: Candidate) -> Iterator[Header]:
    """Give every line of the first ones, in each sheet, as if it were the header.

    A line that stands over several tables is given once for each.
    """
    for table in candidate.tables:
        for row, cells in enumerate(table.head):
            titles = [headings.folded(cell) for cell in cells]
            found = [range(len(titles))]
            if len(marks := [k for k, title in enumerate(titles) if title in CODE_NAMES]) > 1:
                below = table.head[row + 1 :][: layouts.LOOKED_AT]
                found = layouts.blocks(titles, marks, below)
            for block in found:
                columns: dict[str, int] = {}
                for position in block:
                    columns.setdefault(titles[position], position)
                if len(columns) > 1:
                    beside = tuple(one for one in found if one != block)
                    yield Header(table, row, columns, block, beside)


_YEARS = re.compile(r"\b(?:19|20)\d\d\b")
CODE_NAMES = headings.CODE
"""Headings of a column of INSEE codes, folded: one vocabulary for every reader."""
_DEPARTEMENT_NAMES = ("coddep", "dep", "code departement", "codedep", "code dep", "departement")
_SHORT_NAMES = ("codcom", "code commune", "com", "code com", "num commune", "numero commune")
_CODE_CELL = re.compile(r"^'?(?:\d{4,5}|2[abAB]\d{3})(?:\.0)?$")


def code_columns(header: Header) -> dict[str, int] | None:
    """Return where a table says the INSEE code: {"code"}, or {"dep", "com"}; None when it does not.

    A code may be cut in two, and may stand under "Commune": the cells below tell.
    """
    below = header.table.head[header.row + 1 :][: layouts.LOOKED_AT]

    def said(position: int) -> list[str]:
        cells = (row[position].strip() for row in below if position < len(row))
        return [cell for cell in cells if cell]

    departement, short = header.first(*_DEPARTEMENT_NAMES), header.first(*_SHORT_NAMES)
    if departement is not None and short is not None:
        cells = [cell.removesuffix(".0") for cell in said(short)]
        if cells and max(map(len, cells)) <= 3 and all(map(str.isdigit, cells[:1])):
            return {"dep": departement, "com": short}
    if (code := header.first(*CODE_NAMES)) is not None:
        return {"code": code}
    commune = header.first("commune", "ville", "com")
    if commune is not None and (cells := said(commune)) and all(map(_CODE_CELL.match, cells)):
        return {"code": commune}
    return None


def with_code(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows with one column `code`, from the columns that `code_columns` found."""
    if "code" in rows:
        return rows
    pairs = zip(rows["dep"], rows["com"], strict=True)
    return rows.assign(code=[joined_code(start, end) for start, end in pairs])


def newest(
    header: Header, pattern: "re.Pattern[str]", what: str, *, planned: bool = False
) -> tuple[int, str] | None:
    """Return the column whose folded name fits a pattern, that of the newest year among several.

    Of years that have not begun only where they may be `planned` (a zoning): else they are
    projections.

    Raises
    ------
    InvalidInputError
        Several columns fit and no year tells them apart.
    """
    fit = [name for name in header.columns if pattern.search(name)]
    if not fit:
        return None
    years = {name: headings.year_of(name) for name in fit}
    begun = {name: year for name, year in years.items() if year <= french.today().year}
    years = years if planned else begun or years
    best = max(years.values())
    chosen = [name for name, year in years.items() if year == best]
    if len(chosen) > 1:
        cells = header.table.head[header.row]
        both = " et ".join(f"« {cells[header.columns[name]].strip()} »" for name in chosen[:3])
        raise InvalidInputError(
            f"« {header.table.name} » a plusieurs colonnes de {what} : {both}. Gardez-en une, ou "
            "mettez l’année dans leur titre."
        )
    return header.columns[chosen[0]], chosen[0]


_LEVEL = re.compile(r"referentiel geographique (?:france|.{0,40}?) ?par (.+)$")


def level_of(candidate: Candidate) -> str:
    """Return the geographic level that an export tells ("commune", "departement"…), "" if none."""
    for table in candidate.tables:
        for cells in table.head[:20]:
            if found := _LEVEL.search(french.fold(" ".join(cells))):
                return found[1].strip()
    return ""
