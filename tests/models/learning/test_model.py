"""The estimator: exact contributions, tolerance of blanks, calibration."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from models.learning.model import LastGpModel, calibration, logit, sigmoid


def _data(seed: int = 0, n: int = 600) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    y = (rng.random(n) < sigmoid(1.2 * x["a"].to_numpy() - 0.5 * x["b"].to_numpy() - 1)).astype(int)
    return x, y


def test_agrees_with_scikit_learn_where_nothing_is_blank_or_extreme() -> None:
    x, y = _data()
    x = x.clip(-3, 3)
    ours = LastGpModel(0.5).fit(x, y)
    z = (x - x.mean()) / x.std(ddof=0)
    theirs = LogisticRegression(C=0.5, tol=1e-8, max_iter=2000).fit(z.to_numpy(), y)
    assert ours.predict_proba(x)[:, 1] == pytest.approx(theirs.predict_proba(z.to_numpy())[:, 1])


def test_contributions_and_intercept_make_the_logit() -> None:
    x, y = _data()
    x.iloc[::5, 0] = np.nan
    model = LastGpModel().fit(x, y)
    total = model.contributions(x).sum(axis=1).to_numpy() + model.intercept_
    assert total == pytest.approx(model.decision_function(x))
    assert (model.contributions(x).loc[x["a"].isna(), "a"] == 0).all()


def test_a_predictor_never_known_weighs_nothing() -> None:
    x, y = _data()
    model = LastGpModel().fit(x.assign(c=np.nan), y)
    assert model.coefficients_[2] == 0
    assert model.decision_function(x) == pytest.approx(model.decision_function(x.assign(c=9.0)))


def test_an_absurd_value_is_held() -> None:
    x, y = _data()
    model = LastGpModel().fit(x, y)
    wild, held = x.head(1).assign(a=1e9), x.head(1).assign(a=model.means_[0] + 4 * model.scales_[0])
    assert model.decision_function(wild) == pytest.approx(model.decision_function(held))


def test_calibration_finds_the_tilt_that_was_put_in() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=40_000)
    y = rng.random(40_000) < sigmoid(0.5 * scores - 1)
    slope, offset = calibration(scores, y)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.05)


@settings(max_examples=30, deadline=None)
@given(st.floats(1e-5, 1 - 1e-5))
def test_logit_and_sigmoid_undo_each_other(p: float) -> None:
    assert sigmoid(logit(np.array([p])))[0] == pytest.approx(p)
