"""Importing official files: recognise all, read each, check, then swap the tables in one step."""

import contextlib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from data.official import doubts
from data.official.coverage import check_here, check_refreshed, few
from data.official.import_reports import (
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
from data.official.readers.merge import completed, joined
from data.official.reading import read_files, tvs_of
from data.official.rivals import Given, replaced, without_rivals
from data.region import catalogue, embedded_set, table_store
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

ASK, COMPLETE, REPLACE = "demander", "compléter", "remplacer"
"""What to do with a file that covers part of the region only: say so and wait, keep what is known
of the other communes, or leave them unknown."""
_HASH_BLOCK_BYTES = 1 << 20


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
        For a file that covers under nine communes of the region in ten: `ASK` puts nothing in place
        and says so, `COMPLETE` keeps what is in place for the other communes, `REPLACE` leaves
        them unknown.
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
        region,
        embedded_set.everywhere()[["code", "name", "postcodes", "lon", "lat"]],
        frozenset(embedded_set.codes(region)),
        embedded_set.all_mergers(),
        _stored_sites(),
        _stored_territories(),
        embedded_set.all_former_names(),
        frozenset(embedded_set.fringe(region)["code"]),
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
    reports = {
        position: ImportReport(files[position].name, REFUSED, message=sentence)
        for position, sentence in read.refusals.items()
    }
    provenance, stored = in_place()
    changed, sites, given = set[str](), None, Given()
    members = [_as_register(one) if as_register else one for one in read.members]
    for item in without_rivals(members):
        result = item.result
        # What it brings: nothing older than what is there, nothing of another region.
        try:
            if result is None:
                raise InvalidInputError(item.refusal)
            result = without_newer_parts(result, provenance)
            lacking = to_complete(stored, index, completing=partial == COMPLETE)
            tables, older = newer_only(joined(result, stored), result, provenance, lacking)
            check_here(item, result, index)
            partly = few(tables, result, index)
            doubted = doubts.of_file(result, tables, stored, provenance)
            if partly and partial == ASK:
                reports[item.position] = to_confirm(item, result, partly, index, doubted)
                continue
            partly = {key: count for key, count in partly.items() if key not in older}
            if partial == COMPLETE:
                tables |= completed({key: result.tables[key] for key in partly}, stored)
            tables |= given.with_companions(item, result, tables, stored)
            if expected:
                check_refreshed(item, expected[item.position], tables, stored, index)
        except ProxiSoinsError as error:
            refused = ImportReport(item.file_name, REFUSED, named(item.source), str(error))
            reports[item.position] = with_refused(reports.get(item.position), refused)
            continue
        # What it changes: later files are joined to it. What is the same keeps its provenance.
        if "structures" in tables:
            sites = result.tables.get("sites", sites)
        given.record(item, result, tables)
        fed = {
            key: table
            for key, table in tables.items()
            if not same(table, stored.get(key)) or newer(key, result, provenance)
        }
        result.tally.remarks += replaced(item, result, fed.keys() - older, stored, provenance)
        stored |= fed
        kept = older | set(partly) if partial == COMPLETE else older
        told = replace(item, result=result)
        shared = {key for key in tables if key in provenance and shares(key, told, tables, kept)}
        sha256 = _sha256(files[item.position])
        described = provenance_of(told, sha256, (tables, shared), index, provenance)
        provenance |= {key: described[key] for key in fed}
        changed |= set(fed)
        # What is said of it: members of one archive have one report.
        status = status_of(fed, tables, result.tables) if commit else READ
        report = report_of(item, result, list(tables), index, status, doubted=doubted)
        reports[item.position] = together(reports.get(item.position), report)
    reports = {position: given.told(position, report) for position, report in reports.items()}
    # One swap of all that changed; nothing where all was asked or none.
    if expected and any(report.status == REFUSED for report in reports.values()):
        return [held_back(reports[position]) for position in range(len(files))]
    if commit:
        catalogue.commit_tables(
            {key: stored[key] for key in sorted(changed)},
            {key: provenance[key] for key in sorted(changed)},
            sites,
        )
    return [reports[position] for position in range(len(files))]


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


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_HASH_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


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
