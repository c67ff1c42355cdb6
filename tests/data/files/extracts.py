"""OSM extracts made to do harm: small, and without end once unpacked."""

import gzip
import struct
import zlib
from pathlib import Path

BLOCK_BYTES = 30_000_000
"""Of one block once unpacked; the format forbids more than 32 MiB."""


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _count(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _block(kind: bytes, content: bytes) -> bytes:
    blob = _count(2, len(content)) + _field(3, zlib.compress(content, 9))
    head = _field(1, kind) + _count(3, len(blob))
    return struct.pack("!I", len(head)) + head + blob


_HEADER = _block(
    b"OSMHeader", _field(4, b"OsmSchema-V0.6") + _field(4, b"DenseNodes") + _field(16, b"x")
)


def _strings(*texts: bytes) -> bytes:
    return _field(1, b"".join(_field(1, text) for text in (b"", *texts)))


def dense_nodes(path: Path, blocks: int) -> Path:
    """Millions of nodes, one number after the other, in a few kilobytes a block."""
    count = BLOCK_BYTES // 3
    group = _field(
        2, _field(1, b"\x02" * count) + _field(8, b"\x02" * count) + _field(9, b"\x02" * count)
    )
    data = _block(b"OSMData", _strings() + _field(2, group))
    path.write_bytes(_HEADER + data * blocks)
    return path


def endless_way(path: Path, nodes: int) -> Path:
    """One road that comes back to one point millions of times."""
    with gzip.open(path, "wb") as stream:
        stream.write(b'<osm version="0.6"><node id="1" version="1" lon="0.3" lat="46.6"/>')
        stream.write(b'<way id="1" version="1">')
        for _ in range(nodes // 10_000):
            stream.write(b'<nd ref="1"/>' * 10_000)
        stream.write(b'<tag k="highway" v="residential"/></way></osm>')
    return path


def many_ways(path: Path, ways: int, nodes: int = 2_000) -> Path:
    """Roads without number that come back to one point, each no longer than OSM allows."""
    way = b'<way id="%d" version="1">' + b'<nd ref="1"/>' * nodes
    with gzip.open(path, "wb") as stream:
        stream.write(b'<osm version="0.6"><node id="1" version="1" lon="0.3" lat="46.6"/>')
        for number in range(ways):
            stream.write(way % number + b'<tag k="highway" v="residential"/></way>')
        stream.write(b"</osm>")
    return path


def entities(path: Path) -> Path:
    """Entities that name one another: a few hundred bytes, gigabytes of text."""
    named = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    path.write_text(
        f'<?xml version="1.0"?><!DOCTYPE osm [<!ENTITY e0 "aaaaaaaaaa">{named}]>'
        '<osm version="0.6"><node id="1" version="1" lon="0.3" lat="46.6">'
        '<tag k="name" v="&e9;"/></node></osm>',
        encoding="utf-8",
    )
    return path
