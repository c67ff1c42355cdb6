"""Rows refused are told wherever a file is handed in: report, command and screen."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.cli import app
from data.official import imports

ROWS = "code,gp_2024\n16001,3\nXX,1\n16002,beaucoup\n16005,2\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "comptes.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_rows_in_are_rows_kept_and_rows_refused(file):
    (report,) = imports.import_files([file])
    assert report.read == 4
    assert report.read == report.kept + sum(one.count for one in report.refused)
    assert sum(one.count for one in report.refused) == 2
    assert {line for one in report.refused for line in one.lines} == {3, 4}


def test_the_command_tells_each_reason_and_its_lines(file):
    told = (
        CliRunner().invoke(app, ["import", str(file), "--remplacer"], catch_exceptions=False).output
    )
    (report,) = imports.preview([file])
    for one in report.refused:
        assert one.told in told
    assert "ligne 3" in told
    assert "Refusal" not in told


def test_the_screen_tells_them_in_french(file, monkeypatch):
    """The panel of one report, drawn as the page draws it."""
    from pages import import_report

    shown = []
    monkeypatch.setattr(import_report.st, "text", shown.append)
    (report,) = imports.import_files([file])
    import_report.draw_report(report)
    text = "\n".join(shown)
    for one in report.refused:
        assert one.told in text
    assert "Refusal" not in text


def test_a_line_that_does_not_cut_into_cells_is_counted_and_told(tmp_path):
    path = tmp_path / "comptes.csv"
    path.write_text(ROWS + "16006,1,de trop\n", encoding="utf-8")
    (report,) = imports.preview([path])
    assert report.read == 5
    assert report.read == report.kept + sum(one.count for one in report.refused)
    told = {one.reason: one.lines for one in report.refused}
    assert told["nombre de colonnes inattendu"] == (6,)


LAYOUTS = (
    "bpe_detail_latin1.csv", "bpe_melodi.csv", "bpe_one_row_each.csv", "cartosante_gp.csv",
    "finess_stock.csv", "finess_structures.json", "gp_wide.csv", "melodi_ages.csv",
    "melodi_populations.csv", "zoning_by_name.csv", "zoning_national.csv",
)  # fmt: skip
"""Layouts of which a reading leaves lines out, each in another way."""


def test_what_is_left_out_is_listed_to_the_last_line():
    golden = Path(__file__).parent / "readers" / "golden"
    for name in LAYOUTS:
        (report,) = imports.preview([golden / name])
        assert report.left > 0, name
        assert sum(one.count for one in report.refused) == report.left, name


def test_a_line_that_keeps_some_values_is_not_told_as_left_out(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text(
        "code;gp_2013;gp_2017;gp_2020\n16001;1;beaucoup;<5\n16002;peu;<5;peu\n16005;2;2;2\n",
        encoding="utf-8",
    )
    (report,) = imports.preview([path])
    assert (report.read, report.kept, report.left) == (3, 2, 1)
    (whole,) = report.refused
    assert (whole.count, whole.lines) == (1, (3,))
    assert {(one.count, one.lines) for one in report.in_part} == {(1, (2,))}
    assert len(report.in_part) == 2
    said = CliRunner().invoke(app, ["import", str(path), "--remplacer"]).output
    assert "3 lues, 2 retenues, 1 écartée" in said
    assert said.count("écartées   ") == 1
    assert said.count("en partie  1 ligne") == 2
