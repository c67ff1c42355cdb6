"""INSEE populations: legal populations (PMUN) and age structure of the census."""

import re

import pandas as pd

from data.base import french
from data.base.codes import plain_code
from data.files import headings
from data.files.cells import numbers, people
from data.files.years import without_day_made
from data.official.readers.communes import CommuneIndex
from data.official.readers.names import commune_rows
from data.official.readers.rows import hidden_lost, said_once, settled, whole_cities, without_lost
from data.official.readers.tables import (
    CODE_NAMES,
    Candidate,
    Header,
    code_columns,
    headers,
    newest,
)
from data.official.readers.tally import EXAMPLES, ReadResult, Tally, require_rows
from data.region import rules
from geo.errors import InvalidInputError

_AGE = re.compile(r"p(\d\d) pop7589$")
_CODE_NAMES = CODE_NAMES
NOBODY_LIVES_THERE = frozenset({"55039", "55050", "55139", "55189", "55239", "55307"})
"""Communes of France without inhabitants (INSEE): six villages of Meuse destroyed in 1916."""
_LEGAL = re.compile(r"^(?:pmun ?(?:\d{2,4})?|population municipale(?: (?:en )?\d{4})?)$")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    if _ages(candidate) is not None:
        return "insee_ages"
    return "insee_populations" if _legal(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `populations`, or the share over 75 of `reference`.

    Raises
    ------
    InvalidInputError
        No line is usable.
    """
    ages = _ages(candidate)
    if ages is not None:
        return _read_ages(candidate, ages, index)
    legal = _legal(candidate)
    if legal is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas une population de l’INSEE.")
    return _read_legal(candidate, legal, index)


def is_legal(name: str) -> bool:
    """Tell whether a folded heading is that of a column of municipal populations."""
    return bool(_LEGAL.match(name))


def _legal(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        if any(map(_LEGAL.match, header.columns)) and code_columns(header) is not None:
            return header
    return None


def _read_legal(candidate: Candidate, header: Header, index: CommuneIndex) -> ReadResult:
    if "comp" in header.columns:
        raise InvalidInputError(
            f"« {candidate.file.name} » donne les communes associées et déléguées, qui ne sont que "
            "des parties de communes : importez « Communes.csv » de la même archive."
        )
    tally = Tally()
    column = newest(header, _LEGAL, "population municipale")
    if column is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’a pas de population municipale.")
    rows = commune_rows(header, index, tally, text=column[0])
    tally.refuse_malformed(header.table)
    rows = rows[~hidden_lost(rows, tally, "text")].copy()
    rows["population"] = people(rows["text"])
    wrong = rows["population"].isna() | (rows["population"] < 0)
    tally.lose(rows[wrong], "population illisible")
    rows = rows[~wrong].assign(own=lambda table: table["code"].map(plain_code))
    rows = without_false_zeros(rows, tally)
    rows = said_once(rows, ["own"], "population", tally)
    rows = without_far_ones(rows, index, tally)
    table = _summed(rows, index, tally, "population").reset_index()
    table = without_lost(table, index, tally)
    require_rows(len(table), candidate.file.name, "populations des communes", tally)
    year = headings.year_of(column[1]) or _short_year(column[1])
    vintage = str(year) if year else _year_in_name(candidate)
    return ReadResult({"populations": table}, {"populations": vintage}, tally)


def without_far_ones(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return rows (code, population) without those of communes far larger than what is known.

    Another unit, another column or a slip: no commune grows so between two censuses. Those far
    smaller may be of a file that lacks their former communes: they are kept, and told. The parts
    of a commune are judged together.
    """
    present = index.settle(rows["code"])
    told = rows["population"].groupby(present).transform("sum")
    known = present.map(index.people).astype(float)
    apart = (told - known).abs() >= rules.DOUBTED_PEOPLE
    far = apart & (told >= rules.DOUBTED_TIMES * known)
    tally.lose(
        rows[far],
        f"population {rules.DOUBTED_TIMES} fois celle de la commune, ou plus : à vérifier, laissée "
        "inconnue",
    )
    small = present[apart & (known >= rules.DOUBTED_TIMES * told)].drop_duplicates()
    if len(small):
        some = ", ".join(small[:EXAMPLES]) + "…" * (len(small) > EXAMPLES)
        tally.remarks.append(
            "à vérifier, et gardé : "
            + french.counted(len(small), "commune a", "communes ont")
            + f" {rules.DOUBTED_TIMES} fois moins d’habitants que ce qui en est connu, ou moins "
            f"({some})"
        )
    return rows[~far]


def without_false_zeros(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Return rows (code, population) without the zeros of communes where people live."""
    wrong = (rows["population"] == 0) & ~rows["code"].isin(NOBODY_LIVES_THERE)
    tally.lose(
        rows[wrong], "aucun habitant dans une commune habitée : à vérifier, laissée inconnue"
    )
    return rows[~wrong]


def _short_year(name: str) -> int:
    """Return the year of "pmun21" or "pmun2021", 0 for none."""
    found = re.search(r"(\d{2,4})$", name)
    return 0 if found is None else int(found[1]) + (2000 if len(found[1]) == 2 else 0)


def _ages(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        years = [m[1] for name in header.columns if (m := _AGE.match(name))]
        if header.first(*_CODE_NAMES) is not None and years:
            return header
    return None


def _read_ages(candidate: Candidate, header: Header, index: CommuneIndex) -> ReadResult:
    tally = Tally()
    year = max(m[1] for name in header.columns if (m := _AGE.match(name)))
    names = {part: f"p{year} pop{part}" for part in ("", "7589", "90p")}
    absent = [
        name.upper().replace(" ", "_") for name in names.values() if name not in header.columns
    ]
    if absent:
        raise InvalidInputError(
            f"« {candidate.file.name} » n’a pas toutes les colonnes d’âge : "
            f"{', '.join(absent)} manque."
        )
    texts = commune_rows(
        header,
        index,
        tally,
        total=header.columns[names[""]],
        old=header.columns[names["7589"]],
        oldest=header.columns[names["90p"]],
    )
    tally.refuse_malformed(header.table)
    texts = texts[~hidden_lost(texts, tally, "total", "old", "oldest")]
    rows = texts[["code"]].copy()
    rows["total"] = numbers(texts["total"])
    rows["over_75"] = numbers(texts["old"]) + numbers(texts["oldest"])
    wrong = rows["total"].isna() | rows["over_75"].isna() | (rows["over_75"] > rows["total"])
    tally.lose(rows[wrong], "effectifs illisibles ou incohérents")
    sums = _summed(rows[~wrong], index, tally, "total", "over_75")
    sums = sums[sums["total"] > 0]
    require_rows(len(sums), candidate.file.name, "structure par âge des communes", tally)
    table = (sums["over_75"] / sums["total"]).rename("share_over_75").reset_index()
    table = without_lost(table, index, tally)
    require_rows(len(table), candidate.file.name, "structure par âge des communes", tally)
    return ReadResult(
        {"reference": table},
        {"reference": f"20{year}"},
        tally,
        columns={"reference": ("share_over_75",)},
    )


def _summed(rows: pd.DataFrame, index: CommuneIndex, tally: Tally, *columns: str) -> pd.DataFrame:
    """Return sums by present code: merged communes add up, and so do arrondissements."""
    plain = rows["code"].map(plain_code)
    rows = whole_cities(rows.assign(own=plain.where(plain != "", rows["code"])), tally)
    rows = rows.assign(code=index.settle(rows["own"]))
    rows = settled(rows, index, tally)
    tally.kept = len(rows)
    return rows.groupby("code")[list(columns)].sum()


def _year_in_name(candidate: Candidate) -> str:
    match = re.search(r"(20[0-3]\d)", without_day_made(candidate.file.name))
    return match[1] if match else "millésime non indiqué dans le fichier"
