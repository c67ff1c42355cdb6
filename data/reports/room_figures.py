"""Room with a GP and overload on a sheet: figures of a place, never of a person."""

import numpy as np
import pandas as pd

from data.access.unknown_supply import room_note
from data.base.french import MISSING, counted, number, percent
from data.region import privacy
from data.region.rules import HUBERT_MINUTES, LEAST_PUBLIC_GPS, ROOM_PEOPLE_A_GP
from data.reports.figure import Figure, beside, compared, rank

LOAD, LATER = "load_per_gp", "load_per_gp_later"
YEARS_LATER = 5
_LABEL = "Habitants par médecin, au plus près"
_WEIGHTED = "habitants ÷ médecins"
"""How the mean of several communes is made: each counts by its GPs."""
NOT_TOLD = (
    f"Non diffusé : à moins de {LEAST_PUBLIC_GPS} médecins, ce nombre désignerait une "
    "personne, ici ou par différence."
)
NOT_DRAWN = "Après départs probables : non calculé ; à demander sous la carte."


def without_room(
    own: pd.Series, region: pd.Series, peers: pd.DataFrame, members: pd.DataFrame
) -> Figure:
    """Return the share of people without room, nearest first, beside the others."""
    key = "share_without_room"
    note = room_note(members["supply"])
    known = pd.notna(own[key])
    told = (
        f"{counted(own['without_room_nearest'], 'habitant', 'habitants')} sur "
        f"{number(own['population'])}, le plus proche passant le premier ; "
        f"{number(own['without_room_bound'])} dans le partage le plus équitable, à "
        f"{number(ROOM_PEOPLE_A_GP)} habitants par médecin (hypothèse)."
        if known
        else "Aucun habitant n’y est compté."
        if own["population"] == 0
        else "Les médecins à portée ne sont pas tous connus."
    )
    return Figure(
        key,
        f"Sans place à {number(HUBERT_MINUTES)} minutes",
        percent(own[key], 1),
        compared(
            f"{beside(region)} : {percent(region[key], 1)}", rank(own, peers, key, low_is_good=True)
        ),
        f"{told} {note}".strip(),
    )


def load(
    members: pd.DataFrame,
    communes: pd.DataFrame,
    region: pd.Series,
    level: str,
    *,
    public: bool,
    later: bool,
) -> Figure:
    """Return inhabitants per GP, each going to the nearest, and where they pass the limit.

    Parameters
    ----------
    members, communes
        Rows of the territory and of the region: gps, departement, load_per_gp and, when `later`,
        load_per_gp_later (expected after departures; missing without GP).
    region
        The row that figures are compared with.
    level
        Level of the territory.
    public
        Whether anyone may read it: see `data.region.privacy.may_tell_load`.
    later
        Whether departures were drawn.
    """
    if (members["gps"] == 0).all():  # nobody whom a number would give away
        told = "Aucun médecin ici : ses habitants comptent là où ils vont."
        return Figure(LOAD, _LABEL, "sans objet", "", told)
    if public and not privacy.may_tell_load(members, level):
        return Figure(LOAD, _LABEL, privacy.NOT_TOLD, "", NOT_TOLD)
    staffed = members[members[LOAD].notna()]
    if staffed.empty:
        return Figure(LOAD, _LABEL, MISSING, "", "Médecins non connus.")
    whole = not public or privacy.may_tell_load(communes, "region")
    mean = f"{number(_mean(communes, LOAD))} ({_WEIGHTED})"
    around = f"{beside(region)} : {mean}" if whole else ""
    sentences = [_now(staffed)]
    if not public:
        sentences.append(_later(staffed) if later else NOT_DRAWN)
    return Figure(LOAD, _LABEL, number(_mean(members, LOAD)), around, " ".join(sentences))


def _now(staffed: pd.DataFrame) -> str:
    limit = number(ROOM_PEOPLE_A_GP)
    over = int((staffed[LOAD] > ROOM_PEOPLE_A_GP).sum())
    if len(staffed) == 1:
        told = "Surcharge : plus de" if over else "Sans surcharge : au plus"
        return f"{told} {limit} habitants par médecin (moyenne de la commune)."
    where = f"{counted(len(staffed), 'commune qui a', 'communes qui ont')} un médecin"
    told = "Aucune surcharge" if not over else "Surcharge"
    within = where if not over else f"{number(over)} des {where}"
    return f"Ensemble : {_WEIGHTED}. {told} (plus de {limit}) dans {within}."


def _later(staffed: pd.DataFrame) -> str:
    when = f"dans {YEARS_LATER} ans après le millésime des effectifs"
    if len(staffed) == 1:
        expected = float(staffed[LATER].iloc[0])
        alert = ", surcharge" if expected > ROOM_PEOPLE_A_GP else ""
        return (
            f"Attendus {when}, si la commune garde ses médecins et que d’autres perdent les "
            f"leurs : {number(expected)}{alert}."
        )
    over = int((staffed[LATER] > ROOM_PEOPLE_A_GP).sum())
    return (
        f"Attendue {when}, là où il reste des médecins : "
        f"{counted(over, 'commune', 'communes')} en surcharge."
    )


def _mean(communes: pd.DataFrame, column: str) -> float:
    """Return a mean over GPs, that is people over GPs; missing where no load is known."""
    known = communes[communes[column].notna()]
    gps = known["gps"].sum()
    return float((known[column] * known["gps"]).sum() / gps) if gps > 0 else np.nan
