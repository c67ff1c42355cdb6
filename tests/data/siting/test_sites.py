"""Candidate sites judged on a made region of six communes, by hand."""

import itertools
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from data.access.indicators import commune_indicators
from data.base.french import number
from data.region import rules
from data.reports import site_tables
from data.reports.site_tables import side_by_side
from data.siting import changes, evaluation
from data.siting.best import best_sites
from data.siting.departures import departures_of, words
from data.siting.ground import ground_of
from geo.errors import InvalidInputError, UnsolvedError
from geo.siting import judged
from tests.data.access.small_region import GPS
from tests.data.siting.small_sites import FAR, MIDDLE, made, site, structures, zoning


@pytest.fixture
def territory():
    reference = pd.DataFrame(
        {
            "code": ["16001", "16002", "16003", "17001", "17003"],
            "share_over_75": [0.1, 0.2, 0.1, 0.1, 0.5],
            "density_class": "",
            "area_km2": 10.0,
            "bassin_de_vie": "",
            "bassin_de_vie_name": "",
        }
    )
    return made(
        GPS,
        structures=structures(("msp", 0.0), ("urgences", 0.36)),
        zoning=zoning(),
        reference=reference,
    )


def test_room_today_is_that_of_sites_where_nobody_works(territory):
    ground = ground_of(territory)
    for _ in range(2):  # worked out, then kept
        found = ground.without_room(ground.gps, np.zeros((len(ground.gps), 2)), np.zeros(2))
        assert ground.without_room_today == pytest.approx(found, rel=0, abs=0)
    assert ground.without_room_today.sum() > 0
    empty = replace(MIDDLE, gps=0.0)
    assert evaluation.evaluate_sites(territory, [empty]).together["room_gained"] == 0
    after = departures_of(territory, {"16001": 1}).ground
    assert after.without_room_today.sum() > ground.without_room_today.sum()


def test_reach_counts_people_by_ring_zone_age_and_risk(territory):
    found = evaluation.evaluate_sites(territory, [MIDDLE, FAR], risk_communes={"16001", "17003"})
    first, second = found.sites.to_dict("records")
    # 16002 at 0 minutes, 16001 and 16003 at 12, 17001 at 24.
    assert first["population_within_10"] == 2000
    assert first["population_within_20"] == 3500
    assert first["population_within_30"] == 3800
    assert first["over_75_within_20"] == pytest.approx(100 + 400 + 50)
    assert first["zip_within_20"] == 3000
    assert first["zac_within_20"] == 500
    assert first["newly_within_20"] == 0
    assert (first["risk_communes_within_20"], first["risk_population_within_20"]) == (1, 1000)
    assert second["newly_within_20"] == 800  # 164 minutes from any GP today
    # The MSP at 16001 serves 16001 and 16002; the emergency department does not count.
    assert first["share_already_served"] == pytest.approx(3000 / 3500)
    assert second["share_already_served"] == 0
    assert (first["minutes_to_msp"], first["nearest_msp"]) == (12, "Structure 0")
    assert math.isnan(second["minutes_to_msp"])
    assert found.together["population_within_20"] == 4300
    assert found.together["risk_communes_within_20"] == 2
    assert found.reach.query("site == 1").to_numpy().tolist() == [[1, 5, 0]]


def test_overlap_between_sites(territory):
    other = site("Voisin", "16003", 0.24)
    found = evaluation.evaluate_sites(territory, [MIDDLE, other, FAR])
    # MIDDLE: 16001, 16002, 16003; other: 16002, 16003, 17001, 17002 (nobody).
    assert found.overlaps.loc[0, 1] == pytest.approx(2500 / 3500)
    assert found.overlaps.loc[1, 0] == pytest.approx(2500 / 2800)
    assert found.sites["shared_with"].tolist() == ["Voisin", "Milieu", ""]
    assert found.sites["share_shared"].iloc[2] == 0
    assert found.together["population_within_20"] == 1000 + 2000 + 500 + 300 + 800


