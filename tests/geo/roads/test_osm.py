"""Small maps written as OSM XML: every rule of the road, and every broken file."""

import gzip
from pathlib import Path

import numpy as np
import osmium
import pytest

from geo.errors import InvalidInputError
from geo.roads.engine import RoadTravelTime
from geo.roads.network import load, save
from geo.roads.profile import posted_limit, read_limit, read_way
from tests.geo.roads.osm_files import LAT, LON, STEP, Ways, engine_of, minutes, write_osm

STEP_KM = 0.3825


SQUARE = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1)}


def ring(**tags: str) -> Ways:
    return {10: ((1, 2, 3, 4, 1), {"highway": "secondary", **tags})}


def test_speed_of_a_plain_road(tmp_path: Path) -> None:
    ways = {10: ((1, 2), {"highway": "secondary"})}
    engine = engine_of(write_osm(tmp_path / "a.osm", SQUARE, ways))
    assert minutes(engine, (0, 0), (1, 0)) == pytest.approx(60 * STEP_KM / 65, rel=0.01)


@pytest.mark.parametrize(
    ("tags", "forth_is_short", "back_is_short"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "roundabout", "oneway": "no"}, True, True),
        ({"oneway:motor_vehicle": "yes"}, True, False),
        ({"oneway:motor_vehicle": "-1"}, False, True),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, True, True),
        ({"oneway:motor_vehicle": "no", "oneway:motorcar": "yes"}, True, False),
        ({"oneway": "yes", "oneway:bicycle": "no"}, True, False),
    ],
)
def test_one_way_streets(
    tmp_path: Path, tags: dict[str, str], forth_is_short: bool, back_is_short: bool
) -> None:
    engine = engine_of(write_osm(tmp_path / "a.osm", SQUARE, ring(**tags)))
    forth, back = minutes(engine, (0.3, 0), (0.7, 0)), minutes(engine, (0.7, 0), (0.3, 0))
    assert (forth < 0.5) == forth_is_short
    assert (back < 0.5) == back_is_short
    # The long way round is a drive: a straight walk of 150 m is 1.8 minutes.
    assert max(forth, back) < 2.0


CROSS = {1: (0, 0), 2: (2, 0), 3: (4, 0), 4: (2, 2), 5: (2, -2), 6: (4, -2), 7: (6, 0)}
CROSS_WAYS = {
    10: ((1, 2), {"highway": "secondary"}),
    11: ((2, 3), {"highway": "secondary"}),
    12: ((2, 4), {"highway": "secondary"}),
    13: ((2, 5), {"highway": "secondary"}),
    14: ((5, 6, 3), {"highway": "secondary"}),
    15: ((3, 7), {"highway": "secondary"}),
}


def test_forbidden_turn_sends_round(tmp_path: Path) -> None:
    free = engine_of(write_osm(tmp_path / "a.osm", CROSS, CROSS_WAYS))
    rules = [(10, 2, 11, "no_straight_on")]
    bound = engine_of(write_osm(tmp_path / "b.osm", CROSS, CROSS_WAYS, relations=rules))
    assert bound.network.provenance["restrictions_applied"] == 1
    there = (0.5, 0), (6, 0)
    assert minutes(bound, *there) > minutes(free, *there) + 1.5
    for a, b in [((6, 0), (0.5, 0)), ((0.5, 0), (2, 2)), ((0.5, 0), (2, -2)), ((2, 2), (6, 0))]:
        assert minutes(bound, a, b) == minutes(free, a, b)


def test_only_turn_allowed(tmp_path: Path) -> None:
    free = engine_of(write_osm(tmp_path / "a.osm", CROSS, CROSS_WAYS))
    rules = [(10, 2, 13, "only_right_turn")]
    bound = engine_of(write_osm(tmp_path / "b.osm", CROSS, CROSS_WAYS, relations=rules))
    assert minutes(bound, (0.5, 0), (2, -2)) == minutes(free, (0.5, 0), (2, -2))
    assert minutes(bound, (0.5, 0), (6, 0)) > minutes(free, (0.5, 0), (6, 0)) + 1.5
    assert minutes(bound, (0.5, 0), (2, 2)) > minutes(free, (0.5, 0), (2, 2)) + 1.5


def test_a_restriction_for_others_is_not_ours(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "a.osm", CROSS, CROSS_WAYS, relations=[(10, 2, 11, "no_straight_on")]
    )
    said = '<tag k="type" v="restriction"/>'
    text = path.read_text(encoding="utf-8").replace(said, said + '<tag k="except" v="motorcar"/>')
    path.write_text(text, encoding="utf-8")
    assert engine_of(path).network.provenance["restrictions_applied"] == 0


