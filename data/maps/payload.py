"""What the map's client receives: values, legends, sentences, points; JSON, never HTML."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.access import indicators
from data.access.people import ROOM_BASIS, people_of
from data.maps import contours, differences, room
from data.maps.sentences import sentence
from data.maps.static_files import FROM_FRAME, TILE_SERVER
from data.region.rules import HUBERT_MINUTES
from data.region.search import RULES
from data.region.territory import Provenance, Territory
from geo import display, layers
from geo.layers import Indicator
from geo.travel_time import LonLat

LEVELS = ("epci", "departement", "region")
"""What a commune is compared with on its card."""

MAP_BACKGROUND = {
    "url": f"{TILE_SERVER}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&FORMAT=image/png&TILEMATRIXSET=PM"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
    "attribution": "© IGN, Plan IGN v2 (Géoplateforme)",
}

ATTRIBUTION = "Contours IGN · communes INSEE · mairies DILA · terres Natural Earth"
"""Short form of `embedded_set.attributions`, whole on the screen "Données et méthode"."""

KNOWN_SHARE = 0.5
"""A year is offered when at least this share of communes has a value."""

_CONTOURS = ("base", "contours", "contours_data")

_RINGS = "Isochrones 10, 20 et 30 min autour des "
_STROKES: tuple[dict[str, Any], ...] = (
    {"dash": "2 4", "weight": 1.4},
    {"dash": None, "weight": 3},
    {"dash": "7 5", "weight": 2},
)
STATUS_SYMBOLS = {
    "assurée": {"shape": "square", "colour": "#1b6e53", "mark": "A"},
    "mutualisée": {"shape": "circle", "colour": "#1f5fa8", "mark": "M"},
    "carence": {"shape": "diamond", "colour": "#b00020", "mark": "C"},
    "réquisition": {"shape": "triangle", "colour": "#8a4b00", "mark": "R"},
}
"""Shape and letter of each status of an on-call line: never told by colour alone."""
WORST_FIRST = ("carence", "réquisition", "mutualisée", "assurée")
"""A mark for several lines takes the worst of their statuses."""


PAYLOAD_COMPRESSION = 6
"""2 % larger than at 9, in a third of the time: each session waits for it."""


def encode(document: Mapping[str, Any]) -> str:
    """Return a document as base64 of gzipped JSON: no brace, quote or tag survives in it.

    Several of them joined by dots make one payload: the later complete the earlier.
    """
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    packed = gzip.compress(text.encode(), compresslevel=PAYLOAD_COMPRESSION, mtime=0)
    return base64.b64encode(packed).decode()


def setting(territory: Territory) -> dict[str, Any]:
    """Return what every map of a region starts from: contours, town halls, what is simulated."""
    drawn = contours.contours_file(territory)
    document: dict[str, Any] = {
        "base": FROM_FRAME,
        "contours": drawn,
        "region_name": territory.region_name,
        "attribution": ATTRIBUTION,
        "simulated": list(territory.simulated),
        "warning": territory.warning,
        "search": RULES,
        "lon": territory.communes["lon"].round(5).tolist(),
        "lat": territory.communes["lat"].round(5).tolist(),
    }
    if drawn is None:
        document["contours_data"] = base64.b64encode(contours.contours_bytes(territory)).decode()
    return document


def contours_address(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of a configuration that says where its contours are."""
    return {name: document[name] for name in _CONTOURS if name in document}


def ring_origins(territory: Territory, layer: str) -> LonLat:
    """Return the points around which a layer of isochrones is drawn, EPSG:4326.

    GPs of the neighbouring regions count: the border stops no patient.
    """
    if layer == "iso_gps":
        places = pd.concat(
            [territory.communes[["code", "lon", "lat"]], territory.fringe[["code", "lon", "lat"]]]
        )
        staffed = territory.gps.loc[territory.gps["gps"] > 0, "code"]
        return places.loc[places["code"].isin(staffed), ["lon", "lat"]].to_numpy(float)
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
    said = [_said(one) for one in known]
    timed = {"share_without_room", "minutes_to_nearest_gp", "population_beyond_20", "apl"}
    if indicator.key in timed:
        said.append(f"{territory.travel_time.label.name} ({territory.travel_time.label.vintage})")
    if indicator.key == "population_beyond_20":
        said.append(people_of(territory).note)
    if indicator.key == "share_without_room":
        said.append(ROOM_BASIS)
    first, rest = indicator.denominator[:1].upper(), indicator.denominator[1:]
    return f"{first}{rest}. Source : {' ; '.join(said)}."


