"""Two scenarios compared: one table, two maps, a PDF, and an address that opens them again."""

from streamlit.testing.v1 import AppTest

from data.scenarios import store
from data.scenarios.drafts import Draft
from data.uploads import Site
from pages import exporting
from tests.pages.sites_screen import html, opened, texts

USSEL = Site(2, "Ussel", "19275", "Ussel", 2.3138, 45.5448, 4)
GUERET = Site(3, "<b>Guéret", "23096", "Guéret", 1.8709, 46.1696, 3)


def _saved(name: str, site: Site) -> str:
    return store.save(Draft(name, "75", sites=(site,))).id


def _other(app: AppTest, first: str) -> str | None:
    value: str | None = app.selectbox(key=f"sites_autre_{first}").value
    return value


def test_an_address_opens_the_comparison_until_another_choice_is_made() -> None:
    first, second = _saved("Plan <i>est", USSEL), _saved("Plan ouest", GUERET)
    app = opened("sites", comparer=f"{first},{second}")
    assert _other(app, first) == second
    assert app.query_params["comparer"] == f"{first},{second}"
    shown = html(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "Différence : 2 moins 1" in shown
    assert "1. Plan &lt;i&gt;est" in shown
    assert "<i>" not in shown
    assert "Aller à la comparaison" in shown
    offers = [one.label for one in app.session_state[exporting._OFFERS]]
    assert "Télécharger la comparaison (PDF)" in offers
    app.selectbox(key=f"sites_autre_{first}").set_value(None).run()
    assert "comparer" not in app.query_params
    assert "2 moins 1" not in html(app)


def test_a_scenario_to_compare_that_is_gone_is_told() -> None:
    first = _saved("Seul", USSEL)
    _saved("Autre", GUERET)
    app = opened("sites", comparer=f"{first},{'0' * 32}")
    assert "Le scénario à comparer de cette adresse n’existe pas" in texts(app)
    assert _other(app, first) is None
