"""A view shared by a link: what the link keeps, shows and hides, and how it closes."""

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from data.access import indicators
from data.base.paths import ROOT
from data.region import catalogue
from data.scenarios import store
from data.scenarios.store import Draft
from pages import view_sharing

REGION = "75"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Leave no view behind."""
    yield
    for one in store.scenarios():
        if store.VIEW in one.draft.parameters:
            store.delete(one.id)


def told(app: AppTest) -> str:
    shown = [*app.title, *app.subheader, *app.text, *app.caption, *app.get("html")]
    return " ".join(str(getattr(one, "value", "") or one.proto.body) for one in shown)


def visited(view: dict[str, str], name: str = "Pour le conseil") -> AppTest:
    """Open, as a visitor does, the link to a view."""
    draft = Draft(name, REGION, parameters={store.VIEW: view})
    token, _ = store.share(store.save(draft).id)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
    app.query_params["jeton"] = token
    app.run()
    assert not app.exception
    return app


def test_the_link_of_a_sheet_is_the_sheet_and_tells_no_risk_of_a_commune() -> None:
    app = visited({"ecran": "territoire", "territoire": "commune:23096"})
    assert app.title[0].value == "Guéret"
    said = told(app)
    assert "Pour le conseil" in said
    assert said.count('class="s"') == 7
    assert not re.search("probabilit|risque (très )?élevé de", said)
    assert not app.selectbox


def test_the_link_of_two_territories_names_both() -> None:
    app = visited({"ecran": "territoire", "territoire": "departement:23", "avec": "24"})
    assert app.title[0].value == "Creuse et Dordogne"
    assert "Différence" in told(app)


def test_the_link_of_a_trial_of_zones_shows_the_trial() -> None:
    communes = indicators.commune_indicators(catalogue.load_territory(REGION))
    tvs = communes.loc[communes["code"] == "23096", "tvs"].item()
    app = visited({"ecran": "zonage", "essai": f"{tvs}:ZAC", "plafonds": "5,20"})
    said = told(app)
    assert "Ce qui est essayé : 1 changement" in said
    assert "ZAC au lieu de" in said
    assert re.search(r"plafond 5,0\s%", said)
    assert not app.multiselect
    assert not app.button


def test_the_link_of_a_fallen_line_tells_who_can_help() -> None:
    line = catalogue.load_territory(REGION).pdses_lines["line"].iloc[0]
    view = {"ecran": "permanence", "vue": "si-cette-ligne-tombe", "ligne": line, "portee": "45"}
    said = told(visited(view))
    assert "Qui pourrait aider" in said
    assert "45 minutes" in said


@pytest.mark.parametrize("screen", ["carte", "risques"])
def test_the_links_of_maps_and_of_risk_open(screen: str) -> None:
    app = visited({"ecran": screen, "ind": "apl", "depuis": "2015", "horizon": "3"})
    assert app.title[0].value.startswith(view_sharing.TITLES[screen])


def test_a_foreign_view_opens_nothing_else() -> None:
    app = visited({"ecran": "../methode", "territoire": "commune:99999"})
    assert "ne contient pas de site" in told(app)
    app = visited({"ecran": "territoire", "territoire": "commune:99999"})
    assert "n’existe pas" in told(app)


def test_a_link_is_made_of_the_view_in_sight_listed_and_revoked() -> None:
    app = AppTest.from_string(
        "from pages import view_sharing\nview_sharing.draw('zonage')", default_timeout=200
    )
    app.query_params["essai"] = "x:ZIP"
    app.run()
    app.text_input[0].input("Essai de <b>mars</b>").run()
    next(one for one in app.button if one.label == "Créer un lien vers cette vue").click().run()
    assert not app.exception
    [kept] = [one for one in store.scenarios() if store.VIEW in one.draft.parameters]
    assert kept.draft.parameters[store.VIEW] == {"ecran": "zonage", "essai": "x:ZIP"}
    token = re.search(r"jeton=([\w-]+)", app.code[0].value)
    assert token is not None
    assert store.open_share(token[1]).draft.name == "Essai de <b>mars</b>"
    next(one for one in app.button if one.label == "Révoquer").click().run()
    assert not app.exception
    assert not [one for one in store.scenarios() if store.VIEW in one.draft.parameters]
    assert not app.code
