"""The tables and sentences of the screen on risk, from the results of the model."""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.base import french
from data.base.french import at, counted, date, fold, joined, number, of, percent, signed
from data.scenarios.verdicts import Review
from models.learning import artefact
from models.learning.register import GONE, UNKNOWN
from models.region.departure import Departure, RoomLost
from models.region.flag import minutes, state_told
from models.region.follow_up import RegionFollowUp
from models.region.monitoring import FollowUp
from models.region.past_rates import FEW_COMMUNES, past

PARIS = ZoneInfo("Europe/Paris")
"""Local time of the reviews."""
MOST_TOUCHED = 3
"""Communes that a sentence names, the most touched first."""


def counts_told(listed: pd.DataFrame, horizon: int, *, register: bool = False) -> pd.DataFrame:
    """Return, for each class, communes and people of the list, and what came in the past.

    Where a `register` entered, the past is that of the communes where it showed a GP, as the list.
    """
    told = class_rates_told(horizon, register=register).rename(
        columns={
            "Communes": "Communes par le passé",
            "Pertes": "Pertes par le passé",
            "Taux observé": "Taux observé par le passé",
        }
    )
    by_class = listed.groupby("risk_class")["population"]
    here = by_class.agg(["size", "sum"]).reindex(told["Classe"], fill_value=0)
    told.insert(1, "Communes ici", here["size"].to_numpy(int))
    told.insert(2, "Habitants ici", here["sum"].round().to_numpy(int))
    return told


@cache
def class_rates_told(horizon: int, *, register: bool = False) -> pd.DataFrame:
    """Return each class with its probabilities, communes, losses and observed rate; read only."""
    rates = past(horizon, "class", register=register, shown=register or None).iloc[::-1]
    few = rates["communes"] < FEW_COMMUNES
    between = zip(rates["low"], rates["high"], strict=True)
    return pd.DataFrame(
        {
            "Classe": rates["label"],
            "Probabilité": [f"{percent(low, 1)} à {percent(high, 1)}" for low, high in between],
            "Communes": rates["communes"].to_numpy(int),
            "Pertes": rates["losses"].to_numpy(int),
            "Taux observé": [
                "trop peu" if one else percent(rate, 1)
                for one, rate in zip(few, rates["rate"], strict=True)
            ],
        }
    )


def levers_told(levers: pd.DataFrame) -> list[str]:
    """Return what would change a risk, one sentence each, the present state first.

    What the model does not tell from its noise has no figure, and is said to have none.
    """
    known = levers[levers["sure"]]
    told = [
        f"{change} : risque {label}, {percent(probability, 1)}"
        for change, label, probability in zip(
            known["change"], known["risk_class"], known["probability"], strict=True
        )
    ]
    rest = [f"« {change} »" for change in levers.loc[~levers["sure"], "change"]]
    if rest:
        told.append(f"Effet trop petit ou trop incertain pour être dit : {joined(rest)}")
    return told


def neighbours_listed(gone: Departure) -> pd.DataFrame:
    """Return the load and the risk of the neighbours, the largest load first."""
    return gone.neighbours.rename(
        columns={
            "probability_before": "share_lost_before",
            "probability_after": "share_lost_after",
        }
    )


def rounds_listed(gone: Departure) -> pd.DataFrame:
    """Return the expected further GPs lost after each round."""
    return pd.DataFrame(
        {
            "Tour": range(1, len(gone.rounds) + 1),
            "Médecins de plus attendus en moins": [number(lost, 3) for lost in gone.rounds],
        }
    )


def departure_cards(gone: Departure) -> list[tuple[str, str, str]]:
    """Return label, value and change of the five figures of a departure."""
    apl = gone.apl_after - gone.apl_before
    return [
        (
            "Sans place à 20 min, de plus",
            number(max(gone.room.nearest, 0.0)),
            f"places partagées : {number(max(gone.room.fair, 0.0))}",
        ),
        (
            "Médecin le plus proche",
            minutes(gone.minutes_after),
            f"avant : {minutes(gone.minutes_before)}",
        ),
        ("Habitants passant 20 min", number(gone.people_beyond_20), "de la région"),
        (
            "APL calculée",
            number(gone.apl_after, 2),
            f"{signed(apl, 2)} consult./an/hab.",
        ),
        (
            "Patients à reprendre",
            number(gone.neighbours["extra_patients"].sum()),
            f"{number(gone.people_left)} sans médecin à 20 min",
        ),
    ]


def room_told(room: RoomLost) -> str:
    """Say how many more find no room within 20 minutes, and where."""
    fair, nearest = number(max(room.fair, 0.0)), number(max(room.nearest, 0.0))
    text = (
        f"Habitants de plus sans place à 20 minutes ({number(room.per_gp)} par médecin, hypothèse) "
        f": {fair} dans le partage le plus équitable, {nearest} si chacun va au plus proche"
    )
    most = room.communes.head(MOST_TOUCHED)
    told = _named(most["name"], most["people"])
    return f"{text}, surtout {told}." if told else f"{text}."