def test_risk_is_missing_without_a_table(territory):
    found = evaluation.evaluate_sites(territory, [MIDDLE])
    assert found.sites["risk_communes_within_20"].isna().all()
    assert np.isnan(found.together["risk_population_within_20"])
    assert np.isnan(found.sites["share_shared"].iloc[0])


def test_gain_of_apl_is_that_of_the_indicators(territory):
    found = evaluation.evaluate_sites(territory, [FAR])
    before = commune_indicators(territory).set_index("code")["apl"]
    after = commune_indicators(made(GPS | {"17003": 2.0}, reference=territory.reference))
    rise = after.set_index("code")["apl"] - before
    row = found.sites.iloc[0]
    assert row["gps_planned"] == row["gps_new"] == 2
    assert row["apl_gain_under_served"] == pytest.approx(rise["17003"])
    assert row["population_gaining"] == row["population_above_2_5"] == 800


def test_ground_reproduces_the_indicators_when_nothing_changes(territory):
    ground = ground_of(territory)
    nowhere = np.full((len(ground.gps), 1), np.inf)
    apl = ground.access(ground.gps, nowhere, np.zeros(1))
    np.testing.assert_allclose(apl, commune_indicators(territory)["apl"], equal_nan=True)
    near = ground.nearest(ground.gps, nowhere, np.zeros(1))
    assert near[:5].tolist() == [0, 12, 12, 0, 12]


def test_small_changes_count_and_noise_does_not():
    """Who wins or loses is told down to the threshold, neither ten times above nor under it."""
    crowded = made(GPS)
    people = crowded.communes["population"] * 150.0
    crowded = replace(crowded, communes=crowded.communes.assign(population=people))
    mover = site("Pôle", "16003", 0.24, gps=1, moving={"17001": 1})
    found = evaluation.evaluate_sites(crowded, [mover]).changes.set_index("code")
    ground = ground_of(crowded)
    gps = ground.gps.copy()
    before = ground.access(gps, np.full((gps.size, 1), np.inf), np.zeros(1))
    gps[ground.rows["17001"]] = 0.0
    lon = np.append(crowded.communes["lon"], crowded.fringe["lon"])
    after = ground.access(gps, np.abs(lon - 0.24)[:, None] * 100, np.ones(1))
    change = pd.Series(after - before, index=crowded.communes["code"]).fillna(0.0)
    small = change[(change.abs() > rules.APL_NOISE) & (change.abs() < 10 * rules.APL_NOISE)]
    assert len(small) >= 1
    assert set(small.index) <= set(found.index)
    quiet = change[change.abs() <= rules.APL_NOISE].index
    same = found.index.intersection(quiet)
    moved = (found["minutes_before"] - found["minutes_after"]).abs()
    assert (moved[same] > rules.MINUTES_NOISE).all()


def test_a_trip_counts_from_its_noise_on_where_supply_does_not_move():
    """Minutes decide then: twice the noise is a gain or a loss, half of it is nothing."""
    before = np.full(4, 20.0)
    step = rules.MINUTES_NOISE
    after = before + step * np.array([-2.0, -0.5, 0.5, 2.0])
    still = np.full(4, 3.0)
    wins, loses = changes.winners_and_losers((still, still), (before, after))
    assert wins.tolist() == [True, False, False, False]
    assert loses.tolist() == [False, False, False, True]


def test_a_change_that_counts_is_never_told_by_one_figure_twice():
    before = np.array([3.986, 3.9, 3.99, np.nan, 3.9951])
    after = np.array([3.9935, 3.9, 3.991, 4.0, 3.9899])
    assert changes.decimals_apart(np.column_stack((before, after)), 2) == [3, 2, 2, 2, 2]
    told = site_tables.changes_table(lone_change((3.9935, 3.986), (12.0, 12.0)))
    row = told.iloc[0]
    assert [row["APL avant"], row["APL après"], row["Minutes avant"]] == ["3,994", "3,986", "12,0"]


def lone_change(apl, minutes):
    """Return a judgement that changes one commune."""
    found = evaluation.evaluate_sites(made(GPS), [site("Pôle", "16003", 0.24, gps=1)])
    row = {"site": 0, "code": "16001", "name": "Ici", "population": 10.0, "effect": "perd"}
    row |= dict(zip(("apl_before", "apl_after"), apl, strict=True))
    row |= dict(zip(("minutes_before", "minutes_after"), minutes, strict=True))
    return replace(found, changes=pd.DataFrame([row]))


