"""French headings of the columns of tables and exports; the unit is in the heading."""

from collections.abc import Collection, Iterable, Mapping

import pandas as pd

from data.region.territory import SIMULATED_LINE
from geo.layers import INDICATORS

TITLES: Mapping[str, str] = {
    "change": "Si…",
    "code": "Code",
    "name": "Nom",
    "tenths_flagged": "Communes en risque élevé ou très élevé (arrondi)",
    "departement": "Code département",
    "departement_name": "Département",
    "epci": "Code EPCI",
    "epci_name": "EPCI",
    "communes": "Communes",
    "people_at_stake": "Habitants × probabilité",
    "population": "Habitants",
    "gps": "Médecins généralistes",
    "supply": "Médecins de la commune et alentour : connus ?",
    "population_supply_unknown": "Habitants dont l’offre n’est pas toute connue (non comptés)",
    "gps_per_1000": "Généralistes pour 1 000 habitants",
    "minutes_to_nearest_gp": "Minutes jusqu’au généraliste le plus proche",
    "minutes_median": "Minutes jusqu’au généraliste (médiane des habitants)",
    "nearest_gp_commune_name": "Commune du généraliste le plus proche",
    "population_within_10": "Habitants à 10 min ou moins",
    "population_within_20": "Habitants à 20 min ou moins",
    "population_within_30": "Habitants à 30 min ou moins",
    "population_beyond_20": "Habitants à plus de 20 min",
    "share_beyond_20": "Part des habitants à plus de 20 min",
    "apl": "APL calculée (consultations/an/hab.)",
    "apl_e2sfca": "E2SFCA calculé (consultations/an/hab.)",
    "apl_3sfca": "3SFCA calculé (consultations/an/hab.)",
    "apl_published": "APL publiée, tous âges (DREES)",
    "apl65_published": "APL publiée, 65 ans et moins (DREES)",
    "apl_published_year": "Année de l’APL publiée",
    "share_near_retirement": "Part de l’offre proche de la retraite",
    "zone": "Zonage",
    "zone_qpv": "Zonage du QPV",
    "zone_decree": "Date de l’arrêté de zonage",
    "tvs": "Code du territoire de vie-santé",
    "tvs_name": "Territoire de vie-santé",
    "bassin_de_vie_name": "Bassin de vie",
    "cpts_name": "CPTS",
    "share_over_75": "Part des 75 ans et plus",
    "share_over_65": "Part des 65 ans et plus",
    "share_over_80": "Part des 80 ans et plus",
    "elder_year": "Recensement des 65 et des 80 ans et plus",
    "density_class": "Densité",
    "minutes_to_labelled_structure": "Minutes jusqu’à une structure France Santé",
    "risk_class": "Risque de relève non assurée",
    "state": "Registre plus récent",
    "share_lost": "Probabilité",
    "share_lost_low": "Probabilité, bas (90 %)",
    "share_lost_high": "Probabilité, haut (90 %)",
    "horizon": "Horizon (années)",
    "as_of_year": "Année des effectifs",
    "told": "Ce que dit le modèle",
    "rurality": "Type de commune",
    "reasons": "Raisons",
    "review": "Avis humain",
    "comment": "Commentaire",
    "reviewed_on": "Avis du",
    "reviewed_by": "Avis de",
    "model": "Version du modèle",
    "communes_with_gp": "Communes ayant un médecin",
    "communes_few_gps": "Communes de moins de 5 médecins",
    "extra_patients": "Patients en plus",
    "extra_patients_per_gp": "Patients en plus par médecin",
    "minutes_before": "Minutes avant",
    "minutes_after": "Minutes après",
    "apl_before": "APL avant",
    "apl_after": "APL après",
    "half_days": "Demi-journées qui manquent (par mois)",
    "covered": "Demi-journées couvertes (par mois)",
    "out_of_reach": "Demi-journées hors d’atteinte (par mois)",
    "without_room_now": "Habitants sans place, d’après les effectifs connus",
    "without_room_in_2": "Habitants sans place attendus, 2 ans après",
    "without_room_in_5": "Habitants sans place attendus, 5 ans après",
    "without_room_nearest": "Habitants sans place à 20 min, le plus proche passant le premier",
    "without_room_bound": "Habitants sans place à 20 min, dans le partage le plus équitable",
    "inhabitants_per_gp": "Habitants par médecin à 20 min, quoi qu’on fasse",
    "share_without_room": "Part des habitants sans place",
    "share_without_room_in_2": "Part des habitants sans place attendue, 2 ans après",
    "share_without_room_in_5": "Part des habitants sans place attendue, 5 ans après",
    "share_change_in_2": "Différence de la part sans place, 2 ans après (points)",
    "share_change_in_5": "Différence de la part sans place, 5 ans après (points)",
    "load_per_gp": "Habitants par médecin, chacun allant au plus proche",
    "load_per_gp_in_5": "Habitants par médecin attendus, 5 ans après",
    "without_room_more": "Habitants sans place en plus, si la commune perd ses médecins",
    "expected": "Habitants sans place en plus × probabilité",
    "without_room_before": "Habitants sans place avant",
    "without_room_after": "Habitants sans place après",
    "group": "Groupe de donneurs",
    "volunteers": "Volontaires",
    "able": "Médecins qui pourraient donner",
    "lent": "Demi-journées prêtées (par mois)",
    "places": "Sites",
    "hosted": "Demi-journées accueillies (par mois)",
    **{f"week_{week}": f"Semaine {week}" for week in range(1, 5)},
    "simulated": "Tables simulées sur lesquelles la ligne repose",
    "share_lost_before": "Risque avant (probabilité)",
    "share_lost_after": "Risque après (probabilité)",
}


