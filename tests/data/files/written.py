"""Tables written as people write them: any format, separator, encoding, layout and system."""

import io
import re
import struct
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from html import escape
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import xlwt
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.data.uploads import upload_fixtures

Rows = list[list[object]]
"""Titles, then lines."""

NAMES = st.text("abcdefghijéèçôûÉ'- 0123456789", min_size=1, max_size=20).map(
    lambda text: " ".join(f"MSP {text}".split())
)
TABLES = ("csv", "xlsx", "xls", "ods", "parquet")
LAYERS = {
    "geojson": "GeoJSON", "gpkg": "GPKG", "fgb": "FlatGeobuf", "shp": "ESRI Shapefile",
    "kml": "KML", "gpx": "GPX", "geojsonl": "GeoJSONSeq",
}  # fmt: skip
DEGREES = ("geojson", "kml", "gpx", "geojsonl")
"""Layers that hold degrees whatever happens."""


def workbook_of(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    merged: Sequence[str] = (),
    *,
    hidden: Collection[str] = (),
) -> bytes:
    """Return an XLSX of some sheets; areas merged in each, sheets hidden by name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
        for row in rows:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def kept_values(content: bytes, values: Mapping[str, object]) -> bytes:
    """Return an XLSX whose formulas keep a value, by cell ("B2"): a number, or an error's word."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        for item in before.infolist():
            text = before.read(item)
            for cell, value in values.items() if "worksheets/sheet" in item.filename else ():
                kind = ' t="e"' if isinstance(value, str) else ""
                text = re.sub(
                    rf'<c r="{cell}"[^>]*>(<f>.*?</f>)<v ?/?>(</v>)?'.encode(),
                    rf'<c r="{cell}"{kind}>\1<v>{value}</v>'.encode(),
                    text,
                )
            after.writestr(item, text)
    return packed.getvalue()


METRES = (2154, 27572, 3857, 32630, 32631, 3944, 3945, 3946)
"""Systems that are judged by their values where the file is silent."""


@st.composite
def texts(draw: DrawFn, rows: Rows) -> bytes:
    """Write rows as a delimited text."""
    separator = draw(st.sampled_from(";,\t|"))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    ends = draw(st.sampled_from(["\n", "\r\n"]))
    comma = separator != "," and draw(st.booleans())
    quoted = separator != "|" and draw(st.booleans())

    def cell(value: object) -> str:
        text = f"{value}".replace(".", ",") if comma and isinstance(value, float) else f"{value}"
        return f'"{text}"' if quoted else text

    lines = [separator.join(map(cell, row)) for row in rows]
    if draw(st.booleans()):
        lines.insert(0, "Projets de la région, tels qu'ils sont connus")
    if separator == ";" and draw(st.booleans()):
        lines.insert(0, "sep=;")
    return (ends.join(lines) + ends).encode(encoding)


def workbook(rows: Rows) -> bytes:
    return upload_fixtures.workbook(rows)


