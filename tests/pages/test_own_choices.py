"""What a screen alone says in its address: read, written, followed at Back, foreign values left."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data.base import paths
from data.region import catalogue
from data.scenarios import sharing, store
from data.scenarios.drafts import Draft
from data.siting.best import ROOM
from data.uploads import Site, addressed
from pages import (
    following,
    map_choices,
    own_choices,
    sites_results,
    table_filters,
    zoning_view,
)
from pages.search_choices import MOST_BUDGET, SearchChoices
from tests.pages import opening
from tests.pages.opening import back
from tests.pages.sites_screen import field, opened

OWN = "own_choices"
SOURCE = "zonage_plafonds_source"
THRESHOLD, DETAIL, EVERY = "meilleurs_w_seuil", "sites_carte_site", "sites_toutes_mesures"


@pytest.fixture
def sites() -> str:
    """Return two sites as the address holds them."""
    places = catalogue.load_territory("75").communes.set_index("code")
    listed = tuple(
        Site(
            rank, f"MSP {rank}", code, *(places.loc[code, name] for name in ("name", "lon", "lat"))
        )
        for rank, code in enumerate(("23096", "23008"), start=1)
    )
    return addressed.to_text(listed)


def test_the_address_of_sites_holds_what_is_asked_and_shown_of_them(sites: str) -> None:
    asked = {"modele": "mclp", "minutes": "30", "detail": "2", "mesures": "1", "compares": "1"}
    app = opened("sites", sites=sites, **asked)
    assert app.number_input(key=THRESHOLD).value == 30
    assert app.selectbox(key=DETAIL).value == 1
    assert app.toggle(key=EVERY).value is True
    assert app.multiselect(key="sites_compares").value == [0]
    first = dict(app.query_params)
    assert first["minutes"] == "30"
    app.number_input(key=THRESHOLD).set_value(15.0).run()
    app.selectbox(key=DETAIL).set_value(0).run()
    app.toggle(key=EVERY).set_value(False).run()
    assert app.query_params["minutes"] == "15"
    assert not {"detail", "mesures"} & app.query_params.keys()
    back(app, first)
    assert app.number_input(key=THRESHOLD).value == 30
    assert app.selectbox(key=DETAIL).value == 1
    assert app.toggle(key=EVERY).value is True
    assert dict(app.query_params) == first


def test_places_are_sought_at_the_minutes_of_room_whatever_the_address_says(sites: str) -> None:
    app = opened("sites", sites=sites, minutes="30")
    shown = next(one for one in app.number_input if one.label == "Seuil (minutes)")
    assert (shown.value, shown.disabled) == (20, True)
    app.button(key="sites_chercher").click().run()
    said = next(one.value for one in app.text if one.value.startswith("Retenus"))
    without = opened("sites", sites=sites, meilleurs="1")
    assert said in [one.value for one in without.text]
    # The other searches find their minutes again.
    app.selectbox(key="meilleurs_w_modele").set_value("mclp").run()
    assert app.number_input(key=THRESHOLD).value == 30


def test_an_address_shows_the_best_sites_that_it_was_copied_beside(sites: str) -> None:
    app = opened("sites", sites=sites, k="1")
    assert "Retenus" not in " ".join(one.value for one in app.text)
    before = dict(app.query_params)
    app.button(key="sites_chercher").click().run()
    told = next(one.value for one in app.text if one.value.startswith("Retenus"))
    again = opened("sites", **dict(app.query_params))
    assert told in [one.value for one in again.text]
    back(app, before)
    assert told not in [one.value for one in app.text]
    assert dict(app.query_params) == before


def test_the_map_of_sites_is_answered_what_its_card_and_its_layers_ask(
    sites: str, answers: list[dict[str, Any]]
) -> None:
    """Its card went on saying that the lines were being computed, and no ring ever came."""
    app = opened("sites", sites=sites)
    state = {"region": "75", "commune": "23096", "couches": "iso_gps", "ici": "1.87,46.17"}
    app.session_state["sites_carte"] = {"action": "commune", "turn": "7", "state": state}
    app.run()
    assert answers[-1]["commune"]["code"] == "23096"
    assert {"iso_gps", "ici", "iso_sites", "iso_un_site"} <= answers[-1]["rings"].keys()
    assert app.query_params["commune"] == "23096"
    first = dict(app.query_params)
    state |= {"ind": "apl", "ici": "", "place": "900", "seuil": "20"}
    app.session_state["sites_carte"] = {"action": "choix", "turn": "8", "state": state}
    app.run()
    assert (app.query_params["ind"], app.query_params["place"]) == ("apl", "900")
    assert not {"ici", "seuil"} & app.query_params.keys()  # of none, and of what the map opens on
    back(app, first)
    assert answers[-1]["chosen"]["view"] == {"ici": "1.87000,46.17000"}
    assert dict(app.query_params) == first


def test_a_name_of_the_address_means_one_thing() -> None:
    """« essai » was a trial of zones, and the trial of a model: the one outlived its giving up."""
    own = [name for names in own_choices.PARAMETERS.values() for name in names]
    alone = [name for name in own if name not in own_choices.COMMON]
    assert len(alone) == len(set(alone))
    others = set().union(
        *(_parameters(path) for path in (paths.ROOT / "pages").glob("*.py") if path.stem != OWN)
    )
    assert {"essai", "territoire", "specialite", "tdep", "horizon", "cibles"} <= others
    assert not set(own) & others


def _parameters(path: Path) -> set[str]:
    """Return what the constants of a module that name parameters of the address hold."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    named = [one.value for one in body if isinstance(one, ast.Assign) and _names(one)]
    tables = [one.values if isinstance(one, ast.Dict) else [one] for one in named]
    nodes = [node for table in tables for value in table for node in ast.walk(value)]
    return {str(one.value) for one in nodes if isinstance(one, ast.Constant)}