@pytest.mark.parametrize(
    ("barrier", "closed"),
    [
        ({"barrier": "bollard"}, True),
        ({"barrier": "gate"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False),
    ],
)
def test_barriers(tmp_path: Path, barrier: dict[str, str], closed: bool) -> None:
    nodes = {**SQUARE, 9: (0.5, 0)}
    ways = {10: ((1, 9, 2), {"highway": "secondary"}), 11: ((2, 3, 4, 1), {"highway": "secondary"})}
    path = write_osm(tmp_path / "a.osm", nodes, ways, node_tags={9: barrier})
    assert (minutes(engine_of(path), (0.2, 0), (0.8, 0)) > 1) == closed


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "footway"},
        {"highway": "track"},
        {"highway": "service", "service": "parking_aisle"},
        {"highway": "residential", "access": "private"},
        {"highway": "residential", "access": "yes", "motor_vehicle": "no"},
        {"highway": "construction", "construction": "primary"},
        {"highway": "secondary", "oneway": "reversible"},
        {"highway": "pedestrian", "area": "yes"},
        {"route": "ferry", "foot": "yes"},
        {"route": "ferry", "motor_vehicle": "no"},
    ],
)
def test_ways_closed_to_cars(tags: dict[str, str]) -> None:
    assert read_way(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "track", "tracktype": "grade1"},
        {"highway": "track", "motor_vehicle": "yes"},
        {"highway": "residential", "access": "no", "motorcar": "yes"},
        {"highway": "residential", "access": "destination"},
        {"highway": "secondary_link"},
        {"route": "ferry", "motorcar": "yes", "foot": "yes"},
        {"route": "ferry"},
    ],
)
def test_ways_open_to_cars(tags: dict[str, str]) -> None:
    assert read_way(tags) is not None


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50),
        ("50 mph", 80.4672),
        ("30mph", 48.28032),
        ("50kmh", 50),
        ("50 km/h", 50),
        ("50kph", 50),
        ("mph", 0),
        ("FR:urban", 50),
        ("90;70", 90),
        ("FR:30", 30),
        ("FR:zone30", 30),
        ("none", 130),
        ("signals", 0),
        ("", 0),
        ("5000", 0),
        ("²", 0),
    ],
)
def test_posted_limits(text: str, kmh: float) -> None:
    assert read_limit(text) == pytest.approx(kmh)


@pytest.mark.parametrize(
    ("tags", "kmh"),
    [
        ({"maxspeed": "70", "maxspeed:forward": "50"}, 70),
        ({"maxspeed:forward": "70", "maxspeed:backward": "50"}, 60),
        ({"maxspeed:backward": "50"}, 50),
        ({"maxspeed": "signals", "source:maxspeed": "FR:rural"}, 80),
        ({"maxspeed:type": "FR:urban"}, 50),
        ({"source:maxspeed": "sign"}, 0),
    ],
)
def test_a_limit_is_read_wherever_it_is_written(tags: dict[str, str], kmh: float) -> None:
    assert posted_limit(tags) == pytest.approx(kmh)


def test_posted_limit_and_surface_slow_down(tmp_path: Path) -> None:
    def time(**tags: str) -> float:
        ways = {10: ((1, 2), {"highway": "secondary", **tags})}
        return minutes(engine_of(write_osm(tmp_path / "a.osm", SQUARE, ways)), (0, 0), (1, 0))

    plain = time()
    assert time(maxspeed="50") == pytest.approx(plain * 65 / (0.8 * 50), rel=1e-3)
    assert time(maxspeed="130") == pytest.approx(plain / 1.35, rel=1e-3)
    assert time(surface="gravel") == pytest.approx(plain / 0.6, rel=1e-3)


def test_ferry_takes_its_posted_time_and_cannot_be_joined_at_sea(tmp_path: Path) -> None:
    nodes = {1: (0, 0), 2: (1, 0), 3: (11, 0), 4: (12, 0)}
    ways = {
        10: ((1, 2), {"highway": "secondary"}),
        11: ((2, 3), {"route": "ferry", "motor_vehicle": "yes", "duration": "00:25"}),
        12: ((3, 4), {"highway": "secondary"}),
    }
    engine = engine_of(write_osm(tmp_path / "a.osm", nodes, ways))
    assert minutes(engine, (1, 0), (11, 0)) == pytest.approx(25, abs=0.01)
    ways[11][1]["duration"] = "PT20M"
    iso = engine_of(write_osm(tmp_path / "b.osm", nodes, ways))
    assert minutes(iso, (1, 0), (11, 0)) == pytest.approx(20, abs=0.01)
    assert np.isinf(minutes(engine, (1, 0), (6, 0)))


