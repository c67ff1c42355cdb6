"""A plan of help in tables and words: targets, hosts with their calendar, donors, the schemes."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from data.access import inputs
from data.base import our_code
from data.base.french import counted, number, percent
from data.base.table_cache import cached_table, digest
from data.region.rules import APL_NOISE, LEAST_PUBLIC_GPS
from data.region.territory import Territory
from data.solidarity.donors import donor_groups, shared
from data.solidarity.effects import changes
from data.solidarity.help import USUAL_TERMS, Help
from data.solidarity.hiding import proof_words, too_few
from data.solidarity.needs import Question
from data.solidarity.schemes import scheme_named
from geo.plane import great_circle_km

WEEKS = 4
"""Weeks of the calendar: the half-days of a month, as near to even as whole ones can be."""
ROAD_KM_PER_STRAIGHT_KM = 1.3
"""Road over straight line: an order of magnitude, said so on screen (`docs/travel-time.md`)."""
_FIRST = ("name", "half_days", "covered")
"""What is asked of a table of targets: whom, what is missing, what is covered."""
EPCI_ORDER = ("epci_name", "half_days", "covered", "communes")
"""The same of a table by EPCI."""
_KEPT = 4
"""Plans whose effects are kept: a screen reads those of one plan several times."""
NOT_PREDICTED = (
    "La bonne volonté n’est pas prédite : le plan dit ce que des volontaires couvriraient au "
    "mieux, non qui se proposera."
)
COMPUTED = "L’APL avant et après est calculée par l’application, non celle que publie la DREES."
NOBODY_PLACED = (
    "Trop peu de volontaires, ou trop peu de médecins qui pourraient aider : leur lieu n’est pas "
    "montré."
)
SHARED = (
    "Ce que perdent les patients des donneurs est calculé en partageant les demi-journées d’un "
    "groupe entre ses médecins à portée, les plus proches davantage : rien ne dit qui part. Un "
    f"groupe est montré dès {LEAST_PUBLIC_GPS} volontaires, s’il compte au moins "
    f"{LEAST_PUBLIC_GPS} autres médecins qui "
    "auraient pu aider."
)


def target_table(territory: Territory, found: Help) -> pd.DataFrame:
    """Return the targets: what they miss, what is covered, APL and room before and after.

    Returns
    -------
    pandas.DataFrame
        code, name, departement, epci_name, zone, population, half_days, covered, out_of_reach
        (half-days a month), apl_before, apl_after (losses to donors counted), without_room_before,
        without_room_after (inhabitants), most half-days missing first.
    """
    columns = ["code", "name", "departement", "epci_name", "zone", "population"]
    around = moved(territory, found).iloc[found.targets["row"].to_numpy()]
    table = pd.concat(
        [
            found.targets[[*columns, "half_days", "covered", "out_of_reach"]],
            around.reset_index(drop=True),
        ],
        axis=1,
    )
    return table.sort_values("half_days", ascending=False, ignore_index=True)


def screen_order(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table of targets, those that a phone shows first."""
    return [*_FIRST, *table.columns.drop(list(_FIRST))]


def by_epci(found: Help) -> pd.DataFrame:
    """Return need and cover by EPCI of the targets: epci_name, communes, half_days, covered."""
    table = found.targets.groupby("epci_name", as_index=False).agg(
        communes=("code", "size"), half_days=("half_days", "sum"), covered=("covered", "sum")
    )
    return table.sort_values("half_days", ascending=False, ignore_index=True)


def donor_table(territory: Territory, found: Help) -> pd.DataFrame:
    """Return what is lent by group of donors, never under five volunteers: see `donor_groups`.

    Returns
    -------
    pandas.DataFrame
        group, volunteers, able (doctors of the group who could give on these terms), lent
        (half-days a month).
    """
    return donor_groups(territory, found).table


def host_table(found: Help) -> pd.DataFrame:
    """Return the host sites and their calendar.

    Returns
    -------
    pandas.DataFrame
        code, name, epci_name, places, hosted (half-days a month), then week_1 to week_4 (whole
        half-days), most half-days first.
    """
    at_host = found.given[found.hosts["row"].to_numpy(dtype=np.int64)]
    table = found.hosts[["code", "name", "epci_name", "places"]].assign(hosted=at_host)
    table = table[table["hosted"] > 0].sort_values("hosted", ascending=False, ignore_index=True)
    weeks = np.array([calendar(half_days) for half_days in table["hosted"]]).reshape(-1, WEEKS)
    for week in range(WEEKS):
        table[f"week_{week + 1}"] = weeks[:, week].astype(np.int64)
    return table


