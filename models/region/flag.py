"""One flag in words: what it says, how sure it is, why, and what would change it."""

import datetime as dt
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.access.inputs import NEAR_MINUTES
from data.base import french
from data.base.french import at, counted, joined, minutes_told, number, of, percent
from data.region import privacy
from data.region.rules import DOUBTED_FALL_GPS
from data.region.territory import Territory
from geo.errors import InvalidInputError
from geo.plane import great_circle_km
from models.learning import artefact
from models.learning.explain import effect
from models.learning.predictors import THEMES
from models.learning.register import CONFIRMED, FINESS, GONE, RPPS, SIRENE, UNKNOWN
from models.learning.scoring import SPREAD, draws
from models.region import past_rates
from models.region.predict import inputs_of

if TYPE_CHECKING:
    from data.scenarios.verdicts import Review, Seen

CAUTION = "Le modèle a appris des associations, non des causes : ces écarts sont indicatifs."


def overdue(as_of: int | Collection[int], horizon: int, today: dt.date) -> str:
    """Say that the end of a forecast has passed, and what to import; "" while it has not.

    `as_of` holds several years where not all communes were counted in the same one.
    """
    starts = french.each_year(as_of)
    ended = [start for start in starts if today > dt.date(start + horizon, 12, 31)]
    if not ended:
        return ""
    counts = joined([f"de {start}" for start in ended])
    ends = joined([f"fin {start + horizon}" for start in ended])
    if len(ended) == len(starts):
        told = f"Prévision échue : elle part des effectifs {counts} et s’arrêtait {ends}."
    else:
        told = f"Prévision échue là où elle part des effectifs {counts} : elle s’arrêtait {ends}."
    return f"{told} Importez les effectifs de {today.year - 1}, ou du dernier millésime paru."


def overdue_of(risk: pd.DataFrame, today: dt.date) -> str:
    """Say the same of the forecasts of a `risk_table`."""
    if risk.empty:
        return ""
    return overdue(set(risk["as_of"]), int(risk["horizon"].iloc[0]), today)


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


def seen(row: Mapping[str, Any]) -> "Seen":
    """Return what a planner has on screen when reviewing a row of `risk_table`."""
    from data.scenarios.verdicts import Seen  # a map needs no database

    return Seen(
        risk_class=str(row["risk_class"]),
        probability=float(row["probability"]),
        horizon=int(row["horizon"]),
        as_of=int(row["as_of"]),
        model=artefact.version(),
    )


def title(row: Mapping[str, Any]) -> str:
    """Return what is first said of a row of `risk_table`: probably gone is apart from all classes.

    Examples
    --------
    >>> title({"name": "Tulle", "state": UNKNOWN, "risk_class": "élevé"})
    'Tulle : risque élevé de relève non assurée'
    >>> title({"name": "Tulle", "state": GONE, "risk_class": "élevé"})
    'Tulle : probablement déjà parti, à vérifier'
    """
    if row["state"] == GONE:
        return f"{row['name']} : {GONE}, à vérifier"
    return f"{row['name']} : risque {row['risk_class']} de relève non assurée"


def _spanned(row: Mapping[str, Any]) -> str:
    """Return the interval of a probability, whose ends may be said as the probability is."""
    told, *ends = (percent(row[name], 1) for name in ("probability", "low", "high"))
    if set(ends) == {told}:
        return "intervalle à 90 % compris"
    return f"de {ends[0]} à {ends[1]}, intervalle à 90 %"


def headline(row: Mapping[str, Any]) -> list[str]:
    """Return French sentences on a row of `risk_table`: the flag, what such flags are worth.

    Every one says the horizon or the period.
    """
    horizon, fed = int(row["horizon"]), bool(row["register_fed"])
    shown = {CONFIRMED: True, GONE: False}.get(str(row["state"])) if fed else None
    return [
        (
            f"Risque de relève non assurée {horizon_told(row)} : {row['risk_class']}, probabilité "
            f"{percent(row['probability'], 1)} ({_spanned(row)})."
        ),
        *past_rates.told(
            horizon, str(row["risk_class"]), str(row["set"]), register=fed, shown=shown
        ),
        (
            f"Le registre {of(row['register'])} entre dans cette probabilité."
            if fed
            else "Aucun registre n’entre dans cette probabilité."
        ),
    ]


def years_told(years: int) -> str:
    """Return "1 an", "3 ans"."""
    return counted(years, "an", "ans")


def horizon_told(row: Mapping[str, Any]) -> str:
    """Return the horizon in words, counted from the vintage of the counts."""
    return french.horizon(int(row["as_of"]), int(row["horizon"]))


