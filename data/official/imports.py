"""Importing official files: recognise all, read each, check, then swap the tables in one step."""

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from data.base import french
from data.official.readers.communes import CommuneIndex
from data.official.readers.merge import BY_PART, BY_YEAR, ORDER, completed, joined
from data.official.readers.tally import ReadResult, Refusal
from data.official.reading import Member, read_files, tvs_of
from data.official.sources import sources
from data.region import catalogue, embedded_set, schemas, table_store
from data.region.moments import Moment
from data.region.territory import Provenance
from geo.errors import InvalidInputError, ProxiSoinsError, UnavailableError

IMPORTED, UNCHANGED, REFUSED, READ = "importé", "déjà en place", "refusé", "lu"
OLDER = "plus ancien que les données en place"
PARTIAL = "à confirmer"
GIVEN_UP = "abandonné"
ASK, COMPLETE, REPLACE = "demander", "compléter", "remplacer"
"""What to do with a file that covers part of the region only: say so and wait, keep what is known
of the other communes, or leave them unknown."""
_BY_COMMUNE = ("gps", "gp_history", "populations", "zoning", "apl")
"""Tables that tell of every commune: a file with few of them is an extract."""
COVERAGE_FLOOR = 0.9
"""Least share of the communes known today that a refreshed table must still cover."""
_HASH_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class TableReport:
    """One table that a file feeds: rows stored and communes of the region that they cover."""

    table: str
    title: str
    vintage: str
    rows: int
    matched: int


@dataclass(frozen=True)
class ImportReport:
    """What became of one file.

    Attributes
    ----------
    file_name
        The file, as given.
    status
        `importé`, `déjà en place`, `plus ancien…`, `refusé`, or `lu` for a preview.
    source
        French title and producer of the source; "" when not recognised.
    message
        One French sentence when refused, "" otherwise.
    read, kept
        Rows read and used.
    refused
        Reasons, counts and first line numbers.
    remarks
        What to know, in French.
    tables
        Tables fed.
    communes
        Communes of the region.
    """

    file_name: str
    status: str
    source: str = ""
    message: str = ""
    read: int = 0
    kept: int = 0
    refused: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[TableReport, ...] = ()
    communes: int = 0


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


def settled(
    reports: Iterable[ImportReport], later: Iterable[ImportReport] = ()
) -> list[ImportReport]:
    """Return reports where those of files to confirm give way to what became of them.

    Parameters
    ----------
    reports
        Of all files of an import.
    later
        Of the files to confirm, in their order; none when they are given up.
    """
    then = iter(later)

    def given_up(report: ImportReport) -> ImportReport:
        return replace(report, status=GIVEN_UP, message="Vous avez renoncé : rien n’est changé.")

    return [
        report if report.status != PARTIAL else next(then, None) or given_up(report)
        for report in reports
    ]


def preview(
    paths_given: Iterable[Path], region: str = "75", *, as_register: bool = False
) -> list[ImportReport]:
    """Read files as `import_files` does and report, storing nothing."""
    return _run(list(paths_given), region, commit=False, as_register=as_register)


