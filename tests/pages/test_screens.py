"""Every screen runs on demonstration data, says so, and shows its figures."""

import itertools
import re
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.official import imports, web
from data.official.resolution import Answer
from data.region import catalogue
from pages import method_texts
from tests.pages.opening import TIMEOUT_SECONDS, opened, plain_tables, words


@pytest.mark.parametrize("page", ["", "territoire"])
def test_the_ribbon_announces_simulated_data(page: str) -> None:
    assert "démonstration" in words(opened(page)).lower()


def test_the_sheet_of_a_territory_compares_figures() -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS).run()
    app.switch_page("pages/territoire.py").run()
    app.selectbox[0].select("epci").run()
    said = words(app)
    assert not app.exception
    assert said.count("sur 156") >= 3
    assert said.count('class="s"') == 7


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("territoire", {"territoire": "departement:23", "avec": "24"}),
        ("territoire", {"territoire": "commune:23096"}),
        ("permanence", {"specialite": "cardiologie"}),
        ("solidarite", {"aide": "regulation"}),
        ("methode", {}),
        ("risques", {"onglet": "la-preuve"}),
        ("risques", {"commune": "23096"}),
    ],
)
def test_no_rank_of_heading_is_passed_over(page: str, query: dict[str, str]) -> None:
    app = opened(page, **query)
    ranks = []
    for one in app.main:
        if one.type in {"title", "header", "subheader"}:
            ranks.append(int(one.tag[1]))
        elif one.type == "markdown":
            ranks += [len(marks) for marks in re.findall(r"^(#+) ", one.value, re.MULTILINE)]
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert len(ranks) > 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(ranks)), ranks


def test_two_sheets_stand_side_by_side_when_asked_for() -> None:
    app = opened("territoire", territoire="departement:23")
    assert len(app.selectbox) == 2
    app.toggle[0].set_value(True).run()
    assert words(app).count("Ce qui est en place") == 1
    app.selectbox[2].select("24").run()
    assert not app.exception
    assert words(app).count("Ce qui est en place") == 1
    assert words(app).count('class="ps-own"') == 2
    assert "Dordogne" in words(app)
    assert "24" in app.query_params["avec"]
    assert "Différence\N{NO-BREAK SPACE}: Dordogne moins Creuse" in words(app)


def test_an_unknown_territory_opens_no_other() -> None:
    app = opened("territoire", territoire="commune:99999")
    assert "Aucune commune n’a le code 99999" in " ".join(one.value for one in app.warning)
    assert app.title[0].value == "Fiche territoire"
    assert 'class="s"' not in words(app)
    # An acronym keeps its capitals inside a sentence.
    for asked, level in (("epci:123456789", "EPCI"), ("departement:99", "département")):
        said = opened("territoire", territoire=asked).error[0].value
        assert f"Le territoire demandé ({level}) n’existe pas" in said


@pytest.mark.parametrize("address", ["commune:23096", "epci:200034825", "departement:23"])
def test_a_sheet_always_shows_seven_signals_and_the_relief(address: str) -> None:
    said = words(opened("territoire", territoire=address))
    assert said.count('class="s"') == 7
    # The relief has the eighth place: two rows of four, four rows of two.
    listed = re.search('<ul class="ps-signals">(.*?)</ul>', said, re.DOTALL)
    assert listed
    places = re.findall("<li[^>]*>", listed[1])
    assert len([one for one in places if "ps-paper" not in one]) == 8
    assert "Relève des médecins" in listed[1]


def test_the_table_of_the_map_shows_its_key_figure_third_and_all_when_asked() -> None:
    app = opened("", tdep="23")
    shown = list(app.dataframe[0].value.columns)
    assert shown[:3] == ["Nom", "Département", "Part des habitants sans place"]
    assert len(shown) <= 7
    app.toggle(key="carte_colonnes").set_value(True).run()
    assert len(app.dataframe[0].value.columns) > 20
    assert not app.exception


def test_the_method_screen_lists_each_table_with_its_source() -> None:
    table = plain_tables(opened("methode"))[0]
    assert len(table.columns) <= 7
    assert set(table["État"]) == {"réelle", "simulée (démonstration)"}
    assert table["Source"].str.len().gt(0).all()
    assert table["Millésime"].str.len().gt(0).all()


