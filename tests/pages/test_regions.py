"""The switch of regions: all are listed, those built open, the others are built from there."""

import pytest
from streamlit.testing.v1 import AppTest

from data.region import embedded_set, france
from data.upkeep import region_builds
from geo.errors import UnavailableError
from pages import accounts, region_switch, shell
from pages.state import ViewState
from tests.pages.opening import opened, words


def test_every_region_is_there_by_name_and_the_one_built_opens() -> None:
    app = opened("regions")
    labels = [button.label for button in app.button]
    assert all(any(name in label for label in labels) for name in france.NAMES.values())
    assert "Nouvelle-Aquitaine" in labels
    assert "Bretagne · à construire" in labels
    assert "Mayotte" in words(app)


def test_a_region_that_is_not_built_is_built_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(region_builds, "start", asked.append)
    app = opened("regions")
    app.button(key="region-53").click().run()
    assert not app.exception
    assert asked == ["53"]


def test_all_of_france_is_built_from_there_and_opens_from_the_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(region_builds, "start", asked.append)
    app = opened("regions")
    assert app.button(key="region-FR").label == "France · à construire"
    app.button(key="region-FR").click().run()
    assert asked == ["FR"]
    assert france.name("FR") == "France"
    monkeypatch.setattr(france, "built", lambda: frozenset({"75", "FR"}))
    monkeypatch.setattr(region_switch, "open_region", asked.append)
    app = with_the_list()
    assert in_the_bar(app)[:2] == ["Nouvelle-Aquitaine", "France"]
    app.button(key="tete-FR").click().run()
    assert asked == ["FR", "FR"]


def test_what_stops_a_build_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_code: str) -> None:
        raise UnavailableError("Une autre région est en construction.")

    monkeypatch.setattr(region_builds, "start", refused)
    app = opened("regions")
    app.button(key="region-53").click().run()
    assert "Une autre région" in words(app)


def with_the_list() -> AppTest:
    """Open the list of the bar, above a map that is not there: it stands above every screen."""
    app = opened("", region="53")
    app.session_state[region_switch.KEY] = True
    app.run()
    assert not app.exception
    return app


def in_the_bar(app: AppTest) -> list[str]:
    """Return the regions of the list in the bar."""
    return [one.label for one in app.button if str(one.key).startswith("tete-")]


