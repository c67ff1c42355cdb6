"""People without room are the same on the map, the sheet, its PDF, the export and the command."""

import io
import re

import pandas as pd
import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.access.indicators import LEVELS
from data.base.french import number, percent
from data.cli import app as command
from data.maps import room as room_map
from data.region import rules
from data.region.catalogue import load_territory
from pages import exporting
from tests.pages.test_screens import opened, words

NEAREST = "Habitants sans place à 20 min, le plus proche passant le premier"
FAIR = "Habitants sans place à 20 min, dans le partage le plus équitable"
SHARE = "Part des habitants sans place"


def offered(app: AppTest, key: str) -> bytes:
    """Return a file that a screen offers under « Exporter »."""
    one = next(each for each in app.session_state[exporting._OFFERS] if each.key == key)
    return bytes(one.content() if callable(one.content) else one.content)


def plain(text: str) -> str:
    """Return a text on one line, its thin and hard spaces made plain."""
    return re.sub(r"\s+", " ", text)


@pytest.fixture(scope="module")
def told(pages_home, tmp_path_factory) -> pd.DataFrame:
    """Return what `proxisoins room` writes, by code."""
    out = tmp_path_factory.mktemp("room") / "room.csv"
    done = CliRunner().invoke(
        command, ["room", f"--out={out}"], env={"PROXISOINS_HOME": str(pages_home)}
    )
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out, dtype={"code": str}).set_index("code")
    for column in ("without_room_bound", "without_room_nearest"):
        assert number(table[column].sum()) in done.output
    return table


@pytest.fixture(scope="module")
def members(told, pages_home) -> dict[str, list[str]]:
    """Return the communes of the territories that are read: the commune most without room, on."""
    communes = load_territory("75").communes
    code = str(told["without_room_nearest"].idxmax())
    own = communes[communes["code"] == code].iloc[0]
    levels = ("commune", "epci", "departement", "region")
    columns = {level: LEVELS[level][0] for level in levels}
    return {
        f"{level}:{own[column]}": communes.loc[communes[column] == own[column], "code"].tolist()
        for level, column in columns.items()
    }


def test_the_map_counts_what_the_command_counts(told, members):
    territory = load_territory("75")
    sent, controls = room_map.document(territory, 20), room_map.controls()
    assert sent is not None
    assert controls["capacity"] == rules.ROOM_PEOPLE_A_GP
    step = controls["capacities"].index(controls["capacity"])
    shown = pd.Series(sent["nearest"][step], index=territory.communes["code"])
    for codes in members.values():
        # Each commune is rounded to an inhabitant, their sum is within as many halves.
        assert shown[codes].sum() == pytest.approx(
            told.loc[codes, "without_room_nearest"].sum(), abs=0.5 * len(codes)
        )
    assert sent["served"][step] == round(told["without_room_nearest"].sum())
    assert sent["least"][step] == round(told["without_room_bound"].sum())


def test_the_export_of_the_map_says_the_same(told, members):
    exported = offered(opened(""), "communes-csv").decode("utf-8-sig")
    table = pd.read_csv(
        io.StringIO(exported[exported.index("\r\nCode;") + 2 :]),
        sep=";",
        decimal=",",
        dtype={"Code": str},
    )
    table = table[table["Code"].isin(told.index)].set_index("Code").loc[told.index]
    for title, column in ((NEAREST, "without_room_nearest"), (FAIR, "without_room_bound")):
        assert table[title].to_numpy() == pytest.approx(told[column].to_numpy(), abs=0.006)
    share = told["without_room_nearest"] / told["population"]
    assert table[SHARE].to_numpy() == pytest.approx(share.to_numpy(), abs=0.00006, nan_ok=True)


def test_sheet_and_pdf_say_the_same_at_each_level(told, members):
    for address, codes in members.items():
        own = told.loc[codes]
        nearest, fair = own["without_room_nearest"].sum(), own["without_room_bound"].sum()
        app = opened("territoire", territoire=address)
        pages = PdfReader(io.BytesIO(offered(app, f"pdf-{address.replace(':', '-')}"))).pages
        assert len(pages) == 1
        for said in (plain(words(app)), plain(pages[0].extract_text())):
            assert plain(f"{number(nearest)} si chacun va au plus près") in said
            assert plain(f"{number(fair)} dans le partage le plus équitable") in said
            assert plain(percent(nearest / own["population"].sum(), 1)) in said
