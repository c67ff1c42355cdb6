"""Addresses written by hand: a name for a code, a commune of another region, a made-up region."""

import pytest
from streamlit.testing.v1 import AppTest

from data.region import catalogue
from pages import shell
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


@pytest.mark.parametrize(
    "query",
    [
        {"commune": "97411"},
        {"territoire": "commune:97411"},
        {"territoire": "97411"},
        {"territoire": "974"},
        {"territoire": "departement:la réunion"},
    ],
)
def test_an_address_without_region_opens_that_of_its_commune(query: dict[str, str]) -> None:
    app = opened("territoire", **query)
    assert app.query_params["region"] == "04"
    assert "La Réunion : ses données ne sont pas encore construites ici" in app.text[0].value


def test_a_sheet_of_a_region_opens_by_its_name_alone() -> None:
    app = opened("territoire", territoire="Bretagne")  # two communes have it too
    assert app.query_params["region"] == "53"
    assert app.query_params["territoire"] == "region:53"


def test_a_sheet_of_a_departement_opens_in_its_region_whichever_it_is() -> None:
    app = opened("territoire", territoire="Lot")
    assert (app.query_params["region"], app.query_params["territoire"]) == ("76", "departement:46")
    for asked in ("Lot", "departement:46"):
        app = opened("territoire", region="75", territoire=asked)
        assert app.query_params["region"] == "75"
        assert app.title[0].value == "Fiche territoire"
        assert "mais en Occitanie : changez de région" in warnings(app)


def test_a_territory_in_sight_gives_way_to_another_only() -> None:
    """Emptied, its field showed nothing while the address still named it."""
    field = "fiche_choix_territoire_departement"
    app = opened("territoire", territoire="departement:23")
    assert app.selectbox(key=field).proto.HasField("default")  # which cannot be emptied
    app.selectbox(key=field).set_value("19").run()
    assert app.query_params["territoire"] == "departement:19"
    app = opened("territoire", region="75", territoire="departement:46")
    assert not app.selectbox(key=field).proto.HasField("default")
    assert app.selectbox(key=field).value is None


def test_a_commune_of_another_region_than_the_one_named_is_said() -> None:
    app = opened("carte", region="75", commune="97411")
    assert "n’est pas en Nouvelle-Aquitaine mais à La Réunion" in warnings(app)
    assert app.query_params["region"] == "75"


@pytest.mark.parametrize(
    ("asked", "code", "title"),
    [
        ("commune:Limoges", "commune:87085", "Limoges"),
        ("commune:saint agnant de versillat", "commune:23177", "Saint-Agnant-de-Versillat"),
        ("Guéret", "commune:23096", "Guéret"),
        ("departement:haute vienne", "departement:87", "Haute-Vienne"),
        ("Landes", "commune:17202", "Landes"),  # a commune of this name comes first
        ("Gironde", "departement:33", "Gironde"),
        ("epci:Grand Guéret", "epci:200034825", "CA du Grand Guéret"),
        ("region:Nouvelle Aquitaine", "region:75", "Nouvelle-Aquitaine"),
        ("nouvelle aquitaine", "region:75", "Nouvelle-Aquitaine"),
        ("23096", "commune:23096", "Guéret"),  # a code alone was taken for that of a département
        ("23", "departement:23", "Creuse"),
        ("200034825", "epci:200034825", "CA du Grand Guéret"),
    ],
)
def test_a_sheet_opens_by_the_name_of_its_territory(asked: str, code: str, title: str) -> None:
    app = opened("territoire", territoire=asked)
    assert app.query_params["territoire"] == code
    assert app.title[0].value == title
    assert not app.warning
    assert not app.error


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("commune:Le Dorin", "Aucune commune ne s’appelle « Le Dorin »"),
        ("999999999", "Aucune commune ne s’appelle « 999999999 »"),
        ("planète:Guéret sud", "Aucune commune ne s’appelle « planète"),
        ("epci:Pays bleu", "Aucun EPCI ne s’appelle « Pays bleu » en Nouvelle-Aquitaine"),
        ("departement:Finistere-sud", "Aucun département ne s’appelle « Finistere-sud »"),
    ],
)
def test_a_sheet_asked_for_in_vain_says_so_and_opens_no_other(asked: str, told: str) -> None:
    app = opened("territoire", territoire=asked)
    for _ in range(2):  # the browser's next message leaves it there
        assert app.title[0].value == "Fiche territoire"
        assert told in warnings(app)
        assert not app.error
        app.run()
    app.selectbox(key="fiche_choix_niveau").set_value("bassin_de_vie").run()
    assert not app.warning
    assert app.query_params["territoire"].startswith("bassin_de_vie:")


def test_a_level_of_which_nothing_is_known_opens_no_other_territory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = shell.commune_indicators(catalogue.load_territory("75"))
    monkeypatch.setattr(shell, "commune_indicators", lambda _: known.assign(tvs="", tvs_name=""))
    app = opened("territoire", territoire="tvs:23001")
    assert app.title[0].value == "Fiche territoire"
    assert "Le territoire demandé (territoire de vie-santé) n’existe pas" in app.error[0].value


def test_the_territory_compared_is_known_by_its_name() -> None:
    app = opened("territoire", territoire="departement:Creuse", avec="Corrèze")
    assert app.query_params["avec"] == "19"
    assert app.title[0].value == "Creuse et Corrèze"


def test_filters_are_known_by_their_names_and_what_names_none_is_said() -> None:
    app = opened("risques", dep="Creuse,Haute-Vienne,Lot", epci="Grand Guéret")
    assert app.query_params["dep"] == "23,87"
    assert app.query_params["epci"] == "200034825"
    assert "Le Lot (46), que donne cette adresse, n’est pas en Nouvelle-Aquitaine" in warnings(app)
    assert any("Filtre en cours : Creuse, Haute-Vienne" in one.value for one in app.text)
    app.pills(key="risques_departements").set_value(["23"]).run()
    assert "Lot" not in warnings(app)


def test_the_filters_of_the_table_are_known_by_their_names() -> None:
    app = opened("carte", tdep="Creuse", tepci="999,Grand Guéret")
    assert (app.query_params["tdep"], app.query_params["tepci"]) == ("23", "200034825")
    assert "Aucun EPCI n’a le code « 999 »" in warnings(app)


def test_a_region_is_known_by_its_name() -> None:
    app = opened("risques", region="la réunion")
    assert app.query_params["region"] == "04"
    said = warnings(opened("permanence", region="Poitou"))
    assert "Aucune région ne s’appelle « Poitou » : voici la Nouvelle-Aquitaine" in said
