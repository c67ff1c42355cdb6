"""One commune, one figure: Solidarité, Sites, poles, the sheet, the map, PDF, CSV and commands."""

import io

import docx
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from pypdf import PdfReader
from typer.testing import CliRunner

from data.access.indicators import aggregate, commune_indicators
from data.access.zoning_gauges import Ceilings
from data.base.french import minutes_told, number, percent
from data.cli import app
from data.files import exports
from data.maps import payload
from data.pdses import coverage
from data.region import catalogue
from data.region.rules import ON_CALL_MINUTES, ROOM_PEOPLE_A_GP
from data.region.table_names import ZONES
from data.region.territory import WHOLLY_SIMULATED
from data.reports import (
    council_pdf,
    pole_tables,
    scenario_pdf,
    sheet,
    sheet_pdf,
    site_tables,
    zoning_annex,
)
from data.reports.columns import exported
from data.reports.help_figures import help_figures
from data.reports.pair import MEASURES, pair, pair_pdf
from data.scenarios.drafts import Draft
from data.siting import effects, pole_plan
from data.siting.evaluation import evaluate_sites
from data.siting.ground import ground_of
from data.siting.pole_plan import Antenna, PolePlan
from data.solidarity import tables
from data.solidarity.help import Terms
from data.solidarity.needs import Question
from data.solidarity.plans import help_plan
from data.uploads.site import Site
from geo.display import drawn_values
from tests.data.access import small_region
from tests.data.solidarity.small_help import GPS, made

SOME = 5
"""Communes compared one by one in texts; tables are compared whole."""


@pytest.fixture(
    scope="module",
    params=[
        "demonstration",
        pytest.param("real", marks=[pytest.mark.reference, pytest.mark.campaign]),
    ],
)
def home(request, prepared_home):
    if request.param == "demonstration":
        return prepared_home
    return request.getfixturevalue("real_counts_home")


