"""On the region of the application: privacy of grouped views, departures."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.access import inputs
from data.region import catalogue, rules
from data.region.territory import Provenance, Territory
from data.siting.departures import departures_of
from geo.errors import InvalidInputError
from models.learning.signals import DEFAULT_HORIZON
from models.region import predict
from models.region.departure import departure


@pytest.fixture(scope="module")
def territory() -> Territory:
    """The demonstration region, cut to Creuse and Haute-Vienne to stay fast."""
    whole = catalogue.load_territory()
    kept = whole.communes["departement"].isin(["23", "87"])
    communes = whole.communes[kept].reset_index(drop=True)
    fringe = whole.fringe.iloc[:0]
    inside = set(communes["code"])
    tables = {
        name: getattr(whole, name)[getattr(whole, name)["code"].isin(inside)]
        for name in ("gps", "gp_history", "apl", "reference")
    }
    return replace(whole, communes=communes, fringe=fringe, version="cut", **tables)


@pytest.fixture(scope="module")
def table(territory: Territory) -> pd.DataFrame:
    return predict.risk_table(territory)


def test_every_commune_with_a_gp_has_a_risk(territory: Territory, table: pd.DataFrame) -> None:
    with_gp = territory.gps.loc[territory.gps["gps"] > 0, "code"]
    assert set(table["code"]) == set(with_gp) & set(territory.communes["code"])
    assert (table["horizon"] == DEFAULT_HORIZON).all()


def test_grouped_views_hold_five_gps_and_name_no_commune(territory: Territory) -> None:
    groups = predict.grouped_risk(territory)
    assert (groups["gps"] >= predict.MINIMUM_GPS).all()
    codes = [code for members in groups["codes"] for code in members]
    gps = territory.gps.set_index("code")["gps"].reindex(territory.communes["code"]).fillna(0)
    assert len(codes) == len(set(codes))
    assert set(codes) == set(gps[(gps > 0) & (gps < predict.MINIMUM_GPS)].index)
    assert not {"code", "probability", "reasons", "contributions"} & set(groups.columns)
    assert all(len(members) >= 3 for members in groups["codes"])
    assert groups["tenths"].between(1, 9).all()


def test_a_region_of_four_gps_shows_nothing_in_public(territory: Territory) -> None:
    few = territory.gps.head(4).assign(gps=1.0)
    small = replace(territory, gps=few, version="small")
    assert predict.grouped_risk(small).empty


def test_a_simulated_history_is_not_mixed_with_real_counts(territory: Territory) -> None:
    provenance = dict(territory.provenance)
    provenance["gps"] = replace(provenance["gps"], simulated=False, vintage="2024")
    inputs, year = predict.inputs_of(replace(territory, provenance=provenance, version="real"))
    assert year == 2024
    assert list(inputs.panel.columns) == ["gp_2024"]


def test_a_departure_moves_patients_and_loses_none(territory: Territory) -> None:
    gps = territory.gps.set_index("code")["gps"]
    code = str(gps[gps == 1].index[0])
    result = departure(territory, code)
    assert (result.gps_before, result.gps_after) == (1, 0)
    assert result.minutes_before == 0 < result.minutes_after
    assert result.apl_after < result.apl_before
    assert (result.communes["apl_after"] <= result.communes["apl_before"] + 1e-12).all()
    assert (result.communes["minutes_after"] >= result.communes["minutes_before"]).all()
    assert code not in set(result.neighbours["code"])
    assert (result.neighbours["gps"] > 0).all()
    assert result.neighbours["extra_patients"].sum() + result.people_left > 0
    assert np.diff(result.rounds).min(initial=0) >= -1e-9
    assert result.assumptions


def test_a_departure_is_that_of_the_sites(territory: Territory) -> None:
    """Minutes, APL, people beyond 20 minutes and without room: one engine, the same figures."""
    gps = territory.gps.set_index("code")["gps"]
    code = str(gps[gps == 1].index[3])
    here, there = departure(territory, code), departures_of(territory, {code: 1})
    assert there is not None
    assert here.people_beyond_20 == there.pushed_beyond_20
    assert here.room.nearest == there.losing_room
    changed = here.communes.set_index("code")
    after = there.ground.communes.set_index("code").loc[changed.index]
    known = np.isfinite(changed["minutes_after"])
    pd.testing.assert_series_equal(
        changed.loc[known, "minutes_after"],
        after.loc[known, "minutes_to_nearest_gp"],
        check_names=False,
    )
    falling = changed["apl_before"] - changed["apl_after"] > rules.APL_NOISE
    assert changed.loc[falling, "population"].sum() == pytest.approx(there.losing)


def test_patients_of_those_who_leave_are_shared_out_whole(territory: Territory) -> None:
    gps = territory.gps.set_index("code")["gps"]
    code = str(gps[gps == 2].index[0])
    places, pairs = inputs.places(territory), inputs.gp_pairs(territory)
    weight = inputs.apl_weight(pairs["minutes"].to_numpy())
    demand, _ = inputs.standardised_population(territory, places)
    load = pd.Series(weight * demand[pairs["origin"]]).groupby(pairs["destination"]).sum()
    supply = places["gps"].fillna(0.0).reindex(load.index) / load
    offered = pd.Series(weight * supply.reindex(pairs["destination"]).to_numpy())
    share = offered / offered.groupby(pairs["origin"]).transform("sum")
    here = places.index[places["code"] == code][0]
    people = places["population"].to_numpy()[pairs["origin"]]
    at_site = float((people * share)[(pairs["destination"] == here).to_numpy()].sum())
    one = departure(territory, code, 1)
    moved = one.neighbours["extra_patients"].sum() + one.people_left
    assert moved == pytest.approx(at_site / 2, rel=1e-6)


def test_two_half_departures_make_one(territory: Territory) -> None:
    gps = territory.gps.set_index("code")["gps"]
    code = str(gps[gps == 2].index[0])
    one, both = departure(territory, code, 1), departure(territory, code)
    assert one.apl_before - one.apl_after == pytest.approx((both.apl_before - both.apl_after) / 2)
    assert one.minutes_after == 0
    risk = one.neighbours.set_index("code").loc[code]
    assert risk["probability_after"] > 2 * risk["probability_before"]


def test_impossible_departures_are_refused(territory: Territory) -> None:
    gps = territory.gps.set_index("code")["gps"]
    single, none = str(gps[gps == 1].index[0]), str(gps[gps == 0].index[0])
    for code, leaving in ((single, 2), (none, None), ("99999", None)):
        with pytest.raises(InvalidInputError):
            departure(territory, code, leaving)


def test_a_departure_leaves_no_more_people_without_room_than_its_gps_took(
    territory: Territory,
) -> None:
    """Whatever the sharing, the places lost are those of the GPs who leave."""
    gps = territory.gps.set_index("code")["gps"]
    code = str(gps.idxmax())
    lost = [departure(territory, code, leaving).room for leaving in (1, 3)]
    for one, leaving in zip(lost, (1, 3), strict=True):
        for people in (one.fair, one.nearest):
            assert -1e-6 <= people <= leaving * one.per_gp + 1e-6
        assert one.communes["people"].sum() == pytest.approx(one.nearest, abs=len(gps))
    assert lost[0].nearest <= lost[1].nearest + 1e-6
    assert lost[0].fair <= lost[1].fair + 1e-6


def test_counts_that_do_not_cover_the_region_leave_its_risks_those_of_the_demonstration() -> None:
    """A file of another region that tells a few communes of ours, in the past."""
    before, year = predict.inputs_of(catalogue.load_territory())
    here = pd.DataFrame({"code": before.panel.index[:100], "gps": 1.0, "year": 2013})
    tables = {"gps": pd.DataFrame({"code": ["75056"], "gps": [2000.0]}), "gp_history": here}
    kinds = {
        key: Provenance(
            key, key, "INSEE, BPE", "2013", "", simulated=False, rows=1, matched=1,
            file_name="bpe.csv",
        )
        for key in tables
    }  # fmt: skip
    catalogue.commit_tables(tables, kinds)
    after, same = predict.inputs_of(catalogue.load_territory())
    assert same == year
    pd.testing.assert_frame_equal(after.panel, before.panel)
