"""Clicks on buttons whose run is stopped by the next click."""

import math

import pytest
from streamlit.testing.v1 import AppTest

from pages import pressed


def screen() -> None:
    """Draw a button that the first run after a click does not come to."""
    import streamlit as st

    from pages import pressed

    pressed.arrive(st.session_state.get("screen", "sites"))
    if st.session_state.pop("stopped", False):
        st.stop()
    if pressed.button("Enregistrer", key="save", disabled=st.session_state.get("off", False)):
        st.session_state["saved"] = st.session_state.get("saved", 0) + 1
    st.text(f"{st.session_state.get('saved', 0)} fois")


def clicked(**state: object) -> AppTest:
    app = AppTest.from_function(screen).run()
    for key, value in state.items():
        app.session_state[key] = value
    app.button(key="save").click().run()
    assert not app.exception
    return app


def test_a_click_is_answered_once() -> None:
    app = clicked()
    assert app.text[0].value == "1 fois"
    assert app.run().text[0].value == "1 fois"


def test_a_click_whose_run_is_stopped_is_answered_by_the_next() -> None:
    app = clicked(stopped=True)
    assert not app.text
    assert app.run().text[0].value == "1 fois"
    assert app.run().text[0].value == "1 fois"


def test_a_click_is_forgotten_on_another_screen_and_by_a_button_that_is_off() -> None:
    app = clicked(stopped=True)
    app.session_state["screen"] = "zonage"
    assert app.run().text[0].value == "0 fois"
    app = clicked(stopped=True, off=True)
    assert app.run().text[0].value == "0 fois"
    app.session_state["off"] = False
    assert app.run().text[0].value == "0 fois"


def replacing() -> None:
    """Draw a button that replaces what is in sight, which another click may change."""
    import streamlit as st

    from pages import pressed

    if st.session_state.pop("stopped", False):
        st.stop()
    seen = st.session_state.get("seen", "a")
    if pressed.button("Remplacer", key="replace", about=seen):
        st.session_state["replaced"] = seen
    st.text(st.session_state.get("replaced", "rien"))


def test_a_click_that_replaces_is_forgotten_when_what_it_is_about_has_changed() -> None:
    for then, replaced in (("a", "a"), ("b", "rien")):
        app = AppTest.from_function(replacing).run()
        app.session_state["stopped"] = True
        app.button(key="replace").click().run()
        app.session_state["seen"] = then
        assert app.run().text[0].value == replaced
        app.session_state["seen"] = "a"
        assert app.run().text[0].value == replaced


def stopped_while_it_saves() -> None:
    """Draw a screen on which something else is clicked before the click is told, and after."""
    import streamlit as st
    from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx

    from pages import pressed

    def click_elsewhere(step: str) -> None:
        context = get_script_run_ctx()
        assert context is not None
        if st.session_state.get("clicked") and step not in st.session_state:
            st.session_state[step] = True
            context.script_requests.request_rerun(RerunData())

    def save() -> None:
        click_elsewhere("after")
        st.text("Enregistrement")
        st.session_state["saved"] = st.session_state.get("saved", 0) + 1

    told = pressed.offer(
        "Enregistrer", key="save", kind="primary", disabled=st.session_state.get("off", False)
    )
    click_elsewhere("before")
    st.text("Une autre commande, dessinée après")
    if told():
        pressed.finish(save)
    st.text(f"{st.session_state.get('saved', 0)} fois")


def test_what_a_click_asks_is_done_once_whatever_is_clicked_before_or_meanwhile() -> None:
    app = AppTest.from_function(stopped_while_it_saves).run()
    app.session_state["clicked"] = True
    app.button(key="save").click().run()
    assert not app.exception
    assert app.session_state["before"]
    assert app.session_state["after"]
    assert app.text[-1].value == "1 fois"
    assert app.run().text[-1].value == "1 fois"


def saving() -> None:
    """Draw a button whose answer takes as long as `waits` says, and a form."""
    import time

    import streamlit as st

    from pages import pressed

    def save() -> None:
        time.sleep(st.session_state.get("waits", 0.0))
        st.session_state["saved"] = st.session_state.get("saved", 0) + 1

    if pressed.button("Enregistrer", key="save", about=st.session_state.get("about", "")):
        pressed.finish(save)
    with st.form("form"):
        st.form_submit_button("Importer", on_click=lambda: pressed.keep("files", "a file"))
    if pressed.taken("files"):
        pressed.finish(save)
    st.text(f"{st.session_state.get('saved', 0)} fois")


