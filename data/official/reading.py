"""Official files recognised and read, in a process apart: nothing here stores anything."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pandas as pd

from data.files import sandbox
from data.files.headings import year_of
from data.files.input_files import open_input
from data.official import made_up, readers
from data.official.members import Member, Read, keep_fullest, listed, oldest_first
from data.official.nearest import nearest
from data.official.readers.communes import CommuneIndex
from data.official.readers.tables import Candidate, level_of
from geo.errors import InvalidInputError, ProxiSoinsError

_ACCENTS = {"departement": "département", "region": "région"}
_WITH_HISTORY = frozenset({"gp_counts"})
"""Readers of one year, of which every year is kept: that of the APL reads all sheets itself."""
_LEAST_YEARS = 2
_FIRST = frozenset({"tvs"})
"""Sources that others need to be read."""


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
    """Return the limits of reading files together: the time that each would have alone."""

    def size(path: Path) -> int:
        try:
            return path.stat().st_size
        except OSError:
            return 0  # the reader says that it is not there

    alone = sum(sandbox.for_size(size(path)).cpu_s for path in files)
    whole = sandbox.for_size(sum(map(size, files)))
    return replace(whole, cpu_s=min(sandbox.MAX_CPU_S, alone))


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

    def stage(item: tuple[Member, Candidate]) -> tuple[bool, int]:
        # What others need comes first, whatever the order given: the composition of territories
        # before zonings by territory, then by reader.
        return item[0].source not in _FIRST, order.index(item[0].reader)

    names: dict[int, str] = {}
    for _, some in groupby(sorted(recognised, key=stage), key=stage):
        told = []
        for member, candidate in some:
            done = _read_one(member, candidate, index)
            told.append(done)
            if done.result is not None:
                names[len(read.members)] = candidate.file.name
            read.members.append(done)
        index = _knowing(index, told)
    keep_fullest(read.members, names)

    def joining(member: Member) -> tuple[int, bool]:
        return order.index(member.reader), member.source in _FIRST

    alike = groupby(sorted(read.members, key=joining), key=joining)
    read.members = [member for _, some in alike for member in oldest_first(list(some))]
    return read


def _read_one(member: Member, candidate: Candidate, index: CommuneIndex) -> Member:
    try:
        check_level(candidate, member.reader)
        result = readers.READERS[member.reader].read(candidate, index)
        made_up.refuse(candidate, result)
    except ProxiSoinsError as error:
        return replace(member, refusal=str(error))
    result.tally.remarks[:] = [
        *columns_read(candidate),
        *candidate.remarks,
        *result.tally.remarks,
    ]
    return replace(member, result=result)


def _knowing(index: CommuneIndex, told: Sequence[Member]) -> CommuneIndex:
    """Return the communes with what files of one kind told of places, the newest the last."""
    for member in oldest_first(told):
        tables = member.result.tables if member.result else {}
        if "sites" in tables:
            index = replace(index, sites=tables["sites"])
        if territories := tvs_of(tables.get("zoning")):
            index = replace(index, tvs={**index.tvs, **territories})
    return index


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
            heading = [" ".join(cell.split())[:60] for cell in table.head[row]] if row >= 0 else []
            used = [cell for k, cell in enumerate(heading) if k in positions and cell]
            unused = [cell for k, cell in enumerate(heading) if k not in positions and cell]
            if not used:
                continue
            where = f" de « {table.sheet} »" if table.sheet and len(candidate.tables) > 1 else ""
            told = f"colonnes lues{where} : {listed(used)}"
            said.append(told + (f" ; non lues : {listed(unused)}" if unused else ""))
    unread = [t.sheet for t in candidate.tables if t.sheet and not t.asked]
    if unread and said:
        older = any(map(year_of, unread)) and any(
            year_of(t.sheet) for t in candidate.tables if t.asked
        )
        how = (
            " (seule la plus récente est lue ; une autre : enregistrez-la à part)" if older else ""
        )
        said.append(f"feuilles non lues : {listed(unread)}{how}")
    return said


def _of_each_year(candidate: Candidate) -> list[Candidate]:
    """Return a workbook of one sheet a year as a candidate for each, all of it where it is none."""
    dated = {year_of(table.sheet): table for table in candidate.tables}
    dated.pop(0, None)
    parts = [replace(candidate, tables=(table,)) for table in dated.values()]
    whole = readers.recognise(candidate)
    if len(parts) < _LEAST_YEARS or any(readers.recognise(part) != whole for part in parts):
        return [candidate]
    left = [one.sheet for one in candidate.tables if one not in dated.values() and one.sheet]
    told = (
        f"une feuille par année, toutes lues : {listed([part.tables[0].sheet for part in parts])}"
    )
    remarks = [*candidate.remarks, told, *([f"feuilles non lues : {listed(left)}"] if left else [])]
    return [replace(part, remarks=tuple(remarks)) for part in parts]


def _recognise(position: int, path: Path) -> list[tuple[Member, Candidate]]:
    """Return the readable members of a file, at least one.

    Raises
    ------
    InvalidInputError
        Nothing in it is known.
    """
    found: list[tuple[Candidate, str, str]] = []
    ignored, near = [], ""
    no_table = "on n’y trouve aucun tableau de communes ni d’établissements."
    for file in open_input(path):
        candidate = readers.candidate_of(file)
        known = readers.recognise(candidate)
        if known is None:
            ignored.append(file.name)
            near = near or nearest(candidate)
        else:
            parts = _of_each_year(candidate) if known[1] in _WITH_HISTORY else [candidate]
            found += [(part, *known) for part in parts]
    if not found:
        raise InvalidInputError(f"« {path.name} » : {near or no_table}")
    return [
        (
            Member(
                position=position,
                file_name=path.name,
                source=source,
                reader=reader,
                ignored=tuple(ignored),
                result=None,
            ),
            candidate,
        )
        for candidate, source, reader in found
    ]
