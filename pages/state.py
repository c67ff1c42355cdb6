"""The state of a view: one small immutable object, read from and written to the URL here only."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from data.region import arrondissements
from pages.address_lists import LONGEST_LIST
from pages.help_choices import HelpChoices
from pages.pole_choices import PoleChoices
from pages.project_choices import ProjectChoices
from pages.regulation_choices import RegulationChoices
from pages.specialist_choices import SpecialistChoices

REGION = "75"
"""INSEE code of the default region, Nouvelle-Aquitaine."""

LAYERS = (
    "iso_gps",
    "iso_france_sante",
    "iso_msp",
    "zonage",
    "france_sante",
    "msp",
    "centre_sante",
    "urgences",
    "pdses",
    "points",
    "fond",
)
"""Layers that a view can switch on, by their name in the URL."""

DEFAULT_LAYERS: tuple[str, ...] = ()
"""None: overlays hide the map that they are laid over."""

_WORD = re.compile(r"[a-z0-9_]{1,40}")
COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}")
_OUTLINE = re.compile(r"(departement|epci):[0-9AB]{2,9}")
_TERRITORY = re.compile(r"(commune|epci|bassin_de_vie|tvs|cpts|departement|region):[\w.-]{1,40}")
_SLUG = re.compile(r"[a-zA-Z0-9-]{1,24}")
_RISK_LISTS = {
    "departements": "dep",
    "epcis": "epci",
    "classes": "classe",
    "zones": "zone",
    "shown": "montrer",
}
"""Fields of `RiskChoices` that hold several values, and their parameter in the URL."""
_MAX_ZOOM = 18


def _bounded(text: str | None, low: float, high: float) -> float | None:
    """Return the number in `text` when it is finite and within bounds, else None."""
    try:
        value = float(text) if text is not None and len(text) <= 32 else math.nan
    except ValueError:
        return None
    return value if low <= value <= high else None


@dataclass(frozen=True)
class RiskChoices:
    """What is chosen on the screen of risk; the screen itself knows which values exist.

    Attributes
    ----------
    horizon
        Years, None for the first that the model knows.
    tab, part
        Slugs of the tab and of what is read of a commune, "" for the first.
    departements, epcis
        Codes kept, none for all.
    classes, zones, shown
        Slugs kept, none for all.
    inhabitants
        Communes of more inhabitants are left out; None: no limit.
    whole
        Whether the list is unfolded.
    """

    horizon: int | None = None
    tab: str = ""
    part: str = ""
    departements: tuple[str, ...] = ()
    epcis: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    inhabitants: int | None = None
    whole: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the choices from URL parameters; what is foreign is left at default."""
        numbers = {key: _bounded(query.get(key), 1, 1e7) for key in ("horizon", "habitants")}
        horizon, inhabitants = (None if n is None else int(n) for n in numbers.values())
        lists = {
            name: tuple(dict.fromkeys(_SLUG.findall(query.get(key, "")[:LONGEST_LIST])))
            for name, key in _RISK_LISTS.items()
        }
        tab, part = (
            text if _SLUG.fullmatch(text := query.get(key, "")) else ""
            for key in ("onglet", "lire")
        )
        return cls(
            horizon=horizon,
            tab=tab,
            part=part,
            inhabitants=inhabitants,
            whole=query.get("lister") == "toutes",
            **lists,
        )

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of these choices."""
        told = {key: ",".join(getattr(self, name)) for name, key in _RISK_LISTS.items()}
        told |= {
            "horizon": str(self.horizon or ""),
            "onglet": self.tab,
            "lire": self.part,
            "habitants": str(self.inhabitants or ""),
            "lister": "toutes" if self.whole else "",
        }
        return {key: text for key, text in told.items() if text}


@dataclass(frozen=True)
class ViewState:
    """What one sees: every field has its parameter in the URL, absent when it is the default.

    Attributes
    ----------
    region
        INSEE code of the region.
    lon, lat, zoom
        Centre (degrees, WGS84) and zoom of the map; None: the whole region.
    indicator
        Key of the indicator drawn.
    layers
        Layers switched on, in the order of `LAYERS`.
    commune
        INSEE code of the selected commune, "" for none.
    outline
        Group of communes outlined, "departement:23" or "epci:200070159", "" for none.
    here
        Longitude and latitude (degrees) of the point whose isochrones are drawn.
    territory
        Territory of the sheet, "level:code" ("epci:200070159"), "" for none.
    year, since
        Vintage chosen on the year slider, None for the latest; year that it is compared with.
    per_gp, within, fair
        Inhabitants per GP and minutes at which room is counted, None for what the map opens on;
        whether it is shared as fairly as can be, instead of nearest first.
    risk
        Choices of the screen of risk.
    help
        Choices of the screen of help between territories.
    pole
        Antennas of a pole, on the screen of sites.
    projects
        Forms, prices and budget of projects, on the same screen.
    regulation
        Choices of the tab on on-call regulation, of the screen of help between territories.
    specialists
        Choices of the tab on help by specialists, of the same screen.
    """

    region: str = REGION
    lon: float | None = None
    lat: float | None = None
    zoom: float | None = None
    indicator: str = "share_without_room"
    layers: tuple[str, ...] = DEFAULT_LAYERS
    commune: str = ""
    outline: str = ""
    here: tuple[float, float] | None = None
    territory: str = ""
    year: int | None = None
    since: int | None = None
    per_gp: int | None = None
    within: int | None = None
    fair: bool = False
    risk: RiskChoices = RiskChoices()
    help: HelpChoices = field(default_factory=HelpChoices)
    pole: PoleChoices = field(default_factory=PoleChoices)
    projects: ProjectChoices = field(default_factory=ProjectChoices)
    regulation: RegulationChoices = field(default_factory=RegulationChoices)
    specialists: SpecialistChoices = field(default_factory=SpecialistChoices)

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read a view from URL parameters; what is foreign or out of range is left at default."""
        view = cls(
            risk=RiskChoices.from_query(query),
            help=HelpChoices.from_query(query),
            pole=PoleChoices.from_query(query),
            projects=ProjectChoices.from_query(query),
            regulation=RegulationChoices.from_query(query),
            specialists=SpecialistChoices.from_query(query),
        )
        if re.fullmatch(r"\d{2}|FR", query.get("region", "")):
            view = replace(view, region=query["region"])
        lon, lat = _bounded(query.get("lon"), -180, 180), _bounded(query.get("lat"), -85, 85)
        zoom = _bounded(query.get("z"), 1, _MAX_ZOOM)
        if lon is not None and lat is not None and zoom is not None:
            view = replace(view, lon=lon, lat=lat, zoom=zoom)
        if _WORD.fullmatch(query.get("ind", "")):
            view = replace(view, indicator=query["ind"])
        if "couches" in query:
            asked = set(query["couches"].split(","))
            view = replace(view, layers=tuple(name for name in LAYERS if name in asked))
        if COMMUNE.fullmatch(query.get("commune", "")):
            # An arrondissement of Paris, Lyon or Marseille is a part of what is shown.
            view = replace(view, commune=arrondissements.city_of(query["commune"]))
        if _OUTLINE.fullmatch(query.get("contour", "")):
            view = replace(view, outline=query["contour"])
        west, _, north = query.get("ici", "").partition(",")
        here = _bounded(west, -180, 180), _bounded(north, -85, 85)
        if here[0] is not None and here[1] is not None:
            view = replace(view, here=(here[0], here[1]))
        if _TERRITORY.fullmatch(query.get("territoire", "")):
            level, _, code = query["territoire"].partition(":")
            view = replace(view, territory=f"{level}:{arrondissements.city_of(code)}")
        year, since, per_gp, within = (
            None if (value := _bounded(query.get(name), low, high)) is None else int(value)
            for name, low, high in (
                *(("annee", 1990, 2100), ("depuis", 1990, 2100)),
                *(("place", 1, 1e4), ("seuil", 1, 120)),
            )
        )
        fair = query.get("partage") == "mieux"
        return replace(view, year=year, since=since, per_gp=per_gp, within=within, fair=fair)

    def to_query(self) -> dict[str, str]:
        """Return the URL parameters of this view; `from_query` of them gives it back."""
        query: dict[str, str] = {}
        if self.region != REGION:
            query["region"] = self.region
        if self.lon is not None and self.lat is not None and self.zoom is not None:
            query |= {"lon": f"{self.lon:.5f}", "lat": f"{self.lat:.5f}", "z": f"{self.zoom:g}"}
        if self.indicator != ViewState.indicator:
            query["ind"] = self.indicator
        if self.layers != DEFAULT_LAYERS:
            query["couches"] = ",".join(self.layers)
        named = {"commune": self.commune, "contour": self.outline}
        query |= {name: text for name, text in named.items() if text}
        if self.here is not None:
            query["ici"] = f"{self.here[0]:.5f},{self.here[1]:.5f}"
        if self.territory:
            query["territoire"] = self.territory
        years = {"annee": self.year, "depuis": self.since}
        numbers = {**years, "place": self.per_gp, "seuil": self.within}
        query |= {name: str(value) for name, value in numbers.items() if value is not None}
        if self.fair:
            query["partage"] = "mieux"
        for chosen in (self.risk, self.help, self.pole, self.projects, self.regulation):
            query |= chosen.to_query()
        query |= self.specialists.to_query()
        return query
