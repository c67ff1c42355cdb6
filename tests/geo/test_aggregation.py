"""Sums, weighted means and medians, ratios and ranks from communes to larger territories."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import aggregation as ag

GROUPS = pd.Series(["a", "a", "a", "b", "b"])
PEOPLE = pd.Series([100.0, 300.0, 600.0, 50.0, 0.0])


def test_sums_leave_out_the_missing():
    found = ag.sums(pd.Series([1.0, np.nan, 2.0, np.nan, np.nan]), GROUPS)
    assert found["a"] == 3
    assert np.isnan(found["b"])


def test_ratio_uses_rows_known_on_both_sides():
    gps = pd.Series([1.0, np.nan, 1.0, 0.0, np.nan])
    found = ag.ratios(gps, PEOPLE, GROUPS)
    assert found["a"] == pytest.approx(2 / 700)
    assert found["b"] == 0


def test_ratio_without_anybody_is_missing():
    found = ag.ratios(pd.Series([1.0]), pd.Series([0.0]), pd.Series(["x"]))
    assert np.isnan(found["x"])


def test_weighted_mean_by_hand():
    found = ag.weighted_means(pd.Series([4.0, 2.0, np.nan, 3.0, 9.0]), PEOPLE, GROUPS)
    assert found["a"] == pytest.approx((4 * 100 + 2 * 300) / 400)
    assert found["b"] == 3


def test_weighted_median_is_that_of_people_not_of_communes():
    minutes = pd.Series([0.0, 5.0, 30.0, 12.0, 1.0])
    found = ag.weighted_medians(minutes, PEOPLE, GROUPS)
    assert found["a"] == 30  # 600 of 1,000 people
    assert found["b"] == 12


def test_weighted_median_of_unknown_values_is_missing():
    found = ag.weighted_medians(pd.Series([np.nan]), pd.Series([1.0]), pd.Series(["x"]))
    assert found.index.tolist() == ["x"]
    assert np.isnan(found["x"])


def test_ranks_share_the_better_place():
    values = pd.Series([3.0, 1.0, 3.0, np.nan])
    assert ag.ranks(values, "high").tolist()[:3] == [1, 3, 1]
    assert ag.ranks(values, "low").tolist()[:3] == [2, 1, 2]
    assert np.isnan(ag.ranks(values, "low").iloc[3])


def test_weight_by_category():
    zones = pd.Series(["ZIP", "HZ", "ZIP", "", ""])
    found = ag.shares_by_category(zones, PEOPLE, GROUPS, ("ZIP", "ZAC", "HZ"))
    assert found.loc["a"].tolist() == [700, 0, 300]
    assert found.loc["b"].isna().all()


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.floats(0, 1e3), st.floats(0.01, 1e4), st.sampled_from("abc")), min_size=1)
)
def test_means_and_medians_stay_within_their_group(rows):
    table = pd.DataFrame(rows, columns=["value", "weight", "group"])
    bounds = table.groupby("group")["value"].agg(["min", "max"])
    for method in (ag.weighted_means, ag.weighted_medians):
        found = method(table["value"], table["weight"], table["group"])
        assert (found >= bounds["min"] - 1e-9).all()
        assert (found <= bounds["max"] + 1e-9).all()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0, 10), st.sampled_from("abc")), min_size=1))
def test_mean_of_means_is_the_whole_mean(rows):
    table = pd.DataFrame(rows, columns=["value", "group"])
    people = pd.Series(np.arange(1.0, len(table) + 1))
    means = ag.weighted_means(table["value"], people, table["group"])
    weights = people.groupby(table["group"]).sum()
    whole = ag.weighted_means(table["value"], people, pd.Series(["all"] * len(table)))
    assert np.average(means, weights=weights) == pytest.approx(whole["all"])


def test_columns_together_are_as_each_alone() -> None:
    random = np.random.default_rng(11)
    values = pd.DataFrame(random.normal(size=(200, 3)), columns=list("abc"))
    values = values.mask(random.random(values.shape) < 0.3)
    weights = pd.Series(random.integers(0, 4, 200).astype(float)).mask(random.random(200) < 0.1)
    groups = pd.Series(random.choice(list("xyz"), 200))
    values.loc[groups == "z", "c"] = np.nan
    sums, means = ag.column_sums(values, groups), ag.column_means(values, weights, groups)
    for column in values:
        pd.testing.assert_series_equal(sums[column], ag.sums(values[column], groups))
        alone = ag.weighted_means(values[column], weights, groups)
        pd.testing.assert_series_equal(means[column], alone, check_names=False)
    assert np.isnan(means.loc["z", "c"])
