"""What became of a file that was imported, in words that a screen and a command print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.base import french
from data.official.coverage import Part
from data.official.doubts import believed, lines_of, sentences
from data.official.members import Member
from data.official.readers.communes import CommuneIndex
from data.official.readers.merge import BY_YEAR
from data.official.readers.tally import ReadResult, Refusal, Tally
from data.official.sources import sources
from data.region import france, schemas
from data.region.falls import Fall

IMPORTED, UNCHANGED, REFUSED, READ = "importé", "déjà en place", "refusé", "lu"
OLDER = "plus ancien que les données en place"
PARTIAL = "à confirmer"
GIVEN_UP = "abandonné"
LEFT = "laissé de côté"
_OTHERS = (
    "hors de cette lecture (autre lieu, autre niveau, autre catégorie, répétée ou déjà comptée)"
)


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
        Reasons, counts and first line numbers; they add up to `left`.
    in_part
        The same of values left out of lines that are kept.
    remarks
        What to know, in French.
    tables
        Tables fed.
    communes
        Communes of the region.
    doubtful
        Rows used of which a value is to check; neither kept nor refused.
    doubts
        What is to check and left unknown, in French.
    falls
        The zeros that these tell of.
    """

    file_name: str
    status: str
    source: str = ""
    message: str = ""
    read: int = 0
    kept: int = 0
    refused: tuple[Refusal, ...] = ()
    in_part: tuple[Refusal, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[TableReport, ...] = ()
    communes: int = 0
    doubtful: int = 0
    doubts: tuple[str, ...] = ()
    falls: tuple[Fall, ...] = ()

    @property
    def left(self) -> int:
        """Rows read that are neither used nor to check."""
        return self.read - self.kept - self.doubtful


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


def report_of(
    item: Member,
    result: ReadResult,
    fed: Sequence[str],
    index: CommuneIndex,
    status: str,
    *,
    doubted: Sequence[Fall] = (),
) -> ImportReport:
    """Return the report of a file that was read: rows, tables fed and what they cover."""
    doubtful = lines_of(doubted, result)
    remarks = [
        *result.tally.remarks,
        *(f"non lu dans l’archive : {n}" for n in item.ignored),
        *believed(result, index),
    ]
    # A file older than what is in place feeds nothing, and may still be of the region.
    told = fed or result.tables
    if told and not any(index.matched(result.tables[key]["code"]) for key in told):
        remarks.append(f"aucune commune de la région {france.name(index.region)} dans ce fichier")
    return ImportReport(
        item.file_name,
        status,
        named(item.source),
        read=result.tally.read,
        kept=result.tally.kept - doubtful,
        refused=_all_left(result.tally),
        in_part=result.tally.in_part,
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
        doubtful=doubtful,
        doubts=sentences(doubted, index),
        falls=tuple(doubted),
    )


def _all_left(tally: Tally) -> tuple[Refusal, ...]:
    """Return why lines are left out, those that a reading does not look for last."""
    others = tally.read - tally.kept - sum(refusal.count for refusal in tally.refused)
    return (*tally.refused, *([Refusal(_OTHERS, others)] if others > 0 else []))


def status_of(
    fed: Mapping[str, object], tables: Mapping[str, object], read: Mapping[str, object]
) -> str:
    """Return the status of a file from the tables that it changes, among those it may feed.

    One that another file of the same import speaks for has none left.
    """
    if fed:
        return IMPORTED
    if not read:
        return LEFT
    return UNCHANGED if tables else OLDER


def to_confirm(
    item: Member,
    result: ReadResult,
    few: Mapping[str, Part],
    index: CommuneIndex,
    doubted: Sequence[Fall],
) -> ImportReport:
    """Return the report of a file that covers a part of something: nothing is put in place."""
    report = report_of(item, result, list(few), index, PARTIAL, doubted=doubted)
    return replace(report, message=_covered(item.file_name, few))


def _covered(name: str, few: Mapping[str, Part]) -> str:
    """Say which part a file covers, what it would change, and what one may do."""
    of_region = [part for part in few.values() if not part.in_place]
    if of_region:
        most = max(of_region, key=lambda part: part.count)
        return (
            f"« {name} » ne couvre que {french.number(most.count)} des "
            f"{french.number(most.whole)} communes de la région. Il n’a encore rien "
            "changé : complétez (les autres communes gardent ce qui est en place), remplacez (les "
            "autres deviennent inconnues), ou renoncez."
        )
    told = [
        f"{french.number(part.count)} sur {french.counted(part.whole, *part.places)} que "
        f"« {schemas.TITLES[key]} » couvre déjà, toutes régions ensemble"
        for key, part in few.items()
    ]
    return (
        f"« {name} » ne couvre que {french.joined(told)}. Il n’a encore rien changé : complétez "
        "(le reste garde ce qui est en place), remplacez (il n’y a plus rien ailleurs que dans ce "
        "fichier), ou renoncez."
    )


def held_back(report: ImportReport) -> ImportReport:
    """Return the report of a file that is left aside as another source failed."""
    if report.status == REFUSED:
        return report
    message = "Lu et contrôlé, mais laissé de côté : une autre source a échoué."
    return replace(report, status=REFUSED, message=message)


def with_refused(first: ImportReport | None, refused: ImportReport) -> ImportReport:
    """Name a member that is refused in the report of the one that was read."""
    if first is None or first.status == REFUSED:
        return first or refused
    return replace(first, remarks=(*first.remarks, f"non lu : {refused.message}"))


def together(first: ImportReport | None, second: ImportReport) -> ImportReport:
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
        in_part=first.in_part + second.in_part,
        remarks=tuple(dict.fromkeys(first.remarks + second.remarks)),
        tables=(*_still_told(first, second), *second.tables),
        doubtful=first.doubtful + second.doubtful,
        doubts=tuple(dict.fromkeys(first.doubts + second.doubts)),
        falls=tuple(dict.fromkeys(first.falls + second.falls)),
    )


def _still_told(first: ImportReport, second: ImportReport) -> list[TableReport]:
    """Return the tables of an older part of a file that its newer one does not replace."""
    newer = {one.table: one.vintage for one in second.tables}
    return [
        one
        for one in first.tables
        if one.table in BY_YEAR or newer.get(one.table, one.vintage) == one.vintage
    ]


def named(source: str) -> str:
    """Return the French title and producer of a source."""
    declared = sources()[source]
    return f"{declared.title} ({declared.producer})"