def test_what_is_not_known_is_said_with_the_screen_that_shows_how_far() -> None:
    app = opened("methode", volet="limites")
    assert "Ce que l’application ne sait pas" in [one.value for one in app.header]
    asked = [one.value for one in app.subheader]
    assert asked[: len(method_texts.LIMITS)] == [title for title, *_ in method_texts.LIMITS]
    territory = catalogue.load_territory("75")
    said = words(app)
    assert territory.simulated
    assert all(title.lower() in said for title in territory.simulated)
    for _, _, screen, file, _ in method_texts.LIMITS:
        assert bool(screen) == bool(file)
        assert not file or (ROOT / "pages" / f"{file}.py").is_file()


def test_formulas_may_go_to_the_next_line_on_a_telephone() -> None:
    app = opened("methode", volet="methodes")
    [style] = [one.proto.body for one in app.get("html") if "katex" in one.proto.body]
    assert re.search(r"max-width:640px.*white-space:normal", style)
    assert any("$$" in one.value for one in app.markdown)


def test_a_file_of_part_of_the_region_is_announced_before_it_changes_anything(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.csv").write_text("code_insee;mg_2024\n19275;11\n16102;18\n")
    imports.import_files([tmp_path / "a.csv"])
    app = AppTest.from_file(str(ROOT / "pages" / "methode.py"), default_timeout=TIMEOUT_SECONDS)
    app.run()
    content = b"code_insee;mg_2024\n19275;12\n"
    other = ("notes.txt", b"rien de tel", "text/plain")
    became = {"renoncer": "abandonné", "compléter": "importé", "remplacer": "importé"}
    try:
        for choice, gps in (
            ("renoncer", {"19275": 11.0, "16102": 18.0}),
            ("compléter", {"19275": 12.0, "16102": 18.0}),
            ("remplacer", {"19275": 12.0}),
        ):
            app.file_uploader(key="import_files").set_value(
                [("mg.csv", content, "text/csv"), other]
            )
            next(one for one in app.button if one.label == "Importer").click().run()
            assert any("il n’a encore rien changé" in one.value for one in app.warning)
            said = words(app)
            assert "ne couvre que 1 des" in said
            assert "1 ligne lue, 1 retenue, 0 écartée." in said
            app.button(key=f"import_{choice}").click().run()
            assert not app.exception
            assert not any("il n’a encore rien changé" in one.value for one in app.warning)
            said = words(app)
            assert f"mg.csv : {became[choice]}" in said
            assert "notes.txt : refusé" in said
            kept = catalogue.imported_tables(["gps"])["gps"]
            assert dict(zip(kept["code"], kept["gps"], strict=True)) == gps
    finally:
        while catalogue.can_undo():
            catalogue.undo()


def sources(app: AppTest) -> pd.DataFrame:
    """Return the table of official sources, by their titles."""
    return next(one for one in plain_tables(app) if "Signal" in one).set_index("Source")


def test_the_method_screen_says_the_state_of_each_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(address: str, *_: object) -> Answer:
        gone = 404 if "DS_BPE" in address else 200
        said = {"last-modified": "Mon, 04 May 2020 10:00:00 GMT", "content-length": "99999999"}
        return Answer(gone, said, b"{}", address)

    monkeypatch.setattr(web, "ask", ask)
    app = opened("methode")
    assert sources(app)["État"].str.contains("Jamais cherchée").any()
    next(b for b in app.button if b.label.startswith("Chercher les sources")).click().run()
    assert not app.exception
    states = sources(app)
    ages = states.loc["Structure par âge de la population"]
    assert "Contenu figé" in ages["État"]
    assert "4 mai 2020" in ages["État"]
    bpe = "Base permanente des équipements, dénombrement (Melodi)"
    assert "erreur 404" in states.loc[bpe, "État"]
    assert (ages["Signal"], states.loc[bpe, "Signal"]) == ("figée", "en échec")
    assert ages["Dernier changement"].startswith("il y a")
    assert any("introuvables" in one.value for one in app.text)


def test_a_foreign_address_opens_a_plain_screen() -> None:
    opened("", lon="nan", lat="99", z="-4", ind="<b>", commune="99999", couches="x,y", annee="zz")


@pytest.mark.parametrize("followed", [".", ">", ").", "»", "\u2019", ","])
def test_a_link_followed_by_punctuation_opens_what_it_says(followed: str) -> None:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT_SECONDS)
    app.query_params["ind"] = "apl"
    app.query_params["commune"] = f"23008{followed}"
    app.run()
    assert app.session_state["view"].commune == "23008"
    assert app.session_state["view"].indicator == "apl"


def test_the_threshold_of_on_call_lines_is_not_that_of_room() -> None:
    app = opened("permanence", specialite="cardiologie", portee="45")
    assert "".join(app.query_params["portee"]) == "45"
    assert "seuil" not in app.query_params
