"""Addresses written by hand: a name for a code, a commune of another region, a made-up region."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.any_address import TIMEOUT_SECONDS, opening_on


def opened(screen: str, **query: str) -> AppTest:
    app = AppTest.from_string(opening_on(screen), default_timeout=TIMEOUT_SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, [one.value for one in app.exception]
    return app


def warnings(app: AppTest) -> str:
    return " ".join(one.value for one in app.warning)


@pytest.mark.parametrize("screen", ["carte", "risques"])
def test_the_name_of_one_commune_is_its_code(screen: str) -> None:
    app = opened(screen, commune="Limoges")
    assert app.query_params["commune"] == "87085"
    assert "commune" not in warnings(app).lower()


@pytest.mark.parametrize("screen", ["carte", "permanence"])
def test_what_names_no_commune_is_said_and_leaves_the_address(screen: str) -> None:
    app = opened(screen, commune="Limogez![x](//y)z")
    assert not app.query_params.get("commune")
    assert "Aucune commune ne s’appelle « Limogez" in warnings(app)
    assert r"!\[x\](//y)z" in warnings(app)  # said as it was written, not shown as Markdown
    assert "Limogez" in warnings(app.run())  # until one is chosen


@pytest.mark.parametrize("query", [{"commune": "97411"}, {"territoire": "commune:97411"}])
def test_an_address_without_region_opens_that_of_its_commune(query: dict[str, str]) -> None:
    app = opened("territoire", **query)
    assert app.query_params["region"] == "04"
    assert "La Réunion : ses données ne sont pas encore construites ici" in app.text[0].value


def test_a_commune_of_another_region_than_the_one_named_is_said() -> None:
    app = opened("carte", region="75", commune="97411")
    assert "n’est pas en Nouvelle-Aquitaine mais à La Réunion" in warnings(app)
    assert app.query_params["region"] == "75"


def test_a_region_is_known_by_its_name() -> None:
    app = opened("risques", region="la réunion")
    assert app.query_params["region"] == "04"
    said = warnings(opened("permanence", region="Poitou"))
    assert "Aucune région ne s’appelle « Poitou » : voici la Nouvelle-Aquitaine" in said
