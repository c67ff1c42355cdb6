"""A view shared by a link: what the link keeps, shows and hides, and how it closes."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.access import indicators
from data.base import french
from data.base.paths import ROOT
from data.official import imports
from data.pdses import tables
from data.region import catalogue
from data.scenarios import drafts, sharing, store
from data.scenarios.drafts import Draft
from data.uploads.site import Site
from geo import static_map
from models.region import kept_risk, predict, soon
from pages import accounts, carte_view, grids, on_call_view, sheet_paper, shell, view_sharing
from tests.pages.help_screen import SPECIALISTS, opened
from tests.pages.opening import plain_tables

REGION = "75"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """Leave no view behind."""
    yield
    for one in store.scenarios():
        if drafts.VIEW in one.draft.parameters:
            store.delete(one.id)


def told(app: AppTest) -> str:
    shown = [*app.title, *app.header, *app.subheader, *app.text, *app.caption, *app.get("html")]
    return " ".join(str(getattr(one, "value", "") or one.proto.body) for one in shown)


def visited(view: dict[str, str], name: str = "Pour le conseil") -> AppTest:
    """Open, as a visitor does, the link to a view."""
    draft = Draft(name, REGION, parameters={drafts.VIEW: view})
    token, _ = sharing.share(store.save(draft).id)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
    app.query_params["jeton"] = token
    app.run()
    assert not app.exception
    return app


@pytest.mark.campaign
def test_the_link_of_a_sheet_is_the_sheet_and_tells_no_risk_of_a_commune() -> None:
    app = visited({"ecran": "territoire", "territoire": "commune:23096"})
    assert app.title[0].value == "Guéret"
    said = told(app)
    assert "Pour le conseil" in said
    assert said.count('class="s"') == 7
    drawn = " ".join(str(one.proto.body) for one in app.get("html"))
    written = re.sub("<style>.*?</style>|<img [^>]*>", "", drawn, flags=re.DOTALL)
    assert "\N{NO-BREAK SPACE};" in written
    assert not re.search(r"\w [;:!?»]", written), "a line may begin with it"
    assert not re.search("probabilit|risque (très )?élevé de", said)
    assert not app.selectbox


@pytest.mark.campaign
@pytest.mark.parametrize("phone", [True, False])
@pytest.mark.parametrize("other", ["", "24"])
def test_the_map_of_a_sheet_has_its_legend_below_it(
    monkeypatch: pytest.MonkeyPatch, *, phone: bool, other: str
) -> None:
    """In a column, beside the map, its letters are too small to be read."""
    below: list[bool] = []

    def picture(*drawn: object, **_: object) -> bytes:
        below.extend(one.legend_below for one in drawn if isinstance(one, static_map.Page))
        return b""

    monkeypatch.setattr(grids, "on_a_phone", lambda: phone)
    monkeypatch.setattr(static_map, "picture", picture)
    sheet_paper.picture.clear()
    visited({"ecran": "territoire", "territoire": "departement:23", "avec": other})
    assert below == [True] * (2 if other else 1)
    sheet_paper.picture.clear()


@pytest.mark.parametrize("name", ["Fiche territoire", " guéret", "Pour Guéret"])
def test_a_link_says_its_title_once(name: str) -> None:
    app = visited({"ecran": "territoire", "territoire": "commune:23096"}, name)
    heads = [str(one.proto.body) for one in app.get("html") if "<h2" in str(one.proto.body)]
    assert app.title[0].value == "Guéret"
    assert len(heads) == (name == "Pour Guéret")


@pytest.mark.parametrize(
    ("view", "named"),
    [
        ({"ecran": "territoire", "territoire": "commune:23096"}, "Guéret"),
        ({"ecran": "risques"}, "Territoires à risque, Nouvelle-Aquitaine"),
        ({}, "Pour le conseil"),
    ],
)
def test_the_tab_of_the_browser_is_named_after_what_the_link_shows(
    monkeypatch: pytest.MonkeyPatch, view: dict[str, str], named: str
) -> None:
    tabs: list[str] = []
    monkeypatch.setattr(shell, "name_tab", tabs.append)
    assert visited(view).title[0].value == named
    assert tabs == [named]


def test_the_name_of_a_scenario_is_its_title_and_nothing_in_it_is_a_mark() -> None:
    app = visited({}, "Site *nord* :red[à 5 $] <b>_x_</b>")
    title = app.title[0].value
    assert re.sub(r"\\(\W|_)", r"\1", title) == "Site *nord* :red[à 5 $] <b>_x_</b>"
    assert not re.search(r"(?<!\\)[*_:$<\[]", title)
    assert "Scénario en lecture seule." in told(app)


def test_the_link_of_a_sheet_that_only_its_commune_names_opens_it() -> None:
    app = visited({"ecran": "territoire", "commune": "23096"})
    assert app.title[0].value == "Guéret"
    assert told(app).count('class="s"') == 7


def test_the_address_follows_the_sheet_in_sight() -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "territoire.py"), default_timeout=200)
    app.query_params["commune"] = "23096"
    app.run()
    assert not app.exception
    assert app.query_params["territoire"] == "commune:23096"
    app.selectbox[1].set_value("23008").run()
    assert app.title[0].value == "Aubusson"
    assert app.query_params["territoire"] == "commune:23008"


def test_the_link_of_two_territories_names_both() -> None:
    app = visited({"ecran": "territoire", "territoire": "departement:23", "avec": "24"})
    assert app.title[0].value == "Creuse et Dordogne"
    assert "Lesquelles" in told(app)
    assert "Différence\N{NO-BREAK SPACE}: Dordogne moins Creuse" in told(app)


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


def test_the_link_of_who_is_too_far_says_how_many_and_outlines_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    marked: list[int] = []
    draw = on_call_view.draw_map
    monkeypatch.setattr(
        on_call_view,
        "draw_map",
        lambda *args, **kwargs: (marked.extend(kwargs["marked"]), draw(*args, **kwargs)),
    )
    view = {"ecran": "permanence", "vue": "manques", "specialite": "cardiologie", "portee": "45"}
    app = visited(view)
    said = " ".join([told(app), *(one.value for one in app.markdown)])
    territory = catalogue.load_territory(REGION)
    covered = on_call_view.cover(territory, french.today())
    minutes, _ = covered.nearest(covered.rows("Cardiologie"))
    assert marked == np.flatnonzero(minutes > 45).tolist() != []
    assert tables.gaps_sentence(covered, 45, "Cardiologie") in said.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "à plus de 45 minutes d’une ligne tenue (Cardiologie)" in said


def test_the_link_of_a_trial_by_commune_says_why_and_counts_no_commune_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    communes = indicators.commune_indicators(catalogue.load_territory(REGION))
    bare = communes.assign(tvs="", tvs_name="")
    monkeypatch.setattr(shell, "commune_indicators", lambda _: bare)
    area = bare.loc[bare["code"] == "23096", "bassin_de_vie"].item()
    others = bare[(bare["bassin_de_vie"] == area) & (bare["code"] != "23096")]
    said = told(visited({"ecran": "zonage", "essai": f"COM23096:ZV,BV{area}:ZAC"}))
    people = french.counted(others["population"].sum(), "habitant", "habitants")
    assert re.search(rf"Bassin de vie [^:]*, sauf Guéret\s: ZAC au lieu de [^:]*, {people}\.", said)
    assert re.search("n’est pas dans les données chargées. L’essai porte sur des communes", said)


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
    if screen == "risques":
        year = int(predict.risk_table(catalogue.load_territory(REGION))["as_of"].iloc[0])
        said = " ".join(one.value for one in app.markdown)
        assert french.forecast(year, 3) in said


def test_the_link_of_regulation_tells_its_hours_and_who_takes_over() -> None:
    view = {"ecran": "solidarite", "aide": "regulation", "heures": "22-6"}
    app = visited(view | {"aidant": "87", "repris": "23,19"})
    assert app.title[0].value.startswith("Régulation des appels")
    said = " ".join(one.value for one in app.markdown)
    assert "22 h à 6 h" in said
    assert "Haute-Vienne" in " ".join(one.value for one in app.subheader)
    assert len(plain_tables(app)) == 3  # départements, hours taken over, groups
    assert not any([app.selectbox, app.number_input, app.text_input, app.button])
    assert not app.get("download_button")


def test_the_link_of_specialists_shows_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "specialistes.csv"
    path.write_text("code_insee;specialite;medecins;annee\n" + SPECIALISTS, encoding="utf-8")
    view = {"ecran": "solidarite", "aide": "specialistes", "lieux_en": "mairies", "venus": "3"}
    assert "aucun plan" in told(visited(view))
    imports.import_files([path])
    try:
        app = visited(view | {"hab_specialiste": "20000"})
    finally:
        catalogue.undo()
    assert app.title[0].value.startswith("Aide par des spécialistes")
    assert any("Ophtalmologie" in one.value for one in app.markdown)
    assert app.dataframe
    assert not any([app.selectbox, app.number_input, app.text_input, app.button])


@pytest.mark.parametrize("aide", ["", "ailleurs"])
def test_a_plan_that_is_not_saved_is_no_view(aide: str) -> None:
    assert "ne contient pas de site" in told(visited({"ecran": "solidarite", "aide": aide}))


def test_a_link_is_made_of_a_section_of_help() -> None:
    app = AppTest.from_string(
        "from pages import view_sharing\nview_sharing.draw('solidarite')", default_timeout=200
    )
    app.query_params["aide"] = "regulation"
    app.query_params["heures"] = "22-6"
    app.run()
    assert not any("plan enregistré" in one.value for one in app.caption)
    next(one for one in app.button if one.label == "Créer un lien vers cette vue").click().run()
    [kept] = [one for one in store.scenarios() if drafts.VIEW in one.draft.parameters]
    assert kept.draft.name == "Régulation des appels"
    view = {"ecran": "solidarite", "aide": "regulation", "heures": "22-6"}
    assert kept.draft.parameters[drafts.VIEW] == view


def offered(screen: str, **query: str) -> AppTest:
    app = AppTest.from_string(
        f"from pages import view_sharing\nview_sharing.draw('{screen}')", default_timeout=200
    )
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("screen", "query", "why"),
    [
        ("solidarite", {"aide": "specialistes"}, "aucun effectif de spécialistes n’est importé"),
        ("territoire", {"territoire": "commune:limogez"}, "aucun territoire n’est choisi"),
        ("territoire", {"territoire": "commune:23096"}, ""),
        ("permanence", {}, ""),
        ("risques", {}, ""),
        ("carte", {}, ""),
    ],
)
def test_a_link_that_would_show_nothing_is_not_offered_and_why_is_said(
    screen: str, query: dict[str, str], why: str
) -> None:
    app = offered(screen, **query)
    said = [one.value for one in app.text if "ne montrerait rien" in one.value]
    assert said == ([f"Ce lien ne montrerait rien : {why}."] if why else [])
    labels = [one.label for one in app.button]
    assert ("Créer un lien vers cette vue" in labels) == (not why)


def test_no_link_is_offered_to_lines_that_are_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    territory = catalogue.load_territory(REGION)
    bare = replace(territory, pdses_lines=territory.pdses_lines.head(0))
    assert not view_sharing.lacking(territory, {"ecran": "permanence"})
    told = view_sharing.lacking(bare, {"ecran": "permanence"})
    assert told == "aucune ligne n’est connue dans cette région"
    monkeypatch.setattr(shell, "public_risk", lambda *_: pd.DataFrame())
    assert "trop peu de petites communes" in view_sharing.lacking(territory, {"ecran": "risques"})


def test_who_shares_a_map_with_points_of_theirs_is_told_that_a_link_holds_none() -> None:
    app = offered("carte")
    assert not any("couche de points" in one.value for one in app.caption)
    app.session_state[carte_view.OWN_POINTS] = pd.DataFrame()
    app.run()
    assert any("Votre couche de points n’y est pas" in one.value for one in app.caption)


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
    [kept] = [one for one in store.scenarios() if drafts.VIEW in one.draft.parameters]
    assert kept.draft.parameters[drafts.VIEW] == {"ecran": "zonage", "essai": "x:ZIP"}
    token = re.search(r"jeton=([\w-]+)", app.code[0].value)
    assert token is not None
    assert sharing.open_share(token[1]).draft.name == "Essai de <b>mars</b>"
    next(one for one in app.button if one.label == "Révoquer").click().run()
    assert not app.exception
    assert not [one for one in store.scenarios() if drafts.VIEW in one.draft.parameters]
    assert not app.code


def test_a_screen_says_where_a_plan_is_saved_which_a_link_is_made_of() -> None:
    app = AppTest.from_string(
        "from pages import view_sharing\nview_sharing.draw('solidarite')", default_timeout=200
    ).run()
    assert app.caption[0].value.endswith("au bas de « Consultations ».")
    saved = {
        section: "Enregistrer ce plan" in [one.label for one in opened(aide=section).button]
        for section in ("", "regulation", "specialistes")
    }
    assert saved == {"": True, "regulation": False, "specialistes": False}


@pytest.mark.parametrize(
    ("page", "view"),
    [
        ("partage", {"ecran": "carte", "ind": "apl", "commune": "23096", "seuil": "30"}),
        ("partage", {"ecran": "zonage"}),
        ("partage", {"ecran": "permanence"}),
        ("partage", {"ecran": "solidarite", "aide": "regulation"}),
        ("partage", {"ecran": "permanence", "vue": "si-cette-ligne-tombe", "ligne": "first"}),
        ("partage", {}),
        ("gardes", {}),
    ],
)
def test_public_views_but_sheets_and_groups_are_drawn_without_any_risk(
    monkeypatch: pytest.MonkeyPatch, page: str, view: dict[str, str]
) -> None:
    """No figure of theirs can tell a risk, alone or with others: none is there to be had."""

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a risk was asked for")

    monkeypatch.setattr(accounts, "may_see_risk", lambda: False)
    for module, names in (
        (predict, ("risk_table", "grouped_risk")),
        (kept_risk, ("risk_table",)),
        (shell, ("risk", "public_risk")),
        (soon, ("with_soon",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, forbidden)
    territory = catalogue.load_territory(REGION)
    if view.get("ligne"):
        view = {**view, "ligne": territory.pdses_lines["line"].iloc[0]}
    if page == "gardes":
        app = AppTest.from_file(str(ROOT / "pages" / "gardes.py"), default_timeout=200).run()
    elif view:
        app = visited(view)
    else:
        sites = (Site(1, "Maison", "19275", "Ussel", 2.309, 45.548, gps=2, moving={"19275": 1}),)
        kept = store.save(Draft("Une maison", REGION, sites=sites, departures={"33063": 2}))
        app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
        app.query_params["jeton"] = sharing.share(kept.id)[0]
        app.run()
        store.delete(kept.id)
        assert "Qui gagne, qui perd" in told(app)
    assert not app.exception
    assert not app.error
    assert app.title


def test_the_watch_of_risks_hears_the_views_that_tell_some(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    former = predict.grouped_risk
    monkeypatch.setattr(
        predict, "grouped_risk", lambda *known, **more: (asked.append(1), former(*known, **more))[1]
    )
    shell.public_risk.clear()
    visited({"ecran": "risques", "horizon": "3"})
    assert asked


def test_a_link_names_what_was_simulated_when_it_was_made() -> None:
    view = {"ecran": "territoire", "territoire": "commune:23096"}
    draft = Draft("Au conseil", REGION, parameters={drafts.VIEW: view}, simulated=("Lignes A",))
    token, _ = sharing.share(store.save(draft).id)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
    app.query_params["jeton"] = token
    app.run()
    assert "Simulé alors : lignes A." in told(app)
    assert any("sans valeur" in one.value for one in app.warning)


def test_a_link_of_risks_says_nothing_of_tables_that_it_does_not_read() -> None:
    tables = ("Médecins généralistes", "Structures de soins", "Lignes de permanence des soins")
    view = {"ecran": "risques", "horizon": "3"}
    draft = Draft("Au conseil", REGION, parameters={drafts.VIEW: view}, simulated=tables)
    token, _ = sharing.share(store.save(draft).id)
    app = AppTest.from_file(str(ROOT / "pages" / "partage.py"), default_timeout=200)
    app.query_params["jeton"] = token
    app.run()
    said = told(app)
    assert "Simulé : médecins généralistes." in said
    assert "structures de soins" not in said
    assert "lignes de permanence" not in said
