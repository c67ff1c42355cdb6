"""Screen "Solidarité" on demonstration data, and its choices in the address."""

from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.region import catalogue
from data.solidarity.plans import help_plan
from data.solidarity.tables import sentence
from pages.help_choices import HelpChoices


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "solidarite.py"), default_timeout=200)
    for key, text in query.items():
        app.query_params[key] = text
    return app.run()


def test_the_screen_says_the_plan_that_the_engine_finds() -> None:
    app = opened()
    assert not app.exception
    chosen = HelpChoices()
    found = help_plan(catalogue.load_territory("75"), chosen.question(), chosen.terms())
    assert found.covered > 0
    assert f"**{sentence(found)}**" in [one.value for one in app.markdown]
    assert "La bonne volonté n’est pas prédite" in " ".join(one.value for one in app.caption)


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
