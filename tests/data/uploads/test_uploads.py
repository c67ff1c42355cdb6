"""Uploaded sites: every real-life file is understood line by line, every hostile one refused."""

import contextlib
import csv
import io
import zipfile
from types import SimpleNamespace

import geopandas as gpd
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from data.region import embedded_set
from data.region.gazetteer import gazetteer
from data.uploads import DOUBTFUL, LEFT_OUT, REFUSED, match_lines, read_lines, read_upload
from data.uploads.template import COLUMNS, csv_template, xlsx_template
from geo.errors import InvalidInputError, ProxiSoinsError
from tests.data.uploads import upload_fixtures as files


@pytest.fixture(scope="module")
def region():
    return SimpleNamespace(names=gazetteer(), communes=embedded_set.communes())


def report(content, region, name="sites.csv", corrections=None):
    return match_lines(read_lines(content, name), region.names, region.communes, corrections)


def codes(matched):
    marks = {DOUBTFUL: "?", REFUSED: "!"}
    return [o.site.code if o.site else marks[o.status] for o in matched.outcomes]


def test_there_are_enough_fixtures():
    assert len(files.GOOD) + len(files.BAD) >= 40


@pytest.mark.parametrize("case", files.GOOD)
def test_real_life_file_is_understood(case, region):
    name, make, expected = files.GOOD[case]
    matched = report(make(), region, name)
    assert codes(matched) == expected, matched.table().to_string()
    for outcome in matched.outcomes:
        assert outcome.reason or outcome.site
        assert (outcome.status == DOUBTFUL) <= (len(outcome.candidates) > 0)


def test_more_who_move_in_than_are_planned_is_told(region):
    content = "nom;commune;medecins;medecins_venant_de\nA;Ussel;2;Meymac:3\nB;Ussel;3;Meymac:3\n"
    first, second = report(content.encode(), region).outcomes
    assert "médecins qui viendraient : 3, pour 2 prévus" in first.reason
    assert "viendraient" not in second.reason


def test_what_precedes_a_cell_too_long_is_kept(region):
    usual = csv.field_size_limit(131_072)  # Python's own; frictionless raises it
    try:
        content = "nom;commune\nA;Ussel\n" + "x" * 140_000 + ";Guéret\n"
        assert codes(report(content.encode(), region)) == ["19275"]
    finally:
        csv.field_size_limit(usual)


@pytest.mark.parametrize("case", files.BAD)
def test_hostile_file_is_refused_in_french(case):
    name, make, words = files.BAD[case]
    with pytest.raises(InvalidInputError, match=words):
        read_lines(make(), name)


def test_more_sites_than_the_screens_hold_are_refused(region):
    with pytest.raises(InvalidInputError, match="2001 sites dans la région"):
        report(b"nom;commune\n" + b"A;Ussel\n" * 2_001, region)


@pytest.mark.parametrize("crs", [4326, 2154])
def test_shapefile_and_geopackage(crs, region, tmp_path):
    table = files.frame().to_crs(crs)
    shapes = files.zipped(files.shapefile(table, tmp_path))
    package = tmp_path / "sites.gpkg"
    table.to_file(package, driver="GPKG")
    for content in (shapes, package.read_bytes()):
        matched = report(content, region, "sites")
        assert codes(matched) == ["19275", "23096"]
        assert matched.sites[0].name == "Pôle santé"
        assert matched.sites[0].gps == 3


def test_shapefile_without_projection_in_a_folder(region, tmp_path):
    parts = files.shapefile(files.frame().to_crs(2154), tmp_path)
    content = files.zipped({f"dossier/{n}": d for n, d in parts.items() if not n.endswith(".prj")})
    assert codes(report(content, region, "sites.zip")) == ["19275", "23096"]


def test_hostile_names_stay_text(region):
    name, make, _ = files.GOOD["hostile_names"]
    matched = report(make(), region, name)
    assert [site.name for site in matched.sites] == [files.HOSTILE_NAME, "=1+1"]
    assert matched.table()["name"].tolist() == [files.HOSTILE_NAME, "=1+1"]


def test_reason_and_candidates_are_told(region):
    matched = report("nom;commune\nA;Saint-Léon\nB;Zzyzx\n".encode(), region)
    doubtful, refused = matched.outcomes
    assert {place.code for place in doubtful.candidates} == {"33431", "47251"}
    assert "plusieurs communes" in doubtful.reason
    assert "commune « Zzyzx » inconnue" in refused.reason
    table = matched.table()
    assert table["line"].tolist() == [2, 3]
    assert "Saint-Léon (33670) [33431]" in table["candidates"][0]


