"""Predictions, the shipped artefact, the command, and the words of a prediction."""

import itertools
import json
import pickletools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.base.french import number, today
from data.cli import app as proxisoins
from geo.errors import InvalidInputError
from models.backtests import report
from models.cli import app
from models.learning import (
    artefact,
    artefact_writer,
    explain,
    features,
    places,
    scoring,
    signals,
    training,
)
from models.learning.hazard import end_of
from models.learning.inputs import Inputs, gather
from models.learning.panel import read_counted
from models.learning.predictors import FOUR, NAMES
from models.learning.register import STATES, UNKNOWN
from models.learning.signals import CANNOT_TELL, HORIZONS
from models.region import monitoring


def test_neighbours_are_told_in_the_singular_and_when_there_are_none() -> None:
    told = [
        explain._around({"gps_10km": np.log1p(gps), "km_to_gp": np.log1p(km)})
        for gps, km in ((0, 12), (1, 4), (36, 2), (0, 80))
    ]
    alone = "aucun autre médecin à moins de 10 km, aucune autre commune avec médecin à moins de"
    assert told == [
        "aucun autre médecin à moins de 10 km, autre commune avec médecin à 12 km à vol d’oiseau",
        "1 autre médecin à moins de 10 km, autre commune avec médecin à 4 km à vol d’oiseau",
        "36 autres médecins à moins de 10 km, autre commune avec médecin à 2 km à vol d’oiseau",
        f"{alone} 50 km à vol d’oiseau",
    ]


@pytest.mark.parametrize("horizon", HORIZONS)
def test_predictions_are_probabilities_with_class_interval_and_reasons(
    inputs: Inputs, horizon: int
) -> None:
    table = scoring.predict(inputs, 2017, horizon)
    assert len(table) == (inputs.panel["gp_2017"] > 0).sum()
    assert table["probability"].between(0, 1).all()
    assert (table["low"] <= table["probability"]).all()
    assert (table["probability"] <= table["high"]).all()
    assert set(table["risk_class"]) <= set(signals.CLASSES)
    assert set(table["set"]) <= set(signals.SETS)
    assert set(table["state"]) == {UNKNOWN} < set(STATES)
    assert table["probability"].is_monotonic_decreasing
    assert table["reasons"].iloc[0]
    single, many = (table.loc[table["gps"].between(*b), "probability"] for b in ((1, 1), (3, 99)))
    assert single.mean() > 4 * many.mean()


def test_a_reason_says_nothing_of_the_ages_of_few_doctors() -> None:
    """With fewer than five around, "more GPs over 65 than elsewhere" is the age of one of them."""

    def told(gps: float, others: float) -> str:
        row = {"apl_log": 0.3, "apl_over_65": 0.5, "gps": gps, "gps_10km": np.log1p(others)}
        return explain._apl(row)

    assert told(1.0, 3.0) == "Accessibilité (APL) supérieure à la moyenne française"
    assert "plus de médecins de plus de 65 ans" in told(1.0, 4.0)


def test_words_never_foretell_what_a_person_does(inputs: Inputs) -> None:
    said = " ".join(" ".join(reasons) for reasons in scoring.predict(inputs, 2017, 3)["reasons"])
    assert "va partir" not in said
    assert "part à la retraite" not in said
    assert "multiplie par" in said
    assert "divise par" in said
    assert "logarithme" not in said


def test_contributions_of_themes_make_the_hazard(inputs: Inputs) -> None:
    model = artefact.shipped().model
    table = scoring.predict(inputs, 2017, 3)
    log = model.intercept + np.array([sum(parts.values()) for parts in table["contributions"]])
    total = np.exp(log) * model.exposure(end_of(2017), 3)
    assert 1 - np.exp(-total) == pytest.approx(table["probability"].to_numpy())


def test_an_unknown_horizon_is_refused(inputs: Inputs) -> None:
    for horizon in (0, 7):
        with pytest.raises(InvalidInputError, match="1 à 6"):
            scoring.predict(inputs, 2017, horizon)


