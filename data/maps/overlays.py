"""What may be drawn over the communes: zones, isochrones, marks, tiles, and their legends."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from data.access.source_notes import quoted
from data.maps.document import Layer, LegendEntry, Point, Symbol
from data.maps.static_files import TILE_SERVER
from data.pdses.coverage import OUT_OF_PERIOD
from data.region.territory import SIMULATED_MARK, Provenance
from geo import layers

BACKGROUND: Layer = {
    "key": "fond",
    "kind": "tiles",
    "label": "Fond de carte IGN (internet)",
    "short": "Fond IGN (internet)",
    "legend": None,
    "url": f"{TILE_SERVER}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=normal"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&FORMAT=image/png&TILEMATRIXSET=PM"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
    "attribution": "© IGN, Plan IGN v2 (Géoplateforme)",
}
"""Tiles of the IGN, the only layer that asks another server."""

_RINGS = "Isochrones 10, 20 et 30 min autour des "
GPS = "iso_gps"
"""The isochrones that every map offers: those of "Isochrone d’ici" are drawn as they are."""
_STRUCTURES = "structures"
_AROUND = {
    GPS: ("médecins généralistes", "#0b5fa5"),
    "iso_france_sante": ("structures France Santé", "#6a1b9a"),
    "iso_msp": ("MSP", "#00695c"),
}
"""Around which places, and in which colour."""
_STROKES: tuple[tuple[str | None, float], ...] = (("2 4", 1.4), (None, 3), ("7 5", 2))
"""Dashes and width in pixels of a ring nearer than the one that counts, of that one, beyond it."""

STATUS_SYMBOLS: dict[str, Symbol] = {
    "assurée": {"shape": "square", "colour": "#1b6e53", "mark": "A"},
    "mutualisée": {"shape": "circle", "colour": "#1f5fa8", "mark": "M"},
    "carence": {"shape": "diamond", "colour": "#b00020", "mark": "C"},
    "réquisition": {"shape": "triangle", "colour": "#8a4b00", "mark": "R"},
    OUT_OF_PERIOD: {"shape": "pentagon", "colour": "#5f6673", "mark": "H"},
}
"""Shape and letter of what each on-call line is today: never told by colour alone."""
WORST_FIRST = ("carence", "réquisition", "mutualisée", "assurée", OUT_OF_PERIOD)
"""A mark for several lines takes the worst of their statuses."""


def status_told(status: str) -> str:
    """Return the status of an on-call line as a sentence says it: "en carence", "assurée"."""
    return f"en {status}" if status in {"carence", "réquisition"} else status


def places(
    key: str, label: str, count: int, symbol: Symbol, entry: str = "", *, reads: str = ""
) -> Layer:
    """Return a layer of points and its entry in the legend, said as the layer by default.

    `reads` is the table that they are read in, "" of those brought or chosen by who reads.
    """
    layer: Layer = {
        "key": key,
        "kind": "points",
        "label": f"{label} ({count})",
        "symbol": symbol,
        "legend": [_marked(symbol, entry or label)],
    }
    if reads:
        layer["reads"] = [reads]
    return layer


def on_call_points(lines: pd.DataFrame) -> list[Point]:
    """Return on-call lines as points.

    Parameters
    ----------
    lines
        Schema `pdses_lines`, with standing (`data.pdses.coverage`) and where: what stands after
        the name of the establishment.
    """
    return [
        {
            "lon": line["lon"],
            "lat": line["lat"],
            "name": f"{line['specialty']} ({line['line_type']})",
            "detail": f"{line['establishment']}{line['where']}{status_told(line['standing'])}",
            "status": line["standing"],
            "place": line["establishment"],
        }
        for line in lines.to_dict("records")
    ]


def on_call_lines(key: str, label: str, points: Sequence[Point]) -> Layer:
    """Return the layer of on-call lines, whose marks tell what they are today."""
    layer = places(key, label, len(points), STATUS_SYMBOLS["assurée"], reads="pdses_lines")
    layer["statuses"] = STATUS_SYMBOLS
    layer["worst_first"] = list(WORST_FIRST)
    layer["legend"] = [
        _marked(symbol, f"Ligne {status_told(status)}")
        for status, symbol in STATUS_SYMBOLS.items()
        if status != OUT_OF_PERIOD or any(one["status"] == OUT_OF_PERIOD for one in points)
    ]
    return layer


def _marked(symbol: Symbol, label: str) -> LegendEntry:
    return {
        "shape": symbol["shape"],
        "colour": symbol["colour"],
        "mark": symbol["mark"],
        "label": label,
    }


def ring(minutes: int, whose: str, colour: str, rank: int | None = None) -> LegendEntry:
    """Return how the outline at so many minutes is drawn, as its entry in the legend.

    The rank (1 the ring that counts, 0 one nearer, 2 one beyond) is that of 10, 20 and 30 minutes
    by default, of which 20 counts.
    """
    dash, weight = _STROKES[minutes // 10 - 1 if rank is None else rank]
    return {
        "label": f"{minutes} min, {whose}",
        "minutes": minutes,
        "colour": colour,
        "dash": dash,
        "weight": weight,
    }


def rings(key: str, label: str, colour: str, legend: Sequence[LegendEntry], note: str) -> Layer:
    """Return a layer of isochrones; the note says by which engine."""
    return {
        "key": key,
        "kind": "rings",
        "label": label,
        "colour": colour,
        "legend": list(legend),
        "note": note,
    }


def isochrones(key: str, note: str) -> Layer:
    """Return the layer of the isochrones at 10, 20 and 30 minutes around some places."""
    whose, colour = _AROUND[key]
    legend = [ring(minutes, whose, colour) for minutes in (20, 10, 30)]
    layer = rings(key, _RINGS + whose, colour, legend, note)
    layer["short"] = f"Isochrones : {whose}"
    layer["reads"] = ["gps" if key == GPS else _STRUCTURES]
    return layer


def of_region(points: Mapping[str, Sequence[Point]], note: str) -> list[Layer]:
    """Return the layers of the screen "Carte", in the order in which they are offered.

    Parameters
    ----------
    points
        Layer to its places.
    note
        Name and detail of the engine of the isochrones.
    """

    def marks(key: str, label: str, shape: str, colour: str) -> Layer:
        symbol: Symbol = {"shape": shape, "colour": colour, "mark": ""}
        return places(key, label, len(points[key]), symbol, reads=_STRUCTURES)

    zones: list[LegendEntry] = [
        {"label": zone, "pattern": style["pattern"], "colour": style["colour"]}
        for zone, style in layers.ZONE_PATTERNS.items()
    ]
    return [
        {
            "key": "zonage",
            "kind": "zones",
            "label": "Zones ZIP et ZAC",
            "legend": zones,
            "reads": ["zoning"],
        },
        *(isochrones(key, note) for key in _AROUND),
        marks("france_sante", "Structures France Santé", "star", "#6a1b9a"),
        on_call_lines("pdses", "Lignes de garde PDSES", points["pdses"]),
        marks("msp", "Maisons de santé (MSP)", "house", "#00695c"),
        marks("centre_sante", "Centres de santé", "hexagon", "#37474f"),
        marks("urgences", "Services d’urgences", "cross", "#b00020"),
        BACKGROUND,
    ]


def read_by(shown: Collection[str]) -> frozenset[str]:
    """Return the tables that some layers of a region, by their keys, are read in."""
    offered = of_region(defaultdict(list), "")
    return frozenset(
        table for one in offered if one["key"] in shown for table in one.get("reads", ())
    )


def with_sources(offered: Iterable[Layer], provenance: Mapping[str, Provenance]) -> list[Layer]:
    """Return layers, the note of each quoting the tables, not simulated, that it is read in.

    Parameters
    ----------
    offered
        Layers.
    provenance
        Key of a table to where it comes from.
    """
    told = {key: f"{quoted(one)}." for key, one in provenance.items() if not one.simulated}
    return [
        _with_sources(one, [told[key] for key in one.get("reads", ()) if key in told])
        for one in offered
    ]


def _with_sources(one: Layer, sources: Sequence[str]) -> Layer:
    if not sources:
        return one
    sourced = one.copy()
    sourced["note"] = " ".join(filter(None, (one.get("note", ""), *sources)))
    return sourced


def said_simulated(offered: Iterable[Layer], simulated: Collection[str]) -> list[Layer]:
    """Return layers, where they are chosen and in the legend marked if read in simulated tables."""
    return [
        _said_simulated(one) if set(one.get("reads", ())) & set(simulated) else one
        for one in offered
    ]


def _said_simulated(one: Layer) -> Layer:
    told = one.copy()
    told["label"] += SIMULATED_MARK
    if "short" in told:
        told["short"] += SIMULATED_MARK
    entries = one["legend"] or []
    told["legend"] = [{**entry, "label": entry["label"] + SIMULATED_MARK} for entry in entries]
    return told
