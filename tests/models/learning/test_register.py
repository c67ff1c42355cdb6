"""A register: read, dated, and fed to the hazard only between the counts and the end."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.files.cells import MASKED
from data.region.rules import DOUBTED_FALL_GPS
from geo.errors import InvalidInputError
from models.learning import artefact, nowcast, register, scoring
from models.learning.inputs import Inputs
from models.learning.nowcast import Nowcast, Sight
from models.learning.register import CONFIRMED, GONE, UNKNOWN, Register
from models.learning.signals import HORIZONS


@pytest.fixture(scope="module")
def seen(panel: pd.DataFrame) -> Register:
    """Of 2019, two départements of three; some communes with GPs are absent."""
    known = panel[panel["code"].str[:2].isin(["03", "15"])]
    counts = known.set_index("code")["gp_2017"] * (np.arange(len(known)) % 3 > 0)
    return Register("2019-03", counts)


def test_absent_is_gone_only_where_the_register_reaches(inputs: Inputs, seen: Register) -> None:
    table = scoring.predict(replace(inputs, register=seen), 2017, 3).set_index("code")
    departement = table.index.str[:2]
    assert set(table.loc[departement == "63", "state"]) == {UNKNOWN}
    assert not table.loc[departement == "63", "register_fed"].any()
    inside = table[departement != "63"]
    absent = seen.counts.reindex(inside.index) == 0
    many = inside["gps"] >= DOUBTED_FALL_GPS
    assert (absent & many).any()
    told = np.select([absent & many, absent], [UNKNOWN, GONE], CONFIRMED)
    assert (inside["state"] == told).all()
    assert (inside["register_fed"] == ~(absent & many)).all()
    single = absent & (inside["gps"] == 1)
    assert inside.loc[single, "probability"].min() > 0.4
    assert inside.loc[~absent, "probability"].mean() < 0.1
    plain = scoring.predict(inputs, 2017, 3).set_index("code")["probability"]
    unknown = table[table["state"] == UNKNOWN]
    assert unknown["probability"].to_numpy() == pytest.approx(plain[unknown.index].to_numpy())


def test_a_register_outside_the_forecast_changes_no_probability(
    inputs: Inputs, seen: Register
) -> None:
    plain = scoring.predict(inputs, 2017, 1)
    too_late = scoring.predict(replace(inputs, register=seen), 2017, 1)  # ends in 2018
    pd.testing.assert_series_equal(plain["probability"], too_late["probability"])
    assert not too_late["register_fed"].any()
    assert set(too_late["state"]) == {CONFIRMED, GONE, UNKNOWN}
    older = scoring.predict(replace(inputs, register=replace(seen, month="2016-05")), 2017, 3)
    assert set(older["state"]) == {UNKNOWN}


def test_the_risk_rises_with_the_horizon_register_or_not(inputs: Inputs, seen: Register) -> None:
    # Of 2019 (horizon 1 ends before it), and of 2021 (horizons 1 to 3 do).
    for given in (None, seen, replace(seen, month="2021-06")):
        one = replace(inputs, register=given)
        risks = [
            scoring.predict(one, 2017, h).set_index("code")["probability"].sort_index()
            for h in HORIZONS
        ]
        for shorter, longer in itertools.pairwise(risks):
            rise = longer.to_numpy() - shorter.to_numpy()
            assert (rise >= 0).all()
            assert (rise > 0).any()


def test_the_regression_is_kept_at_the_end_it_was_learned_with() -> None:
    rate, gps, found = np.array([0.02, 0.06]), np.array([2.0, 1.0]), np.array([1.0, 0.0])
    learned = Nowcast(np.array([0.5, 1.6, -0.1, -1.7, -0.2]))
    calendar = (0.0, 2023.0)
    seen_at, end = 2019 + 1 / 6, 3.0
    total = nowcast.cumulative(
        learned, np.log(rate), calendar, Sight(found, gps, seen_at, 2018.0, end)
    )
    odds = learned.log_odds(rate * 3, gps, found)
    assert 1 - np.exp(-total) == pytest.approx(1 / (1 + np.exp(-odds)))
    longer = nowcast.cumulative(
        learned, np.log(rate), calendar, Sight(found, gps, seen_at, 2018.0, end + 2)
    )
    # Where nothing is left, what is added is the hazard since; where a GP is, in proportion.
    assert longer[1] - total[1] == pytest.approx(2 * rate[1])
    assert longer[0] / total[0] == pytest.approx((11 / 6 + 2) / (11 / 6))


@pytest.mark.parametrize(
    "text",
    [
        "code,gp_establishments_2019_03\n1001,0\n97411,2\n",
        "code;establishments;date\n01001;0;2019-03-01\n97411;2;2019-03-01\n",
        "code;establishments;month\n01001;0;2019-03\n97411;2;2019-03\n",
    ],
)
def test_registers_are_read_in_their_layouts(text: str, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(text, encoding="utf-8")
    read = register.read_counts(path)
    assert (read.month, read.told) == ("2019-03", "mars 2019 (SIRENE)")
    assert read.date == pytest.approx(2019 + 2 / 12)
    found = read.of(pd.Index(["01001", "01999", "23008"]), np.ones(3))
    assert found[:2].tolist() == [0, 0]
    assert np.isnan(found[2])


@pytest.mark.parametrize("learned", [True, False])
def test_a_register_by_arrondissement_shows_the_doctors_of_the_city(learned: bool) -> None:
    rows = pd.DataFrame({"code": ["13201", "13202", "13001"], "establishments": [118, 62, 3]})
    found = register.of_table(rows, "2019-03", learned=learned)
    assert found.alone(pd.Index(["13055", "13001", "13002"])).tolist() == [180, 3, 0]


def test_many_gps_that_a_register_no_longer_shows_are_doubted_not_gone(inputs: Inputs) -> None:
    """As where a count falls so: ten at once have a code that changed, not a commune without GP."""
    several, many = "15014", "03185"
    panel = inputs.panel.copy()
    panel.loc[several, "gp_2017"], panel.loc[many, "gp_2017"] = 9.0, 10.0
    nobody = Register("2019-03", pd.Series(0.0, index=panel.index))
    plain, told = (
        scoring.predict(replace(inputs, panel=panel, register=one), 2017, 3).set_index("code")
        for one in (None, nobody)
    )
    assert told.loc[several, "state"] == GONE
    assert told.loc[several, "register_fed"]
    assert told.loc[many, "state"] == UNKNOWN
    assert not told.loc[many, "register_fed"]
    assert told.loc[many, "probability"] == plain.loc[many, "probability"]


def test_rows_of_a_register_are_counted_and_those_of_one_commune_add_up(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    head = "CODE,GP_ESTABLISHMENTS_2019_03\n"
    path.write_text(f"{head}1001,5\n01001.0,2\ntotal,9\n01004,s\n01005,-2\n", encoding="utf-8")
    read, said = register.read_told(path)
    assert read.counts["01001"] == 7
    assert read.counts[["01004", "01005"]].isna().all()
    assert said == [
        "Registre : 5 lignes lues, 4 retenues.",
        "Registre, refusé : code de commune illisible, 1.",
        f"Doute : registre, {MASKED}, 1.",
        "Doute : registre, nombre illisible ou négatif, pris pour inconnu, 1.",
    ]
    path.write_text(head, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="aucune ligne"):
        register.read_told(path)


def test_a_register_without_a_month_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("code,establishments\n01001,2\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match="AAAA_MM"):
        register.read_counts(path)


def test_the_share_of_flags_that_were_right_is_shipped() -> None:
    communes, right = artefact.shipped().flagged
    assert 0.5 < right / communes < 0.75
