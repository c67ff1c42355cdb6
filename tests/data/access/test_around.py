"""Who is around a point, on six communes in a line, by hand."""

import math

import pytest

from data.access.around import around, without_room
from data.access.indicators import commune_indicators
from data.access.room import ladder
from data.access.unknown_supply import unsure_room
from tests.data.access.small_region import GPS, made


def test_each_ring_counts_whole_communes_and_what_they_have() -> None:
    territory = made(GPS)
    communes = commune_indicators(territory)
    table = around(territory, communes, 0.0, 45.0).set_index("minutes")
    # Town halls stand at 0, 12, 24, 36 and 48 minutes of the point, the last one far away.
    assert table["communes"].tolist() == [1, 2, 3]
    assert table["population"].tolist() == [1000, 3000, 3500]
    near = communes.iloc[:3]
    assert table.loc[30, "gps"] == near["gps"].sum()
    assert table.loc[30, "communes_without_gp"] == (near["gps"] == 0).sum()
    served = near["minutes_to_nearest_gp"] <= 20
    assert table.loc[30, "already"] == near.loc[served, "population"].sum()


def test_who_lives_across_the_border_is_told_apart() -> None:
    territory = made(GPS)
    # 24001 is at 17 minutes of the point.
    table = around(territory, commune_indicators(territory), 0.05, 45.0).set_index("minutes")
    assert table["outside_communes"].tolist() == [0, 1, 1]
    assert table["outside_population"].tolist() == [0, 400, 400]
    assert table["population"].tolist() == [3000, 3500, 3500]


def test_ages_unknown_are_missing_never_zero() -> None:
    territory = made(GPS)
    communes = commune_indicators(territory).assign(share_over_75=float("nan"))
    assert around(territory, communes, 0.0, 45.0)["over_75"].isna().all()


def test_the_end_of_a_ring_is_in_it_and_only_those_served_are_already() -> None:
    territory = made(GPS)
    communes = commune_indicators(territory)
    # 16002 is at 10 minutes of the point exactly, 16001 and 16003 at 2 and 22.
    table = around(territory, communes, 0.02, 45.0).set_index("minutes")
    assert table["communes"].tolist() == [2, 2, 3]
    # 17003 has no GP within two hours and a half: nobody there is served already.
    alone = around(territory, communes, 2.0, 45.0).set_index("minutes")
    assert alone["population"].tolist() == [800, 800, 800]
    assert alone["already"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("fair", [False, True])
def test_people_without_room_are_those_of_the_communes_within(fair: bool) -> None:
    territory = made(GPS)
    rows = around(territory, commune_indicators(territory), 0.0, 45.0)["rows"].tolist()
    assert rows == [[0], [0, 1], [0, 1, 2]]
    steps = ladder(territory, 20)
    of_communes = (steps.least if fair else steps.nearest)[0]  # at 800 inhabitants a GP
    told = without_room(territory, rows, 800, 20, fair=fair)
    assert told == pytest.approx([of_communes[:n].sum() for n in (1, 2, 3)], abs=1)
    assert told[-1] > 0


def test_people_whose_gps_are_not_known_are_not_counted_and_no_commune_is_not_zero() -> None:
    territory = made({code: gps for code, gps in GPS.items() if code != "17001"})
    unsure = unsure_room(territory, 20)
    assert 0 < unsure.sum() < len(unsure)
    rows = [[int(row)] for row in range(len(unsure))]
    told = without_room(territory, rows, 1000, 20, fair=False)
    assert [math.isnan(one) for one in told] == unsure.tolist()
    assert math.isnan(without_room(territory, [[]], 1000, 20, fair=False)[0])
