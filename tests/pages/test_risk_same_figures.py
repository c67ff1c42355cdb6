"""Command, screen, files and paper tell one commune the same risk."""

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from data.access import indicators
from data.base import french
from data.files import exports
from data.region import catalogue
from data.region.territory import Territory
from data.reports import columns
from models.cli import app
from models.learning import places
from models.learning.signals import HORIZONS
from models.region import flag, predict
from pages import sheet_paper

FIGURES = ["probability", "low", "high", "risk_class", "state"]


@pytest.fixture(scope="module")
def territory(prepared_home: Path) -> Territory:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        return catalogue.load_territory()


def heirs_since_2021() -> set[str]:
    """Return the communes that others have joined since those that the model learned from."""
    before = places.successors()
    return {heir for code, heir in places.heirs().items() if code not in before}


def commanded(territory: Territory, folder: Path, horizon: int) -> pd.DataFrame:
    """Write what the territory knows as files, and return what the command makes of them."""
    inputs, year = predict.inputs_of(territory)
    inputs.panel.to_csv(folder / "panel.csv", index_label="code")
    names = {"lon": "longitude_centre", "lat": "latitude_centre"}
    inputs.reference.rename(columns=names).to_csv(folder / "reference.csv", index=False)
    out = folder / "risk.csv"
    options = {"panel": "panel.csv", "reference": "reference.csv"}
    assert inputs.apl.empty, "no published APL in the demonstration"
    given = {option: folder / name for option, name in options.items()}
    return by_command(given, year, horizon, out)


def by_command(files: dict[str, Path], year: int, horizon: int, out: Path) -> pd.DataFrame:
    """Return what the command writes of files, by code."""
    call = ["predict", "--as-of", str(year), "--horizon", str(horizon), "--out", str(out)]
    for option, path in files.items():
        call += [f"--{option}", str(path)]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    table = pd.read_csv(out, dtype={"code": str})
    return table.rename(columns={"class": "risk_class"}).set_index("code")


@pytest.mark.parametrize("horizon", [HORIZONS[0], 3, HORIZONS[-1]])
def test_ten_communes_have_one_risk_everywhere(
    territory: Territory, tmp_path: Path, horizon: int
) -> None:
    shown = predict.risk_table(territory, horizon).set_index("code", drop=False)
    lone = shown[shown["gps"] == 1].iloc[::80]["code"].head(5)
    many = shown[shown["gps"] >= 5].iloc[::25]["code"].head(5)
    since = heirs_since_2021()
    merged = [code for code in shown.index if code in since and code not in {*lone, *many}][:3]
    ten = [*lone, *many, *merged]
    assert len(set(ten)) == len(ten) == 13

    ours = shown.loc[ten, FIGURES]
    ours[FIGURES[:3]] = ours[FIGURES[:3]].astype(float).round(6)
    theirs = commanded(territory, tmp_path, horizon).loc[ten, FIGURES]
    pd.testing.assert_frame_equal(theirs, ours, check_names=False, rtol=0, atol=1.5e-6)

    listed = flag.listed(shown.reset_index(drop=True), indicators.commune_indicators(territory))
    table = columns.exported(listed)
    lines = exports.to_csv(table, ["note"]).decode("utf-8-sig").split("\r\n")[1:]
    csv = pd.read_csv(io.StringIO("\n".join(lines)), sep=";", decimal=",", dtype={"Code": str})
    book = openpyxl.load_workbook(io.BytesIO(exports.to_xlsx({"T": table}, ["note"])))
    head, *rows = book.worksheets[-1].iter_rows(values_only=True)
    titles = [columns.TITLES[name] for name in ("share_lost", "share_lost_low", "share_lost_high")]
    titles += [columns.TITLES["risk_class"], columns.TITLES["state"]]
    for file in (csv, pd.DataFrame(rows, columns=list(head))):
        kept = file.set_index("Code").loc[ten, titles].set_axis(FIGURES, axis=1)
        pd.testing.assert_frame_equal(
            kept, ours, check_names=False, check_dtype=False, rtol=0, atol=1e-9
        )

    for code in ten:
        first = flag.headline(flag.row(shown.reset_index(drop=True), code))[0]
        given = theirs.loc[code]
        low, high = (french.percent(given[name], 1) for name in ("low", "high"))
        assert (
            f"{given['risk_class']}, probabilité {french.percent(given['probability'], 1)}" in first
        )
        assert f"(de {low} à {high}, intervalle à 90 %)" in first


@pytest.mark.reference
@pytest.mark.parametrize("horizon", [HORIZONS[0], HORIZONS[-1]])
def test_real_counts_have_one_risk_whatever_communes_the_file_names(
    real_counts_home: Path, reference: Path, tmp_path: Path, horizon: int
) -> None:
    """The file is of communes as they were, of all France; the screen of today's, of a region."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(real_counts_home))
        territory = catalogue.load_territory()
    shown = predict.risk_table(territory, horizon).set_index("code")
    panel = reference / "gp_panel" / "gp_per_commune_dated.csv"
    told = by_command({"panel": panel}, 2017, horizon, tmp_path / "risk.csv")

    follows = places.heirs()
    heirs = pd.Series([follows.get(code, code) for code in told.index], index=told.index)
    named = set(territory.communes["code"])
    asked = told[heirs.isin(named)].index
    assert set(heirs[asked]) == set(shown.index)
    ours = shown.loc[heirs[asked], FIGURES].set_axis(asked)
    ours[FIGURES[:3]] = ours[FIGURES[:3]].astype(float).round(6)
    pd.testing.assert_frame_equal(
        told.loc[asked, FIGURES], ours, check_names=False, rtol=0, atol=1.5e-6
    )
    # Those that merged after 2021, and those beside them, were 1.6 points apart.
    since = heirs_since_2021()
    assert len(since & set(heirs[asked])) == 6


def test_every_commune_of_a_region_is_one_that_predictions_are_made_for(
    territory: Territory,
) -> None:
    present = set(places.present()["code"])
    here = {*territory.communes["code"], *territory.fringe["code"]}
    assert here <= present
    assert not present & set(places.heirs())
    assert set(places.heirs().values()) <= present
    # Nobody is lost: people of merged communes are those of their heirs.
    people = [table["population_2016"].sum() for table in (places.communes(), places.present())]
    assert people[0] == people[1]


def test_paper_tells_the_class_of_the_command_or_none(territory: Territory, tmp_path: Path) -> None:
    told = commanded(territory, tmp_path, 3)
    shown = predict.risk_table(territory)
    span = french.forecast(int(shown["as_of"].iloc[0]), 3)
    for few in (True, False):
        code = shown.loc[(shown["gps"] == 1) if few else (shown["gps"] >= 5), "code"].iloc[0]
        document = PdfReader(io.BytesIO(sheet_paper.pdf(territory, "commune", code)))
        text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
        assert ("risque individuel non diffusé" in text) == few
        known = f"Relève non assurée : risque {told.loc[code, 'risk_class']}."
        assert (known in text) != few
        assert span in text
        assert "robabilité" not in text
