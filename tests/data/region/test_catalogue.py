"""Imported tables take the place of simulated ones, whole or not at all, and undo goes back."""

import datetime as dt
import threading
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from data.access.source_notes import table_lines
from data.region import catalogue, embedded_set, engines, road_networks, schemas, table_store
from data.region.newest_counts import WHOLE_SHARE
from data.region.territory import Provenance
from geo.errors import InvalidInputError, UnavailableError
from geo.travel_time import LonLat, Minutes


def _provenance(key: str, vintage: str = "2018") -> Provenance:
    return Provenance(
        table=key,
        title=schemas.TITLES[key],
        source="INSEE, BPE",
        vintage=vintage,
        licence="Licence Ouverte",
        simulated=False,
        rows=1,
        matched=1,
        imported_at=dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC),
        file_name="bpe.csv",
        sha256="0" * 64,
    )


def _gps(communes: gpd.GeoDataFrame, count: float) -> pd.DataFrame:
    return pd.DataFrame({"code": [*communes["code"], "75056"], "gps": count})


def _commit(key: str, table: pd.DataFrame) -> str:
    return catalogue.commit_tables({key: table}, {key: _provenance(key)})


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return embedded_set.communes()


def test_without_any_import_all_is_simulated_but_the_communes() -> None:
    territory = catalogue.load_territory()
    assert territory.region_name == "Nouvelle-Aquitaine"
    assert len(territory.communes) == 4293
    assert {k for k, p in territory.provenance.items() if not p.simulated} == {"communes"}
    assert schemas.TITLES["gps"] in territory.simulated
    assert territory.apl.empty
    schemas.apl.validate(territory.apl)
    assert "apl" not in territory.provenance
    assert catalogue.undo() == []
    assert not catalogue.can_undo()
    assert catalogue.regions() == [("75", "Nouvelle-Aquitaine")]


def test_an_import_replaces_its_table_only_and_undo_gives_it_back(
    communes: gpd.GeoDataFrame,
) -> None:
    before = catalogue.load_territory()
    key_before = catalogue.state_key()
    _commit("gps", _gps(communes, 3))
    after = catalogue.load_territory()
    assert catalogue.state_key() != key_before
    assert after.version != before.version
    assert set(after.gps["gps"]) == {3.0}
    assert "75056" not in set(after.gps["code"])  # not of the region nor of its fringe
    assert not after.provenance["gps"].simulated
    assert after.provenance["gps"].matched == 4293
    assert after.provenance["gps"].imported_at == dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
    assert after.zoning.equals(before.zoning)
    assert catalogue.undo() == ["gps"]
    assert catalogue.load_territory().version == before.version
    assert catalogue.state_key() == key_before


def test_the_same_state_is_the_same_object() -> None:
    assert catalogue.load_territory() is catalogue.load_territory()


def test_undo_goes_back_one_import_at_a_time(communes: gpd.GeoDataFrame) -> None:
    _commit("gps", _gps(communes, 1))
    _commit("gps", _gps(communes, 2))
    populations = communes[["code", "population"]].assign(population=10.0)
    _commit("populations", pd.DataFrame(populations))
    assert catalogue.load_territory().communes["population"].sum() == 42930
    # None of the populations that came with the codes is left.
    told = catalogue.load_territory("75").provenance["communes"].vintage
    assert told == embedded_set.CODES_VINTAGE
    assert catalogue.undo() == ["populations"]
    assert catalogue.load_territory().communes["population"].sum() == 6_150_451
    assert catalogue.undo() == ["gps"]
    assert set(catalogue.imported_tables(["gps"])["gps"]["gps"]) == {1.0}
    assert catalogue.undo() == ["gps"]
    assert catalogue.imported_tables(["gps"]) == {}


def test_imported_populations_keep_the_others(communes: gpd.GeoDataFrame) -> None:
    _commit("populations", pd.DataFrame({"code": ["33063"], "population": [265_328.0]}))
    territory = catalogue.load_territory()
    assert territory.communes.crs == "EPSG:4326"
    changed = territory.communes["population"] != communes["population"]
    assert list(territory.communes.loc[changed, "code"]) == ["33063"]
    assert territory.provenance["populations"].matched == 1
    assert territory.provenance["communes"].vintage == embedded_set.vintage("75")


