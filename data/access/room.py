"""Room with a GP in a region: who finds a place within some minutes, both sides of the border."""

import numpy as np
import pandas as pd

from data.access.inputs import NEAR_MINUTES, gp_pairs, places
from data.access.room_tables import RoomTables
from data.region.territory import Territory
from geo.errors import UnavailableError
from geo.room import Reach

MINUTES = (5.0, 10.0, 15.0, 20.0, 30.0)
"""Thresholds that screens offer."""


def room_tables(territory: Territory, minutes: float) -> RoomTables:
    """Return the communes of a region and of its fringe, their GPs, and who reaches whom.

    Rows follow `data.access.inputs.places`: the region in its order, then the fringe; sites are
    the same rows. A commune is at 0 minutes of its own GPs.

    Raises
    ------
    UnavailableError
        If no GP of the region is known.
    """
    everywhere = places(territory).rename(columns={"code": "id"})
    if not (everywhere["gps"] > 0).any():
        raise UnavailableError(
            "Les médecins de la région ne sont pas connus : importez leurs effectifs par commune."
        )
    pairs = gp_pairs(territory, max(minutes, NEAR_MINUTES))
    apart = pairs[pairs["origin"] != pairs["destination"]]
    own = np.flatnonzero(everywhere["gps"].to_numpy() > 0)
    home = pd.DataFrame({"origin": own, "destination": own, "minutes": np.zeros(len(own))})
    count = len(everywhere)
    reach = Reach.of(pd.concat([home, apart], ignore_index=True), count, count, minutes)
    told = everywhere[["id", "name", "inside", "population"]]
    return RoomTables(told, everywhere[["id", "gps"]], reach)
