"""An APL of 2.5 is a threshold, not a region around it: communes brought close to it, by hand."""

import pandas as pd
import pytest

from data.access.indicators import commune_indicators
from data.region import rules
from data.siting import effects, evaluation
from data.siting.departures import departures_of
from data.siting.pole_plan import TYPED, Antenna, PolePlan, compared
from tests.data.access.small_region import CODES, GPS, apl_table
from tests.data.siting.small_sites import made, site

MIDDLE = site("Milieu", "16002", 0.12, gps=2)
OTHER = site("Loin", "16003", 0.24, gps=2)
NEAR = ["16001", "16002", "16003"]  # within 12 minutes of the middle


def published(values):
    """A region where the DREES publishes these APL; 1 elsewhere."""
    rows = [(code, 2018, values.get(code, 1.0), values.get(code, 1.0), 700.0) for code in CODES]
    return made(GPS, apl=apl_table(*rows))


def people(territory, codes):
    communes = territory.communes.set_index("code")
    return float(communes.loc[list(codes), "population"].sum())


def before_for(after, factors):
    """The APL from which a change brings communes to the values asked: it multiplies them."""
    return {code: value / factors[code] for code, value in after.items()}


@pytest.fixture(scope="module")
def gained():
    """By how much two GPs in the middle multiply the published APL of each commune."""
    table = effects.of_sites(published({}), [MIDDLE], {}).communes.set_index("code")
    return (table["apl_after"] / table["apl_before"]).to_dict()


def test_sites_raise_above_the_threshold_those_who_were_under_it(gained):
    # One just above at the end, one just below, one that was above already.
    start = before_for({"16001": 2.55, "16002": 2.45}, gained) | {"16003": 2.55}
    assert start["16001"] < 2.5
    territory = published(start)
    found = evaluation.evaluate_sites(territory, [MIDDLE])
    assert found.together["population_above_2_5"] == people(territory, ["16001"])
    rows = effects.of_sites(territory, [MIDDLE], {}).of(NEAR).set_index("measure")
    assert rows.loc["under_2_5", "before"] == people(territory, ["16001", "16002"])
    assert rows.loc["under_2_5", "after"] == people(territory, ["16002"])


def test_who_gains_less_than_the_noise_gains_nothing(gained):
    slightly = 0.8 * rules.APL_NOISE / (gained["16001"] - 1)
    assert 0 < slightly < 1
    territory = published({"16001": slightly})
    gaining = [code for code in CODES if code != "16001" and gained[code] - 1 > rules.APL_NOISE]
    found = evaluation.evaluate_sites(territory, [MIDDLE])
    assert found.together["population_gaining"] == people(territory, gaining) > 0


def test_the_mean_gain_of_those_under_the_threshold_is_one_of_inhabitants(gained):
    start = {"16001": 0.5, "16002": 2.4, "16003": 3.0}
    territory = published(start)
    lived = {code: people(territory, [code]) for code in ("16001", "16002")}
    assert lived["16001"] != lived["16002"]
    total = sum(lived[code] * start[code] * (gained[code] - 1) for code in lived)
    found = evaluation.evaluate_sites(territory, [MIDDLE]).together["apl_gain_under_served"]
    assert found == pytest.approx(total / sum(lived.values()))


def test_a_pole_counts_who_stays_under_the_threshold():
    plan = PolePlan((Antenna(MIDDLE, 10, euros=1.0), Antenna(OTHER, 10, euros=1.0)))
    flat = published({})
    trial = compared(flat, plan, search=False)
    factors = dict(zip(CODES, trial.sides[TYPED].apl / trial.today.apl, strict=True))
    start = before_for({"16001": 2.55, "16002": 2.45}, factors) | {"16003": 9.0, "17001": 9.0}
    territory = published(start)
    found = compared(territory, plan, search=False)
    told = pd.Series(found.sides[TYPED].apl, CODES)
    assert told[["16001", "16002"]].tolist() == pytest.approx([2.55, 2.45])
    assert found.sides[TYPED].measures["under_2_5"] == people(territory, ["16002"])


def test_departures_count_who_falls_to_the_threshold():
    leaving = {"16001": 1}
    flat = published({})
    after = departures_of(flat, leaving).ground.apl()
    before = commune_indicators(flat)["apl_published"].to_numpy()
    factors = dict(zip(CODES, after / before, strict=True))
    assert max(factors[code] for code in ("16001", "16002")) < 0.95
    start = before_for({"16001": 2.55, "16002": 2.45}, factors)
    territory = published(start)
    assert start["16002"] > 2.5
    assert departures_of(territory, leaving).falling_under_2_5 == people(territory, ["16002"])