def test_a_table_that_tells_nothing_of_the_region_leaves_the_simulated_one() -> None:
    _commit("gps", pd.DataFrame({"code": ["75056"], "gps": [2000.0]}))
    territory = catalogue.load_territory()
    assert territory.provenance["gps"].simulated
    assert territory.provenance["gps"].passed_over == "bpe.csv"
    assert territory.passed_over == (
        "L’import ne couvre pas la Nouvelle-Aquitaine, où restent de démonstration : "
        "médecins généralistes."
    )
    assert catalogue.status()[1].passed_over == "bpe.csv"


def test_past_counts_stay_simulated_where_the_counts_are(communes: gpd.GeoDataFrame) -> None:
    """A file of another region that tells a few communes of ours, in the past."""
    past = _gps(communes.iloc[:100], 1).assign(year=2013)
    tables = {"gps": pd.DataFrame({"code": ["75056"], "gps": [2000.0]}), "gp_history": past}
    catalogue.commit_tables(tables, {key: _provenance(key) for key in tables})
    territory = catalogue.load_territory()
    assert territory.provenance["gp_history"].simulated
    assert territory.provenance["gp_history"].passed_over == "bpe.csv"
    told = "médecins généralistes, historique des médecins généralistes."
    assert territory.passed_over.endswith(told)
    whole = {"gps": _gps(communes, 1), "gp_history": past}
    catalogue.commit_tables(whole, {key: _provenance(key) for key in whole})
    territory = catalogue.load_territory()
    assert not territory.provenance["gp_history"].simulated
    assert not territory.passed_over


def test_a_table_out_of_its_schema_changes_nothing(communes: gpd.GeoDataFrame) -> None:
    good, wrong = _gps(communes, 1), _gps(communes, -1)
    history = good.assign(year=2018)
    with pytest.raises(InvalidInputError, match="gps"):
        catalogue.commit_tables(
            {"gp_history": history, "gps": wrong},
            {"gp_history": _provenance("gp_history"), "gps": _provenance("gps")},
        )
    assert not catalogue.can_undo()


