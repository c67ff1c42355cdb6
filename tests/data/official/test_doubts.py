"""Counts that fall from many to none are told at import, in counts that add up, at every door."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.cli import app
from data.official import imports
from data.region import catalogue

PAST = "code;gp_2009;gp_2013\n33063;{0};{1}\n16001;1;0\nXX;1;1\n75056;30;0\n"
NOW = "code;gp_2020\n33063;0\n16001;0\n"


def _write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_falls_of_one_file_are_told_and_lines_add_up(tmp_path):
    path = _write(tmp_path, "a.csv", PAST.format(400, 0))
    for report in (*imports.preview([path]), *imports.import_files([path])):
        assert (report.read, report.kept, report.doubtful, report.left) == (4, 1, 2, 1)
        here, away = report.doubts
        assert here.startswith("Bordeaux (33063) : 400 médecins en 2009, 0 en 2013")
        assert "75056" in away
    assert "33063" not in set(catalogue.load_territory().gps["code"])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("together", [True, False])
def test_a_fall_between_two_files_is_told_by_the_later_whatever_the_order(
    tmp_path, order, together
):
    files = [
        _write(tmp_path, "past.csv", PAST.format(300, 400)), _write(tmp_path, "now.csv", NOW)
    ]  # fmt: skip
    given = [files[rank] for rank in order]
    reports = (
        imports.import_files(given)
        if together
        else [report for one in given for report in imports.import_files([one])]
    )
    told = [one for report in reports for one in report.doubts if "Bordeaux" in one]
    assert told
    assert all("400 médecins en 2013, 0 en 2020" in one for one in told)
    territory = catalogue.load_territory()
    assert "33063" not in set(territory.gps["code"])
    assert len(territory.provenance["gps"].to_check) == 1


def test_the_command_says_what_is_to_check_at_import_and_in_the_status(tmp_path):
    path = _write(tmp_path, "a.csv", PAST.format(400, 0))
    said = CliRunner().invoke(app, ["import", str(path), "--remplacer"])
    assert "1 retenue, 2 à vérifier" in said.output
    assert "à vérifier Bordeaux (33063)" in said.output
    assert "Bordeaux (33063) : 400 médecins en 2009" in CliRunner().invoke(app, ["status"]).output


def test_the_screen_says_what_is_to_check():
    from data.official.import_reports import ImportReport

    def draw(report):
        from pages.import_report import draw_report

        draw_report(report)

    report = ImportReport("a.csv", "importé", "s", read=4, kept=1, doubtful=2, doubts=("Ici",))
    shown = AppTest.from_function(draw, args=(report,)).run()
    told = [one.value for one in shown.text]
    assert "4 lignes lues, 1 retenue, 2 à vérifier, 1 écartée." in told
    assert "À vérifier : Ici" in told
