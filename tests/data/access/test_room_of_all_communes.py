"""The room of every commune, as the map shows it, against the pairs of who reaches whom alone.

On the demonstration and, where the reference data are, on the real counts of GPs.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from data.access import room_tables as rooms
from data.access.indicators import LEVELS, aggregated_indicators, commune_indicators
from data.access.room import room_tables
from data.access.room_tables import RoomTables
from data.maps import room as room_map
from data.region.catalogue import load_territory
from data.region.territory import Territory
from geo.layers import INDICATORS

SOURCES = [
    "demonstration",
    pytest.param("real", marks=[pytest.mark.reference, pytest.mark.campaign]),
]
CROWDED = 0.05
"""Above the second class of the map's legend."""


@dataclass(frozen=True, eq=False)
class Known:
    """A region, who reaches whom in it, what is measured, and what the map shows."""

    territory: Territory
    tables: RoomTables
    measured: pd.DataFrame
    proofs: pd.DataFrame
    shown: room_map.RoomDocument
    indicators: pd.DataFrame
    departements: pd.DataFrame


@pytest.fixture(scope="module", params=SOURCES)
def known(request):
    name = "prepared_home" if request.param == "demonstration" else "real_counts_home"
    home = request.getfixturevalue(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(home))
        territory = load_territory("75")
        tables = room_tables(territory, 20)
        bound = rooms.shared(tables)
        shown = room_map.document(territory, 20)
        assert shown is not None
        measured = rooms.measures(tables, bound, 1000.0)
        whole = aggregated_indicators(territory, "departement").set_index("code")
        proofs, own = rooms.proofs(tables, bound), commune_indicators(territory)
    return Known(territory, tables, measured, proofs, shown, own, whole)


def test_every_commune_is_in_one_block_or_reaches_no_gp(known):
    own = known.proofs[(known.proofs["set"] == "bloc") & (known.proofs["side"] == "lieu")]
    assert own["id"].is_unique
    reached = known.measured["gps_within"] > 0
    assert set(own["id"]) == set(known.measured.loc[reached, "id"])
    assert known.measured.loc[~reached, "block"].isna().all()
    assert len(known.shown["block"]) == len(known.territory.communes) > 4000


def test_every_block_recomputes_to_its_number_and_every_hall_set_to_no_less(known):
    """People and GPs are summed again from the tables, member by member."""
    tables = known.tables
    place = pd.Series(range(len(tables.places)), index=tables.places["id"])
    site = pd.Series(range(len(tables.sites)), index=tables.sites["id"])
    staffed = tables.gps[tables.reach.destination] > 0
    origin, destination = tables.reach.origin[staffed], tables.reach.destination[staffed]
    proven = 0
    for block, rows in known.proofs.groupby("block"):
        level = rows["inhabitants_per_gp"].iloc[0]
        of_places, own = rows["side"] == "lieu", rows["set"] == "bloc"
        places, doctors = (
            place[rows.loc[own & of_places, "id"]],
            site[rows.loc[own & ~of_places, "id"]],
        )
        people = tables.people[places].sum()
        assert people / tables.gps[doctors].sum() == pytest.approx(level)
        everyone, all_doctors = place[rows.loc[of_places, "id"]], site[rows.loc[~of_places, "id"]]
        # Whoever is in the set reaches no GP outside it: the mean cannot be escaped.
        reached = destination[np.isin(origin, everyone)]
        assert np.isin(reached, all_doctors).all()
        assert tables.people[everyone].sum() / tables.gps[all_doctors].sum() >= level * (1 - 1e-9)
        told = known.shown["blocks"][int(block) - 1]
        assert told["level"] == pytest.approx(level)
        assert (told["communes"], told["people"]) == (len(places), round(people))
        assert told["hall_communes"] == len(everyone)
        assert told["hall_people"] == round(tables.people[everyone].sum())
        assert told["hall_people"] / told["hall_gps"] >= level * (1 - 1e-6)
        proven += len(places)
    assert proven == (known.measured["gps_within"] > 0).sum()


def test_the_number_shown_of_each_commune_is_that_of_its_block(known):
    inside = known.measured[known.measured["inside"]].reset_index(drop=True)
    block = np.array(known.shown["block"])
    assert (block + 1).tolist() == inside["block"].fillna(0).astype(int).tolist()
    levels = np.array([one["level"] for one in known.shown["blocks"]])
    reached = block >= 0
    told = inside.loc[reached, "inhabitants_per_gp"].to_numpy()
    np.testing.assert_allclose(levels[block[reached]], told)
    assert inside.loc[~reached, "inhabitants_per_gp"].isna().all()


def test_the_opening_map_has_something_to_say_in_each_departement(known):
    opening = INDICATORS[0]
    assert opening.key == "share_without_room"
    code, _ = LEVELS["departement"]
    whole = known.departements
    assert len(whole) == 12
    assert whole["share_without_room"].between(0.005, 0.5).all()
    for departement, communes in known.indicators.groupby(code):
        shares = communes[opening.key].dropna()
        drawn = np.unique(np.searchsorted(opening.breaks, 100 * shares, side="left"))
        assert len(drawn) >= 3, departement
        assert 0.02 < (shares > CROWDED).mean() < 0.98, departement