def _names(line: ast.Assign) -> bool:
    return any(isinstance(one, ast.Name) and "PARAMETERS" in one.id for one in line.targets)


def test_what_an_address_says_that_is_foreign_is_left(sites: str) -> None:
    foreign = {"minutes": "400", "detail": "9", "compares": "x", "mesures": "oui", "k": "7"}
    foreign |= {"modele": "<b>", "qui": "tous", "choix": "0,9", "prix": "1,nan", "somme": "-1"}
    app = opened("sites", sites=sites, **foreign)
    assert app.selectbox(key="meilleurs_w_modele").value == ROOM
    assert app.selectbox(key=DETAIL).value == 0
    assert app.multiselect(key="sites_compares").value == [0, 1]
    assert not foreign.keys() & app.query_params.keys()
    app.selectbox(key="meilleurs_w_modele").set_value("mclp").run()
    assert app.number_input(key=THRESHOLD).value == 20


@pytest.mark.parametrize("budget", [0.0, 5.5, 12_345_678_901.25, MOST_BUDGET])
def test_a_search_is_the_same_out_of_the_address(budget: float) -> None:
    prices = (1.0, 2.5, budget)
    asked = SearchChoices("pmedian", 2, 25.0, "need", "none", (1, 3), prices, budget, True)
    assert SearchChoices.from_query(asked.to_query(), 3) == asked
    assert SearchChoices.of(asked.search(3, ()), 3) == asked


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run on one session and one address, with nothing drawn."""
    held: dict[str, Any] = {}
    for module in (own_choices, map_choices, map_choices.map_dialogue, map_choices.shell):
        monkeypatch.setattr(module.st, "session_state", held)
    monkeypatch.setattr(map_choices.st, "query_params", Address())
    return held


class Address(dict[str, str]):
    """The parameters of an address, as Streamlit holds them."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    from_dict = dict.update


def says(session: dict[str, Any], turn: str, **state: str) -> None:
    session["carte"] = {"action": "couches", "turn": turn, "state": state}