def test_people_who_gain_or_lose_are_counted_from_the_noise_on():
    """So many people that a GP more, or less, moves most by less than ten times it."""
    crowded = made(GPS)
    people = crowded.communes["population"] * 150.0
    crowded = replace(crowded, communes=crowded.communes.assign(population=people))
    ground = ground_of(crowded)
    nowhere, nobody = np.full((ground.gps.size, 1), np.inf), np.zeros(1)
    before = ground.access(ground.gps, nowhere, nobody)
    fewer = ground.gps.copy()
    fewer[ground.rows["17001"]] = 0.0
    lon = np.append(crowded.communes["lon"], crowded.fringe["lon"])
    near = np.abs(lon - 0.24)[:, None] * 100
    lost = before - ground.access(fewer, nowhere, nobody)
    won = ground.access(ground.gps, near, np.ones(1)) - before
    for change in (lost, won):
        assert ((change > rules.APL_NOISE) & (change < 10 * rules.APL_NOISE)).any()
    gone = departures_of(crowded, {"17001": 1})
    assert gone.losing == pytest.approx(people[lost > rules.APL_NOISE].sum())
    found = evaluation.evaluate_sites(crowded, [site("Pôle", "16003", 0.24, gps=1)])
    gaining = found.together["population_gaining"]
    assert gaining == pytest.approx(people[won > rules.APL_NOISE].sum())


def test_winners_and_losers_when_a_gp_moves(territory):
    mover = site("Pôle", "16003", 0.24, gps=1, moving={"17001": 1})
    found = evaluation.evaluate_sites(territory, [mover])
    table = found.changes.set_index("code")
    assert found.sites["gps_moving"].tolist() == [1]
    assert found.sites["gps_new"].tolist() == [0]
    assert table.loc["16003", "minutes_after"] == 0
    assert table.loc["16002", "effect"] == "gagne"  # now 12 minutes from two practices
    assert table.loc["16002", "apl_after"] > table.loc["16002", "apl_before"]
    assert table.loc["17001", "effect"] == "perd"
    assert (table.loc["17001", "minutes_before"], table.loc["17001", "minutes_after"]) == (0, 12)
    assert table.loc["17001", "apl_after"] < table.loc["17001", "apl_before"]
    assert "17003" not in table.index  # too far to notice


def test_no_more_gps_move_than_there_are(territory):
    greedy = site("Pôle", "16003", 0.24, moving={"17001": 5, "16002": 1, "99999": 1})
    found = evaluation.evaluate_sites(territory, [greedy, greedy])
    assert found.sites["gps_moving"].tolist() == [1, 1]
    assert found.together["gps_moving"] == 1  # one GP does not move twice


def test_a_site_that_says_no_number_has_at_least_those_who_move_in():
    crowded = made({**GPS, "16001": 4.0})
    more, fewer = (site("Milieu", "16002", 0.12, moving={"16001": count}) for count in (3.0, 1.0))
    found = evaluation.evaluate_sites(crowded, [more, fewer]).sites
    told = found[["gps_planned", "gps_moving", "gps_new"]].to_numpy().tolist()
    assert told == [[3.0, 3.0, 0.0], [2.0, 1.0, 1.0]]
    # More who move in than it says are planned: all of them work there, and are told.
    short = site("Milieu", "16002", 0.12, gps=2, moving={"16001": 3.0})
    [row] = evaluation.evaluate_sites(crowded, [short]).sites.to_dict("records")
    assert [row[f"gps_{one}"] for one in ("planned", "moving", "new")] == [3.0, 3.0, 0.0]


def test_eligibility_signals(territory):
    poor = site("Peu", "16001", 0.0, gps=1)
    found = evaluation.evaluate_sites(territory, [MIDDLE, FAR, poor]).sites
    assert found["enough_gps"].tolist() == ["oui", "non précisé", "non"]
    assert found["void_zone"].tolist() == [True, True, False]
    assert found["zone"].tolist() == ["ZIP", "ZIP", "ZIP"]
    assert f"{number(rules.ZIP_AID_EUROS)} €" in found["aid"].iloc[0]
    assert "très faibles les chances" in found["advice"].iloc[1]
    assert "deux généralistes" in found["advice"].iloc[2]


