"""One commune's risk in words: contributions by theme, and the facts behind each."""

import numpy as np
import pandas as pd

from data.french import number, percent
from models.model import LastGpModel
from models.predictors import NAMES, THEME_OF, THEMES

SPOKEN_LOGIT = 0.15
"""A theme that moves the odds by less than about 15 % is not worth a sentence."""

STRONG_LOGIT = 0.7
"""From here on (the odds doubled or halved) the sentence says "nettement"."""


def by_theme(model: LastGpModel, x: pd.DataFrame, slope: float) -> pd.DataFrame:
    """Return what each theme adds to the calibrated logit of an average commune."""
    added = model.contributions(x[NAMES]) * slope
    return added.T.groupby(pd.Series(THEME_OF)).sum().T[list(THEMES)]


def reasons(values: pd.Series, added: pd.Series) -> list[str]:
    """Return French sentences, the weightiest theme first; `values` is a row of predictors."""
    told = {theme: fact for theme, fact in _facts(values).items() if fact}
    order = added.abs().sort_values(ascending=False, kind="stable").index
    return [
        f"{told[theme]} : {_effect(added[theme])}"
        for theme in order
        if theme in told and abs(added[theme]) >= SPOKEN_LOGIT
    ]


def _effect(logit: float) -> str:
    verb = "augmente" if logit > 0 else "diminue"
    much = " nettement" if abs(logit) >= STRONG_LOGIT else ""
    return f"{verb}{much} le risque ({'+' if logit > 0 else '−'}{number(abs(logit), 1)})"


def _facts(row: pd.Series) -> dict[str, str]:
    return {
        "doctors": _doctors(row),
        "history": _history(row),
        "commune": f"Commune d’environ {number(_rounded(np.exp(row['population_log']) - 50))} "
        "habitants"
        if np.isfinite(row["population_log"])
        else "",
        "around": _around(row),
        "snowball": _snowball(row),
        "apl": _apl(row),
        "facilities": _facilities(row),
    }


def _rounded(people: float) -> float:
    """Round to two significant digits: the vintage is not today's."""
    if people <= 0:
        return 0.0
    unit = 10.0 ** max(int(np.floor(np.log10(people))) - 1, 0)
    return float(round(people / unit) * unit)


def _doctors(row: pd.Series) -> str:
    gps = round(float(row["gps"]))
    return "Un seul médecin généraliste" if gps == 1 else f"{gps} médecins généralistes"


def _history(row: pd.Series) -> str:
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


def _around(row: pd.Series) -> str:
    km = np.expm1(row["km_to_gp"])
    others = round(float(np.expm1(row["gps_10km"])))
    far = f"autre commune avec médecin à {number(km)} km" if km < 50 else "aucun autre médecin"
    return f"{number(others)} autres médecins à moins de 10 km, {far} à vol d’oiseau"


def _snowball(row: pd.Series) -> str:
    change = row["change_20km"]
    if not np.isfinite(change):
        return ""
    share = np.expm1(change)
    if abs(share) < 0.02:
        return "Nombre de médecins stable à moins de 20 km"
    way = "en hausse" if share > 0 else "en baisse"
    return f"Nombre de médecins {way} de {percent(abs(share))} à moins de 20 km"


def _apl(row: pd.Series) -> str:
    level, over = row["apl_log"], row["apl_over_65"]
    if not np.isfinite(level):
        return ""
    said = "supérieure" if level > 0.1 else "inférieure" if level < -0.1 else "proche"
    link = "de" if said == "proche" else "à"
    text = f"Accessibilité (APL) {said} {link} la moyenne française"
    if np.isfinite(over) and abs(over) > 0.03:
        rank = "plus" if over > 0 else "moins"
        text += f", {rank} de médecins de plus de 65 ans qu’ailleurs"
    return text


def _facilities(row: pd.Series) -> str:
    if not np.isfinite(row["pharmacies"]):
        return ""
    pharmacies = round(float(np.expm1(row["pharmacies"])))
    nurses = round(float(np.expm1(row["nurses"])))
    drug = "sans pharmacie" if pharmacies == 0 else "avec pharmacie"
    care = "sans infirmier" if nurses == 0 else "avec infirmier"
    return f"Commune {drug} et {care} en 2013"
