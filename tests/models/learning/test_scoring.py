"""Predictions, the shipped artefact, the command, conformal sets and follow-up."""

import json
import pickletools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from geo.errors import InvalidInputError
from models.cli import app
from models.learning import artefact, places, scoring, training
from models.learning.inputs import Inputs
from models.learning.predictors import FOUR, NAMES
from models.region import monitoring


def test_predictions_are_probabilities_with_class_interval_and_reasons(inputs: Inputs) -> None:
    table = scoring.predict(inputs, 2018, 2)
    assert len(table) == (inputs.panel["gp_2018"] >= 1).sum()
    assert table["probability"].between(0, 1).all()
    assert (table["low"] <= table["probability"]).all()
    assert (table["probability"] <= table["high"]).all()
    assert set(table["risk_class"]) <= set(training.CLASSES)
    assert set(table["set"]) <= {scoring.STAYS, scoring.LOSES, scoring.CANNOT_TELL}
    assert table["probability"].is_monotonic_decreasing
    assert table["reasons"].iloc[0]
    single, many = (table.loc[table["gps"].between(*b), "probability"] for b in ((1, 1), (3, 99)))
    assert single.mean() > 5 * many.mean()


def test_words_never_foretell_what_a_person_does(inputs: Inputs) -> None:
    said = " ".join(" ".join(reasons) for reasons in scoring.predict(inputs, 2018, 2)["reasons"])
    assert "va partir" not in said
    assert "part à la retraite" not in said


def test_contributions_of_themes_make_the_probability(inputs: Inputs) -> None:
    fitted = artefact.fitted(artefact.read(), 2)
    table = scoring.predict(inputs, 2018, 2)
    base = fitted.slope * fitted.model.intercept_ + fitted.offset
    logits = base + np.array([sum(parts.values()) for parts in table["contributions"]])
    assert 1 / (1 + np.exp(-logits)) == pytest.approx(table["probability"].to_numpy())


def test_an_unknown_horizon_is_refused(inputs: Inputs) -> None:
    with pytest.raises(InvalidInputError, match="2 et 5"):
        scoring.predict(inputs, 2018, 3)


def test_overseas_the_model_cannot_tell() -> None:
    codes = places.communes().query("code.str.startswith('974')")["code"]
    panel = pd.DataFrame({"gp_2018": 1.0}, index=pd.Index(codes, name="code"))
    assert set(scoring.predict(Inputs(panel), 2018, 2)["set"]) == {scoring.CANNOT_TELL}


def test_the_artefact_is_small_plain_and_says_where_it_comes_from() -> None:
    content = artefact.read()
    assert artefact.PATH.stat().st_size < 1_000_000
    assert content["date"] == artefact.VINTAGE
    assert "Nouvelle-Aquitaine" in content["training_data"]["left_out"]
    assert set(content["horizons"]) == {"2", "5"}
    assert set(FOUR) <= set(NAMES)
    with pytest.raises(ValueError, match="opcode"):
        list(pickletools.genops(artefact.PATH.read_bytes()))


def test_a_damaged_artefact_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="risk train"):
        artefact.read(path)
    content = artefact.read()
    content["horizons"]["2"]["without_facilities"]["coefficients"] = [1.0]
    with pytest.raises(InvalidInputError, match="abîmé"):
        artefact.fitted(content, 2)


def test_fitting_twice_writes_the_same_bytes(
    panel: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "BOOTSTRAP_REFITS", 2)
    # Two regions are needed to hold one out: half of the rows are told to be elsewhere.
    monkeypatch.setitem(training.REGION_OF, "63", "11")
    path = tmp_path / "panel.csv"
    panel.to_csv(path, index=False)
    outs = []
    data = training.rows(path, None, None)
    for name in ("a.json", "b.json"):
        artefact.write(data, [training.fit_horizon(data, 2, facilities=False)], tmp_path / name)
        outs.append((tmp_path / name).read_bytes())
    assert outs[0] == outs[1]


def test_the_command_predicts_from_files(
    panel: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXISOINS_REFERENCE_DATA", str(tmp_path / "absent"))
    source, out = tmp_path / "panel.csv", tmp_path / "out" / "risk.csv"
    panel.to_csv(source, index=False)
    arguments = ["predict", "--panel", str(source), "--as-of", "2018", "--horizon", "2"]
    result = CliRunner().invoke(app, [*arguments, "--out", str(out)])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out, dtype={"code": str})
    assert list(table.columns[:6]) == [
        "code", "probability", "low", "high", "risk_class", "reasons",
    ]  # fmt: skip
    assert set(table["code"]) == set(panel.loc[panel["gp_2018"] >= 1, "code"])


