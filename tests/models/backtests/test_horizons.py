"""Each horizon against the counts around its end: spread between counts, told apart, printed."""

import itertools
from pathlib import Path

import pytest

from data.base.french import number
from models.backtests import aims, horizon_checks, horizon_tables, horizons, proof
from models.backtests.horizons import ENDS, OUTSIDE_TOWNS, Ends
from models.learning import training
from models.learning.features import RURALITY
from models.learning.signals import HORIZONS


def test_losses_between_two_counts_follow_one_yearly_hazard() -> None:
    ends = [Ends(year, 2013, 4, 7) for year in range(4, 8)]
    spread = [horizons.between(1000, (100.0, 343.9), one) for one in ends]
    assert spread[0] == pytest.approx(100)
    assert spread[-1] == pytest.approx(343.9)
    left = [1 - lost / 1000 for lost in spread]
    # 0.9 → 0.6561 over three years: a tenth of those left each year.
    assert [b / a for a, b in itertools.pairwise(left)] == pytest.approx([0.9, 0.9, 0.9])
    assert horizons.between(10, (10.0, 10.0), Ends(5, 2013, 4, 7)) == 10


def test_a_ratio_is_told_only_where_there_is_something_to_count() -> None:
    row = {"losses": 9.9, "ratio": 1.0}
    assert horizons.told(row, counted=True) == "few"
    assert horizons.told(row | {"losses": 10.0}, counted=True) == "within"
    assert horizons.told(row | {"losses": 10.0, "ratio": 1.26}, counted=True) == "outside"
    assert horizons.told(row | {"losses": 10.0}, counted=False) == "between"


def test_all_horizons_are_compared_by_rurality_and_departement(learned_from: Path) -> None:
    data = training.rows(learned_from, None, None)
    found = horizon_checks.checks(data)
    for design in ("held_out", "forward"):
        assert [one["horizon"] for one in found[design]] == list(HORIZONS)
        for one in found[design]:
            rows = {row["group"]: row for row in one["rows"]}
            total, outside, town = (rows[name] for name in ("toutes", OUTSIDE_TOWNS, "ville"))
            assert total["expected"] == pytest.approx(outside["expected"] + town["expected"])
            assert total["communes"] == sum(rows[name]["communes"] for name in RURALITY)
            if one["counted"]:
                test = data.span(one["start"], one["start"] + one["horizon"])
                assert total["losses"] == test["loss"].sum()
    expected = [one["rows"][0]["expected"] for one in found["held_out"]]
    assert expected[0] < expected[1] < expected[2]
    assert expected[3] < expected[4] < expected[5]
    for one in found["held_out"]:
        parts = one["departements"]
        assert sum(row["communes"] for row in parts) == one["rows"][0]["communes"]


def test_the_report_tells_each_horizon_and_those_not_verified() -> None:
    known = proof.read()
    figures = known.figures["by_horizon"]
    counted = {one["horizon"] for one in figures["held_out"] if one["counted"]}
    assert counted == {one.horizon for one in ENDS if one.counted} == {3, 4}
    for one in figures["held_out"]:
        outside = [row for row in one["rows"] if row["group"] not in ("toutes", RURALITY[0])]
        assert all(0.8 <= row["ratio"] <= 1.25 for row in outside)
        told = known.verified(one["horizon"])
        assert ("non vérifiée" in told) == (not one["counted"])
        assert one["counted"] or f"Depuis {one['start']}, si" in told
        assert len(known.departements(one["horizon"])) > 80
        assert set(known.each_horizon(one["horizon"])["Type de commune"]) >= set(RURALITY)
    rows = horizon_tables.english_rows(figures)
    assert len(rows) == 2 * len(HORIZONS) * (len(RURALITY) + 2)
    verdicts = {what: verdict for what, _, _, verdict in aims.reached(dict(known.figures))}
    assert all(
        verdict.startswith("not counted")
        for what, verdict in verdicts.items()
        if any(f", {years} year" in what for years in (1, 2, 5, 6))
    )


def test_the_screen_says_what_a_forecast_made_forward_expected() -> None:
    known = proof.read()
    assert known.figures["by_horizon"]["forward"]
    for one in known.figures["by_horizon"]["forward"]:
        told = known.verified(one["horizon"]).partition("Prévues dès ")[2]
        row = next(row for row in one["rows"] if row["group"] == OUTSIDE_TOWNS)
        assert told.startswith(f"{one['start']}, sans rien savoir de la suite : ")
        assert f" {number(row['expected'])} pour " in told
        assert number(row["losses"]) in told
        assert ("hors de l’écart accepté" in told) == (not 0.8 <= row["ratio"] <= 1.25)


def test_the_screen_lists_each_aim_as_the_report_does() -> None:
    known = proof.read()
    shown = known.aims()
    reported = aims.reached(dict(known.figures))
    verdicts = [said for _, _, _, said in reported if said in ("yes", "**no**")]
    assert sorted(shown["Atteint"]) == sorted("oui" if one == "yes" else "non" for one in verdicts)
    precision = shown[(shown["Mesure"] == "Précision moyenne") & (shown["Essai"] == "vers l’avant")]
    value = known.figures["designs"]["forward"]["models"]["hazard"]["average_precision"]["value"]
    assert precision["Mesuré"].iloc[0].startswith(number(value, 3))
    assert precision["Atteint"].tolist() == ["oui" if value >= 0.22 else "non"]