def register_told(row: Mapping[str, Any]) -> str:
    """Say what a newer register shows of a commune, and what such flags are worth."""
    communes, right = artefact.shipped().flagged
    told = of(row["register"])
    if row["state"] == GONE:
        return (
            f"Probablement déjà parti : compté en {row['as_of']}, absent du registre {told} : à "
            "vérifier. Dans les régions tenues à l’écart de l’apprentissage, "
            f"{number(100 * right / communes)} de ces signalements sur 100 étaient justes "
            f"({number(right)} sur {number(communes)} ; comptés en 2017, absents de SIRENE en "
            "mars 2019, vérifiés fin 2020)."
        )
    if row["state"] == CONFIRMED:
        return f"Confirmé : le registre {told} y montre encore un médecin ou un lieu de soins."
    if not row["register"]:
        return (
            "Déjà parti ? On ne le sait pas : aucun registre plus récent que les effectifs de "
            f"{row['as_of']} n’est importé."
        )
    reasons = [f"aucun registre plus récent que les effectifs de {row['as_of']} ne la couvre"]
    if " et " in row["register"]:
        reasons.append("les registres s’y contredisent")
    if row["gps"] >= DOUBTED_FALL_GPS:
        reasons.append(
            f"aucun médecin n’y paraît là où l’on en comptait {DOUBTED_FALL_GPS} ou plus (un code "
            "qui a changé, sans doute)"
        )
    if len(reasons) == 1:
        return f"Inconnu : {reasons[0]} (registre {told})."
    return f"Inconnu (registre {told}) : {' ; ou '.join(reasons)}. À vérifier."


def state_told(risk: pd.DataFrame, code: str) -> str:
    """Return the state of a commune in a few words, for its card; "" where no GP was counted.

    Parameters
    ----------
    risk
        `risk_table` of the region; for planners only.
    """
    found = risk[risk["code"] == code]
    if found.empty:
        return ""
    one = found.iloc[0]
    if one["state"] == UNKNOWN:
        return "Toujours là ? Aucun registre plus récent ne le dit."
    seen = f"registre {of(one['register'])}"
    if one["state"] == CONFIRMED:
        return f"Confirmé ({seen})"
    return f"Probablement déjà parti : compté en {one['as_of']}, absent du {seen}, à vérifier"


