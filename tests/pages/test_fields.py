"""Fields that something else than their reader writes."""

import ast
import time

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from pages import fields
from tests.pages.sites_screen import field


def _screen() -> None:
    import streamlit as st

    from pages import fields

    def chosen() -> None:
        if told := fields.change(key):
            st.session_state["commune"] = told.after

    if st.button("Suivante"):
        st.session_state["commune"] = "Guéret"
    key = fields.written("champ", st.session_state.get("commune"))
    st.selectbox("Commune", ["Aubusson", "Guéret", "Felletin"], key=key, on_change=chosen)


def test_a_field_is_another_one_when_something_else_has_chosen() -> None:
    """The browser may still send what the one before held: nothing is left that would take it."""
    app = AppTest.from_function(_screen).run()
    before = field(app.selectbox, "champ")
    before.set_value("Aubusson").run()
    assert field(app.selectbox, "champ").key == before.key
    assert app.session_state["commune"] == "Aubusson"
    app.button[0].click().run()
    after = field(app.selectbox, "champ")
    assert after.value == "Guéret"
    assert after.key != before.key
    after.set_value("Aubusson").run()
    assert app.session_state["commune"] == "Aubusson"
    assert field(app.selectbox, "champ").key == after.key


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    held: dict[str, object] = {}
    monkeypatch.setattr(fields.st, "session_state", held)
    return held


def brings(session: dict[str, object], rows: list[int]) -> list[int]:
    """Have the browser bring the rows that it shows as ticked; return those taken as a choice."""
    session["table"] = {"selection": {"rows": rows}}
    return fields.ticked("table")


def test_a_row_that_a_late_gesture_brings_back_is_no_choice(
    session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row ticked, then a commune clicked on the map, whose row the server ticks in its place."""
    assert brings(session, [5]) == [5]
    fields.tick("table", [5])
    fields.tick("table", [0])
    for _ in range(2):  # as many gestures as come before the browser has heard
        assert brings(session, [5]) == []
        fields.tick("table", [0])
        assert session["table"] == {"selection": {"rows": [0]}}
    # What the server has ticked is no choice of the reader, wherever the map went meanwhile.
    assert brings(session, [0]) == []
    fields.tick("table", [0])
    # The browser has heard: the same row as before is a choice again, and so is another.
    assert brings(session, [5]) == [5]
    fields.tick("table", [5])
    fields.tick("table", [0])
    assert brings(session, [3]) == [3]
    # A browser that never says it has heard is believed in the end.
    fields.tick("table", [3])
    fields.tick("table", [1])
    later = time.monotonic() + fields.LATE_S
    monkeypatch.setattr(fields.time, "monotonic", lambda: later)
    assert brings(session, [3]) == [3]


def test_a_row_told_before_the_last_is_no_choice_when_the_browser_brings_it(
    session: dict[str, object],
) -> None:
    """Two steps of Back in a row: the browser hears of the first after the second was told."""
    assert brings(session, [7]) == [7]
    fields.tick("table", [7])
    fields.tick("table", [5])
    session["table"] = {"selection": {"rows": [7]}}  # it has yet to hear of the first step
    fields.tick("table", [3])
    for late in ([5], [7]):
        assert brings(session, late) == []
        fields.tick("table", [3])
        assert session["table"] == {"selection": {"rows": [3]}}
    assert brings(session, [3]) == []
    fields.tick("table", [3])
    assert brings(session, [5]) == [5]


def test_what_a_browser_sends_once_more_of_a_field_that_is_gone_is_no_choice(
    session: dict[str, object],
) -> None:
    """It says what it held before it has heard; what is chosen there meanwhile is a choice."""
    gone = fields.written("champ", ["Aubusson"])
    drawn = fields.written("champ", ["Aubusson", "Guéret"])
    assert fields.change(drawn) is None
    assert fields.change(gone) is None
    session[gone] = ["Aubusson", "Felletin"]
    assert fields.change(gone) == (["Aubusson"], ["Aubusson", "Felletin"])


def test_a_row_is_ticked_again_where_the_browser_has_yet_to_hear_that_it_was_not(
    session: dict[str, object],
) -> None:
    """The row of one commune, none for the next, and that place again for a third."""
    assert brings(session, [0]) == [0]
    fields.tick("table", [0])
    fields.tick("table", [])
    late = session["table"] = {"selection": {"rows": [0]}}  # it has not heard of none
    fields.tick("table", [0])
    assert session["table"] is not late, "told again, after none"
    heard = session["table"]
    fields.tick("table", [0])
    assert session["table"] is heard


def test_no_field_that_the_address_fills_is_without_a_key() -> None:
    """It would be another one once the address holds what it showed: the next choice is lost."""
    kinds = {"selectbox", "segmented_control", "toggle", "multiselect", "radio", "pills"}
    kinds |= {"number_input", "slider", "checkbox", "text_input"}
    told_once = {"host_list.py"}  # read at the opening alone
    found = 0
    for path in sorted((ROOT / "pages").glob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            named = {one.arg: one.value for one in call.keywords}
            first = [named[one] for one in ("index", "default", "value") if one in named]
            if call.func.attr in kinds and not all(isinstance(one, ast.Constant) for one in first):
                found += 1
                assert "key" in named or path.name in told_once, f"{path.name}:{call.lineno}"
    assert found > 8


ALL_AT_ONCE = {"zeros", "data_import"}
"""Screens whose short lists are chosen whole: nobody types a name there."""


def test_no_field_takes_all_that_a_name_finds() -> None:
    """« Choisir les 3 trouvés » stood first: who typed a name and pressed Enter chose all three."""
    found = {
        f"{page.stem}:{node.lineno}": ast.unparse(node)
        for page in (ROOT / "pages").glob("*.py")
        for node in ast.walk(ast.parse(page.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "multiselect"
        and page.stem not in ALL_AT_ONCE
    }
    assert len(found) > 8
    assert [one for one, call in found.items() if "select_all=False" not in call] == []
