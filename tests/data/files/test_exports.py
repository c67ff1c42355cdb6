"""Exports: nothing comes alive, nothing is lost, provenance is in every file."""

import csv
import io
import json
import math

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from data.files import exports
from data.files.table_files import write_table
from geo.errors import InvalidInputError

NOTES = ["DONNÉES DE DÉMONSTRATION : sans valeur", "Généralistes : INSEE, BPE (2018)"]
BLANK = "Cellule vide : non disponible ou sans objet, jamais zéro."
NULL = "Valeur nulle (null) : non disponible ou sans objet, jamais zéro."
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    '=HYPERLINK("http://x.invalid","cliquez")',
    "<script>alert(1)</script>",
    'a";=1+1;"',
    "nul\x00 et sonnerie\x07",
    "🏥 Maison de santé d'Œyreluy",
]


def table():
    return pd.DataFrame(
        {
            "=nom": HOSTILE,
            "minutes": [math.inf, math.nan, -1.5, *([1234.25] * (len(HOSTILE) - 3))],
            "population": range(len(HOSTILE)),
            "labelled": [True, False] * (len(HOSTILE) // 2),
            "lines": [[text, "x"] for text in HOSTILE],
        }
    )


def read_csv(content):
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_csv_is_french_and_says_where_it_comes_from():
    rows = read_csv(exports.to_csv(table(), NOTES))
    assert rows[0] == ["# " + NOTES[0]]
    assert rows[1] == ["# " + NOTES[1]]
    assert rows[2] == ["# " + BLANK]
    assert rows[3] == ["'=nom", "minutes", "population", "labelled", "lines"]
    assert len(rows) == 4 + len(HOSTILE)
    assert rows[4][1:4] == ["", "0", "oui"]
    assert rows[6][1:4] == ["-1,5", "2", "oui"]
    assert rows[7][1] == "1234,25"


@pytest.mark.parametrize(("code", "told"), [("01004", True), ("16001", False), ("2A004", False)])
def test_a_csv_says_that_a_spreadsheet_would_take_the_zero_of_a_code(code, told):
    """A spreadsheet made 1004 of 01004 without a word; the workbook keeps it."""
    communes = pd.DataFrame({"Code": [code], "Habitants": [0]})
    rows = read_csv(exports.to_csv(communes, NOTES))
    assert rows[-1] == [code, "0"]
    assert any("en ôte le 0" in row[0] for row in rows) == told
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"x": communes}, NOTES)))
    assert (book["x"]["A2"].value, book["x"]["A2"].data_type) == (code, "s")
    assert read_csv(exports.to_csv(communes, [])) == [["Code", "Habitants"], [code, "0"]]


def test_a_fraction_of_one_is_told_and_shown_as_a_percentage():
    """0,108 and 1 stood under "Part des 75 ans et plus" with nothing to say of what."""
    shares = pd.DataFrame(
        {"Part des 75 ans": [0.108, 1.0], "Part à 30 min (%)": [86.3, 100.0], "Nom": ["a", "b"]}
    )
    bounds = pd.DataFrame({"Probabilité, bas (90 %)": [0.12], "Probabilité, haut (90 %)": [0.18]})
    told = [row[0] for row in read_csv(exports.to_csv(shares, NOTES))]
    assert "# Parts et probabilités : 1 vaut 100 %." in told
    assert len(read_csv(exports.to_csv(shares.drop(columns="Part des 75 ans"), NOTES))) == 5
    sheet = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"x": shares}, NOTES)))["x"]
    assert (sheet["A2"].value, sheet["A2"].number_format) == (0.108, "0.0%")
    assert (sheet["B2"].value, sheet["B2"].number_format) == (86.3, "General")
    sheet = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"x": bounds}, NOTES)))["x"]
    assert {sheet[place].number_format for place in ("A2", "B2")} == {"0.0%"}


