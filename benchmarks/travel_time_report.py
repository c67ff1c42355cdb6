"""Write docs/travel-time.md from what the fit learned and measured.

Usage: python -m benchmarks.travel_time_report [--out docs]
"""

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.fit_travel_time import ROAD_WEIGHT
from data.base import paths
from data.region import embedded_set
from geo.friction.crossings import MOTORWAYS_FILE
from geo.friction.engine import ERRORS_FILE, load_engine
from geo.friction.said import TOLD_BIAS_MINUTES
from geo.friction.surface import Parameters

_TEXT = Path(__file__).with_name("travel_time.md")
_BANDS = ("0-10", "10-20", "20-30", "30-40", "40-60", "60-200", "0-40")


def band_table(kinds: dict[str, dict[str, Any]]) -> str:
    """Return errors by band of METRIC minutes, one column per kind, in Markdown."""
    lines = ["| METRIC minutes | " + " | ".join(kinds) + " |", "|---|" + "---|" * len(kinds)]
    for name in _BANDS:
        cells = []
        for kind in kinds.values():
            band = next((b for b in kind["bands"] if b["band"] == name), None)
            cells.append(
                ""
                if band is None
                else f"{band['mean_absolute_error']:.2f} / {band['bias']:+.2f} / "
                f"{band['p90_absolute_error']:.1f} ({band['pairs']:,})"
            )
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    sides = (f"{100 * kind['same_side_15_25']:.1f} %" for kind in kinds.values())
    lines.append("| right side of 20, from 15 to 25 | " + " | ".join(sides) + " |")
    return "\n".join(lines)


def departement_table(known: dict[str, dict[str, Any]]) -> str:
    """Return errors by département held out, in Markdown."""
    lines = [
        "| département | trips | mean absolute error | bias | 95 % interval | right side of 20 |",
        "|---|---|---|---|---|---|",
    ]
    for code, row in sorted(known.items()):
        side = row["same_side_15_25"]
        told = "" if side is None else f"{100 * side:.0f} %"
        half = row["bias_half_interval"]
        between = "" if half is None else f"{row['bias'] - half:+.1f} to {row['bias'] + half:+.1f}"
        lines.append(
            f"| {code} | {row['pairs']} | {row['mean_absolute_error']:.2f} | "
            f"{row['bias']:+.2f} | {between} | {told} |"
        )
    return "\n".join(lines)


def named(known: dict[str, dict[str, Any]], minutes: float) -> list[str]:
    """Return the codes whose bias, with its 95 % interval, is wholly beyond some minutes."""
    return sorted(
        code
        for code, row in known.items()
        if row["bias_half_interval"] is not None
        and abs(row["bias"]) - row["bias_half_interval"] > minutes
    )


def curve_table(parameters: Parameters) -> str:
    """Return what each feature does to a kilometre, in Markdown."""
    lines = ["| feature | value: minutes per km × |", "|---|---|"]
    for curve in parameters.curves:
        told = "; ".join(
            f"{knot:g}: {2.718281828**slow:.2f}"
            for knot, slow in zip(curve.knots, curve.slowing, strict=True)
        )
        lines.append(f"| {curve.feature} | {told} |")
    return "\n".join(lines)


def report() -> str:
    """Return the whole page."""
    errors = json.loads(ERRORS_FILE.read_text(encoding="utf-8"))
    parameters = Parameters.read()
    engine = load_engine(embedded_set.communes(), embedded_set.fringe(), embedded_set.land())
    known = errors["departements"]
    biased = {code: row for code, row in known.items() if abs(row["bias"]) > TOLD_BIAS_MINUTES}
    sure = named(biased, TOLD_BIAS_MINUTES)
    unlike_none = named(biased, 0.0)
    lines = errors["baselines"]
    country, town = parameters.motorway_minutes_per_km
    filled = {
        "version": engine.version,
        "vintage": errors["vintage"],
        "towns": f"{errors['towns']['pairs']:,}",
        "roads": f"{errors['roads']['pairs']:,}",
        "country": f"{country:.2f}",
        "town": f"{town:.2f}",
        "end": f"{parameters.end_minutes:.1f}",
        "hall": "; ".join(
            f"{10**knot:,.0f}: {minutes:.1f}"
            for knot, minutes in zip(parameters.hall_knots, parameters.hall_minutes, strict=True)
        ),
        "roads_listed": str(len(json.loads(MOTORWAYS_FILE.read_text(encoding="utf-8")))),
        "road_weight": f"{ROAD_WEIGHT:g}",
        "curves": curve_table(parameters),
        "bands": band_table(
            {
                "**town halls, held-out départements**": errors["towns"],
                "town halls, held-out squares": errors["squares"]["towns"],
                "roads of Gironde, held-out squares": errors["roads"],
            }
        ),
        "peers": band_table(
            {
                "fitted line, town halls": lines["fitted_line"]["towns"],
                "straight × 1.3 at 50 km/h, town halls": lines["straight_1_3_at_50_kmh"]["towns"],
                "OSRM, roads of Gironde": lines["osrm"]["roads"],
            }
        ),
        "departements": departement_table(known),
        "biased": f"{len(biased)} of {len(known)} ({', '.join(sorted(biased))})",
        "sure": f"{len(sure)} of these {len(biased)} ({', '.join(sure)})",
        "unlike_none": f"{len(unlike_none)} ({', '.join(unlike_none)})",
    }
    text = _TEXT.read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace("{" + name + "}", value)
    return text


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=paths.ROOT / "docs")
    out: Path = parser.parse_args().out
    (out / "travel-time.md").write_text(report(), encoding="utf-8")


if __name__ == "__main__":
    main()
