"""What the map of the on-call lines receives: minutes to a specialty, its lines, their reach."""

import numpy as np
import pandas as pd

from data.base import french
from data.maps import overlays, payload
from data.maps.document import Layer, MapDocument, Point
from data.pdses import hospitals
from data.pdses.coverage import FARTHEST_MINUTES, OUT_OF_PERIOD, REACH_MINUTES, Cover
from data.region.territory import Territory
from geo import display
from geo.travel_time import LonLat

INDICATOR = "minutes_to_line"
RINGS = "iso_pdses"
POINTS = "pdses"

_CLASSES = (
    ("jusqu’à 15", "#f7fcf5"),
    ("15 à 30", "#c7e9c0"),
    ("30 à 45", "#fdd49e"),
    ("45 à 60", "#ef6548"),
    ("60 à 120", "#990000"),
)
_BREAKS = (15, 30, 45, 60)
"""Palettes Greens and OrRd of ColorBrewer: darker is farther on each side of 30 minutes."""


def origins(covered: Cover, specialty: str) -> LonLat:
    """Return where the lines held for a specialty are, shape (n, 2), degrees, WGS84."""
    return covered.lines.iloc[covered.rows(specialty)][["lon", "lat"]].to_numpy(float)


def sentence(covered: Cover, specialty: str, shown: pd.DataFrame) -> str:
    """Return what the map shows, in one French sentence with its denominator.

    The minutes are to one specialty; the marks, `shown`, may be lines of all, or a part of them.
    """
    minutes, _ = covered.nearest(covered.rows(specialty))
    people = covered.communes["population"].to_numpy(float)
    total = people.sum()
    told = ", ".join(
        f"{french.percent(people[minutes <= t].sum() / total, 1)} à {t:g} minutes ou moins"
        for t in REACH_MINUTES
    )
    mine = covered.lines[covered.lines["specialty"] == specialty]
    late = int((mine["standing"] == OUT_OF_PERIOD).sum())
    return (
        f"{specialty} : des {french.number(total)} habitants, {told} d’une ligne tenue. "
        f"Lignes tenues : {int(mine['held'].sum())} ; en carence : {int(mine['lacking'].sum())}"
        + (f" ; {OUT_OF_PERIOD} : {late}." if late else ".")
        + _marks_told(mine, shown)
    )


def _marks_told(mine: pd.DataFrame, shown: pd.DataFrame) -> str:
    """Return of which lines the marks are, "" where they are those of the sentence."""
    lines = french.counted(len(shown), "ligne", "lignes")
    several = shown["specialty"].nunique()
    if not shown["specialty"].isin(mine["specialty"]).all():
        return (
            f" Marques : {lines} de {french.counted(several, 'spécialité', 'spécialités')}, dont "
            f"{int(shown['lacking'].sum())} en carence."
        )
    if len(shown) < len(mine):
        return f" Marques : {french.number(len(shown))} de ses {len(mine)} lignes, par ces filtres."
    return ""


def configuration(
    territory: Territory,
    covered: Cover,
    specialty: str,
    shown: pd.DataFrame,
    note: str,
    *,
    threshold: float,
) -> MapDocument:
    """Return all that the map's client needs, but the view.

    Parameters
    ----------
    territory, covered
        The region and the minutes to its lines.
    specialty
        Whose minutes are drawn.
    shown
        Lines drawn as points (rows of `covered.lines`).
    note
        Source and vintage, in French.
    threshold
        Minutes beyond which people are counted: one of `REACH_MINUTES`, whose ring stands out.
    """
    minutes, _ = covered.nearest(covered.rows(specialty))
    if np.isinf(minutes).any():
        note = f"Hachuré : à plus de {FARTHEST_MINUTES:g} minutes. {note}"
    engine = territory.travel_time.label
    document = payload.blank(territory)
    document["read_only"] = True
    document["indicators"] = [
        {
            "key": INDICATOR,
            "label": f"Temps d’accès à une ligne tenue : {specialty}",
            "short": "Ligne la plus proche",
            "unit": "min",
            "decimals": 0,
            "breaks": list(_BREAKS),
            "classes": [{"label": label, "colour": colour} for label, colour in _CLASSES],
            "values": display.drawn_values(pd.Series(minutes), 0, _BREAKS),
            "sentence": sentence(covered, specialty, shown),
            "note": note,
            "reads": ["pdses_lines"],
            "years": [],
        }
    ]
    document["comparison_note"] = "Lignes tenues à une heure ou moins, toutes spécialités."
    points = _points(shown)
    document["points"] = {POINTS: points}
    note = f"{engine.name} : {engine.detail}"
    layers = _layers(points, specialty, threshold, note)
    document["layers"] = overlays.with_sources(layers, territory.provenance)
    return document


def _points(lines: pd.DataFrame) -> list[Point]:
    points = overlays.on_call_points(lines.assign(where=", " + lines["commune"] + " : "))
    return [{**point, "key": key} for point, key in zip(points, hospitals.keys(lines), strict=True)]


def _layers(points: list[Point], specialty: str, threshold: float, note: str) -> list[Layer]:
    colour = "#0b3d91"
    others = iter((0, 2))
    ranks = [1 if minutes == threshold else next(others) for minutes in REACH_MINUTES]
    legend = [
        overlays.ring(int(minutes), "ligne tenue", colour, rank)
        for minutes, rank in zip(REACH_MINUTES, ranks, strict=True)
    ]
    reach = overlays.rings(RINGS, f"Portée en 30, 45 et 60 min : {specialty}", colour, legend, note)
    reach["reads"] = ["pdses_lines"]
    return [
        reach,
        overlays.on_call_lines(POINTS, "Lignes de permanence", points),
        overlays.BACKGROUND,
    ]
