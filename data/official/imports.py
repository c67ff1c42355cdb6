"""Importing official files: recognise all, read each, check, then swap the tables in one step."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from data.files.downloads import digest
from data.official import doubts
from data.official.coverage import Part, check_here, check_refreshed, few, left_out
from data.official.import_reports import (
    PARTIAL,
    READ,
    REFUSED,
    ImportReport,
    held_back,
    named,
    report_of,
    status_of,
    to_confirm,
    together,
    with_refused,
)
from data.official.in_place import (
    in_place,
    newer,
    newer_only,
    provenance_of,
    same,
    shares,
    to_complete,
    without_newer_parts,
)
from data.official.members import Member
from data.official.readers.communes import CommuneIndex
from data.official.readers.merge import joined, with_lost
from data.official.readers.tally import ReadResult
from data.official.reading import read_files, tvs_of
from data.official.rivals import Given, replaced, without_rivals
from data.region import catalogue, embedded_set, table_store
from data.region.falls import Fall
from data.region.territory import Provenance
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

ASK, COMPLETE, REPLACE = "demander", "compléter", "remplacer"
"""What to do with a file that covers a part only, of the region or of what is in place: say so and
wait, keep what is known of the other communes, or leave them unknown."""


def import_files(
    paths_given: Iterable[Path],
    region: str = "75",
    partial: str = REPLACE,
    *,
    as_register: bool = False,
) -> list[ImportReport]:
    """Import files; those that are refused change nothing and do not stop the others.

    All tables change in one step, which `data.region.catalogue.undo` takes back whole.

    Parameters
    ----------
    paths_given
        Files, in any order: those that others complete are read first.
    region
        INSEE code of the region that reports count communes of.
    partial
        For a file that covers under nine communes in ten of the region, or of what is in place in
        all regions: `ASK` puts nothing in place and says so, `COMPLETE` keeps what is in place for
        the other communes, `REPLACE` leaves them unknown.
    as_register
        The RPPS is compared with the counts in place, instead of replacing them.

    Returns
    -------
    list of ImportReport
        One per file, in the order given; what is put in place does not depend on it.

    Raises
    ------
    UnavailableError
        The disk refuses; nothing changes.
    """
    with table_store.changing():
        return _run(
            list(paths_given), region, commit=True, partial=partial, as_register=as_register
        )


def swap_sources(files: Mapping[str, Path], region: str = "75") -> list[ImportReport]:
    """Import the latest file of declared sources, all or none.

    Parameters
    ----------
    files
        Key of the source to its file.
    region
        INSEE code of the region whose coverage must not fall.

    Returns
    -------
    list of ImportReport
        One per source, in their order; when one is refused, nothing changed.
    """
    with table_store.changing():
        return _run(list(files.values()), region, commit=True, expected=list(files))


def preview(
    paths_given: Iterable[Path], region: str = "75", *, as_register: bool = False
) -> list[ImportReport]:
    """Read files as `import_files` does and report, storing nothing."""
    return _run(list(paths_given), region, commit=False, as_register=as_register)


def commune_index(region: str) -> CommuneIndex:
    """Return the communes that files are matched with: all, whatever the region of reports."""
    return CommuneIndex(
        region=region,
        communes=embedded_set.everywhere()[
            ["code", "name", "postcodes", "lon", "lat", "population"]
        ],
        codes=frozenset(embedded_set.codes(region)),
        mergers=embedded_set.all_mergers(),
        sites=_stored_sites(),
        tvs=_stored_territories(),
        former_names=embedded_set.all_former_names(),
        fringe=frozenset(embedded_set.fringe(region)["code"]),
    )


def _run(
    files: Sequence[Path],
    region: str,
    *,
    commit: bool,
    expected: Sequence[str] = (),
    partial: str = REPLACE,
    as_register: bool = False,
) -> list[ImportReport]:
    """Recognise, read and store; with `expected` sources, any refusal stops the whole."""
    index = commune_index(region)
    # All is read before anything is judged: some files complete others, whatever their order.
    read = read_files(files, index)
    provenance, stored = in_place()
    under_way = _Import(
        files=files,
        index=index,
        provenance=provenance,
        stored=stored,
        partial=partial,
        expected=tuple(expected),
        commit=commit,
    )
    for position, sentence in read.refusals.items():
        refused = ImportReport(files[position].name, REFUSED, message=sentence)
        under_way.reports[position] = refused
    members = [_as_register(one) if as_register else one for one in read.members]
    for item in without_rivals(members):
        under_way.take(item)
    reports = under_way.told()
    # One swap of all that changed; nothing where all was asked or none.
    if expected and any(report.status == REFUSED for report in reports):
        return [held_back(report) for report in reports]
    if commit:
        under_way.store()
    return reports


@dataclass(frozen=True)
class _Brought:
    """What one file brings.

    Attributes
    ----------
    result
        What was read of it, without what is newer in place.
    tables
        The tables that it may feed, joined to those in place.
    older
        Keys of those which it only completes, being older.
    partly
        Tables that it covers a part of: of the region, or of what is in place.
    doubted
        Zeros that are to check.
    """

    result: ReadResult
    tables: dict[str, pd.DataFrame]
    older: set[str]
    partly: dict[str, Part]
    doubted: list[Fall]


@dataclass
class _Import:
    """An import under way: each file is joined to what those before it left.

    Attributes
    ----------
    files, index
        The files, and the communes that they are matched with.
    provenance, stored
        Of the tables in place, then of those that the files changed.
    partial
        What to do with a file of a part (`ASK`, `COMPLETE`, `REPLACE`).
    expected
        Keys of the sources that the files must be of; none: any.
    commit
        Whether it is stored in the end.
    reports
        Position of a file to what became of it.
    given
        What the files have told.
    changed
        Keys of the tables that change.
    sites
        Places of establishments, None where no file tells any.
    """

    files: Sequence[Path]
    index: CommuneIndex
    provenance: dict[str, Provenance]
    stored: dict[str, pd.DataFrame]
    partial: str
    expected: tuple[str, ...]
    commit: bool = field(kw_only=True)
    reports: dict[int, ImportReport] = field(default_factory=dict)
    given: Given = field(default_factory=Given)
    changed: set[str] = field(default_factory=set)
    sites: pd.DataFrame | None = None

    def take(self, item: Member) -> None:
        """Join a file, and say what became of it: members of one archive have one report."""
        before = self.reports.get(item.position)
        try:
            brought = self._brought(item)
        except ProxiSoinsError as error:
            refused = ImportReport(item.file_name, REFUSED, named(item.source), str(error))
            self.reports[item.position] = with_refused(before, refused)
            return
        result, doubted = brought.result, brought.doubted
        if brought.partly and self.partial == ASK:
            asked = to_confirm(item, result, brought.partly, self.index, doubted)
            untold = before is not None and before.status in {REFUSED, PARTIAL}
            self.reports[item.position] = together(before, asked) if untold else asked
            return
        fed = self._change(item, brought)
        status = status_of(fed, brought.tables, result.tables) if self.commit else READ
        report = report_of(item, result, list(brought.tables), self.index, status, doubted=doubted)
        self.reports[item.position] = together(before, report)

    def _brought(self, item: Member) -> _Brought:
        """Return what a file brings: nothing older than what is there, nothing of another region.

        Raises
        ------
        ProxiSoinsError
            The file is refused.
        """
        if item.result is None:
            raise InvalidInputError(item.refusal)
        result = without_newer_parts(item.result, self.provenance)
        completing = self.partial == COMPLETE
        lacking = to_complete(self.stored, self.index, completing=completing)
        whole = joined(result, self.stored)
        tables, older = newer_only(whole, result, self.provenance, lacking)
        check_here(item, result, self.index)
        partly = few(tables, result, self.index, self.stored)
        doubted = doubts.of_file(result, tables, self.stored, self.provenance)
        result.tally.remarks += doubts.risen(
            result, tables, self.stored, self.provenance, self.index
        )
        if partly and self.partial == ASK:
            return _Brought(result, tables, older, partly, doubted)
        partly = {key: count for key, count in partly.items() if key not in older}
        if completing:
            tables |= {
                key: with_lost(key, result, tables[key], self.stored.get(key)) for key in partly
            }
        result.tally.remarks += left_out(tables, result, self.index, self.stored)
        tables |= self.given.with_companions(item, result, tables, self.stored)
        if self.expected:
            source = self.expected[item.position]
            check_refreshed(item, source, tables, self.stored, self.index)
        return _Brought(result, tables, older, partly, doubted)

    def _change(self, item: Member, brought: _Brought) -> dict[str, pd.DataFrame]:
        """Take what a file changes: later ones are joined to it; return the tables it changes.

        What is the same keeps its provenance.
        """
        result, tables = brought.result, brought.tables
        if "structures" in tables:
            self.sites = result.tables.get("sites", self.sites)
        self.given.record(item, result, tables)
        fed = {
            key: table
            for key, table in tables.items()
            if not same(table, self.stored.get(key)) or newer(key, result, self.provenance)
        }
        result.tally.remarks += replaced(
            item, result, fed.keys() - brought.older, self.stored, self.provenance
        )
        self.stored |= fed
        kept = brought.older | (set(brought.partly) if self.partial == COMPLETE else set())
        told = replace(item, result=result)
        known = self.provenance
        shared = {key for key in tables if key in known and shares(key, told, tables, kept)}
        sha256 = digest(self.files[item.position], "sha256")
        described = provenance_of(told, sha256, (tables, shared), self.index, known)
        self.provenance |= {key: described[key] for key in fed}
        self.changed |= set(fed)
        return fed

    def told(self) -> list[ImportReport]:
        """Return the reports, in the order of the files."""
        reports = {rank: self.given.told(rank, report) for rank, report in self.reports.items()}
        return [reports[rank] for rank in range(len(self.files))]

    def store(self) -> None:
        """Put the tables that changed in place, in one swap."""
        keys = sorted(self.changed)
        catalogue.commit_tables(
            {key: self.stored[key] for key in keys},
            {key: self.provenance[key] for key in keys},
            self.sites,
        )


def _as_register(item: Member) -> Member:
    """Return an extract of the RPPS as a register beside the counts; another file as it is."""
    result = item.result
    if result is None or item.source != "rpps" or "gps" not in result.tables:
        return item
    when = result.moment("gps")
    if when is None or not when.month:
        return replace(item, result=None, refusal=f"« {item.file_name} » ne dit pas son mois.")
    month = f"{when.year}-{when.month:02d}"
    table = result.tables["gps"].rename(columns={"gps": "establishments"}).assign(month=month)
    result.tally.remarks.append(
        "lu comme registre : les effectifs en place ne changent pas, ils lui sont comparés"
    )
    return replace(
        item,
        result=replace(
            result,
            tables={"gp_register": table[["code", "month", "establishments"]]},
            vintages={"gp_register": month},
            measured={"gp_register": when},
        ),
    )


def _stored_territories() -> dict[str, tuple[str, ...]]:
    """Return the communes of the territoires de vie-santé that an import told."""
    with contextlib.suppress(UnavailableError):
        return tvs_of(catalogue.imported_tables(["zoning"]).get("zoning"))
    return {}


def _stored_sites() -> pd.DataFrame | None:
    """Return the places of establishments: the activities file gives numbers without any place."""
    kept = table_store.version(table_store.current_key()).sites
    with contextlib.suppress(UnavailableError):  # lost: as if FINESS had not been imported
        return table_store.read(kept) if kept else None
    return None
