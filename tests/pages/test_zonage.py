"""Screen "Zonage" on demonstration data."""

import base64
import gzip
import json
import re
from collections.abc import Iterator

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.access import indicators
from data.base import french
from data.base.paths import ROOT
from data.region import catalogue
from pages import shell, zoning_view


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "zonage.py"), default_timeout=200)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def gauges(app: AppTest) -> list[str]:
    """Return what each gauge says, ZIP first."""
    said = next(one.proto.body for one in app.get("html") if "ps-gauges" in one.proto.body)
    items = re.findall(r"<li.*?</li>", said)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in items]


def test_a_trial_moves_the_gauges_leaves_a_trace_and_opens_again() -> None:
    app = opened()
    before = gauges(app)[0]
    titles = ["ZIP", "ZAC", "Vigilance", "Hors zone"]
    assert all(one.startswith(title) for one, title in zip(gauges(app), titles, strict=True))
    assert re.search("marge de|dépassé de", before)
    calm = app.multiselect[0].options
    app.text_input(key="zonage_plafond_zip").set_value("1,5").run()
    assert "dépassé de" in gauges(app)[0]
    outside = [place for place, label in enumerate(calm) if "(HZ)" in label]
    app.multiselect[0].set_value([app.multiselect[0].options[outside[0]]]).run()
    assert not app.exception
    after = gauges(app)[0]
    assert "(+" in after
    told = app.query_params["essai"]
    trace = told if isinstance(told, str) else told[0]
    assert trace.endswith(":ZIP")
    assert "arrêté" in " ".join(one.value for one in app.text)

    again = opened(essai=trace)
    assert gauges(again)[0].split("plafond")[0] == after.split("plafond")[0]
    next(one for one in again.button if "Annuler mes changements (1)" in one.label).click().run()
    assert gauges(again)[0] == before
    assert "essai" not in again.query_params


def trial(app: AppTest) -> str:
    told = app.query_params["essai"]
    return told if isinstance(told, str) else told[0]


def test_changes_chosen_one_after_the_other_are_all_kept() -> None:
    app = opened()
    options = app.multiselect[0].options
    for count in (1, 2, 3):
        app.multiselect[0].set_value(options[:count]).run()
        assert not app.exception
        assert len(trial(app).split(",")) == count
    first = trial(app).split(",")[0]
    app.get("button_group")[0].set_value("HZ" if first.endswith("ZIP") else "ZIP").run()
    assert trial(app).split(",")[0] != first
    app.multiselect[0].set_value(options[1:2]).run()
    assert len(trial(app).split(",")) == 1


@pytest.fixture
def without_territories(monkeypatch: pytest.MonkeyPatch) -> Iterator[pd.DataFrame]:
    """Have the screen read a real zoning: zones by commune, TVS unknown, bassins de vie known."""
    communes = indicators.commune_indicators(catalogue.load_territory("75"))
    bare = communes.assign(tvs="", tvs_name="")
    monkeypatch.setattr(shell, "commune_indicators", lambda _: bare)
    zoning_view.units.clear()
    yield bare
    zoning_view.units.clear()


def test_where_territories_are_not_known_communes_and_bassins_are_tried(
    without_territories: pd.DataFrame,
) -> None:
    at = without_territories.set_index("code").loc["23008"]
    app = opened()
    assert any("l’essai porte ici sur des communes" in one.value for one in app.info)
    options = app.multiselect[0].options
    named = f"Bassin de vie {french.of(at['bassin_de_vie_name'])} :"
    (area,) = [one for one in options if one.startswith(named)]
    app.multiselect[0].set_value([area]).run()
    assert trial(app).startswith(f"BV{at['bassin_de_vie']}:")
    moved = gauges(app)
    # A click on a commune tries the zone that follows the one that it has in the trial.
    app.get("button_group")[0].set_value("ZAC").run()
    asked = {"action": "zone", "turn": "1", "state": {"commune": "23008"}}
    app.session_state["zonage_carte"] = asked
    app.run()
    assert trial(app) == f"BV{at['bassin_de_vie']}:ZAC,COM23008:ZV"
    assert not app.exception
    assert gauges(app) != moved
    # Round again to what its bassin makes it: nothing is tried of it alone any more.
    for turn in ("2", "3", "4"):
        app.session_state["zonage_carte"] = asked | {"turn": turn}
        app.run()
    assert trial(app) == f"BV{at['bassin_de_vie']}:ZAC"
    again = opened(essai=f"BV{at['bassin_de_vie']}:ZAC,COM23008:ZV,{at['bassin_de_vie']}:ZIP")
    assert again.warning[0].value.startswith("1 changement de zone de cette adresse ne se lit pas")
    assert len(again.get("button_group")) == 2


