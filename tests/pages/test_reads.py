"""The ribbon of a screen speaks of the tables that its figures read, and of no other."""

from dataclasses import replace

import pytest

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
