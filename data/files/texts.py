"""Delimited texts: their encoding, their separator, their rows, and where a quote stays open."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence

from data.base.french import counted
from data.files.document import Row, Table, UnexpectedKindError
from geo.errors import InvalidInputError

SEPARATORS = (";", ",", "\t", "|")
MOST_LINES_OF_A_CELL = 40
"""A cell that runs over more lines than this is a quotation mark left open."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLDER = ("cp1252", "mac_roman", "cp850")
"""Windows, former Macs, and "CSV (MS-DOS)" of spreadsheets; the first where nothing tells."""
_FRENCH_LETTERS = frozenset("àâçèéêëîïôùûüœÉ")
_SEPARATOR_LINE = re.compile(r"^\ufeff?\"?sep=(\t|[^\w\s\"])\"?\s*$", re.IGNORECASE)
"""First line that tells spreadsheets the separator: "sep=;"."""
_HEAD_LINES = 60
_CELLS_OF_A_SENTENCE = 2
"""Cells that one comma makes of a sentence."""
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1d\x7f]")
"""What no text holds."""
_HEAD_BYTES = 4096


def decode(content: bytes, name: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 (with or without mark) or an older encoding.

    Files pasted together hold UTF-8 and older lines: each line is read by itself.

    Raises
    ------
    InvalidInputError
        The file is no text.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                break
    if wide := wide_encoding(content):
        try:
            return content.decode(wide)
        except UnicodeDecodeError:
            pass
    if _CONTROL.search(content[:_HEAD_BYTES]):
        raise UnexpectedKindError(
            f"« {name} » n’est pas un fichier texte : envoyez un CSV, un XLSX, un ODS, un GeoJSON, "
            "un shapefile zippé, un GeoPackage ou un KML."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        older = older_encoding(content)
        return "\n".join(_decode_line(line, older) for line in content.split(b"\n"))


def wide_encoding(content: bytes) -> str:
    """Return the UTF-16 of a text without its mark, told by where its zeros stand; "" if none."""
    head = content[:_HEAD_BYTES]
    half = len(head) // 2
    if half < 2:
        return ""
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if 2 * odd > half and not even:
        return "utf-16-le"
    return "utf-16-be" if 2 * even > half and not odd else ""


def older_encoding(content: bytes) -> str:
    """Return the encoding from before UTF-8 under which most letters are French ones."""
    return max(_OLDER, key=lambda encoding: _french_letters(content, encoding))


def _french_letters(content: bytes, encoding: str) -> int:
    """Count the accented letters of French that a text holds under an encoding."""
    return sum(letter in _FRENCH_LETTERS for letter in content.decode(encoding, errors="replace"))


def _decode_line(line: bytes, older: str) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode(older, errors="replace")


def said_separator(first_line: str) -> str:
    """Return the separator that a line "sep=;" tells, "" when it tells none."""
    found = _SEPARATOR_LINE.match(first_line)
    return found[1] if found else ""


def separator_of(lines: Sequence[str]) -> str:
    """Return the separator that cuts most lines into the same number of cells, at least two.

    More lines of title than of table do not make it one column, and commas in sentences of title
    do not make it a table of two.
    """
    if lines and (told := said_separator(lines[0])):
        return told

    def score(separator: str) -> tuple[int, int]:
        cut = [len(cells_of(line, separator)) for line in lines if line.strip()]
        counts = [cells for cells in cut if cells > 1]
        usual = max(set(counts), key=lambda cells: (counts.count(cells), cells), default=1)
        return counts.count(usual), usual

    scores = {separator: score(separator) for separator in SEPARATORS}
    best = max(SEPARATORS, key=lambda separator: scores[separator])
    if best == "," and scores[best][1] == _CELLS_OF_A_SENTENCE:
        others = {one: found for one, found in scores.items() if found[1] > _CELLS_OF_A_SENTENCE}
        several = [one for one, (lines_cut, _) in others.items() if lines_cut > 1]
        best = max(several, key=lambda separator: scores[separator], default=best)
    return best


def cells_of(line: str, separator: str) -> list[str]:
    """Return the cells of one line."""
    if separator == "|":  # such files hold stray quotes
        return line.split(separator)
    try:
        return next(csv.reader(io.StringIO(line, newline=""), delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def are_wrapped(lines: Sequence[str]) -> bool:
    """Tell a table of which each line was written as one quoted cell, as saving it twice does.

    >>> are_wrapped(['"code;gps"', '"01001;2"']), are_wrapped(['"code"', '"01001"'])
    (True, False)
    """
    filled = [line.strip() for line in lines if line.strip()]
    inside = [unwrapped(line) for line in filled]
    if len(filled) < 2 or any(line == plain for line, plain in zip(filled, inside, strict=True)):
        return False
    separator = separator_of(inside)
    return all(len(cells_of(line, separator)) > 1 for line in inside[:2])


def unwrapped(line: str) -> str:
    """Return a line without the quotation marks around it whole; another line as it is."""
    bare = line.strip()
    inside = bare[1:-1].replace('""', "")
    if len(bare) < 2 or not bare.startswith('"') or not bare.endswith('"') or '"' in inside:
        return line
    return bare[1:-1].replace('""', '"')


def head_rows(lines: Sequence[str], separator: str) -> list[tuple[list[str], int]]:
    """Return the cells of the first rows, each with the line where it ends, from 1.

    A title may run over several lines, between quotation marks; a mark that is not closed within
    these lines opens nothing.
    """
    rows = []
    start = 0
    while start < len(lines):
        end = start + 1
        if separator != "|" and lines[start].count('"') % 2:
            inside = _ends_inside(lines[start], separator, inside=False)
            while inside and end < len(lines) and end - start < MOST_LINES_OF_A_CELL:
                inside = _ends_inside(lines[end], separator, inside=True)
                end += 1
            end = start + 1 if inside else end
        rows.append((cells_of("\n".join(lines[start:end]), separator), end))
        start = end
    return rows


def open_quote(lines: Iterable[str], separator: str) -> tuple[int, bool]:
    """Return where a quotation mark opens a cell and never closes, and whether cells hold breaks.

    A cell may run over a few lines (an address); not over `MOST_LINES_OF_A_CELL`.

    Returns
    -------
    int, bool
        Line from 1, 0 for none; whether some cell runs over several lines.
    """
    opened, runs_on = 0, False
    for number, line in enumerate(lines, start=1):
        if opened and number - opened > MOST_LINES_OF_A_CELL:
            return opened, runs_on
        if opened or line.count('"') % 2:
            still = _ends_inside(line.rstrip("\r\n"), separator, inside=bool(opened))
            opened = (opened or number) if still else 0
            runs_on |= still
    return opened, runs_on


def _ends_inside(line: str, separator: str, *, inside: bool) -> bool:
    """Tell whether a quoted cell is still open at the end of a line."""
    at_start = not inside
    place = 0
    while place < len(line):
        letter = line[place]
        if inside:
            if letter == '"':
                if line[place + 1 : place + 2] == '"':
                    place += 1
                else:
                    inside = False
        elif letter == '"' and at_start:
            inside = True
        at_start = letter == separator and not inside
        place += 1
    return inside


def read_text(content: bytes, name: str, separator: str = "") -> Table:
    """Return the rows of a delimited text.

    Parameters
    ----------
    content, name
        The file.
    separator
        The one to cut with; "" finds it.

    Raises
    ------
    InvalidInputError
        The file is no text, or a quotation mark stays open.
    """
    text = decode(content, name).replace("\0", "")
    if are_wrapped(text[: 64 * _HEAD_BYTES].splitlines()[:_HEAD_LINES]):
        text = "\n".join(map(unwrapped, text.splitlines()))
    first, _, rest = text.partition("\n")
    told = said_separator(first.rstrip("\r"))
    if told:
        text, separator = "\n" + rest, told
    separator = separator or separator_of(text[: 64 * _HEAD_BYTES].splitlines()[:_HEAD_LINES])
    lines = text.splitlines() if '"' in text and separator != "|" else []
    if line := open_quote(lines, separator)[0]:
        raise left_open(name, line)
    rows, remark = _rows(text, separator)
    return Table(rows, remarks=(remark,) if remark else ())


def left_open(name: str, line: int) -> InvalidInputError:
    """Return the refusal of a file in which a quotation mark stays open."""
    return InvalidInputError(
        f"« {name} », ligne {line} : un guillemet ouvre une cellule et ne se referme pas ; ce qui "
        "suit serait perdu. Fermez-le ou effacez-le, puis réessayez."
    )


def _rows(text: str, separator: str) -> tuple[list[Row], str]:
    rows: list[Row] = []
    start = 1
    stream = io.StringIO(text, newline="")
    if separator == "|":
        reader = csv.reader(stream, delimiter=separator, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(stream, delimiter=separator)
    try:
        for cells in reader:
            rows.append((start, [cell.strip() for cell in cells]))
            start = reader.line_num + 1
    except csv.Error:
        # A cell longer than 131,072 characters: what precedes is kept, and the rest is said.
        lost = text.count("\n") + 1 - (start - 1)
        return rows, (
            f"à partir de la ligne {start}, {counted(lost, 'ligne non lue', 'lignes non lues')} : "
            "une cellule démesurée"
        )
    return rows, ""
