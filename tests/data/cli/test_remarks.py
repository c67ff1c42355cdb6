"""What commands say of the tables they read: columns not read, doubtful lines, repeated pairs."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from data.cli import app
from data.files import remarks


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    if result.exception is not None:
        raise result.exception
    return result.output


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_matrix_says_columns_that_are_not_read_and_lines_in_doubt(
    folder: Path, prepared_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_HOME", str(prepared_home))
    (folder / "paires.csv").write_text(
        "lon1;lat1;lon2;lat2;note\n-0.5;44.8;-0.6;44.9;a\n-0.5;44.8;450000;6400000;b\n;;;;c\n"
    )
    said = run("matrix", "paires.csv", "--out", "sortie.csv")
    assert "3 lignes lues" in said
    assert "non lues : « note »" in said
    assert "1 point douteux" in said
    assert "(ligne 3)" in said
    (folder / "codes.csv").write_text("code1;code2\n33063;33281\n33063;99999\n33063;98765\n")
    said = run("matrix", "codes.csv", "--out", "sortie.csv")
    assert "2 codes ne sont ceux d’aucune commune connue ici : sans temps (lignes 3, 4)" in said


def test_access_says_what_is_left_out_of_a_workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["code", "population", "commentaire"])
    book.active.append(["A", 100, "x"])
    hidden = book.create_sheet("brouillon")
    hidden.append(["code", "population"])
    hidden.sheet_state = "hidden"
    book.save(folder / "demande.xlsx")
    (folder / "offre.csv").write_text("id;acts;tarif\nA;4000;25\n")
    (folder / "temps.csv").write_text("from;to;minutes\nA;A;0\n")
    said = run(
        *("access", "--demand", "demande.xlsx", "--supply", "offre.csv"),
        *("--times", "temps.csv", "--out", "sortie.csv"),
    )
    assert "demande.xlsx : 1 ligne lue" in said
    assert "non lues : « commentaire »" in said
    assert "brouillon" in said
    assert (
        "offre.csv : 1 ligne lue ; colonnes lues : « id », « acts » ; non lues : « tarif »" in said
    )


def test_solve_says_columns_that_are_not_read_and_repeated_pairs(folder: Path) -> None:
    (folder / "demande.csv").write_text("id,weight,nom\nA,10,x\nB,5,y\n")
    (folder / "sites.csv").write_text("id,loyer\nS1,2\n")
    (folder / "couts.csv").write_text("from,to,cost\nA,S1,5\nA,S1,7\nB,S1,3\n")
    said = run(
        *("sites", "solve", "--demand", "demande.csv", "--candidates", "sites.csv"),
        *("--costs", "couts.csv", "--model", "pmedian", "-k", "1", "--out", "sortie.json"),
    )
    assert "non lues : « nom »" in said
    assert "non lues : « loyer »" in said
    assert "1 couple est donné plusieurs fois : le plus petit coût compte" in said


def test_nobody_hears_where_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []
    remarks.tell("a.csv", ["x"])
    with remarks.heard_by(heard.append):
        remarks.tell_lines("a.csv", [], "ligne", "lignes")
        remarks.tell_lines("a.csv", list(range(2, 20)), "ligne", "lignes")
    remarks.tell("a.csv", ["y"])
    assert heard == ["a.csv : 18 lignes (lignes 2, 3, 4, 5, 6, 7, 8, 9…)"]
    assert capsys.readouterr() == ("", "")
