"""The figures of a plan of help as texts, for screens and the report of a council."""

import pandas as pd

from data.base.french import number
from data.region.territory import Territory
from data.solidarity import tables
from data.solidarity.help import Help


def help_figures(territory: Territory, found: Help) -> pd.DataFrame:
    """Return the figures of a plan of help as texts: Mesure, Valeur."""
    lost = tables.losses(territory, found)
    rows = {
        "Demi-journées qui manquent par mois": number(found.need),
        "Demi-journées couvertes par mois": number(found.covered),
        "Part du besoin": tables.share_words(found),
        "Borne : au plus, demi-journées par mois": number(found.bound),
        "Volontaires": number(float(found.volunteers.sum())),
        "Demi-journées par mois et volontaire, au plus": number(found.terms.ceiling),
        "Sites d’accueil, au plus": "sans limite"
        if found.terms.sites is None
        else number(found.terms.sites),
        "Trajet le plus long (minutes)": number(found.terms.minutes),
        "APL sous laquelle aucun donneur ne descend": number(found.terms.floor, 1)
        if found.terms.floor
        else "aucune",
        f"Forfaits par mois ({found.scheme.rule})": tables.money_words(found),
        "Heures de route par mois": number(found.road_hours),
        "Kilomètres de route par mois (ligne droite × 1,3)": number(
            tables.kilometres(territory, found)
        ),
        "Habitants hors cibles dont l’APL baisse": _among(lost["people"], lost["among"]),
        "Habitants sans place en plus, hors cibles": _among(lost["without_room"], lost["among"]),
    }
    return pd.DataFrame({"Mesure": list(rows), "Valeur": list(rows.values())})


def _among(people: float, everyone: float) -> str:
    return f"{number(people)} sur {number(everyone)}"
