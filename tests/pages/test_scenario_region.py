"""The address of a scenario alone opens the region that it is about."""

from streamlit.testing.v1 import AppTest


def screen() -> None:
    """Open what a scenario of Mayotte does, and say which region is open."""
    import streamlit as st

    from pages import shell

    shell.follow_region("06")
    st.text(shell.view().region)


def test_its_address_opens_its_own_region() -> None:
    app = AppTest.from_function(screen)
    app.query_params["scenario"] = "a"
    app.run()
    assert [one.value for one in app.text] == ["06"]


def test_an_address_that_names_a_region_stays_there() -> None:
    app = AppTest.from_function(screen)
    app.query_params["scenario"] = "a"
    app.query_params["region"] = "11"
    app.run()
    assert [one.value for one in app.text] == ["11"]
