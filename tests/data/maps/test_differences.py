"""What changed between two years: the table counts what the map draws."""

import re
from dataclasses import replace

import numpy as np
import pytest

from data.access.indicators import commune_indicators
from data.maps import differences
from data.maps.differences import GAIN, LOSS, SAME, UNKNOWN, changes, sentence, titled, years
from data.region.catalogue import load_territory
from data.region.territory import Territory


@pytest.fixture
def territory(prepared) -> Territory:
    return load_territory("75")


INDICATOR = next(one for one in differences.DATED_INDICATORS if one.key == "gps_per_1000")


def test_every_commune_goes_one_way_and_that_of_its_counts(territory: Territory) -> None:
    communes = commune_indicators(territory)
    known = years(territory, INDICATOR, communes)
    between = (known[0], known[-1])
    table = changes(territory, INDICATOR, communes, between)
    assert sorted(table["code"]) == sorted(communes["code"])
    assert len(set(table["way"])) > 2
    told = sentence(INDICATOR, table, between).split(", de ")[1]
    counts = re.findall(r"(?:sur|baisse dans|hausse dans|changement dans) ([\d\s]+)", told)
    ways = [(table["way"] == one).sum() for one in (UNKNOWN, LOSS, GAIN, SAME)]
    assert [int("".join(one.split())) for one in counts] == [len(table) - ways[0], *ways[1:]]
    past = territory.gp_history.pivot_table(index="code", columns="year", values="gps")
    before, after = (past[year].reindex(table["code"]).to_numpy() for year in between)
    assert ((after < before) == (table["way"] == LOSS)).all()
    assert ((after > before) == (table["way"] == GAIN)).all()
    shown = titled(INDICATOR, table, between)
    for year, counted in zip(between, (before, after), strict=True):
        np.testing.assert_allclose(shown[f"Médecins, {year}"], counted)
    assert table["change"].dropna().is_monotonic_increasing


def test_what_is_not_known_of_a_year_comes_last_and_is_no_change(territory: Territory) -> None:
    communes = commune_indicators(territory)
    code = communes["code"].iloc[0]
    lost = territory.gp_history[territory.gp_history["code"] != code]
    known = years(territory, INDICATOR, communes)
    between = (known[0], known[-1])
    table = changes(replace(territory, gp_history=lost), INDICATOR, communes, between)
    assert table.iloc[-1][["code", "way"]].tolist() == [code, UNKNOWN]
    assert "1 sans valeur pour l’une des deux années" in sentence(INDICATOR, table, between)
