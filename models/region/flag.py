"""One flag in words: what it says, how sure it is, why, and what would change it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from data.access.inputs import NEAR_MINUTES
from data.base.french import number, percent
from data.region.territory import Territory
from data.scenarios.store import Seen
from geo.errors import InvalidInputError
from models.learning import artefact
from models.learning.panel import xy_km
from models.learning.predictors import THEMES
from models.learning.scoring import LOSES, STAYS, predict
from models.learning.training import CONFORMAL_ERROR, FIT_ON
from models.region.predict import MINIMUM_GPS, inputs_of

HORIZONS = tuple(FIT_ON)
"""Years that the model knows."""

CAUTION = "Le modèle a appris des associations, non des causes : ces écarts sont indicatifs."


@cache
def class_rates(horizon: int) -> pd.DataFrame:
    """Return what became, in the past, of the communes of each class; read only.

    Returns
    -------
    pandas.DataFrame
        risk_class, low, high (probabilities that bound it), communes, losses, rate: the last
        period known, regions held out, Nouvelle-Aquitaine and overseas left out.
    """
    observed = artefact.fitted(artefact.read(), horizon).observed
    table = pd.DataFrame(observed).rename(columns={"label": "risk_class"})
    known = table["communes"] > 0
    rate = (table["losses"] / table["communes"]).where(known)
    return table.assign(rate=rate)


def tested_on(horizon: int) -> str:
    """Return the period that the past rates come from ("2018 → 2020")."""
    start, end = FIT_ON[horizon][-1]
    return f"{start} → {end}"


def row(risk: pd.DataFrame, code: str) -> dict[str, Any]:
    """Return the row of a commune in `risk_table`.

    Raises
    ------
    InvalidInputError
        The commune has no GP in the data.
    """
    found = risk[risk["code"] == code]
    if found.empty:
        raise InvalidInputError(f"La commune {code} n’a pas de médecin connu.")
    return {str(key): value for key, value in found.iloc[0].items()}


def seen(row: Mapping[str, Any]) -> Seen:
    """Return what a planner has on screen when reviewing a row of `risk_table`."""
    return Seen(
        risk_class=str(row["risk_class"]),
        probability=float(row["probability"]),
        horizon=int(row["horizon"]),
        as_of=int(row["as_of"]),
        model=artefact.version(),
    )


def headline(row: Mapping[str, Any]) -> list[str]:
    """Return three French sentences on a row of `risk_table`: the flag, how sure, the past.

    Every one says the horizon or the period.
    """
    horizon, until = int(row["horizon"]), int(row["as_of"]) + int(row["horizon"])
    few = percent(CONFORMAL_ERROR)
    certainty = {
        STAYS: (
            f"Signal rassurant : parmi les communes de ce type ({row['rurality']}) qui ont perdu "
            f"leur dernier médecin, moins de {few} avaient une probabilité aussi basse."
        ),
        LOSES: (
            f"Signal net : parmi les communes de ce type ({row['rurality']}) qui ont gardé un "
            f"médecin, moins de {few} avaient une probabilité aussi haute."
        ),
    }.get(
        row["set"],
        f"Le modèle ne peut pas dire : pour les communes de ce type ({row['rurality']}), une "
        "probabilité de cet ordre ne sépare pas assez celles qui gardent un médecin de celles "
        "qui n’en ont plus.",
    )
    rates = class_rates(horizon).set_index("risk_class").loc[row["risk_class"]]
    return [
        (
            f"Risque de relève non assurée à l’horizon de {horizon} ans ({row['as_of']} → {until}) "
            f": {row['risk_class']}, probabilité {percent(row['probability'], 1)} (de "
            f"{percent(row['low'], 1)} à {percent(row['high'], 1)}, intervalle à 90 %)."
        ),
        certainty,
        (
            f"Par le passé ({tested_on(horizon)}), {number(rates['losses'])} des "
            f"{number(rates['communes'])} communes de la classe « {row['risk_class']} » "
            f"({percent(rates['rate'], 1)}) n’avaient plus de médecin à l’échéance."
        ),
    ]


def listed(risk: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the ranked list of the screen, the riskiest first.

    Parameters
    ----------
    risk
        `risk_table` of the region.
    communes
        Its commune indicators: département, EPCI, population, zone.

    Returns
    -------
    pandas.DataFrame
        code, name, departement_name, epci_name, population, gps, zone, risk_class, share_lost
        (probability) with share_lost_low and _high, told (conformal set), rurality, horizon,
        as_of_year, reasons (one text).
    """
    around = communes[["code", "departement_name", "epci_name", "population", "zone"]]
    names = {
        "probability": "share_lost",
        "low": "share_lost_low",
        "high": "share_lost_high",
        "set": "told",
        "as_of": "as_of_year",
    }
    table = risk.drop(columns=["departement", "epci", "contributions"]).rename(columns=names)
    return table.assign(reasons=table["reasons"].str.join(" ; ")).merge(around, on="code")