def test_yes_and_no_are_the_same_words_in_all_files():
    table = gpd.GeoDataFrame({"vide": [True, False]}, geometry=[Point(2, 46)] * 2, crs=4326)
    read = json.loads(exports.to_geojson(table, NOTES))
    in_csv = [row[0] for row in read_csv(exports.to_csv(table, NOTES))[-2:]]
    assert [one["properties"]["vide"] for one in read["features"]] == in_csv == ["oui", "non"]


def test_no_text_of_a_csv_starts_a_formula():
    rows = read_csv(exports.to_csv(table(), ["=1+1", "ligne\r\n=1+1"]))
    assert any("=1+1" in row[0] for row in rows)  # said still, and as a text
    for row in rows:
        for cell in (row[0], row[-1]):  # numbers lie between them
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))


def test_xlsx_holds_texts_not_formulas():
    book = openpyxl.load_workbook(
        io.BytesIO(exports.to_xlsx({"Sites": table(), "sites": table()}, [*NOTES, "=1+1"]))
    )
    assert book.sheetnames == ["À lire", "Sites", "sites 2"]
    assert [row[0].value for row in book["À lire"].iter_rows()] == [
        *NOTES,
        "'=1+1",
        BLANK,
    ]
    assert all(cell.data_type != "f" for page in book for row in page.iter_rows() for cell in row)
    sheet = book["Sites"]
    assert sheet.max_row == 1 + len(HOSTILE)
    assert sheet["A2"].value == "'" + HOSTILE[0]
    assert sheet["B2"].value is None
    assert sheet["B4"].value == -1.5
    assert sheet["A14"].value == "nul et sonnerie"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_text_of_a_table_of_commands_starts_a_formula(ending, tmp_path):
    path = tmp_path / f"table.{ending}"
    write_table(pd.DataFrame({"=nom": HOSTILE, "minutes": range(len(HOSTILE))}), path, ["Titre."])
    if ending == "csv":
        with path.open(encoding="utf-8", newline="") as stream:
            texts = [row[0] for row in csv.reader(stream)]
    else:
        (column, *_) = openpyxl.load_workbook(path).active.iter_cols()
        assert all(cell.data_type != "f" for cell in column)
        texts = [cell.value for cell in column]
    assert len(texts) == 1 + len(HOSTILE)
    assert not any(text.lstrip().startswith(("=", "+", "-", "@", "＝")) for text in texts)


def test_what_a_column_of_a_workbook_holds_is_seen_without_a_gesture():
    name = "Communauté de communes du Plateau de Gentioux"
    told = {"EPCI": [name], "n": [3], "Habitants qui n’ont aucune place à 20 minutes": [12.5]}
    book = openpyxl.load_workbook(
        io.BytesIO(
            exports.to_xlsx({"t": pd.DataFrame(told), "long": pd.DataFrame({"x": ["a" * 900]})}, [])
        )
    )
    widths = [book["t"].column_dimensions[one].width for one in "ABC"]
    assert widths[0] > len(name)
    assert 8 < widths[1] < 12
    assert widths[2] < 30  # a long heading stands on several lines
    assert book["t"]["C1"].alignment.wrap_text
    assert book["long"].column_dimensions["A"].width < 70


def test_sheet_names_are_made_acceptable():
    long = "Sites [projet]/2026: " + "é" * 40
    book = openpyxl.load_workbook(
        io.BytesIO(exports.to_xlsx({long: table(), long + "b": table(), "'": table()}, []))
    )
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len(set(book.sheetnames)) == 4


def test_whole_numbers_of_a_geojson_have_no_decimal():
    table = gpd.GeoDataFrame(
        {"Habitants": [518.0, np.nan], "APL": [2.0, 2.5]}, geometry=[Point(2, 46)] * 2, crs=4326
    )
    text = exports.to_geojson(table, []).decode()
    first, second = (one["properties"] for one in json.loads(text)["features"])
    assert '"Habitants": 518,' in text
    assert second["Habitants"] is None
    assert (first["APL"], second["APL"]) == (2.0, 2.5)


