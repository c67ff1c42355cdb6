"""A made region on one parallel: 0.01 degree of longitude is one minute."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from data.region import schemas
from data.region.territory import Territory
from geo.travel_time import EngineLabel

CODES = ["16001", "16002", "17001", "17002"]
LON = [0.0, 0.2, 0.5, 1.0]
POPULATION = [1000.0, 200.0, 300.0, 50.0]


class Straight:
    """Minutes along the parallel."""

    label = EngineLabel("essai", "2026", "Ligne droite.", estimated=True)
    version = "straight"

    def _minutes(self, a, b):
        return np.round(np.abs(a[:, None, 0] - b[None, :, 0]) * 100, 6)

    def nearest(self, sites, points, limit=np.inf):
        minutes = self._minutes(points, sites)
        near = minutes.min(axis=1)
        reached = near <= limit
        return np.where(reached, near, np.inf), np.where(reached, minutes.argmin(axis=1), -1)

    def one_to_many(self, origin, destinations, limit):
        minutes = self._minutes(origin[None], destinations)[0]
        return np.where(minutes <= limit, minutes, np.inf)


def line(name, lon, specialty="Cardiologie", status="assurée", **other):
    """One line; those east of 0.4 are in département 17, those below 0 beyond the border."""
    code = "24001" if lon < 0 else "16001" if lon < 0.4 else "17001"
    row = dict.fromkeys(schemas.pdses_lines.columns, "")
    return row | {
        "line": name,
        "establishment": f"Hôpital {name}",
        "code": code,
        "lon": lon,
        "lat": 45.0,
        "specialty": specialty,
        "line_type": "garde",
        "status": status,
        **other,
    }


def made(*lines):
    """Four communes at 0, 20, 50 and 100 minutes, one beyond the border, and these lines."""
    communes = gpd.GeoDataFrame(
        {
            "code": CODES,
            "name": ["Un", "Deux", "Trois", "Quatre"],
            "departement": [code[:2] for code in CODES],
            "region": "75",
            "epci": "",
            "epci_name": "",
            "postcodes": ["16000", "16200", "17000", "17200"],
            "population": POPULATION,
            "lon": LON,
            "lat": 45.0,
            "point_source": "mairie",
            "area_km2": 10.0,
        },
        geometry=[shapely.Point(x, 45).buffer(0.05) for x in LON],
        crs=4326,
    )
    fringe = pd.DataFrame(communes.drop(columns="geometry").iloc[[0]]).assign(
        code="24001", name="Voisine", departement="24", region="24", lon=-0.1, postcodes="24000"
    )
    parts = {key: pd.DataFrame(columns=list(schemas.TABLES[key].columns)) for key in schemas.TABLES}
    columns = list(schemas.pdses_lines.columns)
    parts["pdses_lines"] = pd.DataFrame(list(lines), columns=columns)
    return Territory(
        region="75",
        region_name="Essai",
        version="v1",
        communes=communes,
        fringe=fringe,
        **parts,
        provenance={},
        travel_time=Straight(),
    )
