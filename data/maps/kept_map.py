"""A map as it is sent, made once for a state of the data and kept on disk.

To draw a map's values and comparisons takes most of the time of a first visit, and gives the same
to all who may see the same.
"""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import pandas as pd

from data.base import paths
from data.base.table_cache import cached_table
from data.maps import contours, payload
from data.maps.document import ContoursAddress, MapDocument
from data.maps.static_files import FROM_FRAME
from data.region.territory import Territory


@dataclass(frozen=True)
class KeptMap:
    """The configuration of a map.

    Attributes
    ----------
    contours
        Where its contours are.
    sent
        `data.maps.payload.encode` of all of it.
    """

    contours: ContoursAddress
    sent: str

    @cached_property
    def document(self) -> MapDocument:
        """What is sent, read again; read only."""
        return cast("MapDocument", json.loads(gzip.decompress(base64.b64decode(self.sent))))


def sent(made: MapDocument) -> KeptMap:
    """Return a configuration as it is sent."""
    return KeptMap(payload.contours_address(made), payload.encode(made))


def kept(territory: Territory, name: str, key: str, build: Callable[[], MapDocument]) -> KeptMap:
    """Return a map as `build` makes it, from disk where it was made before.

    What draws no contours of a file is not kept.

    Parameters
    ----------
    territory
        The region.
    name
        Of the map.
    key
        Of all that it depends on.
    build
        Makes it.
    """
    made: list[KeptMap] = []

    def table() -> pd.DataFrame:
        made.append(sent(build()))
        address = made[0].contours["contours"] or ""
        return pd.DataFrame({"contours": [address], "sent": [made[0].sent]})

    row = cached_table(f"{name}-{territory.region}", key, table).iloc[0]
    if made:
        return made[0]
    drawn = str(row["contours"])
    if not _there(territory, drawn):
        return sent(build())
    return KeptMap({"base": FROM_FRAME, "contours": drawn}, str(row["sent"]))


def _there(territory: Territory, drawn: str) -> bool:
    """Tell whether a file of contours is served, and write it again where it was removed."""
    return bool(drawn) and (
        (paths.STATIC / drawn).is_file() or contours.contours_file(territory) == drawn
    )
