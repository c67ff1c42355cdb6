"""Files as someone might hand them in: valid ones of every kind, then cut, bent, made hostile."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from data.pdses import files as permanence_files
from data.uploads.template import csv_template, xlsx_template
from tests.data.uploads import upload_fixtures

Mutation = Callable[[bytes, Random], bytes]

GOLDEN = Path(__file__).parents[1] / "data" / "official" / "readers" / "golden"
LARGEST_BYTES = 1_000_000
"""Limits of size have tests of their own: here many small files are worth more than a large one."""

CELLS = (
    "",
    "=cmd|' /C calc'!A0",
    "+33",
    "@SUM(1)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}{% raw %}",
    "'; DROP TABLE scenario; --",
    "../../etc/passwd",
    "C:\\windows\\system32",
    "\0",
    "\x1b[31m",
    '"',
    '""";"',
    "\r",
    "\n\n\n",
    "\u202edroite à gauche",
    "e\u0301\u0301\u0301",
    "🏥" * 20,
    "\ufeff",
    "nan",
    "inf",
    "-inf",
    "-0",
    "1e999",
    "-1e308",
    "0x1F",
    "9" * 400,
    "1_000",
    "１２",
    "²",
    "٣",
    "NULL",
    "None",
    "True",
    "31/02/2026",
    "0000-00-00",
    "99999-12-31",
    "POINT (nan inf)",
    "POLYGON EMPTY",
    "POINT (",
    "1,2,3",
    "-999;999",
    "48°99'99\"N",
    "x" * 140_000,
    "é" * 40_000,
)
ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "utf-7", "cp037", "mac-roman")
NAMES = (
    "fichier.csv",
    "fichier.xlsx",
    "fichier.zip",
    "fichier",
    "",
    ".",
    "..",
    "../../dehors.csv",
    "C:\\dehors.csv",
    "a\0b.csv",
    "é" * 300 + ".csv",
    "<script>.csv",
    "=1+1.xlsx",
    "\ud800.csv",
    "nom\navec\nlignes.json",
    "part",
)


@cache
def seeds(kind: str) -> tuple[bytes, ...]:
    """Return valid (or nearly valid) files of a kind: "sites", "lines" or "official"."""
    cases = upload_fixtures.GOOD | upload_fixtures.BAD
    makers = {
        "sites": lambda: [
            csv_template(),
            xlsx_template(),
            *(c for _, make, _ in cases.values() if len(c := make()) < LARGEST_BYTES),
        ],
        "lines": lambda: [
            permanence_files.csv_template(),
            permanence_files.xlsx_template(),
            _annex(),
            upload_fixtures.workbook(
                [["Etablissement", "Commune", "Cardiologie", "ORL"], ["CH A", "Ussel", "G", "x"]]
            ),
        ],
        "official": lambda: [
            *(path.read_bytes() for path in sorted(GOLDEN.iterdir())),
            *(_as_workbook(path) for path in sorted(GOLDEN.glob("*.csv"))),
        ],
    }
    return tuple(makers[kind]())


def _annex() -> bytes:
    return (
        "Annexe 3;;;\nEtablissement;Commune;Chirurgie viscérale : garde;Cardiologie\n"
        "CH d'Ussel;Ussel;X;astreinte\nCH de Guéret;Guéret;;2\nTOTAL;;1;1\n"
    ).encode()


def _as_workbook(path: Path) -> bytes:
    text = path.read_bytes().decode("utf-8", errors="replace")
    return upload_fixtures.workbook([line.split(";") for line in text.splitlines()[:40]])


def mutated(content: bytes, random: Random) -> bytes:
    """Return a file bent one to three times."""
    for _ in range(random.randint(1, 3)):
        content = random.choice(MUTATIONS)(content, random)
    return content[:LARGEST_BYTES]


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randint(0, len(content))]


def _flip(content: bytes, random: Random) -> bytes:
    found = bytearray(content)
    for _ in range(random.randint(1, 8)):
        if found:
            found[random.randint(0, len(found) - 1)] ^= 1 << random.randint(0, 7)
    return bytes(found)


def _insert(content: bytes, random: Random) -> bytes:
    place = random.randint(0, len(content))
    return content[:place] + _hostile(random) + content[place:]


def _hostile(random: Random) -> bytes:
    return random.choice(CELLS).encode("utf-8", errors="surrogatepass")


def _swap_cell(content: bytes, random: Random) -> bytes:
    """Put a hostile text in the place of a cell, of a JSON string or of an XML text."""
    for separator in (b";", b",", b"\t", b"|", b'"', b"<"):
        parts = content.split(separator)
        if len(parts) > 3:
            parts[random.randint(0, len(parts) - 1)] = _hostile(random)
            return separator.join(parts)
    return _insert(content, random)


def _drop_line(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    del lines[random.randint(0, len(lines) - 1)]
    return b"\n".join(lines)


def _repeat_line(content: bytes, random: Random) -> bytes:
    lines = content.split(b"\n")
    place = random.randint(0, len(lines) - 1)
    lines[place:place] = [lines[place]] * random.randint(1, 50)
    return b"\n".join(lines)


def _encode(content: bytes, random: Random) -> bytes:
    text = content.decode("utf-8", errors="replace")
    return text.encode(random.choice(ENCODINGS), errors="replace")


def _pack(content: bytes, random: Random) -> bytes:
    if random.randint(0, 3) == 0:
        return gzip.compress(content, mtime=0)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            random.choice(["a.csv", "a.xlsx", "x/b.geojson", "c.kml", "d.txt"]), content
        )
    return stream.getvalue()


def _bend_member(content: bytes, random: Random) -> bytes:
    """Bend one file of an archive or of a workbook, which stays an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {item: archive.read(item) for item in archive.namelist()}
    except Exception:  # noqa: BLE001  (a broken archive has no member to bend)
        return _flip(content, random)
    if not files:
        return content
    bent = random.choice(sorted(files))
    change = random.choice([_cut, _flip, _insert, _swap_cell, _number, _drop])
    files[bent] = change(files[bent], random)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _drop(_content: bytes, _random: Random) -> bytes:
    return b""


def _number(content: bytes, random: Random) -> bytes:
    """Put an odd number in the place of one."""
    digits = [place for place, byte in enumerate(content) if 48 <= byte <= 57]
    if not digits:
        return content
    place = random.choice(digits[:5000])
    odd = random.choice(
        [b"-1", b"99999999999999999999", b"1e400", b"NaN", b"0", b".", b"-", b"1048576"]
    )
    return content[:place] + odd + content[place + 1 :]


def _bend_json(content: bytes, random: Random) -> bytes:
    """Put an odd value in the place of one of a JSON document."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return _number(content, random)
    odd = random.choice([None, [], {}, -1, 1e300, "", "x", [[]], {"type": "Point"}, True, 10**30])
    return json.dumps(_with_odd(document, odd, random)).encode()


def _with_odd(value: object, odd: object, random: Random) -> object:
    if isinstance(value, dict) and value and random.randint(0, 9):
        key = random.choice(list(value))
        return {**value, key: _with_odd(value[key], odd, random)}
    if isinstance(value, list) and value and random.randint(0, 9):
        place = random.randint(0, len(value) - 1)
        return [*value[:place], _with_odd(value[place], odd, random), *value[place + 1 :]]
    return odd


MUTATIONS: tuple[Mutation, ...] = (
    _cut,
    _flip,
    _insert,
    _swap_cell,
    _swap_cell,
    _drop_line,
    _repeat_line,
    _encode,
    _pack,
    _bend_member,
    _bend_member,
    _bend_member,
    _number,
    _bend_json,
)