def _named(names: Iterable[str], figures: Iterable[float]) -> str:
    """Return places with their figure ("à Aubusson (20) et au Dorat (10)")."""
    pairs = zip(names, figures, strict=True)
    return joined([f"{at(name)} ({number(figure)})" for name, figure in pairs])


def _taken_over(gone: Departure, taking: pd.DataFrame) -> str:
    """Say where the patients would go: the places that take most, then how many others."""
    most, others = taking.iloc[:MOST_TOUCHED], taking.iloc[MOST_TOUCHED:]
    told = _named(most["name"], most["extra_patients"])
    if others.empty:
        return f"{_moving(gone)} {told}"
    rest = counted(len(others), "autre commune", "autres communes")
    own = f" (dont {gone.name})" if gone.code in set(others["code"]) else ""
    return f"{_moving(gone)}, surtout {told}, puis dans {rest}{own}"


def _moving(gone: Departure) -> str:
    patients = float(gone.neighbours["extra_patients"].sum())
    return counted(patients, "patient se reporterait", "patients se reporteraient")


def departure_told(gone: Departure) -> list[str]:
    """Return what a departure does, in French sentences."""
    taking = gone.neighbours[gone.neighbours["extra_patients"] >= 1]
    taking = taking.sort_values("extra_patients", ascending=False, kind="stable")
    worse = gone.communes[gone.communes["apl_after"] < gone.communes["apl_before"]]
    before, after = minutes(gone.minutes_before), minutes(gone.minutes_after)
    told = [
        room_told(gone.room),
        f"Le généraliste le plus proche de {gone.name} "
        + (
            f"resterait : {after}."
            if before == after
            else f"passerait de « {before} » à « {after} »."
        ),
        (
            counted(gone.people_beyond_20, "habitant passerait", "habitants passeraient")
            + " au-delà de 20 minutes."
            if gone.people_beyond_20
            else "Aucun habitant de la région ne passerait au-delà de 20 minutes."
        ),
    ]
    if len(taking):
        heaviest = taking.sort_values("extra_patients_per_gp").iloc[-1]
        told.append(
            f"{_taken_over(gone, taking)} ; le plus lourd : {heaviest['name']}, "
            f"{number(heaviest['extra_patients_per_gp'])} de plus par médecin."
        )
    if doubt := _absent_told(gone, taking):
        told.append(doubt)
    if gone.people_left >= 1:
        alone = counted(gone.people_left, "patient n’aurait", "patients n’auraient")
        told.append(f"{alone} plus de médecin à 20 minutes.")
    if len(worse):
        told.append(
            f"L’accessibilité (APL) baisserait dans {counted(len(worse), 'commune', 'communes')}, "
            f"{counted(worse['population'].sum(), 'habitant', 'habitants')}."
        )
    return told


def _absent_told(gone: Departure, taking: pd.DataFrame) -> str:
    """Say which of the communes counted upon have no GP any more in the register; "" for none."""
    absent = taking[taking["code"].isin(gone.absent)]
    told = []
    if gone.code in gone.absent:
        told.append(
            f"Le registre ne montre déjà plus de médecin {at(gone.name)} : ce départ a peut-être "
            "eu lieu, à vérifier."
        )
    if len(absent):
        patients = absent["extra_patients"].sum()
        where = [at(name) for name in absent["name"].iloc[:MOST_TOUCHED]]
        if others := len(absent) - len(where):
            where.append(f"dans {counted(others, 'autre', 'autres')}")
        told.append(
            "Parmi les communes qui les reprendraient, le registre ne montre plus de médecin "
            f"{joined(where)} ({counted(patients, 'patient', 'patients')}) : à vérifier."
        )
    return " ".join(told)


def snowball_told(gone: Departure) -> str:
    """Say how far the departure moves the risk of the neighbours."""
    if not gone.rounds:
        return "La boule de neige n’est pas calculée : la commune n’est pas connue du modèle."
    both = gone.neighbours.dropna(subset=["probability_before", "probability_after"])
    rise = both["probability_after"] - both["probability_before"]
    text = (
        f"En {counted(len(gone.rounds), 'tour', 'tours')}, la charge reportée "
        f"retirerait {number(gone.rounds[-1], 3)} médecin attendu de plus à moins de 20 km, à "
        f"l’horizon de {counted(gone.horizon, 'an', 'ans')}."
    )
    if len(rise) and rise.max() >= 0.0005:
        most = both.iloc[int(rise.argmax())]
        text += (
            f" La hausse la plus forte : {most['name']}, de "
            f"{percent(most['probability_before'], 1)} à {percent(most['probability_after'], 1)}."
        )
    else:
        text += " Aucune commune voisine ne voit son risque monter sensiblement."
    if gone.without_register:
        text += " Le registre n’y entre pas : ces risques ne sont pas ceux de la liste."
    return text


