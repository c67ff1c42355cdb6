"""By how much known trips of an area last longer than the field says: a table of ratios, smoothed.

Only ratios on a coarse grid are kept, not the trips; where no trip was known the ratio is 1.
"""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from geo.friction.crossings import Place
from geo.friction.features import sampled

LOCAL_FILE = Path(__file__).with_name("local_ratio.json")

STEP_M = 10_000.0
"""Side of the squares of the table (Lambert-93)."""


def log_ratio(place: Place, shape: tuple[int, int]) -> npt.NDArray[np.float64]:
    """Return the logarithm of the ratio in each cell of a raster in Lambert-93."""
    known = json.loads(LOCAL_FILE.read_text(encoding="utf-8"))
    grid = np.zeros((known["rows"], known["columns"]))
    for row, column, percent in known["nodes"]:
        grid[row, column] = np.log1p(percent / 100)
    return sampled(grid, Place(place.to_metres, 0.0, known["south_m"], STEP_M), place, shape)
