"""Back and Forward: the address that they give decides, whatever the widgets held."""

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.region import france
from tests.pages.opening import back


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=200)
    app.query_params.update(query)
    app.run()
    assert not app.exception
    return app


def test_the_filters_of_the_on_call_lines_follow() -> None:
    app = opened("permanence", statuts="carence", types="garde", lignes="toutes")
    whose, kinds, statuses = (f"pdses_choix_{one}" for one in ("lignes", "types", "statuts"))
    assert app.multiselect(key=statuses).value == ["carence"]
    assert app.multiselect(key=kinds).value == ["garde"]
    assert app.session_state[whose] == "toutes"
    before = dict(app.query_params)
    app.multiselect(key=statuses).set_value([]).run()
    assert "statuts" not in app.query_params
    assert "types" in app.query_params
    back(app, before)
    assert app.multiselect(key=statuses).value == ["carence"]


def test_a_click_that_came_before_the_address_was_written_is_no_step_back() -> None:
    app = opened("permanence")
    late = dict(app.query_params)
    app.multiselect(key="pdses_choix_types").set_value(["garde"]).run()
    app.query_params.clear()
    app.query_params.update(late)
    app.multiselect(key="pdses_choix_statuts").set_value(["carence"]).run()
    assert app.multiselect(key="pdses_choix_types").value == ["garde"]
    assert app.query_params["statuts"] == "carence"


@pytest.mark.parametrize(
    ("page", "key", "parameter", "first", "second"),
    [
        ("methode", "methode_volet", "volet", "importer", "limites"),
        ("zonage", "zonage_plafond_zip", "plafonds", "5,20", "7,20"),
    ],
)
def test_a_tab_and_a_ceiling_follow(
    page: str, key: str, parameter: str, first: str, second: str
) -> None:
    app = opened(page, **{parameter: first})
    held = app.session_state[key]
    assert app.query_params[parameter] == first
    back(app, {parameter: second})
    assert app.session_state[key] != held
    back(app, {parameter: first})
    assert app.session_state[key] == held


def from_the_map(page: str) -> AppTest:
    """Open a screen by the menu, whose links name nothing."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=200).run()
    app.query_params.clear()
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception
    return app


@pytest.mark.parametrize("page", ["solidarite", "methode", "territoire"])
def test_the_address_of_each_screen_names_its_region_where_there_are_several(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(france, "built", lambda: frozenset({"75", "06"}))
    app = from_the_map(page)
    assert app.query_params["region"] == "75"
    assert not app.run().exception
    assert app.query_params["region"] == "75"


def test_one_region_alone_is_named_nowhere() -> None:
    assert "region" not in from_the_map("solidarite").query_params


def test_a_run_that_the_address_before_came_with_keeps_the_view_and_back_does_not() -> None:
    app = AppTest.from_string(
        "from dataclasses import replace\n"
        "import streamlit as st\n"
        "from pages import shell\n"
        "def choose(code):\n"
        "    shell.remember(replace(shell.view(), commune=code))\n"
        "for code in ('23096', '23008'):\n"
        "    st.button(code, on_click=choose, args=(code,))\n"
        "st.text(shell.view().commune)\n"
    ).run()
    app.button[0].click().run()
    first = dict(app.query_params)
    app.button[1].click().run()
    assert app.text[0].value == "23008"
    second = dict(app.query_params)
    app.query_params.clear()
    app.query_params.update(first)
    app.run()
    assert app.text[0].value == "23008"
    assert dict(app.query_params) == second
    back(app, first)
    assert app.text[0].value == "23096"