def test_a_map_writes_its_commune_and_its_layers_and_opens_on_them(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = map_choices.st.query_params
    address.update({"commune": "23096", "calques": "fond,<b>"})
    own_choices.arrive("permanence")
    assert map_choices.follow("carte", "calques") == {
        "commune": "23096",
        "layers": "fond",
        "view": {},
    }
    assert address == {"commune": "23096", "calques": "fond"}
    says(session, "1", commune="23008", calques="-pdses")
    assert map_choices.follow("carte", "calques")["commune"] == "23008"
    second = dict(address)
    assert second == {"commune": "23008", "calques": "-pdses"}
    # A run that came before the browser had heard of it undoes nothing.
    address.clear()
    address.update({"commune": "23096"})
    map_choices.follow("carte", "calques")
    assert address == second
    # At Back the address decides, whatever the map said last.
    address.clear()
    with monkeypatch.context() as patch:
        patch.setattr(following, "stepped", lambda: True)
        assert map_choices.follow("carte", "calques") == {
            "commune": "",
            "layers": "",
            "view": {},
        }
    assert address == {}


def test_an_indicator_that_a_map_does_not_offer_waits_in_the_address(
    session: dict[str, Any],
) -> None:
    address = map_choices.st.query_params
    address.update({"ind": "gps_per_1000", "annee": "2015"})
    own_choices.arrive("sites")
    says(session, "1", commune="23008", ind="share_without_room", annee="2015")
    map_choices.follow("carte", "calques", ("share_without_room", "apl"))
    assert address == {"ind": "gps_per_1000", "annee": "2015", "commune": "23008"}
    # A map of its own indicator takes away neither that of another screen nor its year.
    says(session, "2", commune="23096", ind="pdses_minutes")
    map_choices.follow("carte", "calques")
    assert address == {"ind": "gps_per_1000", "annee": "2015", "commune": "23096"}
    says(session, "3", commune="23096", ind="apl")
    map_choices.follow("carte", "calques", ("share_without_room", "apl"))
    assert address == {"ind": "apl", "commune": "23096"}
    says(session, "4", commune="23096", ind="share_without_room")
    map_choices.follow("carte", "calques", ("share_without_room", "apl"))
    assert address == {"commune": "23096"}


def test_the_commune_chosen_on_another_screen_is_that_of_the_map_one_comes_back_to(
    session: dict[str, Any],
) -> None:
    own_choices.arrive("sites")
    says(session, "1", commune="23008", calques="")
    map_choices.follow("carte", "calques")
    own_choices.arrive("risques")
    map_choices.st.query_params["commune"] = "23096"
    own_choices.arrive("sites")
    assert map_choices.follow("carte", "calques")["commune"] == "23096"


def test_comparing_is_in_the_address_before_another_territory_is_chosen() -> None:
    app = opened("territoire", territoire="departement:23")
    alone = dict(app.query_params)
    app.toggle(key="fiche_choix_comparer").set_value(True).run()
    assert app.query_params["avec"] == ""
    again = opened("territoire", **dict(app.query_params))
    assert again.toggle(key="fiche_choix_comparer").value is True
    assert not again.warning
    back(app, alone)
    assert app.toggle(key="fiche_choix_comparer").value is False
    assert "avec" not in app.query_params


def test_a_territory_that_is_the_only_one_of_its_level_is_compared_with_none() -> None:
    app = opened("territoire", territoire="region:75", avec="")
    assert "fiche_choix_comparer" not in [one.key for one in app.toggle]
    assert "avec" not in app.query_params
    assert opened("territoire", territoire="departement:23").toggle(key="fiche_choix_comparer")


def test_the_whole_list_of_risks_is_in_the_address() -> None:
    app = opened("risques", lister="toutes")
    assert app.toggle(key="risques_liste_entiere").value is True
    whole = dict(app.query_params)
    app.toggle(key="risques_liste_entiere").set_value(False).run()
    assert "lister" not in app.query_params
    back(app, whole)
    assert app.toggle(key="risques_liste_entiere").value is True


@pytest.mark.parametrize(
    ("page", "key", "said", "shown"),
    [
        ("risques", "risques_courbes", {"onglet": "la-preuve", "courbes": "7"}, "7"),
        ("risques", "risques_par", {"onglet": "la-preuve", "par": "departement"}, "departement"),
        ("solidarite", "aide_tableau", {"tableau": "qui-aide"}, "Qui aide"),
        ("solidarite", "week_of", {"aide": "regulation", "semaine": "23"}, "23"),
        ("solidarite", "volet_conditions", {"volets": "conditions"}, True),
        ("zonage", "volet_territoires", {"volets": "territoires"}, True),
        ("permanence", "volet_lignes", {"volets": "lignes"}, True),
    ],
)
def test_what_is_read_on_a_screen_is_in_its_address(
    page: str, key: str, said: dict[str, str], shown: object
) -> None:
    app = opened(page, **said)
    assert app.session_state[key] == shown
    assert said.items() <= dict(app.query_params).items()
    last = list(said)[-1]
    back(app, {name: text for name, text in said.items() if name != last})
    assert app.session_state[key] != shown
    assert last not in app.query_params
    foreign = opened(page, **(said | {last: "<b>"}))
    assert foreign.session_state[key] != shown
    assert last not in foreign.query_params


def test_all_columns_of_the_table_of_the_map_are_in_the_address() -> None:
    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=240)
    app.query_params["tcol"] = "toutes"
    app.run()
    assert app.toggle(key=table_filters.EVERY).value is True
    back(app, {})
    every = table_filters.EVERY
    assert every not in app.session_state or app.session_state[every] is False


