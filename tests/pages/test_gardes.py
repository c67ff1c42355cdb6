"""The public page of on-call lines: the same figures as the tables, the command and the sheet."""

import io

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.base import paths
from data.base.french import number, read_number
from data.cli import app as command
from data.pdses import coverage
from data.region import catalogue
from tests.pages.opening import plain_tables

COMMUNE = "23096"


@pytest.fixture(scope="module")
def page() -> AppTest:
    app = AppTest.from_file(str(paths.ROOT / "pages" / "gardes.py"), default_timeout=240)
    app.query_params["commune"] = COMMUNE
    app.run()
    assert not app.exception
    return app


def tables(page: AppTest) -> list[pd.DataFrame]:
    return [one.value for one in page.dataframe]


def test_what_one_comes_for_stands_first(page):
    """On a telephone the question of who covers a commune stood under the map."""
    assert page.selectbox[0].label == "Ma commune"


def test_the_reach_is_that_of_the_command(page, tmp_path):
    [reach] = [one for one in plain_tables(page) if "Lignes tenues" in one]
    out = tmp_path / "manques.csv"
    done = CliRunner().invoke(command, ["pdses", "gaps", "--threshold", "60", "--out", str(out)])
    assert done.exit_code == 0, done.output
    text = out.read_text(encoding="utf-8-sig")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip('"').startswith("#"))
    gaps = pd.read_csv(io.StringIO(lines), sep=";", decimal=",")
    beyond = gaps.groupby("Spécialité")["Habitants à plus de 60 min"].sum()
    far = reach.set_index("Spécialité")["Habitants à plus de 60 min"].map(read_number)
    assert (far > 0).any()
    pd.testing.assert_series_equal(
        far[far > 0].sort_index(), beyond[beyond > 0].sort_index(), check_dtype=False
    )


def test_the_lines_of_a_commune_are_those_of_its_sheet(page):
    [shown] = [one for one in tables(page) if "Minutes" in one and "Établissement" in one]
    covering = coverage.lines_covering(catalogue.load_territory("75"), COMMUNE)
    assert shown["Établissement"].tolist() == covering["establishment"].tolist()
    written = [number(minutes) for minutes in shown["Minutes"]]
    assert written == [number(minutes) for minutes in covering["minutes"]]
    assert len(written) > 3
