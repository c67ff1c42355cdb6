"""Screen "Permanence des soins", without a browser: what it says and what it keeps."""

import base64
import gzip
import json

import pytest
from streamlit.testing.v1 import AppTest

from data.base import paths
from data.pdses import storing
from data.pdses.reader import read_lines
from data.region import catalogue
from pages import on_call_view
from tests.pages.opening import plain_tables

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


def opened(**query):
    app = AppTest.from_file(str(paths.ROOT / "app.py"), default_timeout=240)
    app.query_params.update(query)
    app.switch_page("pages/permanence.py")
    return app.run()


def texts(app):
    return " ".join(one.value for one in app.text)


@pytest.fixture
def imported():
    content = (
        "etablissement;code_insee;specialite;type_ligne;statut\r\n"
        f"{HOSTILE};19275;Cardiologie {HOSTILE};garde;assurée\r\n"
        "CH de Tulle;19272;Cardiologie;astreinte;carence\r\n"
        "CH de Brive;19031;Cardiologie;garde;assurée\r\n"
    ).encode()
    outcomes = storing.checked(read_lines(content, "lignes.csv"), "75")
    yield storing.store(outcomes, name="lignes.csv", content=content, region="75")
    if catalogue.can_undo():  # other pages' tests read the same folder
        catalogue.undo()


def test_imported_lines_hostile_names_included(imported):
    brive = imported.loc[imported["establishment"] == "CH de Brive", "line"].item()
    app = opened(specialite="cardiologie", seuil="45", ligne=brive, vue="si-cette-ligne-tombe")
    assert not app.exception
    assert app.selectbox[0].value == "Cardiologie"
    assert "Si cette ligne tombe" in texts(app)
    assert app.query_params["portee"] == "45"
    assert app.query_params["ligne"] == brive
    unescaped = " ".join(one.value for kind in ("markdown", "caption") for one in app.get(kind))
    assert HOSTILE not in unescaped
    app.selectbox[0].select(app.selectbox[0].options[-1])
    assert not app.run().exception
    # The line of the address was of the specialty before: nothing is wrong with it.
    assert "n’existe pas" not in " ".join(one.value for one in app.warning)
    assert app.query_params["ligne"] not in ("", brive)
    for tab, words in (
        ("carte-et-portee", ""),
        ("manques", "1 ligne en carence"),
        ("etablissements", "3 établissements × 2 spécialités"),
    ):
        app = opened(specialite="cardiologie", vue=tab, ligne=brive)
        assert not app.exception
        assert words in texts(app)
        assert "Lignes tenues : " not in texts(app)  # the map says it
    app.selectbox[0].select(app.selectbox[0].options[-1]).run()
    assert "ligne" not in app.query_params
    app = opened(specialite="cardiologie", ligne="DEMO-L999", vue="si-cette-ligne-tombe")
    assert "La ligne de cette adresse n’existe pas" in " ".join(one.value for one in app.warning)
    assert catalogue.undo() == ["pdses_lines"]


def test_the_specialty_chosen_is_read_beside_the_name_of_each_hospital(imported):
    for specialty in ("cardiologie", "cardiologie-img-src-x-onerror-alert-1-7-7"):
        app = opened(specialite=specialty, vue="etablissements")
        [table] = plain_tables(app)
        assert list(table)[:3] == ["Établissement", app.selectbox[0].value, "Commune"]
        assert {"assurée (garde)", "carence (astreinte)"} & set(table[app.selectbox[0].value])


