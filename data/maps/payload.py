"""What the map's client receives: values, legends, sentences, points; JSON, never HTML."""

import base64
import datetime as dt
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.access import history, indicators
from data.access.people import people_of
from data.access.source_notes import quoted
from data.base import french
from data.base.codes import among, departement
from data.base.french import capitalised, unbroken, uncapitalised
from data.maps import contours, differences, overlays, room
from data.maps.document import Class as DrawnClass
from data.maps.document import ContoursAddress, MapDocument, OwnPoints, Past, Point, Symbol
from data.maps.document import Indicator as DrawnIndicator
from data.maps.sentences import BOTH_ENDS, sentence
from data.maps.static_files import FROM_FRAME
from data.pdses import coverage
from data.region.arrondissements import WHOLE
from data.region.rules import HUBERT_MINUTES
from data.region.search import RULES, parts_of
from data.region.territory import PARTLY_SIMULATED, Territory
from geo import display, layers
from geo.french import MISSING
from geo.layers import Indicator, LegendClass
from geo.travel_time import LonLat

LEVELS = ("epci", "departement", "region")
"""What a commune is compared with on its card."""

ATTRIBUTION = "Contours IGN · communes INSEE · mairies DILA · terres Natural Earth"
"""Short form of `embedded_set.attributions`, whole on the screen "Données et méthode"."""

PAYLOAD_COMPRESSION = 6
"""2 % larger than at 9, in a third of the time: each session waits for it."""


def encode(document: Mapping[str, Any]) -> str:
    """Return a document as base64 of gzipped JSON: no brace, quote or tag survives in it.

    Several of them joined by dots make one payload: the later complete the earlier.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = gzip.compress(text.encode(), compresslevel=PAYLOAD_COMPRESSION, mtime=0)
    return base64.b64encode(packed).decode()


def blank(territory: Territory) -> MapDocument:
    """Return a map where nothing is drawn yet: contours, town halls, what is simulated."""
    drawn = contours.contours_file(territory)
    document: MapDocument = {
        "base": FROM_FRAME,
        "contours": drawn,
        "region_name": territory.region_name,
        "attribution": ATTRIBUTION,
        "simulated": {
            key: uncapitalised(known.title)
            for key, known in territory.provenance.items()
            if known.simulated
        },
        "warning": territory.warning,
        "search": {**RULES, "parts": _parts(territory)},
        "indicators": [],
        "comparisons": {},
        "comparison_note": "",
        "zones": {"values": [], "styles": {}},
        "points": {},
        "layers": [],
    }
    if drawn is None:
        document["contours_data"] = base64.b64encode(contours.contours_bytes(territory)).decode()
    return document


def _parts(territory: Territory) -> list[tuple[str, str, str, str]]:
    """Return name, what is said, codes and city of the arrondissements that may be searched."""
    return [
        (one.name, WHOLE, f"{one.code} {one.postcode}", one.city)
        for one in parts_of(territory.communes)
    ]


def contours_address(document: MapDocument) -> ContoursAddress:
    """Return the part of a configuration that says where its contours are."""
    address: ContoursAddress = {"base": document["base"], "contours": document["contours"]}
    if "contours_data" in document:
        address["contours_data"] = document["contours_data"]
    return address


def ring_origins(territory: Territory, layer: str) -> LonLat:
    """Return the points around which a layer of isochrones is drawn, shape (n, 2), EPSG:4326.

    GPs of the neighbouring regions count: the border stops no patient.
    """
    if layer == "iso_gps":
        places = territory.with_fringe("code", "lon", "lat")
        staffed = territory.gps.loc[territory.gps["gps"] > 0, "code"]
        return places.loc[among(places["code"], staffed), ["lon", "lat"]].to_numpy(float)
    kind = layer.removeprefix("iso_")
    return _of_kind(territory.structures, kind)[["lon", "lat"]].to_numpy(float)


def _of_kind(structures: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return the structures of a kind; a labelled structure of any kind is France Santé."""
    chosen = structures["kind"] == kind
    if kind == "france_sante":
        chosen |= structures["labelled"].astype(bool)
    return structures[chosen]


