"""Files that are hard to read, dropped on the screens and given to the commands that take them.

Each gives there what it gives to its reader (`tests/data/files/test_cases.py`), in counts that add
up; one that is refused says why in a sentence.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.base.french import counted
from data.cli import app as command
from data.official import imports
from data.region import catalogue, table_store
from tests.data.files import case_results as expected

pytestmark = [pytest.mark.reference, pytest.mark.campaign]
NATIONAL = "b02_liste_nationale.csv"
LONGEST = 1_000
"""Characters of a sentence."""


@pytest.fixture
def cases(reference: Path) -> Path:
    folder = reference.parent / "cases"
    if not folder.is_dir():
        pytest.skip("no cases beside the reference data")
    return folder


def sites_screen() -> None:
    """Draw what takes a file of sites, and keep what it gives."""
    import streamlit as st

    from data.region import catalogue
    from pages import sites_upload

    st.session_state["found"] = sites_upload.draw_upload(catalogue.load_territory("75"))


def list_screen() -> None:
    """Draw what takes a list of host communes, and keep it."""
    import streamlit as st

    from data.region import catalogue
    from pages import host_list

    st.session_state["found"] = host_list.chosen(catalogue.load_territory("75"), (), "hotes")


def lines_screen() -> None:
    """Draw what takes on-call lines."""
    from data.region import catalogue
    from pages import permanence_import

    permanence_import.draw_import(catalogue.load_territory("75"))


def opened(screen: Callable[[], None]) -> AppTest:
    return AppTest.from_function(screen, default_timeout=240).run()


def dropped(screen: Callable[[], None], key: str, path: Path) -> tuple[AppTest, str]:
    """Drop a file; return the screen and what it says."""
    app = opened(screen)
    app.file_uploader(key=key).set_value((path.name, path.read_bytes(), "")).run()
    assert not app.exception, (path.name, [one.value for one in app.exception])
    return app, " ".join(one.value for one in app.text)


def adds_up(said: str) -> bool:
    """Tell whether the lines read are those understood, doubtful, refused, left out, elsewhere."""
    plain = said.replace("\u202f", "")
    found = re.search(r"(\d+) lignes? lues?(?: \([^)]*\))? : ([^.]*)\.", plain)
    if found is None:
        return False
    parts = [int(one) for one in re.findall(r"(\d+) ", found[2])]
    return int(found[1]) == sum(parts)


def communes(name: str) -> list[str]:
    family = name.startswith(expected.FAMILIES)
    return sorted(expected.THREE if family else expected.PLACED[name])


def points(cases: Path) -> list[Path]:
    return [path for path in sorted((cases / "points").iterdir()) if path.name != NATIONAL]


def test_each_file_of_points_on_the_screen_of_sites(cases: Path) -> None:
    wrong = {}
    for path in points(cases):
        app, said = dropped(sites_screen, "sites_fichier", path)
        found = app.session_state["found"]
        if len(found) != len(communes(path.name)) or not adds_up(said) or app.error:
            wrong[path.name] = (len(found), said)
        elif path.name in expected.PLACED and sorted(s.code for s in found) != communes(path.name):
            wrong[path.name] = ([site.code for site in found], said)
    assert wrong == {}


def test_a_file_that_is_refused_changes_nothing_and_the_one_in_hand_can_be_taken_out() -> None:
    app = opened(sites_screen)

    def codes_with(name: str, content: bytes) -> list[str]:
        app.file_uploader(key="sites_fichier").set_value((name, content, "")).run()
        return [one.code for one in app.session_state["found"]]

    assert codes_with("sites.csv", b"commune\nUssel\n") == ["19275"]
    assert not app.error
    assert codes_with("vide.csv", b"") == ["19275"]
    assert [one.value for one in app.error] == ["Le fichier est refusé : rien n’a changé."]
    assert any("« vide.csv » est vide" in one.value for one in app.text)
    app.button(key="sites_retirer_fichier").click().run()
    assert app.session_state["found"] == ()
    assert codes_with("sites.csv", b"commune\nUssel\n") == ["19275"]
    assert not app.error


def test_the_national_list_keeps_the_region_and_counts_the_rest_on_screen(cases: Path) -> None:
    app, said = dropped(sites_screen, "sites_fichier", cases / "points" / NATIONAL)
    assert adds_up(said)
    assert "hors de la région" in said
    assert {"Site A", "Site B", "Site C"} <= {site.name for site in app.session_state["found"]}


def test_each_file_of_points_as_a_list_of_communes(cases: Path) -> None:
    wrong = {}
    for path in points(cases):
        app, said = dropped(list_screen, "hotes_fichier", path)
        if not adds_up(said) or app.error:
            wrong[path.name] = said
            continue
        found = sorted(app.session_state["found"])
        if path.name in expected.PLACED and found != sorted(set(communes(path.name))):
            wrong[path.name] = found
    assert wrong == {}


def own_points_screen() -> None:
    """Draw what puts one's own points on the map."""
    from data.region import catalogue
    from pages import carte

    carte._own_layer(catalogue.load_territory("75"))


