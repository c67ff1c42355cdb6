"""A region of six communes whose figures are known by hand, for the tests of several rooms."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.region import schemas
from data.region.territory import Territory
from geo.travel_time import EngineLabel

MINUTES_PER_DEGREE = 100.0
POPULATION = [1000.0, 2000.0, 500.0, 300.0, 0.0, 800.0]
CODES = ["16001", "16002", "16003", "17001", "17002", "17003"]


@dataclass
class Straight:
    """Minutes along one parallel: 0.1 degree of longitude is 10 minutes."""

    calls: int = 0

    label = EngineLabel("essai", "2026", "Ligne droite.", estimated=True)
    version = "straight-1"

    def _minutes(self, a, b):
        return np.round(np.abs(a[:, None, 0] - b[None, :, 0]) * MINUTES_PER_DEGREE, 6)

    def matrix(self, origins, destinations, limit):
        self.calls += 1
        minutes = self._minutes(origins, destinations)
        i, j = np.nonzero(minutes <= limit)
        return pd.DataFrame({"origin": i, "destination": j, "minutes": minutes[i, j]})

    def nearest(self, sites, points, limit=np.inf):
        minutes = self._minutes(points, sites)
        near = minutes.min(axis=1)
        return np.where(near <= limit, near, np.inf), minutes.argmin(axis=1)


def made(gps, **tables):
    """Six communes on a line every 12 minutes; the last, 17003, is an hour and a half away."""
    lon = [0.0, 0.12, 0.24, 0.36, 0.48, 2.0]
    communes = gpd.GeoDataFrame(
        {
            "code": CODES,
            "name": ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"],
            "departement": [c[:2] for c in CODES],
            "region": "75",
            "epci": ["e1", "e1", "e2", "e2", "e2", ""],
            "epci_name": ["EPCI 1", "EPCI 1", "EPCI 2", "EPCI 2", "EPCI 2", ""],
            "postcodes": "16000",
            "population": POPULATION,
            "lon": lon,
            "lat": 45.0,
            "point_source": "mairie",
            "area_km2": 10.0,
        },
        geometry=[shapely.Point(x, 45).buffer(0.05) for x in lon],
        crs=4326,
    )
    fringe = pd.DataFrame(communes.drop(columns="geometry").iloc[[0]]).assign(
        code="24001", name="Voisine", region="24", lon=-0.12, population=400.0
    )
    parts = {
        key: pd.DataFrame(columns=list(schemas.TABLES[key].columns)) for key in schemas.TABLES
    } | tables
    parts["gps"] = pd.DataFrame({"code": list(gps), "gps": list(gps.values())}, dtype=object)
    parts["gps"]["gps"] = parts["gps"]["gps"].astype(float)
    return Territory(
        region="75",
        region_name="Essai",
        version="v1",
        communes=communes,
        fringe=fringe.reset_index(drop=True),
        provenance={},
        travel_time=Straight(),
        **parts,
    )


GPS = {"16001": 2.0, "16002": 0.0, "16003": 0.0, "17001": 1.0, "17002": 0.0, "17003": 0.0}
GPS["24001"] = 1.0


def apl_table(*rows):
    return pd.DataFrame(rows, columns=["code", "year", "apl", "apl65", "standardised_population"])
