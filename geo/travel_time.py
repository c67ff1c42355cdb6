"""The one interface to travel times; engines stand behind it (friction surface, road network)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

LonLat = npt.NDArray[np.float64]
"""Points, shape (n, 2): longitude then latitude, degrees, WGS84 (EPSG:4326)."""

Minutes = npt.NDArray[np.float64]
"""Minutes by car; inf where the point is not reached within the limit."""

RINGS_MINUTES = (10.0, 20.0, 30.0)
"""Rings always at hand: 20, report on proximity medicine (Hubert, 2010); 30, France Santé label."""


@dataclass(frozen=True)
class EngineLabel:
    """What the screen says of the engine in use.

    Attributes
    ----------
    name
        Short French name, e.g. "Temps estimés" or "Réseau routier OpenStreetMap".
    vintage
        Date of the network or of the fit, in French.
    detail
        One French sentence: profile, error, limits.
    estimated
        True when times are estimates without a road network.
    apart
        The same of the départements that are lands of their own beside the main one.
    """

    name: str
    vintage: str
    detail: str
    estimated: bool
    apart: Mapping[str, bool] = field(default_factory=dict)

    def estimates(self, departement: str) -> bool:
        """Tell whether the times of a département are estimates."""
        return self.apart.get(departement, self.estimated)


@cache
def code_version(folder: Path, *, without: frozenset[str] = frozenset()) -> str:
    """Return a key of the code of an engine: minutes kept by another code are not its own.

    Blank lines and lines that are comments do not count, nor does the end of lines, so that one
    release has one key on every machine.

    Parameters
    ----------
    folder
        Package of the engine.
    without
        Names of its modules that give no minutes (fit, build).
    """
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        if file.name not in without:
            digest.update(file.name.encode())
            for line in file.read_text(encoding="utf-8").splitlines():
                if (code := line.rstrip()) and not code.lstrip().startswith("#"):
                    digest.update(code.encode() + b"\n")
    return digest.hexdigest()[:12]


class TravelTime(Protocol):
    """Car travel times in a region. Thresholds are inclusive (t <= limit), in minutes.

    Raises
    ------
    UnreachableError
        `one_to_many` and `isochrones`: the only origin is outside the region or at sea.
    InvalidInputError
        `pairs`: not as many origins as destinations; `isochrones`: no origin, no threshold, or one
        that is not positive.
    """

    @property
    def label(self) -> EngineLabel:
        """What the screen says of this engine."""
        ...

    @property
    def version(self) -> str:
        """Key of the engine and its data: two engines with the same key give the same times."""
        ...

    def pairs(self, origins: LonLat, destinations: LonLat) -> Minutes:
        """Minutes of each pair (origins[i], destinations[i]), shape (n,); inf if no way."""
        ...

    def one_to_many(self, origin: LonLat, destinations: LonLat, limit: float) -> Minutes:
        """Minutes from one point, shape (2,), to many, shape (n,); inf beyond `limit` minutes."""
        ...

    def matrix(self, origins: LonLat, destinations: LonLat, limit: float) -> pd.DataFrame:
        """Pairs within `limit` minutes: columns origin, destination (row numbers), minutes."""
        ...

    def nearest(
        self, sites: LonLat, points: LonLat, limit: float = np.inf
    ) -> tuple[Minutes, npt.NDArray[np.int64]]:
        """Minutes from each point to its nearest site, and the site's row number (-1: none)."""
        ...

    def isochrones(
        self, origins: LonLat, minutes: Sequence[float] = RINGS_MINUTES
    ) -> gpd.GeoDataFrame:
        """Areas within each threshold of the nearest of `origins` (union over origins).

        Returns
        -------
        geopandas.GeoDataFrame
            Columns minutes (ascending) and geometry (valid, nested, EPSG:4326).
        """
        ...
