"""What the map of candidate sites receives: sites, what is chosen, the areas they reach."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from data.base import french, our_code
from data.base.french import counted, number
from data.base.table_cache import digest
from data.maps import frames, kept_map, overlays, payload
from data.maps.document import CardAction, Defaults, Layer, MapDocument, Point, Symbol
from data.maps.kept_map import KeptMap
from data.pdses import coverage
from data.region.embedded_set import DEFAULT_REGION
from data.region.rules import HUBERT_MINUTES
from data.region.territory import SIMULATED_MARK, Territory
from data.siting.evaluation import SiteEvaluation
from data.uploads import Site
from geo import display, layers

REACH = "iso_sites"
"""20 minutes around each site, or around all of them when they are many."""
ONE = "iso_un_site"
"""10, 20 and 30 minutes around one site."""
SITES, CHOSEN = "sites", "sites_retenus"
RINGS_EACH = 12
"""Above this number of sites, one area for all is drawn: more outlines cannot be read."""
NEAR_MINUTES = HUBERT_MINUTES

CARD_ACTION: CardAction = {"label": "Ajouter un site ici", "action": "site"}
"""What the card of a commune proposes, and how the client then calls it."""

_FIRST = "share_without_room"
"""What the map opens on: a site is judged by whom it gives room to."""
_PUBLIC = (
    *("code", "population", "departement", "supply", "without_room_bound", "without_room_nearest"),
    *(_FIRST, "minutes_to_nearest_gp", "population_beyond_20", "apl", "zone"),
)
"""Columns of the map: nothing about the risk of a commune, which a share must not show."""
OFFERED = tuple(one.key for one in layers.INDICATORS if one.key in _PUBLIC)
"""Keys of the indicators of the map, of those of the view."""
_REACH_COLOUR, _ONE_COLOUR = "#0b5fa5", "#6a1b9a"
_SYMBOLS: dict[str, Symbol] = {
    SITES: {"shape": "diamond", "colour": "#c2185b", "mark": ""},
    CHOSEN: {"shape": "pin", "colour": "#003d2b", "mark": ""},
}
_LABELS = {SITES: "Sites candidats", CHOSEN: "Sites retenus"}
_DEFAULTS: Defaults = {
    "region": DEFAULT_REGION,
    "indicator": _FIRST,
    "layers": [],
}
_DRAWN_FROM_HERE = (overlays.GPS, "france_sante", "msp", "zonage", "fond")


def reach_of(territory: Territory, sites: Sequence[Site]) -> gpd.GeoDataFrame:
    """Return what is within 20 minutes: of each site when they are few, else of any.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns minutes and geometry, EPSG:4326.
    """
    points = np.array([[site.lon, site.lat] for site in sites], dtype=np.float64)
    origins = [points[[row]] for row in range(len(points))] if len(points) <= RINGS_EACH else None
    areas = [territory.travel_time.isochrones(o, (NEAR_MINUTES,)) for o in origins or [points]]
    return gpd.GeoDataFrame(pd.concat(areas, ignore_index=True), crs=4326)


def rings_of(territory: Territory, site: Site) -> dict[str, Any]:
    """Return 10, 20 and 30 minutes around a site, as the client draws them."""
    point = np.array([[site.lon, site.lat]], dtype=np.float64)
    return display.display_rings(territory.travel_time.isochrones(point))


def configuration(
    territory: Territory,
    table: pd.DataFrame,
    around: Mapping[str, pd.DataFrame],
    evaluation: SiteEvaluation,
    chosen: Collection[int] = (),
) -> MapDocument:
    """Return all that the map's client needs: today's access, the sites, their view.

    Parameters
    ----------
    territory
        The region.
    table
        Commune indicators of today, in the order of `territory.communes`; once GPs have left, where
        the evaluation supposes it.
    around
        Aggregated indicators, as `data.maps.payload.configuration` takes them.
    evaluation
        Judgement of the sites.
    chosen
        Row numbers of the sites chosen, drawn with another symbol.
    """
    judged, left = evaluation.sites, evaluation.departures is not None

    def drawn() -> MapDocument:
        return payload.configuration(territory, table[list(_PUBLIC)], around)

    # Of today, all sites stand on the same map; what is put in it below is put in a copy.
    document = drawn() if left else territory.once("map under sites", drawn).copy()
    document["read_only"] = True
    when = "Après les départs supposés" if left else "Situation actuelle"
    document["comparison_note"] = f"{when}, sans les sites candidats."
    chosen = set(chosen)
    points = {
        SITES: [_point(row, evaluation) for row in range(len(judged)) if row not in chosen],
        CHOSEN: [_point(row, evaluation) for row in sorted(chosen)],
    }
    document["points"] = {**document["points"], **points}
    engine = territory.travel_time.label
    note = f"{engine.name} : {engine.detail}"
    kept = [one for one in document["layers"] if one["key"] in _DRAWN_FROM_HERE]
    own = [
        overlays.places(key, _LABELS[key], len(points[key]), _SYMBOLS[key])
        for key in (CHOSEN, SITES)
        if points[key]
    ]
    whose = "chaque site" if len(judged) <= RINGS_EACH else "le plus proche des sites"
    document["layers"] = [
        *own,
        _area(REACH, whose, _REACH_COLOUR, note, (20,)),
        _area(ONE, "site détaillé", _ONE_COLOUR, note, (10, 20, 30)),
        *kept,
    ]
    shown = [*(one["key"] for one in own), REACH, ONE]
    document["frame"] = frames.corners(judged)
    document["state"] = {
        "region": territory.region,
        "indicator": _FIRST,
        "layers": shown,
        "commune": "",
        "here": None,
    }
    document["defaults"] = {**_DEFAULTS, "layers": shown}
    return document


def opening(
    territory: Territory, table: pd.DataFrame, around: Mapping[str, pd.DataFrame]
) -> MapDocument:
    """Return what the map receives before any site is chosen: today's access, and the question.

    Parameters are those of `configuration`.
    """
    document = payload.configuration(territory, table[list(_PUBLIC)], around)
    document["layers"] = [one for one in document["layers"] if one["key"] in _DRAWN_FROM_HERE]
    document["state"] = {
        "region": territory.region,
        "indicator": _FIRST,
        "layers": [],
        "commune": "",
        "here": None,
    }
    document["defaults"] = {**_DEFAULTS, "layers": []}
    document["read_only"] = True
    document["card_action"] = CARD_ACTION
    return document


def kept_opening(territory: Territory, build: Callable[[], MapDocument]) -> KeptMap:
    """Return `opening` as `build` makes it, from disk where it was made before.

    The key holds the data, the code, the year, from which the age of figures is told, and which
    on-call lines are in force today.
    """
    today = french.today()
    lines = coverage.in_force_key(territory.pdses_lines, today)
    key = digest(territory.version, str(today.year), lines, our_code.key())
    return kept_map.kept(territory, "sites", key, build)


def sentence(evaluation: SiteEvaluation) -> str:
    """Return what the map shows, in one French sentence."""
    judged, together = evaluation.sites, evaluation.together
    many = len(judged) > 1
    start = f"Les {len(judged)} sites sont ensemble" if many else "Le site est"
    near, new = together["population_within_20"], together["newly_within_20"]
    people = counted(near, "habitant", "habitants")
    if np.isnan(new):
        more = ""
    elif round(new) == 0:
        more = f", qui ont tous, {evaluation.moment}, un généraliste à 20 minutes"
    else:
        verb = "n’a" if round(new) == 1 else "n’ont"
        more = f", dont {number(new)} {verb}, {evaluation.moment}, aucun généraliste à 20 minutes"
    if more and "gps" in evaluation.simulated:
        more += SIMULATED_MARK
    return f"{start} à 20 minutes ou moins de {people}{more}."


def _point(row: int, evaluation: SiteEvaluation) -> Point:
    site = evaluation.sites.iloc[row]
    new = site["newly_within_20"]
    detail = (
        f"{site['commune']} : {number(site['population_within_20'])} habitants à 20 min ou moins"
    )
    if not np.isnan(new):
        detail += f", dont {number(new)} sans généraliste à 20 min {evaluation.moment}"
    return {
        "lon": float(site["lon"]),
        "lat": float(site["lat"]),
        "name": str(site["name"]),
        "detail": detail,
    }


def _area(key: str, whose: str, colour: str, note: str, minutes: Sequence[int]) -> Layer:
    legend = [overlays.ring(one, whose, colour) for one in minutes]
    label = f"Isochrones {', '.join(map(str, minutes))} min : {whose}"
    return overlays.rings(key, label, colour, legend, note)
