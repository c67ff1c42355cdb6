"""What is prepared as a process starts: the first visitor loads nothing, runs collect little."""

import gc
import logging
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from data.access import indicators
from data.base.paths import ROOT
from data.region import catalogue
from geo.errors import UnavailableError
from models.region import predict
from pages import shell
from pages.settling import settle_at_times
from pages.state import REGION
from pages.warm_up import warm_up


@pytest.fixture(autouse=True)
def cold() -> Iterator[None]:
    """A process that has prepared nothing, and lets go of all afterwards."""
    warm_up.clear()
    yield
    warm_up.clear()
    gc.unfreeze()


def test_what_only_a_session_may_import_is_left_to_it() -> None:
    asked = "import sys, pages.warm_up; sys.exit('streamlit_folium' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True)


def refuse(*_: object) -> None:
    raise AssertionError("computed again")


def test_the_first_visitor_computes_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()
    for module, name in (
        (catalogue, "load_territory"),
        (indicators, "commune_indicators"),
        (indicators, "aggregated_indicators"),
        (predict, "risk_table"),
    ):
        monkeypatch.setattr(module, name, refuse)
    territory = shell.region(REGION)
    assert "risk_class" in shell.communes_with_risk(territory)
    assert len(shell.aggregated_indicators(territory, "departement")) == 12


def test_what_stays_is_left_out_of_garbage_collection() -> None:
    gc.unfreeze()
    warm_up()
    assert gc.get_freeze_count() > 10 * len(gc.get_objects())


class Node:
    """Something that a cycle keeps alive."""

    def __init__(self) -> None:
        self.itself = self


def test_what_came_to_stay_is_left_out_from_time_to_time_and_what_goes_is_freed() -> None:
    gc.unfreeze()
    stays, goes = [Node() for _ in range(1_000)], Node()
    told = weakref.ref(goes)
    for _ in range(100):
        settle_at_times()
    assert gc.get_freeze_count() > 0
    assert not any(one in stays[:1] for one in gc.get_objects() if isinstance(one, Node))
    del goes
    gc.collect()
    assert told() is not None  # frozen with the rest: seen at the next round only
    for _ in range(100):
        settle_at_times()
    assert told() is None


def test_a_process_starts_where_the_data_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreadable(_code: str) -> None:
        raise UnavailableError("Le disque ne répond pas.")

    monkeypatch.setattr(shell, "region", unreadable)
    with caplog.at_level(logging.WARNING, logger="proxisoins"):
        warm_up()
    assert "Le disque ne répond pas." in caplog.text