def test_what_is_not_known_is_missing(territory):
    found = evaluation.evaluate_sites(made({}), [MIDDLE]).sites.iloc[0]
    for column in ("newly_within_20", "zip_within_20", "over_75_within_20", "population_gaining"):
        assert np.isnan(found[column]), column
    assert np.isnan(found["gps_within_10"])
    assert found["advice"].startswith("Zonage non connu")


def test_progress_and_empty_sets(territory):
    told = []
    evaluation.evaluate_sites(
        territory, [MIDDLE, FAR], progress=lambda done, all_: told.append((done, all_))
    )
    assert told == [(1, 2), (2, 2)]
    with pytest.raises(InvalidInputError, match="Aucun site"):
        evaluation.evaluate_sites(territory, [])


CANDIDATES = [MIDDLE, site("Voisin", "17001", 0.36), FAR]


@pytest.mark.parametrize(
    ("options", "chosen", "objective"),
    [
        # Nothing exists: the middle reaches 3,500, the far one 800.
        ({"model": "mclp", "k": 1, "existing": "none"}, (0,), 3500),
        ({"model": "mclp", "k": 2, "existing": "none"}, (0, 2), 4300),
        # The MSP of 16001 covers 16001 and 16002 already: 800 more beat 500 + 300.
        ({"model": "mclp", "k": 1}, (1,), 3800),
        ({"model": "pmedian", "k": 1}, (2,), 2000 * 12 + 500 * 24 + 300 * 36),
        ({"model": "lscp"}, (1, 2), 2),
        ({"model": "pcenter", "k": 1}, (2,), 36),
        ({"model": "equity", "k": 1}, (2,), 36),
        ({"model": "mclp", "prices": [9, 2, 2], "budget": 4}, (1, 2), 4600),
    ],
)
def test_best_sites(territory, options, chosen, objective):
    found = best_sites(territory, CANDIDATES, **options)
    assert found.solution.status == "optimal"
    assert found.solution.objective == pytest.approx(objective)
    assert found.chosen == chosen


def test_need_weighs_missing_consultations(territory):
    found = best_sites(territory, CANDIDATES, model="mclp", k=1, weights="need", existing="none")
    table = commune_indicators(territory)
    need = ground_of(territory).demand[:6] * np.clip(4 - table["apl"], 0, None)
    assert found.unit == "consultations manquantes par an"
    assert found.solution.objective == pytest.approx(max(need[:3].sum(), need[5]))


def test_own_choice_is_priced(territory):
    found = best_sites(territory, CANDIDATES, model="mclp", k=1, existing="none", own=[2])
    row = found.choices.set_index("choice").loc["votre choix"]
    assert (row["objective"], row["lost"]) == (800, 2700)
    assert found.differences["only_best"].iloc[-1] in {"", "Milieu"}
    assert found.unreachable == 0


def test_impossible_requests(territory):
    with pytest.raises(InvalidInputError, match="entre 1 et 3"):
        best_sites(territory, CANDIDATES, model="mclp", k=4)
    with pytest.raises(InvalidInputError, match="Options admises"):
        best_sites(territory, CANDIDATES, model="mclp", k=1, existing="tout")
    with pytest.raises((InvalidInputError, UnsolvedError), match="k"):
        best_sites(territory, CANDIDATES, model="mclp")


