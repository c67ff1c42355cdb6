"""What the tests of the sandbox have done in the child process, and files made to do harm."""

import io
import os
import pickle
import re
import signal
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from data.files.sandbox import Answer, Limits, child, wire
from geo.errors import UnavailableError
from tests.data.uploads import upload_fixtures


def double(number: int) -> int:
    return 2 * number


def table() -> pd.DataFrame:
    return pd.DataFrame({"code": ["01001", "2A004"], "gps": [1.5, float("nan")]}, index=[3, 7])


def fill_memory() -> int:
    held = [bytes(10_000_000) for _ in range(2_000)]
    return len(held)


def fill_memory_in_native_code() -> int:
    import numpy as np

    return int(np.ones(500_000_000).sum())


def never_end() -> None:
    while True:
        pass


def sleep_for_ever() -> None:
    time.sleep(3_600)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def quote_the_file() -> None:
    raise KeyError("SECRET")


def refuse() -> None:
    raise UnavailableError("Le service ne répond pas.")


def environment() -> dict[str, str]:
    return dict(os.environ)


def ask_here(
    function: Callable[..., object], *arguments: object, limits: Limits | None = None
) -> Answer:
    """Do in this process what the child does, for what a test alters or watches here."""
    request = pickle.dumps((wire.named(function), arguments, {}, ""))
    return Answer(*wire.read(child.work(request)))


class Foreign:
    """What a hostile child would like its parent to make."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("true",)


def foreign() -> Foreign:
    return Foreign()


def slow_patterns(found: dict[str, str], texts: list[str], most_cpu_s: float) -> list[str]:
    """Return the places of the patterns that spend more than so much on one of the texts."""
    slow = []
    for place, pattern in found.items():
        compiled = re.compile(pattern)
        for text in texts:
            start = time.process_time()
            compiled.search(text)
            compiled.fullmatch(text)
            if time.process_time() - start > most_cpu_s:
                slow.append(place)
                break
    return slow


# Files made to do harm.


def sheet(cells: str) -> bytes:
    """Return a workbook whose only sheet has these rows, as XML."""
    book = upload_fixtures.workbook([["nom", "commune"], ["A", "Ussel"]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        files = {item: archive.read(item) for item in archive.namelist()}
    files["xl/worksheets/sheet1.xml"] = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    ).encode()
    return upload_fixtures.zipped(files)


def far_cell(row: int, column: str, quote: str = '"', gap: str = " ") -> bytes:
    head = f"<row><c t='inlineStr'><is><t>nom</t></is></c></row><row{gap}r={quote}{row}{quote}>"
    return sheet(f"{head}<c{gap}r={quote}{column}{row}{quote}><v>1</v></c></row>")


def long_shared_text(length: int, cells: int) -> bytes:
    book = upload_fixtures.workbook([["nom", "commune"], ["A", "Ussel"]])
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        files = {item: archive.read(item) for item in archive.namelist()}
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    files["xl/sharedStrings.xml"] = (
        f"<sst {space}><si><t>code insee</t></si><si><t>{'x' * length}</t></si></sst>".encode()
    )
    rows = "<row><c t='s'><v>0</v></c></row>" + "<row><c t='s'><v>1</v></c></row>" * cells
    files["xl/worksheets/sheet1.xml"] = (
        f"<worksheet {space}><sheetData>{rows}</sheetData></worksheet>".encode()
    )
    return upload_fixtures.zipped(files)


def repeated_cells(rows: int, columns: int, copies: int = 1) -> bytes:
    cell = upload_fixtures.ods_cell("x", f' table:number-columns-repeated="{columns}"')
    one = f'<table:table-row table:number-rows-repeated="{rows}">{cell * copies}</table:table-row>'
    return upload_fixtures.ods(one)


def blanks(heading: str, text: str) -> bytes:
    return f"nom;code insee;{heading}\nA;19275;{text}\n".encode()


def geopackage(*statements: str, index: str = "YES") -> bytes:
    """Return a GeoPackage of one layer of points, after some statements of SQL."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sites.gpkg"
        upload_fixtures.frame().to_file(path, driver="GPKG", layer="sites", SPATIAL_INDEX=index)
        with sqlite3.connect(path) as opened:
            for statement in statements:
                opened.execute(statement)
        opened.close()
        return path.read_bytes()


_ENDLESS = (
    "CREATE VIEW sites AS WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k FROM n) "
    "SELECT hidden.* FROM hidden, n"
)


def endless_view() -> bytes:
    return geopackage("ALTER TABLE sites RENAME TO hidden", _ENDLESS, index="NO")
