"""Annexes as agencies write them: numbers, abbreviations, a status asked once, blank formulas."""

import pytest

from data.pdses import storing
from data.pdses.reader import read_lines
from data.uploads import DOUBTFUL, UNDERSTOOD
from geo.errors import InvalidInputError
from tests.data.files import written


def told(content, **options):
    outcomes = storing.checked(read_lines(content, "annexe.xlsx", **options), "75")
    return [(one.status, one.told.get("line_type")) for one in outcomes]


def test_numbers_are_lines_and_halves():
    rows = [["Etablissement", "Commune", "Chirurgie - Garde"], ["CH", "Cognac", 2.5]]
    assert told(written.workbook_of({"A": rows})) == [
        (UNDERSTOOD, "garde"), (UNDERSTOOD, "garde"), (UNDERSTOOD, "demi-garde")
    ]  # fmt: skip


def test_the_status_that_no_column_tells_is_asked_once_over_all_sheets():
    heading = ["Etablissement", "Commune", "Spécialité", "Type de ligne"]
    content = written.workbook_of(
        {
            "16": [heading, ["A", "Cognac", "ORL", "GSP"]],
            "23": [heading, ["B", "Guéret", "ORL", "AO"]],
        }
    )
    assert read_lines(content, "annexe.xlsx").silent == 2
    assert told(content, status="assurée") == [(UNDERSTOOD, "garde"), (UNDERSTOOD, "astreinte")]


def test_a_formula_without_value_is_a_doubt_and_merged_cells_carry_down():
    rows = [["Etablissement", "Commune", "ORL"], ["CH", "Cognac", "garde"], [None, None, "=1+1"]]
    found = told(written.workbook_of({"A": rows}, ("A2:A3", "B2:B3")))
    assert [status for status, _ in found] == [UNDERSTOOD, DOUBTFUL]


def test_a_carence_without_establishment_stands_on_its_zone():
    content = "zone;etablissement;specialite;type_ligne;statut\nGuéret;;ORL;garde;carence\n"
    (one,) = storing.checked(read_lines(content.encode(), "l.csv"), "75")
    assert (one.status, one.told["code"]) == (UNDERSTOOD, "23096")


def test_a_transposed_annex_says_so():
    rows = [["Spécialité", "CH Ussel", "CH Cognac"], ["Cardiologie", "G", "A"]]
    with pytest.raises(InvalidInputError, match="spécialités en lignes"):
        read_lines(written.workbook_of({"A": rows}), "annexe.xlsx")


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize(
    ("cell", "kinds"),
    [
        ("0,5 garde", ["demi-garde"]),
        ("2 AS", ["astreinte", "astreinte"]),
        ("1,5 G", ["garde", "demi-garde"]),
        ("3 x astreinte", ["astreinte"] * 3),
        ("1 garde", ["garde"]),
        ("G 24h/24", ["garde"]),
        ("1/2 A", ["demi-astreinte"]),
    ],
)
def test_a_number_before_a_type_says_how_many_lines(cell, kinds, wide):
    rows = [["Etablissement", "Commune", "Chirurgie"], ["CH", "Cognac", cell]]
    if not wide:
        rows = [
            ["Etablissement", "Commune", "Spécialité", "Type de ligne", "Statut"],
            ["CH", "Cognac", "Chirurgie", cell, "assurée"],
        ]
    found = told(written.workbook_of({"A": rows}))
    assert found == [(UNDERSTOOD, kind) for kind in kinds]


def test_lines_of_two_types_in_one_cell_are_each_counted():
    rows = [["Etablissement", "Commune", "ORL"], ["CH", "Cognac", "2 gardes + 0,5 astreinte"]]
    found = [kind for _, kind in told(written.workbook_of({"A": rows}))]
    assert found == ["garde", "garde", "demi-astreinte"]


@pytest.mark.parametrize("wide", [True, False])
def test_rows_of_totals_are_no_lines_and_are_said(wide):
    heading = ["Etablissement", "Commune", *(["ORL"] if wide else ["Spécialité", "Type de ligne"])]
    rest = ["garde"] if wide else ["ORL", "garde"]
    rows = [heading, ["CH", "Cognac", *rest], ["Total", "", *rest], ["Sous-total 16", "", *rest]]
    read = read_lines(written.workbook_of({"A": rows}), "annexe.xlsx")
    assert [line.number for line in read.lines] == [2]
    assert "non lu : 2 lignes de total (lignes 3, 4)" in read.told


def test_a_cell_that_tells_nothing_is_no_line_and_is_said():
    rows = [
        ["Etablissement", "Commune", "ORL", "Urologie"],
        ["CH", "Cognac", "garde", "NC"],
        ["CHU", "Limoges", "N.C.", "néant"],
    ]
    read = read_lines(written.workbook_of({"A": rows}), "annexe.xlsx")
    assert [(line.number, line.cells["specialite"]) for line in read.lines] == [(2, "ORL")]
    (said,) = [one for one in read.told if "NC" in one]
    assert said.startswith("non lu : 2 cellules « NC » (lignes 2, 3)")


def test_what_a_list_of_sites_says_is_no_specialty():
    rows = b"nom;code_insee;medecins;medecins_venant_de\nMSP;19275;1;A\n"
    with pytest.raises(InvalidInputError, match="titres reconnue"):
        read_lines(rows, "sites.csv")
    read = read_lines(rows.replace(b"medecins_venant_de", b"Chirurgie"), "annexe.csv")
    assert [line.cells["specialite"] for line in read.lines] == ["Chirurgie"]
    assert read.ignored == ("medecins",)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("pas de carence", None), ("carence levée", None), ("non mutualisée", None),
        ("Non mutualisée, assurée", "assurée"), ("n'est plus assurée", "carence"),
        ("pas encore pourvue", "carence"), ("assurée, hors carence", "assurée"),
    ],
)  # fmt: skip
def test_a_status_that_is_denied_is_not_that_one(said, status):
    rows = f"etablissement;commune;specialite;type_ligne;statut\nCH;Ussel;ORL;garde;{said}\n"
    (one,) = storing.checked(read_lines(rows.encode(), "lignes.csv"), "75")
    assert one.told.get("status") == status
    assert (one.status == UNDERSTOOD) == (status is not None)


def test_lines_of_one_hospital_stand_at_one_place_and_that_is_not_said():
    titles = "etablissement;commune;specialite;type_ligne;statut"
    rows = f"{titles}\nCH;Cognac;ORL;garde;assurée\nCH;Cognac;Urologie;garde;assurée\n"
    outcomes = storing.checked(read_lines(rows.encode(), "lignes.csv"), "75")
    assert [one.reason for one in outcomes] == ["placé à la mairie"] * 2
