"""Lines of an upload, and what is known of the file that they come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import overload


@dataclass(frozen=True)
class Line:
    """One line of a file, its cells by field, as text.

    Attributes
    ----------
    number
        Line of the file (or rank of the feature), from 1.
    cells
        Field (see `data.uploads.columns`) to text; fields that are blank are absent.
    fault
        What is wrong with the line as a whole, in French, "" for nothing.
    """

    number: int
    cells: dict[str, str]
    fault: str = ""


@dataclass(frozen=True)
class Lines(Sequence[Line]):
    """The lines of a file, and what was read and not read of it.

    Attributes
    ----------
    lines
        In the order of the file.
    columns
        Field to the heading of the column read for it.
    ignored
        Headings of the columns that are not read.
    read
        Sheets, members or layers read, when the file holds several.
    not_read
        Sheets, members, layers and rows left out, with why, in French.
    remarks
        What to know of the reading, in French.
    """

    lines: tuple[Line, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    not_read: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        """Return a line by its rank, from 0."""
        return self.lines[place]

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.lines)

    def __iter__(self) -> Iterator[Line]:
        """Give the lines in the order of the file."""
        return iter(self.lines)

    def words(self) -> list[str]:
        """Return what was read and not read, in French sentences for screens and commands."""
        said = []
        if self.read:
            said.append(f"Lu : {', '.join(self.read)}.")
        used = ", ".join(f"« {_flat(title)} »" for title in dict.fromkeys(self.columns.values()))
        if used:
            said.append(f"Colonnes lues : {used}.")
        if self.ignored:
            unused = ", ".join(f"« {_flat(title)} »" for title in self.ignored)
            said.append(f"Colonnes non lues : {unused}.")
        said += [f"Non lu : {one}." for one in self.not_read]
        said += [f"À savoir : {one}." for one in self.remarks]
        return said


def _flat(title: str) -> str:
    """Return a heading on one line."""
    return " ".join(title.split())
