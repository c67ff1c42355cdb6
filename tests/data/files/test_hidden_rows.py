"""Rows of a workbook that a filter hides: read like the others, counted and told at every door.

A filtered table is usually one that someone was looking through: what its author sees is a part.
"""

import io
from pathlib import Path

import openpyxl
import pytest

from data.files.opening import open_document
from data.files.table_files import read_text_table
from data.official.imports import commune_index
from data.official.reading import read_here
from data.pdses.reader import read_lines as on_call_lines
from data.uploads import read_lines
from tests.data.files import written

ROWS = [["code_insee", "mg_2024"], ["19275", 11.0], ["16102", 18.0], ["16015", 3.0]]
UNSEEN = (2, 3)
TOLD = "2 lignes masquées de la feuille « Données »"


def _xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Données"
    for cells in rows:
        book.active.append(cells)
    for line in (*UNSEEN, 60):  # one that holds nothing is no row
        book.active.row_dimensions[line + 1].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WRITERS = {
    "xlsx": _xlsx,
    "xls": lambda rows: written.old_workbook(rows, UNSEEN),
    "xlsb": lambda rows: written.binary_workbook(rows, UNSEEN),
    "ods": lambda rows: written.ods(rows, UNSEEN),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_hidden_rows_are_read_and_counted(kind: str) -> None:
    (table,) = open_document(WRITERS[kind](ROWS), f"mg.{kind}").tables
    assert [cells[0] for _, cells in table.rows] == [cells[0] for cells in ROWS]
    told = [one for one in table.remarks if "masquées" in one]
    assert len(told) == 1
    assert told[0].startswith("2 lignes masquées de la feuille")


def test_each_door_says_how_many_rows_are_hidden(tmp_path: Path) -> None:
    path = tmp_path / "mg.xlsx"
    path.write_bytes(_xlsx(ROWS))
    (member,) = read_here({0: path}, commune_index("75")).members
    assert member.result is not None
    assert len(member.result.tables["gps"]) == 3
    table = read_text_table(path)
    assert len(table) == 3
    sites = _xlsx([["nom", "code_insee"], ["A", "19275"], ["B", "16102"], ["C", "16015"]])
    titles = ["etablissement", "code_insee", "specialite", "type_ligne", "statut"]
    line = ["CH A", "16015", "Chirurgie", "garde", "assurée"]
    lines = on_call_lines(
        _xlsx([titles, line, line[:], [*line[:2], "Urologie", *line[3:]]]), "l.xlsx"
    )
    said = {
        "imports": member.result.tally.remarks,
        "tables": table.attrs["remarks"],
        "sites": read_lines(sites, "sites.xlsx").remarks,
        "lines": lines.told,
    }
    assert {door for door, told in said.items() if not any(TOLD in one for one in told)} == set()
