"""Tables and layers of an upload as lines, one per place."""

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

import pyproj

from data.base import french
from data.base.french import fold
from data.files import layouts
from data.files.document import MERGED, Chosen, Document, Layer, Row, choose
from data.files.layouts import titles_joined
from data.files.opening import EXPECTED
from data.uploads.columns import FIELDS, LOCATING, locates, recognise, rivals
from data.uploads.coordinates import looks_like_a_place
from data.uploads.extras import COUNTS
from data.uploads.lines import Line, Lines
from geo.errors import InvalidInputError

MAX_LINES = 100_000
"""Lines of a national list, of which a region and its fringe keep a few hundred."""
_HEADING_ROWS = 30
MAX_CELL_CHARACTERS = 2_000
MAX_POINT_CHARACTERS = 32_767
"""A shape may be long; a spreadsheet's cell holds no more."""
_CODE = re.compile(r"^'?(\d{4,5}|2[abAB]\d{3})(\.0)?$")
_TOTAL = re.compile(r"^(sous )?tota(l|ux)\b|^ensemble\b|^somme\b")
_SITE = frozenset({"name", "lon", "lat", "point"})
"""What tells the site of a line."""
_TELLING = frozenset({*LOCATING, "name"})
_TITLES = 2
"""Cells that must be those of the titles for a line to be titles printed again."""
_MOST = 0.8
"""Share of the cells of a column that must look alike for the column to be what they look like."""


def lines_of(document: Document) -> Lines:
    """Return the lines of a document: its layer of points, else the table that says places best.

    Raises
    ------
    InvalidInputError
        Nothing in it says where places are, or it holds too many lines.
    """
    chosen = choose(titles_joined(document, _HEADING_ROWS), _known, _HEADING_ROWS)
    layers = [layer for layer in document.layers if layer.features]
    if layers:
        lines = _of_layers(layers, document, chosen)
    elif chosen is not None:
        lines = _of_table(chosen, document.name)
    elif document.layers:
        raise InvalidInputError(f"« {document.name} » ne contient aucun lieu.")
    else:
        raise _no_heading(document)
    if not lines:
        raise InvalidInputError(
            f"« {document.name} » ne contient aucun site sous sa ligne de titres."
        )
    if len(lines) > MAX_LINES:
        raise InvalidInputError(
            f"« {document.name} » contient plus de {MAX_LINES} lignes : n’y laissez que les sites "
            "de la région."
        )
    return lines


def _known(cells: Sequence[str]) -> int:
    found = recognise(cells)
    return len(found) if locates(found) else 0


def _places(title: str) -> bool:
    """Tell a title that says where a line is, or its name."""
    return bool(_TELLING & recognise([title]).keys())


def _no_heading(document: Document) -> InvalidInputError:
    rows = [cells for table in document.tables for _, cells in table.rows[:_HEADING_ROWS]]
    seen = max(rows, key=lambda cells: len(recognise(cells)), default=[])
    if not recognise(seen):
        several = (cells for cells in rows if sum(map(bool, cells)) > 1)
        seen = next(iter([*several, *filter(any, rows)]), [])
    shown = ", ".join(f"« {cell[:40]} »" for cell in seen[:8] if cell) or "rien"
    near = [seen[k] for field, k in recognise(seen).items() if field in FIELDS]
    understood = ", ".join(f"« {cell[:40]} »" for cell in near)
    told = f" Compris : {understood} ; il manque ce qui situe les lignes." if near else ""
    missing = "latitude" if "lon" in recognise(seen) else "longitude"
    half = {"lon", "lat"} & set(recognise(seen))
    wanted = (
        f"il manque une colonne {missing}"
        if half
        else "il faut des colonnes longitude et latitude, ou code_insee, ou commune, ou "
        "code_postal, ou adresse"
    )
    return InvalidInputError(
        f"« {document.name} » n’a pas de ligne de titres reconnue : {wanted}. "
        f"Trouvé : {shown}.{told} Prenez le modèle proposé."
    )


# Tables.
def _of_table(chosen: Chosen, label: str) -> Lines:
    chosen = layouts.alone(chosen, label, _places, lambda cells: _known(cells) > 0)
    heading, rows = chosen.heading, chosen.rows
    width = len(heading)
    columns = _settled(heading, rows)
    _refuse_rivals(heading, columns, [cells for _, cells in rows], label)
    titles = [fold(cell) for cell in heading]
    lines, totals = [], []
    rows, left = _of_one_table(rows, titles, set(columns.values()))
    for number, cells in rows:
        values = {
            field: text
            for field, place in columns.items()
            if (text := _first_of(cells, place, titles))
        }
        for field in COUNTS & set(values):
            if (number, columns[field]) in chosen.carried:
                values[field] = f"{values[field]} {MERGED}"
        if _is_total(cells, values):
            totals.append(number)
            continue
        lines.append(bounded(Line(number, values, _overflow(cells, width))))
    left += chosen.not_read
    if totals:
        listed = ", ".join(map(str, totals[:5])) + ("…" if len(totals) > 5 else "")
        where = "lignes" if len(totals) > 1 else "ligne"
        left.append(f"{french.counted(len(totals), 'ligne', 'lignes')} de total ({where} {listed})")
    used = {titles[place] for place in columns.values()}
    ignored = [cell for cell in heading if cell and fold(cell) not in used]
    return Lines(
        lines=tuple(lines),
        columns={field: heading[place] for field, place in columns.items()},
        ignored=tuple(dict.fromkeys(ignored)),
        read=chosen.labels,
        not_read=tuple(left),
        remarks=chosen.remarks,
    )


