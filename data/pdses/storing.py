"""From a file of on-call lines to the table in use: read, check, mend, store in one step."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from data.base import french
from data.base.codes import departement
from data.base.french import fold
from data.files import exports
from data.official.imports import commune_index
from data.pdses.checks import Outcome, check_lines, report, table
from data.pdses.reader import LinesFile
from data.region import catalogue, embedded_set, schemas, table_store
from data.region.gazetteer import gazetteer
from data.region.territory import DEMONSTRATION_LINE, Provenance
from data.uploads import LEFT_OUT, UNDERSTOOD
from geo.errors import InvalidInputError

LEAST_SHARE = 0.9
"""Least share of the lines in use that a file gives without one being asked whether it is whole."""


def checked(
    file: LinesFile, region: str, corrections: Mapping[int, Mapping[str, str]] | None = None
) -> list[Outcome]:
    """Check the lines of a file against the communes of a region and the FINESS imported."""
    sites = commune_index(region).sites
    communes = embedded_set.communes(region)
    return check_lines(file.lines, gazetteer(region), communes, sites, corrections)


@dataclass(frozen=True)
class Gone:
    """Lines in use, imported before, that those of a file would take away.

    Attributes
    ----------
    given
        Lines of the file.
    in_use
        Lines in use in the départements that the file tells of.
    elsewhere
        Lines in use in the others.
    departements
        Codes of these others.
    """

    given: int
    in_use: int
    elsewhere: int
    departements: tuple[str, ...]

    @property
    def shrinks(self) -> bool:
        """Whether it has far fewer lines than those in use in the départements that it tells of."""
        return self.given < LEAST_SHARE * self.in_use

    @property
    def told(self) -> str:
        """What the file would take away, in French; "" where it takes next to nothing."""
        parts = []
        if self.elsewhere:
            lines = french.counted(self.elsewhere, "ligne en usage", "lignes en usage")
            where = french.counted(len(self.departements), "département", "départements")
            codes = ", ".join(self.departements)
            parts.append(f"{lines} dans {where} qu’il ne dit pas ({codes})")
        if self.shrinks:
            lines = french.counted(self.in_use, "ligne en usage", "lignes en usage")
            parts.append(
                f"{lines} dans les départements qu’il dit, où il n’en donne que "
                f"{french.number(self.given)}"
            )
        return f"Ce fichier remplacerait {french.joined(parts)}." if parts else ""


def gone(outcomes: Sequence[Outcome]) -> Gone:
    """Return what the lines understood of a file would take away of those imported before."""
    lines = table(outcomes)
    before = catalogue.imported_tables(["pdses_lines"]).get("pdses_lines")
    if before is None or lines.empty:
        return Gone(len(lines), 0, 0, ())
    told = before["code"].map(departement).isin(set(lines["code"].map(departement)))
    others = before.loc[~told, "code"].map(departement)
    return Gone(len(lines), int(told.sum()), len(others), tuple(sorted(set(others))))


def store(
    outcomes: Sequence[Outcome],
    *,
    name: str,
    content: bytes,
    region: str,
    keep_other_departements: bool = False,
) -> pd.DataFrame:
    """Put the lines understood in the place of those in use, in one step that can be undone.

    Parameters
    ----------
    outcomes
        What became of each line of the file.
    name, content
        The file, for the record.
    region
        INSEE code of the region whose communes are counted.
    keep_other_departements
        Keep the lines imported before in départements that the file does not tell of.

    Returns
    -------
    pandas.DataFrame
        All lines now stored (schema `pdses_lines`).

    Raises
    ------
    InvalidInputError
        No line is understood.
    """
    lines = table(outcomes)
    if lines.empty:
        raise InvalidInputError(
            f"« {name} » : aucune ligne comprise, rien n’est changé. Corrigez les lignes refusées."
        )
    with table_store.changing():
        before = catalogue.imported_tables(["pdses_lines"]).get("pdses_lines")
        if keep_other_departements and before is not None:
            told = set(lines["code"].map(departement))
            kept = before[~before["code"].map(departement).isin(told)]
            lines = pd.concat([lines, kept], ignore_index=True)
        codes = set(embedded_set.communes(region)["code"])
        now = dt.datetime.now(dt.UTC)
        provenance = Provenance(
            table="pdses_lines",
            title=schemas.TITLES["pdses_lines"],
            source="Lignes importées par l’agence",
            vintage=_vintage(lines, now.date()),
            licence="non précisée",
            # An export of the demonstration that comes back is no real data.
            simulated=bool(lines["comment"].map(fold).str.contains(fold(DEMONSTRATION_LINE)).any()),
            rows=len(lines),
            matched=len(codes.intersection(lines["code"])),
            imported_at=now,
            file_name=name,
            sha256=hashlib.sha256(content).hexdigest(),
        )
        catalogue.commit_tables({"pdses_lines": lines}, {"pdses_lines": provenance})
    return lines


def _vintage(lines: pd.DataFrame, today: dt.date) -> str:
    starts = sorted(set(lines["start"]) - {""})
    if starts:
        return f"lignes à effet du {french.date(dt.date.fromisoformat(starts[-1]))}"
    return f"importées le {french.date(today)}"


def left_over(outcomes: Sequence[Outcome]) -> bytes:
    """Return, as a CSV to mend elsewhere, the lines that are not understood, with the reason."""
    rest = [one for one in outcomes if one.status not in {UNDERSTOOD, LEFT_OUT}]
    return exports.to_csv(report(rest), ["Lignes de permanence non importées, et pourquoi."])
