"""Which engine gives the minutes of a region: roads where they serve it, else the friction surface.

A region of several lands that no road joins (all of France) has an engine for each of them, that
of the region which the land is by itself: a figure is the same from both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from data.region import embedded_set, france
from geo.errors import UnavailableError
from geo.joined_travel_time import Frame, JoinedTravelTime
from geo.travel_time import TravelTime

SERVED_SHARE, SAMPLED_ONE_IN = 0.9, 20
"""A network serves a land when this share of one of its communes in twenty is on it."""

_MOST_KEPT = 8
"""Engines whose grid stays made: more than all the lands of France."""

served_lands: dict[tuple[str, str, str], bool] = {}
"""By version of the network, region and land: whether the network serves the land."""


def engine(region: str, communes: gpd.GeoDataFrame, fringe: pd.DataFrame) -> TravelTime:
    """Return the engine of a region: of each of its lands, joined when there are several.

    Raises
    ------
    UnavailableError
        A land is too wide for one grid, or the set tells no land apart and must be built again.
    """
    lands = lands_of(communes)
    if len(lands) == 1:
        (name,) = lands
        return _of_land(region, name, communes, fringe, embedded_set.land(region))
    near = lands_of(fringe)
    dry = embedded_set.land(region)
    if "land" not in dry:
        raise UnavailableError(
            "Ce jeu a été construit par une version qui ne séparait pas l’outre-mer : "
            f"reconstruisez-le (python -m data.upkeep.build_embedded --region {region})."
        )
    parts: dict[Frame, TravelTime] = {}
    told: dict[str, list[str]] = {}
    apart: dict[str, bool] = {}
    names = embedded_set.departement_names(region)
    for name, rows in lands.items():
        own = communes[rows].reset_index(drop=True)
        around = fringe[near.get(name, np.zeros(len(fringe), bool))].reset_index(drop=True)
        ground = dry[dry["land"] == name].drop(columns="land").reset_index(drop=True)
        made = _of_land(region, name, own, around, ground)
        parts[_frame(own)] = made
        if name != france.MAINLAND:
            apart[name] = made.label.estimated
            told.setdefault(made.label.detail, []).append(names[name])
    beside = " ".join(f"{', '.join(places)} : {detail}" for detail, places in told.items())
    return JoinedTravelTime(parts, beside, apart)


def lands_of(communes: pd.DataFrame) -> Mapping[str, npt.NDArray[np.bool_]]:
    """Return which rows are of each land, the mainland first; no land has no row."""
    land = communes["departement"].map(france.land).to_numpy(object)
    found = sorted(set(land), key=lambda name: (name != france.MAINLAND, name))
    return {name: land == name for name in found}


def network_key(region: str) -> str:
    """Return a key of the roads that serve a region, "" when none do."""
    network = _network()
    if network is None:
        return ""
    communes = embedded_set.communes(region)
    return network.version if any(_served(network, region, communes).values()) else ""


def wholly_served(region: str) -> bool:
    """Tell whether all the times of a region are those of the road network in use."""
    network = _network()
    if network is None:
        return False
    return all(_served(network, region, embedded_set.communes(region)).values())


def _network() -> TravelTime | None:
    from data.region import road_networks

    return road_networks.current_network()


def _served(network: TravelTime, region: str, communes: pd.DataFrame) -> dict[str, bool]:
    """Return whether the roads serve each land of a region."""
    return {
        name: _serves(network, region, name, communes[rows])
        for name, rows in lands_of(communes).items()
    }


def _serves(network: TravelTime, region: str, land: str, communes: pd.DataFrame) -> bool:
    """Tell whether most communes of a land are on a network (kept by its version)."""
    key = (network.version, region, land)
    if key not in served_lands:
        points = communes.iloc[::SAMPLED_ONE_IN][["lon", "lat"]].to_numpy(float)
        on_roads = np.isfinite(network.pairs(points, points)).mean()
        served_lands[key] = bool(on_roads >= SERVED_SHARE)
    return served_lands[key]


def _of_land(
    region: str,
    name: str,
    communes: gpd.GeoDataFrame,
    fringe: pd.DataFrame,
    ground: gpd.GeoDataFrame,
) -> TravelTime:
    """Return the road network when it serves a land, else the friction surface."""
    from geo.friction import extent
    from geo.friction.engine import load_engine
    from geo.friction.surface import Parameters

    network = _network()
    if network is not None and _serves(network, region, name, communes):
        return network
    lon, lat = (
        np.concatenate([t[axis].to_numpy(float) for t in (communes, fringe)])
        for axis in ("lon", "lat")
    )
    extent.require_room(lon, lat, Parameters.read().cell_m)
    made = load_engine(communes, fringe, ground)
    return _first_made(_Made(made.version, made))


@dataclass(frozen=True)
class _Made:
    """An engine, equal to any other of its version."""

    version: str
    engine: TravelTime = field(compare=False)


@lru_cache(maxsize=_MOST_KEPT)
def _first_made(made: _Made) -> TravelTime:
    """Return the engine of this version that was made first: its grid is made already."""
    return made.engine


def _frame(communes: pd.DataFrame) -> Frame:
    lon, lat = communes["lon"].to_numpy(float), communes["lat"].to_numpy(float)
    return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