def test_a_foreign_trial_changes_nothing() -> None:
    plain, foreign = opened(), opened(essai="zz:ZIP,<b>:ZAC,1:XX")
    assert gauges(foreign) == gauges(plain)
    # Said until a change is tried, not only until the browser's next message.
    for _ in range(2):
        (told,) = foreign.warning
        assert told.value.startswith("3 changements de zone de cette adresse ne se lisent pas")
        foreign.run()
    assert not plain.warning


def test_a_layer_switched_off_in_the_map_is_one_less_of_the_view() -> None:
    """An address that says nothing of layers kept them in the view, and the ribbon in sight."""
    app = opened(couches="msp")
    app.session_state["zonage_carte"] = {
        "action": "couches",
        "turn": "1",
        "state": {"couches": "msp"},
    }
    app.run()
    assert app.session_state["view"].layers == ("msp",)
    app.query_params.clear()  # as the map writes it
    app.session_state["zonage_carte"] = {"action": "couches", "turn": "2", "state": {"z": "7"}}
    app.run()
    assert app.session_state["view"].layers == ()


def test_the_address_tells_the_indicator_and_the_layers_of_the_map() -> None:
    app = opened(ind="apl", couches="pdses,msp", commune="23096")
    options = app.multiselect[0].options
    app.multiselect[0].set_value(options[:1]).run()
    query = {
        name: one if isinstance(one, str) else one[0] for name, one in app.query_params.items()
    }
    assert query == {"ind": "apl", "couches": "msp", "commune": "23096", "essai": query["essai"]}
    assert "ind" not in opened(ind="zone").query_params
    # That of another screen waits for its return.
    assert opened(ind="risk_class").query_params["ind"] in ("risk_class", ["risk_class"])


def test_a_shared_map_opens_on_the_indicator_of_its_address() -> None:
    territory = catalogue.load_territory("75")
    for query, indicator, layers in (
        ({}, "zone", []),
        ({"ind": "apl", "couches": "msp,risque", "ici": "1,45"}, "apl", ["msp"]),
    ):
        sent = json.loads(
            gzip.decompress(
                base64.b64decode(zoning_view.encoded(zoning_view.opened(territory, query)))
            )
        )
        assert sent["defaults"]["indicator"] == "zone"
        state = sent["state"]
        assert (state["indicator"], state["layers"], state["here"]) == (indicator, layers, None)


def test_room_is_read_beside_the_apl() -> None:
    app = opened()
    tables = [set(one.value.columns) for one in app.dataframe]
    assert any({"apl", "apl65", "without_room", "share"} <= columns for columns in tables)
    assert any("without" in columns and "reason" in columns for columns in tables)
    assert any("pas un critère légal" in one.value for one in app.caption)


def test_what_has_no_known_zone_is_told_beside_the_gauges() -> None:
    def screen() -> None:
        import streamlit as st

        from data.access.zoning_gauges import Ceilings
        from pages import shell, zoning_view

        communes = shell.commune_indicators(shell.territory()).copy()
        communes.loc[communes.index[: st.session_state["unknown"]], "zone"] = ""
        zoning_view.draw_gauges(communes, Ceilings.of_region("75"), {})

    for unknown, told in ((0, []), (1, ["1 commune,"]), (2, ["2 communes,"])):
        app = AppTest.from_function(screen, default_timeout=200)
        app.session_state["unknown"] = unknown
        app.run()
        assert not app.exception
        assert [one in app.caption[0].value for one in told] == [True] * len(app.caption)
        # A ceiling is of a revision: the year stands beside it.
        assert "plafond 16,8 % (2021) : " in app.get("html")[0].proto.body.replace("\xa0", " ")
