"""The demonstration supply looks like reality, names nobody, and is the same at every run."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from data.region import demonstration, demonstration_fit, embedded_set, schemas
from data.region.demonstration import Demonstration


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return embedded_set.communes()


@pytest.fixture(scope="module")
def fringe() -> pd.DataFrame:
    return embedded_set.fringe()


@pytest.fixture(scope="module")
def supply(communes: gpd.GeoDataFrame, fringe: pd.DataFrame) -> Demonstration:
    return demonstration.simulate(communes, fringe)


@pytest.fixture(scope="module")
def tables(supply: Demonstration) -> Mapping[str, pd.DataFrame]:
    return vars(supply)


def test_tables_follow_their_schemas(tables: Mapping[str, pd.DataFrame]) -> None:
    assert set(tables) == set(schemas.TABLES) - {"apl"}
    for key, table in tables.items():
        schemas.TABLES[key].validate(table)


def test_gps_are_as_many_as_in_the_region(
    communes: gpd.GeoDataFrame, fringe: pd.DataFrame, supply: Demonstration
) -> None:
    gps = supply.gps.set_index("code")["gps"]
    assert set(gps.index) == {*communes["code"], *fringe["code"]}
    ours = gps[communes["code"]]
    # One draw: Bordeaux alone, some 300 GPs, has a standard deviation of 90.
    assert ours.sum() == pytest.approx(6100, rel=0.05)
    assert (ours >= 1).sum() == pytest.approx(1150, rel=0.02)
    assert (ours == 1).sum() == pytest.approx(330, rel=0.05)


def test_large_towns_have_gps_and_rates_are_plausible(
    communes: gpd.GeoDataFrame, supply: Demonstration
) -> None:
    ours = supply.gps.set_index("code")["gps"][communes["code"]].to_numpy()
    towns = communes["population"].to_numpy() > 5000
    assert (ours[towns] >= 1).mean() > 0.97
    assert ours[communes["population"].to_numpy() > 10_000].min() >= 1
    rates = 1000 * ours[towns] / communes["population"].to_numpy()[towns]
    assert 0.7 < np.median(rates) < 1.4


def test_zones_hold_the_published_shares(communes: gpd.GeoDataFrame, supply: Demonstration) -> None:
    whole = supply.zoning[supply.zoning["part"] == "commune"].set_index("code")["zone"]
    population = communes.set_index("code")["population"]
    shares = population.groupby(whole).sum() / population.sum()
    assert shares["ZIP"] == pytest.approx(0.17, abs=0.01)
    assert shares["ZAC"] == pytest.approx(0.46, abs=0.015)
    assert supply.zoning["tvs"].str.startswith("DEMO-").all()
    assert (supply.zoning["part"] == "QPV").sum() == demonstration.QPV_COMMUNES


def test_a_group_stays_inside_one_epci(communes: gpd.GeoDataFrame) -> None:
    groups = demonstration.groups(communes)
    assert communes.groupby(groups["tvs"].to_numpy())["epci"].nunique().max() == 1


def test_lines_hold_the_recorded_totals(supply: Demonstration) -> None:
    lines = supply.pdses_lines
    assert (lines["status"] == "carence").sum() == 19
    required = lines[lines["status"] == "réquisition"]
    assert len(required) == 8
    assert len({*required["establishment"], *required["partners"]}) == 16
    assert (lines.loc[lines["status"] == "mutualisée", "partners"] != "").all()
    assert lines["specialty"].nunique() >= 8
    assert set(lines["line_type"]) == set(schemas.LINE_TYPES)


def test_no_real_name_is_used(supply: Demonstration) -> None:
    assert supply.structures["name"].str.fullmatch(r"Structure de démonstration \d+").all()
    names = supply.pdses_lines["establishment"]
    assert names.str.fullmatch(r"Établissement de démonstration \d+").all()
    assert supply.structures["id"].str.startswith("DEMO-").all()
    assert supply.pdses_lines["finess"].str.startswith("DEMO-").all()


def test_history_ends_with_todays_counts_and_loses_some(supply: Demonstration) -> None:
    wide = supply.gp_history.pivot_table(index="code", columns="year", values="gps")
    assert list(wide.columns) == list(demonstration.YEARS)
    assert (wide[2025] == supply.gps.set_index("code")["gps"]).all()
    had = wide[2020] >= 1
    lost = (wide[2025] == 0)[had].mean()
    assert 0.03 < lost < 0.09  # real panel: 3.8 to 5.6 %


def test_a_second_run_gives_the_same_tables(
    communes: gpd.GeoDataFrame, fringe: pd.DataFrame, supply: Demonstration
) -> None:
    again = demonstration.simulate(communes, fringe)
    for key, table in vars(again).items():
        pd.testing.assert_frame_equal(table, vars(supply)[key])


@pytest.mark.reference
def test_the_parameters_are_those_of_the_panel(
    communes: gpd.GeoDataFrame, fringe: pd.DataFrame, reference: object
) -> None:
    from data.base import paths

    fitted = demonstration_fit.fit(communes, fringe, paths.reference_data())
    kept = demonstration.parameters()
    assert fitted["presence"] == pytest.approx(kept["presence"], rel=1e-2)
    assert fitted["counts"] == pytest.approx(kept["counts"], rel=5e-2, abs=5e-2)
    assert fitted["history"] == pytest.approx(kept["history"], rel=1e-6)


@pytest.mark.parametrize("size", [0.7, 12.0])
def test_counts_drawn_are_quantiles_of_scipy(size: float) -> None:
    rng = np.random.default_rng(2)
    chance = size / (size + np.exp(rng.normal(0, 1.5, 3000)))
    rank = np.append(rng.random(2999), 0.0)
    expected = np.maximum(nbinom.ppf(rank, size, chance), 0)
    assert demonstration.counts_at(rank, size, chance).tolist() == expected.tolist()