def test_corrections_mend_lines_and_lose_nothing(region):
    content = "nom;commune;medecins\nA;Saint-Léon;3\nB;Zzyzx;\nC;Ussel;2\nD;?;\n".encode()
    mended = report(
        content,
        region,
        corrections={
            2: {"code": "47251"},
            3: {"lon": "2,3138", "lat": "45,5448"},
            5: {"drop": "oui"},
        },
    )
    assert [o.status for o in mended.outcomes] == ["compris", "compris", "compris", LEFT_OUT]
    assert [site.code for site in mended.sites] == ["47251", "19275", "19275"]
    assert mended.sites[0].gps == 3
    assert mended.sites[0].name == "A"
    with_name = report(content, region, corrections={3: {"commune": "Guéret"}})
    assert with_name.outcomes[1].site.code == "23096"
    misplaced = report(content, region, corrections={3: {"code": "Bellac"}})
    assert "« Bellac » n’est pas un code INSEE : écrivez un nom dans « Commune »" in (
        misplaced.table()["reason"].str.cat()
    )
    wrong = report(content, region, corrections={3: {"code": "99999"}})
    assert "99999" in wrong.outcomes[1].reason


def test_optional_columns(region):
    text = (
        "nom;commune;médecins;autres professionnels;surface (m²);année d'ouverture;"
        "médecins venant de\n"
        "A;Ussel;3;5;1 200,5;01/09/2028;19136:2; \n"
        'B;Ussel;trois;-2;;bientôt;"Meymac:1; 19275; Nulpart:3"\n'
    )
    first, second = report(text.encode(), region).outcomes
    site = first.site
    assert (site.gps, site.others, site.floor_m2, site.opening_year) == (3, 5, 1200.5, 2028)
    assert site.moving == {"19136": 2}
    assert second.site.gps is None
    assert second.site.opening_year is None
    assert second.site.moving == {"19136": 1, "19275": 1}
    for words in ("« trois » ignoré", "« -2 » ignoré", "« bientôt » ignorée", "« Nulpart » non"):
        assert words in second.reason


@pytest.mark.parametrize(
    ("written", "gps"),
    [("1e9", None), ("1E+09", None), ("2,5", 2.5), ("3E+00", 3), ("2 dont 1 à mi-temps", 2)],
)
def test_a_count_as_a_spreadsheet_writes_it_is_read_whole(region, written, gps):
    """« 1E+09 » was one doctor."""
    (found,) = report(f"nom;commune;médecins\nA;Guéret;{written}\n".encode(), region).outcomes
    assert found.site.gps == gps
    assert ("trop grand" in found.reason) == (gps is None)


def test_twins_are_kept_and_told(region):
    matched = report(files.GOOD["twins"][1](), region)
    assert "que la ligne 2" in matched.outcomes[1].reason


def test_two_sites_at_one_place_are_told_whatever_their_names(region):
    matched = report(b"nom;lon;lat\nA;1.8718;46.1715\nB;2.3138;45.5448\nC;1.8718;46.1715\n", region)
    assert [o.reason for o in matched.outcomes][:2] == ["", ""]
    assert matched.outcomes[2].reason == "même lieu que la ligne 2"
    assert len(matched.sites) == 3


def test_columns_that_are_not_read_are_named(region):
    lines = read_lines(
        "nom;commune;Médecins prévus en 2031;Mayor\nA;Guéret;3;X\n".encode(), "s.csv"
    )
    told = " ".join(lines.words())
    unread = told.partition("Colonnes non lues : ")[2]
    assert "Mayor" in unread
    named = [one for one in ("Médecins prévus en 2031", "nom", "commune", "Mayor") if one in told]
    assert len(named) == 4


@pytest.mark.parametrize(("make", "name"), [(csv_template, "m.csv"), (xlsx_template, "m.xlsx")])
def test_template_reads_back(make, name, region):
    (site,) = report(make(), region, name).sites
    assert site.code == "19275"
    assert site.moving == {"19275": 2, "19136": 1}
    assert (site.gps, site.others, site.floor_m2, site.opening_year) == (3, 5, 450, 2028)


def test_template_explains_every_column():
    book = openpyxl.load_workbook(io.BytesIO(xlsx_template()))
    assert book.sheetnames == ["À lire", "sites", "explications"]
    assert book["explications"].max_row == 1 + len(COLUMNS)
    titles, example = book["sites"].iter_rows(values_only=True)
    kinds = {title: type(cell) for title, cell in zip(titles, example, strict=True)}
    assert (kinds["longitude"], kinds["medecins"], kinds["code_insee"]) == (float, int, str)


