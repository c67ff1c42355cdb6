"""What is published by département: ages of GPs, patients without a GP, cover by the SAS.

Inputs of predictions and context of the sheet; totals that are mixed in with the rows are left out.
"""

import re

import pandas as pd

from data.base import french
from data.files.cells import MASKED, masked, numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.professions import of_gps
from data.official.readers.rows import hidden_lost
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows

_AGES = ("annee", "profession sante", "departement", "libelle classe age", "effectif")
_DEPARTEMENT = re.compile(r"(\d{2}|2[AB]|97\d)")
_TOTAL_AGE, _TOTAL_SEX = "tout age", "tout sexe"
_MEASURES = {
    "ald_without_gp_share": ({"sans", "traitant"}, {"part", "taux", "pourcentage", "pct"}),
    "ald_without_gp": ({"sans", "traitant"}, set()),
    "sas_population_share": ({"sas"}, {"part", "taux", "pourcentage", "pct", "couverture"}),
}
"""Measure: words that its column holds, of which one at least when there are some."""
_HUNDRED = 100.0


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    found = _find(candidate)
    return found[0] if found else None


def read(candidate: Candidate, _index: CommuneIndex) -> ReadResult:
    """Return `gp_ages` or `care_context`, by département (column `code`).

    Raises
    ------
    InvalidInputError
        No row of a département is usable.
    """
    found = _find(candidate)
    source, header = found or ("", next(headers(candidate)))
    tally = Tally()
    if source == "gp_ages_departement":
        result = _read_ages(header, tally)
    else:
        result = _read_measures(header, tally)
    tally.refuse_malformed(header.table)
    return result


def _find(candidate: Candidate) -> tuple[str, Header] | None:
    for header in headers(candidate):
        if all(name in header.columns for name in _AGES):
            return "gp_ages_departement", header
        measures = _measures(header)
        if "departement" in header.columns and "annee" in header.columns and measures:
            ald = any(name.startswith("ald") for name in measures)
            return ("patients_without_gp" if ald else "sas_cover"), header
    return None


def _measures(header: Header) -> dict[str, int]:
    found: dict[str, int] = {}
    for title, position in header.columns.items():
        words = set(title.split())
        for measure, (needed, one_of) in _MEASURES.items():
            if needed <= words and (not one_of or words & one_of):
                found.setdefault(measure, position)
                break
    return found


def _of_departements(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Keep the rows of départements: 999 and regions are totals."""
    codes = rows["code"].str.upper().str.zfill(2)
    known = codes.map(lambda code: _DEPARTEMENT.fullmatch(code) is not None)
    totals = int((~known).sum())
    if totals:
        lines = french.counted(totals, "ligne", "lignes")
        tally.remarks.append(f"{lines} de totaux ou d’un autre niveau, hors de cette lecture")
    return rows.assign(code=codes)[known]


def _read_ages(header: Header, tally: Tally) -> ReadResult:
    rows = header.rows(
        code=header.columns["departement"],
        year=header.columns["annee"],
        profession=header.columns["profession sante"],
        age_class=header.columns["libelle classe age"],
        sex=header.first("libelle sexe"),
        text=header.columns["effectif"],
    )
    tally.read = len(rows)
    rows = _of_departements(rows, tally)
    rows = rows[of_gps(rows["profession"]) & (rows["age_class"].map(french.fold) != _TOTAL_AGE)]
    if "sex" in rows:
        total = rows["sex"].map(french.fold) == _TOTAL_SEX
        rows = rows[total] if total.any() else rows
    rows = rows[~hidden_lost(rows, tally, "text")]
    rows = rows.assign(gps=numbers(rows["text"]), year=numbers(rows["year"].str[:4]))
    wrong = rows["gps"].isna() | rows["year"].isna()
    tally.refuse(rows[wrong], "effectif illisible")
    rows = rows[~wrong]
    require_rows(len(rows), header.table.name, "généralistes par âge et département")
    tally.kept = len(rows)
    table = pd.DataFrame(rows.groupby(["code", "year", "age_class"])["gps"].sum()).reset_index()
    table["year"] = table["year"].astype(int)
    tally.remarks.append(
        "montré par département à partir de 5 médecins ; le modèle ne s’en sert pas"
    )
    return ReadResult({"gp_ages": table}, {"gp_ages": str(table["year"].max())}, tally)


def _read_measures(header: Header, tally: Tally) -> ReadResult:
    measures = _measures(header)
    rows = header.rows(code=header.columns["departement"], year=header.columns["annee"], **measures)
    tally.read = len(rows)
    rows = _of_departements(rows, tally)
    pieces = []
    for measure in measures:
        withheld = masked(rows[measure])
        value = numbers(rows[measure].str.replace("%", "", regex=False))
        if measure.endswith("_share") and (value > 1).any():
            value = value / _HUNDRED
        told = rows[["code", "year"]].assign(measure=measure, value=value, masked=withheld)
        pieces.append(told)
    long = pd.concat(pieces)
    tally.by_line = {}
    long["year"] = numbers(long["year"].str[:4])
    wrong = long["value"].isna() | long["year"].isna()
    tally.refuse(long[long["masked"]], MASKED)
    tally.refuse(long[wrong & ~long["masked"]], "valeur non donnée")
    long = long[~wrong].drop_duplicates(["code", "year", "measure"])
    require_rows(len(long), header.table.name, "mesures par département")
    tally.keep(long.index)
    table = long[["code", "year", "measure", "value"]].reset_index(drop=True)
    table["year"] = table["year"].astype(int)
    return ReadResult({"care_context": table}, {"care_context": str(table["year"].max())}, tally)
