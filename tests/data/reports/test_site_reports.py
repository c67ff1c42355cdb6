"""`proxisoins sites evaluate` and `best`: files in, files out, provenance and notes included."""

import io
import json
import re
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pytest
from typer.testing import CliRunner

from data.base.french import number
from data.cli import app
from data.region import catalogue
from data.region.gazetteer import Gazetteer
from data.region.privacy import WORKING_PAPER
from data.reports import site_files
from data.reports.scenario_results import Search
from data.reports.site_columns import SITE_TITLES
from data.siting.evaluation import evaluate_sites
from tests.data.siting.small_sites import MIDDLE, made, structures

GPS = {"16001": 2.0, "16002": 0.0, "16003": 1.0, "17001": 1.0}
FILE = "nom;lon;lat;code;medecins_venant_de\n=1+1;0,12;45;;16003:1\nLoin;;;17003;\nPerdu;;;99999;\n"


@pytest.fixture
def region(monkeypatch, tmp_path):
    territory = made(GPS, structures=structures(("msp", 0.0)))
    monkeypatch.setattr(catalogue, "load_territory", lambda _: territory)
    names = Gazetteer(territory.communes, territory.fringe, {}, {})
    monkeypatch.setattr("data.reports.site_files.gazetteer", lambda _: names)
    path = tmp_path / "sites.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def run(*words):
    result = CliRunner().invoke(app, ["sites", *map(str, words)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_evaluation_as_a_workbook(region, tmp_path):
    out = tmp_path / "out.xlsx"
    output = run("evaluate", region, "--out", out)
    assert "ligne 4, refusé" in output
    assert "=1+1 (Deux) : 3\u202f500 habitants" in output
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    assert book.sheetnames == [
        "À lire",
        "Sites",
        "Ensemble",
        "Recouvrements",
        "Gagnants et perdants",
    ]
    cells = [cell.value for cell in book["Sites"][2]]
    assert cells[1] == "'=1+1"
    assert [cell.value for cell in book["Sites"][1]] == list(SITE_TITLES.values())
    assert book["Gagnants et perdants"]["A2"].value == "'=1+1"
    assert book["À lire"].max_row >= 1


def test_a_file_that_points_at_somebody_says_so(region, tmp_path):
    """Who leaves, who moves in and which communes are at risk are for the planner's desk."""
    territory = catalogue.load_territory("75")

    def first_lines(**more):
        out = tmp_path / "out.csv"
        site_files.write_evaluation(evaluate_sites(territory, **more), territory, out)
        return out.read_text(encoding="utf-8-sig").splitlines()[1]

    moved = replace(MIDDLE, moving={"16001": 1})
    assert WORKING_PAPER not in first_lines(sites=(MIDDLE,))
    assert WORKING_PAPER in first_lines(sites=(moved,))
    assert WORKING_PAPER in first_lines(sites=(MIDDLE,), departures={"16001": 1})
    assert WORKING_PAPER in first_lines(sites=(MIDDLE,), risk_communes=frozenset({"16001"}))


@pytest.mark.parametrize("extension", ["csv", "geojson", "gpkg"])
def test_evaluation_in_other_formats(region, tmp_path, extension):
    out = tmp_path / f"out.{extension}"
    run("evaluate", region, "--out", out)
    if extension == "csv":
        text = out.read_text(encoding="utf-8-sig")
        assert "'=1+1" in text
        assert "Temps de trajet : essai" in text
    else:
        assert (
            gpd.read_file(out, **({"layer": "sites"} if extension == "gpkg" else {})).shape[0] == 2
        )


@pytest.mark.parametrize("extension", ["csv", "xlsx", "geojson", "gpkg"])
def test_a_file_of_results_bears_french_headings_and_is_read_back(region, tmp_path, extension):
    out = tmp_path / f"out.{extension}"
    run("evaluate", region, "--out", out)
    if extension in {"geojson", "gpkg"}:
        asked = {"layer": "sites"} if extension == "gpkg" else {}
        headings = gpd.read_file(out, **asked).columns.drop("geometry")
        assert list(headings) == list(SITE_TITLES.values())
    told: list[str] = []
    territory = catalogue.load_territory("75")
    read = site_files.read_sites(out, territory, told.append)
    first = site_files.read_sites(region, territory, told.append)
    assert [(one.code, one.gps) for one in read] == [(one.code, 2.0) for one in first]
    assert [one.name.lstrip("'") for one in read] == [one.name for one in first]


@pytest.mark.parametrize("extension", ["csv", "geojson"])
def test_a_file_of_results_holds_decimals_that_mean_something(region, tmp_path, extension):
    out = tmp_path / f"out.{extension}"
    run("evaluate", region, "--out", out)
    text = out.read_text(encoding="utf-8")
    assert re.search(r"\d[.,]\d", text)
    assert not re.search(r"\d[.,]\d{7}", text)


def test_measures_of_all_sites_together_bear_the_headings_of_each(region, tmp_path):
    out = tmp_path / "out.xlsx"
    run("evaluate", region, "--out", out)
    sheet = openpyxl.load_workbook(out)["Ensemble"]
    names = [row[0].value for row in sheet.iter_rows()]
    assert names[0] == "Mesure"
    assert len(names) > 10
    assert set(names[1:]) <= set(SITE_TITLES.values())


@pytest.mark.parametrize("model", ["mclp", "pmedian", "lscp", "pcenter", "equity"])
def test_best_sites_with_their_proof(region, tmp_path, model):
    out = tmp_path / "best.json"
    options = [] if model == "lscp" else ["-k", "1"]
    output = run("best", region, *options, "--model", model, "--out", out)
    report = json.loads(out.read_text(encoding="utf-8"))
    assert report["proof"]["status"] == "optimal"
    assert {site["name"] for site in report["sites"]} <= {"=1+1", "Loin"}
    assert "optimum prouvé" in output
    assert report["notes"][1].startswith("Ce qui est demandé : ")
    assert ("1 site à ouvrir" in report["notes"][1]) == (model != "lscp")
    assert "seuil de 20 minutes" in report["notes"][1]


def test_a_search_is_told_in_french_numbers():
    asked = Search("mclp", 2, threshold=22.5, budget=1_500_000.0)
    assert "seuil de 22,5 minutes" in asked.words()
    assert f"budget de {number(1_500_000)}" in asked.words()


def test_best_sites_as_tables(region, tmp_path):
    for extension in ("xlsx", "csv"):
        out = tmp_path / f"best.{extension}"
        run("best", region, "-k", "1", "--out", out)
        assert out.stat().st_size > 100


def test_faults_are_french_sentences(region, tmp_path, capsys, monkeypatch):
    from data.cli import main

    for words, message in (
        (["evaluate", str(region), "--out", str(tmp_path / "x.pdf")], "extension « .pdf »"),
        (["best", str(region), "-k", "9", "--out", str(tmp_path / "x.json")], "entre 1 et 2"),
        (
            ["evaluate", str(tmp_path / "absent.csv"), "--out", str(tmp_path / "x.csv")],
            "introuvable",
        ),
        (
            ["best", str(region), "-k", "1", "--out", str(tmp_path / "x" / "y.json")],
            "ne peut pas être",
        ),
    ):
        monkeypatch.setattr("sys.argv", ["proxisoins", "sites", *words])
        with pytest.raises(SystemExit) as exit_:
            main()
        assert exit_.value.code == 1
        assert message in capsys.readouterr().err
