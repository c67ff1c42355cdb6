"""Room where people stand on squares: parts of communes against plain counts of the squares."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import optimize

from data.access import indicators, parts, room
from data.access import room_tables as rooms
from data.access.inputs import gp_places, places
from data.access.people import people_of
from data.maps import room as room_map
from data.region.territory import Provenance, Territory
from data.siting import best, departures, effects, evaluation
from data.siting.ground import ground_of
from data.solidarity.effects import changes
from data.solidarity.needs import without_room
from data.uploads.site import Site
from geo.room import Reach, fairest, nearest_first
from tests.data.access.small_region import MINUTES_PER_DEGREE, made

GPS = {"16001": 1.0, "16002": 0.0, "16003": 2.0, "17001": 0.5, "24001": 1.0}
GPS |= {"17002": 0.0, "17003": 0.0}
SITES = (
    Site(2, "Maison", "16002", "Deux", 0.17, 45.0, gps=1),
    Site(3, "Antenne", "17001", "Quatre", 0.41, 45.0, gps=2),
)


def on(squares: pd.DataFrame, version: str) -> Territory:
    said = Provenance(
        "people_squares", "Habitants par carreau", "INSEE", "2021", "Licence Ouverte",
        simulated=False, rows=len(squares), matched=7,
    )  # fmt: skip
    return dataclasses.replace(
        made(GPS),
        version=version,
        context={"people_squares": squares},
        provenance={"people_squares": said},
    )


def drawn(seed: int) -> Territory:
    """Give 40 squares a commune, some 15 minutes around its point."""
    draw, rows = np.random.default_rng(seed), []
    for one in places(made(GPS)).itertuples():
        spread, people = draw.normal(one.lon, 0.08, 40), draw.lognormal(size=40)
        rows += [(one.code, lon, 45.0, count) for lon, count in zip(spread, people, strict=True)]
    return on(pd.DataFrame(rows, columns=["code", "lon", "lat", "people"]), f"drawn-{seed}")


def at_towns() -> Territory:
    table = places(made(GPS)).rename(columns={"population": "people"})
    return on(table.loc[table["people"] > 0, ["code", "lon", "lat", "people"]], "at-towns")


def plainly(territory: Territory, minutes: float) -> tuple[Reach, np.ndarray, np.ndarray]:
    """Return reach, people and commune's row of every square, without any merging."""
    points, everywhere = people_of(territory).points, places(territory)
    rows = gp_places(territory)
    away = np.abs(points["lon"].to_numpy()[:, None] - everywhere["lon"].to_numpy()[rows])
    away = np.round(away * MINUTES_PER_DEGREE, 6)
    origin, site = np.nonzero(away <= minutes)
    pairs = pd.DataFrame(
        {"origin": origin, "destination": rows[site], "minutes": away[origin, site]}
    )
    owner = points["code"].map({code: row for row, code in enumerate(everywhere["code"])})
    reach = Reach.of(pairs, len(points), len(everywhere), minutes)
    return reach, points["people"].to_numpy(), owner.to_numpy()