@pytest.fixture(autouse=True)
def isolated_home(home, monkeypatch):
    """Read what the session prepared: these tests import nothing."""
    monkeypatch.setenv("PROXISOINS_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def territory(home):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(home))
        return catalogue.load_territory("75")


@pytest.fixture(scope="module")
def carte(territory):
    """What the client of the map receives, by key."""
    document = payload.configuration(territory, commune_indicators(territory), {})
    return {one["key"]: one for one in document["indicators"]}


def drawn(indicator, values):
    """Return values as the map writes them."""
    return drawn_values(pd.Series(values), indicator["decimals"], indicator["breaks"])


@pytest.fixture(scope="module")
def plan(territory):
    return help_plan(territory, Question(), Terms(volunteers=39))


@pytest.fixture(scope="module")
def few(territory, plan):
    """Some of the communes that are helped, and their rows."""
    rows = plan.targets["row"].to_numpy()
    return rows[:: max(1, rows.size // SOME)][:SOME]


@pytest.fixture(scope="module")
def sites(territory, few):
    known = territory.communes.iloc[few[:2]]
    return tuple(
        Site(rank, f"Site {rank}", one.code, one.name, one.lon, one.lat, 2.0)
        for rank, one in enumerate(known.itertuples(index=False), 1)
    )


def close(values, expected):
    np.testing.assert_allclose(
        np.asarray(values, dtype=float), np.asarray(expected, dtype=float), rtol=1e-9, atol=1e-9
    )


def test_the_plan_of_help_reads_the_people_apl_and_room_of_the_map(territory, plan, carte):
    communes = commune_indicators(territory).set_index("code")
    helped = tables.target_table(territory, plan).set_index("code")
    own = communes.loc[helped.index]
    close(helped["population"], own["population"])
    close(helped["apl_before"], own["apl"])
    close(helped["without_room_before"], own["without_room_nearest"])
    places = communes.index.get_indexer(helped.index)
    share = 100 * helped["without_room_before"] / helped["population"]
    for key, values in {"apl": helped["apl_before"], "share_without_room": share}.items():
        shown = [carte[key]["values"][place] for place in places]
        assert shown == drawn(carte[key], values.to_numpy())


def test_sites_poles_and_help_start_from_the_same_access(territory, plan, sites):
    communes = commune_indicators(territory)
    ground = ground_of(territory)
    nowhere, nobody = np.empty((ground.gps.size, 0)), np.empty(0)
    moved = tables.moved(territory, plan)
    close(ground.access(ground.gps, nowhere, nobody), moved["apl_before"])
    close(ground.without_room(ground.gps, nowhere, nobody), moved["without_room_before"])
    close(ground.gps[: len(communes)], communes["gps"].fillna(0.0))
    close(ground.people, communes["population"])
    antennas = tuple(Antenna(site, 6) for site in sites)
    pole = pole_plan.compared(territory, PolePlan(antennas), search=False)
    found = [
        effects.of_sites(territory, sites, {}).communes,
        effects.of_pole(pole).communes,
        effects.of_help(territory, moved).communes,
    ]
    for table in found[1:]:
        for column in ("population", "apl_before", "without_room_before"):
            close(table[column], found[0][column])
    close(found[1]["minutes_before"], found[0]["minutes_before"])
    known = np.isfinite(found[0]["minutes_before"]) & (communes["supply"] == "connue").to_numpy()
    close(found[0]["minutes_before"][known], communes["minutes_to_nearest_gp"][known])


def test_the_sheet_and_its_pdf_say_what_the_plan_says(territory, plan, few):
    communes = commune_indicators(territory)
    region = aggregate(communes, "region").iloc[0]
    helped = tables.target_table(territory, plan).set_index("code")
    change = effects.of_help(territory, tables.moved(territory, plan)).communes.set_index("code")
    for row in few:
        code = communes["code"][row]
        one = sheet.sheet(
            territory, communes, communes, region, level="commune", code=code, masked=True
        )
        said = {figure.key: figure for figure in one.figures}
        people = helped.loc[code, "population"]
        assert number(people) in one.context
        room = said["share_without_room"]
        assert room.value == percent(helped.loc[code, "without_room_before"] / people, 1)
        assert number(helped.loc[code, "without_room_before"]) in room.sentence
        apl = said.get("apl", said.get("apl_published"))
        assert apl.value == number(change.loc[code, "apl_before"], 1)
        if "apl" in said:
            assert apl.value == number(helped.loc[code, "apl_before"], 1)
        if row == few[0]:
            pages = PdfReader(
                io.BytesIO(sheet_pdf.sheet_pdf(one, dot(), [], warning=WHOLLY_SIMULATED))
            ).pages
            text = " ".join(" ".join(page.extract_text() for page in pages).split())
            for figure in (room, apl, said["minutes_to_nearest_gp"]):
                assert " ".join(figure.value.split()) in text


def test_a_comparison_and_the_sheets_of_an_epci_say_what_each_sheet_says(territory, few):
    communes = commune_indicators(territory)
    region = aggregate(communes, "region").iloc[0]
    sheets = [
        sheet.sheet(territory, communes, communes, region, level="commune", code=code, masked=True)
        for code in communes["code"][few[:2]]
    ]
    said = [{figure.key: figure.value for figure in one.figures} for one in sheets]
    rows = [communes.iloc[row] for row in few[:2]]
    measures = pair(*rows, region, {})
    titles = {key: title for key, title, *_ in MEASURES}
    compared = {one.title: (one.first, one.second) for one in measures}
    for key in ("share_without_room", "gps_per_1000"):
        for written, told in zip(compared[titles[key]], said, strict=True):
            assert written == told[key].removesuffix("\N{NO-BREAK SPACE}%")
    for written, told in zip(compared[titles["apl"]], said, strict=True):
        assert written == told.get("apl", written)
    for written, told in zip(compared[titles["minutes_to_nearest_gp"]], said, strict=True):
        assert told["minutes_to_nearest_gp"] in {f"{written} min", "sur place"}
    whole = PdfReader(io.BytesIO(sheets_of(sheets))).pages
    side = PdfReader(io.BytesIO(printed(measures, sheets))).pages[0].extract_text()
    for one, told, page in zip(sheets, said, whole, strict=True):
        text = " ".join(page.extract_text().split())
        assert all(" ".join(value.split()) in text for value in told.values())
        assert one.name in side
    for values in compared.values():
        assert all(" ".join(value.split()) in " ".join(side.split()) for value in values)


def sheets_of(sheets):
    return sheet_pdf.sheets_pdf([(one, dot()) for one in sheets], "EPCI", [], warning="")


def printed(measures, sheets):
    names = (sheets[0].name, sheets[1].name)
    return pair_pdf(measures, names, (dot(), dot()), [], warning="")


def test_reports_for_councils_say_what_the_screens_say(territory, plan, sites):
    read = PdfReader(io.BytesIO(council_pdf.help_pdf(territory, ("Plan", ""), plan, [])))
    text = " ".join(" ".join(page.extract_text() for page in read.pages).split())
    assert " ".join(tables.sentence(plan).split()) in text
    for value in help_figures(territory, plan).iloc[:, 1]:
        assert " ".join(str(value).split()) in text
    judged = evaluate_sites(territory, sites)
    draft = Draft("Essai", "75", sites=sites)
    report = scenario_pdf.scenario_pdf(draft, judged, dot(), [], warning="")
    text = " ".join(
        " ".join(page.extract_text() for page in PdfReader(io.BytesIO(report)).pages).split()
    )
    for people in judged.sites["population_within_20"]:
        assert " ".join(number(people).split()) in text
    assert " ".join(site_tables.room_sentence(judged).split()) in text


def test_a_workbook_holds_the_figures_of_the_csv(territory, plan):
    table = exported(tables.target_table(territory, plan))
    book = pd.read_excel(
        io.BytesIO(exports.to_xlsx({"Tableau": table}, [])), sheet_name="Tableau", engine="openpyxl"
    )
    text = exports.to_csv(table, []).decode("utf-8-sig")
    plain = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    assert list(book.columns) == list(plain.columns)
    numbers = plain.select_dtypes("float").columns
    assert len(numbers) > 3
    for column in numbers:
        close(book[column], plain[column])


def dot():
    """Return a picture of one point."""
    told = io.BytesIO()
    Image.new("RGB", (1, 1)).save(told, "PNG")
    return told.getvalue()


def test_files_and_commands_hold_the_same_figures(territory, plan, tmp_path):
    communes = commune_indicators(territory).set_index("code")
    helped = tables.target_table(territory, plan)
    lines = exports.to_csv(exported(helped), ["source"]).decode("utf-8-sig")
    first = helped.iloc[0]
    [line] = [one for one in lines.splitlines() if first["code"] in one]
    for value in (first["apl_before"], first["apl_after"], first["half_days"]):
        assert f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",") in line
    told = {}
    for name, arguments in {
        "room": ["room", "--per-gp", str(ROOM_PEOPLE_A_GP)],
        "plan": ["solidarity", "plan", "--volunteers", "39", "--minutes", "45"],
    }.items():
        out = tmp_path / f"{name}.csv"
        done = CliRunner().invoke(app, [*arguments, "--out", str(out)])
        assert done.exit_code == 0, done.output
        told[name] = pd.read_csv(out, sep=None, engine="python", dtype={"code": str, "id": str})
    told = {
        name: table.set_index("code" if "code" in table else "id") for name, table in told.items()
    }
    codes = helped["code"]
    np.testing.assert_allclose(
        told["room"].loc[codes, "without_room_nearest"].astype(float),
        communes.loc[codes, "without_room_nearest"],
        rtol=1e-6,
        atol=1e-6,
    )
    by_code = helped.set_index("code")
    for column in ("population", "half_days", "covered", "apl_before", "apl_after"):
        np.testing.assert_allclose(
            told["plan"].loc[codes, column].astype(float), by_code[column], rtol=1e-6, atol=1e-6
        )


def test_the_annex_of_a_decree_says_what_workbook_sheet_and_communes_say(territory):
    communes = commune_indicators(territory)
    limits = Ceilings.of_region("75")
    annex = docx.Document(io.BytesIO(zoning_annex.decree_annex(territory, communes, limits)))
    written = [[cell.text for cell in row.cells] for row in annex.tables[0].rows][1:]
    workbook = zoning_annex.zoning_workbook(territory, communes, limits)
    book = pd.read_excel(io.BytesIO(workbook), sheet_name="Jauges", engine="openpyxl")
    shares = {}
    for zone, row, gauge in zip([*ZONES, ""], written, book.to_dict("records"), strict=True):
        own = communes[communes["zone"] == zone]
        assert row[1:3] == [number(len(own)), number(own["population"].sum())]
        assert (gauge["Communes"], gauge["Habitants"]) == (len(own), own["population"].sum())
        assert row[3] == percent(gauge["Part de la région"], 1)
        assert pd.isna(gauge["Plafond dépassé"]) == pd.isna(gauge["Plafond"])
        shares[zone] = own["population"].sum() / communes["population"].sum()
    region = aggregate(communes, "region").iloc[0]
    one = sheet.sheet(
        territory,
        communes,
        aggregate(communes, "region"),
        region,
        level="region",
        code=region["code"],
        masked=True,
    )
    [said] = [signal for signal in one.signals if signal.title.startswith("Zonage")]
    assert said.value == f"{percent(shares['ZIP'])} en ZIP"
    assert f"{percent(shares['ZAC'])} en ZAC" in said.sentence


def test_the_report_of_a_pole_says_what_its_tables_and_the_region_say(territory, sites):
    found = pole_plan.compared(
        territory, PolePlan(tuple(Antenna(site, 6) for site in sites), public=True), search=True
    )
    report = council_pdf.pole_pdf(("Pôle", ""), found, dot(), ([], []), [], warning="")
    pages = PdfReader(io.BytesIO(report)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    table = pole_tables.measures_table(found)
    for _, row in table.iterrows():
        assert " ".join(" ".join(row[1:]).split()) in text, row[pole_tables.MEASURE]
    without = commune_indicators(territory)["without_room_nearest"].sum()
    assert table[pole_tables.TODAY].iloc[0] == number(without)
    lost = effects.of_pole(found).communes
    after = table[pole_tables.title(found, pole_plan.TYPED)].iloc[0]
    assert after == number(lost["without_room_after"].sum())


def test_the_sheet_names_the_hospitals_that_the_public_page_lists(territory, few):
    communes = commune_indicators(territory)
    region = aggregate(communes, "region").iloc[0]
    told = 0
    for code in communes["code"][few]:
        one = sheet.sheet(
            territory, communes, communes, region, level="commune", code=code, masked=True
        )
        [said] = [line for line in one.in_place if line.startswith("La nuit")]
        lines = coverage.lines_covering(territory, code)
        nights = lines[~lines["line_type"].isin(coverage.WEEKEND_TYPES)]
        nearest = nights.drop_duplicates("specialty")
        for line in nearest.itertuples(index=False):
            near = line.minutes <= ON_CALL_MINUTES
            named = f"{line.establishment} ({minutes_told(line.minutes)}) pour "
            assert (named in said and line.specialty in said) == near, line
            told += near
    assert told > 3


def test_where_an_apl_is_published_every_scenario_starts_from_it(isolated_home):
    published = small_region.apl_table(
        *[(code, 2018, 3.0 + rank / 10, 3.0, 700.0) for rank, code in enumerate(GPS)][:6]
    )
    small = made(apl=published)
    own = commune_indicators(small)
    assert own["apl_published"].notna().any()
    found = help_plan(small, Question(apl=30.0), Terms(volunteers=2))
    helped = effects.of_help(small, tables.moved(small, found)).communes
    place = small.communes.iloc[2]
    site = Site(1, "S", place["code"], place["name"], place["lon"], place["lat"], 1.0)
    for table in (helped, effects.of_sites(small, (site,), {}).communes):
        known = own["apl_published"].notna() & own["apl"].notna() & table["apl_before"].notna()
        assert known.sum() > 3
        close(table.loc[known, "apl_before"], own.loc[known, "apl_published"])
    assert (helped["apl_after"] > helped["apl_before"]).any()