def test_departures_are_as_if_the_gps_had_never_been_there(territory):
    gone = {"16001": 1, "17001": 1}
    left = {code: count - gone.get(code, 0) for code, count in GPS.items()}
    without = made(left)
    other = replace(territory, gps=without.gps, version=without.version)
    movers = [replace(MIDDLE, moving={"16001": 1}), FAR]
    after = evaluation.evaluate_sites(territory, movers, departures=gone)
    expected = evaluation.evaluate_sites(other, movers)
    pd.testing.assert_frame_equal(after.sites, expected.sites)
    pd.testing.assert_series_equal(after.together, expected.together)
    pd.testing.assert_frame_equal(after.changes, expected.changes)
    for model, existing in (("mclp", "gps"), ("pmedian", "gps"), ("mclp", "structures")):
        options = {"model": model, "k": 1, "existing": existing, "weights": "need"}
        mine = best_sites(territory, movers, departures=gone, **options)
        theirs = best_sites(other, movers, **options)
        assert mine.solution.objective == pytest.approx(theirs.solution.objective)
    shown = [
        *("apl", "minutes_to_nearest_gp", "population_beyond_20", "share_beyond_20"),
        *("gps", "gps_per_1000", "population_within_30"),
        *("without_room_nearest", "share_without_room"),
    ]
    pd.testing.assert_frame_equal(
        after.departures.ground.communes[shown], commune_indicators(other)[shown]
    )


def test_departures_say_who_is_pushed_away(territory):
    everyone = {code: int(count) for code, count in GPS.items()}
    before, everybody = commune_indicators(territory), departures_of(territory, everyone)
    near = before["minutes_to_nearest_gp"] <= 20
    assert everybody.pushed_beyond_20 == before.loc[near, "population"].sum()
    assert everybody.gps == sum(everyone.values())
    named = words(departures_of(territory, {"16001": 1}))
    assert "1 généraliste (" in named
    assert "Un : 1 sur 2) s’en va." in named
    public = words(departures_of(territory, {"16001": 1}), public=True)
    assert "1 généraliste de 1 commune s’en va." in public
    assert territory.communes["name"].iloc[0] not in public


def test_a_site_gives_room_as_if_its_commune_had_its_gps(territory):
    judged = evaluation.evaluate_sites(territory, [MIDDLE, FAR])
    today = commune_indicators(territory)["without_room_nearest"].sum()
    for row, code in enumerate(["16002", "17003"]):
        planned = judged.sites["gps_planned"].iloc[row]
        after = commune_indicators(made(GPS | {code: GPS.get(code, 0.0) + planned}))
        still = after["without_room_nearest"].sum()
        assert judged.sites["room_left"].iloc[row] == pytest.approx(still)
        assert judged.sites["room_gained"].iloc[row] == pytest.approx(today - still)
        # Of them, those of the communes at 20 minutes of the site: 16001 to 16003 for the first.
        near = {"16002": ["16001", "16002", "16003"], "17003": ["17003"]}[code]
        rows = after["code"].isin(near)
        assert judged.sites["room_left_near"].iloc[row] == pytest.approx(
            after.loc[rows, "without_room_nearest"].sum()
        )
        in_zip = after["code"].isin(zoning().query("zone == 'ZIP'")["code"])
        assert judged.sites["room_left_zip"].iloc[row] == pytest.approx(
            after.loc[in_zip, "without_room_nearest"].sum()
        )
    assert judged.together["room_gained"] <= judged.sites["room_gained"].sum() + 1e-6


def test_departures_say_who_loses_room(territory):
    found = departures_of(territory, {"16001": 1})
    before = commune_indicators(territory)["without_room_nearest"]
    after = commune_indicators(made(GPS | {"16001": GPS["16001"] - 1}))["without_room_nearest"]
    assert found.losing_room == pytest.approx((after - before).sum())
    assert found.losing_room > 0
    changed = found.room.set_index("code")
    assert (changed["after"] - changed["before"]).sum() == pytest.approx(found.losing_room, abs=5)
    assert "habitants" in words(found).lower()
    assert "sans place" in words(found)