def test_a_blank_text_of_a_map_is_null_as_its_notes_say(tmp_path):
    table = gpd.GeoDataFrame({"CPTS": ["", "Sud"]}, geometry=[Point(2, 46)] * 2, crs=4326)
    content = json.loads(exports.to_geojson(table, NOTES))
    assert [one["properties"]["CPTS"] for one in content["features"]] == [None, "Sud"]
    assert content["notes"][-1] == NULL
    path = tmp_path / "places.gpkg"
    path.write_bytes(exports.to_gpkg(table, NOTES))
    assert gpd.read_file(path, layer="proxisoins")["CPTS"].isna().tolist() == [True, False]


def test_geojson_is_valid_and_keeps_its_notes():
    places = gpd.GeoDataFrame(
        {
            "nom": HOSTILE[:3],
            "minutes": [math.inf, math.nan, 7.5],
            "communes": [("a", "b"), (), ()],
        },
        geometry=[Point(417_000, 6_421_000)] * 3,
        crs=2154,
    )
    content = exports.to_geojson(places, NOTES)
    assert b"Infinity" not in content
    assert b"NaN" not in content
    read = json.loads(content)
    assert read["notes"] == [*NOTES, NULL]
    assert [f["properties"]["minutes"] for f in read["features"]] == [None, None, 7.5]
    assert read["features"][0]["properties"]["nom"] == HOSTILE[0]
    assert read["features"][0]["properties"]["communes"] == "a, b"
    lon, lat = read["features"][0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((-0.573, 44.837), abs=0.05)


def test_outlines_turn_as_the_standard_wants():
    """RFC 7946, 3.1.6: outer rings counterclockwise, holes clockwise; lines and points as are."""
    wrong = shapely.Polygon([(0, 0), (0, 9), (9, 9), (9, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    shapes = [wrong, shapely.MultiPolygon([wrong]), shapely.Point(1, 2), None]
    table = gpd.GeoDataFrame({"code": list("abcd")}, geometry=shapes, crs=4326)
    written = json.loads(exports.to_geojson(table, []))
    areas = [shapely.geometry.shape(one["geometry"]) for one in written["features"][:2]]
    for area in (areas[0], areas[1].geoms[0]):
        assert area.exterior.is_ccw
        assert not area.interiors[0].is_ccw
    assert written["features"][2]["geometry"]["coordinates"] == [1.0, 2.0]
    assert written["features"][3]["geometry"] is None


def test_geopackage_keeps_texts_and_notes(tmp_path):
    places = gpd.GeoDataFrame(
        {"nom": HOSTILE, "minutes": [math.inf] * len(HOSTILE)},
        geometry=[Point(0, 45)] * len(HOSTILE),
        crs=4326,
    )
    path = tmp_path / "sites.gpkg"
    path.write_bytes(exports.to_gpkg(places, NOTES, layer="sites"))
    read = gpd.read_file(path, layer="sites")
    assert read["nom"].tolist()[0] == HOSTILE[0]
    assert read["minutes"].isna().all()
    assert gpd.read_file(path, layer="notes")["note"].tolist() == [*NOTES, NULL]


def test_empty_tables_keep_their_heading():
    empty = pd.DataFrame({"nom": pd.Series([], dtype=str)})
    assert read_csv(exports.to_csv(empty, [])) == [["nom"]]
    assert openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"x": empty}, [])))["x"].max_row == 1
    told = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"x": empty}, NOTES)))["x"]
    assert [cell.value for cell in told["A"]] == ["nom", "(aucune ligne)"]


def test_a_table_too_long_for_a_sheet_is_refused():
    with pytest.raises(InvalidInputError, match="CSV"):
        exports.to_xlsx({"x": pd.DataFrame({"n": np.zeros(1_048_576)})}, [])


@given(st.text())
@settings(max_examples=80)
def test_any_text_comes_back_as_text(text):
    rows = read_csv(exports.to_csv(pd.DataFrame({"a": [text], "b": ["fin"]}), []))
    cell, end = rows[1]
    assert end == "fin"
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    book = openpyxl.load_workbook(
        io.BytesIO(exports.to_xlsx({"x": pd.DataFrame({"a": [text]})}, []))
    )
    assert book["x"]["A2"].data_type != "f"
