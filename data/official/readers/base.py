"""What all readers share: tables of cells, headers found by content, the report, the result."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pandas as pd

from data.base import french
from data.base.codes import joined_code
from data.files import headings
from data.files.text_files import InputFile
from data.official.readers.communes import ARRONDISSEMENTS, CommuneIndex
from data.region.moments import Moment
from geo.errors import InvalidInputError

EXAMPLES = 5
"""Line numbers quoted for each reason of refusal."""


class RawTable(Protocol):
    """A text or a sheet: see `data.files.text_files.TextTable`."""

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
    """Where a header stands and the folded names of its columns, with their positions."""

    table: RawTable
    row: int
    columns: Mapping[str, int]

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
        self.table.asked.setdefault(self.row, set()).update(wanted.values())
        for batch in self.table.batches(self.row, sorted(set(wanted.values()))):
            yield pd.DataFrame({name: batch[k].str.strip() for name, k in wanted.items()})

    def rows(self, **columns: int | None) -> pd.DataFrame:
        """Return all the rows as stripped text, indexed by line number."""
        pieces = list(self.batches(**columns))
        if not pieces or not sum(map(len, pieces)):
            raise InvalidInputError(
                f"« {self.table.name} » s'arrête après son en-tête : aucune ligne à lire. "
                "Téléchargez-le de nouveau."
            )
        return pd.concat(pieces)


def headers(candidate: Candidate) -> Iterator[Header]:
    """Give every line of the first ones, in each sheet, as if it were the header."""
    for table in candidate.tables:
        for row, cells in enumerate(table.head):
            columns: dict[str, int] = {}
            for position, cell in enumerate(cells):
                columns.setdefault(french.fold(cell), position)
            if len(columns) > 1:
                yield Header(table, row, columns)


@dataclass(frozen=True)
class Refusal:
    """Why rows were left out, how many, and where the first ones are."""

    reason: str
    count: int
    lines: tuple[int, ...]

    @property
    def told(self) -> str:
        """What it says, in French: how many lines, why, where the first ones are."""
        found = ", ".join(map(french.number, self.lines))
        more = "…" if self.count > len(self.lines) else ""
        noun = "lignes" if self.count > 1 else "ligne"
        where = f" ({noun} {found}{more})" if found else ""
        return f"{french.counted(self.count, 'ligne', 'lignes')} : {self.reason}{where}"

    def __str__(self) -> str:
        """Return the same sentence: nothing that prints a refusal says it as Python."""
        return self.told


@dataclass
class Tally:
    """Counts kept while a file is read."""

    read: int = 0
    kept: int = 0
    refusals: dict[str, tuple[int, list[int]]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    """Codes of all lines of an exhaustive file, whatever they count."""
    lost: set[tuple[str, int]] = field(default_factory=set)
    """Codes, as written, and years (0 for all) of the lines refused for what they count."""

    def refuse(self, rows: pd.Series | pd.DataFrame, reason: str) -> None:
        """Count rows (index: line numbers) as refused for a reason, in French."""
        if len(rows) == 0:
            return
        count, lines = self.refusals.get(reason, (0, []))
        lines += [int(line) for line in rows.index[: EXAMPLES - len(lines)]]
        self.refusals[reason] = (count + len(rows), lines)

    def lose(self, rows: pd.DataFrame, reason: str) -> None:
        """Refuse rows of communes that count something: what is left of these is not known.

        Parameters
        ----------
        rows
            With the column code, and year where lines tell of several.
        reason
            In French.
        """
        self.refuse(rows, reason)
        years = rows["year"] if "year" in rows else pd.Series(0, index=rows.index)
        numbered = pd.to_numeric(years, errors="coerce").fillna(0).astype(int)
        self.lost.update(zip(rows["code"], numbered, strict=True))

    def refuse_malformed(self, table: RawTable) -> None:
        """Count the lines that the table itself could not cut into cells."""
        numbers = [n for n in table.malformed if n]
        self.read += len(numbers)
        self.refuse(pd.Series(0, index=numbers, dtype=int), "nombre de colonnes inattendu")

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Refusals, the largest first."""
        found = [Refusal(why, n, tuple(lines)) for why, (n, lines) in self.refusals.items()]
        return tuple(sorted(found, key=lambda refusal: -refusal.count))


