"""Estimated times beside those of a road network, from town to town.

    python -m benchmarks.roads_field NETWORK REGION_FOLDER

NETWORK is an extract, or a network of MATSim in Lambert-93 (the Corsican one of the reference
data); REGION_FOLDER is what `python -m data.build_embedded --region 94 --out FOLDER` writes. Errors
are given as they are, and after one factor that aligns speeds.
"""

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.fit_travel_time import errors, show
from benchmarks.roads_areas import network_of
from geo import slowness_field
from geo.roads.engine import RoadTravelTime
from geo.slowness import SlownessField
from geo.slowness_field import Parameters

LONGEST_MIN = 90.0
PAIRS = 4000


def town_pairs(roads: RoadTravelTime, towns: np.ndarray) -> pd.DataFrame:
    """Return pairs of towns, shape (n, 2) degrees, that the network joins in LONGEST_MIN."""
    table = roads.matrix(towns, towns, LONGEST_MIN)
    table = table[table["origin"] < table["destination"]]
    return table.sample(min(len(table), PAIRS), random_state=0)


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path)
    parser.add_argument("region", type=Path)
    options = parser.parse_args()
    roads = RoadTravelTime(network_of(options.network))
    communes = gpd.read_parquet(options.region / "communes.parquet")
    fringe = pd.read_parquet(options.region / "fringe.parquet")
    land = gpd.read_parquet(options.region / "land.parquet")
    parameters = Parameters.read()
    field = slowness_field.build(communes, fringe, land, parameters)
    towns = communes[["lon", "lat"]].to_numpy()
    towns = towns[roads.covers(towns)]
    pairs = town_pairs(roads, towns)
    minutes = pairs["minutes"].to_numpy()
    estimated = SlownessField(field, parameters, "check").pairs(
        towns[pairs["origin"]], towns[pairs["destination"]]
    )
    factor = float(np.median(minutes / estimated))
    print(f"{len(towns)} towns, {len(pairs)} pairs, road times / estimates: {factor:.2f}")
    show("as they are", errors(estimated, minutes))
    show("after one factor", errors(estimated * factor, minutes))


if __name__ == "__main__":
    main()