def _of_one_table(
    rows: Sequence[Row], titles: Sequence[str], read: Set[int]
) -> tuple[list[Row], list[str]]:
    """Return the rows under the titles, and what is said of those under other ones.

    Titles printed again on each page change nothing.
    """
    marks = [_titled(cells, titles, read) for _, cells in rows]
    own = layouts.within(marks)
    kept = [row for row, mine in zip(rows, own, strict=True) if mine]
    told = zip(rows, own, marks, strict=True)
    others = [number for (number, _), mine, mark in told if not mine and mark is not True]
    if not others:
        return kept, []
    below = french.counted(len(others), "ligne", "lignes")
    return kept, [f"{below} d’un autre tableau, sous d’autres titres (ligne {others[0]})"]


def _titled(cells: Sequence[str], titles: Sequence[str], read: Set[int]) -> bool | None:
    """Tell whether a row is the titles again, or those of another table; None for a line."""
    same = {k for k, cell in enumerate(cells[: len(titles)]) if cell and fold(cell) == titles[k]}
    if len(same & read) < min(_TITLES, len(read)):
        return None
    return same >= {k for k in read if k < len(cells) and cells[k]}


def _refuse_rivals(
    heading: Sequence[str], columns: Mapping[str, int], rows: Sequence[Sequence[str]], name: str
) -> None:
    """Refuse two columns that count the same without a year to tell them apart, if they differ.

    Raises
    ------
    InvalidInputError
        With both names.
    """

    def cell(cells: Sequence[str], place: int) -> str:
        return cells[place] if place < len(cells) else ""

    for field, others in rivals(heading, columns).items():
        read = columns[field]
        for other in others:
            pairs = ((cell(cells, read), cell(cells, other)) for cells in rows)
            if any(mine != theirs and mine and theirs for mine, theirs in pairs):
                raise InvalidInputError(
                    f"« {name} » a deux colonnes pour la même chose, « {heading[read][:40]} » et "
                    f"« {heading[other][:40]} », et aucune année ne dit laquelle lire : n’en "
                    "gardez qu’une, ou ajoutez l’année à leurs titres."
                )


def bounded(line: Line) -> Line:
    """Return a line whose cells are of a length that one reads; a longer one is its fault."""
    long = {
        field: text
        for field, text in line.cells.items()
        if len(text) > (MAX_POINT_CHARACTERS if field == "point" else MAX_CELL_CHARACTERS)
    }
    if not long:
        return line
    lengths = ", ".join(french.number(len(text)) for text in long.values())
    cut = {field: text[:MAX_CELL_CHARACTERS] for field, text in long.items()}
    fault = (
        f"une cellule est démesurée ({lengths} caractères, pour "
        f"{french.number(MAX_CELL_CHARACTERS)} au plus) : raccourcissez-la"
    )
    return Line(line.number, line.cells | cut, line.fault or fault)


def _first_of(cells: Sequence[str], place: int, titles: Sequence[str]) -> str:
    """Return the first cell that is filled under the columns of a title: some tables have two."""
    own = [cells[place]] if place < len(cells) else []
    under = [c for k, c in enumerate(cells[: len(titles)]) if titles[k] == titles[place]]
    return next((cell for cell in (*own, *under) if cell), "")


def _overflow(cells: Sequence[str], width: int) -> str:
    if any(cells[width:]):
        return (
            f"la ligne a {len(cells)} cellules pour {width} titres : une virgule ou un "
            "point-virgule de trop ?"
        )
    return ""


def _is_total(cells: Sequence[str], values: Mapping[str, str]) -> bool:
    first = next((cell for cell in cells if cell), "")
    said = fold(values.get("name", "") or first)
    placed = {"lon", "lat", "point", "code", "postcode", "address"} & set(values)
    return (
        bool(_TOTAL.match(said))
        and not placed
        and ("commune" not in values or fold(values["commune"]) == said)
    )


def _settled(heading: Sequence[str], rows: Sequence[Row]) -> dict[str, int]:
    """Return the columns by field, after a look at what the cells hold.

    "Commune" may hold codes, "Localisation" names, "GPS" a number of doctors.
    """
    columns = recognise(heading)

    def mostly(field: str, test: "re.Pattern[str] | None" = None) -> bool:
        place = columns[field]
        cells = [row[place] for _, row in rows[:500] if place < len(row) and row[place]]
        alike = sum(bool(test.match(cell)) if test else looks_like_a_place(cell) for cell in cells)
        return bool(cells) and alike >= _MOST * len(cells)

    if "commune" in columns and mostly("commune", _CODE):
        place = columns.pop("commune")
        others = ["" if k == place else cell for k, cell in enumerate(heading)]
        again = recognise(others)
        columns = {field: k for field, k in again.items() if k != place}
        columns.setdefault("code", place)
    if "point" in columns and not mostly("point"):
        place = columns.pop("point")
        field = "gps" if fold(heading[place]) == "gps" else "commune"
        columns.setdefault(field, place)
    return columns