def _quote(territory: Territory, indicator: Indicator) -> str:
    """Return vintage, source and denominator of an indicator, in one French line."""
    known = [territory.provenance[key] for key in indicator.tables if key in territory.provenance]
    said = [quoted(one, whole=True) for one in known]
    if indicator.timed:
        said.append(f"{territory.travel_time.label.name} ({territory.travel_time.label.vintage})")
    if indicator.key == "population_beyond_20":
        said.append(people_of(territory).note)
    if indicator.key == "share_without_room":
        said.append(people_of(territory).room_note)
    ends = f" {BOTH_ENDS}" if indicator.key == "share_without_room" else ""
    return f"{capitalised(indicator.denominator)}.{ends} Source : {' ; '.join(said)}."


def _quote_of_years(territory: Territory, indicator: Indicator) -> str:
    """Return where the other years of an indicator come from, "" where it says so itself."""
    read = history.DATED[indicator.key]
    if read in indicator.tables or read not in territory.provenance:
        return ""
    told = uncapitalised(quoted(territory.provenance[read]))
    return f" Autres années, pour les mêmes habitants : {told}."


def _past(territory: Territory, indicator: Indicator, table: pd.DataFrame) -> list[Past]:
    """Return the earlier vintages of an indicator for the year slider, oldest first."""
    values = history.values_by_year(territory, indicator.key, table)
    if values.shape[1] < 2:
        return []
    return [
        {
            "year": int(year),
            "values": display.drawn_values(values[year], indicator.decimals, indicator.breaks),
        }
        for year in sorted(values.columns)
    ]


def dated_sentence(
    territory: Territory, indicator: Indicator, table: pd.DataFrame, horizon: str = ""
) -> str:
    """Return the sentence of an indicator, with the year of what it mostly reads.

    `table` holds the communes, and `horizon` is said, as in `data.maps.sentences.sentence`.
    """
    read = next((one for one in indicator.tables if one in room.DATED), None)
    told = room.dated(territory, read) if read else ""
    return f"{sentence(indicator, table, territory.region_name, horizon)} {told}".strip()


def _drawn(
    territory: Territory, table: pd.DataFrame, around: Mapping[str, pd.DataFrame]
) -> tuple[list[DrawnIndicator], dict[str, dict[str, Any]]]:
    """Return the indicators as the client draws them, and the comparisons of the card."""
    drawn: list[DrawnIndicator] = []
    comparisons: dict[str, dict[str, Any]] = {}
    # In all of France, the last column is France, not whichever region comes first.
    whole = {}
    if around and len(around["region"]) > 1:
        # A map of sites draws a few columns: the others are those of today.
        full = indicators.commune_indicators(territory).assign(
            **{str(name): table[name].to_numpy() for name in table}
        )
        whole["region"] = indicators.whole(territory, full).to_frame().T.infer_objects()
    for one in layers.INDICATORS:
        if one.key not in table or not table[one.key].notna().any():
            continue
        numeric = pd.api.types.is_numeric_dtype(table[one.key])
        drawn.append(_indicator(territory, table, one))
        if not (numeric and around) or any(one.key not in frame for frame in around.values()):
            continue
        by_level: dict[str, Any] = {}
        for level, frame in {**around, **whole}.items():
            values = display.drawn_values(frame[one.key] * _scale(one), one.decimals)
            by_level[level] = dict(zip(frame["code"], values, strict=True))
        by_level["region"] = next(iter(by_level["region"].values()))
        comparisons[one.key] = by_level
    return drawn, comparisons


def _scale(indicator: Indicator) -> float:
    """Return what a share is drawn in: percent."""
    return 100.0 if indicator.unit == "%" else 1.0