def xls(rows: Rows) -> bytes:
    """Write rows as an old binary workbook (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Feuille")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            sheet.write(number, place, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def ods(rows: Rows, unseen: Collection[int] = ()) -> bytes:
    def cell(value: object) -> str:
        number = isinstance(value, int | float)
        more = f'office:value-type="float" office:value="{value}"' if number else ""
        return upload_fixtures.ods_cell(escape(str(value)), more)

    shown = ("", ' table:visibility="filter"')
    return upload_fixtures.ods(
        "".join(
            f"<table:table-row{shown[line in unseen]}>{''.join(map(cell, row))}</table:table-row>"
            for line, row in enumerate(rows)
        )
    )


def parquet(rows: Rows) -> bytes:
    stream = io.BytesIO()
    pd.DataFrame(rows[1:], columns=[str(title) for title in rows[0]]).to_parquet(stream)
    return stream.getvalue()


def dbf(rows: Rows) -> bytes:
    """Write rows as a dBase table, whose titles hold ten plain letters at most."""
    frame = pd.DataFrame(rows[1:], columns=[str(title) for title in rows[0]])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.dbf"
        pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding="utf-8")
        return path.read_bytes()


def fits_dbf(rows: Rows) -> bool:
    """Tell whether the titles of a table are those of a dBase table."""
    titles = [str(title) for title in rows[0]]
    return all(len(title) <= 10 and title.isascii() and " " not in title for title in titles)


WRITERS: dict[str, Callable[[Rows], bytes]] = {
    "xlsx": workbook, "xls": xls, "ods": ods, "parquet": parquet, "dbf": dbf,
}  # fmt: skip


@st.composite
def tables(
    draw: DrawFn, rows: Rows, kinds: Sequence[str] = TABLES, stem: str = "fichier"
) -> tuple[str, bytes]:
    """Write rows in any format of tables; return the name of the file and its content."""
    kind = draw(st.sampled_from(kinds))
    content = draw(texts(rows)) if kind == "csv" else WRITERS[kind](rows)
    return f"{stem}.{kind}", content


def layer(
    kind: str, names: Sequence[str], lonlat: Sequence[tuple[float, float]], epsg: int
) -> bytes:
    """Write named points as a layer in its own system, zipped where it takes several files."""
    points = gpd.points_from_xy(*zip(*lonlat, strict=True), crs=4326)
    title = {"kml": "Name", "gpx": "name"}.get(kind, "nom")
    frame = gpd.GeoDataFrame({title: list(names)}, geometry=points).to_crs(epsg)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sites.{kind}"
        frame.to_file(path, driver=LAYERS[kind], encoding="utf-8")
        if kind != "shp":
            return path.read_bytes()
        return upload_fixtures.zipped({one.name: one.read_bytes() for one in path.parent.iterdir()})


def projected(lonlat: Sequence[tuple[float, float]], epsg: int) -> list[tuple[float, float]]:
    """Return points in a system, to the decimetre or the millionth of a degree."""
    if epsg == 4326:
        return [(round(x, 6), round(y, 6)) for x, y in lonlat]
    turn = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    found = (turn.transform(x, y) for x, y in lonlat)
    return [(round(float(x), 1), round(float(y), 1)) for x, y in found]


ERROR_CODES = {"#NULL!": 0x00, "#DIV/0!": 0x07, "#VALUE!": 0x0F, "#REF!": 0x17, "#N/A": 0x2A}


def old_workbook(rows: Sequence[Sequence[object]], unseen: Collection[int] = ()) -> bytes:
    """Return an XLS; texts that are errors are cells in error, rows `unseen` are hidden."""
    book = xlwt.Workbook()
    hidden, sheet = book.add_sheet("avant"), book.add_sheet("Données")
    hidden.visibility = 1
    hidden.row(0).set_cell_error(0, 0x17)
    for line, cells in enumerate(rows):
        sheet.row(line).hidden = line in unseen
        for place, cell in enumerate(cells):
            if cell in ERROR_CODES:
                sheet.row(line).set_cell_error(place, ERROR_CODES[str(cell)])
            else:
                sheet.write(line, place, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def binary_workbook(rows: Sequence[Sequence[object]], unseen: Collection[int] = ()) -> bytes:
    """Return an XLSB of one sheet, written record by record ([MS-XLSB]); otherwise as the XLS."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
        length, size = len(body), b""
        while True:
            size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
            length >>= 7
            if not length:
                return head + size + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    sheet = record(129) + record(148, struct.pack("<4I", 0, len(rows) - 1, 0, 9)) + record(145)
    for line, cells in enumerate(rows):
        sheet += record(0, struct.pack("<I7xB5x", line, 0x10 * (line in unseen)))
        for place, cell in enumerate(cells):
            at = struct.pack("<II", place, 0)
            if cell in ERROR_CODES:
                sheet += record(3, at + bytes([ERROR_CODES[str(cell)]]))
            elif isinstance(cell, str):
                sheet += record(6, at + text(cell))
            else:
                sheet += record(5, at + struct.pack("<d", cell))
    sheet += record(146) + record(130)
    book = record(131) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + text("rId1") + text("Données"))
    book += record(144) + record(132)
    office = "http://schemas.openxmlformats.org"
    relation = f"{office}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{office}/package/2006/content-types"/>',
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{office}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relation}/worksheet" Target="worksheets/sheet1.bin"/>'
        "</Relationships>",
        "xl/workbook.bin": book,
        "xl/worksheets/sheet1.bin": sheet,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in parts.items():
            archive.writestr(path, content)
    return packed.getvalue()
