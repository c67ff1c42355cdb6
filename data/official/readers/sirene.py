"""Establishments of general practice per commune (SIRENE, NAF 86.21Z), streamed; no name is read.

The stock is monthly where the counts of doctors are yearly or older: it tells where practices
opened or closed since. Locums have an establishment too, often at home: an input of predictions,
never a count of doctors.
"""

import re

import pandas as pd

from data.base import french
from data.base.codes import departement
from data.files.cells import numbers
from data.official.readers.communes import CommuneIndex
from data.official.readers.rows import hidden_lost, settled, whole_cities, without_lost
from data.official.readers.tables import Candidate, Header, headers
from data.official.readers.tally import ReadResult, Tally, require_rows
from geo.errors import InvalidInputError

GENERAL_PRACTICE = "86.21Z"
"""NAF rev. 2: activité des médecins généralistes."""
ACTIVE = "A"

_STOCK = {
    "activity": "activiteprincipaleetablissement",
    "state": "etatadministratifetablissement",
    "code": "codecommuneetablissement",
}
_TREATED = "datederniertraitementetablissement"
_COUNTED = re.compile(
    r"(?:gp )?(?:establishments|etablissements)(?: mg)? (20\d\d) (0[1-9]|1[0-2])$"
)
_MONTH = re.compile(r"(20\d\d)[-_]?(0[1-9]|1[0-2])(?!\d{3})")
_CODES = ("code", "codgeo", "depcom", "code commune", "code insee")


def recognise(candidate: Candidate) -> str | None:
    """Return the key of the source that the file looks like, or None."""
    return "sirene_gp" if _find(candidate) is not None else None


def read(candidate: Candidate, index: CommuneIndex) -> ReadResult:
    """Return `gp_register`: active establishments per commune, and the month of the stock.

    A commune of a département that the file covers and that has no establishment counts zero: the
    register is exhaustive.

    Raises
    ------
    InvalidInputError
        The file holds no establishment of general practice, or does not say its month.
    """
    header = _find(candidate)
    if header is None:
        raise InvalidInputError(f"« {candidate.file.name} » n’est pas un stock SIRENE.")
    tally = Tally()
    counted = _counted(header)
    rows, month = _read_counts(header, tally) if counted else _read_stock(header, tally)
    tally.refuse_malformed(header.table)
    month = month or _month_in(candidate.file.path.name)
    if not month:
        raise InvalidInputError(
            f"« {candidate.file.name} » ne dit pas son mois : ajoutez-le à son nom "
            "(StockEtablissement_2026-10.csv)."
        )
    rows["code"] = index.settle(rows["code"])
    rows = settled(rows, index, tally)
    require_rows(
        len(rows), candidate.file.name, "établissements de médecine générale (86.21Z)", tally
    )
    tally.kept = len(rows)
    counts = rows.groupby("code")["establishments"].sum()
    covered = set(counts.index.map(departement))
    known = index.communes["code"]
    everywhere = sorted({*counts.index, *known[known.map(departement).isin(covered)]})
    table = counts.reindex(everywhere, fill_value=0.0).rename_axis("code").reset_index()
    table = without_lost(table, index, tally)
    tally.remarks.append(
        french.counted(
            counts[counts.index.isin(index.codes)].sum(), "établissement", "établissements"
        )
        + " de médecine générale dans la région, remplaçants compris : une entrée des prévisions, "
        "pas un nombre de médecins"
    )
    return ReadResult({"gp_register": table.assign(month=month)}, {"gp_register": month}, tally)


def _find(candidate: Candidate) -> Header | None:
    for header in headers(candidate):
        if set(_STOCK.values()) <= header.columns.keys() or (
            _counted(header) and header.first(*_CODES) is not None
        ):
            return header
    return None


def _counted(header: Header) -> tuple[int, str] | None:
    """Return position and month of the latest column of a table already counted by commune."""
    found = [
        (f"{m[1]}-{m[2]}", position)
        for name, position in header.columns.items()
        if (m := _COUNTED.match(name))
    ]
    return (max(found)[1], max(found)[0]) if found else None


def _read_counts(header: Header, tally: Tally) -> tuple[pd.DataFrame, str]:
    position, month = _counted(header) or (None, "")
    rows = header.rows(code=header.first(*_CODES), text=position)
    tally.read = len(rows)
    rows = whole_cities(rows.assign(own=rows["code"]), tally, exhaustive=True)
    rows = rows[~hidden_lost(rows, tally, "text")].copy()
    rows["establishments"] = numbers(rows["text"])
    wrong = rows["establishments"].isna() | (rows["establishments"] < 0)
    tally.lose(rows[wrong], "nombre d’établissements illisible")
    return rows.loc[~wrong, ["code", "establishments"]], month


def _read_stock(header: Header, tally: Tally) -> tuple[pd.DataFrame, str]:
    """Return one row per active establishment; the last treatment tells the month of the stock."""
    kept, last = [], ""
    columns = {name: header.columns[title] for name, title in _STOCK.items()}
    for batch in header.batches(**columns, treated=header.first(_TREATED)):
        tally.read += len(batch)
        if "treated" in batch and len(batch):
            last = max(last, batch["treated"].max())
        practice = batch["activity"] == GENERAL_PRACTICE
        kept.append(batch.loc[practice & (batch["state"] == ACTIVE), ["code"]])
    rows = pd.concat(kept) if kept else pd.DataFrame({"code": pd.Series(dtype=str)})
    return rows.assign(establishments=1.0), _month_in(last)


def _month_in(text: str) -> str:
    found = _MONTH.search(text)
    return f"{found[1]}-{found[2]}" if found else ""
