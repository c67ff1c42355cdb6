"""The map of a shared view says in its address what is chosen otherwise than in its link."""

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.region import catalogue
from data.scenarios import drafts, sharing, store
from data.scenarios.drafts import Draft
from pages import on_call_view, shared_views
from tests.pages.opening import back

LINK = {"ecran": "carte", "ind": "apl", "couches": "msp", "commune": "23096", "seuil": "30"}


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Leave no view behind."""
    yield
    for one in store.scenarios():
        if drafts.VIEW in one.draft.parameters:
            store.delete(one.id)


def visited(view: dict[str, str], **asked: str) -> AppTest:
    """Open, as a visitor does, the link to a view, with what else its address asks."""
    draft = Draft("Pour le conseil", "75", parameters={drafts.VIEW: view})
    token, _ = sharing.share(store.save(draft).id)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
    app.query_params["jeton"] = token
    for name, text in asked.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def address(app: AppTest) -> dict[str, str]:
    """Return what the address says beside the link."""
    return {k: str(v) for k, v in dict(app.query_params).items() if k not in ("jeton", "region")}


def says(app: AppTest, turn: str, **state: str) -> None:
    """Have the map say what it shows."""
    message = {"action": "choix", "turn": turn, "state": {"region": "75"} | state}
    app.session_state[shared_views.MAP] = message
    app.run()
    assert not app.exception


def test_the_map_of_a_link_says_what_is_chosen_otherwise(answers: list[dict[str, Any]]) -> None:
    app = visited(LINK)
    assert address(app) == {}
    assert answers[-1]["chosen"]["view"] == {"ind": "apl", "seuil": "30"}
    assert answers[-1]["room"]["minutes"] == 30
    says(app, "1", ind="apl", couches="msp", calques="msp", commune="23008", seuil="30")
    assert address(app) == {"commune": "23008"}
    first = address(app)
    # What the link says and its reader has put out is said too, as what a bare address would mean.
    says(app, "2", ind="share_without_room", commune="", seuil="20", calques="")
    put_out = {"ind": "share_without_room", "commune": "", "seuil": "20", "calques": "aucun"}
    assert address(app) == put_out
    again = visited(LINK, **put_out)
    assert address(again) == put_out
    chosen = {"commune": "", "layers": "", "view": {"ind": "share_without_room"}}
    assert answers[-1]["chosen"] == chosen
    assert "room" not in answers[-1]
    jeton = {"jeton": str(dict(app.query_params)["jeton"])}
    back(app, jeton | first)
    assert answers[-1]["chosen"]["commune"] == "23008"
    assert answers[-1]["chosen"]["layers"] == "msp"
    back(app, jeton)
    assert answers[-1]["chosen"]["commune"] == "23096"
    assert address(app) == {}


def test_what_is_foreign_in_the_address_of_a_link_is_left(answers: list[dict[str, Any]]) -> None:
    foreign = {"ind": "risk", "commune": "abc", "seuil": "-4", "calques": "<b>", "annee": "x"}
    app = visited(LINK, **foreign)
    assert answers[-1]["chosen"] == {
        "commune": "23096",
        "layers": "msp",
        "view": {"ind": "apl", "seuil": "30"},
    }
    assert address(app) == {}


def test_the_map_of_zones_of_a_link_says_its_indicator_and_commune(
    answers: list[dict[str, Any]],
) -> None:
    app = visited({"ecran": "zonage"}, ind="apl", commune="23096", calques="msp")
    chosen = {"commune": "23096", "layers": "msp", "view": {"ind": "apl"}}
    assert answers[-1]["chosen"] == chosen
    assert answers[-1]["commune"]["code"] == "23096"
    says(app, "1", ind="share_without_room", commune="23008", couches="msp", calques="msp")
    assert address(app) == {"ind": "share_without_room", "commune": "23008", "calques": "msp"}
    says(app, "2", ind="zone", commune="", calques="")
    assert address(app) == {}


def test_the_map_of_a_fallen_line_says_its_commune_and_layers(
    answers: list[dict[str, Any]],
) -> None:
    line = catalogue.load_territory("75").pdses_lines["line"].iloc[0]
    link = {"ecran": "permanence", "vue": on_call_view.FALL, "ligne": line, "calques": "-points"}
    app = visited(link, commune="23096")
    assert answers[-1]["chosen"] == {"commune": "23096", "layers": "-points", "view": {}}
    assert answers[-1]["commune"]["code"] == "23096"
    says(app, "1", ind="pdses_minutes", commune="23008", calques="")
    assert address(app) == {"commune": "23008", "calques": "aucun"}
