"""Classes that differ, sets that cover, horizons that follow."""

import itertools

import numpy as np
import pytest

from models.learning import artefact, signals
from models.learning.features import RURALITY
from models.learning.signals import CLASSES, HORIZONS, LOSES, STAYS, Outcome


def drawn(seed: int) -> Outcome:
    rng, n = np.random.default_rng(seed), 40_000
    p = rng.beta(0.6, 9, n)
    places = np.array([f"{k:02d}" for k in range(60)])
    return Outcome(
        p, (rng.random(n) < p).astype(float), rng.choice(RURALITY, n), rng.choice(places, n)
    )


def test_sets_cover_the_same_kind_of_data() -> None:
    thresholds = signals.thresholds_of(drawn(1))
    later = drawn(2)
    told = signals.told(later.probability, later.rurality, thresholds)
    for name in RURALITY:
        here = later.rurality == name
        assert (told[here & (later.loss == 0)] == LOSES).mean() < 0.12
        assert (told[here & (later.loss == 1)] == STAYS).mean() < 0.12


def test_thresholds_are_the_conformal_quantile_of_each_outcome() -> None:
    """Of 30 values, the ⌈31 × 0.9⌉ = 28th: one more than the plain quantile would take."""
    stays, loses = np.linspace(0.01, 0.3, 30), np.linspace(0.05, 0.9, 30)
    tested = Outcome(
        np.concatenate([stays, loses]),
        np.repeat([0.0, 1.0], 30),
        np.full(60, RURALITY[2]),
        np.full(60, "23"),
    )
    assert signals.thresholds_of(tested)[RURALITY[2]] == (stays[27], loses[::-1][27])


def test_a_rurality_of_few_losses_has_the_thresholds_of_the_country() -> None:
    tested = drawn(1)
    town = tested.rurality == RURALITY[0]
    few = Outcome(
        tested.probability, np.where(town, 0.0, tested.loss), tested.rurality, tested.departement
    )
    whole = Outcome(few.probability, few.loss, np.full(len(town), RURALITY[1]), few.departement)
    found = signals.thresholds_of(few)
    assert found[RURALITY[0]] == signals.thresholds_of(whole)[RURALITY[1]]
    assert found[RURALITY[1]] != found[RURALITY[0]]


def test_classes_that_differ_are_kept_and_those_that_do_not_are_one() -> None:
    whole = drawn(1)
    mean = float(whole.probability.mean())
    assert [label for label, _ in signals.distinct(whole, mean)] == list(CLASSES)
    rng = np.random.default_rng(5)
    noise = Outcome(
        whole.probability,
        (rng.random(len(whole.loss)) < mean).astype(float),
        whole.rurality,
        whole.departement,
    )
    merged = signals.distinct(noise, mean)
    assert [label for label, _ in merged] == ["faible"]
    assert set(signals.classed(whole.probability, merged)) == {"faible"}


def test_a_class_that_is_no_worse_than_the_one_below_is_one_with_it() -> None:
    """The class below is the last one kept, not all that lies under: "élevé" is as "modéré"."""
    whole = drawn(1)
    mean = float(whole.probability.mean())
    rank = np.searchsorted(np.array([0.5, 1.5, 3.0]) * mean, whole.probability, side="right")
    rates = np.array([0.02, 0.1, 0.1, 0.5])[rank]
    loss = (np.random.default_rng(6).random(len(rates)) < rates).astype(float)
    tested = Outcome(whole.probability, loss, whole.rurality, whole.departement)
    kept = [label for label, _ in signals.distinct(tested, mean)]
    assert kept == ["faible", "modéré", "très élevé"]


def test_limits_are_measured_once_and_carried_to_each_horizon() -> None:
    tested = drawn(1)
    mean = float(tested.probability.mean())
    rates = {horizon: mean * horizon / 3 for horizon in HORIZONS}
    found = signals.measure({(2017, 2020): tested}, rates)
    measured, limits = signals.distinct(tested, mean), signals.thresholds_of(tested)
    for horizon in HORIZONS:
        lows = [low * horizon / 3 for _, low in measured]
        assert [low for _, low in found.bounds[horizon]] == pytest.approx(lows)
        assert found.thresholds[horizon] == signals.carried(limits, 3, horizon)


def test_limits_follow_the_horizon_as_yearly_hazards() -> None:
    carried = signals.carried({"rural": (0.1, 0.3)}, 3, 6)["rural"]
    assert carried == pytest.approx((1 - 0.9**2, 1 - 0.7**2))


def test_a_horizon_is_judged_by_the_nearest_length() -> None:
    assert [signals.span_of(h) for h in HORIZONS] == [
        (2017, 2020), (2017, 2020), (2017, 2020), (2013, 2017), (2013, 2017), (2013, 2020),
    ]  # fmt: skip


def test_shipped_classes_and_sets_rise_with_the_horizon() -> None:
    shipped = artefact.shipped().signals
    for shorter, longer in itertools.pairwise(HORIZONS):
        assert shipped.base_rates[shorter] < shipped.base_rates[longer]
    for horizon in HORIZONS:
        lows = [low for _, low in shipped.bounds[horizon]]
        assert lows == sorted(lows)
        assert len(lows) == len(set(lows)) > 1
        kinds = {one["kind"]: 0 for one in shipped.observed[horizon]}
        for one in shipped.observed[horizon]:
            kinds[one["kind"]] += one["communes"]
        assert kinds["class"] == kinds["set"]
