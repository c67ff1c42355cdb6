"""Two tables on one sheet, at every door: the one that is understood, or both named."""

from pathlib import Path

import pytest

from data.files.layouts import blocks, within
from data.official.imports import commune_index
from data.official.reading import read_here
from data.pdses.reader import read_lines as on_call_lines
from data.uploads import read_lines
from geo.errors import InvalidInputError


def imported(folder: Path, *lines: str) -> object:
    path = folder / "mg_2024.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    (member,) = read_here({0: path}, commune_index("75")).members
    return member


def gps(member: object) -> dict[str, float]:
    table = member.result.tables["gps"]
    return dict(zip(table["code"], table["gps"], strict=True))


def content(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def test_the_codes_of_one_table_never_go_with_the_counts_of_another(tmp_path: Path) -> None:
    told = imported(
        tmp_path, "Code INSEE;Commune;Infirmiers;;Code INSEE;Commune;MG",
        "33063;Bordeaux;900;;19275;Ussel;11", ";;;;16102;Cognac;18",
    )  # fmt: skip
    assert gps(told) == {"19275": 11, "16102": 18}
    assert told.result.tally.read == 2
    assert any("non lues" in one and "Infirmiers" in one for one in told.result.tally.remarks)
    told = imported(
        tmp_path, "codgeo;MG;;Code INSEE;Infirmiers", "33063;400;;19275;11", "16102;18;;;",
    )  # fmt: skip
    assert gps(told) == {"33063": 400, "16102": 18}


@pytest.mark.parametrize("titles", ["MG;MG", "MG 2022;MG 2024"])
def test_two_tables_that_can_both_be_read_are_named(tmp_path: Path, titles: str) -> None:
    one, other = titles.split(";")
    told = imported(
        tmp_path, f"Code INSEE;Commune;{one};;Code INSEE;Commune;{other}",
        "33063;Bordeaux;400;;19275;Ussel;11",
    )  # fmt: skip
    assert told.result is None
    assert "côte à côte" in told.refusal
    assert "(colonnes 1 à 3 et colonnes 5 à 7)" in told.refusal


def test_a_code_that_is_told_twice_on_each_line_is_of_one_table(tmp_path: Path) -> None:
    told = imported(
        tmp_path, "codgeo;MG;codgeo;Note", "33063;400;33063;a", "19275;11;19275;b",
    )  # fmt: skip
    assert gps(told) == {"33063": 400, "19275": 11}


def test_sites_beside_another_table_are_read_and_the_other_is_named() -> None:
    read = read_lines(
        content("agent;nom;;nom;commune;mg", "Z;Y;;A;Ussel;1", "X;W;;;;"), "sites.csv"
    )
    assert [line.cells for line in read.lines] == [{"name": "A", "commune": "Ussel", "gps": "1"}]
    assert read.not_read == ("colonnes 1 à 2 (autre tableau, à côté)",)
    with pytest.raises(InvalidInputError, match="colonnes 1 à 3 et colonnes 5 à 7"):
        read_lines(content("nom;commune;mg;;nom;commune;mg", "A;Ussel;1;;B;Cognac;2"), "s.csv")
    one = read_lines(content("nom;commune;adresse;commune", "A;Ussel;x;Ussel"), "sites.csv")
    assert one.not_read == ()


def test_on_call_lines_beside_a_directory_are_read() -> None:
    titles = "etablissement;commune;specialite;type_ligne;statut"
    row = "CH;Ussel;Chirurgie;garde;assurée"
    read = on_call_lines(
        content(f"{titles};;etablissement;telephone", f"{row};;CH B;05"), "lignes.csv"
    )
    assert [line.cells["etablissement"] for line in read.lines] == ["CH"]
    assert any("colonnes 7 à 8" in one for one in read.told)
    with pytest.raises(InvalidInputError, match="côte à côte"):
        on_call_lines(content(f"{titles};;{titles}", f"{row};;CH B{row[2:]}"), "lignes.csv")


def test_a_table_that_goes_on_under_its_own_titles_is_read_on() -> None:
    read = read_lines(
        content("nom;commune;mg", "A;Ussel;1", "nom;commune;infirmiers", "B;Cognac;2",
                "nom;commune;mg", "C;Limoges;3"), "sites.csv",
    )  # fmt: skip
    assert [line.cells["name"] for line in read.lines] == ["A", "C"]
    assert read.not_read == ("2 lignes d’un autre tableau, sous d’autres titres (ligne 3)",)
    assert within([None, False, None, True, None]) == [True, False, False, False, True]


def test_a_blank_title_alone_parts_nothing() -> None:
    assert blocks(["code", "", "mg"], [0], []) == [range(3)]
    assert blocks(["code", "mg", "", "note"], [0], []) == [range(4)]
