"""What files hold once read: their members, oldest first, and which of those that tell the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import pandas as pd

from data.official.readers.tally import ReadResult
from data.official.sources import sources
from data.region.moments import Moment

_LISTED = 8


@dataclass(frozen=True)
class Member:
    """One readable thing of a file: the file itself, or one member of an archive.

    Attributes
    ----------
    position, file_name
        Rank of the file among those given, and its name.
    source, reader
        Keys of `sources.yaml` and of `data.official.readers.READERS`.
    ignored
        Members of the same archive that no reader knows.
    result
        What was read, None when it is refused.
    refusal
        Why, in French; "" when it was read.
    """

    position: int
    file_name: str
    source: str
    reader: str
    ignored: tuple[str, ...]
    result: ReadResult | None
    refusal: str = ""


@dataclass
class Read:
    """What a set of files holds.

    Attributes
    ----------
    members
        In the order in which they complete one another.
    refusals
        Rank of a file that is refused as a whole, to its sentence.
    """

    members: list[Member] = field(default_factory=list)
    refusals: dict[int, str] = field(default_factory=dict)


def oldest_first(members: Sequence[Member]) -> list[Member]:
    """Return members of one reader, the oldest first, whatever their names.

    Of one moment, the source that is declared with an address comes last, then the fullest, then
    what the content tells apart: the name decides only between files that hold the same.
    """
    found: list[Member] = []
    for _, alike in groupby(sorted(members, key=_age), key=_age):
        some = list(alike)
        found += sorted(some, key=lambda one: (_content(one), one.file_name)) if some[1:] else some
    return found


def _age(member: Member) -> tuple[object, ...]:
    result = member.result
    if result is None:
        return ((0, 0, 0), False, 0, 0)
    moments = [result.moment(key) for key in result.tables if key in result.vintages]
    latest = max((one for one in moments if one is not None), default=Moment(0))
    unofficial, declared = standing(member)
    return ((latest.year, latest.month, latest.day), not unofficial, -declared, _rows(member))


def standing(member: Member) -> tuple[bool, int]:
    """Return what sorts sources, the most direct first: without an address, then rank declared."""
    return not sources()[member.source].found_alone, list(sources()).index(member.source)


def _content(member: Member) -> int:
    """Return a number that the tables alone decide."""
    tables = member.result.tables.values() if member.result else ()
    return sum(int(pd.util.hash_pandas_object(one, index=False).sum()) for one in tables)


def keep_fullest(members: list[Member], names: Mapping[int, str]) -> None:
    """Of the members of one archive that give the same tables, keep the fullest, and say it.

    Members that tell of other places are all kept. Two that are as full and differ are both
    refused: nothing tells which is right.

    Parameters
    ----------
    members
        Changed in place.
    names
        Rank of a member that was read to its name in the archive.
    """
    groups: dict[object, list[int]] = {}
    for rank in names:
        groups.setdefault(_content_key(members[rank]), []).append(rank)
    for ranks in groups.values():
        if _apart([members[rank] for rank in ranks]):
            continue  # one file a département: they complete one another
        sizes = {rank: _rows(members[rank]) for rank in ranks}
        best = max(ranks, key=lambda rank: sizes[rank])
        unsure = [
            rank
            for rank in ranks
            if sizes[rank] == sizes[best] and not _same_tables(members[rank], members[best])
        ]
        for rank in ranks:
            if rank == best and not unsure:
                continue
            if unsure and sizes[rank] == sizes[best]:
                named = listed([names[one] for one in (best, *unsure)])
                why = (
                    f"donnent les mêmes tables sans s’accorder : {named} ; n’en gardez qu’un, ou "
                    "réunissez leurs lignes."
                )
                members[rank] = replace(members[rank], result=None, refusal=f"Des membres {why}")
            else:
                why = f"« {names[rank]} » donne les mêmes tables que « {names[best]} », "
                fuller = "plus complet" if sizes[rank] < sizes[best] else "identique"
                told = f"{why}{fuller}, qui est lu à sa place."
                members[rank] = replace(members[rank], result=None, refusal=told)


def _apart(members: Sequence[Member]) -> bool:
    """Tell whether no place is told by two members."""
    seen = dict[str, set[str]]()
    for member in members:
        for key, table in member.result.tables.items() if member.result else ():
            if "code" not in table:
                return False
            codes = set(table["code"])
            if codes & seen.get(key, set()):
                return False
            seen[key] = seen.get(key, set()) | codes
    return True


def _content_key(member: Member) -> object:
    """Return what a member tells, and of when: two of one file that tell the same are rivals."""
    result = member.result
    if result is None:
        return member
    dated = tuple(sorted(result.vintages.items()))
    return member.position, member.reader, dated, tuple(result.columns.items()), result.kinds


def _rows(member: Member) -> int:
    tables = member.result.tables.values() if member.result else ()
    return sum(map(len, tables))


def _same_tables(one: Member, other: Member) -> bool:
    if one.result is None or other.result is None:
        return False
    mine, theirs = one.result.tables, other.result.tables
    return mine.keys() == theirs.keys() and all(mine[key].equals(theirs[key]) for key in mine)


def listed(names: Sequence[str]) -> str:
    """Return names between quotation marks; the first ones and a count where they are many."""
    more = f" et {len(names) - _LISTED} autres" if len(names) > _LISTED else ""
    return ", ".join(f"« {name} »" for name in names[:_LISTED]) + more
