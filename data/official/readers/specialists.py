"""Specialists by commune: the template of ours, or any table with a code, a specialty and a count.

Counts only: a table that bears names is read without them.
"""

import numpy as np
import pandas as pd

from data.base import french
from data.files.cells import MASKED, doctors, masked, numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.one_table import repeated
from data.official.readers.rows import settled, whole_cities
from data.official.readers.tables import Candidate, Header, code_columns, headers, with_code
from data.official.readers.tally import ReadResult, Tally, require_rows

COLUMNS = ("code_insee", "specialite", "medecins", "annee")
"""Headings of the template, in its order."""
_SPECIALTY = ("specialite", "specialites", "libelle specialite", "discipline")
_COUNT = ("medecins", "nombre de medecins", "nb medecins", "effectif", "specialistes", "nombre")
_YEAR = ("annee", "an")
_GENERAL = ("medecin generaliste", "medecine generale", "generaliste", "omnipraticien")
_TOTAL = (
    r"(?:sous )?tota(?:l|ux)\b|ensemble\b|"
    r"tou(?:te)?s (?:les )?(?:specialites|specialistes|medecins)\b"
)
_LONGEST_NAME = 60


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "specialists" if _find(candidate) else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `specialists`; communes that the file does not name have none of its specialties.

    Where a count is masked or cannot be read, that of the commune is not known: NaN, never 0.

    Raises
    ------
    InvalidInputError
        No line is usable.
    """
    header, places = _find(candidate) or (next(headers(candidate)), {})
    tally = Tally()
    rows = with_code(header.rows(**places))
    tally.read = len(rows)
    tally.refuse_malformed(header.table)
    again = repeated(rows, header)
    tally.refuse(rows[again], "ligne répétée, comptée une fois")
    rows = rows[~again]
    rows = rows.assign(
        own=rows["code"],
        code=index.settle(rows["code"]),
        specialty=rows["specialty"].map(_named),
        doctors=doctors(rows["text"]),
        year=numbers(rows["year"]),
    )
    rows = _specialties(rows, tally)
    rows = whole_cities(rows, tally, keys=("specialty", "year"), exhaustive=True)
    rows = _counted(rows, index, tally)
    newest = rows.groupby("specialty")["year"].transform("max")
    older = rows["year"] < newest
    if older.any():
        tally.remarks.append("plusieurs années dans le fichier : la dernière est retenue")
    rows = rows[~older]
    tally.kept = int(rows["doctors"].notna().sum())
    require_rows(tally.kept, candidate.file.name, "spécialistes par commune", tally)
    table = _summed(rows, tally)
    years = ", ".join(map(str, sorted(table["year"].unique())))
    return ReadResult({"specialists": table}, {"specialists": years}, tally)


def _specialties(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Return the rows of one specialty each: neither general practice nor totals."""
    folded = rows["specialty"].map(french.fold)
    general = folded.str.startswith(_GENERAL)
    if general.any():
        tally.remarks.append(
            f"{french.counted(int(general.sum()), 'ligne', 'lignes')} de médecine générale, hors "
            "de cette lecture : les généralistes s’importent à part"
        )
    total = ~general & folded.str.match(_TOTAL)
    tally.refuse(rows[total], "total de plusieurs spécialités")
    return rows[~general & ~total]


def _counted(rows: pd.DataFrame, index: CommuneIndex, tally: Tally) -> pd.DataFrame:
    """Return the rows that count, by commune; those masked or unreadable with a count of NaN."""
    wrong = {
        "spécialité non donnée": rows["specialty"] == "",
        "année illisible": ~rows["year"].between(1990, 2100) | (rows["year"] % 1 != 0),
    }
    withheld, unread = masked(rows["text"]), ~(rows["doctors"] >= 0)
    left = np.ones(len(rows), dtype=bool)
    for reason, refused in wrong.items():
        here = np.asarray(refused, dtype=bool)
        tally.refuse(rows[left & here], reason)
        left &= ~here
    tally.refuse(rows[left & withheld], MASKED)
    tally.refuse(rows[left & unread & ~withheld], "effectif illisible ou négatif")
    gone = rows[left & unread].assign(doctors=np.nan)
    gone = gone[(gone["code"] != "") & ~index.unknown(gone["code"])]
    return pd.concat([settled(rows[left & ~unread], index, tally), gone])


def _summed(rows: pd.DataFrame, tally: Tally) -> pd.DataFrame:
    """Return one row per commune, specialty and year: mergers and places of practice add up.

    A sum of which one part is not known is not known.
    """
    keys = ["code", "specialty", "year"]
    several = int(rows.duplicated(keys, keep=False).sum())
    if several:
        tally.remarks.append(
            f"{french.counted(several, 'ligne', 'lignes')} de mêmes commune, spécialité et année, "
            "additionnées (lieux d’exercice)"
        )
    whole = rows["doctors"].notna().groupby([rows[key] for key in keys]).all()
    table = rows.groupby(keys)["doctors"].sum().where(whole).reset_index()
    return table.assign(year=table["year"].astype(int))


def _find(candidate: Candidate) -> tuple[Header, dict[str, int]] | None:
    for header in headers(candidate):
        code = code_columns(header)
        named = header.first(*_SPECIALTY), header.first(*_COUNT), header.first(*_YEAR)
        specialty, count, year = named
        if code is None or specialty is None or count is None or year is None:
            continue
        if header.having("ligne") is not None or "type ligne" in header.columns:
            return None  # lines of the hospitals' on-call cover
        return header, {**code, "specialty": specialty, "text": count, "year": year}
    return None


def _named(text: str) -> str:
    """Return a specialty as screens write it: one spelling for all letters and blanks."""
    plain = " ".join(text.split())[:_LONGEST_NAME]
    return plain[:1].upper() + plain[1:].lower()
