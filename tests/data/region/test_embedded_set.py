"""The set that the repository carries: counts, shapes, points, land and attributions."""

import pandas as pd
import pytest
import shapely
from pyproj import Geod

from data.base import paths
from data.region import embedded_set, schemas
from geo.errors import UnavailableError

_GEOD = Geod(ellps="GRS80")


def test_the_region_is_whole() -> None:
    communes = embedded_set.communes()
    schemas.communes.validate(communes.drop(columns="geometry"))
    assert len(communes) == 4293
    assert communes["population"].sum() == 6_150_451
    assert communes["departement"].nunique() == 12
    assert communes["epci"].nunique() == 156
    assert communes["code"].is_monotonic_increasing
    assert communes.crs == "EPSG:4326"
    assert communes.geometry.is_valid.all()


def test_populations_are_those_of_the_year_told() -> None:
    people = embedded_set.communes().set_index("code")["population"]
    # As INSEE published them for 2023: of 2022 Bordeaux had 265,328.
    assert people[["33063", "64445"]].tolist() == [267_991, 80_441]
    assert embedded_set.vintage("75").endswith("populations de 2023")
    assert embedded_set.vintage("FR").endswith("populations de 2023 (Mayotte : 2017)")


def test_all_communes_of_france_hold_those_of_the_region_as_they_are() -> None:
    everywhere = embedded_set.everywhere().set_index("code")
    assert len(everywhere) == 34_875
    columns = ["name", "postcodes", "lon", "lat"]
    for own in (embedded_set.communes(), embedded_set.fringe()):
        mine = pd.DataFrame(own.set_index("code")[columns])
        assert everywhere.loc[mine.index, columns].equals(mine)
    merged = {old: code for code, former in everywhere["former"].items() for old in former.split()}
    assert embedded_set.mergers().items() <= merged.items()
    named = everywhere.loc[list(embedded_set.former_names()), "former_names"]
    assert named.str.split("|").to_dict() == embedded_set.former_names()


def test_points_lie_at_most_a_hundredth_of_a_degree_from_their_contour() -> None:
    communes = embedded_set.communes()
    points = shapely.points(communes["lon"], communes["lat"])
    assert shapely.distance(points, communes.geometry.to_numpy()).max() <= 0.0101
    interior = communes["point_source"] == "point intérieur"
    assert 100 <= interior.sum() <= 200
    town = communes["point_source"] == "bourg"
    assert shapely.contains(communes.geometry.to_numpy()[town], points[town]).all()
    assert shapely.contains(communes.geometry.to_numpy()[interior], points[interior]).all()


def test_towns_stand_where_people_live_not_at_an_annexe() -> None:
    """Known towns whose hall in the package is that of another place, kilometres away."""
    both = pd.concat([embedded_set.communes(), embedded_set.fringe()]).set_index("code")
    known = {"33529": (-1.145, 44.633), "49099": (-0.880, 47.059), "33063": (-0.578, 44.838)}
    for code, (lon, lat) in known.items():
        metres = _GEOD.inv(*both.loc[code, ["lon", "lat"]].astype(float), lon, lat)[2]
        assert metres < 1000, code


def test_fringe_is_outside_and_near() -> None:
    communes, fringe = embedded_set.communes(), embedded_set.fringe()
    schemas.communes.validate(fringe)
    assert not set(fringe["code"]) & set(communes["code"])
    assert set(fringe["region"]) == {"24", "52", "76", "84"}
    assert "75" not in set(fringe["region"])
    names = set(fringe["name"])
    assert "Cholet" in names


def test_estuary_and_ocean_are_water_and_towns_are_land() -> None:
    land = shapely.union_all(embedded_set.land().geometry.to_numpy())
    dry = {"Bordeaux": (-0.58, 44.84), "Saint-Sébastien": (-1.98, 43.29), "Cholet": (-0.88, 47.06)}
    wet = {"estuaire": (-0.74, 45.30), "océan": (-1.6, 45.0), "bassin": (-1.15, 44.69)}
    assert [n for n, p in dry.items() if not land.contains(shapely.Point(p))] == []
    assert [n for n, p in wet.items() if land.contains(shapely.Point(p))] == []


def test_names_and_attributions() -> None:
    departements = embedded_set.departements()
    assert (departements["region"] == "75").sum() == 12
    assert {"name", "licence"} <= set(vars(embedded_set.attributions()[0]))
    assert [a.version for a in embedded_set.attributions()] == ["6.0.0", "1.1.0", "2.0.2", "1.0.1"]
    assert embedded_set.regions() == [("75", "Nouvelle-Aquitaine")]


def test_the_set_stays_small() -> None:
    sizes = [p.stat().st_size for p in paths.EMBEDDED.rglob("*") if p.is_file()]
    assert max(sizes) < 3_000_000
    assert sum(sizes) < 6_000_000


def test_an_absent_region_is_said_in_french() -> None:
    with pytest.raises(UnavailableError, match="--region 53"):
        embedded_set.folder("53")
