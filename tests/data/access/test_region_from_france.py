"""Figures of a region are the same seen from France and from itself."""

from dataclasses import replace
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.access import indicators
from data.base import paths
from data.region import embedded_set, france
from tests.data.access import test_indicators

FRINGE_MINUTES = 60.0
"""A GP is reached within 30 minutes, and shares its acts with all who reach it: twice that."""
LOCAL = (
    "gps",
    "gps_per_1000",
    "population_within_10",
    "population_within_20",
    "population_within_30",
    "population_beyond_20",
    "minutes_to_nearest_gp",
    "nearest_gp_commune",
    "apl",
    "apl_e2sfca",
    "gps_within_20",
    "population_single_gp",
    "minutes_to_third_gp",
    "without_room_nearest",
    "share_without_room",
)
"""Indicators of one commune; the fairest share of room, `without_room_bound`, is one of a whole."""


@pytest.fixture(autouse=True)
def carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names of départements be those of the set we carry."""
    monkeypatch.setattr(embedded_set, "folder", lambda _region="75": paths.EMBEDDED / "75")


def france_and_a_region(seed: int):
    """Return a made country of two regions and the first of them, with its fringe."""
    random = np.random.default_rng(seed)
    count = 90
    lon = np.sort(random.uniform(0.0, 3.0, count)).round(4)
    codes = [f"{16 if x < 1.5 else 17}{rank:03d}" for rank, x in enumerate(lon)]
    regions = np.where(lon < 1.5, "75", "11")
    gps = random.choice([0.0, 0.0, 0.0, 1.0, 2.0, 5.0], count)
    communes = gpd.GeoDataFrame(
        {
            "code": codes,
            "name": codes,
            "departement": [code[:2] for code in codes],
            "region": regions,
            "epci": [f"e{int(x * 4)}{region}" for x, region in zip(lon, regions, strict=True)],
            "epci_name": "EPCI",
            "postcodes": "16000",
            "population": random.integers(100, 4000, count).astype(float),
            "lon": lon,
            "lat": 45.0,
            "point_source": "mairie",
            "area_km2": 10.0,
        },
        geometry=[shapely.Point(x, 45).buffer(0.01) for x in lon],
        crs=4326,
    )
    everything = replace(
        test_indicators.made(dict(zip(codes, gps.tolist(), strict=True))),
        region=france.WHOLE,
        region_name="France",
        version=uuid4().hex,
        communes=communes,
        fringe=pd.DataFrame(communes.drop(columns="geometry")).iloc[:0],
    )
    own = communes[communes["region"] == "75"].reset_index(drop=True)
    near = (lon >= 1.5) & (lon <= lon[lon < 1.5].max() + FRINGE_MINUTES / 100)
    alone = replace(
        everything,
        region="75",
        region_name="Nouvelle-Aquitaine",
        version=uuid4().hex,
        communes=own,
        fringe=pd.DataFrame(communes[near].drop(columns="geometry")).reset_index(drop=True),
    )
    return everything, alone


@pytest.mark.parametrize("seed", range(2))
def test_a_region_reads_the_same_from_france_and_from_itself(seed: int) -> None:
    everything, alone = france_and_a_region(seed)
    there = indicators.commune_indicators(everything).set_index("code")
    here = indicators.commune_indicators(alone).set_index("code")
    same(here[list(LOCAL)], there.loc[here.index, list(LOCAL)])
    for level in ("epci", "departement", "region"):
        above = indicators.aggregate(there.reset_index(), level).set_index("code")
        own = indicators.aggregate(here.reset_index(), level).set_index("code")
        told = ["name", "communes", "population", *(key for key in LOCAL if key in own)]
        same(own[told], above.loc[own.index, told])


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare figures to the rounding of a sum."""
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9)
