"""A map as a picture, for reports and exports: the same classes and colours as on screen."""

import io
import math
import pathlib
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke
from PIL import Image
from pyproj import CRS
from scipy.spatial import KDTree
from shapely.errors import GEOSException

from geo.display import METRES_CRS, METRES_WITHIN
from geo.layers import Indicator
from geo.map_letters import Letters, letters
from geo.map_scale import draw_scale

DOTS_PER_INCH = 150
Shapes = TypeVar("Shapes", gpd.GeoDataFrame, gpd.GeoSeries)
Frame = tuple[float, float, float, float]
"""What a picture shows: west, south, east, north, metres."""
Box = tuple[float, float, float, float]
"""Left, bottom, width and height on a page, inches."""

OUTLINED_COMMUNES = 800
"""Above it a picture, and that seen beside it, shows areas of one class, not each commune."""
EDGE: dict[str, Any] = {"edgecolor": "#b9bdc9", "linewidth": 0.35}
AREA_EDGE: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.15}
"""Between communes, seen beside the palest class too; between areas of one class."""
GAP_PIXELS = 20
NEAR_DEGREES, NEAR_TIMES = 0.5, 2.0
"""What a picture may show around what it frames: degrees of latitude, and times its size."""
EDGE_DEGREES = 0.25
"""Step along a parallel, which is a curve in metres."""
COLOURS = 256
"""Of a picture: a third of the bytes, and only the edges of letters and shapes differ."""
SEEN_STEPS = 32
"""Places along a side of a picture at which it is cut to what is known."""
TITLE_INCHES, NOTE_INCHES, LEGEND_INCHES = 0.35, 0.13, 1.65
UNTITLED_INCHES = 0.05
"""Height of the band of a title, and of that of a picture whose page says it."""
BELOW_COLUMNS = 3
BELOW_INCHES, SCALE_INCHES = 0.85, 1.4
"""Most columns and least height of a legend below the map, and the width of the scale beside."""
LEGEND_CANVAS_INCHES = 8.0
"""Width of what a legend is drawn on: more than any has."""
TITLE_POINTS, LEGEND_POINTS, LETTER_WIDTH = 11.0, 7.0, 0.52
"""Sizes of letters, and their width by their size, as a mean."""
UNKNOWN_COLOUR = "#ffffff"
"""Of what lies beyond the land that is known: neither sea nor land."""
LAND_CUT_DEGREES = 1.0
"""How far around a region its set holds land (`data.upkeep.build_area`)."""
SEA_COLOUR = "#dbe7f0"
LAND_COLOUR = "#f1efe9"
MISSING_COLOUR = "#e4e6ea"
MISSING_EDGE: dict[str, Any] = {"edgecolor": "#8a8f98", "hatch": "///"}
MARK_COLOUR = "#000091"
"""Of rings, places and the outline of a territory."""


def class_numbers(values: pd.Series, indicator: Indicator) -> pd.Series:
    """Return the rank of each value among the classes of an indicator, -1 where missing.

    Bounds are inclusive: 20 minutes belong to "15 à 20".
    """
    if not indicator.breaks:
        ranks = {one.value: rank for rank, one in enumerate(indicator.classes)}
        return values.map(ranks).fillna(-1).astype(int)
    scale = 100.0 if indicator.unit == "%" else 1.0
    numbers = values.astype(float) * scale
    ranked = np.searchsorted(indicator.breaks, numbers.to_numpy(), side="left")
    return pd.Series(np.where(numbers.notna(), ranked, -1), index=values.index)


def in_metres(shapes: Shapes, crs: CRS | None = None) -> Shapes:
    """Return shapes in a CRS of pictures, metres; who draws many pictures does it once.

    Parameters
    ----------
    shapes
        In any CRS; those in metres stay as they are, unless another system is asked for.
    crs
        The system; None for that of their place: Lambert-93 on the mainland, where north is up
        and shapes are true, the local UTM zone elsewhere (Lambert-93 turns La Réunion by 38°).
    """
    if crs is None:
        crs = shapes.crs if shapes.crs.is_projected else _local_crs(shapes)
    return shapes if shapes.crs == crs else shapes.to_crs(crs)


def _local_crs(shapes: Shapes) -> CRS:
    west, south, east, north = shapes.total_bounds
    left, bottom, right, top = METRES_WITHIN
    if left <= west and east <= right and bottom <= south and north <= top:
        return CRS.from_user_input(METRES_CRS)
    return shapes.estimate_utm_crs()