def test_overseas_the_model_cannot_tell() -> None:
    codes = places.communes().query("code.str.startswith('974')")["code"]
    panel = pd.DataFrame({"gp_2017": 1.0}, index=pd.Index(codes, name="code"))
    assert set(scoring.predict(Inputs(panel), 2017, 3)["set"]) == {CANNOT_TELL}


def test_the_artefact_is_small_plain_and_says_where_it_comes_from() -> None:
    content = artefact.read()
    assert artefact.PATH.stat().st_size < 200_000
    assert content["date"] == artefact_writer.VINTAGE
    assert "Nouvelle-Aquitaine" in content["training_data"]["left_out"]
    assert "2018" not in content["training_data"]["panel"] + content["training_data"]["apl"]
    assert set(FOUR) <= set(NAMES)
    with pytest.raises(ValueError, match="opcode"):
        list(pickletools.genops(artefact.PATH.read_bytes()))


def test_a_damaged_artefact_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="risk train"):
        artefact.read(path)
    with pytest.raises(InvalidInputError, match="abîmé"):
        artefact.fitted(artefact.read() | {"coefficients": [1.0]})


def test_fitting_twice_writes_the_same_bytes(
    learned_from: Path, panel: pd.DataFrame, tmp_path: Path
) -> None:
    register = tmp_path / "register.csv"
    found = panel["gp_2017"].where(panel["gp_2020"] > 0, 0)
    pd.DataFrame({"code": panel["code"], "gp_establishments_2019_03": found}).to_csv(
        register, index=False
    )
    outs = []
    for name in ("a.json", "b.json"):
        data = training.rows(learned_from, None, register)
        artefact_writer.write(data, training.fit(data), tmp_path / name)
        outs.append((tmp_path / name).read_bytes())
    assert outs[0] == outs[1]
    again = artefact.fitted(json.loads(outs[0]))
    assert again.nowcast is not None
    assert again.flagged[1] <= again.flagged[0] == (panel["gp_2017"].gt(0) & found.eq(0)).sum()


