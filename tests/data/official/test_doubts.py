"""Counts that fall from many to none are told at import, in counts that add up, at every door."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.access.source_notes import table_lines
from data.base.paths import ROOT
from data.cli import app
from data.official import imports
from data.region import catalogue, confirmed_zeros, table_store
from geo.errors import UnavailableError
from pages import data_import

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


def test_a_zero_is_confirmed_and_taken_back_by_command_and_everything_follows(tmp_path):
    def run(*words: str):
        done = CliRunner().invoke(app, list(words))
        return done.exit_code, done.output.replace("\u00a0", " ")

    path = _write(tmp_path, "a.csv", PAST.format(400, 0))
    imports.import_files([path])
    assert "à vérifier commune 33063 : 400 médecins en 2009, 0 en 2013" in run("confirm")[1]
    assert run("confirm", "16001")[0] != 0
    assert run("confirm", "33063", "2009")[0] != 0
    assert run("confirm", "33063", "--annuler")[0] != 0
    before = catalogue.load_territory()
    assert run("confirm", "33063", "2013") == (
        0, "commune 33063 : 400 médecins en 2009, 0 en 2013 : confirmé, compté zéro.\n"
    )  # fmt: skip
    territory = catalogue.load_territory()
    assert territory.version != before.version
    assert territory.gps.set_index("code")["gps"]["33063"] == 0
    assert territory.provenance["gps"].to_check == ()
    assert "confirmé   commune 33063" in run("confirm")[1]
    assert (
        "zéro       Bordeaux (33063) : 400 médecins en 2009, 0 en 2013, confirmé le"
        in (run("status")[1])
    )
    assert "zéro confirmé : Bordeaux (33063)" in table_lines([territory.provenance["gps"]])[0]
    # The same file again has nothing to doubt of it; the import undone keeps what was confirmed.
    (report,) = imports.preview([path])
    assert (report.read, report.kept, report.doubtful, report.left) == (4, 2, 1, 1)
    assert any("zéro confirmé, retenu : Bordeaux" in one for one in report.remarks)
    catalogue.undo()
    assert catalogue.load_territory().zeros == ()
    imports.import_files([path])
    assert catalogue.load_territory().version == territory.version
    assert run("confirm", "33063", "--annuler")[0] == 0
    assert catalogue.load_territory().version == before.version


def test_a_later_zero_follows_one_that_was_confirmed(tmp_path):
    imports.import_files([_write(tmp_path, "a.csv", PAST.format(400, 0))])
    confirmed_zeros.confirm(catalogue.doubted_zeros_in_place(), "a@exemple.fr")
    (report,) = imports.import_files([_write(tmp_path, "b.csv", NOW)])
    assert report.doubts == ()
    territory = catalogue.load_territory()
    assert territory.gps.set_index("code")["gps"]["33063"] == 0
    # Who confirmed it is not said beside figures that anyone reads.
    lines = " ".join(table_lines(territory.provenance.values()))
    assert "zéro confirmé" in lines
    assert "exemple.fr" not in lines


def test_an_import_may_confirm_what_it_tells(tmp_path):
    imports.import_files([_write(tmp_path, "a.csv", "code;gp_2009;gp_2013\n33063;400;0\n")])
    again = _write(tmp_path, "b.csv", "code;gp_2014\n33063;0\n75056;0\n")
    done = CliRunner().invoke(app, ["import", str(again), "--remplacer", "--confirmer"])
    assert done.exit_code == 0, done.output
    # The year told again alone: the one before is still what the other file says.
    assert list(confirmed_zeros.confirmed()) == [("33063", 2014)]
    territory = catalogue.load_territory()
    assert territory.gps.set_index("code")["gps"]["33063"] == 0
    assert [one.fall.year for one in territory.zeros if not one.confirmed] == [2013]
    assert CliRunner().invoke(app, ["import", str(again), "--essai", "--confirmer"]).exit_code == 1


def test_an_altered_file_of_confirmed_zeros_is_said(tmp_path):
    imports.import_files([_write(tmp_path, "a.csv", PAST.format(400, 0))])
    confirmed_zeros.confirm(catalogue.doubted_zeros_in_place())
    path = table_store.folder() / "confirmed.json"
    path.write_text(path.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    with pytest.raises(UnavailableError, match=r"confirmed\.json"):
        catalogue.load_territory()


def test_a_planner_confirms_from_the_report_and_takes_back_on_the_screen_of_data(tmp_path):
    path = _write(tmp_path, "a.csv", PAST.format(400, 0))
    page = AppTest.from_file(str(ROOT / "pages" / "methode.py"), default_timeout=200)
    page.session_state[data_import.REPORTS] = imports.import_files([path])
    page.run()
    assert not page.exception
    page.button(key="zeros_import_confirmer_bouton").click().run()
    assert not page.exception
    assert [one.fall.code for one in catalogue.load_territory().zeros if one.confirmed] == ["33063"]
    told = [one.value for one in page.text]
    assert any(one.startswith("Zéro confirmé : Bordeaux (33063)") for one in told)
    assert not any(one.startswith("À vérifier : Bordeaux") for one in told)
    page.button(key="zeros_donnees_rendre_bouton").click().run()
    assert not page.exception
    assert [one.confirmed for one in catalogue.load_territory().zeros] == [None]
    assert any(one.value.startswith("À vérifier : Bordeaux") for one in page.text)


def test_people_ten_times_those_of_a_commune_are_to_check_and_unknown(tmp_path):
    """Bordeaux of 2,7 million people went in without a word; Limoges lost a digit."""
    text = "DEPCOM;PMUN2023\n33063;2678740\n87085;13010\n16001;473\n23096;12600\n"
    path = _write(tmp_path, "pop.csv", text)
    (report,) = imports.preview([path])
    assert (report.read, report.kept) == (4, 3)
    (refusal,) = report.refused
    assert refusal.count == 1
    assert "5 fois celle de la commune, ou plus : à vérifier" in refusal.told
    assert any("1 commune a 5 fois moins d’habitants" in one for one in report.remarks)
    imports.import_files([path])
    known = set(catalogue.imported_tables(["populations"])["populations"]["code"])
    assert known == {"16001", "23096", "87085"}


def test_doctors_ten_times_those_before_are_told_and_kept(tmp_path):
    past = _write(tmp_path, "past.csv", "code;gp_2013\n33063;300\n16001;2\n16015;2\n")
    now = _write(tmp_path, "now.csv", "code;gp_2020\n33063;310\n16001;9\n16015;20\n")
    for files in ([past, now], [now, past]):
        said = [text for one in imports.preview(files) for text in one.remarks]
        (told,) = [text for text in said if "5 fois" in text]
        assert told.startswith("à vérifier, et gardé")
        assert "(16015) : 2 médecins en 2013, 20 en 2020" in told
        assert "16001" not in told
