"""Predictors: nothing from the future, oracles on small worlds, blanks where a file lacks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError
from models.learning import features, neighbourhood, places, scoring
from models.learning.inputs import Inputs
from models.learning.panel import xy_km
from models.learning.predictors import NAMES, POPULATION_YEAR, PREDICTORS, THEMES
from models.learning.signals import HORIZONS


def test_every_declared_predictor_is_computed_and_no_other(inputs: Inputs) -> None:
    table = features.compute(inputs, 2017)
    assert set(table.columns) == {*NAMES, "gps", "rurality"}
    assert len(set(NAMES)) == len(NAMES)
    assert all(p.theme in THEMES and p.source and p.meaning and p.missing for p in PREDICTORS)


def test_nothing_measured_after_the_date_is_read(inputs: Inputs) -> None:
    """Everything measured later is permuted, or made absurd: no predictor and no risk moves."""
    rng = np.random.default_rng(3)
    late = inputs.panel.assign(gp_2020=rng.permutation(inputs.panel["gp_2020"]), gp_2031=9.0)
    apl = inputs.apl.copy()
    after = apl["year"] > 2017
    for column in ("apl", "apl65", "standardised_population"):
        apl.loc[after, column] = rng.permutation(apl.loc[after, column])
    changed = replace(inputs, panel=late, apl=apl)
    pd.testing.assert_frame_equal(features.compute(inputs, 2017), features.compute(changed, 2017))
    for horizon in HORIZONS:
        pd.testing.assert_frame_equal(
            scoring.predict(inputs, 2017, horizon), scoring.predict(changed, 2017, horizon)
        )
    earlier = replace(changed, panel=late.assign(gp_2017=0.0), apl=apl.assign(apl=9.0))
    before = features.compute(inputs, 2013)
    pd.testing.assert_frame_equal(before, features.compute(earlier, 2013))


def test_what_is_declared_as_measured_later_is_blank(inputs: Inputs) -> None:
    later = [one.name for one in PREDICTORS if one.measured == POPULATION_YEAR]
    assert {"population_log", "load_20km", "own_apl"} <= set(later)
    assert features.compute(inputs, 2013)[later].isna().all(axis=None)
    assert features.compute(inputs, 2013, learning=True)["population_log"].notna().all()
    assert features.compute(inputs, 2017)["population_log"].notna().all()


def test_the_apl_of_a_year_is_not_known_before_its_end(inputs: Inputs) -> None:
    cut = replace(inputs, panel=inputs.panel.rename(columns={"gp_2017": "gp_2015"}))
    assert features.compute(cut, 2015)["apl_log"].isna().all()
    assert features.compute(inputs, 2017)["apl_log"].notna().any()


def test_changes_are_rates_per_year(inputs: Inputs) -> None:
    """The same counts told to be of two years before give half the yearly change."""
    slow = features.compute(inputs, 2017)
    fast = features.compute(
        replace(inputs, panel=inputs.panel.rename(columns={"gp_2013": "gp_2015"})), 2017
    )
    for name in ("gps_change", "change_20km"):
        assert fast[name].to_numpy() == pytest.approx(2 * slow[name].to_numpy())
    for name in ("lost_10km", "lost_20km"):  # shrunk to what the country lost in as many years
        assert fast[name].max() == pytest.approx(2 * slow[name].max(), rel=0.2)


def test_a_part_of_the_country_is_shrunk_to_the_losses_of_the_whole(inputs: Inputs) -> None:
    """A commune far from the border has one figure, whatever départements stand in the file."""
    panel = inputs.panel
    here = panel[panel.index.str.startswith("15")]
    whole, part = (features.compute(replace(inputs, panel=rows), 2017) for rows in (panel, here))
    assert len(here) < len(panel)
    far = part.index[np.isclose(whole.loc[part.index, "population_20km"], part["population_20km"])]
    assert len(far) > 20
    for name in ("lost_10km", "lost_20km"):
        assert part.loc[far, name].to_numpy() == pytest.approx(whole.loc[far, name].to_numpy())


def test_the_rate_of_the_country_is_of_the_same_counts_or_of_what_is_known_by_then() -> None:
    (lost, had), rate = features.COUNTRY[2013, 2017], features._country_rate
    assert rate(2013, 2017) == lost / had
    assert rate(2010, 2012) is None
    yearly = 1 - (1 - lost / had) ** (1 / 4)
    assert rate(2017, 2018) == pytest.approx(yearly)
    assert rate(2020, 2026) == pytest.approx(1 - (1 - 463 / 8325) ** 2)


def test_a_commune_without_a_place_keeps_what_its_counts_tell(inputs: Inputs) -> None:
    row = pd.DataFrame({"gp_2013": 2.0, "gp_2017": 0.4}, index=pd.Index(["03999"], name="code"))
    table = features.compute(replace(inputs, panel=pd.concat([inputs.panel, row])), 2017)
    assert table.loc["03999", "one_gp"] == 1
    assert np.isnan(table.loc["03999", "load_20km"])


def test_a_panel_without_any_known_place_is_predicted_from_its_counts(inputs: Inputs) -> None:
    alone = pd.DataFrame({"gp_2017": [2.0]}, index=pd.Index(["03999"], name="code"))
    table = features.compute(replace(inputs, panel=alone), 2017)
    assert table.loc["03999", "two_gps"] == 1


def test_files_that_lack_leave_blanks_and_no_error(inputs: Inputs) -> None:
    only = features.compute(Inputs(inputs.panel[["gp_2017"]]), 2017)
    for name in ("gps_change", "apl_log", "lost_10km", "elderly_demand"):
        assert only[name].isna().all()
    assert only[["gps_log", "load_20km", "own_apl"]].notna().all(axis=None)


def test_a_blank_latest_apl_falls_back_on_the_one_before(inputs: Inputs) -> None:
    panel = inputs.panel.rename(columns={"gp_2017": "gp_2018"})
    blank = inputs.apl.copy()
    blank.loc[blank["year"] == 2018, ["apl", "apl65"]] = np.nan
    left = features.compute(Inputs(panel, blank), 2018)
    right = features.compute(Inputs(panel, inputs.apl[inputs.apl["year"] == 2016]), 2018)
    columns = ["apl_log", "apl_over_65", "apl_over_65_10km"]
    pd.testing.assert_frame_equal(left[columns], right[columns])


def test_doctors_near_retirement_around_are_a_mean_over_all_within_ten_kilometres(
    inputs: Inputs,
) -> None:
    """The commune itself counts as its neighbours do; the unknown are left out."""
    own = inputs.apl[inputs.apl["year"] == 2016].copy()
    own.loc[own.index[::7], ["apl", "apl65"]] = np.nan
    table = features.compute(Inputs(inputs.panel, own), 2017)
    place = features.grid(Inputs(inputs.panel, own))
    told = own.set_index("code").loc[place.index]
    over = 1 - told["apl65"] / told["apl"] - features.NATIONAL_APL[2016][1]
    km = xy_km(place["lon"], place["lat"])
    for code in table.index[::50]:
        apart = np.hypot(*(km - km[place.index.get_loc(code)]).T)
        assert table.loc[code, "apl_over_65_10km"] == pytest.approx(over[apart <= 10].mean())


def test_demand_is_weighed_against_the_people_of_the_ground_it_was_counted_on(
    inputs: Inputs,
) -> None:
    """An APL of before a merger tells the demand of a commune without its parts, or with them."""
    place = features.grid(inputs)
    merged = place.index[place["population"] != place["population_2021"]]
    panel = inputs.panel.rename(columns={"gp_2020": "gp_2024"})
    panel.loc[merged, "gp_2024"] = 2.0
    for year, people in ((2016, "population_2021"), (2023, "population")):
        told = inputs.apl[inputs.apl["year"] == 2016].assign(year=year)
        demand = told.set_index("code")["standardised_population"]
        found = features.compute(Inputs(panel, told), 2024).loc[merged, "elderly_demand"]
        expected = np.log((demand[merged] + 20) / (place.loc[merged, people] + 20))
        assert len(found) > 0
        assert found.to_numpy() == pytest.approx(expected.to_numpy())


def test_a_later_apl_takes_the_place_of_the_one_before(inputs: Inputs) -> None:
    panel = inputs.panel.rename(columns={"gp_2017": "gp_2018"})
    both = features.compute(Inputs(panel, inputs.apl), 2018)
    newest = features.compute(Inputs(panel, inputs.apl[inputs.apl["year"] == 2018]), 2018)
    columns = ["apl_log", "apl_over_65", "apl_over_65_10km"]
    pd.testing.assert_frame_equal(both[columns], newest[columns])


def test_the_past_of_a_commune_is_counted_over_the_years_that_are_known() -> None:
    now, before, first = (
        np.array(counts) for counts in ([2.0, 1.0, 0.0], [1.0, 1.0, 4.0], [0.0, np.nan, 1.0])
    )
    found = features.gp_history([now, before, first], [2017, 2013, 2009])
    assert found["none_before"].tolist() == [0.5, 0.0, 0.0]
    assert found["single_before"].tolist() == [0.5, 1.0, 0.5]
    assert found["gps_change"] == pytest.approx(np.log([2.5 / 1.5, 1.0, 0.5 / 4.5]) / 4)
    assert found["below_peak"] == pytest.approx(np.log([1.0, 1.0, 0.5 / 4.5]))
    alone = features.gp_history([now], [2017])
    assert np.isnan([alone[name] for name in ("none_before", "gps_change")]).all()


def test_the_year_must_be_in_the_panel(inputs: Inputs) -> None:
    with pytest.raises(InvalidInputError, match="2011"):
        features.compute(inputs, 2011)


def test_own_apl_is_the_two_step_method_and_conserves_supply() -> None:
    lon, lat = pd.Series([2.5, 2.5, 2.5]), pd.Series([46.0, 46.05, 46.10])
    around = neighbourhood.build(lon, lat)
    population, gps = np.array([1000.0, 2000.0, 500.0]), np.array([2.0, 0.0, 1.0])
    # 5.56 km × 1.3 at 50 km/h = 8.7 min (weight 1); 11.1 km = 17.3 min (weight 1/3).
    w = np.array([[1, 1, 1 / 3], [1, 1, 1], [1 / 3, 1, 1]])
    expected = 1000 * w @ (gps / (w.T @ population))
    found = around.apl(gps, population)
    assert found == pytest.approx(expected)
    assert (found * population).sum() == pytest.approx(1000 * gps.sum())


def test_distances_and_sums_leave_the_commune_itself_out() -> None:
    around = neighbourhood.build(pd.Series([2.5, 2.5, 2.5]), pd.Series([46.0, 46.04, 46.3]))
    step = 6371 * np.radians(0.04)
    km = around.distance(np.array([True, True, False]))
    assert km[:2] == pytest.approx([step, step])
    assert around.total(np.array([5.0, 7.0, np.nan]), 10.0) == pytest.approx([7.0, 5.0, 0.0])


def test_an_unknown_count_around_is_the_last_known_one_without_a_course(inputs: Inputs) -> None:
    """A region counted earlier is no desert: its people weigh with the GPs counted last."""
    away = inputs.panel.index.str.startswith("15")
    blank = inputs.panel.assign(gp_2017=inputs.panel["gp_2017"].mask(away))
    kept = inputs.panel.assign(gp_2017=inputs.panel["gp_2017"].mask(away, inputs.panel["gp_2013"]))
    unknown, filled = (
        features.compute(replace(inputs, panel=panel), 2017) for panel in (blank, kept)
    )
    here = unknown.index
    assert len(here) > 100
    assert not here.str.startswith("15").any()
    assert np.nanmax(np.abs(filled.loc[here, "load_20km"] - unknown["load_20km"])) == 0
    course = ["lost_10km", "lost_20km", "change_20km"]
    pd.testing.assert_frame_equal(
        unknown.drop(columns=course), filled.loc[here].drop(columns=course)
    )
    alone = features.compute(replace(inputs, panel=inputs.panel[~away]), 2017)
    pd.testing.assert_frame_equal(unknown[course], alone[course])


def test_who_is_cut_off_is_who_has_places_near_that_the_panel_does_not_give(
    inputs: Inputs,
) -> None:
    everywhere = pd.DataFrame({"gp_2017": 1.0}, index=pd.Index(places.present()["code"]))
    codes = inputs.panel.index.to_series()
    assert features.cut_off(Inputs(everywhere), codes) == 0
    cut = features.cut_off(inputs, codes)
    assert 100 < cut < len(codes)
    # One neighbour fewer is missed by whoever lies within 20 km of it, and by nobody else.
    one = features.cut_off(Inputs(everywhere.drop(index="63113")), codes.drop("63113"))
    around = features.compute(Inputs(everywhere), 2017).loc["63113", "gps_20km"]
    assert one == np.rint(np.expm1(around))


def test_a_commune_learns_nothing_from_its_own_past_loss() -> None:
    """Its neighbours tell of losses around; its own would tell the answer in part."""
    around = neighbourhood.build(pd.Series([2.5, 2.5, 2.5]), pd.Series([46.0, 46.04, 48.0]))
    before = np.array([1.0, 1.0, 1.0])
    mine, far = np.array([0.0, 1.0, 1.0]), np.array([1.0, 1.0, 0.0])  # as many losses in all
    found = [features._snowball(around, [now, before], [2017, 2013]) for now in (mine, far)]
    for name in ("lost_10km", "lost_20km"):
        assert found[0][name][0] == found[1][name][0]
        assert found[0][name][1] > found[1][name][1]