# Layers.
def _of_layers(layers: Sequence[Layer], document: Document, chosen: Chosen | None) -> Lines:
    best = max(layers, key=lambda one: (one.points, len(one.features)))
    group = [one for one in layers if one is best or _twins(one, best)]
    left = list(document.not_read)
    for layer in layers:
        if layer not in group:
            kind = "points" if layer.points else "contours"
            left.append(f"couche « {layer.label} » ({kind}, {len(layer.features)} objets)")
    if chosen is not None:
        left += [f"« {label} » (tableau, à côté de la couche)" for label in chosen.labels]
    lines: list[Line] = []
    columns: dict[str, str] = {}
    unused: dict[str, None] = {}
    before, told = 0, dict[tuple[str, ...], Line]()
    for layer in group:
        found = _features(layer, before, columns, unused)
        before += len(layer.features)
        fresh = _not_told(found, told)
        if again := len(found) - len(fresh):
            sites = french.counted(again, "site déjà lu", "sites déjà lus")
            left.append(f"{sites} dans une autre couche (couche « {layer.label} »)")
        lines += fresh
        told |= {site: line for line in found if (site := _site(line)) and site not in told}
    used = set(columns.values())
    label = tuple(one.label for one in group if one.label and len(document.layers) > 1)
    remarks = list(dict.fromkeys(text for one in group for text in one.remarks))
    if not best.points:
        remarks.append("les contours sont remplacés par un point à l’intérieur")
    return Lines(
        lines=tuple(lines),
        columns=columns,
        ignored=tuple(key for key in unused if key not in used),
        read=label,
        not_read=tuple(left),
        remarks=tuple(remarks),
    )


def _site(line: Line) -> tuple[str, ...] | None:
    """Return what two layers say alike of one site: name, place to a metre; None without both."""
    if not {"name", "lon", "lat"} <= set(line.cells):
        return None
    try:
        place = [str(round(float(line.cells[key]), 5)) for key in ("lon", "lat")]
    except ValueError:
        return None
    return fold(line.cells["name"]), *place


def _not_told(found: Sequence[Line], told: Mapping[tuple[str, ...], Line]) -> list[Line]:
    """Leave out the sites that other layers told; one that they told otherwise is a fault."""
    fresh = []
    for line in found:
        site = _site(line)
        before = told.get(site) if site else None
        if before is None:
            fresh.append(line)
            continue
        mine, theirs = (
            {field: text for field, text in one.cells.items() if field not in _SITE}
            for one in (line, before)
        )
        if mine != theirs:
            rank = french.number(before.number)
            why = f"déjà lu dans une autre couche (objet {rank}), avec d’autres valeurs"
            fresh.append(replace(line, fault=why))
    return fresh


def _twins(layer: Layer, best: Layer) -> bool:
    """Tell layers of one map (umap) that are read together."""
    return (
        layer.points
        and best.points
        and layer.member == best.member
        and ([*layer.features[0].cells] == [*best.features[0].cells])
    )


def _features(
    layer: Layer, before: int, columns: dict[str, str], unused: dict[str, None]
) -> list[Line]:
    to_degrees = degrees_of(layer.crs)
    keys = list(dict.fromkeys(key for one in layer.features for key in one.cells))
    found = recognise(keys)
    rows = [[one.cells.get(key, "") for key in keys] for one in layer.features]
    _refuse_rivals(keys, found, rows, layer.label or "la couche")
    columns |= {field: keys[place] for field, place in found.items()}
    unused |= dict.fromkeys(key for k, key in enumerate(keys) if k not in found.values())
    lines = []
    for feature in layer.features:
        cells = {
            field: text
            for field, place in found.items()
            if (text := feature.cells.get(keys[place], ""))
        }
        if feature.point is not None:
            x, y = feature.point
            if to_degrees is not None:
                x, y = to_degrees.transform(x, y)
            if math.isfinite(x) and math.isfinite(y):
                cells.pop("point", None)
                cells |= {"lon": repr(float(x)), "lat": repr(float(y))}
        lines.append(bounded(Line(before + feature.number, cells)))
    return lines


def degrees_of(crs: str) -> pyproj.Transformer | None:
    """Return what turns a layer's coordinates into degrees; None lets their values tell."""
    if not crs:
        return None
    try:
        known = pyproj.CRS.from_user_input(crs)
        return pyproj.Transformer.from_crs(known, 4326, always_xy=True)
    except pyproj.exceptions.ProjError:
        return None


__all__ = ["EXPECTED", "MAX_LINES", "lines_of"]