@dataclass(frozen=True)
class ReadResult:
    """What a file gives.

    Attributes
    ----------
    tables
        Key of `data.region.schemas.TABLES` (or `populations`, `sites`) to frame.
    vintages
        Table key to year or date of the data, in French.
    tally
        Rows read, kept, refused, and remarks in French.
    columns
        For tables of which the file gives some columns only: these columns.
    kinds
        For structures: the kinds that the file knows in full and replaces.
    measured
        Table key to when it was measured; where absent, the latest date of its vintage.
    """

    tables: Mapping[str, pd.DataFrame]
    vintages: Mapping[str, str]
    tally: Tally
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    measured: Mapping[str, Moment] = field(default_factory=dict)

    def moment(self, key: str) -> Moment | None:
        """Return when a table was measured, None when the file does not say."""
        return self.measured.get(key) or Moment.told(self.vintages[key])

    def parts(self, key: str) -> tuple[str, ...]:
        """Return what a file gives of a table: kinds or columns, or the whole ("")."""
        return self.columns.get(key, ()) or (self.kinds if key == "structures" else ()) or ("",)


class Reader(Protocol):
    """One family of files: a module of this package.

    `recognise` returns the key of the source in `sources.yaml`, or None; `read` raises
    InvalidInputError when the file is of the family but cannot be used.
    """

    def recognise(self, candidate: Candidate) -> str | None:
        """Return the key of the source that the file looks like, or None."""
        ...

    def read(self, candidate: Candidate, index: CommuneIndex) -> ReadResult:
        """Return the checked content of the file."""
        ...


CODE_NAMES = headings.CODE
"""Headings of a column of INSEE codes, folded: one vocabulary for every reader."""
_DEPARTEMENT_NAMES = ("coddep", "dep", "code departement", "codedep", "code dep", "departement")
_SHORT_NAMES = ("codcom", "code commune", "com", "code com", "num commune", "numero commune")
_CODE_CELL = re.compile(r"^'?(?:\d{4,5}|2[abAB]\d{3})(?:\.0)?$")


def code_columns(header: Header) -> dict[str, int] | None:
    """Return where a table says the INSEE code: {"code"}, or {"dep", "com"}; None when it does not.

    A code may be cut in two, and may stand under "Commune": the cells below tell.
    """
    below = header.table.head[header.row + 1 : header.row + 12]

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


def newest(header: Header, pattern: "re.Pattern[str]", what: str) -> tuple[int, str] | None:
    """Return the column whose folded name fits a pattern, that of the newest year among several.

    Raises
    ------
    InvalidInputError
        Several columns fit and no year tells them apart.
    """
    fit = [name for name in header.columns if pattern.search(name)]
    if not fit:
        return None
    years = {name: headings.year_of(name) for name in fit}
    best = max(years.values())
    chosen = [name for name in fit if years[name] == best]
    if len(chosen) > 1:
        cells = header.table.head[header.row]
        both = " et ".join(f"« {cells[header.columns[name]].strip()} »" for name in chosen[:3])
        raise InvalidInputError(
            f"« {header.table.name} » a plusieurs colonnes de {what} : {both}. Gardez-en une, ou "
            "mettez l'année dans leur titre."
        )
    return header.columns[chosen[0]], chosen[0]


_UNKNOWN = re.compile(
    r"^(?:n ?[ad]|nc|nr|s|c|na|nd|x|secret|non disponible|non diffuse|inconnu)$|"
    r"^n a\b|\bsecret\b|\bnon disponible\b"
)
_THOUSANDS = re.compile(r"^\d{1,3}(?:[,.]\d{3})+$")


def unknown_marks(texts: pd.Series) -> pd.Series:
    """Tell the cells that say that the figure is not known ("N/A - secret statistique", "nd")."""
    marks = {text: bool(_UNKNOWN.search(french.fold(text))) for text in texts.unique() if text}
    return texts.map(marks).fillna(value=False).astype(bool)


def people(texts: pd.Series) -> pd.Series:
    """Return numbers of people: "267,991" is 267 991; NaN where there is none, or a part of one."""
    plain = texts.str.replace(r"[\s\u00a0\u202f]", "", regex=True)
    marked = plain.str.match(_THOUSANDS)
    plain = plain.where(~marked, plain.str.replace(r"[,.]", "", regex=True))
    found = numbers(plain)
    return found.where((found % 1 == 0) | found.isna(), float("nan"))


def doctors(texts: pd.Series) -> pd.Series:
    """Return numbers of GPs, parts of one kept; NaN for "1,234", a thousand or a part of one."""
    plain = texts.str.replace(r"[\s\u00a0\u202f]", "", regex=True)
    return numbers(texts).where(~plain.str.match(_THOUSANDS), float("nan"))


