"""Areas reached within a time, drawn from a grid of minutes.

A concave hull of reached points drops whole valley roads and fills lakes; a contour of a time
grid keeps islands, holes and far banks. Every threshold is cut from the same grid, which is what
makes the rings nested.
"""

import contourpy
import numpy as np
import numpy.typing as npt
import shapely

OFF_ROAD_KMH = 5.0
"""Speed between a point and its road: a walk. Also how fast an area widens beside its roads."""

OFF_ROAD_MAX_M = 400.0
"""An area never reaches further than this from a road."""

OFF_ROAD_MIN_PER_M = 60 / (OFF_ROAD_KMH * 1000)

UNREACHED_MARGIN_MIN = OFF_ROAD_MAX_M * OFF_ROAD_MIN_PER_M
"""A cell never reached counts as this much above the threshold, which places the limit between
a reached and an unreached cell; a finite margin over each threshold keeps the rings nested."""

_TOUCHING_MIN = 1e-6
"""Around a centre further than this from the threshold, crossings of its sides are micrometres
apart, a thousand times the rounding of coordinates in metres: rings cannot touch there."""


def area_within(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    minutes: npt.NDArray[np.floating],
    limit: float,
) -> shapely.MultiPolygon:
    """Return the area of a time grid where minutes <= limit.

    Along each side of the grid the crossing moves outwards as the limit grows, and saddles are
    told apart by the mean of their four corners, which only falls below a growing limit: areas
    cut from one grid are therefore nested.

    Parameters
    ----------
    x
        Ascending abscissas of the cell centres, shape (nx,), nx >= 2, projected metres.
    y
        Ascending ordinates of the cell centres, shape (ny,), ny >= 2, projected metres.
    minutes
        Minutes at the cell centres, shape (ny, nx); inf or nan where nothing is reached.
    limit
        Threshold in minutes, inclusive.

    Returns
    -------
    shapely.MultiPolygon
        Valid, in the same metres, with its holes and islands; empty when nothing is reached.
    """
    cap = limit + UNREACHED_MARGIN_MIN
    rimmed = np.full((minutes.shape[0] + 2, minutes.shape[1] + 2), cap)
    # fmin passes over nan: a cell of unknown time is not reached.
    np.fmin(minutes, cap, out=rimmed[1:-1, 1:-1])
    generator = contourpy.contour_generator(
        _with_rim(x),
        _with_rim(y),
        rimmed,
        name="serial",
        fill_type=contourpy.FillType.ChunkCombinedOffsetOffset,
    )
    (points,), (rings,), (polygons,) = generator.filled(-np.inf, limit)
    if points is None:
        return shapely.MultiPolygon()
    (area,) = shapely.from_ragged_array(
        shapely.GeometryType.MULTIPOLYGON,
        points,
        (rings, polygons, np.array([0, len(polygons) - 1])),
    )
    # Rings touch only where a centre is at the threshold: asking takes longer than contouring.
    if (np.abs(rimmed - limit) < _TOUCHING_MIN).any() and not area.is_valid:
        area = shapely.make_valid(area, method="structure", keep_collapsed=False)
    return area if isinstance(area, shapely.MultiPolygon) else shapely.MultiPolygon(_parts(area))


def _with_rim(axis: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Add one cell before and after, so that an area which fills the grid is closed."""
    before, after = 2 * axis[0] - axis[1], 2 * axis[-1] - axis[-2]
    return np.concatenate([[before], axis, [after]])


def _parts(area: shapely.Geometry) -> list[shapely.Polygon]:
    return [p for p in shapely.get_parts(area) if isinstance(p, shapely.Polygon) and not p.is_empty]
