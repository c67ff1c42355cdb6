"""Cells in error of binary workbooks (XLS, XLSB): a doubt that is told, never a blank."""

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data.files.binary_sheets import scan_xls, scan_xlsb
from data.files.document import has_no_value
from data.files.opening import open_document
from tests.data.files.written import ERROR_CODES, binary_workbook, old_workbook

MOST_BYTES = 10_000_000
Written = Callable[[list[list[object]]], bytes]
both = pytest.mark.parametrize("write", [old_workbook, binary_workbook])


@both
@pytest.mark.parametrize("error", ERROR_CODES)
def test_a_cell_in_error_keeps_its_word_and_is_told(write: Written, error: str) -> None:
    content = write([["code", "gps"], ["16015", error], ["16102", 4]])
    (table,) = open_document(content, "effectifs", MOST_BYTES).tables
    assert [cells for _, cells in table.rows] == [["code", "gps"], ["16015", error], ["16102", "4"]]
    assert table.remarks == (f"1 cellule de la feuille « Données » en erreur (« {error} »)",)


@both
@given(
    rows=some.lists(
        some.lists(some.sampled_from([1, "a", *ERROR_CODES]), min_size=1, max_size=6),
        min_size=1,
        max_size=12,
    )
)
def test_every_error_is_found_where_it_stands(write: Written, rows: list[list[object]]) -> None:
    content = write(rows)
    sheets = scan_xls(content) if write is old_workbook else scan_xlsb(content, MOST_BYTES)
    assert sheets is not None
    assert sheets[-1].errors == {
        (line, place): cell
        for line, cells in enumerate(rows)
        for place, cell in enumerate(cells)
        if cell in ERROR_CODES
    }


@both
@given(cut=some.integers(0, 4_000), noise=some.binary(max_size=40))
def test_a_broken_workbook_is_looked_at_without_a_fault(
    write: Written, cut: int, noise: bytes
) -> None:
    content = write([["code"], ["#N/A"]])
    broken = content[:cut] + noise + content[cut + len(noise) :]
    scan_xls(broken)
    scan_xlsb(broken, MOST_BYTES)


def test_a_part_that_is_said_to_be_locked_is_not_opened() -> None:
    content = bytearray(binary_workbook([["code"], ["#N/A"]]))
    start = 0
    while (start := content.find(b"PK\x01\x02", start + 1)) >= 0:
        content[start + 8] |= 1
    assert scan_xlsb(bytes(content), MOST_BYTES) is None


def test_a_part_that_unpacks_to_too_much_is_not_unpacked() -> None:
    assert scan_xlsb(binary_workbook([["code"], ["#N/A"]]), 10) is None


def test_a_workbook_that_cannot_be_searched_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_asked: object) -> None:
        raise struct.error

    monkeypatch.setattr("data.files.binary_sheets._parts_of", fails)
    read = open_document(old_workbook([["code"], ["16001"]]), "effectifs.xls", MOST_BYTES)
    assert any("en erreur" in said and "XLSX" in said for said in read.not_read)


@pytest.mark.parametrize("text", ["#DIV/0 !", "#N/D", "Err:502", "#NOM ?", "#VALEUR !"])
def test_errors_of_a_french_spreadsheet_are_errors(text: str) -> None:
    assert has_no_value(text)
    assert not has_no_value(text.replace("#", "").replace("Err:", ""))