@pytest.mark.parametrize("minutes", [5, 20, 30])
def test_one_square_at_each_town_gives_the_figures_of_the_towns(minutes):
    plain, squared = made(GPS), at_towns()
    one, other = room.ladder(plain, minutes), room.ladder(squared, minutes)
    assert np.array_equal(one.nearest, other.nearest)
    assert np.array_equal(one.least, other.least)
    assert np.array_equal(one.block, other.block)
    assert one.blocks.equals(other.blocks)
    columns = list(room.COLUMNS)
    pd.testing.assert_frame_equal(
        indicators.commune_indicators(squared)[columns],
        indicators.commune_indicators(plain)[columns],
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_bound_of_parts_is_that_of_all_squares_one_by_one(seed):
    territory = drawn(seed)
    reach, people, owner = plainly(territory, 20)
    tables = room.room_tables(territory, 20)
    assert len(tables.places) < len(people)
    assert tables.by_commune(tables.people) == pytest.approx(
        np.bincount(owner, people, len(tables.communes))
    )
    whole = fairest(reach, people, tables.gps)
    bound = rooms.shared(tables)
    assert bound.level == pytest.approx(whole.level)
    for per_gp in (400.0, 1000.0):
        expected = np.bincount(owner, whole.without_room(people, per_gp), len(tables.communes))
        found = tables.by_commune(bound.without_room(tables.people, per_gp))
        assert found == pytest.approx(expected)
    # HiGHS: the most people that all GPs together can take, square by square.
    cover = np.zeros((len(people) + len(tables.gps), len(reach.origin)))
    cover[reach.origin, np.arange(len(reach.origin))] = 1
    cover[len(people) + reach.destination, np.arange(len(reach.origin))] = 1
    most = np.concatenate([people, 400.0 * tables.gps])
    seated = optimize.linprog(-np.ones(len(reach.origin)), A_ub=cover, b_ub=most)
    least = people.sum() + seated.fun
    assert bound.without_room(tables.people, 400.0).sum() == pytest.approx(least)
    # Nearest first is averaged within a part: the whole stays close to that of the squares.
    nearest = nearest_first(reach, people, tables.gps, 1000.0).without_room.sum()
    parted = nearest_first(tables.reach, tables.people, tables.gps, 1000.0).without_room.sum()
    assert parted == pytest.approx(nearest, rel=0.1)


@pytest.mark.parametrize("minutes", [10, 20])
def test_every_block_and_hall_set_recomputes_on_squares(minutes):
    territory = drawn(7)
    reach, people, _ = plainly(territory, minutes)
    tables = room.room_tables(territory, minutes)
    assert tables.parts is not None
    bound = rooms.shared(tables)
    block = bound.block[tables.parts.of_point]  # of each square
    proofs = rooms.proofs(tables, bound)
    assert not proofs.duplicated(["block", "set", "side", "id"]).any()
    for one, rows in proofs.groupby("block"):
        own = rows[rows["set"] == "bloc"]
        level = rows["inhabitants_per_gp"].iloc[0]
        assert own["population"].sum() == pytest.approx(people[block == one - 1].sum())
        assert own["population"].sum() / own["gps"].sum() == pytest.approx(level)
        assert rows["population"].sum() / rows["gps"].sum() >= level * (1 - 1e-9)
        # No square of the Hall set reaches a GP outside it.
        inside = np.isin(block, bound.hall_blocks(int(one) - 1))
        reached = np.unique(reach.destination[inside[reach.origin]])
        ids = tables.sites["id"].iloc[reached[tables.gps[reached] > 0]]
        assert set(ids) <= set(rows.loc[rows["side"] == "médecins", "id"])


def test_the_map_tells_of_a_commune_the_block_of_most_of_its_people_and_the_others():
    territory = drawn(7)
    told = room_map.document(territory, 20)
    steps = room.ladder(territory, 20)
    assert told is not None
    assert told["parts"]
    population = territory.communes["population"].to_numpy()
    for row, held in told["parts"].items():
        assert held[0][0] == told["block"][int(row)]
        assert held[0][1] == max(people for _, people in held)
        assert sum(people for _, people in held) == pytest.approx(population[int(row)], abs=3)
    at = room.CAPACITIES.index(1000)
    level = np.append([one["level"] for one in told["blocks"]], np.inf)
    for row, people in enumerate(population):
        held = told["parts"].get(str(row), [[told["block"][row], people]])
        fair = sum(there * (1 - 1000 / max(level[one], 1000)) for one, there in held)
        assert fair == pytest.approx(steps.least[at, row], abs=2)
    assert "parts" not in (room_map.document(made(GPS), 20) or {})


def test_all_who_count_room_count_the_same_people():
    territory = drawn(7)
    table = indicators.commune_indicators(territory)
    expected = table["without_room_nearest"].to_numpy()
    assert expected.sum() > 0
    ground = ground_of(territory)
    nowhere, nobody = np.full((ground.gps.size, 1), np.inf), np.zeros(1)
    assert ground.without_room(ground.gps, nowhere, nobody) == pytest.approx(expected)
    assert without_room(territory, 1000.0)[:6] == pytest.approx(expected)
    still = np.zeros(len(places(territory)))
    given = still.copy()
    given[1] = 22.0  # half-days a month in a commune without a GP
    moved = changes(territory, still, given, acts=10.0, per_gp=1000.0)
    assert moved["without_room_before"].to_numpy() == pytest.approx(expected)
    assert moved["without_room_after"].sum() < expected.sum() - 100
    sited = effects.of_sites(territory, SITES, {}).communes
    assert sited["without_room_before"].to_numpy() == pytest.approx(expected)
    gone = departures.departures_of(territory, {"16003": 1})
    assert gone is not None
    assert gone.room["before"].sum() <= expected.sum() + 1e-6
    assert gone.losing_room > 0


def test_a_site_gives_room_to_the_squares_that_reach_it_alone_or_beside_others():
    territory = drawn(7)
    ground = ground_of(territory)
    both = evaluation.evaluate_sites(territory, SITES)
    alone = evaluation.evaluate_sites(territory, SITES[:1])
    assert both.sites["room_gained"].iloc[0] == pytest.approx(alone.sites["room_gained"].iloc[0])
    # Plainly: squares with two more doctors' places.
    reach, people, owner = plainly(territory, 20)
    away = np.round(
        np.abs(people_of(territory).lonlat[:, :1] - [[one.lon for one in SITES]])
        * MINUTES_PER_DEGREE,
        6,
    )
    origin, site = np.nonzero(away <= 20)
    pairs = pd.DataFrame(
        {
            "origin": np.r_[reach.origin, origin],
            "destination": np.r_[reach.destination, ground.gps.size + site],
            "minutes": np.r_[reach.minutes, away[origin, site]],
        }
    )
    offer = np.r_[ground.gps, 1.0, 2.0]
    wider = Reach.of(pairs, len(people), offer.size, 20.0)
    left = nearest_first(wider, people, offer, 1000.0).without_room
    expected = left[owner < ground.count].sum()
    assert both.together["room_left"] == pytest.approx(expected, rel=0.1, abs=100)


def test_the_best_sites_seat_the_squares_without_room_that_reach_them():
    territory = drawn(7)
    found = best.best_sites(territory, SITES, model="capacitated", k=1)
    ground = ground_of(territory)
    assert ground.parts is not None
    near = best.parts_within(territory, ground.parts, SITES, 20.0)
    without = ground.parts_without_room(ground.gps, near)
    inside = near.parts.owner < ground.count
    reached = near.reached(ground.gps.size)[inside]
    most = [min(without[inside] @ reached[:, one], 1000.0 * SITES[one].gps) for one in (0, 1)]
    assert found.solution.objective == pytest.approx(max(most))
    assert found.chosen == (int(np.argmax(most)),)


def test_parts_do_not_depend_on_how_points_are_cut_in_blocks(monkeypatch, tmp_path):
    territory = drawn(5)
    once = parts.parts_of(territory, gp_places(territory), 20)
    monkeypatch.setattr(parts, "_BLOCK_POINTS", 30)
    monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path))
    again = parts.parts_of(territory, gp_places(territory), 20)
    assert once is not None
    assert again is not None
    assert np.array_equal(once.of_point, again.of_point)
    assert np.array_equal(once.reach.minutes, again.reach.minutes)