def follow_up_listed(result: FollowUp) -> pd.DataFrame:
    """Return, for each class, the rates announced and observed."""
    table = result.by_class
    return pd.DataFrame(
        {
            "Classe": table["risk_class"],
            "Communes": table["communes"].astype(int),
            "Pertes": table["losses"].astype(int),
            "Taux annoncé": [percent(share, 1) for share in table["predicted"]],
            "Taux observé": [percent(share, 1) for share in table["observed"]],
        }
    )


def drift_listed(followed: Sequence[RegionFollowUp]) -> pd.DataFrame:
    """Return one row per vintage and version of the model: what it announced, what came."""
    return pd.DataFrame(
        [
            {
                "Annonces de": str(one.start),
                "Horizon (années)": one.horizon,
                "Faites le": "refaites aujourd’hui" if one.made_at is None else date(one.made_at),
                "Version du modèle": one.model,
                "Communes": one.result.communes,
                "Pertes attendues": number(one.result.expected, 1),
                "Pertes observées": one.result.losses,
                "Précision moyenne": _measure(one, "average_precision"),
                "AUC": _measure(one, "auc"),
                "Pente de calibration": _measure(one, "calibration_slope"),
                "Dérive": _drift_told(one.result),
            }
            for one in followed
        ]
    )


def _drift_told(result: FollowUp) -> str:
    if result.biased:
        return "non jugée"
    return "oui" if result.drifted else "non"


def _measure(followed: RegionFollowUp, name: str) -> str:
    return number(followed.result.measures.get(name, math.nan), 2)


def local(moment: dt.datetime) -> str:
    """Return a moment in words, at the time of Paris."""
    there = moment.astimezone(PARIS)
    return f"{date(there)}, {there:%H h %M} (heure de Paris)"


def reviewed_told(one: Review) -> str:
    """Return a review in a few words: the verdict, who, when."""
    return f"{one.verdict} · {one.owner or 'sans signature'} · {local(one.made_at)}"


def reviews_listed(reviews: Sequence[Review], communes: pd.DataFrame) -> pd.DataFrame:
    """Return what was said of flags and of which prediction, newest first.

    Comments are the planners' own text.
    """
    names = communes.set_index("code")["name"]
    seen = [one.seen for one in reviews]
    return pd.DataFrame(
        {
            "code": [one.code for one in reviews],
            "name": [str(names.get(one.code, one.code)) for one in reviews],
            "review": [one.verdict for one in reviews],
            "comment": [one.comment for one in reviews],
            "reviewed_on": [local(one.made_at) for one in reviews],
            "reviewed_by": [one.owner or "sans signature" for one in reviews],
            "risk_class": [one.risk_class if one else "" for one in seen],
            "share_lost": pd.Series(
                [one.probability if one else None for one in seen], dtype=float
            ),
            "horizon": pd.Series([one.horizon if one else None for one in seen], dtype="Int64"),
            "as_of_year": pd.Series([one.as_of if one else None for one in seen], dtype="Int64"),
            "model": [one.model if one else "" for one in seen],
        }
    )


def groups_listed(groups: pd.DataFrame) -> pd.DataFrame:
    """Return the public table (`predict.grouped_risk`), by name: small communes, rounded shares."""
    groups = groups.sort_values(["name", "key"], key=lambda column: column.map(fold))
    return pd.DataFrame(
        {
            "name": groups["name"],
            # The figure that matters follows the name: a telephone shows two columns.
            "tenths_flagged": [f"environ {number(share)} sur 10" for share in groups["tenths"]],
            "communes_few_gps": groups["communes"],
            "gps": np.floor(groups["gps"]),
            "horizon": groups["horizon"],
        }
    )


def states_told(risk: pd.DataFrame, codes: Collection[str]) -> str:
    """Say what a newer register shows of a territory; "" where it shows nothing to check.

    Parameters
    ----------
    risk
        `risk_table` of the region; for planners only.
    codes
        The communes of the territory.
    """
    found = risk[risk["code"].isin(codes)]
    if len(codes) == 1:
        known = found[found["state"] != UNKNOWN]
        return f"{state_told(risk, next(iter(codes)))}." if len(known) else ""
    gone = int((found["state"] == GONE).sum())
    if not gone:
        return ""
    communes = counted(gone, "commune", "communes")
    years = joined([str(year) for year in french.each_year(set(found["as_of"]))])
    return (
        f"Probablement déjà sans médecin, à vérifier : {communes} (comptées en "
        f"{years}, absentes du registre {of(found['register'].iloc[0])})."
    )


def file_told(risk: pd.DataFrame) -> str:
    """Return what a file of forecasts must say of them: what is foretold, when, by which model."""
    span = french.forecast(set(risk["as_of"]), int(risk["horizon"].iloc[0]))
    return (
        "Probabilité de n’avoir plus aucun médecin généraliste, pour les communes où l’on en a "
        f"compté un. {span} Modèle {artefact.version()}."
    )
