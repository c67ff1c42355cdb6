"""Command, screen, files and paper tell one commune the same risk."""

import io
import json
import re
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
from data.maps import payload
from data.maps.risk import shown_classes
from data.maps.sentences import PROBABLY_GONE
from data.region import catalogue, privacy
from data.region.territory import SIMULATED_MARK, Territory
from data.reports import columns
from data.reports.succession import GONE_RISK
from models.cli import app
from models.learning import places
from models.learning.signals import HORIZONS
from models.region import flag, flag_tables, predict
from pages import sheet_paper, shell

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
    text = exports.to_csv(table, ["note"]).decode("utf-8-sig")
    lines = [line for line in text.split("\r\n") if not line.startswith("# ")]
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
        assert f"{given['risk_class']}, probabilité " in first
        assert "intervalle à 90 %" in first
        said = [float(one.replace(",", ".")) for one in re.findall(r"(\d+,\d)\s%", first)]
        # A file has six decimals: one figure of both may round to neighbours.
        assert said == pytest.approx(list(100 * given[FIGURES[:3]]), abs=0.05 + 1e-4)


@pytest.mark.campaign
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
    span = french.forecast(int(shown["as_of"].iloc[0]), 3).removesuffix(".") + SIMULATED_MARK
    for few in (True, False):
        code = shown.loc[(shown["gps"] == 1) if few else (shown["gps"] >= 5), "code"].iloc[0]
        document = PdfReader(io.BytesIO(sheet_paper.pdf(territory, "commune", code)))
        text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
        assert ("risque individuel non diffusé" in text) == few
        known = f"Relève non assurée : risque {told.loc[code, 'risk_class']}."
        assert (known in text) != few
        assert span in text
        assert "robabilité" not in text


@pytest.fixture(scope="module")
def seen(territory: Territory) -> Territory:
    """The same, its counts said to be real, a SIRENE of after beside them that lacks some."""
    with_gp = territory.gps.loc[territory.gps["gps"] > 0, "code"]
    shown = pd.DataFrame({"code": with_gp, "establishments": 1.0, "month": "2026-10"})
    shown["establishments"] = shown["establishments"].where(shown.index % 9 > 0, 0.0)
    known = {
        key: replace(territory.provenance["gps"], simulated=False, source=source, vintage=vintage)
        for key, source, vintage in (
            ("gps", "INSEE, BPE", "2024"),
            ("gp_history", "INSEE, BPE", "2024"),
            ("gp_register", "INSEE, SIRENE", "2026-10"),
        )
    }
    return replace(
        territory,
        provenance={**territory.provenance, **known},
        context={**territory.context, "gp_register": shown},
        version=f"{territory.version}-seen",
    )


@pytest.mark.campaign
def test_card_sheet_paper_files_and_public_view_tell_one_class_or_that_it_is_probably_gone(
    seen: Territory,
) -> None:
    """A commune probably without GP, one in a high class, one in a low one, of few GPs and many."""
    risk = shell.risk(seen, 3)
    told = shown_classes(risk)
    gps = risk.set_index("code")["gps"]
    some = [
        told.index[(told == shown) & (gps >= 5 if many else gps < 5)][:1]
        for shown in (PROBABLY_GONE, "faible", "modéré", "élevé")
        for many in (False, True)
    ]
    codes = [code for found in some for code in found]
    assert {PROBABLY_GONE, "faible", "élevé"} <= set(told[codes])

    communes = shell.commune_indicators(seen)
    drawn = shell.communes_with_risk(seen)
    document = payload.configuration(seen, drawn, {})
    (indicator,) = [one for one in document["indicators"] if one["key"] == "risk_class"]
    on_map = dict(zip(drawn["code"], indicator["values"], strict=True))
    listed = flag.listed(risk, communes)
    places = seen.communes[["code", "geometry"]].rename(columns={"code": "Code"})
    file = json.loads(exports.to_geojson(places.merge(columns.exported(listed), on="Code"), []))
    in_file = {one["properties"]["Code"]: one["properties"] for one in file["features"]}
    public = shell.public_risk(seen, 3)
    for code in codes:
        shown, row = told[code], flag.row(risk, code)
        assert on_map[code] == shown
        properties = in_file[code]
        assert properties[columns.TITLES["risk_class"]] == row["risk_class"]
        assert properties[columns.TITLES["state"]] == row["state"]
        assert properties[columns.TITLES["share_lost"]] == pytest.approx(
            row["probability"], abs=1e-6
        )
        planner = sheet_paper.sheet_of(seen, communes, "commune", code).succession
        paper = sheet_paper.sheet_of(seen, communes, "commune", code, printed=True).succession
        card = flag.state_told(risk, code)
        assert card in planner
        if shown == PROBABLY_GONE:
            assert card.startswith("Probablement déjà parti")
            assert GONE_RISK in planner
        else:
            assert f"Relève non assurée : risque {shown}." in planner
        if gps[code] < 5:
            assert "risque individuel non diffusé" in paper
            assert privacy.sentence(public, [code]) in paper
        else:
            first = GONE_RISK if shown == PROBABLY_GONE else f"risque {shown}."
            assert first in paper
    # The view shared by a link, its file and the sentence of a sheet come from one table.
    groups = flag_tables.groups_listed(public)
    one = public.iloc[0]
    (row,) = groups[groups["name"] == one["name"]].to_dict("records")[:1]
    assert row["tenths_flagged"] == f"environ {one['tenths']} sur 10"
    said = privacy.sentence(public, one["codes"])
    assert f"environ {french.number(one['tenths'])} commune" in said


def test_a_territory_says_on_paper_what_all_its_communes_may_say(territory: Territory) -> None:
    """Of Paris, its commune was said at low risk, and its département held back."""
    communes = shell.commune_indicators(territory).copy()
    big = communes.nlargest(2, "gps").index
    empty = communes.index[communes["gps"] == 0][:1]
    few = communes.index[communes["gps"] == 1][:1]

    def said(members: "pd.Index[int]") -> str:
        made = communes.copy()
        made.loc[members, "epci"] = "200000000"
        return sheet_paper._public_sentence(territory, made, "epci", "200000000")

    code = str(communes.loc[big[0], "code"])
    assert said(big[:1]) == sheet_paper._public_sentence(territory, communes, "commune", code)
    assert "des 2 communes ayant un médecin" in said(big.union(empty))
    assert "ayant un médecin" not in said(big.union(few))
