"""Intervals that hold a change of the country's trend."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.learning import drift
from models.learning.drift import Miss
from models.learning.hazard import CALENDAR_ORIGIN, Hazard
from models.learning.hazard_fit import LastGpHazard

SPREAD = 0.08


@pytest.fixture
def model() -> Hazard:
    """Hazards that grow by 5 % a year, learned on two periods."""
    rng = np.random.default_rng(3)
    start = np.repeat([2010.0, 2014.0], 4000)
    hazard = np.exp(-3 + 0.05 * (start + 2 - CALENDAR_ORIGIN))
    loss = rng.random(8000) < -np.expm1(-4 * hazard)
    x = pd.DataFrame({"one": rng.normal(size=8000)})
    return LastGpHazard().fit(x, loss, start, np.full(8000, 4.0)).hazard_


def test_the_spread_is_what_forward_forecasts_missed_a_year() -> None:
    half, right = Miss(2013, 2017, 200, 100, 4), Miss(2017, 2020, 100, 100, 3)
    assert half.slope == pytest.approx(np.log(2) / 4)
    assert drift.spread_of([right]) == 0
    assert drift.spread_of([half, right]) == pytest.approx(np.log(2) / 4 / np.sqrt(2))
    # Too many expected is as wrong as too few.
    over = Miss(2013, 2017, 100, 200, 4)
    assert drift.spread_of([over]) == pytest.approx(drift.spread_of([half]))


def test_refits_part_after_the_last_period_and_not_at_its_middle(model: Hazard) -> None:
    refits = np.tile([*model.coefficients, model.intercept, model.calendar], (200, 1))
    moved = drift.widened(refits, model, SPREAD)
    assert (moved[:, 0] == refits[:, 0]).all()
    assert drift.pivot(model) == 2016.0

    def levels(date: float) -> np.ndarray:
        values: np.ndarray = moved[:, -2] + moved[:, -1] * (date - CALENDAR_ORIGIN)
        return values

    assert levels(2016.0).std() == pytest.approx(0, abs=1e-9)
    assert levels(2019.0).std() == pytest.approx(3 * SPREAD, rel=0.03)
    assert levels(2019.0).mean() == pytest.approx(
        model.intercept + model.calendar * (2019 - CALENDAR_ORIGIN), abs=1e-9
    )
    assert (moved == drift.widened(refits, model, SPREAD)).all()
    # Learned until later, trends part later.
    moved = drift.widened(refits, replace(model, calendar_end=model.calendar_end + 3), SPREAD)
    assert levels(2019.0).std() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("years", range(1, 7))
def test_the_level_is_the_quantile_of_hazards_drawn(model: Hazard, years: int) -> None:
    low, high = drift.level(model, SPREAD, 2018.0, years)
    assert low < 1 < high
    if years > 1:
        before = drift.level(model, SPREAD, 2018.0, years - 1)
        assert low < before[0]
        assert high > before[1]
    assert drift.level(model, 0.0, 2018.0, years) == pytest.approx((1, 1))
    draws = np.random.default_rng(0).normal(0, SPREAD, 4000)
    dates = 2018 + (np.arange(400) + 0.5) / 400 * years
    after = np.minimum(dates, model.calendar_end)
    told = np.exp(model.calendar * after).sum()
    ratio = np.exp(model.calendar * after + draws[:, None] * (after - 2016)).sum(axis=1) / told
    assert np.quantile(ratio, [0.05, 0.95]) == pytest.approx([low, high], rel=0.03)