def _indicator(territory: Territory, table: pd.DataFrame, one: Indicator) -> DrawnIndicator:
    column = table[one.key]
    if pd.api.types.is_numeric_dtype(column):
        column = column * _scale(one)
    drawn: DrawnIndicator = {
        "key": one.key,
        "label": unbroken(one.label),
        "short": unbroken(one.short),
        "unit": one.unit,
        "decimals": one.decimals,
        "breaks": list(one.breaks),
        "classes": [_class(c) for c in one.classes],
        "values": display.drawn_values(column, one.decimals, one.breaks),
        "sentence": dated_sentence(territory, one, table),
        "note": _quote(territory, one),
        "reads": list(one.tables),
        "years": _past(territory, one, table),
    }
    if drawn["years"]:
        drawn["dated"] = history.DATED[one.key]
        drawn["note"] += _quote_of_years(territory, one)
    if one.absent != MISSING:
        drawn["absent"] = one.absent
    if (moved := differences.legend(one)) is not None:
        drawn["difference"] = moved
    return drawn


def _class(one: LegendClass) -> DrawnClass:
    drawn: DrawnClass = {"label": one.label, "colour": one.colour}
    if one.value:
        drawn["value"] = one.value
    return drawn


def _points(territory: Territory, day: dt.date) -> dict[str, list[Point]]:
    points: dict[str, list[Point]] = {}
    places = territory.with_fringe("code", "name")
    names = dict(zip(places["code"], places["name"], strict=True))
    for kind in ("france_sante", "msp", "centre_sante", "urgences"):
        points[kind] = [
            {
                "lon": one["lon"],
                "lat": one["lat"],
                "name": one["name"],
                "detail": f"{names.get(one['code'], 'commune')} ({departement(one['code'])})",
            }
            for one in _of_kind(territory.structures, kind).to_dict("records")
        ]
    lines = territory.pdses_lines
    today = coverage.standing(lines, day)
    points["pdses"] = overlays.on_call_points(lines.assign(standing=today, where=", "))
    return points


def with_own_points(document: MapDocument, own: pd.DataFrame) -> OwnPoints:
    """Return the fields of a configuration that change when the user adds a layer of points.

    Parameters
    ----------
    document
        Made by `configuration`.
    own
        Columns lon, lat (EPSG:4326), name, detail: text of the user's, never markup.
    """
    points: list[Point] = [
        {"lon": one["lon"], "lat": one["lat"], "name": one["name"], "detail": one["detail"]}
        for one in own.to_dict("records")
    ]
    symbol: Symbol = {"shape": "pentagon", "colour": "#c2185b", "mark": ""}
    layer = overlays.places("points", "Ma couche", len(points), symbol)
    *others, background = document["layers"]
    return {
        "points": {**document["points"], "points": points},
        "layers": [*others, layer, background],
    }


def configuration(
    territory: Territory,
    table: pd.DataFrame,
    around: Mapping[str, pd.DataFrame],
    *,
    with_room: bool = False,
) -> MapDocument:
    """Return all that the map's client needs, but the view.

    Parameters
    ----------
    territory
        The region.
    table
        Commune indicators, in the order of `territory.communes`.
    around
        Aggregated indicators of each of `LEVELS` (column code and the indicators).
    with_room
        Whether capacity and threshold may be chosen for the people without room.
    """
    drawn, comparisons = _drawn(territory, table, around)
    day = french.today()
    points = territory.once("points", lambda: _points(territory, day), day).copy()
    engine = territory.travel_time.label
    document = blank(territory)
    document["whole"] = False
    document["indicators"] = drawn
    document["comparisons"] = comparisons
    document["comparison_note"] = (
        "EPCI, département et région : moyennes pondérées par la population, "
        "sommes pour les nombres d’habitants."
    )
    document["zones"] = {
        "values": [z or None for z in table["zone"].fillna("").tolist()],
        "styles": {
            zone: {"pattern": style["pattern"], "colour": style["colour"]}
            for zone, style in layers.ZONE_PATTERNS.items()
        },
    }
    document["points"] = points
    offered = overlays.of_region(points, f"{engine.name} : {engine.detail}")
    offered = overlays.with_sources(offered, territory.provenance)
    # Beside real figures: where all is simulated, the page has said it of the whole.
    partly = territory.warning == PARTLY_SIMULATED
    document["layers"] = overlays.said_simulated(
        offered, territory.simulated_tables if partly else ()
    )
    if with_room:
        document["room"] = room.document(territory, HUBERT_MINUTES)
        document["room_controls"] = room.controls()
    return document