def test_file_on_disk(tmp_path):
    path = tmp_path / "sites.csv"
    path.write_text("nom;commune\nA;Ussel\n", encoding="utf-8")
    assert len(read_upload(path)) == 1
    with pytest.raises(InvalidInputError, match="introuvable"):
        read_upload(tmp_path / "absent.csv")


def test_encrypted_archive_is_refused():
    content = bytearray(files.zipped({"sites.csv": b"nom;commune\nA;Ussel\n"}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        start = archive.start_dir
    content[start + 8] |= 1
    content[6] |= 1
    with pytest.raises(InvalidInputError, match="mot de passe"):
        read_lines(bytes(content), "sites.zip")


def test_shapes_without_numbers_are_refused_line_by_line(region):
    kml = files.KML.replace("1.872,46.170 1.872,46.172", "nan,46.170 1.872,inf")
    assert codes(report(kml.encode(), region)) == ["19275", "!", "23096"]
    square = [[[1, 45], [1e999, 45], [2, 46], [1, 45]]]
    shapes = files.collection(files.feature({"type": "Polygon", "coordinates": square}, nom="A"))
    content = shapes.replace(b"Infinity", b"1e999")
    assert codes(report(content, region)) == ["!"]


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_give_lines_or_a_refusal(content):
    for start in (b"", b"PK\x03\x04", b"{", b"<kml>", b"nom;commune\n"):
        with contextlib.suppress(ProxiSoinsError):
            assert read_lines(start + content, "fichier")


def test_a_postcode_gets_back_the_zero_that_a_spreadsheet_took(region):
    matched = report(b"nom;cp\nA;4100\n", region)
    assert "« 04100 »" in matched.outcomes[0].reason


def test_the_layer_of_points_is_read_however_many_outlines_stand_beside_it(tmp_path):
    package = tmp_path / "sites.gpkg"
    sites = gpd.GeoDataFrame({"nom": ["Ussel"]}, geometry=[Point(files.USSEL)], crs=4326)
    outlines = gpd.GeoDataFrame(
        {"secteur": ["A", "B", "C"]},
        geometry=[Point(lon, 45.5).buffer(0.1) for lon in (1.0, 1.5, 2.0)],
        crs=4326,
    )
    outlines.to_file(package, layer="secteurs", driver="GPKG", engine="pyogrio")
    sites.to_file(package, layer="sites", driver="GPKG", engine="pyogrio")
    lines = read_lines(package.read_bytes(), package.name)
    assert [line.cells["name"] for line in lines] == ["Ussel"]
    assert any("« secteurs » (contours, 3 objets)" in said for said in lines.not_read)


def test_two_layers_of_the_same_sites_give_each_once(tmp_path):
    package = tmp_path / "sites.gpkg"
    names, places = ["Ussel", "Guéret"], [Point(files.USSEL), Point(files.GUERET)]
    first = gpd.GeoDataFrame({"nom": names, "mg": [2, 3]}, geometry=places, crs=4326)
    second = gpd.GeoDataFrame(
        {"nom": ["USSEL", "Guéret", "Autre"], "mg": [2, 4, 1]},
        geometry=[*places, Point(1.0, 45.5)],
        crs=4326,
    )
    first.to_file(package, layer="projet", driver="GPKG", engine="pyogrio")
    second.to_file(package, layer="copie", driver="GPKG", engine="pyogrio")
    lines = read_lines(package.read_bytes(), package.name)
    assert [line.cells["name"] for line in lines if not line.fault] == ["Ussel", "Guéret", "Autre"]
    (other,) = (line for line in lines if line.fault)
    assert (other.cells["name"], other.cells["gps"]) == ("Guéret", "4")
    assert "objet 2" in other.fault
    assert any("1 site déjà lu dans une autre couche" in said for said in lines.words())


def test_a_code_of_another_region_is_told_as_what_it_is(region):
    """« Paris (75056) » was « nom inconnu », and a homonym of here took its place."""
    content = b"nom;code_insee;commune\nA;75056;Paris\nB;35238;Rennes\nC;35238;Ussel\nD;75056;\n"
    matched = report(content, region)
    away, also, torn, alone = matched.outcomes
    for one in (away, alone):
        assert one.reason == "code INSEE « 75056 » (Paris) : hors de la région et de sa bordure"
        assert not one.candidates
    assert "(Rennes) : hors de la région" in also.reason
    assert "ne vont pas ensemble" in torn.reason
    assert [place.name for place in torn.candidates] == ["Ussel"]
    chosen = report(content, region, corrections={4: {"commune": "Ussel"}})
    assert [site.commune for site in chosen.sites] == ["Ussel"]
    point = b"nom;code_insee;lon;lat\nA;75056;2.3090;45.5480\n"
    (far,) = report(point, region).outcomes
    assert "km de la commune écrite (Paris" in far.reason
