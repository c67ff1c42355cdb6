"""What was asked of the model and what was reached, in plain words."""

from typing import Any

from models.backtests import horizon_tables
from models.backtests.markdown import cell

AVERAGE_PRECISION_AIM = 0.22
"""On regions that nobody trained on, dated data only (protocol)."""


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
        for name, aim in (("auc", 0.85), ("average_precision", AVERAGE_PRECISION_AIM)):
            said = f"{name.replace('_', ' ')}, {where}"
            rows.append((said, f"≥ {aim}", cell(ours[name]), _yes(ours[name]["value"] >= aim)))
    for name, aim in (("auc", 0.88), ("average_precision", 0.43)):
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
