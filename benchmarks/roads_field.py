"""Estimated times beside those of a road network, from town to town; the factor of relief.

    python -m benchmarks.roads_field NETWORK REGION_FOLDER [--write CODE NAME]

NETWORK is an extract, or a network of MATSim in Lambert-93 (the Corsican one of the reference
data); REGION_FOLDER is what `python -m data.upkeep.build_embedded --region 94 --out FOLDER`
writes. Errors are given as they are for a flat country, and with one factor of relief, fitted
without the squares of 25 km that are judged. With --write, the factor of all pairs becomes that of
the region CODE.
"""

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from benchmarks.fit_travel_time import FOLDS, errors, show, spatial_folds, write_json
from benchmarks.roads_areas import network_of
from geo.friction import surface
from geo.friction.engine import ERRORS_FILE, FrictionTravelTime
from geo.friction.surface import PARAMETERS_FILE, Parameters
from geo.roads.engine import RoadTravelTime
from geo.roads.projection import to_metres

LONGEST_MIN = 90.0
FITTED_MIN = 60.0
"""Longer trips are judged, not fitted: it is 20 minutes that must be told right."""
PAIRS = 4000


def town_pairs(roads: RoadTravelTime, towns: np.ndarray) -> pd.DataFrame:
    """Return pairs of towns, shape (n, 2) degrees, that the network joins in LONGEST_MIN."""
    table = roads.matrix(towns, towns, LONGEST_MIN)
    table = table[table["origin"] < table["destination"]]
    table = table[table["minutes"] > 0]
    return table.sample(min(len(table), PAIRS), random_state=0)


def fitted_factor(field_minutes: np.ndarray, minutes: np.ndarray, parameters: Parameters) -> float:
    """Return the factor with the least mean relative error; paths do not depend on it."""
    near = minutes <= FITTED_MIN
    field_minutes, minutes = field_minutes[near], minutes[near]

    def miss(factor: float) -> float:
        return float((np.abs(parameters.total(factor * field_minutes) - minutes) / minutes).mean())

    return float(minimize_scalar(miss, bounds=(0.5, 4.0), method="bounded").x)


def main() -> None:
    """Compare, fit, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", type=Path)
    parser.add_argument("region", type=Path)
    parser.add_argument("--write", nargs=2, metavar=("CODE", "NAME"))
    options = parser.parse_args()
    roads = RoadTravelTime(network_of(options.network))
    communes = gpd.read_parquet(options.region / "communes.parquet")
    fringe = pd.read_parquet(options.region / "fringe.parquet")
    land = gpd.read_parquet(options.region / "land.parquet")
    known = Parameters.read()
    flat = replace(known, relief={})
    field = surface.build(communes, fringe, land, flat)
    towns = communes[["lon", "lat"]].to_numpy()
    towns = towns[roads.covers(towns)]
    pairs = town_pairs(roads, towns)
    minutes = pairs["minutes"].to_numpy()
    ends = towns[pairs["origin"]], towns[pairs["destination"]]
    estimated = FrictionTravelTime(field, flat, "check").pairs(*ends)
    inside = np.array([flat.field(m) for m in estimated])
    (x1, y1), (x2, y2) = (to_metres(e, "EPSG:2154").T for e in ends)
    fold = spatial_folds(pd.DataFrame({"x1_l93": x1, "y1_l93": y1, "x2_l93": x2, "y2_l93": y2}))
    held_out = np.empty(len(minutes))
    for number in range(FOLDS):
        factor = fitted_factor(inside[fold != number], minutes[fold != number], flat)
        held_out[fold == number] = flat.total(factor * inside[fold == number])
    factor = round(fitted_factor(inside, minutes, flat), 2)
    print(f"{len(towns)} towns, {len(pairs)} pairs, factor of relief {factor}")
    show("flat", errors(estimated, minutes))
    show("with relief, held-out squares", errors(held_out, minutes))
    if options.write:
        code, name = options.write
        found = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
        found["relief"] |= {
            code: {"name": name, "factor": factor, "pairs": len(pairs), **errors(held_out, minutes)}
        }
        write_json(ERRORS_FILE, found)
        fitted = replace(known, relief={**known.relief, code: factor})
        write_json(PARAMETERS_FILE, {"parameters": asdict(fitted)})


if __name__ == "__main__":
    main()
