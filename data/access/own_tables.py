"""Access measures on tables of the user's own: demand, supply and times, checked line by line."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.base.french import number
from data.files.headings import CODE
from data.files.own_columns import (
    Kind,
    as_known,
    columns_of,
    once,
    positive_numbers,
    refuse_duplicates,
)
from data.files.remarks import tell_lines
from geo import access as ga
from geo.errors import InvalidInputError
from geo.travel_time import RINGS_MINUTES

ID_TITLES = ("id", "identifiant", *CODE, "commune")
_DEMAND_TITLES = {
    "id": ID_TITLES,
    "population": ("population", "pop", "habitants", "pmun", "demand", "demande"),
    "standardised_population": (
        "standardised population",
        "standardized population",
        "population standardisee",
        "pop standardisee",
    ),
}
_SUPPLY_TITLES = {
    "id": ID_TITLES,
    "acts": ("acts", "actes", "nombre d actes", "consultations", "supply", "offre"),
    "gps": ("gps", "gp", "medecins", "nombre de medecins", "generalistes"),
    "age": ("age", "age years", "age ans"),
}
_TIMES_TITLES = {
    "from": ("from", "origin", "origine", "de", "depart"),
    "to": ("to", "destination", "dest", "vers", "a", "arrivee"),
    "minutes": ("minutes", "minute", "temps", "time", "duree", "cost"),
}


_KINDS: dict[str, Kind] = {"acts": "people", "gps": "gps"}


@dataclass(frozen=True)
class AccessTables:
    """Demand, supply and times as row numbers, ready for `geo.access`.

    Attributes
    ----------
    demand
        Columns id, population, and standardised_population when given.
    supply
        Columns id (unique), acts that count, and acts65 (GPs aged 65 or less) when ages are given.
    pairs
        Columns origin, destination, minutes.
    notes
        French sentences on what was completed or left out.
    """

    demand: pd.DataFrame
    supply: pd.DataFrame
    pairs: pd.DataFrame
    notes: tuple[str, ...]


def read_access_tables(demand: Path, supply: Path, times: Path) -> AccessTables:
    """Read and check the three files.

    Raises
    ------
    InvalidInputError
        With the file, the line and what to mend.
    """
    people = read_demand(demand)
    offer = read_supply(supply, people["id"])
    pairs, notes = read_times(times, people["id"], offer["id"])
    return AccessTables(people, offer, pairs, (*notes, *_cut_short(pairs)))


def read_demand(path: Path) -> pd.DataFrame:
    """Read places and their population: one row per place.

    Raises
    ------
    InvalidInputError
        The file names no place, or cannot be read.
    """
    table = once(path, columns_of(path, _DEMAND_TITLES, required=("id", "population")))
    if table.empty:
        raise InvalidInputError(f"{path.name} ne contient aucun lieu de demande sous ses titres.")
    refuse_duplicates(path, table["id"], "l’identifiant")
    for column in ("population", "standardised_population"):
        if column in table:
            table[column] = positive_numbers(path, table[column], "people")
    return table.reset_index(drop=True)


def read_supply(path: Path, places: pd.Series) -> pd.DataFrame:
    """Read supply and sum it by place.

    Acts of a row are taken as they are when nothing says how many GPs made them; with a column
    `gps`, or `age` (one row per GP), they are raised to 3,600 and capped at 6,000 per GP.

    Parameters
    ----------
    path
        The file.
    places
        Identifiers of the demand, whose spelling is kept.
    """
    table = columns_of(path, _SUPPLY_TITLES, required=("id", "acts"))
    heads_known = "gps" in table or "age" in table
    table = table.copy() if heads_known else once(path, table)
    table["id"] = as_known(path, table["id"], places)
    for column in table.columns.difference(["id"]):
        table[column] = positive_numbers(path, table[column], _KINDS.get(str(column), ""))
    if not heads_known:
        refuse_duplicates(path, table["id"], "sans colonne « gps » ni « age », l’identifiant")
        return table.reset_index(drop=True)
    gps = table["gps"] if "gps" in table else pd.Series(1.0, index=table.index)
    table["acts"], raw = ga.countable_acts(table["acts"], gps), table["acts"]
    if "age" in table:
        table["acts65"] = ga.countable_acts(raw, gps, table["age"], ga.ZONING_AGE_LIMIT_YEARS)
    if "age" not in table:
        _tell_summed(path, table["id"])
    kept = [c for c in ("acts", "acts65") if c in table]
    return table.groupby("id", sort=False)[kept].sum().reset_index()


def read_gp_counts(path: Path, places: pd.Series) -> pd.DataFrame:
    """Read GPs by place, fractions allowed: columns id, unique (its rows are summed), and gps.

    Parameters
    ----------
    path
        The file.
    places
        Identifiers of the other tables, whose spelling is kept.

    Raises
    ------
    InvalidInputError
        The file has no GP, or cannot be read.
    """
    titles = {name: _SUPPLY_TITLES[name] for name in ("id", "gps")}
    table = columns_of(path, titles, required=("id", "gps"))
    if table.empty:
        raise InvalidInputError(f"{path.name} ne contient aucun médecin sous ses titres.")
    table = table.assign(
        id=as_known(path, table["id"], places),
        gps=positive_numbers(path, table["gps"], "gps"),
    )
    _tell_summed(path, table["id"])
    return table.groupby("id", sort=False)["gps"].sum().reset_index()


def _tell_summed(path: Path, ids: pd.Series) -> None:
    tell_lines(
        path.name,
        list(ids.index[ids.duplicated()]),
        "ligne d’un lieu déjà donné, additionnée",
        "lignes de lieux déjà donnés, additionnées",
    )


def read_times(
    path: Path, demand_ids: pd.Series, supply_ids: pd.Series, *, triangular: bool = True
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read minutes from demand to supply, as row numbers, with what was completed.

    A place is at 0 minutes of itself unless the file says otherwise. A triangular table (no pair
    is given both ways) holds both ways, unless told otherwise. Times of places that are in
    neither table are left out, and counted in a note.

    Raises
    ------
    InvalidInputError
        No pair joins a place of the demand to one of the supply, or the file cannot be read.
    """
    table = columns_of(path, _TIMES_TITLES, required=("from", "to", "minutes"))
    known = pd.concat([demand_ids, supply_ids])
    ends = {side: as_known(path, table[side], known) for side in ("from", "to")}
    minutes = positive_numbers(path, table["minutes"], infinite=True)
    table = once(path, table.assign(**ends, minutes=minutes))
    refuse_duplicates(path, table["from"] + " → " + table["to"], "le trajet")
    notes = []
    back = _way_back(table, demand_ids, supply_ids) if triangular else table.iloc[:0]
    if len(back):
        table = pd.concat([table, back], ignore_index=True)
        notes.append("Chaque trajet n’étant donné que dans un sens, le retour a la même durée.")
    pairs = pd.DataFrame(
        {
            "origin": pd.Index(demand_ids).get_indexer(table["from"]),
            "destination": pd.Index(supply_ids).get_indexer(table["to"]),
            "minutes": table["minutes"].to_numpy(dtype=np.float64),
        }
    )
    joined = (pairs["origin"] >= 0) & (pairs["destination"] >= 0)
    if len(pairs) and not joined.any():
        raise InvalidInputError(
            f"{path.name} ne relie aucun lieu de la demande à un lieu de l’offre : les "
            "identifiants de « from » et « to » doivent être ceux des deux autres fichiers."
        )
    if unknown := int((~joined).sum()):
        notes.append(
            f"Trajets laissés de côté : {number(unknown)} sur {number(len(pairs))} (départ qui "
            "n’est pas un lieu de la demande, ou arrivée qui n’est pas un lieu de l’offre)."
        )
    return _with_own_place(pairs[joined], demand_ids, supply_ids), tuple(notes)


