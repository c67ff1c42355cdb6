"""Siting instances in files: demand, candidates and costs read, solution written with its proof."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.base.french import counted, fold
from data.files.cells import numbers
from data.files.headings import recognise
from data.files.own_columns import (
    Kind,
    alone,
    as_known,
    once,
    positive_numbers,
    refuse_merged,
    refuse_rivals,
)
from data.files.remarks import tell, tell_columns
from data.files.table_files import read_text_table
from geo.errors import InvalidInputError
from geo.siting import (
    Equity,
    Lscp,
    Mclp,
    PCenter,
    PMedian,
    SitingModel,
    SitingProblem,
    Solution,
    price_of_differences,
)

MODELS = ("mclp", "pmedian", "lscp", "pcenter", "equity")

_IDS = ("id", "identifiant", "code", "nom", "name")
_WEIGHTS = ("weight", "population", "poids", "pop", "people", "demande", "demand")
_DEMAND = {"id": _IDS, "weight": _WEIGHTS}
_ANY_UNIT = frozenset({"weight", "poids", "demand", "demande"})
"""Headings of weights that need not be people, and may have decimals."""
_FIXED = ("fixed", "impose", "existant")
_PRICES = ("cost", "prix", "price", "cout")
_FROM = ("from", "demand", "demande", "origin", "origine")
_TO = ("to", "candidate", "candidat", "site", "destination")
_COSTS = ("cost", "cout", "minutes", "distance", "time", "temps")
_YES = {"1", "oui", "true", "vrai", "x", "yes"}
_NO = {"0", "non", "false", "faux", "no", ""}
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Instance:
    """A siting problem with the names of its rows and columns.

    Attributes
    ----------
    problem
        The instance.
    demand, candidates
        Identifiers, in the order of the rows and of the columns of the costs.
    """

    problem: SitingProblem
    demand: tuple[str, ...]
    candidates: tuple[str, ...]

    def rows(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the rows of candidates, refusing those that are not in the file.

        Raises
        ------
        InvalidInputError
            A name is none of the candidates.
        """
        asked = [name.strip() for name in names if name.strip()]
        rows = {name: row for row, name in enumerate(self.candidates)}
        unknown = [name for name in asked if name not in rows]
        if unknown:
            raise InvalidInputError(f"Absents du fichier des candidats : {_some(unknown)}.")
        return tuple(sorted({rows[name] for name in asked}))


def read_instance(
    demand: Path, candidates: Path, costs: Path, fixed: Sequence[str] = ()
) -> Instance:
    """Read an instance from three tables (CSV, XLSX or Parquet).

    Parameters
    ----------
    demand
        Columns id (else the first one) and weight (or population).
    candidates
        Column id (else the first one); optional fixed (1 or oui) and cost (price of opening).
    costs
        Long: from (or demand), to (or candidate), cost; a pair that is absent is out of reach.
        Wide: demand ids in the first column, one column per candidate; blank is out of reach.
    fixed
        Candidates to keep open, besides those marked in the file.

    Raises
    ------
    InvalidInputError
        A column is missing, an id is repeated or unknown, a number cannot be read.
    """
    points = once(demand, alone(demand, read_text_table(demand), _DEMAND, ("weight",)))
    sites = once(candidates, alone(candidates, read_text_table(candidates), {"id": _IDS}, ("id",)))
    names = _ids(points, demand)
    columns = _ids(sites, candidates)
    weighed = _column(points, _WEIGHTS, demand)
    kind: Kind = "" if weighed is None or fold(weighed) in _ANY_UNIT else "people"
    weights = _numbers(points, weighed, demand, kind)
    tell_columns(demand.name, points, [_id_column(points), *filter(None, [weighed])])
    marked = _column(sites, _FIXED, None)
    open_already = _marked(sites[marked], candidates) if marked else np.zeros(len(sites), bool)
    price = _column(sites, _PRICES, None)
    prices = _numbers(sites, price, candidates) if price else None
    told = [_id_column(sites), *filter(None, (marked, price))]
    tell_columns(candidates.name, sites, told)
    instance = Instance(
        SitingProblem(
            _read_costs(costs, names, columns), weights, np.flatnonzero(open_already), prices
        ),
        names,
        columns,
    )
    kept = np.union1d(instance.problem.fixed, np.array(instance.rows(fixed), dtype=np.int64))
    problem = SitingProblem(instance.problem.costs, weights, kept.astype(np.int64), prices)
    return Instance(problem, names, columns)


