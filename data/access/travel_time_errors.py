"""The error of estimated travel times, as the method screen shows it."""

import json
from typing import Any

import pandas as pd

from data.base.french import number, percent
from geo.friction.engine import ERRORS_FILE, relief_note

_METHODS = {
    "engine": "ProxiSoins, champ de lenteur (validation croisée)",
    "engine_spatial": "ProxiSoins, secteurs jamais vus (validation par secteur)",
    "osrm": "OSRM, vraies routes, vitesses par défaut",
    "fitted_line": "ligne droite ajustée",
    "straight_1_3_at_50_kmh": "ligne droite × 1,3 à 50 km/h",
}
_ALL_BANDS = "0-40"


def _read() -> dict[str, Any]:
    return dict(json.loads(ERRORS_FILE.read_text(encoding="utf-8")))


def table() -> pd.DataFrame:
    """Return one row per method and distance band, under French headings.

    Figures are those of `benchmarks/fit_travel_time.py`, cross-validated against METRIC.
    """
    content = _read()
    methods = {key: content[key] for key in ("engine", "engine_spatial")} | content["baselines"]
    rows = [
        {
            "Méthode": title,
            "Trajets de": f"{band['band'].replace('-', ' à ')} min",
            "Trajets": band["pairs"],
            "Écart moyen (min)": number(band["mean_absolute_error"], 1),
            "9 trajets sur 10 sous (min)": number(band["p90_absolute_error"], 1),
            "Du mauvais côté de 20 min": percent(band["wrong_side_of_20"], 1),
        }
        for key, title in _METHODS.items()
        for band in methods[key]["bands"]
    ]
    shown = pd.DataFrame(rows)
    whole = shown["Trajets de"] == f"{_ALL_BANDS.replace('-', ' à ')} min"
    ours = shown["Méthode"] == _METHODS["engine"]
    return shown[whole | ours].reset_index(drop=True)


def note() -> str:
    """Return what the errors were measured against, in French."""
    content = _read()
    return (
        f"Mesuré contre {content['source']} ({number(content['pairs'])} trajets), "
        f"{content['vintage']}. De 15 à 25 minutes, "
        f"{percent(content['engine']['same_side_15_25'])} des trajets sont du bon côté de 20."
        + "".join(relief_note(fitted) for fitted in content["relief"].values())
    )
