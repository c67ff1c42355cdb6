"""A register newer than the counts: establishments by commune, and what it says of each."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import InvalidInputError
from models.learning import places
from models.learning.panel import departement, numbers, read_csv

CONFIRMED, GONE, UNKNOWN = "confirmé", "probablement déjà parti", "inconnu"
"""What a register says of a commune whose GPs were counted before it."""

STATES = (GONE, UNKNOWN, CONFIRMED)

_COLUMN = re.compile(r"^(?:gp_establishments|establishments|gps)_((?:19|20)\d{2})_(\d{2})$")
_MONTH = re.compile(r"^((?:19|20)\d{2})-(0[1-9]|1[0-2])(?:-\d{2})?$")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Register:
    """Establishments (or GPs) of a register by commune, at a month.

    Attributes
    ----------
    month
        "2019-03", the register being that of about its first day.
    counts
        Index code (COG 2021), establishments. In a département where the register tells of a
        commune, a commune that it does not name has none; elsewhere it is not known.
    """

    month: str
    counts: pd.Series

    @property
    def date(self) -> float:
        """The first day of the month, in decimal years."""
        return int(self.month[:4]) + (int(self.month[5:7]) - 1) / 12

    @property
    def told(self) -> str:
        """The month in French ("mars 2019")."""
        return f"{_MONTHS[int(self.month[5:7]) - 1]} {self.month[:4]}"

    def of(self, codes: pd.Index) -> Array:
        """Return the establishments of communes, NaN where the register does not reach."""
        known = self.counts.dropna()
        covered = set(departement(known.index.to_series()))
        here = departement(codes.to_series()).isin(covered).to_numpy()
        found = known.reindex(codes).fillna(0.0).to_numpy(float)
        return np.where(here, found, np.nan)


def of_table(table: pd.DataFrame, month: str) -> Register:
    """Return a register from rows of code and establishments; mergers are followed."""
    heirs = table["code"].map(places.successors()).fillna(table["code"])
    counts = table["establishments"].astype(float).groupby(heirs.rename("code")).sum(min_count=1)
    return Register(month, counts.sort_index())


def read_register(path: Path) -> Register:
    """Read a register: columns code and gp_establishments_YYYY_MM, or code, establishments, date.

    Raises
    ------
    InvalidInputError
        When the columns are others, or the file does not say its month.
    """
    text = read_csv(path, "registre")
    text = text[text["code"] != ""]
    dated = [(m, str(c)) for c in text.columns if (m := _COLUMN.match(str(c)))]
    if dated:
        match, column = max(dated, key=lambda one: one[0].groups())
        month = f"{match[1]}-{match[2]}"
    else:
        column, when = "establishments", text.get("date", text.get("month"))
        months = set() if when is None else {m[:7] for m in when.dropna() if _MONTH.match(m)}
        if column not in text.columns or len(months) != 1:
            raise InvalidInputError(
                f"Le fichier {path} (registre) doit avoir les colonnes « code » et "
                "« gp_establishments_AAAA_MM », ou « code », « establishments » et « date » "
                "(AAAA-MM, la même partout)."
            )
        (month,) = months
    table = pd.DataFrame({"code": text["code"], "establishments": numbers(text[column])})
    return of_table(table, month)


def states(register: Register | None, codes: pd.Index, counted: float) -> npt.NDArray[np.str_]:
    """Return what a register says of communes with a GP, counted at the date `counted`.

    Parameters
    ----------
    register
        None, or one that is older than the counts: nothing is known.
    codes
        Communes, length n.
    counted
        Date of the counts, decimal years.

    Returns
    -------
    numpy.ndarray
        `CONFIRMED`, `GONE` or `UNKNOWN`, shape (n,).
    """
    if register is None or register.date <= counted:
        return np.full(len(codes), UNKNOWN)
    found = register.of(codes)
    return np.where(np.isnan(found), UNKNOWN, np.where(found > 0, CONFIRMED, GONE))
