"""The one opening of files: bytes and a name in, tables and layers of plain values out.

Nothing here trusts a name or an announced size: the kind is told by the first bytes, what comes out
of an archive is counted as it comes, no path of an archive is followed.
"""

import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from data.files import kinds
from data.files.archives import MAX_UPLOAD_BYTES, members, names
from data.files.document import Document, Layer, Table, UnexpectedKindError
from data.files.opendocument import read_ods
from data.files.texts import read_text
from data.files.workbook import read_workbook
from geo.errors import InvalidInputError

EXPECTED = (
    "un CSV, un XLSX, un XLS, un ODS, un DBF, un Parquet, un GeoJSON, un shapefile zippé, un "
    "GeoPackage, un FlatGeobuf, un GPX ou un KML"
)
"""What can be opened, in French."""
EXTENSIONS = (
    "csv", "txt", "tsv", "xlsx", "xlsm", "xlsb", "xls", "ods", "dbf", "parquet", "geojson",
    "geojsonl", "json", "umap", "zip", "gpkg", "fgb", "kml", "kmz", "gpx",
)  # fmt: skip
"""Extensions of the files that can be opened, for the screens that ask for one."""
_OTHERS = frozenset(
    {
        ".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".tif", ".tiff", ".pdf", ".doc", ".docx",
        ".odt", ".rtf", ".ppt", ".pptx", ".md", ".html", ".htm", ".css", ".js", ".qgz", ".qgs",
        ".qml", ".sld", ".qmd", ".sbn", ".sbx", ".lyr", ".xsd", ".exe", ".ini",
    }
)  # fmt: skip
"""Members of archives that hold neither a table nor a map."""

_DBF_VERSIONS = frozenset({0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5})
"""First byte of the versions of DBF in use."""

_Content = tuple[list[Table], list[Layer], list[str]]


def open_document(content: bytes, name: str, most_bytes: int = MAX_UPLOAD_BYTES) -> Document:
    """Open a file, whatever its format.

    Parameters
    ----------
    content
        The whole file.
    name
        What messages call it; only its last part is used, and it is trusted for nothing.
    most_bytes
        Largest file accepted.

    Returns
    -------
    Document
        Its tables and layers, those of each member of an archive, and what was not read.

    Raises
    ------
    InvalidInputError
        The file is empty, too large, broken, hostile, or of a kind that holds neither.
    """
    name = PurePosixPath(name.replace("\\", "/")).name[:80] or "fichier"
    if not content.strip():
        raise UnexpectedKindError(f"« {name} » est vide : envoyez {EXPECTED}.")
    if len(content) > most_bytes:
        raise too_large(name, len(content), most_bytes)
    if content.startswith(kinds.ZIP):
        return _archive(content, name)
    tables, placed, left = _plain(content, name)
    return Document(name, tuple(tables), tuple(placed), tuple(left))


