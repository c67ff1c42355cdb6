"""The main map that is kept: the one that is made, made again as soon as what it says changes."""

import datetime as dt
from types import SimpleNamespace

import pytest

from data.access.indicators import aggregated_indicators, commune_indicators
from data.base import paths
from data.maps import kept_map, payload
from data.maps.kept_map import KeptMap
from data.region import catalogue
from data.region.territory import Territory
from models.region import main_map, predict

pytestmark = pytest.mark.usefixtures("warm_home")


@pytest.fixture
def territory() -> Territory:
    """Return the region by default."""
    return catalogue.load_territory()


@pytest.fixture
def made(territory: Territory):
    """Return a run that makes the map with the risk or without, and the list of what was made.

    Set-up has kept some already: none is here.
    """
    for one in (paths.home() / "cache").glob("carte-*"):
        one.unlink()
    runs: list[bool] = []
    around = {level: aggregated_indicators(territory, level) for level in payload.LEVELS}
    known = predict.risk_table(territory)

    def run(*, with_risk: bool = True, with_soon: bool = False) -> KeptMap:
        def build():
            runs.append(with_risk)
            return main_map.document(
                territory,
                commune_indicators(territory),
                around,
                known if with_risk else None,
                with_risk=with_risk,
                with_soon=with_soon,
            )

        return main_map.kept(territory, build, with_risk=with_risk, with_soon=with_soon)

    return run, runs


def test_what_is_read_back_is_what_was_made(made):
    run, runs = made
    first, again = run(), run()
    assert runs == [True]
    assert again == first
    assert again.contours["contours"] == again.document["contours"]
    assert len(again.document["indicators"]) > 10


def test_who_may_see_no_risk_never_gets_the_map_of_who_may(made):
    run, _ = made
    keys = [{one["key"] for one in run(with_risk=risk).document["indicators"]} for risk in (1, 0)]
    assert "risk_class" in keys[0]
    assert "risk_class" not in keys[1]


def test_set_up_makes_the_maps_that_the_screen_reads(territory, made):
    run, runs = made
    main_map.prepare(territory)
    for with_risk in (True, False):
        run(with_risk=with_risk)
    assert runs == []


def test_another_year_and_other_code_make_it_again(made, monkeypatch):
    run, runs = made
    run()
    for name, other in (
        ("french", SimpleNamespace(today=lambda: dt.date(2033, 1, 1))),
        ("made_by", lambda _model: "other code"),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(main_map, name, other)
            run()
    assert len(runs) == 3
    run()
    assert len(runs) == 3


def test_it_is_made_again_when_a_line_comes_out_of_force(made, territory, monkeypatch):
    run, runs = made
    run()
    day = dt.date.fromisoformat(territory.pdses_lines["start"].min()) - dt.timedelta(days=1)
    monkeypatch.setattr(
        main_map.coverage, "in_force", lambda lines, _on: lines["start"] <= str(day)
    )
    run()
    assert len(runs) == 2


def test_contours_that_were_removed_are_written_again(made):
    run, runs = made
    drawn = paths.STATIC / str(run().contours["contours"])
    kept = drawn.read_bytes()
    drawn.unlink()
    assert run().contours["contours"] == str(drawn.relative_to(paths.STATIC))
    assert drawn.read_bytes() == kept
    assert runs == [True]


def test_a_map_without_a_file_of_contours_is_made_for_each(made, monkeypatch):
    run, runs = made
    monkeypatch.setattr(kept_map.contours, "contours_file", lambda _territory: None)
    monkeypatch.setattr(payload.contours, "contours_file", lambda _territory: None)
    assert "contours_data" in run().contours
    assert "contours_data" in run().contours
    assert len(runs) == 2
