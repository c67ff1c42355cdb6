"""What the label says of the error of estimated times: for the trips and the place on screen."""

from collections.abc import Sequence
from typing import Any

from geo.french import number

TOLD_BIAS_MINUTES = 1.0
"""Mean error of a département beyond which its label tells it."""


def said(errors: dict[str, Any], departements: Sequence[str] = ()) -> str:
    """Return the French sentences of the label.

    Parameters
    ----------
    errors
        What `benchmarks/fit_travel_time.py` wrote: "towns" and "roads" (kinds of trips), each
        with "pairs", "bands" and "same_side_15_25"; "departements", by code.
    departements
        Codes of the départements on screen.
    """
    towns, roads = errors["towns"], errors["roads"]
    if shown_overseas(departements):
        return (
            "Temps estimés sans réseau routier, par un calage fait en métropole et jamais vérifié "
            "outre-mer : à tenir pour inconnus tant qu’un réseau routier n’est pas construit."
        )
    return (
        "Temps en voiture aux heures creuses, estimés sans réseau routier, ajustés sur "
        f"{number(towns['pairs'] + roads['pairs'])} trajets de METRIC (INSEE, DREES). "
        "Écart moyen jusqu’à 40 min, dans des départements tenus hors du calage : "
        f"{number(_up_to_40(towns)['mean_absolute_error'], 1)} min de mairie à mairie "
        f"(du bon côté de 20 min {number(100 * towns['same_side_15_25'])} fois sur 100 entre "
        "15 et 25 min) ; "
        f"{number(_up_to_40(roads)['mean_absolute_error'], 1)} min entre points de routes "
        "de Gironde." + _of_departements(errors["departements"], departements)
    )


def shown_overseas(departements: Sequence[str]) -> bool:
    """Tell whether all the départements on screen are overseas, where no trip is known."""
    return bool(departements) and all(code.startswith(("97", "98")) for code in departements)


def _of_departements(known: dict[str, dict[str, Any]], shown: Sequence[str]) -> str:
    """Return what is known of the départements on screen, and which of them were never seen."""
    tried = [code for code in shown if code in known]
    if not shown or not tried:
        return " Aucun trajet connu dans les départements affichés." if shown else ""
    share = sorted(tried, key=lambda code: known[code]["mean_absolute_error"])
    best, worst = share[0], share[-1]
    text = (
        f" Ici : de {number(known[best]['mean_absolute_error'], 1)} min ({best}) à "
        f"{number(known[worst]['mean_absolute_error'], 1)} min ({worst})."
    )
    if best == worst:
        text = f" Ici ({best}) : {number(known[best]['mean_absolute_error'], 1)} min."
    text += "".join(_biased(code, known[code]) for code in tried)
    unseen = [code for code in shown if code not in known]
    if unseen:
        text += f" Aucun trajet connu pour vérifier : {', '.join(unseen)}."
    return text


def _biased(code: str, found: dict[str, Any]) -> str:
    """Return how much longer or shorter known trips of a département are, "" up to a minute.

    Between which bounds, where places enough were seen to tell it from nothing.
    """
    bias, half = abs(found["bias"]), found["bias_half_interval"]
    if bias <= TOLD_BIAS_MINUTES:
        return ""
    more = "de moins" if found["bias"] > 0 else "de plus"
    if half is None or half >= bias:
        return (
            f" {code} : les {number(found['pairs'])} trajets connus durent en moyenne "
            f"{number(bias, 1)} min {more} que l’estimation, en trop peu de lieux pour savoir si "
            "c’est partout."
        )
    return (
        f" {code} : un trajet y dure en moyenne de {number(bias - half, 1)} à "
        f"{number(bias + half, 1)} min {more} que l’estimation."
    )


def _up_to_40(kind: dict[str, Any]) -> dict[str, Any]:
    return next(dict(band) for band in kind["bands"] if band["band"] == "0-40")
