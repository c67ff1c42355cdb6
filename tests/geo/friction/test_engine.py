"""The friction surface: what any travel time must satisfy, on the real region and on toys."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Transformer
from scipy import ndimage

from benchmarks.trips import read_trips
from data.region import embedded_set
from data.upkeep.build_motorways import motorways
from geo.errors import InvalidInputError, UnreachableError
from geo.friction import cost_distance
from geo.friction.crossings import Place
from geo.friction.engine import ERRORS_FILE, FrictionTravelTime, load_engine
from geo.friction.features import relief_features
from geo.friction.links import link
from geo.friction.surface import Field, Parameters, build

BORDEAUX = np.array([-0.5792, 44.8378])
GUERET = np.array([1.8716, 46.1719])
AT_SEA = np.array([-1.9, 44.8])
LYON = np.array([4.8357, 45.7640])


@pytest.fixture(scope="module")
def engine() -> FrictionTravelTime:
    return load_engine(embedded_set.communes(), embedded_set.fringe(), embedded_set.land())


@pytest.fixture(scope="module")
def places() -> np.ndarray:
    communes = embedded_set.communes()
    return communes[["lon", "lat"]].to_numpy()[::71]


def toy_engine(
    population: float = 500.0, gap: float = 0.0, regions: tuple[str, str] | None = None
) -> FrictionTravelTime:
    """A land of 60 × 60 km with a commune every 5 km; cut by an arm of the sea, `gap` degrees wide.

    `regions` are those of the western and of the eastern half.
    """
    lon, lat = np.meshgrid(2.0 + np.arange(12) * 0.0635, 46.5 + np.arange(12) * 0.045)
    communes = pd.DataFrame(
        {"lon": lon.ravel(), "lat": lat.ravel(), "population": population, "area_km2": 25.0}
    )
    if regions is not None:
        communes["region"] = np.where(communes.lon < 2.35, *regions)
    shores = [shapely.box(1.8, 46.3, 2.35, 47.3), shapely.box(2.35 + gap, 46.3, 3.0, 47.3)]
    land = shores if gap else [shapely.box(1.8, 46.3, 3.0, 47.3)]
    return load_engine(
        gpd.GeoDataFrame(communes, geometry=gpd.points_from_xy(communes.lon, communes.lat)),
        communes.iloc[:0],
        gpd.GeoDataFrame(geometry=land, crs=4326),
    )


def test_no_time_from_a_place_to_itself(engine: FrictionTravelTime, places: np.ndarray) -> None:
    assert (engine.pairs(places, places) == 0).all()


def test_times_are_the_same_both_ways(engine: FrictionTravelTime, places: np.ndarray) -> None:
    here, there = places[:30], np.roll(places, 1, axis=0)[:30]
    np.testing.assert_allclose(engine.pairs(here, there), engine.pairs(there, here), rtol=1e-9)


def test_no_detour_is_shorter_than_the_way(engine: FrictionTravelTime, places: np.ndarray) -> None:
    a, b, c = (np.roll(places, k, axis=0)[:20] for k in (0, 1, 3))
    detour = engine.pairs(a, b) + engine.pairs(b, c)
    assert (engine.pairs(a, c) <= detour + 1e-9).all()


def test_all_calls_give_the_same_times(engine: FrictionTravelTime, places: np.ndarray) -> None:
    near = engine.matrix(places, places, limit=30)
    pairs = engine.pairs(places[near["origin"]], places[near["destination"]])
    np.testing.assert_allclose(near["minutes"], pairs, rtol=1e-9)
    row = engine.one_to_many(places[5], places, limit=30)
    np.testing.assert_allclose(
        row[np.isfinite(row)], near.loc[near["origin"] == 5, "minutes"], rtol=1e-12
    )
    minutes, site = engine.nearest(places[:50], places, limit=30)
    best = near[near["destination"] < 50].groupby("origin")["minutes"].min()
    np.testing.assert_allclose(minutes[best.index], best, rtol=1e-9)
    assert np.isinf(np.delete(minutes, best.index)).all()
    assert (np.isinf(minutes) == (site == -1)).all()
    reached = site >= 0
    np.testing.assert_allclose(
        engine.pairs(places[reached], places[:50][site[reached]]), minutes[reached], rtol=1e-9
    )


@pytest.mark.campaign
def test_pairs_that_share_an_end_are_those_asked_one_by_one(
    engine: FrictionTravelTime, places: np.ndarray
) -> None:
    some = np.append(places[:: len(places) // 4][:4], [[-3.5, 45.5]], axis=0)  # the last at sea
    origin, destination = (side.ravel() for side in np.indices((len(some), len(some))))
    together = engine.pairs(some[origin], some[destination])
    alone = [
        engine.pairs(some[[i]], some[[j]])[0] for i, j in zip(origin, destination, strict=True)
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-9)
    assert np.isinf(together[-1])
    star = engine.pairs(some[destination], some[origin])
    np.testing.assert_allclose(star, together, rtol=1e-9)


@pytest.mark.parametrize("limit", [10.0, 15.0, 20.0])
def test_a_threshold_is_inclusive(limit: float) -> None:
    engine = toy_engine()
    origin = np.array([2.3, 46.7])
    low, high = 2.3, 2.75
    for _ in range(80):
        middle = (low + high) / 2
        minutes = engine.pairs(origin[None], np.array([[middle, 46.7]]))[0]
        low, high = (middle, high) if minutes <= limit else (low, middle)
    inside, outside = np.array([[low, 46.7]]), np.array([[high, 46.7]])
    exact = engine.pairs(origin[None], inside)[0]
    assert exact == pytest.approx(limit, abs=1e-6)
    assert engine.one_to_many(origin, inside, exact)[0] == pytest.approx(exact, abs=1e-12)
    assert len(engine.matrix(origin[None], inside, limit)) == 1
    assert engine.matrix(origin[None], outside, limit).empty
    assert np.isinf(engine.one_to_many(origin, outside, limit)[0])


@pytest.mark.parametrize("origin", [BORDEAUX, GUERET])
def test_rings_are_nested_valid_and_agree_with_times(
    engine: FrictionTravelTime, origin: np.ndarray
) -> None:
    targets = embedded_set.communes()[["lon", "lat"]].to_numpy()
    # On the shore a point is reached from land, and the ring stops at the water.
    row, column = np.rint(engine.field.cells(targets)[:, :2]).astype(int).T
    wet = np.isinf(engine.field.raster.friction)
    shore = ndimage.binary_dilation(wet, structure=np.ones((3, 3)))[row, column]
    targets = targets[~shore]
    rings = engine.isochrones(origin[None], [30, 10, 20])
    assert rings["minutes"].tolist() == [10, 20, 30]
    assert rings.geometry.is_valid.all()
    areas = rings.to_crs(2154).geometry
    for small, large in itertools.pairwise(areas):
        assert small.difference(large).area < 1e-6 * small.area
    minutes = engine.one_to_many(origin, targets, 60)
    for limit, ring in zip(rings["minutes"], rings.geometry, strict=True):
        inside = shapely.contains_xy(ring, targets[:, 0], targets[:, 1])
        # Half a cell at the pace of a town.
        assert (minutes[inside] <= limit + 1).all()
        assert (minutes[~inside] >= limit - 1).all()


def test_the_far_bank_of_an_arm_of_the_sea_is_outside() -> None:
    origin = np.array([2.34, 46.75])
    joined, cut = toy_engine(), toy_engine(gap=0.04)
    far = np.array([[2.40, 46.75], [2.45, 46.75]])
    assert (joined.one_to_many(origin, far, 20) <= 20).all()
    assert np.isinf(cut.pairs(np.tile(origin, (2, 1)), far)).all()
    ring = cut.isochrones(origin[None], [20]).geometry[0]
    assert not shapely.contains_xy(ring, far[:, 0], far[:, 1]).any()


def test_the_far_bank_of_a_narrow_arm_is_outside_too() -> None:
    """Points closer than a kilometre are joined by a straight line, but not over the water."""
    cut = toy_engine(gap=0.011)
    near, far = np.array([2.3490, 46.75]), np.array([2.3620, 46.75])
    apart_m = 76_400 * (far[0] - near[0])
    assert apart_m < 2 * cut.field.cell_m
    here, there = np.array([near]), np.array([far])
    assert np.isinf(cut.pairs(here, there)).all()
    assert np.isinf(cut.one_to_many(near, there, 60)).all()
    assert np.isinf(cut.nearest(here, there, 60)[0]).all()
    assert len(cut.matrix(here, there, 60)) == 0
    ring = cut.isochrones(here, [20]).geometry[0]
    assert not shapely.contains_xy(ring, *far)
    beside = np.array([[2.3490, 46.7520]])
    assert (cut.pairs(here, beside) < 3).all()


def test_a_bridge_takes_the_same_minutes_in_any_set_that_holds_it(
    engine: FrictionTravelTime,
) -> None:
    """To Oléron and Ré: their coast alone is quicker to drive, on the whole, than the region."""
    communes, fringe = embedded_set.communes(), embedded_set.fringe()
    near, beside = (t["lon"].lt(-0.3) & t["lat"].gt(45.2) for t in (communes, fringe))
    made = partial(
        build,
        gpd.GeoDataFrame(communes[near].reset_index(drop=True)),
        fringe[beside].reset_index(drop=True),
        embedded_set.land(),
        engine.parameters,
    )
    coast = replace(engine, make_field=made, version="coast")
    halls = communes.set_index("code")[["lon", "lat"]]
    # Bourcefranc-le-Chapus to Le Château-d'Oléron, L'Houmeau to La Flotte.
    ashore = halls.loc[["17058", "17190"]].to_numpy()
    island = halls.loc[["17093", "17161"]].to_numpy()
    np.testing.assert_allclose(coast.pairs(ashore, island), engine.pairs(ashore, island), rtol=1e-6)


@pytest.mark.parametrize("metres", [300, 600, 900])
def test_close_points_do_not_cross_a_river(engine: FrictionTravelTime, metres: int) -> None:
    """The Garonne above Bordeaux, between two bridges: the line between the banks is a barrier."""
    barriers = engine.field.raster.barriers
    middle = barriers[len(barriers) // 2]
    centre = (middle[:2] + middle[2:]) / 2
    across = np.array([-(middle[3] - middle[1]), middle[2] - middle[0]])
    across *= metres / 2 / engine.field.cell_m / np.hypot(*across)
    banks = np.column_stack([[centre - across, centre + across], [0.0, 0.0]])
    raster, work = engine.field.raster, engine._work()
    minutes = cost_distance.pairs(raster, banks[:1], banks[1:], work)[0]
    _, _, local = link(raster, banks)
    straight = np.hypot(*(banks[0] - banks[1])[:2]) * local.mean()
    assert minutes > 3 * straight


def test_a_faster_field_never_shrinks_a_ring(engine: FrictionTravelTime) -> None:
    slower = toy_engine(population=500.0)
    fast = replace(slower.parameters, constant=slower.parameters.constant - 0.2)
    lon, lat = np.meshgrid(2.0 + np.arange(12) * 0.0635, 46.5 + np.arange(12) * 0.045)
    communes = pd.DataFrame(
        {"lon": lon.ravel(), "lat": lat.ravel(), "population": 500.0, "area_km2": 25.0}
    )
    land = gpd.GeoDataFrame(geometry=[shapely.box(1.8, 46.3, 3.0, 47.3)], crs=4326)
    make_field = partial(build, gpd.GeoDataFrame(communes), communes.iloc[:0], land, fast)
    quicker = FrictionTravelTime(make_field, fast, "fast")
    origin = np.array([[2.3, 46.7]])
    before, after = slower.isochrones(origin), quicker.isochrones(origin)
    for small, large in zip(before.geometry, after.geometry, strict=True):
        assert small.difference(large).area < 1e-9 * small.area
        assert large.area > small.area


def test_moving_the_origin_by_50_m_never_halves_the_area(
    engine: FrictionTravelTime, places: np.ndarray
) -> None:
    for origin in places[::60]:
        moved = origin + np.array([50 / 78_000, 0])
        areas = [engine.isochrones(o[None], [20]).to_crs(2154).area[0] for o in (origin, moved)]
        assert min(areas) > 0.9 * max(areas)


def test_several_origins_give_their_union(engine: FrictionTravelTime) -> None:
    both = engine.isochrones(np.stack([BORDEAUX, GUERET]), [20]).to_crs(2154).geometry[0]
    apart = [engine.isochrones(o[None], [20]).to_crs(2154).geometry[0] for o in (BORDEAUX, GUERET)]
    assert both.symmetric_difference(shapely.union_all(apart)).area < 1e-6 * both.area


@pytest.mark.parametrize("point", [AT_SEA, LYON, np.array([np.nan, 45.0])])
def test_a_point_off_the_field_is_refused_alone_and_unreached_in_bulk(
    engine: FrictionTravelTime, point: np.ndarray
) -> None:
    with pytest.raises(UnreachableError, match="en mer ou hors du territoire"):
        engine.isochrones(point[None])
    with pytest.raises(UnreachableError, match="en mer ou hors du territoire"):
        engine.one_to_many(point, BORDEAUX[None], 20)
    assert np.isinf(engine.one_to_many(BORDEAUX, point[None], 20)[0])
    assert np.isinf(engine.pairs(point[None], BORDEAUX[None])[0])
    assert engine.matrix(np.stack([point, BORDEAUX]), point[None], 20).empty
    minutes, site = engine.nearest(BORDEAUX[None], point[None])
    assert np.isinf(minutes[0])
    assert site[0] == -1


def test_odd_requests_are_refused_in_french(engine: FrictionTravelTime) -> None:
    with pytest.raises(InvalidInputError, match="durées positives"):
        engine.isochrones(BORDEAUX[None], [])
    with pytest.raises(InvalidInputError, match="au moins un point"):
        engine.isochrones(np.empty((0, 2)))
    with pytest.raises(InvalidInputError, match="autant"):
        engine.pairs(np.stack([BORDEAUX, GUERET]), BORDEAUX[None])


def test_nothing_asked_nothing_given(engine: FrictionTravelTime) -> None:
    nobody = np.empty((0, 2))
    assert len(engine.pairs(nobody, nobody)) == 0
    assert engine.matrix(nobody, BORDEAUX[None], 20).empty
    assert engine.matrix(BORDEAUX[None], nobody, 20).empty
    minutes, site = engine.nearest(nobody, BORDEAUX[None])
    assert np.isinf(minutes[0])
    assert site[0] == -1


def test_the_same_inputs_give_the_same_version(engine: FrictionTravelTime) -> None:
    again = load_engine(embedded_set.communes(), embedded_set.fringe(), embedded_set.land())
    assert again is engine
    assert toy_engine().version != toy_engine(population=600).version


def test_a_village_is_left_slowly_without_a_jump_beside_it(engine: FrictionTravelTime) -> None:
    communes = embedded_set.communes().set_index("name")
    hall = communes.loc["Guéret", ["lon", "lat"]].to_numpy(float)
    metres = np.array([0, 250, 500, 1000, 2000])
    beside = hall + np.outer(metres, [1 / 77_000, 0])
    lost = engine.field.cells(beside)[:, 2]
    knots, minutes = engine.parameters.hall_knots, engine.parameters.hall_minutes
    size = np.log10(communes.loc["Guéret", "population"])
    assert lost[0] == pytest.approx(np.interp(size, knots, minutes), abs=0.01)
    assert (np.diff(lost) < 0).all()
    assert lost[-1] < 0.01
    # A straight line just under and just over a kilometre.
    near = hall + np.outer([999.0, 1001.0], [1 / 77_240, 0])
    first, second = engine.pairs(np.tile(hall, (2, 1)), near)
    assert abs(first - second) < 0.1


def test_between_two_halls_the_time_of_an_end_never_jumps() -> None:
    communes = pd.DataFrame(
        {"lon": [2.0, 2.0196], "lat": 46.5, "population": [90.0, 200_000.0], "area_km2": 25.0}
    )
    field = load_engine(
        gpd.GeoDataFrame(communes, geometry=gpd.points_from_xy(communes.lon, communes.lat)),
        communes.iloc[:0],
        gpd.GeoDataFrame(geometry=[shapely.box(1.8, 46.3, 2.2, 46.7)], crs=4326),
    ).field
    along = np.column_stack([np.linspace(2.0, 2.0196, 301), np.full(301, 46.5)])
    lost = field.cells(along)[:, 2]
    assert lost[[0, -1]] == pytest.approx(field.hall_minutes, rel=0.05)
    assert field.hall_minutes[1] > field.hall_minutes[0]
    assert np.abs(np.diff(lost)).max() < 0.05  # 5 metres apart


def test_exits_stand_between_their_town_and_the_line_of_the_road() -> None:
    text = "A0 Ici – Là | Saint-Œuf 01; Milieu 01; Là-Bas 2A"
    communes = pd.DataFrame(
        {
            "name": ["Saint-Œuf", "Milieu", "Là-Bas"],
            "departement": ["01", "01", "2A"],
            "lon": [5.0, 5.1, 5.2],
            "lat": [46.0, 46.02, 46.0],
        }
    )
    (road,) = motorways(text, communes)
    assert road["name"] == "A0 Ici – Là"
    exits = np.array(road["exits"])
    assert exits[[0, 2]].tolist() == [[5.0, 46.0], [5.2, 46.0]]
    # The town in the middle lies beside the road, which passes 2.2 km south of it.
    assert 46.0 < exits[1, 1] < 46.01
    with pytest.raises(InvalidInputError, match="Ailleurs"):
        motorways("A1 | Ailleurs 01; Milieu 01", communes)


def test_relief_slows_and_is_flat_where_nothing_is_known() -> None:
    pau, gavarnie = np.array([[-0.37, 43.3]]), np.array([[-0.009, 42.735]])
    grid = Place(Transformer.from_crs(4326, 2154, always_xy=True), 300_000.0, 6_150_000.0, 500.0)
    found = relief_features(CRS.from_epsg(2154), grid, (500, 400))
    (low, low_column), (high, high_column) = (
        np.rint(grid.cells(point.tolist())[0]).astype(int) for point in (pau, gavarnie)
    )
    assert found["altitude"][low, low_column] == pytest.approx(200, abs=100)
    assert found["altitude"][high, high_column] > 700
    assert found["ruggedness"][high, high_column] > 3 * found["ruggedness"][low, low_column]
    overseas = relief_features(CRS.from_epsg(2972), grid, (500, 400))
    assert not any(values.any() for values in overseas.values())
    (rugged,) = (c for c in Parameters.read().curves if c.feature == "ruggedness")
    assert rugged.slowing[0] == 0 < rugged.slowing[-1]


def test_the_label_says_that_times_are_estimates(engine: FrictionTravelTime) -> None:
    assert engine.label.estimated
    assert engine.label.name == "Temps estimés"
    assert "sans réseau routier" in engine.label.detail


def test_the_estuary_is_not_crossed_but_the_islands_are_reached(engine: FrictionTravelTime) -> None:
    pauillac, blaye, bourg = [-0.7480, 45.1990], [-0.6630, 45.1270], [-0.5580, 45.0400]
    right_bank = np.array([blaye, bourg])
    ring = engine.isochrones(np.array([pauillac]), [20]).geometry[0]
    assert not shapely.contains_xy(ring, right_bank[:, 0], right_bank[:, 1]).any()
    # Ten kilometres apart, by ferry or by Bordeaux.
    assert (engine.pairs(np.array([pauillac] * 2), right_bank) > 40).all()
    oleron, re, aix = [-1.3069, 45.9425], [-1.3680, 46.2015], [-1.1736, 46.0124]
    la_rochelle = np.array([-1.1511, 46.1603])
    minutes = engine.pairs(np.tile(la_rochelle, (3, 1)), np.array([oleron, re, aix]))
    assert (minutes < 120).all()


def test_motorways_are_taken_between_exits_only(engine: FrictionTravelTime) -> None:
    langon, agen = np.array([[-0.2520, 44.5530]]), np.array([[0.6170, 44.2030]])
    beside_it = engine.pairs(langon, agen)[0]
    flat = replace(engine.parameters, motorway_minutes_per_km=(5.0, 5.0))
    inputs = (embedded_set.communes(), embedded_set.fringe(), embedded_set.land())
    plain = FrictionTravelTime(partial(build, *inputs, flat), flat, "")
    no_motorway = plain.pairs(langon, agen)[0]
    assert beside_it < 0.9 * no_motorway


def test_every_commune_can_be_reached(engine: FrictionTravelTime) -> None:
    communes = embedded_set.communes()
    points = communes[["lon", "lat"]].to_numpy()
    minutes, _ = engine.nearest(BORDEAUX[None], points)
    assert np.isfinite(minutes).all(), communes.loc[np.isinf(minutes), "name"].tolist()


def known_trips() -> tuple[pd.DataFrame, np.ndarray]:
    """Trips of the region and its surroundings, and the engine's minutes."""
    both = pd.concat([embedded_set.communes(), embedded_set.fringe()])
    trips = read_trips(both)
    degrees = Transformer.from_crs(2154, 4326, always_xy=True)
    engine = load_engine(embedded_set.communes(), embedded_set.fringe(), embedded_set.land())
    minutes = engine.pairs(
        np.column_stack(degrees.transform(trips["x1"], trips["y1"])),
        np.column_stack(degrees.transform(trips["x2"], trips["y2"])),
    )
    return trips[trips["minutes"] <= 40], minutes[(trips["minutes"] <= 40).to_numpy()]