def test_each_file_of_points_on_the_map(cases: Path) -> None:
    wrong = {}
    for path in points(cases):
        app = AppTest.from_function(own_points_screen, default_timeout=240)
        app.session_state["own_layer"] = True
        app.run().file_uploader(key="own_file").set_value((path.name, path.read_bytes(), "")).run()
        next(one for one in app.button if one.label == "Ajouter à la carte").click().run()
        said = " ".join(one.value for one in app.text)
        placed = counted(len(communes(path.name)), "point", "points")
        if f"{placed} sur la carte" not in said or app.exception:
            wrong[path.name] = said
    assert wrong == {}


def test_each_file_of_lines_on_its_screen_and_its_command(cases: Path) -> None:
    wrong: dict[str, object] = {}
    for path in sorted((cases / "pdses").iterdir()):
        app, said = dropped(lines_screen, "pdses_file", path)
        done = CliRunner().invoke(command, ["pdses", "import", str(path)])
        told = " ".join(f"{done.output} {done.exception or ''}".split())
        while catalogue.can_undo():
            catalogue.undo()
        if path.name not in expected.LINES:
            if not app.error or not all("spécialités en lignes" in one for one in (said, told)):
                wrong[path.name] = (said, told)
            continue
        read = expected.LINES[path.name]
        if not said.startswith(f"{read} ligne") or not adds_up(said) or app.error:
            wrong[path.name] = said
        asked = any("pdses_status_" in str(one.key) for one in app.selectbox)
        if asked != path.name.startswith(("c03", "c06")):  # the missing status is asked once
            wrong[path.name] = [one.label for one in app.selectbox]
        understood = re.search(rf"(\d+) lignes? comprises? sur {read} ;", told)
        if understood is None and "aucune ligne comprise" not in told.lower():
            wrong[f"{path.name} (command)"] = told
    assert wrong == {}


def test_each_file_of_points_at_the_command_of_sites(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.siting import evaluation

    class StoppedError(Exception):
        """The sites are read: what they are worth is tested elsewhere."""

    def stop(_territory: object, sites: list[object], **_: object) -> None:
        read.extend(sites)
        raise StoppedError

    monkeypatch.setattr(evaluation, "evaluate_sites", stop)
    wrong = {}
    for path in points(cases):
        read: list[object] = []
        out = str(tmp_path / "sites.csv")
        done = CliRunner().invoke(command, ["sites", "evaluate", str(path), "--out", out])
        if len(read) != len(communes(path.name)) or (
            communes(path.name) and not isinstance(done.exception, StoppedError)
        ):
            wrong[path.name] = (len(read), done.output, done.exception)
    assert wrong == {}


@pytest.mark.parametrize("model", ["mclp", "equity"])
def test_sites_that_exist_are_kept_by_the_command(cases: Path, tmp_path: Path, model: str) -> None:
    folder = cases / "other" / "siting"
    tables = [f"--{one}={folder / one}.csv" for one in ("demand", "candidates", "costs")]
    out = tmp_path / "plan.json"
    done = CliRunner().invoke(
        command,
        [
            "sites",
            "solve",
            *tables,
            f"--out={out}",
            f"--model={model}",
            "--threshold",
            "10",
            "-k",
            "2",
        ],
    )
    assert done.exception is None, (done.output, done.exception)
    assert out.exists()


HOSTILE_DOORS = {
    "sites": (sites_screen, "sites_fichier"),
    "list": (list_screen, "hotes_fichier"),
    "lines": (lines_screen, "pdses_file"),
}


@pytest.mark.parametrize("door", HOSTILE_DOORS)
def test_hostile_files_are_refused_or_read_in_little_time_on_each_screen(
    cases: Path, door: str
) -> None:
    screen, key = HOSTILE_DOORS[door]
    wrong = {}
    for path in sorted((cases / "hostile").iterdir()):
        app, said = dropped(screen, key, path)
        refused = any("refusé" in one.value for one in app.error)
        if not refused and not adds_up(said):
            wrong[path.name] = said
    assert wrong == {}


def test_hostile_files_at_the_commands(cases: Path, tmp_path: Path) -> None:
    wrong = {}
    for path in sorted((cases / "hostile").iterdir()):
        for words in (
            ["import", str(path)],
            ["pdses", "import", str(path)],
            ["sites", "evaluate", str(path), "--out", str(tmp_path / "out.csv")],
        ):
            done = CliRunner().invoke(command, words)
            told = str(done.exception or done.output)
            if done.exit_code == 0 or "Traceback" in told or len(told) > LONGEST:
                wrong[path.name, words[0]] = told
            while catalogue.can_undo():
                catalogue.undo()
    assert wrong == {}


def test_a_folder_of_hard_files_gives_one_state_in_any_order(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = sorted((cases / "imports").iterdir())
    states = []
    for rank, order in enumerate((files, files[::-1], files[1::2] + files[::2])):
        monkeypatch.setenv("PROXISOINS_HOME", str(tmp_path / str(rank)))
        reports = imports.import_files(order, "75", imports.COMPLETE)
        told = {one.file_name: (one.status, one.read, one.kept) for one in reports}
        known = table_store.version(table_store.current_key()).provenance
        tables = catalogue.imported_tables(known)
        states.append((told, {key: table.to_json() for key, table in tables.items()}))
    assert states[1:] == states[:1] * 2
