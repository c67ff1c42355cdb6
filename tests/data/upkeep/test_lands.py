"""All of France in one set: each land that no road joins is as its own region has it."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import shapely

from data.access import indicators
from data.maps.ground import ground, land_of
from data.region import catalogue, embedded_set, engines, france, schemas
from data.region.territory import Provenance
from data.upkeep import build_embedded
from data.upkeep.registry_packages import Archives
from geo.errors import UnavailableError
from geo.travel_time import EngineLabel
from tests.data.upkeep.small_archives import archives_of


def _row(region: str, first: str, lon: float, lat: float) -> dict[str, tuple]:
    """Return twelve communes in two rows, each with its hall."""
    return {
        f"{int(first) + 6 * up + along:05d}": (
            region,
            shapely.box(
                lon + along / 20, lat + up / 20, lon + (along + 1) / 20, lat + (up + 1) / 20
            ),
            (lon + (along + 0.5) / 20, lat + (up + 0.5) / 20),
            (),
        )
        for up in range(2)
        for along in range(6)
        for place in [np.round(np.array([lon + along / 20, lat + up / 20]), 2)]
    }


SQUARES = (
    _row("75", "19001", 1.0, 45.0)
    | _row("84", "63001", 1.3, 45.0)
    | _row("04", "97401", 55.3, -21.2)
    | _row("03", "97301", -54.2, 5.4)
    | _row("06", "97601", 45.1, -12.8)
)
COASTS = {
    "France": shapely.box(-1, 44.99, 3, 47),
    "Réunion": shapely.box(55.3, -21.2, 55.6, -21.1),
    "Guyane": shapely.box(-54.2, 4.0, -53.9, 5.5),
    "Suriname": shapely.box(-56.0, 3.0, -54.2, 5.5),
}
OVERSEAS = (("04", "974"), ("03", "973"))


def _nothing(key: str, _region: str) -> pd.DataFrame:
    columns = schemas.TABLES[key].columns
    return pd.DataFrame({name: pd.Series(dtype=str(one.dtype)) for name, one in columns.items()})


@pytest.fixture
def built(tmp_path: Path, isolated_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build the whole and the two overseas regions, with counts of GPs of all of them."""
    file = tmp_path / "town_points.csv"
    file.write_text("code,lon,lat\n", encoding="utf-8")
    monkeypatch.setattr(build_embedded, "TOWN_POINTS_FILE", file)
    archives = archives_of(tmp_path, SQUARES, COASTS)
    monkeypatch.setattr(Archives, "fetch", lambda _folder: archives)
    monkeypatch.setattr(build_embedded, "EXPECTED", {})
    for region in (france.WHOLE, *(code for code, _ in OVERSEAS)):
        build_embedded.build(region, isolated_home / "regions" / region, tmp_path)
    monkeypatch.setattr(catalogue, "_simulated", _nothing)
    gps = pd.DataFrame({"code": list(SQUARES), "gps": np.arange(len(SQUARES)) % 4 * 1.0})
    told = Provenance("gps", "", "INSEE", "2024", "", simulated=False, rows=60, matched=60)
    catalogue.commit_tables({"gps": gps}, {"gps": told})
    return isolated_home


@pytest.mark.campaign
@pytest.mark.parametrize(("region", "departement"), OVERSEAS)
def test_an_overseas_region_is_the_same_from_france_and_from_itself(
    built: Path, region: str, departement: str
) -> None:
    whole, alone = catalogue.load_territory(france.WHOLE), catalogue.load_territory(region)
    there, here = (indicators.commune_indicators(one).set_index("code") for one in (whole, alone))
    assert here["minutes_to_nearest_gp"].notna().all()
    columns = ["gps", "population_within_20", "minutes_to_nearest_gp", "share_without_room"]
    pd.testing.assert_frame_equal(
        here[columns], there.loc[here.index, columns], check_exact=False, rtol=1e-9
    )
    _, own = ground(whole, departement)
    for drawn, told in zip(own.geometry, embedded_set.land(region).geometry, strict=True):
        assert shapely.equals(drawn, told)
    assert not own.geometry.union_all().is_empty
    parts = engines.engine(france.WHOLE, whole.communes, whole.fringe)
    assert alone.travel_time.version in {one.version for one in parts.parts.values()}


@pytest.mark.campaign
def test_no_road_goes_from_one_land_to_another(built: Path) -> None:
    whole = catalogue.load_territory(france.WHOLE)
    points = whole.communes[["lon", "lat"]].to_numpy(float)
    pairs = whole.travel_time.matrix(points, points, 600.0)
    land = whole.communes["departement"].map(france.land).to_numpy()
    assert (land[pairs["origin"]] == land[pairs["destination"]]).all()
    mainland = (land == france.MAINLAND).sum()
    assert len(pairs) == mainland**2 + 3 * 12**2
    assert "Département 973, Département 974, Département 976 : " in whole.travel_time.label.detail
    assert "inconnus" in whole.travel_time.label.detail


def test_roads_of_the_mainland_leave_overseas_unknown(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = catalogue.load_territory(france.WHOLE)
    roads = SimpleNamespace(version="1", label=EngineLabel("Réseau", "2026", "", estimated=False))
    monkeypatch.setattr(engines, "_network", lambda: roads)
    monkeypatch.setattr(
        engines, "_serves", lambda _roads, _region, land, _: land == france.MAINLAND
    )
    made = engines.engine(france.WHOLE, whole.communes, whole.fringe)
    assert replace(whole, travel_time=made).unverified_minutes.startswith("Outre-mer : temps")


def test_a_picture_holds_the_land_of_most_of_its_communes(built: Path) -> None:
    whole = catalogue.load_territory(france.WHOLE)
    assert land_of(whole) == france.MAINLAND
    assert land_of(whole, ("97401",)) == "974"
    assert land_of(whole, ("97401", "19001", "63002")) == france.MAINLAND
    communes, dry = ground(whole, "974")
    assert set(communes["departement"]) == {"974"}
    assert (
        communes.index.tolist() == communes.index[communes["code"].str.startswith("974")].tolist()
    )
    assert dry.total_bounds[0] > 50


def test_the_coarse_land_of_one_is_not_drawn_over_another(built: Path) -> None:
    drawn = embedded_set.backdrop(france.WHOLE)
    far = drawn[drawn["kind"] == "lointain"].geometry.union_all()
    assert not far.intersects(COASTS["Réunion"])  # seen from Mayotte, 13 degrees away at most
    assert far.intersects(shapely.box(-64.0, 3.0, -55.3, 5.5))


def test_a_set_that_tells_no_land_apart_is_to_be_built_again(built: Path) -> None:
    file = built / "regions" / france.WHOLE / "land.parquet"
    told = embedded_set.backdrop(france.WHOLE).drop(columns="land")
    told.to_parquet(file, index=False)
    with pytest.raises(UnavailableError, match="reconstruisez-le"):
        catalogue.load_territory(france.WHOLE)
    assert json.loads((file.parent / "set.json").read_text(encoding="utf-8"))["name"] == "France"
