"""The estimator: a yearly hazard, right against oracles, monotone, tolerant of blanks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from sklearn.linear_model import PoissonRegressor

from models.learning.hazard import (
    CALENDAR_ORIGIN,
    cumulative_of,
    end_of,
    exposure,
    probability_of,
)
from models.learning.hazard_fit import LastGpHazard


def world(
    n: int = 6000, level: float = -3.5, seed: int = 0
) -> dict[str, np.ndarray | pd.DataFrame]:
    """Losses drawn from a known hazard, seen at the ends of periods of 4, 4 and 3 years."""
    rng = np.random.default_rng(0)
    x = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"]).clip(-3, 3)
    start = rng.choice([2010.0, 2014.0, 2018.0], n)
    years = np.where(start == 2018.0, 3.0, 4.0)
    middle = start + years / 2 - CALENDAR_ORIGIN
    log = level + 0.8 * x["a"].to_numpy() - 0.4 * x["b"].to_numpy() + 0.08 * middle
    loss = rng.random(n) < -np.expm1(-years * np.exp(log))
    return {"x": x, "loss": loss, "start": start, "years": years}


def test_finds_the_hazard_that_was_put_in() -> None:
    model = LastGpHazard(1e6).fit(**world(60_000)).hazard_
    assert model.coefficients / model.scales == pytest.approx([0.8, -0.4], abs=0.03)
    assert model.calendar == pytest.approx(0.08, abs=0.012)
    assert model.exposure(2018.0, 3.0) == pytest.approx(3 * np.exp(0.08 * 3.5), rel=0.06)


def test_agrees_with_scikit_learn_where_losses_are_rare() -> None:
    """At small hazards the likelihood is Poisson's, with the length as exposure."""
    data = world(20_000, level=-7.5)
    ours = LastGpHazard(1e9).fit(**data).hazard_
    z = np.column_stack([ours.standardised(data["x"]), data["start"] + data["years"] / 2 - 2016])
    theirs = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-10, max_iter=200)
    theirs.fit(z, data["loss"] / data["years"], sample_weight=data["years"])
    found = [*ours.coefficients, ours.calendar, ours.intercept]
    assert found == pytest.approx([*theirs.coef_, theirs.intercept_], abs=0.01)


def test_contributions_and_intercept_make_the_log_hazard() -> None:
    data = world()
    data["x"].iloc[::5, 0] = np.nan
    model = LastGpHazard().fit(**data).hazard_
    total = model.contributions(data["x"]).sum(axis=1).to_numpy() + model.intercept
    assert total == pytest.approx(model.log_hazard(data["x"]))
    assert (model.contributions(data["x"]).loc[data["x"]["a"].isna(), "a"] == 0).all()


def test_a_predictor_never_known_weighs_nothing_and_an_absurd_value_is_held() -> None:
    data = world()
    model = LastGpHazard().fit(**(data | {"x": data["x"].assign(c=np.nan)})).hazard_
    assert model.coefficients[2] == 0
    one = data["x"].head(1).assign(c=0.0)
    held = one.assign(a=model.means[0] + 4 * model.scales[0])
    assert model.log_hazard(one.assign(a=1e9)) == pytest.approx(model.log_hazard(held))


def test_the_fit_holds_where_a_full_step_would_run_away() -> None:
    """One strong predictor, few losses, hardly any penalty: steps are halved until they help."""
    rng = np.random.default_rng(1)
    x = pd.DataFrame({"a": rng.normal(size=400)})
    loss = x["a"].to_numpy() > 2.2
    start = np.where(rng.random(400) < 0.5, 2010.0, 2014.0)
    model = LastGpHazard(1.0).fit(x, loss, start, np.full(400, 4.0)).hazard_
    assert np.isfinite([*model.coefficients, model.calendar, model.intercept]).all()
    assert model.probability(x[~loss], 2014.0, 4.0).mean() < 0.1


@settings(max_examples=60)
@given(
    st.floats(-0.3, 0.3), st.floats(2015, 2026), st.floats(2005, 2030), st.floats(0.01, 12),
    st.floats(0.0, 12),
)  # fmt: skip
def test_exposure_is_the_integral_and_grows(
    calendar: float, end: float, start: float, years: float, more: float
) -> None:
    def level(date: float) -> float:
        return float(np.exp(calendar * (min(date, end) - CALENDAR_ORIGIN)))

    inside = [end] if start < end < start + years else None
    expected, _ = quad(level, start, start + years, points=inside)
    found = exposure(calendar, end, start, years)
    assert found == pytest.approx(expected, rel=1e-6)
    assert exposure(calendar, end, start, years + more) >= found


@settings(max_examples=30)
@given(st.floats(1e-9, 0.999))
def test_probability_and_cumulative_hazard_undo_each_other(p: float) -> None:
    assert probability_of(cumulative_of(np.array([p])))[0] == pytest.approx(p)


def test_counts_are_of_the_last_day_of_their_year() -> None:
    assert end_of(2017) == 2018.0
