"""Pictures of maps: the classes of the screen, and a real PNG."""

import io
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from matplotlib import image
from PIL import Image
from pyproj import CRS
from shapely.geometry import MultiPolygon, Point, box

from data.upkeep.build_area import AROUND_DEGREES
from geo import static_map
from geo.layers import INDICATORS
from geo.map_scale import map_scale
from geo.plane import great_circle_km
from geo.static_map import (
    DOTS_PER_INCH,
    LAND_COLOUR,
    LAND_CUT_DEGREES,
    SEA_COLOUR,
    Marks,
    Page,
    class_numbers,
    in_metres,
    of_few_colours,
    picture,
)

BY_KEY = {one.key: one for one in INDICATORS}


@pytest.mark.parametrize(
    ("minutes", "label"),
    [(0.0, "sur place"), (5.0, "jusqu’à 5"), (20.0, "15 à 20"), (20.01, "plus de 20")],
)
def test_bounds_are_inclusive(minutes: float, label: str) -> None:
    indicator = BY_KEY["minutes_to_nearest_gp"]
    rank = class_numbers(pd.Series([minutes]), indicator).iloc[0]
    assert indicator.classes[rank].label == label


def test_missing_is_no_class_and_categories_have_theirs() -> None:
    assert class_numbers(pd.Series([float("nan")]), BY_KEY["apl"]).tolist() == [-1]
    zones = class_numbers(pd.Series(["ZIP", "HZ", "", None]), BY_KEY["zone"])
    assert zones.tolist() == [0, 3, -1, -1]