def build_model(
    name: str, *, k: int | None, threshold: float | None, budget: float | None = None
) -> SitingModel:
    """Return the model of that name.

    Raises
    ------
    InvalidInputError
        The name is unknown, or the model needs a threshold or a number that is not given.
    """
    if name not in MODELS:
        raise InvalidInputError(
            f"Le modèle « {name} » n’existe pas : choisissez parmi {', '.join(MODELS)}."
        )
    if name == "pmedian":
        return PMedian(k=k, budget=budget)
    if name == "pcenter":
        return PCenter(k=k, budget=budget)
    if threshold is None:
        raise InvalidInputError(f"Le modèle {name} demande un seuil (--threshold).")
    if name == "lscp":
        if k is not None or budget is not None:
            raise InvalidInputError(
                "Le modèle lscp cherche lui-même le nombre de sites : enlevez -k et --budget."
            )
        return Lscp(threshold=threshold)
    model = Mclp if name == "mclp" else Equity
    return model(k=k, threshold=threshold, budget=budget)


def solution_report(
    model: SitingModel, instance: Instance, best: Solution, others: dict[str, Solution]
) -> dict[str, Any]:
    """Return what is written of a solution: objective, sites, proof, price of each difference."""
    table = price_of_differences(model, instance.problem, best, others)
    names = instance.candidates
    return {
        "model": best.model,
        "objective": _finite(best.objective),
        "sites": [names[site] for site in best.chosen],
        "fixed": [names[site] for site in instance.problem.fixed],
        "proof": {
            "status": best.status,
            "bound": _finite(best.stages[0].bound),
            "gap": _finite(best.gap),
            "seconds": round(best.seconds, 3),
        },
        "criteria": [
            {
                "criterion": stage.criterion,
                "objective": _finite(stage.objective),
                "bound": _finite(stage.bound),
                "gap": _finite(stage.gap),
            }
            for stage in best.stages
        ],
        "others": [
            {
                "choice": name,
                "objective": _finite(other.objective),
                "sites": [names[site] for site in other.chosen],
            }
            for name, other in others.items()
        ],
        "differences": [
            {
                "choice": difference_name(row["choice"], names),
                "objective": _finite(row["objective"]),
                "lost": _finite(row["lost"]),
                "lost_share": _finite(row["lost_share"]),
                "only_here": [names[site] for site in row["only_here"]],
                "only_best": [names[site] for site in row["only_best"]],
            }
            for row in table.to_dict("records")
        ],
    }


def difference_name(choice: str, names: Sequence[str]) -> str:
    """Return "votre choix, en échangeant X" for a row "votre choix − 3" of differences."""
    whole, mark, row = choice.rpartition(" − ")
    return f"{whole}, en échangeant {names[int(row)]}" if mark else choice


def write_json(report: dict[str, Any], out: Path) -> None:
    """Write a report as JSON, creating no folder.

    Raises
    ------
    InvalidInputError
        The file cannot be written.
    """
    try:
        out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(
            f"Le fichier {out} ne peut pas être écrit ({error.strerror}) : changez de dossier."
        ) from error


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def _some(values: Sequence[str]) -> str:
    more = f" et {len(values) - _SHOWN} autre(s)" if len(values) > _SHOWN else ""
    return ", ".join(values[:_SHOWN]) + more


