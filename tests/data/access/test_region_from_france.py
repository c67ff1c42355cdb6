"""Figures of a region are the same seen from France and from itself."""

from dataclasses import replace
from uuid import uuid4

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.access import indicators, inputs
from data.base import paths
from data.region import catalogue, embedded_set, france, schemas
from data.region.newest_counts import newest_counts
from data.region.territory import Provenance, Territory
from data.upkeep import build_embedded
from geo.friction.engine import load_engine
from tests.data.access import small_region

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
        small_region.made(dict(zip(codes, gps.tolist(), strict=True))),
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


def test_regions_counted_in_different_years_read_the_same_from_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One was counted again since, in a year that the history alone tells; the other was not."""
    monkeypatch.setattr(france, "commune_counts", lambda: {"75": 1, "11": 1, "84": 1})
    everything, alone = france_and_a_region(4)
    codes = everything.communes["code"]
    # By their codes, communes of 17 are of the same region as those of 16: some are moved.
    moved = {code: code.replace("17", "77", 1) for code in codes}
    everything, alone = (_renamed(one, moved) for one in (everything, alone))
    before = everything.gps.assign(year=2017)
    after = before[before["code"].str.startswith("77")].assign(year=2020)
    after["gps"] = after["gps"] + 1.0
    tables = {"gps": everything.gps, "gp_history": pd.concat([before, after])}
    told = {
        "gps": Provenance("gps", "", "", "2017", "", False, 1, 1),
        "gp_history": Provenance("gp_history", "", "", "2017, 2020", "", False, 1, 1),
    }
    here, there = (_counted(one, tables, told) for one in (alone, everything))
    assert here.provenance["gps"].vintage == "2017, et 2020 autour"
    assert there.provenance["gps"].vintage == "2017 en Nouvelle-Aquitaine, 2020 ailleurs"
    own = indicators.commune_indicators(here).set_index("code")
    seen = indicators.commune_indicators(there).set_index("code").loc[own.index]
    same(own[list(LOCAL)], seen[list(LOCAL)])
    # What lies beyond the border counts as it is counted there.
    of_before = replace(alone, version=uuid4().hex)
    assert (indicators.commune_indicators(of_before)["apl"].to_numpy() != own["apl"]).any()


def _renamed(territory: Territory, codes: dict[str, str]) -> Territory:
    def of(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(code=table["code"].map(codes))

    return replace(
        territory,
        version=uuid4().hex,
        communes=of(territory.communes),
        fringe=of(territory.fringe),
        gps=of(territory.gps),
    )


def _counted(
    territory: Territory, tables: dict[str, pd.DataFrame], told: dict[str, Provenance]
) -> Territory:
    """Return a territory with the counts that some tables hold of it."""
    found = newest_counts(tables, told, territory.communes["code"], territory.fringe["code"])
    assert found is not None
    counts, known = found
    provenance = {**territory.provenance, "gps": known}
    return replace(territory, version=uuid4().hex, gps=counts, provenance=provenance)


NEEDED = (
    "apl",
    "apl_published",
    "apl65_published",
    "apl_published_year",
    "share_near_retirement",
    "share_near_retirement_year",
)


def with_needs(territory, everywhere: pd.DataFrame, basis: str):
    """Return a territory that knows the needs of its communes and of its fringe, on some basis.

    The DREES publishes 2018 outside the region only.
    """
    codes = pd.concat([territory.communes["code"], territory.fringe["code"]])
    random = np.random.default_rng(5)
    factors = pd.Series(random.uniform(0.7, 1.4, len(everywhere)), everywhere["code"])
    people = everywhere.set_index("code")["population"]
    if basis == "reference":
        shares = (factors[codes] / 4).rename("share_over_75").rename_axis("code").reset_index()
        whole = shares.reindex(columns=list(schemas.reference.columns))
        return replace(territory, version=uuid4().hex, reference=whole)
    years = {"75": (2016,), "11": (2016, 2018)}
    region = everywhere.set_index("code")["region"]
    published = pd.DataFrame(
        [
            (code, year, 3.0, 2.0, float(people[code] * factors[code] * (1 + (year - 2016) / 10)))
            for code in codes
            for year in years[region[code]]
        ],
        columns=["code", "year", "apl", "apl65", "standardised_population"],
    )
    return replace(territory, version=uuid4().hex, apl=published)


@pytest.mark.parametrize("basis", ["apl", "reference"])
def test_needs_are_the_same_on_both_sides_of_a_border(basis: str) -> None:
    everything, alone = france_and_a_region(3)
    everywhere = pd.DataFrame(everything.communes.drop(columns="geometry"))
    there, here = (with_needs(one, everywhere, basis) for one in (everything, alone))
    seen = indicators.commune_indicators(there).set_index("code")
    own = indicators.commune_indicators(here).set_index("code")
    assert own["apl"].notna().all()
    same(own[list(NEEDED)], seen.loc[own.index, list(NEEDED)])
    if basis == "apl":
        assert set(own["apl_published_year"]) == {2016.0}
        assert set(seen["apl_published_year"]) == {2016.0, 2018.0}
        whole = indicators.whole(there, seen.reset_index())
        assert np.isnan(whole["apl_published_year"])
        assert indicators.published_years(seen) == "2016 et 2018"


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """Compare figures to the rounding of a sum."""
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-9)


def test_real_gps_are_not_weighed_by_simulated_ages() -> None:
    _, alone = france_and_a_region(3)
    everywhere = pd.DataFrame(alone.communes.drop(columns="geometry"))
    known = with_needs(alone, pd.concat([everywhere, alone.fringe]), "reference")
    for real, weighed in ((False, True), (True, False)):
        made_up = {
            key: Provenance(key, "", "", "2017", "", simulated, 1, 1)
            for key, simulated in (("gps", not real), ("reference", True))
        }
        _, basis = inputs.standardised_population(
            replace(known, provenance=made_up), inputs.places(known)
        )
        assert ("75 ans" in basis) == weighed


@pytest.mark.campaign
def test_a_departement_cut_out_reads_as_in_its_region(prepared: None) -> None:
    """With its own grid of minutes, over the bridges of its islands and 40 km around it."""
    whole = catalogue.load_territory()
    own = whole.communes[whole.communes["departement"] == "17"].reset_index(drop=True)
    others = pd.concat(
        [whole.communes[whole.communes["departement"] != "17"], whole.fringe], ignore_index=True
    )
    fringe = build_embedded.fringe_of(own, gpd.GeoDataFrame(others))
    engine = load_engine(own, fringe, embedded_set.land())
    alone = replace(
        whole, version=uuid4().hex, communes=own, fringe=fringe, travel_time=engine, context={}
    )
    here = indicators.commune_indicators(alone).set_index("code")
    there = indicators.commune_indicators(whole).set_index("code").loc[here.index]
    exact = ["gps", "gps_within_20", "nearest_gp_commune", "population_single_gp"]
    same(here[exact], there[exact])
    for name in ("minutes_to_nearest_gp", "minutes_to_third_gp", "apl"):
        assert (here[name] - there[name]).abs().max() < 0.01, name
