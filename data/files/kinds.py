"""First bytes by which files are told."""

ZIP, OLE, PARQUET, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"%PDF"
SQLITE, FLATGEOBUF = b"SQLite format 3\x00", b"fgb\x03"
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
"""PNG, JPEG, GIF and TIFF (either order of bytes)."""
PAGES = (b"<html", b"<!doctype html", b"<table")
OSM, OSM_XML = b"OSMHeader", b"<osm"
"""Of an extract of OpenStreetMap: the name of its first block (PBF), or its first element (XML)."""