@pytest.mark.parametrize("given", [(), ("apl", "reference")])
def test_the_command_sees_what_the_fit_saw(
    given: tuple[str, ...],
    panel: pd.DataFrame,
    apl: pd.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No skew: files through the command give the probabilities of the rows learned from.

    One département is held out as Nouvelle-Aquitaine is: its counts of 2020 are blank for the
    command, which may read nothing after 2018.
    """
    monkeypatch.setenv("PROXISOINS_REFERENCE_DATA", str(tmp_path / "absent"))
    held = panel["code"].str.startswith("15")
    source, served = tmp_path / "learned.csv", tmp_path / "served.csv"
    panel.to_csv(source, index=False)
    panel.assign(gp_2020=panel["gp_2020"].mask(held)).to_csv(served, index=False)
    wide = apl.pivot_table(index="code", columns="year", values=["apl", "apl65"])
    wide.columns = [f"{name}_{year}" for name, year in wide.columns]
    people = apl[apl["year"] == 2016].set_index("code")["standardised_population"]
    wide.assign(standardised_population_2014=people).to_csv(tmp_path / "apl.csv")
    places.communes()[["code"]].assign(population=1).to_csv(tmp_path / "reference.csv", index=False)
    files = {name: tmp_path / f"{name}.csv" for name in given}

    learned = training.rows(source, files.get("apl"), None)
    table = learned.of(2018, "full" if "apl" in given else "blanked")
    fitted = artefact.fitted(artefact.read(), 2)
    logits = fitted.slope * fitted.model.decision_function(table[NAMES]) + fitted.offset
    expected = pd.Series(1 / (1 + np.exp(-logits)), index=table.index)

    arguments = ["predict", "--panel", str(served), "--as-of", "2018", "--horizon", "2"]
    for name, path in files.items():
        arguments += [f"--{name}", str(path)]
    result = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "risk.csv")])
    assert result.exit_code == 0, result.output
    told = pd.read_csv(tmp_path / "risk.csv", dtype={"code": str}).set_index("code")["probability"]
    codes = panel.loc[held & (panel["gp_2018"] >= 1), "code"]
    assert len(codes) > 10
    # The command writes five decimals.
    assert told[codes].to_numpy() == pytest.approx(expected[codes].to_numpy(), abs=1e-5)


def test_a_vanished_code_takes_the_prediction_of_its_heir() -> None:
    predictions = pd.DataFrame(
        {"code": ["01033"], "probability": [0.2], "low": [0.1], "high": [0.3],
         "risk_class": ["élevé"], "reasons": [["a", "b"]], "set": ["x"], "horizon": [2]}
    )  # fmt: skip
    table = scoring.for_file(predictions, pd.Series(["01033", "01091"]))
    assert table["code"].tolist() == ["01033", "01091"]
    assert table["reasons"].tolist() == ["a ; b", "a ; b"]


def test_conformal_sets_cover_the_same_kind_of_data() -> None:
    rng = np.random.default_rng(1)
    p = rng.beta(1, 12, 40_000)
    loss, where = (rng.random(p.size) < p).astype(float), np.repeat("rural", p.size)
    half = p.size // 2
    keep, lose = training.conformal_thresholds(p[:half], loss[:half], where[:half])["rural"]
    late_p, late = p[half:], loss[half:]
    assert (late_p[late == 0] <= keep).mean() == pytest.approx(0.9, abs=0.02)
    assert (late_p[late == 1] >= lose).mean() == pytest.approx(0.9, abs=0.02)


def test_follow_up_scores_and_sees_drift() -> None:
    rng = np.random.default_rng(2)
    codes = places.communes()["code"].iloc[:1200]
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
    with pytest.raises(InvalidInputError, match="gp_2024"):
        monitoring.score(predictions, pd.DataFrame({"code": codes, "gp_2022": 1.0}), 2024)


@pytest.mark.reference
def test_predictions_do_not_read_the_future_of_the_real_files(
    reference: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same predictions come out when all that is dated after the year is removed."""
    source = pd.read_csv(reference / "gp_panel" / "gp_per_commune.csv", dtype={"code": str})
    source = source[source["code"].str[:2].isin(["03", "15", "19", "23", "63", "87"])]
    monkeypatch.setenv("PROXISOINS_REFERENCE_DATA", str(tmp_path / "absent"))
    outs = []
    for name, table in (("full", source), ("cut", source.drop(columns=["gp_2018", "gp_2020"]))):
        path = tmp_path / f"{name}.csv"
        table.to_csv(path, index=False)
        out = tmp_path / f"{name}_risk.csv"
        result = CliRunner().invoke(
            app,
            [
                "predict",
                "--panel",
                str(path),
                "--as-of",
                "2013",
                "--horizon",
                "5",
                "--out",
                str(out),
            ],
        )
        assert result.exit_code == 0, result.output
        outs.append(out.read_bytes())
    assert outs[0] == outs[1]


def test_figures_for_the_page_are_there() -> None:
    path = artefact.PATH.with_name("risk_report.json")
    figures = json.loads(path.read_text(encoding="utf-8"))
    shipped = figures["shipped"]
    gain = figures["designs"]["held_out"]["against_four"][shipped]["auc"]
    assert gain["low"] > 0
    assert path.stat().st_size < 200_000
