"""What all readers give back: rows counted one by one, why some are refused, the result."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from data.base import french
from data.official.readers.tables import RawTable
from data.region.moments import Moment
from geo.errors import InvalidInputError

_REASONS = 3
"""Reasons told of a file of which nothing is used."""
EXAMPLES = 5
"""Line numbers quoted for each reason of refusal."""


@dataclass(frozen=True)
class Refusal:
    """Why rows were left out, how many, and where the first ones are."""

    reason: str
    count: int
    lines: tuple[int, ...] = ()

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
    zeros: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Columns code, year and line of the counts of GPs that a line says to be zero."""
    by_line: dict[str, set[int]] | None = None
    """Lines refused for each reason, where a line tells several values: see `keep`."""
    in_part: tuple[Refusal, ...] = ()
    """Why values of lines that are kept are left out."""

    def refuse(self, rows: pd.Series | pd.DataFrame, reason: str) -> None:
        """Count rows (index: line numbers) as refused for a reason, in French."""
        if len(rows) == 0:
            return
        count, lines = self.refusals.get(reason, (0, []))
        lines += [int(line) for line in rows.index[: EXAMPLES - len(lines)]]
        self.refusals[reason] = (count + len(rows), lines)
        if self.by_line is not None:
            self.by_line.setdefault(reason, set()).update(map(int, rows.index))

    def keep(self, lines: pd.Index) -> None:
        """Count the lines of which something is kept; each other one is refused once.

        Where a line tells several values (`by_line`), one that lost some of them is kept in part,
        and one that lost them for several reasons counts under the first.

        Parameters
        ----------
        lines
            Line numbers, repeated or not.
        """
        kept = set(map(int, lines))
        self.kept = len(kept)
        seen, in_part = set[int](), []
        for reason, refused in (self.by_line or {}).items():
            whole = refused - kept - seen
            seen |= whole
            self.refusals[reason] = (len(whole), sorted(whole)[:EXAMPLES])
            if partly := refused & kept:
                first = tuple(sorted(partly)[:EXAMPLES])
                in_part.append(Refusal(reason, len(partly), first))
        self.in_part = tuple(in_part)
        self.by_line = None

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
        found = [Refusal(why, n, tuple(lines)) for why, (n, lines) in self.refusals.items() if n]
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


def other_levels(count: int) -> str:
    """Say how many rows tell of something larger or smaller than a commune."""
    lines = french.counted(count, "ligne", "lignes")
    return f"{lines} d’un autre niveau que la commune, hors de cette lecture"


def require_rows(kept: int, name: str, what: str, tally: Tally | None = None) -> None:
    """Refuse a file of which nothing was kept.

    Parameters
    ----------
    kept
        Rows used.
    name, what
        The file, and what was looked for in it.
    tally
        Knows why rows are left out.

    Raises
    ------
    InvalidInputError
        Nothing was kept.
    """
    if kept == 0:
        why = " ; ".join(one.told for one in tally.refused[:_REASONS]) if tally else ""
        raise InvalidInputError(
            f"« {name} » a la bonne forme, mais aucune ligne utilisable ({what}) : "
            + (f"{why}. " if why else "")
            + ("Vérifiez" if why else "vérifiez")
            + " que c’est le bon fichier, complet."
        )
