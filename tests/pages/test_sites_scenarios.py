"""Two planners on one scenario: neither erases the other without a word."""

import pytest
from streamlit.testing.v1 import AppTest

from data.scenarios import listing, store
from data.scenarios.drafts import Draft
from geo.errors import MomentarilyUnavailableError
from pages.sites_upload import WORK, Work


def screen() -> None:
    """Draw the form on a region of which nothing is known."""
    from types import SimpleNamespace

    from pages import sites_scenarios

    engine = SimpleNamespace(version="t")
    region = SimpleNamespace(
        region="75", version="v", simulated=(), provenance={}, travel_time=engine
    )
    sites_scenarios.draw_save(region, (), None)


def test_the_second_planner_is_told_and_both_versions_are_kept() -> None:
    opened = store.save(Draft("Plateau", "75", note="au départ"))
    app = AppTest.from_function(screen, default_timeout=120)
    app.session_state[WORK] = Work(scenario=opened.id, revision=opened.revision)
    app.run()
    assert not app.warning
    store.update(opened, Draft("Plateau", "75", note="celle de l’autre"))
    app.text_input[0].set_value("Le mien")
    app.run()
    assert "entre-temps" in app.warning[0].value
    app.button(key="sites_mettre_a_jour").click().run()
    assert "n’a pas été enregistré" in app.error[0].value
    assert store.load(opened.id).draft.note == "celle de l’autre"
    app.button(key="sites_enregistrer").click().run()
    assert not app.exception
    assert {one.draft.name for one in store.scenarios()} >= {"Plateau", "Le mien"}
    assert store.load(opened.id).draft.note == "celle de l’autre"


def test_the_version_of_the_other_is_taken_whole() -> None:
    """Its sites came, under the former name, which the next save wrote over the other's."""
    opened = store.save(Draft("Plateau", "75", note="au départ"))
    app = AppTest.from_function(screen, default_timeout=120)
    app.session_state[WORK] = Work(scenario=opened.id, revision=opened.revision)
    app.run()
    app.text_input[0].set_value("Le mien").run()
    store.update(opened, Draft("Vallée", "75", note="celle de l’autre"))
    app.run()
    app.button(key="sites_reprendre").click().run()
    assert (app.text_input[0].value, app.text_area[0].value) == ("Vallée", "celle de l’autre")
    app.button(key="sites_mettre_a_jour").click().run()
    assert not app.error
    assert store.load(opened.id).draft.name == "Vallée"


def test_a_scenario_that_someone_deletes_leaves_what_is_typed_and_says_so() -> None:
    opened = store.save(Draft("Plateau", "75"))
    app = AppTest.from_function(screen, default_timeout=120)
    app.session_state[WORK] = Work(scenario=opened.id, revision=opened.revision)
    app.run()
    app.text_input[0].set_value("Le mien")
    app.text_area[0].set_value("à garder").run()
    store.delete(opened.id)
    app.run()
    assert "supprimé entre-temps" in app.warning[0].value
    assert (app.text_input[0].value, app.text_area[0].value) == ("Le mien", "à garder")
    app.button(key="sites_enregistrer").click().run()
    assert not app.warning
    assert "Le mien" in {one.draft.name for one in store.scenarios()}


def test_who_saves_twice_is_not_told_of_oneself() -> None:
    opened = store.save(Draft("Plateau", "75"))
    app = AppTest.from_function(screen, default_timeout=120)
    app.session_state[WORK] = Work(scenario=opened.id, revision=opened.revision)
    app.run()
    for name in ("Un", "Deux"):
        app.text_input[0].set_value(name)
        app.button(key="sites_mettre_a_jour").click().run()
        assert not app.error
        assert not app.warning
    assert store.load(opened.id).draft.name == "Deux"


def test_a_report_bears_the_name_that_is_typed_before_it_is_saved() -> None:
    def form() -> None:
        from types import SimpleNamespace

        import streamlit as st

        from data.scenarios.drafts import Draft
        from pages import sites_scenarios

        region = SimpleNamespace(
            region="75",
            version="v",
            simulated=(),
            provenance={},
            travel_time=SimpleNamespace(version="t"),
        )
        named = sites_scenarios.named(Draft("Sites candidats", "75"))
        st.text(f"{named.name} / {named.note}")
        sites_scenarios.draw_save(region, (), None)

    app = AppTest.from_function(form, default_timeout=120).run()
    assert app.text[0].value == "Sites candidats /"
    app.text_input[0].set_value("Cinq sites")
    app.text_area[0].set_value("Pour le conseil").run()
    assert not app.exception
    assert app.text[0].value == "Cinq sites / Pour le conseil"


def test_a_long_list_is_searched_and_turned_by_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def screen() -> None:
        from types import SimpleNamespace

        from pages import sites_scenarios

        sites_scenarios.draw_list(SimpleNamespace(region="53"))

    monkeypatch.setattr(listing, "PER_PAGE", 10)
    for number in range(25):
        store.save(Draft(f"Projet Égletons {number}", "53"))
    store.save(Draft("Ailleurs", "75"))
    app = AppTest.from_function(screen, default_timeout=120).run()
    assert "parmi les 25 scénarios" in app.text_input(key="sites_scenarios_cherche").label
    first = app.selectbox(key="sites_scenario_").options
    assert [one.split(" · ")[0] for one in first] == [
        f"Projet Égletons {n}" for n in range(24, 14, -1)
    ]
    app.pagination(key="sites_scenarios_page").select(3).run()
    assert [one.split(" · ")[0] for one in app.selectbox(key="sites_scenario_").options] == [
        f"Projet Égletons {n}" for n in range(4, -1, -1)
    ]
    app.text_input(key="sites_scenarios_cherche").set_value("egletons 17").run()
    assert not app.exception
    (found,) = app.selectbox(key="sites_scenario_").options
    assert found.startswith("Projet Égletons 17 ")
    app.text_input(key="sites_scenarios_cherche").set_value("nulle part").run()
    assert any("effacez la recherche pour revoir les 25" in one.value for one in app.text)
    assert not any("Aucun scénario enregistré" in one.value for one in app.text)
    app.text_input(key="sites_scenarios_cherche").set_value("egletons 17").run()
    app.button(key="sites_rouvrir").click().run()
    assert not app.exception
    opened = store.load(app.session_state[WORK].scenario)
    assert opened.draft.name == "Projet Égletons 17"


def test_a_database_away_for_a_moment_is_said_and_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = store.save(Draft("Plateau", "75"))
    app = AppTest.from_function(screen, default_timeout=120)
    app.session_state[WORK] = Work(scenario=opened.id, revision=opened.revision)
    app.run()
    app.text_input[0].set_value("Le mien").run()

    def away(*_: object, **__: object) -> None:
        raise MomentarilyUnavailableError("La base ne répond pas.")

    with monkeypatch.context() as patch:
        for name in ("load", "save", "update"):
            patch.setattr(store, name, away)
        for key in ("sites_enregistrer", "sites_mettre_a_jour"):
            app.button(key=key).click().run()
            assert "n’a pas été enregistré" in app.error[0].value
            assert app.text_input[0].value == "Le mien"
    app.button(key="sites_mettre_a_jour").click().run()
    assert not app.error
    assert store.load(opened.id).draft.name == "Le mien"