def _titles() -> dict[str, str]:
    """Return all headings: an indicator of the map that has none here goes by its own name."""
    named = {one.key: f"{one.label} ({one.unit})" if one.unit else one.label for one in INDICATORS}
    return {**TITLES, **{key: name for key, name in named.items() if key not in TITLES}}


def titled(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that have a French heading, under it and in the order of `TITLES`.

    An indicator of the map that has no heading here goes by its own name.
    """
    titles = _titles()
    return table[[column for column in titles if column in table]].rename(columns=titles)


_COUNTED = frozenset({"gps"})
_READ: Mapping[str, frozenset[str]] = {
    **{one.key: frozenset(one.tables) for one in INDICATORS},
    **dict.fromkeys(
        (
            *("gps", "supply", "nearest_gp_commune", "nearest_gp_commune_name"),
            *("population_within_10", "population_within_20", "population_within_30"),
            *("share_beyond_20", "gps_within_20", "apl_e2sfca", "apl_3sfca"),
            *("without_room_nearest", "without_room_bound", "inhabitants_per_gp", "room_block"),
        ),
        _COUNTED,
    ),
    **dict.fromkeys(
        (
            *("apl65_published", "apl_published_year"),
            *("share_near_retirement", "share_near_retirement_year"),
        ),
        frozenset({"apl"}),
    ),
    "apl65_tvs": frozenset({"apl", "zoning"}),
    **dict.fromkeys(("zone_qpv", "zone_decree", "tvs", "tvs_name"), frozenset({"zoning"})),
    **dict.fromkeys(
        ("bassin_de_vie", "bassin_de_vie_name", "density_class", "share_over_75"),
        frozenset({"reference"}),
    ),
    **dict.fromkeys(
        (
            "minutes_to_labelled_structure",
            *("population_labelled_within_20", "population_labelled_within_30"),
        ),
        frozenset({"structures"}),
    ),
    **dict.fromkeys(
        ("share_lost", "share_lost_low", "share_lost_high"),
        frozenset({"gps", "gp_history", "apl"}),
    ),
}
"""Tables, beside those of people and roads, that a column of the communes is read from."""


def simulated_told(
    simulated: Collection[str], titles: Mapping[str, str] | None = None
) -> list[str]:
    """Return the line that names the simulated columns of a file of communes; none where none is.

    Parameters
    ----------
    simulated
        Keys of the tables that are simulated.
    titles
        Columns and what they are called, where others than those with a heading are written.
    """
    titles = _titles() if titles is None else titles
    named = [
        titles[key]
        for key, tables in _READ.items()
        if key in titles and not tables.isdisjoint(simulated)
    ]
    return [f"Colonnes simulées : {' ; '.join(named)}."] if named else []


def with_simulated(table: pd.DataFrame, notes: Iterable[str]) -> pd.DataFrame:
    """Return a table with the note that says what is simulated on each line, where one does.

    Its zones are read as a zoning by the import of official files, to which the notes beside a CSV
    do not go.
    """
    made_up = [note for note in notes if note.startswith(SIMULATED_LINE)]
    return table.assign(simulated=made_up[0]) if made_up else table


_DECIMALS = (
    (("share_lost",), 6),
    (("share", "ceiling"), 4),
    (("minutes_",), 1),
    (("apl", "gps", "people_at_stake"), 2),
    (("lon", "lat"), 6),
    (("over_75", "newly_", "zip_", "zac_", "room"), 0),
)
"""Beginnings of the names of columns and the decimals that an export keeps of them."""
_OTHERS_DECIMALS = 2


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose decimals mean something: a tenth of a minute, a hundredth of a share."""
    decimals = {
        name: next(
            (kept for starts, kept in _DECIMALS if str(name).startswith(starts)), _OTHERS_DECIMALS
        )
        for name in table.select_dtypes("float").columns
    }
    return table.round(decimals)


def described(table: pd.DataFrame) -> dict[str, str]:
    """Return what the columns of a table for programs hold: heading by name, where one is known."""
    titles = _titles()
    return {name: titles[name] for name in map(str, table.columns) if name in titles}


def exported(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as files hold it: French headings, decimals that mean something."""
    return titled(rounded(table))
