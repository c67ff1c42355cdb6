"""French headings of the tables of candidate sites; the unit is in the heading."""

from collections.abc import Collection, Mapping

import pandas as pd

from data.base.french import number
from data.region.rules import ZIP_APL
from data.region.territory import SIMULATED_MARK

SITE_TITLES: Mapping[str, str] = {
    "line": "Ligne",
    "name": "Site",
    "commune": "Commune",
    "code": "Code INSEE",
    "lon": "Longitude",
    "lat": "Latitude",
    "population_within_10": "Habitants à 10 min ou moins",
    "population_within_20": "Habitants à 20 min ou moins",
    "population_within_30": "Habitants à 30 min ou moins",
    "over_75_within_20": "75 ans et plus à 20 min",
    "newly_within_20": "Habitants sans généraliste à 20 min avant le projet",
    "zip_within_20": "Habitants en ZIP à 20 min",
    "zac_within_20": "Habitants en ZAC à 20 min",
    "risk_communes_within_20": "Communes à risque à 20 min",
    "risk_population_within_20": "Habitants des communes à risque à 20 min",
    "share_already_served": "Part déjà à 20 min d’une structure",
    "share_shared": "Part commune avec le site le plus proche du sien",
    "shared_with": "Site le plus recouvert",
    "gps_planned": "Généralistes prévus",
    "gps_moving": "dont déjà installés ailleurs",
    "gps_new": "dont nouveaux",
    "room_gained": "Habitants qui trouvent une place à 20 min",
    "room_gained_zip": "Habitants en ZIP qui trouvent une place à 20 min",
    "room_gained_near": "Habitants des communes à 20 min du site qui trouvent une place",
    "room_left": "Habitants encore sans place à 20 min",
    "room_left_zip": "Habitants en ZIP encore sans place à 20 min",
    "room_left_near": "Habitants des communes à 20 min du site encore sans place",
    "population_gaining": "Habitants dont l’APL monte",
    "apl_gain_under_served": f"Gain d’APL là où elle est ≤ {number(ZIP_APL, 1)}",
    "population_above_2_5": f"Habitants portés au-dessus de {number(ZIP_APL, 1)} d’APL",
    "gps_within_10": "Généralistes à 10 min avant le projet",
    "zone": "Zonage",
    "aid": "Aides de la zone",
    "enough_gps": "Au moins deux généralistes",
    "void_zone": "Zone vide (aucun généraliste à 10 min)",
    "minutes_to_msp": "Minutes jusqu’à la MSP la plus proche",
    "nearest_msp": "MSP la plus proche",
    "advice": "Éligibilité",
}
_COUNTED = (
    *("newly_within_20", "room_gained", "room_left", "room_gained_near", "room_left_near"),
    *("population_gaining", "gps_within_10"),
    *("apl_gain_under_served", "population_above_2_5", "void_zone"),
)
_READ: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_COUNTED, frozenset({"gps"})),
    **dict.fromkeys(("risk_communes_within_20", "risk_population_within_20"), frozenset({"gps"})),
    "over_75_within_20": frozenset({"reference"}),
    **dict.fromkeys(("zip_within_20", "zac_within_20", "zone", "aid"), frozenset({"zoning"})),
    **dict.fromkeys(
        ("share_already_served", "minutes_to_msp", "nearest_msp"), frozenset({"structures"})
    ),
    **dict.fromkeys(("room_gained_zip", "room_left_zip", "advice"), frozenset({"gps", "zoning"})),
}
"""Tables, beside those of people and roads, that a measure is read from."""
CHANGE_TITLES: Mapping[str, str] = {
    "site": "Site",
    "code": "Code INSEE",
    "name": "Commune",
    "population": "Habitants",
    "effect": "Effet",
    "apl_before": "APL avant",
    "apl_after": "APL après",
    "minutes_before": "Minutes avant",
    "minutes_after": "Minutes après",
}
CHOICE_TITLES: Mapping[str, str] = {
    "choice": "Choix",
    "sites": "Sites",
    "criterion": "Critère",
    "objective": "Valeur",
    "bound": "Borne prouvée",
    "lost": "Perdu",
    "lost_share": "Part perdue",
    "only_here": "Sites de ce choix seul",
    "only_best": "Sites de l’optimum seul",
}
REPORT_TITLES: Mapping[str, str] = {
    "line": "Ligne",
    "status": "État",
    "name": "Nom",
    "written": "Lieu écrit",
    "commune": "Commune",
    "code": "Code INSEE",
    "lon": "Longitude",
    "lat": "Latitude",
    "reason": "Explication",
    "candidates": "Candidats",
}


_COORDINATE_DECIMALS = 4
"""Of degrees: about ten metres."""


def line_by_line(report: pd.DataFrame) -> pd.DataFrame:
    """Return a report of lines under French headings, coordinates (degrees, WGS 84) written out.

    Parameters
    ----------
    report
        `data.uploads.MatchReport.table`.
    """
    written = {
        axis: [
            "" if pd.isna(degrees) else number(degrees, _COORDINATE_DECIMALS)
            for degrees in report[axis]
        ]
        for axis in ("lon", "lat")
    }
    return titled(report.assign(**written), REPORT_TITLES)


def marked(key: str, title: str, simulated: Collection[str]) -> str:
    """Return the title of a measure, which says where it is simulated.

    Parameters
    ----------
    key
        One of `SITE_TITLES`.
    title
        Its heading.
    simulated
        Keys of the tables that are simulated.
    """
    made_up = not _READ.get(key, frozenset()).isdisjoint(simulated)
    return f"{title}{SIMULATED_MARK}" if made_up else title


def simulated_told(simulated: Collection[str]) -> list[str]:
    """Return the line that names the simulated columns of a file; none where none is."""
    named = [title for key, title in SITE_TITLES.items() if marked(key, title, simulated) != title]
    return [f"Colonnes simulées : {' ; '.join(named)}."] if named else []


def titled(table: pd.DataFrame, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return the columns that have a heading, under it and in the order of `titles`."""
    return table[[column for column in titles if column in table]].rename(columns=dict(titles))
