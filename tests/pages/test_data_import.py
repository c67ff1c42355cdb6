"""The tab "Importer": hard files through the page's own door, and clicks whose run is stopped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.base.paths import ROOT
from data.official import import_reports
from data.official.import_reports import ImportReport
from data.region import catalogue
from pages import data_import, shell
from tests.data.files import case_results as expected

TIMEOUT_SECONDS = 200
REFUSED = {
    "05_populations_guillemet_ouvert.csv": "guillemet",
    "a06_cartosante_mg_bassin_de_vie.csv": "bassin de vie",
    "a07_cartosante_mg_departement.csv": "département",
    "a09_cartosante_zonage_bv.csv": "territoire",
    "a14_zonage_tvs_seul.csv": "territoire",
    "a22_communes_associees_ou_deleguees.csv": "délégu",
}
"""File to a word that its refusal must have."""


@pytest.fixture
def cases(reference: Path) -> Path:
    folder = reference.parent / "cases" / "imports"
    if not folder.is_dir():
        pytest.skip("no cases beside the reference data")
    return folder


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    while catalogue.can_undo():
        catalogue.undo()


@pytest.fixture
def app() -> AppTest:
    page = AppTest.from_file(str(ROOT / "pages" / "methode.py"), default_timeout=TIMEOUT_SECONDS)
    page.query_params["volet"] = "importer"
    page.run()
    assert not page.exception
    return page


def drop(app: AppTest, *files: tuple[str, bytes]) -> list[ImportReport]:
    """Drop files and import them; return what the page tells."""
    dropped = [(name, content, "application/octet-stream") for name, content in files]
    app.file_uploader(key="import_files").set_value(dropped)
    next(one for one in app.button if one.label == "Importer").click().run()
    assert not app.exception, [one.value for one in app.exception]
    return list(app.session_state[data_import.REPORTS])


def figures(name: str) -> dict[str, object]:
    """Return what is in place of what a case must give."""
    if name in expected.FIGURES:
        key, wanted = expected.FIGURES[name]
        column = {"gps": "gps", "populations": "population", "apl": "apl"}[key]
        table = catalogue.imported_tables([key])[key].set_index("code")[column]
    elif name in expected.ZONES:
        wanted = expected.ZONES[name]
        table = catalogue.imported_tables(["zoning"])["zoning"].set_index("code")["zone"]
    else:
        wanted = expected.PLACES[name]
        table = catalogue.imported_tables(["structures"])["structures"].set_index("id")["kind"]
    return {"wanted": wanted, "found": table.reindex(list(wanted)).to_dict()}


@pytest.mark.reference
@pytest.mark.campaign
def test_each_case_through_the_page(cases: Path, app: AppTest) -> None:
    wrong: dict[str, object] = {}
    told = {**expected.FIGURES, **expected.ZONES, **expected.PLACES}
    for path in sorted(cases.iterdir()):
        (report,) = drop(app, (path.name, path.read_bytes()))
        if report.status == import_reports.PARTIAL:
            assert not catalogue.can_undo(), path.name
            app.button(key="import_remplacer").click().run()
            (report,) = app.session_state[data_import.REPORTS]
        said = " ".join(str(one.value) for one in app.text)
        assert f"{path.name} : {report.status}" in said
        if path.name in REFUSED:
            right = report.status == import_reports.REFUSED and REFUSED[path.name] in said
        else:
            right = report.status == import_reports.IMPORTED
            right = right and report.read - report.kept >= 0
        if not right:
            wrong[path.name] = (report.status, report.message)
        elif path.name in told and path.name not in REFUSED:
            found = figures(path.name)
            if found["wanted"] != found["found"]:
                wrong[path.name] = found
        while catalogue.can_undo():
            catalogue.undo()
    assert wrong == {}


def stop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next run stop before it draws anything, as another click does."""
    whole, stops = shell.territory, [True]

    def territory() -> object:
        if stops:
            stops.pop()
            st.stop()
        return whole()

    monkeypatch.setattr(shell, "territory", territory)


def gps() -> dict[str, float]:
    table = catalogue.imported_tables(["gps"]).get("gps")
    return {} if table is None else dict(zip(table["code"], table["gps"], strict=True))


def test_files_of_a_click_whose_run_is_stopped_are_imported_by_the_next(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_once(monkeypatch)
    app.file_uploader(key="import_files").set_value(
        [("mg.csv", b"code_insee;mg_2024\n19275;12\n", "text/csv")]
    )
    next(one for one in app.button if one.label == "Importer").click().run()
    app.run()
    assert any("il n’a encore rien changé" in one.value for one in app.warning)
    stop_once(monkeypatch)
    app.button(key="import_remplacer").click().run()
    assert gps() == {}
    app.run()
    assert gps() == {"19275": 12.0}


def test_a_click_kept_never_replaces_by_another_file(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(app, ("mg.csv", b"code_insee;mg_2024\n19275;12\n"))
    stop_once(monkeypatch)
    app.button(key="import_remplacer").click().run()
    other = ("autre.csv", b"code_insee;mg_2024\n16102;3\n")
    app.session_state[data_import.WAITING] = data_import.Waiting((other,))
    app.run()
    assert gps() == {}
    assert any("il n’a encore rien changé" in one.value for one in app.warning)