def test_a_run_that_no_gesture_asked_for_undoes_no_site() -> None:
    """It came with the address of before the last site, and took the sites of then."""
    app = opened("sites")
    for code in ("23008", "23096"):
        field(app.multiselect, "sites_commune").select(code).run()
        if code == "23008":
            before = dict(app.query_params)
    assert "2 sites dans la liste." in [one.value for one in app.text]
    app.query_params.clear()
    app.query_params.update(before)
    app.run()
    assert "2 sites dans la liste." in [one.value for one in app.text]
    assert dict(app.query_params) != before
    back(app, before)
    assert "1 site dans la liste." in [one.value for one in app.text]


def test_communes_of_a_territory_become_sites_at_once_and_the_choice_is_in_the_address() -> None:
    app = opened("sites", lot_de="23", lot_si="zip,<b>", lot_max="2", volets="lot")
    assert app.multiselect(key="sites_lot_si").value == ["zip"]
    assert app.query_params["lot_si"] == "zip"
    before = dict(app.query_params)
    told = next(one.value for one in app.text if "répondent à ce choix" in one.value)
    assert "2 communes seraient ajoutées" in told
    app.button(key="sites_lot_ajouter").click().run()
    assert "2 sites dans la liste." in [one.value for one in app.text]
    placed = addressed.from_text(app.query_params["sites"], catalogue.load_territory("75"))
    assert {one.code[:2] for one in placed} == {"23"}
    assert before.items() <= dict(app.query_params).items()
    assert "dont 2 déjà dans la liste" in " ".join(one.value for one in app.text)
    back(app, {"lot_de": "99", "lot_max": "61"})
    assert app.selectbox(key="sites_lot_de").value == ""
    assert app.number_input(key="sites_lot_max").value == 23
    assert not {"lot_de", "lot_max", "sites"} & app.query_params.keys()


def test_the_source_of_ceilings_is_in_the_address_as_it_was_typed() -> None:
    app = opened("zonage", source="arrêté du 3 mai (ARS)")
    field_of_source = app.text_input(key=SOURCE)
    assert field_of_source.value == "arrêté du 3 mai (ARS)"
    first = dict(app.query_params)
    assert first["source"] == "arrêté du 3 mai (ARS)"
    field_of_source.set_value("délibération 12.").run()
    assert app.query_params["source"] == "délibération 12."
    back(app, first)
    assert app.text_input(key=SOURCE).value == "arrêté du 3 mai (ARS)"
    back(app, {})
    assert "révision de 2021" in app.text_input(key=SOURCE).value
    # Ceilings that were typed are not those of the region, and nobody has said whose they are.
    app.text_input(key="zonage_plafond_zip").set_value("30").run()
    assert app.text_input(key=SOURCE).value == "plafonds saisis à l’écran"
    assert "source" not in app.query_params
    shared = zoning_view.ceilings_of({"plafonds": "30,20", "source": "arrêté du 3 mai"}, "75")
    assert (shared.zip_share, shared.source) == (0.3, "arrêté du 3 mai")


