"""Fields that something else than their reader writes."""

from streamlit.testing.v1 import AppTest

from tests.pages.sites_screen import field


def _screen() -> None:
    import streamlit as st

    from pages import fields

    def chosen() -> None:
        st.session_state["commune"] = st.session_state[key]

    if st.button("Suivante"):
        st.session_state["commune"] = "Guéret"
    key = fields.written("champ", st.session_state.get("commune"))
    st.selectbox("Commune", ["Aubusson", "Guéret"], key=key, on_change=chosen)


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
