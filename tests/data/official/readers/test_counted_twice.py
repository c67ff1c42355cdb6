"""A figure given for several communes, or twice for one, is counted once or not known."""

import io
from pathlib import Path

import openpyxl
import pytest

from data.official.imports import commune_index
from data.official.reading import read_here

NEW = "16186"  # Lignières-Ambleville, of Lignières-Sonneville (which kept the code) and Ambleville


def read(path: Path, content: bytes):
    path.write_bytes(content)
    (member,) = read_here({0: path}, commune_index("75")).members
    assert member.result is not None, member.refusal
    return member.result


def reasons(result) -> dict[str, int]:
    return {one.reason: one.count for one in result.tally.refused}


@pytest.mark.parametrize(
    ("heading", "table", "column"),
    [
        ("codgeo;libgeo;an;nb_medg", "gps", "gps"),
        ("codgeo;libgeo;an;pmun", "populations", "population"),
    ],
)
def test_a_commune_given_whole_and_by_its_former_communes_counts_once(
    tmp_path, heading, table, column
):
    lines = [
        "16186;Lignières-Ambleville;2021;7",
        "16010;Ambleville;2021;3",
        "33063;Bordeaux;2021;9",
    ]
    result = read(tmp_path / "communes_2021.csv", "\n".join([heading, *lines]).encode())
    assert result.tables[table].set_index("code")[column].to_dict() == {NEW: 7, "33063": 9}
    assert reasons(result) == {"ancienne commune, déjà comptée dans la commune nouvelle": 1}
    old = [lines[0].replace("Lignières-Ambleville", "Lignières-Sonneville"), *lines[1:]]
    result = read(tmp_path / "communes_2015.csv", "\n".join([heading, *old]).encode())
    assert result.tables[table].set_index("code")[column].to_dict() == {NEW: 10, "33063": 9}
    assert reasons(result) == {}


def test_over_several_years_what_is_given_twice_is_not_known(tmp_path):
    text = (
        "codgeo;libgeo;MG 2015;MG 2021\n16186;Lignières-Ambleville;4;7\n16010;Ambleville;3;\n"
        "33063;Bordeaux;8;9\n"
    )
    result = read(tmp_path / "panel.csv", text.encode())
    assert result.tables["gps"]["code"].tolist() == ["33063"]
    assert set(result.tables["gp_history"]["code"]) == {"33063"}
    (reason,) = reasons(result)
    assert "gardez l'une ou les autres" in reason


def test_delegated_communes_are_parts(tmp_path):
    text = (
        "TYPECOM;codgeo;libgeo;an;nb_medg\nCOM;19275;Ussel;2021;7\nCOMD;19275;Ussel;2021;5\n"
        "COMA;19136;Meymac;2021;3\nCOM;33063;Bordeaux;2021;9\n"
    )
    result = read(tmp_path / "communes.csv", text.encode())
    assert dict(result.tables["gps"].to_numpy()) == {"19275": 7, "33063": 9}
    assert reasons(result) == {"commune déléguée ou associée, partie d'une commune": 2}


def test_a_count_in_a_cell_merged_over_communes_is_not_that_of_each(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [
        ("codgeo", "libgeo", "an", "nb_medg"),
        ("19275", "Ussel", 2021, 7),
        ("19136", "Meymac", None, None),
        ("33063", "Bordeaux", None, 9),
    ]
    for row in rows:
        sheet.append(row)
    sheet.merge_cells("C2:C4")  # a year, that of each line
    sheet.merge_cells("D2:D3")
    stream = io.BytesIO()
    book.save(stream)
    result = read(tmp_path / "annexe.xlsx", stream.getvalue())
    assert dict(result.tables["gps"].to_numpy()) == {"33063": 9}
    assert result.tables["gp_history"]["year"].tolist() == [2021]
    assert reasons(result) == {"chiffre d'une cellule fusionnée sur plusieurs communes": 2}