def test_a_picture_shows_the_class_of_its_commune() -> None:
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    indicator = BY_KEY["zone"]
    drawn = picture(
        communes, pd.Series(["ZIP"]), indicator, communes, Page("Une commune", size_inches=(4, 4))
    )
    pixels = image.imread(io.BytesIO(drawn))
    assert pixels.shape[:2] == (4 * DOTS_PER_INCH, 4 * DOTS_PER_INCH)
    wanted = [int(indicator.classes[0].colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    assert (abs(pixels[:, :, :3] - wanted).max(axis=2) < 0.01).mean() > 0.02


def test_what_lies_beyond_the_known_land_is_neither_sea_nor_land() -> None:
    """A frame wider than the land that is known said sea where nobody knows."""
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)

    def sea(margin: float) -> float:
        known = gpd.GeoDataFrame(
            geometry=[box(-margin, 45 - margin, 0, 45), box(0, 45.1, 0.1 + margin, 45.1 + margin)],
            crs=4326,
        )
        drawn = picture(
            communes, pd.Series(["ZIP"]), BY_KEY["zone"], known, Page("", size_inches=(6, 3))
        )
        wanted = [int(SEA_COLOUR[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        pixels = image.imread(io.BytesIO(drawn))[:, :, :3]
        return float((abs(pixels - wanted).max(axis=2) < 0.01).mean())

    assert sea(3.0) > 0.2
    assert 0 < sea(0.01) < 0.05


def test_sea_is_known_as_far_on_the_side_where_nothing_else_lies() -> None:
    """An island at the edge of an ocean stood beside a white band."""
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    own, west = box(0, 45, 0.1, 45.1), box(-1, 44, -0.9, 44.1)

    def white(kinds: list[str]) -> float:
        known = gpd.GeoDataFrame({"kind": kinds}, geometry=[own, west], crs=4326)
        drawn = picture(
            communes, pd.Series(["ZIP"]), BY_KEY["zone"], known, Page("", size_inches=(4, 4))
        )
        pixels = image.imread(io.BytesIO(drawn))[:, :, :3]
        # The middle of the map, left of its legend.
        across = pixels[pixels.shape[0] // 2, 20 : int(0.5 * pixels.shape[1])]
        return float((across > 0.99).all(axis=1).mean())

    assert white(["région", "voisin"]) == 0
    assert white(["voisin", "voisin"]) > 0.05
    # An island with no other within a degree (La Réunion) has nothing but sea around.
    west = box(0, 45, 0.1, 45.1)
    assert white(["région", "région"]) == 0
    assert LAND_CUT_DEGREES == AROUND_DEGREES


def test_a_map_ends_where_the_known_land_does_and_keeps_its_scale() -> None:
    """Beyond the meridian where land is cut, a wedge in the sea was the colour of neither."""
    communes = gpd.GeoDataFrame(geometry=[box(0, 43, 1, 46)], crs=4326)
    near = [box(0, 43, 1, 46), box(-1, 42, 2, 42.5), box(-1, 46.5, 2, 47)]

    def drawn(reach: float) -> np.ndarray:
        far = [box(-reach, 42, -reach + 0.1, 42.1), box(1 + reach, 42, 1.1 + reach, 42.1)]
        land = gpd.GeoDataFrame(
            {"kind": ["région"] + 4 * ["voisin"]}, geometry=near + far, crs=4326
        )
        content = picture(
            communes, pd.Series(["ZIP"]), BY_KEY["zone"], land, Page("", size_inches=(8, 4))
        )
        return image.imread(io.BytesIO(content))[:, :, :3]

    def across(pixels: np.ndarray, colour: str) -> int:
        wanted = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        return int((abs(pixels - wanted).max(axis=2) < 0.01).any(axis=0).sum())

    cut, whole = drawn(1.0), drawn(5.0)
    row = cut[cut.shape[0] // 2]
    dark = np.flatnonzero((row < 0.2).all(axis=1))  # the sides of the map
    assert not (row[dark[0] + 3 : dark[-1] - 2] > 0.99).all(axis=1).any()
    assert dark[-1] < 0.9 * np.flatnonzero((whole[whole.shape[0] // 2] < 0.2).all(axis=1))[-1]
    zip_colour = BY_KEY["zone"].classes[0].colour
    assert across(cut, zip_colour) == pytest.approx(across(whole, zip_colour), abs=2)


def test_a_name_is_written_where_it_stands_on_a_halo() -> None:
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    at = gpd.GeoSeries([Point(0.05, 45.05)], index=["Creuse"], crs=4326)

    def drawn(names: gpd.GeoSeries | None) -> np.ndarray:
        content = picture(
            communes,
            pd.Series(["ZIP"]),
            BY_KEY["zone"],
            communes,
            Page("", size_inches=(4, 4)),
            marks=Marks(names=names),
        )
        return image.imread(io.BytesIO(content))[:, :, :3]

    changed = (abs(drawn(at) - drawn(None)) > 0.2).any(axis=2)
    rows, columns = np.nonzero(changed)
    middle = (rows.mean() / changed.shape[0], columns.mean() / changed.shape[1])
    assert middle == pytest.approx((0.55, 0.3), abs=0.06)  # the map, left of its legend
    assert 0.001 < changed.mean() < 0.03
    inked = drawn(at)[changed]
    assert (inked < 0.2).all(axis=1).any()
    assert (inked > 0.95).all(axis=1).any()


def test_the_paper_of_a_picture_is_white_and_the_palest_class_is_not() -> None:
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    indicator = BY_KEY["share_without_room"]
    drawn = picture(communes, pd.Series([0.0]), indicator, communes, Page("Une commune"))
    pixels = image.imread(io.BytesIO(drawn))
    wanted = [int(indicator.classes[0].colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    assert (pixels[0] == 1).all()
    assert (abs(pixels[:, :, :3] - wanted).max(axis=2) < 0.01).mean() > 0.02


def test_a_picture_has_the_very_colours_of_its_legend_of_land_and_of_sea() -> None:
    """Reduced to a few colours, land and the palest class were mixed in one of no legend."""
    shares = [0.0, 0.02, 0.07, 0.2, 0.4, 0.9]
    communes = gpd.GeoDataFrame(
        geometry=[box(0.1 * k, 45, 0.1 * k + 0.1, 45.1 + 0.03 * k) for k in range(6)], crs=4326
    )
    around = gpd.GeoDataFrame(geometry=[box(-2, 44.9, 3, 47), box(-4, 43, -3, 44)], crs=4326)
    indicator = BY_KEY["share_without_room"]
    drawn = picture(communes, pd.Series(shares), indicator, around, Page("Six communes"))
    found = {
        "#{:02x}{:02x}{:02x}".format(*colour)
        for _, colour in Image.open(io.BytesIO(drawn)).convert("RGB").getcolors(2_000_000)
    }
    assert {LAND_COLOUR, SEA_COLOUR, *(one.colour for one in indicator.classes)} <= found


def test_a_rare_colour_is_not_lost_among_many_common_ones() -> None:
    shades = np.stack(np.meshgrid(np.arange(20), np.arange(20), [0]), axis=-1).reshape(-1, 3)
    pixels = np.repeat(200 + shades, 50, axis=0).reshape(100, -1, 3).astype(np.uint8)
    pixels[50, 100:105] = (140, 0, 60)
    drawn = np.asarray(of_few_colours(pixels).convert("RGB"))
    assert np.abs(drawn[50, 102].astype(int) - (140, 0, 60)).max() < 10


def test_a_picture_shows_the_parts_and_the_holes_of_a_commune_in_proportion() -> None:
    ring = box(400_000, 6_500_000, 430_000, 6_530_000).difference(
        box(410_000, 6_510_000, 420_000, 6_520_000)
    )
    part = box(440_000, 6_500_000, 460_000, 6_530_000)
    communes = gpd.GeoDataFrame(geometry=[MultiPolygon([ring, part])], crs=2154)
    indicator = BY_KEY["zone"]
    drawn = picture(
        communes, pd.Series(["ZIP"]), indicator, communes[:0], Page("", size_inches=(8, 4))
    )
    pixels = image.imread(io.BytesIO(drawn))[:, : 6 * DOTS_PER_INCH, :3]
    wanted = [int(indicator.classes[0].colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    own = abs(pixels - wanted).max(axis=2) < 0.01
    rows, across = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    assert np.ptp(across) / np.ptp(rows) == pytest.approx(2, rel=0.02)
    middle = own[int(rows.mean())]
    assert np.count_nonzero(np.diff(middle.astype(int)) == 1) == 3  # two sides of the hole, a part


def test_neighbours_of_the_palest_class_are_told_apart() -> None:
    shapes = [box(0.1 * k, 45, 0.1 * (k + 1), 45.1) for k in range(3)]
    communes = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    indicator = BY_KEY["share_without_room"]
    drawn = picture(
        communes, pd.Series([0.0, 0.0, 0.0]), indicator, communes, Page("", size_inches=(6, 4))
    )
    shades = image.imread(io.BytesIO(drawn))[:, : 4 * DOTS_PER_INCH, :3].min(axis=2)
    lines = np.diff((shades < 0.9).astype(int), axis=1) == 1
    assert lines.sum(axis=1).max() >= 4  # two sides of the frame, two borders between three


@pytest.mark.parametrize(("lon", "lat"), [(1.0, 45.0), (55.5, -21.1), (-53.0, 4.0), (45.1, -12.8)])
def test_pictures_stand_upright_and_true_on_the_mainland_and_overseas(
    lon: float, lat: float
) -> None:
    ends = gpd.GeoSeries.from_xy([lon, lon + 0.1, lon], [lat, lat, lat + 0.1], crs=4326)
    here, east, north = in_metres(ends)
    assert abs(np.degrees(np.arctan2(east.y - here.y, east.x - here.x))) < 2
    assert abs(np.degrees(np.arctan2(north.x - here.x, north.y - here.y))) < 2
    kilometres = great_circle_km([lon] * 2, [lat] * 2, [lon + 0.1, lon], [lat, lat + 0.1])
    metres = [here.distance(east), here.distance(north)]
    np.testing.assert_allclose(metres, 1000 * kilometres, rtol=0.01)


def longest_run(dark: np.ndarray) -> int:
    """Return the length of the longest horizontal run of true pixels."""
    edges = np.diff(np.pad(dark.astype(int), ((0, 0), (1, 1))), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    return int((ends[:, 1] - starts[:, 1]).max())


@pytest.mark.parametrize("crs", [None, 3857])
@pytest.mark.parametrize(
    ("lon", "lat", "size"),
    [(-1.0, 46.0, 0.2), (1.87, 46.17, 0.05), (55.5, -21.1, 0.2), (-53.0, 4.0, 2.0)],
)
def test_the_scale_bar_is_as_long_as_it_says_on_the_mainland_and_overseas(
    lon: float, lat: float, size: float, crs: int | None
) -> None:
    communes = gpd.GeoDataFrame(geometry=[box(lon, lat, lon + size, lat + size)], crs=4326)
    communes = in_metres(communes, None if crs is None else CRS(crs))
    indicator = BY_KEY["zone"]
    drawn = picture(
        communes, pd.Series(["ZIP"]), indicator, communes[:0], Page("", size_inches=(6, 6))
    )
    pixels = (255 * image.imread(io.BytesIO(drawn))[:, :, :3]).round().astype(int)
    beside = pixels[4 * DOTS_PER_INCH :, -round(1.6 * DOTS_PER_INCH) :]
    bar = longest_run(beside.max(axis=2) < 60)
    wanted = [int(indicator.classes[0].colour[at : at + 2], 16) for at in (1, 3, 5)]
    own = abs(pixels[:, : -round(1.7 * DOTS_PER_INCH)] - wanted).max(axis=2) < 3
    row = np.flatnonzero(own.any(axis=1))
    across = np.count_nonzero(own[int(row.mean())])
    middle = lat + size / 2
    ground = 1000 * float(great_circle_km(lon, middle, lon + size, middle))
    told = bar / across * ground
    power = 10 ** np.floor(np.log10(told * 1.05))
    assert min(abs(told / (round_one * power) - 1) for round_one in (1, 2, 5)) < 0.025


@pytest.mark.parametrize("longest", [900.0, 4_000.0, 60_000.0, 250_000.0])
def test_the_bar_has_the_longest_round_length_that_holds(longest: float) -> None:
    scale = map_scale((400_000, 6_400_000, 440_000, 6_440_000), CRS(2154), longest)
    assert longest / 2.6 < scale.length <= longest
    assert scale.metres == pytest.approx(scale.length, rel=0.003)
    number, unit = scale.label.split(" ")
    assert int(number) * {"m": 1, "km": 1000}[unit] == scale.metres
    assert number[0] in "125"
    assert set(number[1:]) <= {"0"}


def test_the_arrow_of_a_picture_turns_with_the_meridian_of_its_middle() -> None:
    # Convergence of Lambert-93: (λ - 3°) x 0.7256 (IGN, NTG 71).
    west = map_scale((126_000, 6_780_000, 226_000, 6_880_000), CRS(2154), 10_000)
    east = map_scale((1_150_000, 6_100_000, 1_250_000, 6_200_000), CRS(2154), 10_000)
    for scale, x, y in ((west, 176_000, 6_830_000), (east, 1_200_000, 6_150_000)):
        lon = gpd.GeoSeries.from_xy([x], [y], crs=2154).to_crs(4326).x[0]
        assert scale.north_degrees == pytest.approx((3 - lon) * 0.7256077650, abs=0.02)
    assert west.north_degrees > 5 > -4 > east.north_degrees


def test_a_legend_below_leaves_the_map_the_whole_width() -> None:
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    indicator = BY_KEY["share_without_room"]
    land = gpd.GeoDataFrame(geometry=[box(-1, 44, 0, 45), box(0.1, 45.1, 1, 46)], crs=4326)
    widths = {}
    for below in (False, True):
        drawn = picture(
            communes,
            pd.Series([0.6]),
            indicator,
            land,
            Page("Une", size_inches=(4.2, 6), legend_below=below),
        )
        pixels = image.imread(io.BytesIO(drawn))[:, :, :3]
        inside = (abs(pixels - _rgb(SEA_COLOUR)).max(axis=2) < 0.01).any(axis=0)
        widths[below] = int(inside.sum())
        found = {
            one.label
            for one in indicator.classes
            if (abs(pixels[-round(0.85 * DOTS_PER_INCH) :] - _rgb(one.colour)).max(axis=2) < 0.03)
            .sum() > 100
        }  # fmt: skip
        assert (len(found) == len(indicator.classes)) == below
    assert widths[True] > 0.93 * 4.2 * DOTS_PER_INCH > 1.4 * widths[False]


def test_a_narrow_picture_holds_a_legend_of_long_names_and_a_long_title() -> None:
    """On a telephone the legend of Régulation was cut to a comma, and half of its title."""
    communes = gpd.GeoDataFrame(geometry=[box(0, 45, 0.1, 45.1)], crs=4326)
    room = BY_KEY["share_without_room"]
    named = tuple(replace(one, label=f"plus de {one.label} des appels") for one in room.classes)
    indicator = replace(room, classes=named)
    land = gpd.GeoDataFrame(geometry=[box(-1, 44, 1, 46)], crs=4326)
    drawn = picture(
        communes,
        pd.Series([0.6]),
        indicator,
        land,
        Page(
            "Appels pris à temps, de 0 h à 8 h, tous les jours",
            size_inches=(3.4, 4.8),
            legend_below=True,
        ),
    )
    pixels = image.imread(io.BytesIO(drawn))[:, :, :3]
    shown = pixels[-round(1.4 * DOTS_PER_INCH) :]
    for one in indicator.classes:
        assert (abs(shown - _rgb(one.colour)).max(axis=2) < 0.03).sum() > 100
    assert pixels[:6].min() > 0.95
    assert pixels[:, -2:].min() > 0.95


def _rgb(colour: str) -> list[float]:
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


@pytest.mark.parametrize("middle", [(0.0, 46.0), (-4.4, 48.3), (55.5, -21.1)])
@pytest.mark.parametrize("size_inches", [(5.2, 4.4), (3.3, 6.0)])
def test_what_lies_far_from_an_outline_is_left_out_and_changes_no_picture(
    middle: tuple[float, float], size_inches: tuple[float, float]
) -> None:
    lon, lat = middle
    steps = [(x, y) for x in range(-20, 21) for y in range(-20, 21)]
    squares = [
        box(lon + x / 10, lat + y / 10, lon + (x + 1) / 10, lat + (y + 1) / 10) for x, y in steps
    ]
    communes = gpd.GeoDataFrame(geometry=squares, crs=4326)
    values = pd.Series([("ZIP", "ZAC", "HZ", "ZV")[(x + 3 * y) % 4] for x, y in steps])
    outline = communes.geometry.iloc[[820, 821, 861]]
    near = static_map._near(communes, outline)
    assert 3 < len(near) < len(communes) / 3
    whole, cut = (
        picture(
            shapes,
            values,
            BY_KEY["zone"],
            communes[:0],
            Page("", size_inches=size_inches),
            marks=Marks(outline=outline.to_crs(shapes.crs)),
        )
        for shapes in (in_metres(communes), communes)
    )
    assert cut == whole


@pytest.mark.parametrize("projected", [True, False])
def test_pictures_seen_beside_each_other_have_one_scale(projected: bool) -> None:
    steps = [(x, y) for x in range(-12, 13) for y in range(-12, 13)]
    squares = [box(x / 10, 46 + y / 10, (x + 1) / 10, 46 + (y + 1) / 10) for x, y in steps]
    communes = gpd.GeoDataFrame(geometry=squares, crs=4326)
    communes = in_metres(communes) if projected else communes
    shapes = communes.geometry
    small = shapes.iloc[[steps.index((0, 0))]]
    large = shapes.iloc[[steps.index((x, y)) for x in range(4) for y in range(4)]]

    def wide(outline: gpd.GeoSeries, beside: gpd.GeoSeries | None) -> int:
        drawn = picture(
            communes,
            pd.Series("ZIP", index=communes.index),
            BY_KEY["zone"],
            communes[:0],
            Page("", size_inches=(5, 4)),
            marks=Marks(outline=outline),
            beside=beside,
        )
        shown = np.asarray(Image.open(io.BytesIO(drawn)).convert("RGB")) / 255
        blue = np.abs(shown - _rgb(static_map.MARK_COLOUR)).sum(axis=2) < 0.1
        columns = np.flatnonzero(blue.sum(axis=0) > 8)  # the arrow and the scale are black
        return int(columns[-1] - columns[0])

    alone, together = wide(small, None), wide(small, large)
    assert wide(large, small) == pytest.approx(4 * together, rel=0.06)
    assert alone > 1.5 * together
    assert wide(large, small) == wide(large, None)


@pytest.mark.parametrize("projected", [True, False])
def test_pictures_seen_beside_each_other_both_outline_their_communes_or_neither(
    projected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Creuse had its communes outlined beside Charente, where there are a few more, without."""
    many = [
        box(x / 50, 46 + y / 50, (x + 1) / 50, 46 + (y + 1) / 50)
        for x in range(50)
        for y in range(50)
    ]
    few = [
        box(5 + x / 5, 46 + y / 5, 5 + (x + 1) / 5, 46 + (y + 1) / 5)
        for x in range(5)
        for y in range(5)
    ]
    communes = gpd.GeoDataFrame(geometry=[*many, *few], crs=4326)
    communes = in_metres(communes) if projected else communes
    dense, sparse = communes.geometry.iloc[: len(many)], communes.geometry.iloc[len(many) :]
    outlined: list[bool] = []
    draw = static_map._draw_classes

    def noted(*given: Any, apart: bool) -> bool:
        outlined.append(apart)
        return draw(*given, apart=apart)

    monkeypatch.setattr(static_map, "_draw_classes", noted)
    for outline, beside in ((dense, None), (sparse, None), (dense, sparse), (sparse, dense)):
        picture(
            communes,
            pd.Series("ZIP", index=communes.index),
            BY_KEY["zone"],
            communes[:0],
            Page("", size_inches=(5, 4)),
            marks=Marks(outline=outline),
            beside=beside,
        )
    assert outlined == [False, True, False, False]


def test_a_picture_whose_page_says_its_title_keeps_no_band_for_it() -> None:
    """Two maps side by side said the name of each twice."""
    communes = gpd.GeoDataFrame(geometry=[box(0, 46, 1, 46.7)], crs=4326)

    def top(title: str | None) -> int:
        drawn = picture(
            communes,
            pd.Series("ZIP", index=communes.index),
            BY_KEY["zone"],
            communes[:0],
            Page(title, size_inches=(3.5, 4.2), legend_below=True),
        )
        shown = np.asarray(Image.open(io.BytesIO(drawn)).convert("L"))
        return int(np.flatnonzero((shown < 100).any(axis=1))[0])

    assert top(None) < 0.1 * DOTS_PER_INCH < 0.3 * DOTS_PER_INCH < top("")
