"""The dry land around a region: what is neither sea nor estuary."""

import tempfile
from typing import Any

import geopandas as gpd
import pyogrio
import shapely

from data.upkeep.build_area import AROUND_DEGREES
from data.upkeep.registry_packages import Archives

COAST_DEGREES = 1e-4
BACKDROP_DEGREES = 12.0
"""Margin of the coarse land drawn farther away, as wide as the smallest scale of the map."""
BACKDROP_DETAIL_DEGREES = 0.05
FOREIGN_OVERLAP_DEGREES = 0.03
"""Foreign land (1:10 M) is widened by this towards our exact border, so that no sliver is sea."""
ENCLOSED_SHARE = 0.25
"""Sea inside communes is an estuary when less of its outline than this faces the open sea…"""
ENCLOSED_WIDTH_DEGREES = 0.006
"""… and when it is wider than this (about 600 m): the 1:10 M coast tells nothing finer."""


def _topojson(raw: bytes) -> gpd.GeoDataFrame:
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(raw)
        file.flush()
        return pyogrio.read_dataframe(file.name, layer=0)


def _areas(geometry: Any) -> Any:
    parts = shapely.get_parts(geometry)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def enclosed_water(french_land: Any, coast: Any) -> Any:
    """Return estuary water: sea of the coast that commune contours enclose."""
    radius = ENCLOSED_WIDTH_DEGREES / 2
    opened = shapely.buffer(shapely.buffer(shapely.difference(french_land, coast), -radius), radius)
    pieces = shapely.get_parts(opened)
    pieces = pieces[~shapely.is_empty(pieces)]
    outlines = shapely.boundary(pieces)
    shore = shapely.buffer(shapely.boundary(french_land), ENCLOSED_WIDTH_DEGREES)
    facing = shapely.length(shapely.intersection(outlines, shore)) / shapely.length(outlines)
    return shapely.union_all(pieces[facing < ENCLOSED_SHARE])


def land_around(
    region: gpd.GeoDataFrame, france: gpd.GeoDataFrame, archives: Archives
) -> gpd.GeoDataFrame:
    """Return the dry land around a region: our communes without estuaries, and the neighbours.

    Returns
    -------
    geopandas.GeoDataFrame
        Column kind: "région" (its communes, water taken out), "voisin" (other land in the frame),
        "lointain" (coarse land beyond the frame, to be drawn only); EPSG:4326. What no geometry
        covers is water.
    """
    # The frame: around the mainland part, or around islands where there is nothing else.
    mainland = region["departement"].str.len() == len("75")
    framed = region[mainland] if mainland.any() else region
    frame = shapely.box(*framed.total_bounds).buffer(AROUND_DEGREES, join_style="mitre")
    # The coast and the countries of the atlas, cut to the frame.
    countries = _topojson(archives.coasts_json("countries-10m"))
    world = shapely.make_valid(countries.geometry.to_numpy())
    names = countries["name"].to_numpy()
    near = shapely.intersects(world, frame)
    clipped = shapely.intersection(world[near], frame)
    coast = shapely.union_all(clipped)
    foreign = shapely.union_all(clipped[names[near] != "France"])
    # French land is that of communes, finer than the atlas; estuaries in them are water.
    ours = shapely.union_all(region.geometry.dropna().to_numpy())
    others = france[~france["code"].isin(region["code"])]
    around = shapely.union_all(
        shapely.intersection(
            others.geometry.to_numpy()[shapely.intersects(others.geometry.to_numpy(), frame)],
            frame,
        )
    )
    french_land = _areas(shapely.union(ours, around))
    water = enclosed_water(french_land, coast)
    # Neighbours reach our exact border; far land is coarse, and only to be drawn.
    border = shapely.intersection(coast, shapely.buffer(foreign, FOREIGN_OVERLAP_DEGREES))
    neighbours = shapely.difference(shapely.union_all([around, foreign, border]), ours)
    wide = shapely.difference(
        frame.buffer(BACKDROP_DEGREES, join_style="mitre"),
        shapely.buffer(frame, -BACKDROP_DETAIL_DEGREES),
    )
    far = shapely.union_all(shapely.intersection(world[shapely.intersects(world, wide)], wide))
    kinds = {
        "région": shapely.difference(ours, water),
        "voisin": shapely.difference(neighbours, water),
        "lointain": shapely.set_precision(
            shapely.simplify(far, BACKDROP_DETAIL_DEGREES), BACKDROP_DETAIL_DEGREES / 5
        ),
    }
    rounded = [_areas(shapely.set_precision(g, COAST_DEGREES)) for g in kinds.values()]
    return gpd.GeoDataFrame({"kind": list(kinds)}, geometry=rounded, crs="EPSG:4326")
