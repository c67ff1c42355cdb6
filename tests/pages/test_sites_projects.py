"""Panel "Règles et argent" of the screen of sites, and its choices in the address."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from data.siting.project_rules import KINDS
from data.uploads import Site
from pages import following
from pages.project_choices import ProjectChoices
from pages.sites_upload import Work
from tests.pages.sites_screen import opened, tables, texts

SITES = (
    Site(2, "Ussel", "19275", "Ussel", 2.3138, 45.5448, 2.5, 1, 300.0, 2999),
    Site(3, "Guéret", "23096", "Guéret", 1.8709, 46.1696, 1, 0),
)


def test_rules_money_and_portfolio_are_drawn() -> None:
    app = opened("sites", Work(reopened=SITES), formes="2:esp", budget="60000")
    shown = tables(app).replace("\u202f", " ")
    assert "✗ non rempli" in shown
    assert "2,5 généralistes" in shown
    assert "Au plus (€)" in shown
    assert "30 000" in shown
    assert "80 105" in shown
    assert "Chiffre" not in shown
    said = texts(app)
    assert "Avec 60\u202f000 €, le meilleur portefeuille" in said
    assert "ont pu changer" in said
    app.number_input(key="projets_w_budget").set_value(90_000).run()
    assert not app.exception
    assert "Avec 90\u202f000 €" in texts(app)
    assert "".join(app.query_params["budget"]) == "90000"
    assert "".join(app.query_params["formes"]) == "2:esp"


def test_back_shows_the_budget_of_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened("sites", Work(reopened=SITES), budget="60000")
    app.number_input(key="projets_w_budget").set_value(90_000).run()
    app.query_params["budget"] = "60000"
    monkeypatch.setattr(following, "stepped", lambda: True)
    app.run()
    assert not app.exception
    shown = app.number_input(key="projets_w_budget")
    assert shown.value == 60_000
    assert shown.proto.set_value
    assert "Avec 60\u202f000 €" in texts(app)


def folded(app: AppTest) -> dict[str, bool]:
    """Return, for what the screen of sites folds, whether it is closed."""
    return {
        one.label.split(" ")[0]: not one.proto.expanded
        for one in app.expander
        if one.label.startswith(("Règles et argent des projets", "Pôle :"))
    }


def test_rules_and_a_pole_are_folded_until_something_is_chosen_there() -> None:
    app = opened("sites", Work(reopened=SITES))
    assert folded(app) == {"Règles": True, "Pôle": True}
    app.number_input(key="projets_w_budget").set_value(90_000).run()
    app.run()
    assert folded(app) == {"Règles": False, "Pôle": True}
    app.number_input(key="projets_w_budget").set_value(0).run()
    app.run()
    assert folded(app)["Règles"] is False  # not closed under the hand that empties it
    linked = opened("sites", antennes="23008:6:1:20000,23176:4:0:0")
    assert folded(linked) == {"Pôle": False}


def test_foreign_choices_are_left_aside() -> None:
    foreign = {"formes": "0:msp,2:<b>,x", "couts": "-1:5,0:7", "budget": "1e9", "ecarter": "oui"}
    assert ProjectChoices.from_query(foreign) == ProjectChoices()


@settings(max_examples=40)
@given(
    st.dictionaries(st.integers(1, 200), st.sampled_from(sorted(KINDS)), max_size=5),
    st.dictionaries(st.integers(1, 200), st.integers(0, 999_999_999), max_size=5),
    st.integers(0, 999_999_999),
    st.booleans(),
)
def test_choices_go_to_the_address_and_back(forms, prices, budget, apart) -> None:
    chosen = ProjectChoices(
        tuple(sorted(forms.items())), tuple(sorted(prices.items())), budget, apart
    )
    assert ProjectChoices.from_query(chosen.to_query()) == chosen
