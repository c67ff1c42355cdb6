"""Files of on-call lines that someone hands in: CSV or XLSX, our template or a wide annex."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from data.base.french import counted as counted_words
from data.base.french import fold, uncapitalised
from data.base.spreadsheet_text import safe_text
from data.files import layouts, sandbox
from data.files.archives import MAX_UPLOAD_BYTES
from data.files.document import (
    Chosen,
    Document,
    Feature,
    Layer,
    Row,
    Table,
    UnexpectedKindError,
    choose,
)
from data.files.opening import open_document
from data.official.made_up import simulated_in
from data.pdses.words import (
    counted,
    is_cross,
    is_total,
    is_total_row,
    is_untold,
    line_status,
    line_type,
    pieces,
    recognise,
    says_line,
    split_heading,
)
from data.region.table_names import TITLES
from data.region.territory import DEMONSTRATION_LINE
from data.uploads import extras
from data.uploads.columns import recognise as site_columns
from data.uploads.reading import degrees_of
from geo.errors import InvalidInputError

MAX_LINES = 5_000
"""All of France holds some 5,000 lines; a region a few hundred."""
RANK = "rang"
"""What tells apart lines of one cell; no column of the files."""
MAX_CELL_CHARACTERS = 300
_FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
_HEADING_ROWS = _NOTES = 40


@dataclass(frozen=True)
class WrittenLine:
    """One on-call line as it is written.

    Attributes
    ----------
    key
        Its rank in the file, from 0: a row of a wide annex holds several lines.
    number
        Row of the file, from 1.
    cells
        Field (see `data.pdses.words.FIELDS`) to text; blank fields are absent.
    fault
        What is wrong with the row as a whole, in French, "" for nothing.
    """

    key: int
    number: int
    cells: Mapping[str, str]
    fault: str = ""


@dataclass(frozen=True)
class LinesFile:
    """What a file holds.

    Attributes
    ----------
    lines
        Its lines, as they are written.
    wide
        Whether it has one column per specialty.
    crosses
        Lines of which a wide annex says that they are there, not of what type.
    ignored
        Headings of the columns that were not read.
    silent
        Lines that do not say their status, nor does any column: asked once for the file.
    told
        Sheets read and not read, and what to know of the reading, in French.
    """

    lines: tuple[WrittenLine, ...]
    wide: bool
    crosses: int
    ignored: tuple[str, ...]
    silent: int = 0
    told: tuple[str, ...] = ()


def open_lines(content: bytes, name: str, type_of_crosses: str = "", status: str = "") -> LinesFile:
    """Read a file of on-call lines in a process apart, within limits; see `read_lines`.

    Raises
    ------
    InvalidInputError
        Also when the file breaks a limit of memory, time or size.
    """
    return sandbox.run(
        read_lines,
        content,
        name,
        type_of_crosses,
        status,
        name=name,
        limits=sandbox.for_size(min(len(content), MAX_UPLOAD_BYTES)),
    )


def read_lines(content: bytes, name: str, type_of_crosses: str = "", status: str = "") -> LinesFile:
    """Read a file of on-call lines; its format is told by its content, not by its name.

    Parameters
    ----------
    content
        The whole file.
    name
        What messages call it.
    type_of_crosses
        Type of the lines that a wide annex marks with a cross; "" leaves them to be mended.
    status
        Status of all lines of a file that says none; "" leaves them to be mended.

    Raises
    ------
    InvalidInputError
        The file is empty, too large, broken, of another kind, or without a heading of ours.
    """
    document = _opened(content, name)
    name = document.name
    chosen = choose(document, lambda cells: len(recognise(cells)), _HEADING_ROWS)
    if chosen is not None:
        wide = "specialite" not in recognise(chosen.heading)
        chosen = layouts.alone(chosen, name, _tells_where, partial(_tells_lines, wide=wide))
    found = None if chosen is None else _found(chosen)
    if chosen is None or found is None or not found.usable:
        raise _no_heading(document)
    read = _wide(found, type_of_crosses) if found.is_wide else _long(found)
    if strange := _figures(read):
        raise InvalidInputError(
            f"« {name} » n’est pas une annexe de lignes : sous « {strange} » on lit des nombres, "
            "ni garde ni astreinte. Si ce sont des nombres de lignes, dites leur type dans le "
            "titre, « Cardiologie (garde) » ; sinon prenez le modèle proposé."
        )
    if _says_simulated(document):
        read = replace(read, lines=tuple(map(_marked, read.lines)))
    if "statut" not in found.columns and not found.is_wide:
        lines = tuple(
            replace(line, cells={**line.cells, "statut": status}) if status else line
            for line in read.lines
        )
        read = replace(read, lines=lines, silent=len(lines))
    told = [f"lu : {label}" for label in chosen.labels]
    told += [*read.told, *(f"non lu : {one}" for one in chosen.not_read), *chosen.remarks]
    read = replace(read, told=tuple(told))
    if not read.lines:
        raise InvalidInputError(f"« {name} » ne contient aucune ligne sous ses titres.")
    if len(read.lines) > MAX_LINES:
        raise InvalidInputError(
            f"« {name} » contient {len(read.lines)} lignes de permanence ; la limite est de "
            f"{MAX_LINES}. Découpez-le."
        )
    return read


def _figures(read: LinesFile) -> str:
    """Return the heading of the first column of figures that most lines come from, "" for none."""
    if not read.wide:
        return ""
    found = [
        line.cells.get("specialite", "")
        for line in read.lines
        if _FIGURE.fullmatch(line.cells.get("type_ligne", ""))
    ]
    return found[0] if 2 * len(found) > len(read.lines) else ""


def _says_simulated(document: Document) -> bool:
    """Tell whether the notes of a file of ours say that its lines are simulated."""
    cells = (cell for table in document.tables for _, row in table.rows[:_NOTES] for cell in row)
    return uncapitalised(TITLES["pdses_lines"]) in simulated_in(cells)


def _marked(line: WrittenLine) -> WrittenLine:
    """Return a line whose comment says that it is of the demonstration."""
    comment = line.cells.get("commentaire", "")
    if fold(DEMONSTRATION_LINE) in fold(comment):
        return line
    told = f"{DEMONSTRATION_LINE} ; {comment}" if comment else DEMONSTRATION_LINE
    return replace(line, cells={**line.cells, "commentaire": told})


def _opened(content: bytes, name: str) -> Document:
    """Open a file that holds a table, or a map whose features tell lines; no map is asked for."""
    try:
        document = open_document(content, name)
    except UnexpectedKindError as error:
        told = "n’est pas un tableau" if content.strip() else "est vide"
        raise _refused(name, told) from error
    if document.tables:
        return document
    layers = [one for one in document.layers if any(feature.cells for feature in one.features)]
    if not layers:
        raise _refused(name, "est une carte, sans tableau")
    return replace(document, tables=tuple(map(_as_table, layers)))


def _as_table(layer: Layer) -> Table:
    """Return what features tell as the rows of a table, with their points where nothing else does.

    Such a map is the GeoJSON that lines are exported in.
    """
    titles = list(dict.fromkeys(key for one in layer.features for key in one.cells))
    rows = [[one.cells.get(title, "") for title in titles] for one in layer.features]
    if layer.points and not {"lon", "lat"} & recognise(titles).keys():
        titles += ["lon", "lat"]
        rows = [
            cells + _degrees_cells(one, layer.crs)
            for cells, one in zip(rows, layer.features, strict=True)
        ]
    numbers = [one.number for one in layer.features]
    below = list(zip(numbers, rows, strict=True))
    return Table([(0, titles), *below], layer.member, layer.name, layer.remarks)


def _degrees_cells(feature: Feature, crs: str) -> list[str]:
    """Return longitude and latitude as cells, blank where there is no point."""
    if feature.point is None:
        return ["", ""]
    degrees = degrees_of(crs)
    return [*map(repr, degrees.transform(*feature.point) if degrees else feature.point)]


def _refused(name: str, told: str) -> InvalidInputError:
    shown = PurePosixPath(name.replace("\\", "/")).name[:80] or "fichier"
    return InvalidInputError(
        f"« {shown} » {told} : envoyez un CSV ou un classeur (XLSX, ODS). Prenez le modèle proposé."
    )


def _no_heading(document: Document) -> InvalidInputError:
    rows = [cells for table in document.tables for _, cells in table.rows[:_HEADING_ROWS]]
    if any(
        list(recognise(cells)) == ["specialite"] and sum(map(bool, cells)) > 1 for cells in rows
    ):
        return InvalidInputError(
            f"« {document.name} » a ses spécialités en lignes et ses établissements en colonnes : "
            "transposez le tableau (collage spécial, transposé), puis ajoutez la commune."
        )
    return InvalidInputError(
        f"« {document.name} » n’a pas de ligne de titres reconnue : il faut « etablissement » (ou "
        "« nofinesset ») avec « specialite » et « type_ligne », ou une colonne par spécialité. "
        f"Trouvé : {_shown(document)}. Prenez le modèle proposé."
    )


def _clean(cell: str) -> str:
    """Return a cell without blanks around, nor the apostrophe that our exports add."""
    text = cell.strip()[:MAX_CELL_CHARACTERS]
    bare = text.removeprefix("'")
    return bare if bare != text and safe_text(bare) == text else text


@dataclass(frozen=True)
class _Found:
    """A heading and the rows below it."""

    columns: Mapping[str, int]
    heading: Sequence[str]
    rows: Sequence[Row]

    @property
    def usable(self) -> bool:
        names = set(self.columns)
        told = {"specialite", "type_ligne"} <= names or self.is_wide
        return told and bool({"etablissement", "nofinesset"} & names)

    @property
    def is_wide(self) -> bool:
        named = (self.heading[k] for k in self.others)
        return "specialite" not in self.columns and not all(map(_of_a_site, named))

    @property
    def others(self) -> list[int]:
        """Positions of the headings that are none of ours."""
        taken = set(self.columns.values())
        return [k for k, cell in enumerate(self.heading) if cell and k not in taken]


def _of_a_site(heading: str) -> bool:
    """Tell what a list of sites says of each (its GPs, its opening), which is no specialty."""
    return not site_columns([heading]).keys().isdisjoint(extras.COLUMNS)


def _tells_where(title: str) -> bool:
    return bool({"etablissement", "nofinesset"} & recognise([title]).keys())


def _tells_lines(heading: Sequence[str], *, wide: bool) -> bool:
    found = _Found(recognise(heading), heading, ())
    return found.usable and found.is_wide == wide


def _found(chosen: Chosen) -> _Found:
    heading = [_clean(cell) for cell in chosen.heading]
    rows = [(number, [_clean(cell) for cell in cells]) for number, cells in chosen.rows]
    return _Found(recognise(heading), heading, rows)


def _shown(document: Document) -> str:
    rows = [cells for table in document.tables for _, cells in table.rows[:_HEADING_ROWS]]
    widest = max(rows, key=lambda cells: sum(map(bool, cells)), default=[])
    return ", ".join(cell[:40] for cell in widest if cell)[:200] or "rien"


def _own(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {field: cells[k] for field, k in columns.items() if k < len(cells) and cells[k]}


def _overflow(cells: Sequence[str], width: int) -> str:
    if any(cells[width:]):
        return f"la ligne a {len(cells)} cellules pour {width} titres : un séparateur de trop ?"
    return ""


def _long(found: _Found) -> LinesFile:
    lines: list[WrittenLine] = []
    rows, totals = _without_totals(found.rows, found.columns)
    for number, cells in rows:
        if not any(cells):
            continue
        own = _own(cells, found.columns)
        fault = _overflow(cells, len(found.heading))
        several = counted(own.get("type_ligne", ""), "")
        for rank, kind in enumerate(several, start=1):
            told = {"type_ligne": kind}
            if len(several) > 1:
                told[RANK] = f"{own.get('commentaire', '')} {rank}".strip()
            lines.append(WrittenLine(len(lines), number, own | told, fault))
        if not several:
            lines.append(WrittenLine(len(lines), number, own, fault))
    ignored = tuple(found.heading[k] for k in found.others)
    return LinesFile(tuple(lines), wide=False, crosses=0, ignored=ignored, told=totals)


def _without_totals(
    rows: Sequence[Row], columns: Mapping[str, int]
) -> tuple[list[Row], tuple[str, ...]]:
    """Return the rows that add up no others (those name no establishment by its number), and say.

    What is said is empty where there is no total.
    """
    kept: list[Row] = []
    totals: list[int] = []
    for number, cells in rows:
        own = _own(cells, columns)
        if "nofinesset" not in own and is_total_row(own.get("etablissement", "")):
            totals.append(number)
        else:
            kept.append((number, cells))
    if not totals:
        return kept, ()
    told = counted_words(len(totals), "ligne", "lignes")
    return kept, (f"non lu : {told} de total ({_listed(totals)})",)


def _listed(rows: Sequence[int]) -> str:
    """Return the numbers of some rows of the file, the first ones of many."""
    shown = ", ".join(map(str, rows[:5])) + ("…" if len(rows) > 5 else "")
    return f"{'lignes' if len(rows) > 1 else 'ligne'} {shown}"


def _lines_of(cell: str, kind: str) -> tuple[list[str], bool]:
    """Return the lines that a cell of an annex tells, and whether a number tells several."""
    if whole := counted(cell, kind):
        return whole, len(whole) > 1
    named = pieces(cell)
    lines = [line for part in named for line in counted(part, "") or [part]]
    return lines, len(lines) > len(named)


def _wide(found: _Found, type_of_crosses: str) -> LinesFile:
    """Read an annex: one row per establishment, one column per specialty (and type)."""
    rows, specialties, ignored = _specialties(found)
    lines: list[WrittenLine] = []
    crosses = 0
    untold: list[int] = []
    rows, told_apart = _without_totals(rows, found.columns)
    for number, cells in rows:
        own = _own(cells, found.columns)
        if not {"etablissement", "nofinesset"} & set(own):
            continue
        for k, (specialty, kind) in specialties.items():
            cell = cells[k] if k < len(cells) else ""
            untold += [number] * is_untold(cell)
            parts, several = _lines_of(cell, kind)
            for rank, piece in enumerate(parts, start=1):
                status = line_status(piece)
                named = line_type(piece) or kind
                silent = not named and (is_cross(piece) or bool(status))
                crosses += silent
                told = {
                    "specialite": specialty,
                    "type_ligne": named or (type_of_crosses if silent else piece),
                    "statut": status or own.get("statut", "") or "assurée",
                    # Lines of one number, or of two periods, do not repeat one another.
                    RANK: f"{own.get('commentaire', '')} {rank if several else ''}".strip(),
                }
                kept = {field: text for field, text in (own | told).items() if text}
                lines.append(WrittenLine(len(lines), number, kept))
    if untold:
        cells_told = counted_words(len(untold), "cellule", "cellules")
        said = (
            f"non lu : {cells_told} « NC » ({_listed(sorted(set(untold)))}), ni ligne ni absence "
            "de ligne : à compléter si une ligne existe"
        )
        told_apart = (*told_apart, said)
    return LinesFile(
        tuple(lines), wide=True, crosses=crosses, ignored=tuple(ignored), told=told_apart
    )


def _specialties(found: _Found) -> tuple[list[Row], dict[int, tuple[str, str]], list[str]]:
    """Return rows, position to specialty and type of each column, and the headings left out."""
    rows, headings = list(found.rows), list(found.heading)
    kinds = [""] * len(headings)
    taken = set(found.columns.values())
    if rows and _is_second_heading(rows[0][1], found):
        _, second = rows.pop(0)
        width = max(len(headings), len(second))
        headings += [""] * (width - len(headings))
        kinds = [line_type(cell) for cell in second] + [""] * (width - len(second))
        for k in range(1, width):  # a merged heading stands over its first column only
            if not headings[k] and kinds[k] and k not in taken:
                headings[k] = headings[k - 1]
    specialties, ignored = {}, []
    for k, heading in enumerate(headings):
        if not heading or k in taken:
            continue
        said = [cells[k] for _, cells in rows if k < len(cells) and cells[k]]
        if (
            is_total(heading)
            or _of_a_site(heading)
            or (said and 2 * sum(map(says_line, said)) < len(said))
        ):
            ignored.append(heading)
            continue
        name, kind = split_heading(heading)
        specialties[k] = (name, kinds[k] or kind)
    return rows, specialties, ignored


def _is_second_heading(cells: Sequence[str], found: _Found) -> bool:
    """Tell whether a row only says types under the specialties, and names no establishment."""
    own = _own(cells, found.columns)
    rest = [cell for k, cell in enumerate(cells) if cell and k not in found.columns.values()]
    return not own and bool(rest) and all(map(line_type, rest))
