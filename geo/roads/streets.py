"""Where people may live along a network: its streets, cut into pieces and gathered by cell."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.roads.network import RoadNetwork
from geo.roads.profile import CODES
from geo.roads.projection import to_lonlat

CELL_M = 200.0
"""Side of the cells in which streets are gathered, that of INSEE's finest grid of people."""
PIECE_M = 100.0
RESIDENTIAL = (CODES["residential"], CODES["living_street"])
COUNTRY = (CODES["unclassified"],)
"""Roads of hamlets, where a commune has no residential street."""
_CM = 100


def street_cells(network: RoadNetwork) -> pd.DataFrame:
    """Return cells that hold streets.

    Returns
    -------
    pandas.DataFrame
        lon, lat: mean position of the pieces of street in the cell, WGS84; metres of street;
        residential: whether these are residential streets, or country roads.
    """
    pieces = [
        _cells(network, classes).assign(residential=residential)
        for classes, residential in ((RESIDENTIAL, True), (COUNTRY, False))
    ]
    cells = pd.concat(pieces, ignore_index=True)
    lonlat = to_lonlat(cells[["x", "y"]].to_numpy(dtype=np.float64), network.crs)
    return pd.DataFrame(
        {
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "metres": cells["metres"].to_numpy(),
            "residential": cells["residential"].to_numpy(),
        }
    )


def _cells(network: RoadNetwork, classes: tuple[int, ...]) -> pd.DataFrame:
    middle, length = _pieces(network, classes)
    # The mean position, weighted by length, stays on or beside the streets of the cell.
    column, row = np.floor(middle / CELL_M).astype(np.int64).T
    weighted = pd.DataFrame(
        {"x": middle[:, 0] * length, "y": middle[:, 1] * length, "metres": length}
    )
    sums = weighted.groupby([column, row], sort=True).sum().reset_index(drop=True)
    return sums.assign(x=sums["x"] / sums["metres"], y=sums["y"] / sums["metres"])


def _pieces(
    network: RoadNetwork, classes: tuple[int, ...]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return middles, shape (n, 2), and lengths of pieces of at most `PIECE_M`, metres."""
    kept = np.isin(network.link_class, classes) & network.link_joinable
    link_of_row = np.repeat(np.arange(len(kept)), np.diff(network.shape_ptr))
    # A segment goes from a row to the next one of the same link.
    first = np.flatnonzero(kept[link_of_row[:-1]] & (link_of_row[:-1] == link_of_row[1:]))
    start = network.shape_cm[first].astype(np.float64) / _CM
    step = network.shape_cm[first + 1].astype(np.float64) / _CM - start
    length = np.hypot(step[:, 0], step[:, 1])
    count = np.maximum(np.ceil(length / PIECE_M).astype(np.int64), 1)
    segment = np.repeat(np.arange(len(first)), count)
    rank = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    share = (rank + 0.5) / count[segment]
    return start[segment] + step[segment] * share[:, None], (length / count)[segment]
