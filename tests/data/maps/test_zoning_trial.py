"""The map of the zoning under a trial: what it says is what the gauges say."""

import pandas as pd

from data.access import zoning_gauges
from data.access.zoning_gauges import Ceilings
from data.base.french import percent
from data.maps import zoning
from data.region.territory import Territory


def test_the_sentence_tells_the_shares_of_the_trial(
    loaded: tuple[Territory, pd.DataFrame],
) -> None:
    territory, communes = loaded
    table = zoning_gauges.tvs_table(territory, communes)
    tvs = str(table.loc[table[table["zone"] == "ZAC"]["population"].idxmax(), "tvs"])
    changes = {tvs: "ZIP"}
    trial = zoning.tried(territory, zoning_gauges.with_changes(communes, changes), changes)
    told = trial["changed"]["zone"]["sentence"]
    gauges = zoning_gauges.effect(communes, changes, Ceilings.of_region(territory.region))
    shares = {row.zone: percent(row.share, 1) for row in gauges.itertuples()}
    assert told.startswith("Essai de 1 changement. ")
    assert f"{shares['ZIP']} des" in told
    assert f"et {shares['ZAC']} en ZAC" in told
    marked = communes["tvs"].iloc[trial["marked"]]
    assert set(marked) == {tvs}
    assert len(marked) == int((communes["tvs"] == tvs).sum())


def test_no_trial_tells_what_the_map_opens_with(loaded: tuple[Territory, pd.DataFrame]) -> None:
    territory, communes = loaded
    document = zoning.configuration(territory, communes, "")
    opened = next(one for one in document["indicators"] if one["key"] == zoning.INDICATOR)
    trial = zoning.tried(territory, communes, {})
    assert trial["changed"]["zone"]["sentence"] == opened["sentence"]
    assert trial["changed"]["zone"]["values"] == opened["values"]