def test_the_best_sites_by_places_are_those_of_enumeration(territory):
    """By what judging them says, which is what the screen says above: not by seats in reach."""
    sites = [
        replace(MIDDLE, gps=1, moving={"16001": 1}),
        FAR,
        site("Bout", "17002", 0.48, gps=2),
        site("Voisin", "17001", 0.36, gps=1),
    ]
    for k in (1, 2, 3):
        given = {
            rows: evaluation.evaluate_sites(territory, [sites[row] for row in rows]).together[
                "room_gained"
            ]
            for rows in itertools.combinations(range(4), k)
        }
        found = best_sites(territory, sites, model="room", k=k, own=list(range(k)))
        assert found.solution.objective == pytest.approx(max(given.values()), abs=1e-3)
        assert given[found.chosen] == pytest.approx(max(given.values()), abs=1e-3)
        assert found.solution.status == "optimal"
        told = found.choices.set_index("choice")["objective"]
        assert told["votre choix"] == pytest.approx(given[tuple(range(k))], abs=1e-3)
        assert "sans limite de places" in told.index
    with pytest.raises(InvalidInputError, match="sans budget"):
        best_sites(territory, sites, model="room", prices=[1, 1, 1, 1], budget=2.0)


def test_seats_in_reach_are_those_of_enumeration(territory):
    sites = [replace(MIDDLE, gps=1), FAR, site("Bout", "17002", 0.48, gps=2)]
    found = best_sites(territory, sites, model="capacitated", k=2)
    without = commune_indicators(territory)["without_room_nearest"].to_numpy()
    lon = territory.communes["lon"].to_numpy()
    best = 0.0
    for pair in itertools.combinations(sites, 2):
        # On a line, at most two sites: what both reach is shared, what one reaches is its own.
        near = [np.abs(lon - one.lon) * 100 <= 20 + 1e-9 for one in pair]
        seats = [1000.0 * (one.gps or 2) for one in pair]
        alone = [without[a & ~b].sum() for a, b in (near, near[::-1])]
        own = [min(people, most) for people, most in zip(alone, seats, strict=True)]
        left = sum(most - used for most, used in zip(seats, own, strict=True))
        best = max(best, sum(own) + min(without[near[0] & near[1]].sum(), left))
    assert found.solution.objective == pytest.approx(best, abs=1e-3)
    assert found.solution.status == "optimal"
    assert "sans limite de places" in found.choices["choice"].tolist()
    said = site_tables.answer(found, 20, "structures", [one.name for one in sites])
    assert f"mettrait {number(best)} places à portée de ceux qui n’en ont pas. Optimum" in said
    assert "Les ouvrir donnerait une place à" in said


def test_a_choice_that_is_not_proven_says_how_far_another_may_be(territory, monkeypatch):
    monkeypatch.setattr(judged, "MOST_TRIED", 2)
    names = [one.name for one in CANDIDATES]
    # Whoever lacks room finds some: no choice could do better.
    whole = best_sites(territory, CANDIDATES, model="room", k=2)
    assert site_tables.answer(whole, 20, "none", names).endswith("sans place. Optimum prouvé.")
    small = [replace(one, gps=0.5) for one in CANDIDATES]
    moving = [replace(small[0], moving={"16001": 0.5}), *small[1:]]
    found = best_sites(territory, moving, model="room", k=2)
    assert site_tables.answer(found, 20, "none", names).endswith(
        "sans place. Meilleur choix trouvé, sans preuve ; aucun ne donnerait une place à plus de "
        f"{number(1000)} habitants."
    )
    assert site_tables.proof(found).startswith("Meilleur choix trouvé, sans preuve : habitants")


def test_places_are_not_sought_where_gps_are_not_known():
    with pytest.raises(InvalidInputError, match="on ne sait pas qui est sans place"):
        best_sites(made({}), CANDIDATES, model="room", k=1)


def test_places_are_sought_where_nobody_lacks_one():
    found = best_sites(made(dict.fromkeys(GPS, 50.0)), CANDIDATES, model="room", k=1)
    assert found.solution.objective == 0
    said = site_tables.answer(found, 20, "structures", [one.name for one in CANDIDATES])
    assert "ne donnerait de place à aucun habitant de plus" in said
    assert "0 habitant de la région y resterait sans place" in said


