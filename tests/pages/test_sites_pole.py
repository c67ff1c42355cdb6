"""Panel "Pôle" of the screen of sites, and its choices in the address."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from data.base.french import unbroken
from data.region.catalogue import load_territory
from data.reports import pole_tables
from data.siting.pole_plan import compared
from data.siting.poles import MOST
from pages import following, kept_parts
from pages.pole_choices import AntennaChoice, PoleChoices
from tests.pages.sites_screen import html, opened, texts

ASKED = "23008:6:1:20000,23176:4:0:0"
CHOSEN = PoleChoices(
    (AntennaChoice("23008", 6, nurse=True, euros=20_000), AntennaChoice("23176", 4))
)
HEADINGS = {
    "Avant le projet, avec le pôle, avec la maison",
    "Les antennes du pôle",
    "Communes qui gagnent et qui perdent le plus d’habitants, avec le pôle",
    "Ce que demandent les textes",
}


def pole(**more: str) -> AppTest:
    return opened("sites", antennes=ASKED, **more)


def test_the_panel_says_what_the_engine_finds() -> None:
    app = pole()
    found = compared(load_territory("75"), CHOSEN.plan(load_territory("75"), ()))
    assert unbroken(pole_tables.sentence(found)) in texts(app)
    assert unbroken(pole_tables.proof_words(found)) in texts(app)
    assert any("Le meilleur pôle" in one.proto.body for one in app.get("html"))
    # The map of the antennas does not judge them again, as sites whose GPs never travel.
    assert "Ouvrir ces sites" not in html(app)


def test_half_days_changed_change_the_answer_and_the_address() -> None:
    app = pole()
    before = texts(app)
    app.number_input(key="pole_w_demi_23176").set_value(14).run()
    assert not app.exception
    assert "23176:14:0:0" in "".join(app.query_params["antennes"])
    assert texts(app) != before
    app.checkbox(key="pole_w_sur_place").check().run()
    assert "".join(app.query_params["medecins_pole"]) == "sur_place"
    assert "quittent les cabinets" in texts(app)


def test_back_shows_what_the_address_says_in_the_fields_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The browser went on showing what was typed, and sent it again with the next gesture."""
    app = pole()
    app.number_input(key="pole_w_demi_23176").set_value(14).run()
    app.checkbox(key="pole_w_sur_place").check().run()
    app.query_params["antennes"] = ASKED
    del app.query_params["medecins_pole"]
    monkeypatch.setattr(following, "stepped", lambda: True)
    app.run()
    assert not app.exception
    for shown, value in (
        (app.number_input(key="pole_w_demi_23176"), 4),
        (app.checkbox(key="pole_w_sur_place"), False),
    ):
        assert shown.value == value
        assert shown.proto.set_value  # it is written in the field that the browser shows
    assert "".join(app.query_params["antennes"]) == ASKED


def test_too_few_half_days_are_said() -> None:
    app = opened("sites", antennes="23008:1:0:0,23176:0:0:0")
    assert "ne suffisent pas pour 2 antennes" in texts(app)


def test_foreign_choices_are_left_aside() -> None:
    foreign = {"antennes": "<b>,23008:999,s0001x,23176:4:7", "base": "<i>", "minimum": "0"}
    assert PoleChoices.from_query(foreign) == PoleChoices()
    app = opened("sites", antennes="99999:4:0:0,s7:4:0:0")
    assert "Choisissez de 2 à 6 antennes" in texts(app)


_PLACES = st.sampled_from(["23008", "23176", "2A004", "s1", "s12", "19275", "87085"])


@settings(max_examples=60)
@given(
    st.lists(
        st.builds(
            AntennaChoice,
            _PLACES,
            st.integers(0, 100),
            st.booleans(),
            st.integers(0, 999_999_999),
        ),
        min_size=1,
        max_size=MOST,
        unique_by=lambda one: one.place,
    ),
    st.integers(1, 10),
    st.booleans(),
    st.integers(0, 5),
)
def test_choices_go_to_the_address_and_back(antennas, least, settled, rank) -> None:
    base = antennas[rank].place if 0 < rank < len(antennas) else ""
    chosen = PoleChoices(tuple(antennas), base, least, settled)
    assert PoleChoices.from_query(chosen.to_query()) == chosen


@pytest.mark.parametrize("lines", [0, 3, 6, 9, 12])
def test_no_heading_of_the_report_stands_alone_at_the_foot_of_a_page(lines: int) -> None:
    territory = load_territory("75")
    found = compared(territory, CHOSEN.plan(territory, ()), search=False)
    note = "Pour le conseil communautaire, qui se réunit en décembre. " * lines
    report = kept_parts.pole_report(territory, ("Pôle", note), found)
    for page in PdfReader(io.BytesIO(report)).pages:
        # The foot of a page begins with its author.
        written = page.extract_text().partition("ProxiSoins, édité")[0].rstrip().splitlines()
        assert written[-1] not in HEADINGS