def test_a_lost_or_altered_table_is_said(isolated_home: Path, communes: gpd.GeoDataFrame) -> None:
    _commit("gps", _gps(communes, 1))
    file = next((isolated_home / "tables" / "objects").glob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(UnavailableError, match="altérée"):
        catalogue.imported_tables(["gps"])
    file.unlink()
    with pytest.raises(UnavailableError, match="manque"):
        catalogue.imported_tables(["gps"])


def test_two_imports_at_once_are_both_kept() -> None:
    keys = ["gps", "populations"]
    columns = {"gps": "gps", "populations": "population"}
    threads = [
        threading.Thread(
            target=table_store.commit,
            args=(
                {key: pd.DataFrame({"code": ["33063"], columns[key]: [1.0]})},
                {key: replace(_provenance("gps"), table=key)},
            ),
        )
        for key in keys
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(table_store.version(table_store.current_key()).tables) == set(keys)


class Network:
    """A road network that knows whether points are on it, and no more."""

    def __init__(self, minutes: float) -> None:
        self.version, self.minutes = f"roads-{minutes}", minutes

    def pairs(self, origins: LonLat, destinations: LonLat) -> Minutes:  # noqa: ARG002
        return np.full(len(origins), self.minutes)


@pytest.mark.parametrize(("minutes", "used"), [(0.0, True), (np.inf, False)])
def test_a_road_network_is_used_where_it_serves_the_region(
    minutes: float, used: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, network = catalogue.load_territory(), Network(minutes)
    monkeypatch.setattr(road_networks, "current_network", lambda: network)
    after = catalogue.load_territory()
    assert (after.travel_time is network) is used
    assert (after.version != before.version) is used


def test_a_region_too_wide_for_a_grid_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    communes = embedded_set.communes("75").iloc[:2].copy()
    communes["lon"], communes["lat"] = [2.3, 55.5], [48.9, -21.1]
    monkeypatch.setattr(
        "geo.friction.engine.load_engine", lambda *_: pytest.fail("the grid was built")
    )
    with pytest.raises(UnavailableError, match="trop étendu"):
        engines.engine("75", communes, communes.iloc[:0])


def test_one_imported_table_is_taken_out_and_undo_puts_it_back(communes: gpd.GeoDataFrame) -> None:
    _commit("gps", _gps(communes, 2))
    populations = communes[["code", "population"]].assign(population=10.0)
    _commit("populations", pd.DataFrame(populations))
    files = catalogue.imported_files()
    assert sorted(key for keys in files.values() for key in keys) == ["gps", "populations"]
    assert catalogue.withdraw(["gps", "zoning"]) == ["gps"]
    territory = catalogue.load_territory()
    assert territory.provenance["gps"].simulated
    assert territory.communes["population"].sum() == 42930
    assert catalogue.withdraw(["gps"]) == []
    assert catalogue.undo() == ["gps"]
    assert set(catalogue.imported_tables(["gps"])["gps"]["gps"]) == {2.0}


def test_a_count_that_falls_from_many_to_none_is_unknown_and_told(
    communes: gpd.GeoDataFrame,
) -> None:
    past = pd.DataFrame(
        {"code": ["33063", "33063", "16001"], "year": [2013, 2017, 2013], "gps": [500, 0, 0]}
    )
    gps = _gps(communes, 0).assign(gps=lambda table: (table["code"] != "33063").astype(float))
    catalogue.commit_tables(
        {"gps": gps, "gp_history": past},
        {"gps": _provenance("gps", "2020"), "gp_history": _provenance("gp_history", "2013, 2017")},
    )
    territory = catalogue.load_territory()
    assert "33063" not in set(territory.gps["code"])
    assert territory.provenance["gps"].matched == 4292
    (now,), (then,) = (territory.provenance[key].to_check for key in ("gps", "gp_history"))
    assert now.replace("\u00a0", " ") == "Bordeaux (33063) : 500 médecins en 2013, 0 en 2020"
    assert then.endswith("0 en 2017")
    left = territory.gp_history.set_index(["code", "year"])["gps"].to_dict()
    assert left == {("33063", 2013): 500, ("16001", 2013): 0}
    assert now in table_lines([territory.provenance["gps"]])[0]


@pytest.mark.parametrize("share", [0.95, 0.5])
@pytest.mark.parametrize("here", [True, False])
def test_a_region_shows_the_newest_counts_that_its_history_holds(
    communes: gpd.GeoDataFrame, share: float, here: bool
) -> None:
    """The file was imported for a region that it tells less of, or more: its year is not ours."""
    codes = communes["code"].tolist()
    some = codes[: int(share * len(codes))]
    history = pd.concat(
        [
            pd.DataFrame({"code": codes, "year": 2017, "gps": 1.0}),
            pd.DataFrame({"code": some, "year": 2020, "gps": 2.0}),
        ],
        ignore_index=True,
    )
    # "gps" is of the other region's year, and may have none of the communes of ours.
    year = "2017" if here else "2022"
    gps = _gps(communes, 1) if here else pd.DataFrame({"code": ["75056"], "gps": [9.0]})
    catalogue.commit_tables(
        {"gps": gps, "gp_history": history},
        {"gps": _provenance("gps", year), "gp_history": _provenance("gp_history", "2017")},
    )
    territory = catalogue.load_territory()
    known = territory.provenance["gps"]
    newest = share > WHOLE_SHARE
    assert known.vintage == ("2020" if newest else "2017")
    assert known.year == int(known.vintage)
    assert not known.simulated
    assert set(territory.gps["gps"]) == {2.0 if newest else 1.0}
    assert known.matched == len(some if newest else codes)
    assert territory.provenance["gp_history"].vintage == "2017, 2020"
