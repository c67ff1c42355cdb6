"""First bytes by which files are told."""

ZIP, OLE, PARQUET, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"%PDF"
SQLITE, FLATGEOBUF = b"SQLite format 3\x00", b"fgb\x03"
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
"""PNG, JPEG, GIF and TIFF (either order of bytes)."""
_PAGES = (b"<html", b"<!doctype html", b"<table")
PAGE = (
    "est une page web, pas un tableau : ouvrez-la dans un tableur et enregistrez-la "
    "en XLSX, ou demandez le fichier lui-même."
)
"""What is said of a table that a portal hands out as a page, in French."""


def is_page(content: bytes) -> bool:
    """Tell a web page by its first bytes, whatever its name."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES)