def test_what_is_read_under_the_map_is_in_its_address(answers: list[dict[str, Any]]) -> None:
    """Its client writes it: what the server writes hides what the browser changes there."""
    said = {"volets": "tableau,annees", "tquoi": "gps_per_1000", "tannees": "2015-2020"}
    app = opening.opened("", **said)
    assert (app.selectbox(key="entre_de").value, app.selectbox(key="entre_a").value) == (2015, 2020)
    assert said.items() <= answers[-1]["address"].items()
    app.selectbox(key="entre_de").set_value(2010).run()
    assert answers[-1]["address"]["tannees"] == "2010-2020"
    app.session_state["entre_deux_annees"] = False
    app.run()
    back(app, said)
    assert app.selectbox(key="entre_de").value == 2015
    back(app, {"tannees": "2020-2015", "volets": "annees,<b>"})
    assert app.selectbox(key="entre_de").value < app.selectbox(key="entre_a").value
    assert answers[-1]["address"]["tannees"] in ("", "2020-2015")


def test_a_fold_that_opens_by_itself_is_closed_where_the_address_says_so() -> None:
    app = opening.opened("", tdep="23", volets="-tableau")
    assert app.session_state["table"] is False
    back(app, {"tdep": "23"})
    assert app.session_state["table"] is True


@pytest.fixture
def two_scenarios(sites: str) -> Iterator[list[str]]:
    """Keep two scenarios of sites, and give their identities; the last one is listed first."""
    listed = addressed.from_text(sites, catalogue.load_territory("75"))
    made = [store.save(Draft(name, "75", sites=listed[:1])).id for name in ("Plateau", "Vallée")]
    yield made
    for one in made:
        store.delete(one)


def test_the_scenario_chosen_in_the_list_is_in_the_address(two_scenarios: list[str]) -> None:
    first, last = two_scenarios
    app = opened("sites", choisi=first)
    assert app.selectbox(key="sites_scenario_").value == first
    assert app.query_params["choisi"] == first
    app.selectbox(key="sites_scenario_").set_value(last).run()
    assert "choisi" not in app.query_params
    back(app, {"choisi": first})
    assert app.selectbox(key="sites_scenario_").value == first
    # Who reopens another means that one from then on.
    app.selectbox(key="sites_scenario_").set_value(last).run()
    app.button(key="sites_rouvrir").click().run()
    assert app.selectbox(key=f"sites_scenario_{last}").value == last
    assert app.query_params["scenario"] == last
    assert "choisi" not in app.query_params
    foreign = opened("sites", choisi="inconnu", mot="xyz", feuille="9")
    assert foreign.selectbox(key="sites_scenario_").value == last
    assert not {"choisi", "mot", "feuille"} & foreign.query_params.keys()


def test_the_map_of_a_shared_scenario_says_in_its_address_what_is_chosen(
    two_scenarios: list[str], answers: list[dict[str, Any]]
) -> None:
    token, _ = sharing.share(two_scenarios[0])
    asked = {"jeton": token, "commune": "23096", "calques": "msp", "ind": "apl", "mesures": "1"}
    app = opened("partage", **asked)
    assert asked.items() <= dict(app.query_params).items()
    chosen = answers[-1]["chosen"]
    assert chosen == {"commune": "23096", "layers": "msp", "view": {"ind": "apl"}}
    state = {"region": "75", "commune": "23008", "calques": "-iso_sites", "ind": "apl"}
    app.session_state["partage_carte"] = {"action": "commune", "turn": "1", "state": state}
    app.run()
    assert app.query_params["commune"] == "23008"
    assert app.query_params["calques"] == "-iso_sites"
    assert app.query_params["jeton"] == token


def test_back_to_an_address_without_sites_takes_them_out_and_forward_brings_them_back(
    sites: str,
) -> None:
    app = opened("sites", sites=sites)
    there = dict(app.query_params)
    back(app, {"commune": "23096"})
    assert "dans la liste" not in " ".join(one.value for one in app.text)
    assert dict(app.query_params) == {"commune": "23096"}
    back(app, there)
    assert "2 sites dans la liste." in [one.value for one in app.text]


def test_a_site_chosen_by_a_label_that_is_gone_is_the_first(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser still sent the label of a site of the file before: the screen stopped."""
    own_choices.arrive("sites")
    session |= {"k": "Site 2 (Guéret)", "k_compares": ["Site 2 (Guéret)", 1]}
    session["k_compares_de"] = ["Avant", "Après"]
    monkeypatch.setattr(sites_results.st, "selectbox", lambda *_, key, **__: session[key])
    assert sites_results._detailed(["Un", "Deux"], "k", "") == 0
    sites_results._follow("k", ["Après", "Neuf"])
    assert session["k_compares"] == [0, 1]
