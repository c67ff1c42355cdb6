"""Screen "Solidarité" on demonstration data, and its choices in the address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1.element_tree import NumberInput

from data.base.french import unbroken
from data.region import catalogue
from data.solidarity.plans import help_plan
from data.solidarity.tables import sentences
from pages import following
from pages.help_choices import HelpChoices
from tests.pages.help_screen import opened


def test_the_screen_says_the_plan_that_the_engine_finds() -> None:
    app = opened()
    assert not app.exception
    chosen = HelpChoices()
    found = help_plan(catalogue.load_territory("75"), chosen.question(), chosen.terms())
    assert found.covered > 0
    first, *others = sentences(found)
    assert unbroken(f"**{first}**") in [one.value for one in app.markdown]
    assert unbroken(" ".join(others)) in [one.value for one in app.text]
    # No line starts with a colon.
    assert " :" not in next(one.value for one in app.markdown if one.value.startswith("**"))
    assert "La bonne volonté n’est pas prédite" in " ".join(one.value for one in app.caption)


def test_a_phone_reads_what_is_missing_and_covered_beside_each_name() -> None:
    app = opened(volontaires="10")
    targets = [one.value for one in app.dataframe if "Code" in one.value.columns]
    expected = [
        "Nom",
        "Demi-journées qui manquent (par mois)",
        "Demi-journées couvertes (par mois)",
    ]
    assert targets[0].columns.tolist()[:3] == expected


def test_a_ceiling_changed_changes_plan_and_address() -> None:
    app = opened(volontaires="10")
    before = app.metric[0].value
    [volunteers] = [one for one in app.number_input if one.label.startswith("Volontaires")]
    assert volunteers.value == 10
    volunteers.set_value(100).run()
    assert not app.exception
    assert app.metric[0].value != before
    assert "100" in app.query_params["volontaires"]


def test_foreign_choices_are_left_at_their_default() -> None:
    foreign = {"cibles": "<b>", "apl_visee": "nan", "volontaires": "1e9", "dispositif": "bus"}
    assert HelpChoices.from_query(foreign) == HelpChoices()


@settings(max_examples=80)
@given(
    st.builds(
        HelpChoices,
        targets=st.sampled_from(["zip", "apl", "place"]),
        aim=st.sampled_from(["apl", "place"]),
        apl=st.floats(0.5, 6.0).map(lambda value: round(value, 1)),
        per_gp=st.integers(500, 3000),
        acts=st.integers(4, 40),
        scheme=st.sampled_from(["avancees", "solidaires", "rotation"]),
        volunteers=st.integers(0, 500),
        sites=st.integers(0, 60),
        minutes=st.integers(5, 60),
        half_days=st.integers(0, 31),
        floor=st.floats(0.0, 6.0).map(lambda value: round(value, 1)),
        replaced=st.booleans(),
    )
)
def test_choices_go_to_the_address_and_back(chosen: HelpChoices) -> None:
    assert HelpChoices.from_query(chosen.to_query()) == chosen


def test_a_field_takes_each_change_in_turn() -> None:
    """A field that became another one with its first value lost every second change."""

    def named(start: str) -> NumberInput:
        return next(one for one in app.number_input if one.label.startswith(start))

    app = opened(volontaires="5")
    for value in (6, 7, 8):
        named("Volontaires").set_value(value).run()
        assert "".join(app.query_params["volontaires"]) == str(value)
    named("Consultations par demi").set_value(10).run()
    named("Consultations par demi").set_value(11).run()
    assert "".join(app.query_params["actes"]) == "11"
    assert "".join(app.query_params["volontaires"]) == "8"


def test_fields_of_the_other_tabs_take_each_change_in_turn() -> None:
    app = opened(aide="regulation")
    for value in (2, 3):
        [field] = [one for one in app.number_input if one.label.startswith("Départements par")]
        field.set_value(value).run()
        [field] = [one for one in app.number_input if one.label.startswith("Départements par")]
        assert field.value == value


@pytest.mark.campaign
def test_back_shows_what_the_address_says_in_the_fields_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The browser went on showing what was chosen, and sent it again with the next gesture."""
    app = opened()
    next(one for one in app.selectbox if one.label == "Qui aider").select("place").run()
    assert app.query_params["cibles"] in ("place", ["place"])
    app.query_params.clear()
    monkeypatch.setattr(following, "stepped", lambda: True)
    app.run()
    assert not app.exception
    assert "cibles" not in app.query_params
    shown = next(one for one in app.selectbox if one.label == "Qui aider")
    assert shown.value == "zip"
    assert shown.proto.set_value  # it is written in the field that the browser shows