def read_bytes(path: Path, most_bytes: int = MAX_UPLOAD_BYTES) -> bytes:
    """Return a file of the disk, not read when it is above the limit.

    Raises
    ------
    InvalidInputError
        It is not there, or too large.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= most_bytes else b""
    except OSError as error:
        raise InvalidInputError(
            f"« {path.name} » est introuvable : vérifiez son chemin."
        ) from error
    if size > most_bytes:
        raise too_large(path.name, size, most_bytes)
    return content


def too_large(name: str, size: int, most_bytes: int) -> InvalidInputError:
    """Return the refusal of a file above the limit."""
    return InvalidInputError(
        f"« {name} » pèse {size / 1e6:.0f} Mo ; la limite est de {most_bytes / 1e6:.0f} Mo. "
        "N’y laissez que le tableau utile."
    )


def _archive(content: bytes, name: str) -> Document:
    from data.files import layers

    inside = names(content, name)
    if "xl/workbook.xml" in inside or "xl/workbook.bin" in inside:  # unpacked as it is read
        sheets, unread = read_workbook(content, name)
        return Document(name, tuple(sheets), (), tuple(unread))
    files = members(content, name)
    if _is_office(files):
        sheets, _, unread = _office(content, files, name)
        return Document(name, tuple(sheets), (), tuple(unread))
    # Leave out what systems add and what is neither table nor map.
    kept = {
        path: data
        for path, data in files.items()
        if data
        and not PurePosixPath(path).name.startswith((".", "__MACOSX"))
        and "__MACOSX" not in path
    }
    pictures = [path for path in kept if _suffix(path) in _OTHERS]
    kept = {path: data for path, data in kept.items() if path not in pictures}
    # A shapefile is several files of one stem: read as one.
    shapes = [path for path in kept if _suffix(path) == ".shp"]
    stems = {shape[:-4] for shape in shapes}
    others = [path for path in kept if _stem(path) not in stems]
    single = len(shapes) + len(others) == 1
    tables: list[Table] = []
    placed: list[Layer] = []
    left = [f"« {PurePosixPath(path).name} » (ni tableau, ni carte)" for path in pictures]
    refusals: list[InvalidInputError] = []
    # One member that cannot be read does not hide the others.
    for path in (*shapes, *others):
        member = "" if single else PurePosixPath(path).name
        try:
            if path in shapes:
                found: _Content = ([], [layers.read_shapefile(kept, path, name)], [])
            else:
                found = _member(kept[path], name)
        except InvalidInputError as error:
            refusals.append(error)
            left.append(f"« {member} » (illisible)")
            continue
        tables += [replace(table, member=member) for table in found[0]]
        placed += [replace(layer, member=member) for layer in found[1]]
        left += [f"{member} › {text}" if member else text for text in found[2]]
    if not tables and not placed:
        if len(refusals) == 1:
            raise refusals[0]
        raise UnexpectedKindError(
            f"« {name} » contient 0 fichiers lisibles sur {len(files)} : l’archive doit contenir "
            f"{EXPECTED}."
        )
    return Document(name, tuple(tables), tuple(placed), tuple(left))


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


def _stem(path: str) -> str:
    return path[: len(path) - len(_suffix(path))]


def _is_office(files: Mapping[str, bytes]) -> bool:
    return bool({"xl/workbook.xml", "xl/workbook.bin", "mimetype"} & set(files)) or (
        "word/document.xml" in files
    )


def _office(content: bytes, files: Mapping[str, bytes], name: str) -> _Content:
    if "xl/workbook.xml" in files or "xl/workbook.bin" in files:
        tables, left = read_workbook(content, name)
        return tables, [], left
    if b"opendocument.spreadsheet" in files.get("mimetype", b""):
        tables, left = read_ods(files, name)
        return tables, [], left
    raise InvalidInputError(
        f"« {name} » est un document bureautique d’un format que l’on ne lit pas : enregistrez le "
        "tableau en XLSX ou en CSV."
    )


def _member(data: bytes, name: str) -> _Content:
    if data.startswith(kinds.ZIP):
        nested = members(data, name)
        if not _is_office(nested):
            raise InvalidInputError(f"« {name} » contient une archive dans une archive : refusé.")
        return _office(data, nested, name)
    return _plain(data, name)


def _plain(content: bytes, name: str) -> _Content:
    """Return what a file that is no archive holds."""
    from data.files import layers, xml_layers

    if told := what_no_table_is(content):
        raise InvalidInputError(f"« {name} » {told}")
    start = content[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe\x1e \t\r\n\0")
    if content.startswith(kinds.SQLITE):
        found: _Content = ([], layers.read_database(content, name, ".gpkg"), [])
    elif content.startswith(kinds.FLATGEOBUF):
        found = ([], layers.read_database(content, name, ".fgb"), [])
    elif content.startswith(kinds.OLE):
        tables, left = read_workbook(content, name)
        found = (tables, [], left)
    elif content.startswith(kinds.PARQUET):
        found = _parquet(content, name)
    elif is_dbf(content):
        found = ([layers.read_dbf(content, name)], [], [])
    elif start.startswith((b"{", b"[")):
        found = (*layers.read_json(content, name), [])
    elif start.startswith(b"<"):
        found = ([], xml_layers.read_xml(content, name), [])
    else:
        found = ([read_text(content, name)], [], [])
    return found


def what_no_table_is(content: bytes) -> str:
    """Return what a file is that holds no table, and what to do, in French; "" where it may.

    Told by the first bytes of `content`, whatever its name.
    """
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(kinds.PAGES):
        return (
            "est une page web, pas un tableau : ouvrez-la dans un tableur et enregistrez-la en "
            "XLSX, ou demandez le fichier lui-même."
        )
    if kinds.OSM in content[:32] or (start.startswith(b"<") and kinds.OSM_XML in start):
        return (
            "est un extrait d’OpenStreetMap : il sert au réseau routier, que construit "
            "« proxisoins roads build FICHIER »."
        )
    if content.startswith((kinds.PDF, *kinds.PICTURES)):
        what = "un PDF" if content.startswith(kinds.PDF) else "une image"
        return (
            f"est {what} : un tableau ne s’y lit pas sûrement. Demandez-le en CSV ou en XLSX, ou "
            "recopiez-le dans le modèle proposé."
        )
    return ""


def is_dbf(content: bytes) -> bool:
    """Tell a DBF: its version, a plausible date, and a header that ends as it should."""
    if len(content) < 66 or content[0] not in _DBF_VERSIONS:
        return False
    length = int.from_bytes(content[8:10], "little")
    month, day = content[2], content[3]
    return (
        66 <= length + 1 <= len(content) + 1
        and month <= 12
        and day <= 31
        and content[length - 1 : length] in {b"\r", b"\0"}
    )


def _parquet(content: bytes, name: str) -> _Content:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from data.files import layers

    try:
        table = pq.read_table(io.BytesIO(content))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InvalidInputError(
            f"« {name} » est abîmé ou n’est pas du format annoncé : exportez-le de nouveau."
        ) from error
    if b"geo" in (table.schema.metadata or {}):
        return [], [layers.read_geoparquet(content, name)], []
    columns = [[layers.plain(value) for value in column.to_pylist()] for column in table.columns]
    rows = [(1, [str(title) for title in table.column_names])]
    rows += [(k, list(cells)) for k, cells in enumerate(zip(*columns, strict=True), start=2)]
    return [Table(rows)], [], []
