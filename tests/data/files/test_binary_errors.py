"""Errors of binary workbooks (XLS, XLSB), which their reader gives as blanks, at every door."""

import pytest

from data.official.imports import commune_index
from data.official.reading import read_here
from data.pdses.reader import read_lines as on_call_lines
from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import match_lines, read_lines
from tests.data.files import written

WRITERS = {"xls": written.old_workbook, "xlsb": written.binary_workbook}
each = pytest.mark.parametrize("kind", WRITERS)


@each
def test_a_count_in_error_is_unknown_and_not_zero(kind, tmp_path):
    """In a wide file of the BPE a blank count is a commune without GP."""
    other = [f"Équipement {k}" for k in range(20)]
    rows = [["Code commune", "NB_D265", *other], ["16015", "#DIV/0!", *[1.0] * 20]]
    rows += [["16102", 7.0, *[1.0] * 20]]
    path = tmp_path / f"bpe_2021.{kind}"
    path.write_bytes(WRITERS[kind](rows))
    (member,) = read_here({0: path}, commune_index("75")).members
    gps = member.result.tables["gps"].set_index("code")["gps"]
    assert gps.get("16102") == 7
    assert "16015" not in gps
    assert [one.reason for one in member.result.tally.refused] == ["nombre de médecins illisible"]


@each
def test_a_site_and_a_line_in_error_are_doubts(kind):
    rows = [["nom", "code_insee", "mg"], ["A", "16015", "#N/A"], ["B", "19275", 2.0]]
    lines = read_lines(WRITERS[kind](rows), f"sites.{kind}")
    report = match_lines(lines, gazetteer("75"), embedded_set.communes("75"))
    assert [site.code for site in report.sites] == ["19275"]
    assert any("est en erreur" in one.reason for one in report.outcomes)
    titles = ["etablissement", "code_insee", "specialite", "type_ligne", "statut"]
    rows = [titles, ["CH A", "16015", "Chirurgie", "#REF!", "assurée"]]
    read = on_call_lines(WRITERS[kind](rows), f"lignes.{kind}")
    assert [line.cells.get("type_ligne") for line in read.lines] == ["#REF!"]
