"""Candidate sites that someone hands in: any usual format, read within limits and placed."""

from pathlib import Path, PurePosixPath

from data.files import sandbox
from data.files.archives import MAX_UPLOAD_BYTES, members
from data.uploads.doubt import DOUBTFUL, LEFT_OUT, REFUSED, UNDERSTOOD
from data.uploads.match import MatchReport, Outcome, match_lines, sites_table
from data.uploads.site import Site
from data.uploads.tables import MAX_SITES, Line
from geo.errors import InvalidInputError

__all__ = [
    "DOUBTFUL",
    "LEFT_OUT",
    "MAX_SITES",
    "MAX_UPLOAD_BYTES",
    "REFUSED",
    "UNDERSTOOD",
    "Line",
    "MatchReport",
    "Outcome",
    "Site",
    "match_lines",
    "open_lines",
    "read_lines",
    "read_upload",
    "sites_table",
]

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_INNER = (".csv", ".txt", ".tsv", ".geojson", ".json", ".kml", ".gpkg", ".xlsx", ".ods")
_EXPECTED = "un CSV, un XLSX, un ODS, un GeoJSON, un shapefile zippé, un GeoPackage ou un KML"


def read_upload(path: Path) -> list[Line]:
    """Read a file of sites from disk; see `read_lines`."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if path.is_file() and size <= MAX_UPLOAD_BYTES else b""
    except OSError as error:
        raise InvalidInputError(
            f"« {path.name} » est introuvable : vérifiez son chemin."
        ) from error
    if size > MAX_UPLOAD_BYTES:
        raise _too_large(path.name, size)
    return open_lines(content, path.name)


def open_lines(content: bytes, name: str) -> list[Line]:
    """Read a file of sites in a process apart, within limits; see `read_lines`.

    Raises
    ------
    InvalidInputError
        Also when the file breaks a limit of memory, time or size.
    """
    if len(content) > MAX_UPLOAD_BYTES:
        raise _too_large(name, len(content))
    limits = sandbox.for_size(len(content))
    return sandbox.run(read_lines, content, name, name=name, limits=limits)


def read_lines(content: bytes, name: str) -> list[Line]:
    """Read a file of sites; its format is told by its content, not by its name.

    Parameters
    ----------
    content
        The whole file.
    name
        What messages call it.

    Raises
    ------
    InvalidInputError
        The file is empty, too large, broken, hostile, of another kind, without a heading that
        says where the sites are, or holds more than 2,000 sites.
    """
    name = PurePosixPath(name.replace("\\", "/")).name[:80] or "fichier"
    if not content.strip():
        raise InvalidInputError(f"« {name} » est vide : envoyez {_EXPECTED}.")
    if len(content) > MAX_UPLOAD_BYTES:
        raise _too_large(name, len(content))
    if content.startswith(_ZIP):
        return _read_archive(content, name)
    return _read_plain(content, name)


def _too_large(name: str, size: int) -> InvalidInputError:
    return InvalidInputError(
        f"« {name} » pèse {size / 1e6:.0f} Mo ; la limite est de {MAX_UPLOAD_BYTES / 1e6:.0f} Mo. "
        "N'y laissez que les sites candidats."
    )


def _read_archive(content: bytes, name: str) -> list[Line]:
    from data.uploads import features, tables

    files = members(content, name)
    if "xl/workbook.xml" in files:
        return tables.read_xlsx(content, name)
    if b"opendocument.spreadsheet" in files.get("mimetype", b""):
        return tables.read_ods(files, name)
    kept = {
        path: data
        for path, data in files.items()
        if not PurePosixPath(path).name.startswith(".") and "__MACOSX" not in path
    }
    if any(path.lower().endswith(".shp") for path in kept):
        return features.read_shapefile(kept, name)
    inner = [path for path in kept if PurePosixPath(path).suffix.lower() in _INNER]
    if len(inner) != 1:
        raise InvalidInputError(
            f"« {name} » contient {len(inner)} fichiers lisibles : l'archive doit contenir un seul "
            f"fichier de sites ({_EXPECTED})."
        )
    data = kept[inner[0]]
    if data.startswith(_ZIP):
        nested = members(data, name)
        if "xl/workbook.xml" not in nested and "mimetype" not in nested:
            raise InvalidInputError(f"« {name} » contient une archive dans une archive : refusé.")
        return _read_archive(data, name)
    return _read_plain(data, name)


def _read_plain(content: bytes, name: str) -> list[Line]:
    from data.uploads import features, tables

    if content.startswith(features.SQLITE_MAGIC):
        return features.read_geopackage(content, name)
    if content.startswith(_OLE):
        raise InvalidInputError(
            f"« {name} » est un ancien classeur (XLS) ou un classeur protégé : enregistrez-le en "
            "XLSX, sans mot de passe."
        )
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")):
        return features.read_geojson(content, name)
    if start.startswith(b"<"):
        if b"<kml" not in content[:4096].lower():
            raise InvalidInputError(
                f"« {name} » est une page ou un XML, pas un KML : envoyez {_EXPECTED}."
            )
        return features.read_kml(content, name)
    return tables.read_csv(content, name)
