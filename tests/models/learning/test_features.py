"""Predictors: nothing from the future, oracles on small worlds, blanks where a file lacks."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError
from models.learning import features, neighbourhood
from models.learning.inputs import Inputs, share_over_65
from models.learning.predictors import NAMES, PREDICTORS, THEMES


def test_every_declared_predictor_is_computed_and_no_other(inputs: Inputs) -> None:
    table = features.compute(inputs, 2018)
    assert set(table.columns) == {*NAMES, "gps", "rurality"}
    assert len(set(NAMES)) == len(NAMES)
    assert all(p.theme in THEMES and p.source and p.meaning and p.missing for p in PREDICTORS)


def test_nothing_dated_after_the_year_is_read(inputs: Inputs) -> None:
    shuffled = inputs.panel.assign(gp_2020=inputs.panel["gp_2020"].to_numpy()[::-1], gp_2031=9.0)
    late = inputs.apl.assign(apl=np.where(inputs.apl["year"] > 2016, 99.0, inputs.apl["apl"]))
    before = features.compute(inputs, 2013)
    after = features.compute(Inputs(shuffled.assign(gp_2018=0.0), late), 2013)
    pd.testing.assert_frame_equal(before, after)
    assert before["apl_log"].isna().all()


def test_files_that_lack_leave_blanks_and_no_error(inputs: Inputs) -> None:
    only = features.compute(Inputs(inputs.panel[["gp_2018"]]), 2018)
    for name in ("gps_change", "apl_log", "lost_10km", "pharmacies", "elderly_demand"):
        assert only[name].isna().all()
    assert only[["gps_log", "load_10km", "own_apl"]].notna().all(axis=None)


def test_a_blank_latest_apl_falls_back_on_the_one_before(inputs: Inputs) -> None:
    blank = inputs.apl.copy()
    blank.loc[blank["year"] == 2018, ["apl", "apl65"]] = np.nan
    older = Inputs(inputs.panel, inputs.apl[inputs.apl["year"] == 2016])
    left = features.compute(Inputs(inputs.panel, blank), 2018)
    right = features.compute(older, 2018)
    columns = ["apl_log", "apl_over_65", "apl_over_65_10km"]
    pd.testing.assert_frame_equal(left[columns], right[columns])


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


def test_ages_of_an_extract_take_the_place_of_the_area(inputs: Inputs) -> None:
    table = features.compute(inputs, 2018)
    code = table.index[0]
    ages = share_over_65(pd.DataFrame({"code": [code, code], "age": [70, 50]}))
    given = features.compute(
        Inputs(inputs.panel, inputs.apl, inputs.reference, inputs.facilities, ages), 2018
    )
    assert given.loc[code, "apl_over_65"] == pytest.approx(0.5 - features.NATIONAL_APL[2018][1])
    others = table.index[1:]
    pd.testing.assert_frame_equal(given.loc[others], table.loc[others])
    with pytest.raises(InvalidInputError, match="âges"):
        share_over_65(pd.DataFrame({"code": ["01001"], "age": [7]}))
