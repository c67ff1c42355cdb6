"""Measures against scikit-learn, on weights as on repeated rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from models.learning import metrics


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.booleans())
def test_ranking_measures_agree_with_scikit_learn(seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    score, weight = rng.random(60), rng.integers(0, 3, 60).astype(float)
    score = np.round(score, 1) if ties else score
    loss = (rng.random(60) < score).astype(float)
    loss[:2], weight[:2] = (0, 1), (1, 1)
    repeated = np.repeat(np.arange(60), weight.astype(int))
    assert metrics.auc(loss, score, weight) == pytest.approx(
        roc_auc_score(loss[repeated], score[repeated])
    )
    assert metrics.average_precision(loss, score, weight) == pytest.approx(
        average_precision_score(loss[repeated], score[repeated])
    )
    assert metrics.brier(loss, score, weight) == pytest.approx(
        brier_score_loss(loss[repeated], score[repeated])
    )


def test_top_yield_counts_losses_among_the_first() -> None:
    loss, score = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert metrics.once(metrics.top_yield(2), loss, score) == 1
    assert metrics.top_yield(3)(loss, score, np.array([2.0, 0, 1, 1])) == 3
    assert metrics.top_yield(1)(loss, score, np.array([2.0, 0, 1, 1])) == 1  # a row drawn twice


def test_a_right_model_has_slope_one_and_skill() -> None:
    rng = np.random.default_rng(5)
    p = rng.beta(1, 10, 50_000)
    loss = (rng.random(p.size) < p).astype(float)
    assert metrics.once(metrics.slope, loss, p) == pytest.approx(1, abs=0.06)
    assert metrics.once(metrics.intercept, loss, p) == pytest.approx(0, abs=0.06)
    assert metrics.once(metrics.brier_skill, loss, p) > 0
    assert metrics.once(metrics.brier_skill, loss, np.full(p.size, loss.mean())) == 0


def test_intervals_hold_the_value_and_differences_pair() -> None:
    rng = np.random.default_rng(6)
    score = rng.random(2000)
    loss = (rng.random(2000) < score).astype(float)
    drawn = metrics.draws(rng.choice(list("abcdefghijkl"), 2000), 200)
    low, high = drawn.interval(metrics.auc, loss, score)
    assert low < metrics.once(metrics.auc, loss, score) < high
    gain = drawn.difference(metrics.auc, loss, score, rng.random(2000))
    assert 0 < gain["low"] < gain["difference"] < gain["high"]
    same = drawn.difference(metrics.auc, loss, score, score)
    assert same["low"] == same["high"] == same["standard_error"] == 0


def test_calibration_in_the_large_is_positive_where_too_little_is_foretold() -> None:
    loss, foretold = np.array([1.0, 0, 0, 0, 0]), np.full(5, 0.1)
    expected = np.log(0.2 / 0.8) - np.log(0.1 / 0.9)
    assert metrics.once(metrics.intercept, loss, foretold) == pytest.approx(expected)


def test_calibration_counts_a_row_as_often_as_it_was_drawn() -> None:
    rng = np.random.default_rng(4)
    scores, weight = rng.normal(size=400), rng.integers(0, 4, 400)
    y = (rng.random(400) < 1 / (1 + np.exp(-scores))).astype(float)
    repeated = np.repeat(np.arange(400), weight)
    assert metrics.calibration(scores, y, weight.astype(float)) == pytest.approx(
        metrics.calibration(scores[repeated], y[repeated])
    )


def test_calibration_finds_the_tilt_that_was_put_in() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(size=40_000)
    y = rng.random(40_000) < 1 / (1 + np.exp(-(0.5 * scores - 1)))
    slope, offset = metrics.calibration(scores, y)
    assert slope == pytest.approx(0.5, abs=0.05)
    assert offset == pytest.approx(-1, abs=0.05)
