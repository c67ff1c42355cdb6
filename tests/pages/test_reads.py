"""The ribbon of a screen speaks of the tables that its figures read, and of no other."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from data.maps import overlays
from data.region import catalogue
from data.region.territory import SIMULATED_MARK, Territory
from pages import reads
from pages.help_choices import HelpChoices
from pages.regulation_choices import RegulationChoices
from pages.state import ViewState


@pytest.fixture(scope="module")
def partly_real() -> Territory:
    """A region whose structures and on-call lines alone are simulated."""
    made = catalogue.load_territory("75")
    simulated = {"structures", "pdses_lines"}
    known = {key: replace(one, simulated=key in simulated) for key, one in made.provenance.items()}
    return replace(made, provenance=known)


@pytest.mark.parametrize(
    ("screen", "view", "simulated"),
    [
        ("carte", ViewState(), set()),
        ("carte", ViewState(layers=("zonage", "msp")), {"structures"}),
        ("carte", ViewState(layers=("iso_msp", "pdses")), {"structures", "pdses_lines"}),
        ("risques", ViewState(), set()),
        ("risques", ViewState(layers=("pdses",)), {"pdses_lines"}),
        ("zonage", ViewState(), set()),
        ("zonage", ViewState(layers=("france_sante",)), {"structures"}),
        ("sites", ViewState(), {"structures"}),
        ("permanence", ViewState(), {"pdses_lines"}),
        ("gardes", ViewState(), {"pdses_lines"}),
        ("solidarite", ViewState(), set()),
        ("solidarite", ViewState(help=HelpChoices(hosts="msp")), {"structures"}),
        ("solidarite", ViewState(regulation=RegulationChoices(shown=True)), set()),
        ("territoire", ViewState(), {"structures", "pdses_lines"}),
        ("guide", ViewState(), set()),
        ("", ViewState(), set()),
    ],
)
def test_a_screen_warns_of_what_it_reads(
    partly_real: Territory, screen: str, view: ViewState, simulated: set[str]
) -> None:
    read = reads.read(partly_real, screen, view)
    assert partly_real.simulated_tables & set(read) == simulated
    assert bool(partly_real.warning_about(*read)) == bool(simulated)
    told = {one.table for one in reads.quoted(partly_real, screen, view) if one.simulated}
    # Calls are simulated where no file tells of them, and no table holds them.
    assert told == (simulated | ({"regulation_calls"} if view.regulation.shown else set()))


def test_a_layer_switched_on_in_a_map_brings_its_ribbon(
    partly_real: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came with the next gesture only: the map draws its layers by itself."""
    asked: list[str] = []
    monkeypatch.setattr(reads.st, "session_state", {})
    monkeypatch.setattr(reads.st, "rerun", lambda *, scope: asked.append(scope))
    bare, drawn = ViewState(), ViewState(layers=("msp",))
    reads.follow(partly_real, "carte", drawn)  # no ribbon is drawn yet
    reads.told(reads.quoted(partly_real, "carte", bare))
    reads.follow(partly_real, "carte", bare)
    assert asked == []
    reads.follow(partly_real, "carte", drawn)
    assert asked == ["app"]
    reads.told(reads.quoted(partly_real, "carte", drawn))
    reads.follow(partly_real, "carte", replace(drawn, layers=("msp", "france_sante")))
    assert asked == ["app"]


def test_the_layers_of_a_map_are_read_though_the_browser_brings_an_address_of_before() -> None:
    """A link that switched layers on had the ribbon of those alone, whatever was added to them."""

    def screen() -> None:
        from dataclasses import replace

        import streamlit as st

        from data.region import catalogue
        from pages import reads, shell

        if st.session_state.pop("said", False):
            shown = replace(shell.view(), layers=("iso_gps", "msp"))
            reads.follow(catalogue.load_territory("75"), "carte", shown)
        for name in ("carte", "zonage"):
            st.text(",".join(reads.in_sight(name).layers))

    def texts() -> list[str]:
        app.run()
        assert not app.exception
        return [one.value for one in app.text]

    app = AppTest.from_function(screen)
    app.query_params["couches"] = "iso_gps"
    assert texts() == ["iso_gps", "iso_gps"]
    app.session_state["said"] = True
    assert texts() == ["iso_gps,msp", "iso_gps"]
    assert texts() == ["iso_gps,msp", "iso_gps"]
    app.query_params["couches"] = "msp"  # which the browser has heard
    assert texts() == ["msp", "msp"]


def test_a_layer_of_simulated_places_says_so_where_it_is_chosen_and_in_the_legend() -> None:
    offered = overlays.of_region(
        {key: [] for key in ("france_sante", "pdses", "msp")}
        | {"centre_sante": [], "urgences": []},
        "",
    )
    told = {one["key"]: one for one in overlays.said_simulated(offered, {"structures"})}
    for key in ("msp", "iso_msp"):
        assert told[key]["label"].endswith(SIMULATED_MARK)
        entries = told[key]["legend"] or []
        assert entries
        assert all(one["label"].endswith(SIMULATED_MARK) for one in entries)
    for key in ("pdses", "zonage", "iso_gps", "fond"):
        assert SIMULATED_MARK not in told[key]["label"]