def calendar(half_days: float) -> Sequence[int]:
    """Return whole half-days of each week of a month, as even as can be.

    Examples
    --------
    >>> calendar(6)
    [2, 1, 2, 1]
    """
    whole = round(half_days)
    ends = [-(-whole * (week + 1) // WEEKS) for week in range(WEEKS)]
    return [after - before for before, after in zip([0, *ends[:-1]], ends, strict=True)]


def kilometres(territory: Territory, found: Help) -> float:
    """Return kilometres of road a month, there and back: straight lines × 1.3."""
    points = inputs.coordinates(inputs.places(territory))
    start = points[found.trips["origin"].to_numpy(dtype=np.int64)]
    end = points[found.trips["host"].to_numpy(dtype=np.int64)]
    straight = great_circle_km(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    driven = found.trips["minutes"].to_numpy(dtype=np.float64) > 0
    each = 2 * ROAD_KM_PER_STRAIGHT_KM * straight
    return float((each * found.trips["half_days"].to_numpy(dtype=np.float64))[driven].sum())


def losses(territory: Territory, found: Help) -> dict[str, float]:
    """Return what the patients of communes that are not helped lose.

    Returns
    -------
    dict
        people (inhabitants whose APL falls by more than its noise), among (all inhabitants of
        communes that are not helped), mean_loss (APL, weighted by people), lowest (APL of the
        commune that is left lowest among those that could give),
        without_room (inhabitants more without room).
    """
    around = moved(territory, found)
    people = territory.communes["population"].to_numpy(dtype=np.float64)
    helped = np.zeros(len(around), dtype=bool)
    helped[found.targets["row"]] = True
    fall = (around["apl_before"] - around["apl_after"]).to_numpy(dtype=np.float64)
    losing = ~helped & (fall > APL_NOISE)
    donors = shared(territory, found)[: len(around)] > 0
    more = (around["without_room_after"] - around["without_room_before"]).to_numpy(dtype=np.float64)
    return {
        "people": float(people[losing].sum()),
        "among": float(people[~helped].sum()),
        "mean_loss": float(np.average(fall[losing], weights=people[losing]))
        if people[losing].sum() > 0
        else 0.0,
        "lowest": float(around["apl_after"][donors].min()) if donors.any() else np.nan,
        "without_room": float(more[~helped].sum()),
    }


def lowest_words(found: Help, lost: dict[str, float]) -> str:
    """Return, in French, how low the APL of communes that give would fall, from `losses`."""
    if found.terms.floor is not None and not found.terms.replaced:
        return f"aucune commune donneuse ne descend sous une APL de {number(found.terms.floor, 1)}"
    return (
        "les demi-journées de chaque groupe étant partagées, l’APL la plus basse d’une commune "
        f"qui peut donner serait de {number(lost['lowest'], 1)}"
    )


def sentence(found: Help) -> str:
    """Return, in French, what the plan covers and what it takes."""
    return " ".join(sentences(found))


def sentences(found: Help) -> list[str]:
    """Return the same, the answer first, then its proof and what is not in it."""
    if not found.need and not found.unknown and not found.unzoned:
        return ["Rien ne manque aux cibles choisies : aucune aide n’est à organiser."]
    if not found.need:
        return ["Rien de connu ne manque aux cibles choisies.", *_unknown(found)]
    count = int(found.volunteers.sum())
    enlisted = counted(count, "volontaire", "volontaires")
    proof = proof_words(found.status, found.covered, found.bound)
    told = [
        (
            f"Il manque {counted(found.need, 'demi-journée', 'demi-journées')} de consultation par "
            f"mois dans {counted(len(found.targets), 'commune', 'communes')}. {enlisted} en "
            f"{'couvriraient' if count > 1 else 'couvrirait'} {number(found.covered)}, soit "
            f"{percent(found.covered / found.need)} du besoin."
        ),
        f"Aucun plan n’en couvrirait plus de {number(found.bound)} ({proof}).",
    ]
    if found.out_of_reach >= 0.5:
        told.append(
            f"{counted(found.out_of_reach, 'demi-journée', 'demi-journées')} "
            f"{'sont' if found.out_of_reach >= 1.5 else 'est'} hors d’atteinte des donneurs : "
            f"{too_few('médecin')}."
        )
    return [*told, *_out_of_zip(found), *_unknown(found)]


def _out_of_zip(found: Help) -> list[str]:
    """Return what is said where a scheme of ZIP alone is asked to help communes out of ZIP."""
    outside = int((~found.targets["zone"].isin(["ZIP", ""])).sum())
    if not outside or not scheme_named(found.terms.scheme).outside_zip:
        return []
    return [
        (
            f"{counted(outside, 'commune aidée n’est', 'communes aidées ne sont')} pas en ZIP : "
            "les consultations avancées ne valent qu’en ZIP, et leur forfait n’y serait pas dû."
        )
    ]


def _unknown(found: Help) -> list[str]:
    """Return what is said of targets of which not all is known, none where all is."""
    told = []
    if found.unknown:
        told.append(
            f"L’APL de {counted(found.unknown, 'commune', 'communes')} n’est pas connue : ce qui "
            "y manque n’est pas compté."
        )
    if found.unzoned:
        told.append(
            f"La zone de {counted(found.unzoned, 'commune', 'communes')} n’est pas connue : "
            "ce qui y manque n’est pas compté, et leurs médecins sont tenus pour hors ZIP."
        )
    return told


def share_words(found: Help) -> str:
    """Return the share of the need that is covered, in French; what it is where none is known."""
    if found.need:
        return percent(found.covered / found.need)
    return "besoin inconnu" if found.unknown or found.unzoned else "aucun besoin"


def money_words(found: Help) -> str:
    """Return the money of the scheme a month, in French."""
    money = found.euros_a_month
    return "non fixés" if money is None else f"{number(money)} €"


@lru_cache(maxsize=_KEPT)
def moved(territory: Territory, found: Help) -> pd.DataFrame:
    """Return APL and room of every commune before and after; see `data.solidarity.effects`.

    What is lent is shared out within each group of donors: no commune tells who goes. The effects
    of the plan that the screen opens with are kept on disk, as its needs are.
    """
    if (found.question, found.terms) != (Question(), USUAL_TERMS):
        return _changed(territory, found)
    plan = (found.given, found.taken, found.able)
    key = digest(territory.version, our_code.key(), *(part.tobytes() for part in plan))
    name = f"effets-{territory.region}"
    return cached_table(name, key, lambda: _changed(territory, found))


def _changed(territory: Territory, found: Help) -> pd.DataFrame:
    return changes(
        territory,
        shared(territory, found),
        found.given,
        acts=found.question.acts,
        per_gp=found.question.per_gp,
        replaced=found.terms.replaced,
        hosts=found.hosts["row"].to_numpy(dtype=np.int64),
    )