@pytest.mark.campaign
@pytest.mark.reference
def test_the_error_against_metric_is_the_one_published(reference: Path) -> None:
    assert reference.exists()
    trips, minutes = known_trips()
    published = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    roads = (trips["kind"] == "roads").to_numpy()
    gap = minutes - trips["minutes"].to_numpy()
    assert roads.sum() == 446  # one of the 447 takes no minute
    assert np.abs(gap[roads]).mean() <= 2.2
    assert (~roads).sum() > 2400
    assert np.abs(gap[~roads]).mean() <= 2.0
    around = ~roads & trips["minutes"].between(15, 25).to_numpy()
    same_side = ((minutes <= 20) == (trips["minutes"] <= 20).to_numpy())[around].mean()
    assert same_side >= 0.8
    bias = pd.Series(gap[~roads]).groupby(trips["departement"].to_numpy()[~roads]).mean()
    inside = bias[["16", "17", "23", "24", "33", "40", "47", "86"]]
    assert (inside.abs() <= 1.0).all(), inside.to_dict()
    # In sample the engine does no worse than it says out of sample.
    for kind, rows in (("towns", ~roads), ("roads", roads)):
        band = next(b for b in published[kind]["bands"] if b["band"] == "0-40")
        assert np.abs(gap[rows]).mean() <= band["mean_absolute_error"] + 0.1


def test_the_raster_is_made_once_and_only_when_a_time_is_asked() -> None:
    toy, made = toy_engine(population=500.0), []

    def make_field() -> Field:
        made.append(1)
        return toy.field

    engine = FrictionTravelTime(make_field, toy.parameters, "late")
    assert engine.label.estimated
    assert made == []
    origin = np.array([[2.3, 46.7]])
    with ThreadPoolExecutor(4) as threads:
        times = list(threads.map(lambda _: engine.pairs(origin, origin + 0.1)[0], range(8)))
    assert made == [1]
    assert set(times) == {toy.pairs(origin, origin + 0.1)[0]}
