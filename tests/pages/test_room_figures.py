"""People without room are the same on the map, the sheet, its PDF, the export and the command.

Counted from towns, then on the squares of a grid that tells where the people of a département live.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from data.access.indicators import LEVELS, commune_indicators
from data.base.french import number, percent
from data.cli import app as command
from data.maps import room as room_map
from data.region import rules
from data.region.catalogue import load_territory
from pages import exporting
from tests.pages.opening import opened, words

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


GRIDDED = "23"
"""The département whose people stand on squares: few communes, so that minutes are soon made."""


def run(home: Path, *words: str) -> str:
    """Run a command on a data folder and return what it says."""
    done = CliRunner().invoke(command, list(words), env={"PROXISOINS_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(
    scope="module", params=["bourgs", pytest.param("carreaux", marks=pytest.mark.campaign)]
)
def basis(request, pages_home, tmp_path_factory) -> Iterator[str]:
    """Give where people are counted; a grid is imported by the command, and undone."""
    if request.param == "bourgs":
        yield request.param
        return
    towns = load_territory("75").communes
    towns = towns.loc[towns["departement"] == GRIDDED, ["code", "lon", "lat", "population"]]
    grid = pd.concat(
        [
            towns.assign(lon=towns["lon"] + east, lat=towns["lat"] + north, ind=part)
            for east, north, part in ((0.0, 0.0, 5), (0.04, 0.02, 3), (-0.03, 0.05, 2))
        ]
    )
    file = tmp_path_factory.mktemp("grid") / "carreaux.csv"
    grid[["code", "lon", "lat", "ind"]].to_csv(file, index=False)
    run(pages_home, "import", str(file))
    yield request.param
    run(pages_home, "undo")


@pytest.fixture(scope="module")
def told(basis, pages_home, tmp_path_factory) -> pd.DataFrame:
    """Return what `proxisoins room` writes, by code."""
    out = tmp_path_factory.mktemp("room") / "room.csv"
    said = run(pages_home, "room", f"--out={out}")
    assert ("carreau par carreau" in said) == (basis == "carreaux")
    table = pd.read_csv(out, dtype={"code": str}).set_index("code")
    for column in ("without_room_bound", "without_room_nearest"):
        assert number(table[column].sum()) in said
    return table


@pytest.fixture(scope="module")
def members(told, basis) -> dict[str, list[str]]:
    """Return the communes of the territories that are read: the commune most without room, on."""
    communes = load_territory("75").communes
    most = told["without_room_nearest"]
    if basis == "carreaux":
        most = most[communes.set_index("code")["departement"] == GRIDDED]
    code = str(most.idxmax())
    own = communes[communes["code"] == code].iloc[0]
    levels = ["commune", "epci", "departement", "region"]
    if basis == "carreaux":  # sums are made by one function: a small and a large one are enough
        levels = levels[::2]
    columns = {level: LEVELS[level][0] for level in levels}
    return {
        f"{level}:{own[column]}": communes.loc[communes[column] == own[column], "code"].tolist()
        for level, column in columns.items()
    }


def test_squares_change_the_figures_of_their_departement(told, basis, members):
    territory = load_territory("75")
    plain = replace(territory, context={}, version="towns alone")
    towns = commune_indicators(plain).set_index("code")["without_room_nearest"]
    moved = (told["without_room_nearest"] - towns[told.index]).abs() > 1
    here = territory.communes.set_index("code")["departement"] == GRIDDED
    assert moved[here].any() == (basis == "carreaux")


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


@pytest.mark.campaign
def test_sheet_and_pdf_say_the_same_at_each_level(told, members, basis):
    for address, codes in members.items():
        own = told.loc[codes]
        nearest, fair = own["without_room_nearest"].sum(), own["without_room_bound"].sum()
        app = opened("territoire", territoire=address)
        assert ("carreau par carreau" in words(app)) == (basis == "carreaux")
        pages = PdfReader(io.BytesIO(offered(app, f"pdf-{address.replace(':', '-')}"))).pages
        assert len(pages) == 1
        for said in (plain(words(app)), plain(pages[0].extract_text())):
            assert plain(f"{number(nearest)} si chacun va au plus près") in said
            assert plain(f"{number(fair)} dans le partage le plus équitable") in said
            assert plain(percent(nearest / own["population"].sum(), 1)) in said


def searched(model: str) -> None:
    """Draw the best of two sites (run as a script of its own)."""
    from data.region.catalogue import load_territory
    from data.reports.scenario_results import Search
    from data.uploads import Site
    from pages import sites_results

    territory, search = load_territory("75"), Search(model, 1)
    towns = territory.communes[territory.communes["departement"] == "23"].iloc[:2]
    sites = tuple(
        Site(line, each.name, each.code, each.name, each.lon, each.lat, gps=2)
        for line, each in enumerate(towns.itertuples())
    )
    found = search.run(territory, sites, {})
    sites_results.draw_best(territory, found, search, [one.name for one in sites])


def test_what_stays_counted_from_towns_says_so_beside_the_figure(basis):
    towns = "depuis le bourg de chaque commune, non carreau par carreau"
    finer = basis == "carreaux"
    helped = [one.value for one in opened("solidarite").caption]
    assert any(f"vers les sites : comptés {towns}." in one for one in helped) == finer
    for model, from_town in (("mclp", finer), ("room", False), ("capacitated", False)):
        script = AppTest.from_function(searched, default_timeout=200, kwargs={"model": model})
        said = [one.value for one in script.run().caption]
        assert said
        assert any(f"recherche : comptés {towns}." in one for one in said) == from_town
