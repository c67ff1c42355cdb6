"""What the map of help between territories receives: targets, groups of donors, hosts, flows."""

import numpy as np
import pandas as pd

from data.base.french import counted, number, percent
from data.maps import overlays, payload
from data.maps.document import Flow, Layer, LegendEntry, MapDocument, Point, Symbol, Value
from data.region.rules import LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.solidarity import tables
from data.solidarity.donors import OTHERS, donor_groups
from data.solidarity.flows import flows
from data.solidarity.help import Help
from data.solidarity.hosts import read_by

INDICATOR = "solidarite"
HOSTS, FLOWS = "accueils", "flux"
LAYERS_SHOWN = (HOSTS, FLOWS)
"""Layers that the map opens with."""

_WHOLE, _PART, _NONE, _FAR, _DONOR, _OTHER = ("whole", "part", "none", "far", "donor", "other")
_CLASSES = {
    _WHOLE: ("besoin couvert", "#0f766e"),
    _PART: ("couvert en partie", "#7cc5b8"),
    _NONE: ("aidable, non couvert par ce plan", "#f6b26b"),
    _FAR: ("hors d’atteinte des donneurs", "#a32a1e"),
    _DONOR: (f"groupe qui donne ({LEAST_PUBLIC_GPS} volontaires ou plus)", "#c5cae9"),
    _OTHER: ("ni aidée, ni dans un groupe montré", "#eeeeee"),
}
_NEARLY = 0.995
"""Share of a need from which it is covered: halves of a hundredth are rounding."""
_FLOW_COLOUR = "#000091"
_WIDTHS_PX = (1.5, 9.0)
"""Widths of the smallest and the largest flow."""


def sentence(found: Help, told: float) -> str:
    """Return what the map shows, in one French sentence."""
    if not found.need:
        return tables.sentence(found)
    covered = int((found.targets["covered"] >= _NEARLY * found.targets["half_days"]).sum())
    said = (
        f"{_covered(covered, len(found.targets))} ; "
        f"{percent(found.covered / found.need)} des demi-journées."
    )
    if not told:
        said += (
            " Aucun trait : l’aide vient du même EPCI, ou de groupes trop petits pour être montrés."
        )
    elif told < _NEARLY:
        said += f" Les traits disent d’où viennent {percent(told)} de l’aide."
    return said


def _covered(covered: int, helped: int) -> str:
    """Return how many of the communes that a plan helps have all they need, in French."""
    if helped == 1:
        return f"La commune aidée {'a' if covered else 'n’a pas'} son besoin couvert"
    among = f"des {number(helped)} communes aidées"
    if covered <= 1:
        few = f"Une {among} a" if covered else f"Aucune {among} n’a"
        return f"{few} son besoin couvert"
    return f"{number(covered)} {among} ont leur besoin couvert"


def configuration(territory: Territory, found: Help, note: str) -> MapDocument:
    """Return all that the map's client needs, but the view.

    Parameters
    ----------
    territory, found
        The region and the plan.
    note
        Sources and vintages, in French.
    """
    drawn = flows(territory, found)
    groups = donor_groups(territory, found).of
    hosts = tables.host_table(found)
    document = payload.blank(territory)
    document["read_only"] = True
    document["indicators"] = [
        {
            "key": INDICATOR,
            "label": "Communes aidées et groupes de donneurs",
            "short": "Aide entre territoires",
            "unit": "",
            "decimals": 0,
            "breaks": [],
            "classes": [
                {"value": value, "label": label, "colour": colour}
                for value, (label, colour) in _CLASSES.items()
            ],
            "values": _states(found, groups),
            "sentence": sentence(found, drawn.told),
            "note": f"Un groupe qui donne est un EPCI de {LEAST_PUBLIC_GPS} volontaires ou "
            "plus, ou les autres EPCI d’un département ensemble ; l’aide au sein d’un même "
            "EPCI n’a pas de trait, et les EPCI où va trop peu d’un groupe partagent le "
            f"sien. {tables.NOT_PREDICTED} {note}",
            "reads": list(read_by(found.terms.hosts)),
            "years": [],
        }
    ]
    document["comparison_note"] = "Aucun médecin n’est désigné."
    document["points"] = {HOSTS: _hosts(territory, hosts)}
    document["flows"] = _lines(drawn.lines)
    engine = territory.travel_time.label
    around = overlays.isochrones(overlays.GPS, f"{engine.name} : {engine.detail}")
    layers = [*_layers(len(hosts), drawn.lines), around]
    document["layers"] = overlays.with_sources(layers, territory.provenance)
    return document


def _states(found: Help, groups: pd.Series) -> list[Value]:
    values = np.where(groups.isin(["", OTHERS]), _OTHER, _DONOR).astype(object)
    targets = found.targets
    need = targets["half_days"].to_numpy(float)
    covered = targets["covered"].to_numpy(float)
    far = targets["out_of_reach"].to_numpy(float)
    state = np.select(
        [covered >= _NEARLY * need, covered > 0, far >= _NEARLY * need],
        [_WHOLE, _PART, _FAR],
        _NONE,
    )
    values[targets["row"].to_numpy(np.int64)] = state
    return [str(one) for one in values]


def _hosts(territory: Territory, hosts: pd.DataFrame) -> list[Point]:
    places = territory.communes.set_index("code")
    return [
        {
            "lon": float(places["lon"][host["code"]]),
            "lat": float(places["lat"][host["code"]]),
            "name": str(host["name"]),
            "detail": _a_month(float(host["hosted"])),
        }
        for host in hosts.to_dict("records")
    ]


def _lines(lines: pd.DataFrame) -> list[Flow]:
    least, most = _WIDTHS_PX
    half_days = lines["half_days"].to_numpy(float)
    widths = np.maximum(least, most * half_days / half_days.max()) if len(lines) else half_days
    starts = lines[["lat", "lon"]].to_numpy(float).round(4).tolist()
    ends = lines[["to_lat", "to_lon"]].to_numpy(float).round(4).tolist()
    return [
        {"from": start, "to": end, "width": width}
        for start, end, width in zip(starts, ends, widths.round(2).tolist(), strict=True)
    ]


def _layers(hosts: int, lines: pd.DataFrame) -> list[Layer]:
    symbol: Symbol = {"shape": "house", "colour": "#4a148c", "mark": ""}
    places = overlays.places(
        HOSTS, "Communes qui accueillent", hosts, symbol, "commune qui accueille"
    )
    if lines.empty:
        return [places]
    largest = float(lines["half_days"].max())
    legend: list[LegendEntry] = [
        {
            "label": _a_month(part * largest),
            "colour": _FLOW_COLOUR,
            "weight": part * _WIDTHS_PX[1],
        }
        for part in ((1.0, 0.5) if round(largest) > 1 else (1.0,))
    ]
    drawn: Layer = {
        "key": FLOWS,
        "kind": "flows",
        "label": f"D’où vient l’aide ({len(lines)})",
        "colour": _FLOW_COLOUR,
        "legend": legend,
    }
    return [drawn, places]


def _a_month(half_days: float) -> str:
    return f"{counted(round(half_days), 'demi-journée', 'demi-journées')} par mois"