def kept(
    table: pd.DataFrame,
    *,
    most_inhabitants: float = math.inf,
    **chosen: Sequence[str],
) -> pd.DataFrame:
    """Return the rows of a list whose columns hold the values chosen; none chosen keeps all."""
    inside = table["population"] <= most_inhabitants
    for column, values in chosen.items():
        if values:
            inside &= table[column].isin(values)
    return table[inside]


def minutes(value: float) -> str:
    """Return minutes to a GP in words; out of reach says from where on."""
    if np.isfinite(value):
        return "sur place" if value == 0 else f"{number(value)} min"
    return f"plus de {number(NEAR_MINUTES)} min"


def contributions(row: Mapping[str, Any]) -> pd.DataFrame:
    """Return what each theme adds to the logit of an average commune, the heaviest first.

    Returns
    -------
    pandas.DataFrame
        theme (French), logit, effect ("augmente" or "diminue").
    """
    added = pd.Series(row["contributions"], dtype=float)
    added = added.reindex(added.abs().sort_values(ascending=False).index)
    return pd.DataFrame(
        {
            "theme": [THEMES[key] for key in added.index],
            "logit": added,
            "effect": np.where(added > 0, "augmente", "diminue"),
        }
    ).reset_index(drop=True)


def may_be_public(territories: pd.DataFrame, code: str) -> bool:
    """Tell whether a territory (columns code, gps) holds enough GPs for its risk to be public."""
    gps = territories.loc[territories["code"] == code, "gps"]
    return bool((gps >= MINIMUM_GPS).any())


def levers(territory: Territory, code: str, horizon: int) -> pd.DataFrame:
    """Return the risk of a commune if its GPs, or those of its neighbour, were other.

    Returns
    -------
    pandas.DataFrame
        change (French, the present state first), probability, risk_class.

    Raises
    ------
    InvalidInputError
        The commune has no GP: it has no risk to change.
    """
    inputs, year = inputs_of(territory)
    counts = inputs.panel[f"gp_{year}"]
    here = float(counts.get(code, 0.0))
    if not here >= 1:
        raise InvalidInputError(f"La commune {code} n’a pas de médecin connu.")
    rows = []
    for change, place, step in _changes(territory, counts, code):
        changed = inputs.panel.copy()
        if step:
            changed.loc[place, f"gp_{year}"] = float(counts[place]) + step
        risk = predict(replace(inputs, panel=changed), year, horizon).set_index("code").loc[code]
        rows.append((change, risk["probability"], str(risk["risk_class"])))
    return pd.DataFrame(rows, columns=["change", "probability", "risk_class"])


def _changes(territory: Territory, counts: pd.Series, code: str) -> list[tuple[str, str, float]]:
    """Return what may change: the words, the commune, by how many GPs."""
    changes = [
        ("Situation actuelle", code, 0.0),
        ("Un médecin de plus s’installe dans la commune", code, 1.0),
    ]
    if counts[code] >= 2:
        changes.append(("Un médecin de la commune n’est pas remplacé", code, -1.0))
    communes = territory.communes
    staffed = communes[communes["code"].map(counts).ge(1) & communes["code"].ne(code)]
    own = communes[communes["code"] == code]
    if len(staffed) and len(own):
        apart = xy_km(staffed["lon"], staffed["lat"]) - xy_km(own["lon"], own["lat"])
        km = np.hypot(*apart.T)
        near = staffed.iloc[int(km.argmin())]
        place, name = str(near["code"]), f"{near['name']} ({number(km.min())} km)"
        changes.append((f"Un médecin de plus s’installe à {name}", place, 1.0))
        changes.append((f"Un médecin installé à {name} n’est pas remplacé", place, -1.0))
    return changes