def test_a_file_of_lines_says_that_it_is_in_use_and_reports_in_french() -> None:
    def screen():
        from data.region import catalogue
        from pages import permanence_import

        permanence_import.draw_import(catalogue.load_territory())

    lines = "etablissement;commune;specialite;type_ligne;statut\nCH;Guéret;Cardiologie;garde;{}\n"
    content = lines.format("assurée").encode()
    app = AppTest.from_function(screen, default_timeout=200).run()
    app.file_uploader(key="pdses_file").set_value(("lignes.csv", content, "text/csv")).run()
    assert not any("en usage" in one.value for one in app.text)
    assert list(app.dataframe[-1].value.columns)[:5] == [
        *("Ligne", "État", "Établissement", "Spécialité", "Explication"),
    ]
    try:
        next(one for one in app.button if one.label.startswith("Mettre en usage")).click().run()
        told = [one.value for one in app.text if "en usage" in one.value]
        assert told == ["Ce fichier est en usage : 1 ligne dans la région."]
        other = lines.format("carence").encode()
        app.file_uploader(key="pdses_file").set_value(("lignes.csv", other, "text/csv")).run()
        assert not any("en usage" in one.value for one in app.text)
    finally:
        while catalogue.can_undo():
            catalogue.undo()


def test_lines_of_another_departement_are_not_taken_away_without_an_answer(imported) -> None:
    def screen():
        from data.region import catalogue
        from pages import permanence_import

        permanence_import.draw_import(catalogue.load_territory())

    def put():
        return next(one for one in app.button if one.label.startswith("Mettre en usage"))

    content = (
        "etablissement;commune;specialite;type_ligne;statut\nCH;Guéret;Cardiologie;garde;assurée\n"
    ).encode()
    app = AppTest.from_function(screen, default_timeout=200).run()
    app.file_uploader(key="pdses_file").set_value(("lignes.csv", content, "text/csv")).run()
    assert [one.value for one in app.warning] == [
        "Ce fichier remplacerait 3 lignes en usage dans 1 département qu’il ne dit pas (19)."
    ]
    assert put().disabled
    app.radio[-1].set_value("Garder celles des autres départements").run()
    put().click().run()
    lines = catalogue.imported_tables(["pdses_lines"])["pdses_lines"]
    assert sorted(lines["code"]) == ["19031", "19272", "19275", "23096"]
    catalogue.undo()


def test_foreign_parameters_are_left_at_their_default(imported):
    app = opened(specialite="'; drop", seuil="NaN", ligne="<script>")
    assert not app.exception
    assert app.query_params["portee"] == "30"


@pytest.mark.parametrize("page", ["permanence", "gardes"])
def test_a_specialty_or_a_hospital_that_is_not_known_is_said(page):
    app = AppTest.from_file(str(paths.ROOT / "pages" / f"{page}.py"), default_timeout=240)
    app.query_params.update({"specialite": "proctologie", "hopital": "nulle-part"})
    for _ in range(2):
        app.run()
        told = [one.value for one in app.warning]
        assert [one.split(" de cette adresse")[0] for one in told] == ["La spécialité", "L’hôpital"]
    other = next(one for one in app.selectbox if one.label == "Spécialité")
    other.select(other.options[1]).run()
    assert [one.value for one in app.warning] == told[1:]


def test_a_specialty_is_known_by_its_name():
    app = opened(specialite="Cardiologie")
    assert app.query_params["specialite"] == "cardiologie"
    assert not app.warning


def test_the_map_of_a_fallen_line_opens_on_the_communes_that_change(
    imported, monkeypatch: pytest.MonkeyPatch
):
    """Two communes outlined on the map of a whole region are not seen."""
    sent = []
    monkeypatch.setattr(on_call_view.map_view, "draw_map", lambda text, *_: sent.append(text))
    brive = imported.loc[imported["establishment"] == "CH de Brive", "line"].item()
    app = opened(specialite="cardiologie", portee="45", ligne=brive, vue="si-cette-ligne-tombe")
    assert not app.exception
    parts = [json.loads(gzip.decompress(base64.b64decode(one))) for one in sent[-1].split(".")]
    (south, west), (north, east) = parts[-1]["frame"]
    assert south < 45.16 < north < 47  # Brive-la-Gaillarde, and far from the whole region
    assert west < 1.53 < east
    sent.clear()
    assert not opened(specialite="cardiologie", vue="manques").exception
    assert "." not in sent[-1]
    assert catalogue.undo() == ["pdses_lines"]
