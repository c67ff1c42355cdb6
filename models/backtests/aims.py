"""What was asked of the model and what was reached, in plain words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from data.base.french import number
from models.backtests import horizon_tables
from models.backtests.horizons import AIM
from models.backtests.markdown import cell

AVERAGE_PRECISION_AIM = 0.22
"""On regions that nobody trained on, dated data only (protocol)."""


RANKING = (("auc", 0.85), ("average_precision", AVERAGE_PRECISION_AIM))
"""Measures and aims, regions held out and forward."""

WITH_REGISTER = (("auc", 0.88), ("average_precision", 0.43))
"""The same, with a register newer than the counts."""


def verdict(figures: dict[str, Any]) -> str:
    """Say plainly whether the shipped model beats the four-feature logistic."""
    sentences = []
    for key in ("forward", "held_out"):
        gain = figures["designs"][key]["against_four"][figures["shipped"]]
        said = []
        for measure, name in (("average_precision", "average precision"), ("auc", "AUC")):
            beyond = gain[measure]["low"] > 0
            said.append(
                f"{name} {gain[measure]['difference']:+.3f} "
                f"({'beyond' if beyond else 'within'} the interval of the paired difference)"
            )
        where = "forward in time" if key == "forward" else "in regions never seen"
        sentences.append(f"{where.capitalize()}: {', '.join(said)}.")
    return " ".join(sentences)


def _yes(reached_it: bool) -> str:
    return "yes" if reached_it else "**no**"


def reached(figures: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Return each aim: what, aim, value with interval, and whether it is reached."""
    rows: list[tuple[str, str, str, str]] = []
    for key, where in (("held_out", "regions held out"), ("forward", "forward")):
        ours = figures["designs"][key]["models"][figures["shipped"]]
        for name, aim in RANKING:
            said = f"{name.replace('_', ' ')}, {where}"
            rows.append((said, f"≥ {aim}", cell(ours[name]), _yes(ours[name]["value"] >= aim)))
    for name, aim in WITH_REGISTER:
        one = figures["register"]["measures"][name]
        said = f"{name.replace('_', ' ')}, regions held out, with the register"
        rows.append((said, f"≥ {aim}", cell(one), _yes(one["value"] >= aim)))
    return rows + horizon_tables.aims(figures["by_horizon"])


def not_reached(figures: dict[str, Any]) -> str:
    """Say which aims are not reached."""
    short = [
        f"{what} {value.split(' [')[0]} (asked {asked})"
        for what, asked, value, said in reached(figures)
        if said == "**no**"
    ]
    return f"**Aims not reached: {'; '.join(short)}.** " if short else ""


_FRENCH = {"auc": "AUC", "average_precision": "Précision moyenne"}
_PLACES = {"held_out": "régions jamais vues", "forward": "vers l’avant"}


def french(figures: Mapping[str, Any]) -> pd.DataFrame:
    """Return what was asked, what was measured and whether it is reached, for the screen.

    Horizons that end on no count are left out: they cannot be verified.
    """
    rows = []
    for key, where in _PLACES.items():
        ours = figures["designs"][key]["models"][figures["shipped"]]
        rows += [_asked(name, where, aim, ours[name]) for name, aim in RANKING]
    if figures["register"]:
        where = "régions jamais vues, avec un registre"
        found = figures["register"]["measures"]
        rows += [_asked(name, where, aim, found[name]) for name, aim in WITH_REGISTER]
    low, high = AIM
    for key, where in _PLACES.items():
        for one in sorted(figures["by_horizon"][key], key=lambda each: each["horizon"]):
            if not one["counted"]:
                continue
            least, most = horizon_tables.outside_towns(one)
            rows.append(
                {
                    "Mesure": f"Pertes attendues / observées, {one['horizon']} ans",
                    "Essai": where,
                    "Mesuré": f"{number(least, 2)} à {number(most, 2)}",
                    "Demandé": f"{number(low, 1)} à {number(high, 2)}",
                    "Atteint": "oui" if low <= least <= most <= high else "non",
                }
            )
    return pd.DataFrame(rows)


def _asked(name: str, where: str, aim: float, found: Mapping[str, float]) -> dict[str, str]:
    value, low, high = (number(found[key], 3) for key in ("value", "low", "high"))
    return {
        "Mesure": _FRENCH[name],
        "Essai": where,
        "Mesuré": f"{value} [{low} ; {high}]",
        "Demandé": f"au moins {number(aim, 2)}",
        "Atteint": "oui" if found["value"] >= aim else "non",
    }
