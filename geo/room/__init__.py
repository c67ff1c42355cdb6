"""Room with a GP within a threshold: the bound with its proof, and nearest first."""

from geo.room.bound import Bound, fairest
from geo.room.nearest import Seats, nearest_first, nearest_load
from geo.room.reach import Reach

__all__ = ["Bound", "Reach", "Seats", "fairest", "nearest_first", "nearest_load"]
