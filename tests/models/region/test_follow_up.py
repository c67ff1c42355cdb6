"""The follow-up judges predictions kept when they were made, not what would be said today."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from data.region import catalogue
from data.region.territory import Territory
from data.scenarios import predictions
from models.learning import artefact, features, scoring
from models.learning.predictors import POPULATION_YEAR, early_told
from models.learning.signals import HORIZONS
from models.region import flag_tables, follow_up, predict


@pytest.fixture(scope="module")
def whole() -> Territory:
    return catalogue.load_territory()


def at(whole: Territory, year: int) -> Territory:
    """The region as it stood: real counts of `year`, nothing later; what came is made up."""
    history = whole.gp_history
    assert year in set(history["year"])
    counts = history.loc[history["year"] == year, ["code", "gps"]]
    inside = counts[counts["code"].isin(whole.communes["code"])].reset_index(drop=True)
    provenance = dict(whole.provenance)
    for key in ("gps", "gp_history"):
        provenance[key] = replace(provenance[key], simulated=False)
    provenance["gps"] = replace(provenance["gps"], vintage=str(year))
    past = history[history["year"] < year]
    return replace(whole, gps=inside, gp_history=past, provenance=provenance, version=f"at-{year}")


def test_kept_predictions_are_scored_when_a_newer_vintage_comes(
    whole: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = sorted(set(whole.gp_history["year"]))
    before, after = at(whole, years[-2]), at(whole, years[-1])
    gap = years[-1] - years[-2]
    horizon = min(max(gap, 1), 6)
    said = predict.risk_table(before, horizon)
    assert follow_up.remember(before, said)
    assert not follow_up.remember(before, said)

    def never(*_: object) -> pd.DataFrame:
        raise AssertionError("nothing is predicted again")

    monkeypatch.setattr(scoring, "predict", never)
    version = artefact.version()
    monkeypatch.setattr(artefact, "version", lambda: "newer model")
    (told,) = follow_up.follow_ups(after, predictions.kept("75", simulated=False))
    assert (told.start, told.end, told.horizon) == (years[-2], years[-1], horizon)
    assert (told.model, told.simulated) == (version, False)
    assert told.made_at is not None
    now = after.gps.set_index("code")["gps"].reindex(said["code"])
    assert told.result.communes == now.notna().sum()
    assert told.result.losses == (now == 0).sum()
    known = now.notna().to_numpy()
    assert told.result.expected == pytest.approx(said["probability"][known].sum(), abs=1e-3)
    (line,) = flag_tables.drift_listed([told]).to_dict("records")
    assert line["Pertes observées"] == told.result.losses


@pytest.mark.parametrize(
    ("as_of", "end", "told"),
    [
        (2013, 2017, "annonces faites sans les populations"),
        (2017, 2020, ""),
        (2017, 2025, "annonces pour 6 ans, effectifs de 8 ans après"),
    ],
)
def test_kept_predictions_that_could_not_tell_the_losses_do_not_judge_the_model(
    whole: Territory, monkeypatch: pytest.MonkeyPatch, as_of: int, end: int, told: str
) -> None:
    """Those of counts older than the populations are too low: the screen called the model wrong."""
    codes = whole.communes["code"].head(400)
    said = pd.DataFrame({"code": codes, "probability": 0.05, "risk_class": "modéré"})
    panel = pd.DataFrame({f"gp_{as_of}": 1.0, f"gp_{end}": 0.0}, index=codes)
    monkeypatch.setattr(follow_up, "inputs_at", lambda *_: SimpleNamespace(panel=panel))
    monkeypatch.setattr(predictions, "read", lambda _: said)
    gap = min(end - as_of, 6)
    made_at = dt.datetime(2014, 3, 1, tzinfo=dt.UTC)
    kept = SimpleNamespace(as_of=as_of, horizon=gap, model="m", made_at=made_at, id=1)
    counts = replace(whole.provenance["gps"], simulated=False, vintage=str(end))
    provenance = {**whole.provenance, "gps": counts}
    (found,) = follow_up.follow_ups(replace(whole, provenance=provenance), [kept])
    assert told in found.result.sentence
    assert found.result.drifted == (told == "")
    assert ("à revoir" in found.result.sentence) == (told == "")
    (line,) = flag_tables.drift_listed([found]).to_dict("records")
    assert line["Dérive"] == ("non jugée" if told else "oui")


def test_demonstration_predictions_never_judge_real_counts(whole: Territory) -> None:
    years = sorted(set(whole.gp_history["year"]))
    table = predict.risk_table(at(whole, years[-2]))
    for horizon in HORIZONS:
        made = {"as_of": years[-2], "horizon": horizon, "model": "m"}
        predictions.keep("75", table, simulated=True, **made)
    (told,) = follow_up.follow_ups(at(whole, years[-1]), predictions.kept("75", simulated=False))
    assert told.made_at is None


def test_one_vintage_alone_has_nothing_to_follow(whole: Territory) -> None:
    first = min(whole.gp_history["year"])
    assert follow_up.follow_ups(at(whole, first), []) == []


def test_what_is_predicted_again_has_the_populations_it_learned_with_and_no_register(
    whole: Territory,
) -> None:
    """Blank populations made it expect five losses for ten, and the screen call the model wrong."""
    end = next(year for year in sorted(set(whole.gp_history["year"])) if year > 2013)
    after = at(whole, end)
    (told,) = follow_up.follow_ups(after, [])
    inputs, _ = predict.inputs_of(after)
    assert told.start < POPULATION_YEAR
    inside = set(after.communes["code"])

    def expected(*, learning: bool) -> float:
        table = features.compute(inputs, told.start, learning=learning)
        found = scoring.scored(artefact.shipped(), table, inputs, told.start, told.horizon)
        known = inputs.panel.index[inputs.panel[f"gp_{end}"].notna()]
        return float(found.loc[found["code"].isin(inside & set(known)), "probability"].sum())

    assert told.result.expected == pytest.approx(expected(learning=True), abs=1e-3)
    assert told.result.expected > 1.2 * expected(learning=False)
    assert early_told(told.start).startswith(f"Les effectifs de {told.start} sont plus anciens")
    assert early_told(POPULATION_YEAR) == ""
    # A register newer than the start was read: it is of after.
    month = f"{told.start + 2}-06"
    seen = pd.DataFrame({"code": sorted(inside), "establishments": 0, "month": month})
    source = replace(after.provenance["gps"], table="gp_register", source="INSEE, SIRENE")
    provenance = {**after.provenance, "gp_register": source}
    context = {**after.context, "gp_register": seen}
    (again,) = follow_up.follow_ups(replace(after, context=context, provenance=provenance), [])
    assert again.result.expected == pytest.approx(told.result.expected)
