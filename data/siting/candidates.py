"""Communes of a territory taken together as candidate sites: which ones, and in what order."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from data.access.selection import Selection, filtered
from data.base.french import counted, number
from data.region.rules import HUBERT_MINUTES, VOID_MINUTES
from geo.siting.judged import most_candidates

MOST_ADDED = 60
"""Communes added at once: a page of sites judges that many in some seconds."""


@dataclass(frozen=True)
class Group:
    """Communes of a selection that are not candidates yet, and those that are taken of them.

    Attributes
    ----------
    asked
        Communes of the selection.
    listed
        Those of them that are candidates already.
    taken
        INSEE codes to add, those with most people without room first.
    people
        Inhabitants of those without room, nearest first; None where that is not known.
    """

    asked: int
    listed: int
    taken: tuple[str, ...]
    people: float | None

    @property
    def left(self) -> int:
        """Communes of the selection that are neither candidates nor taken."""
        return self.asked - self.listed - len(self.taken)


def group(table: pd.DataFrame, selection: Selection, listed: Collection[str], most: int) -> Group:
    """Return the communes of a selection to add to the candidates.

    Parameters
    ----------
    table
        Indicators of communes (`data.access.indicators.commune_indicators`).
    selection
        What is asked.
    listed
        INSEE codes of the candidates there are.
    most
        Communes taken at most.
    """
    asked = filtered(table, selection)
    fresh = asked[~asked["code"].isin(listed)]
    ranked = fresh.sort_values(
        ["without_room_nearest", "population"], ascending=False, kind="stable", na_position="last"
    ).head(most)
    people = ranked["without_room_nearest"]
    return Group(
        asked=len(asked),
        listed=len(asked) - len(fresh),
        taken=tuple(ranked["code"].astype(str)),
        people=float(people.sum()) if people.notna().any() else None,
    )


def words(found: Group) -> str:
    """Return in French which communes are added, and which are not."""
    if not found.asked:
        return "Aucune commune ne répond à ce choix."
    said = f"{counted(found.asked, 'commune répond', 'communes répondent')} à ce choix"
    if found.listed:
        said += f", dont {number(found.listed)} déjà dans la liste"
    if not found.taken:
        return f"{said}."
    if found.left:
        count = counted(len(found.taken), "commune serait ajoutée", "communes seraient ajoutées")
        minutes = number(HUBERT_MINUTES)
        said += f" ; {count}, où le plus d’habitants sont sans place à {minutes} minutes"
    said += "."
    if found.people is None:
        return said
    return (
        f"{said} Sans place dans les communes ajoutées, au plus proche : "
        f"{counted(found.people, 'habitant', 'habitants')}."
    )


def proof_words(chosen: int) -> str:
    """Return what becomes of candidates in the search of the best `chosen`."""
    return (
        f"Jusqu’à {number(most_candidates(chosen))} sites, tous les choix de {number(chosen)} sont "
        "essayés : les meilleurs sont prouvés. Au-delà, la réponse dit de combien elle peut "
        "s’écarter du meilleur choix. Une maison seule est déconseillée sans généraliste à "
        f"{number(VOID_MINUTES)} minutes ou moins : la recherche l’écarte, sauf demande."
    )
