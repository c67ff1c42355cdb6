"""Official files recognised and read, in a process apart: nothing here stores anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from data.files import sandbox
from data.files.input_files import open_input
from data.official import readers
from data.official.nearest import nearest
from data.official.readers.communes import CommuneIndex
from data.official.readers.tables import Candidate, level_of
from data.official.readers.tally import ReadResult
from geo.errors import InvalidInputError, ProxiSoinsError

_LISTED = 8
_ACCENTS = {"departement": "département", "region": "région"}
_FIRST = frozenset({"tvs"})
"""Sources that others need to be read."""


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


def read_files(files: Sequence[Path], index: CommuneIndex) -> Read:
    """Read files in a child process; one that breaks its limits does not stop the others.

    Parameters
    ----------
    files
        Official files, in any order.
    index
        The communes that they are matched with.
    """
    if not files:
        return Read()
    places = dict(enumerate(files))
    answer = sandbox.ask(read_here, places, index, limits=_limits(list(places.values())))
    if answer.kind == "ok":
        return _as_read(answer.value)
    if len(files) == 1:
        return Read(refusals={0: str(sandbox.failure(answer, files[0].name))})
    # One of them stopped the reading of all: each is tried alone, and the sound ones together.
    refusals = {
        position: sentence
        for position, path in places.items()
        if (sentence := _alone(path, index)) is not None
    }
    sound = {position: path for position, path in places.items() if position not in refusals}
    answer = sandbox.ask(read_here, sound, index, limits=_limits(list(sound.values())))
    if answer.kind != "ok":  # together they weigh too much
        raise sandbox.failure(answer, ", ".join(path.name for path in sound.values()))
    read = _as_read(answer.value)
    return Read(read.members, read.refusals | refusals)


def _as_read(value: object) -> Read:
    if not isinstance(value, Read):
        raise TypeError(type(value))
    return value


def _limits(files: Sequence[Path]) -> sandbox.Limits:
    def size(path: Path) -> int:
        try:
            return path.stat().st_size
        except OSError:
            return 0  # the reader says that it is not there

    return sandbox.for_size(sum(map(size, files)))


def _alone(path: Path, index: CommuneIndex) -> str | None:
    """Return the sentence of a file that breaks the limits by itself, None for another."""
    answer = sandbox.ask(read_here, {0: path}, index, limits=_limits([path]))
    return None if answer.kind == "ok" else str(sandbox.failure(answer, path.name))


def read_here(files: dict[int, Path], index: CommuneIndex) -> Read:
    """Read files in this process; see `read_files`."""
    read = Read()
    recognised: list[tuple[Member, Candidate]] = []
    for position, path in files.items():
        try:
            recognised += _recognise(position, path)
        except ProxiSoinsError as error:
            read.refusals[position] = str(error)
    order = list(readers.READERS)
    # What others need comes first, whatever the order given: the composition of territories
    # before zonings by territory, then by reader, then by name.
    recognised.sort(
        key=lambda item: (
            item[0].source not in _FIRST,
            order.index(item[0].reader),
            item[0].file_name,
            str(files[item[0].position]),
        )
    )
    names: dict[int, str] = {}
    for member, candidate in recognised:
        try:
            check_level(candidate, member.reader)
            result = readers.READERS[member.reader].read(candidate, index)
        except ProxiSoinsError as error:
            read.members.append(replace(member, refusal=str(error)))
            continue
        if "sites" in result.tables:
            index = replace(index, sites=result.tables["sites"])
        if territories := tvs_of(result.tables.get("zoning")):
            index = replace(index, tvs={**index.tvs, **territories})
        result.tally.remarks[:] = [
            *columns_read(candidate),
            *candidate.remarks,
            *result.tally.remarks,
        ]
        read.members.append(replace(member, result=result))
        names[len(read.members) - 1] = candidate.file.name
    _keep_fullest(read.members, names)
    read.members.sort(key=lambda member: (order.index(member.reader), member.source in _FIRST))
    return read


def _keep_fullest(members: list[Member], names: Mapping[int, str]) -> None:
    """Of the members of one archive that give the same tables, keep the fullest, and say it.

    Two that are as full and differ are both refused: nothing tells which is right.

    Parameters
    ----------
    members
        Changed in place.
    names
        Rank of a member that was read to its name in the archive.
    """
    groups: dict[object, list[int]] = {}
    for rank in names:
        groups.setdefault(_told(members[rank]), []).append(rank)
    for ranks in groups.values():
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
                named = _listed([names[one] for one in (best, *unsure)])
                why = (
                    f"donnent les mêmes tables sans s'accorder : {named} ; n'en gardez qu'un, ou "
                    "réunissez leurs lignes."
                )
                members[rank] = replace(members[rank], result=None, refusal=f"Des membres {why}")
            else:
                why = f"« {names[rank]} » donne les mêmes tables que « {names[best]} », "
                fuller = "plus complet" if sizes[rank] < sizes[best] else "identique"
                told = f"{why}{fuller}, qui est lu à sa place."
                members[rank] = replace(members[rank], result=None, refusal=told)


def _told(member: Member) -> object:
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


def tvs_of(zoning: "pd.DataFrame | None") -> dict[str, tuple[str, ...]]:
    """Return the communes of each territoire de vie-santé that a table of zoning tells."""
    if zoning is None or "tvs" not in zoning:
        return {}
    told = zoning[zoning["tvs"] != ""].drop_duplicates(["code", "tvs"])
    return {str(tvs): tuple(rows) for tvs, rows in told.groupby("tvs")["code"]}


def check_level(candidate: Candidate, reader: str) -> None:
    """Refuse figures that are not given by commune; a zoning by territory is spread over them.

    Raises
    ------
    InvalidInputError
        With the level that the file tells.
    """
    level = level_of(candidate)
    if not level or level.startswith(("commune", "arrondissement municipal")):
        return
    if reader == "zoning" and level.startswith("territoire de vie"):
        return
    raise InvalidInputError(
        f"« {candidate.file.name} » donne ses chiffres par {_ACCENTS.get(level, level)}, pas par "
        "commune (« Référentiel géographique ») : exportez-le de nouveau, par commune."
    )


def columns_read(candidate: Candidate) -> list[str]:
    """Return which columns of each table are read and which are not, in French."""
    said = []
    for table in candidate.tables:
        for row, positions in table.asked.items():
            heading = [cell.strip()[:60] for cell in table.head[row]] if row >= 0 else []
            used = [cell for k, cell in enumerate(heading) if k in positions and cell]
            unused = [cell for k, cell in enumerate(heading) if k not in positions and cell]
            if not used:
                continue
            where = f" de « {table.sheet} »" if table.sheet and len(candidate.tables) > 1 else ""
            told = f"colonnes lues{where} : {_listed(used)}"
            said.append(told + (f" ; non lues : {_listed(unused)}" if unused else ""))
    unread = [t.sheet for t in candidate.tables if t.sheet and not t.asked]
    if unread and said:
        said.append("feuilles non lues : " + _listed(unread))
    return said


def _listed(names: Sequence[str]) -> str:
    more = f" et {len(names) - _LISTED} autres" if len(names) > _LISTED else ""
    return ", ".join(f"« {name} »" for name in names[:_LISTED]) + more


def _recognise(position: int, path: Path) -> list[tuple[Member, Candidate]]:
    """Return the readable members of a file, at least one.

    Raises
    ------
    InvalidInputError
        Nothing in it is known.
    """
    found: list[tuple[Candidate, str, str]] = []
    ignored, near = [], ""
    no_table = "on n'y trouve aucun tableau de communes ni d'établissements."
    for file in open_input(path):
        candidate = readers.candidate_of(file)
        known = readers.recognise(candidate)
        if known is None:
            ignored.append(file.name)
            near = near or nearest(candidate)
        else:
            found.append((candidate, *known))
    if not found:
        raise InvalidInputError(f"« {path.name} » : {near or no_table}")
    return [
        (Member(position, path.name, source, reader, tuple(ignored), None), candidate)
        for candidate, source, reader in found
    ]
