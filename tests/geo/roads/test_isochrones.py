"""Properties of areas, each taken from a public fault of a known engine."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.contours import OFF_ROAD_MAX_M, OFF_ROAD_MIN_PER_M
from geo.errors import InvalidInputError, UnreachableError
from geo.roads.area import SLACK_M, time_grid
from geo.roads.build import assemble, build_from_osm
from geo.roads.engine import RoadTravelTime
from geo.roads.locate import CELL_M, SNAP_LIMIT_M
from geo.roads.matsim import read_matsim
from geo.roads.network import RoadNetwork
from geo.roads.places import ACCESS_MS
from geo.roads.projection import to_lonlat, to_metres

TOLERANCE_M = CELL_M * np.sqrt(2)
TOLERANCE_MIN = TOLERANCE_M * OFF_ROAD_MIN_PER_M
"""The grid tells places apart to the diagonal of a cell, and that is a walk of 1.7 minutes."""

EXTRACTS = {
    "corsica": ("corsica_network.xml.gz", (1_179_000.0, 6_113_000.0)),
    "porto": ("porto_portugal.osm.pbf", None),
    "heidelberg": ("heidelberg_ors.osm.pbf", None),
    "andorra": ("andorra_gh.osm.pbf", None),
}


@pytest.fixture(scope="session", params=sorted(EXTRACTS))
def real(request: pytest.FixtureRequest, reference: Path) -> RoadTravelTime:
    file = reference / "roads" / EXTRACTS[request.param][0]
    if file.name.endswith(".xml.gz"):
        said = {"source": "OpenStreetMap (ODbL)", "date": None}
        return RoadTravelTime(assemble(read_matsim(file, "EPSG:2154"), said))
    return RoadTravelTime(build_from_osm([file], lambda _: None))


def centre(engine: RoadTravelTime) -> np.ndarray:
    """A node in the middle of the network."""
    xy = engine.network.node_xy
    middle = np.hypot(*(xy - np.median(xy, axis=0)).T).argmin()
    return to_lonlat(xy[middle : middle + 1], engine.network.crs)


def rings_m(engine: RoadTravelTime, origin: np.ndarray, minutes: list[float]) -> list:
    return list(engine.isochrones(origin, minutes).to_crs(engine.network.crs).geometry)


def node_minutes(engine: RoadTravelTime, origin: np.ndarray, limit: float) -> np.ndarray:
    router, places = engine._router, engine._places(origin)
    result = np.full(engine.network.node_count, np.inf)
    with router.workspace() as space:
        settled = router.reach(places, int(limit * 60_000), space)
        result[settled] = space.state[settled, 0] / 60_000
    return result


def check_ring(engine: RoadTravelTime, origin: np.ndarray, limit: float) -> None:
    """Reached junctions are inside; those 20 % over, away from what is reached, are outside."""
    (ring,) = rings_m(engine, origin, [limit])
    shapely.prepare(ring)
    xy = np.unique(engine.network.node_xy, axis=0)  # a junction may be several nodes
    # A junction of motorways serves nobody: its own time is that of its nearest joinable road.
    minutes = engine.one_to_many(origin[0], to_lonlat(xy, engine.network.crs), 2 * limit)
    inside = shapely.intersects_xy(ring, *xy.T)
    reached = xy[(minutes <= limit - TOLERANCE_MIN) & ~inside]
    assert (shapely.distance(shapely.points(reached), ring) <= TOLERANCE_M).all()
    # Where many roads meet, a cell may belong to a slower neighbour.
    assert len(reached) <= max(3, 0.005 * (minutes <= limit).sum())
    over = (minutes > 1.2 * limit) & inside
    if over.any():
        # A place over the limit lies inside only within a cell of a place within the limit.
        grid = time_grid(engine._router, engine._places(origin), int(limit * 60_000))
        column = np.rint((xy[over, 0] - grid.x[0]) / CELL_M).astype(int)
        row = np.rint((xy[over, 1] - grid.y[0]) / CELL_M).astype(int)
        around = [
            grid.minutes[
                np.clip(row + i, 0, len(grid.y) - 1), np.clip(column + j, 0, len(grid.x) - 1)
            ]
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
        ]
        assert (np.min(around, axis=0) <= limit).all()


@pytest.mark.reference
class TestRealExtracts:
    def test_rings_are_nested_valid_and_hold_the_origin(self, real: RoadTravelTime) -> None:
        origin = centre(real)
        table = real.isochrones(origin, [20, 10, 5])
        assert table["minutes"].tolist() == [5.0, 10.0, 20.0]
        assert table.crs == "EPSG:4326"
        assert table.geometry.is_valid.all()
        small, middle, large = rings_m(real, origin, [5, 10, 20])
        assert small.difference(middle).area < 1
        assert middle.difference(large).area < 1
        assert small.covers(shapely.Point(*to_metres(origin, real.network.crs)[0]))

    @pytest.mark.parametrize("limit", [10.0, 15.0, 20.0])
    def test_nodes_are_on_the_right_side(self, real: RoadTravelTime, limit: float) -> None:
        check_ring(real, centre(real), limit)

    def test_moving_the_origin_by_50_m_never_halves_the_area(self, real: RoadTravelTime) -> None:
        base = to_metres(centre(real), real.network.crs)
        steps = np.array([[0, 0], [50, 0], [-50, 0], [0, 50], [0, -50]])
        areas = [
            rings_m(real, to_lonlat(base + step, real.network.crs), [10])[0].area for step in steps
        ]
        assert min(areas) > 0.5 * max(areas)

    def test_area_agrees_with_times_of_points(self, real: RoadTravelTime) -> None:
        """Precision and recall on points within 150 m of roads, with and without their walk."""
        network, origin, limit = real.network, centre(real), 15.0
        rng = np.random.default_rng(0)
        course = network.shape_cm / 100
        first = np.setdiff1d(np.arange(len(course) - 1), network.shape_ptr[1:] - 1)
        step = course[first + 1] - course[first]
        some = rng.choice(len(first), 30_000, p=np.hypot(*step.T) / np.hypot(*step.T).sum())
        radius, angle = 150 * np.sqrt(rng.random(30_000)), rng.uniform(0, 2 * np.pi, 30_000)
        points = course[first[some]] + step[some] * rng.random((30_000, 1))
        points += radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        degrees = to_lonlat(points, network.crs)
        times = real.one_to_many(origin[0], degrees, 3 * limit)
        walk = real._places(degrees).table[:, ACCESS_MS] / 60_000
        (ring,) = rings_m(real, origin, [limit])
        shapely.prepare(ring)
        inside = shapely.intersects_xy(ring, *points.T)
        for truth in (times <= limit, times - walk <= limit):
            both = (inside & truth).sum()
            assert both / inside.sum() >= 0.92
            assert both / truth.sum() >= 0.92


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), where=st.tuples(st.floats(0.1, 0.9), st.floats(0.1, 0.9)))
def test_rings_on_generated_networks(seed, where, make_random, make_network) -> None:
    network = make_network(make_random(seed, side=8))
    engine = RoadTravelTime(network)
    low, high = network.node_xy.min(axis=0), network.node_xy.max(axis=0)
    origin = to_lonlat((low + np.array(where) * (high - low))[None], network.crs)
    small, middle, large = rings_m(engine, origin, [4, 8, 12])
    for ring in (small, middle, large):
        assert ring.is_valid
        assert isinstance(ring, shapely.MultiPolygon)
    assert small.difference(middle).area < 1
    assert middle.difference(large).area < 1
    check_ring(engine, origin, 8.0)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.3, 1.0))
def test_a_faster_network_never_shrinks_a_ring(seed, factor, make_random, make_network) -> None:
    links = make_random(seed, side=8)
    slow = RoadTravelTime(make_network(links))
    rng = np.random.default_rng(seed)
    quicker = np.where(rng.random(len(links.ms_offpeak)) < 0.5, factor, 1.0)
    links.ms_offpeak = np.floor(links.ms_offpeak * quicker).astype(np.int32)
    fast = RoadTravelTime(make_network(links))
    origin = centre(slow)
    (before,), (after,) = rings_m(slow, origin, [8]), rings_m(fast, origin, [8])
    # Rounding of a place to the millisecond may move a border by a few centimetres.
    assert before.difference(after.buffer(1)).area < 1


def test_far_bank_without_a_bridge_is_outside(make_links, make_network) -> None:
    """Two parallel roads 300 m apart, joined 6 km away: the river between is not crossed."""
    x = np.arange(0, 6001, 500.0)
    near, far = np.column_stack([x, 0 * x]), np.column_stack([x, 0 * x + 300])
    n = len(x)
    along = np.column_stack([np.arange(n - 1), np.arange(1, n)])
    ends = np.concatenate([along, along + n, [[n - 1, 2 * n - 1]]])
    engine = RoadTravelTime(make_network(make_links(np.concatenate([near, far]) + 6e5, ends)))
    crs = engine.network.crs
    origin = to_lonlat(np.array([[6e5 + 300, 6e5]]), crs)
    (ring,) = rings_m(engine, origin, [10])  # 5 km at 30 km/h: short of the bridge
    assert ring.covers(shapely.Point(6e5 + 4000, 6e5))
    for abscissa in (0, 300, 1000, 4000):
        assert not ring.intersects(shapely.Point(6e5 + abscissa, 6e5 + 300))
    (wide,) = rings_m(engine, origin, [30])
    assert wide.covers(shapely.Point(6e5 + 300, 6e5 + 300))


def test_far_from_roads_is_a_hole(make_links, make_network) -> None:
    """A ring road of 4 km: its middle is too far from any road."""
    xy = np.array([[0.0, 0], [4000, 0], [4000, 4000], [0, 4000]]) + 6e5
    engine = RoadTravelTime(make_network(make_links(xy, [[0, 1], [1, 2], [2, 3], [3, 0]], kmh=60)))
    (ring,) = rings_m(engine, to_lonlat(xy[:1], engine.network.crs), [20])
    assert len(ring.geoms) == 1
    assert len(ring.geoms[0].interiors) == 1
    hole = shapely.Polygon(ring.geoms[0].interiors[0])
    inner = 4000 - 2 * OFF_ROAD_MAX_M
    assert hole.area == pytest.approx(inner**2, rel=0.1)


def test_what_a_motorway_passes_over_is_not_served(make_links, make_network) -> None:
    """A motorway reaches far; only its exit serves, so a village is an island of the area."""
    xy = np.array([[0.0, 0], [20_000, 0], [20_000, 1000], [10_000, 150], [10_000, 900]]) + 6e5
    ends = [[0, 1], [1, 2], [3, 4], [4, 0]]
    ms = np.array([8, 1, 2, 100]) * 60_000
    joinable = np.array([False, True, True, True])
    links = make_links(xy, ends, ms=ms, joinable=joinable)
    engine = RoadTravelTime(make_network(links))
    origin = to_lonlat(xy[2:3], engine.network.crs)
    (ring,) = rings_m(engine, origin, [10])
    assert ring.covers(shapely.Point(*xy[1]))
    assert not ring.intersects(shapely.Point(*(xy[0] + [5000, 0])))  # the carriageway itself
    assert not ring.intersects(shapely.Point(*(xy[3] + [0, 60])))


@pytest.mark.parametrize("limit", [10, 15, 20])
def test_a_place_exactly_at_the_threshold_is_inside(limit, make_links, make_network) -> None:
    xy = np.array([[0.0, 0], [5000, 0], [9000, 0]]) + 6e5
    ms = np.array([limit * 60_000, 600_000])
    engine = RoadTravelTime(make_network(make_links(xy, [[0, 1], [1, 2]], ms=ms)))
    places = to_lonlat(xy, engine.network.crs)
    (ring,) = rings_m(engine, places[:1], [limit])
    assert shapely.distance(ring, shapely.Point(*xy[1])) <= SLACK_M + CELL_M / 2
    (before,) = rings_m(engine, places[:1], [limit - 0.5])
    assert not before.covers(shapely.Point(*(xy[1] + [TOLERANCE_M, 0])))
    assert engine.one_to_many(places[0], places[1:2], limit)[0] == limit
    assert np.isinf(engine.one_to_many(places[0], places[1:2], limit - 1e-4)[0])
    assert len(engine.matrix(places[:1], places[1:2], limit)) == 1
    assert engine.nearest(places[1:2], places[:1], limit)[1][0] == 0


def test_origin_off_the_network_walks_or_is_refused(town: RoadNetwork) -> None:
    engine = RoadTravelTime(town)
    low = town.node_xy.min(axis=0)
    corner = town.node_xy[np.hypot(*(town.node_xy - low).T).argmin()]
    on_road = to_lonlat(corner[None], town.crs)
    beside = to_lonlat(corner[None] - 300, town.crs)
    away = to_lonlat(corner[None] - 2 * SNAP_LIMIT_M, town.crs)
    target = to_lonlat(town.node_xy[[town.node_count // 2]], town.crs)
    walk = engine.pairs(beside, target)[0] - engine.pairs(on_road, target)[0]
    assert walk == pytest.approx(np.hypot(300, 300) / 5000 * 60, rel=0.01)
    assert engine.covers(np.concatenate([on_road, beside, away])).tolist() == [True, True, False]
    with pytest.raises(UnreachableError, match="à plus de 1000 m de toute route"):
        engine.isochrones(away)
    with pytest.raises(UnreachableError, match="longitude"):
        engine.one_to_many(away[0], target, 20)
    assert np.isinf(engine.pairs(away, target)[0])
    assert np.isinf(engine.one_to_many(target[0], away, 20)[0])
    assert len(engine.matrix(away, target, 20)) == 0
    minutes, site = engine.nearest(target, np.concatenate([away, target]))
    assert np.isinf(minutes[0])
    assert site.tolist() == [-1, 0]
    at_sea_too = engine.isochrones(np.concatenate([away, target]), [10])
    assert at_sea_too.geometry[0].equals(engine.isochrones(target, [10]).geometry[0])


@pytest.mark.parametrize("point", [(np.nan, 46.0), (0.0, 90.0), (400.0, 46.0), (-179.9, -89.9)])
def test_points_that_are_nowhere(point, town: RoadNetwork) -> None:
    engine = RoadTravelTime(town)
    with pytest.raises(UnreachableError):
        engine.isochrones(np.array([point]))
    assert np.isinf(engine.pairs(np.array([point]), np.array([point]))[0])


@pytest.mark.parametrize("minutes", [[], [0], [-5, 10], [float("nan")], [1e9]])
def test_thresholds_that_mean_nothing(minutes, town: RoadNetwork) -> None:
    engine = RoadTravelTime(town)
    with pytest.raises(InvalidInputError, match="isochrone"):
        engine.isochrones(centre(engine), minutes)


def test_union_over_origins(town: RoadNetwork) -> None:
    engine = RoadTravelTime(town)
    ends = to_lonlat(town.node_xy[[0, -1]], town.crs)
    (both,) = rings_m(engine, ends, [5])
    alone = [rings_m(engine, end[None], [5])[0] for end in ends]
    assert both.symmetric_difference(shapely.union_all(alone)).area < 0.01 * both.area


def test_peak_is_slower(town: RoadNetwork) -> None:
    origin = centre(RoadTravelTime(town))
    (free,) = rings_m(RoadTravelTime(town), origin, [10])
    (busy,) = rings_m(RoadTravelTime(town, "peak"), origin, [10])
    assert busy.area < free.area
    assert RoadTravelTime(town).version != RoadTravelTime(town, "peak").version


def test_two_runs_agree(town: RoadNetwork) -> None:
    engine = RoadTravelTime(town)
    points = to_lonlat(town.node_xy[::17], town.crs)
    one, other = (engine.matrix(points, points, 15) for _ in range(2))
    assert one.equals(other)
    assert engine.isochrones(points[:3]).to_wkb().equals(engine.isochrones(points[:3]).to_wkb())


def test_label_says_the_date_in_french(town: RoadNetwork) -> None:
    label = RoadTravelTime(town).label
    assert label.vintage == "1er janvier 2026"
    assert not label.estimated
