"""A candidate site, placed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Site:
    """A candidate site, placed.

    Attributes
    ----------
    line
        Line of the upload.
    name, code, commune
        Name as written; INSEE code and name of its commune.
    lon, lat
        Degrees, WGS84.
    gps, others
        GPs and other professionals planned, parts of one included; None when not said.
    floor_m2, opening_year
        Floor area in m²; year of opening; None when not said.
    moving
        INSEE code to number of GPs who practise there now and would move in.
    """

    line: int
    name: str
    code: str
    commune: str
    lon: float
    lat: float
    gps: float | None = None
    others: float | None = None
    floor_m2: float | None = None
    opening_year: int | None = None
    moving: Mapping[str, float] = field(default_factory=dict)
