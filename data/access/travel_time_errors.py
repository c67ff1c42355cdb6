"""The error of estimated travel times, as the method screen shows it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data.base.french import number, percent, signed
from geo.friction.engine import ERRORS_FILE
from geo.friction.said import said, shown_overseas

_METHODS = {
    "towns": "ProxiSoins, de mairie à mairie, départements jamais vus",
    "squares": "ProxiSoins, de mairie à mairie, carrés de 25 km jamais vus",
    "roads": "ProxiSoins, entre points de routes de Gironde",
    "osrm": "OSRM, vraies routes, vitesses par défaut (routes de Gironde)",
    "fitted_line": "ligne droite ajustée (de mairie à mairie)",
    "straight_1_3_at_50_kmh": "ligne droite × 1,3 à 50 km/h (de mairie à mairie)",
}
_ALL_BANDS = "0-40"


def read() -> dict[str, Any]:
    """Return what `benchmarks/fit_travel_time.py` measured."""
    return dict(json.loads(ERRORS_FILE.read_text(encoding="utf-8")))


def table() -> pd.DataFrame:
    """Return one row per method and distance band, under French headings.

    Figures are those of `benchmarks/fit_travel_time.py`, cross-validated against METRIC.
    """
    content = read()
    methods = {
        "towns": content["towns"],
        "squares": content["squares"]["towns"],
        "roads": content["roads"],
        "osrm": content["baselines"]["osrm"]["roads"],
        "fitted_line": content["baselines"]["fitted_line"]["towns"],
        "straight_1_3_at_50_kmh": content["baselines"]["straight_1_3_at_50_kmh"]["towns"],
    }
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
    ours = shown["Méthode"] == _METHODS["towns"]
    return shown[whole | ours].reset_index(drop=True)


def by_departement(names: Mapping[str, str]) -> pd.DataFrame:
    """Return the errors up to 40 minutes in départements, under French headings.

    `names` holds their names by their codes.

    Each is that of a fit that saw none of the département's trips; those without a known trip
    are said so.
    """
    known = read()["departements"]
    rows = []
    for code, name in names.items():
        found = known.get(code)
        rows.append(
            {
                "Département": f"{name} ({code})",
                "Trajets connus": 0 if found is None else found["pairs"],
                "Écart moyen (min)": _minutes_words(found, "mean_absolute_error"),
                "Biais (min)": _minutes_words(found, "bias"),
                "Biais, de … à … (95 %)": _between(found),
                "Du bon côté de 20 min (15 à 25)": "aucun trajet connu"
                if found is None or found["same_side_15_25"] is None
                else percent(found["same_side_15_25"]),
            }
        )
    return pd.DataFrame(rows)


def _minutes_words(found: dict[str, Any] | None, key: str) -> str:
    return "aucun trajet connu" if found is None else number(found[key], 1)


def _between(found: dict[str, Any] | None) -> str:
    """Return the 95 % interval of a bias; trips of one square of 25 km count as one draw."""
    if found is None:
        return "aucun trajet connu"
    half = found["bias_half_interval"]
    if half is None:
        return "trop peu de lieux"
    low, high = (signed(found["bias"] + side, 1) for side in (-half, half))
    return f"de {low} à {high}"


def told_of(detail: str, whole: Sequence[str], departements: Sequence[str]) -> str:
    """Return what an engine says of itself, told of some of its départements alone.

    Parameters
    ----------
    detail
        As it is said of all of them.
    whole, departements
        Codes of the region, and of what is shown.
    """
    errors = read()
    for shown in (whole, [one for one in whole if not shown_overseas([one])]):
        told = said(errors, shown)
        if detail.startswith(told):
            return said(errors, departements)
    return detail


def note() -> str:
    """Return what the errors were measured against, in French."""
    content = read()
    return (
        f"Mesuré contre {content['source']} : {number(content['towns']['pairs'])} trajets entre "
        f"mairies de toute la France métropolitaine et {number(content['roads']['pairs'])} entre "
        f"points de routes de Gironde, {content['vintage']}. De 15 à 25 minutes, "
        f"{percent(content['towns']['same_side_15_25'])} des trajets de mairie à mairie sont du "
        "bon côté de 20, dans des départements tenus hors du calage."
    )