@pytest.mark.parametrize("place", [0, 1])
def test_two_clicks_in_a_row_are_one_however_long_the_answer_takes(
    monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    monkeypatch.setattr(pressed, "AGAIN_S", 0.4)
    app = AppTest.from_function(saving).run()
    app.session_state["waits"] = 0.5
    for _ in range(2):
        app.button[place].click().run()
    assert not app.exception
    assert app.text[0].value == "1 fois"
    monkeypatch.setattr(pressed, "AGAIN_S", 0.0)  # its reader has seen the answer
    assert app.button[place].click().run().text[0].value == "2 fois"


@pytest.mark.parametrize("about", ["a", None])
def test_what_a_click_asks_is_credited_to_no_other_click(about: str | None) -> None:
    """What was answered last, or is being answered on another screen, was taken for the click."""

    def acting() -> None:
        import streamlit as st

        from pages import pressed

        pressed.arrive("sites")
        clicked = pressed.button("Enregistrer", key="save", about="a")
        if clicked or st.session_state.get("steps"):
            pressed.finish(lambda: st.session_state.update(saved=True))

    app = AppTest.from_function(acting)
    answered = {"other": (math.inf, "b"), "before": (1.0, "c")}
    app.session_state["clics_repondus"] = dict(answered)
    if about is None:  # an act that no button asks for, as a step along a list
        app.session_state["steps"] = 1
    else:
        app.run().button(key="save").click()
    app.run()
    assert not app.exception
    assert app.session_state["saved"]
    found = dict(app.session_state["clics_repondus"])
    assert {key: found.pop(key) for key in answered} == answered
    assert [key for key, (moment, _) in found.items() if moment < math.inf] == (
        ["save"] if about else []
    )


def test_a_click_about_something_else_is_no_second_one() -> None:
    app = AppTest.from_function(saving).run()
    for about in ("a", "b"):
        app.session_state["about"] = about
        app.run()
        app.button[0].click().run()
    assert app.text[0].value == "2 fois"


def test_an_empty_form_takes_the_place_of_nothing_that_waits() -> None:
    def forms() -> None:
        import streamlit as st

        from pages import pressed

        pressed.keep("files", "a file")
        pressed.keep("files", "", empty=True)
        st.text(str(pressed.taken("files")))
        pressed.keep("files", "", empty=True)
        st.text(repr(pressed.taken("files")))

    app = AppTest.from_function(forms).run()
    assert [one.value for one in app.text] == ["a file", "''"]


def test_a_run_that_comes_meanwhile_is_drawn_again_with_the_answer() -> None:
    def meanwhile() -> None:
        import threading
        import time

        import streamlit as st

        from pages import pressed

        class Act(threading.Thread):
            def run(self) -> None:
                time.sleep(0.5)

        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        pressed.arrive(st.session_state.get("screen", "sites"))
        if st.session_state["runs"] == 1:
            act = Act()
            act.start()
            st.session_state["clics_en_cours"] = {act: "sites"}
            threading.Thread(target=lambda: (act.join(), running.clear())).start()
            running = st.session_state["clics_en_cours"]
            st.session_state["screen"] = st.session_state["then"]
            pressed.arrive(st.session_state["then"])
        pressed.button("Enregistrer", key="save")
        st.text(f"{st.session_state['runs']} dessins")

    for then, drawn in (("sites", "2 dessins"), ("carte", "1 dessins")):
        app = AppTest.from_function(meanwhile)
        app.session_state["then"] = then
        assert app.run().text[0].value == drawn
        assert not app.exception


def test_a_click_is_under_way_from_the_moment_it_is_told() -> None:
    """Another run found neither the click nor what it asked, and drew the screen of before."""

    def telling() -> None:
        import threading

        import streamlit as st

        from pages import pressed

        def under_way() -> bool:
            return threading.current_thread() in st.session_state["clics_en_cours"]

        pressed.arrive("sites")
        told = pressed.button("Enregistrer", key="save")
        st.text(f"{told} {under_way()}")
        if told:
            pressed.finish(lambda: None)
        st.text(str(under_way()))
        told = pressed.button("Partager", key="share")
        st.text(f"{told} {under_way()}")

    app = AppTest.from_function(telling).run()
    assert [one.value for one in app.text] == ["False False", "False", "False False"]
    app.button(key="save").click().run()
    assert not app.exception
    assert [one.value for one in app.text] == ["True True", "False", "False False"]


def test_a_run_that_started_before_the_end_of_an_act_is_drawn_again() -> None:
    """Half of it was drawn before: it would show the former scenario beside the new one."""

    def beside() -> None:
        import threading

        import streamlit as st
        from streamlit.runtime.scriptrunner import add_script_run_ctx, get_script_run_ctx

        from pages import pressed

        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        pressed.arrive("sites")
        if st.session_state["runs"] == 1:
            other = threading.Thread(target=lambda: pressed.finish(lambda: None))
            add_script_run_ctx(other, get_script_run_ctx())
            other.start()
            other.join()
        pressed.button("Enregistrer", key="save")
        pressed.finish(lambda: None)  # its own, it has seen
        pressed.button("Partager", key="share")
        st.text(f"{st.session_state['runs']} dessins")

    app = AppTest.from_function(beside).run()
    assert not app.exception
    assert app.text[0].value == "2 dessins"
