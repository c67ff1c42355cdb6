"""Candidate sites as people print them: titles on two lines, other tables below, percentages."""

import io

import openpyxl
import pytest

from data.files.document import MERGED
from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import match_lines, read_lines
from geo.errors import InvalidInputError


def report(*lines):
    read = read_lines("\n".join(lines).encode("cp1252"), "sites.csv")
    found = match_lines(read, gazetteer("75"), embedded_set.communes("75"))
    return read, found


def test_a_table_under_other_titles_is_no_site():
    read, found = report(
        "Nom;Commune;Médecins", "A;Limoges;2", "Nom;Commune;Médecins", "B;Cognac;4", "",
        "Nom;Commune;Infirmiers", "C;Niort;30",
    )  # fmt: skip
    assert [(site.name, site.gps) for site in found.sites] == [("A", 2), ("B", 4)]
    assert any("2 lignes d’un autre tableau" in one for one in read.words())


def test_the_first_column_under_a_heading_of_several_is_not_read_for_all():
    with pytest.raises(InvalidInputError, match="« Médecins Actuels » et « Médecins Prévus »"):
        report("Nom;Commune;Médecins;", ";;Actuels;Prévus", "A;Limoges;2;5")
    _, found = report("Nom;Commune;Médecins;", ";;H;F", "A;Limoges;2;5")
    assert [site.gps for site in found.sites] == [None]


def test_a_line_of_texts_under_a_blank_title_stays_a_site():
    _, found = report("Nom;Commune;Adresse;;Téléphone", "A;Limoges;1 rue X;bât. B;", "B;Cognac;;;")
    assert [site.name for site in found.sites] == ["A", "B"]


@pytest.mark.parametrize("cell", ["12 %", "12%"])
def test_a_percentage_is_no_number_of_doctors(cell):
    _, found = report("Nom;Commune;Médecins", f"A;Limoges;{cell}", "B;Cognac;3")
    assert [site.gps for site in found.sites] == [3]
    assert "pourcentage" in found.outcomes[0].reason
    _, found = report("Nom;Commune;% MG", "A;Limoges;12")
    assert [site.gps for site in found.sites] == [None]


@pytest.mark.parametrize(("cell", "why"), [("=1+1", "une formule"), ("900", "beaucoup")])
def test_a_number_of_doctors_that_is_none_is_asked_about(cell, why):
    _, found = report("Nom;Commune;Médecins", f"A;Limoges;{cell}", 'B;Cognac;="3"')
    assert [site.gps for site in found.sites] == [3]
    assert why in found.outcomes[0].reason


@pytest.mark.parametrize(
    ("cell", "year"), [("01/09/27", 2027), ("sept-27", 2027), ("46266", 2026), ("bientôt", None)]
)
def test_the_year_of_opening_is_read_as_it_is_written(cell, year):
    _, found = report("Nom;Commune;Ouverture", f"A;Limoges;{cell}")
    assert [site.opening_year for site in found.sites] == [year]


def test_a_number_merged_over_sites_of_a_later_sheet_is_asked_about_there():
    book = openpyxl.Workbook()
    sheets = {
        "16": [("A", "Cognac", 2), ("B", "Angoulême", 3)],
        "87": [("C", "Limoges", 4), ("D", "Bellac", None), ("E", "Ambazac", 5)],
    }
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in (("Nom", "Commune", "Médecins"), *rows):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book["87"].merge_cells("C2:C3")
    stream = io.BytesIO()
    book.save(stream)
    read = read_lines(stream.getvalue(), "sites.xlsx")
    told = {line.cells["name"]: line.cells["gps"] for line in read}
    assert told == {"A": "2", "B": "3", "C": "4", "D": f"4 {MERGED}", "E": "5"}
    assert [line.number for line in read] == [2, 3, 5, 6, 7]  # numbered on from sheet to sheet
