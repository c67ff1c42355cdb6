"""Command, screen, files and paper tell one commune the same risk."""

import io
from dataclasses import replace
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
from models.learning.places import successors
from models.learning.signals import HORIZONS
from models.region import flag, predict
from pages import sheet_paper

FIGURES = ["probability", "low", "high", "risk_class", "state"]


@pytest.fixture(scope="module")
def territory(prepared_home: Path) -> Territory:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROXISOINS_HOME", str(prepared_home))
        whole = catalogue.load_territory()
    # Communes parted again since: a file names them by the one that they were, a region does not.
    parted = set(successors())
    kept = {
        name: table[~table["code"].isin(parted)]
        for name in ("gps", "gp_history", "fringe")
        if (table := getattr(whole, name)) is not None
    }
    assert len(whole.fringe) - len(kept["fringe"]) < 5
    return replace(whole, **kept)


def commanded(territory: Territory, folder: Path, horizon: int) -> pd.DataFrame:
    """Write what the territory knows as files, and return what the command makes of them."""
    inputs, year = predict.inputs_of(territory)
    inputs.panel.to_csv(folder / "panel.csv", index_label="code")
    names = {"lon": "longitude_centre", "lat": "latitude_centre"}
    inputs.reference.rename(columns=names).to_csv(folder / "reference.csv", index=False)
    out = folder / "risk.csv"
    options = {"panel": "panel.csv", "reference": "reference.csv"}
    assert inputs.apl.empty, "no published APL in the demonstration"
    call = ["predict", "--as-of", str(year), "--horizon", str(horizon), "--out", str(out)]
    for option, name in options.items():
        call += [f"--{option}", str(folder / name)]
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
    ten = [*lone, *many]
    assert len(ten) == 10

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
