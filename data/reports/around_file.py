"""The isochrones around a point and who lives within them, as a table and as a file."""

from dataclasses import dataclass
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd

from data.access.around import around, without_room
from data.access.source_notes import engine_line, headed, source_notes
from data.base.french import number
from data.files import exports
from data.maps.document import Around, Ring
from data.region import rules
from data.region.territory import SIMULATED_CLAUSE, Provenance, Territory
from geo.errors import UnavailableError
from geo.travel_time import RINGS_MINUTES

TABLES = ("communes", "populations", "reference", "gps")
"""Tables that the counts around a point rest on."""

TITLES = {
    "minutes": "Minutes en voiture, au plus",
    "population": "Habitants",
    "over_75": "75 ans et plus",
    "gps": "Généralistes",
    "communes": "Communes",
    "communes_without_gp": "Communes sans généraliste",
    "communes_gps_unknown": "Communes dont les médecins ne sont pas connus (non comptés)",
    "already": "Habitants ayant un généraliste à 20 min",
    "outside_communes": "En plus, hors de la région : communes",
    "outside_population": "En plus, hors de la région : habitants",
}
"""Column of `data.access.around.around` to its heading, in the file and on the card."""

_WHERE_SOME = ("communes_gps_unknown", "outside_communes", "outside_population")
"""Columns that the card tells only where they count some."""

COUNTED = (
    "Communes de la région, entières, comptées à leur bourg ; trajets d’un sens, en voiture. Une "
    "aire à part entoure la sortie d’une voie rapide."
)
"""How communes are counted, said in the file and on the card."""


@dataclass(frozen=True)
class Question:
    """A point, and what is called room around it.

    Attributes
    ----------
    lon, lat
        The point, degrees, WGS84.
    per_gp
        Most inhabitants per GP.
    minutes
        Longest trip to a GP.
    fair
        Whether room is shared as fairly as can be, instead of nearest first.
    """

    lon: float
    lat: float
    per_gp: int = rules.ROOM_PEOPLE_A_GP
    minutes: float = rules.HUBERT_MINUTES
    fair: bool = False

    @property
    def room_title(self) -> str:
        """Return the heading of the inhabitants without room, its hypothesis included."""
        shared = "partage le plus équitable" if self.fair else "au plus proche"
        return (
            f"Habitants sans place à {self.minutes:g} min ({number(self.per_gp)} habitants par "
            f"médecin au plus, {shared})"
        )


def areas(territory: Territory, communes: pd.DataFrame, asked: Question) -> gpd.GeoDataFrame:
    """Return the areas at 10, 20 and 30 minutes of a point, and who lives within.

    Parameters
    ----------
    territory, communes
        The region and its indicators, in the same order.
    asked
        The point, and what is called room.

    Returns
    -------
    geopandas.GeoDataFrame
        One row per area, under French headings: `TITLES`, `Question.room_title` where GPs are
        known, the point (degrees), geometry (EPSG:4326).

    Raises
    ------
    ProxiSoinsError
        The point is outside the region or at sea.
    """
    counted = around(territory, communes, asked.lon, asked.lat)
    found = counted[list(TITLES)].rename(columns=TITLES)
    try:
        without = without_room(
            territory, counted["rows"].tolist(), asked.per_gp, asked.minutes, fair=asked.fair
        )
    except UnavailableError:  # no GP is known: nothing is said of room
        pass
    else:
        found[asked.room_title] = np.rint(without)
    rings = territory.travel_time.isochrones(np.array([[asked.lon, asked.lat]]), RINGS_MINUTES)
    shapes = dict(zip(rings["minutes"], rings.geometry, strict=True))
    return gpd.GeoDataFrame(
        found.assign(**{"Longitude du point": asked.lon, "Latitude du point": asked.lat}),
        geometry=[shapes[one] for one in counted["minutes"]],
        crs="EPSG:4326",
    )


def notes(territory: Territory, asked: Question) -> list[str]:
    """Return what is said of the areas in their file: what, where, sources and years."""
    what = f"Autour du point {number(asked.lat, 5)} ; {number(asked.lon, 5)} (latitude ; longitude)"
    return headed(territory, what, [COUNTED, *source_notes(territory, *TABLES)])


def card(territory: Territory, counted: pd.DataFrame) -> Around:
    """Return what the card of a map tells of areas: their counts, headings and years.

    `counted` is `data.access.around.around` of the point.
    """
    rings = counted.astype(object).where(counted.notna(), None).to_dict("records")
    untold = {"minutes", *(key for key in _WHERE_SOME if not counted[key].any())}
    return {
        "rings": cast("list[Ring]", rings),
        "titles": {key: title for key, title in TITLES.items() if key not in untold},
        "counting": COUNTED,
        "note": short_note(territory),
    }


def short_note(territory: Territory) -> str:
    """Return the years of the counts in one line, for the card of a map."""
    known = [territory.provenance[key] for key in TABLES if key in territory.provenance]
    said = [f"{one.title}{_year(one)}" for one in known]
    return " · ".join([*said, engine_line(territory).partition(". ")[0]])


def _year(table: Provenance) -> str:
    return SIMULATED_CLAUSE if table.simulated else f" : {table.vintage_told}"


def geojson(territory: Territory, communes: pd.DataFrame, asked: Question) -> bytes:
    """Return the areas as GeoJSON; see `areas`, `notes`."""
    return exports.to_geojson(areas(territory, communes, asked), notes(territory, asked))