def listed(risk: pd.DataFrame, communes: pd.DataFrame) -> pd.DataFrame:
    """Return the list of the screen, the most inhabitants at stake first.

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
        (probability) with share_lost_low and _high, told (conformal set), rurality, state,
        horizon, as_of_year, reasons (one text), people_at_stake (probability × inhabitants: the
        order of the list).
    """
    around = communes[["code", "departement_name", "epci_name", "population", "zone"]]
    names = {
        "probability": "share_lost",
        "low": "share_lost_low",
        "high": "share_lost_high",
        "set": "told",
        "as_of": "as_of_year",
    }
    left_out = ["departement", "epci", "contributions", "register", "register_fed"]
    table = risk.drop(columns=left_out).rename(columns=names)
    table = table.assign(reasons=table["reasons"].str.join(" ; ")).merge(around, on="code")
    table["people_at_stake"] = table["share_lost"] * table["population"]
    order = ["people_at_stake", "code"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def gone_told(table: pd.DataFrame, risk: pd.DataFrame) -> str:
    """Say what a newer register shows of the region, or that none was imported."""
    years = joined([str(year) for year in french.each_year(set(risk["as_of"]))])
    told = str(risk["register"].iloc[0])
    states = table["state"].value_counts()
    if not told or states.get(UNKNOWN, 0) == len(table):
        return (
            f"Déjà parti ? On ne le sait pas : aucun registre plus récent que les effectifs de "
            f"{years} n’est importé (SIRENE ou RPPS, dans « Données et méthode »)."
        )
    if told.endswith(f"({FINESS})") and SIRENE not in told and RPPS not in told:
        return (
            f"FINESS, {told.removesuffix(f' ({FINESS})')} : une maison ou un centre de santé dans "
            f"{counted(states.get(CONFIRMED, 0), 'commune', 'communes')} où l’on a compté un "
            "médecin. FINESS ne dit pas qui est parti : importez SIRENE ou le RPPS, dans "
            "« Données et méthode »."
        )
    gone = table[table["state"] == GONE]
    communes, right = artefact.shipped().flagged
    worth = f"{number(100 * right / communes)} alertes justes sur 100 avec SIRENE de mars 2019"
    if RPPS in told:
        worth += ", part non mesurée pour le RPPS"
    fed = "il entre" if risk["register_fed"].any() else "il n’entre pas"
    return (
        f"Registre {of(told)}. Communes probablement déjà sans médecin, à vérifier : "
        f"{number(len(gone))} ({number(gone['population'].sum())} habitants ; {worth}), "
        f"{number(states.get(CONFIRMED, 0))} où il montre un médecin, "
        f"{number(states.get(UNKNOWN, 0))} dont il ne dit rien de sûr ; {fed} dans les "
        "probabilités."
    )


def reviewed(table: pd.DataFrame, reviews: Sequence["Review"]) -> pd.DataFrame:
    """Return a list with the column review: the last verdict on each commune, "" for none."""
    last: dict[str, str] = {}
    for one in reviews:  # the newest first
        last.setdefault(one.code, one.verdict)
    return table.assign(review=[last.get(code, "") for code in table["code"]])


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
        return minutes_told(value)
    return f"plus de {number(NEAR_MINUTES)} min"


def contributions(row: Mapping[str, Any]) -> pd.DataFrame:
    """Return what each theme multiplies the yearly hazard of an average commune by.

    Returns
    -------
    pandas.DataFrame
        theme (French), times (1: no effect), told ("multiplie par 4,5"), effect ("augmente" or
        "diminue"); the farthest from 1 first.
    """
    added = pd.Series(row["contributions"], dtype=float)
    added = added.reindex(added.abs().sort_values(ascending=False).index)
    return pd.DataFrame(
        {
            "theme": [THEMES[key] for key in added.index],
            "times": np.exp(added),
            "told": [effect(round(value, 2)) for value in added],
            "effect": np.where(added > 0, "augmente", "diminue"),
        }
    ).reset_index(drop=True)


def may_be_public(territories: pd.DataFrame, code: str) -> bool:
    """Tell whether a territory (columns code, gps) holds enough GPs for its risk to be public."""
    gps = territories.loc[territories["code"] == code, "gps"]
    return any(map(privacy.may_tell_class, gps))


def levers(territory: Territory, code: str, horizon: int) -> pd.DataFrame:
    """Return the risk of a commune if its GPs, or those of its neighbour, were other.

    A register is left out: it knows nothing of what is supposed.

    Returns
    -------
    pandas.DataFrame
        change (French, the present state first), probability, risk_class, sure (whether the model
        tells the change from its own noise, in a direction that can be).

    Raises
    ------
    InvalidInputError
        The commune has no GP: it has no risk to change.
    """
    inputs, year = inputs_of(territory, code)
    inputs = replace(inputs, register=None)
    counts = inputs.panel[f"gp_{year}"]
    here = float(counts.get(code, 0.0))
    if not here > 0:
        raise InvalidInputError(f"La commune {code} n’a pas de médecin connu.")
    changes, drawn = _changes(territory, counts, code), []
    for _, place, step in changes:
        changed = inputs.panel.copy()
        if step:
            changed.loc[place, f"gp_{year}"] = float(counts[place]) + step
        found = draws(replace(inputs, panel=changed), year, horizon)
        drawn.append(found.loc[code].to_numpy(np.float64))
    moved = np.array(drawn) - drawn[0]
    probability = np.array(drawn)[:, 0]
    sure = _sure([(place, step) for _, place, step in changes], moved)
    # Two figures that are written alike tell of no change.
    sure[1:] &= [percent(one, 1) != percent(probability[0], 1) for one in probability[1:]]
    return pd.DataFrame(
        {
            "change": [change for change, _, _ in changes],
            "probability": probability,
            "risk_class": artefact.shipped().signals.classed(probability, horizon),
            "sure": sure,
        }
    )


def _sure(
    steps: Sequence[tuple[str, float]], moved: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Tell which changes the model tells from its noise, in a direction that can be.

    A GP more cannot raise the risk, one less cannot lower it: where one of the two steps of a place
    does, the model knows nothing of that place, and the other step tells nothing either.

    Parameters
    ----------
    steps
        Commune and GPs added of each change, 0 for the present state.
    moved
        What each adds to the probability, by the model and by each refit; shape (n, 1 + refits).
    """
    towards = moved * -np.sign([[step] for _, step in steps])
    backwards = {place for (place, _), found in zip(steps, towards, strict=True) if found[0] < 0}
    beyond = np.quantile(towards[:, 1:], SPREAD[0], axis=1) > 0
    possible = [place not in backwards for place, _ in steps]
    return np.array([step == 0 for _, step in steps]) | (beyond & possible)


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
        here = own.iloc[0]
        km = great_circle_km(staffed["lon"], staffed["lat"], here["lon"], here["lat"])
        near = staffed.iloc[int(km.argmin())]
        place, there = str(near["code"]), f"{at(str(near['name']))} ({number(km.min())} km)"
        changes.append((f"Un médecin de plus s’installe {there}", place, 1.0))
        changes.append((f"Un médecin installé {there} n’est pas remplacé", place, -1.0))
    return changes