def _said(provenance: Provenance) -> str:
    mark = "données de démonstration, simulées" if provenance.simulated else provenance.source
    return f"{provenance.title} : {mark}, {provenance.vintage}"


def _by_year(territory: Territory, indicator: Indicator, table: pd.DataFrame) -> pd.DataFrame:
    """Return an indicator's values at each year known, one column a year; empty when not dated.

    GPs of each year are divided by the inhabitants of today, the only ones known.
    """
    if indicator.key == "gps_per_1000":
        dated = territory.gp_history.rename(columns={"gps": "value"})
    elif indicator.key == "apl_published":
        dated = territory.apl.rename(columns={"apl": "value"})
    else:
        return pd.DataFrame()
    wide = dated.pivot_table(index="code", columns="year", values="value")
    values = wide.reindex(table["code"])
    values = values.loc[:, values.notna().mean() >= KNOWN_SHARE]
    if indicator.key == "gps_per_1000":
        people = table["population"].where(table["population"] > 0).to_numpy(dtype=float)
        values = 1000 * values.div(people, axis=0)
    return values


def _past(territory: Territory, indicator: Indicator, table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the earlier vintages of an indicator for the year slider, oldest first."""
    values = _by_year(territory, indicator, table)
    if values.shape[1] < 2:
        return []
    return [
        {
            "year": int(year),
            "values": display.drawn_values(values[year], indicator.decimals, indicator.breaks),
        }
        for year in sorted(values.columns)
    ]


def _dated_sentence(territory: Territory, indicator: Indicator, table: pd.DataFrame) -> str:
    """Return the sentence of an indicator, with the year of what it mostly reads."""
    read = next((one for one in indicator.tables if one in room.DATED), None)
    told = room.dated(territory, read) if read else ""
    return f"{sentence(indicator, table, territory.region_name)} {told}".strip()


def _drawn(
    territory: Territory, table: pd.DataFrame, around: Mapping[str, pd.DataFrame]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the indicators as the client draws them, and the comparisons of the card."""
    drawn, comparisons = [], {}
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
        scale = 100.0 if one.unit == "%" else 1.0
        numeric = pd.api.types.is_numeric_dtype(table[one.key])
        column = table[one.key] * scale if numeric else table[one.key]
        drawn.append(
            {
                "key": one.key,
                "label": one.label,
                "short": one.short,
                "unit": one.unit,
                "decimals": one.decimals,
                "breaks": list(one.breaks),
                "classes": [
                    {"label": c.label, "colour": c.colour} | ({"value": c.value} if c.value else {})
                    for c in one.classes
                ],
                "values": display.drawn_values(column, one.decimals, one.breaks),
                "sentence": _dated_sentence(territory, one, table),
                "note": _quote(territory, one),
                "years": _past(territory, one, table),
            }
            | differences.legend(one)
        )
        if not (numeric and around) or any(one.key not in frame for frame in around.values()):
            continue
        by_level: dict[str, Any] = {}
        for level, frame in {**around, **whole}.items():
            values = display.drawn_values(frame[one.key] * scale, one.decimals)
            by_level[level] = dict(zip(frame["code"], values, strict=True))
        by_level["region"] = next(iter(by_level["region"].values()))
        comparisons[one.key] = by_level
    return drawn, comparisons


def _said_status(status: str) -> str:
    """Return a status as a sentence says it: "en carence", "assurée"."""
    return f"en {status}" if status in {"carence", "réquisition"} else status


def _points(territory: Territory) -> dict[str, list[dict[str, Any]]]:
    points: dict[str, list[dict[str, Any]]] = {}
    for kind in ("france_sante", "msp", "centre_sante", "urgences"):
        points[kind] = [
            {"lon": r.lon, "lat": r.lat, "name": r.name, "detail": f"Commune {r.code}"}
            for r in _of_kind(territory.structures, kind).itertuples(index=False, name="Structure")
        ]
    points["pdses"] = [
        {
            "lon": r.lon,
            "lat": r.lat,
            "name": f"{r.specialty} ({r.line_type})",
            "detail": f"{r.establishment}, {_said_status(str(r.status))}",
            "status": r.status,
            "place": r.establishment,
        }
        for r in territory.pdses_lines.itertuples(index=False, name="Line")
    ]
    return points


def with_own_points(document: Mapping[str, Any], own: pd.DataFrame) -> dict[str, Any]:
    """Return the fields of a configuration that change when the user adds a layer of points.

    Parameters
    ----------
    document
        Made by `configuration`.
    own
        Columns lon, lat (EPSG:4326), name, detail: text of the user's, never markup.
    """
    points = own[["lon", "lat", "name", "detail"]].to_dict("records")
    layer = _places("points", "Ma couche", len(points), "pentagon", "#c2185b")
    *others, background = document["layers"]
    return {
        "points": document["points"] | {"points": points},
        "layers": [*others, layer, background],
    }


def _places(key: str, label: str, count: int, shape: str, colour: str) -> dict[str, Any]:
    """Return a layer of points and its entry in the legend."""
    symbol = {"shape": shape, "colour": colour, "mark": ""}
    return {
        "key": key,
        "kind": "points",
        "label": f"{label} ({count})",
        "symbol": symbol,
        "legend": [symbol | {"label": label}],
    }


def ring(minutes: int, whose: str, colour: str, rank: int | None = None) -> dict[str, Any]:
    """Return how the outline at so many minutes is drawn, as its entry in the legend.

    The rank (0 the nearest ring, 2 the farthest) is that of 10, 20 and 30 minutes by default.
    """
    stroke = _STROKES[minutes // 10 - 1 if rank is None else rank]
    return {"label": f"{minutes} min, {whose}", "minutes": minutes, "colour": colour, **stroke}


def _layers(points: Mapping[str, list[dict[str, Any]]], note: str) -> list[dict[str, Any]]:
    def rings(key: str, whose: str, colour: str) -> dict[str, Any]:
        legend = [ring(minutes, whose, colour) for minutes in (20, 10, 30)]
        return {
            "key": key,
            "kind": "rings",
            "label": _RINGS + whose,
            "short": f"Isochrones : {whose}",
            "colour": colour,
            "legend": legend,
            "note": note,
        }

    def places(key: str, label: str, shape: str, colour: str) -> dict[str, Any]:
        return _places(key, label, len(points[key]), shape, colour)

    zones = [
        {"label": zone, "pattern": style["pattern"], "colour": style["colour"]}
        for zone, style in layers.ZONE_PATTERNS.items()
    ]
    lines = places("pdses", "Lignes de garde PDSES", "square", "#1b6e53")
    lines |= {
        "statuses": STATUS_SYMBOLS,
        "worst_first": list(WORST_FIRST),
        "legend": [
            symbol | {"label": f"Ligne {_said_status(status)}"}
            for status, symbol in STATUS_SYMBOLS.items()
        ],
    }
    result = [
        {"key": "zonage", "kind": "zones", "label": "Zones ZIP et ZAC", "legend": zones},
        rings("iso_gps", "médecins généralistes", "#0b5fa5"),
        rings("iso_france_sante", "structures France Santé", "#6a1b9a"),
        rings("iso_msp", "MSP", "#00695c"),
        places("france_sante", "Structures France Santé", "star", "#6a1b9a"),
        lines,
        places("msp", "Maisons de santé (MSP)", "house", "#00695c"),
        places("centre_sante", "Centres de santé", "hexagon", "#37474f"),
        places("urgences", "Services d’urgences", "cross", "#b00020"),
    ]
    result.append(
        {
            "key": "fond",
            "kind": "tiles",
            "label": "Fond de carte IGN (internet)",
            "short": "Fond IGN (internet)",
            "legend": None,
            **MAP_BACKGROUND,
        }
    )
    return result


def configuration(
    territory: Territory,
    table: pd.DataFrame,
    around: Mapping[str, pd.DataFrame],
    *,
    with_room: bool = False,
) -> dict[str, Any]:
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
    points = _points(territory)
    engine = territory.travel_time.label
    document = setting(territory)
    if with_room:
        document |= {
            "room": room.document(territory, HUBERT_MINUTES),
            "room_controls": room.controls(),
        }
    return document | {
        "whole": False,
        "indicators": drawn,
        "comparisons": comparisons,
        "comparison_note": "EPCI, département et région : moyennes pondérées par la population, "
        "sommes pour les nombres d’habitants.",
        "zones": {
            "values": [z or None for z in table["zone"].fillna("")],
            "styles": dict(layers.ZONE_PATTERNS),
        },
        "points": points,
        "layers": _layers(points, f"{engine.name} : {engine.detail}"),
    }
