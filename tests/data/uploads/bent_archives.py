"""Zip archives bent in one place: each makes `zipfile` fail with an error of its own."""

from collections.abc import Callable

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_HEADER_BYTES = 30


def _with_bits(content: bytes, place: int, bits: int) -> bytes:
    """Set bits of the first member in both its headers; `place` is in the local one."""
    bent = bytearray(content)
    for mark, shift in ((_LOCAL, 0), (_CENTRAL, 2)):
        bent[content.index(mark) + place + shift] |= bits
    return bytes(bent)


def encrypted(content: bytes) -> bytes:
    """RuntimeError, where nothing looks at the flag before."""
    return _with_bits(content, 6, 0b1)


def unknown_method(content: bytes) -> bytes:
    """NotImplementedError."""
    return _with_bits(content, 8, 99)


def broken_stream(content: bytes) -> bytes:
    """zlib.error: the first block of the first member is of no kind that exists."""
    start = content.index(_LOCAL)
    lengths = content[start + 26 : start + _LOCAL_HEADER_BYTES]
    name, extra = (int.from_bytes(part, "little") for part in (lengths[:2], lengths[2:]))
    bent = bytearray(content)
    bent[start + _LOCAL_HEADER_BYTES + name + extra] |= 0b110
    return bytes(bent)


def astray(content: bytes) -> bytes:
    """ValueError in memory, OSError on disk: the members begin before the archive does."""
    bent = bytearray(content)
    place = content.rindex(_END) + 16
    offset = int.from_bytes(content[place : place + 4], "little")
    bent[place : place + 4] = (offset + 1000).to_bytes(4, "little")
    return bytes(bent)


BENT: dict[str, Callable[[bytes], bytes]] = {
    one.__name__: one for one in (encrypted, unknown_method, broken_stream, astray)
}
