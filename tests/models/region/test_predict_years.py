"""Each commune is foretold from the counts of its own region, whatever is opened."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.region import catalogue
from data.region.moments import Moment
from data.region.territory import Territory
from models.learning import scoring
from models.learning.inputs import Inputs
from models.region import follow_up, predict, snowball

LATE, EARLY = "24", "75"
"""Centre-Val de Loire, counted in 2020; Nouvelle-Aquitaine, counted in 2017."""


@pytest.fixture(scope="module")
def territory() -> Territory:
    """The demonstration region and the Indre around it, opened as one, counted three years apart.

    The past counts are those of 2013, 2017 and 2020.
    """
    whole = catalogue.load_territory()
    columns = ["code", "name", "departement", "region", "epci", "population", "lon", "lat"]
    inside = whole.communes.loc[whole.communes["departement"].eq("23"), columns]
    around = whole.fringe.loc[whole.fringe["departement"].eq("36"), columns]
    communes = pd.concat([pd.DataFrame(inside), around], ignore_index=True)
    known = {key: replace(whole.provenance[key], simulated=False) for key in ("gps", "gp_history")}
    years = {"": Moment(2020), LATE: Moment(2020), EARLY: Moment(2017)}
    known["gps"] = replace(known["gps"], measured=years)
    counts = whole.gps[whole.gps["code"].isin(communes["code"])].reset_index(drop=True)
    late = counts["code"].str.startswith("36")
    past = [
        counts.assign(year=2013),
        counts[late].assign(year=2017),
        counts[late].assign(year=2020),
    ]
    return replace(
        whole,
        communes=communes,
        fringe=communes.iloc[:0],
        gps=counts,
        gp_history=pd.concat(past, ignore_index=True),
        provenance={**whole.provenance, **known},
        version="two years",
    )


def _alone(territory: Territory, region: str) -> Territory:
    """Return one of the two regions, the other around it."""
    own = territory.communes["region"] == region
    return replace(
        territory,
        communes=territory.communes[own].reset_index(drop=True),
        fringe=territory.communes[~own].reset_index(drop=True),
        version=f"alone {region}",
    )


def test_a_panel_with_blanks_gives_the_risk_of_the_screen(territory: Territory) -> None:
    """What was counted earlier is blank in a panel, and in a region apart on screen."""
    now = territory.gps.assign(year=2020)
    then = now["code"].str.startswith("23")
    rows = pd.concat([territory.gp_history, now.assign(year=now["year"].mask(then, 2017))])
    wide = rows.drop_duplicates(["code", "year"]).pivot_table("gps", "code", "year")
    panel = wide.rename(columns="gp_{}".format)
    places = territory.communes[["code", "population", "lon", "lat"]]
    by_panel = scoring.predict(Inputs(panel, territory.apl, pd.DataFrame(places)), 2020, 3)
    shown = predict.risk_table(territory, 3)
    shown = shown[shown["as_of"] == 2020].set_index("code")["probability"].sort_index()
    expected = by_panel.set_index("code")["probability"].sort_index()
    assert len(expected) > 40
    pd.testing.assert_series_equal(shown, expected)


def test_an_unknown_count_around_is_no_departure(territory: Territory) -> None:
    """Where nobody leaves, no risk moves, whatever is not known of those around."""
    single = territory.gps[territory.gps["code"].str.startswith("36") & territory.gps["gps"].eq(1)]
    code, unknown = single["code"].iloc[0], single["code"].iloc[1:]
    left = territory.gps[~territory.gps["code"].isin(unknown)].reset_index(drop=True)
    known = replace(territory, gps=left, version="unknown around")
    rounds, moved = snowball.snowball(known, code, 0.0, 3)
    assert len(moved) > 5
    assert rounds == (0.0,)
    assert (moved["probability_before"] == moved["probability_after"]).all()


class _Falling:
    """A model whose risks fall as soon as someone has left."""

    def __init__(self) -> None:
        self.told = [0.5]

    def probability(self, table: pd.DataFrame, *_: float) -> np.ndarray:
        return np.full(len(table), self.told.pop() if self.told else 0.4)


def test_a_risk_that_falls_adds_no_gp(
    territory: Territory, monkeypatch: pytest.MonkeyPatch
) -> None:
    single = territory.gps[territory.gps["code"].str.startswith("36") & territory.gps["gps"].eq(1)]
    code = single["code"].iloc[0]
    known = snowball._risk(territory, predict.course_of(territory, code))
    monkeypatch.setattr(snowball, "_risk", lambda *_: replace(known, model=_Falling()))
    rounds, moved = snowball.snowball(territory, code, 1.0, 3)
    assert (moved["probability_after"] < moved["probability_before"]).all()
    assert len(moved) > 5
    assert set(rounds) == {0.0}


def test_the_risk_of_a_commune_is_the_same_in_its_region_and_in_france(
    territory: Territory,
) -> None:
    together = predict.risk_table(territory).set_index("code")
    assert together["as_of"].groupby(together.index.str[:2]).unique().map(list).to_dict() == {
        "23": [2017],
        "36": [2020],
    }
    for region in (LATE, EARLY):
        alone = predict.risk_table(_alone(territory, region)).set_index("code")
        assert len(alone)
        columns = ["probability", "low", "high", "risk_class", "as_of", "gps"]
        same = together.loc[alone.index, columns]
        pd.testing.assert_frame_equal(alone[columns], same)
    chances = predict.probabilities(_alone(territory, EARLY))
    assert chances.to_dict() == together["probability"].to_dict()


def test_a_year_of_another_region_parts_no_count_from_the_one_before(territory: Territory) -> None:
    """Overseas was not counted in 2017: seen from France, the change since 2013 was lost."""
    history = territory.gp_history
    away = history["code"].str.startswith("36") & (history["year"] == 2017)
    apart = replace(territory, gp_history=history[~away], version="apart")
    assert list(predict.courses(apart)) == [(2017, 2013), (2020, 2013)]
    early = history[history["code"].str.startswith("36")].assign(year=2016)
    mixed = replace(apart, gp_history=pd.concat([apart.gp_history, early]), version="mixed")
    assert list(predict.courses(mixed)) == [(2017, 2013), (2020, 2016, 2013)]
    before, after = (predict.risk_table(one).set_index("code") for one in (apart, mixed))
    creuse = before.index[before.index.str.startswith("23")]
    pd.testing.assert_series_equal(
        before.loc[creuse, "probability"], after.loc[creuse, "probability"]
    )


def test_counts_of_before_surround_without_a_course(territory: Territory) -> None:
    """No GP of Creuse left or came between 2017 and 2020: nobody counted them."""
    inputs, year = predict.inputs_of(territory)
    creuse = inputs.panel[inputs.panel.index.str.startswith("23")]
    assert year == 2020
    counts = territory.gps.set_index("code")["gps"]
    assert creuse["gp_2020"].to_dict() == counts[counts.index.str.startswith("23")].to_dict()
    assert creuse.drop(columns="gp_2020").isna().all(axis=None)
    own, earlier = predict.inputs_of(territory, creuse.index[0])
    assert earlier == 2017
    assert "gp_2020" not in own.known_at(earlier).panel
    # And the Indre enters the forecasts of Creuse by what was counted there in 2017.
    then = territory.gp_history[territory.gp_history["year"] == 2017].set_index("code")["gps"]
    assert own.panel["gp_2017"].loc[then.index].to_dict() == then.to_dict()


def test_communes_are_judged_by_the_newest_counts_of_their_region(territory: Territory) -> None:
    found = follow_up.follow_ups(territory, [])
    assert [(one.start, one.end) for one in found] == [(2017, 2020), (2013, 2017)]
    staffed = territory.gps[territory.gps["gps"] > 0]["code"].str[:2].value_counts()
    assert [one.result.communes for one in found] == [staffed["36"], staffed["23"]]