def test_neighbouring_extracts_are_merged_once(tmp_path: Path) -> None:
    nodes = {i: (i, 0) for i in range(6)}
    road = {"highway": "secondary"}
    shared = {11: ((2, 3), road)}
    west = write_osm(tmp_path / "w.osm", nodes, {10: ((0, 1, 2), road), **shared})
    east = write_osm(tmp_path / "e.osm", nodes, {**shared, 12: ((3, 4, 5), road)})
    engine = engine_of(west, east)
    assert engine.network.provenance["links"] == 3
    assert np.isfinite(minutes(engine, (0, 0), (5, 0)))
    assert [f["date"] for f in engine.network.provenance["files"]] == [None, None]


def test_overlapping_extracts_give_one_network_in_any_order(tmp_path: Path) -> None:
    road = {"highway": "secondary"}
    crossing = {10: ((0, 1, 2, 3), road)}
    # West of the border the far end of way 10 has no position; elsewhere that end is cut away.
    west = write_osm(tmp_path / "w.osm", {i: (i, 0) for i in (0, 1)}, crossing)
    east = write_osm(
        tmp_path / "e.osm", {i: (i, 0) for i in range(5)}, {**crossing, 11: ((3, 4), road)}
    )
    cut = write_osm(tmp_path / "c.osm", {0: (0, 0), 1: (1, 0)}, {10: ((0, 1), road)})
    for files in ((west, east), (cut, east), (cut, west, east)):
        there, back = engine_of(*files), engine_of(*reversed(files))
        assert np.isfinite(minutes(there, (0, 0), (4, 0)))
        assert there.network.provenance["version"] == back.network.provenance["version"]


def test_of_two_copies_of_a_way_the_latest_holds(tmp_path: Path) -> None:
    nodes = {0: (0, 0), 1: (4, 0)}
    old = write_osm(tmp_path / "old.osm", nodes, {10: ((0, 1), {"highway": "residential"})})
    new = write_osm(tmp_path / "new.osm", nodes, {10: ((0, 1), {"highway": "primary"})})
    said = new.read_text(encoding="utf-8")
    new.write_text(said.replace('way id="10" version="1"', 'way id="10" version="2"'))
    alone = minutes(engine_of(new), (0, 0), (4, 0))
    assert minutes(engine_of(old), (0, 0), (4, 0)) > alone
    assert minutes(engine_of(old, new), (0, 0), (4, 0)) == alone
    assert minutes(engine_of(new, old), (0, 0), (4, 0)) == alone


@pytest.mark.reference
def test_hard_extracts_across_a_border(reference: Path) -> None:
    folder = reference.parent / "cases" / "other"
    west, east = folder / "17_ouest.osm", folder / "17_est.osm"
    if not west.is_file():
        pytest.skip("hard cases absent")
    pair = np.array([[0.7140, 45.0]]), np.array([[0.7620, 45.0]])
    for files in ((west, east), (east, west)):
        assert engine_of(*files).pairs(*pair)[0] == pytest.approx(3.34, abs=0.02)


def test_islands_are_left_out_and_told(tmp_path: Path) -> None:
    nodes = {i: (i, 0) for i in range(5)} | {10: (0, 3), 11: (1, 3)}
    road = {"highway": "secondary"}
    ways = {1: ((0, 1, 2), road), 2: ((2, 3, 4), road), 3: ((10, 11), road)}
    said = engine_of(write_osm(tmp_path / "a.osm", nodes, ways)).network.provenance
    assert (said["parts"], said["dropped_parts"]) == (1, 1)
    assert said["dropped_km"] == pytest.approx(0.4, abs=0.05)


def test_a_way_that_leaves_the_extract_is_cut_there(tmp_path: Path) -> None:
    nodes = {1: (0, 0), 2: (1, 0), 4: (3, 0), 5: (4, 0), 6: (5, 0)}
    road = {"highway": "secondary"}
    ways = {10: ((1, 2, 3, 4, 5), road), 11: ((5, 6), road)}  # node 3 is not in the file
    engine = engine_of(write_osm(tmp_path / "a.osm", nodes, ways))
    assert np.isinf(minutes(engine, (0, 0), (5, 0)))
    assert np.isfinite(minutes(engine, (3, 0), (5, 0)))


def test_duplicate_nodes_and_repeated_places(tmp_path: Path) -> None:
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 0), 4: (2, 0)}  # 2 and 3 at one place
    ways = {10: ((1, 2, 2, 3, 4), {"highway": "secondary"}), 11: ((4, 4), {"highway": "secondary"})}
    engine = engine_of(write_osm(tmp_path / "a.osm", nodes, ways))
    assert minutes(engine, (0, 0), (2, 0)) == pytest.approx(2 * STEP_KM / 65 * 60, rel=0.01)


