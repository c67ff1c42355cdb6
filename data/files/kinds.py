"""First bytes by which files are told."""

ZIP, OLE, PARQUET, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"%PDF"
SQLITE, FLATGEOBUF = b"SQLite format 3\x00", b"fgb\x03"
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
"""PNG, JPEG, GIF and TIFF (either order of bytes)."""