def said_once(rows: pd.DataFrame, keys: list[str], value: str, tally: "Tally") -> pd.DataFrame:
    """Count once the rows that repeat one another, and refuse those that contradict one another.

    Parameters
    ----------
    rows
        With the code as it is written in the file (`own`) among the keys: mergers add, repeats do
        not.
    keys
        Columns that tell a row.
    value
        Column whose values must agree.
    """
    known = rows[rows[value].notna()]
    clash = known.groupby(keys)[value].transform("nunique") > 1
    tally.lose(known[clash], "valeurs différentes pour la même commune")
    rows = rows.drop(index=known.index[clash]) if clash.any() else rows
    # Of a row that says the value and one that leaves it blank, the first is kept.
    told_first = np.argsort(rows[value].isna().to_numpy(), kind="stable")
    again = np.zeros(len(rows), dtype=bool)
    again[told_first] = rows.iloc[told_first].duplicated(keys)
    tally.refuse(rows[again], "ligne répétée, comptée une fois")
    return rows[~again]


_LEVEL = re.compile(r"referentiel geographique (?:france|.{0,40}?) ?par (.+)$")


def level_of(candidate: Candidate) -> str:
    """Return the geographic level that an export tells ("commune", "departement"…), "" if none."""
    for table in candidate.tables:
        for cells in table.head[:20]:
            if found := _LEVEL.search(french.fold(" ".join(cells))):
                return found[1].strip()
    return ""


def numbers(texts: pd.Series) -> pd.Series:
    """Return figures written the French or the English way; NaN where there is none."""
    plain = texts.str.replace(r"[\s\u00a0\u202f]", "", regex=True).str.replace(",", ".")
    return pd.to_numeric(plain, errors="coerce")


def other_levels(count: int) -> str:
    """Say how many rows tell of something larger or smaller than a commune."""
    lines = french.counted(count, "ligne", "lignes")
    return f"{lines} d'un autre niveau que la commune, hors de cette lecture"


def require_rows(kept: int, name: str, what: str) -> None:
    """Refuse a file of which nothing was kept.

    Raises
    ------
    InvalidInputError
        Nothing was kept.
    """
    if kept == 0:
        raise InvalidInputError(
            f"« {name} » a la bonne forme, mais aucune ligne utilisable ({what}) : "
            "vérifiez que c'est le bon fichier, complet."
        )


def settled(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Leave out, and count once per line, the rows whose `code` is no commune of the present."""
    first = ~rows.index.duplicated()
    unreadable = rows["code"] == ""
    tally.refuse(rows[unreadable & first], "code de commune illisible")
    unknown = index.unknown(rows["code"])
    codes = sorted(set(rows.loc[unknown, "code"]))
    listed = ", ".join(codes[:8]) + ("…" if len(codes) > 8 else "")
    tally.refuse(rows[unknown & first], f"commune absente du code officiel actuel ({listed})")
    return rows[~unreadable & ~unknown]


def without_lost(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Leave out the communes (and years) of which a line was refused: unknown, never a part or 0.

    Parameters
    ----------
    rows
        One row per commune (and year), columns code, and year if any.
    index
        The communes: a line of a former commune is lost to the present one.
    tally
        Knows the lines lost; is told how many communes of the region are left out.
    """
    if not tally.lost:
        return rows
    written = sorted(tally.lost)
    codes = index.settle(pd.Series([code for code, _ in written], dtype=str))
    lost = set(zip(codes, [year for _, year in written], strict=True))
    years = rows["year"] if "year" in rows else pd.Series(0, index=rows.index)
    gone = [(c, 0) in lost or (c, y) in lost for c, y in zip(rows["code"], years, strict=True)]
    left = rows[np.array(gone, dtype=bool)]
    if here := len(set(left["code"]) & index.codes):
        told = french.counted(here, "commune dont", "communes dont")
        how = "laissées inconnues" if here > 1 else "laissée inconnue"
        tally.remarks.append(f"{told} une ligne est refusée : {how}, jamais zéro")
    return rows[~np.array(gone, dtype=bool)]


def chief_rows(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Of merged communes, keep the row of the one whose code (`own`) is the present code."""
    merged = (rows["own"] != rows["code"]) & ~rows["own"].isin(ARRONDISSEMENTS)
    second = merged & rows["code"].isin(set(rows.loc[~merged, "code"]))
    second |= merged & rows.duplicated("code") & ~second
    if second.any():
        tally.remarks.append(
            french.counted(int(second.sum()), "ancienne commune", "anciennes communes")
            + " : la valeur de la commune nouvelle est retenue"
        )
    return rows[~second]


def only_once(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Keep the first row of each `code`."""
    again = rows.duplicated("code")
    tally.refuse(rows[again], "commune déjà lue plus haut")
    return rows[~again]
