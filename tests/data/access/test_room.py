"""Room with a GP in a made region, computed by hand, and over all blocks of the demonstration."""

import numpy as np
import pandas as pd
import pytest

from data.access import indicators, room, room_tables
from data.access.inputs import places
from data.maps.sentences import without_room
from data.region.catalogue import load_territory
from geo.errors import UnavailableError
from tests.data.access.small_region import made

GPS = {"16001": 1.0, "16002": 0.0, "16003": 2.0, "17001": 0.0, "24001": 1.0}
GPS |= {"17002": 0.0, "17003": 0.0}  # counted, and none: left out, they would be unknown


@pytest.fixture
def by_code():
    territory = made(GPS)
    table = indicators.commune_indicators(territory)
    return territory, table.set_index("code")


def test_room_by_hand(by_code):
    _, table = by_code
    # Un reaches the GPs of Un and Voisine (12 min); Deux those of Un and Trois (12 min each);
    # Trois its own two; Quatre those of Trois; Six is an hour and a half away.
    assert table["gps_within_20"].tolist() == [2, 3, 2, 2, 0, 0]
    # 4,200 inhabitants, 4 GPs within reach of one another: 1,050 each, nobody escapes it.
    assert table["inhabitants_per_gp"][["16001", "16002"]].tolist() == pytest.approx([1050, 1050])
    assert table["without_room_bound"].sum() + 400 * (1 - 1000 / 1050) == pytest.approx(200 + 800)
    # Nearest first: Un and Voisine fill theirs as far as they are; Deux takes the rest.
    assert table["without_room_nearest"].tolist() == pytest.approx(
        [0, 500, 0, 300, 0, 800], abs=400
    )
    assert np.isnan(table["inhabitants_per_gp"]["17003"])
    assert table["without_room_nearest"]["17003"] == 800
    assert table["minutes_to_third_gp"].tolist()[:4] == pytest.approx([24, 12, 24, 36])
    assert table["population_single_gp"].tolist() == [0, 0, 0, 0, 0, 800]
    assert table["load_per_gp"]["16003"] == pytest.approx((500 + 300 + 2000 * 2 / 3) / 2)
    assert table["load_per_gp"].isna()["16002"]


def test_unknown_gps_leave_everything_missing():
    territory = made({})
    assert room.commune_room(territory).isna().all(axis=None)
    with pytest.raises(UnavailableError):
        room.room_tables(territory, 20)


def test_aggregates_are_sums_and_ratios_of_sums(by_code):
    territory, table = by_code
    whole = indicators.aggregated_indicators(territory, "departement").set_index("code")
    first = table.loc[table["departement"] == "16"]
    assert whole["without_room_nearest"]["16"] == pytest.approx(first["without_room_nearest"].sum())
    share = first["without_room_nearest"].sum() / first["population"].sum()
    assert whole["share_without_room"]["16"] == pytest.approx(share)


@pytest.mark.parametrize(
    ("least", "nearest", "told"),
    [
        (10, 20, "entre 10 et 20 des 900 habitants sont sans place"),
        (20, 10, "20 ou 10 des 900 habitants sont sans place"),  # a fair share, no minimum
        (0.2, 0, "aucun des 900 habitants n’est sans place"),
        (1, 1.4, "1 des 900 habitants est sans place"),
        (30.2, 29.8, "30 des 900 habitants sont sans place"),
    ],
)
def test_both_ends_of_room_are_said_in_a_sentence(least, nearest, told):
    assert without_room(least, nearest, 900) == told


@pytest.fixture(scope="module")
def region(prepared_home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        yield load_territory("75")


@pytest.mark.usefixtures("prepared")
def test_every_block_recomputes_and_every_hall_set_proves(region):
    """Over all communes of the region and its border, from the pairs alone."""
    tables = room.room_tables(region, 20)
    bound = room_tables.shared(tables)
    people, gps, reach = tables.people, tables.gps, tables.reach
    assert len(bound.level) > 5
    for block, level in enumerate(bound.level):
        mine = bound.block == block
        assert people[mine].sum() / gps[bound.site_block == block].sum() == pytest.approx(level)
        assert bound.per_gp[mine] == pytest.approx(level)
        members = np.isin(bound.block, bound.hall_blocks(block))
        reached = np.unique(reach.destination[members[reach.origin]])
        assert people[members].sum() / gps[reached].sum() >= level * (1 - 1e-9)


@pytest.mark.usefixtures("prepared")
def test_map_sheet_and_command_count_the_same(region):
    table = indicators.commune_indicators(region)
    steps = room.ladder(region, 20)
    at = room.CAPACITIES.index(1000)
    assert steps.nearest[at] == pytest.approx(table["without_room_nearest"].to_numpy())
    level = np.append(steps.level, np.inf)[steps.block]
    people = table["population"].to_numpy()
    least = people * (1 - 1000 / np.maximum(level, 1000))
    assert least == pytest.approx(table["without_room_bound"].to_numpy())
    tables = room.room_tables(region, 20)
    told = room_tables.measures(tables, room_tables.shared(tables), 1000.0)
    for column in ("without_room_bound", "without_room_nearest", "inhabitants_per_gp"):
        pd.testing.assert_series_equal(
            told.loc[told["inside"], column].reset_index(drop=True), table[column]
        )
    assert len(places(region)) == len(told)


@pytest.mark.usefixtures("prepared")
def test_blocks_count_their_communes_and_those_of_other_regions(region):
    steps = room.ladder(region, 20)
    inside = np.bincount(steps.block[steps.block >= 0], minlength=len(steps.level))
    assert (steps.blocks["communes"] - steps.blocks["outside"]).tolist() == inside.tolist()
    assert (steps.blocks["hall_people"] / steps.blocks["hall_gps"] >= steps.level * 0.999999).all()