def test_the_wrong_year_of_the_panel_is_refused(panel: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    panel.rename(columns={"gp_2017": "gp_2018"}).to_csv(path, index=False)
    with pytest.raises(InvalidInputError, match="daté"):
        training.rows(path, None, None)


def run(source: Path, out: Path, *more: str, year: int = 2017, horizon: int = 3) -> str:
    arguments = ["predict", "--panel", str(source), "--as-of", str(year), "--horizon", str(horizon)]
    result = CliRunner().invoke(app, [*arguments, "--out", str(out), *more])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_predicts_from_files(panel: pd.DataFrame, tmp_path: Path) -> None:
    source, out = tmp_path / "panel.csv", tmp_path / "out" / "risk.csv"
    messy = panel.assign(code=panel["code"].str.lstrip("0") + ".0")
    messy["gp_2017"] = messy["gp_2017"].map(lambda count: f"{count:.1f}".replace(".", ","))
    refused = pd.DataFrame({"code": ["total"], "gp_2017": ["12"]})
    pd.concat([messy, refused]).to_csv(source, index=False, sep=";")
    said = run(source, out)
    table = pd.read_csv(out, dtype={"code": str})
    assert list(table.columns) == ["code", "probability", "low", "high", "class", "state"]
    assert set(table["code"]) == set(panel.loc[panel["gp_2017"] > 0, "code"])
    assert f"{number(len(panel) + 1)} lignes lues" in said
    assert "1 refusée (" in said


def test_the_command_says_which_communes_nothing_places(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    source, out, place = (tmp_path / name for name in ("panel.csv", "risk.csv", "reference.csv"))
    strangers = pd.DataFrame({"code": ["99999", "63999"], "gp_2017": 1.0})
    pd.concat([panel, strangers]).to_csv(source, index=False)
    assert "2 communes inconnues (63999, 99999) : ni point ni population" in run(source, out)
    assert set(strangers["code"]) < set(pd.read_csv(out, dtype={"code": str})["code"])
    known = strangers.assign(population=900, latitude_centre=45.5, longitude_centre=3.1)
    known.drop(columns="gp_2017").to_csv(place, index=False)
    assert "communes inconnues" not in run(source, out, "--reference", str(place))
    panel.to_csv(source, index=False)
    assert "communes inconnues" not in run(source, out)


def test_the_command_writes_what_the_name_of_its_file_says(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    source = tmp_path / "panel.csv"
    panel.rename(columns=str.upper).to_csv(source, index=False)
    outs = {name: tmp_path / name for name in ("a.csv", "risk", "risk.xlsx", "risk.parquet")}
    for out in outs.values():
        run(source, out)
    plain, bare, sheet = outs["a.csv"], outs["risk"], outs["risk.xlsx"]
    expected = pd.read_csv(plain, dtype={"code": str})
    assert expected["code"].str.len().eq(5).all()
    assert bare.read_bytes() == plain.read_bytes()
    pd.testing.assert_frame_equal(
        pd.read_excel(sheet, dtype={"code": str}, engine="openpyxl"), expected
    )
    pd.testing.assert_frame_equal(pd.read_parquet(outs["risk.parquet"]), expected)
    arguments = ["--panel", str(source), "--as-of", "2017", "--horizon", "3"]
    done = CliRunner().invoke(app, ["predict", *arguments, "--out", str(tmp_path / "risk.ods")])
    assert isinstance(done.exception, InvalidInputError)
    assert ".csv, .xlsx ou .parquet" in str(done.exception)


def test_the_command_says_where_its_risks_are_less_sure(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    source, out = tmp_path / "panel.csv", tmp_path / "risk.csv"
    far = pd.DataFrame({"code": ["97411", "97101"], "gp_2017": [60.0, 1.0]})
    pd.concat([panel, far]).to_csv(source, index=False)
    said = run(source, out)
    assert "Doute : 2 communes d’outre-mer : le modèle n’y a rien appris" in said
    assert "communes ont à moins de 20 km des voisines que le fichier ne donne pas" in said
    whole = pd.DataFrame({"code": places.present()["code"], "gp_2017": 1.0})
    whole[~whole["code"].str.startswith("97")].to_csv(source, index=False)
    said = run(source, out)
    assert "outre-mer" not in said
    assert "voisines" not in said


def test_the_command_says_what_it_refused_where_nothing_is_left(tmp_path: Path) -> None:
    source = tmp_path / "panel.csv"
    source.write_text("code,gp_2017\ntotal,3\n01001,0\n", encoding="utf-8")
    arguments = ["--panel", str(source), "--as-of", "2017", "--horizon", "3"]
    done = CliRunner().invoke(app, ["predict", *arguments, "--out", str(tmp_path / "risk.csv")])
    assert isinstance(done.exception, InvalidInputError)
    assert "1 refusée (code de commune illisible)" in done.output
    done = CliRunner().invoke(
        app, ["predict", *arguments[:3], "2031", *arguments[4:], "--out", str(tmp_path / "r.csv")]
    )
    assert "2 lignes lues : 1 refusée (code de commune illisible)." in done.output


def test_the_command_takes_codes_under_usual_headings_and_says_its_columns(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    plain, other, apl = (tmp_path / name for name in ("panel.csv", "mg.xlsx", "apl.csv"))
    panel.to_csv(plain, index=False)
    panel.assign(nom="x").rename(columns={"code": "CODGEO"}).to_excel(other, index=False)
    figures = {"Code commune": panel["code"], "apl_2016": 2.5, "apl65_2016": 2.0}
    pd.DataFrame(figures).to_csv(apl, index=False, sep=";")
    outs = [tmp_path / "a.csv", tmp_path / "b.csv"]
    run(plain, outs[0], "--apl", str(apl))
    arguments = ["--panel", str(other), "--as-of", "2017", "--horizon", "3", "--apl", str(apl)]
    done = CliRunner().invoke(proxisoins, ["risk", "predict", *arguments, "--out", str(outs[1])])
    assert done.exit_code == 0, done.output
    assert outs[0].read_bytes() == outs[1].read_bytes()
    told = [line for line in done.output.splitlines() if line.startswith("À savoir")]
    assert len(told) == len(set(told)) == 2
    assert "« CODGEO »" in told[0]
    assert "non lues : « nom »" in told[0]
    assert "« Code commune », « apl_2016 », « apl65_2016 »" in told[1]


def test_the_command_says_that_the_end_of_its_forecast_has_passed(
    panel: pd.DataFrame, tmp_path: Path
) -> None:
    source, out, year = tmp_path / "panel.csv", tmp_path / "risk.csv", today().year
    panel.to_csv(source, index=False)
    assert "Prévision échue : elle part des effectifs de 2017" in run(source, out)
    panel.rename(columns={"gp_2020": f"gp_{year}"}).to_csv(source, index=False)
    assert "échue" not in run(source, out, year=year)


def test_the_command_reads_a_register(panel: pd.DataFrame, tmp_path: Path) -> None:
    source, out, register = (tmp_path / name for name in ("panel.csv", "risk.csv", "register.csv"))
    panel.to_csv(source, index=False)
    absent = panel["code"].str.endswith("5") & panel["gp_2017"].lt(10)
    pd.DataFrame(
        {"code": panel["code"], "establishments": panel["gp_2017"] * ~absent, "date": "2019-03"}
    ).to_csv(register, index=False)
    said = run(source, out, "--register", str(register))
    table = pd.read_csv(out, dtype={"code": str}).set_index("code")
    assert set(table.index[table["state"] == "probablement déjà parti"]) == set(
        panel.loc[absent & panel["gp_2017"].gt(0), "code"]
    )
    assert "mars 2019" in said
    assert "n’entre pas" in run(source, out, "--register", str(register), horizon=1)


def test_the_command_sees_what_the_fit_saw(
    learned_from: Path,
    panel: pd.DataFrame,
    apl: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No skew: files through the command give the probabilities of the rows learned from.

    One département is held out as Nouvelle-Aquitaine is: its counts of 2020 are blank for the
    command, which may read nothing after 2017. Both see the communes of 2021: what changed since
    is tested with the communes of today (`tests/pages/test_risk_same_figures.py`).
    """
    monkeypatch.setattr(places, "present", places.communes)
    monkeypatch.setattr(places, "heirs", places.successors)
    held = panel["code"].str.startswith("15")
    served = tmp_path / "served.csv"
    panel.assign(gp_2020=panel["gp_2020"].mask(held)).to_csv(served, index=False)
    wide = apl.pivot_table(index="code", columns="year", values=["apl", "apl65"])
    wide.columns = [f"{name}_{year}" for name, year in wide.columns]
    people = apl[apl["year"] == 2016].set_index("code")["standardised_population"]
    wide.assign(standardised_population_2014=people).to_csv(tmp_path / "apl.csv")
    reference = tmp_path / "reference.csv"
    places.communes()[["code"]].assign(population=1).to_csv(reference, index=False)

    table = training.rows(learned_from, tmp_path / "apl.csv", None).of(2017)
    model = artefact.shipped().model
    expected = pd.Series(model.probability(table, end_of(2017), 3), index=table.index)

    files = ["--apl", str(tmp_path / "apl.csv"), "--reference", str(reference)]
    run(served, tmp_path / "risk.csv", *files)
    told = pd.read_csv(tmp_path / "risk.csv", dtype={"code": str}).set_index("code")["probability"]
    codes = panel.loc[held & (panel["gp_2017"] > 0), "code"]
    assert len(codes) > 10
    # The command writes six decimals.
    assert told[codes].to_numpy() == pytest.approx(expected[codes].to_numpy(), abs=1e-6)


def test_a_vanished_code_takes_the_prediction_of_its_heir() -> None:
    predictions = pd.DataFrame(
        {"code": ["01033"], "probability": [0.2], "low": [0.1], "high": [0.3],
         "risk_class": ["élevé"], "state": ["=1+1"]}
    )  # fmt: skip
    table = scoring.for_file(predictions, pd.Series(["01033", "01091"]))
    assert table["code"].tolist() == ["01033", "01091"]
    assert set(table["state"]) == {"'=1+1"}


def test_follow_up_scores_and_sees_drift() -> None:
    rng = np.random.default_rng(2)
    codes = places.present()["code"].iloc[:1200]
    p = rng.uniform(0.01, 0.2, 1200)
    predictions = pd.DataFrame({"code": codes, "probability": p, "risk_class": "modéré"})
    truth = (rng.random(1200) >= p).astype(float)
    right = monitoring.score(predictions, pd.DataFrame({"code": codes, "gp_2022": truth}), 2022)
    assert not right.drifted
    assert right.measures["auc"] > 0.6
    assert right.by_class["losses"].sum() == right.losses == (truth == 0).sum()
    wrong = monitoring.score(predictions, pd.DataFrame({"code": codes, "gp_2022": 0.0}), 2022)
    assert wrong.drifted
    assert "à revoir" in wrong.sentence
    # What could not tell the number of losses does not judge the model, however far it is.
    none = pd.DataFrame({"code": codes, "gp_2022": 0.0})
    low = monitoring.score(predictions, none, 2022, biased="trop basses")
    assert not low.drifted
    assert "ne juge pas le modèle (trop basses)" in low.sentence
    assert "à revoir" not in low.sentence
    with pytest.raises(InvalidInputError, match="gp_2024"):
        monitoring.score(predictions, pd.DataFrame({"code": codes, "gp_2022": 1.0}), 2024)


@pytest.mark.campaign
@pytest.mark.reference
def test_risks_of_all_communes_rise_with_the_horizon_and_read_no_future(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the real files: all horizons, then by the command without what came after 2017."""
    source = reference / "gp_panel" / "gp_per_commune_dated.csv"
    apl = reference / "apl" / "apl_gp_per_commune.csv"
    known = gather(read_counted(source).table, apl, None)
    predictors = features.compute(known, 2017)
    with monkeypatch.context() as patch:
        # Long to write, and the same at all horizons: the command writes them below.
        patch.setattr(scoring.explain, "reasons", lambda *_: [])
        tables = [
            scoring.scored(artefact.shipped(), predictors, known, 2017, horizon)
            for horizon in HORIZONS
        ]
    risks = [table.set_index("code")["probability"].sort_index() for table in tables]
    assert len(risks[0]) == 9486  # as of today: 9528 in the file, before communes merged
    for shorter, longer in itertools.pairwise(risks):
        assert (longer.to_numpy() > shorter.to_numpy()).all()
    run(source, tmp_path / "risk.csv", "--apl", str(apl), horizon=HORIZONS[-1])
    told = pd.read_csv(tmp_path / "risk.csv", dtype={"code": str}).set_index("code")["probability"]
    assert len(told) == 9528
    same = told.index.intersection(risks[-1].index)
    assert len(same) > 9400
    assert told[same].to_numpy() == pytest.approx(risks[-1][same].to_numpy(), abs=1e-4)
    panel = pd.read_csv(source, dtype=str).drop(columns="gp_2020")
    panel.to_csv(tmp_path / "cut.csv", index=False)
    before = pd.read_csv(apl, dtype=str)
    before.loc[:, [c for c in before if "2018" in c]] = "99"
    before.to_csv(tmp_path / "late.csv", index=False)
    run(tmp_path / "cut.csv", tmp_path / "cut_risk.csv", "--apl", str(tmp_path / "late.csv"),
        horizon=HORIZONS[-1])  # fmt: skip
    assert (tmp_path / "cut_risk.csv").read_bytes() == (tmp_path / "risk.csv").read_bytes()


def test_the_report_in_use_is_that_of_the_shipped_model() -> None:
    figures = json.loads(report.FIGURES_PATH.read_text(encoding="utf-8"))
    held = figures["designs"]["held_out"]
    assert held["chosen"] == figures["shipped"]
    assert held["against_four"][figures["shipped"]]["auc"]["low"] > 0
    assert report.FIGURES_PATH.stat().st_size < 200_000
    communes, right = artefact.shipped().flagged
    flags = figures["register"]["flags"]
    assert (flags["communes"], flags["right"]) == (communes, right)
    lengths = {(one["start"], one["end"]): one["rows"][0] for one in figures["horizons"]}
    assert all(0.8 <= row["ratio"] <= 1.25 for row in lengths.values())