def test_same_extract_gives_the_same_version(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", SQUARE, ring())
    once, again = engine_of(path), engine_of(path)
    assert once.version == again.version
    slower = write_osm(tmp_path / "b.osm", SQUARE, ring(maxspeed="30"))
    assert engine_of(slower).version != once.version


def test_saved_network_answers_the_same(tmp_path: Path) -> None:
    engine = engine_of(write_osm(tmp_path / "a.osm", CROSS, CROSS_WAYS))
    save(engine.network, tmp_path / "net")
    loaded = RoadTravelTime(load(tmp_path / "net"))
    assert loaded.version == engine.version
    assert minutes(loaded, (0.5, 0), (6, 0)) == minutes(engine, (0.5, 0), (6, 0))


def test_a_folder_without_its_end_is_refused(tmp_path: Path) -> None:
    engine = engine_of(write_osm(tmp_path / "a.osm", SQUARE, ring()))
    save(engine.network, tmp_path / "net")
    (tmp_path / "net" / "provenance.json").unlink()
    with pytest.raises(InvalidInputError, match="ne contient pas de réseau routier complet"):
        load(tmp_path / "net")


def test_a_gzipped_file_is_read(tmp_path: Path) -> None:
    plain = write_osm(tmp_path / "a.osm", SQUARE, ring())
    packed = tmp_path / "a.osm.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert engine_of(packed).version == engine_of(plain).version


def test_truncated_pbf(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.osm.pbf", tmp_path / "cut.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for i in range(50_000):
            place = (LON + i % 200 * STEP, LAT + i // 200 * STEP)
            writer.add_node(osmium.osm.mutable.Node(id=i + 1, location=place, version=1))
        writer.add_way(osmium.osm.mutable.Way(id=1, nodes=[1, 2], tags={"highway": "primary"}))
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInputError, match=r"cut\.osm\.pbf est illisible ou incomplet"):
        engine_of(cut)


@pytest.mark.parametrize("content", [b"", b"not a map", b"<osm version='0.6'><node id="])
def test_a_file_that_is_no_map(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"a\.osm\.pbf"):
        engine_of(path)


def test_an_empty_map_and_a_map_without_roads(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Aucune route ouverte aux voitures"):
        engine_of(write_osm(tmp_path / "a.osm", {}, {}))
    paths = {10: ((1, 2), {"highway": "footway"})}
    with pytest.raises(InvalidInputError, match="Aucune route ouverte aux voitures"):
        engine_of(write_osm(tmp_path / "b.osm", SQUARE, paths))


def test_roads_without_positions(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="n’ont pas de tracé"):
        engine_of(write_osm(tmp_path / "a.osm", {}, ring()))
    again = {10: ((1, 1), {"highway": "primary"})}
    with pytest.raises(InvalidInputError, match="n’ont pas de tracé"):
        engine_of(write_osm(tmp_path / "b.osm", SQUARE, again))


def test_positions_off_the_earth(tmp_path: Path) -> None:
    """One that cannot be written is refused; one that can counts as absent."""
    far = write_osm(tmp_path / "a.osm", {**SQUARE, 5: (1e6, 0)}, ring())
    with pytest.raises(InvalidInputError, match=r"a\.osm est illisible"):
        engine_of(far)
    nodes = {**SQUARE, 5: ((200 - LON) / STEP, 0)}
    ways = {**ring(), 11: ((3, 5), {"highway": "primary"})}
    assert engine_of(write_osm(tmp_path / "b.osm", nodes, ways)).network.node_count <= len(SQUARE)


def test_only_a_motorway(tmp_path: Path) -> None:
    ways = {10: ((1, 2), {"highway": "motorway", "oneway": "no"})}
    with pytest.raises(InvalidInputError, match="aucune route reliée où l’on puisse s’arrêter"):
        engine_of(write_osm(tmp_path / "a.osm", SQUARE, ways))


def test_antimeridian(tmp_path: Path) -> None:
    nodes = {1: ((179.9 - LON) / STEP, 0), 2: ((-179.9 - LON) / STEP, 0)}
    ways = {10: ((1, 2), {"highway": "primary"})}
    with pytest.raises(InvalidInputError, match="antiméridien"):
        engine_of(write_osm(tmp_path / "a.osm", nodes, ways))


def test_extracts_too_far_apart(tmp_path: Path) -> None:
    nodes = {1: (0, 0), 2: (1, 0), 3: (6000, 4500), 4: (6001, 4500)}
    road = {"highway": "primary"}
    path = write_osm(tmp_path / "a.osm", nodes, {10: ((1, 2), road), 11: ((3, 4), road)})
    with pytest.raises(InvalidInputError, match="régions voisines"):
        engine_of(path)


def test_names_and_absent_files(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="n’est pas un extrait OpenStreetMap"):
        engine_of(tmp_path / "roads.csv")
    with pytest.raises(InvalidInputError, match="n’existe pas"):
        engine_of(tmp_path / "absent.osm.pbf")