def _column(table: pd.DataFrame, names: Sequence[str], path: Path | None) -> str | None:
    """Return the column that bears one of the names; refuse the file when `path` is given."""
    heading = [str(column) for column in table.columns]
    found = recognise(heading, {"figure": names})
    if found:
        if path is not None:
            refuse_rivals(path, table, found, {"figure": names})
        return heading[found["figure"]]
    if path is not None:
        raise InvalidInputError(
            f"{path.name} : il manque une colonne « {names[0]} » (ou {', '.join(names[1:])}) ; "
            f"trouvé : {', '.join(heading)}."
        )
    return None


def _id_column(table: pd.DataFrame) -> str:
    return _column(table, _IDS, None) or str(table.columns[0])


def _ids(table: pd.DataFrame, path: Path) -> tuple[str, ...]:
    ids = table[_id_column(table)]
    repeated = ids[ids.duplicated()].unique().tolist()
    if repeated:
        raise InvalidInputError(f"{path.name} : identifiants en double : {_some(repeated)}.")
    return tuple(ids)


def _numbers(table: pd.DataFrame, column: str | None, path: Path, kind: Kind = "") -> np.ndarray:
    refuse_merged(path, table, [str(column)])
    texts = table[column]
    if kind == "people":
        return positive_numbers(path, texts, kind).to_numpy(dtype=np.float64)
    found = numbers(texts)
    if found.isna().any():
        line = found.index[found.isna()][0]
        raise InvalidInputError(
            f"{path.name}, ligne {line} : « {table.loc[line, column]} » n’est pas un nombre "
            f"(colonne « {column} »)."
        )
    return found.to_numpy(dtype=np.float64)


def _marked(texts: pd.Series, path: Path) -> np.ndarray:
    folded = texts.str.lower()
    odd = folded[~folded.isin(_YES | _NO)]
    if len(odd):
        raise InvalidInputError(
            f"{path.name}, ligne {odd.index[0]} : « {odd.iloc[0]} » n’est ni oui ni non."
        )
    return folded.isin(_YES).to_numpy()


def _read_costs(path: Path, demand: tuple[str, ...], candidates: tuple[str, ...]) -> np.ndarray:
    table = once(path, read_text_table(path))
    start, end = _column(table, _FROM, None), _column(table, _TO, None)
    cost = _column(table, _COSTS, None)
    matrix = np.full((len(demand), len(candidates)), np.inf)
    if start and end and cost:
        rows = _positions(table[start], demand, path)
        columns = _positions(table[end], candidates, path)
        tell_columns(path.name, table, [start, end, cost])
        if again := int(pd.MultiIndex.from_arrays([rows, columns]).duplicated().sum()):
            repeated = counted(again, "couple est donné", "couples sont donnés")
            tell(path.name, [f"{repeated} plusieurs fois : le plus petit coût compte"])
        np.minimum.at(matrix, (rows, columns), _numbers(table, cost, path))
        return matrix
    first = table.columns[0]
    if table[first].duplicated().any():
        raise InvalidInputError(
            f"{path.name} : ni une liste (from, to, cost), ni un tableau à une ligne par point."
        )
    rows = _positions(table[first], demand, path)
    columns = _positions(pd.Series(table.columns[1:]), candidates, path)
    for name, column in zip(table.columns[1:], columns, strict=True):
        given = table[table[name] != ""]
        matrix[rows[(table[name] != "").to_numpy()], column] = _numbers(given, name, path)
    return matrix


def _positions(names: pd.Series, known: tuple[str, ...], path: Path) -> np.ndarray:
    places = {name: place for place, name in enumerate(known)}
    found = as_known(path, names, known).map(places)
    if found.isna().any():
        unknown = names[found.isna()].unique().tolist()
        raise InvalidInputError(
            f"{path.name} : identifiants absents des autres fichiers : {_some(unknown)}."
        )
    return found.to_numpy(dtype=np.int64)