def longest_minutes(pairs: pd.DataFrame) -> float:
    """Return the minutes of the longest trip that ends, NaN where none does."""
    return float(pairs["minutes"].replace(np.inf, np.nan).max())


def _cut_short(pairs: pd.DataFrame) -> list[str]:
    """Say which measures reach farther than the longest trip given; none where all are covered."""
    longest = longest_minutes(pairs)
    short = [w.name for w in ga.WEIGHTS.values() if longest < w.reach_minutes]
    if not short:
        return []
    told = (
        f"Le plus long trajet donné dure {number(longest, 1)} minutes : si des trajets plus "
        f"longs manquent, ces mesures sont incomplètes : {', '.join(short)}."
    )
    return [told]


def measures(tables: AccessTables, weights: ga.Weights = ga.DREES_2015) -> pd.DataFrame:
    """Return the family of access measures, one row per place of the demand.

    Returns
    -------
    pandas.DataFrame
        id, population, minutes_to_nearest_gp (missing: none in the table), population_within_10,
        _20, _30 (inhabitants whose nearest GP is that near), apl (under `weights`), apl_e2sfca,
        apl_3sfca, apl_binary_20, and apl65 when the ages of GPs are known.
    """
    demand, supply, pairs = tables.demand, tables.supply, tables.pairs
    acts = supply["acts"].to_numpy(dtype=np.float64)
    column = "standardised_population" if "standardised_population" in demand else "population"
    people = demand[column].to_numpy(dtype=np.float64)
    minutes, _ = ga.nearest_site(pairs, acts, len(demand))
    result = demand[["id", "population"]].copy()
    result["minutes_to_nearest_gp"] = np.where(np.isinf(minutes), np.nan, minutes)
    for ring in RINGS_MINUTES:
        within = ga.population_within(demand["population"], minutes, ring)
        result[f"population_within_{ring:.0f}"] = within
    result["apl"] = ga.access(pairs, people, acts, weights)
    result["apl_e2sfca"] = ga.access(pairs, people, acts, ga.E2SFCA)
    result["apl_3sfca"] = ga.access(pairs, people, acts, ga.THREE_SFCA)
    result["apl_binary_20"] = ga.access(pairs, people, acts, ga.BINARY_20)
    if "acts65" in supply:
        result["apl65"] = ga.access(pairs, people, supply["acts65"], weights)
    return result


def _way_back(table: pd.DataFrame, demand_ids: pd.Series, supply_ids: pd.Series) -> pd.DataFrame:
    """Return the missing ways back of a triangular table; nothing when any pair goes both ways."""
    between = table[table["from"] != table["to"]]
    back = between.rename(columns={"from": "to", "to": "from"})[table.columns]
    given = pd.MultiIndex.from_frame(between[["from", "to"]])
    if given.isin(pd.MultiIndex.from_frame(back[["from", "to"]])).any():
        return back.iloc[:0]
    return back[back["from"].isin(demand_ids) & back["to"].isin(supply_ids)]


def _with_own_place(
    pairs: pd.DataFrame, demand_ids: pd.Series, supply_ids: pd.Series
) -> pd.DataFrame:
    own = pd.Index(supply_ids).get_indexer(demand_ids)
    at_home = pd.DataFrame(
        {"origin": np.arange(len(own)), "destination": own, "minutes": np.zeros(len(own))}
    )
    at_home = at_home[at_home["destination"] >= 0]
    return pd.concat([pairs, at_home], ignore_index=True).drop_duplicates(
        ["origin", "destination"], ignore_index=True
    )
