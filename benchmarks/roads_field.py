"""Estimated times beside those of a road network, from town to town.

    python -m benchmarks.roads_field NETWORK REGION_FOLDER

NETWORK is an extract, or a network of MATSim in Lambert-93 (the Corsican one of the reference
data); REGION_FOLDER is what `python -m data.upkeep.build_embedded --region 94 --out FOLDER`
writes.
"""

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.fit_travel_time import errors, show
from benchmarks.roads_areas import network_of
from geo.friction.engine import load_engine
from geo.roads.engine import RoadTravelTime

LONGEST_MIN = 90.0
PAIRS = 4000


def town_pairs(roads: RoadTravelTime, towns: np.ndarray) -> pd.DataFrame:
    """Return pairs of towns, shape (n, 2) degrees, that the network joins in LONGEST_MIN."""
    table = roads.matrix(towns, towns, LONGEST_MIN)
    table = table[table["origin"] < table["destination"]]
    table = table[table["minutes"] > 0]
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
    engine = load_engine(communes, fringe, gpd.read_parquet(options.region / "land.parquet"))
    towns = communes[["lon", "lat"]].to_numpy()
    towns = towns[roads.covers(towns)]
    pairs = town_pairs(roads, towns)
    estimated = engine.pairs(towns[pairs["origin"]], towns[pairs["destination"]])
    print(f"{len(towns)} towns, {len(pairs)} pairs")
    show("estimated beside the network", errors(estimated, pairs["minutes"].to_numpy()))


if __name__ == "__main__":
    main()