def test_the_list_is_links_while_a_screen_is_first_computed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The server answers no click until that run ends: a list made on demand would be blank."""
    monkeypatch.setattr(france, "built", lambda: frozenset({"75", "94"}))
    app = opened("", region="75")
    assert 'href="./?region=94"' in words(app)
    assert 'href="./?region=75"' not in words(app)
    app.run()
    assert 'href="./?region=94"' not in words(app)
    assert not in_the_bar(app)
    app.session_state[region_switch.KEY] = True
    app.run()
    assert "Corse" in in_the_bar(app)


def test_the_bar_lists_regions_those_that_are_ready_first(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[str] = []
    monkeypatch.setattr(france, "built", lambda: frozenset({"75", "94"}))
    monkeypatch.setattr(region_switch, "open_region", chosen.append)
    app = with_the_list()
    there = in_the_bar(app)
    assert there[:2] == ["Corse", "Nouvelle-Aquitaine"]
    assert set(there) == set(france.NAMES.values())
    assert "l’avancement s’affiche" in words(app)
    app.button(key="tete-94").click().run()
    assert chosen == ["94"]


def test_the_bar_builds_a_region_and_leads_to_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(region_builds, "start", asked.append)
    app = with_the_list()
    app.button(key="tete-53").click().run()
    assert not app.exception
    assert asked == ["53"]
    assert app.title[0].value == "Choisir une région"


def test_the_bar_says_who_builds_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "role", lambda: accounts.Role.READER)
    app = with_the_list()
    assert "Seul un administrateur construit" in words(app)
    assert app.button(key="tete-53").disabled


def test_the_bar_leaves_a_region_that_is_not_there() -> None:
    app = with_the_list()
    assert "pas encore construites" in words(app)
    app.button(key="tete-75").click().run()
    assert not app.exception
    assert "pas encore construites" not in words(app)
    assert app.query_params["region"] == "75"


def test_the_progress_of_a_build_is_shown_to_who_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    under_way = region_builds.Build("53", 2, running=True)
    monkeypatch.setattr(region_builds, "last", lambda: under_way)
    app = opened("regions")
    assert "Vous pouvez quitter cet écran" in words(app)
    assert app.button(key="region-94").disabled  # one at a time
    assert not app.button(key="region-75").disabled


def test_who_comes_back_amid_a_build_is_told_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    builds = [region_builds.Build("53", 2, running=True)]
    monkeypatch.setattr(region_builds, "last", lambda: builds[-1])
    app = opened("regions")
    builds.append(region_builds.Build("53", 5))
    monkeypatch.setattr(france, "built", lambda: frozenset({"75", "53"}))
    app.run()
    assert [one.value for one in app.success] == ["Bretagne : construction terminée."]
    opens = []
    monkeypatch.setattr(region_switch, "open_region", opens.append)
    next(one for one in app.button if one.label == "Ouvrir : Bretagne").click().run()
    assert opens == ["53"]
    assert not opened("regions").success  # who has seen nothing of it


def test_archives_that_have_just_come_are_missing_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = ["contours.tgz"]
    monkeypatch.setattr(region_builds, "missing_archives", lambda: list(missing))
    monkeypatch.setattr(region_builds, "receive_archive", lambda _content: missing.pop())
    app = opened("regions")
    assert "Il manque : contours.tgz." in words(app)
    app.file_uploader(key="region_archives").set_value([("contours.tgz", b"octets", "")]).run()
    assert "contours.tgz : gardée." in words(app)
    assert "Il manque" not in words(app)


def test_an_address_of_a_region_that_is_not_built_leads_there() -> None:
    app = opened("", region="53")
    assert "Bretagne : ses données ne sont pas encore construites ici." in words(app)
    assert "python" not in words(app)
    assert "Choisir une région" in [button.label for button in app.button]
    app = opened("regions", region="53")
    assert app.title[0].value == "Choisir une région"


def test_an_address_of_no_region_says_so_and_offers_the_list() -> None:
    assert {*france.NAMES, france.WHOLE} == embedded_set.CODES
    app = opened("", region="99")
    assert "Aucune région de France n’a le code 99" in words(app)
    assert "python" not in words(app)
    assert region_switch.label("99") == "Région inconnue"
    next(one for one in app.button if one.label == "Choisir une région").click().run()
    assert app.title[0].value == "Choisir une région"


def test_a_build_without_a_registry_asks_at_once_for_the_archives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a telephone the way out was below twenty regions, folded."""
    ended = region_builds.Build("04", 0, "Le paquet n’a pas pu être téléchargé.")
    monkeypatch.setattr(region_builds, "last", lambda: ended)
    app = opened("regions")
    (archives,) = (one for one in app.expander if "par fichier" in one.label)
    assert archives.proto.expanded
    assert "Il manque : " in words(app)
    drawn = [one for one in app.main if one.type in {"expander", "header"}]
    assert drawn[0].type == "expander"
    monkeypatch.setattr(region_builds, "missing_archives", list)
    app = opened("regions")
    (archives,) = (one for one in app.expander if "par fichier" in one.label)
    assert not archives.proto.expanded  # it stopped for something else


def test_the_first_opening_of_france_says_what_it_does_while_it_does_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def screen() -> None:
        import streamlit as st

        from pages import shell

        end = shell.say_opening(st.container(), "carte")
        if st.session_state.get("drawn"):
            end()

    monkeypatch.setattr(shell.catalogue, "state_key", lambda region: f"state of {region}")
    shell._opened.clear()
    for region, said in (("75", 0), ("FR", 1)):
        monkeypatch.setattr(shell, "view", lambda region=region: ViewState(region=region))
        assert len(AppTest.from_function(screen).run().info) == said
    app = AppTest.from_function(screen)
    app.session_state["drawn"] = True
    assert not app.run().info
    assert not AppTest.from_function(screen).run().info  # for nobody any more
    monkeypatch.setattr(shell.catalogue, "state_key", lambda region: f"new state of {region}")
    assert "Une à quelques minutes" in AppTest.from_function(screen).run().info[0].value
    shell._opened.clear()
