"""One commune's risk in words: contributions by theme, and the facts behind each."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data.base.french import counted, number, percent
from data.region.rules import LEAST_PUBLIC_GPS
from models.learning.hazard import Hazard
from models.learning.predictors import NAMES, THEME_OF, THEMES

SPOKEN = 0.15
"""A theme that moves the hazard by less than about 15 % is not worth a sentence."""


def by_theme(model: Hazard, x: pd.DataFrame) -> pd.DataFrame:
    """Return what each theme adds to the logarithm of the hazard of an average commune."""
    added = model.contributions(x[NAMES])
    return added.T.groupby(pd.Series(THEME_OF)).sum().T[list(THEMES)]


def reasons(values: Mapping[Any, float], added: Mapping[Any, float]) -> list[str]:
    """Return French sentences, the weightiest theme first.

    `values` is a row of predictors, `added` what each theme adds to the log hazard.
    """
    spoken = [theme for theme in added if abs(added[theme]) >= SPOKEN]
    spoken.sort(key=lambda theme: -abs(added[theme]))
    told = [(_FACTS[theme](values), added[theme]) for theme in spoken]
    return [f"{fact} : {effect(round(float(log), 2))} le risque" for fact, log in told if fact]


@cache
def effect(log: float) -> str:
    """Return what a contribution does to the yearly hazard ("multiplie par 4,5")."""
    if abs(log) < 0.005:
        return "ne change pas"
    times = float(np.exp(abs(log)))
    verb = "multiplie" if log > 0 else "divise"
    return f"{verb} par {number(times, 1 if times >= 1.95 else 2)}"


@cache
def _whole(value: float) -> str:
    return number(value)


def _commune(row: Mapping[Any, float]) -> str:
    if not np.isfinite(row["population_log"]):
        return ""
    people = _rounded(float(np.exp(row["population_log"])) - 50)
    return f"Commune d’environ {_whole(people)} habitants"


def _rounded(people: float) -> float:
    """Round to two significant digits: the vintage is not today's."""
    if people <= 0:
        return 0.0
    unit = 10.0 ** max(int(np.floor(np.log10(people))) - 1, 0)
    return float(round(people / unit) * unit)


def _doctors(row: Mapping[Any, float]) -> str:
    gps = float(row["gps"])
    if gps < 1:
        return f"{number(gps, 1)} médecin généraliste (temps partagé)"
    gps = round(gps)
    return "Un seul médecin généraliste" if gps == 1 else f"{gps} médecins généralistes"


def _history(row: Mapping[Any, float]) -> str:
    change = row["gps_change"]
    if not np.isfinite(change):
        return ""
    if row["none_before"] > 0:
        return "Commune restée sans médecin par le passé"
    if change < 0:
        return "Nombre de médecins en baisse depuis le millésime précédent"
    if change > 0:
        return "Nombre de médecins en hausse depuis le millésime précédent"
    return "Nombre de médecins stable depuis le millésime précédent"


def _around(row: Mapping[Any, float]) -> str:
    km = np.expm1(row["km_to_gp"])
    others = round(float(np.expm1(row["gps_10km"])))
    far = (
        f"autre commune avec médecin à {_whole(round(km))} km à vol d’oiseau"
        if km < 50
        else "aucune autre commune avec médecin à moins de 50 km à vol d’oiseau"
    )
    told = counted(others, "autre médecin", "autres médecins") if others else "aucun autre médecin"
    return f"{told} à moins de 10 km, {far}"


def _snowball(row: Mapping[Any, float]) -> str:
    change = row["change_20km"]
    if not np.isfinite(change):
        return ""
    share = np.expm1(change)
    if abs(share) < 0.005:
        return "Nombre de médecins stable à moins de 20 km"
    way = "en hausse" if share > 0 else "en baisse"
    return f"Nombre de médecins {way} de {percent(abs(share), 1)} par an à moins de 20 km"


def _apl(row: Mapping[Any, float]) -> str:
    level, over = row["apl_log"], row["apl_over_65"]
    if not np.isfinite(level):
        return ""
    said = "supérieure" if level > 0.1 else "inférieure" if level < -0.1 else "proche"
    link = "de" if said == "proche" else "à"
    text = f"Accessibilité (APL) {said} {link} la moyenne française"
    around = float(row["gps"]) + round(float(np.expm1(row["gps_10km"])))
    # Of fewer doctors around, it would be the age of one of them.
    if np.isfinite(over) and abs(over) > 0.03 and around >= LEAST_PUBLIC_GPS:
        rank = "plus" if over > 0 else "moins"
        text += f", {rank} de médecins de plus de 65 ans qu’ailleurs"
    return text


_FACTS: dict[str, Callable[[Mapping[Any, float]], str]] = {
    "doctors": _doctors,
    "history": _history,
    "commune": _commune,
    "around": _around,
    "snowball": _snowball,
    "apl": _apl,
}
