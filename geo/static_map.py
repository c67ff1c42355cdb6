"""A map as a picture, for reports and exports: the same classes and colours as on screen."""

import io
import textwrap
from collections.abc import Sequence
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from shapely.errors import GEOSException

from geo.layers import METRES_CRS, Indicator

DOTS_PER_INCH = 150
Shapes = TypeVar("Shapes", gpd.GeoDataFrame, gpd.GeoSeries)

OUTLINED_COMMUNES = 800
"""Above it a picture shows areas of one class, not each commune."""
GAP_PIXELS = 20
TITLE_INCHES, NOTE_INCHES, LEGEND_INCHES = 0.35, 0.13, 1.65
SEA_COLOUR = "#dbe7f0"
LAND_COLOUR = "#f1efe9"
MISSING_COLOUR = "#e4e6ea"


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


def in_metres(shapes: Shapes) -> Shapes:
    """Return shapes in the CRS of pictures; who draws many pictures does it once."""
    return shapes if shapes.crs == METRES_CRS else shapes.to_crs(METRES_CRS)


def _frame(shapes: gpd.GeoSeries) -> tuple[float, float, float, float]:
    """Return west, south, east, north in metres, with a margin that shows the surroundings."""
    west, south, east, north = shapes.total_bounds
    margin = max(0.06 * max(east - west, north - south), 4000.0)
    return west - margin, south - margin, east + margin, north + margin


def _together(shapes: gpd.GeoSeries) -> Any:
    """Return shapes as one; as a coverage it is thirty times faster, where they are one."""
    try:
        return shapes.union_all(method="coverage")
    except GEOSException:
        return shapes.union_all()


def _shown(shapes: gpd.GeoSeries, visible: int) -> gpd.GeoSeries:
    """Return shapes of one colour, as one where their outlines could not be told apart."""
    if visible <= OUTLINED_COMMUNES or shapes.empty:
        return shapes
    return gpd.GeoSeries([_together(shapes)], crs=shapes.crs)


def _around(
    shapes: gpd.GeoDataFrame, frame: tuple[float, float, float, float]
) -> npt.NDArray[np.bool_]:
    """Tell which shapes (metres) may be seen in a frame, by their bounds."""
    west, south, east, north = frame
    bounds = shapes.bounds.to_numpy()
    return (
        (bounds[:, 0] <= east)
        & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north)
        & (bounds[:, 3] >= south)
    )


def picture(
    communes: gpd.GeoDataFrame,
    values: pd.Series,
    indicator: Indicator,
    land: gpd.GeoDataFrame,
    *,
    title: str,
    notes: Sequence[str] = (),
    rings: gpd.GeoDataFrame | None = None,
    points: gpd.GeoSeries | None = None,
    numbered: bool = False,
    outline: gpd.GeoSeries | None = None,
    size_inches: tuple[float, float] = (8.0, 8.0),
) -> bytes:
    """Return a PNG of an indicator over the communes, with legend, title and sources.

    Parameters
    ----------
    communes
        Contours, in any CRS; `in_metres` beforehand saves time.
    values
        The indicator, aligned with `communes`.
    indicator
        Its classes and colours.
    land
        Dry land around, in any CRS.
    title, notes
        Written above and below the map; the notes carry vintage and source.
    rings
        Isochrones (column minutes), EPSG:4326.
    points
        Places to mark, EPSG:4326.
    numbered
        Whether the places bear their rank, from 1.
    outline
        Shapes to frame and to outline as one, in any CRS; without them all communes are shown.
    size_inches
        Width and height at 150 dots per inch.

    Returns
    -------
    bytes
        PNG.
    """
    # Without a canvas of its own: on Agg's, each layer added would draw the whole picture.
    # Placed by hand: an automatic layout would draw everything twice.
    width, height = size_inches
    foot = (0.12 + NOTE_INCHES * len(notes)) / height
    beside = 1 - (LEGEND_INCHES + 0.1) / width
    figure = Figure(figsize=size_inches, dpi=DOTS_PER_INCH)
    axes = figure.add_axes((0.1 / width, foot, beside, 1 - foot - TITLE_INCHES / height))
    axes.set_anchor("NW")
    axes.set_facecolor(SEA_COLOUR)
    axes.tick_params(bottom=False, left=False, labelbottom=False, labelleft=False)
    communes, land = in_metres(communes), in_metres(land)
    outline = None if outline is None else in_metres(outline)
    west, south, east, north = _frame(communes.geometry if outline is None else outline)
    visible = _around(communes, (west, south, east, north))
    metres, values = communes[visible], values[visible]
    shore = land[_around(land, (west, south, east, north))]
    shore.plot(ax=axes, color=LAND_COLOUR, zorder=1)
    ranks = class_numbers(values, indicator)
    for rank, one in enumerate(indicator.classes):
        chosen = _shown(metres.geometry[(ranks == rank).to_numpy()], len(metres))
        if len(chosen):
            chosen.plot(ax=axes, color=one.colour, edgecolor="white", linewidth=0.15, zorder=2)
    unknown = _shown(metres.geometry[(ranks < 0).to_numpy()], len(metres))
    if len(unknown):
        unknown.plot(
            ax=axes, color=MISSING_COLOUR, edgecolor="#8a8f98", hatch="///", linewidth=0.1, zorder=2
        )
    if rings is not None:
        rings.to_crs(METRES_CRS).boundary.plot(ax=axes, color="#000091", linewidth=1.2, zorder=4)
    if points is not None:
        points.to_crs(METRES_CRS).plot(
            ax=axes,
            color="#000091",
            edgecolor="white",
            markersize=110 if numbered else 36,
            zorder=5,
        )
        for rank, place in enumerate(points.to_crs(METRES_CRS) if numbered else (), start=1):
            axes.annotate(
                str(rank),
                (place.x, place.y),
                ha="center",
                va="center",
                color="white",
                fontsize=6.5,
                weight="bold",
                zorder=6,
            )
    if outline is not None:
        whole = gpd.GeoSeries([_together(outline)], crs=METRES_CRS)
        edges = whole.boundary.explode()
        # Gaps that contours leave between neighbours would be dots.
        pixel = (east - west) / (size_inches[0] * DOTS_PER_INCH)
        edges[edges.length > GAP_PIXELS * pixel].plot(
            ax=axes, color="#000091", linewidth=1.6, zorder=3
        )
    axes.set(xlabel="", ylabel="", xlim=(west, east), ylim=(south, north))
    handles = [
        Patch(facecolor=c.colour, edgecolor="#9aa0ab", label=c.label) for c in indicator.classes
    ]
    if len(unknown):
        handles.append(
            Patch(
                facecolor=MISSING_COLOUR, edgecolor="#8a8f98", hatch="///", label="non disponible"
            )
        )
    heading = f"{indicator.label} ({indicator.unit})" if indicator.unit else indicator.label
    figure.legend(
        handles=handles,
        title=textwrap.fill(heading, 26),
        loc="upper right",
        bbox_to_anchor=(1 - 0.03 / width, 1 - TITLE_INCHES / height),
        borderaxespad=0,
        alignment="left",
        fontsize=7,
        title_fontsize=7.5,
        framealpha=0.95,
    )
    axes.set_title(title, fontsize=11, loc="left", wrap=True)
    if notes:
        figure.text(0.1 / width, 0.08 / height, "\n".join(notes), fontsize=6.5, va="bottom")
    target = io.BytesIO()
    figure.savefig(target, format="png", metadata={"Software": "ProxiSoins"})
    return target.getvalue()
