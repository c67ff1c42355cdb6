"""The scale bar and the north of a static map, as long and as turned as the place makes them."""

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon
from pyproj import CRS, Geod, Transformer

from geo.map_letters import Letters

LONGEST_INCHES = 1.05
_INK = "#161616"
_TICK_INCHES, _ARROW_INCHES, _GAP_INCHES = 0.05, 0.2, 0.2
"""Height of the ends of the bar, height of the arrow, between the bar and the arrow."""

Frame = tuple[float, float, float, float]


@dataclass(frozen=True)
class MapScale:
    """What a map in a plane says of its size: a round length, and where north is."""

    metres: float
    """Round length on the ground that the bar stands for."""
    length: float
    """Length of the bar in the plane of the map, in its units."""
    north_degrees: float
    """Direction of true north at the middle of the map, clockwise from the top."""

    @property
    def label(self) -> str:
        """Return the length in words: "500 m", "20 km"."""
        return f"{self.metres:.0f} m" if self.metres < 1000 else f"{self.metres / 1000:.0f} km"


def map_scale(frame: Frame, crs: CRS, longest: float) -> MapScale:
    """Return the bar and the north of a map, measured over the ellipsoid at its middle.

    A plane in metres is no proof: one unit of Lambert-93 is a metre on two parallels only, one of
    Web Mercator is 0.7 m in France.

    Parameters
    ----------
    frame
        West, south, east, north of the map, in the units of `crs`.
    crs
        Plane of the map.
    longest
        Length that the bar may have, in the units of `crs`.
    """
    west, south, east, north = frame
    x, y = (west + east) / 2, (south + north) / 2
    half = longest / 2
    ends = np.array([(x - half, y), (x + half, y), (x, y - half), (x, y + half)])
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    lon, lat = to_degrees.transform(ends[:, 0], ends[:, 1])
    ellipsoid = Geod(ellps="GRS80")
    _, _, ground = ellipsoid.inv(lon[0], lat[0], lon[1], lat[1])
    # What goes up on the map heads that many degrees east of north: north is as far to the left.
    heading, _, _ = ellipsoid.inv(lon[2], lat[2], lon[3], lat[3])
    power = 10.0 ** np.floor(np.log10(ground))
    metres = next(one for one in (5, 2, 1) if one * power <= ground) * power
    return MapScale(float(metres), float(longest * metres / ground), float(-heading))


def draw_scale(
    figure: Figure,
    frame: Frame,
    crs: CRS,
    unit_inches: float,
    at_inches: tuple[float, float],
    *,
    own: Letters,
) -> None:
    """Draw the bar and the arrow of the north beside a map, where they hide nothing of it.

    Parameters
    ----------
    figure
        The picture.
    frame
        West, south, east, north of the map, in the units of `crs`.
    crs
        Plane of the map.
    unit_inches
        Inches of the picture per unit of `crs`.
    at_inches
        Left end of the bar, from the lower left corner of the picture.
    own
        Letters of the picture.
    """
    scale = map_scale(frame, crs, LONGEST_INCHES / unit_inches)
    inches = figure.dpi_scale_trans
    left, low = at_inches
    right, high = left + scale.length * unit_inches, low + _TICK_INCHES
    bar = Line2D([left, left, right, right], [high, low, low, high], color=_INK, linewidth=1.2)
    bar.set(transform=inches, solid_capstyle="butt", gid="scale-bar")
    figure.add_artist(bar)
    figure.text(
        left, high + 0.04, scale.label, fontproperties=own.at(7), color=_INK, transform=inches
    )
    # The arrow, turned around its middle; its letter above.
    angle = np.radians(scale.north_degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    arrow = _ARROW_INCHES * np.array([(0, 0.5), (0.3, -0.5), (0, -0.25), (-0.3, -0.5)])
    middle = np.array([right + _GAP_INCHES, low + _ARROW_INCHES / 2])
    pointer = Polygon(middle + arrow @ turn, facecolor=_INK, transform=inches, gid="north")
    figure.add_artist(pointer)
    above = middle[1] + _ARROW_INCHES / 2 + 0.03
    bold = own.at(7, bold=True)
    figure.text(
        middle[0], above, "N", fontproperties=bold, color=_INK, ha="center", transform=inches
    )