def _frame(shapes: gpd.GeoSeries, proportion: float) -> Frame:
    """Return west, south, east, north in metres: shapes and their surroundings, filling a box.

    `proportion` is the width of the box over its height: the shorter side shows more around.
    """
    west, south, east, north = shapes.total_bounds
    margin = max(0.06 * max(east - west, north - south), 4000.0)
    across, high = east - west + 2 * margin, north - south + 2 * margin
    across, high = max(across, high * proportion), max(high, across / proportion)
    x, y = (west + east) / 2, (south + north) / 2
    return x - across / 2, y - high / 2, x + across / 2, y + high / 2


def together(shapes: gpd.GeoSeries) -> Any:
    """Return shapes as one; as a coverage it is thirty times faster, where they are one."""
    try:
        return shapes.union_all(method="coverage")
    except GEOSException:
        return shapes.union_all()


def _shown(shapes: gpd.GeoSeries, *, apart: bool) -> gpd.GeoSeries:
    """Return shapes of one colour, as one unless their outlines are told apart."""
    if apart or shapes.empty:
        return shapes
    return gpd.GeoSeries([together(shapes)], crs=shapes.crs)


def _around(shapes: gpd.GeoDataFrame, frame: Frame) -> npt.NDArray[np.bool_]:
    """Tell which shapes may be seen in a frame of their CRS, by their bounds."""
    west, south, east, north = frame
    bounds = shapes.bounds.to_numpy()
    return (
        (bounds[:, 0] <= east)
        & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north)
        & (bounds[:, 3] >= south)
    )


def _as_wide(frame: Frame, other: Frame) -> Frame:
    """Return a frame about the same place, as wide and high as the other one where that is more."""
    west, south, east, north = frame
    across = max(0.0, (other[2] - other[0]) - (east - west)) / 2
    high = max(0.0, (other[3] - other[1]) - (north - south)) / 2
    return west - across, south - high, east + across, north + high


