"""Points joined to the network: where one enters it, where one leaves it, at what cost."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geo.compiled import kernel
from geo.contours import OFF_ROAD_MIN_PER_M
from geo.roads.locate import snap
from geo.roads.network import RoadNetwork
from geo.roads.projection import to_metres
from geo.roads.search import NEVER_MS, Ints
from geo.travel_time import LonLat

OFF_ROAD_MS_PER_M = OFF_ROAD_MIN_PER_M * 60_000

LINK, ALONG_MS, ACCESS_MS = 0, 1, 2
ENTRY_NODE, ENTRY_MS = (3, 5), (4, 6)
"""Columns of the junction ahead, and of the time to it, forward then backward."""
EXIT_NODE, EXIT_MS = (7, 9), (8, 10)
"""Columns of the junction one comes from, and of the time from it."""
_COLUMNS = 11


@dataclass(frozen=True, eq=False)
class Places:
    """Points snapped to links, for one profile.

    Attributes
    ----------
    xy
        Shape (p, 2), metres.
    table
        Shape (p, 11), columns above; link -1 for a point too far from any road.
    """

    xy: npt.NDArray[np.float64]
    table: Ints

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.table)

    @property
    def snapped(self) -> npt.NDArray[np.bool_]:
        """True where the point is near enough to a road."""
        return self.table[:, LINK] >= 0

    def take(self, rows: npt.NDArray[np.integer] | npt.NDArray[np.bool_] | slice) -> "Places":
        """Return some of the points."""
        return Places(self.xy[rows], self.table[rows])

    def entries(self) -> tuple[Ints, Ints]:
        """Return nodes and ms of departures, shape (2 p,), forward and backward by turns."""
        return self._ends(ENTRY_NODE, ENTRY_MS)

    def exits(self) -> tuple[Ints, Ints]:
        """Return nodes and ms of arrivals, shape (2 p,), forward and backward by turns."""
        return self._ends(EXIT_NODE, EXIT_MS)

    def _ends(self, node: tuple[int, int], ms: tuple[int, int]) -> tuple[Ints, Ints]:
        return self.table[:, node].ravel(), self.table[:, ms].ravel()


def locate(network: RoadNetwork, profile: str, points: LonLat) -> Places:
    """Join points (p, 2), degrees, to their nearest joinable link."""
    return locate_metres(network, profile, to_metres(points, network.crs))


def locate_metres(network: RoadNetwork, profile: str, xy: npt.NDArray[np.float64]) -> Places:
    """Join points (p, 2), metres of the network's CRS, to their nearest joinable link."""
    link = np.empty(len(xy), np.int32)
    share, distance_m = np.empty(len(xy)), np.empty(len(xy))
    rows, columns = network.provenance["bucket_rows_columns"]
    snap(
        np.ascontiguousarray(xy, np.float64),
        *network.origin,
        rows,
        columns,
        network.bucket_ptr,
        network.bucket_segment,
        network.shape_ptr,
        network.shape_cm,
        link,
        share,
        distance_m,
    )
    near = link >= 0
    known = np.where(near, link, 0)
    total = network.link_ms(profile)[known].astype(np.int64)
    along = np.rint(share * total).astype(np.int64)
    access = np.zeros(len(xy), np.int64)
    access[near] = np.rint(distance_m[near] * OFF_ROAD_MS_PER_M)
    nodes = np.where(near[:, None], network.link_nodes[known], -1)
    table = np.empty((len(xy), _COLUMNS), np.int32)
    table[:, LINK], table[:, ALONG_MS], table[:, ACCESS_MS] = link, along, access
    tail_forward, head_forward, tail_backward, head_backward = nodes.T
    table[:, ENTRY_NODE] = np.column_stack([head_forward, head_backward])
    table[:, ENTRY_MS] = np.column_stack([access + total - along, access + along])
    table[:, EXIT_NODE] = np.column_stack([tail_forward, tail_backward])
    table[:, EXIT_MS] = np.column_stack([access + along, access + total - along])
    return Places(xy, table)


@kernel
def direct_ms(
    origin: Ints,
    origin_xy: npt.NDArray[np.float64],
    destination: Ints,
    destination_xy: npt.NDArray[np.float64],
) -> int:
    """Return the time between two places of the same link without leaving it, or on foot.

    NEVER_MS when they lie on different links or one-way traffic forbids it; on foot is straight,
    which cannot cross a river between two points of one road.
    """
    if origin[0] != destination[0] or origin[0] < 0:
        return NEVER_MS
    gap_m = math.hypot(origin_xy[0] - destination_xy[0], origin_xy[1] - destination_xy[1])
    best = min(round(gap_m * OFF_ROAD_MS_PER_M), NEVER_MS)
    ends = origin[2] + destination[2]
    ahead = destination[1] - origin[1]
    if ahead >= 0 and origin[3] >= 0:
        best = min(best, ends + ahead)
    if ahead <= 0 and origin[5] >= 0:
        best = min(best, ends - ahead)
    return best


@kernel
def arrival_ms(place: Ints, state: Ints, tag: int) -> int:
    """Return the time at a place from what a search knows of the nodes before it."""
    best = NEVER_MS
    for column in (7, 9):
        node = place[column]
        if node >= 0 and state[node, 1] == tag:
            best = min(best, state[node, 0] + place[column + 1])
    return best
