"""First bytes by which files are told."""

ZIP, OLE, PARQUET, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1", b"%PDF"
SQLITE, FLATGEOBUF = b"SQLite format 3\x00", b"fgb\x03"
PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
"""PNG, JPEG, GIF and TIFF (either order of bytes)."""
_DBF_VERSIONS = frozenset({0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0xCB, 0xF5})


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
