"""What is prepared as a process starts: the first visitor loads nothing, runs collect little."""

import asyncio
import gc
import itertools
import logging
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st
from starlette.requests import Request
from streamlit import config
from streamlit.testing.v1 import AppTest

import server
from data.access import indicators
from data.base.paths import ROOT
from data.maps import payload, risk
from data.region import catalogue, france
from data.solidarity.plans import help_plan
from geo.errors import UnavailableError
from models.learning.signals import DEFAULT_HORIZON
from models.region import main_map, predict
from pages import risk_view, settling, shell, starting
from pages.help_choices import HelpChoices
from pages.settling import settle_at_times
from pages.state import REGION
from pages.warm_up import warm_up


@pytest.fixture(autouse=True)
def cold(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that has prepared nothing and waits for nobody; it lets go of all afterwards."""
    monkeypatch.setattr(starting, "IDLE_S", 0.01)
    monkeypatch.setattr(starting, "FRAME_S", 0.01)
    starting.drawn()
    warm_up.clear()
    yield
    warm_up.clear()
    gc.unfreeze()


def test_what_a_session_imports_or_writes_files_or_draws_pictures_is_not_imported_ahead() -> None:
    imports = "import sys, pages.warm_up, pages.later_imports, pages.last_imports"
    asked = f"{imports}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, check=True, capture_output=True, text=True
    )
    late = {"altair", "docx", "fpdf", "matplotlib", "openpyxl", "fontTools", "streamlit_folium"}
    assert not late & set(done.stdout.split())


_MAP_ALONE = """
import sys
import pages.warm_up
from streamlit.testing.v1 import AppTest
before = set(sys.modules)
app = AppTest.from_file(sys.argv[1], default_timeout=300).run()
assert not app.exception
print(*sys.modules)
print(*(set(sys.modules) - before))
import pages.later_imports
app.switch_page("pages/risques.py").run()
app.switch_page("pages/zonage.py").run()
assert not app.exception
print(*sys.modules)
"""


def test_the_map_and_the_figures_wait_for_no_library_of_other_screens() -> None:
    main_map.prepare(catalogue.load_territory(REGION))
    done = subprocess.run(
        [sys.executable, "-c", _MAP_ALONE, ROOT / "app.py"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    there, since, figures = (set(line.split()) for line in done.stdout.splitlines()[-3:])
    assert not there & {"altair", "docx", "fpdf", "matplotlib", "alembic", "openpyxl", "spopt"}
    # What computes and what is checked or saved: a map that is kept needs none of it.
    assert not there & {"numba", "pandera", "scipy.optimize", "sqlalchemy", "pyogrio"}
    assert {name for name in since if name.startswith("pages.")} <= {
        "pages.map_view",
        "pages.map_assets",  # which the server has imported
    }
    assert not {name for name in since if name.startswith("folium")}
    # What opens and checks files comes after the screens of figures.
    assert "sqlalchemy" in figures
    opening = {"pandera", "pyogrio", "yaml", "data.official.reading"}
    assert not figures & (opening | {"numba", "scipy.optimize"})


def waits(function: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    return thread


def test_a_session_waits_for_the_imports_of_its_screen() -> None:
    starting.begin()
    try:
        asked = (starting.wait_for_map, starting.wait_for_figures, starting.wait_for_all)
        told = (starting.map_imported, starting.figures_imported, starting.all_imported)
        waiting = [waits(one) for one in asked]
        for rank, imported in enumerate(told):
            imported()
            waiting[rank].join(10)
            assert [one.is_alive() for one in waiting] == [later > rank for later in range(3)]
    finally:
        starting.all_imported()


def test_what_is_done_ahead_gives_way_to_who_has_a_screen_drawn() -> None:
    starting.drawn()
    starting.wait_for_map()  # a run begins
    ahead = waits(starting.give_way)
    starting.drawn()
    ahead.join(2)
    assert not ahead.is_alive()


def test_what_is_left_to_import_gives_way_to_nobody_who_waits_for_it() -> None:
    starting.begin()
    try:
        starting.map_imported()
        starting.figures_imported()
        starting.wait_for_map()  # a run begins
        ahead = waits(starting.give_way)
        waits(starting.wait_for_all)
        ahead.join(2)
        assert not ahead.is_alive()
    finally:
        starting.all_imported()
        starting.drawn()


def test_nobody_waits_for_imports_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pages.warm_up", None)
    starting.begin()
    with pytest.raises(ImportError):
        server._warm_up()
    for wait in (starting.wait_for_map, starting.wait_for_figures, starting.wait_for_all):
        wait()


def test_the_rest_waits_for_the_first_map_unless_it_is_asked_for() -> None:
    starting.begin()
    starting.leave_room()  # nobody came
    starting.map_imported()
    starting.wait_for_map()  # somebody came
    for end in (starting.drawn, starting.wait_for_all):
        rest = waits(starting.leave_room)
        threading.Thread(target=end, daemon=True).start()
        rest.join(10)
        assert not rest.is_alive()
        starting.begin()
        starting.map_imported()
        starting.wait_for_map()
    starting.all_imported()


def test_health_says_ready_once_the_map_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def told() -> tuple[bool, str]:
        return True, ""

    class Ready:
        @property
        def is_ready_for_browser_connection(self) -> Any:
            return told()

    monkeypatch.setattr(server.Runtime, "instance", Ready)
    request = Request({"type": "http"})
    starting.begin()
    try:
        assert asyncio.run(server.health(request)).status_code == 503
        starting.map_imported()
        assert asyncio.run(server.health(request)).status_code == 200
    finally:
        starting.all_imported()


@pytest.mark.parametrize(("asked", "loaded"), [("", "75"), ("nowhere", "75"), ("FR", "FR")])
def test_the_region_that_the_deployment_names_is_loaded_first(
    asked: str, loaded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_FIRST_REGION", asked)
    monkeypatch.setattr(france, "built", lambda: ("75", "FR"))
    wanted: list[str] = []

    def only_told(code: str) -> None:
        wanted.append(code)
        raise UnavailableError("Rien.")

    monkeypatch.setattr(shell, "region", only_told)
    warm_up()
    assert set(wanted) == {loaded}


def refuse(*_: object) -> None:
    raise AssertionError("computed again")


def test_the_first_visitor_computes_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    warm_up()
    for module, name in (
        (catalogue, "load_territory"),
        (indicators, "commune_indicators"),
        (indicators, "aggregated_indicators"),
        (predict, "risk_table"),
        (risk, "configuration"),
    ):
        monkeypatch.setattr(module, name, refuse)
    territory = shell.region(REGION)
    assert "risk_class" in shell.communes_with_risk(territory)
    assert len(shell.public_risk(territory, DEFAULT_HORIZON))
    contours, _ = risk_view.configuration(territory, DEFAULT_HORIZON, None)
    assert contours["contours"]
    assert len(shell.aggregated_indicators(territory, "departement")) == 12
    chosen, before = HelpChoices(), help_plan.cache_info()
    help_plan(territory, chosen.question(), chosen.terms())
    assert help_plan.cache_info().misses == before.misses


def test_a_map_that_is_kept_is_drawn_without_computing_anything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main_map.prepare(catalogue.load_territory(REGION))
    st.cache_resource.clear()
    for module, name in (
        (indicators, "commune_indicators"),
        (indicators, "aggregated_indicators"),
        (predict, "risk_table"),
        (payload, "configuration"),
    ):
        monkeypatch.setattr(module, name, refuse)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not app.exception
    assert app.session_state["carte_payload"][1].count(".") == 2
    app.run()
    assert not app.exception


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


def test_what_the_first_screens_freed_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[int] = []
    monkeypatch.setattr(settling, "_runs", itertools.count(1))
    monkeypatch.setattr(settling, "settle", lambda: settled.append(1))
    for _ in range(99):
        settle_at_times()
    assert len(settled) == 1
    settle_at_times()
    assert len(settled) == 2


def test_what_runs_leave_in_cycles_is_freed_every_ten_seconds_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    collected: list[float] = []
    now = 0.0
    monkeypatch.setattr(settling, "_runs", itertools.count(settling._FIRST_RUNS + 1))
    monkeypatch.setattr(settling, "_LAST", {"collected": 0.0})
    monkeypatch.setattr("pages.settling.time.monotonic", lambda: now)
    monkeypatch.setattr("pages.settling.gc.collect", lambda: collected.append(now))
    for _ in range(80):
        now += 0.5
        settle_at_times()
    assert collected == [10.0, 20.0, 30.0, 40.0]
    # Streamlit collects after every run unless it is told not to.
    assert config.get_option("runner.postScriptGC") is False


def test_a_process_starts_where_the_data_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def unreadable(_code: str) -> None:
        raise UnavailableError("Le disque ne répond pas.")

    monkeypatch.setattr(shell, "region", unreadable)
    with caplog.at_level(logging.WARNING, logger="proxisoins"):
        warm_up()
    assert "Le disque ne répond pas." in caplog.text
