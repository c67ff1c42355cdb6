"""A figure given for several communes, or twice for one, is counted once or not known."""

import io
from pathlib import Path

import openpyxl
import pytest

from data.files.table_files import read_text_table
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


SAFE = "16186;;2021;{0}\n16010;;2021;{1}\n33063;;2021;9\n"


@pytest.mark.parametrize(
    ("counts", "more", "known"),
    [
        ((7, 3), "", {"33063": 9}),  # the whole, or its first commune: nobody can tell
        ((2, 3), "", {NEW: 5, "33063": 9}),  # a whole is never less than its parts
        ((7, 0), "", {NEW: 7, "33063": 9}),
        ((7, 3), "16186;;2024;8\n33063;;2024;9\n", {NEW: 8, "33063": 9}),  # merged in between
        ((7, 3), "16046;;2021;1\n16121;;2021;4\n", {NEW: 10, "16046": 5, "33063": 9}),
    ],
)
def test_a_commune_that_may_count_its_former_ones_is_to_check(tmp_path, counts, more, known):
    index = commune_index("75")
    other = next(new for old, new in index.mergers.items() if new[:2] == "16" and new != NEW)
    old = next(old for old, new in index.mergers.items() if new == other)
    more = more.replace("16121", old).replace("16046", other)
    text = "codgeo;libgeo;an;nb_medg\n" + SAFE.format(*counts) + more
    result = read(tmp_path / "communes.csv", text.encode())
    known = {other if code == "16046" else code: count for code, count in known.items()}
    assert result.tables["gps"].set_index("code")["gps"].to_dict() == known
    assert sum("à vérifier" in one for one in reasons(result)) == (NEW not in known)


def test_a_name_kept_through_a_merger_tells_nothing(tmp_path):
    index = commune_index("75")
    kept = min(index.former_names.keys() - index.renamed.keys())
    old = next(old for old, new in index.mergers.items() if new == kept)
    name = dict(zip(index.communes["code"], index.communes["name"], strict=True))[kept]
    text = f"codgeo;libgeo;an;nb_medg\n{kept};{name};2021;7\n{old};;2021;3\n33063;Bordeaux;2021;9\n"
    result = read(tmp_path / "communes.csv", text.encode())
    assert dict(result.tables["gps"].to_numpy()) == {"33063": 9}
    assert any("à vérifier" in one for one in reasons(result))


def test_populations_and_wide_tables_are_judged_alike(tmp_path):
    text = "code;gp_2013;gp_2017\n16186;1;4\n16010;1;2\n33063;8;9\n"
    result = read(tmp_path / "panel.csv", text.encode())
    assert set(result.tables["gp_history"]["code"]) == {"33063"}
    text = text.replace("1;4", "1;1")
    result = read(tmp_path / "panel.csv", text.encode())
    assert dict(result.tables["gps"].to_numpy()) == {NEW: 3, "33063": 9}
    text = "DEPCOM;COM;PMUN\n16186;;900\n16010;;300\n33063;;9000\n"
    result = read(tmp_path / "populations_2021.csv", text.encode())
    assert result.tables["populations"]["code"].tolist() == ["33063"]


def test_over_several_years_what_is_given_twice_is_not_known(tmp_path):
    text = (
        "codgeo;libgeo;MG 2015;MG 2021\n16186;Lignières-Ambleville;4;7\n16010;Ambleville;3;\n"
        "33063;Bordeaux;8;9\n"
    )
    result = read(tmp_path / "panel.csv", text.encode())
    assert result.tables["gps"]["code"].tolist() == ["33063"]
    assert set(result.tables["gp_history"]["code"]) == {"33063"}
    (reason,) = reasons(result)
    assert "gardez l’une ou les autres" in reason


def test_delegated_communes_are_parts(tmp_path):
    text = (
        "TYPECOM;codgeo;libgeo;an;nb_medg\nCOM;19275;Ussel;2021;7\nCOMD;19275;Ussel;2021;5\n"
        "COMA;19136;Meymac;2021;3\nCOM;33063;Bordeaux;2021;9\n"
    )
    result = read(tmp_path / "communes.csv", text.encode())
    assert dict(result.tables["gps"].to_numpy()) == {"19275": 7, "33063": 9}
    assert reasons(result) == {"commune déléguée ou associée, partie d’une commune": 2}


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
    assert reasons(result) == {"chiffre d’une cellule fusionnée sur plusieurs communes": 2}


def test_a_cell_merged_in_a_later_sheet_of_the_same_form_is_found_there(tmp_path):
    book = openpyxl.Workbook()
    titles = ("codgeo", "libgeo", "an", "nb_medg")
    for name, rows in (
        ("33", [("33063", "Bordeaux", 2021, 9)]),
        ("19", [("19275", "Ussel", 2021, 7), ("19136", "Meymac", 2021, None)]),
    ):
        sheet = book.create_sheet(name)
        for row in (titles, *rows):
            sheet.append(row)
    sheet.merge_cells("D2:D3")
    book.remove(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    result = read(tmp_path / "annexe.xlsx", stream.getvalue())
    assert dict(result.tables["gps"].to_numpy()) == {"33063": 9}
    assert reasons(result) == {"chiffre d’une cellule fusionnée sur plusieurs communes": 2}
    # A table of one's own in the same workbook names the line that the cell fills.
    table = read_text_table(tmp_path / "annexe.xlsx")
    (line,) = table.attrs["carried"]["nb_medg"]
    assert table.loc[line, "codgeo"] == "19136"
