"""Indicators of a made region of six communes and a fringe of one, computed by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.access import history, indicators, inputs
from data.base import paths
from data.cli.access import write_access
from data.region import privacy
from data.reports.columns import exported
from geo import access as ga
from geo import layers
from geo.errors import InvalidInputError, UnavailableError
from tests.data.access.small_region import (
    CODES,
    GPS,
    POPULATION,
    Straight,
    apl_table,
    made,
)

ACTS = inputs.ACTS_PER_GP
MANY = dict.fromkeys(CODES, 5.0)
"""Enough GPs in each commune for shares by age to be told."""


@pytest.fixture
def territory():
    return made(GPS)


def test_minutes_population_and_density(territory):
    table = indicators.commune_indicators(territory).set_index("code")
    assert table.index.tolist() == CODES
    assert table["minutes_to_nearest_gp"].tolist() == [0, 12, 12, 0, 12, 164]
    assert table["nearest_gp_commune"].tolist()[:4] == ["16001", "16001", "17001", "17001"]
    assert table["population_within_10"].tolist() == [1000, 0, 0, 300, 0, 0]
    assert table["population_within_20"].tolist() == [1000, 2000, 500, 300, 0, 0]
    assert table["population_beyond_20"].tolist() == [0, 0, 0, 0, 0, 800]
    assert table["gps_per_1000"].iloc[0] == 2
    assert table["departement_name"].tolist()[0] == "Charente"


def test_unknown_is_missing_and_never_zero():
    counted = {code: gps for code, gps in GPS.items() if code != "17003"}
    table = indicators.commune_indicators(made(counted)).set_index("code")
    assert np.isnan(table.loc["17003", "gps"])  # the commune is absent of the GP table
    assert np.isnan(table.loc["17002", "gps_per_1000"])  # nobody lives there
    assert np.isnan(table.loc["17002", "apl"])
    assert np.isnan(table.loc["17003", "apl"])
    for column in ("apl_published", "share_near_retirement", "share_over_75"):
        assert table[column].isna().all()
    assert table["minutes_to_labelled_structure"].isna().all()
    assert table["population_labelled_within_20"].isna().all()
    assert (table["zone"] == "").all()


def test_without_any_gp_table_nothing_is_known():
    table = indicators.commune_indicators(made({}))
    columns = ["minutes_to_nearest_gp", "population_within_20", "population_beyond_20", "apl"]
    assert table[columns].isna().all(axis=None)


def test_apl_counts_supply_and_demand_across_the_border(territory):
    # 16001 (2 GPs, 1,000 people), 16002 at 12 minutes, 24001 (1 GP, 400) at 12, 16003 at 24.
    near = ga.DREES_2015.expected([12.0], inputs.TIME_SPREAD_MINUTES)[0]
    at_16001 = 2 * ACTS / (1000 + near * (2000 + 400))
    at_24001 = ACTS / (400 + near * 1000)
    table = indicators.commune_indicators(territory).set_index("code")
    assert table.loc["16001", "apl"] == pytest.approx(at_16001 + near * at_24001)
    assert table.loc["16002", "apl_e2sfca"] == pytest.approx(
        0.68 * 2 * ACTS / (1000 + 0.68 * (2000 + 400) + 0.22 * 500)
        + 0.22 * ACTS / (400 + 0.68 * 1000 + 0.22 * 2000)
        + 0.22 * ACTS / (300 + 0.68 * 500 + 0.22 * 2000)
    )


def test_three_steps_need_an_hour_around(territory):
    found = indicators.three_steps(territory)
    assert (found[:4] > 0).all()
    assert np.isnan(found[4])
    assert found[5] == 0
    assert indicators.three_steps(made({})).isna().all()


def test_published_apl_is_one_series():
    # 2018 covers one commune of six: the series is 2016 for all.
    rows = [(c, 2016, 3.0, 2.4, 100.0) for c in CODES] + [("16001", 2018, 9.0, 9.0, 100.0)]
    table = indicators.commune_indicators(made(MANY, apl=apl_table(*rows)))
    assert set(table["apl_published"]) == {3.0}
    assert set(table["apl_published_year"]) == {2016}
    assert table["share_near_retirement"].tolist() == pytest.approx([0.2] * 6)


def test_a_share_by_age_is_that_of_nobody(tmp_path, monkeypatch):
    """Where fewer than five GPs are around, the share or the two APL would tell their age."""
    rows = apl_table(*[(code, 2018, 4.0, 3.0, 1.0) for code in CODES])
    five = made({**GPS, "16001": 5.0, "16003": np.nan}, apl=rows)
    table = indicators.commune_indicators(five).set_index("code")
    told = table["share_near_retirement"].notna()
    assert told.tolist() == [True, True, False, False, False, False]
    assert table["apl65_published"].notna().tolist() == told.tolist()
    kept = exported(table.reset_index()).set_index("Code")
    assert kept["APL publiée, 65 ans et moins (DREES)"].notna().tolist() == told.tolist()
    monkeypatch.setattr("data.region.catalogue.load_territory", lambda _region: five)
    write_access(out=tmp_path / "na.csv", region="75")
    written = pd.read_csv(tmp_path / "na.csv")
    assert written["apl65_published"].notna().tolist() == told.tolist()
    assert written["share_near_retirement"].notna().tolist() == told.tolist()
    assert history.by_year(five, ["16001"]).loc[2018, "apl65"] == 3
    alone = history.by_year(five, ["17001"])
    assert alone.loc[2018, "apl"] == 4
    assert np.isnan(alone.loc[2018, "apl65"])


def test_where_nothing_is_published_of_ages_nothing_is_said_to_be_hidden():
    """Paris, 2,515 GPs, whose APL is not published, had « fewer than five known »."""
    told = [code for code in CODES if code != "16002"]
    rows = apl_table(*[(code, 2018, 4.0, 3.0, 1.0) for code in told])
    five = made({**GPS, "16001": 5.0, "16003": np.nan}, apl=rows)
    table = indicators.commune_indicators(five).set_index("code")
    assert table["share_near_retirement_year"].notna().tolist() == [code in told for code in CODES]
    assert not privacy.age_masked(table.loc["16002"])
    assert privacy.age_masked(table.loc["17001"])
    assert not privacy.ages_masked(table.loc[["16002"]])


def test_no_difference_of_territories_gives_a_commune_whose_ages_are_not_told():
    """A département and its curve are made without 17003, whose one GP is alone."""

    def seen(hidden):
        rows = apl_table(*[(c, 2018, 4.0, hidden if c >= "17002" else 3.0, 1.0) for c in CODES])
        here = made({**GPS, "16001": 5.0, "16003": 6.0, "17003": 1.0}, apl=rows)
        here = replace(here, version=f"ages-{hidden}")
        levels = [indicators.aggregated_indicators(here, one) for one in ("epci", "departement")]
        curve = history.by_year(here, CODES)
        return pd.concat(levels)[["apl65_published", "share_near_retirement"]], curve["apl65"]

    (low, low_curve), (high, high_curve) = seen(1.0), seen(2.0)
    pd.testing.assert_frame_equal(low, high)
    pd.testing.assert_series_equal(low_curve, high_curve)
    assert low["apl65_published"].tolist() == [3.0] * 4
    assert low_curve.isna().all()  # 800 of 4,600 people are not told: no mean of the others


def test_a_tvs_tells_its_apl_of_65_or_less_where_what_it_hides_is_of_several_doctors():
    def told(gps, tvs):
        zoning = pd.DataFrame({"code": CODES, "zone": "ZIP", "part": "commune", "tvs": tvs})
        rows = apl_table(*[(code, 2018, 4.0, 3.0, 1.0) for code in CODES])
        here = made(
            dict(zip(CODES, gps, strict=True)), apl=rows, zoning=zoning.assign(tvs_name="x")
        )
        here = replace(here, version=f"{gps}{tvs}")
        return indicators.commune_indicators(here)["apl65_tvs"]

    gps = [9.0, 0.0, 0.0, 2.0, 0.0, 1.0]
    # 17003 is an hour away, its one GP alone; with 16001 the difference would tell it.
    assert np.isnan(told(gps, ["t1"] * 5 + ["t2"])[5])
    assert told(gps, ["t1"] * 6).isna().all()
    # 16003 to 17003 hide each other: four communes, six GPs.
    few = told([9.0, 0.0, 1.0, 1.0, 1.0, 3.0], ["t1"] * 6)
    assert few.tolist() == pytest.approx([3.0] * 6)
    assert told([9.0, 0.0, 1.0, 1.0, 1.0, 1.0], ["t1"] * 6).isna().all()
    assert told(gps, ["t1", "t1", "", "", "", ""]).notna().tolist() == [True] * 2 + [False] * 4


def test_standardised_population_by_share_over_75():
    reference = pd.DataFrame(
        {
            "code": CODES,
            "share_over_75": [0.1, 0.3, 0.1, 0.1, 0.1, 0.1],
            "density_class": "",
            "area_km2": 1.0,
            "bassin_de_vie": "",
            "bassin_de_vie_name": "",
        }
    )
    made_one = made(GPS, reference=reference)
    need, basis = inputs.standardised_population(made_one, inputs.places(made_one))
    under, more = inputs.NEED_UNDER_75, inputs.NEED_OVER_75_MORE
    assert need[1] == pytest.approx(2000 * (under + 0.3 * more))
    assert need[6] == pytest.approx(400 * need[:6].sum() / 4600)
    assert "75 ans" in basis


def test_standardised_population_of_the_drees_comes_first():
    made_one = made(GPS, apl=apl_table(*[(c, 2018, 3.0, 3.0, 700.0) for c in CODES]))
    need, basis = inputs.standardised_population(made_one, inputs.places(made_one))
    assert need[0] == 700
    assert "2018" in basis


def test_needs_are_not_borrowed_over_the_sea():
    """Where the DREES publishes nothing overseas, the ratio of the mainland does not fill in."""
    known = made(
        GPS, apl=apl_table(("16001", 2018, 3.0, 3.0, 700.0), ("16002", 2018, 3.0, 3.0, 900.0))
    )
    table = pd.DataFrame(
        {"code": ["16001", "16002", "97101"], "population": 1000.0, "inside": [True, True, True]}
    )
    need, basis = inputs.standardised_population(known, table)
    assert need.tolist() == [700, 900, 1000]
    assert "DREES" in basis
    assert "sans correction" in basis


def test_labelled_structures(territory):
    structure = {"id": "s", "kind": "msp", "name": "n", "code": "16001", "lat": 45.0}
    rows = [{**structure, "lon": 0.0, "labelled": True}]
    rows += [{**structure, "id": "t", "lon": 2.0, "labelled": False}]
    table = indicators.commune_indicators(replace(territory, structures=pd.DataFrame(rows)))
    assert table["minutes_to_labelled_structure"].tolist() == [0, 12, 24, 36, 48, 200]
    assert table["population_labelled_within_20"].tolist() == [1000, 2000, 0, 0, 0, 0]
    assert table["population_labelled_within_30"].tolist() == [1000, 2000, 500, 0, 0, 0]


def zoned(gps=None):
    zoning = pd.DataFrame(
        {
            "code": [*CODES[:4], "16001"],
            "zone": ["ZIP", "ZAC", "ZIP", "HZ", "ZAC"],
            "part": ["commune"] * 4 + ["QPV"],
            "tvs": ["t1", "t1", "t2", "t2", "t1"],
            "tvs_name": ["TVS 1", "TVS 1", "TVS 2", "TVS 2", "TVS 1"],
        }
    )
    return made(GPS if gps is None else gps, zoning=zoning)


def test_zone_of_the_commune_and_of_its_district():
    table = indicators.commune_indicators(zoned()).set_index("code")
    assert table["zone"].tolist() == ["ZIP", "ZAC", "ZIP", "HZ", "", ""]
    assert table["zone_qpv"].tolist() == ["ZAC", "", "", "", "", ""]


def test_aggregated_by_epci():
    communes = indicators.commune_indicators(zoned()).set_index("code")
    table = indicators.aggregated_indicators(zoned(), "epci").set_index("code")
    assert table.index.tolist() == ["e1", "e2"]  # the commune outside any EPCI is left out
    one = table.loc["e1"]
    assert one["population"] == 3000
    assert one["gps_per_1000"] == pytest.approx(2 / 3)
    assert one["minutes_to_nearest_gp"] == pytest.approx(8)
    assert one["minutes_median"] == 12
    expected = (1000 * communes["apl"].iloc[0] + 2000 * communes["apl"].iloc[1]) / 3000
    assert one["apl"] == pytest.approx(expected)
    assert (one["population_zip"], one["population_zac"]) == (1000, 2000)
    assert table["rank_gps_per_1000"].tolist() == [2, 1]


def test_aggregated_share_near_retirement_is_that_of_the_supply():
    rows = apl_table(("16001", 2018, 4.0, 2.0, 1.0), *[(c, 2018, 1.0, 1.0, 1.0) for c in CODES[1:]])
    table = indicators.aggregated_indicators(made(MANY, apl=rows), "epci").set_index("code")
    all_ages, under_65 = (1000 * 4 + 2000 * 1) / 3000, (1000 * 2 + 2000 * 1) / 3000
    assert table.loc["e1", "share_near_retirement"] == pytest.approx(1 - under_65 / all_ages)


def test_a_territory_has_the_year_of_its_communes_where_they_have_one():
    communes = indicators.commune_indicators(zoned())
    years = ["apl_published_year", "share_near_retirement_year", "elder_year"]
    for column in years:
        communes[column] = [2018.0, 2018.0, 2018.0, 2016.0, np.nan, np.nan]
    table = indicators.aggregate(communes, "epci").set_index("code")
    assert table.loc["e1", years].tolist() == [2018] * 3
    assert table.loc["e2", years].isna().all()  # of two years, neither is that of all


@pytest.mark.parametrize("level", ["departement", "tvs", "region"])
def test_sums_of_every_level_hold_the_same_people(level):
    table = indicators.aggregated_indicators(zoned(), level)
    expected = 3800 if level == "tvs" else sum(POPULATION)
    assert table["population"].sum() == expected


def test_unknown_level_is_refused(territory):
    with pytest.raises(InvalidInputError, match="canton"):
        indicators.aggregated_indicators(territory, "canton")


def test_history_needs_most_of_the_population():
    counts = pd.DataFrame(
        {"code": ["16001", "16002", "16001"], "year": [2013, 2013, 2009], "gps": [3.0, 1.0, 4.0]}
    )
    apl = apl_table(("16001", 2018, 4.0, 3.0, 1.0), ("16002", 2018, 1.0, np.nan, 1.0))
    found = history.by_year(made(GPS, gp_history=counts, apl=apl), ["16001", "16002"])
    assert found.loc[2013, "gps"] == 4
    assert 2009 not in found.index
    assert found.loc[2018, "apl"] == pytest.approx(2)
    assert np.isnan(found.loc[2018, "apl65"])


def test_results_are_kept_and_a_broken_file_is_rebuilt(territory):
    first = indicators.commune_indicators(territory)
    again = indicators.commune_indicators(replace(territory))  # as another process would
    pd.testing.assert_frame_equal(first, again)
    assert territory.travel_time.calls == 2  # the pairs, and those farther than half an hour
    for file in (paths.home() / "cache").glob("*.parquet"):
        content = bytearray(file.read_bytes())
        content[len(content) // 3] ^= 0xFF
        file.write_bytes(bytes(content[: len(content) - 20]))
    pd.testing.assert_frame_equal(first, indicators.commune_indicators(replace(territory)))
    assert territory.travel_time.calls == 4


def test_results_follow_the_version_of_the_data(territory):
    before = indicators.commune_indicators(territory)
    other = replace(made({**GPS, "16002": 1.0}), version="v2")
    assert indicators.commune_indicators(other)["gps"].sum() == before["gps"].sum() + 1


def test_the_command_writes_one_row_per_commune(territory, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "data.region.catalogue.load_territory", lambda r: asked.append(r) or territory
    )
    write_access(out=tmp_path / "na.csv", region="75")
    found = pd.read_csv(tmp_path / "na.csv", dtype={"code": str, "nearest_gp_commune": str})
    expected = indicators.commune_indicators(territory)
    assert asked == ["75"]
    assert found["code"].tolist() == CODES
    assert found["apl"].tolist() == pytest.approx(expected["apl"].tolist(), nan_ok=True)
    assert found["apl_3sfca"].notna().sum() == 5
    wanted = {"population", "gps", "minutes_to_nearest_gp", "population_within_20", "apl_e2sfca"}
    assert wanted | {"name", "zone"} <= set(found.columns)


def test_the_command_refuses_a_region_that_is_not_there(tmp_path):
    with pytest.raises(UnavailableError, match="99"):
        write_access(out=tmp_path / "na.csv", region="99")


def test_what_rests_on_minutes_quotes_how_they_are_known():
    """Loads and third doctors quoted counts alone, as if no road had been guessed."""
    rows = apl_table(*((code, 2018, 3.0, 2.0, 100.0) for code in GPS))
    near = made(GPS, apl=rows)
    far = replace(near, travel_time=_Slower(), version="slower")
    here, there = (indicators.commune_indicators(one) for one in (near, far))
    known = [one for one in layers.INDICATORS if one.key in here]
    moved = {one.key for one in known if not here[one.key].equals(there[one.key])}
    assert {one.key for one in known if one.timed} == moved


class _Slower(Straight):
    version = "slower-1"

    def _minutes(self, a, b):
        return 1.9 * super()._minutes(a, b)
