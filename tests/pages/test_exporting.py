"""« Exporter » in the bar offers what each screen has; the table of the map is cut down."""

import json
import re

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from streamlit.testing.v1 import AppTest

from data.reports.columns import exported, simulated_told
from pages import exporting, figures
from tests.pages.any_address import TIMEOUT_SECONDS, opening_on
from tests.pages.opening import opened, words


def offered(app: AppTest) -> list[str]:
    buttons = app.get("download_button")
    return [one.proto.label for one in buttons if "exporter-" in one.proto.id]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("carte", ["Télécharger (XLSX)", "Télécharger (CSV)", "Télécharger (GeoJSON)"]),
        ("territoire", ["Télécharger la fiche (PDF, une page A4)"]),
        ("zonage", ["Annexe en vigueur (DOCX)", "Classeur du zonage (XLSX)"]),
        ("sites", []),
    ],
)
def test_each_screen_exports_what_it_shows(page: str, expected: list[str]) -> None:
    app = AppTest.from_string(opening_on(page), default_timeout=TIMEOUT_SECONDS).run()
    assert not app.exception
    assert offered(app) == expected


def test_a_format_has_one_name_on_all_screens() -> None:
    app = AppTest.from_string(opening_on("permanence"), default_timeout=TIMEOUT_SECONDS).run()
    assert "Télécharger (GeoJSON)" in offered(app)


def test_the_file_of_the_map_says_what_it_is_of_where_and_which_columns_are_simulated() -> None:
    app = opened("")
    (file,) = (
        one.content() for one in app.session_state[exporting._OFFERS] if one.mime == "text/csv"
    )
    head = [line for line in file.decode("utf-8-sig").split("\r\n") if "# " in line[:3]]
    assert "Accès aux médecins généralistes, par commune, Nouvelle-Aquitaine ;" in head[0]
    made_up = next(line for line in head if "Colonnes simulées" in line)
    assert "Minutes jusqu’à une structure France Santé" in made_up
    assert "Habitants sans place à 20 min" in made_up


def notes_of(app: AppTest, name: str) -> list[str]:
    """Return the notes of the CSV whose name holds this one."""
    (file,) = (
        one.content()
        for one in app.session_state[exporting._OFFERS]
        if one.mime == "text/csv" and name in one.file_name
    )
    lines = file.decode("utf-8-sig").split("\r\n")
    return [line.strip('"') for line in lines if "# " in line[:3]]


def test_a_file_of_part_of_the_communes_says_which_and_of_how_many() -> None:
    app = opened("", tdep="23", tzone="ZIP", tcrit="sans-generaliste")
    count = len(app.dataframe[0].value)
    told = notes_of(app, "communes")[1]
    assert told.startswith("# Communes retenues : Creuse ; ZIP ; sans généraliste. ")
    assert f"{count} communes sur 4 293" in told  # a CSV has plain blanks
    assert not any("retenues" in one for one in notes_of(opened(""), "communes"))


def test_a_file_of_communes_at_risk_says_its_filter_and_the_source_of_their_zone() -> None:
    app = AppTest.from_string(opening_on("risques"), default_timeout=TIMEOUT_SECONDS)
    app.query_params["dep"] = "23"
    app.run()
    assert not app.exception
    notes = notes_of(app, "risque")
    assert re.match(r"# Communes retenues : Creuse ; \d+ communes sur 1 \d+\.$", notes[1])
    assert any(
        one.startswith("# Simulé pour la démonstration") and "zonage des médecins" in one
        for one in notes
    )


@pytest.mark.parametrize("name", ["solidarite", "accueils"])
def test_a_file_of_a_plan_says_what_was_asked_and_what_was_found(name: str) -> None:
    app = AppTest.from_string(opening_on("solidarite"), default_timeout=TIMEOUT_SECONDS).run()
    assert not app.exception
    notes = notes_of(app, f"-{name}-nouvelle")
    assert notes[1].startswith("# Question : communes en ZIP, ")
    assert "demi-journées de consultation par mois dans" in notes[2]


def test_only_columns_of_simulated_tables_are_told() -> None:
    (told,) = simulated_told({"structures", "pdses_lines"})
    assert told == "Colonnes simulées : Minutes jusqu’à une structure France Santé."
    assert simulated_told({"pdses_lines"}) == []


def test_tables_of_french_headings_are_offered_too() -> None:
    app = AppTest.from_string(opening_on("solidarite"), default_timeout=TIMEOUT_SECONDS)
    app.query_params["aide"] = "regulation"
    app.run()
    names = [one for one in offered(app) if one.startswith("Télécharger (CSV)")]
    assert any("proxisoins-regulation-nouvelle-aquitaine-" in one for one in names), offered(app)
    files = app.session_state[exporting._OFFERS]
    for one in files:
        assert re.search(r"-nouvelle-aquitaine-\d{4}-\d\d-\d\d\.\w+$", one.file_name)
        if one.mime == "text/csv":
            first = one.content().decode("utf-8-sig").split("\r\n")[0]
            assert re.match(
                r'"?# Régulation des appels, .*Nouvelle-Aquitaine ; fichier fait', first
            )
    assert len(files) == 4


def test_the_table_is_cut_down_by_the_address_and_says_of_how_many() -> None:
    app = opened("", tdep="23", tzone="ZIP,<b>", tcrit="sans-generaliste,inconnu")
    assert app.multiselect(key="table_departements").value == ["23"]
    assert app.multiselect(key="table_zones").value == ["ZIP"]
    assert app.multiselect(key="table_criteria").value == ["sans-generaliste"]
    table = app.dataframe[0].value
    assert set(table["Département"]) == {"Creuse"}
    assert (table["Médecins généralistes"] == 0).all()
    assert f"{len(table)} communes sur 4\u202f293" in words(app)
    app.multiselect(key="table_departements").set_value([]).run()
    assert "departements" not in app.session_state["table_filtres"]
    assert len(app.dataframe[0].value) > len(table)


def test_a_geojson_bears_the_headings_and_the_figures_of_the_csv() -> None:
    frame = pd.DataFrame(
        {"code": ["23096"], "name": ["Guéret"], "population": [12_345], "apl": [2.34567]}
    )
    place = gpd.GeoDataFrame({"code": ["23096", "23001"]}, geometry=[shapely.Point(2, 46)] * 2)
    files = figures.offers("essai", frame, ["source"], contours=place.set_crs(4326))
    read = json.loads({one.key: one for one in files}["essai-geojson"].content())
    [feature] = read["features"]
    assert feature["properties"] == exported(frame).iloc[0].to_dict()
    assert feature["properties"]["Habitants"] == 12_345
    assert read["notes"] == ["source"]
