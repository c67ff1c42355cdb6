"""Access measures on tables of the user's own: demand, supply and times, checked line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.base.french import fold, number
from data.files.remarks import tell_columns
from data.files.table_files import read_text_table
from geo import access as ga
from geo.errors import InvalidInputError
from geo.travel_time import RINGS_MINUTES

ID_TITLES = ("id", "code", "code insee", "insee", "commune", "code commune", "codgeo", "insee com")
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
    people, offer = read_demand(demand), read_supply(supply)
    pairs, notes = read_times(times, people["id"], offer["id"])
    return AccessTables(people, offer, pairs, notes)


def read_demand(path: Path) -> pd.DataFrame:
    """Read places and their population: one row per place."""
    table = columns_of(path, _DEMAND_TITLES, required=("id", "population"))
    if table.empty:
        raise InvalidInputError(f"{path.name} ne contient aucun lieu de demande sous ses titres.")
    refuse_duplicates(path, table["id"], "l’identifiant")
    for column in ("population", "standardised_population"):
        if column in table:
            table[column] = positive_numbers(path, table[column])
    return table.reset_index(drop=True)


def read_supply(path: Path) -> pd.DataFrame:
    """Read supply and sum it by place.

    Acts of a row are taken as they are when nothing says how many GPs made them; with a column
    `gps`, or `age` (one row per GP), they are raised to 3,600 and capped at 6,000 per GP.
    """
    table = columns_of(path, _SUPPLY_TITLES, required=("id", "acts"))
    for column in table.columns.difference(["id"]):
        table[column] = positive_numbers(path, table[column])
    heads_known = "gps" in table or "age" in table
    if not heads_known:
        refuse_duplicates(path, table["id"], "sans colonne « gps » ni « age », l’identifiant")
        return table.reset_index(drop=True)
    gps = table["gps"] if "gps" in table else pd.Series(1.0, index=table.index)
    table["acts"], raw = ga.countable_acts(table["acts"], gps), table["acts"]
    if "age" in table:
        table["acts65"] = ga.countable_acts(raw, gps, table["age"], ga.ZONING_AGE_LIMIT_YEARS)
    kept = [c for c in ("acts", "acts65") if c in table]
    return table.groupby("id", sort=False)[kept].sum().reset_index()


def read_gp_counts(path: Path) -> pd.DataFrame:
    """Read GPs by place, fractions allowed: columns id, unique (its rows are summed), and gps."""
    titles = {name: _SUPPLY_TITLES[name] for name in ("id", "gps")}
    table = columns_of(path, titles, required=("id", "gps"))
    if table.empty:
        raise InvalidInputError(f"{path.name} ne contient aucun médecin sous ses titres.")
    table["gps"] = positive_numbers(path, table["gps"])
    return table.groupby("id", sort=False)["gps"].sum().reset_index()


def read_times(
    path: Path, demand_ids: pd.Series, supply_ids: pd.Series, *, triangular: bool = True
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Read minutes from demand to supply, as row numbers, with what was completed.

    A place is at 0 minutes of itself unless the file says otherwise. A triangular table (no pair
    is given both ways) holds both ways, unless told otherwise. Times of places that are in
    neither table are left out, and counted in a note.
    """
    table = columns_of(path, _TIMES_TITLES, required=("from", "to", "minutes"))
    table["minutes"] = positive_numbers(path, table["minutes"], infinite=True)
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
    known = (pairs["origin"] >= 0) & (pairs["destination"] >= 0)
    if len(pairs) and not known.any():
        raise InvalidInputError(
            f"{path.name} ne relie aucun lieu de la demande à un lieu de l’offre : les "
            "identifiants de « from » et « to » doivent être ceux des deux autres fichiers."
        )
    if unknown := int((~known).sum()):
        notes.append(
            f"Trajets laissés de côté : {number(unknown)} sur {number(len(pairs))} (départ qui "
            "n’est pas un lieu de la demande, ou arrivée qui n’est pas un lieu de l’offre)."
        )
    pairs = _with_own_place(pairs[known], demand_ids, supply_ids)
    longest = pairs["minutes"].replace(np.inf, np.nan).max()
    short = [w.name for w in ga.WEIGHTS.values() if longest < w.reach_minutes]
    if short:
        notes.append(
            f"Le plus long trajet donné dure {number(longest, 1)} minutes : si des trajets plus "
            f"longs manquent, ces mesures sont incomplètes : {', '.join(short)}."
        )
    return pairs, tuple(notes)


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


def columns_of(
    path: Path, titles: Mapping[str, Sequence[str]], required: Sequence[str]
) -> pd.DataFrame:
    """Return the columns of a file under the names of `titles`, as text, by line number.

    Raises
    ------
    InvalidInputError
        A required column is missing, or an identifier is blank: the file and the line.
    """
    table = read_text_table(path)
    found: dict[str, str] = {}
    for column in table.columns:
        for name, variants in titles.items():
            if fold(column) in variants and name not in found:
                found[name] = column
                break
    missing = [name for name in required if name not in found]
    if missing:
        raise InvalidInputError(
            f"{path.name} : colonne absente ou mal nommée : {', '.join(missing)} ; titres "
            f"attendus : {', '.join(required)} ; titres trouvés : {', '.join(table.columns)}."
        )
    tell_columns(path.name, table, list(found.values()))
    named = table[list(found.values())].set_axis(list(found), axis=1)
    for name in {"id", "from", "to"} & set(found):
        empty = named.index[named[name] == ""]
        if len(empty):
            raise InvalidInputError(f"{path.name}, ligne {empty[0]} : « {name} » est vide.")
    return named


def refuse_duplicates(path: Path, keys: pd.Series, what: str) -> None:
    """Refuse a file where a key stands twice, naming both lines.

    Raises
    ------
    InvalidInputError
        A key stands twice.
    """
    again = keys[keys.duplicated()]
    if len(again):
        first = keys.index[keys == again.iloc[0]][0]
        raise InvalidInputError(
            f"{path.name}, lignes {first} et {again.index[0]} : {what} « {again.iloc[0]} » figure "
            "deux fois ; gardez une seule ligne."
        )


def positive_numbers(path: Path, text: pd.Series, *, infinite: bool = False) -> pd.Series:
    """Return a column as numbers, 0 or more, commas and blanks of thousands understood.

    Raises
    ------
    InvalidInputError
        A cell is no such number: the file, the line, the cell.
    """
    plain = text.str.replace(r"[\s\u00a0\u202f]", "", regex=True).str.replace(",", ".", regex=False)
    values = pd.to_numeric(plain, errors="coerce").astype(float)
    wrong = values.isna() | (values < 0) | (np.isinf(values) & (not infinite))
    if wrong.any():
        line = wrong.index[wrong][0]
        raise InvalidInputError(
            f"{path.name}, ligne {line} : « {text.loc[line]} » dans la colonne « {text.name} » "
            "n’est pas un nombre positif ou nul ; corrigez ou retirez la ligne."
        )
    return values


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