def commune_index(region: str) -> CommuneIndex:
    """Return the communes that files are matched with: the region, then its fringe."""
    columns = ["code", "name", "postcodes", "lon", "lat"]
    inside = pd.DataFrame(embedded_set.communes(region)[columns])
    around = embedded_set.fringe(region)[columns]
    return CommuneIndex(
        region,
        pd.concat([inside, around], ignore_index=True),
        frozenset(inside["code"]),
        embedded_set.mergers(region),
        _stored_sites(),
        _stored_territories(),
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
    read = read_files(files, index)
    reports = {
        position: ImportReport(files[position].name, REFUSED, message=sentence)
        for position, sentence in read.refusals.items()
    }
    provenance, stored = _in_place()
    changed, sites = set[str](), None
    for member in read.members:
        item = _as_register(member) if as_register else member
        result = item.result
        try:
            if result is None:
                raise InvalidInputError(item.refusal)
            tables = _newer(joined(result, stored), result, provenance)
            _check_here(item, result, index)
            few = _few(tables, result, index)
            if few and partial == ASK:
                reports[item.position] = _to_confirm(item, result, few, index)
                continue
            if partial == COMPLETE:
                tables |= completed({key: result.tables[key] for key in few}, stored)
            if expected:
                _check_refreshed(item, expected[item.position], tables, stored, index)
        except ProxiSoinsError as error:
            refused = ImportReport(item.file_name, REFUSED, _named(item.source), str(error))
            reports[item.position] = _with_refused(reports.get(item.position), refused)
            continue
        sites = result.tables.get("sites", sites)
        fed = {key: table for key, table in tables.items() if not _same(table, stored.get(key))}
        stored |= fed
        kept = set(few) if partial == COMPLETE else set[str]()
        shared = {key for key in tables if key in provenance and _shares(key, item, tables, kept)}
        sha256 = _sha256(files[item.position])
        described = _provenance(item, sha256, (tables, shared), index, provenance)
        provenance |= {key: described[key] for key in fed}
        changed |= set(fed)
        status = _status(fed, tables) if commit else READ
        report = _report(item, result, list(tables), index, status)
        reports[item.position] = _together(reports.get(item.position), report)
    if expected and any(report.status == REFUSED for report in reports.values()):
        return [_held_back(reports[position]) for position in range(len(files))]
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


def _in_place() -> tuple[dict[str, Provenance], dict[str, pd.DataFrame]]:
    """Return the imported tables and where they come from; one that is lost or altered is absent.

    So that importing its file again mends it.
    """
    provenance: dict[str, Provenance] = {}
    stored: dict[str, pd.DataFrame] = {}
    for key, known in table_store.version(table_store.current_key()).provenance.items():
        with contextlib.suppress(UnavailableError):
            stored |= catalogue.imported_tables([key])
            provenance[key] = known
    return provenance, stored


def _newer(
    tables: dict[str, pd.DataFrame], result: ReadResult, stored: Mapping[str, Provenance]
) -> dict[str, pd.DataFrame]:
    """Leave out the tables that are older than those in place, and say so.

    Counts of GPs that are left out still feed the history.
    """
    kept = {}
    for key, table in tables.items():
        newer = _newer_in_place(key, result, stored) if key not in (*BY_YEAR, *BY_PART) else None
        if newer is None:
            kept[key] = table
            continue
        mine, theirs = result.vintages[key], stored[key].vintage
        if key == "gps" and "gp_history" in tables:
            result.tally.remarks.append(
                f"ces effectifs de {mine} sont plus anciens que ceux en place ({theirs}) : ils "
                "complètent l'historique sans les remplacer"
            )
        else:
            result.tally.remarks.append(
                f"« {schemas.TITLES[key]} » : ce fichier ({mine}) est plus ancien que les données "
                f"en place ({theirs}), qui restent ; annulez d'abord leur import pour y revenir"
            )
    return kept


def _newer_in_place(
    key: str, result: ReadResult, stored: Mapping[str, Provenance]
) -> Moment | None:
    """Return when what a file gives of a table was measured in place, if that is later."""
    mine = result.moment(key)
    if mine is None or key not in stored:
        return None
    known = [stored[key].moment(part) or stored[key].moment() for part in result.parts(key)]
    later = [theirs for theirs in known if theirs is not None and mine.before(theirs)]
    return min(later) if len(later) == len(known) else None


def _check_refreshed(
    item: Member,
    expected: str,
    tables: Mapping[str, pd.DataFrame],
    stored: Mapping[str, pd.DataFrame],
    index: CommuneIndex,
) -> None:
    """Refuse a file of another source, and one that knows far fewer communes than before.

    Raises
    ------
    InvalidInputError
        The producer's file is no longer what it was.
    """
    if item.source != expected:
        raise InvalidInputError(
            f"« {item.file_name} » n'a plus la forme attendue pour « {sources()[expected].title} » "
            f"(reconnu comme « {sources()[item.source].title} ») : rien n'est changé."
        )
    for key, table in tables.items():
        now = index.matched(table["code"])
        before = index.matched(stored[key]["code"]) if key in stored else 0
        if now == 0 or now < COVERAGE_FLOOR * before:
            raise InvalidInputError(
                f"« {item.file_name} » ne couvre que "
                f"{french.counted(now, 'commune', 'communes')} de la région pour "
                f"« {schemas.TITLES[key]} », contre {french.number(before)} aujourd'hui : "
                "rien n'est changé. Vérifiez le fichier, puis importez-le à la main si c'est voulu."
            )


def _held_back(report: ImportReport) -> ImportReport:
    if report.status == REFUSED:
        return report
    message = "Lu et contrôlé, mais laissé de côté : une autre source a échoué."
    return replace(report, status=REFUSED, message=message)


def _same(table: pd.DataFrame, before: pd.DataFrame | None) -> bool:
    if before is None or list(table.columns) != list(before.columns) or len(table) != len(before):
        return False
    order = [name for name in ORDER if name in table]
    return table.equals(before.sort_values(order, ignore_index=True).astype(table.dtypes))


def _shares(
    key: str, item: Member, tables: Mapping[str, pd.DataFrame], completed_keys: set[str]
) -> bool:
    """Tell whether a table keeps columns, kinds or communes of an earlier file."""
    result = item.result
    if result is None or key in completed_keys or key in result.columns:
        return True
    return key == "structures" and bool(set(tables[key]["kind"]) - {*result.kinds})


def _provenance(
    item: Member,
    sha256: str,
    fed: tuple[Mapping[str, pd.DataFrame], set[str]],
    index: CommuneIndex,
    before: Mapping[str, Provenance],
) -> dict[str, Provenance]:
    """Describe tables; those that keep a part of an earlier file quote both."""
    tables, together = fed
    source, result = sources()[item.source], item.result
    if result is None:
        raise ValueError(item.file_name)
    now = dt.datetime.now(dt.UTC)
    described = {}
    for key, table in tables.items():
        shared = key in together
        producer, vintage = source.producer, result.vintages[key]
        if shared:  # the table keeps columns or kinds of an earlier file: quote both
            producer = _joined_once(before[key].source, producer, " ; ")
            vintage = _joined_once(before[key].vintage, vintage, " ; ")
        elif "year" in table:
            here = table.loc[table["code"].isin(index.codes), "year"].unique()
            vintage = ", ".join(map(str, sorted(here))) or vintage
            if key in before:
                producer = _joined_once(before[key].source, producer, " ; ")
        measured = result.moment(key)
        parts = dict.fromkeys(result.parts(key), measured) if measured else {}
        described[key] = Provenance(
            measured=({**before[key].measured} if shared else {}) | parts,
            table=key,
            title=schemas.TITLES[key],
            source=producer,
            vintage=vintage,
            licence=source.licence,
            simulated=False,
            rows=len(table),
            matched=index.matched(table["code"]),
            imported_at=now,
            file_name=item.file_name,
            sha256=sha256,
        )
    return described


def _joined_once(before: str, added: str, separator: str) -> str:
    return separator.join(dict.fromkeys([*before.split(separator), *added.split(separator)]))


def _report(
    item: Member,
    result: ReadResult,
    fed: Sequence[str],
    index: CommuneIndex,
    status: str,
) -> ImportReport:
    remarks = [*result.tally.remarks, *(f"non lu dans l'archive : {n}" for n in item.ignored)]
    if not any(index.matched(result.tables[key]["code"]) for key in fed):
        remarks.append(f"aucune commune de la région {index.region} dans ce fichier")
    return ImportReport(
        item.file_name,
        status,
        _named(item.source),
        read=result.tally.read,
        kept=result.tally.kept,
        refused=result.tally.refused,
        remarks=tuple(remarks),
        tables=tuple(
            TableReport(
                key,
                schemas.TITLES[key],
                result.vintages[key],
                len(result.tables[key]),
                index.matched(result.tables[key]["code"]),
            )
            for key in fed
        ),
        communes=len(index.codes),
    )


def _status(fed: Mapping[str, object], tables: Mapping[str, object]) -> str:
    if fed:
        return IMPORTED
    return UNCHANGED if tables else OLDER


def _few(
    tables: Mapping[str, pd.DataFrame], result: ReadResult, index: CommuneIndex
) -> dict[str, int]:
    """Return the tables of which a file covers part of the region only, with the communes it has.

    A file that only completes columns, and one of another region, are none.
    """
    counts = {
        key: index.matched(result.tables[key]["code"])
        for key in tables
        if key in _BY_COMMUNE and key not in result.columns
    }
    floor = COVERAGE_FLOOR * len(index.codes)
    return {key: count for key, count in counts.items() if 0 < count < floor}


def _check_here(item: Member, result: ReadResult, index: CommuneIndex) -> None:
    """Refuse a table by commune that has none of the region: it would leave the region without.

    Raises
    ------
    InvalidInputError
        The file is of another region.
    """
    keys = [key for key in result.tables if key in _BY_COMMUNE and key not in result.columns]
    if keys and not any(index.matched(result.tables[key]["code"]) for key in keys):
        raise InvalidInputError(
            f"« {item.file_name} » ne contient aucune commune de la région {index.region} : rien "
            "n'est changé. Choisissez d'abord la région de ce fichier, ou prenez le fichier "
            "national."
        )


def _to_confirm(
    item: Member, result: ReadResult, few: Mapping[str, int], index: CommuneIndex
) -> ImportReport:
    report = _report(item, result, list(few), index, PARTIAL)
    communes = french.number(max(few.values()))
    return replace(
        report,
        message=(
            f"« {item.file_name} » ne couvre que {communes} des "
            f"{french.number(len(index.codes))} communes de la région. Rien n'est changé : "
            "complétez (les autres communes gardent ce qui est en place), remplacez (les autres "
            "deviennent inconnues), ou renoncez."
        ),
    )


def _with_refused(first: ImportReport | None, refused: ImportReport) -> ImportReport:
    """Name a member that is refused in the report of the one that was read."""
    if first is None or first.status == REFUSED:
        return first or refused
    return replace(first, remarks=(*first.remarks, f"non lu : {refused.message}"))


def _together(first: ImportReport | None, second: ImportReport) -> ImportReport:
    """Join the reports of two members of one archive; a member refused does not hide the other."""
    if first is None:
        return second
    if first.status == REFUSED:
        return replace(second, remarks=(*second.remarks, first.message))
    return replace(
        second,
        status=IMPORTED if IMPORTED in {first.status, second.status} else second.status,
        read=first.read + second.read,
        kept=first.kept + second.kept,
        refused=first.refused + second.refused,
        remarks=tuple(dict.fromkeys(first.remarks + second.remarks)),
        tables=first.tables + second.tables,
    )


def _named(source: str) -> str:
    declared = sources()[source]
    return f"{declared.title} ({declared.producer})"


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
