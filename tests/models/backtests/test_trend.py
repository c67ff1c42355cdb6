"""What is said of the trend of the country, and of how far its total may lie."""

from pathlib import Path

import pytest

from data.base.french import number
from models.backtests import proof, trend, trend_figures
from models.learning import drift, training
from models.learning.fitted import LATEST


def test_forward_misses_are_those_of_the_horizons_told(learned_from: Path) -> None:
    data = training.rows(learned_from, None, None)
    found = trend_figures.figures(data)
    assert [(one["start"], one["end"]) for one in found["misses"]] == [(2013, 2017), (2017, 2020)]
    assert [one["years"] for one in found["misses"]] == [4.0, 3.5]
    assert found["misses"][0]["losses"] == data.span(2013, 2017)["loss"].sum()
    misses = [drift.Miss(**one) for one in found["misses"]]
    assert found["spread"] == pytest.approx(drift.spread_of(misses))
    lost = data.span(2009, 2013)["loss"].mean()
    assert (1 - found["yearly"][0]["rate"]) ** 4 == pytest.approx(1 - lost)


def test_the_screen_tells_how_far_the_total_may_lie_beyond_what_was_learned() -> None:
    found = proof.read().figures["trend"]
    told = trend.french(found, LATEST[1], 5)
    low, high = trend.ratios(found["spread"], LATEST[1], 5)
    assert f"de {number(low, 2)} à {number(high, 2)} fois" in told
    for one in found["misses"]:
        assert f"{number(one['losses'])} pertes pour {number(one['expected'])} attendues" in told
    assert told.count("par an de") == len(found["yearly"])
    # The three years after 2017 were learned: their level is known.
    assert trend.french(found, LATEST[0], 3) == ""
    assert trend.french(found, LATEST[0], 5) != ""


def test_the_report_says_what_the_interval_is_made_of() -> None:
    figures = proof.read().figures
    text = trend.english(figures["trend"], figures["by_horizon"]["forward"])
    assert "Three periods are too few" in text
    ratios = [float(part) for part in text.split("ratio ")[1].split(":")[0].split(" to ")]
    assert ratios[0] < 1 < ratios[1]


def test_the_report_says_what_national_figures_make_of_each_rurality() -> None:
    figures = proof.read().figures
    forward = figures["by_horizon"]["forward"]
    text = trend.english(figures["trend"], forward)
    four = next(one for one in forward if one["start"] == 2013 and one["horizon"] == 4)
    ratios = {row["group"]: row["ratio"] for row in four["rows"]}
    for rise in trend.NATIONAL_RISES:
        for group, name in trend.RURALITIES.items():
            assert f"{name} {ratios[group] * (1 + rise) ** 4:.2f}" in text
    least, most = text.split("would take ")[1].split(" %")[0].split(" to ")
    for rise, ends in ((float(least), 0.8), (float(most), 1.25)):
        grown = [ratios[group] * (1 + rise / 100) ** 4 for group in trend.RURALITIES]
        assert (min(grown) if ends < 1 else max(grown)) == pytest.approx(ends, abs=0.005)