@pytest.mark.parametrize("model", ["room", "capacitated", "mclp"])
def test_the_best_sites_give_the_room_that_judging_them_gives(territory, model):
    sites = [replace(MIDDLE, gps=1, moving={"16001": 1}), FAR, site("Bout", "17002", 0.48, gps=2)]
    gone = {"17001": 1}
    found = best_sites(territory, sites, model=model, k=2, departures=gone)
    chosen = [sites[row] for row in found.chosen]
    judged = evaluation.evaluate_sites(territory, chosen, departures=gone).together
    assert found.room == pytest.approx(judged[list(evaluation.ROOM)].to_dict())
    said = site_tables.answer(found, 20, "structures", [one.name for one in sites])
    assert f"donnerait une place à {number(judged['room_gained'])} habitants de plus" in said
    assert f"{number(judged['room_left'])} habitants de la région y resteraient" in said


def test_what_exists_is_no_matter_where_places_are_sought(territory):
    found = [
        best_sites(territory, CANDIDATES, model="room", k=1, existing=existing)
        for existing in ("structures", "gps", "none")
    ]
    assert len({one.chosen for one in found}) == 1
    assert len({one.choices.to_csv() for one in found}) == 1
    assert len({one.unreachable for one in found}) == 1


def test_departures_never_exceed_the_gps_known(territory):
    most = departures_of(territory, {"16001": 99})
    assert most.gps == GPS["16001"]
    assert departures_of(territory, {"16001": 0}) is None
    assert departures_of(territory, {}) is None
    for wrong in ({"99999": 1}, {"16001": -2}):
        with pytest.raises(InvalidInputError):
            departures_of(territory, wrong)


def test_titles_say_after_which_departures(territory):
    after = evaluation.evaluate_sites(territory, [MIDDLE], departures={"16001": 1})
    told = " ".join(side_by_side(after, [0])["Mesure"])
    assert "avant le projet" not in told
    assert "Généralistes à 10 min après les départs" in told


def _room_said(gained, left, sites=1, in_zip=np.nan):
    together = pd.Series({"room_gained": gained, "room_left": left, "room_gained_zip": in_zip})
    return site_tables.room_sentence(
        SimpleNamespace(together=together, sites=pd.DataFrame({"line": range(sites)}), simulated=())
    )


def test_room_is_said_in_sentences_with_right_plurals():
    assert "donnerait une place à 1 habitant de plus" in _room_said(1.2, 0.0)
    assert "1 habitant de la région y resterait sans place" in _room_said(5.0, 1.0)
    assert "ne donnerait de place à aucun habitant de plus" in _room_said(0.3, 40.0)
    assert "ferait perdre leur place à 20 minutes à 7 habitants" in _room_said(-7.0, 40.0)
    assert _room_said(9.0, 40.0, sites=2).startswith("Ouvrir ces sites donnerait")
    assert "9 habitants de plus (dont 4 en ZIP) à 20 minutes" in _room_said(9.0, 40.0, in_zip=4.0)
    assert "ZIP" not in _room_said(9.0, 40.0, in_zip=0.0)
    # Others lose their place where GPs leave: those of the ZIP are no part of the difference.
    assert "ZIP" not in _room_said(9.0, 40.0, in_zip=12.0)


def test_before_and_after_are_told_with_their_difference(territory):
    judged = evaluation.evaluate_sites(territory, [MIDDLE])
    near, in_zip, region = site_tables.before_after(judged, "2017")
    figures = [
        float(one.replace("\N{NARROW NO-BREAK SPACE}", "")) for one in (region.first, region.second)
    ]
    together = judged.together
    assert figures[0] == pytest.approx(together["room_gained"] + together["room_left"], abs=0.5)
    assert figures[1] == pytest.approx(together["room_left"], abs=0.5)
    assert region.lengths[0] == 1.0
    assert region.lengths[1] == pytest.approx(figures[1] / figures[0])
    assert near.title.endswith("dans les communes à 20 minutes d’un site")
    assert in_zip.title.endswith("en ZIP")
    assert {one.vintage for one in (region, near, in_zip)} == {"2017"}
    # Without a zoning nothing is said of the ZIP, rather than nobody.
    unzoned = replace(territory, zoning=territory.zoning.iloc[:0], version="unzoned")
    judged = evaluation.evaluate_sites(unzoned, [MIDDLE])
    assert np.isnan(judged.together["room_gained_zip"])
    assert len(site_tables.before_after(judged, "2017")) == 2
