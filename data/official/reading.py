"""Official files recognised and read, in a process apart: nothing here stores anything."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from data.files import sandbox
from data.files.text_files import open_input
from data.official import readers
from data.official.readers.base import Candidate, ReadResult
from data.official.readers.communes import CommuneIndex
from data.official.sources import sources
from geo.errors import InvalidInputError, ProxiSoinsError

_SHOWN_COLUMNS = 6


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
    recognised.sort(key=lambda item: order.index(item[0].reader))
    for member, candidate in recognised:
        try:
            result = readers.READERS[member.reader].read(candidate, index)
        except ProxiSoinsError as error:
            read.members.append(replace(member, refusal=str(error)))
            continue
        if "sites" in result.tables:
            index = replace(index, sites=result.tables["sites"])
        read.members.append(replace(member, result=result))
    return read


def _recognise(position: int, path: Path) -> list[tuple[Member, Candidate]]:
    """Return the readable members of a file, at least one.

    Raises
    ------
    InvalidInputError
        Nothing in it is known.
    """
    found: list[tuple[Candidate, str, str]] = []
    ignored, columns = [], ""
    for file in open_input(path):
        candidate = readers.candidate_of(file)
        known = readers.recognise(candidate)
        if known is None:
            ignored.append(file.name)
            columns = columns or _first_columns(candidate)
        else:
            found.append((candidate, *known))
    if not found:
        expected = ", ".join(dict.fromkeys(source.title for source in sources().values()))
        raise InvalidInputError(
            f"« {path.name} » n'est aucun des fichiers attendus : {columns} "
            f"Fichiers que l'import sait lire : {expected}."
        )
    return [
        (Member(position, path.name, source, reader, tuple(ignored), None), candidate)
        for candidate, source, reader in found
    ]


def _first_columns(candidate: Candidate) -> str:
    for table in candidate.tables:
        cells = next((row for row in table.head if len([c for c in row if c.strip()]) > 1), [])
        if cells:
            shown = ", ".join(f"« {cell.strip()[:40]} »" for cell in cells[:_SHOWN_COLUMNS])
            return f"ses premières colonnes sont {shown}."
    return "on n'y trouve aucun tableau."