def _near(shapes: gpd.GeoDataFrame, *outlines: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return the shapes that a picture about the first outline may show, as wide as any of them.

    Those in metres stay as they are.

    All communes of France take twenty times as long to be put in metres as those of one picture.
    """
    if shapes.crs.is_projected:
        return shapes
    bounds = [one.to_crs(shapes.crs).total_bounds for one in outlines]
    west, south, east, north = bounds[0]
    across = math.cos(math.radians(max(abs(south), abs(north), 1.0)))  # of a degree of longitude
    sizes = [(one[2] - one[0]) * across + one[3] - one[1] for one in bounds]
    margin = NEAR_DEGREES + NEAR_TIMES * max(sizes)  # whatever the proportions of the picture
    sides = margin / across
    return shapes[_around(shapes, (west - sides, south - margin, east + sides, north + margin))]


def _shared(
    frame: Frame,
    beside: gpd.GeoSeries,
    communes: gpd.GeoDataFrame,
    box_inches: tuple[float, float],
) -> tuple[Frame, bool]:
    """Return a frame as wide as that of the outline beside, and whether to outline communes there.

    `communes` are those that may be seen about that outline: both pictures have the outlines of
    communes, or none has.
    """
    other = _frame(in_metres(beside), box_inches[0] / box_inches[1])
    seen = _around(in_metres(communes), _as_wide(other, frame))
    return _as_wide(frame, other), int(seen.sum()) <= OUTLINED_COMMUNES


def _tells_own(land: gpd.GeoDataFrame) -> bool:
    """Tell whether land is said to be a region's own in part: then it is cut around it."""
    return "kind" in land and bool((land["kind"] == "région").any())


def _known(land: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return where land (metres) is told from sea: its west, south, east and north, as lines.

    Land is cut as far from the region's own (kind "région") on all sides: where nothing but sea
    lies on one, it reaches as far as on the others; round an island alone, as far as it is cut.
    """
    if land.empty:
        return gpd.GeoSeries([shapely.LineString()] * 4, crs=land.crs)
    degrees = land.to_crs(4326)
    whole = own = degrees.total_bounds
    margin = 0.0
    if _tells_own(land):
        own = degrees[degrees["kind"] == "région"].total_bounds
        margin = max(float(np.abs(whole - own).max()), LAND_CUT_DEGREES)
    west, south = np.minimum(whole[:2], own[:2] - margin)
    east, north = np.maximum(whole[2:], own[2:] + margin)
    corners = np.array([(west, north), (west, south), (east, south), (east, north), (west, north)])
    sides = shapely.linestrings(np.stack([corners[:-1], corners[1:]], axis=1))
    return gpd.GeoSeries(shapely.segmentize(sides, EDGE_DEGREES), crs=4326).to_crs(land.crs)


def _cut_to_known(
    frame: Frame,
    known: gpd.GeoSeries,
    framed: Frame,
) -> Frame:
    """Return a frame without what lies beyond the known land, all that is framed kept.

    In metres a meridian is not upright: where the land that is known ends, a wedge stood in the
    sea that was the colour of neither.
    """
    on_the_west, on_the_south, on_the_east, on_the_north = map(shapely.get_coordinates, known)

    def seen(side: npt.NDArray[np.float64], along: int) -> npt.NDArray[np.float64]:
        """Return where a side runs in the frame, along its x (0) or its y (1)."""
        line = side[np.argsort(side[:, along])]
        at = np.linspace(frame[along], frame[along + 2], SEEN_STEPS)
        return np.interp(at, line[:, along], line[:, 1 - along])

    cut = (
        max(frame[0], seen(on_the_west, 1).max()),
        max(frame[1], seen(on_the_south, 0).max()),
        min(frame[2], seen(on_the_east, 1).min()),
        min(frame[3], seen(on_the_north, 0).min()),
    )
    return (
        min(cut[0], framed[0]),
        min(cut[1], framed[1]),
        max(cut[2], framed[2]),
        max(cut[3], framed[3]),
    )


def _fill(axes: Axes, shapes: gpd.GeoSeries, **look: Any) -> None:
    """Draw polygons, their parts and holes; by GeoPandas it takes ten times longer."""
    paths = []
    for one in shapes:
        rings = shapely.get_rings(shapely.get_parts(one))
        if len(rings):
            paths.append(
                Path.make_compound_path(*(Path(ring.coords, closed=True) for ring in rings))
            )
    axes.add_collection(PathCollection(paths, **look), autolim=False)


def _fill_ground(
    axes: Axes,
    land: gpd.GeoDataFrame,
    frame: Frame,
    framed: Frame,
) -> Frame:
    """Draw sea and land (metres) where they are told apart; return the frame, cut to it.

    A map that is cut is smaller, of the same scale: that of the picture beside it, if any. All that
    is `framed` stays in it.
    """
    known, whole = _known(land), frame
    if _tells_own(land):
        frame = _cut_to_known(frame, known, framed)
    place = axes.get_position(original=True)
    across = place.width * (frame[2] - frame[0]) / (whole[2] - whole[0])
    high = place.height * (frame[3] - frame[1]) / (whole[3] - whole[1])
    axes.set_position((place.x0, place.y1 - high, across, high))
    within = gpd.GeoSeries([shapely.Polygon(shapely.get_coordinates(known))], crs=land.crs)
    _fill(axes, within, facecolor=SEA_COLOUR, zorder=0)
    _fill(axes, land.geometry[_around(land, frame)], facecolor=LAND_COLOUR, zorder=1)
    return frame


@lru_cache(maxsize=64)
def _legend(
    indicator: Indicator, own: Letters, *, unknown: bool, below_inches: float
) -> npt.NDArray[np.uint8]:
    """Return the legend of an indicator as pixels (rows, columns, RGBA), drawn once per process.

    Below a map of some inches it is wide, in as many columns as hold there; 0 stands beside one.
    """
    below = below_inches > 0
    heading = f"{indicator.label} ({indicator.unit})" if indicator.unit else indicator.label
    for columns in range(BELOW_COLUMNS if below else 1, 0, -1):
        figure = Figure(figsize=(LEGEND_CANVAS_INCHES, 4 * LEGEND_INCHES), dpi=DOTS_PER_INCH)
        canvas = FigureCanvasAgg(figure)
        handles = _classes_of(indicator, unknown=unknown)
        letters_across = round(72 * below_inches / (LEGEND_POINTS * LETTER_WIDTH))
        legend = figure.legend(
            handles=handles,
            ncols=columns,
            columnspacing=1.0,
            title=textwrap.fill(heading, min(44, letters_across) if below else 26),
            loc="upper right",
            bbox_to_anchor=(1, 1),
            borderaxespad=0.2,
            alignment="left",
            prop=own.at(LEGEND_POINTS),
            title_fontproperties=own.at(7.5),
            frameon=not below,
            framealpha=0.95,
        )
        canvas.draw()
        box = legend.get_window_extent()
        if not below or box.width <= below_inches * DOTS_PER_INCH:
            break
    pixels = np.asarray(canvas.buffer_rgba())
    return pixels[: int(pixels.shape[0] - box.y0) + 2, max(int(box.x0) - 1, 0) :].copy()


def _classes_of(indicator: Indicator, *, unknown: bool) -> list[Patch]:
    """Return the lines of the legend of an indicator."""
    found = [
        Patch(facecolor=c.colour, edgecolor="#9aa0ab", label=c.label) for c in indicator.classes
    ]
    if unknown:
        found.append(Patch(facecolor=MISSING_COLOUR, label=indicator.absent, **MISSING_EDGE))
    return found


def _draw_classes(
    axes: Axes, shapes: gpd.GeoSeries, ranks: pd.Series, indicator: Indicator, *, apart: bool
) -> bool:
    """Fill shapes (metres) by the ranks of their classes; return whether one is not known.

    `apart` outlines each of them; else, areas of one class.
    """
    edge = EDGE if apart else AREA_EDGE
    for rank, one in enumerate(indicator.classes):
        chosen = _shown(shapes[(ranks == rank).to_numpy()], apart=apart)
        _fill(axes, chosen, facecolor=one.colour, zorder=2, **edge)
    unknown = _shown(shapes[(ranks < 0).to_numpy()], apart=apart)
    _fill(axes, unknown, facecolor=MISSING_COLOUR, linewidth=0.1, zorder=2, **MISSING_EDGE)
    return not unknown.empty


def _draw_places(axes: Axes, places: gpd.GeoSeries, own: Letters | None) -> None:
    """Mark places (metres), with their rank from 1 where letters are given to write it."""
    size = 36 if own is None else 110
    places.plot(ax=axes, color=MARK_COLOUR, edgecolor="white", markersize=size, zorder=5)
    if own is None:
        return
    for rank, place in enumerate(places, start=1):
        axes.annotate(
            str(rank),
            (place.x, place.y),
            ha="center",
            va="center",
            color="white",
            fontproperties=own.at(6.5, bold=True),
            zorder=6,
        )


def _draw_outline(axes: Axes, shapes: gpd.GeoSeries, pixel: float) -> None:
    """Outline shapes (metres) as one; `pixel` is the side of a pixel, metres."""
    whole = gpd.GeoSeries([together(shapes)], crs=shapes.crs)
    edges = whole.boundary.explode()
    # Gaps that contours leave between neighbours would be dots.
    edges[edges.length > GAP_PIXELS * pixel].plot(
        ax=axes, color=MARK_COLOUR, linewidth=1.6, zorder=3
    )


def _write(axes: Axes, names: gpd.GeoSeries, own: Letters) -> None:
    """Write names over the map, on a halo that parts them from any colour."""
    halo = [withStroke(linewidth=2.2, foreground="white")]
    for name, place in names.items():
        axes.annotate(
            str(name),
            (place.x, place.y),
            ha="center",
            va="center",
            fontproperties=own.at(6.5, bold=True),
            path_effects=halo,
            zorder=6,
        )


def _packed(figure: Figure, legend: npt.NDArray[np.uint8], *, below: bool) -> bytes:
    """Return a PNG of a figure, with the legend in its corner, under the title or below the map."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.asarray(canvas.buffer_rgba()).copy()
    top, right = round(TITLE_INCHES * DOTS_PER_INCH), round(0.03 * DOTS_PER_INCH)
    shown = legend[: pixels.shape[0] - top, : pixels.shape[1] - right]
    across = pixels.shape[1] - right
    if below:
        top, across = pixels.shape[0] - len(shown), shown.shape[1]
    pixels[top : top + len(shown), across - shown.shape[1] : across] = shown
    drawn = of_few_colours(pixels)
    target = io.BytesIO()
    drawn.save(target, format="png", dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return target.getvalue()


def of_few_colours(pixels: npt.NDArray[np.uint8], most: int = COLOURS) -> Image.Image:
    """Return a picture in its commonest colours, which stay as they are, and some among the rest.

    Pillow's own choices alone mix pale ones: land and the palest class in a colour of no legend.

    Parameters
    ----------
    pixels
        Shape (rows, columns, 3 or more): red, green, blue.
    most
        Number of colours, 256 at most.
    """
    shades = pixels[:, :, :3].astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    found, place, counts = np.unique(shades, return_inverse=True, return_counts=True)
    parts = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    commonest = parts[np.argsort(-counts, kind="stable")[: most // 2]]
    spread = Image.fromarray(pixels[:, :, :3].copy()).quantize(
        most - len(commonest), Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    palette = np.vstack([commonest, np.reshape(spread.getpalette() or [], (-1, 3))])[:most]
    nearest = KDTree(palette).query(parts)[1].astype(np.uint8)
    drawn = Image.fromarray(nearest[place].reshape(shades.shape), "P")
    drawn.putpalette(palette.astype(np.uint8).tobytes())
    return drawn


@dataclass(frozen=True, eq=False)
class Page:
    """How a picture stands on its page.

    Attributes
    ----------
    title, notes
        Written above and below the map; the notes carry vintage and source. A title None takes no
        place.
    typeface
        Files of the letters, regular and bold; Matplotlib's own without them.
    size_inches
        Width and height at 150 dots per inch.
    legend_below
        Whether the legend stands under the map, which then has the whole width: for a column of a
        page. Notes have no place there.
    """

    title: str | None
    notes: Sequence[str] = ()
    typeface: tuple[pathlib.Path, ...] = ()
    size_inches: tuple[float, float] = (8.0, 8.0)
    legend_below: bool = False

    @property
    def legend_inches(self) -> float:
        """Return the width of a legend below the map; 0 where it stands beside."""
        return self.size_inches[0] - SCALE_INCHES if self.legend_below else 0.0


@dataclass(frozen=True, eq=False)
class Marks:
    """What is drawn over the communes of a picture, nothing by default.

    Attributes
    ----------
    rings
        Isochrones (column minutes), EPSG:4326.
    points
        Places to mark, EPSG:4326.
    numbered
        Whether the places bear their rank, from 1.
    names
        Where to write names, which are its index: points, in any CRS.
    outline
        Shapes to outline as one, in any CRS.
    """

    rings: gpd.GeoDataFrame | None = None
    points: gpd.GeoSeries | None = None
    numbered: bool = False
    names: gpd.GeoSeries | None = None
    outline: gpd.GeoSeries | None = None


_NO_MARKS = Marks()


def _box_of_map(page: Page, legend_high: float) -> Box:
    """Return the box of the map on its page; `legend_high` inches are the legend's, below it."""
    width, height = page.size_inches
    top = UNTITLED_INCHES if page.title is None else TITLE_INCHES
    if page.legend_below:
        foot, beside = max(BELOW_INCHES, legend_high + 0.05), 0.2
    else:
        foot, beside = 0.12 + NOTE_INCHES * len(page.notes), LEGEND_INCHES + 0.1
    return 0.1, foot, width - beside, height - foot - top


def _blank(page: Page, box: Box) -> tuple[Figure, Axes]:
    """Return a figure of a page and the axes of its map, placed by hand.

    Without a canvas of its own: on Agg's, each layer added would draw the whole picture; and an
    automatic layout would draw everything twice.
    """
    width, height = page.size_inches
    left, foot, across, high = box
    figure = Figure(figsize=page.size_inches, dpi=DOTS_PER_INCH)
    axes = figure.add_axes((left / width, foot / height, across / width, high / height))
    axes.set_aspect("equal")
    axes.set_anchor("NW")
    axes.set_facecolor(UNKNOWN_COLOUR)
    axes.tick_params(bottom=False, left=False, labelbottom=False, labelleft=False)
    return figure, axes


def _seen(
    communes: gpd.GeoDataFrame,
    about: gpd.GeoSeries | None,
    beside: gpd.GeoSeries | None,
    crs: CRS,
    box_inches: tuple[float, float],
) -> tuple[Frame, gpd.GeoDataFrame, bool]:
    """Return a frame, the communes seen there (both in `crs`), and whether to outline each.

    `about` and `beside` are those of `picture`.
    """
    around = [one for one in (about, beside) if one is not None]
    known = in_metres(communes if about is None else _near(communes, *around), crs)
    framed = known.geometry if about is None else in_metres(about, crs)
    frame, apart = _frame(framed, box_inches[0] / box_inches[1]), True
    if beside is not None:
        frame, apart = _shared(frame, beside, _near(communes, beside, *around), box_inches)
    seen = known[_around(known, frame)]
    return frame, seen, apart and len(seen) <= OUTLINED_COMMUNES


def _mark(axes: Axes, marks: Marks, crs: CRS, own: Letters, pixel: float) -> None:
    """Draw marks over a map in `crs`; `pixel` is the side of a pixel, metres."""
    if marks.rings is not None:
        edges = marks.rings.to_crs(crs).boundary
        edges.plot(ax=axes, color=MARK_COLOUR, linewidth=1.2, zorder=4)
    if marks.points is not None:
        _draw_places(axes, marks.points.to_crs(crs), own if marks.numbered else None)
    if marks.names is not None:
        _write(axes, in_metres(marks.names, crs), own)
    if marks.outline is not None:
        _draw_outline(axes, in_metres(marks.outline, crs), pixel)


def _caption(figure: Figure, axes: Axes, page: Page, box: Box, own: Letters) -> None:
    """Write the title above the map, and the notes below."""
    title, (width, height) = page.title or "", page.size_inches
    # On one line, of which the picture is as wide as it is: a second one would be cut above it.
    points_high = min(TITLE_POINTS, 72 * box[2] / (LETTER_WIDTH * max(len(title), 1)))
    axes.set_title(title, fontproperties=own.at(points_high), loc="left", wrap=True)
    if page.notes:
        foot_note = "\n".join(page.notes)
        figure.text(0.1 / width, 0.08 / height, foot_note, fontproperties=own.at(6.5), va="bottom")


def picture(
    communes: gpd.GeoDataFrame,
    values: pd.Series,
    indicator: Indicator,
    land: gpd.GeoDataFrame,
    page: Page,
    *,
    marks: Marks = _NO_MARKS,
    about: gpd.GeoSeries | None = None,
    beside: gpd.GeoSeries | None = None,
) -> bytes:
    """Return a PNG of an indicator over the communes: legend, scale, north, title and sources.

    Parameters
    ----------
    communes
        Contours, in any CRS. Of one land
        (`data.maps.ground`): a picture has one CRS, theirs or that of their place.
    values
        The indicator, by the index of `communes`.
    indicator
        Its classes and colours.
    land
        Dry land around, in any CRS.
    page
        Title, notes, letters and size.
    marks
        What is drawn over the communes.
    about
        Shapes to frame, in any CRS, where they are more than the outline; without either, all
        communes are shown.
    beside
        Outline of another picture of the same size that is seen beside this one: both, made so,
        have one scale, that of the larger ground.

    Returns
    -------
    bytes
        PNG.
    """
    own = letters(page.typeface)
    legend_high = 0.0
    if page.legend_below:
        unknown = bool(values.isna().any())
        legend = _legend(indicator, own, unknown=unknown, below_inches=page.legend_inches)
        legend_high = len(legend) / DOTS_PER_INCH
    box = _, foot, across, high = _box_of_map(page, legend_high)
    figure, axes = _blank(page, box)
    crs = communes.crs if communes.crs.is_projected else _local_crs(communes)
    framed = marks.outline if about is None else about
    frame, seen, apart = _seen(communes, framed, beside, crs, (across, high))
    inches_a_metre = across / (frame[2] - frame[0])
    bounds = (seen if framed is None else in_metres(framed, crs)).total_bounds
    west, south, east, north = frame = _fill_ground(axes, in_metres(land, crs), frame, bounds)
    seen = seen[_around(seen, frame)]
    ranks = class_numbers(values.reindex(seen.index), indicator)
    unknown = _draw_classes(axes, seen.geometry, ranks, indicator, apart=apart)
    width = page.size_inches[0]
    _mark(axes, marks, crs, own, (east - west) / (width * DOTS_PER_INCH))
    axes.set(xlabel="", ylabel="", xlim=(west, east), ylim=(south, north))
    # In the column of the legend, at its foot: over the map it would hide communes.
    at = (width - LEGEND_INCHES + 0.1, foot + 0.02)
    at = (width - SCALE_INCHES, foot - 0.4) if page.legend_below else at
    draw_scale(figure, frame, crs, inches_a_metre, at, own=own)
    _caption(figure, axes, page, box, own)
    shown = _legend(indicator, own, unknown=unknown, below_inches=page.legend_inches)
    return _packed(figure, shown, below=page.legend_below)
