"""Squares of people, in INSEE's layout and as any grid with coordinates. People are invented."""

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely

from data.files.cells import MASKED
from data.official import import_reports, imports
from data.region import catalogue
from geo.errors import InvalidInputError

TO_EUROPE = pyproj.Transformer.from_crs(4326, 3035, always_xy=True)
TO_L93 = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)


def _identity(lon, lat):
    east, north = (int(value // 200 * 200) for value in TO_EUROPE.transform(lon, lat))
    return f"CRS3035RES200mN{north}E{east}"


def _filosofi(path, *squares):
    titles = "idcar_200m,idcar_1km,idcar_nat,i_est_200,i_est_1km,lcog_geo,ind,men,ind_snv\n"
    lines = [f"{identity},x,y,0,0,{codes},{ind},1.0,50000\n" for identity, codes, ind in squares]
    path.write_text(titles + "".join(lines), encoding="utf-8")
    return path


def test_filosofi_squares_are_placed_by_their_identity(read, tmp_path):
    path = _filosofi(
        tmp_path / "Filosofi2021_carreaux_200m_met.csv",
        (_identity(0.716, 46.1), "16001", "12.5"),
        (_identity(0.7161, 46.1001), "1600116002", "3"),  # over two communes
        (_identity(5.4, 43.3), "13055", "100"),  # Marseille
        ("CRS3035RES200mN2E", "16001", "4"),
        (_identity(0.203, 46.079), "16002", "secret"),
    )
    source, result = read(path)
    table = result.tables["people_squares"]
    assert source == "grid_200m"
    assert table["code"].tolist() == ["16001", "16001"]  # the centre is in Abzac
    assert table["people"].tolist() == [12.5, 3.0]
    assert table["lon"].sub(0.716).abs().max() < 0.003
    assert table["lat"].sub(46.1).abs().max() < 0.002
    assert result.vintages == {"people_squares": "grille 2021"}
    assert {r.reason: r.count for r in result.tally.refused} == {
        MASKED: 1, "carreau sans position lisible": 1,
    }  # fmt: skip
    assert any("1 carreau loin" in remark for remark in result.tally.remarks)


def test_a_grid_in_whole_metres(read, tmp_path):
    x, y = map(round, TO_L93.transform(0.716, 46.1))
    path = tmp_path / "grille_2023.csv"
    path.write_text(f"x;y;population\n{x};{y};40\n{x + 200};{y};7\n", "utf-8")
    table = read(path)[1].tables["people_squares"]
    assert table["people"].tolist() == [40, 7]
    assert table["lon"].tolist() == pytest.approx([0.716, 0.7186], abs=1e-4)
    assert table["lat"].tolist() == pytest.approx([46.1, 46.1], abs=1e-4)


@pytest.mark.parametrize("metres", [True, False])
def test_any_grid_with_coordinates(read, tmp_path, metres):
    x, y = TO_L93.transform(0.716, 46.1) if metres else (0.716, 46.1)
    path = tmp_path / "grille_2023.csv"
    path.write_text(
        f"x;y;population\n{x};{y};40\n5;43;7\n".replace("5;43", f"{x + 1e6 if metres else 5};43")
    )
    source, result = read(path)
    table = result.tables["people_squares"]
    assert source == "grid_of_people"
    assert table["code"].tolist() == ["16001"]
    assert table["lon"].iloc[0] == pytest.approx(0.716, abs=1e-6)


@pytest.mark.parametrize("epsg", [3857, 27572, 32630, 3946])
def test_a_grid_in_another_system_is_told_by_its_values(read, tmp_path, epsg):
    """With a national grid in Web Mercator, its north-east is Lambert-93 of the Gironde."""
    turn = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    places = [(0.716, 46.1)] + [(3.6 + k / 10, 49.5) for k in range(9)] * (epsg == 3857)
    lines = [f"{x};{y};40" for x, y in (turn.transform(*place) for place in places)]
    path = tmp_path / "grille_2023.csv"
    path.write_text("\n".join(["x;y;population", *lines]))
    _, result = read(path)
    table = result.tables["people_squares"]
    assert table["code"].tolist() == ["16001"]
    assert table[["lon", "lat"]].to_numpy()[0] == pytest.approx([0.716, 46.1], abs=3e-5)
    assert any("coordonnées lues en" in remark for remark in result.tally.remarks)


def test_a_geopackage_of_squares(read, tmp_path):
    x, y = TO_L93.transform(0.716, 46.1)
    square = shapely.box(x - 100, y - 100, x + 100, y + 100)
    layer = gpd.GeoDataFrame({"ind": [25.0]}, geometry=[square], crs=2154)
    path = tmp_path / "grille_2021.gpkg"
    layer.to_file(path, layer="carreaux", driver="GPKG")
    source, result = read(path)
    assert source == "grid_of_people"
    (row,) = result.tables["people_squares"].to_dict("records")
    assert (row["code"], row["people"]) == ("16001", 25.0)
    assert row["lon"] == pytest.approx(0.716, abs=1e-5)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(InvalidInputError, match="abîmé"):
        read(path)


GRIDS = {
    "code": ("code_commune,lon,lat,population", ["16001", "16001", "16002"]),
    "name": ("nom_commune,lon,lat,habitants", ["Abzac", "Abzac", "Les Adjots"]),
    "much besides": (
        "code_insee,lon,lat,pop," + ",".join(f"pop_{k}" for k in range(20)),
        ["16001", "16001", "16002"],
    ),
    "other headings": ("insee_com,longitude,latitude,nb_hab", ["16001", "16001", "16002"]),
}


@pytest.mark.parametrize("kind", GRIDS)
def test_a_grid_is_known_whatever_else_it_says(read, tmp_path, kind):
    titles, named = GRIDS[kind]
    points = [(0.716, 46.1, 40), (0.72, 46.1, 2.5), (0.203, 46.079, 7)]
    more = titles.count(",") - 3
    lines = [
        f"{name},{lon},{lat},{people}" + ",1" * more
        for name, (lon, lat, people) in zip(named, points, strict=True)
    ]
    path = tmp_path / "grille_2023.csv"
    path.write_text("\n".join([titles, *lines, ""]), encoding="utf-8")
    source, result = read(path)
    table = result.tables["people_squares"]
    assert source == "grid_of_people"
    assert table["code"].tolist() == ["16001", "16001", "16002"]
    assert table["people"].tolist() == [40.0, 2.5, 7.0]
    assert result.tally.read == result.tally.kept == 3


@pytest.mark.parametrize(
    "text",
    [
        "code;nom;lon;lat;population\n16001;Abzac;0.7;46.1;518\n16002;Les Adjots;0.2;46.1;400\n",
        "code_commune;lon;lat;population\n16001;0.7;46.1;518\n16002;0.2;46.1;400\n",
        # the same line twice is no second square
        "code_commune;lon;lat;population\n16001;0.7;46.1;518\n16001;0.7;46.1;518\n",
        "commune;lon;lat;population\nAbzac;0.7;46.1;518\nLes Adjots;0.2;46.1;400\n",
        "code;adresse;lon;lat;population\n16001;A;0.7;46.1;5\n16001;B;0.71;46.1;4\n",
    ],
)
def test_a_table_of_communes_is_no_grid(read, tmp_path, text):
    path = tmp_path / "communes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="non reconnu"):
        read(path)


def test_a_table_of_communes_with_points_is_told_of_both_doors(tmp_path):
    path = tmp_path / "communes.csv"
    path.write_text("code_commune;lon;lat;population\n16001;0.7;46.1;518\n", encoding="utf-8")
    (report,) = imports.import_files([path])
    assert report.status == import_reports.REFUSED
    assert "population municipale" in report.message
    assert "grille de population" in report.message


def test_squares_reach_the_territory(tmp_path):
    path = _filosofi(tmp_path / "carreaux_2021.csv", (_identity(0.716, 46.1), "16001", "12.5"))
    (report,) = imports.import_files([path])
    assert report.status == import_reports.IMPORTED
    territory = catalogue.load_territory()
    assert territory.context["people_squares"]["people"].tolist() == [12.5]
    assert isinstance(territory.context["people_squares"], pd.DataFrame)
